package netdev_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/plan"
)

func public(address string) plan.PublicAddr {
	return plan.PublicAddr{Address: address, Policy: policyLinux}
}

func TestLease(t *testing.T) {
	l := newLab(t)
	a := l.guest(networkA, "100.64.0.10", public("198.18.0.10"))
	if ack, err := a.lease(); err == nil {
		t.Fatalf("a card without a port got %s", ack.YourIPAddr)
	}
	a.known()
	ack, err := a.lease()
	if err != nil {
		t.Fatal(err)
	}
	if ack.YourIPAddr.String() != "100.64.0.10" || ack.HostName() != a.port.Hostname ||
		ack.IPAddressLeaseTime(0) != 24*time.Hour || len(ack.DNS()) != 1 || ack.DNS()[0].String() != "198.18.0.1" ||
		ack.ServerIdentifier().String() != "100.64.0.1" || len(ack.Router()) != 1 || ack.Router()[0].String() != "100.64.0.1" {
		t.Errorf("lease: %s", ack.Summary())
	}
	if ones, _ := ack.SubnetMask().Size(); ones != 16 {
		t.Errorf("netmask /%d", ones)
	}
	if mtu := ack.Options.Get(dhcpv4.OptionInterfaceMTU); !bytes.Equal(mtu, []byte{1450 >> 8, 1450 & 0xff}) {
		t.Errorf("mtu %v", mtu)
	}
	b := l.guest(networkB, "10.0.0.7").known()
	if ack, err := b.lease(); err != nil || ack.YourIPAddr.String() != "10.0.0.7" {
		t.Errorf("lease on the second leg: %v, %v", ack, err)
	}
}

func TestOutwards(t *testing.T) {
	l := newLab(t)
	o := l.outsider("198.18.0.99/16")
	o.serve(80)
	named := l.guest(networkA, "100.64.0.10", public("198.18.0.10"), public("198.18.0.11")).known()
	plain := l.guest(networkB, "10.0.0.7").known()
	for _, g := range []*guest{named, plain} {
		if !g.pings("198.18.0.1", "") {
			t.Errorf("%s does not reach the provider's gateway", g.port.Address)
		}
	}
	if !named.pings("100.64.0.1", "") || !plain.pings("10.0.0.1", "") {
		t.Error("a card does not reach its own gateway")
	}
	named.reaches("198.18.0.99:80", "198.18.0.10") // as its first public address
	plain.reaches("198.18.0.99:80", "198.18.0.5")  // as the router

	// The router is no host to anybody outside, and guests get nothing of it
	// but echo.
	if o.pings("198.18.0.5", "") {
		t.Error("the router answers echo from outside")
	}
	(&guest{lab: l, ns: l.in.Netns("r", l.id)}).serve(8080)
	named.blocked("100.64.0.1:8080")
	o.blocked("198.18.0.5:8080")
}

func TestInwards(t *testing.T) {
	l := newLab(t)
	o := l.outsider("198.18.0.99/16")
	a := l.guest(networkA, "100.64.0.10", public("198.18.0.10"), plan.PublicAddr{Address: "198.18.0.11"},
		plan.PublicAddr{Address: "198.18.0.12", Policy: policyLinux, BlockIn: true}).known()
	for _, port := range []int{22, 25} {
		a.serve(port)
	}
	o.reaches("198.18.0.10:22", "198.18.0.99")
	o.blocked("198.18.0.10:25")
	o.blocked("198.18.0.11:22") // no policy: nothing inwards
	o.blocked("198.18.0.12:22") // blocked whatever the policy says
	if o.pings("198.18.0.10", "") {
		t.Error("echo came through a policy that does not name it")
	}

	// Not around the translation either: straight to the private address.
	o.configureRoute("100.64.0.0/16", "198.18.0.5")
	o.blocked("100.64.0.10:22")

	// The router's own rules come first, in both directions, but do not open
	// what is blocked.
	l.router.Rules = []plan.Rule{
		{Protocol: "tcp", Ports: []plan.Span{{From: 22, To: 22}}, Sources: []string{"198.18.0.99"}, Destination: "100.64.0.10"},
		{Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: 25, To: 25}}, Destination: "198.18.0.0/15"},
		{Allow: true, Protocol: "icmp"},
	}
	l.apply()
	o.blocked("198.18.0.10:22")
	o.reaches("198.18.0.10:25", "198.18.0.99")
	o.reaches("198.18.0.11:25", "198.18.0.99")
	o.blocked("198.18.0.12:25")
	if !o.pings("198.18.0.10", "") {
		t.Error("the router's rule for echo has no effect")
	}
	o.serve(22)
	l.router.Rules = []plan.Rule{{Protocol: "tcp", Sources: []string{"100.64.0.0/16"}}}
	l.apply()
	a.blocked("198.18.0.99:22")
}

