package netdev

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

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
	var gateways []netip.Prefix
	for _, s := range spec.Subnets {
		g, err := parse4(s)
		if err != nil {
			return broken("provider subnet %q: %v", s, err)
		}
		gateways = append(gateways, g)
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
	if _, err := addresses(nl, br, gateways); err != nil {
		return plan.Status{}, err
	}
	if err := close4(nl, gateways, spec.Closed); err != nil {
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
