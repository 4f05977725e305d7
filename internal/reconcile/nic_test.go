package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// network makes a private network.
func (r *rig) network(name string) *cloud.Subnet {
	r.Helper()
	var v *control.NetworkView
	_, err := r.c.CreateNetwork(r.Context(), r.call, control.NetworkIn{Limits: limits, Name: &name}, keep(&v))
	r.must(err)
	return v.Subnet
}

func (r *rig) join(n *cloud.Subnet, servers ...*cloud.Server) {
	r.Helper()
	r.members(r.c.JoinNetwork, n, servers...)
}

func (r *rig) leave(n *cloud.Subnet, servers ...*cloud.Server) {
	r.Helper()
	r.members(r.c.LeaveNetwork, n, servers...)
}

func (r *rig) members(verb control.Verb[control.MembersIn, *control.NetworkView], n *cloud.Subnet, servers ...*cloud.Server) {
	r.Helper()
	in := control.MembersIn{Pick: pick(n.Meta)}
	for _, s := range servers {
		in.Servers = append(in.Servers, pick(s.Meta))
	}
	var v *control.NetworkView
	_, err := verb(r.Context(), r.call, in, keep(&v))
	r.must(err)
}

func (r *rig) removeNetwork(n *cloud.Subnet) {
	r.Helper()
	var v *control.NetworkView
	_, err := r.c.DeleteNetwork(r.Context(), r.call, pick(n.Meta), keep(&v))
	r.must(err)
}

// cards are the cards that the guest of a server has.
func (r *rig) cards(s *cloud.Server) int {
	r.Helper()
	g, ok := r.hostOf(s).machine.Guest(plan.ID(s.UID.Hex()))
	if !ok {
		r.Fatalf("server %d has no guest", s.ID)
	}
	return len(g.NICs)
}

