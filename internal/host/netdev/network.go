package netdev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// tunnel is the VXLAN port of a network's bridge. Its UDP socket stays in the
// namespace of the underlay although the link itself lies in the network's.
const (
	tunnel     = "vx0"
	tunnelPort = 4789
)

var (
	tunnelAdd = sys.NewEffect("netdev.tunnel.add")
	tunnelDel = sys.NewEffect("netdev.tunnel.del")
	peerAdd   = sys.NewEffect("netdev.peer.add")
	peerDel   = sys.NewEffect("netdev.peer.del")
	linkDel   = sys.NewEffect("netdev.link.del")
)

// Networks is the driver of segments: a namespace with a bridge, joined to the
// same segment on other hosts by VXLAN when the plan names peers.
type Networks struct {
	In sys.Installation // required
	// Underlay is this host's address towards its peers. Optional: without it
	// a network with peers is refused.
	Underlay netip.Addr
	// UnderlayNetns is where Underlay lives. Optional: the process's own.
	UnderlayNetns sys.Netns
}

var _ plan.Driver[plan.Network] = (*Networks)(nil)

// List names the networks with a namespace here.
func (d *Networks) List(context.Context) ([]plan.ID, error) { return d.In.ListNetns("n") }

// Ensure makes the namespace, its bridge and the tunnel.
func (d *Networks) Ensure(_ context.Context, id plan.ID, spec plan.Network) (plan.Status, error) {
	peers := make([]netip.Addr, 0, len(spec.Peers))
	for _, s := range spec.Peers {
		p, err := netip.ParseAddr(s)
		if err != nil {
			return broken("network peer %q: %v", s, err)
		}
		peers = append(peers, p)
	}
	if len(peers) > 0 && !d.Underlay.IsValid() {
		return broken("the network has peers, but this host was given no underlay address")
	}
	ns := d.In.Netns("n", id)
	nl, br, err := bridged(ns, spec.MTU)
	if err != nil {
		return plan.Status{}, err
	}
	defer nl.Close()
	if err := d.tunnel(ns, nl, br, spec, peers); err != nil {
		return plan.Status{}, fmt.Errorf("tunnel of network %s: %w", id, err)
	}
	return plan.Status{Ready: true}, nil
}

// tunnel makes the VXLAN port exist when there are peers, with one flooding
// entry for each. Unicast is learned from what comes in, so only frames to
// unknown addresses and broadcasts are copied to all.
func (d *Networks) tunnel(ns sys.Netns, nl *netlink.Handle, br netlink.Link, spec plan.Network, peers []netip.Addr) error {
	l, err := find(nl, tunnel)
	if err != nil {
		return err
	}
	vx, ok := l.(*netlink.Vxlan)
	if l != nil && (len(peers) == 0 || !ok || vx.VxlanId != spec.VNI || !vx.SrcAddr.Equal(d.Underlay.AsSlice())) {
		if err := tunnelDel.Do(func() error { return nl.LinkDel(l) }); err != nil {
			return err
		}
		l = nil
	}
	if len(peers) == 0 {
		return nil
	}
	if l == nil {
		if err := handleTo(ns, func(fd netlink.NsFd) error { return d.addTunnel(fd, spec.VNI) }); err != nil {
			return err
		}
		if l, err = nl.LinkByName(tunnel); err != nil {
			return err
		}
	}
	if err := setMTU(nl, l, br.Attrs().MTU); err != nil {
		return err
	}
	if err := attach(nl, l, br); err != nil {
		return err
	}
	if err := isolate(nl, l, spec.Isolated); err != nil {
		return err
	}
	if err := flood(nl, l, peers); err != nil {
		return err
	}
	return up(nl, tunnel)
}

// addTunnel makes the link from the underlay's side: the kernel binds the
// tunnel's socket to the namespace that the request comes from.
func (d *Networks) addTunnel(to netlink.NsFd, vni int) error {
	add := func() error {
		here, err := netlink.NewHandle(unix.NETLINK_ROUTE)
		if err != nil {
			return err
		}
		defer here.Close()
		attrs := netlink.NewLinkAttrs()
		attrs.Name, attrs.Namespace = tunnel, to
		vx := &netlink.Vxlan{
			LinkAttrs: attrs, VxlanId: vni, SrcAddr: d.Underlay.AsSlice(), Port: tunnelPort, Learning: true,
		}
		return tunnelAdd.Do(func() error { return here.LinkAdd(vx) })
	}
	if d.UnderlayNetns == "" {
		return add()
	}
	return d.UnderlayNetns.Do(add)
}

