// Package netdev makes the links of a host's networks: the provider bridge,
// a bridge for each network, routers with their legs, and taps for guests.
// Everything lies in network namespaces of its own:
//
//	vgTAG-ext     br0 (gateways of the public subnets)
//	               |
//	vgTAG-r-<id>  out0 [router] in<net>   nft and ip_forward (package nft), DHCP (package dhcp)
//	                            |
//	vgTAG-n-<id>               br0 -- vgTAGt<nic> tap -- QEMU (by descriptor)
//
// Nothing is kept in memory: each call looks at the machine and goes on from
// what it finds. Half made namespaces carry the id in their name already; a
// tap gets its alias, with the id in full, before it becomes persistent.
package netdev

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

var (
	bridgeAdd  = sys.NewEffect("netdev.bridge.add")
	linkUp     = sys.NewEffect("netdev.link.up")
	linkDown   = sys.NewEffect("netdev.link.down")
	linkMTU    = sys.NewEffect("netdev.link.mtu")
	linkMaster = sys.NewEffect("netdev.link.master")
	addrAdd    = sys.NewEffect("netdev.addr.add")
	addrDel    = sys.NewEffect("netdev.addr.del")
	sysctlSet  = sys.NewEffect("netdev.sysctl.set")
)

// broken is an order that no repeat will make possible.
func broken(format string, args ...any) (plan.Status, error) {
	return plan.Status{Failed: true, Reason: fmt.Sprintf(format, args...)}, nil
}

// find is LinkByName with nil for "there is none".
func find(nl *netlink.Handle, name string) (netlink.Link, error) {
	l, err := nl.LinkByName(name)
	if errors.As(err, &netlink.LinkNotFoundError{}) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find link %s: %w", name, err)
	}
	return l, nil
}

// bridged makes a namespace with a bridge in it that is up. The bridge gets a
// fixed hardware address: without one it takes its lowest port's, and with
// every new port the neighbours would have to learn the gateway anew.
func bridged(ns sys.Netns, mtu int) (*netlink.Handle, netlink.Link, error) {
	if err := ns.Create(); err != nil {
		return nil, nil, err
	}
	nl, err := ns.Links()
	if err != nil {
		return nil, nil, err
	}
	br, err := bridge(ns, nl, mtu)
	if err != nil {
		nl.Close()
		return nil, nil, err
	}
	return nl, br, nil
}

func bridge(ns sys.Netns, nl *netlink.Handle, mtu int) (netlink.Link, error) {
	if err := up(nl, "lo"); err != nil {
		return nil, err
	}
	if err := sysctls(ns, quiet...); err != nil {
		return nil, err
	}
	br, err := find(nl, sys.Bridge)
	if err != nil {
		return nil, err
	}
	if br == nil {
		attrs := netlink.NewLinkAttrs()
		attrs.Name, attrs.HardwareAddr = sys.Bridge, hardware(string(ns))
		err := bridgeAdd.Do(func() error { return nl.LinkAdd(&netlink.Bridge{LinkAttrs: attrs}) })
		if err != nil {
			return nil, fmt.Errorf("add bridge in %s: %w", ns, err)
		}
		if br, err = nl.LinkByName(sys.Bridge); err != nil {
			return nil, err
		}
	}
	if mtu == 0 {
		mtu = 1500
	}
	if err := setMTU(nl, br, mtu); err != nil {
		return nil, err
	}
	if err := up(nl, sys.Bridge); err != nil {
		return nil, err
	}
	return nl.LinkByName(sys.Bridge) // as it is now: ports take over its MTU
}

// hardware is a locally administered address that follows from a name.
func hardware(name string) net.HardwareAddr {
	sum := sha256.Sum256([]byte(name))
	return append(net.HardwareAddr{0x02}, sum[:5]...)
}

func up(nl *netlink.Handle, name string) error { return updown(nl, name, true) }

func updown(nl *netlink.Handle, name string, wanted bool) error {
	l, err := nl.LinkByName(name)
	if err != nil {
		return fmt.Errorf("find link %s: %w", name, err)
	}
	if (l.Attrs().Flags&net.FlagUp != 0) == wanted {
		return nil
	}
	effect, set := linkUp, nl.LinkSetUp
	if !wanted {
		effect, set = linkDown, nl.LinkSetDown
	}
	if err := effect.Do(func() error { return set(l) }); err != nil {
		return fmt.Errorf("set link %s up=%v: %w", name, wanted, err)
	}
	return nil
}

