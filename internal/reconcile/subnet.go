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
	return once(ctx, it, nil, func(tx *store.Tx) (time.Duration, error) {
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
		doc := plan.Network{VNI: int(n.ID)}
		return 0, spread(tx, hub.Owner{Kind: Network, Key: n.ID}, plan.KindNetwork, planID(n.UID), &doc, hosts)
	})
}

func networkHosts(tx *store.Tx, n *cloud.Subnet) ([]int64, error) {
	rows, err := tx.Query(`SELECT DISTINCT s.host_id FROM nic c JOIN server s ON s.id = c.server_id
		WHERE c.network_id = $1 AND c.closed IS NULL AND s.closed IS NULL AND s.host_id <> 0 ORDER BY 1`, n.ID)
	if err != nil {
		return nil, fmt.Errorf("hosts of network %d: %w", n.ID, err)
	}
	defer rows.Close()
	var hosts []int64
	for rows.Next() {
		var h int64
		if err := rows.Scan(&h); err != nil {
			return nil, fmt.Errorf("hosts of network %d: %w", n.ID, err)
		}
		hosts = append(hosts, h)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if n.RouterID != 0 && n.Alive() {
		rt, err := store.GetAny[cloud.Router](tx, n.RouterID)
		if err != nil {
			return nil, err
		}
		if rt.Alive() && rt.HostID != 0 && !slices.Contains(hosts, rt.HostID) {
			hosts = append(hosts, rt.HostID)
		}
	}
	return hosts, nil
}
