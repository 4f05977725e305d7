package cloudcix_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

type vmRecord struct {
	ID, CPU, RAM, State int64
	Name, GUID          string
	Stable              bool
	StorageType         *string          `json:"storage_type"`
	History             []map[string]any `json:"history"`
	Storages            []struct {
		ID, GB  int64
		Name    string
		Primary bool
		History []map[string]any
	}
	IPAddresses []struct {
		Address  string
		PublicIP *struct{ Address string } `json:"public_ip"`
	} `json:"ip_addresses"`
	Gateway struct {
		AddressRange string `json:"address_range"`
	} `json:"gateway_subnet"`
	Emails []string
}

// A machine's whole life: made, stopped, started, changed, scrubbed, restored,
// scrubbed again and gone.
func TestLifeOfAMachine(t *testing.T) {
	w := newWorld(t)
	project, _ := w.project("ann", "web")
	in := w.vm(project, " www1 ", "10.0.0.10")
	in["ip_addresses"] = []any{map[string]any{"address": "10.0.0.10", "nat": true}}
	v := into[vmRecord](w.call("ann", "POST", "/vm/", in).is(201))
	if v.State != 1 || v.Name != "www1" || v.CPU != 2 ||
		v.RAM != 4 || v.Stable || *v.StorageType != "SSD" || v.Gateway.AddressRange != "10.0.0.1/24" {
		t.Fatalf("made as %+v", v)
	}
	if len(v.IPAddresses) != 1 || v.IPAddresses[0].PublicIP == nil || len(v.Storages) != 1 || v.Storages[0].GB != 40 {
		t.Fatalf("made as %+v", v)
	}
	if h := v.History; len(h) != 1 || h[0]["state"] != 1.0 ||
		h[0]["cpu_quantity"] != 2.0 || h[0]["ram_quantity"] != 4.0 || h[0]["nat_quantity"] != 1.0 || h[0]["project_vm_name"] != "web_www1" {
		t.Fatalf("history %v", h)
	}
	if s := v.Storages[0].History; len(s) != 1 || s[0]["gb_quantity"] != 40.0 || s[0]["gb_sku"] != "SSD_001" {
		t.Fatalf("history of the storage %v", s)
	}
	path := fmt.Sprintf("/vm/%d/", v.ID)
	read := func() vmRecord { return into[vmRecord](w.call("ann", "GET", path, "null").is(200)) }
	to := func(body any, state int64) {
		t.Helper()
		if v := into[vmRecord](w.call("ann", "PATCH", path, body).is(200)); v.State != state {
			t.Fatalf("%v leads to %d, want %d", body, v.State, state)
		}
	}
	rest := func(state int64) vmRecord {
		t.Helper()
		w.settle()
		v := read()
		if v.State != state || !v.Stable {
			t.Fatalf("came to rest in %d (%+v), want %d", v.State, v, state)
		}
		return v
	}
	rest(4)
	to(map[string]any{"state": 5}, 5)
	rest(6)
	to(map[string]any{"state": 7}, 7)
	rest(4)
	to(map[string]any{"cpu": "4", "ram": 8}, 10)
	if v := rest(4); v.CPU != 4 || v.RAM != 8 {
		t.Fatalf("resized to %+v", v)
	}
	// An echo.
	to(map[string]any{"cpu": 4, "ram": 8, "state": 4, "name": "www1", "storages": []any{map[string]any{"id": v.Storages[0].ID, "gb": 40}}}, 4)
	to(map[string]any{"storages": []any{map[string]any{"id": v.Storages[0].ID, "gb": 60}, map[string]any{"name": "data", "gb": 20}}}, 10)
	if v := rest(4); len(v.Storages) != 2 || v.Storages[0].GB != 60 || v.Storages[1].GB != 20 || v.Storages[1].Primary {
		t.Fatalf("storages %+v", v.Storages)
	}
	to(map[string]any{"state": 5}, 5)
	rest(6)
	to(map[string]any{"ram": 4}, 15)
	if v := rest(6); v.RAM != 4 {
		t.Fatalf("ram %d", v.RAM)
	}
	to(map[string]any{"ip_addresses": []any{map[string]any{"address": "10.0.0.10", "nat": false}}}, 6)
	w.settle()
	if v := read(); v.IPAddresses[0].PublicIP != nil || v.Emails[0] != "ann@example.org" {
		t.Fatalf("addresses %+v", v)
	}
	to(map[string]any{"state": 8}, 8)
	rest(9)
	to(map[string]any{"state": 7}, 7)
	rest(4)
	to(map[string]any{"state": 8}, 8)
	rest(9)
	w.Now = w.Now.Add(169 * time.Hour)
	deadline := w.Now.Add(3 * time.Hour)
	for read().State != 99 && w.Now.Before(deadline) {
		w.settle()
		w.Now = w.Now.Add(time.Minute)
	}
	if v := read(); v.State != 99 || len(v.IPAddresses) != 0 {
		t.Fatalf("after the grace period %+v", v)
	}
	list := into[[]vmRecord](w.call("ann", "GET", fmt.Sprintf("/vm/?search[state]=99&search[project_id]=%d", project), nil).is(200))
	if len(list) != 1 || list[0].StorageType != nil {
		t.Fatalf("closed machines %+v", list)
	}
	history := into[[]map[string]any](w.call("ann", "GET", fmt.Sprintf("/vm_history/?search[vm_id]=%d&limit=100", v.ID), nil).is(200))
	var states []int
	for _, h := range history {
		states = append(states, int(h["state"].(float64)))
	}
	if len(states) < 12 || states[len(states)-1] != 1 || states[0] != 99 && states[0] != 17 {
		t.Errorf("history, newest first: %v", states)
	}
	t.Logf("states, newest first: %v", states)
}

// Who is told of a machine is the project's manager and who asked last for
// something that it does; a name is nothing that it does.
func TestEmails(t *testing.T) {
	w := newWorld(t)
	project, _ := w.project("ann", "web")
	vm := w.machine("bea", project, "www", "10.0.0.10")
	path := fmt.Sprintf("/vm/%d/", vm)
	both := []string{"ann@example.org", "bea@example.org"}
	for _, c := range []struct {
		who  string
		body obj
		want []string
	}{
		{"bea", nil, both},
		{"rob", obj{"name": "renamed"}, both},
		{"ann", obj{"name": "again"}, both},
		{"ann", obj{"state": 5}, both[:1]},
		{"bea", obj{"name": "more"}, both[:1]},
		{"bea", obj{"state": 7}, both},
	} {
		if c.body != nil {
			w.call(c.who, "PATCH", path, c.body).is(200)
			w.settle()
		}
		if v := into[vmRecord](w.call("ann", "GET", path, nil).is(200)); !slices.Equal(v.Emails, c.want) {
			t.Errorf("after %v by %s: %v, want %v", c.body, c.who, v.Emails, c.want)
		}
	}
}
