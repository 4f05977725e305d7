package reconcile_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// The rules of a router reach its host in order, with what is to be logged; another list
// replaces them as a whole, the same one is no change, and they end with the project.
func TestRouterRules(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	r.settle()
	r.must(r.changeRouter(s.ProjectID, control.ChangeRouterIn{Subnets: []control.SubnetIn{{Text: "10.0.0.1/24"}}}))
	r.settle()
	rules := func() (doc []plan.Rule) {
		t.Helper()
		orders := r.ordersOf(plan.KindRouter)
		if len(orders) != 1 || !orders[0].Done() {
			t.Fatalf("%d orders of routers: %+v", len(orders), orders)
		}
		var body plan.Router
		r.must(json.Unmarshal(orders[0].Body, &body))
		return body.Rules
	}
	list := []control.RouterRuleIn{
		{Allow: true, Source: "*", Destination: "10.0.0.10", Protocol: "TCP", Port: "80, 443-444", PCILogging: true},
		{Source: "10.0.0.0/24", Destination: "203.0.113.0/24", Protocol: "any", DebugLogging: true},
		{Allow: true, Source: "203.0.113.9", Destination: "10.0.0.0/24", Protocol: "icmp"},
	}
	want := []plan.Rule{
		{
			Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: 80, To: 80}, {From: 443, To: 444}}, Sources: []string{"0.0.0.0/0"},
			Destination: "10.0.0.10/32", Log: true,
		},
		{Protocol: "any", Sources: []string{"10.0.0.0/24"}, Destination: "203.0.113.0/24", Log: true},
		{Allow: true, Protocol: "icmp", Sources: []string{"203.0.113.9/32"}, Destination: "10.0.0.0/24"},
	}
	set := func(list []control.RouterRuleIn) {
		t.Helper()
		r.must(r.changeRouter(s.ProjectID, control.ChangeRouterIn{Rules: list}))
		r.settle()
	}
	set(list)
	if d := cmp.Diff(want, rules()); d != "" {
		t.Error(d)
	}
	router := r.routerOf(s.ProjectID)
	first := find[cloud.RouterRule](r, cloud.Eq("router_id", router.ID))
	before, generation := r.lastEvent("router", router.ID), r.ordersOf(plan.KindRouter)[0].Generation
	set(list)
	if e := r.lastEvent("router", router.ID); e.ID != before.ID || r.ordersOf(plan.KindRouter)[0].Generation != generation {
		t.Errorf("the same rules were a change: %+v", e)
	}
	// One fewer in front: what stands in a place keeps the number of the place.
	set(list[1:])
	if d := cmp.Diff(want[1:], rules()); d != "" {
		t.Error(d)
	}
	after := find[cloud.RouterRule](r, cloud.Eq("router_id", router.ID))
	if len(after) != 2 || after[0].ID != first[0].ID || after[0].Rank != 0 || after[1].Rank != 1 {
		t.Errorf("%+v", after)
	}
	// Networks alone leave the rules.
	r.must(r.changeRouter(s.ProjectID, control.ChangeRouterIn{Subnets: []control.SubnetIn{{Text: "10.0.1.1/24"}}}))
	r.settle()
	if d := cmp.Diff(want[1:], rules()); d != "" {
		t.Error(d)
	}
	err := r.changeRouter(s.ProjectID, control.ChangeRouterIn{Rules: []control.RouterRuleIn{
		list[0], {Source: "*", Destination: "10.9.0.1", Protocol: "tcp", PCILogging: true},
	}})
	var all *cloud.Error
	if !errors.As(err, &all) {
		t.Fatalf("%v", err)
	}
	var codes []string
	for _, e := range all.Many {
		codes = append(codes, e.Where()+" "+e.Code)
	}
	wrong := []string{
		"firewall_rules[1].private_subnet rule.subnet", "firewall_rules[1].port rule.port.missing",
		"firewall_rules[1].pci_logging rule.pci",
	}
	if d := cmp.Diff(wrong, codes); d != "" {
		t.Error(d)
	}
	r.remove(s)
	r.settle()
	r.write(func(tx *store.Tx) error {
		p, err := store.Get[cloud.Project](tx, s.ProjectID)
		if err != nil {
			return err
		}
		p.GraceHours = 0
		return store.Update(tx, p)
	})
	state := cloud.StateScrub
	r.must(r.changeRouter(s.ProjectID, control.ChangeRouterIn{State: &state}))
	r.settle()
	if p := get[cloud.Project](r, s.ProjectID); p.Alive() {
		t.Fatalf("%+v", p)
	}
	if left := find[cloud.RouterRule](r, cloud.Eq("router_id", router.ID)); len(left) != 0 {
		t.Errorf("%d rules of a project that is gone", len(left))
	}
}
