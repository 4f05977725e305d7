package control

import (
	"context"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// SnapshotDays is how long a snapshot taken through 1&1 is kept when nothing else
// is said (R10).
const SnapshotDays = 3

// snapshots are the live snapshots of a server, oldest first.
func (t *Txn) snapshots(s *cloud.Server) ([]*cloud.Snapshot, error) {
	return store.Find[cloud.Snapshot](t.Tx, cloud.Where(cloud.Eq("server_id", s.ID)).By("id"))
}

// CreateSnapshotIn asks for a snapshot of a server.
type CreateSnapshotIn struct {
	Pick
	// Expires is the time after which it is removed by itself: nil is
	// SnapshotDays, and 0 is never.
	Expires *time.Duration
}

// CreateSnapshot freezes all disks of a server. In 1&1 a server has one
// snapshot, and it may be taken with the machine off (R10).
func (c *Control) CreateSnapshot(ctx context.Context, call *Call, in CreateSnapshotIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, "servers.manage_snapshot", ans, func(t *Txn, s *cloud.Server) error {
		if err := idle(s); err != nil {
			return err
		}
		// What a clone still copies from is nobody's snapshot.
		n, err := store.Count[cloud.Snapshot](t.Tx, cloud.Where(cloud.Eq("server_id", s.ID), cloud.Eq("hidden", false)))
		if err != nil {
			return err
		}
		if n > 0 {
			return cloud.Errorf(cloud.Conflict, "snapshot.exists", "the server %s already has a snapshot", s.Name).WithFix("Delete it first.")
		}
		snap := &cloud.Snapshot{ServerID: s.ID, Name: "snapshot-" + t.Now().Format("20060102T150405Z"), Active: true}
		life := SnapshotDays * 24 * time.Hour
		if in.Expires != nil {
			life = *in.Expires
		}
		if life > 0 {
			at := t.Now().Add(life)
			snap.Expires = &at
		}
		if err := t.freeze(s, snap); err != nil {
			return err
		}
		return t.ordered(s, cloud.Capture, "CREATE_SNAPSHOT", nil)
	})
}

// freeze adds a snapshot row and orders a new layer of that name on all disks.
func (t *Txn) freeze(s *cloud.Server, snap *cloud.Snapshot) error {
	list, err := t.snapshots(s)
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.Active {
			snap.ParentID = o.ID
			o.Active = false
			if err := store.Update(t.Tx, o); err != nil {
				return err
			}
		}
	}
	snap.Active, snap.ModifiedBy = true, t.Call.Actor.UserID()
	if err := store.Insert(t.Tx, snap); err != nil {
		return err
	}
	return t.layer(s, snap.UID.Hex())
}

// layer orders the active layer of all disks of a server.
func (t *Txn) layer(s *cloud.Server, name string) error {
	disks, err := t.disks(s)
	if err != nil {
		return err
	}
	for _, v := range disks {
		v.Layer = name
		if err := store.Update(t.Tx, v); err != nil {
			return err
		}
	}
	return nil
}

// snapshotOf finds a snapshot of a server that may be restored or deleted.
func (t *Txn) snapshotOf(s *cloud.Server, p Pick) (*cloud.Snapshot, error) {
	snap, err := pick[cloud.Snapshot](t, p, "snapshot")
	if err != nil {
		return nil, err
	}
	if snap.ServerID != s.ID || snap.Hidden {
		return nil, missing("snapshot", p)
	}
	if snap.Removing || !snap.Made {
		return nil, cloud.Errorf(cloud.Busy, "snapshot.busy", "the snapshot is being made or removed").WithFix("Try again when it is done.")
	}
	return snap, nil
}

// SnapshotIn names a snapshot of a server.
type SnapshotIn struct {
	Pick
	Snapshot Pick
}

// RestoreSnapshot puts all disks back to the frozen point. The machine is
// stopped for it and gets its power state back.
func (c *Control) RestoreSnapshot(ctx context.Context, call *Call, in SnapshotIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, "servers.manage_snapshot", ans, func(t *Txn, s *cloud.Server) error {
		snap, err := t.snapshotOf(s, in.Snapshot)
		if err != nil {
			return err
		}
		if err := idle(s); err != nil {
			return err
		}
		list, err := t.snapshots(s)
		if err != nil {
			return err
		}
		for _, o := range list {
			if o.Active != (o.ID == snap.ID) {
				o.Active = o.ID == snap.ID
				if err := store.Update(t.Tx, o); err != nil {
					return err
				}
			}
		}
		if err := t.layer(s, cloud.RestoreLayer(snap.UID, t.UID())); err != nil {
			return err
		}
		s.Soft = false
		return t.ordered(s, cloud.Capture, "RESTORE_SNAPSHOT", nil)
	})
}

// DeleteSnapshot merges a frozen point away.
func (c *Control) DeleteSnapshot(ctx context.Context, call *Call, in SnapshotIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, "servers.manage_snapshot", ans, func(t *Txn, s *cloud.Server) error {
		snap, err := t.snapshotOf(s, in.Snapshot)
		if err != nil {
			return err
		}
		if err := idle(s); err != nil {
			return err
		}
		snap.Removing = true
		snap.Touch(t.Now(), call.Actor.UserID())
		if err := store.Update(t.Tx, snap); err != nil {
			return err
		}
		return t.ordered(s, cloud.Capture, "DELETE_SNAPSHOT", nil)
	})
}
