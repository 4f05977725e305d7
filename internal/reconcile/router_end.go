package reconcile

import (
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// projectsOver removes the routers of projects whose grace period ended and
// whose machines are gone; the project closes with its router.
func (r *Reconciler) projectsOver(tx *store.Tx) error {
	q := cloud.Where(cloud.Eq("remove", cloud.AfterGrace),
		cloud.Eq("event_id", int64(0)), cloud.Cmp(cloud.OpLte, "remove_after", tx.Now()))
	return eachDue(tx, &r.routers, q.By("remove_after"), func(rt *cloud.Router) (moved bool, err error) {
		switch _, err := store.First[cloud.Server](tx, cloud.Where(cloud.Eq("project_id", rt.ProjectID))); {
		case err == nil:
			return false, nil // in a later sweep: machines go first
		case !store.None(err):
			return false, err
		}
		p, err := store.GetAny[cloud.Project](tx, rt.ProjectID)
		if err != nil {
			return false, err
		}
		rt.Remove = cloud.Now
		rt.Begin(cloud.Removing, -1, tx.Now())
		e := &cloud.Event{
			Operation: tx.UID(), At: tx.Now(), Started: tx.Now(), MemberID: p.MemberID, SiteID: p.SiteID, RegionID: p.RegionID, UserName: "system",
			Action: "DELETE", Kind: Router, ObjectID: rt.ID, ObjectUID: rt.UID, Object: p.Name, ProjectID: p.ID, State: cloud.RouterStateNumber(rt),
		}
		if err := store.Insert(tx, e); err != nil {
			return false, err
		}
		rt.EventID = e.ID
		if err := store.Update(tx, rt); err != nil {
			return false, err
		}
		private, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("project_id", p.ID), cloud.Eq("routed", false)).By("id"))
		if err != nil {
			return false, err
		}
		for _, n := range private {
			if err := networkRemoved(tx, n); err != nil {
				return false, err
			}
		}
		return true, work.Enqueue(tx, Router, rt.ID, 0)
	})
}

// routerRemoving orders a router away and closes its project when the host
// said gone. It never gives up.
func (r *Reconciler) routerRemoving(tx *store.Tx, rt *cloud.Router) (time.Duration, error) {
	owner := hub.Owner{Kind: Router, Key: rt.ID}
	orders, err := hub.Of(tx, owner)
	if err != nil {
		return 0, err
	}
	for _, o := range orders {
		if err := put(tx, o.Host, o.Kind, o.Object, nil, owner); err != nil {
			return 0, err
		}
	}
	if orders, err = hub.Of(tx, owner); err != nil {
		return 0, err
	}
	for _, o := range orders {
		if !o.Gone() {
			rt.Taken, rt.Reason = o.Taken >= o.Generation, waitReason(o)
			return time.Minute, store.Update(tx, rt)
		}
	}
	for _, o := range orders {
		if err := hub.Drop(tx, o.Host, plan.KindRouter, o.Object); err != nil {
			return 0, err
		}
	}
	return 0, closeProject(tx, rt)
}

// closeProject closes a project with everything below it, in the transaction
// that records that its router is gone.
func closeProject(tx *store.Tx, rt *cloud.Router) error {
	p, err := store.Get[cloud.Project](tx, rt.ProjectID)
	if err != nil {
		return err
	}
	now := tx.Now()
	float, err := store.Get[cloud.IP](tx, rt.FloatingID)
	if err == nil {
		err = store.ReleaseIP(tx, float)
	}
	if err != nil && !store.None(err) {
		return err
	}
	if err := closeNetworks(tx, p.ID); err != nil {
		return err
	}
	if err := closeAddressPlan(tx, p.ASNID); err != nil {
		return err
	}
	rules, err := store.Find[cloud.RouterRule](tx, cloud.Where(cloud.Eq("router_id", rt.ID)).By("rank"))
	if err != nil {
		return err
	}
	for _, r := range rules {
		if err := store.Delete[cloud.RouterRule](tx, r.ID); err != nil {
			return err
		}
	}
	if err := end(tx, &rt.Life, cloud.StateClosed, ""); err != nil {
		return err
	}
	rt.Closed, rt.SeenOn = &now, false
	if err := store.DropPolicyHits(tx, rt.ID); err != nil {
		return err
	}
	if err := store.Update(tx, rt); err != nil {
		return err
	}
	p.Closed, p.Updated = &now, now
	return store.Update(tx, p)
}

// closeNetworks closes the networks of a project, those inside of others first.
func closeNetworks(tx *store.Tx, project int64) error {
	nets, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("project_id", project)).By("id"))
	if err != nil {
		return err
	}
	slices.SortStableFunc(nets, func(a, b *cloud.Subnet) int { return b.Prefix.Bits() - a.Prefix.Bits() })
	for _, n := range nets {
		if err := closeNetwork(tx, n); err != nil {
			return err
		}
		if err := work.Enqueue(tx, Network, n.ID, 0); err != nil {
			return err
		}
	}
	return nil
}

// closeAddressPlan closes a pseudo ASN with its allocations.
func closeAddressPlan(tx *store.Tx, asn int64) error {
	allocations, err := store.Find[cloud.Allocation](tx, cloud.Where(cloud.Eq("asn_id", asn)).By("id"))
	if err != nil {
		return err
	}
	for _, a := range allocations {
		if err := store.CloseAllocation(tx, a); err != nil {
			return err
		}
	}
	row, err := store.Get[cloud.ASN](tx, asn)
	if store.None(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return store.CloseASN(tx, row)
}
