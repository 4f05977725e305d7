package netdev_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// The same ids in every process of a test: the suite runs it as a child, too.
const (
	networkA = plan.ID("aa0000000000000000000000000000a1")
	networkB = plan.ID("bb0000000000000000000000000000b2")
)

func TestMain(m *testing.M) {
	os.Exit(drivertest.Main(m, missing(), "netdev.", "sys.netns.")) // no other driver makes namespaces
}

// missing is why the kernel would refuse, empty when it would not.
func missing() string {
	if os.Getuid() != 0 {
		return "network namespaces need root"
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		return fmt.Sprintf("no taps here: %v", err)
	}
	return ""
}

// needRoot skips with a reason where the kernel would refuse.
func needRoot(t testing.TB) {
	t.Helper()
	if why := missing(); why != "" {
		t.Skip("skipped:", why)
	}
}

// namespaces of the installation, by name.
func namespaces(in sys.Installation) []sys.Netns {
	all, _ := filepath.Glob(filepath.Join(sys.NetnsDir, in.Prefix()+"-*"))
	var ns []sys.Netns
	for _, p := range all {
		ns = append(ns, sys.Netns(filepath.Base(p)))
	}
	return ns
}

// leftovers are the namespaces and what is in them but the loopback.
func leftovers(in sys.Installation) (left []string) {
	for _, ns := range namespaces(in) {
		left = append(left, string(ns))
		nl, err := ns.Links()
		if err != nil {
			continue
		}
		links, _ := nl.LinkList()
		for _, l := range links {
			if l.Attrs().Name != "lo" {
				left = append(left, string(ns)+"/"+l.Attrs().Name)
			}
		}
		nl.Close()
	}
	return left
}

// sweep removes the installation whatever the test left of it. It is what a
// failed test needs; a good one has nothing left by then.
func sweep(t testing.TB, in sys.Installation) {
	t.Helper()
	for _, ns := range namespaces(in) {
		if err := ns.Delete(); err != nil {
			t.Error(err)
		}
	}
	waitFor(t, "namespaces gone", func() bool { return len(namespaces(in)) == 0 })
}

func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(10 * time.Second); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}

// show prints all links, addresses, routes and sysctls of the installation,
// with indexes and inode numbers when identity is asked for.
func show(t testing.TB, in sys.Installation, identity bool) string {
	var b strings.Builder
	for _, ns := range namespaces(in) {
		fmt.Fprintf(&b, "\n%s", ns)
		if identity {
			fmt.Fprintf(&b, " %d", ns.Identity())
		}
		nl, err := ns.Links()
		if err != nil {
			fmt.Fprintf(&b, " %v", err)
			continue
		}
		showLinks(t, &b, nl, identity)
		nl.Close()
		for _, name := range []string{
			"ipv4/ip_forward", "ipv4/conf/all/arp_ignore", "ipv4/conf/all/send_redirects",
			"ipv4/conf/out0/rp_filter", "ipv4/conf/inaa000000/proxy_arp_pvlan", "ipv4/conf/inbb000000/proxy_arp_pvlan",
			"ipv6/conf/all/disable_ipv6",
		} {
			v, _ := ns.Sysctl(filepath.Join("net", name))
			fmt.Fprintf(&b, "\n  %s=%s", name, v)
		}
	}
	return b.String()
}

