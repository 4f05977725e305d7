package netdev_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

func TestNetwork(t *testing.T) {
	needRoot(t)
	update := plan.Network{VNI: 7, MTU: 1400, Isolated: true, Peers: []string{"198.18.250.2", "198.18.250.4"}}
	cfg := conformance(update, "sys.netns.", "netdev.bridge.", "netdev.link.mtu", "netdev.link.master", "netdev.link.del", "netdev.tunnel.",
		"netdev.peer.", "netdev.port.")
	// Another segment number is another tunnel; here only peers change.
	cfg.Elsewhere = []string{"netdev.tunnel.del.before", "netdev.tunnel.del.after"}
	cfg.Damage = map[string]func(testing.TB, sys.Installation, plan.ID){
		"bridge lost": func(t testing.TB, in sys.Installation, id plan.ID) { deleteLink(t, in.Netns("n", id), sys.Bridge) },
		"bridge down": func(t testing.TB, in sys.Installation, id plan.ID) {
			within(t, in.Netns("n", id), func(nl *netlink.Handle) error {
				l, err := nl.LinkByName(sys.Bridge)
				if err != nil {
					return err
				}
				return nl.LinkSetDown(l)
			})
		},
		"rebooted": func(t testing.TB, in sys.Installation, id plan.ID) { _ = in.Netns("n", id).Delete() },
	}
	drivertest.Run(t, cfg)
}

func TestNetworkTunnelConforms(t *testing.T) {
	needRoot(t)
	cfg := conformance(plan.Network{VNI: 8, MTU: 1450, Peers: []string{"198.18.250.3"}})
	cfg.Points = []string{"netdev.tunnel."}
	cfg.Foreign = nil
	drivertest.Run(t, cfg)
}

// conformance is a network on three hosts that becomes another one.
func conformance(update plan.Network, points ...string) drivertest.Config[plan.Network] {
	cfg := config[plan.Network](points...)
	cfg.New = func(_ testing.TB, in sys.Installation) plan.Driver[plan.Network] {
		// The underlay lies in a namespace of the test, not on the host.
		return &netdev.Networks{In: in, Underlay: netip.MustParseAddr("198.18.250.1"), UnderlayNetns: in.External()}
	}
	setup := cfg.Setup
	cfg.Setup = func(t testing.TB, in sys.Installation) {
		setup(t, in)
		provider(t, in, "198.18.250.1/24")
	}
	cfg.Spec = func(sys.Installation, plan.ID) plan.Network {
		return plan.Network{VNI: 7, MTU: 1450, Peers: []string{"198.18.250.2", "198.18.250.3"}}
	}
	cfg.Update = func(sys.Installation, plan.ID) plan.Network { return update }
	return cfg
}

func provider(t testing.TB, in sys.Installation, subnets ...string) {
	t.Helper()
	p := netdev.Provider{In: in}
	if st, err := p.Ensure(context.Background(), plan.Provider{Subnets: subnets}); err != nil || !st.Ready {
		t.Fatalf("provider: %+v, %v", st, err)
	}
}

func TestNetworkTunnel(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	provider(t, in, "198.18.250.1/24")
	d := &netdev.Networks{In: in, Underlay: netip.MustParseAddr("198.18.250.1"), UnderlayNetns: in.External()}
	id := drivertest.NewID()
	with := func(vni int, peers ...string) *netlink.Vxlan {
		t.Helper()
		ready(t, d, id, plan.Network{VNI: vni, Peers: peers})
		var vx *netlink.Vxlan
		within(t, in.Netns("n", id), func(nl *netlink.Handle) error {
			l, _ := nl.LinkByName("vx0")
			vx, _ = l.(*netlink.Vxlan)
			return nil
		})
		return vx
	}
	if vx := with(7); vx != nil {
		t.Error("a tunnel without peers")
	}
	first := with(7, "198.18.250.2")
	if first == nil || first.VxlanId != 7 || first.MasterIndex == 0 {
		t.Fatalf("tunnel: %+v", first)
	}
	if again := with(7, "198.18.250.3"); again == nil || again.Index != first.Index {
		t.Error("another peer made another tunnel")
	}
	if other := with(8, "198.18.250.3"); other == nil || other.VxlanId != 8 {
		t.Errorf("another segment kept the tunnel: %+v", other)
	}
	if vx := with(8); vx != nil {
		t.Error("the last peer left and the tunnel stayed")
	}
	st, err := (&netdev.Networks{In: in}).Ensure(context.Background(), id, plan.Network{Peers: []string{"198.18.250.2"}})
	if err != nil || !st.Failed {
		t.Errorf("peers without an underlay: %+v, %v", st, err)
	}
	st, err = d.Ensure(context.Background(), id, plan.Network{Peers: []string{"somewhere"}})
	if err != nil || !st.Failed || !strings.Contains(st.Reason, "somewhere") {
		t.Errorf("a peer that is no address: %+v, %v", st, err)
	}
}

// A network is not pulled away from under its cards.
func TestNetworkInUse(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	d, taps := &netdev.Networks{In: in}, &netdev.Taps{In: in}
	id, nic := drivertest.NewID(), drivertest.NewID()
	ready(t, d, id, plan.Network{})
	ready(t, taps, nic, plan.NIC{ID: nic, Network: id})
	if st, err := d.Remove(context.Background(), id); err != nil || st.Ready || st.Reason != "cards and router legs still on the network: 1" {
		t.Fatalf("Remove of a network in use: %+v, %v", st, err)
	}
	if _, err := taps.Remove(context.Background(), nic); err != nil {
		t.Fatal(err)
	}
	if st, err := d.Remove(context.Background(), id); err != nil || !st.Ready {
		t.Fatalf("Remove: %+v, %v", st, err)
	}
}
