package netdev_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

func routerSpec() netdev.Router {
	return netdev.Router{
		Router: plan.Router{
			Outside: []plan.Outside{{Address: "198.18.0.5/16", Gateway: "198.18.0.1"}},
			Legs:    []plan.Leg{{Network: networkA, Address: "100.64.0.1/16", Isolated: true}, {Network: networkB, Address: "10.0.0.1/24"}},
			Up:      true,
		},
		Public: []string{"198.18.0.10", "198.18.0.11"},
		Neighbors: []netdev.Neighbor{
			{Network: networkA, Address: "100.64.0.2", MAC: "02:00:00:00:00:02"},
			{Network: networkA, Address: "100.64.0.3", MAC: "02:00:00:00:00:03"},
		},
	}
}

func TestRouter(t *testing.T) {
	needRoot(t)
	cfg := config[netdev.Router]("sys.netns.", "netdev.outside.", "netdev.leg.", "netdev.alias.", "netdev.route.set", "netdev.addr.",
		"netdev.link.down", "netdev.link.master", "netdev.link.mtu", "netdev.link.del", "netdev.neigh.set",
		"netdev.held.", "netdev.gate.")
	cfg.New = func(_ testing.TB, in sys.Installation) plan.Driver[netdev.Router] { return &netdev.Routers{In: in} }
	setup := cfg.Setup
	cfg.Setup = func(t testing.TB, in sys.Installation) {
		setup(t, in)
		provider(t, in, "198.18.0.1/16")
		ready(t, &netdev.Networks{In: in}, networkA, plan.Network{MTU: 1450})
		ready(t, &netdev.Networks{In: in}, networkB, plan.Network{})
	}
	cfg.Spec = func(sys.Installation, plan.ID) netdev.Router { return routerSpec() }
	cfg.Update = func(sys.Installation, plan.ID) netdev.Router {
		s := routerSpec()
		s.Legs = []plan.Leg{{Network: networkA, Address: "100.64.0.254/16"}}
		s.Public = []string{"198.18.0.11", "198.18.0.12"}
		s.Neighbors = nil
		s.Up = false
		return s
	}
	cfg.Damage = map[string]func(testing.TB, sys.Installation, plan.ID){
		"leg lost":     func(t testing.TB, in sys.Installation, id plan.ID) { deleteLink(t, in.Netns("r", id), "inaa000000") },
		"outside lost": func(t testing.TB, in sys.Installation, _ plan.ID) { deleteOutside(t, in) },
		"rebooted": func(t testing.TB, in sys.Installation, id plan.ID) {
			_ = in.Netns("r", id).Delete()
			waitFor(t, "the far ends gone", func() bool {
				return !strings.Contains(strings.Join(leftovers(in), " "), id.Short())
			})
		},
	}
	drivertest.Run(t, cfg)
}

func deleteOutside(t testing.TB, in sys.Installation) {
	within(t, in.External(), func(nl *netlink.Handle) error {
		all, err := nl.LinkList()
		if err != nil {
			return err
		}
		for _, l := range all {
			if l.Type() == "veth" {
				return nl.LinkDel(l)
			}
		}
		t.Error("no outside leg to delete")
		return nil
	})
}

func TestRouterWaits(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	d, id := &netdev.Routers{In: in}, drivertest.NewID()
	ensure := func(wantReady bool, wants ...string) {
		t.Helper()
		st, err := d.Ensure(context.Background(), id, routerSpec())
		if err != nil || st.Ready != wantReady || st.Failed {
			t.Fatalf("Ensure: %+v, %v", st, err)
		}
		for _, w := range wants {
			if !strings.Contains(st.Reason, w) {
				t.Errorf("reason %q does not name %s", st.Reason, w)
			}
		}
	}
	ensure(false, "provider", string(networkA), string(networkB))
	ready(t, &netdev.Networks{In: in}, networkB, plan.Network{})
	ensure(false, "provider", string(networkA))
	provider(t, in, "198.18.0.1/16")
	ensure(false, string(networkA))
	ready(t, &netdev.Networks{In: in}, networkA, plan.Network{})
	ensure(true)

	// The outside went and came back: the leg is made anew.
	if st, err := (&netdev.Provider{In: in}).Remove(context.Background()); err != nil || !st.Ready {
		t.Fatalf("remove provider: %+v, %v", st, err)
	}
	ensure(false, "provider")
	provider(t, in, "198.18.0.1/16")
	ensure(true)
}