// cardIn is the card of a server in a network, nil for none.
func (r *rig) cardIn(n *cloud.Subnet, s *cloud.Server) *cloud.NIC {
	r.Helper()
	list := find[cloud.NIC](r, cloud.Eq("network_id", n.ID), cloud.Eq("server_id", s.ID))
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// A private network is on the hosts of its members, each of which answers DHCP there;
// with the last card it goes, and when it is removed there is nothing left of it.
func TestPrivateNetworkOnHosts(t *testing.T) {
	r := newRig(t, 2)
	near, far := r.onEach()
	n := r.network("inner")
	r.play(5 * time.Second)
	before := r.made(r.hostOf(near), plan.KindNetwork)
	r.join(n, near, far)
	r.settle()
	docs := map[int64]plan.Network{}
	for id, doc := range r.networks(false) {
		docs[id] = doc
	}
	if len(docs) != 2 || docs[near.HostID].Prefix != "192.168.0.0/24" || len(docs[far.HostID].Peers) != 1 || docs[far.HostID].Isolated {
		t.Errorf("documents: %+v", docs)
	}
	for _, s := range []*cloud.Server{near, far} {
		if card := r.cardIn(n, s); card == nil || !card.Built || card.Rank != 1 || r.cards(s) != 2 {
			t.Errorf("server %d: card %+v", s.ID, card)
		}
		if g, _ := r.hostOf(s).machine.Guest(plan.ID(s.UID.Hex())); len(g.Starts) != 1 {
			t.Errorf("server %d was started again: %v", s.ID, g.Starts)
		}
	}
	ports := len(r.ordersOf(plan.KindPort))
	if ports != 2 {
		t.Errorf("%d ports for cards, those without a router among them", ports)
	}
	r.leave(n, far)
	r.settle()
	if r.cardIn(n, far) != nil || r.cards(far) != 1 {
		t.Errorf("the card stayed: %s", r.orders())
	}
	if docs := r.networks(false); len(docs) != 1 || len(docs[near.HostID].Peers) != 0 {
		t.Errorf("after one left: %+v", docs)
	}
	if used := find[cloud.IP](r, cloud.Eq("subnet_id", n.ID)); len(used) != 1 || used[0].ServerID != near.ID {
		t.Errorf("addresses after one left: %+v", used)
	}
	// Both are out, and the one that had the second address comes back first.
	r.leave(n, near)
	r.settle()
	r.join(n, far)
	r.settle()
	if used := find[cloud.IP](r, cloud.Eq("subnet_id", n.ID)); len(used) != 1 || used[0].Addr.String() != "192.168.0.2" {
		t.Errorf("came back to %+v", used)
	}
	r.leave(n, far)
	r.settle()
	r.join(n, near)
	r.settle()
	r.leave(n, near)
	r.removeNetwork(n) // while the last one still leaves
	r.settle()
	if gone := get[cloud.Subnet](r, n.ID); gone.Alive() || gone.EventID != 0 {
		t.Errorf("the network is there: %+v", gone)
	}
	if now := r.made(r.hostOf(near), plan.KindNetwork); now != before {
		t.Errorf("%d networks on the host, %d before", now, before)
	}
	if e := r.lastEvent("network", n.ID); e.Action != "DELETE" || !e.End || e.Failed {
		t.Errorf("the newest line: %+v", e)
	}
	r.whole()
}

// A card that a host cannot put in is given up, and goes; one that it cannot take away
// stays a member. The machine is as it was.
func TestCardsGivenUp(t *testing.T) {
	r := newRig(t, 1)
	s, n := r.create(nil), r.network("inner")
	stuck := fake.Fault{Kind: plan.KindVM, Op: fake.OpEnsure, Mode: fake.Stall, Times: 1 << 30, Reason: "by the test"}
	h := r.hostOf(s)
	h.machine.Inject(stuck)
	r.join(n, s)
	r.play(11 * time.Minute)
	if e := r.ended(s, "UPDATE"); !e.Failed || !strings.Contains(e.Reason, "by the test") {
		t.Errorf("joined: %+v", e)
	}
	if c := r.cardIn(n, s); c == nil || !c.Removing {
		t.Errorf("the card that never came: %+v", c)
	}
	h.machine.ClearFaults()
	r.play(time.Minute)
	if r.cardIn(n, s) != nil || r.cards(s) != 1 {
		t.Errorf("the card that never came stayed: %s", r.orders())
	}
	r.join(n, s)
	r.settle()
	h.machine.Inject(stuck)
	r.leave(n, s)
	r.play(11 * time.Minute)
	if e := r.ended(s, "UPDATE"); !e.Failed {
		t.Errorf("left: %+v", e)
	}
	h.machine.ClearFaults()
	r.play(time.Minute)
	if c := r.cardIn(n, s); c == nil || c.Removing || r.cards(s) != 2 {
		t.Errorf("the card that did not go: %+v", c)
	}
	// Its network goes: then it has to go as well, however long that takes.
	h.machine.Inject(stuck)
	r.leave(n, s)
	r.removeNetwork(n)
	r.play(11 * time.Minute)
	if c := r.cardIn(n, s); c == nil || !c.Removing {
		t.Errorf("the card of a network that goes: %+v", c)
	}
	h.machine.ClearFaults()
	r.play(time.Minute)
	if r.cardIn(n, s) != nil || get[cloud.Subnet](r, n.ID).Alive() {
		t.Errorf("the network stayed: %s", r.orders())
	}
	r.whole()
}

// A project takes its private networks along, with a line in the log for each.
func TestPrivateNetworksCloseWithTheirProject(t *testing.T) {
	r := newRig(t, 1)
	s, n := r.create(nil), r.network("inner")
	r.join(n, s)
	r.settle()
	r.closing(s.ProjectID, 0)
	r.play(5 * time.Minute)
	if get[cloud.Project](r, s.ProjectID).Alive() || get[cloud.Subnet](r, n.ID).Alive() {
		t.Fatalf("not closed: %s", r.orders())
	}
	if e := r.lastEvent("network", n.ID); e.Action != "DELETE" || !e.End || e.Failed {
		t.Errorf("the newest line: %+v", e)
	}
	if left := len(r.ordersOf("")); r.made(r.hosts[0], plan.KindNetwork) != 0 || left > 1 { // an image at most
		t.Errorf("left: %s", r.orders())
	}
}
