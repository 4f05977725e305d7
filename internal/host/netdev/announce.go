package netdev

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// announce tells the neighbours on the provider bridge that the addresses now
// live at this link. An address moves from router to router with a server, and
// without this the neighbours send to the old one until their entry expires.
// It is not a crash point: a lost announcement heals by that expiry.
func announce(ns sys.Netns, l *netlink.LinkAttrs, addrs []netip.Prefix) error {
	if len(addrs) == 0 {
		return nil
	}
	err := ns.Do(func() error {
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		to := &unix.SockaddrLinklayer{Protocol: htons(unix.ETH_P_ARP), Ifindex: l.Index}
		for _, a := range addrs {
			if err := unix.Sendto(fd, gratuitous(l.HardwareAddr, a.Addr()), 0, to); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("announce addresses: %w", err)
	}
	return nil
}

// gratuitous is an ARP request for the sender's own address (RFC 5944, 4.6):
// whoever knows the address takes the new hardware address.
func gratuitous(mac net.HardwareAddr, a netip.Addr) []byte {
	f := make([]byte, 0, 42)
	f = append(f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	f = append(f, mac...)
	f = binary.BigEndian.AppendUint16(f, unix.ETH_P_ARP)
	f = append(f, 0, 1, 8, 0, 6, 4, 0, 1) // Ethernet, IPv4, lengths, request
	f = append(f, mac...)
	f = append(f, a.AsSlice()...)
	f = append(f, 0, 0, 0, 0, 0, 0)
	return append(f, a.AsSlice()...)
}

func htons(v uint16) uint16 { return v<<8 | v>>8 }
