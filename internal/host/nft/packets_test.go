package nft

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/filter"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// crossing is a router between three senders, and a count of what passes it: each packet
// has a number, and the router's last hook notes the numbers that come by.
type crossing struct {
	t       *testing.T
	in      sys.Installation
	id      plan.ID
	ns      sys.Netns
	d       *Tables
	senders map[string]*sender
}

// sender is one side of the router, with its raw sockets.
type sender struct {
	ns        sys.Netns
	link      string              // of the router
	own       map[bool]netip.Addr // the router's address there; true is IPv4
	four, six int                 // sockets for IPv4 and IPv6
}

// The numbers of packets to the router itself, behind all others of a sender.
const lastNumber = 0xffff

const probe = `table inet probe {
	set four { typeof ip id; size 65535; flags dynamic; }
	set six { typeof ip6 flowlabel; size 65535; flags dynamic; }
	chain last { type filter hook postrouting priority 300; policy accept;
		meta nfproto ipv4 add @four { ip id }
		meta nfproto ipv6 add @six { ip6 flowlabel }
	}
	chain first { type filter hook prerouting priority -400; policy accept;
		ip id 0xffff add @four { ip id }
		ip6 flowlabel 0xffff add @six { ip6 flowlabel }
	}
}
`

func newCrossing(t *testing.T) *crossing {
	if os.Getuid() != 0 {
		t.Skip("skipped: network namespaces need root")
	}
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("skipped: nft(8) is not installed")
	}
	in, id := drivertest.NewInstallation(t), drivertest.NewID()
	c := &crossing{t: t, in: in, id: id, ns: in.Netns("r", id), d: &Tables{In: in}, senders: map[string]*sender{}}
	c.make(c.ns)
	for name, side := range map[string]struct {
		link     string
		prefixes []string // of the router's end
		peers    []string
	}{
		"outside": {sys.OutsideLeg, []string{"198.18.0.5/16", "2001:db8:e::5/64"}, []string{"198.18.0.1", "2001:db8:e::1"}},
		"a": {
			sys.InsideLeg(netA), []string{"100.64.0.1/16", "2001:db8:a::1/64"}, []string{"100.64.0.2", "100.64.0.3", "2001:db8:a::9"},
		},
		"b": {sys.InsideLeg(netB), []string{"10.0.0.1/24"}, []string{"10.0.0.4", "10.0.0.5"}},
	} {
		c.side(name, side.link, side.prefixes, side.peers)
	}
	c.do(c.ns, func(nl *netlink.Handle) error {
		return errors.Join(
			nl.RouteAdd(&netlink.Route{Dst: prefix("0.0.0.0/0"), Gw: net.ParseIP("198.18.0.1")}),
			nl.RouteAdd(&netlink.Route{Dst: prefix("::/0"), Gw: net.ParseIP("2001:db8:e::1")}))
	})
	return c
}

func prefix(s string) *net.IPNet {
	ip, p, err := net.ParseCIDR(s)
	if err != nil {
		panic(err)
	}
	return &net.IPNet{IP: ip, Mask: p.Mask}
}

