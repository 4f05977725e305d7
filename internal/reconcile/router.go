package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// router is one turn of a project's router.
func (r *Reconciler) router(ctx context.Context, it *work.Item) (time.Duration, error) {
	return once(ctx, it, []string{"places"}, func(tx *store.Tx) (time.Duration, error) {
		rt, err := store.GetAny[cloud.Router](tx, it.Key)
		if store.None(err) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		if !rt.Alive() {
			return 0, nil
		}
		if rt.Remove == cloud.Now {
			return r.routerRemoving(tx, rt)
		}
		if rt.HostID != 0 && (hostIsLost(tx, rt.HostID) || hostIsNew(tx, rt.HostID)) {
			// A router holds no data: it is made anew elsewhere, and its
			// machines' ports follow. A host that never joined holds nothing at all.
			if err := r.leave(tx, rt); err != nil {
				return 0, err
			}
		}
		if rt.HostID == 0 {
			if err := chooseHost(tx, rt); err != nil || rt.HostID == 0 {
				rt.Reason = "no host of the region has joined yet"
				return time.Minute, store.Update(tx, rt)
			}
		}
		owner := hub.Owner{Kind: Router, Key: rt.ID}
		doc, err := routerDoc(tx, rt, owner)
		if err != nil {
			return 0, err
		}
		if err := put(tx, rt.HostID, plan.KindRouter, planID(rt.UID), doc, owner); err != nil {
			return 0, err
		}
		o, err := hub.Get(tx, rt.HostID, plan.KindRouter, planID(rt.UID))
		if err != nil {
			return 0, err
		}
		return r.routerReport(tx, rt, o)
	})
}

// leave gives up a router's host and wakes the machines of its project.
func (r *Reconciler) leave(tx *store.Tx, rt *cloud.Router) error {
	owner := hub.Owner{Kind: Router, Key: rt.ID}
	if err := put(tx, rt.HostID, plan.KindRouter, planID(rt.UID), nil, owner); err != nil {
		return err
	}
	rt.HostID, rt.Built = 0, false
	servers, err := store.Find[cloud.Server](tx, cloud.Where(cloud.Eq("project_id", rt.ProjectID)))
	if err != nil {
		return err
	}
	for _, s := range servers {
		if err := work.Enqueue(tx, Server, s.ID, 0); err != nil {
			return err
		}
	}
	return nil
}

// chooseHost places a router that had no host when its project was made.
func chooseHost(tx *store.Tx, rt *cloud.Router) error {
	q := cloud.Where(cloud.Eq("region_id", rt.RegionID), cloud.Eq("enabled", true), cloud.Eq("state", string(cloud.HostUp)))
	q.Order = []cloud.Order{{Field: "servers"}, {Field: "id"}}
	h, err := store.First[cloud.Host](tx, q)
	if store.None(err) {
		return nil
	}
	if err != nil {
		return err
	}
	rt.HostID = h.ID
	return nil
}

func routerDoc(tx *store.Tx, rt *cloud.Router, owner hub.Owner) (*plan.Router, error) {
	doc := &plan.Router{Up: rt.On && rt.Remove == cloud.Keep}
	float, err := store.GetAny[cloud.IP](tx, rt.FloatingID)
	if err != nil {
		return nil, fmt.Errorf("floating address of router %d: %w", rt.ID, err)
	}
	pool, err := store.GetAny[cloud.Subnet](tx, float.SubnetID)
	if err != nil {
		return nil, err
	}
	doc.Outside = []plan.Outside{{Address: fmt.Sprintf("%s/%d", float.Addr, pool.Prefix.Bits()), Gateway: pool.Gateway.String()}}
	pools, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("region_id", rt.RegionID), cloud.Eq("pool", true)).By("id"))
	if err != nil {
		return nil, err
	}
	for _, p := range pools {
		if p.Prefix.Addr().Is4() {
			doc.Pools = append(doc.Pools, p.Text)
		}
	}
	nets, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("project_id", rt.ProjectID), cloud.Eq("router_id", rt.ID)).By("id"))
	if err != nil {
		return nil, err
	}
	for _, n := range nets {
		doc.Legs = append(doc.Legs, plan.Leg{
			Network: planID(n.UID), Address: fmt.Sprintf("%s/%d", n.Gateway, n.Prefix.Bits()), Isolated: n.Public, DHCP: true,
		})
		if err := need(tx, rt.HostID, plan.KindNetwork, planID(n.UID), Network, n.ID); err != nil {
			return nil, err
		}
	}
	return doc, nil
}

// routerReport ends the router's event when its document is carried out. A
// router that is not made yet is waited for without end: machines wait for it
// with a reason, and it has nothing to fall back to.
func (r *Reconciler) routerReport(tx *store.Tx, rt *cloud.Router, o *hub.Order) (time.Duration, error) {
	if o == nil {
		return 0, store.Update(tx, rt)
	}
	rt.Taken = o.Taken >= o.Generation
	rt.Reason = ""
	if !o.Done() {
		rt.Reason = o.Status.Reason
		again := time.Duration(0)
		if rt.Open() {
			again = time.Minute
		}
		return again, store.Update(tx, rt)
	}
	rt.Built, rt.SeenOn = true, rt.On
	if rt.Open() {
		if rt.Remove == cloud.AfterGrace && rt.RemoveAfter == nil {
			p, err := store.GetAny[cloud.Project](tx, rt.ProjectID)
			if err != nil {
				return 0, err
			}
			at := tx.Now().Add(time.Duration(p.GraceHours) * time.Hour)
			rt.RemoveAfter = &at
			if p.GraceHours == 0 { // nobody waits for the next sweep, whose turn it is anyway
				if err := work.Enqueue(tx, Sweep, 0, 0); err != nil {
					return 0, err
				}
			}
		}
		id := rt.EventID
		rt.EventID = 0
		state := cloud.RouterStateNumber(rt)
		rt.EventID = id
		if err := end(tx, &rt.Life, state, ""); err != nil {
			return 0, err
		}
	}
	return 0, store.Update(tx, rt)
}