func TestRouterRefuses(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	d, id := &netdev.Routers{In: in}, drivertest.NewID()
	for name, spoil := range map[string]func(*netdev.Router){
		"address":  func(r *netdev.Router) { r.Outside = []plan.Outside{{Address: "198.18.0.5", Gateway: "198.18.0.1"}} },
		"gateway":  func(r *netdev.Router) { r.Outside = []plan.Outside{{Address: "198.18.0.5/16", Gateway: "gw"}} },
		"leg":      func(r *netdev.Router) { r.Legs = []plan.Leg{{Network: networkA, Address: "fe80::1/64"}} },
		"public":   func(r *netdev.Router) { r.Public = []string{"198.18.0.10/32"} },
		"same leg": func(r *netdev.Router) { r.Legs = append(r.Legs, r.Legs[0]) },
	} {
		spec := routerSpec()
		spoil(&spec)
		if st, err := d.Ensure(context.Background(), id, spec); err != nil || !st.Failed || st.Reason == "" {
			t.Errorf("%s: %+v, %v", name, st, err)
		}
	}
	if ids, err := d.List(context.Background()); err != nil || len(ids) != 0 {
		t.Errorf("a refused router left something: %v, %v", ids, err)
	}
}

// Changing one public address must not touch the leg nor the others.
func TestRouterKeepsAddresses(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	provider(t, in, "198.18.0.1/16", "198.19.0.1/16")
	d, id := &netdev.Routers{In: in}, drivertest.NewID()
	spec := routerSpec()
	spec.Legs = nil
	ready(t, d, id, spec)

	deleted := make(chan netlink.AddrUpdate, 16)
	done := make(chan struct{})
	defer close(done)
	h, err := in.Netns("r", id).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := netlink.AddrSubscribeAt(h, deleted, done); err != nil {
		t.Fatal(err)
	}
	spec.Public = []string{"198.18.0.11", "198.19.0.7"}
	ready(t, d, id, spec)
	waitFor(t, "the old address to be reported deleted", func() bool {
		select {
		case u := <-deleted:
			if !u.NewAddr && !strings.HasPrefix(u.LinkAddress.String(), "198.18.0.10/") {
				t.Errorf("%s was taken away", u.LinkAddress.String())
			}
			return !u.NewAddr
		default:
			return false
		}
	})
}

// A socket keeps a namespace alive that has lost its name, and with it the far
// ends of its legs. The router is made anew all the same.
func TestRouterReplacesNameless(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	provider(t, in, "198.18.0.1/16")
	ready(t, &netdev.Networks{In: in}, networkA, plan.Network{})
	ready(t, &netdev.Networks{In: in}, networkB, plan.Network{})
	d, id := &netdev.Routers{In: in}, drivertest.NewID()
	ready(t, d, id, routerSpec())
	held, err := in.Netns("r", id).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	if err := in.Netns("r", id).Delete(); err != nil {
		t.Fatal(err)
	}
	ready(t, d, id, routerSpec())
	if st, err := d.Remove(context.Background(), id); err != nil || !st.Ready {
		t.Fatalf("Remove: %+v, %v", st, err)
	}
	if left := strings.Join(leftovers(in), " "); strings.Contains(left, id.Short()) {
		t.Errorf("left: %s", left)
	}
}

// A public address that moves to another router is announced there: who has
// talked to the old one must not wait until that is forgotten.
func TestRouterAnnounces(t *testing.T) {
	l := newLab(t)
	o := l.outsider("198.18.0.99/16")
	var routers [2]plan.ID
	carry := func(i int, public ...string) {
		t.Helper()
		ready(t, l.routers, routers[i], netdev.Router{Public: public, Router: plan.Router{
			Outside: []plan.Outside{{Address: fmt.Sprintf("198.18.0.%d/16", 20+i), Gateway: "198.18.0.1"}}, Up: true,
		}})
	}
	hardware := func(i int) (mac string) {
		within(t, l.in.Netns("r", routers[i]), func(nl *netlink.Handle) error {
			leg, err := nl.LinkByName(sys.OutsideLeg)
			if err == nil {
				mac = leg.Attrs().HardwareAddr.String()
			}
			return err
		})
		return mac
	}
	known := func() (mac string) {
		within(t, o.ns, func(nl *netlink.Handle) error {
			all, err := nl.NeighList(0, netlink.FAMILY_V4)
			for _, n := range all {
				if n.IP.String() == "198.18.0.30" {
					mac = n.HardwareAddr.String()
				}
			}
			return err
		})
		return mac
	}
	for i := range routers {
		routers[i] = drivertest.NewID()
		carry(i)
	}
	carry(0, "198.18.0.30")
	waitFor(t, "the first router to be known", func() bool {
		_ = o.pings("198.18.0.30", "")
		return known() == hardware(0)
	})
	carry(0)
	carry(1, "198.18.0.30")
	waitFor(t, "the second router to be known", func() bool { return known() == hardware(1) })
}
