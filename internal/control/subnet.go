package control

import (
	"fmt"
	"net/netip"

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
	Children   []*SubnetDetail // likewise
	IPsInUse   int64
	// Counters of the rows above: live children, subnets of the allocation,
	// allocations of the ASN.
	SubnetsInUse, AllocationSubnets, Allocations int64
}

// Subnets reads subnets by id with their surroundings, closed ones included.
// Who may see the object that names them may see them.
func (t *Txn) Subnets(ids ...int64) (map[int64]*SubnetDetail, error) {
	rows, err := byID(t, ids, func(s *cloud.Subnet) int64 { return s.ID })
	if err != nil {
		return nil, err
	}
	d := detailer{t: t, allocations: map[int64]*SubnetDetail{}}
	out := make(map[int64]*SubnetDetail, len(rows))
	for _, id := range ids { // not over the map: the order of queries must not depend on it
		if s := rows[id]; s != nil && out[id] == nil {
			if out[id], err = d.whole(s); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// detailer remembers what the subnets of a page share.
type detailer struct {
	t           *Txn
	allocations map[int64]*SubnetDetail // only the part from Allocation on
}

func (d *detailer) whole(s *cloud.Subnet) (*SubnetDetail, error) {
	out, err := d.single(s)
	if err != nil {
		return nil, err
	}
	if s.ParentID != 0 {
		p, err := store.GetAny[cloud.Subnet](d.t.Tx, s.ParentID)
		if err != nil {
			return nil, err
		}
		if out.Parent, err = d.single(p); err != nil {
			return nil, err
		}
	}
	kids, err := store.Find[cloud.Subnet](d.t.Tx, cloud.Where(cloud.Eq("parent_id", s.ID)).By("id"))
	if err != nil {
		return nil, err
	}
	for _, k := range kids {
		c, err := d.single(k)
		if err != nil {
			return nil, err
		}
		out.Children = append(out.Children, c)
	}
	return out, nil
}

func (d *detailer) single(s *cloud.Subnet) (*SubnetDetail, error) {
	out := &SubnetDetail{Subnet: s}
	above := d.allocations[s.AllocationID]
	if above == nil {
		var err error
		if above, err = d.allocation(s.AllocationID); err != nil {
			return nil, err
		}
		d.allocations[s.AllocationID] = above
	}
	out.Allocation, out.ASN = above.Allocation, above.ASN
	out.AllocationSubnets, out.Allocations = above.AllocationSubnets, above.Allocations
	out.IPsInUse = s.InUse
	var err error
	out.SubnetsInUse, err = store.Count[cloud.Subnet](d.t.Tx, cloud.Where(cloud.Eq("parent_id", s.ID)))
	return out, err
}

func (d *detailer) allocation(id int64) (*SubnetDetail, error) {
	out := &SubnetDetail{Allocation: &cloud.Allocation{}, ASN: &cloud.ASN{}}
	if id == 0 { // pools of an installation without address management
		return out, nil
	}
	var err error
	if out.Allocation, err = store.GetAny[cloud.Allocation](d.t.Tx, id); err != nil {
		return nil, err
	}
	if out.ASN, err = store.GetAny[cloud.ASN](d.t.Tx, out.Allocation.ASNID); err != nil {
		return nil, err
	}
	if out.AllocationSubnets, err = store.Count[cloud.Subnet](d.t.Tx, cloud.Where(cloud.Eq("allocation_id", id))); err != nil {
		return nil, err
	}
	out.Allocations, err = store.Count[cloud.Allocation](d.t.Tx, cloud.Where(cloud.Eq("asn_id", out.ASN.ID)))
	return out, err
}

// publicNetwork makes the routed network on which the 1&1 servers of a
// default project have their first card. It lives under a fourth allocation
// where the overlap rules do not hold (R24, R29).
func (t *Txn) publicNetwork(p *cloud.Project, region *cloud.Site) (*cloud.Subnet, error) {
	any4 := netip.MustParsePrefix("0.0.0.0/0")
	a := &cloud.Allocation{
		ASNID: p.ASNID, SiteID: p.SiteID, Name: "Networks of other dialects", Text: any4.String(), Prefix: any4, Overlap: true,
	}
	if err := store.Insert(t.Tx, a); err != nil {
		return nil, err
	}
	inside, err := netip.ParsePrefix(region.Inside)
	if err != nil {
		return nil, fmt.Errorf("inside prefix of region %s: %w", region.Name, err)
	}
	gw := ipam.First(inside)
	n := &cloud.Subnet{
		AllocationID: a.ID, SiteID: p.SiteID, RegionID: region.ID, ProjectID: p.ID, RouterID: p.RouterID, Name: "public",
		Text: fmt.Sprintf("%s/%d", gw, inside.Bits()), Prefix: inside, Gateway: gw, Routed: true, Public: true, Low: gw.Next(),
	}
	if err := store.Insert(t.Tx, n); err != nil {
		return nil, err
	}
	p.PublicNetID = n.ID
	return n, store.Update(t.Tx, p)
}
