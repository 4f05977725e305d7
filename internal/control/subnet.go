package control

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// SubnetDetail is a subnet with what CloudCIX shows around it.
type SubnetDetail struct {
	*cloud.Subnet
	Allocation *cloud.Allocation
	ASN        *cloud.ASN
	Parent     *SubnetDetail   // without parent and children of its own
	Inside     []*SubnetDetail // its children, likewise
}

// subnetColumns is what CloudCIX shows of a subnet.
var subnetColumns = []string{
	"created", "updated", "modified_by", "allocation_id", "parent_id", "site_id", "project_id", "router_id", "name", "text", "gateway",
	"vlan", "vxlan", "routed", "in_use", "children",
}

// Subnets reads subnets by id with their surroundings, closed ones included, in a
// handful of queries however many they are. Who may see the object that names them
// may see them.
func (t *Txn) Subnets(ids ...int64) (map[int64]*SubnetDetail, error) {
	rows, err := byID[cloud.Subnet](t, ids, subnetColumns...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	own := make([]*cloud.Subnet, 0, len(rows)) // not over the map: the order of queries must not depend on it
	for _, id := range gather(ids, func(id int64) int64 { return id }) {
		if s := rows[id]; s != nil {
			own = append(own, s)
		}
	}
	parents, err := byID[cloud.Subnet](t, gather(own, func(s *cloud.Subnet) int64 { return s.ParentID }), subnetColumns...)
	if err != nil {
		return nil, err
	}
	q := cloud.Where(cloud.In("parent_id", ids)).By("parent_id").By("id")
	kids, err := store.Find[cloud.Subnet](t.Tx, q.Showing(subnetColumns...))
	if err != nil {
		return nil, err
	}
	all := append(slices.Clone(own), kids...)
	for _, s := range own {
		if p := parents[s.ParentID]; p != nil {
			all = append(all, p)
		}
	}
	show, err := t.detailer(all)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]*SubnetDetail, len(own))
	for _, s := range own {
		out[s.ID] = show(s)
		if p := parents[s.ParentID]; p != nil {
			out[s.ID].Parent = show(p)
		}
	}
	for _, k := range kids {
		if above := out[k.ParentID]; above != nil {
			above.Inside = append(above.Inside, show(k))
		}
	}
	return out, nil
}

// detailer reads what is above some subnets.
func (t *Txn) detailer(all []*cloud.Subnet) (func(*cloud.Subnet) *SubnetDetail, error) {
	allocations, err := byID[cloud.Allocation](t, gather(all, func(s *cloud.Subnet) int64 { return s.AllocationID }))
	if err != nil {
		return nil, err
	}
	var list []*cloud.Allocation
	for _, s := range all {
		if a := allocations[s.AllocationID]; a != nil {
			list = append(list, a)
		}
	}
	asns, err := byID[cloud.ASN](t, gather(list, func(a *cloud.Allocation) int64 { return a.ASNID }))
	return func(s *cloud.Subnet) *SubnetDetail {
		out := &SubnetDetail{Subnet: s, Allocation: &cloud.Allocation{}, ASN: &cloud.ASN{}}
		if a := allocations[s.AllocationID]; a != nil { // none: a pool of an installation without address management
			out.Allocation = a
			if n := asns[a.ASNID]; n != nil {
				out.ASN = n
			}
		}
		return out
	}, err
}

// publicNetwork makes the routed network on which the 1&1 servers of a
// default project have their first card. It lives under a fourth allocation
// where the overlap rules do not hold (R24, R29).
func (t *Txn) publicNetwork(p *cloud.Project, region *cloud.Site) (*cloud.Subnet, error) {
	any4 := netip.MustParsePrefix("0.0.0.0/0")
	a := &cloud.Allocation{
		ASNID: p.ASNID, SiteID: p.SiteID, Name: "Networks of other dialects", Text: any4.String(), Prefix: any4, Overlap: true,
	}
	if err := store.PlaceAllocation(t.Tx, a); err != nil {
		return nil, err
	}
	inside, err := netip.ParsePrefix(region.Inside)
	if err != nil {
		return nil, fmt.Errorf("inside prefix of region %s: %w", region.Name, err)
	}
	gw := ipam.First(inside)
	n := &cloud.Subnet{
		AllocationID: a.ID, MemberID: p.MemberID, SiteID: p.SiteID, RegionID: region.ID, ProjectID: p.ID, RouterID: p.RouterID,
		Name: "public", Text: fmt.Sprintf("%s/%d", gw, inside.Bits()), Prefix: inside, Gateway: gw, Routed: true, Public: true, Low: gw.Next(),
	}
	if err := store.PlaceSubnet(t.Tx, n); err != nil {
		return nil, err
	}
	p.PublicNetID = n.ID
	return n, store.Update(t.Tx, p)
}