func (c *crossing) make(ns sys.Netns) {
	c.t.Helper()
	if err := ns.Create(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		if err := ns.Delete(); err != nil {
			c.t.Error(err)
		}
	})
	err := ns.Do(func() error {
		for name, value := range map[string]string{
			"ipv4/conf/all/rp_filter": "0", "ipv4/conf/default/rp_filter": "0", "ipv6/conf/all/disable_ipv6": "0",
			"ipv6/conf/default/disable_ipv6": "0", "ipv6/conf/default/accept_dad": "0", "ipv6/conf/all/accept_dad": "0",
		} {
			if err := os.WriteFile("/proc/sys/net/"+name, []byte(value), 0o644); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *crossing) do(ns sys.Netns, fn func(*netlink.Handle) error) {
	c.t.Helper()
	nl, err := ns.Links()
	if err != nil {
		c.t.Fatal(err)
	}
	defer nl.Close()
	if err := fn(nl); err != nil {
		c.t.Fatal(err)
	}
}

// side joins a sender to the router. Nobody asks for neighbours: all are known.
func (c *crossing) side(name, link string, prefixes, peers []string) {
	s := &sender{ns: c.in.Netns("g", drivertest.NewID()), link: link, own: map[bool]netip.Addr{}}
	c.make(s.ns)
	far, err := s.ns.Open()
	if err != nil {
		c.t.Fatal(err)
	}
	defer far.Close()
	here, there := net.HardwareAddr{2, 0, 0, 0, 0, 1}, net.HardwareAddr{2, 0, 0, 0, 0, 2}
	c.do(c.ns, func(nl *netlink.Handle) error {
		a := netlink.NewLinkAttrs()
		a.Name, a.HardwareAddr = link, here
		err := nl.LinkAdd(&netlink.Veth{LinkAttrs: a, PeerName: "eth0", PeerNamespace: netlink.NsFd(int(far)), PeerHardwareAddr: there})
		if err != nil {
			return err
		}
		l, err := nl.LinkByName(link)
		if err != nil {
			return err
		}
		all := []error{nl.LinkSetUp(l)}
		for _, p := range prefixes {
			all = append(all, nl.AddrAdd(l, &netlink.Addr{IPNet: prefix(p), Flags: unix.IFA_F_NODAD}))
			a := netip.MustParsePrefix(p).Addr()
			s.own[a.Is4()] = a
		}
		for _, p := range peers {
			all = append(all, nl.NeighSet(&netlink.Neigh{
				LinkIndex: l.Attrs().Index, IP: net.ParseIP(p), HardwareAddr: there, State: netlink.NUD_PERMANENT,
			}))
		}
		return errors.Join(all...)
	})
	c.do(s.ns, func(nl *netlink.Handle) error {
		l, err := nl.LinkByName("eth0")
		if err != nil {
			return err
		}
		all := []error{nl.LinkSetUp(l)}
		for _, by := range []string{"192.0.2.1", "2001:db8:ffff::1"} {
			all = append(all, nl.NeighSet(&netlink.Neigh{
				LinkIndex: l.Attrs().Index, IP: net.ParseIP(by), HardwareAddr: here, State: netlink.NUD_PERMANENT,
			}))
		}
		all = append(all,
			nl.AddrAdd(l, &netlink.Addr{IPNet: prefix("192.0.2.2/24")}),
			nl.AddrAdd(l, &netlink.Addr{IPNet: prefix("2001:db8:ffff::2/64"), Flags: unix.IFA_F_NODAD}),
			nl.RouteAdd(&netlink.Route{Dst: prefix("0.0.0.0/0"), Gw: net.ParseIP("192.0.2.1")}),
			nl.RouteAdd(&netlink.Route{Dst: prefix("::/0"), Gw: net.ParseIP("2001:db8:ffff::1")}))
		return errors.Join(all...)
	})
	err = s.ns.Do(func() (err error) {
		if s.four, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW); err != nil {
			return err
		}
		if s.six, err = unix.Socket(unix.AF_INET6, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW); err != nil {
			return err
		}
		return unix.SetsockoptInt(s.six, unix.IPPROTO_IPV6, unix.IPV6_HDRINCL, 1)
	})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _, _ = unix.Close(s.four), unix.Close(s.six) })
	c.senders[name] = s
}

// senderOf is the side on which an address lives.
func (c *crossing) senderOf(a netip.Addr) *sender {
	switch {
	case netip.MustParsePrefix("10.0.0.0/24").Contains(a):
		return c.senders["b"]
	case netip.MustParsePrefix("100.64.0.0/16").Contains(a), netip.MustParsePrefix("2001:db8:a::/64").Contains(a):
		return c.senders["a"]
	}
	return c.senders["outside"]
}

