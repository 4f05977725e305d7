package reconcile_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
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

// policyDo carries a verb on a policy through and gives the row.
func (r *rig) policyDo(verb func(ans control.Answer[*control.PolicyView]) (control.Reply, error)) *cloud.Policy {
	r.Helper()
	var v *control.PolicyView
	_, err := verb(keep(&v))
	r.must(err)
	return get[cloud.Policy](r, v.ID)
}

func (r *rig) newPolicy(rules ...control.RuleIn) *cloud.Policy {
	r.Helper()
	name := "own"
	return r.policyDo(func(ans control.Answer[*control.PolicyView]) (control.Reply, error) {
		return r.c.CreatePolicy(r.Context(), r.call, control.PolicyIn{Limits: cloud.Limits{NameMax: 9}, Name: &name, Rules: rules}, ans)
	})
}

// bind binds the first public address of a server.
func (r *rig) bind(p *cloud.Policy, s *cloud.Server) *cloud.IP {
	r.Helper()
	ip := find[cloud.IP](r, cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP)))[0]
	r.policyDo(func(ans control.Answer[*control.PolicyView]) (control.Reply, error) {
		return r.c.BindPolicy(r.Context(), r.call, control.PolicyIn{Pick: pick(p.Meta), IPs: []control.Pick{pick(ip.Meta)}}, ans)
	})
	return ip
}

func (r *rig) addRule(p *cloud.Policy, in control.RuleIn) *cloud.Policy {
	r.Helper()
	return r.policyDo(func(ans control.Answer[*control.PolicyView]) (control.Reply, error) {
		return r.c.AddPolicyRules(r.Context(), r.call, control.PolicyIn{Pick: pick(p.Meta), Rules: []control.RuleIn{in}}, ans)
	})
}

// policyDocs are what a host was ordered about a policy.
func (r *rig) policyDocs(p *cloud.Policy) (docs []plan.Policy) {
	r.Helper()
	for _, o := range r.ordersOf(plan.KindPolicy) {
		if o.Object != plan.ID(p.UID.Hex()) || o.Absent {
			continue
		}
		var doc plan.Policy
		r.must(json.Unmarshal(o.Body, &doc))
		docs = append(docs, doc)
	}
	return docs
}

// A change of a policy ends when its hosts have carried it out, whatever it is; what is
// removed is on no host any more.
func TestPolicyLives(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	tcp := control.RuleIn{Protocol: "TCP", Port: "80,443,8000-8100", Source: "192.0.2.0/24,198.51.100.3-198.51.100.4"}
	p := r.newPolicy(tcp)
	if p.Since == nil || len(p.Events) != 1 {
		t.Fatalf("made: %+v", p)
	}
	r.settle()
	if p = get[cloud.Policy](r, p.ID); p.Since != nil || len(p.Events) != 0 || len(r.policyDocs(p)) != 0 {
		t.Fatalf("a policy that nothing is bound to: %+v", p)
	}
	ip := r.bind(p, s)
	r.work() // nobody has heard of it yet
	if p = get[cloud.Policy](r, p.ID); p.Since == nil || r.lastEvent("policy", p.ID).End {
		t.Fatalf("its event is over before a host has it: %+v", p)
	}
	r.settle()
	if p = get[cloud.Policy](r, p.ID); p.Since != nil || !r.lastEvent("policy", p.ID).End {
		t.Errorf("bound and carried out: %+v", p)
	}
	if now := get[cloud.IP](r, ip.ID); now.Rebound || now.SeenPolicyID != 0 || now.PolicyID != p.ID {
		t.Errorf("the address: %+v", now)
	}
	want := plan.Rule{
		Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: 80, To: 80}, {From: 443, To: 443}, {From: 8000, To: 8100}},
		Sources: []string{"192.0.2.0/24", "198.51.100.3/32", "198.51.100.4/32"},
	}
	if docs := r.policyDocs(p); len(docs) != 1 || len(docs[0].Rules) != 1 || !reflect.DeepEqual(docs[0].Rules[0], want) {
		t.Errorf("the document is %+v", docs)
	}
	for range 3 { // several changes that are on their way together
		p = r.addRule(p, control.RuleIn{Protocol: "ICMP"})
	}
	if len(p.Events) != 3 {
		t.Errorf("%d changes are under way", len(p.Events))
	}
	r.settle()
	ends := find[cloud.Event](r, cloud.Eq("kind", "policy"), cloud.Eq("object_id", p.ID), cloud.Eq("end", true))
	if len(ends) != 5 {
		t.Errorf("%d events are over, want 5", len(ends))
	}
	for _, e := range ends {
		if e.Failed {
			t.Errorf("failed: %+v", e)
		}
	}
	windows := find[cloud.Policy](r, cloud.Eq("family", "Windows"))[0]
	r.bind(windows, s)
	r.policyDo(func(ans control.Answer[*control.PolicyView]) (control.Reply, error) {
		return r.c.DeletePolicy(r.Context(), r.call, pick(p.Meta), ans)
	})
	r.settle()
	if p = get[cloud.Policy](r, p.ID); p.Alive() || len(r.policyDocs(p)) != 0 || r.made(r.hosts[0], plan.KindPolicy) != 1 {
		t.Errorf("removed: %+v, %s", p, r.orders())
	}
	if e := r.lastEvent("policy", p.ID); e.Action != "DELETE" || !e.End || e.Failed {
		t.Errorf("its last event: %+v", e)
	}
	r.whole()
}