// Servers of one member: policies hold between them (R26).
func TestNeighbours(t *testing.T) {
	l := newLab(t)
	a := l.guest(networkA, "100.64.0.10", public("198.18.0.10")).known()
	b := l.guest(networkA, "100.64.0.11", public("198.18.0.11")).known()
	c := l.guest(networkB, "10.0.0.7").known()
	d := l.guest(networkB, "10.0.0.8").known()
	for _, port := range []int{22, 25} {
		b.serve(port)
		d.serve(port)
	}
	a.reaches("198.18.0.11:22", "198.18.0.10") // hairpin, seen as a public address
	a.blocked("198.18.0.11:25")
	c.reaches("198.18.0.11:22", "198.18.0.5")
	c.blocked("198.18.0.11:25")
	b.reaches("198.18.0.11:22", "198.18.0.11") // itself, from outside

	// By the private address the frames go through the router and meet the
	// same policy; without ARP by proxy they would not arrive at all.
	a.reaches("100.64.0.11:22", "100.64.0.10")
	a.blocked("100.64.0.11:25")

	// On a network that is not isolated nobody stands between.
	c.reaches("10.0.0.8:25", "10.0.0.7")
	// From another network it is inwards, and nothing allows it.
	a.blocked("10.0.0.8:22")

	// A policy that names a public address as its source means its card.
	l.policies[policyLinux] = plan.Policy{Rules: []plan.Rule{{Allow: true, Protocol: "tcp", Sources: []string{"198.18.0.10/32"}}}}
	l.apply()
	a.reaches("198.18.0.11:25", "198.18.0.10")
	c.blocked("198.18.0.11:25")
}

func TestSpoofing(t *testing.T) {
	l := newLab(t)
	a := l.guest(networkA, "100.64.0.10", public("198.18.0.10")).known()
	v := l.guest(networkA, "100.64.0.66", public("198.18.0.66")).known()
	a.configure(netip.MustParsePrefix("100.64.0.66/32"), netip.Addr{})
	if !a.pings("198.18.0.1", "100.64.0.10") {
		t.Fatal("the card's own address does not pass")
	}
	if a.pings("198.18.0.1", "100.64.0.66") || a.pings("100.64.0.1", "100.64.0.66") {
		t.Error("a neighbour's address passes")
	}
	// The answers go to the neighbour, so look at what arrives.
	if seen := arrives(t, l.outsider("198.18.0.99/16"), datagram{a, "100.64.0.66"}, datagram{a, "100.64.0.10"}); seen != "198.18.0.10" {
		t.Errorf("the first datagram to arrive came from %s", seen)
	}
	if !v.pings("198.18.0.1", "") {
		t.Error("the neighbour lost its address")
	}
	mac := func(to string) {
		within(t, a.ns, func(nl *netlink.Handle) error {
			eth, err := nl.LinkByName("eth0")
			if err != nil {
				return err
			}
			hw, err := net.ParseMAC(to)
			if err != nil {
				return err
			}
			return nl.LinkSetHardwareAddr(eth, hw)
		})
	}
	mac("02:00:00:66:66:66")
	if a.pings("100.64.0.1", "100.64.0.10") {
		t.Error("a false hardware address passes")
	}
	mac(a.port.MAC)
	waitFor(t, "the card to be back", func() bool { return a.pings("100.64.0.1", "100.64.0.10") })
}

// datagram is one with that source address.
type datagram struct {
	from   *guest
	source string
}

