package reconcile

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// host takes over what a host says of itself, and wakes what has waited for one
// in its region: routers, and creations that gave up.
func (r *Reconciler) host(ctx context.Context, it *work.Item) (time.Duration, error) {
	return once(ctx, it, func(tx *store.Tx) (time.Duration, error) {
		h, err := store.GetAny[cloud.Host](tx, it.Key)
		if store.None(err) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		if h.State == cloud.HostLost {
			if err := freeUnderlay(tx, h); err != nil {
				return 0, err
			}
		}
		if !h.Alive() {
			return 0, nil
		}
		link, err := hub.LinkOf(tx, h.ID)
		if err != nil {
			return 0, err
		}
		if link != nil && link.Facts.CPUs > 0 {
			f := link.Facts
			if h.State == cloud.HostNew {
				h.State = cloud.HostUp
			}
			h.Cores, h.VCPU, h.RAM, h.DiskGB, h.Accelerator = f.CPUs, f.CPUs*8, f.RAM, int(f.Disk>>30), f.Accelerator
			if err := moved(tx, h, f); err != nil {
				return 0, err
			}
			seen := tx.Now()
			h.LastSeen = &seen
			if err := store.Update(tx, h); err != nil {
				return 0, err
			}
		}
		waiting, err := store.Find[cloud.Router](tx, cloud.Where(cloud.Eq("region_id", h.RegionID), cloud.Eq("host_id", int64(0))))
		if err != nil {
			return 0, err
		}
		for _, rt := range waiting {
			if err := work.Enqueue(tx, Router, rt.ID, 0); err != nil {
				return 0, err
			}
		}
		open := h.Enabled && h.State == cloud.HostUp
		return 0, hasten(tx, h.RegionID, func(s *cloud.Server) bool {
			return open || s.HostID == h.ID // another host may have those
		})
	})
}

// moved takes over where a host has its tunnels, and wakes the networks that
// lead there. A smaller MTU is one for the whole region.
func moved(tx *store.Tx, h *cloud.Host, f plan.Facts) error {
	underlay, mtu := "", 0
	if a, err := netip.ParseAddr(f.Address); err == nil && a.Is4() && f.MTU >= minUnderlay {
		underlay, mtu = a.String(), f.MTU
	}
	// Of two with one address neither is reached by its tunnels; who has it keeps it.
	n, err := store.Count[cloud.Host](tx, cloud.Where(cloud.Eq("region_id", h.RegionID), cloud.Ne("id", h.ID),
		cloud.Ne("underlay", ""), cloud.Eq("underlay", underlay), cloud.Eq("state", string(cloud.HostUp))))
	if err != nil {
		return err
	}
	if n > 0 {
		underlay, mtu = "", 0
	}
	if h.Underlay == underlay && h.UnderlayMTU == mtu {
		return nil
	}
	if h.Underlay != "" && h.Underlay != underlay {
		if err := freeUnderlay(tx, h); err != nil {
			return err
		}
	}
	h.Underlay, h.UnderlayMTU = underlay, mtu
	networks, err := store.Integers(tx, `SELECT DISTINCT o.work_key FROM orders o JOIN host h ON h.id = o.host
		WHERE o.work_kind = $1 AND h.region_id = $2 ORDER BY 1`, Network, h.RegionID)
	if err != nil {
		return fmt.Errorf("networks of region %d: %w", h.RegionID, err)
	}
	for _, n := range networks {
		if err := work.Enqueue(tx, Network, n, 0); err != nil {
			return err
		}
	}
	return nil
}

// freeUnderlay lets hosts look again that have no address towards others: a host gives
// up its own, which may be what one of them says.
func freeUnderlay(tx *store.Tx, h *cloud.Host) error {
	without, err := store.Find[cloud.Host](tx, cloud.Where(cloud.Eq("region_id", h.RegionID), cloud.Ne("id", h.ID),
		cloud.Eq("underlay", ""), cloud.Eq("fake", false), cloud.Eq("state", string(cloud.HostUp))))
	if err != nil {
		return err
	}
	for _, o := range without {
		if err := work.Enqueue(tx, Host, o.ID, 0); err != nil {
			return err
		}
	}
	return nil
}
