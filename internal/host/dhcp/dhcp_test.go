package dhcp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv4/nclient4"
	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/dhcp"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

const (
	netA = plan.ID("aa0000000000000000000000000000a1")
	netB = plan.ID("bb0000000000000000000000000000b2")
	card = "02:00:00:00:00:01"
)

func TestMain(m *testing.M) { os.Exit(drivertest.Main(m, missing(), "dhcp.")) }

// missing is what this machine lacks for the tests, empty for nothing.
func missing() string {
	if os.Getuid() != 0 {
		return "network namespaces need root"
	}
	return ""
}

func needRoot(t testing.TB) {
	t.Helper()
	if why := missing(); why != "" {
		t.Skip("skipped:", why)
	}
}

func namespaces(in sys.Installation) (all []sys.Netns) {
	found, _ := filepath.Glob(filepath.Join(sys.NetnsDir, in.Prefix()+"-*"))
	for _, p := range found {
		all = append(all, sys.Netns(filepath.Base(p)))
	}
	return all
}

func sweep(t testing.TB, in sys.Installation) {
	for _, ns := range namespaces(in) {
		if err := ns.Delete(); err != nil {
			t.Error(err)
		}
	}
}

// sockets are the UDP sockets on port 67 in all namespaces, from the kernel.
func sockets(in sys.Installation, identity bool) (all []string) {
	for _, ns := range namespaces(in) {
		var table []byte
		_ = ns.Do(func() (err error) {
			table, err = os.ReadFile("/proc/thread-self/net/udp")
			return err
		})
		for line := range strings.Lines(string(table)) {
			f := strings.Fields(line)
			if len(f) < 10 || !strings.HasSuffix(f[1], ":0043") {
				continue
			}
			s := string(ns) + " " + f[1]
			if identity {
				s += " inode " + f[9]
			}
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return all
}

// link makes a bare link of that name, standing for a router's leg.
func link(t testing.TB, ns sys.Netns, name string) {
	t.Helper()
	if err := ns.Create(); err != nil {
		t.Fatal(err)
	}
	nl, err := ns.Links()
	if err != nil {
		t.Fatal(err)
	}
	defer nl.Close()
	if _, err := nl.LinkByName(name); err == nil {
		return
	}
	attrs := netlink.NewLinkAttrs()
	attrs.Name = name
	if err := nl.LinkAdd(&netlink.Bridge{LinkAttrs: attrs}); err != nil {
		t.Fatal(err)
	}
}

func unlink(t testing.TB, ns sys.Netns, name string) {
	t.Helper()
	nl, err := ns.Links()
	if err != nil {
		t.Fatal(err)
	}
	defer nl.Close()
	l, err := nl.LinkByName(name)
	if err == nil {
		err = nl.LinkDel(l)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func spec() dhcp.Server {
	return dhcp.Server{
		Legs: []plan.Leg{
			{Network: netA, Address: "100.64.0.1/16", DHCP: true}, {Network: netB, Address: "10.0.0.1/24", DHCP: true},
		},
		Ports: []plan.Port{{Network: netA, MAC: card, Address: "100.64.0.10", Hostname: "web", DNS: []string{"198.18.0.1"}}},
	}
}

func TestServer(t *testing.T) {
	needRoot(t)
	drivertest.Run(t, drivertest.Config[dhcp.Server]{
		Points: []string{"dhcp."}, InProcess: true,
		New:   func(_ testing.TB, in sys.Installation) plan.Driver[dhcp.Server] { return &dhcp.Servers{In: in} },
		Setup: func(t testing.TB, in sys.Installation) { t.Cleanup(func() { sweep(t, in) }) },
		Spec: func(in sys.Installation, id plan.ID) dhcp.Server {
			for _, n := range []plan.ID{netA, netB} {
				link(t, in.Netns("r", id), sys.InsideLeg(n))
			}
			return spec()
		},
		Update: func(sys.Installation, plan.ID) dhcp.Server {
			s := spec()
			s.Legs[1].DHCP = false
			return s
		},
		Fingerprint: func(_ testing.TB, in sys.Installation) string { return fmt.Sprint(sockets(in, true)) },
		State:       func(_ testing.TB, in sys.Installation) string { return fmt.Sprint(sockets(in, false)) },
		Leftovers:   func(in sys.Installation) []string { return sockets(in, false) },
		Damage: map[string]func(testing.TB, sys.Installation, plan.ID){
			"leg made anew": func(t testing.TB, in sys.Installation, id plan.ID) {
				ns := in.Netns("r", id)
				unlink(t, ns, sys.InsideLeg(netA))
				link(t, ns, sys.InsideLeg(netA))
			},
			"router made anew": func(_ testing.TB, in sys.Installation, id plan.ID) { _ = in.Netns("r", id).Delete() },
		},
	})
}

func TestServerWaits(t *testing.T) {
	needRoot(t)
	in, id := drivertest.NewInstallation(t), drivertest.NewID()
	d := &dhcp.Servers{In: in}
	t.Cleanup(func() { _ = d.Close(); sweep(t, in) })
	ctx := context.Background()
	ensure := func(ready bool) {
		t.Helper()
		if st, err := d.Ensure(ctx, id, spec()); err != nil || st.Failed || st.Ready != ready || (st.Reason == "") != ready {
			t.Fatalf("Ensure: %+v, %v", st, err)
		}
	}
	ensure(false)
	link(t, in.Netns("r", id), sys.InsideLeg(netA))
	ensure(false)
	link(t, in.Netns("r", id), sys.InsideLeg(netB))
	ensure(true)
	unlink(t, in.Netns("r", id), sys.InsideLeg(netB))
	ensure(false)
	if n := len(sockets(in, true)); n != 1 {
		t.Errorf("%d sockets for one leg", n)
	}
	for name, bad := range map[string]func(*dhcp.Server){
		"leg":      func(s *dhcp.Server) { s.Legs[0].Address = "100.64.0.1" },
		"mac":      func(s *dhcp.Server) { s.Ports[0].MAC = "x" },
		"address":  func(s *dhcp.Server) { s.Ports[0].Address = "fe80::1" },
		"resolver": func(s *dhcp.Server) { s.Ports[0].DNS = []string{"dns.example"} },
		"segment":  func(s *dhcp.Server) { s.Segment = &dhcp.Segment{Network: netA, Prefix: "x"} },
	} {
		s := spec()
		bad(&s)
		if st, err := d.Ensure(ctx, id, s); err != nil || !st.Failed || st.Reason == "" {
			t.Errorf("%s: %+v, %v", name, st, err)
		}
	}
}

// A network without a router still gives addresses: the bridge itself has
// none, so the answer comes from nowhere, by broadcast.
func TestSegment(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	d := &dhcp.Servers{In: in}
	t.Cleanup(func() { _ = d.Close(); sweep(t, in) })
	network, guest := in.Netns("n", netA), in.Netns("g", netB)
	link(t, network, sys.Bridge)
	if err := guest.Create(); err != nil {
		t.Fatal(err)
	}
	cable(t, guest, network)
	s := dhcp.Server{Segment: &dhcp.Segment{Network: netA, Prefix: "10.9.0.0/24"}, Ports: spec().Ports}
	s.Ports[0].Address = "10.9.0.7"
	if st, err := d.Ensure(context.Background(), netA, s); err != nil || !st.Ready {
		t.Fatalf("Ensure: %+v, %v", st, err)
	}
	var client *nclient4.Client
	err := guest.Do(func() (err error) {
		client, err = nclient4.New("eth0", nclient4.WithTimeout(500*time.Millisecond), nclient4.WithRetry(6))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	lease, err := client.Request(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if lease.ACK.YourIPAddr.String() != "10.9.0.7" || len(lease.ACK.Router()) != 0 || lease.ACK.HostName() != "web" {
		t.Errorf("lease: %s", lease.ACK.Summary())
	}
	if ones, _ := lease.ACK.SubnetMask().Size(); ones != 24 {
		t.Errorf("netmask /%d", ones)
	}
	// What another card would get: nothing. The same client, another address.
	if offer, err := client.DiscoverOffer(ctx, dhcpv4.WithHwAddr([]byte{2, 0, 0, 0, 0, 2})); err == nil {
		t.Errorf("an unknown card was offered %s", offer.YourIPAddr)
	}
}

// cable gives guest an eth0 on the bridge of network, all up.
func cable(t *testing.T, guest, network sys.Netns) {
	t.Helper()
	far, err := network.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.HardwareAddr = "eth0", []byte{2, 0, 0, 0, 0, 1}
	raise := func(ns sys.Netns, names ...string) {
		nl, err := ns.Links()
		if err != nil {
			t.Fatal(err)
		}
		defer nl.Close()
		if ns == guest {
			err = nl.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "port", PeerNamespace: netlink.NsFd(int(far))})
		} else {
			br, _ := nl.LinkByName(sys.Bridge)
			port, e := nl.LinkByName("port")
			if err = e; e == nil {
				err = nl.LinkSetMaster(port, br)
			}
		}
		for _, name := range names {
			l, e := nl.LinkByName(name)
			if e == nil {
				e = nl.LinkSetUp(l)
			}
			if err == nil {
				err = e
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	raise(guest, "lo", "eth0")
	raise(network, "port", sys.Bridge)
}
