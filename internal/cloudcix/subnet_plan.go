package cloudcix

import (
	"net/netip"
	"reflect"
	"strings"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// ofAllocation leads from a subnet to its allocation, ofSubnet from an address to its subnet.
var (
	ofAllocation = &relation{via: "allocation_id", rows: reflect.TypeFor[cloud.Allocation]()}
	ofSubnet     = &relation{via: "subnet_id", rows: reflect.TypeFor[cloud.Subnet]()}
	inAllocation = &relation{via: "subnet_id", rows: reflect.TypeFor[cloud.Subnet](), then: ofAllocation}
)

var subnets = listing{
	op: wirespec.ListSubnet.Spec, rows: reflect.TypeFor[cloud.Subnet](),
	named: map[string]column{
		"address_id":                 {field: "site_id"},
		"address_range":              {field: "text"},
		"gateway":                    {own: byGateway},
		"virtual_router_id":          {field: "router_id"},
		"allocation__asn__member_id": {field: "member_id", of: ofAllocation},
		"allocation__asn__number":    {field: "asn_number", of: ofAllocation},
	},
	order: map[string]cloud.Order{"address_range": {Field: "prefix"}},
}

// spaces is the list of what of an allocation is used and free. Its one filter says
// what is shown, and is not one on rows.
var spaces = listing{
	op: wirespec.ListSubnetSpace.Spec, rows: reflect.TypeFor[cloud.Subnet](),
	named: map[string]column{"space_type": {own: func(searchFilter) (cloud.Cond, bool) { return cloud.Cond{}, true }}},
	order: map[string]cloud.Order{"address_range": {Field: "prefix"}},
}

// byGateway is the filter gateway: of addresses, where one is shown.
func byGateway(f searchFilter) (cloud.Cond, bool) {
	shown := cloud.And(cloud.Not(cloud.Eq("gateway", netip.Addr{})), cloud.Or(cloud.Eq("routed", true), cloud.Eq("project_id", int64(0))))
	if f.Op == "isnull" {
		null, ok := f.Bool()
		if null {
			return cloud.Not(shown), ok
		}
		return shown, ok
	}
	var values []any
	for _, text := range append(f.List, map[bool][]string{true: {f.Value}}[f.List == nil]...) {
		a, err := netip.ParseAddr(text)
		if err != nil || a.Zone() != "" {
			return cloud.Cond{}, false
		}
		values = append(values, a)
	}
	switch f.Op {
	case "in":
		return cloud.And(shown, cloud.In("gateway", values)), true
	case "range":
		return cloud.And(shown, cloud.Cmp(cloud.OpGte, "gateway", values[0]), cloud.Cmp(cloud.OpLte, "gateway", values[1])), true
	}
	return cloud.And(shown, cloud.Cmp(operators[f.Op], "gateway", values[0])), true
}

func (a *API) subnets(h wire.Handlers) {
	index(a, h, wirespec.ListSubnet, (*control.Txn).PlanSubnets, each(subnetOf))
	get(a, h, wirespec.ReadSubnet, (*control.Txn).PlanSubnet, pure(subnetOf))
	write(h, wirespec.CreateSubnet, subnetCreate, a.c.CreatePlanSubnet, pure(subnetOf))
	write(h, wirespec.UpdateSubnet, subnetUpdate, a.c.UpdatePlanSubnet, pure(subnetOf))
	write(h, wirespec.PatchSubnet, subnetUpdate, a.c.UpdatePlanSubnet, pure(subnetOf))
	end(h, wirespec.DeleteSubnet, a.c.DeletePlanSubnet)
	a.subnetSpace(h)
}

func subnetCreate(f *form) control.PlanSubnetIn {
	return control.PlanSubnetIn{
		Site:       ptr(f.number("address_id", 101, 102)),
		Allocation: f.refIf("allocation_id", 104),
		Parent:     f.refIf("parent_id", 106),
		Text:       f.words("address_range", 110, 111),
		Name:       f.nameIfAny("name", 122, 128),
		VLAN:       f.numberIf("vlan", 123),
		VXLAN:      f.numberIf("vxlan", 125),
	}
}

func subnetUpdate(f *form) control.PlanSubnetIn {
	in := control.PlanSubnetIn{
		Pick: f.object(), Parent: f.refIf("parent_id", 106), Name: f.nameIfAny("name", 119, 128), VLAN: f.numberIf("vlan", 120),
		VXLAN: f.numberIf("vxlan", 123),
	}
	if f.whole() || sent(f.body.Get("address_id")) {
		in.Site = ptr(f.number("address_id", 101, 102))
	}
	if f.whole() || sent(f.body.Get("address_range")) {
		in.Text = f.words("address_range", 110, 111)
	}
	return in
}

// spacePage is a page of a list without orders.
type spacePage = wirespec.Page[wirespec.SubnetSpace, wirespec.SubnetSpaceMetadata]

// spaceKinds are the values of space_type; anything else is all.
var spaceKinds = map[string]control.SpaceKind{"existing": control.UsedSpace, "free": control.FreeSpace}

// subnetSpace mounts that list.
func (a *API) subnetSpace(h wire.Handlers) {
	h[wirespec.ListSubnetSpace.ID] = func(r *wire.Request) (wire.Answer, error) {
		_, s := a.asked(r)
		in := control.SpaceIn{Pick: id(r, "allocation_id"), Limit: s.Limit, Offset: s.Offset()}
		for _, f := range s.Filters {
			if !f.Exclude && f.Op == "" {
				in.Kind = spaceKinds[strings.ToLower(f.Value)]
			}
		}
		return a.read(r, func(t *control.Txn) (any, error) {
			rows, total, err := t.SubnetSpace(in)
			if err != nil {
				return nil, err
			}
			items := make([]wirespec.SubnetSpace, len(rows))
			for i, v := range rows {
				items[i] = spaceOf(v)
			}
			return spacePage{Content: items, Metadata: wirespec.SubnetSpaceMetadata{
				Page: int64(s.Page), Limit: int64(s.Limit), TotalRecords: total, Warnings: s.Warnings,
			}}, nil
		})
	}
}

func spaceOf(v control.Space) wirespec.SubnetSpace {
	s := v.Subnet
	if s == nil {
		return wirespec.SubnetSpace{AddressRange: v.Free.String()}
	}
	out := wirespec.SubnetSpace{
		AddressID: ref(s.SiteID), AddressRange: s.Text, ID: ref(s.ID), IpsInUse: s.InUse, ModifiedBy: ref(s.ModifiedBy), Name: s.Name,
		SubnetsInUse: s.Children, VLAN: ptr(int64(s.VLAN)), VXLAN: ptr(int64(s.VXLAN)),
	}
	if s.Routed {
		out.VirtualRouterID = ref(s.RouterID)
	}
	return out
}
