package cloudcix

import (
	"reflect"
	"strings"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// routerRows is the way from a project to its router. Each project has exactly
// one, so the list of virtual routers is a list of projects.
var routerRows = &relation{via: "router_id", rows: reflect.TypeFor[cloud.Router]()}

var virtualRouters = listing{
	op: wirespec.ListVirtualRouter.Spec, rows: reflect.TypeFor[cloud.Project](),
	named: map[string]column{
		"created":             {field: "created", of: routerRows},
		"id":                  {field: "router_id"},
		"ip_address_id":       {field: "floating_id", of: routerRows},
		"project_id":          {field: "id"},
		"project__address_id": {field: "site_id"},
		"project__name":       {field: "name"},
		"project__region_id":  {field: "region_id"},
		"state":               {state: cloud.RouterState(), of: routerRows},
		"updated":             {field: "updated", of: routerRows},
	},
	order: map[string]cloud.Order{
		"created": {Field: "created"}, // a router is as old as its project: both are made in one transaction
		"state":   {Case: cloud.RouterState()},
	},
}

func (a *API) routers(h wire.Handlers) {
	h[wirespec.ListVirtualRouter.ID] = a.listVirtualRouter
	get(a, h, wirespec.ReadVirtualRouter, (*control.Txn).ProjectOfRouter, oneRouter)
	write(h, wirespec.UpdateVirtualRouter, routerChange, a.c.ChangeRouter, oneRouter)
	write(h, wirespec.PatchVirtualRouter, routerChange, a.c.ChangeRouter, oneRouter)
}

func oneRouter(t *control.Txn, p *control.ProjectView) (wirespec.VirtualRouter, error) {
	sc, err := newScene(t, nil, []*control.ProjectView{p})
	if err != nil {
		return wirespec.VirtualRouter{}, err
	}
	return sc.routerOf(p)
}

func (a *API) listVirtualRouter(r *wire.Request) (wire.Answer, error) {
	l, s := a.asked(r)
	q, err := l.query(s)
	if err != nil {
		return wire.Answer{}, err
	}
	short := !includeRelated(r)
	byState := s.Order == "state" // computed from another row than the listed one
	if byState {
		q.Limit, q.Offset, q.Order = 0, 0, nil
	}
	return a.read(r, func(t *control.Txn) (any, error) {
		rows, total, err := t.Projects(q)
		if err != nil {
			return nil, err
		}
		if byState {
			all := s
			all.Filters = nil // the query has applied them
			if rows, _, err = sift(rows, all, l, func(p *control.ProjectView) []any { return []any{p.Router} }); err != nil {
				return nil, err
			}
		}
		if short {
			items := make([]wirespec.BaseVirtualRouter, len(rows))
			for i, p := range rows {
				items[i] = baseRouterOf(p)
			}
			return page(items, s, total), nil
		}
		sc, err := newScene(t, nil, rows)
		if err != nil {
			return nil, err
		}
		items := make([]wirespec.VirtualRouter, len(rows))
		for i, p := range rows {
			if items[i], err = sc.routerOf(p); err != nil {
				return nil, err
			}
		}
		return page(items, s, total), nil
	})
}

// includeRelated is true unless something else was sent (section 5).
func includeRelated(r *wire.Request) bool {
	v, ok := r.QueryText("include_related")
	return !ok || strings.EqualFold(strings.TrimSpace(v), "true")
}

func baseRouterOf(p *control.ProjectView) wirespec.BaseVirtualRouter {
	v := p.Router
	out := wirespec.BaseVirtualRouter{
		Created: stamp(v.Created), ID: v.ID, RouterID: v.RegionID, State: int64(cloud.RouterStateNumber(v)),
		Subnets: []wirespec.VirtualRouterSubnet{}, Updated: stamp(v.Updated), URI: uri("virtual_router", v.ID),
	}
	for _, n := range p.Subnets {
		if n.Routed { // plain segments are not the router's (R24)
			out.Subnets = append(out.Subnets, wirespec.VirtualRouterSubnet{
				AddressID: ref(n.SiteID), AddressRange: n.Text, ID: n.ID, ModifiedBy: ref(n.ModifiedBy), Name: n.Name,
				VLAN: ptr(int64(n.VLAN)), VXLAN: ptr(int64(n.VXLAN)),
			})
		}
	}
	return out
}

func (s *scene) routerOf(p *control.ProjectView) (wirespec.VirtualRouter, error) {
	b := baseRouterOf(p)
	out := wirespec.VirtualRouter{
		Created: b.Created, FirewallRules: []wirespec.FirewallRule{}, ID: b.ID, Project: projectOf(p), RouterID: b.RouterID, State: b.State,
		Subnets: b.Subnets, Updated: b.Updated, URI: b.URI,
		IPAddress: wirespec.IPAddress{Subnet: subnetOf(nil)},
	}
	if p.Floating == nil { // closed: the address was given back
		return out, nil
	}
	credentials, err := s.t.Credentials(p.Floating)
	out.IPAddress = ipAddressOf(p.Floating, nil, s.subnet(p.Floating.SubnetID), credentials)
	return out, err
}
