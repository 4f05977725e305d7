package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// network keeps a segment on every host with a card in it, and on its
// router's.
func (r *Reconciler) network(ctx context.Context, it *work.Item) (time.Duration, error) {
	return once(ctx, it, func(tx *store.Tx) (time.Duration, error) {
		n, err := store.GetAny[cloud.Subnet](tx, it.Key)
		if store.None(err) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		hosts, err := networkHosts(tx, n)
		if err != nil {
			return 0, err
		}
		seg, err := segmentOf(tx, n, hosts)
		if err != nil {
			return 0, err
		}
		if err := spread(tx, hub.Owner{Kind: Network, Key: n.ID}, plan.KindNetwork, planID(n.UID), seg.on, hosts); err != nil {
			return 0, err
		}
		if n.Removing && n.Alive() && len(hosts) == 0 {
			return 0, networkGone(tx, n)
		}
		return 0, nil
	})
}

// networkGone closes a private network that no host has any more. Until then a report
// wakes it again, and so does the last card that leaves it.
func networkGone(tx *store.Tx, n *cloud.Subnet) error {
	left, err := hub.Of(tx, hub.Owner{Kind: Network, Key: n.ID})
	if err != nil || len(left) > 0 {
		return err
	}
	return closeNetwork(tx, n)
}

// closeNetwork closes a network with the addresses that somebody noted in it.
func closeNetwork(tx *store.Tx, n *cloud.Subnet) error {
	ips, err := store.Find[cloud.IP](tx, cloud.Where(cloud.Eq("subnet_id", n.ID)).By("id"))
	if err != nil {
		return err
	}
	for _, ip := range ips {
		if err := store.ReleaseIP(tx, ip); err != nil {
			return err
		}
	}
	if n.EventID != 0 {
		open := cloud.Life{EventID: n.EventID}
		if err := end(tx, &open, 0, ""); err != nil {
			return err
		}
		n.EventID = 0
	}
	return store.CloseSubnet(tx, n)
}

// networkRemoved begins the removal of a private network whose project goes (R23).
func networkRemoved(tx *store.Tx, n *cloud.Subnet) error {
	if n.Removing {
		return nil
	}
	now := tx.Now()
	e := &cloud.Event{
		Operation: tx.UID(), At: now, Started: now, MemberID: n.MemberID, SiteID: n.SiteID, RegionID: n.RegionID, UserName: "system",
		Action: "DELETE", Kind: Network, ObjectID: n.ID, ObjectUID: n.UID, Object: n.Name, ProjectID: n.ProjectID,
	}
	if err := store.Insert(tx, e); err != nil {
		return err
	}
	n.Removing, n.EventID = true, e.ID
	if err := store.Update(tx, n); err != nil {
		return err
	}
	return work.Enqueue(tx, Network, n.ID, 0)
}

func networkHosts(tx *store.Tx, n *cloud.Subnet) ([]int64, error) {
	hosts, err := store.Distinct[cloud.NIC](tx, "host_id", cloud.Eq("network_id", n.ID))
	if err != nil {
		return nil, err
	}
	at, err := routerAt(tx, n)
	if err == nil && at != 0 && !slices.Contains(hosts, at) {
		hosts = append(hosts, at)
	}
	return hosts, err
}

// routerAt is the host of a network's router, 0 without one.
func routerAt(tx *store.Tx, n *cloud.Subnet) (int64, error) {
	if n.RouterID == 0 || !n.Alive() {
		return 0, nil
	}
	rt, err := store.GetAny[cloud.Router](tx, n.RouterID)
	if err != nil || !rt.Alive() {
		return 0, err
	}
	return rt.HostID, nil
}

// tunnelOverhead is what VXLAN puts around a frame in an IPv4 packet, the
// frame's own header included.
const tunnelOverhead = 50

// minUnderlay is the smallest MTU of a link that tunnels are led over: what every
// network can carry must fit into them. One host must not make the networks of a
// whole region smaller than that.
const minUnderlay = 1280 + tunnelOverhead

// segment is a network with what each of its hosts must know of the others.
type segment struct {
	vni, mtu int
	prefix   string      // of a network without a router; "" otherwise
	ends     []tunnelEnd // of tunnels, in the order of hosts
	// centre is the only host that all others talk to; 0 = all with all.
	centre int64
}

// tunnelEnd is a host that tunnels may lead to.
type tunnelEnd struct {
	host    int64
	address string
}

func segmentOf(tx *store.Tx, n *cloud.Subnet, hosts []int64) (*segment, error) {
	s := &segment{vni: int(n.ID)}
	if !n.Routed {
		s.prefix = n.Prefix.String()
	}
	var err error
	// One MTU for the region: a network that gets its first card on another host
	// has it already.
	err = tx.QueryRow(`SELECT COALESCE(MIN(underlay_mtu), 0) FROM host
		WHERE region_id = $1 AND closed IS NULL AND underlay_mtu > 0`, n.RegionID).Scan(&s.mtu)
	if err != nil {
		return nil, fmt.Errorf("MTU of region %d: %w", n.RegionID, err)
	}
	s.mtu = max(s.mtu-tunnelOverhead, 0)
	if n.Public { // its cards reach each other through the router only
		if s.centre, err = routerAt(tx, n); err != nil {
			return nil, err
		}
	}
	for _, id := range hosts {
		h, err := store.GetAny[cloud.Host](tx, id)
		if err != nil {
			return nil, err
		}
		if h.Alive() && h.State == cloud.HostUp && h.Underlay != "" {
			s.ends = append(s.ends, tunnelEnd{h.ID, h.Underlay})
		}
	}
	return s, nil
}

// on is the network's document for one host.
func (s *segment) on(host int64) any {
	doc := &plan.Network{VNI: s.vni, MTU: s.mtu, Prefix: s.prefix}
	if !slices.ContainsFunc(s.ends, func(e tunnelEnd) bool { return e.host == host }) {
		return doc
	}
	for _, e := range s.ends {
		if e.host != host && (s.centre == 0 || s.centre == host || s.centre == e.host) {
			doc.Peers = append(doc.Peers, e.address)
		}
	}
	doc.Isolated = host == s.centre && len(doc.Peers) > 0
	return doc
}
