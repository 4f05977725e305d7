package reconcile_test

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/plan"
)

// A policy is on the hosts of the routers that use it and goes with its last
// address.
func TestPolicyFollowsAddresses(t *testing.T) {
	r := newRig(t, 1)
	h := r.hosts[0]
	s := r.create(nil)
	if r.have(h, plan.KindPolicy) != 1 {
		t.Fatalf("%d policies", r.have(h, plan.KindPolicy))
	}
	policies := find[cloud.Policy](r, cloud.Eq("family", "Windows"))
	ip := find[cloud.IP](r, cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP)))[0]
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.SetIPPolicy(t.Context(), r.call,
			control.ServerIPIn{Pick: pick(s.Meta), IP: pick(ip.Meta), Policy: pick(policies[0].Meta)}, ans)
	})
	r.settle()
	if r.have(h, plan.KindPolicy) != 1 || r.made(h, plan.KindPolicy) != 1 {
		t.Errorf("after another policy was bound: %s", r.orders())
	}
	r.remove(s)
	r.settle()
	r.play(time.Minute)
	if r.have(h, plan.KindPolicy) != 0 || r.made(h, plan.KindPolicy) != 0 {
		t.Errorf("a policy without an address stayed: %s", r.orders())
	}
	// A machine with two addresses under one policy that loses one keeps it.
	s = r.create(nil)
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.AddServerIP(t.Context(), r.call, pick(s.Meta), ans)
	})
	r.settle()
	ip = find[cloud.IP](r, cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP)))[1]
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.RemoveServerIP(t.Context(), r.call, control.ServerIPIn{Pick: pick(s.Meta), IP: pick(ip.Meta)}, ans)
	})
	r.settle()
	if r.made(h, plan.KindPolicy) != 1 {
		t.Error("a policy that is used went")
	}
	r.whole()
}
