package cloudcix_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Networks of a router that is shut down are written, and move it nowhere: they are
// there when it comes back.
func TestSubnetsOfAShutDownRouter(t *testing.T) {
	w := newWorld(t)
	_, id := w.project("ann", "web")
	path := fmt.Sprintf("/virtual_router/%d/", id)
	state := func() any {
		w.settle()
		return into[obj](w.call("ann", "GET", path, nil).is(200))["state"]
	}
	w.call("ann", "PATCH", path, obj{"state": 8}).is(200)
	if state() != 9.0 {
		t.Fatalf("it is in %v", state())
	}
	r := into[obj](w.call("ann", "PATCH", path, obj{"subnets": items(obj{"address_range": "10.3.0.1/24"})}).is(200))
	if r["state"] != 9.0 || len(r["subnets"].([]any)) != 2 || state() != 9.0 {
		t.Errorf("it went to %v and %v with %v", r["state"], state(), r["subnets"])
	}
	w.call("ann", "PATCH", path, obj{"state": 7}).is(200)
	if state() != 4.0 {
		t.Errorf("restored it is in %v", state())
	}
	r = into[obj](w.call("ann", "GET", path, nil).is(200))
	if len(r["subnets"].([]any)) != 2 {
		t.Errorf("restored it has %v", r["subnets"])
	}
}

// Networks that are sent while a router is stopping or starting begin no second
// operation: the first keeps its event, and ends it.
func TestSubnetsWhileARouterStops(t *testing.T) {
	for _, state := range []int{5, 7, 8} {
		w := newWorld(t)
		_, id := w.project("ann", "web")
		path := fmt.Sprintf("/virtual_router/%d/", id)
		if state == 7 {
			w.call("ann", "PATCH", path, obj{"state": 5}).is(200)
			w.settle()
		}
		w.call("ann", "PATCH", path, obj{"state": state}).is(200)
		w.call("ann", "PATCH", path, obj{"subnets": items(obj{"address_range": "10.3.0.1/24"})}).is(200)
		w.settle()
		open := 0
		w.write(func(tx *store.Tx) error {
			return tx.QueryRow(`SELECT count(*) FROM event s WHERE "end" = 0
				AND NOT EXISTS (SELECT 1 FROM event e WHERE e.operation = s.operation AND e."end" = 1)`).Scan(&open)
		})
		if open > 0 {
			t.Errorf("state %d: %d operations never end", state, open)
		}
	}
}

