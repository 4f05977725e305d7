package cloudcix_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
)

func TestProjectErrors(t *testing.T) {
	w := newWorld(t)
	create := func(n int) string { return fmt.Sprintf("iaas_project_create_%03d", n) }
	update := func(n int) string { return fmt.Sprintf("iaas_project_update_%03d", n) }
	one := func(field, code string) map[string]string { return map[string]string{field: code} }
	office := w.users["ann"].SiteID
	good := obj{"region_id": w.region, "name": "web"}
	w.call("ann", "POST", "/project/", good).is(201)
	good["name"] = "db"
	for _, c := range []struct {
		name   string
		change obj
		codes  map[string]string
	}{
		{"no region", obj{"region_id": nil}, one("region_id", create(101))},
		{"text region", obj{"region_id": "x"}, one("region_id", create(102))},
		{"unknown region", obj{"region_id": 9999}, one("region_id", create(103))},
		{"an office", obj{"region_id": office}, one("region_id", create(103))},
		{"no name", obj{"name": nil}, one("name", create(105))},
		{"number as name", obj{"name": 7}, one("name", create(105))},
		{"long name", obj{"name": strings.Repeat("ü", 101)}, one("name", create(106))},
		{"used name", obj{"name": " web "}, one("name", create(107))},
		{"negative grace", obj{"grace_period": -1}, one("grace_period", create(108))},
		{"text grace", obj{"grace_period": "x"}, one("grace_period", create(109))},
		{"several", obj{"name": "web", "grace_period": "x"}, map[string]string{"name": create(107), "grace_period": create(109)}},
		{"all", obj{"name": "", "grace_period": -1, "region_id": nil}, map[string]string{"region_id": create(101), "name": create(105), "grace_period": create(108)}},
	} {
		w.call("ann", "POST", "/project/", with(good, c.change)).want(c.name, 400, c.codes)
	}
	for who, n := range map[string]int{"max": 201, "pia": 202, "lou": 202, "nora": 202} {
		w.call(who, "POST", "/project/", good).want(who, 403, one("", create(n)))
	}
	w.call("ann", "PATCH", "/project/1/", obj{"state": 8}).want("too early", 400, one("state", update(104)))
	w.settle()
	id, _ := w.project("ann", "app")
	path := fmt.Sprintf("/project/%d/", id)
	vm := w.machine("ann", id, "www", "10.0.0.10")
	for _, c := range []struct {
		name  string
		body  obj
		codes map[string]string
	}{
		{"blank name", obj{"name": ""}, one("name", update(101))},
		{"null name", obj{"name": nil}, one("name", update(101))},
		{"long name", obj{"name": strings.Repeat("x", 101)}, one("name", update(102))},
		{"used name", obj{"name": "web"}, one("name", update(103))},
		{"text state", obj{"state": "down"}, one("state", update(105))},
		{"other state", obj{"state": 5}, one("state", update(106))},
		{"not shut down", obj{"state": 4}, one("state", update(111))},
		{"negative grace", obj{"grace_period": -1}, one("grace_period", update(112))},
		{"null grace", obj{"grace_period": nil}, one("grace_period", update(113))},
		{"two", obj{"name": "", "state": 5}, map[string]string{"name": update(101), "state": update(106)}},
	} {
		w.call("ann", "PATCH", path, c.body).want(c.name, 400, c.codes)
	}
	w.call("ann", "PUT", path, obj{"note": "x"}).want("PUT without name", 400, one("name", update(101)))
	w.call("ann", "PATCH", "/project/9999/", obj{"name": ""}).want("missing", 404, one("", update(1)))
	for who, n := range map[string]int{"ruth": 201, "carl": 202, "gina": 202, "dora": 202, "pia": 203, "lou": 203} {
		w.call(who, "PATCH", path, obj{"name": "x"}).want(who, 403, one("", update(n)))
	}
	snap := insert(w, &cloud.Snapshot{ServerID: vm, Name: "s", Made: true})
	w.call("ann", "PATCH", path, obj{"state": 8}).want("snapshot", 400, one("state", update(110)))
	drop[cloud.Snapshot](w, snap.ID)

	w.call("ann", "PATCH", fmt.Sprintf("/vm/%d/", vm), obj{"state": 5}).is(200)
	w.call("ann", "PATCH", path, obj{"state": 8}).want("busy", 400, one("state", update(107)))
	w.settle()
	type project struct {
		Name, Note                  string
		MinState                    int64 `json:"min_state"`
		Stable                      bool
		ShutDown                    bool `json:"shut_down"`
		GracePeriod                 int  `json:"grace_period"`
		RegionID, AddressID, Closed any
	}
	p := into[project](w.call("ann", "PUT", path, obj{"name": " shop ", "note": "n", "grace_period": "5"}).is(200))
	if p.Name != "shop" || p.Note != "n" || p.GracePeriod != 5 || p.MinState != 4 || !p.Stable || p.ShutDown {
		t.Errorf("%+v", p)
	}
	if p := into[project](w.call("ann", "PATCH", path, obj{"note": ""}).is(200)); p.Note != "n" {
		t.Errorf("an empty note is kept: %+v", p)
	}
	if p := into[project](w.call("ann", "PATCH", path, obj{"state": 8}).is(200)); !p.ShutDown || p.MinState != 8 || p.Stable {
		t.Errorf("shut down: %+v", p)
	}
	w.settle()
	w.call("ann", "PATCH", path, obj{"state": 8}).want("twice", 400, one("state", update(108)))
	if p := into[project](w.call("ann", "PATCH", path, obj{"state": 4}).is(200)); p.ShutDown {
		t.Errorf("restored: %+v", p)
	}
	w.settle()
	if v := into[vmRecord](w.call("ann", "GET", fmt.Sprintf("/vm/%d/", vm), nil).is(200)); v.State != 6 {
		t.Errorf("a machine that was off came back in state %d", v.State)
	}
}

