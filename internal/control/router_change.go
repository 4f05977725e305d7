package control

import (
	"context"
	"errors"
	"net/netip"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// SubnetIn is a network of a router: a new one without ID, else a change. The
// address part of Text is the gateway.
type SubnetIn struct {
	ID   Pick
	Text string
	Name *string
	// What a change was sent with must be what is shown: neither owner nor
	// segment numbers of a project's network may change.
	SiteID, VLAN, VXLAN *int64
}

// ChangeRouterIn changes a router; nil stays. Networks left out are kept, firewall rules
// are replaced as a whole.
type ChangeRouterIn struct {
	Pick
	State   *int // 5 stop, 7 start, 8 remove after grace, 10, 15
	Subnets []SubnetIn
	Rules   []RouterRuleIn
}

// Segment numbers that networks of projects get (cloudcix.md section 13).
const (
	firstVLAN = 1000
	lastVLAN  = 2000
)

// ChangeRouter changes the state and the networks of a router. Errors about
// networks name their item.
func (c *Control) ChangeRouter(ctx context.Context, call *Call, in ChangeRouterIn, ans Answer[*ProjectView]) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (*ProjectView, error) {
		row, err := store.First[cloud.Project](t.Tx, cloud.Query{Where: cloud.Eq("router_id", in.ID), Closed: true})
		if store.None(err) {
			return nil, missing("router", in.Pick)
		}
		if err != nil {
			return nil, err
		}
		o := auth.Owned{MemberID: row.MemberID, SiteID: row.SiteID, RegionID: row.RegionID}
		if err := t.may(auth.For("virtual_router.write"), true, o); err != nil {
			return nil, err
		}
		if err := alive("router of project", row.Name, row.Meta); err != nil {
			return nil, err
		}
		r, err := store.GetAny[cloud.Router](t.Tx, row.RouterID)
		if err != nil {
			return nil, err
		}
		if err := t.changeRouter(row, r, in); err != nil {
			return nil, err
		}
		return projects.view(t, row)
	}, ans)
}

func (t *Txn) changeRouter(p *cloud.Project, r *cloud.Router, in ChangeRouterIn) error {
	state := cloud.RouterStateNumber(r)
	want, err := transition(state, in.State)
	if err != nil {
		return err
	}
	changed, err := t.changeSubnets(p, r, in.Subnets)
	if err != nil {
		return err
	}
	ruled, err := t.changeRules(p, r, in.Rules)
	if err != nil {
		return err
	}
	changed = changed || ruled
	// A router in the state that it is asked into is on its way there already: networks
	// that are sent with it begin no second operation.
	to := want
	if want == state {
		to = 0
	}
	switch {
	case to == 0 && !changed:
		return nil
	case to == cloud.StateQuiesce:
		r.On = false
		return t.orderRouter(p, r, cloud.PowerOff, "SHUTDOWN")
	case to == cloud.StateRestart:
		r.On, r.Remove, r.RemoveAfter = true, cloud.Keep, nil
		return t.orderRouter(p, r, cloud.PowerOn, "START")
	case to == cloud.StateScrub:
		r.On, r.Remove, r.RemoveAfter = false, cloud.AfterGrace, nil
		return t.orderRouter(p, r, cloud.Removing, "DELETE")
	case !r.Open() && r.Remove == cloud.Keep:
		return t.orderRouter(p, r, cloud.Configure, "UPDATE")
	}
	// What is under way reads networks and rules when it gets there, and what is shut down
	// when it is restored.
	r.Touch(t.Now(), t.Call.Actor.UserID())
	if err := store.Update(t.Tx, r); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "router", r.ID, 0)
}

// orderRouter opens an event on a router and has it carried out.
func (t *Txn) orderRouter(p *cloud.Project, r *cloud.Router, c cloud.Change, action string) error {
	if err := t.replace(&r.Life, "another change"); err != nil { // one that failed may still be tried
		return err
	}
	r.Begin(c, -1, t.Now()) // the state number below needs the change; the id follows
	e := t.newEvent(action, subject{
		kind: "router", id: r.ID, uid: r.UID, name: p.Name, member: p.MemberID, site: p.SiteID, region: p.RegionID, project: p.ID,
		state: cloud.RouterStateNumber(r),
	})
	if err := store.Insert(t.Tx, e); err != nil {
		return err
	}
	r.EventID = e.ID
	r.Touch(t.Now(), t.Call.Actor.UserID())
	if err := store.Update(t.Tx, r); err != nil {
		return err
	}
	p.RunRobot = true
	if err := store.Update(t.Tx, p); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "router", r.ID, 0)
}

