package e2e

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv4/nclient4"
	"github.com/vishvananda/netlink"
	"golang.org/x/net/icmp"
	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/nft"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Rack is a control node and hosts as on machines of their own: each lives in a
// network namespace that leads to one bridge and nowhere else.
type Rack struct {
	*Cloud            // the control node
	Links  string     // where hosts connect
	Hosts  []*Cloud   // their folders
	Agents []*Process // one for each host that was started

	lab sys.Installation // names the namespaces of the underlay
	n   int              // ports of the bridge so far
}

// NewRack makes the underlay and the folders, and starts nothing.
func NewRack(c *Cloud, folders func(name string) *Cloud, hosts int) *Rack {
	c.T.Helper()
	r := &Rack{Cloud: c}
	// The underlay has a folder like an installation, so that what is left of a
	// test that died is cleared like one.
	under := folders("underlay")
	var tag [2]byte
	_, err := rand.Read(tag[:])
	r.must(errors.Join(err, os.MkdirAll(under.Dir, 0o700)))
	r.lab = sys.Installation{Tag: hex.EncodeToString(tag[:]), Dir: under.Dir}
	r.must(os.WriteFile(filepath.Join(under.Dir, "tag"), []byte(r.lab.Tag), 0o600))
	sw := r.lab.External()
	r.must(sw.Create())
	r.within(sw, func(nl *netlink.Handle) error {
		attrs := netlink.NewLinkAttrs()
		attrs.Name = sys.Bridge
		br := &netlink.Bridge{LinkAttrs: attrs}
		return errors.Join(nl.LinkAdd(br), nl.LinkSetUp(br))
	})
	c.Netns = r.machine()
	r.Links = "192.0.2.1:7443"
	for i := range hosts {
		h := folders(fmt.Sprintf("host-%d", i+1))
		h.Netns = r.machine()
		r.Hosts = append(r.Hosts, h)
	}
	return r
}

func (r *Rack) must(err error) {
	r.T.Helper()
	if err != nil {
		r.T.Fatal(err)
	}
}

func (r *Rack) within(ns sys.Netns, fn func(nl *netlink.Handle) error) {
	r.T.Helper()
	nl, err := ns.Links()
	r.must(err)
	defer nl.Close()
	r.must(fn(nl))
}

// machine makes a namespace on the bridge with the next address of 192.0.2.0/24.
func (r *Rack) machine() sys.Netns {
	r.T.Helper()
	r.n++
	ns := r.lab.Netns("m", plan.ID(fmt.Sprintf("%032x", r.n)))
	r.must(ns.Create())
	r.cable(ns, "", r.lab.External(), fmt.Sprintf("p%d", r.n), "", 1500, false)
	r.within(ns, func(nl *netlink.Handle) error {
		l, err := nl.LinkByName("eth0")
		if err != nil {
			return err
		}
		return nl.AddrAdd(l, &netlink.Addr{IPNet: &net.IPNet{IP: net.IPv4(192, 0, 2, byte(r.n)), Mask: net.CIDRMask(24, 32)}})
	})
	return ns
}

// cable joins a namespace to the bridge of another; its end is eth0 and up.
func (r *Rack) cable(ns sys.Netns, mac string, to sys.Netns, port, alias string, mtu int, isolated bool) {
	r.T.Helper()
	far, err := to.Open()
	r.must(err)
	defer far.Close()
	r.within(ns, func(nl *netlink.Handle) error {
		attrs := netlink.NewLinkAttrs()
		attrs.Name, attrs.MTU = "eth0", mtu
		if mac != "" {
			if attrs.HardwareAddr, err = net.ParseMAC(mac); err != nil {
				return err
			}
		}
		veth := &netlink.Veth{LinkAttrs: attrs, PeerName: port, PeerNamespace: netlink.NsFd(int(far)), PeerMTU: uint32(mtu)}
		if err := nl.LinkAdd(veth); err != nil {
			return err
		}
		lo, err := nl.LinkByName("lo")
		if err != nil {
			return err
		}
		return errors.Join(nl.LinkSetUp(lo), nl.LinkSetUp(veth))
	})
	r.within(to, func(nl *netlink.Handle) error {
		p, err := nl.LinkByName(port)
		if err != nil {
			return err
		}
		br, err := nl.LinkByName(sys.Bridge)
		if err != nil {
			return err
		}
		if alias != "" {
			err = nl.LinkSetAlias(p, alias)
		}
		return errors.Join(err, nl.LinkSetMaster(p, br), nl.LinkSetIsolated(p, isolated), nl.LinkSetUp(p))
	})
}

// Join starts a host's agent with a token for its name and waits for it.
func (r *Rack) Join(i int, flags ...string) {
	r.T.Helper()
	name := fmt.Sprintf("rack-%d", i+1)
	var token struct{ Token string }
	r.Admin("POST", "/hosts", map[string]any{"name": name}).Is(200).Into(&token)
	h := r.Hosts[i]
	args := append([]string{"agent", "--join", token.Token, "--control", r.Links, "--disk-overcommit", "5"}, flags...)
	r.Agents = append(r.Agents, h.Spawn(h.Dir, nil, args...))
	r.hostUp(name)
}

// ordered reads the document of a machine on the host that has it; -1 on none.
func (r *Rack) ordered(uid string) (int, *plan.VM) {
	for i, h := range r.Hosts {
		b, err := host.Dir{Path: filepath.Join(h.Dir, "host", "agent")}.Read("vm/" + uid)
		var record struct {
			Document struct{ Body *plan.VM }
		}
		if err == nil && json.Unmarshal(b, &record) == nil && record.Document.Body != nil {
			return i, record.Document.Body
		}
	}
	return -1, nil
}

