package netdev_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// asked counts the neighbors that the kernel looked for in a namespace.
func (l *lab) asked(ns sys.Netns) (n int) {
	l.t.Helper()
	within(l.t, ns, func(nl *netlink.Handle) error {
		all, err := nl.NeighList(0, netlink.FAMILY_V4)
		for _, e := range all {
			if e.State&(netlink.NUD_PERMANENT|netlink.NUD_NOARP) == 0 {
				n++
			}
		}
		return err
	})
	return n
}

// writes sends one datagram each to a hundred addresses beginning with a prefix.
func (g *guest) writes(prefix string) {
	g.lab.t.Helper()
	err := g.ns.Do(func() error {
		c, err := net.ListenUDP("udp4", nil)
		if err != nil {
			return err
		}
		defer c.Close()
		for i := range 100 {
			to := netip.MustParseAddrPort(fmt.Sprintf("%s.%d:9", prefix, i+100))
			// What is said to be unreachable is told by an error of a later write.
			_, _ = c.WriteToUDPAddrPort([]byte("x"), to)
		}
		return nil
	})
	if err != nil {
		g.lab.t.Fatal(err)
	}
}

// A guest that writes to addresses which nobody holds does not make the kernel
// look for them: its table of neighbors is one for all namespaces, and a full one
// cuts off everybody. The control runs are a router that looks for its neighbors
// itself, as it did, and a gateway that is not closed.
func TestNobodyIsLookedFor(t *testing.T) {
	l := newLab(t)
	ext, own := l.in.External(), l.in.Netns("r", l.id)
	closed := func(yes bool) {
		t.Helper()
		p := netdev.Provider{In: l.in}
		if st, err := p.Ensure(context.Background(), plan.Provider{Subnets: []string{"198.18.0.1/16"}, Closed: yes}); err != nil || !st.Ready {
			t.Fatalf("provider: %+v, %v", st, err)
		}
	}
	closed(true)
	g := l.guest(networkB, "10.0.0.7").known()
	named := l.guest(networkA, "100.64.0.10", public("198.18.0.10")).known()
	named.serve(80)
	g.reaches("198.18.0.10:80", "198.18.0.5") // what is held is reached
	g.writes("198.18.7")
	g.writes("10.0.0") // nor in its own network
	if in, out := l.asked(own), l.asked(ext); in > 3 || out > 3 {
		t.Errorf("the router looked for %d, the gateway for %d", in, out)
	}

	closed(false)
	g.writes("198.18.8")
	if in, out := l.asked(own), l.asked(ext); in > 3 || out < 90 {
		t.Errorf("control run, the gateway open: the router looked for %d, the gateway for %d", in, out)
	}
	closed(true)
	within(t, own, func(nl *netlink.Handle) error {
		leg, err := nl.LinkByName(sys.OutsideLeg)
		if err != nil {
			return err
		}
		_, pool, _ := net.ParseCIDR("198.18.0.0/16")
		return nl.RouteAdd(&netlink.Route{LinkIndex: leg.Attrs().Index, Dst: pool, Scope: netlink.SCOPE_LINK})
	})
	g.writes("198.18.9")
	if in := l.asked(own); in < 90 {
		t.Errorf("control run, as it was: the router looked for %d", in)
	}
}

// The gateway knows what a router holds: after a change, after damage, and
// nothing when the router is gone or its address is another's.
func TestGatewayKnowsWhatIsHeld(t *testing.T) {
	l := newLab(t)
	ext := l.in.External()
	held := func() (list []string) {
		within(t, ext, func(nl *netlink.Handle) error {
			all, err := nl.NeighList(0, netlink.FAMILY_V4)
			for _, e := range all {
				if e.State&netlink.NUD_PERMANENT != 0 {
					list = append(list, e.IP.String())
				}
			}
			return err
		})
		slices.Sort(list)
		return list
	}
	expect := func(what string, want ...string) {
		t.Helper()
		if got := held(); !slices.Equal(got, want) {
			t.Errorf("%s: the gateway knows %v, want %v", what, got, want)
		}
	}
	expect("at first", "198.18.0.5")
	named := l.guest(networkA, "100.64.0.10", public("198.18.0.10")).known()
	expect("a public address", "198.18.0.10", "198.18.0.5")
	within(t, ext, func(nl *netlink.Handle) error {
		_, one, _ := net.ParseCIDR("198.18.0.10/32")
		return nl.RouteDel(&netlink.Route{Dst: one, Scope: netlink.SCOPE_LINK})
	})
	p := netdev.Provider{In: l.in}
	if _, err := p.Ensure(context.Background(), plan.Provider{Subnets: []string{"198.18.0.1/16"}, Closed: true}); err != nil {
		t.Fatal(err)
	}
	l.apply()
	named.serve(80)
	l.guest(networkB, "10.0.0.7").known().reaches("198.18.0.10:80", "198.18.0.5") // the route is back
	l.ports = nil
	l.apply()
	expect("no public address", "198.18.0.5")
	if st, err := l.routers.Remove(context.Background(), l.id); err != nil || !st.Ready {
		t.Fatalf("%+v, %v", st, err)
	}
	expect("no router")
}

// One card cannot take all connections of its router: it begins so many a second,
// and no more. Without a limit all of the datagrams would be one each.
func TestNewFlowsAreLimited(t *testing.T) {
	l := newLab(t)
	o := l.outsider("198.18.0.99/16")
	o.serve(80)
	greedy := l.guest(networkB, "10.0.0.7").known()
	other := l.guest(networkB, "10.0.0.8").known()
	const sent = 20_000
	start := time.Now()
	err := greedy.ns.Do(func() error {
		c, err := net.ListenUDP("udp4", nil)
		if err != nil {
			return err
		}
		defer c.Close()
		for i := range sent {
			_, _ = c.WriteToUDPAddrPort([]byte("x"), netip.AddrPortFrom(netip.MustParseAddr("198.18.0.99"), uint16(i+1024)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	most := 2000 + 500*int(time.Since(start).Seconds()+1)
	h, err := l.in.Netns("r", l.id).Open()
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	nl, err := netlink.NewHandleAt(h, unix.NETLINK_NETFILTER)
	if err != nil {
		t.Fatal(err)
	}
	defer nl.Close()
	flows, err := nl.ConntrackTableList(netlink.ConntrackTable, unix.AF_INET)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(flows); n < 1000 || n > most || most > sent {
		t.Errorf("%d of %d datagrams became connections, want at most %d", n, sent, most)
	}
	other.reaches("198.18.0.99:80", "198.18.0.5") // somebody else's card is not slowed
}
