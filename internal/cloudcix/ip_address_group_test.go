package cloudcix_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Every documented error of groups, and what is stored of a good one.
func TestIPAddressGroups(t *testing.T) {
	w := newWorld(t)
	good := obj{"name": "offices", "cidrs": items("198.51.100.7/24", "192.0.2.1/32")}
	g := into[obj](w.call("ann", "POST", "/ip_address_group/", good).is(201))
	if fmt.Sprint(g["cidrs"]) != "[198.51.100.0/24 192.0.2.1/32]" ||
		g["version"] != 4.0 || g["member_id"] != float64(w.users["ann"].MemberID) {
		t.Errorf("%v", g)
	}
	own := fmt.Sprintf("/ip_address_group/%.0f/", g["id"])
	w.call("ann", "POST", "/ip_address_group/", obj{"name": "second", "cidrs": items("10.0.0.0/8")}).is(201)
	global := insert(w, &cloud.IPAddressGroup{Name: "all", Version: 4, CIDRs: []string{"0.0.0.0/0"}})
	everybodys := fmt.Sprintf("/ip_address_group/%d/", global.ID)
	for _, c := range []struct {
		name           string
		change         obj
		field          string
		create, update int // numbers; 0 = none there
	}{
		{"text member", obj{"member_id": "x"}, "member_id", 101, 0},
		{"no name", obj{"name": nil}, "name", 102, 0},
		{"odd name", obj{"name": "1st"}, "name", 102, 101},
		{"blank in the name", obj{"name": "two words"}, "name", 102, 101},
		{"used name", obj{"name": "second"}, "name", 103, 102},
		{"text version", obj{"version": "six"}, "version", 104, 103},
		{"version 5", obj{"version": 5}, "version", 105, 104},
		{"cidrs no list", obj{"cidrs": "10.0.0.0/8"}, "cidrs", 106, 105},
		{"no cidrs", obj{"cidrs": nil}, "cidrs", 107, 106},
		{"empty cidrs", obj{"cidrs": items()}, "cidrs", 107, 106},
		{"no network", obj{"cidrs": items("10.0.0.0/33")}, "cidrs", 108, 107},
		{"a number", obj{"cidrs": items(7)}, "cidrs", 108, 107},
		{"other family", obj{"cidrs": items("10.0.0.0/8", "2001:db8::/32")}, "cidrs", 109, 108},
	} {
		if c.create != 0 {
			want := map[string]string{c.field: fmt.Sprintf("iaas_ip_address_group_create_%03d", c.create)}
			w.call("ann", "POST", "/ip_address_group/", with(with(good, obj{"name": "third"}), c.change)).want(c.name, 400, want)
		}
		for _, method := range []string{"PUT", "PATCH"} { // PATCH asks for as much as PUT
			if c.update != 0 {
				want := map[string]string{c.field: fmt.Sprintf("iaas_ip_address_group_update_%03d", c.update)}
				w.call("ann", method, own, with(good, c.change)).want(method+" "+c.name, 400, want)
			}
		}
	}
	for _, c := range []struct {
		who, method, path string
		body              any
		status            int
		code              string
	}{
		{"max", "POST", "/ip_address_group/", good, 403, "create_201"},
		{"ann", "POST", "/ip_address_group/", with(good, obj{"member_id": 0}), 403, "create_202"},
		{"ann", "POST", "/ip_address_group/", with(good, obj{"member_id": w.users["dora"].MemberID}), 403, "create_202"},
		{"lou", "PUT", own, good, 403, "update_201"},
		{"ann", "PUT", everybodys, good, 403, "update_201"},
		{"ann", "DELETE", everybodys, nil, 403, "delete_201"},
		{"dora", "GET", own, nil, 404, "read_001"},
		{"dora", "PUT", own, good, 404, "update_001"},
		{"dora", "DELETE", own, nil, 404, "delete_001"},
		{"ann", "GET", "/ip_address_group/?search[id__gt]=x", nil, 400, "list_001"},
	} {
		a := w.call(c.who, c.method, c.path, c.body)
		if a.code != c.status || a.object()["error_code"] != "iaas_ip_address_group_"+c.code {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.who, c.method, c.path, a.code, a.body, c.status, c.code)
		}
	}
	// What is wrong with it is said before who may not.
	w.call("max", "POST", "/ip_address_group/", obj{"name": "x"}).want("form first", 400,
		map[string]string{"cidrs": "iaas_ip_address_group_create_107"})
	// So is a name that is used, which only the rows can tell, and beside what the form tells.
	w.call("lou", "POST", "/ip_address_group/", with(good, obj{"name": "second"})).want("used name first", 400,
		map[string]string{"name": "iaas_ip_address_group_create_103"})
	w.call("ann", "POST", "/ip_address_group/", with(good, obj{"name": "second", "version": "x"})).want("both", 400,
		map[string]string{"name": "iaas_ip_address_group_create_103", "version": "iaas_ip_address_group_create_104"})
	// The operator keeps everybody's; carl is at another address of the same member.
	w.call("root", "PUT", everybodys, obj{"cidrs": items("192.0.2.0/24")}).is(200)
	w.call("root", "POST", "/ip_address_group/", obj{"member_id": 0, "name": "more", "cidrs": items("192.0.2.0/24")}).is(201)
	w.call("carl", "PATCH", own, obj{"version": 6, "cidrs": items("2001:DB8::1/32")}).is(200)
	names := func(who string) (list []string) {
		for _, r := range into[[]obj](w.call(who, "GET", "/ip_address_group/", nil).is(200)) {
			list = append(list, r["name"].(string))
		}
		return list
	}
	if a, d := names("ann"), names("dora"); !slices.Equal(a, []string{"all", "more", "offices", "second"}) ||
		!slices.Equal(d, []string{"all", "more"}) {
		t.Errorf("ann sees %v, dora %v", a, d)
	}
	w.call("ann", "DELETE", own, nil).is(204)
	w.call("ann", "GET", own, nil).is(404)
	w.call("ann", "POST", "/ip_address_group/", good).is(201) // its name is free
}
