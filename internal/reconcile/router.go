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
	return once(ctx, it, func(tx *store.Tx) (time.Duration, error) {
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
			if rt.HostID, err = store.RouterHost(tx, rt.RegionID); err != nil {
				return 0, err
			}
			if err := wakeNetworks(tx, rt); err != nil {
				return 0, err
			}
			if rt.HostID != 0 { // their ports wait for it
				if err := wakeServers(tx, rt); err != nil {
					return 0, err
				}
			}
		}
		if rt.HostID == 0 {
			why, err := store.WithoutHost(tx, rt.RegionID)
			if err != nil {
				return 0, err
			}
			return r.routerWaits(tx, rt, why, false)
		}
		owner := hub.Owner{Kind: Router, Key: rt.ID}
		nets, err := routed(tx, rt)
		if err != nil {
			return 0, err
		}
		doc, err := routerDoc(tx, rt, nets)
		if err != nil {
			return 0, err
		}
		for _, n := range nets {
			if err := need(tx, rt.HostID, plan.KindNetwork, planID(n.UID), Network, n.ID); err != nil {
				return 0, err
			}
		}
		if err := put(tx, rt.HostID, plan.KindRouter, planID(rt.UID), doc, owner); err != nil {
			return 0, err
		}
		o, err := hub.Get(tx, rt.HostID, plan.KindRouter, planID(rt.UID))
		if err != nil {
			return 0, err
		}
		return r.routerReport(tx, rt, o, nets)
	})
}

// leave gives up a router's host and wakes the machines of its project.
func (r *Reconciler) leave(tx *store.Tx, rt *cloud.Router) error {
	owner := hub.Owner{Kind: Router, Key: rt.ID}
	if err := put(tx, rt.HostID, plan.KindRouter, planID(rt.UID), nil, owner); err != nil {
		return err
	}
	rt.HostID, rt.Built = 0, false
	return wakeServers(tx, rt)
}

// wakeServers lets the machines of a router's project follow it.
func wakeServers(tx *store.Tx, rt *cloud.Router) error {
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

// wakeNetworks lets the networks of a router that moved follow it, tunnels too.
func wakeNetworks(tx *store.Tx, rt *cloud.Router) error {
	nets, err := routed(tx, rt)
	if err != nil {
		return err
	}
	for _, n := range nets {
		if err := work.Enqueue(tx, Network, n.ID, 0); err != nil {
			return err
		}
	}
	return nil
}

// routed are the networks that a router has a leg in.
func routed(tx *store.Tx, rt *cloud.Router) ([]*cloud.Subnet, error) {
	return store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("project_id", rt.ProjectID), cloud.Eq("router_id", rt.ID)).By("id"))
}

func routerDoc(tx *store.Tx, rt *cloud.Router, nets []*cloud.Subnet) (*plan.Router, error) {
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
	if doc.Rules, err = routerRules(tx, rt); err != nil {
		return nil, err
	}
	for _, n := range nets {
		doc.Legs = append(doc.Legs, plan.Leg{
			Network: planID(n.UID), Address: fmt.Sprintf("%s/%d", n.Gateway, n.Prefix.Bits()), Isolated: n.Public, DHCP: true,
		})
	}
	return doc, nil
}

// routerRules are the router's firewall rules, in order. Both marks of a rule that say
// what is to be logged mean the same here.
func routerRules(tx *store.Tx, rt *cloud.Router) (list []plan.Rule, err error) {
	rows, err := store.Find[cloud.RouterRule](tx, cloud.Where(cloud.Eq("router_id", rt.ID)).By("rank"))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		rule := plan.Rule{
			Allow: row.Allow, Protocol: row.Protocol, Sources: []string{row.Source}, Destination: row.Destination,
			Log: row.DebugLogging || row.PCILogging,
		}
		spans, bad := cloud.Spans(row.Port)
		if bad != nil {
			return nil, fmt.Errorf("rule %d of router %d: %w", row.Rank, rt.ID, bad)
		}
		for _, s := range spans {
			rule.Ports = append(rule.Ports, plan.Span{From: s.From, To: s.To})
		}
		list = append(list, rule)
	}
	return list, nil
}

// routerReport ends the router's event when its document is carried out.
func (r *Reconciler) routerReport(tx *store.Tx, rt *cloud.Router, o *hub.Order, nets []*cloud.Subnet) (time.Duration, error) {
	if o == nil {
		return 0, store.Update(tx, rt)
	}
	if taken := o.Taken >= o.Generation; taken != rt.Taken || o.Status.Percent != rt.Percent {
		rt.Taken, rt.Percent, rt.MovedAt = taken, o.Status.Percent, tx.Now()
	}
	if !o.Done() {
		return r.routerWaits(tx, rt, orderReason(o), o.Status.Failed && rt.Taken)
	}
	recovered := rt.Failed
	rt.Built, rt.SeenOn, rt.Failed, rt.Reason = true, rt.On, false, ""
	rt.Carried = &cloud.Legs{}
	for _, n := range nets {
		rt.Carried.Nets = append(rt.Carried.Nets, cloud.Leg{
			ID: n.ID, AllocationID: n.AllocationID, Text: n.Text, Prefix: n.Prefix, Gateway: n.Gateway,
		})
	}
	if rt.Open() {
		if rt.Remove == cloud.AfterGrace {
			if err := graceBegins(tx, rt.ProjectID, &rt.Life); err != nil {
				return 0, err
			}
		}
		if err := end(tx, &rt.Life, routerAfter(rt), ""); err != nil {
			return 0, err
		}
	} else if recovered {
		if err := r.routerRecovered(tx, rt); err != nil {
			return 0, err
		}
	}
	return 0, store.Update(tx, rt)
}

// routerAfter is the state number of a router once its open event has ended.
func routerAfter(rt *cloud.Router) int {
	ended := *rt
	ended.EventID = 0
	return cloud.RouterStateNumber(&ended)
}
