package netdev_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/plan"
)

// raw is a raw socket on a guest's card.
func (g *guest) raw(protocol uint16) (fd int) {
	g.lab.t.Helper()
	err := g.ns.Do(func() (err error) {
		eth, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		order := protocol<<8 | protocol>>8
		if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, int(order)); err != nil {
			return err
		}
		if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 50_000}); err != nil {
			return err
		}
		return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: order, Ifindex: eth.Index})
	})
	if err != nil {
		g.lab.t.Fatal(err)
	}
	g.lab.t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

// sniff collects the frames that reach a guest.
func (g *guest) sniff() (has func(mark string) bool) {
	fd := g.raw(unix.ETH_P_ALL)
	var mu sync.Mutex
	var all []byte
	done, end := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 2048)
		for {
			select {
			case <-end:
				return
			default:
			}
			if n, _, err := unix.Recvfrom(fd, b, 0); err == nil {
				mu.Lock()
				all = append(all, b[:n]...)
				mu.Unlock()
			}
		}
	}()
	g.lab.t.Cleanup(func() { close(end); <-done })
	return func(mark string) bool {
		mu.Lock()
		defer mu.Unlock()
		return bytes.Contains(all, []byte(mark))
	}
}

func ether(to, from string, kind uint16) []byte {
	dst, _ := net.ParseMAC(to)
	src, _ := net.ParseMAC(from)
	return binary.BigEndian.AppendUint16(append(dst, src...), kind)
}

// frames of each kind end in a mark, by which they are known where they arrive.
func arpFrame(from, hw, sender, target string, operation byte) func(string) []byte {
	return func(mark string) []byte {
		b := ether("ff:ff:ff:ff:ff:ff", from, 0x0806)
		b = append(b, 0, 1, 8, 0, 6, 4, 0, operation)
		mac, _ := net.ParseMAC(hw)
		b = append(append(b, mac...), netip.MustParseAddr(sender).AsSlice()...)
		b = append(append(b, make([]byte, 6)...), netip.MustParseAddr(target).AsSlice()...)
		return append(b, mark...)
	}
}

func udpFrame(from, source, target string, sport, dport uint16) func(string) []byte {
	return func(mark string) []byte {
		body := binary.BigEndian.AppendUint16(nil, sport)
		body = binary.BigEndian.AppendUint16(body, dport)
		body = binary.BigEndian.AppendUint16(body, uint16(8+len(mark)))
		return ipFrame(from, source, target, 17, append(append(body, 0, 0), mark...))
	}
}

// icmp6Frame is a message with a target in it, as those about neighbours have.
func icmp6Frame(from, source, target string, kind byte, about string) func(string) []byte {
	return func(mark string) []byte {
		body := append([]byte{kind, 0, 0, 0, 0, 0, 0, 0}, netip.MustParseAddr(about).AsSlice()...)
		return ipFrame(from, source, target, 58, append(body, mark...))
	}
}

func ipFrame(from, source, target string, protocol byte, body []byte) []byte {
	src, dst := netip.MustParseAddr(source), netip.MustParseAddr(target)
	if src.Is4() {
		h := make([]byte, 20)
		h[0], h[8], h[9] = 0x45, 64, protocol
		binary.BigEndian.PutUint16(h[2:], uint16(20+len(body)))
		copy(h[12:], src.AsSlice())
		copy(h[16:], dst.AsSlice())
		var n uint32
		for i := 0; i < 20; i += 2 {
			n += uint32(binary.BigEndian.Uint16(h[i:]))
		}
		n = n>>16 + n&0xffff
		binary.BigEndian.PutUint16(h[10:], ^uint16(n+n>>16))
		return append(append(ether("ff:ff:ff:ff:ff:ff", from, 0x0800), h...), body...)
	}
	h := make([]byte, 40)
	h[0], h[6], h[7] = 0x60, protocol, 255
	binary.BigEndian.PutUint16(h[4:], uint16(len(body)))
	copy(h[8:], src.AsSlice())
	copy(h[24:], dst.AsSlice())
	return append(append(ether("33:33:00:00:00:01", from, 0x86dd), h...), body...)
}

