package netdev

import (
	"context"
	"net/netip"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Provider makes the region's outside on this host. It belongs to the
// installation, not to a document, so it has no List and no id.
type Provider struct {
	In sys.Installation // required
}

// Ensure makes the provider bridge carry exactly the gateways of spec. The
// namespace forwards between the public subnets and is connected to nothing
// else: guests do not reach beyond the host.
func (p *Provider) Ensure(_ context.Context, spec plan.Provider) (plan.Status, error) {
	if spec.Uplink != "" {
		return broken("an uplink (%s) is not supported yet; leave it empty", spec.Uplink)
	}
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
	if err := sysctls(ns, sysctl{"ipv4/ip_forward", "1", false}, sysctl{"ipv4/conf/all/promote_secondaries", "1", false}); err != nil {
		return plan.Status{}, err
	}
	if _, err := addresses(nl, br, gateways); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true}, nil
}

// Remove takes the provider bridge away and with it the outside legs of all
// routers.
func (p *Provider) Remove(context.Context) (plan.Status, error) {
	if err := drop(p.In.External()); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true}, nil
}
