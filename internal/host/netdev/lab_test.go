package netdev_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv4/nclient4"
	"github.com/vishvananda/netlink"
	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"

	"github.com/virga-cloud/virga/internal/host/dhcp"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/nft"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// lab is a host's whole network with one router: a public (isolated) network
// A, a private network B, and guests that are namespaces. A guest's far end is
// named like its tap, so that guards and isolation treat it like one.
type lab struct {
	t        *testing.T
	in       sys.Installation
	id       plan.ID // of the router
	router   netdev.Router
	policies map[plan.ID]plan.Policy
	ports    []plan.Port

	networks *netdev.Networks
	routers  *netdev.Routers
	tables   *nft.Tables
	guards   *nft.Guards
	servers  *dhcp.Servers
}

// guest is a machine's side of a card.
type guest struct {
	lab  *lab
	ns   sys.Netns
	port plan.Port
}

const policyLinux = plan.ID("cc0000000000000000000000000000c3")

func allow(ports ...uint16) (p plan.Policy) {
	for _, n := range ports {
		p.Rules = append(p.Rules, plan.Rule{Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: n, To: n}}})
	}
	return p
}

func newLab(t *testing.T) *lab {
	needRoot(t)
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("skipped: nft(8) is not installed")
	}
	in := drivertest.NewInstallation(t)
	l := &lab{
		t: t, in: in, id: drivertest.NewID(),
		router: netdev.Router{Router: plan.Router{
			Outside: []plan.Outside{{Address: "198.18.0.5/16", Gateway: "198.18.0.1"}},
			Legs: []plan.Leg{
				{Network: networkA, Address: "100.64.0.1/16", Isolated: true, DHCP: true},
				{Network: networkB, Address: "10.0.0.1/24", DHCP: true},
			},
			Up: true,
		}},
		policies: map[plan.ID]plan.Policy{policyLinux: allow(22, 80, 443, 8443, 8447)},
		networks: &netdev.Networks{In: in}, routers: &netdev.Routers{In: in},
		tables: &nft.Tables{In: in}, guards: &nft.Guards{In: in}, servers: &dhcp.Servers{In: in},
	}
	t.Cleanup(func() {
		_ = l.servers.Close()
		sweep(t, in)
	})
	provider(t, in, "198.18.0.1/16")
	ready(t, l.networks, networkA, plan.Network{MTU: 1450})
	ready(t, l.networks, networkB, plan.Network{})
	l.apply()
	return l
}

// apply makes the router as the lab wants it now.
func (l *lab) apply() {
	l.t.Helper()
	l.router.Public = nil
	for _, p := range l.ports {
		for _, a := range p.Public {
			l.router.Public = append(l.router.Public, a.Address)
		}
	}
	ready(l.t, l.routers, l.id, l.router)
	ready(l.t, l.tables, l.id, nft.Table{Router: l.router.Router, Ports: l.ports, Policies: l.policies})
	ready(l.t, l.servers, l.id, dhcp.Server{Legs: l.router.Legs, Ports: l.ports})
}

// guest makes a card with a guard and a namespace behind it. It gets no port.
func (l *lab) guest(network plan.ID, address string, public ...plan.PublicAddr) *guest {
	l.t.Helper()
	nic := drivertest.NewID()
	mac := fmt.Sprintf("02:00:00:%s:%s:%s", nic[0:2], nic[2:4], nic[4:6])
	g := &guest{lab: l, ns: l.in.Netns("g", nic), port: plan.Port{
		Router: l.id, Network: network, NIC: nic, MAC: mac, Address: address,
		Hostname: "guest-" + nic.Short(), DNS: []string{"198.18.0.1"}, Public: public,
	}}
	ready(l.t, l.guards, nic, plan.NIC{ID: nic, Network: network, MAC: mac, Addresses: []string{address}, Isolated: network == networkA})
	l.cable(g.ns, mac, l.in.Netns("n", network), l.in.Link("t", nic), network == networkA)
	return g
}