// flood makes the all-zero forwarding entries of the tunnel exactly peers. What
// was learned of a host that is none any more goes too: the kernel would send
// to it for minutes, although the card answers elsewhere by now.
func flood(nl *netlink.Handle, l netlink.Link, peers []netip.Addr) error {
	entries, err := nl.NeighList(l.Attrs().Index, unix.AF_BRIDGE)
	if err != nil {
		return err
	}
	zero := make(net.HardwareAddr, 6)
	var there []netip.Addr
	for _, e := range entries {
		a, ok := netip.AddrFromSlice(e.IP)
		a = a.Unmap()
		learned := e.HardwareAddr.String() != zero.String()
		switch {
		case !ok, learned && slices.Contains(peers, a):
			continue
		case slices.Contains(peers, a):
			there = append(there, a)
			continue
		case learned:
			// It may have run out just now.
			err := peerDel.Do(func() error { return nl.NeighDel(entry(l, e.HardwareAddr, a)) })
			if err != nil && !errors.Is(err, unix.ENOENT) {
				return fmt.Errorf("forget %s at %s: %w", e.HardwareAddr, a, err)
			}
			continue
		}
		if err := peerDel.Do(func() error { return nl.NeighDel(entry(l, zero, a)) }); err != nil {
			return fmt.Errorf("remove peer %s: %w", a, err)
		}
	}
	for _, p := range peers {
		if slices.Contains(there, p) {
			continue
		}
		if err := peerAdd.Do(func() error { return nl.NeighAppend(entry(l, zero, p)) }); err != nil {
			return fmt.Errorf("add peer %s: %w", p, err)
		}
		there = append(there, p)
	}
	return nil
}

func entry(l netlink.Link, mac net.HardwareAddr, to netip.Addr) *netlink.Neigh {
	return &netlink.Neigh{
		LinkIndex: l.Attrs().Index, Family: unix.AF_BRIDGE, State: netlink.NUD_PERMANENT,
		Flags: netlink.NTF_SELF, IP: to.AsSlice(), HardwareAddr: mac,
	}
}

// Remove takes the namespace away. It waits while cards or routers hang on the
// bridge: with the namespace they would go too, and nobody would know why.
func (d *Networks) Remove(_ context.Context, id plan.ID) (plan.Status, error) {
	ns := d.In.Netns("n", id)
	users, err := usersOf(ns)
	if err != nil {
		return plan.Status{}, err
	}
	if users > 0 {
		return plan.Status{Reason: fmt.Sprintf("cards and router legs still on the network: %d", users)}, nil
	}
	if err := drop(ns); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true}, nil
}

// usersOf counts what is attached to the bridge, the tunnel aside.
func usersOf(ns sys.Netns) (n int, err error) {
	nl, err := ns.Links()
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer nl.Close()
	links, err := nl.LinkList()
	if err != nil {
		return 0, fmt.Errorf("list links of %s: %w", ns, err)
	}
	for _, l := range links {
		if l.Attrs().MasterIndex != 0 && l.Attrs().Name != tunnel {
			n++
		}
	}
	return n, nil
}

// drop removes a namespace. Links to other namespaces go first and one by one:
// a socket that somebody holds open keeps a nameless namespace alive, and the
// far ends would hang on other bridges for as long.
func drop(ns sys.Netns) error {
	nl, err := ns.Links()
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		defer nl.Close()
		links, err := nl.LinkList()
		if err != nil {
			return fmt.Errorf("list links of %s: %w", ns, err)
		}
		for _, l := range links {
			if t := l.Type(); t != "veth" && t != "vxlan" && t != "tuntap" {
				continue
			}
			if err := linkDel.Do(func() error { return nl.LinkDel(l) }); err != nil {
				return fmt.Errorf("remove %s from %s: %w", l.Attrs().Name, ns, err)
			}
		}
	}
	return ns.Delete()
}
