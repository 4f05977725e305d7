package cloudcix_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// planned is an address plan of somebody's member: 10.0.0.0/16 with 10.0.1.0/24 in it,
// where 10.0.1.9 is noted.
type planned struct{ asn, allocation, subnet, address int64 }

// plan makes one, once.
func (w *world) plan(who string) planned {
	w.t.Helper()
	if p, ok := w.plans[who]; ok {
		return p
	}
	var p planned
	u := w.users[who]
	w.write(func(tx *store.Tx) error {
		asn := &cloud.ASN{MemberID: u.MemberID, Number: 64600 + u.MemberID}
		if err := store.Insert(tx, asn); err != nil {
			return err
		}
		a := &cloud.Allocation{ASNID: asn.ID, SiteID: u.SiteID, Name: "lab", Text: "10.0.0.0/16", Prefix: netip.MustParsePrefix("10.0.0.0/16")}
		if err := store.PlaceAllocation(tx, a); err != nil {
			return err
		}
		p.asn, p.allocation = asn.ID, a.ID
		return nil
	})
	p.subnet = w.made(who, "/subnet/", obj{
		"address_id": u.SiteID, "allocation_id": p.allocation, "address_range": "10.0.1.1/24", "name": "office",
	})
	p.address = w.made(who, "/ip_address/", obj{"subnet_id": p.subnet, "address": "10.0.1.9", "name": "printer"})
	if w.plans == nil {
		w.plans = map[string]planned{}
	}
	w.plans[who] = p
	return p
}

// made is the id of something new.
func (w *world) made(who, path string, body obj) int64 {
	w.t.Helper()
	return int64(into[obj](w.call(who, "POST", path, body).is(201))["id"].(float64))
}

// promote makes users administrators.
func (w *world) promote(names ...string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		for _, name := range names {
			w.users[name].Administrator = true
			if err := store.Update(tx, w.users[name]); err != nil {
				return err
			}
		}
		return nil
	})
}

// tried is a request and what it is answered with.
type tried struct {
	who, method, path string
	body              any
	status            int
	code              string // behind iaas_; of a field as "name=asn_create_104"
}

func (w *world) try(list ...tried) {
	w.t.Helper()
	for _, c := range list {
		field, code := "", c.code
		for i, r := range c.code {
			if r == '=' {
				field, code = c.code[:i], c.code[i+1:]
			}
		}
		w.call(c.who, c.method, c.path, c.body).want(fmt.Sprint(c.who, " ", c.method, " ", c.path, " ", c.body), c.status,
			map[string]string{field: "iaas_" + code})
	}
}

// Every documented rule of autonomous systems: the operator keeps real ones, user 1
// alone makes pseudo ones, and none goes while it has allocations.
func TestASNs(t *testing.T) {
	w := newWorld(t)
	p := w.plan("ann")
	own := fmt.Sprintf("/asn/%d/", p.asn)
	made := into[obj](w.call("root", "POST", "/asn/", obj{"number": 64512 + 1, "member_id": w.users["dora"].MemberID}).is(201))
	at := made["uri"].(string)
	if made["allocations_in_use"] != 0.0 || made["number"] != 64513.0 || made["member_id"] != float64(w.users["dora"].MemberID) {
		t.Errorf("%v", made)
	}
	if a := into[obj](w.call("root", "POST", "/asn/", obj{"number": "64514"}).is(201)); a["member_id"] != 1.0 {
		t.Errorf("of nobody named: %v", a)
	}
	pseudo := into[obj](w.call("root", "POST", "/asn/", obj{"number": cloud.PseudoASN + 4711}).is(201))["uri"].(string)
	for _, c := range []struct {
		change obj
		want   string
	}{
		{obj{"number": nil}, "number=%s_102"},
		{obj{"number": "x"}, "number=%s_102"},
		{obj{"number": 0}, "number=%s_103"},
		{obj{"number": 4294967295}, "number=%s_103"},
		{obj{"number": cloud.PseudoASN}, "number=%s_103"},
		{obj{"number": 64512}, "number=%s_104"},
		{obj{"member_id": "x"}, "member_id=%s_101"},
		{obj{"member_id": 4711}, "member_id=%s_101"},
	} {
		body := with(obj{"number": 64515}, c.change)
		w.try(tried{"root", "POST", "/asn/", body, 400, fmt.Sprintf(c.want, "asn_create")})
		w.try(tried{"root", "PUT", at, body, 400, fmt.Sprintf(c.want, "asn_update")})
	}
	w.try(
		tried{"root", "PUT", at, obj{"number": cloud.PseudoASN + 1}, 400, "number=asn_update_103"},
		tried{"ann", "POST", "/asn/", obj{"number": 64515}, 403, "asn_create_201"},
		tried{"ann", "POST", "/asn/", obj{"number": cloud.PseudoASN + 5}, 403, "asn_create_202"},
		tried{"ann", "POST", "/asn/", obj{"number": 64512}, 400, "number=asn_create_104"}, // the form comes first
		tried{"ann", "PUT", own, obj{}, 403, "asn_update_201"},                            // and with a change the permission
		tried{"ann", "DELETE", own, nil, 403, "asn_delete_202"},
		tried{"lou", "PATCH", own, obj{"number": 5}, 403, "asn_update_201"},
		tried{"ann", "PATCH", pseudo, obj{"number": 5}, 403, "asn_update_202"},
		tried{"ann", "DELETE", pseudo, nil, 403, "asn_delete_201"},
		tried{"ann", "GET", "/asn/4711/", nil, 404, "asn_read_001"},
		tried{"root", "PUT", "/asn/4711/", obj{"number": 5}, 404, "asn_update_001"},
		tried{"root", "DELETE", "/asn/4711/", nil, 404, "asn_delete_001"},
		tried{"root", "DELETE", own, nil, 403, "asn_delete_203"},
		tried{"ann", "GET", "/asn/?search[number]=x", nil, 400, "asn_list_001"},
	)
	w.call("root", "PATCH", at, obj{"number": 64999}).is(200)
	w.call("root", "PUT", pseudo, obj{"number": cloud.PseudoASN + 4711}).is(200) // as it is shown
	w.call("dora", "GET", own, nil).is(200)                                      // anybody reads
	w.call("root", "DELETE", at, nil).is(204)
	w.call("root", "GET", at, nil).is(404)
	w.call("root", "POST", "/asn/", obj{"number": 64999}).is(201) // it is free again
}