func showLinks(t testing.TB, b *strings.Builder, nl *netlink.Handle, identity bool) {
	links, err := nl.LinkList()
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(links, func(a, b netlink.Link) int { return strings.Compare(a.Attrs().Name, b.Attrs().Name) })
	for _, l := range links {
		a := l.Attrs()
		fmt.Fprintf(b, "\n  %s %s up=%v alias=%s mtu=%d bridged=%v",
			a.Name, l.Type(), a.Flags&net.FlagUp != 0, a.Alias, a.MTU, a.MasterIndex != 0)
		if identity {
			fmt.Fprintf(b, " #%d %s", a.Index, a.HardwareAddr)
		}
		if vx, ok := l.(*netlink.Vxlan); ok {
			fmt.Fprintf(b, " vni=%d floods=%v", vx.VxlanId, floods(t, nl, a.Index))
		}
		if a.MasterIndex != 0 {
			port, err := nl.LinkGetProtinfo(l)
			fmt.Fprintf(b, " isolated=%v %v", port.Isolated, err)
		}
		addrs, err := nl.AddrList(l, netlink.FAMILY_V4)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range addrs {
			fmt.Fprintf(b, " %s", a.IPNet)
		}
		routes, err := nl.RouteList(l, netlink.FAMILY_V4)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range routes {
			fmt.Fprintf(b, " {%s via %s}", r.Dst, r.Gw)
		}
		for _, n := range fixed(t, nl, a.Index) {
			fmt.Fprintf(b, " [%s]", n)
		}
	}
}

// floods are the hosts to which a tunnel sends what it knows no place for.
func floods(t testing.TB, nl *netlink.Handle, link int) (to []string) {
	entries, err := nl.NeighList(link, unix.AF_BRIDGE)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IP != nil && e.HardwareAddr.String() == "00:00:00:00:00:00" {
			to = append(to, e.IP.String())
		}
	}
	slices.Sort(to)
	return to
}

// ready drives an Ensure to its end.
func ready[S any](t testing.TB, d plan.Driver[S], id plan.ID, spec S) {
	t.Helper()
	var st plan.Status
	var err error
	waitFor(t, "ready", func() bool {
		st, err = d.Ensure(context.Background(), id, spec)
		if err != nil || st.Failed {
			t.Fatalf("Ensure: %+v, %v", st, err)
		}
		return st.Ready
	})
}

// foreign are another installation's namespace with a bridge and names that
// are nearly ours.
func foreign(t testing.TB, in sys.Installation) func() string {
	other := drivertest.NewInstallation(t)
	near := sys.Netns(in.Prefix() + "-n-short")
	t.Cleanup(func() { sweep(t, other); _ = near.Delete() })
	ready(t, &netdev.Networks{In: other}, networkA, plan.Network{VNI: 1})
	if err := near.Create(); err != nil {
		t.Fatal(err)
	}
	home := links(t)
	return func() string { return show(t, other, true) + fmt.Sprint(near.Identity(), home == links(t)) }
}

// links are the names of the host's own links: no test may change them.
func links(t testing.TB) string {
	all, err := netlink.LinkList()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, l := range all {
		fmt.Fprintln(&b, l.Attrs().Index, l.Attrs().Name, l.Attrs().Flags)
	}
	return b.String()
}

func config[S any](points ...string) drivertest.Config[S] {
	return drivertest.Config[S]{
		Points:      append(points, "netdev.link.up", "netdev.sysctl."),
		Fingerprint: func(t testing.TB, in sys.Installation) string { return show(t, in, true) },
		State:       func(t testing.TB, in sys.Installation) string { return show(t, in, false) },
		Leftovers:   leftovers,
		Foreign:     foreign,
		Setup:       func(t testing.TB, in sys.Installation) { t.Cleanup(func() { sweep(t, in) }) },
	}
}

// within opens a netlink socket in ns for the time of use.
func within(t testing.TB, ns sys.Netns, use func(*netlink.Handle) error) {
	t.Helper()
	nl, err := ns.Links()
	if err != nil {
		t.Fatal(err)
	}
	defer nl.Close()
	if err := use(nl); err != nil {
		t.Fatal(err)
	}
}

func deleteLink(t testing.TB, ns sys.Netns, name string) {
	t.Helper()
	within(t, ns, func(nl *netlink.Handle) error {
		l, err := nl.LinkByName(name)
		if err != nil {
			return err
		}
		return nl.LinkDel(l)
	})
}
