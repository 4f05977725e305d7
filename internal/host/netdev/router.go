package netdev

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

var (
	outsideAdd = sys.NewEffect("netdev.outside.add")
	legAdd     = sys.NewEffect("netdev.leg.add")
	legDel     = sys.NewEffect("netdev.leg.del")
	aliasSet   = sys.NewEffect("netdev.alias.set")
	routeSet   = sys.NewEffect("netdev.route.set")
)

// retry is when a step that waits for another object is tried again.
const retry = 300 * time.Millisecond

// Router is what netdev must know of a router: the plan, and of its ports the
// public addresses and the cards. The addresses lie on the outside leg with a
// prefix of 32, so that the router answers ARP for them; package nft translates
// them before they would be taken as the router's own.
type Router struct {
	plan.Router
	Public    []string
	Neighbors []Neighbor
}

// Routers is the driver of routers' namespaces and legs. A router passes
// nothing until nft.Tables has loaded its rules.
type Routers struct {
	In sys.Installation // required
}

var _ plan.Driver[Router] = (*Routers)(nil)

// List names the routers with a namespace here.
func (d *Routers) List(context.Context) ([]plan.ID, error) { return d.In.ListNetns("r") }

// router is one Ensure: the parsed wish and the open namespace.
type router struct {
	in      sys.Installation
	id      plan.ID
	ns      sys.Netns
	nl      *netlink.Handle
	spec    Router
	outside []netip.Prefix
	public  []netip.Prefix
	gateway netip.Addr
	inside  []netip.Prefix // one for each leg
	cards   map[plan.ID]map[netip.Addr]net.HardwareAddr
	waits   []string
}

// Ensure makes the namespace and every leg whose other side is there. It is
// not ready, with the reasons, while a network or the provider bridge is
// missing; the other legs work meanwhile.
func (d *Routers) Ensure(_ context.Context, id plan.ID, spec Router) (plan.Status, error) {
	r := &router{in: d.In, id: id, ns: d.In.Netns("r", id), spec: spec}
	if err := r.parse(); err != nil {
		return broken("router: %v", err)
	}
	if err := r.ns.Create(); err != nil {
		return plan.Status{}, err
	}
	var err error
	if r.nl, err = r.ns.Links(); err != nil {
		return plan.Status{}, err
	}
	defer r.nl.Close()
	for _, step := range []func() error{r.base, r.gate, r.ensureOutside, r.ensureInside, r.dropUnwanted} {
		if err := step(); err != nil {
			return plan.Status{}, fmt.Errorf("router %s: %w", id, err)
		}
	}
	if len(r.waits) > 0 {
		return plan.Status{Reason: "waits for " + strings.Join(r.waits, ", "), Again: retry}, nil
	}
	return plan.Status{Ready: true}, nil
}

func (r *router) parse() error {
	for i, o := range r.spec.Outside {
		p, err := parse4(o.Address)
		if err != nil {
			return fmt.Errorf("outside address: %w", err)
		}
		// Of this address alone: the others of the subnet are the gateway's to find.
		r.outside = append(r.outside, netip.PrefixFrom(p.Addr(), 32))
		g, err := netip.ParseAddr(o.Gateway)
		if err != nil {
			return fmt.Errorf("gateway: %w", err)
		}
		if i == 0 {
			r.gateway = g
		}
	}
	for _, s := range r.spec.Public {
		a, err := netip.ParseAddr(s)
		if err != nil || !a.Is4() {
			return fmt.Errorf("public address %q is not IPv4", s)
		}
		r.public = append(r.public, netip.PrefixFrom(a, 32))
	}
	names := map[string]plan.ID{}
	for _, l := range r.spec.Legs {
		p, err := parse4(l.Address)
		if err != nil {
			return fmt.Errorf("leg: %w", err)
		}
		name := sys.InsideLeg(l.Network)
		if other, used := names[name]; used {
			return fmt.Errorf("the networks %s and %s start alike; one router cannot have both", other, l.Network)
		}
		names[name] = l.Network
		r.inside = append(r.inside, p)
	}
	return r.parseNeighbors()
}

