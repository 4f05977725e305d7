package netdev_test

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Two hosts, played by two installations with an underlay namespace each,
// carry one network: cards on both reach each other, and those of another
// segment with the same addresses do not.
func TestNetworkAcrossHosts(t *testing.T) {
	needRoot(t)
	var hosts [2]*netdev.Networks
	for i := range hosts {
		in := drivertest.NewInstallation(t)
		t.Cleanup(func() { sweep(t, in) })
		hosts[i] = &netdev.Networks{
			In: in, UnderlayNetns: in.External(),
			Underlay: netip.AddrFrom4([4]byte{192, 0, 2, byte(1 + i)}),
		}
		if err := in.External().Create(); err != nil {
			t.Fatal(err)
		}
	}
	join(t, hosts[0], hosts[1])

	at := func(host int, network plan.ID, vni int, mac, address string) *guest {
		d := hosts[host]
		ready(t, d, network, plan.Network{VNI: vni, MTU: 1450, Peers: []string{hosts[1-host].Underlay.String()}})
		l := &lab{t: t, in: d.In}
		id := drivertest.NewID()
		g := &guest{lab: l, ns: d.In.Netns("g", id), port: plan.Port{Address: address}}
		l.cable(g.ns, mac, d.In.Netns("n", network), d.In.Link("t", id), false)
		g.configure(netip.MustParsePrefix(address+"/24"), netip.Addr{})
		return g
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