// changeSubnets makes and changes networks; false when nothing differs.
func (t *Txn) changeSubnets(p *cloud.Project, r *cloud.Router, list []SubnetIn) (bool, error) {
	if len(list) == 0 {
		return false, nil
	}
	have, err := store.Find[cloud.Subnet](t.Tx, cloud.Where(cloud.Eq("project_id", p.ID), cloud.Eq("routed", true)).By("id"))
	if err != nil {
		return false, err
	}
	allocations, err := store.Find[cloud.Allocation](t.Tx, cloud.Where(cloud.Eq("asn_id", p.ASNID), cloud.Eq("overlap", false)).By("id"))
	if err != nil {
		return false, err
	}
	if len(allocations) == 0 {
		return false, cloud.Errorf(cloud.Invalid, "subnets.asn", "the project has no address plan any more").On("subnets")
	}
	changed := false
	var sent []netip.Prefix
	for i, in := range list {
		if t.Call.Refused.HasItem("subnets", i, "") {
			continue
		}
		n := subnetChange{t: t, p: p, r: r, in: in, i: i, have: have, allocations: allocations}
		net, moved, err := n.apply(sent)
		if err != nil {
			return false, err
		}
		if in.ID.Empty() {
			have = append(have, net)
		}
		sent, changed = append(sent, net.Prefix), changed || moved
	}
	return changed, nil
}

// subnetChange is one item of a router's networks.
type subnetChange struct {
	t           *Txn
	p           *cloud.Project
	r           *cloud.Router
	in          SubnetIn
	i           int
	have        []*cloud.Subnet
	allocations []*cloud.Allocation
}

func (n *subnetChange) bad(code, format string, args ...any) error {
	return cloud.Errorf(cloud.Invalid, "subnets."+code, format, args...).OnItem("subnets", n.i, "address_range")
}

func (n *subnetChange) apply(sent []netip.Prefix) (*cloud.Subnet, bool, error) {
	var old *cloud.Subnet
	for _, s := range n.have {
		if !n.in.ID.Empty() && s.ID == n.in.ID.ID {
			old = s
		}
	}
	if old == nil && !n.in.ID.Empty() {
		return nil, false, n.bad("id", "the project has no network %d", n.in.ID.ID)
	}
	if err := n.fixed(old); err != nil {
		return nil, false, err
	}
	if old != nil && old.Text == n.in.Text { // shown so, sent so: at most a new name (R0a)
		if n.in.Name == nil || *n.in.Name == old.Name {
			return old, false, nil
		}
		if err := n.named(); err != nil {
			return nil, false, err
		}
		old.Name = *n.in.Name
		old.Touch(n.t.Now(), n.t.Call.Actor.UserID())
		return old, true, store.Update(n.t.Tx, old)
	}
	net, gateway, allocation, err := n.check(old, sent)
	if err != nil {
		return nil, false, err
	}
	if old != nil {
		return n.move(old, net, gateway, allocation)
	}
	return n.make(net, gateway, allocation)
}

// named checks another name of a network.
func (n *subnetChange) named() error {
	if e := cloud.CheckText("subnets", *n.in.Name); e != nil {
		return n.bad("form", "%s", e.Message)
	}
	return nil
}

// fixed refuses to change what cannot be changed. New networks get their owner
// and numbers from here, whatever was sent.
func (n *subnetChange) fixed(old *cloud.Subnet) error {
	if old == nil {
		return nil
	}
	for _, f := range []struct {
		code string
		sent *int64
		is   int64
	}{
		{code: "owner", sent: n.in.SiteID, is: old.SiteID},
		{code: "vlan", sent: n.in.VLAN, is: int64(old.VLAN)},
		{code: "vxlan", sent: n.in.VXLAN, is: int64(old.VXLAN)},
	} {
		if f.sent != nil && *f.sent != f.is {
			return n.bad(f.code, "the %s of a project network may not change: it is %d", f.code, f.is)
		}
	}
	return nil
}