// send writes one packet with a number.
func (c *crossing) send(s *sender, p filter.Packet, source uint16, number int) {
	c.t.Helper()
	b := packet(p, source, number)
	var err error
	if p.From.Is4() {
		err = unix.Sendto(s.four, b, 0, &unix.SockaddrInet4{Addr: p.Written.As4()})
	} else {
		err = unix.Sendto(s.six, b, 0, &unix.SockaddrInet6{Addr: p.Written.As16()})
	}
	if err != nil {
		c.t.Fatalf("send %+v: %v", p, err)
	}
}

// packet is a packet on the wire, with everything in it that conntrack looks at.
func packet(p filter.Packet, source uint16, number int) []byte {
	var body []byte
	switch p.Protocol {
	case filter.TCP:
		body = make([]byte, 20)
		binary.BigEndian.PutUint16(body, source)
		binary.BigEndian.PutUint16(body[2:], p.Port)
		body[12], body[13], body[14] = 5<<4, 2, 16 // SYN
		binary.BigEndian.PutUint16(body[16:], sum(p, body))
	case filter.UDP:
		body = make([]byte, 12)
		binary.BigEndian.PutUint16(body, source)
		binary.BigEndian.PutUint16(body[2:], p.Port)
		binary.BigEndian.PutUint16(body[4:], 12)
		binary.BigEndian.PutUint16(body[6:], sum(p, body))
	case filter.ICMP, filter.ICMPv6:
		body = []byte{8, 0, 0, 0, byte(source >> 8), byte(source), 0, 1}
		if p.Protocol == filter.ICMPv6 {
			body[0] = 128
		}
		binary.BigEndian.PutUint16(body[2:], sum(p, body))
	case 51: // AH, and behind it what no rule can name
		body = []byte{253, 1, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 1, 2, 3, 4}
	default:
		body = make([]byte, 16)
	}
	if p.From.Is4() {
		h := make([]byte, 20)
		h[0], h[8], h[9] = 0x45, 64, p.Protocol
		binary.BigEndian.PutUint16(h[2:], uint16(20+len(body)))
		binary.BigEndian.PutUint16(h[4:], uint16(number))
		from, to := p.From.As4(), p.Written.As4()
		copy(h[12:], from[:])
		copy(h[16:], to[:])
		return slices.Concat(h, body)
	}
	h := make([]byte, 40)
	binary.BigEndian.PutUint32(h, 6<<28|uint32(number))
	binary.BigEndian.PutUint16(h[4:], uint16(len(body)))
	h[6], h[7] = p.Protocol, 64
	from, to := p.From.As16(), p.Written.As16()
	copy(h[8:], from[:])
	copy(h[24:], to[:])
	return slices.Concat(h, body)
}

// sum is the checksum of the internet, over the addresses too but for ICMP of IPv4.
func sum(p filter.Packet, body []byte) uint16 {
	var all []byte
	if p.Protocol != filter.ICMP {
		all = append(append(all, p.From.AsSlice()...), p.Written.AsSlice()...)
		all = append(all, 0, p.Protocol, byte(len(body)>>8), byte(len(body)))
	}
	all = append(all, body...)
	if len(all)%2 > 0 {
		all = append(all, 0)
	}
	var n uint32
	for i := 0; i < len(all); i += 2 {
		n += uint32(binary.BigEndian.Uint16(all[i:]))
	}
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return ^uint16(n)
}

// fataler is a test, or one of its draws.
type fataler interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// passed sends packets and says which of them the router let by.
func (c *crossing) passed(t fataler, all []filter.Packet) map[int]bool {
	// One processor for all: then what goes to the router last also comes there last.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		t.Fatal(err)
	}
	for i := range 1024 {
		if before.IsSet(i) {
			one.Set(i)
			break
		}
	}
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.SchedSetaffinity(0, &before) }()

	if err := load(context.Background(), c.ns, "add table inet probe\ndelete table inet probe\n"+probe); err != nil {
		t.Fatal(err)
	}
	h, err := c.ns.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	nl, err := netlink.NewHandleAt(h, unix.NETLINK_NETFILTER)
	if err != nil {
		t.Fatal(err)
	}
	defer nl.Close()
	if err := nl.ConntrackTableFlush(netlink.ConntrackTable); err != nil {
		t.Fatal(err)
	}
	for i, p := range all {
		c.send(c.senderOf(p.From), p, uint16(20000+i), i+1)
	}
	for _, own := range c.senders["outside"].own {
		c.send(c.senders["outside"], filter.Packet{From: own.Prev(), Written: own, Protocol: filter.UDP, Port: 9}, 9, lastNumber)
	}
	for range 1000 {
		four, six := c.numbers(t, "four"), c.numbers(t, "six")
		if four[lastNumber] && six[lastNumber] {
			maps.Copy(four, six)
			return four
		}
	}
	t.Fatal("the last packets did not come to the router")
	return nil
}

