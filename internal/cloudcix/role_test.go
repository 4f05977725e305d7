package cloudcix_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// notBuilt are nouns of R41 that have no operations yet, by the action's first word.
// It may only shrink.
var notBuilt = []string{
	"snapshot", "backup", "ceph", "firewall_rule", "vpn", "dns", "billing", "metrics",
}

// Each action of R41 asks for its flag and for no other: with all flags but that one
// it is refused, with that one alone it is not.
func TestActionsAskForTheirFlags(t *testing.T) {
	w := newWorld(t)
	project, router := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	p := w.plan("ann")
	w.promote("bea")
	role := insert(w, &cloud.Role{Name: "tried", Flags: auth.AllFlags()})
	w.write(func(tx *store.Tx) error {
		bea := w.users["bea"]
		bea.RoleID = role.ID
		w.users["opal"] = &cloud.User{MemberID: 1, SiteID: 1, FirstName: "opal", Email: "opal@example.org", RoleID: role.ID}
		return errors.Join(store.Update(tx, bea), store.Insert(tx, w.users["opal"]))
	})
	may := func(flags []string) {
		role.Flags = flags
		w.write(func(tx *store.Tx) error { return store.Update(tx, role) })
	}
	at := func(service string, id int64) string { return fmt.Sprintf("/%s/%d/", service, id) }
	requests := map[string]request{
		"vm.read": {path: at("vm", vm)}, "vm.create": {path: "/vm/", body: w.vm(project, "other", "10.0.0.11")},
		"vm.name": {path: at("vm", vm), body: obj{"name": "other"}}, "vm.userdata": {path: at("vm", vm), body: obj{"userdata": "#!/bin/sh"}},
		"vm.state.5": {path: at("vm", vm), body: obj{"state": 5}}, "vm.state.7": {path: at("vm", vm), body: obj{"state": 7}},
		"vm.state.8": {path: at("vm", vm), body: obj{"state": 8}}, "vm.resize": {path: at("vm", vm), body: obj{"state": 10}},
		"vm.nat":          {path: at("vm", vm), body: obj{"ip_addresses": items(obj{"address": "10.0.0.10", "nat": true})}},
		"project.read":    {path: at("project", project)},
		"project.create":  {path: "/project/", body: obj{"region_id": w.region, "name": "new"}},
		"project.name":    {path: at("project", project), body: obj{"name": "other"}},
		"project.note":    {path: at("project", project), body: obj{"note": "other"}},
		"project.grace":   {path: at("project", project), body: obj{"grace_period": 3}},
		"project.state.8": {path: at("project", project), body: obj{"state": 8}},
		"project.state.4": {path: at("project", project), body: obj{"state": 4}},

		"virtual_router.read":    {path: at("virtual_router", router)},
		"virtual_router.write":   {path: at("virtual_router", router), body: obj{"state": 5}},
		"ip_address_group.write": {path: "/ip_address_group/", body: obj{"name": "g", "cidrs": items("10.0.0.0/8")}},
		"asn.write":              {path: fmt.Sprintf("/asn/%d/", p.asn), body: obj{"number": 64999}},
		"allocation.write":       {path: fmt.Sprintf("/allocation/%d/", p.allocation), body: obj{"name": "other"}},
		"subnet.write":           {path: fmt.Sprintf("/subnet/%d/", p.subnet), body: obj{"name": "other"}},
		"ip_address.write":       {path: fmt.Sprintf("/ip_address/%d/", p.address), body: obj{"name": "other"}},
		"history.read":           {path: "/vm_history/"}, "catalogue.read": {path: "/server_type/"}, "membership.read": {path: "m:/user/"},
	}
	for _, action := range auth.Actions() {
		q, ok := requests[action]
		noun, _, _ := strings.Cut(action, ".")
		if later := slices.Contains(notBuilt, noun); ok == later {
			t.Errorf("%s: there is a request %v, and its noun is not built %v", action, ok, later)
			continue
		} else if later {
			continue
		}
		method := "GET"
		if q.body != nil {
			if method = "PATCH"; !strings.ContainsAny(q.path, "0123456789") {
				method = "POST"
			}
			q.path += "?dry_run=true"
		}
		flag := auth.For(action)
		may([]string{flag})
		who := "bea"
		if noun == "asn" { // whom nobody else but the operator changes
			who = "opal"
		}
		if a := w.call(who, method, q.path, q.sent()); a.code == 401 || a.code == 403 || a.code >= 500 {
			t.Errorf("%s with %s alone: %d %s", action, flag, a.code, a.body)
		}
		if flag == auth.AnyRole {
			continue
		}
		may(slices.DeleteFunc(auth.AllFlags(), func(f string) bool { return f == flag }))
		if a := w.call(who, method, q.path, q.sent()); a.code != 403 {
			t.Errorf("%s without %s: %d %s", action, flag, a.code, a.body)
		}
	}
	// What changes nothing is a write still, and none for whoever may only read.
	for _, path := range []string{at("vm", vm), at("project", project), at("virtual_router", router)} {
		w.call("lou", "PATCH", path, obj{}).is(403)
	}
}

