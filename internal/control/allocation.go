package control

import (
	"context"
	"errors"
	"net/netip"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// AllocationIn makes or changes an allocation; nil stays.
type AllocationIn struct {
	Pick        // which, for a change
	Site *int64 // for a creation: nil is the caller's
	ASN  *int64
	Text *string // the range
	Name *string
}

// AllocationView is an allocation with what is above it.
type AllocationView struct {
	*cloud.Allocation
	ASN *cloud.ASN
}

var allocations = kind[cloud.Allocation, *cloud.Allocation, *AllocationView]{
	noun: "allocation", show: auth.AnyRole,
	create: auth.For("allocation.write"), change: auth.For("allocation.write"), remove: auth.For("allocation.write"),
	about: func(a *cloud.Allocation) subject {
		return subject{kind: "allocation", id: a.ID, uid: a.UID, name: a.Name, member: a.MemberID, site: a.SiteID}
	},
	views: (*Txn).allocationViews,
	sees: func(t *Txn) cloud.Cond {
		if t.firstSite() {
			return cloud.Cond{}
		}
		return mineAbove(t)
	},
	guard: func(t *Txn, a *cloud.Allocation, how access) error {
		own := t.firstSite() || a.MemberID == t.Call.Actor.Member0()
		switch err := t.plans(true); {
		case how == reads && (own || a.SiteID == t.Call.Actor.Site0()):
			return nil
		case how == reads:
			return cloud.Errorf(cloud.Forbidden, "allocation.owner", "the allocation belongs to another member")
		case err != nil || how == makes || own || t.Call.Actor.Operator():
			return err
		}
		return cloud.Errorf(cloud.Forbidden, "allocation.owner", "the ASN of the allocation belongs to another member")
	},
	insert: func(t *Txn, a *cloud.Allocation) error { return allocationPlaced(a, store.PlaceAllocation(t.Tx, a)) },
	update: func(t *Txn, a *cloud.Allocation) error { return allocationPlaced(a, store.MoveAllocation(t.Tx, a)) },
	close: func(t *Txn, a *cloud.Allocation) error {
		err := store.CloseAllocation(t.Tx, a)
		if used := (*store.Used)(nil); errors.As(err, &used) {
			return cloud.Errorf(cloud.Forbidden, "allocation.used", "the allocation %s has %s", a.Text, cloud.Count(used.Below, "subnet")).
				WithFix("Remove its subnets first.")
		}
		return err
	},
}

// firstSite tells who is at address 1, or is user 1: whoever runs the installation.
func (t *Txn) firstSite() bool { return t.Call.Actor.Operator() || t.Call.Actor.Site0() == 1 }

// mineAbove is the condition for allocations of the actor's member or site.
func mineAbove(t *Txn) cloud.Cond {
	return cloud.Or(cloud.Eq("member_id", t.Call.Actor.Member0()), cloud.Eq("site_id", t.Call.Actor.Site0()))
}

// plans asks whether the actor may write the address plan of his member at all.
func (t *Txn) plans(administrator bool) error {
	a := t.Call.Actor
	switch {
	case a.Operator():
		return nil
	case a.User.Robot: // who tells states, and lays out nothing
		return cloud.Errorf(cloud.Forbidden, "robot", "robots do not write address plans")
	case administrator && !a.User.Administrator:
		return cloud.Errorf(cloud.Forbidden, "administrator", "the user is no administrator")
	case a.Member != nil && !a.Member.SelfManaged:
		return cloud.Errorf(cloud.Forbidden, "self_managed", "the member is not self-managed")
	}
	return nil
}

// allocationPlaced tells what is in the way of an allocation.
func allocationPlaced(a *cloud.Allocation, err error) error {
	if o := (*store.Overlap)(nil); errors.As(err, &o) {
		return inTheWay(a, o.Text)
	}
	return err
}

func inTheWay(a *cloud.Allocation, other string) *cloud.Error {
	return cloud.Errorf(cloud.Invalid, "allocation.overlap", "%s overlaps the allocation %s of the ASN", a.Text, other).On("address_range")
}

// CreateAllocation puts a range under an ASN.
func (c *Control) CreateAllocation(ctx context.Context, call *Call, in AllocationIn, ans Answer[*AllocationView]) (Reply, error) {
	return allocations.Create(ctx, c, call, cloud.Allocation{SiteID: call.Actor.Site0()}, in.fill, ans)
}

// UpdateAllocation changes an allocation.
func (c *Control) UpdateAllocation(ctx context.Context, call *Call, in AllocationIn, ans Answer[*AllocationView]) (Reply, error) {
	return allocations.Change(ctx, c, call, in.Pick, in.fill, ans)
}

// DeleteAllocation removes an allocation that has no subnets.
func (c *Control) DeleteAllocation(ctx context.Context, call *Call, p Pick, ans Answer[*AllocationView]) (Reply, error) {
	return allocations.Delete(ctx, c, call, p, nil, ans)
}

func (in AllocationIn) fill(t *Txn, a *cloud.Allocation) error {
	var p cloud.Problems
	if in.Site != nil && *in.Site != a.SiteID {
		a.SiteID = *in.Site
		if err := t.readable("site", a.SiteID); !p.Collect(err) {
			return err
		}
	}
	if in.Name != nil && *in.Name != a.Name {
		p.Add(cloud.CheckText("name", *in.Name))
		a.Name = *in.Name
	}
	was := *a
	if in.ASN != nil && *in.ASN != a.ASNID {
		if err := t.underASN(a, *in.ASN); !p.Collect(err) {
			return err
		}
	}
	if in.Text != nil && *in.Text != a.Text {
		if err := rangeOf(a, *in.Text); !p.Collect(err) {
			return err
		}
	}
	if t.refused("asn") || t.refused("address_range") || p.Has("asn") || p.Has("address_range") ||
		a.ASNID == was.ASNID && a.Prefix == was.Prefix {
		return p.Err()
	}
	o, err := store.AllocationInTheWay(t.Tx, a)
	if err != nil {
		return err
	}
	if o != nil {
		p.Add(inTheWay(a, o.Text))
		return p.Err()
	}
	if a.ID == 0 {
		return p.Err()
	}
	out, err := store.SubnetOutside(t.Tx, a.ID, 0, a.Prefix)
	if err != nil {
		return err
	}
	if out != nil {
		p.Add(cloud.Errorf(cloud.Invalid, "allocation.outside", "the subnet %s of the allocation would lie outside of %s", out.Text, a.Text).
			On("address_range"))
	}
	return p.Err()
}

// readable says whether an actor may read a site: only then he may name it as owner.
func (t *Txn) readable(field string, site int64) error {
	_, err := t.Place(site)
	if cloud.IsKind(err, cloud.NotFound) || cloud.IsKind(err, cloud.Forbidden) {
		return cloud.Errorf(cloud.Invalid, "address.unreadable", "there is no address %d that you may read", site).On(field)
	}
	return err
}

// underASN puts an allocation under an ASN of the actor's member. Those of projects stay
// where they are.
func (t *Txn) underASN(a *cloud.Allocation, id int64) error {
	asn, err := pick[cloud.ASN](t, Pick{ID: id}, "asn")
	if err != nil && !cloud.IsKind(err, cloud.NotFound) {
		return err
	}
	if err != nil || t.Call.Actor.Member0() != 1 && !t.Call.Actor.Operator() && asn.MemberID != t.Call.Actor.Member0() {
		return cloud.Errorf(cloud.Invalid, "allocation.asn", "there is no ASN with the id %d of your member", id).On("asn")
	}
	if a.ID != 0 && (a.Pseudo() || asn.Pseudo()) {
		return cloud.Errorf(cloud.Invalid, "allocation.asn", "an allocation of a project stays with it").On("asn")
	}
	a.ASNID = asn.ID
	return nil
}

func rangeOf(a *cloud.Allocation, text string) error {
	if a.Overlap {
		return cloud.Errorf(cloud.Invalid, "range.fixed", "the range of this allocation is everything, and stays so").On("address_range")
	}
	p, err := parseRange(text)
	if err != nil {
		return err
	}
	a.Text, a.Prefix = text, p
	return nil
}

// parseRange reads a range whose host part, if any, is for people.
func parseRange(text string) (netip.Prefix, error) {
	p, _, err := ipam.ParseNet(text)
	if err != nil || p.Addr().Is4In6() {
		return p, cloud.Errorf(cloud.Invalid, "range.text", "%q is no address range such as 192.0.2.0/24 or 2001:db8::/32", text).
			On("address_range")
	}
	return p, nil
}

// Allocations lists allocations.
func (t *Txn) Allocations(q cloud.Query) ([]*AllocationView, int64, error) {
	return allocations.List(t, q)
}

// Allocation reads one.
func (t *Txn) Allocation(p Pick) (*AllocationView, error) { return allocations.Read(t, p) }

func (t *Txn) allocationViews(rows []*cloud.Allocation) ([]*AllocationView, error) {
	asns, err := byID[cloud.ASN](t, gather(rows, func(a *cloud.Allocation) int64 { return a.ASNID }))
	if err != nil {
		return nil, err
	}
	views := make([]*AllocationView, len(rows))
	for i, a := range rows {
		if views[i] = (&AllocationView{Allocation: a, ASN: asns[a.ASNID]}); views[i].ASN == nil {
			views[i].ASN = &cloud.ASN{}
		}
	}
	return views, nil
}