// arrives sends datagrams to o, in order, and returns the sender of the first
// that gets there.
func arrives(t *testing.T, o *guest, all ...datagram) string {
	t.Helper()
	var c net.PacketConn
	err := o.ns.Do(func() (err error) {
		c, err = net.ListenPacket("udp4", "0.0.0.0:9999")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, d := range all {
		err := d.from.ns.Do(func() error {
			u, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.ParseIP(d.source)}, &net.UDPAddr{IP: net.ParseIP("198.18.0.99"), Port: 9999})
			if err != nil {
				return err
			}
			defer u.Close()
			_, err = u.Write([]byte("here"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	_, sender, err := c.ReadFrom(make([]byte, 64))
	if err != nil {
		t.Fatal(err)
	}
	host, _, _ := net.SplitHostPort(sender.String())
	return host
}

func TestWithoutPort(t *testing.T) {
	l := newLab(t)
	o := l.outsider("198.18.0.99/16")
	o.serve(80)
	a := l.guest(networkA, "100.64.0.10", public("198.18.0.10")).known()
	n := l.guest(networkA, "100.64.0.20").static("100.64.0.20/16", "100.64.0.1")
	o.configureRoute("100.64.0.0/16", "198.18.0.5") // an answer would find its way back
	a.serve(22)
	for _, to := range []string{"100.64.0.1", "198.18.0.1", "100.64.0.10"} {
		if n.pings(to, "") {
			t.Errorf("a card without a port reaches %s", to)
		}
	}
	n.blocked("198.18.0.99:80")
	n.blocked("198.18.0.10:22")
	// Not even one way.
	if seen := arrives(t, o, datagram{n, "100.64.0.20"}, datagram{a, "100.64.0.10"}); seen != "198.18.0.10" {
		t.Errorf("the first datagram to arrive came from %s", seen)
	}
	a.reaches("198.18.0.99:80", "198.18.0.10")
}

// The rules are replaced while connections are open: those that the new ones allow go
// on, and those that they do not end. When its port goes, each of a card's ends.
func TestReplacedUnderConnection(t *testing.T) {
	l := newLab(t)
	o := l.outsider("198.18.0.99/16")
	a := l.guest(networkA, "100.64.0.10", public("198.18.0.10")).known()
	o.serve(80)
	var open []net.Conn
	for _, port := range []int{22, 443} {
		a.serve(port)
		c, _, err := o.dial(fmt.Sprintf("198.18.0.10:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		open = append(open, c)
	}
	outwards, _, err := a.dial("198.18.0.99:80")
	if err != nil {
		t.Fatal(err)
	}
	defer outwards.Close()
	goesOn := func(c net.Conn, what string) {
		t.Helper()
		if err := echo(c, 2*time.Second); err != nil {
			t.Errorf("%s: an allowed connection broke: %v", what, err)
		}
	}
	l.policies[policyLinux] = allow(443)
	l.apply()
	o.blocked("198.18.0.10:22")
	if err := echo(open[0], patience); err == nil {
		t.Error("the connection to a port that is not allowed any more goes on")
	}
	goesOn(open[1], "another port")
	goesOn(outwards, "outwards")
	// Another public address, another port elsewhere: they still go on.
	l.ports[0].Public = append(l.ports[0].Public, public("198.18.0.11"))
	l.guest(networkB, "10.0.0.7").known()
	goesOn(open[1], "an address more")
	// Outwards is what the router's rules are about.
	l.router.Rules = []plan.Rule{{Protocol: "tcp", Ports: []plan.Span{{From: 80, To: 80}}, Sources: []string{"198.18.0.10"}}}
	l.apply()
	goesOn(open[1], "a rule outwards")
	if err := echo(outwards, patience); err == nil {
		t.Error("the connection that the router's rules forbid goes on")
	}
	// Bound to nothing: the address is closed.
	l.ports[0].Public[0].Policy = ""
	l.apply()
	if err := echo(open[1], patience); err == nil {
		t.Error("the connection by an address without a policy goes on")
	}
	l.ports[0].Public[0].Policy = policyLinux
	l.apply()
	last, _, err := o.dial("198.18.0.10:443")
	if err != nil {
		t.Fatal(err)
	}
	defer last.Close()
	l.ports = l.ports[1:]
	l.apply()
	if err := echo(last, patience); err == nil {
		t.Error("the connection of a card without a port goes on")
	}
}

// A new owner of a public address gets none of the old one's connections.
func TestAddressMoves(t *testing.T) {
	l := newLab(t)
	o := l.outsider("198.18.0.99/16")
	a := l.guest(networkA, "100.64.0.10", public("198.18.0.10")).known()
	b := l.guest(networkA, "100.64.0.11").known()
	a.serve(22)
	b.serve(22)
	c, _, err := o.dial("198.18.0.10:22")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	l.ports[0].Public, l.ports[1].Public = nil, l.ports[0].Public
	l.apply()
	if err := echo(c, patience); err == nil {
		t.Error("the old owner still talks by the address")
	}
	o.reaches("198.18.0.10:22", "198.18.0.99")
	o.serve(80)
	a.reaches("198.18.0.99:80", "198.18.0.5")
	b.reaches("198.18.0.99:80", "198.18.0.10")
}

func echo(c net.Conn, within time.Duration) error {
	_ = c.SetDeadline(time.Now().Add(within))
	if _, err := c.Write([]byte("ping")); err != nil {
		return err
	}
	b := make([]byte, 4)
	_, err := io.ReadFull(c, b)
	return err
}

// A router that is down passes nothing and keeps its configuration.
func TestRouterDown(t *testing.T) {
	l := newLab(t)
	a := l.guest(networkA, "100.64.0.10", public("198.18.0.10")).known()
	l.router.Up = false
	l.apply()
	if a.pings("198.18.0.1", "") {
		t.Error("a router that is down forwards")
	}
	l.router.Up = true
	l.apply()
	waitFor(t, "the way out to be back", func() bool { return a.pings("198.18.0.1", "") })
}