// Section 4 lets user 1 change projects of others, but not what is in them.
func TestOperatorChangesProjects(t *testing.T) {
	w := newWorld(t)
	project, router := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	path := fmt.Sprintf("/project/%d/", project)
	w.call("root", "PATCH", path, obj{"name": "renamed"}, "Idempotency-Key", "k").is(200)
	w.call("root", "PATCH", path, obj{"name": "renamed"}, "Idempotency-Key", "k").is(200)
	w.call("root", "PATCH", fmt.Sprintf("/vm/%d/", vm), obj{"name": "x"}).want("machine", 403, map[string]string{"": "iaas_vm_update_202"})
	w.call("root", "PATCH", fmt.Sprintf("/virtual_router/%d/", router), obj{"state": 5}).
		want("router", 403, map[string]string{"": "iaas_virtual_router_update_202"})
	w.call("root", "POST", "/vm/", w.vm(project, "x", "10.0.0.11")).
		want("a machine there", 400, map[string]string{"project_id": "iaas_vm_create_104"})
	w.call("gina", "PATCH", path, obj{"name": "x"}).want("somebody else", 403, map[string]string{"": "iaas_project_update_202"})
	w.call("root", "PATCH", path, obj{"state": 8}).is(200)
	w.settle()
	if v := into[vmRecord](w.call("ann", "GET", fmt.Sprintf("/vm/%d/", vm), nil).is(200)); v.State != 9 {
		t.Errorf("shut down, the machine is in %d", v.State)
	}
}

// Whoever may not do something at all is not told what else is wrong with it.
func TestPermissionComesFirst(t *testing.T) {
	w := newWorld(t)
	project, router := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	for _, c := range []struct {
		method, path string
		body         obj
		code         string
	}{
		{"POST", "/project/", obj{"region_id": "x", "name": "", "grace_period": -1}, "iaas_project_create_202"},
		{"POST", "/vm/", obj{}, "iaas_vm_create_201"},
		{"POST", "/vm/", with(w.vm(project, "", "10.0.0.10"), obj{"cpu": 0, "image_id": 9999}), "iaas_vm_create_201"},
		{"POST", fmt.Sprintf("/vm/%d/storage/", vm), obj{"name": ""}, "iaas_storage_create_202"},
		{"PATCH", fmt.Sprintf("/vm/%d/", vm), obj{"cpu": 0, "state": 50}, "iaas_vm_update_203"},
		{"PATCH", fmt.Sprintf("/project/%d/", project), obj{"name": "", "state": 5}, "iaas_project_update_203"},
		{"PATCH", fmt.Sprintf("/virtual_router/%d/", router), obj{"subnets": 7}, "iaas_virtual_router_update_203"},
	} {
		w.call("pia", c.method, c.path, c.body).want(c.path, 403, map[string]string{"": c.code})
	}
}