// base makes the namespace a router. Addresses answer ARP on their own leg
// only, and nobody is told of a shorter way: cards that reach each other only
// through the router must go on doing so. It does not forward yet: package nft
// switches that on when the rules are loaded.
func (r *router) base() error {
	if err := up(r.nl, "lo"); err != nil {
		return err
	}
	return sysctls(r.ns, append([]sysctl{
		{"ipv4/conf/all/arp_ignore", "1", false},
		{"ipv4/conf/all/arp_announce", "2", false},
		{"ipv4/conf/all/promote_secondaries", "1", false},
		{"ipv4/conf/all/rp_filter", "0", false},
		{"ipv4/conf/default/rp_filter", "0", false},
	}, quiet...)...)
}

func (r *router) ensureOutside() error {
	ext := r.in.External()
	if len(r.spec.Outside) == 0 {
		return holds(ext, hardware(string(r.ns)+sys.OutsideLeg), nil) // dropUnwanted removes a leg from before
	}
	if !ext.Exists() {
		r.waits = append(r.waits, "the provider bridge")
		return nil
	}
	leg, err := r.leg(ext, sys.OutsideLeg, r.in.Link("o", r.id), r.in.Name("o", r.id), outsideAdd)
	if err != nil || leg == nil {
		return err
	}
	if err := r.legSysctls(sys.OutsideLeg, false); err != nil {
		return err
	}
	added, err := addresses(r.nl, leg, append(append([]netip.Prefix(nil), r.outside...), r.public...))
	if err != nil {
		return err
	}
	if err := updown(r.nl, sys.OutsideLeg, r.spec.Up); err != nil {
		return err
	}
	held := append(slices.Clone(r.outside), r.public...)
	if !r.spec.Up {
		held = nil
	}
	if err := holds(ext, leg.Attrs().HardwareAddr, held); err != nil || !r.spec.Up {
		return err
	}
	if err := r.defaultRoute(leg); err != nil {
		return err
	}
	return announce(r.ns, leg.Attrs(), added)
}

func (r *router) ensureInside() error {
	for i, l := range r.spec.Legs {
		network := r.in.Netns("n", l.Network)
		name := sys.InsideLeg(l.Network)
		leg, err := r.leg(network, name, r.in.Link("l", r.id), r.in.Name("l", r.id), legAdd)
		if err != nil {
			return err
		}
		if leg == nil {
			r.waits = append(r.waits, "network "+string(l.Network))
			continue
		}
		if err := r.legSysctls(name, l.Isolated); err != nil {
			return err
		}
		if _, err := addresses(r.nl, leg, r.inside[i:i+1]); err != nil {
			return err
		}
		if err := updown(r.nl, name, r.spec.Up); err != nil {
			return err
		}
		if !r.spec.Up {
			continue // a leg that goes down forgets all its neighbors
		}
		if err := r.neighbors(leg, l.Network); err != nil {
			return err
		}
	}
	return nil
}

// leg makes a pair of links, one end here and one end as a port of the bridge
// in the namespace there. The far end's name is short of digits, so its alias
// tells whose it is. A nil link without an error means that the bridge is not
// there (yet).
func (r *router) leg(there sys.Netns, name, far, alias string, add sys.Effect) (netlink.Link, error) {
	if !there.Exists() {
		return nil, nil
	}
	onl, err := there.Links()
	if err != nil {
		return nil, err
	}
	defer onl.Close()
	br, err := find(onl, sys.Bridge)
	if err != nil || br == nil {
		return nil, err
	}
	leg, err := find(r.nl, name)
	if err != nil {
		return nil, err
	}
	port, err := find(onl, far)
	if err != nil {
		return nil, err
	}
	if port != nil && port.Attrs().Alias != "" && port.Attrs().Alias != alias {
		return nil, fmt.Errorf("%s has a link %s already, and it is not this router's (alias %q)", there, far, port.Attrs().Alias)
	}
	if leg != nil && (port == nil || leg.Attrs().ParentIndex != port.Attrs().Index) {
		// The leg leads somewhere else: it stems from a bridge that was lost.
		if err := legDel.Do(func() error { return r.nl.LinkDel(leg) }); err != nil {
			return nil, err
		}
		leg = nil
	}
	if leg == nil && port != nil {
		// The far end of a router whose namespace was lost, but lives on
		// without a name because a socket is open in it.
		if err := legDel.Do(func() error { return onl.LinkDel(port) }); err != nil {
			return nil, err
		}
		port = nil
	}
	if leg == nil {
		attrs := netlink.NewLinkAttrs()
		attrs.Name, attrs.HardwareAddr = name, hardware(string(r.ns)+name)
		err := handleTo(there, func(fd netlink.NsFd) error {
			return add.Do(func() error {
				return r.nl.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: far, PeerNamespace: fd})
			})
		})
		if err != nil {
			return nil, fmt.Errorf("add leg %s: %w", name, err)
		}
		if leg, err = r.nl.LinkByName(name); err != nil {
			return nil, err
		}
		if port, err = onl.LinkByName(far); err != nil {
			return nil, err
		}
	}
	if port.Attrs().Alias != alias {
		if err := aliasSet.Do(func() error { return onl.LinkSetAlias(port, alias) }); err != nil {
			return nil, err
		}
	}
	for _, end := range []struct {
		nl *netlink.Handle
		l  netlink.Link
	}{{r.nl, leg}, {onl, port}} {
		if err := setMTU(end.nl, end.l, br.Attrs().MTU); err != nil {
			return nil, err
		}
	}
	if err := attach(onl, port, br); err != nil {
		return nil, err
	}
	return leg, up(onl, far)
}

