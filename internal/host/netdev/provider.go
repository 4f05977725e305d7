package netdev

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Provider makes the region's outside on this host. It belongs to the
// installation, not to a document, so it has no List and no id.
type Provider struct {
	In sys.Installation // required
	// UplinkNetns is where the uplink is taken from. Optional: the process's own.
	UplinkNetns sys.Netns
}

// Ensure makes the provider bridge carry exactly the gateways of spec. The
// namespace forwards between the public subnets and, without an uplink, is
// connected to nothing else: guests do not reach beyond the host.
func (p *Provider) Ensure(_ context.Context, spec plan.Provider) (plan.Status, error) {
	want, err := readOutside(spec)
	if err != nil {
		return broken("provider: %v", err)
	}
	ns := p.In.External()
	nl, br, err := bridged(ns, 0)
	if err != nil {
		return plan.Status{}, err
	}
	defer nl.Close()
	err = sysctls(ns, sysctl{"ipv4/ip_forward", "1", false}, sysctl{"ipv4/conf/all/promote_secondaries", "1", false},
		// Routers know no shorter way to each other than through the gateway.
		sysctl{"ipv4/conf/all/send_redirects", "0", false}, sysctl{"ipv4/conf/" + sys.Bridge + "/send_redirects", "0", false})
	if err != nil {
		return plan.Status{}, err
	}
	if _, err := addresses(nl, br, want.own); err != nil {
		return plan.Status{}, err
	}
	if err := leave(nl, br, want.beyond); err != nil {
		return plan.Status{}, err
	}
	if err := close4(nl, want.gateways, spec.Closed); err != nil {
		return plan.Status{}, err
	}
	if err := p.giveBack(spec.Uplink); err != nil {
		return plan.Status{}, err
	}
	if spec.Uplink == "" {
		return plan.Status{Ready: true}, nil
	}
	err = p.lend(nl, br, spec.Uplink)
	if errors.Is(err, errUplinkUsed) || errors.Is(err, errNoUplink) {
		return broken("uplink %s: %v", spec.Uplink, err)
	}
	if err != nil {
		return plan.Status{}, fmt.Errorf("uplink %s: %w", spec.Uplink, err)
	}
	return plan.Status{Ready: true}, nil
}

// outside is a plan.Provider with parsed addresses.
type outside struct {
	gateways []netip.Prefix // of the public subnets
	own      []netip.Prefix // all that the bridge has
	beyond   netip.Addr     // by whom everybody else is reached; zero: nobody is
}

func readOutside(spec plan.Provider) (o outside, err error) {
	for _, s := range spec.Subnets {
		g, err := parse4(s)
		if err != nil {
			return o, fmt.Errorf("subnet %q: %w", s, err)
		}
		o.gateways = append(o.gateways, g)
	}
	if o.own = slices.Clone(o.gateways); spec.Address != "" {
		a, err := parse4(spec.Address)
		if err != nil {
			return o, fmt.Errorf("uplink address %q: %w", spec.Address, err)
		}
		o.own = append(o.own, a)
	}
	if spec.Gateway == "" {
		return o, nil
	}
	if o.beyond, err = netip.ParseAddr(spec.Gateway); err != nil || !o.beyond.Is4() {
		return o, fmt.Errorf("uplink gateway %q is no IPv4 address", spec.Gateway)
	}
	if slices.ContainsFunc(o.own, func(p netip.Prefix) bool { return p.Addr() == o.beyond }) {
		return o, fmt.Errorf("uplink gateway %s is an address which this host has itself for a public subnet; "+
			"give the one that the router on the wire has", o.beyond)
	}
	return o, nil
}

// leave leads to everybody else by a gateway on the wire of the uplink, or nowhere when
// gateway is the zero address. It need not be in a subnet of the bridge.
func leave(nl *netlink.Handle, br netlink.Link, gateway netip.Addr) error {
	routes, err := nl.RouteList(nil, netlink.FAMILY_V4)
	if err != nil {
		return fmt.Errorf("list routes: %w", err)
	}
	for _, rt := range routes {
		if !isDefault(rt) {
			continue
		}
		if gateway.IsValid() && rt.LinkIndex == br.Attrs().Index && rt.Gw.Equal(gateway.AsSlice()) {
			return nil
		}
		if !gateway.IsValid() {
			if err := uplinkRoute.Do(func() error { return nl.RouteDel(&rt) }); err != nil {
				return fmt.Errorf("remove the way out by %s: %w", rt.Gw, err)
			}
		}
	}
	if !gateway.IsValid() {
		return nil
	}
	err = uplinkRoute.Do(func() error {
		return nl.RouteReplace(&netlink.Route{
			LinkIndex: br.Attrs().Index, Dst: everything, Gw: gateway.AsSlice(), Flags: int(netlink.FLAG_ONLINK),
		})
	})
	if err != nil {
		return fmt.Errorf("set the way out by %s: %w", gateway, err)
	}
	return nil
}

// Remove takes the provider bridge away and with it the outside legs of all
// routers. A lent uplink goes home first.
func (p *Provider) Remove(context.Context) (plan.Status, error) {
	if err := p.giveBack(""); err != nil {
		return plan.Status{}, err
	}
	if err := drop(p.In.External()); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true}, nil
}
