package cloudcix_test

import (
	"fmt"
	"testing"
)

// Every documented rule of noted addresses.
func TestIPAddresses(t *testing.T) {
	w := newWorld(t)
	p, other := w.plan("ann"), w.plan("dora")
	own := fmt.Sprintf("/ip_address/%d/", p.address)
	good := obj{"subnet_id": p.subnet, "address": "10.0.1.20", "name": "scanner", "location": "cellar", "credentials": "root:secret"}
	second := w.made("ann", "/ip_address/", good)
	if a := into[obj](w.call("ann", "GET", fmt.Sprintf("/ip_address/%d/", second), nil).is(200)); a["credentials"] != "root:secret" ||
		a["location"] != "cellar" || a["public_ip"] != nil || a["vm_id"] != nil || a["mac_address"] != nil ||
		a["subnet"].(obj)["ips_in_use"] != 2.0 {
		t.Errorf("%v", a)
	}
	w.made("ann", "/subnet/", obj{"address_id": w.users["ann"].SiteID, "parent_id": p.subnet, "address_range": "10.0.1.128/25"})
	long := fmt.Sprintf("%065d", 0)
	for _, c := range []struct {
		change         obj
		field          string
		create, update int // numbers; 0 = none there
	}{
		{obj{"subnet_id": nil}, "subnet_id", 101, 0},
		{obj{"subnet_id": "x"}, "subnet_id", 102, 0},
		{obj{"subnet_id": 4711}, "subnet_id", 103, 0},
		{obj{"address": nil}, "address", 104, 0},
		{obj{"address": 7}, "address", 105, 101},
		{obj{"address": "10.0.1"}, "address", 105, 101},
		{obj{"address": "::ffff:10.0.1.5"}, "address", 105, 101},
		{obj{"address": "10.0.2.1"}, "address", 106, 102},
		{obj{"address": "2001:db8::1"}, "address", 106, 102},
		{obj{"address": "10.0.1.130"}, "address", 106, 102}, // which is the child's
		{obj{"address": "10.0.1.9"}, "address", 107, 103},
		{obj{"name": long}, "name", 108, 104},
		{obj{"name": "a\x07"}, "name", 108, 104},
		{obj{"location": long}, "location", 109, 105},
		{obj{"location": "a\x07"}, "location", 109, 105},
		{obj{"credentials": long}, "credentials", 110, 106},
	} {
		if c.create != 0 {
			body := with(with(good, obj{"address": "10.0.1.21"}), c.change)
			w.try(tried{"ann", "POST", "/ip_address/", body, 400, fmt.Sprintf("%s=ip_address_create_%03d", c.field, c.create)})
		}
		for _, method := range []string{"PUT", "PATCH"} {
			if c.update != 0 {
				at := fmt.Sprintf("/ip_address/%d/", second)
				w.try(tried{"ann", method, at, c.change, 400, fmt.Sprintf("%s=ip_address_update_%03d", c.field, c.update)})
			}
		}
	}
	project, router := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	w.call("ann", "PATCH", fmt.Sprintf("/vm/%d/", vm), obj{"ip_addresses": items(obj{"address": "10.0.0.10", "nat": true})}).is(200)
	w.settle()
	find := func(query string) obj {
		t.Helper()
		list := into[[]obj](w.call("root", "GET", "/ip_address/?"+query, nil).is(200))
		if len(list) != 1 {
			t.Fatalf("%s: %d addresses %v", query, len(list), list)
		}
		return list[0]
	}
	private := find(fmt.Sprintf("search[vm_id]=%d&search[address]=10.0.0.10", vm))
	at := func(id any) string { return fmt.Sprintf("/ip_address/%.0f/", id) }
	nat := private["public_ip"].(obj)
	floating := into[obj](w.call("ann", "GET", fmt.Sprintf("/virtual_router/%d/", router), nil).is(200))["ip_address"].(obj)
	foreign := fmt.Sprintf("/ip_address/%d/", other.address)
	w.try(
		tried{"ann", "POST", "/ip_address/", obj{"subnet_id": other.subnet, "address": "10.0.1.30"}, 403, "ip_address_create_201"},
		tried{"ann", "POST", "/ip_address/", obj{"subnet_id": other.subnet, "address": "x"}, 400, "address=ip_address_create_105"}, // form first
		tried{
			"ann", "POST", "/ip_address/",
			obj{"subnet_id": private["subnet"].(obj)["id"], "address": "10.0.0.1"},
			400,
			"address=ip_address_create_107",
		}, // the router's own
		tried{"ann", "GET", foreign, nil, 403, "ip_address_read_205"},
		tried{"carl", "GET", own, nil, 403, "ip_address_read_205"},
		tried{"ruth", "GET", own, nil, 403, "ip_address_read_201"},
		tried{"ruth", "GET", at(private["id"]), nil, 403, "ip_address_read_202"},
		tried{"dora", "GET", at(nat["id"]), nil, 403, "ip_address_read_203"},
		tried{"dora", "GET", at(floating["id"]), nil, 403, "ip_address_read_204"},
		tried{"ann", "GET", "/ip_address/4711/", nil, 404, "ip_address_read_001"},
		tried{"ann", "PATCH", "/ip_address/4711/", obj{}, 404, "ip_address_update_001"},
		tried{"ann", "DELETE", "/ip_address/4711/", nil, 404, "ip_address_delete_001"},
		tried{"ann", "PATCH", at(private["id"]), obj{"name": "x"}, 403, "ip_address_update_201"},
		tried{"ann", "PATCH", foreign, obj{"name": "x"}, 403, "ip_address_update_202"},
		tried{"root", "PATCH", at(nat["id"]), obj{"name": "x"}, 403, "ip_address_update_203"},
		tried{"root", "PATCH", at(floating["id"]), obj{"name": "x"}, 403, "ip_address_update_203"},
		tried{"ann", "DELETE", at(private["id"]), nil, 403, "ip_address_delete_201"},
		tried{"ann", "DELETE", foreign, nil, 403, "ip_address_delete_202"},
		tried{"root", "DELETE", at(nat["id"]), nil, 403, "ip_address_delete_203"},
		tried{"root", "DELETE", at(floating["id"]), nil, 403, "ip_address_delete_203"},
		tried{"ann", "GET", "/ip_address/?search[subnet__vlan]=x", nil, 400, "ip_address_list_001"},
	)
	w.call("ann", "GET", at(nat["id"]), nil).is(200)
	w.call("ann", "GET", at(floating["id"]), nil).is(200)
	w.call("rob", "GET", at(private["id"]), nil).is(200)
	// What robots look for: the pairs of translations.
	pairs := fmt.Sprintf("search[subnet_id__in]=(%.0f)&search[public_ip_id__isnull]=false", private["subnet"].(obj)["id"])
	if got := find(pairs); got["id"] != private["id"] {
		t.Errorf("%v", got)
	}
	// An address that somebody noted is not a machine's, and one of a machine is not noted.
	noted := w.made("ann", "/ip_address/", obj{"subnet_id": private["subnet"].(obj)["id"], "address": "10.0.0.44"})
	w.call("ann", "POST", "/vm/", w.vm(project, "other", "10.0.0.44")).
		want("noted", 400, map[string]string{"ip_addresses": "iaas_vm_create_139"})
	w.try(
		tried{
			"ann", "POST", "/ip_address/",
			obj{"subnet_id": private["subnet"].(obj)["id"], "address": "10.0.0.10"},
			400,
			"address=ip_address_create_107",
		},
		tried{"ann", "DELETE", fmt.Sprintf("/ip_address/%d/", noted), nil, 403, "ip_address_delete_201"},
	)
	// Moved within its subnet, its credentials come along, and the old address is free.
	moved := into[obj](w.call("ann", "PATCH", fmt.Sprintf("/ip_address/%d/", second), obj{"address": "10.0.1.21"}).is(200))
	if moved["address"] != "10.0.1.21" || moved["credentials"] != "root:secret" || moved["name"] != "scanner" {
		t.Errorf("%v", moved)
	}
	w.made("ann", "/ip_address/", obj{"subnet_id": p.subnet, "address": "10.0.1.20"})
	w.call("ann", "PUT", own, obj{}).is(200) // nothing is required
	w.call("ann", "DELETE", own, nil).is(204)
	w.made("ann", "/ip_address/", obj{"subnet_id": p.subnet, "address": "10.0.1.9"})
}