// outsider is a machine on the provider bridge.
func (l *lab) outsider(address string) *guest {
	l.t.Helper()
	id := drivertest.NewID()
	g := &guest{lab: l, ns: l.in.Netns("g", id)}
	l.cable(g.ns, "02:00:00:00:00:99", l.in.External(), l.in.Link("z", id), false)
	g.configure(netip.MustParsePrefix(address), netip.Addr{})
	return g
}

// cable joins a new namespace to a bridge; its end is eth0 and up.
func (l *lab) cable(ns sys.Netns, mac string, to sys.Netns, port string, isolated bool) {
	l.t.Helper()
	if err := ns.Create(); err != nil {
		l.t.Fatal(err)
	}
	far, err := to.Open()
	if err != nil {
		l.t.Fatal(err)
	}
	defer far.Close()
	hw, err := net.ParseMAC(mac)
	if err != nil {
		l.t.Fatal(err)
	}
	within(l.t, ns, func(nl *netlink.Handle) error {
		attrs := netlink.NewLinkAttrs()
		attrs.Name, attrs.HardwareAddr = "eth0", hw
		err := nl.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: port, PeerNamespace: netlink.NsFd(int(far))})
		if err != nil {
			return err
		}
		lo, err := nl.LinkByName("lo")
		if err != nil {
			return err
		}
		eth, err := nl.LinkByName("eth0")
		if err != nil {
			return err
		}
		return errors.Join(nl.LinkSetUp(lo), nl.LinkSetUp(eth))
	})
	within(l.t, to, func(nl *netlink.Handle) error {
		p, err := nl.LinkByName(port)
		if err != nil {
			return err
		}
		br, err := nl.LinkByName(sys.Bridge)
		if err != nil {
			return err
		}
		return errors.Join(nl.LinkSetMaster(p, br), nl.LinkSetIsolated(p, isolated), nl.LinkSetUp(p))
	})
	waitFor(l.t, "the cable of "+port, func() (up bool) {
		within(l.t, ns, func(nl *netlink.Handle) error {
			eth, err := nl.LinkByName("eth0")
			up = err == nil && eth.Attrs().OperState == netlink.OperUp
			return err
		})
		return up
	})
}

// known gives the guest its port and the address by DHCP.
func (g *guest) known() *guest {
	g.lab.t.Helper()
	g.lab.ports = append(g.lab.ports, g.port)
	g.lab.apply()
	lease, err := g.lease()
	if err != nil {
		g.lab.t.Fatalf("no lease for %s: %v", g.port.Address, err)
	}
	ones, _ := lease.SubnetMask().Size()
	a, _ := netip.AddrFromSlice(lease.YourIPAddr)
	gw, _ := netip.AddrFromSlice(lease.Router()[0])
	g.configure(netip.PrefixFrom(a.Unmap(), ones), gw.Unmap())
	return g
}

// static configures a guest that has no lease.
func (g *guest) static(prefix, gateway string) *guest {
	g.configure(netip.MustParsePrefix(prefix), netip.MustParseAddr(gateway))
	return g
}

func (g *guest) configure(p netip.Prefix, gateway netip.Addr) {
	g.lab.t.Helper()
	g.configureLink("eth0", p)
	if gateway.IsValid() {
		g.configureRoute("0.0.0.0/0", gateway.String())
	}
}

func (g *guest) configureLink(name string, p netip.Prefix) {
	g.lab.t.Helper()
	within(g.lab.t, g.ns, func(nl *netlink.Handle) error {
		l, err := nl.LinkByName(name)
		if err != nil {
			return err
		}
		return nl.AddrAdd(l, &netlink.Addr{IPNet: &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), 32)}})
	})
}

func (g *guest) configureRoute(to, by string) {
	g.lab.t.Helper()
	within(g.lab.t, g.ns, func(nl *netlink.Handle) error {
		_, dst, err := net.ParseCIDR(to)
		if err != nil {
			return err
		}
		return nl.RouteReplace(&netlink.Route{Dst: dst, Gw: net.ParseIP(by)})
	})
}