// Projects take the numbers that nobody made a pseudo ASN for.
func TestProjectsPassNumbersThatAreTaken(t *testing.T) {
	w := newWorld(t)
	first, _ := w.project("ann", "first")
	for n := range int64(3) {
		w.call("root", "POST", "/asn/", obj{"number": cloud.PseudoASN + first + 1 + n}).is(201)
	}
	if next, _ := w.project("ann", "second"); next != first+4 {
		t.Errorf("project %d after %d, and three numbers are taken", next, first)
	}
	at := fmt.Sprintf("/asn/?search[number]=%d", cloud.PseudoASN+first+4)
	if list := into[[]obj](w.call("ann", "GET", at, nil).is(200)); len(list) != 1 {
		t.Errorf("%v", list)
	}
}

// Every documented rule of allocations.
func TestAllocations(t *testing.T) {
	w := newWorld(t)
	w.promote("ann", "dora", "max")
	p, other := w.plan("ann"), w.plan("dora")
	own := fmt.Sprintf("/allocation/%d/", p.allocation)
	good := obj{"asn_id": p.asn, "address_range": "192.0.2.7/24", "name": "office"}
	a := into[obj](w.call("ann", "POST", "/allocation/", good).is(201))
	if a["address_range"] != "192.0.2.7/24" || a["subnets_in_use"] != 0.0 || a["address_id"] != float64(w.users["ann"].SiteID) ||
		a["asn"].(obj)["id"] != float64(p.asn) || a["asn"].(obj)["allocations_in_use"] != 2.0 {
		t.Errorf("%v", a)
	}
	second := a["uri"].(string)
	for _, c := range []struct {
		change obj
		want   string
	}{
		{obj{"address_id": "x"}, "address_id=%s_101"},
		{obj{"address_id": w.users["dora"].SiteID}, "address_id=%s_101"},
		{obj{"address_id": 4711}, "address_id=%s_101"},
		{obj{"asn_id": nil}, "asn_id=%s_102"},
		{obj{"asn_id": "x"}, "asn_id=%s_102"},
		{obj{"asn_id": other.asn}, "asn_id=%s_103"},
		{obj{"asn_id": 4711}, "asn_id=%s_103"},
		{obj{"address_range": nil}, "address_range=%s_104"},
		{obj{"address_range": 7}, "address_range=%s_104"},
		{obj{"address_range": "10.0.0.0/33"}, "address_range=%s_104"},
		{obj{"address_range": "10.0.0.0"}, "address_range=%s_104"},
		{obj{"address_range": "::ffff:10.0.0.0/112"}, "address_range=%s_104"},
		{obj{"address_range": "10.0.0.0/16"}, "address_range=%s_105"},
		{obj{"address_range": "10.0.128.0/17"}, "address_range=%s_105"},
		{obj{"address_range": "10.0.0.0/8"}, "address_range=%s_105"},
		{obj{"address_range": "0.0.0.0/0"}, "address_range=%s_105"},
		{obj{"name": nil}, "name=%s_106"},
		{obj{"name": " "}, "name=%s_106"},
		{obj{"name": fmt.Sprintf("%065d", 0)}, "name=%s_107"},
		{obj{"name": "a\x07"}, "name=%s_106"},
	} {
		fresh := with(obj{"asn_id": p.asn, "address_range": "198.51.100.0/24", "name": "third"}, c.change)
		w.try(tried{"ann", "POST", "/allocation/", fresh, 400, fmt.Sprintf(c.want, "allocation_create")})
		w.try(tried{"ann", "PUT", second, fresh, 400, fmt.Sprintf(c.want, "allocation_update")})
	}
	w.call("ann", "POST", "/allocation/", obj{"asn_id": "x", "name": "", "address_range": "x"}).want("all at once", 400, map[string]string{
		"asn_id": "iaas_allocation_create_102", "name": "iaas_allocation_create_106", "address_range": "iaas_allocation_create_104",
	})
	w.try(
		tried{"bea", "POST", "/allocation/", good, 403, "allocation_create_201"},
		tried{"max", "POST", "/allocation/", obj{}, 403, "allocation_create_202"}, // the permission comes first
		tried{"bea", "PUT", own, good, 403, "allocation_update_201"},
		tried{"max", "PUT", own, good, 403, "allocation_update_202"},
		tried{"dora", "PUT", own, good, 403, "allocation_update_203"},
		tried{"bea", "DELETE", second, nil, 403, "allocation_delete_201"},
		tried{"max", "DELETE", second, nil, 403, "allocation_delete_202"},
		tried{"dora", "DELETE", second, nil, 403, "allocation_delete_203"},
		tried{"ann", "DELETE", own, nil, 403, "allocation_delete_204"},
		tried{"dora", "GET", own, nil, 403, "allocation_read_201"},
		tried{"dora", "GET", "/allocation/4711/", nil, 404, "allocation_read_001"},
		tried{"dora", "PUT", "/allocation/4711/", good, 404, "allocation_update_001"},
		tried{"dora", "DELETE", "/allocation/4711/", nil, 404, "allocation_delete_001"},
		// Its subnet would be outside.
		tried{"ann", "PATCH", own, obj{"address_range": "10.0.2.0/23"}, 400, "address_range=allocation_update_105"},
		tried{"ann", "GET", "/allocation/?search[id]=x", nil, 400, "allocation_list_001"},
	)
	// What is larger holds it still; the range as it is shown is no change.
	w.call("ann", "PATCH", own, obj{"address_range": "10.0.0.0/12", "name": "wide"}).is(200)
	w.call("ann", "PUT", own, obj{"asn_id": p.asn, "address_range": "10.0.0.0/12", "name": "wide"}).is(200)
	// The same range under another ASN is somebody else's.
	w.call("dora", "POST", "/allocation/", with(good, obj{"asn_id": other.asn})).is(201)
	w.call("root", "PATCH", second, obj{"address_id": w.users["dora"].SiteID}).is(200) // for whom it is readable then
	w.call("dora", "GET", second, nil).is(200)
	w.call("ann", "DELETE", second, nil).is(204)
	w.call("ann", "GET", second, nil).is(404)
	w.call("ann", "POST", "/allocation/", good).is(201)
	// The number and the member of an ASN go on to what is below it.
	w.call("root", "PATCH", fmt.Sprintf("/asn/%d/", p.asn), obj{"number": 65001, "member_id": w.users["dora"].MemberID}).is(200)
	if list := into[[]obj](w.call("dora", "GET", "/allocation/?search[asn__number]=65001", nil).is(200)); len(list) != 2 {
		t.Errorf("%v", list)
	}
}