func TestVirtualRouterErrors(t *testing.T) {
	w := newWorld(t)
	type router struct {
		ID, State int64
		Subnets   []struct {
			ID           int64
			AddressRange string `json:"address_range"`
			Name         string
			VLAN, VXLAN  int64
			AddressID    int64 `json:"address_id"`
		}
		IPAddress struct{ Address string } `json:"ip_address"`
	}
	project, id := w.project("ann", "web")
	path := fmt.Sprintf("/virtual_router/%d/", id)
	code := func(n int) string { return fmt.Sprintf("iaas_virtual_router_update_%03d", n) }
	r := into[router](w.call("ann", "GET", path, nil).is(200))
	if r.State != 4 || len(r.Subnets) != 1 || r.Subnets[0].VLAN != 1000 ||
		r.Subnets[0].VXLAN != w.users["ann"].SiteID || r.IPAddress.Address == "" {
		t.Fatalf("%+v", r)
	}
	front := r.Subnets[0]
	echo := obj{
		"id": front.ID, "address_id": front.AddressID, "address_range": "10.0.0.1/24", "name": "front", "vlan": 1000, "vxlan": front.VXLAN,
	}
	w.machine("ann", project, "www", "10.0.0.200")
	nets := func(v ...any) obj { return obj{"subnets": items(v...)} }
	for _, c := range []struct {
		name  string
		body  obj
		codes map[string]string
	}{
		{"text state", obj{"state": "x"}, map[string]string{"state": code(101)}},
		{"no state", obj{"state": 50}, map[string]string{"state": code(102)}},
		{"not for users", obj{"state": 6}, map[string]string{"state": code(104)}},
		{"no list", obj{"subnets": 7}, map[string]string{"subnets": code(105)}},
		{"empty", obj{"subnets": items()}, map[string]string{"subnets": code(106)}},
		{"no range", nets(obj{"name": "x"}), map[string]string{"subnets": code(108)}},
		{"bad range", nets(obj{"address_range": "10.0.1.1"}), map[string]string{"subnets": code(108)}},
		{"network address", nets(obj{"address_range": "10.0.1.0/24"}), map[string]string{"subnets": code(109)}},
		{"broadcast address", nets(obj{"address_range": "10.0.1.255/24"}), map[string]string{"subnets": code(109)}},
		{"overlap", nets(obj{"address_range": "10.0.1.1/24"}, obj{"address_range": "10.0.1.129/25"}), map[string]string{"subnets": code(110)}},
		{"public", nets(obj{"address_range": "8.8.8.1/24"}), map[string]string{"subnets": code(112)}},
		{"too wide", nets(obj{"address_range": "10.0.0.1/7"}), map[string]string{"subnets": code(112)}},
		{"unknown id", nets(with(echo, obj{"id": 999})), map[string]string{"subnets": code(113)}},
		{"same", nets(obj{"address_range": "10.0.0.2/24"}), map[string]string{"subnets[0].address_range": "iaas_subnet_create_115"}},
		{"taken", nets(echo, obj{"address_range": "10.0.0.129/25"}), map[string]string{"subnets": code(110)}},
		{
			"taken by another", nets(obj{"address_range": "10.0.0.129/25"}),
			map[string]string{"subnets[0].address_range": "iaas_subnet_create_116"},
		},
		{"no owner", nets(with(echo, obj{"address_id": nil})), map[string]string{"subnets[0].address_id": "iaas_subnet_update_101"}},
		{"other owner", nets(with(echo, obj{"address_id": 1})), map[string]string{"subnets[0].address_id": "iaas_subnet_update_103"}},
		{"other vlan", nets(with(echo, obj{"vlan": 1})), map[string]string{"subnets[0].vlan": "iaas_subnet_update_121"}},
		{"other vxlan", nets(with(echo, obj{"vxlan": 1})), map[string]string{"subnets[0].vxlan": "iaas_subnet_update_124"}},
		{
			"text vlan", nets(echo, obj{"address_range": "10.1.0.1/24", "vlan": "x"}),
			map[string]string{"subnets[1].vlan": "iaas_subnet_create_123"},
		},
		{
			"long name", nets(obj{"address_range": "10.1.0.1/24", "name": strings.Repeat("x", 129)}),
			map[string]string{"subnets[0].name": "iaas_subnet_create_122"},
		},
		{
			"does not fit", nets(with(echo, obj{"address_range": "10.0.0.1/25"})),
			map[string]string{"subnets[0].address_range": "iaas_subnet_update_112"},
		},
		{"two", obj{"state": "x", "subnets": items()}, map[string]string{"state": code(101), "subnets": code(106)}},
	} {
		w.call("ann", "PATCH", path, c.body).want(c.name, 400, c.codes)
	}
	w.call("ann", "PUT", path, obj{"state": 5}).want("PUT without subnets", 400, map[string]string{"subnets": code(106)})
	w.call("ann", "PATCH", "/virtual_router/999/", obj{"state": "x"}).want("missing", 404, map[string]string{"": code(1)})
	for who, n := range map[string]int{"ruth": 201, "carl": 202, "dora": 202, "pia": 203, "lou": 203} {
		w.call(who, "PATCH", path, nets(echo)).want(who, 403, map[string]string{"": code(n)})
	}
	if r := into[router](w.call("ann", "PATCH", path, nets(echo)).is(200)); r.State != 4 {
		t.Errorf("an echo leads to %d", r.State)
	}
	r = into[router](w.call("ann", "PUT", path,
		nets(with(echo, obj{"name": "dmz"}), obj{"address_range": "192.168.7.1/24", "name": "db"})).is(200))
	if r.State != 10 || len(r.Subnets) != 2 || r.Subnets[0].Name != "dmz" ||
		r.Subnets[1].VLAN != 1001 || r.Subnets[1].AddressRange != "192.168.7.1/24" {
		t.Errorf("%+v", r)
	}
	w.call("ann", "PATCH", path, obj{"state": 5}).want("busy", 400, map[string]string{"state": code(103)})
	w.settle()
	for _, s := range [][2]int64{{5, 6}, {7, 4}} {
		if r := into[router](w.call("ann", "PATCH", path, obj{"state": s[0]}).is(200)); r.State != s[0] {
			t.Errorf("state %d", r.State)
		}
		w.settle()
		if r := into[router](w.call("ann", "GET", path, nil).is(200)); r.State != s[1] {
			t.Errorf("came to rest in %d, want %d", r.State, s[1])
		}
	}
	// Region without segment numbers.
	for n := 1000; n <= 2000; n++ {
		if n != 1000 && n != 1001 {
			insert(w, &cloud.Subnet{RegionID: w.region, VLAN: n})
		}
	}
	w.call("ann", "PATCH", path, nets(obj{"address_range": "10.99.0.1/24"})).want("full", 400, map[string]string{"": code(2)})
}
