package netdev

import (
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// UnderlayMTU is that of the link which has an address, in the process's own
// namespace. Tunnels to other hosts start there.
func UnderlayMTU(underlay netip.Addr) (int, error) {
	nl, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return 0, err
	}
	defer nl.Close()
	addrs, err := nl.AddrList(nil, netlink.FAMILY_V4)
	if err != nil {
		return 0, fmt.Errorf("list addresses: %w", err)
	}
	for _, a := range addrs {
		if here, ok := netip.AddrFromSlice(a.IP); !ok || here.Unmap() != underlay {
			continue
		}
		l, err := nl.LinkByIndex(a.LinkIndex)
		if err != nil {
			return 0, fmt.Errorf("link of %s: %w", underlay, err)
		}
		return l.Attrs().MTU, nil
	}
	return 0, fmt.Errorf("no interface of this machine has the address %s", underlay)
}
