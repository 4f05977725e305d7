package control

import (
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
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

// Emails are the addresses of users, without empty ones, each once, in the
// order of the ids.
func (t *Txn) Emails(ids ...int64) ([]string, error) {
	users, err := byID(t, ids, func(u *cloud.User) int64 { return u.ID })
	if err != nil {
		return nil, err
	}
	list := []string{}
	for _, id := range ids {
		if u := users[id]; u != nil && u.Email != "" && !slices.Contains(list, u.Email) {
			list = append(list, u.Email)
		}
	}
	return list, nil
}

// Credentials are the notes of an address in clear.
func (t *Txn) Credentials(ip *cloud.IP) (string, error) { return t.C.Seal.Open(ip.Credentials) }