// lease asks for an address as a guest does at its boot.
func (g *guest) lease() (ack *dhcpv4.DHCPv4, err error) {
	mac, err := net.ParseMAC(g.port.MAC)
	if err != nil {
		return nil, err
	}
	var client *nclient4.Client
	err = g.ns.Do(func() (err error) {
		client, err = nclient4.New("eth0", nclient4.WithHWAddr(mac), nclient4.WithTimeout(400*time.Millisecond), nclient4.WithRetry(2))
		return err
	})
	if err != nil {
		return nil, err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	lease, err := client.Request(ctx)
	if err != nil {
		return nil, err
	}
	return lease.ACK, nil
}

// serve accepts on a port and says hello to everybody, then echoes.
func (g *guest) serve(port int) {
	g.lab.t.Helper()
	l, err := g.ns.Listen(context.Background(), "tcp", fmt.Sprintf("0.0.0.0:%d", port))
	if err != nil {
		g.lab.t.Fatal(err)
	}
	g.lab.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				from, _, _ := net.SplitHostPort(c.RemoteAddr().String())
				fmt.Fprintf(c, "%-16s", from)
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}()
		}
	}()
}

const patience = 400 * time.Millisecond

// dial connects and returns whom the server saw.
func (g *guest) dial(address string) (c net.Conn, seen string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if c, err = g.ns.Dial(ctx, "tcp", address); err != nil {
		return nil, "", err
	}
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 16)
	if _, err = io.ReadFull(c, b); err != nil {
		_ = c.Close()
		return nil, "", err
	}
	return c, strings.TrimSpace(string(b)), nil
}

// reaches fails unless address answers, having seen want.
func (g *guest) reaches(address, want string) {
	g.lab.t.Helper()
	c, seen, err := g.dial(address)
	if err != nil {
		g.lab.t.Errorf("%s does not reach %s: %v", g.port.Address, address, err)
		return
	}
	_ = c.Close()
	if seen != want {
		g.lab.t.Errorf("%s reached %s as %s, want %s", g.port.Address, address, seen, want)
	}
}

// blocked fails unless the packets vanish.
func (g *guest) blocked(address string) {
	g.lab.t.Helper()
	c, _, err := g.dial(address)
	if err == nil {
		_ = c.Close()
		g.lab.t.Errorf("%s reaches %s", g.port.Address, address)
		return
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded) &&
		!strings.Contains(err.Error(), "no route to host") && !strings.Contains(err.Error(), "i/o timeout") {
		g.lab.t.Errorf("%s to %s failed for another reason: %v", g.port.Address, address, err)
	}
}

// pings says whether an echo comes back; from may be empty.
func (g *guest) pings(to, from string) bool {
	g.lab.t.Helper()
	if from == "" {
		from = "0.0.0.0"
	}
	var c *icmp.PacketConn
	err := g.ns.Do(func() (err error) {
		c, err = icmp.ListenPacket("ip4:icmp", from)
		return err
	})
	if err != nil {
		g.lab.t.Fatal(err)
	}
	defer c.Close()
	for seq := range 3 {
		m := icmp.Message{Type: ipv4.ICMPTypeEcho, Body: &icmp.Echo{ID: 7, Seq: seq, Data: []byte("virga")}}
		b, err := m.Marshal(nil)
		if err != nil {
			g.lab.t.Fatal(err)
		}
		_, _ = c.WriteTo(b, &net.IPAddr{IP: net.ParseIP(to)})
		_ = c.SetReadDeadline(time.Now().Add(patience / 2))
		for {
			buf := make([]byte, 256)
			n, peer, err := c.ReadFrom(buf)
			if err != nil {
				break
			}
			r, err := icmp.ParseMessage(1, buf[:n])
			if err == nil && r.Type == ipv4.ICMPTypeEchoReply && peer.String() == to {
				return true
			}
		}
	}
	return false
}
