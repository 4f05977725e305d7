package dhcp

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// listener is one socket and what it answers by.
type listener struct {
	at   place
	conn net.PacketConn
	done chan struct{} // closed when the socket's loop has ended

	mu     sync.Mutex
	leases leases
}

// listen opens a socket on one link of ns and serves it.
func listen(ns sys.Netns, link string, at place, with leases) (*listener, error) {
	l := &listener{at: at, leases: with, done: make(chan struct{})}
	err := ns.Do(func() (err error) {
		lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error { return bind(c, link) }}
		l.conn, err = lc.ListenPacket(context.Background(), "udp4", "0.0.0.0:67")
		return err
	})
	if err != nil {
		return nil, err
	}
	go l.serve()
	return l, nil
}

// serve answers until the socket is closed, which is its only end: a leg that
// is down for a moment also makes a read fail, and comes back.
func (l *listener) serve() {
	defer close(l.done)
	buf := make([]byte, 4096)
	for {
		n, from, err := l.conn.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		peer, ok := from.(*net.UDPAddr)
		if err != nil || !ok {
			<-time.After(100 * time.Millisecond) // not as fast as it fails
			continue
		}
		if request, err := dhcpv4.FromBytes(buf[:n]); err == nil {
			l.handle(peer, request)
		}
	}
}

// bind ties the socket to its link. Answers carry no UDP checksum (0, legal in
// IPv4): one that the kernel left for the card to fill in would arrive wrong
// at a guest whose DHCP client reads raw frames.
func bind(c syscall.RawConn, link string) (err error) {
	cerr := c.Control(func(fd uintptr) {
		for _, o := range []int{unix.SO_REUSEADDR, unix.SO_BROADCAST, unix.SO_NO_CHECK} {
			if err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, o, 1); err != nil {
				return
			}
		}
		err = unix.BindToDevice(int(fd), link)
	})
	if cerr != nil {
		return cerr
	}
	return err
}

func (l *listener) close() {
	_ = l.conn.Close()
	<-l.done
}

func (l *listener) set(with leases) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leases = with
}

// handle answers one request.
func (l *listener) handle(peer *net.UDPAddr, request *dhcpv4.DHCPv4) {
	l.mu.Lock()
	with := l.leases
	l.mu.Unlock()
	answer := with.answer(request)
	if answer == nil {
		return
	}
	// A client without an address, or with one it must not have, is reached
	// by broadcast only (RFC 2131, 4.1 and 4.3.2).
	if peer.IP.IsUnspecified() || answer.MessageType() == dhcpv4.MessageTypeNak {
		peer = &net.UDPAddr{IP: net.IPv4bcast, Port: dhcpv4.ClientPort}
	}
	// A lost answer is asked for again.
	_, _ = l.conn.WriteTo(answer.ToBytes(), peer)
}

// answer is the whole protocol for static leases; nil is silence.
func (l leases) answer(request *dhcpv4.DHCPv4) *dhcpv4.DHCPv4 {
	port, known := l.cards[request.ClientHWAddr.String()]
	if !known || request.OpCode != dhcpv4.OpcodeBootRequest {
		return nil
	}
	if id := request.ServerIdentifier(); id != nil && !id.IsUnspecified() && !id.Equal(l.server.AsSlice()) {
		return nil // meant for another server
	}
	address := net.IP(netip.MustParseAddr(port.Address).AsSlice())
	kind := dhcpv4.MessageTypeAck
	with := []dhcpv4.Modifier{}
	switch request.MessageType() {
	case dhcpv4.MessageTypeDiscover:
		kind = dhcpv4.MessageTypeOffer
	case dhcpv4.MessageTypeRequest:
		if wants := wanted(request); wants != nil && !wants.Equal(address) {
			return l.reply(request, dhcpv4.WithMessageType(dhcpv4.MessageTypeNak))
		}
	case dhcpv4.MessageTypeInform:
		return l.reply(request, append(l.options(port.Hostname, port.DNS), dhcpv4.WithMessageType(kind))...)
	default:
		return nil
	}
	with = append(with, dhcpv4.WithMessageType(kind), dhcpv4.WithYourIP(address), dhcpv4.WithLeaseTime(uint32(LeaseTime.Seconds())))
	return l.reply(request, append(with, l.options(port.Hostname, port.DNS)...)...)
}

// wanted is the address a client asks to have or to keep.
func wanted(request *dhcpv4.DHCPv4) net.IP {
	if ip := request.RequestedIPAddress(); ip != nil && !ip.IsUnspecified() {
		return ip
	}
	if ip := request.ClientIPAddr; ip != nil && !ip.IsUnspecified() {
		return ip
	}
	return nil
}

func (l leases) options(hostname string, resolvers []string) []dhcpv4.Modifier {
	o := []dhcpv4.Modifier{dhcpv4.WithNetmask(l.mask)}
	if l.gateway.IsValid() {
		o = append(o, dhcpv4.WithRouter(l.gateway.AsSlice()))
	}
	var dns []net.IP
	for _, s := range resolvers {
		if a, err := netip.ParseAddr(s); err == nil && a.Is4() {
			dns = append(dns, a.AsSlice())
		}
	}
	if len(dns) > 0 {
		o = append(o, dhcpv4.WithDNS(dns...))
	}
	if hostname != "" {
		o = append(o, dhcpv4.WithOption(dhcpv4.OptHostName(hostname)))
	}
	if l.mtu > 0 {
		o = append(o, dhcpv4.WithGeneric(dhcpv4.OptionInterfaceMTU, binary.BigEndian.AppendUint16(nil, uint16(l.mtu))))
	}
	return o
}

func (l leases) reply(request *dhcpv4.DHCPv4, with ...dhcpv4.Modifier) *dhcpv4.DHCPv4 {
	server := dhcpv4.WithOption(dhcpv4.OptServerIdentifier(l.server.AsSlice()))
	answer, err := dhcpv4.NewReplyFromRequest(request, append(with, server)...)
	if err != nil {
		return nil
	}
	return answer
}
