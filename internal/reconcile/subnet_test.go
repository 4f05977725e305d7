package reconcile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/plan"
)

// A network is on the hosts with a card in it and on its router's; with the
// last card it goes from all but the router's.
func TestNetworkFollowsCards(t *testing.T) {
	r := newRig(t, 2)
	_, far := r.onEach()
	h := r.hostOf(far)
	if r.have(h, plan.KindNetwork) != 1 || r.made(h, plan.KindNetwork) != 1 || r.have(h, plan.KindRouter) != 0 {
		t.Fatalf("host of the second server: %s", r.orders())
	}
	r.remove(far)
	r.settle()
	if r.have(h, plan.KindNetwork) != 0 || r.made(h, plan.KindNetwork) != 0 {
		t.Errorf("the network stayed without a card: %s", r.orders())
	}
	r.whole()
}

// networks are the orders of networks that stand, by host.
func (r *rig) networks(public bool) map[int64]plan.Network {
	r.Helper()
	found := map[int64]plan.Network{}
	for _, n := range find[cloud.Subnet](r, cloud.Eq("public", public), cloud.Ne("project_id", 0)) {
		for _, o := range r.ordersOf(plan.KindNetwork) {
			if o.Absent || string(o.Object) != n.UID.Hex() {
				continue
			}
			var doc plan.Network
			r.must(json.Unmarshal(o.Body, &doc))
			found[o.Host] = doc
		}
	}
	return found
}

// peers fails unless each host was told of just these others.
func (r *rig) peers(when string, public bool, want map[*machineHost][]string) {
	r.Helper()
	have := r.networks(public)
	for h, peers := range want {
		if doc, ok := have[h.id]; !ok || !slices.Equal(doc.Peers, peers) {
			r.Errorf("%s: host %d has peers %q (ordered: %v), want %q", when, h.id, doc.Peers, ok, peers)
		}
		delete(have, h.id)
	}
	if len(have) > 0 {
		r.Errorf("%s: ordered on other hosts too: %v", when, have)
	}
}

// A network whose cards may not meet leads from every host to the router's, and
// follows hosts that come, move, leave and are lost.
func TestNetworkSpansHosts(t *testing.T) {
	r := newRig(t, 3)
	near, far := r.onEach()
	a, b := r.hostOf(near), r.hostOf(far)
	at := map[*machineHost]string{}
	for _, h := range r.hosts {
		at[h] = get[cloud.Host](r, h.id).Underlay
	}
	r.peers("two hosts", true, map[*machineHost][]string{a: {at[b]}, b: {at[a]}})
	for id, doc := range r.networks(true) {
		if doc.MTU != 1450 || doc.Isolated != (id == a.id) {
			t.Errorf("host %d: MTU %d, isolated %v", id, doc.MTU, doc.Isolated)
		}
	}

	for _, h := range []*machineHost{a, b} {
		changeRow(r, h.id, func(h *cloud.Host) { h.Enabled = false })
	}
	third := r.create(nil)
	for _, h := range []*machineHost{a, b} {
		changeRow(r, h.id, func(h *cloud.Host) { h.Enabled = true })
	}
	c := r.hostOf(third)
	r.peers("a third came", true, map[*machineHost][]string{a: {at[b], at[c]}, b: {at[a]}, c: {at[a]}})

	r.startAgent(b, plan.Facts{Name: "b", CPUs: 64, RAM: 512 << 10, Disk: 20000 << 30, Address: "192.0.2.77", MTU: 1400})
	r.play(10 * time.Second)
	r.peers("one moved", true, map[*machineHost][]string{a: {"192.0.2.77", at[c]}, b: {at[a]}, c: {at[a]}})
	for id, doc := range r.networks(true) {
		if doc.MTU != 1350 {
			t.Errorf("host %d: MTU %d after one host had 1400", id, doc.MTU)
		}
	}

	r.remove(third)
	r.settle()
	r.peers("the third left", true, map[*machineHost][]string{a: {"192.0.2.77"}, b: {at[a]}})

	r.loseHost(a)
	r.play(10 * time.Second)
	rt := find[cloud.Router](r)[0]
	if rt.HostID == a.id || rt.HostID == 0 {
		t.Fatalf("the router stayed on the lost host: %d", rt.HostID)
	}
	docs := r.networks(true)
	if rt.HostID == c.id && !slices.Equal(docs[b.id].Peers, []string{at[c]}) || rt.HostID == b.id && len(docs[b.id].Peers) != 0 {
		t.Errorf("the router's host was lost: it is on %d now, networks are %v", rt.HostID, docs)
	}
}

// While a host has no address towards others, machines go where their router is.
func TestNoNetworkWithoutUnderlay(t *testing.T) {
	r := bareRig(t)
	a, b := r.addHostAt("a", "192.0.2.1"), r.addHostAt("b", "")
	r.settle()
	for range 3 {
		if s := r.create(nil); s.HostID != a.id {
			t.Fatalf("server on host %d, which no network reaches", s.HostID)
		}
	}
	changeRow(r, a.id, func(h *cloud.Host) { h.Enabled = false })
	var v *control.View
	_, err := r.c.CreateServer(r.Context(), r.call, r.small(), keep(&v))
	var e *cloud.Error
	if !errors.As(err, &e) || e.Kind != cloud.Exhausted || !strings.Contains(fmt.Sprint(e.Reasons), "network does not reach it") {
		t.Errorf("a server that no network reaches: %v", err)
	}
	r.startAgent(b, plan.Facts{Name: "b", CPUs: 64, RAM: 512 << 10, Disk: 20000 << 30, Address: "192.0.2.2", MTU: 1500})
	r.play(10 * time.Second)
	if s := r.create(nil); s.HostID != b.id {
		t.Errorf("server on host %d", s.HostID)
	}
	r.peers("both", true, map[*machineHost][]string{a: {"192.0.2.2"}, b: {"192.0.2.1"}})
}