// legSysctls sets what the kernel keeps for each interface. On an isolated
// network the leg answers ARP for every card (proxy_arp_pvlan), at once.
func (r *router) legSysctls(name string, isolated bool) error {
	pvlan := "0"
	if isolated {
		pvlan = "1"
	}
	conf := "ipv4/conf/" + name + "/"
	return sysctls(r.ns,
		sysctl{conf + "send_redirects", "0", false},
		sysctl{conf + "accept_redirects", "0", false},
		sysctl{conf + "rp_filter", "0", false},
		sysctl{conf + "proxy_arp_pvlan", pvlan, false},
		sysctl{conf + "arp_notify", "1", false}, // announce all addresses when the leg comes up
		sysctl{"ipv4/neigh/" + name + "/proxy_delay", "0", false})
}

// defaultRoute leads to the gateway, which is on the link though no address of
// the router's is of its subnet.
func (r *router) defaultRoute(leg netlink.Link) error {
	src := net.IP(r.outside[0].Addr().AsSlice())
	routes, err := r.nl.RouteList(nil, netlink.FAMILY_V4)
	if err != nil {
		return fmt.Errorf("list routes: %w", err)
	}
	for _, rt := range routes {
		if isDefault(rt) && rt.LinkIndex == leg.Attrs().Index && rt.Gw.Equal(r.gateway.AsSlice()) &&
			rt.Flags&int(netlink.FLAG_ONLINK) != 0 && rt.Src.Equal(src) {
			return nil
		}
	}
	err = routeSet.Do(func() error {
		return r.nl.RouteReplace(&netlink.Route{
			LinkIndex: leg.Attrs().Index, Dst: everything, Gw: r.gateway.AsSlice(), Src: src, Flags: int(netlink.FLAG_ONLINK),
		})
	})
	if err != nil {
		return fmt.Errorf("set default route by %s: %w", r.gateway, err)
	}
	return nil
}

var everything = &net.IPNet{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}

func isDefault(rt netlink.Route) bool {
	if rt.Dst == nil {
		return true
	}
	ones, _ := rt.Dst.Mask.Size()
	return ones == 0
}

// dropUnwanted removes the legs that the plan does not name. Their far ends
// and routes go with them.
func (r *router) dropUnwanted() error {
	wanted := map[string]bool{"lo": true, sys.OutsideLeg: len(r.spec.Outside) > 0}
	for _, l := range r.spec.Legs {
		wanted[sys.InsideLeg(l.Network)] = true
	}
	links, err := r.nl.LinkList()
	if err != nil {
		return fmt.Errorf("list links: %w", err)
	}
	for _, l := range links {
		// Other drivers may put other kinds of links here (a VPN's tunnel).
		if wanted[l.Attrs().Name] || l.Type() != "veth" {
			continue
		}
		if err := legDel.Do(func() error { return r.nl.LinkDel(l) }); err != nil {
			return fmt.Errorf("remove leg %s: %w", l.Attrs().Name, err)
		}
	}
	return nil
}

// Remove takes the namespace away with all that is in it, and what the gateway
// knows of it.
func (d *Routers) Remove(_ context.Context, id plan.ID) (plan.Status, error) {
	ns := d.In.Netns("r", id)
	if err := holds(d.In.External(), hardware(string(ns)+sys.OutsideLeg), nil); err != nil {
		return plan.Status{}, fmt.Errorf("router %s: %w", id, err)
	}
	if err := drop(d.In.Netns("r", id)); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true}, nil
}
