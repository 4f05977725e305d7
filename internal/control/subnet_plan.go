package control

import (
	"context"
	"errors"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// PlanSubnetIn makes or changes a subnet of an address plan; nil stays.
type PlanSubnetIn struct {
	Pick       // which, for a change
	Site       *int64
	Allocation *int64  // for a creation
	Parent     *int64  // 0 = none
	Text       *string // the range
	Name       *string
	VLAN       *int64
	VXLAN      *int64
}

// Limits of segment numbers.
const (
	maxVLAN  = 4094
	maxVXLAN = 16_777_215
)

// subnets are those of the address plan, networks of projects among them.
var subnets = kind[cloud.Subnet, *cloud.Subnet, *SubnetDetail]{
	noun: "subnet", show: auth.AnyRole, create: auth.For("subnet.write"), change: auth.For("subnet.write"), remove: auth.For("subnet.write"),
	about: func(s *cloud.Subnet) subject {
		// Not "subnet": 1&1 shows events of these as those of private networks.
		return subject{
			kind: "range", id: s.ID, uid: s.UID, name: s.Text, member: s.MemberID, site: s.SiteID, region: s.RegionID, project: s.ProjectID,
		}
	},
	views: func(t *Txn, rows []*cloud.Subnet) ([]*SubnetDetail, error) {
		found, err := t.Subnets(gather(rows, func(s *cloud.Subnet) int64 { return s.ID })...)
		views := make([]*SubnetDetail, len(rows))
		for i, s := range rows {
			views[i] = found[s.ID]
		}
		return views, err
	},
	shows: []string{"text"},
	sees:  subnetsSeen,
	guard: (*Txn).guardSubnet,
	insert: func(t *Txn, s *cloud.Subnet) error {
		return subnetPlaced(s, store.PlaceSubnet(t.Tx, s))
	},
	update: func(t *Txn, s *cloud.Subnet) error { return subnetPlaced(s, store.MoveSubnet(t.Tx, s)) },
	close:  func(t *Txn, s *cloud.Subnet) error { return store.CloseSubnet(t.Tx, s) },
}

// subnetsSeen is what lists show (cloudcix.md section 4).
func subnetsSeen(t *Txn) cloud.Cond {
	a := t.Call.Actor
	if a.Operator() {
		return cloud.Cond{}
	}
	member, site := a.Member0(), a.Site0()
	some := []cloud.Cond{
		cloud.Eq("site_id", site),
		cloud.In("allocation_id", cloud.Sub{Kind: "allocation", Column: "id", Where: mineAbove(t)}),
		cloud.In("parent_id", cloud.Sub{Kind: "subnet", Column: "id", Where: cloud.Eq("site_id", site)}),
	}
	if a.User.Global || a.Member != nil && !a.Member.SelfManaged {
		some = append(some, cloud.Eq("member_id", member))
	}
	if t.everywhere() {
		some = append(some, cloud.In("member_id", cloud.Sub{Kind: "member", Column: "id", Where: cloud.Eq("self_managed", false)}))
	}
	if a.User.Robot {
		some = append(some, cloud.And(cloud.Eq("region_id", site), cloud.Ne("project_id", int64(0))))
	}
	return cloud.Or(some...)
}

// guardSubnet is the rules of section 4 for one subnet.
func (t *Txn) guardSubnet(s *cloud.Subnet, how access) error {
	a := t.Call.Actor
	switch {
	case a.Operator():
		return nil
	case how == makes:
		return t.plans(false)
	}
	if how == changes {
		if err := t.plans(false); err != nil {
			return err
		}
	}
	in, err := store.GetAny[cloud.Allocation](t.Tx, s.AllocationID)
	if store.None(err) {
		in, err = &cloud.Allocation{}, nil
	}
	if err != nil {
		return err
	}
	switch own := a.Site0() == s.SiteID; {
	case !in.Pseudo():
		return t.guardRange(s, in)
	case how == changes:
		return projectNetwork(s)
	case a.User.Robot && a.Site0() == s.RegionID || own:
		return nil
	case a.User.Robot:
		return cloud.Errorf(cloud.Forbidden, "subnet.robot", "the network belongs to a project of another region")
	case a.User.Global:
		return cloud.Errorf(cloud.Forbidden, "subnet.global", "the network belongs to a project of another address")
	}
	return cloud.Errorf(cloud.Forbidden, "subnet.foreign", "the network belongs to a project of another address")
}

func projectNetwork(s *cloud.Subnet) error {
	return cloud.Errorf(cloud.Forbidden, "subnet.project", "%s is the network of a project", s.Text).
		WithFix("Change it through the virtual router of the project.")
}

// guardRange is who may read and change a range that is no project's.
func (t *Txn) guardRange(s *cloud.Subnet, in *cloud.Allocation) error {
	mine := t.Call.Actor.Site0()
	if mine == s.SiteID || mine == in.SiteID {
		return nil
	}
	if s.ParentID != 0 {
		parent, err := store.GetAny[cloud.Subnet](t.Tx, s.ParentID)
		if err != nil && !store.None(err) {
			return err
		}
		if err == nil && parent.SiteID == mine {
			return nil
		}
	}
	owner, err := t.Place(s.SiteID)
	switch {
	case cloud.IsKind(err, cloud.NotFound) || cloud.IsKind(err, cloud.Forbidden):
		return cloud.Errorf(cloud.Forbidden, "subnet.unreadable", "the subnet belongs to an address that you may not read")
	case err != nil:
		return err
	case owner.Member != nil && owner.Member.SelfManaged:
		return cloud.Errorf(cloud.Forbidden, "subnet.managed", "the subnet belongs to another address, whose member manages itself")
	}
	return nil
}

// CreatePlanSubnet puts a range under an allocation or another subnet.
func (c *Control) CreatePlanSubnet(ctx context.Context, call *Call, in PlanSubnetIn, ans Answer[*SubnetDetail]) (Reply, error) {
	return subnets.Create(ctx, c, call, cloud.Subnet{}, in.fill, ans)
}

// UpdatePlanSubnet changes a subnet.
func (c *Control) UpdatePlanSubnet(ctx context.Context, call *Call, in PlanSubnetIn, ans Answer[*SubnetDetail]) (Reply, error) {
	return subnets.Change(ctx, c, call, in.Pick, in.fill, ans)
}

// DeletePlanSubnet removes a subnet in which there is nothing.
func (c *Control) DeletePlanSubnet(ctx context.Context, call *Call, p Pick, ans Answer[*SubnetDetail]) (Reply, error) {
	return subnets.Delete(ctx, c, call, p, func(t *Txn, s *cloud.Subnet) error {
		in, err := store.GetAny[cloud.Allocation](t.Tx, s.AllocationID)
		switch {
		case err != nil:
			return err
		case s.Children > 0:
			return cloud.Errorf(cloud.Forbidden, "subnet.children", "%s has %s", s.Text, cloud.Count(s.Children, "subnet")).
				WithFix("Remove them first.")
		case in.Pseudo():
			return projectNetwork(s)
		case s.InUse > 0:
			return cloud.Errorf(cloud.Forbidden, "subnet.addresses", "%s has %d addresses in use", s.Text, s.InUse).WithFix("Release them first.")
		case s.Pool:
			return cloud.Errorf(cloud.Forbidden, "subnet.pool", "%s is a pool of a region, whose gateway routers have", s.Text)
		}
		return nil
	}, ans)
}

func (in PlanSubnetIn) fill(t *Txn, s *cloud.Subnet) error {
	var p cloud.Problems
	was := *s
	project, err := t.ofProject(s)
	if err != nil {
		return err
	}
	frozen := func(code, field string) {
		if project {
			p.Add(cloud.Errorf(cloud.Invalid, code, "the %s of a project network may not change", field).On(field))
		}
	}
	if in.Site != nil && *in.Site != s.SiteID {
		frozen("subnet.owner", "site")
		s.SiteID = *in.Site
		if !p.Has("site") {
			owner, err := t.owner(s.SiteID)
			if !p.Collect(err) {
				return err
			}
			s.MemberID = owner
		}
	}
	if in.Parent != nil && *in.Parent != s.ParentID {
		frozen("subnet.parent_fixed", "parent")
	}
	where := placing{t: t, s: s, p: &p}
	if err := where.find(in); err != nil {
		return err
	}
	if in.Text != nil && *in.Text != s.Text {
		if project {
			return projectNetwork(s)
		}
		if err := where.text(*in.Text); !p.Collect(err) {
			return err
		}
	}
	if in.Name != nil && *in.Name != s.Name {
		p.Add(cloud.CheckText("name", *in.Name))
		s.Name = *in.Name
	}
	number := func(field, fixed, code string, sent *int64, to *int, most int64) {
		if sent == nil || *sent == int64(*to) {
			return
		}
		frozen(fixed, field)
		if (*sent < 0 || *sent > most) && !p.Has(field) {
			p.Add(cloud.Errorf(cloud.Invalid, code, "%d is not within 0 and %d", *sent, most).On(field))
		}
		if !p.Has(field) {
			*to = int(*sent)
		}
	}
	number("vlan", "subnet.vlan", "vlan.range", in.VLAN, &s.VLAN, maxVLAN)
	number("vxlan", "subnet.vxlan", "vxlan.range", in.VXLAN, &s.VXLAN, maxVXLAN)
	if s.Prefix != was.Prefix || s.ParentID != was.ParentID || s.AllocationID != was.AllocationID {
		if err := where.check(&was); !p.Collect(err) {
			return err
		}
	}
	return p.Err()
}

// ofProject tells a network of a project, which the subnet service does not change.
func (t *Txn) ofProject(s *cloud.Subnet) (bool, error) {
	if s.ID == 0 {
		return false, nil
	}
	in, err := store.GetAny[cloud.Allocation](t.Tx, s.AllocationID)
	if err != nil {
		return false, err
	}
	return in.Pseudo(), nil
}

// owner is the member of a site that the actor may read.
func (t *Txn) owner(site int64) (int64, error) {
	if err := t.readable("site", site); err != nil {
		return 0, err
	}
	row, err := store.Get[cloud.Site](t.Tx, site)
	if err != nil {
		return 0, err
	}
	return row.MemberID, nil
}

// placing finds out where a subnet is to lie, and what is in its way.
type placing struct {
	t      *Txn
	s      *cloud.Subnet
	p      *cloud.Problems
	in     *cloud.Allocation // as it was asked for; nil: none, or none that is valid
	parent *cloud.Subnet
}

// find reads the allocation and the parent.
func (w *placing) find(in PlanSubnetIn) error {
	t, s := w.t, w.s
	if s.ID != 0 {
		a, err := store.Get[cloud.Allocation](t.Tx, s.AllocationID)
		if err != nil {
			return err
		}
		w.in = a
	} else if in.Allocation != nil {
		a, err := pick[cloud.Allocation](t, Pick{ID: *in.Allocation}, "allocation")
		switch {
		case err != nil && !cloud.IsKind(err, cloud.NotFound):
			return err
		case err != nil || !t.Call.Actor.Operator() && t.Call.Actor.Member0() != 1 && a.MemberID != t.Call.Actor.Member0():
			w.p.Add(cloud.Errorf(cloud.Invalid, "subnet.allocation", "there is no allocation %d of your member", *in.Allocation).On("allocation"))
		default:
			w.in, s.AllocationID = a, a.ID
		}
	}
	id := s.ParentID
	if in.Parent != nil {
		id = *in.Parent
	}
	if id == 0 {
		s.ParentID = 0
		return nil
	}
	parent, err := pick[cloud.Subnet](t, Pick{ID: id}, "subnet")
	if cloud.IsKind(err, cloud.NotFound) {
		w.p.Add(cloud.Errorf(cloud.Invalid, "subnet.parent", "there is no subnet %d", id).On("parent"))
		return nil
	}
	if err != nil {
		return err
	}
	if id != s.ParentID {
		if err := w.mayUse(parent, in.Allocation); !w.p.Collect(err) || w.p.Has("parent") {
			return err
		}
	}
	w.parent, s.ParentID = parent, parent.ID
	if s.ID == 0 && w.in == nil {
		s.AllocationID = parent.AllocationID
	}
	return nil
}

// mayUse asks whether something may be cut off a subnet. That everybody may read the
// owner of a pool gives nobody a piece of it (ADR 20).
func (w *placing) mayUse(parent *cloud.Subnet, allocation *int64) error {
	t, a := w.t, w.t.Call.Actor
	if w.in != nil && parent.AllocationID != w.in.ID {
		return cloud.Errorf(cloud.Invalid, "subnet.parent_allocation", "the subnet %s lies in another allocation", parent.Text).On("parent")
	}
	above, err := store.Get[cloud.Allocation](t.Tx, parent.AllocationID)
	if err != nil {
		return err
	}
	mine := parent.SiteID == a.Site0() || parent.MemberID == a.Member0() || above.MemberID == a.Member0() || t.firstSite()
	if !mine {
		return cloud.Errorf(cloud.Invalid, "subnet.parent_owner", "the subnet %d belongs to an address that gives you nothing of it", parent.ID).
			On("parent")
	}
	return nil
}

// text reads the range. Its host part is kept, as everybody sees it.
func (w *placing) text(text string) error {
	p, err := parseRange(text)
	if err != nil {
		return err
	}
	if w.s.Pool && p != w.s.Prefix {
		return cloud.Errorf(cloud.Invalid, "range.pool", "%s is a pool of a region, whose routers have its gateway: its range stays", w.s.Text).
			On("address_range")
	}
	w.s.Text = text
	if p != w.s.Prefix {
		w.s.Prefix, w.s.Low = p, ipam.First(p)
	}
	return nil
}

func inRange(code, format string, args ...any) *cloud.Error {
	return cloud.Errorf(cloud.Invalid, "range."+code, format, args...).On("address_range")
}

// check compares the range with what it lies in and with what lies beside it.
func (w *placing) check(was *cloud.Subnet) error {
	t, s := w.t, w.s
	if t.refused("address_range") || w.p.Has("address_range") {
		return nil
	}
	if w.in == nil && w.parent == nil {
		return inRange("nowhere", "neither the allocation nor the parent is valid")
	}
	if a := w.in; a != nil {
		switch {
		case a.Prefix.Addr().Is4() != s.Prefix.Addr().Is4():
			return inRange("version", "%s is of another IP version than the allocation %s", s.Text, a.Text)
		case !ipam.Within(a.Prefix, s.Prefix):
			return inRange("outside", "%s is not inside the allocation %s", s.Text, a.Text)
		}
	}
	if w.p.Has("parent") || t.refused("parent") {
		return nil
	}
	if up := w.parent; up != nil {
		switch {
		case up.Prefix.Addr().Is4() != s.Prefix.Addr().Is4():
			return inRange("parent_version", "%s is of another IP version than the parent %s", s.Text, up.Text)
		case up.Prefix == s.Prefix:
			return inRange("parent_same", "%s is the range of its parent", s.Text)
		case !ipam.Within(up.Prefix, s.Prefix):
			return inRange("parent_outside", "%s is not inside the parent %s", s.Text, up.Text)
		}
	}
	return w.beside(was)
}

// beside compares the range with its neighbours, and with what it holds. One that was
// asked for below an allocation may overlap no subnet of it, its own parent neither.
func (w *placing) beside(was *cloud.Subnet) error {
	t, s := w.t, w.s
	in, err := store.Get[cloud.Allocation](t.Tx, s.AllocationID)
	if err != nil {
		return err
	}
	if s.ID == 0 {
		if err := t.inPlan(s, in); err != nil {
			return err
		}
	}
	if s.ID == 0 && w.in != nil && w.parent != nil {
		return inRange("overlap", "%s overlaps the subnet %s; what lies in another subnet names its parent alone", s.Text, w.parent.Text)
	}
	o, err := store.SubnetInTheWay(t.Tx, in, s)
	if err != nil {
		return err
	}
	if o != nil {
		return subnetPlaced(s, &store.Overlap{ID: o.ID, Text: o.Text, Prefix: o.Prefix})
	}
	if s.ParentID != 0 {
		held, err := store.HeldAbove(t.Tx, s)
		if err != nil || held.IsValid() {
			return errors.Join(err, subnetPlaced(s, &store.Held{Addr: held}))
		}
	}
	if s.ID == 0 {
		return nil
	}
	out, err := store.SubnetOutside(t.Tx, was.AllocationID, s.ID, s.Prefix)
	if err != nil {
		return err
	}
	if out != nil {
		return inRange("child_outside", "the subnet %s in it would fall outside of %s", out.Text, s.Text)
	}
	held, err := store.AddressIn(t.Tx, s.ID, s.Prefix, true)
	if err == nil && held.IsValid() {
		return inRange("child_outside", "the address %s in it would fall outside of %s", held, s.Text)
	}
	return err
}

// inPlan makes what is laid out in the plan of a project a segment of it, which closes
// with the project.
func (t *Txn) inPlan(s *cloud.Subnet, in *cloud.Allocation) error {
	if !in.Pseudo() {
		return nil
	}
	p, err := store.First[cloud.Project](t.Tx, cloud.Where(cloud.Eq("id", in.ASNNumber-cloud.PseudoASN), cloud.Eq("asn_id", in.ASNID)))
	if store.None(err) {
		return nil
	}
	if err == nil {
		s.ProjectID, s.RegionID = p.ID, p.RegionID
	}
	return err
}

// subnetPlaced tells what is in the way of a subnet: another one, or an address.
func subnetPlaced(s *cloud.Subnet, err error) error {
	var o *store.Overlap
	var held *store.Held
	inParent := s.ParentID != 0
	switch {
	case errors.As(err, &held):
		return inRange("parent_overlap", "the address %s of the subnet above is in use, and would lie in %s", held.Addr, s.Text)
	case !errors.As(err, &o):
		return err
	case o.Prefix == s.Prefix && inParent:
		return inRange("parent_taken", "there is a subnet %s of the parent already", o.Text)
	case o.Prefix == s.Prefix:
		return inRange("taken", "there is a subnet %s already", o.Text)
	case inParent:
		return inRange("parent_overlap", "%s overlaps the subnet %s of the parent", s.Text, o.Text)
	}
	return inRange("overlap", "%s overlaps the subnet %s", s.Text, o.Text)
}

// PlanSubnets lists subnets that the actor may see.
func (t *Txn) PlanSubnets(q cloud.Query) ([]*SubnetDetail, int64, error) { return subnets.List(t, q) }

// PlanSubnet reads one.
func (t *Txn) PlanSubnet(p Pick) (*SubnetDetail, error) { return subnets.Read(t, p) }

// Space is a piece of an allocation: a subnet, or a free block.
type Space = store.Space

// SpaceKind says which pieces are asked for.
type SpaceKind = store.SpaceKind

// Kinds of space, beside all of it.
const (
	UsedSpace = store.UsedSpace
	FreeSpace = store.FreeSpace
)

// SpaceIn asks for a page of an allocation.
type SpaceIn struct {
	Pick
	Kind          SpaceKind
	Limit, Offset int
}

// SubnetSpace is a page of what of an allocation is used and free, and how many pieces
// there are. An allocation that the actor may not read is missing.
func (t *Txn) SubnetSpace(in SpaceIn) ([]Space, int64, error) {
	a, err := allocations.find(t, in.Pick, auth.AnyRole, false)
	if e := (*cloud.Error)(nil); errors.As(err, &e) && (e.Kind == cloud.NotFound || e.Code == "allocation.owner") {
		return nil, 0, cloud.Errorf(cloud.Invalid, "space.allocation", "there is no such allocation that you may read")
	}
	if err != nil {
		return nil, 0, err
	}
	return store.SpaceOf(t.Tx, a, in.Kind, in.Limit, in.Offset)
}
