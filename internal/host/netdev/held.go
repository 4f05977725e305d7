package netdev

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// The kernel has one table of neighbors for all namespaces, and whoever asks for
// many addresses that nobody has fills it for everybody. So a router knows only
// its gateway outside, whatever its guests write to; the gateway, on the provider
// bridge, is told by each router which addresses are behind it; and where no
// uplink leads to others, the gateway asks for no further ones.

var (
	heldSet   = sys.NewEffect("netdev.held.set")
	heldDel   = sys.NewEffect("netdev.held.del")
	closedSet = sys.NewEffect("netdev.closed.set")
	closedDel = sys.NewEffect("netdev.closed.del")
)

// holds tells the provider's gateway which addresses are behind a router's leg,
// and forgets those that are no more. The leg's hardware address tells whose an
// entry is: an address that went to another router is that one's.
func holds(ext sys.Netns, mac net.HardwareAddr, want []netip.Prefix) error {
	if !ext.Exists() {
		return nil
	}
	nl, err := ext.Links()
	if err != nil {
		return err
	}
	defer nl.Close()
	br, err := find(nl, sys.Bridge)
	if err != nil || br == nil {
		return err
	}
	have, err := nl.NeighList(br.Attrs().Index, netlink.FAMILY_V4)
	if err != nil {
		return fmt.Errorf("list what the gateway knows: %w", err)
	}
	var known []netip.Prefix
	for _, n := range have {
		a, _ := netip.AddrFromSlice(n.IP)
		at := netip.PrefixFrom(a.Unmap(), 32)
		switch {
		case n.State&netlink.NUD_PERMANENT == 0 || !bytes.Equal(n.HardwareAddr, mac):
		case slices.Contains(want, at):
			known = append(known, at)
		default:
			if err := heldDel.Do(func() error { return unhold(nl, br, &n, at) }); err != nil {
				return fmt.Errorf("forget %s: %w", a, err)
			}
		}
	}
	for _, at := range want {
		if slices.Contains(known, at) && leads(nl, br, at.Addr()) {
			continue
		}
		if err := heldSet.Do(func() error { return hold(nl, br, mac, at) }); err != nil {
			return fmt.Errorf("tell the gateway of %s: %w", at.Addr(), err)
		}
	}
	return nil
}

// leads tells whether the gateway sends what is for an address to the bridge.
func leads(nl *netlink.Handle, br netlink.Link, a netip.Addr) bool {
	routes, err := nl.RouteGet(a.AsSlice())
	return err == nil && len(routes) > 0 && routes[0].LinkIndex == br.Attrs().Index
}

// hold makes the route first: with the neighbor it counts as done.
func hold(nl *netlink.Handle, br netlink.Link, mac net.HardwareAddr, at netip.Prefix) error {
	i := br.Attrs().Index
	if err := nl.RouteReplace(&netlink.Route{LinkIndex: i, Dst: ipNet(at), Scope: netlink.SCOPE_LINK}); err != nil {
		return err
	}
	return nl.NeighSet(&netlink.Neigh{
		LinkIndex: i, Family: netlink.FAMILY_V4, State: netlink.NUD_PERMANENT, IP: at.Addr().AsSlice(), HardwareAddr: mac,
	})
}

// unhold forgets the neighbor last, by which the rest is found.
func unhold(nl *netlink.Handle, br netlink.Link, n *netlink.Neigh, at netip.Prefix) error {
	err := nl.RouteDel(&netlink.Route{LinkIndex: br.Attrs().Index, Dst: ipNet(at), Scope: netlink.SCOPE_LINK})
	if err != nil && !errors.Is(err, unix.ESRCH) {
		return err
	}
	return nl.NeighDel(n)
}

// close4 makes the gateways of subnets answer "unreachable" for every address
// that no router holds, or, when closed is false, look for them on the bridge. A
// subnet is closed by routes to its halves, which are longer than its own, and
// shorter than those to single addresses.
func close4(nl *netlink.Handle, gateways []netip.Prefix, closed bool) error {
	var want []netip.Prefix
	for _, g := range gateways {
		if closed && g.Bits() < 31 {
			want = append(want, halves(g)...)
		}
	}
	routes, err := nl.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Type: unix.RTN_UNREACHABLE}, netlink.RT_FILTER_TYPE)
	if err != nil {
		return fmt.Errorf("list what is closed: %w", err)
	}
	for _, rt := range routes {
		if rt.Dst == nil {
			continue
		}
		at := prefixOf(rt.Dst)
		if i := slices.Index(want, at); i >= 0 {
			want = slices.Delete(want, i, i+1)
			continue
		}
		if err := closedDel.Do(func() error { return nl.RouteDel(&rt) }); err != nil {
			return fmt.Errorf("open %s: %w", at, err)
		}
	}
	for _, at := range want {
		err := closedSet.Do(func() error { return nl.RouteReplace(&netlink.Route{Dst: ipNet(at), Type: unix.RTN_UNREACHABLE}) })
		if err != nil {
			return fmt.Errorf("close %s: %w", at, err)
		}
	}
	return nil
}

// halves are the two prefixes that make up one.
func halves(p netip.Prefix) []netip.Prefix {
	low := netip.PrefixFrom(p.Masked().Addr(), p.Bits()+1)
	b := low.Addr().As4()
	b[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	return []netip.Prefix{low, netip.PrefixFrom(netip.AddrFrom4(b), p.Bits()+1)}
}