func setMTU(nl *netlink.Handle, l netlink.Link, mtu int) error {
	if l.Attrs().MTU == mtu {
		return nil
	}
	if err := linkMTU.Do(func() error { return nl.LinkSetMTU(l, mtu) }); err != nil {
		return fmt.Errorf("set mtu %d of %s: %w", mtu, l.Attrs().Name, err)
	}
	return nil
}

// attach makes l a port of the bridge br.
func attach(nl *netlink.Handle, l, br netlink.Link) error {
	if l.Attrs().MasterIndex == br.Attrs().Index {
		return nil
	}
	if err := linkMaster.Do(func() error { return nl.LinkSetMaster(l, br) }); err != nil {
		return fmt.Errorf("attach %s to its bridge: %w", l.Attrs().Name, err)
	}
	return nil
}

// addresses gives l exactly the wanted IPv4 addresses. New ones are added
// before old ones go, and those that stay are not touched. It returns what it
// added.
func addresses(nl *netlink.Handle, l netlink.Link, want []netip.Prefix) (added []netip.Prefix, err error) {
	have, err := nl.AddrList(l, netlink.FAMILY_V4)
	if err != nil {
		return nil, fmt.Errorf("list addresses of %s: %w", l.Attrs().Name, err)
	}
	var there []netip.Prefix
	for _, a := range have {
		there = append(there, prefixOf(a.IPNet))
	}
	for _, p := range want {
		if slices.Contains(there, p) {
			continue
		}
		err := addrAdd.Do(func() error { return nl.AddrAdd(l, &netlink.Addr{IPNet: ipNet(p)}) })
		if err != nil {
			return added, fmt.Errorf("add address %s to %s: %w", p, l.Attrs().Name, err)
		}
		there, added = append(there, p), append(added, p)
	}
	for i, a := range have {
		if slices.Contains(want, there[i]) {
			continue
		}
		if err := addrDel.Do(func() error { return nl.AddrDel(l, &netlink.Addr{IPNet: a.IPNet}) }); err != nil {
			return added, fmt.Errorf("remove address %s from %s: %w", there[i], l.Attrs().Name, err)
		}
	}
	return added, nil
}

func prefixOf(n *net.IPNet) netip.Prefix {
	a, _ := netip.AddrFromSlice(n.IP)
	ones, _ := n.Mask.Size()
	return netip.PrefixFrom(a.Unmap(), ones)
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), 32)}
}

// parse4 reads a gateway or leg: an IPv4 address with its prefix length.
func parse4(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err == nil && !p.Addr().Is4() {
		err = fmt.Errorf("%s is not IPv4", s)
	}
	return p, err
}

// sysctl is a value below /proc/sys/net. An optional one is set only where the
// kernel has it.
type sysctl struct {
	name, value string
	optional    bool
}

// quiet keeps bridges from talking IPv6 themselves and from running bridged
// frames through the IP tables.
var quiet = []sysctl{
	{"ipv6/conf/all/disable_ipv6", "1", true},
	{"ipv6/conf/default/disable_ipv6", "1", true},
	{"bridge/bridge-nf-call-iptables", "0", true},
	{"bridge/bridge-nf-call-arptables", "0", true},
	{"ipv4/conf/all/send_redirects", "0", false},
	{"ipv4/conf/default/send_redirects", "0", false},
}

// sysctls makes the values so, touching only what differs.
func sysctls(ns sys.Netns, wanted ...sysctl) error {
	return ns.Do(func() error {
		for _, s := range wanted {
			path := filepath.Join("/proc/sys/net", s.name)
			now, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) && s.optional {
				continue
			}
			if err == nil && string(bytes.TrimSpace(now)) == s.value {
				continue
			}
			err = sysctlSet.Do(func() error { return os.WriteFile(path, []byte(s.value), 0o644) })
			if err != nil {
				return fmt.Errorf("set %s in %s: %w", s.name, ns, err)
			}
		}
		return nil
	})
}

// handleTo opens ns for use as the place where a new link goes.
func handleTo(ns sys.Netns, use func(netlink.NsFd) error) error {
	h, err := ns.Open()
	if err != nil {
		return err
	}
	defer h.Close()
	return use(netlink.NsFd(int(h)))
}
