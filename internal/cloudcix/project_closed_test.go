package cloudcix_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// What is closed can be read. So a change of it is no 404: it asks for permission
// like any other, and is refused with the number for its state, whatever it wants.
func TestClosedTakesNoChange(t *testing.T) {
	w := newWorld(t)
	project, router := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	w.call("ann", "PATCH", fmt.Sprintf("/project/%d/", project), obj{"state": 8, "grace_period": 0}).is(200)
	w.settle()
	w.pass(5 * time.Minute)
	of := func(service string, id int64) string { return fmt.Sprintf("/%s/%d/", service, id) }
	if p := into[obj](w.call("ann", "GET", of("project", project), nil).is(200)); p["closed"] != true {
		t.Fatalf("it is not closed: %v", p)
	}
	before := w.dump()
	for _, c := range []struct {
		path, method string
		body         obj
		field, code  string
	}{
		{of("vm", vm), "PATCH", obj{"state": 7}, "state", "iaas_vm_update_106"},
		{of("vm", vm), "PATCH", obj{"state": 8}, "state", "iaas_vm_update_106"},
		{of("vm", vm), "PATCH", obj{"name": "other"}, "state", "iaas_vm_update_106"},
		{of("vm", vm), "PATCH", obj{"cpu": 4}, "cpu", "iaas_vm_update_118"},
		{of("vm", vm), "PATCH", obj{"ram": 8}, "ram", "iaas_vm_update_123"},
		{of("vm", vm), "PATCH", obj{"storages": items(obj{"name": "x", "gb": 10})}, "storages", "iaas_vm_update_131"},
		{of("vm", vm) + "storage/", "POST", obj{"name": "x", "gb": 10}, "", "iaas_storage_create_002"},
		{of("virtual_router", router), "PATCH", obj{"state": 7}, "state", "iaas_virtual_router_update_103"},
		{
			of("virtual_router", router), "PATCH",
			obj{"subnets": items(obj{"address_range": "10.9.0.1/24"})},
			"state", "iaas_virtual_router_update_103",
		},
		{of("project", project), "PATCH", obj{"state": 4}, "state", "iaas_project_update_108"},
		{of("project", project), "PATCH", obj{"name": "other"}, "state", "iaas_project_update_108"},
		{of("project", project), "PATCH", obj{"grace_period": 5}, "state", "iaas_project_update_108"},
	} {
		w.call("ann", "GET", c.path, nil).is(200)
		w.call("ann", c.method, c.path, c.body).want(c.path+fmt.Sprint(c.body), 400, map[string]string{c.field: c.code})
		if a := w.call("dora", c.method, c.path, c.body); a.code != 403 {
			t.Errorf("a stranger is answered %d %s", a.code, a.body)
		}
	}
	if now := w.dump(); now != before {
		t.Error("something was written")
	}
}

// A changed grace period counts for what is shut down already, from when it
// stopped; a very long one is no end in the past.
func TestGraceIsMoved(t *testing.T) {
	w := newWorld(t)
	project, router := w.project("ann", "web")
	vm := w.machine("ann", project, "www", "10.0.0.10")
	path := fmt.Sprintf("/project/%d/", project)
	w.call("ann", "PATCH", path, obj{"state": 8}).is(200)
	w.settle()
	stopped := w.Now
	left := func() (of [2]time.Duration) {
		t.Helper()
		err := w.DB.Read(t.Context(), func(tx *store.Tx) error {
			s, err := store.Get[cloud.Server](tx, vm)
			if err != nil {
				return err
			}
			r, err := store.Get[cloud.Router](tx, router)
			if err != nil {
				return err
			}
			of = [2]time.Duration{s.RemoveAfter.Sub(stopped), r.RemoveAfter.Sub(stopped)}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return of
	}
	at := func(hours int) {
		t.Helper()
		want := time.Duration(hours) * time.Hour
		for what, got := range left() {
			if (got - want).Abs() > time.Minute {
				t.Errorf("part %d is removed after %s, want %s", what, got, want)
			}
		}
	}
	at(168)
	w.Now = w.Now.Add(3 * time.Hour)
	for _, hours := range []int{200, 5, 1 << 40, 168, 24} {
		w.call("ann", "PATCH", path, obj{"grace_period": hours}).is(200)
		at(min(hours, 100*365*24))
	}
	w.pass(5 * time.Minute)
	if v := into[vmRecord](w.call("ann", "GET", fmt.Sprintf("/vm/%d/", vm), nil).is(200)); v.State != 9 {
		t.Errorf("state %d before its time", v.State)
	}
	w.call("ann", "PATCH", path, obj{"grace_period": 2}).is(200) // which is over
	w.pass(5 * time.Minute)
	if v := into[vmRecord](w.call("ann", "GET", fmt.Sprintf("/vm/%d/", vm), nil).is(200)); v.State != 99 {
		t.Errorf("state %d after its time", v.State)
	}
}