func TestStorageErrors(t *testing.T) {
	w := newWorld(t)
	project, _ := w.project("ann", "web")
	v := into[vmRecord](w.call("ann", "POST", "/vm/", w.vm(project, "www", "10.0.0.10")).is(201))
	path := fmt.Sprintf("/vm/%d/storage/", v.ID)
	good := obj{"name": "data", "gb": 100}
	code := func(n int) string { return fmt.Sprintf("iaas_storage_create_%03d", n) }
	w.call("ann", "POST", path, good).want("busy", 400, map[string]string{"": code(2)})
	w.settle()
	for _, c := range []struct {
		name   string
		change obj
		codes  map[string]string
	}{
		{"no gb", obj{"gb": nil}, map[string]string{"gb": code(101)}},
		{"text gb", obj{"gb": "x"}, map[string]string{"gb": code(102)}},
		{"small", obj{"gb": 9}, map[string]string{"gb": code(103)}},
		{"no name", obj{"name": nil}, map[string]string{"name": code(104)}},
		{"long name", obj{"name": strings.Repeat("x", 51)}, map[string]string{"name": code(105)}},
		{"primary what", obj{"primary": "null"}, map[string]string{"primary": code(106)}},
		{"two", obj{"name": "", "gb": 1}, map[string]string{"gb": code(103), "name": code(104)}},
		{"primary", obj{"primary": true}, map[string]string{"": code(3)}},
	} {
		w.call("ann", "POST", path, with(good, c.change)).want(c.name, 400, c.codes)
	}
	w.call("ann", "POST", "/vm/9999/storage/", obj{}).want("no machine", 404, map[string]string{"": code(1)})
	for who, n := range map[string]int{"carl": 201, "dora": 201, "pia": 202, "lou": 202} {
		w.call(who, "POST", path, good).want(who, 403, map[string]string{"": code(n)})
	}
	type storage struct {
		ID, GB  int64
		Name    string
		Primary bool
		URI     string
		VMID    int64 `json:"vm_id"`
		History []obj
	}
	s := into[storage](w.call("ann", "POST", path, good).is(201))
	if s.GB != 100 || s.Name != "data" || s.Primary || s.VMID != v.ID || s.URI != fmt.Sprintf("/vm/%d/storage/%d/", v.ID, s.ID) || len(s.History) != 1 {
		t.Errorf("%+v", s)
	}
	if v := into[vmRecord](w.call("ann", "GET", fmt.Sprintf("/vm/%d/", v.ID), nil).is(200)); v.State != 10 {
		t.Errorf("state %d", v.State)
	}
	w.settle()
	for _, c := range []struct{ query, names string }{
		{"", "root data"},
		{"?order=-gb", "data root"},
		{"?order=name", "data root"},
		{"?order=-primary", "root data"},
		{"?search[primary]=false", "data"},
		{"?search[name__icontains]=OO", "root"},
		{"?exclude[name]=root", "data"},
		{"?limit=1&page=1", "data"},
		{"?page=9", ""},
		{"?search[id__in]=" + fmt.Sprintf("[%d,77]", s.ID), "data"},
	} {
		var names []string
		for _, s := range into[[]storage](w.call("ann", "GET", path+c.query, nil).is(200)) {
			names = append(names, s.Name)
		}
		if strings.Join(names, " ") != c.names {
			t.Errorf("%s: %v, want %s", c.query, names, c.names)
		}
	}
	w.call("ann", "GET", path+"?search[id]=x", nil).want("filter", 400, map[string]string{"": "iaas_storage_list_002"})
	w.call("ann", "GET", "/vm/9999/storage/", nil).want("list", 404, map[string]string{"": "iaas_storage_list_001"})
	w.call("dave", "GET", path, nil).want("list", 403, map[string]string{"": "iaas_storage_list_201"})
	w.call("dora", "GET", path, nil).want("list", 403, map[string]string{"": "iaas_storage_list_202"})
	one := fmt.Sprintf("%s%d/", path, s.ID)
	w.call("gina", "GET", one, nil).is(200)
	w.call("gina", "HEAD", one, nil).is(200)
	w.call("ann", "GET", path+"9999/", nil).want("read", 404, map[string]string{"": "iaas_storage_read_002"})
	w.call("ann", "GET", "/vm/9999/storage/1/", nil).want("read", 404, map[string]string{"": "iaas_storage_read_001"})
	for who, n := range map[string]int{"ruth": 201, "dave": 202, "dora": 203, "carl": 203} {
		w.call(who, "GET", one, nil).want(who, 403, map[string]string{"": fmt.Sprintf("iaas_storage_read_%d", n)})
		w.call(who, "HEAD", one, nil).is(404)
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
	if r.State != 4 || len(r.Subnets) != 1 || r.Subnets[0].VLAN != 1000 || r.Subnets[0].VXLAN != w.users["ann"].SiteID || r.IPAddress.Address == "" {
		t.Fatalf("%+v", r)
	}
	front := r.Subnets[0]
	echo := obj{"id": front.ID, "address_id": front.AddressID, "address_range": "10.0.0.1/24", "name": "front", "vlan": 1000, "vxlan": front.VXLAN}
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
		{"taken by another", nets(obj{"address_range": "10.0.0.129/25"}), map[string]string{"subnets[0].address_range": "iaas_subnet_create_116"}},
		{"no owner", nets(with(echo, obj{"address_id": nil})), map[string]string{"subnets[0].address_id": "iaas_subnet_update_101"}},
		{"other owner", nets(with(echo, obj{"address_id": 1})), map[string]string{"subnets[0].address_id": "iaas_subnet_update_103"}},
		{"other vlan", nets(with(echo, obj{"vlan": 1})), map[string]string{"subnets[0].vlan": "iaas_subnet_update_121"}},
		{"other vxlan", nets(with(echo, obj{"vxlan": 1})), map[string]string{"subnets[0].vxlan": "iaas_subnet_update_124"}},
		{"text vlan", nets(echo, obj{"address_range": "10.1.0.1/24", "vlan": "x"}), map[string]string{"subnets[1].vlan": "iaas_subnet_create_123"}},
		{"long name", nets(obj{"address_range": "10.1.0.1/24", "name": strings.Repeat("x", 129)}), map[string]string{"subnets[0].name": "iaas_subnet_create_122"}},
		{"does not fit", nets(with(echo, obj{"address_range": "10.0.0.1/25"})), map[string]string{"subnets[0].address_range": "iaas_subnet_update_112"}},
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
	r = into[router](w.call("ann", "PUT", path, nets(with(echo, obj{"name": "dmz"}), obj{"address_range": "192.168.7.1/24", "name": "db"})).is(200))
	if r.State != 10 || len(r.Subnets) != 2 || r.Subnets[0].Name != "dmz" || r.Subnets[1].VLAN != 1001 || r.Subnets[1].AddressRange != "192.168.7.1/24" {
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