// Rows of before have no spans and no sources, and mean what they meant.
func TestPolicyOfBefore(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	p := r.newPolicy(control.RuleIn{Protocol: "TCP", Port: "1"})
	changeRow(r, p.ID, func(p *cloud.Policy) {
		p.Rules = []cloud.PolicyRule{
			{Protocol: "TCP", PortFrom: 22, PortTo: 22, Port: "22", Source: "0.0.0.0", Allow: true},
			{Protocol: "UDP", PortFrom: 53, Source: "192.0.2.7", Allow: true},
			{Protocol: "ANY", Source: "192.0.2.0/24"},
		}
	})
	r.bind(p, s)
	r.settle()
	want := []plan.Rule{
		{Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: 22, To: 22}}},
		{Allow: true, Protocol: "udp", Ports: []plan.Span{{From: 53, To: 53}}, Sources: []string{"192.0.2.7/32"}},
		{Protocol: "any", Sources: []string{"192.0.2.0/24"}},
	}
	if docs := r.policyDocs(p); len(docs) != 1 || !reflect.DeepEqual(docs[0].Rules, want) {
		t.Errorf("the document is %+v", docs)
	}
}

// A change that a host does not carry out has failed after a while and says why; the
// policy shows that it is not carried out until it is, and a removal waits for ever.
func TestPolicyWaits(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	p := r.newPolicy(control.RuleIn{Protocol: "ICMP"})
	r.bind(p, s)
	r.settle()
	stuck := func(op fake.Op) {
		r.hosts[0].machine.Inject(fake.Fault{Kind: plan.KindPolicy, Op: op, Mode: fake.Stall, Times: 1 << 30, Reason: "nft: bad rule"})
	}
	stuck(fake.OpEnsure)
	r.addRule(p, control.RuleIn{Protocol: "GRE"})
	r.play(9 * time.Minute)
	if e := r.lastEvent("policy", p.ID); e.End {
		t.Fatalf("over too soon: %+v", e)
	}
	r.read(func(tx *store.Tx) error {
		list, err := control.Waits(tx)
		if !slices.ContainsFunc(list, func(w control.Wait) bool {
			return w.Kind == "policy" && w.ID == p.ID && w.For == "stalled nft: bad rule"
		}) {
			t.Errorf("nobody is told: %v", list)
		}
		return err
	})
	r.play(2 * time.Minute)
	if e := r.lastEvent("policy", p.ID); !e.End || !e.Failed || e.Reason != "stalled nft: bad rule" {
		t.Errorf("after the limit: %+v", e)
	}
	if p = get[cloud.Policy](r, p.ID); p.Since == nil {
		t.Error("it is shown as carried out")
	}
	r.hosts[0].machine.ClearFaults()
	r.play(time.Hour)
	if p = get[cloud.Policy](r, p.ID); p.Since != nil {
		t.Errorf("mended, and still %+v", p)
	}
	r.bind(find[cloud.Policy](r, cloud.Eq("family", "Linux"))[0], s)
	r.settle()
	stuck(fake.OpRemove)
	p = r.newPolicy(control.RuleIn{Protocol: "ICMP"})
	r.bind(p, s)
	r.settle()
	r.bind(find[cloud.Policy](r, cloud.Eq("family", "Linux"))[0], s)
	r.policyDo(func(ans control.Answer[*control.PolicyView]) (control.Reply, error) {
		return r.c.DeletePolicy(r.Context(), r.call, pick(p.Meta), ans)
	})
	r.play(time.Hour)
	if p = get[cloud.Policy](r, p.ID); !p.Alive() || len(p.Events) == 0 {
		t.Errorf("a removal gave up: %+v", p)
	}
	r.hosts[0].machine.ClearFaults()
	r.play(2 * time.Hour)
	if p = get[cloud.Policy](r, p.ID); p.Alive() {
		t.Errorf("the removal went on, and it stays: %+v", p)
	}
	r.whole()
}
