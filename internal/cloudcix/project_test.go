package cloudcix_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
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
		{"an office", obj{"region_id": office}, one("region_id", create(104))},
		{"no name", obj{"name": nil}, one("name", create(105))},
		{"number as name", obj{"name": 7}, one("name", create(105))},
		{"long name", obj{"name": strings.Repeat("ü", 101)}, one("name", create(106))},
		{"used name", obj{"name": " web "}, one("name", create(107))},
		{"negative grace", obj{"grace_period": -1}, one("grace_period", create(108))},
		{"text grace", obj{"grace_period": "x"}, one("grace_period", create(109))},
		{"several", obj{"name": "web", "grace_period": "x"}, map[string]string{"name": create(107), "grace_period": create(109)}},
		{
			"all",
			obj{"name": "", "grace_period": -1, "region_id": nil},
			map[string]string{"region_id": create(101), "name": create(105), "grace_period": create(108)},
		},
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

// A name that is not shown as it is is none, wherever one can be sent; one that is
// older than the rule is shown, and may stay.
func TestNamesAreShown(t *testing.T) {
	w := newWorld(t)
	project, router := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	at := func(service string, id int64) string { return fmt.Sprintf("/%s/%d/", service, id) }
	v := into[vmRecord](w.call("ann", "GET", at("vm", vm), nil).is(200))
	net := into[obj](w.call("ann", "GET", at("virtual_router", router), nil).is(200))["subnets"].([]any)[0].(obj)
	for _, bad := range []string{"a\x1b[2Jb", "a\u202eb", "a\rb", "\u2066x"} {
		for _, c := range []struct {
			method, path string
			body         obj
			field, code  string
		}{
			{"POST", "/project/", obj{"region_id": w.region, "name": bad}, "name", "iaas_project_create_105"},
			{"PATCH", at("project", project), obj{"name": bad}, "name", "iaas_project_update_101"},
			{"POST", "/vm/", w.vm(project, bad, "10.0.0.11"), "name", "iaas_vm_create_126"},
			{"PATCH", at("vm", vm), obj{"name": bad}, "name", "iaas_vm_update_101"},
			{
				"PATCH", at("vm", vm),
				obj{"storages": items(obj{"id": v.Storages[0].ID, "name": bad})},
				"storages[0].name", "iaas_storage_update_103",
			},
			{"PATCH", at("vm", vm), obj{"storages": items(obj{"name": bad, "gb": 20})}, "storages[0].name", "iaas_storage_create_104"},
			{"POST", at("vm", vm) + "storage/", obj{"name": bad, "gb": 20}, "name", "iaas_storage_create_104"},
			{
				"PATCH", at("virtual_router", router),
				obj{"subnets": items(obj{"address_range": "10.7.0.1/24", "name": bad})},
				"subnets[0].name", "iaas_subnet_create_122",
			},
			{
				"PATCH", at("virtual_router", router),
				obj{"subnets": items(with(net, obj{"name": bad}))},
				"subnets[0].name", "iaas_subnet_update_119",
			},
			{"POST", "/ip_address_group/", obj{"name": bad, "cidrs": items("10.0.0.0/8")}, "name", "iaas_ip_address_group_create_102"},
		} {
			w.call("ann", c.method, c.path, c.body).want(fmt.Sprintf("%q %s", bad, c.path), 400, map[string]string{c.field: c.code})
		}
	}
	w.write(func(tx *store.Tx) error {
		for _, table := range []string{"project", "server", "volume", "subnet"} {
			if _, err := tx.Exec(`UPDATE "` + table + `" SET name = 'a' || char(27) || 'b'`); err != nil {
				return err
			}
		}
		return nil
	})
	const old = "a\x1bb"
	w.call("ann", "PATCH", at("project", project), obj{"name": old, "note": "x"}).is(200)
	w.call("ann", "PATCH", at("vm", vm), obj{"name": old, "storages": items(obj{"id": v.Storages[0].ID, "name": old})}).is(200)
	w.call("ann", "PATCH", at("virtual_router", router), obj{"subnets": items(with(net, obj{"name": old}))}).is(200)
	if v := into[vmRecord](w.call("ann", "GET", at("vm", vm), nil).is(200)); v.Name != old {
		t.Errorf("shown as %q", v.Name)
	}
}