// check reads a range and compares it with all others.
func (n *subnetChange) check(
	old *cloud.Subnet, sent []netip.Prefix,
) (net netip.Prefix, gateway netip.Addr, in *cloud.Allocation, err error) {
	if net, gateway, err = ipam.ParseNet(n.in.Text); err != nil {
		return net, gateway, nil, n.bad("range", "%q is no address range such as 10.0.0.1/24", n.in.Text)
	}
	if ipam.Edge(net, gateway) {
		return net, gateway, nil, n.bad("edge", "%s is the network or broadcast address; the address of a range is its gateway", gateway)
	}
	for _, s := range sent {
		if s.Overlaps(net) {
			return net, gateway, nil, n.bad("overlap", "%s overlaps another item", n.in.Text)
		}
	}
	for _, a := range n.allocations {
		if a.Prefix.Contains(net.Addr()) && a.Prefix.Bits() <= net.Bits() {
			in = a
		}
	}
	if in == nil {
		return net, gateway, nil, n.bad("outside", "%s is outside of the private ranges of the project", n.in.Text)
	}
	for _, s := range n.have {
		switch {
		case s == old || s.Public: // what the other dialect uses may overlap (R24)
		case s.Prefix == net:
			return net, gateway, nil, n.bad("same", "the project already has the network %s", n.in.Text)
		case s.Prefix.Overlaps(net):
			return net, gateway, nil, n.bad("taken", "%s overlaps the network %s of the project", n.in.Text, s.Text)
		}
	}
	return net, gateway, in, nil
}

// move changes the range of a network; every address in use must stay inside and
// free of the new gateway.
func (n *subnetChange) move(s *cloud.Subnet, net netip.Prefix, gateway netip.Addr, in *cloud.Allocation) (*cloud.Subnet, bool, error) {
	ips, err := store.Find[cloud.IP](n.t.Tx, cloud.Where(cloud.Eq("subnet_id", s.ID)))
	if err != nil {
		return nil, false, err
	}
	for _, ip := range ips {
		if !net.Contains(ip.Addr) || ipam.Edge(net, ip.Addr) || ip.Addr == gateway {
			return nil, false, n.bad("inside", "the address %s of the network would not fit into %s", ip.Addr, n.in.Text)
		}
	}
	s.AllocationID, s.Text, s.Prefix, s.Gateway, s.Low = in.ID, n.in.Text, net, gateway, ipam.First(net)
	if n.in.Name != nil && *n.in.Name != s.Name {
		if err := n.named(); err != nil {
			return nil, false, err
		}
		s.Name = *n.in.Name
	}
	s.Touch(n.t.Now(), n.t.Call.Actor.UserID())
	return s, true, n.placed(store.MoveSubnet(n.t.Tx, s))
}

// placed tells what is in the way of a network that is none of the router's.
func (n *subnetChange) placed(err error) error {
	if o := (*store.Overlap)(nil); errors.As(err, &o) {
		return n.bad("taken", "%s overlaps the network %s of the project", n.in.Text, o.Text)
	}
	return err
}

func (n *subnetChange) make(net netip.Prefix, gateway netip.Addr, in *cloud.Allocation) (*cloud.Subnet, bool, error) {
	vlan, err := n.t.freeVLAN(n.p.RegionID)
	if err != nil {
		return nil, false, err
	}
	s := &cloud.Subnet{
		AllocationID: in.ID, MemberID: n.p.MemberID, SiteID: n.t.Call.Actor.Site0(), RegionID: n.p.RegionID, ProjectID: n.p.ID, RouterID: n.r.ID,
		Text: n.in.Text, Prefix: net, Gateway: gateway, Routed: true, VLAN: vlan, VXLAN: int(n.t.Call.Actor.Site0()), Low: ipam.First(net),
	}
	if n.in.Name != nil {
		s.Name = *n.in.Name
	}
	s.ModifiedBy = n.t.Call.Actor.UserID()
	return s, true, n.placed(store.PlaceSubnet(n.t.Tx, s))
}

// freeVLAN is the lowest number that no network of a region has.
func (t *Txn) freeVLAN(region int64) (int, error) {
	rows, err := store.Find[cloud.Subnet](t.Tx, cloud.Where(
		cloud.Eq("region_id", region), cloud.Cmp(cloud.OpGte, "vlan", firstVLAN), cloud.Cmp(cloud.OpLte, "vlan", lastVLAN)).By("vlan"))
	if err != nil {
		return 0, err
	}
	next := firstVLAN
	for _, s := range rows {
		if s.VLAN == next {
			next++
		}
	}
	if next > lastVLAN {
		return 0, cloud.Errorf(cloud.Exhausted, "router.segments", "the region has no segment number left for another network").
			WithFix("Remove networks that are not needed, or choose another region.")
	}
	return next, nil
}