// A card speaks by its addresses, of which it may have several of both kinds, and by
// nothing else; and it is nobody's router or DHCP server. All of it would arrive without
// the guard.
func TestGuardByPackets(t *testing.T) {
	l := newLab(t)
	a := l.guest(networkB, "10.0.0.7")
	b := l.guest(networkB, "10.0.0.9")
	mac := a.port.MAC
	hw, _ := net.ParseMAC(mac)
	link := fmt.Sprintf("fe80::%02x%02x:%02xff:fe%02x:%02x%02x", hw[0]^2, hw[1], hw[2], hw[3], hw[4], hw[5])
	nic := plan.NIC{
		ID: a.port.NIC, Network: networkB, MAC: mac, Addresses: []string{"10.0.0.7", "10.0.0.8", "2001:db8:b::7", "2001:db8:b::8"},
	}
	ready(t, l.guards, nic.ID, nic)
	const all, other, false6, gateway = "ff02::1", "10.0.0.9", "2001:db8:b::9", "fe80::1"
	out := a.raw(0)
	has := b.sniff()
	serial := 0
	send := func(frames map[string]func(string) []byte) map[string]string {
		t.Helper()
		marks := map[string]string{}
		for name, frame := range frames {
			serial++
			marks[name] = fmt.Sprintf("<mark %d>", serial)
			if _, err := unix.Write(out, frame(marks[name])); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		return marks
	}
	arrive := func(marks map[string]string) {
		t.Helper()
		for name, mark := range marks {
			waitFor(t, name, func() bool { return has(mark) })
		}
	}
	good := map[string]func(string) []byte{
		"IPv4":                      udpFrame(mac, "10.0.0.7", "10.0.0.255", 1, 9),
		"IPv4, the second":          udpFrame(mac, "10.0.0.8", "10.0.0.255", 1, 9),
		"IPv6":                      udpFrame(mac, "2001:db8:b::7", all, 1, 9),
		"IPv6, the second":          udpFrame(mac, "2001:db8:b::8", all, 1, 9),
		"IPv6, on the link":         udpFrame(mac, link, all, 1, 9),
		"ARP":                       arpFrame(mac, mac, "10.0.0.7", other, 1),
		"ARP, the second":           arpFrame(mac, mac, "10.0.0.8", other, 2),
		"ARP, is it taken":          arpFrame(mac, mac, "0.0.0.0", "10.0.0.8", 1),
		"a neighbour asks":          icmp6Frame(mac, "2001:db8:b::7", all, 135, false6),
		"a neighbour is here":       icmp6Frame(mac, "2001:db8:b::7", all, 136, "2001:db8:b::8"),
		"a neighbour on the link":   icmp6Frame(mac, link, all, 136, link),
		"IPv6, is it taken":         icmp6Frame(mac, "::", all, 135, "2001:db8:b::8"),
		"is there a router":         icmp6Frame(mac, link, "ff02::2", 133, "::"),
		"asks a DHCP server":        udpFrame(mac, "0.0.0.0", "255.255.255.255", 68, 67),
		"asks a DHCP server, IPv6":  udpFrame(mac, link, "ff02::1:2", 546, 547),
		"listens to some multicast": icmp6Frame(mac, "::", "ff02::16", 143, "::"),
	}
	evil := map[string]func(string) []byte{
		"a neighbour's IPv4":            udpFrame(mac, other, "10.0.0.255", 1, 9),
		"a neighbour's IPv6":            udpFrame(mac, false6, all, 1, 9),
		"another's address on the link": udpFrame(mac, gateway, all, 1, 9),
		"another hardware address":      udpFrame("02:00:00:66:66:66", "10.0.0.7", "10.0.0.255", 1, 9),
		"ARP for a neighbour":           arpFrame(mac, mac, other, "10.0.0.7", 2),
		"ARP for the router":            arpFrame(mac, mac, "10.0.0.1", "10.0.0.9", 2),
		"ARP with another's hardware":   arpFrame(mac, "02:00:00:66:66:66", "10.0.0.7", other, 2),
		"says to be a neighbour":        icmp6Frame(mac, "2001:db8:b::7", all, 136, false6),
		"says to be the router":         icmp6Frame(mac, link, all, 136, gateway),
		"says to be one, as it":         icmp6Frame(mac, false6, all, 136, false6),
		"takes a neighbour's address":   icmp6Frame(mac, "::", all, 135, false6),
		"speaks as nobody":              udpFrame(mac, "::", all, 1, 9),
		"advertises a router":           icmp6Frame(mac, link, all, 134, "::"),
		"redirects":                     icmp6Frame(mac, link, all, 137, false6),
		"is a DHCP server":              udpFrame(mac, "10.0.0.7", "255.255.255.255", 67, 68),
		"is one, by another port":       udpFrame(mac, "10.0.0.7", "255.255.255.255", 1067, 68),
		"is a DHCP server for IPv6":     udpFrame(mac, link, all, 547, 546),
		"something else": func(mark string) []byte {
			return append(ether("ff:ff:ff:ff:ff:ff", mac, 0x88b5), mark...)
		},
	}
	none := func(marks map[string]string) {
		t.Helper()
		arrive(send(good)) // what was sent before these has arrived, or will not
		for name, mark := range marks {
			if has(mark) {
				t.Errorf("%s: it arrives", name)
			}
		}
	}
	arrive(send(good))
	none(send(evil))
	// A card without IPv6 has no part in it; its IPv4 goes on.
	nic.Addresses = nic.Addresses[:2]
	ready(t, l.guards, nic.ID, nic)
	silent := map[string]func(string) []byte{}
	for name, frame := range good {
		if b := frame(""); b[12] == 0x86 {
			silent[name] = frame
			delete(good, name)
		}
	}
	none(send(silent))
	none(send(evil))
	// The control: without the guard every one of them arrives.
	if err := l.in.Netns("n", networkB).Do(func() error {
		return exec.Command("nft", "delete", "table", "bridge", l.in.Prefix()).Run()
	}); err != nil {
		t.Fatal(err)
	}
	arrive(send(evil))
	arrive(send(silent))
}