// StandIn is a namespace at the card of a server that is off: its frames meet
// all that a guest's meet.
type StandIn struct {
	*Rack
	Host    int // which one it is on
	NIC     plan.NIC
	Ns      sys.Netns
	Lease   *dhcpv4.DHCPv4
	MTU     int // as it was told
	Address netip.Addr
	Gateway netip.Addr
}

// StandIn plugs one in, in place of the first card of a server, and lets it ask for its address.
func (r *Rack) StandIn(uid string) *StandIn { r.T.Helper(); return r.standIn(uid, 0) }

// standIn is StandIn for any card, counted from 0.
func (r *Rack) standIn(uid string, card int) *StandIn {
	r.T.Helper()
	var vm *plan.VM
	s := &StandIn{Rack: r}
	r.Until("the order of "+uid, machineLimit, func() (bool, string) {
		s.Host, vm = r.ordered(uid)
		return vm != nil && len(vm.NICs) > card, fmt.Sprintf("no host has it: %q", r.Doctor())
	})
	s.NIC = vm.NICs[card]
	in := r.Hosts[s.Host].Installation()
	network := in.Netns("n", s.NIC.Network)
	s.Ns = in.Netns("g", s.NIC.ID)
	guards := &nft.Guards{In: in}
	r.Until("the guard of "+uid, machineLimit, func() (bool, string) {
		st, err := guards.Ensure(context.Background(), s.NIC.ID, s.NIC)
		return err == nil && st.Ready, fmt.Sprint(st.Reason, err)
	})
	mtu := 0
	r.within(network, func(nl *netlink.Handle) error {
		br, err := nl.LinkByName(sys.Bridge)
		if err == nil {
			mtu = br.Attrs().MTU
		}
		return err
	})
	r.must(s.Ns.Create())
	r.cable(s.Ns, s.NIC.MAC, network, in.Link("t", s.NIC.ID), in.Name("t", s.NIC.ID), mtu, s.NIC.Isolated)
	r.Until("a lease for "+uid, machineLimit, func() (bool, string) {
		err := s.lease()
		return err == nil, fmt.Sprint(err)
	})
	return s
}

// lease asks for an address as a guest does, and takes what it is told.
func (s *StandIn) lease() error {
	mac, err := net.ParseMAC(s.NIC.MAC)
	if err != nil {
		return err
	}
	var client *nclient4.Client
	err = s.Ns.Do(func() (err error) {
		client, err = nclient4.New("eth0", nclient4.WithHWAddr(mac), nclient4.WithTimeout(time.Second), nclient4.WithRetry(1))
		return err
	})
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	lease, err := client.Request(ctx)
	if err != nil {
		return err
	}
	s.Lease = lease.ACK
	ones, _ := s.Lease.SubnetMask().Size()
	s.Address, _ = netip.AddrFromSlice(s.Lease.YourIPAddr.To4())
	if len(s.Lease.Router()) > 0 {
		s.Gateway, _ = netip.AddrFromSlice(s.Lease.Router()[0].To4())
	}
	if b := s.Lease.Options.Get(dhcpv4.OptionInterfaceMTU); len(b) == 2 {
		s.MTU = int(b[0])<<8 | int(b[1])
	}
	nl, err := s.Ns.Links()
	if err != nil {
		return err
	}
	defer nl.Close()
	l, err := nl.LinkByName("eth0")
	if err != nil {
		return err
	}
	err = errors.Join(
		nl.LinkSetMTU(l, s.MTU),
		nl.AddrReplace(l, &netlink.Addr{IPNet: &net.IPNet{IP: s.Address.AsSlice(), Mask: net.CIDRMask(ones, 32)}}))
	if !s.Gateway.IsValid() {
		return err
	}
	return errors.Join(err,
		nl.RouteReplace(&netlink.Route{Dst: &net.IPNet{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}, Gw: s.Gateway.AsSlice()}))
}

// Pings says whether an echo of just so many bytes, which nobody may cut up, comes
// back from an address: each try has so long.
func (s *StandIn) Pings(to netip.Addr, size, tries int, each time.Duration) bool {
	s.T.Helper()
	var c *icmp.PacketConn
	s.must(s.Ns.Do(func() (err error) {
		c, err = icmp.ListenPacket("ip4:icmp", "0.0.0.0")
		return err
	}))
	defer func() { _ = c.Close() }()
	raw, err := c.IPv4PacketConn().PacketConn.(*net.IPConn).SyscallConn()
	s.must(err)
	s.must(raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DO)
	}))
	s.must(err)
	for seq := range tries {
		m := icmp.Message{Type: ipv4.ICMPTypeEcho, Body: &icmp.Echo{ID: 7, Seq: seq, Data: make([]byte, size-28)}}
		b, err := m.Marshal(nil)
		s.must(err)
		if _, err := c.WriteTo(b, &net.IPAddr{IP: to.AsSlice()}); err != nil && size > s.MTU {
			return false
		}
		s.must(c.SetReadDeadline(time.Now().Add(each)))
		for {
			buf := make([]byte, 4096)
			n, peer, err := c.ReadFrom(buf)
			if err != nil {
				break
			}
			r, err := icmp.ParseMessage(1, buf[:n])
			if err == nil && r.Type == ipv4.ICMPTypeEchoReply && peer.String() == to.String() && n == size-20 {
				return true
			}
		}
	}
	return false
}
