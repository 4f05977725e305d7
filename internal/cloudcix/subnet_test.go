package cloudcix_test

import (
	"fmt"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Every documented rule of subnets.
func TestSubnets(t *testing.T) {
	w := newWorld(t)
	w.promote("ann")
	p, other := w.plan("ann"), w.plan("dora")
	ann, dora := w.users["ann"].SiteID, w.users["dora"].SiteID
	own := fmt.Sprintf("/subnet/%d/", p.subnet)
	s := into[obj](w.call("ann", "GET", own, nil).is(200))
	if s["address_range"] != "10.0.1.1/24" || s["gateway"] != nil || s["virtual_router_id"] != nil || s["parent"] != nil ||
		s["ips_in_use"] != 1.0 || s["vlan"] != 0.0 || s["allocation"].(obj)["subnets_in_use"] != 1.0 {
		t.Errorf("%v", s)
	}
	second := w.made("ann", "/allocation/", obj{"asn_id": p.asn, "address_range": "2001:db8::/32", "name": "six"})
	six := w.made("ann", "/subnet/", obj{"address_id": ann, "allocation_id": second, "address_range": "2001:db8:1::/48"})
	child := w.made("ann", "/subnet/", obj{"address_id": ann, "parent_id": p.subnet, "address_range": "10.0.1.129/25", "vlan": 7, "vxlan": 9})
	if c := into[obj](w.call("ann", "GET", fmt.Sprintf("/subnet/%d/", child), nil).is(200)); c["parent"].(obj)["id"] != float64(p.subnet) ||
		c["allocation"].(obj)["id"] != float64(p.allocation) || c["vlan"] != 7.0 || c["vxlan"] != 9.0 {
		t.Errorf("%v", c)
	}
	if s := into[obj](w.call("ann", "GET", own, nil).is(200)); s["subnets_in_use"] != 1.0 || len(s["children"].([]any)) != 1 {
		t.Errorf("%v", s)
	}
	good := obj{"address_id": ann, "allocation_id": p.allocation, "address_range": "10.0.8.0/24"}
	inside := obj{"address_id": ann, "parent_id": p.subnet, "address_range": "10.0.1.64/26"}
	for _, c := range []struct {
		body, change obj
		want         string
	}{
		{good, obj{"address_id": nil}, "address_id=101"},
		{good, obj{"address_id": "x"}, "address_id=102"},
		{good, obj{"address_id": dora}, "address_id=103"},
		{inside, obj{"allocation_id": "x"}, "allocation_id=104"},
		{good, obj{"allocation_id": other.allocation, "parent_id": p.subnet, "address_range": "10.0.1.64/26"}, "allocation_id=105"},
		{good, obj{"parent_id": "x"}, "parent_id=106"},
		{good, obj{"parent_id": 4711}, "parent_id=107"},
		{good, obj{"parent_id": six}, "parent_id=108"},
		{inside, obj{"parent_id": other.subnet}, "parent_id=109"},
		{good, obj{"address_range": nil}, "address_range=110"},
		{good, obj{"address_range": "10.0.8.0/33"}, "address_range=111"},
		{good, obj{"allocation_id": nil}, "address_range=112"},
		{good, obj{"address_range": "2001:db8::/48"}, "address_range=113"},
		{good, obj{"address_range": "10.1.0.0/24"}, "address_range=114"},
		{good, obj{"address_range": "10.0.0.0/15"}, "address_range=114"},
		{good, obj{"address_range": "10.0.1.7/24"}, "address_range=115"},
		{good, obj{"address_range": "10.0.0.0/23"}, "address_range=116"},
		{good, obj{"address_range": "10.0.1.128/25"}, "address_range=116"}, // a child of another
		{good, obj{"parent_id": p.subnet, "address_range": "10.0.1.64/26"}, "address_range=116"},
		{inside, obj{"address_range": "2001:db8::/48"}, "address_range=117"},
		{inside, obj{"address_range": "10.0.1.0/24"}, "address_range=118"},
		{inside, obj{"address_range": "10.0.2.0/26"}, "address_range=119"},
		{inside, obj{"address_range": "10.0.1.128/25"}, "address_range=120"},
		{inside, obj{"address_range": "10.0.1.192/26"}, "address_range=121"},
		{inside, obj{"address_range": "10.0.1.0/26"}, "address_range=121"}, // where an address of the parent is
		{good, obj{"name": fmt.Sprintf("%0129d", 0)}, "name=122"},
		{good, obj{"name": "a\x07"}, "name=122"},
		{good, obj{"vlan": "x"}, "vlan=123"},
		{good, obj{"vlan": 4095}, "vlan=124"},
		{good, obj{"vlan": -1}, "vlan=124"},
		{good, obj{"vxlan": "x"}, "vxlan=125"},
		{good, obj{"vxlan": 16777216}, "vxlan=126"},
	} {
		want := c.want[:len(c.want)-3] + "subnet_create_" + c.want[len(c.want)-3:]
		w.try(tried{"ann", "POST", "/subnet/", with(c.body, c.change), 400, want})
	}
	third := w.made("ann", "/subnet/", good)
	within := w.made("ann", "/subnet/", inside)
	shown := obj{"address_id": ann, "address_range": "10.0.8.0/24"}
	for _, c := range []struct {
		id     int64
		change obj
		want   string
	}{
		{third, obj{"address_id": nil}, "address_id=101"},
		{third, obj{"address_id": "x"}, "address_id=102"},
		{third, obj{"address_id": dora}, "address_id=104"},
		{third, obj{"parent_id": "x"}, "parent_id=106"},
		{third, obj{"parent_id": 4711}, "parent_id=107"},
		{third, obj{"parent_id": six}, "parent_id=108"},
		{third, obj{"parent_id": other.subnet}, "parent_id=108"},
		{third, obj{"address_range": nil}, "address_range=110"},
		{third, obj{"address_range": "x"}, "address_range=111"},
		{p.subnet, obj{"address_range": "10.0.1.0/25"}, "address_range=112"},
		{third, obj{"address_range": "2001:db8::/48"}, "address_range=113"},
		{third, obj{"address_range": "10.1.0.0/24"}, "address_range=114"},
		{third, obj{"address_range": "10.0.1.0/24"}, "address_range=115"},
		{third, obj{"address_range": "10.0.0.0/22"}, "address_range=116"},
		{third, obj{"parent_id": p.subnet}, "address_range=118"},
		{within, obj{"address_range": "10.0.2.0/26"}, "address_range=118"},
		{within, obj{"address_range": "10.0.1.128/25"}, "address_range=115"},
		{within, obj{"address_range": "10.0.1.128/26"}, "address_range=116"},
		{third, obj{"name": fmt.Sprintf("%0129d", 0)}, "name=119"},
		{third, obj{"vlan": "x"}, "vlan=120"},
		{third, obj{"vlan": 4095}, "vlan=122"},
		{third, obj{"vxlan": "x"}, "vxlan=123"},
		{third, obj{"vxlan": -1}, "vxlan=125"},
	} {
		want := c.want[:len(c.want)-3] + "subnet_update_" + c.want[len(c.want)-3:]
		w.try(tried{"ann", "PUT", fmt.Sprintf("/subnet/%d/", c.id), with(shown, c.change), 400, want})
	}
	// Of another version than the parent it cannot be without being outside of the
	// allocation.
	w.call("ann", "PUT", fmt.Sprintf("/subnet/%d/", within), with(shown, obj{"address_range": "2001:db8::/48"})).
		want("version", 400, map[string]string{"address_range": "iaas_subnet_update_113"})
	w.try(
		tried{"max", "POST", "/subnet/", obj{}, 403, "subnet_create_201"},
		tried{"max", "PUT", own, shown, 403, "subnet_update_201"},
		tried{"dora", "PUT", own, shown, 403, "subnet_update_203"},
		tried{"carl", "PUT", own, shown, 403, "subnet_update_204"},
		tried{"max", "DELETE", own, nil, 403, "subnet_delete_201"},
		tried{"ann", "DELETE", own, nil, 403, "subnet_delete_202"},
		tried{"dora", "DELETE", own, nil, 403, "subnet_delete_204"},
		tried{"carl", "DELETE", own, nil, 403, "subnet_delete_205"},
		tried{"dora", "GET", own, nil, 403, "subnet_read_204"},
		tried{"carl", "GET", own, nil, 403, "subnet_read_205"},
		tried{"ann", "GET", "/subnet/4711/", nil, 404, "subnet_read_001"},
		tried{"ann", "PUT", "/subnet/4711/", shown, 404, "subnet_update_001"},
		tried{"ann", "DELETE", "/subnet/4711/", nil, 404, "subnet_delete_001"},
		tried{"nora", "GET", "/subnet/", nil, 403, "subnet_list_001"},
		tried{"ann", "GET", "/subnet/?search[vlan]=x", nil, 400, "subnet_list_002"},
		tried{"ann", "GET", "/subnet/?search[gateway]=x", nil, 400, "subnet_list_002"},
	)
	// Moved into another one and out of it again; what it is shown as is no change.
	w.call("ann", "PATCH", fmt.Sprintf("/subnet/%d/", within), obj{"address_range": "10.0.1.32/27"}).is(200)
	w.call("ann", "PUT", fmt.Sprintf("/subnet/%d/", within), obj{"address_id": ann, "address_range": "10.0.1.32/27", "name": "moved"}).is(200)
	w.call("ann", "PATCH", fmt.Sprintf("/subnet/%d/", third), obj{"address_range": "10.0.1.64/27", "parent_id": p.subnet}).is(200)
	for _, id := range []int64{within, child, third} {
		w.call("ann", "DELETE", fmt.Sprintf("/subnet/%d/", id), nil).is(204)
	}
	w.try(tried{"ann", "DELETE", own, nil, 403, "subnet_delete_206"})
	w.call("ann", "DELETE", fmt.Sprintf("/ip_address/%d/", p.address), nil).is(204)
	w.call("ann", "DELETE", own, nil).is(204)
	w.call("ann", "GET", own, nil).is(404)
	// A subnet that is dora's, cut off ann's allocation by the operator, is hers to divide.
	cut := w.made("root", "/subnet/", obj{"address_id": dora, "allocation_id": p.allocation, "address_range": "10.0.64.0/20"})
	part := w.made("dora", "/subnet/", obj{"address_id": dora, "parent_id": cut, "address_range": "10.0.64.0/24"})
	w.call("dora", "PATCH", fmt.Sprintf("/subnet/%d/", cut), obj{"name": "ours"}).is(200)
	w.call("ann", "GET", fmt.Sprintf("/subnet/%d/", cut), nil).is(200) // it lies in her allocation
	beside := w.made("ann", "/subnet/", obj{"address_id": ann, "allocation_id": p.allocation, "address_range": "10.0.80.0/24"})
	w.try(tried{
		"dora", "PUT", fmt.Sprintf("/subnet/%d/", part),
		obj{"address_id": dora, "address_range": "10.0.80.0/25", "parent_id": beside},
		400, "parent_id=subnet_update_109",
	})
	// One of a member that does not manage itself is its operator's.
	kept := w.made("root", "/subnet/", obj{
		"address_id": w.users["max"].SiteID, "allocation_id": p.allocation, "address_range": "10.0.96.0/20",
	})
	w.call("max", "GET", fmt.Sprintf("/subnet/%d/", kept), nil).is(200)
}

// Networks of projects are seen here and changed through the router; pools of regions
// are the operator's.
func TestSubnetsOfProjectsAndPools(t *testing.T) {
	w := newWorld(t)
	project, _ := w.project("ann", "web")
	list := into[[]obj](w.call("ann", "GET", fmt.Sprintf("/subnet/?search[allocation__asn__number]=%d", cloud.PseudoASN+project), nil).is(200))
	if len(list) != 1 || list[0]["gateway"] != "10.0.0.1" || list[0]["virtual_router_id"] == nil {
		t.Fatalf("%v", list)
	}
	at := list[0]["uri"].(string)
	shown := obj{"address_id": list[0]["address_id"], "address_range": "10.0.0.1/24"}
	w.try(
		tried{"ann", "PUT", at, shown, 403, "subnet_update_202"},
		tried{"ann", "DELETE", at, nil, 403, "subnet_delete_203"},
		tried{"root", "DELETE", at, nil, 403, "subnet_delete_203"},
		tried{"ruth", "GET", at, nil, 403, "subnet_read_201"},
		tried{"gina", "GET", at, nil, 403, "subnet_read_202"},
		tried{"carl", "GET", at, nil, 403, "subnet_read_203"},
		tried{"root", "PUT", at, with(shown, obj{"address_id": w.users["carl"].SiteID}), 400, "address_id=subnet_update_103"},
		tried{"root", "PUT", at, with(shown, obj{"parent_id": list[0]["id"]}), 400, "parent_id=subnet_update_105"},
		tried{"root", "PUT", at, with(shown, obj{"vlan": 5}), 400, "vlan=subnet_update_121"},
		tried{"root", "PUT", at, with(shown, obj{"vxlan": 4711}), 400, "vxlan=subnet_update_124"},
		tried{"root", "PUT", at, with(shown, obj{"address_range": "10.0.0.1/25"}), 403, "subnet_update_202"},
	)
	w.call("root", "PATCH", at, obj{"name": "renamed"}).is(200)
	w.call("rob", "GET", at, nil).is(200)
	// What is laid out beside it is a segment that no router knows, and goes with the project.
	segment := w.made("ann", "/subnet/", obj{
		"address_id": w.users["ann"].SiteID, "allocation_id": list[0]["allocation"].(obj)["id"], "address_range": "10.7.0.0/24",
	})
	side := fmt.Sprintf("/subnet/%d/", segment)
	w.try(
		tried{"ann", "DELETE", side, nil, 403, "subnet_delete_203"},
		tried{
			"ann", "PATCH", fmt.Sprintf("/virtual_router/%.0f/", list[0]["virtual_router_id"]),
			obj{"subnets": items(obj{"address_range": "10.7.0.1/25"})},
			400, "subnets[0].address_range=subnet_create_116",
		},
	)
	w.made("ann", "/ip_address/", obj{"subnet_id": segment, "address": "10.7.0.9"})
	w.call("ann", "PATCH", fmt.Sprintf("/project/%d/", project), obj{"grace_period": 0}).is(200)
	w.call("ann", "PATCH", fmt.Sprintf("/project/%d/", project), obj{"state": 8}).is(200)
	w.settle()
	w.call("ann", "GET", side, nil).is(404)

	pool := into[[]obj](w.call("root", "GET", "/subnet/?search[name__istartswith]=Public&order=created", nil).is(200))[0]
	w.try(
		tried{"root", "PATCH", pool["uri"].(string), obj{"address_range": "198.18.0.1/17"}, 400, "address_range=subnet_update_112"},
		tried{"root", "DELETE", pool["uri"].(string), nil, 403, "subnet_delete_206"},
		tried{
			"ann", "POST", "/subnet/",
			obj{"address_id": w.users["ann"].SiteID, "parent_id": pool["id"], "address_range": "198.18.9.0/24"},
			400,
			"parent_id=subnet_create_109",
		},
	)
}

// A piece that the operator cuts off a pool is not given out of the pool any more, and
// is again when it is gone.
func TestPoolsLeaveOutWhatIsCutOff(t *testing.T) {
	w := newWorld(t)
	pool := into[[]obj](w.call("root", "GET", "/subnet/?search[name__istartswith]=Public&order=created", nil).is(200))[0]
	cut := func(text string) obj {
		return obj{"address_id": w.users["ann"].SiteID, "parent_id": pool["id"], "address_range": text}
	}
	w.try(tried{"root", "POST", "/subnet/", cut("198.18.0.0/30"), 400, "address_range=subnet_create_121"}) // with the gateway
	piece := w.made("root", "/subnet/", cut("198.18.0.2/31"))
	router := func(name string) any {
		_, id := w.project("ann", name)
		return into[obj](w.call("ann", "GET", fmt.Sprintf("/virtual_router/%d/", id), nil).is(200))["ip_address"].(obj)["address"]
	}
	if a := router("first"); a != "198.18.0.4" {
		t.Errorf("a router has %s, and what is before 198.18.0.4 is ann's", a)
	}
	w.try(
		tried{"root", "POST", "/ip_address/", obj{"subnet_id": pool["id"], "address": "198.18.0.2"}, 400, "address=ip_address_create_106"},
		tried{"root", "POST", "/subnet/", cut("198.18.0.4/30"), 400, "address_range=subnet_create_121"},
	)
	noted := w.made("ann", "/ip_address/", obj{"subnet_id": piece, "address": "198.18.0.2"})
	w.call("ann", "DELETE", fmt.Sprintf("/ip_address/%d/", noted), nil).is(204)
	w.call("ann", "DELETE", fmt.Sprintf("/subnet/%d/", piece), nil).is(204)
	if a := router("second"); a != "198.18.0.2" {
		t.Errorf("a router has %s, and 198.18.0.2 is free again", a)
	}
}

// subnet_space as the contract has it in its example, by kind, page and caller.
func TestSubnetSpace(t *testing.T) {
	w := newWorld(t)
	w.promote("ann")
	p := w.plan("ann")
	ann := w.users["ann"].SiteID
	a := w.made("ann", "/allocation/", obj{"asn_id": p.asn, "address_range": "10.1.0.0/22", "name": "lab"})
	s := w.made("ann", "/subnet/", obj{"address_id": ann, "allocation_id": a, "address_range": "10.1.0.1/24", "name": "office", "vlan": 20})
	w.made("ann", "/subnet/", obj{"address_id": ann, "parent_id": s, "address_range": "10.1.0.128/26"})
	at := fmt.Sprintf("/subnet_space/%d/", a)
	ranges := func(query string) (list []string, total float64) {
		t.Helper()
		ans := w.call("ann", "GET", at+query, nil).is(200)
		for _, v := range into[[]obj](ans) {
			kind := "free"
			if v["id"] != nil {
				kind = "used"
			}
			list = append(list, fmt.Sprint(kind, " ", v["address_range"]))
		}
		return list, ans.object()["_metadata"].(map[string]any)["total_records"].(float64)
	}
	for query, want := range map[string]string{
		"":                             "[used 10.1.0.1/24 used 10.1.0.128/26 free 10.1.1.0/24 free 10.1.2.0/23] 4",
		"?search[space_type]=both":     "[used 10.1.0.1/24 used 10.1.0.128/26 free 10.1.1.0/24 free 10.1.2.0/23] 4",
		"?search[space_type]=existing": "[used 10.1.0.1/24 used 10.1.0.128/26] 2",
		"?search[space_type]=free":     "[free 10.1.1.0/24 free 10.1.2.0/23] 2",
		"?space_type=free":             "[free 10.1.1.0/24 free 10.1.2.0/23] 2",
		"?limit=2&page=1":              "[free 10.1.1.0/24 free 10.1.2.0/23] 4",
		"?limit=2&page=7":              "[] 4",
	} {
		list, total := ranges(query)
		if got := fmt.Sprint(list, " ", total); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	w.try(
		tried{"dora", "GET", at, nil, 400, "subnet_space_list_001"},
		tried{"ann", "GET", "/subnet_space/4711/", nil, 400, "subnet_space_list_001"},
		tried{"ann", "GET", "/subnet_space/x/", nil, 400, "subnet_space_list_001"},
	)
	w.call("nora", "GET", at, nil).is(403)
}
