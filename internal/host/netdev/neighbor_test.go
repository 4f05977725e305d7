package netdev_test

import (
	"context"
	"net"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// fixed lists the neighbors of a link that were set and not learned.
func fixed(t testing.TB, nl *netlink.Handle, index int) (list []string) {
	t.Helper()
	all, err := nl.NeighList(index, netlink.FAMILY_V4)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range all {
		if n.State&netlink.NUD_PERMANENT != 0 {
			list = append(list, n.IP.String()+" "+n.HardwareAddr.String())
		}
	}
	slices.Sort(list)
	return list
}

func neighbors(t testing.TB, in sys.Installation, id, network plan.ID) (list []string) {
	t.Helper()
	within(t, in.Netns("r", id), func(nl *netlink.Handle) error {
		l, err := nl.LinkByName(sys.InsideLeg(network))
		if err == nil {
			list = fixed(t, nl, l.Attrs().Index)
		}
		return err
	})
	return list
}

// A router knows its cards by the plan: what it learned of an address is
// replaced when another card gets it, and what is not planned any more is
// forgotten, but for what the kernel learned by itself.
func TestRouterNeighbors(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	d, id := &netdev.Routers{In: in}, drivertest.NewID()
	provider(t, in, "198.18.0.1/16")
	ready(t, &netdev.Networks{In: in}, networkA, plan.Network{})
	ready(t, &netdev.Networks{In: in}, networkB, plan.Network{})
	const one, two, three = "02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"
	ensure := func(want map[plan.ID][]string, cards ...netdev.Neighbor) {
		t.Helper()
		spec := routerSpec()
		spec.Neighbors = cards
		ready(t, d, id, spec)
		for _, network := range []plan.ID{networkA, networkB} {
			if diff := cmp.Diff(want[network], neighbors(t, in, id, network)); diff != "" {
				t.Errorf("on %s: %s", network, diff)
			}
		}
	}
	a := netdev.Neighbor{Network: networkA, Address: "100.64.0.2", MAC: one}
	b := netdev.Neighbor{Network: networkB, Address: "10.0.0.2", MAC: two}
	both := map[plan.ID][]string{networkA: {"100.64.0.2 " + one}, networkB: {"10.0.0.2 " + two}}

	// What the kernel believes of an address is replaced.
	ensure(map[plan.ID][]string{})
	learned := func(ip string, hw string) {
		t.Helper()
		mac, err := net.ParseMAC(hw)
		if err != nil {
			t.Fatal(err)
		}
		within(t, in.Netns("r", id), func(nl *netlink.Handle) error {
			l, err := nl.LinkByName(sys.InsideLeg(networkA))
			if err != nil {
				return err
			}
			return nl.NeighSet(&netlink.Neigh{
				LinkIndex: l.Attrs().Index, Family: netlink.FAMILY_V4, State: netlink.NUD_REACHABLE, IP: net.ParseIP(ip), HardwareAddr: mac,
			})
		})
	}
	learned("100.64.0.2", three)
	ensure(both, a, b)
	ensure(both, a, b)

	// Another card under the same address, and one that is gone.
	a.MAC = three
	ensure(map[plan.ID][]string{networkA: {"100.64.0.2 " + three}}, a)

	// Going down forgets them, coming up knows them again.
	down := routerSpec()
	down.Up = false
	ready(t, d, id, down)
	ensure(both, netdev.Neighbor{Network: networkA, Address: "100.64.0.2", MAC: one}, b)

	for name, n := range map[string]netdev.Neighbor{
		"card": {Network: networkA, Address: "100.64.0.2", MAC: "nonsense"}, "address": {Network: networkA, Address: "fe80::1", MAC: one},
	} {
		bad := routerSpec()
		bad.Neighbors = []netdev.Neighbor{n}
		if st, err := d.Ensure(context.Background(), id, bad); err != nil || !st.Failed {
			t.Errorf("%s: %+v, %v", name, st, err)
		}
	}
}

// Cards come and go on a router that stays up.
func TestRouterNeighborsConform(t *testing.T) {
	needRoot(t)
	cfg := config[netdev.Router]("netdev.neigh.")
	cfg.New = func(_ testing.TB, in sys.Installation) plan.Driver[netdev.Router] { return &netdev.Routers{In: in} }
	setup := cfg.Setup
	cfg.Setup = func(t testing.TB, in sys.Installation) {
		setup(t, in)
		ready(t, &netdev.Networks{In: in}, networkA, plan.Network{})
	}
	cfg.Spec = func(sys.Installation, plan.ID) netdev.Router {
		s := routerSpec()
		s.Outside, s.Public, s.Legs = nil, nil, s.Legs[:1]
		return s
	}
	cfg.Update = func(in sys.Installation, id plan.ID) netdev.Router {
		s := cfg.Spec(in, id)
		s.Neighbors = []netdev.Neighbor{s.Neighbors[1]}
		s.Neighbors[0].MAC = "02:00:00:00:00:09"
		return s
	}
	cfg.Damage = map[string]func(testing.TB, sys.Installation, plan.ID){
		"neighbor lost": func(t testing.TB, in sys.Installation, id plan.ID) {
			within(t, in.Netns("r", id), func(nl *netlink.Handle) error {
				l, err := nl.LinkByName(sys.InsideLeg(networkA))
				if err != nil {
					return err
				}
				return nl.NeighDel(&netlink.Neigh{LinkIndex: l.Attrs().Index, Family: netlink.FAMILY_V4, IP: net.ParseIP("100.64.0.3")})
			})
		},
	}
	drivertest.Run(t, cfg)
}
