package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// A creation that gave up is tried again (R1a). When is a column of the server
// and the sweep is who tries, so no crash forgets it, and removal, which
// changes the server, ends it.
const (
	retryEvery = time.Hour
	// retryGap is how soon after the start of one try the next one may come,
	// whatever happens in the region: hosts come and go.
	retryGap = 5 * time.Minute
	// retrySoon is for what is only busy, such as the source of a copy.
	retrySoon = 5 * time.Minute
	// retryPage is how many are begun in one sweep: what failed together does
	// not come back together.
	retryPage = 8
)

// mayRetry are the servers whose creation can be tried again.
func mayRetry() []cloud.Cond {
	return []cloud.Cond{
		cloud.Eq("failed", true), cloud.Eq("built", false), cloud.Eq("remove", string(cloud.Keep)), cloud.Eq("event_id", int64(0)),
		cloud.Ne("retry_at", nil),
	}
}

// retries begins what is due, each in a transaction of its own: one that is
// refused leaves nothing behind.
func (r *Reconciler) retries(ctx context.Context, it *work.Item) error {
	if r.opt.Retry == nil {
		return nil
	}
	var due []*cloud.Server
	err := it.Read(ctx, func(tx *store.Tx) (err error) {
		q := cloud.Where(append(mayRetry(), cloud.Cmp(cloud.OpLte, "retry_at", tx.Now()))...)
		due, err = store.Find[cloud.Server](tx, q.By("retry_at").By("id").Page(retryPage, 0))
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range due {
		if err := r.retryOne(ctx, it, s); err != nil {
			return fmt.Errorf("try server %d again: %w", s.ID, err)
		}
	}
	return nil
}

func (r *Reconciler) retryOne(ctx context.Context, it *work.Item, s *cloud.Server) error {
	// It may have been removed, or tried by its owner, since it was found.
	still := cloud.Where(append(mayRetry(), cloud.Eq("id", s.ID), cloud.Cmp(cloud.OpLte, "retry_at", *s.RetryAt))...)
	once := func(do func(tx *store.Tx, s *cloud.Server) error) error {
		return it.Write(ctx, func(tx *store.Tx) error {
			s, err := store.First[cloud.Server](tx, still)
			if store.None(err) {
				return nil
			}
			if err != nil {
				return err
			}
			return do(tx, s)
		})
	}
	err := once(func(tx *store.Tx, s *cloud.Server) error {
		left, err := hub.Of(tx, hub.Owner{Kind: Server, Key: s.ID})
		if err != nil {
			return err
		}
		return r.opt.Retry(tx, s, len(left) == 0)
	})
	kind := cloud.KindOf(err)
	if err == nil || kind != cloud.Conflict && kind != cloud.Busy && kind != cloud.Exhausted {
		return err
	}
	// Refused without a word to the user: the reason why it failed stands.
	r.opt.Log.Debug("a creation is not tried again now", "server", s.ID, "why", err)
	return once(func(tx *store.Tx, s *cloud.Server) error {
		switch kind {
		case cloud.Conflict: // what it needs is gone: until a person decides
			s.RetryAt = nil
		case cloud.Busy:
			retryIn(tx, s, retrySoon)
		default:
			retryIn(tx, s, retryEvery)
		}
		return store.Update(tx, s)
	})
}

func retryIn(tx *store.Tx, s *cloud.Server, d time.Duration) {
	at := tx.Now().Add(d)
	s.RetryAt = &at
}

// hasten lets creations that gave up be tried sooner, because something
// changed in their region that they may have failed for. It moves a handful at
// most: the others have their hour. useful is asked for each of them.
func hasten(tx *store.Tx, region int64, useful func(*cloud.Server) bool) error {
	// What is due within the gap anyway is left alone, so that those moved here
	// are out of the way of the next ones.
	late := cloud.Cmp(cloud.OpGt, "retry_at", tx.Now().Add(retryGap))
	q := cloud.Where(append(mayRetry(), cloud.Eq("region_id", region), late)...)
	list, err := store.Find[cloud.Server](tx, q.By("retry_at").By("id").Page(sweepPage, 0))
	if err != nil {
		return err
	}
	now, moved := false, 0
	for _, s := range list {
		if moved == 2*retryPage || !useful(s) {
			continue
		}
		moved++
		at := s.ChangeAt.Add(retryGap)
		if !at.After(tx.Now()) {
			at, now = tx.Now(), true
		}
		s.RetryAt = &at
		if err := store.Update(tx, s); err != nil {
			return err
		}
	}
	if !now {
		return nil
	}
	return work.Enqueue(tx, Sweep, 0, 0)
}

// roomOn hastens creations that what a removed server leaves may help: those on
// its host, and those whose own host takes none.
func roomOn(tx *store.Tx, h *cloud.Host) error {
	var bad error
	err := hasten(tx, h.RegionID, func(s *cloud.Server) bool {
		if s.HostID == h.ID || bad != nil {
			return bad == nil
		}
		own, err := store.GetAny[cloud.Host](tx, s.HostID)
		bad = err
		return err == nil && (!own.Enabled || own.State == cloud.HostLost)
	})
	return errors.Join(err, bad)
}
