package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// frozen is a second control node that leased something and then stood still.
type frozen struct {
	item  *work.Item
	lease cloud.UID
}

// freeze lets a second node lease what is due, of one of some kinds or of all, and stop
// before it acts.
func (r *Run) freeze(kinds ...string) {
	if r.late != nil {
		return
	}
	if len(kinds) == 0 {
		kinds = slices.Sorted(maps.Keys(r.handlers))
	}
	node := work.New(r.DB, work.Options{Rand: r.bytes, WentBack: reconcile.PullTimes})
	r.guard(func() {
		items, err := node.Lease(context.Background(), kinds, 1)
		if err != nil || len(items) == 0 {
			return
		}
		f := &frozen{item: items[0]}
		if f.lease, err = r.leaseOf(f.item); err == nil {
			r.say("a second node stands still with %s %d", f.item.Kind, f.item.Key)
			r.late = f
		}
	})
}

// leaseOf is who has the lease of an item, nobody when it is not there.
func (r *Run) leaseOf(it *work.Item) (lease cloud.UID, err error) {
	err = r.DB.Read(context.Background(), func(tx *store.Tx) error {
		rows, err := tx.Query(`SELECT lease FROM work WHERE kind = $1 AND key = $2 AND lease IS NOT NULL`, it.Kind, it.Key)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(store.Into(&lease)); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return lease, err
}

// lateWrite lets the second node go on. When somebody else has its lease by now, or
// has done its work, it must be refused and change nothing.
func (r *Run) lateWrite() error {
	f := r.late
	if f == nil {
		return nil
	}
	r.late = nil
	now, err := r.leaseOf(f.item)
	if err != nil {
		return err
	}
	before, err := r.version()
	if err != nil {
		return err
	}
	r.say("the second node goes on with %s %d", f.item.Kind, f.item.Key)
	o := owner{f.item.Kind, f.item.Key}
	if now == f.lease {
		r.met(o, "turn of "+f.item.Kind, "late, in time")
		r.guard(func() { _, _ = r.handlers[f.item.Kind](context.Background(), f.item) })
		return nil
	}
	r.met(o, "turn of "+f.item.Kind, "late, lease lost")
	if r.guard(func() { _, err = r.handlers[f.item.Kind](context.Background(), f.item) }) {
		return nil
	}
	after, bad := r.version()
	switch {
	case bad != nil:
		return bad
	case after != before:
		return fmt.Errorf("a node whose lease of %s %d was lost wrote something", f.item.Kind, f.item.Key)
	case err == nil:
		return fmt.Errorf("a node whose lease of %s %d was lost was not refused", f.item.Kind, f.item.Key)
	case !errors.Is(err, work.ErrLost) && !strings.Contains(err.Error(), "injected"):
		return fmt.Errorf("a node whose lease of %s %d was lost: %w", f.item.Kind, f.item.Key, err)
	}
	return nil
}

// overslept lets a second node stand still with a sweep until another one has its lease.
// Only this turn is more than one transaction: the others are refused where they end, too.
func (r *Run) overslept() error {
	r.Now = r.Now.Add(2 * time.Minute) // when it is due
	if r.freeze(reconcile.Sweep); r.late == nil {
		return errors.New("there is no sweep that a second node could stand still with")
	}
	r.Now = r.Now.Add(10 * time.Minute)
	if err := r.Rest(liveness); err != nil {
		return err
	}
	return r.lateWrite()
}

// version moves with every write to the database.
func (r *Run) version() (v int64, err error) {
	err = r.DB.Read(context.Background(), func(tx *store.Tx) error { return tx.QueryRow(`PRAGMA data_version`).Scan(&v) })
	return v, err
}