var number = regexp.MustCompile(`0x[0-9a-f]+|\d+`)

// numbers are those that the probe has noted.
func (c *crossing) numbers(t fataler, set string) map[int]bool {
	var out []byte
	err := c.ns.Do(func() (err error) {
		out, err = exec.Command("nft", "-n", "list", "set", "inet", "probe", set).Output()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(out), "elements = {")
	found := map[int]bool{}
	for _, text := range number.FindAllString(list, -1) {
		n, err := strconv.ParseInt(text, 0, 32)
		if err != nil {
			t.Fatalf("%q in %s", text, out)
		}
		found[int(n)] = true
	}
	return found
}

// What Judge says of a packet is what the kernel does with it, for random tables of both
// families and packets of every protocol that rules can name.
func TestJudgeAsTheKernelDoes(t *testing.T) {
	c := newCrossing(t)
	tables, packets, allowed := 0, 0, map[uint8]int{}
	rapid.Check(t, func(t *rapid.T) {
		tables++
		table := drawTable(t)
		st, err := c.d.Ensure(context.Background(), c.id, table)
		if err != nil || !st.Ready {
			t.Fatalf("%+v, %v", st, err)
		}
		compiled, err := filter.Compile(table)
		if err != nil {
			t.Fatal(err)
		}
		// One conversation each: those without ports are told apart by nothing else.
		used, all := map[uint8]bool{}, []filter.Packet{}
		for range 3 {
			for _, p := range drawPackets(t, compiled) {
				alone := p.Protocol != filter.TCP && p.Protocol != filter.UDP && p.Protocol != filter.ICMP && p.Protocol != filter.ICMPv6
				// What never leaves its own network does not come to the router, and each
				// family has its own echo.
				if alone && used[p.Protocol] || p.From == p.Written || (p.Protocol == filter.ICMP) != p.From.Is4() && (p.Protocol == filter.ICMP ||
					p.Protocol == filter.ICMPv6) {
					continue
				}
				used[p.Protocol] = true
				all = append(all, p)
			}
		}
		got := c.passed(t, all)
		for i, p := range all {
			packets++
			v := compiled.Judge(p)
			if v.Allow {
				allowed[p.Protocol]++
			}
			if got[i+1] != v.Allow {
				t.Fatalf("the kernel let by: %v; judged %+v\n%+v\n%s", got[i+1], v, p, build(c.in, compiled).whole())
			}
		}
	})
	t.Logf("%d tables, %d packets; allowed, by protocol: %v", tables, packets, allowed)
	if !t.Failed() && (allowed[filter.TCP] == 0 || allowed[filter.UDP] == 0) {
		t.Error("no packet was let by: nothing was asked")
	}
}

// Every protocol that a rule can name, allowed and denied, in both families: what passes
// is written here by hand, and printed as a table.
func TestEachProtocol(t *testing.T) {
	c := newCrossing(t)
	speeches := []struct {
		name     string
		protocol uint8
		port     uint16
	}{
		{"tcp/22", 6, 22},
		{"tcp/30", 6, 30},
		{"udp/22", 17, 22},
		{"udp/500", 17, 500},
		{"udp/4500", 17, 4500},
		{"icmp", 1, 0},
		{"gre", 47, 0},
		{"esp", 50, 0},
		{"ah", 51, 0},
	}
	head := fmt.Sprintf("%-32s", "")
	for _, s := range speeches {
		head += fmt.Sprintf("%-9s", s.name)
	}
	lines := []string{head}
	from22to29 := []plan.Span{{From: 22, To: 25}, {From: 26, To: 29}}
	for _, rule := range []struct {
		plan.Rule
		passes string
	}{
		{plan.Rule{Protocol: "any"}, "tcp/22 tcp/30 udp/22 udp/500 udp/4500 icmp gre esp ah"},
		{plan.Rule{Protocol: "tcp"}, "tcp/22 tcp/30"},
		{plan.Rule{Protocol: "tcp", Ports: from22to29}, "tcp/22"},
		{plan.Rule{Protocol: "udp"}, "udp/22 udp/500 udp/4500"},
		{plan.Rule{Protocol: "udp", Ports: []plan.Span{{From: 500, To: 500}}}, "udp/500"},
		{plan.Rule{Protocol: "tcp/udp", Ports: from22to29}, "tcp/22 udp/22"},
		{plan.Rule{Protocol: "icmp"}, "icmp"},
		{plan.Rule{Protocol: "gre"}, "gre"},
		{plan.Rule{Protocol: "esp"}, "esp"},
		{plan.Rule{Protocol: "ah"}, "ah"},
		{plan.Rule{Protocol: "ipsec"}, "udp/500 udp/4500 esp ah"},
		{
			plan.Rule{Protocol: "any", Sources: []string{"203.0.113.0/24", "2001:db8:f::/64"}},
			"tcp/22 tcp/30 udp/22 udp/500 udp/4500 icmp gre esp ah",
		},
		{plan.Rule{Protocol: "any", Sources: []string{"203.0.114.0/24", "2001:db8:e::/64"}}, ""},
	} {
		for _, allow := range []bool{true, false} {
			r := rule.Rule
			r.Allow = allow
			rules := []plan.Rule{r, {Allow: !allow, Protocol: "any"}}
			table := Table{Router: router(), Policies: map[plan.ID]plan.Policy{linux: {Rules: rules}}}
			table.Router.Legs = append(table.Router.Legs, plan.Leg{Network: netA, Address: "2001:db8:a::1/64"})
			table.Ports = []plan.Port{
				{NIC: nic1, Network: netA, Address: "100.64.0.2", Public: []plan.PublicAddr{{Address: "198.18.0.10", Policy: linux}}},
				{NIC: nic1, Network: netA, Address: "2001:db8:a::9", Public: []plan.PublicAddr{{Address: "2001:db8:a::9", Policy: linux}}},
			}
			if st, err := c.d.Ensure(t.Context(), c.id, table); err != nil || !st.Ready {
				t.Fatalf("%+v, %v", st, err)
			}
			for _, ends := range [][2]string{{"203.0.113.9", "198.18.0.10"}, {"2001:db8:f::9", "2001:db8:a::9"}} {
				var all []filter.Packet
				for _, s := range speeches {
					p := filter.Packet{Protocol: s.protocol, Port: s.port}
					p.From, p.Written = netip.MustParseAddr(ends[0]), netip.MustParseAddr(ends[1])
					if p.Protocol == filter.ICMP && p.From.Is6() {
						p.Protocol = filter.ICMPv6
					}
					all = append(all, p)
				}
				got := c.passed(t, all)
				line := fmt.Sprintf("%-5v %-8s %-8.8s IPv%s   ", allow, r.Protocol, fmt.Sprint(r.Ports), familyOf(all[0].From).digit)
				for i, s := range speeches {
					named := slices.Contains(strings.Fields(rule.passes), s.name)
					if got[i+1] != (named == allow) {
						t.Errorf("allow %v, %+v: %s to %s passes: %v", allow, r, s.name, ends[1], got[i+1])
					}
					line += fmt.Sprintf("%-9s", map[bool]string{true: "passes", false: "-"}[got[i+1]])
				}
				lines = append(lines, line)
			}
		}
	}
	t.Logf("allow\n%s", strings.Join(lines, "\n"))
}