// The plan of a project is made with it, and its allocations stay under its number.
func TestAllocationsOfProjects(t *testing.T) {
	w := newWorld(t)
	w.promote("ann")
	project, _ := w.project("ann", "web")
	p := w.plan("ann")
	list := into[[]obj](w.call("ann", "GET", fmt.Sprintf("/allocation/?search[asn__number]=%d", cloud.PseudoASN+project), nil).is(200))
	var ranges []string
	for _, a := range list {
		ranges = append(ranges, fmt.Sprint(a["name"], " ", a["address_range"], " ", a["subnets_in_use"]))
	}
	if fmt.Sprint(ranges) != "[Private Range 1 10.0.0.0/8 1 Private Range 2 172.16.0.0/12 0 Private Range 3 192.168.0.0/16 0]" {
		t.Errorf("%q", ranges)
	}
	private := list[0]["uri"].(string)
	w.try(
		tried{"ann", "PATCH", private, obj{"asn_id": p.asn}, 400, "asn_id=allocation_update_103"},
		tried{"ann", "PATCH", private, obj{"address_range": "10.1.0.0/16"}, 400, "address_range=allocation_update_105"},
		tried{"ann", "DELETE", private, nil, 403, "allocation_delete_204"},
		tried{"root", "DELETE", fmt.Sprintf("/asn/%.0f/", list[0]["asn"].(obj)["id"]), nil, 403, "asn_delete_203"},
	)
	// With the project all of it goes.
	w.call("ann", "PATCH", fmt.Sprintf("/project/%d/", project), obj{"grace_period": 0}).is(200)
	w.call("ann", "PATCH", fmt.Sprintf("/project/%d/", project), obj{"state": 8}).is(200)
	w.settle()
	w.call("ann", "GET", private, nil).is(404)
}
