package reconcile

import (
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// orderReason says why an order is not carried out yet.
func orderReason(o *hub.Order) string {
	switch {
	case o.Status.Reason != "" && o.Taken >= o.Generation:
		return o.Status.Reason
	case o.Taken < o.Generation:
		return "the host has not taken the order for " + o.Kind.Noun() + " yet"
	}
	return "the host works on " + o.Kind.Noun()
}

// routerWaits notes why a router is not as wanted. What its host calls hopeless,
// and what did not move for too long, is given up.
func (r *Reconciler) routerWaits(tx *store.Tx, rt *cloud.Router, reason string, hopeless bool) (time.Duration, error) {
	rt.Reason = reason
	if !rt.Open() {
		again := time.Duration(0)
		if rt.HostID == 0 {
			again = time.Minute
		}
		return again, store.Update(tx, rt)
	}
	limit := r.deadline(rt.Change)
	if rt.Remove == cloud.AfterGrace {
		limit = r.deadline(cloud.PowerOff)
	}
	// What was never made has nothing to be stopped.
	if waited := tx.Now().Sub(rt.MovedAt); !hopeless && waited < limit && !(rt.Failed && rt.Remove == cloud.AfterGrace) {
		return min(limit-waited, time.Minute), store.Update(tx, rt)
	}
	return 0, r.routerGivesUp(tx, rt, reason)
}

// routerGivesUp ends a router's event with the reason. A router that was never
// made counts as failed, which its removal takes; it stays ordered, and comes to
// life when its host can make it. A change goes back to what was carried out last.
func (r *Reconciler) routerGivesUp(tx *store.Tx, rt *cloud.Router, reason string) error {
	switch {
	case rt.Remove == cloud.AfterGrace:
		// What cannot be stopped is removed all the same, when its time is over.
		if err := graceBegins(tx, rt.ProjectID, &rt.Life); err != nil {
			return err
		}
	case !rt.Built:
		rt.Failed = true
	default:
		rt.On = rt.SeenOn
		if err := rollbackNets(tx, rt); err != nil {
			return err
		}
		if err := work.Enqueue(tx, Router, rt.ID, 0); err != nil {
			return err
		}
	}
	if err := end(tx, &rt.Life, routerAfter(rt), reason); err != nil {
		return err
	}
	return store.Update(tx, rt)
}

// graceBegins sets when something that was stopped is removed.
func graceBegins(tx *store.Tx, project int64, l *cloud.Life) error {
	if l.RemoveAfter != nil {
		return nil
	}
	p, err := store.GetAny[cloud.Project](tx, project)
	if err != nil {
		return err
	}
	at := tx.Now().Add(p.Grace())
	l.RemoveAfter = &at
	if p.GraceHours > 0 {
		return nil
	}
	return work.Enqueue(tx, Sweep, 0, 0) // nobody waits for the next sweep, whose turn it is anyway
}

// rollbackNets takes networks back to what the router's host carried out last.
// One that is in use by now stays as it is.
func rollbackNets(tx *store.Tx, rt *cloud.Router) error {
	if rt.Carried == nil {
		return nil
	}
	was := map[int64]cloud.Leg{}
	for _, l := range rt.Carried.Nets {
		was[l.ID] = l
	}
	own := []cloud.Cond{cloud.Eq("router_id", rt.ID), cloud.Eq("routed", true), cloud.Eq("public", false)}
	nets, err := store.Find[cloud.Subnet](tx, cloud.Where(own...).By("id"))
	if err != nil {
		return err
	}
	nets = slices.DeleteFunc(nets, func(n *cloud.Subnet) bool {
		l, known := was[n.ID]
		return known && l.Text == n.Text
	})
	// One may stand where another one was, until it is back itself.
	for before := len(nets) + 1; len(nets) < before; {
		before = len(nets)
		var stay []*cloud.Subnet
		for _, n := range nets {
			l, known := was[n.ID]
			back, err := rollbackNet(tx, n, l, known)
			if err != nil {
				return err
			}
			if !back {
				stay = append(stay, n)
			}
		}
		nets = stay
	}
	return nil
}

// rollbackNet takes a network back, if nothing is in the way.
func rollbackNet(tx *store.Tx, n *cloud.Subnet, was cloud.Leg, known bool) (bool, error) {
	n.Updated = tx.Now()
	if !known {
		cards, err := store.Count[cloud.NIC](tx, cloud.Where(cloud.Eq("network_id", n.ID)))
		if err != nil || cards > 0 || n.InUse > 0 || n.Children > 0 {
			return false, err
		}
		if err := store.CloseSubnet(tx, n); err != nil {
			return false, err
		}
		return true, work.Enqueue(tx, Network, n.ID, 0)
	}
	ips, err := store.Find[cloud.IP](tx, cloud.Where(cloud.Eq("subnet_id", n.ID)))
	if err != nil {
		return false, err
	}
	for _, ip := range ips {
		if !was.Prefix.Contains(ip.Addr) || ip.Addr == was.Gateway {
			return false, nil
		}
	}
	old := *n
	old.AllocationID, old.Prefix = was.AllocationID, was.Prefix
	allocation, err := store.Get[cloud.Allocation](tx, was.AllocationID)
	if store.None(err) { // removed since
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if other, err := store.SubnetInTheWay(tx, allocation, &old); err != nil || other != nil {
		return false, err
	}
	if out, err := store.SubnetOutside(tx, n.AllocationID, n.ID, was.Prefix); err != nil || out != nil {
		return false, err
	}
	n.AllocationID, n.Text, n.Prefix, n.Gateway, n.Low = was.AllocationID, was.Text, was.Prefix, was.Gateway, was.Prefix.Addr().Next()
	if err := store.MoveSubnet(tx, n); err != nil {
		return false, err
	}
	return true, work.Enqueue(tx, Network, n.ID, 0)
}

// routerRecovered notes that a router was made after its creation was given up.
func (r *Reconciler) routerRecovered(tx *store.Tx, rt *cloud.Router) error {
	p, err := store.GetAny[cloud.Project](tx, rt.ProjectID)
	if err != nil {
		return err
	}
	now := tx.Now()
	return happened(tx, cloud.Event{
		Operation: tx.UID(), At: now, Started: now, MemberID: p.MemberID, SiteID: p.SiteID, RegionID: p.RegionID, UserName: "system",
		Action: "CREATE", Kind: Router, ObjectID: rt.ID, ObjectUID: rt.UID, Object: p.Name, ProjectID: p.ID, State: routerAfter(rt),
	}, "")
}

// happened writes both lines of an operation that is over already.
func happened(tx *store.Tx, first cloud.Event, reason string) error {
	last := first
	last.End, last.Failed, last.Reason = true, reason != "", reason
	if err := store.Insert(tx, &first); err != nil {
		return err
	}
	return store.Insert(tx, &last)
}
