package reconcile

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// sweepPage bounds one transaction of a sweep.
const sweepPage = 200

// sweep looks for what time alone made due: grace periods and snapshots that
// ran out, answers that need not be kept, creations to be tried again.
// Everything else wakes itself.
func (r *Reconciler) sweep(ctx context.Context, it *work.Item) (time.Duration, error) {
	err := it.Write(ctx, func(tx *store.Tx) error {
		for _, step := range []func(*store.Tx) error{graceOver, r.projectsOver, r.snapshotsOver, answersOver, r.heldOver} {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = r.retries(ctx, it)
	}
	return r.opt.SweepEvery, err
}

// graceOver removes machines whose grace period ended.
func graceOver(tx *store.Tx) error {
	for _, over := range []cloud.Cond{
		cloud.Cmp(cloud.OpLte, "remove_after", tx.Now()),
		// What was lost on the way to its grace period has nothing to be kept for.
		cloud.And(cloud.Eq("remove_after", nil), cloud.Eq("failed", true)),
	} { // one by one: with OR between them all that wait would be read
		q := cloud.Where(cloud.Eq("remove", cloud.AfterGrace), cloud.Eq("event_id", int64(0)), over)
		list, err := store.Find[cloud.Server](tx, q.By("remove_after").Page(sweepPage, 0))
		if err != nil {
			return err
		}
		for _, s := range list {
			s.Remove = cloud.Now
			if err := begin(tx, s, cloud.Removing, "DELETE"); err != nil {
				return err
			}
		}
	}
	return nil
}

// snapshotsOver deletes snapshots that 1&1 keeps for some days only (R10).
func (r *Reconciler) snapshotsOver(tx *store.Tx) error {
	q := cloud.Where(cloud.Eq("removing", false), cloud.Eq("made", true), cloud.Cmp(cloud.OpLte, "expires", tx.Now()))
	return eachDue(tx, &r.snapshots, q.By("expires"), func(snap *cloud.Snapshot) (moved bool, err error) {
		s, err := store.Get[cloud.Server](tx, snap.ServerID)
		if store.None(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if s.Open() || s.Remove == cloud.Now || s.Failed {
			return false, nil // in a later sweep, when the machine is idle
		}
		snap.Removing = true
		if err := store.Update(tx, snap); err != nil {
			return false, err
		}
		return true, work.Enqueue(tx, Server, s.ID, 0) // no user caused it: no event (docs/explain/state-and-work.md)
	})
}

// eachDue calls f with a page of what is due. Those that cannot move yet stay at the
// head of the list, and must not keep the ones behind them waiting as well: skip is
// how many of them this node has passed, and the next sweep begins behind those.
func eachDue[T any](tx *store.Tx, skip *atomic.Int64, q cloud.Query, f func(*T) (moved bool, err error)) error {
	next := skip.Load()
	list, err := store.Find[T](tx, q.Page(sweepPage, int(next)))
	if err != nil {
		return err
	}
	for _, row := range list {
		moved, err := f(row)
		if err != nil {
			return err
		}
		if !moved {
			next++
		}
	}
	if len(list) < sweepPage {
		next = 0
	}
	tx.AfterCommit(func() { skip.Store(next) }) // a run may be repeated
	return nil
}

// answersOver forgets stored answers after a day.
func answersOver(tx *store.Tx) error {
	err := tx.Later(nil, `DELETE FROM idempotency WHERE created < $1`, tx.Now().Add(-24*time.Hour))
	return err
}

// begin opens an event that the system itself caused.
func begin(tx *store.Tx, s *cloud.Server, c cloud.Change, action string) error {
	now := tx.Now()
	s.Begin(c, -1, now)
	e := &cloud.Event{
		Operation: tx.UID(), At: now, Started: now, MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID, UserName: "system",
		Action: action, Kind: Server, ObjectID: s.ID, ObjectUID: s.UID, Object: s.Name, ProjectID: s.ProjectID, State: cloud.StateNumber(s),
	}
	if err := store.Insert(tx, e); err != nil {
		return err
	}
	s.EventID = e.ID
	if err := store.Update(tx, s); err != nil {
		return err
	}
	return work.Enqueue(tx, Server, s.ID, 0)
}
