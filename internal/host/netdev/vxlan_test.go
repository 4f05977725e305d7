package netdev_test

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Two hosts, played by two installations with an underlay namespace each,
// carry one network: cards on both reach each other, and those of another
// segment with the same addresses do not.
func TestNetworkAcrossHosts(t *testing.T) {
	hosts := twoHosts(t)
	at := func(host int, network plan.ID, vni int, mac, address string) *guest {
		return hosts.card(host, network, plan.Network{VNI: vni}, mac, address, false)
	}
	a := at(0, networkA, 7, "02:00:00:00:00:01", "10.0.0.1")
	b := at(1, networkA, 7, "02:00:00:00:00:02", "10.0.0.2")
	c := at(1, networkB, 8, "02:00:00:00:00:03", "10.0.0.3")
	waitFor(t, "a card to reach its peer on the other host", func() bool { return a.pings("10.0.0.2", "") })
	b.serve(80)
	a.reaches("10.0.0.2:80", "10.0.0.1")
	if a.pings("10.0.0.3", "") || c.pings("10.0.0.1", "") {
		t.Error("two segments meet")
	}
}

// Cards that must not reach each other do not do so on two hosts either: they
// reach the router's leg, wherever that is. Without the word to the router's
// host they meet.
func TestIsolationAcrossHosts(t *testing.T) {
	for _, isolated := range []bool{true, false} {
		hosts := twoHosts(t)
		centre, far := plan.Network{VNI: 9, Isolated: isolated}, plan.Network{VNI: 9}
		leg := hosts.card(0, networkA, centre, "02:00:00:00:00:01", "100.64.0.1", false)
		near := hosts.card(0, networkA, centre, "02:00:00:00:00:02", "100.64.0.2", true)
		away := hosts.card(1, networkA, far, "02:00:00:00:00:03", "100.64.0.3", true)
		waitFor(t, "a card to reach the router on the other host", func() bool { return away.pings("100.64.0.1", "") })
		if !near.pings("100.64.0.1", "") || !leg.pings("100.64.0.3", "") {
			t.Error("the router and a card do not reach each other")
		}
		if met := away.pings("100.64.0.2", ""); met == isolated {
			t.Errorf("isolated %v, and cards on two hosts reach each other: %v", isolated, met)
		}
	}
}

// What was learned of a host that is no peer any more is forgotten.
func TestLeftPeerIsForgotten(t *testing.T) {
	hosts := twoHosts(t)
	a := hosts.card(0, networkA, plan.Network{VNI: 7}, "02:00:00:00:00:01", "10.0.0.1", false)
	hosts.card(1, networkA, plan.Network{VNI: 7}, "02:00:00:00:00:02", "10.0.0.2", false)
	waitFor(t, "a card to reach its peer on the other host", func() bool { return a.pings("10.0.0.2", "") })
	known := func() (n int) {
		within(t, hosts.d[0].In.Netns("n", networkA), func(nl *netlink.Handle) error {
			l, err := nl.LinkByName("vx0")
			if err != nil {
				return err
			}
			entries, err := nl.NeighList(l.Attrs().Index, unix.AF_BRIDGE)
			for _, e := range entries {
				if e.IP.Equal(hosts.d[1].Underlay.AsSlice()) {
					n++
				}
			}
			return err
		})
		return n
	}
	if n := known(); n < 2 { // what the far bridge itself says is learned too
		t.Fatalf("%d entries lead to the peer, want one to flood and one learned", n)
	}
	// The one that left first: what it still says to us would be learned again.
	for _, d := range []*netdev.Networks{hosts.d[1], hosts.d[0]} {
		ready(t, d, networkA, plan.Network{VNI: 7, MTU: 1450, Peers: []string{"192.0.2.9"}})
	}
	if n := known(); n != 0 {
		t.Errorf("%d entries still lead to a host that left", n)
	}
}

// pair are two hosts, played by two installations with an underlay namespace each.
type pair struct {
	t *testing.T
	d [2]*netdev.Networks
}

func twoHosts(t *testing.T) pair {
	t.Helper()
	needRoot(t)
	hosts := pair{t: t}
	for i := range hosts.d {
		in := drivertest.NewInstallation(t)
		t.Cleanup(func() { sweep(t, in) })
		hosts.d[i] = &netdev.Networks{
			In: in, UnderlayNetns: in.External(),
			Underlay: netip.AddrFrom4([4]byte{192, 0, 2, byte(1 + i)}),
		}
		if err := in.External().Create(); err != nil {
			t.Fatal(err)
		}
	}
	join(t, hosts.d[0], hosts.d[1])
	return hosts
}

// card puts a card into a network of which the other host has a part.
func (p pair) card(host int, network plan.ID, spec plan.Network, mac, address string, isolated bool) *guest {
	t, d := p.t, p.d[host]
	t.Helper()
	spec.MTU, spec.Peers = 1450, []string{p.d[1-host].Underlay.String()}
	ready(t, d, network, spec)
	l := &lab{t: t, in: d.In}
	id := drivertest.NewID()
	g := &guest{lab: l, ns: d.In.Netns("g", id), port: plan.Port{Address: address}}
	l.cable(g.ns, mac, d.In.Netns("n", network), d.In.Link("t", id), isolated)
	g.configure(netip.MustParsePrefix(address+"/24"), netip.Addr{})
	return g
}

// join lays a cable between the underlays of two hosts.
func join(t *testing.T, a, b *netdev.Networks) {
	t.Helper()
	far, err := b.UnderlayNetns.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	within(t, a.UnderlayNetns, func(nl *netlink.Handle) error {
		attrs := netlink.NewLinkAttrs()
		attrs.Name = "u0"
		return nl.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "u0", PeerNamespace: netlink.NsFd(int(far))})
	})
	for _, d := range []*netdev.Networks{a, b} {
		raise(t, d.UnderlayNetns, "u0", netip.PrefixFrom(d.Underlay, 24))
	}
}

func raise(t *testing.T, ns sys.Netns, name string, p netip.Prefix) {
	t.Helper()
	(&guest{lab: &lab{t: t}, ns: ns}).configureLink(name, p)
	within(t, ns, func(nl *netlink.Handle) error {
		l, err := nl.LinkByName(name)
		return errors.Join(err, nl.LinkSetUp(l))
	})
}
