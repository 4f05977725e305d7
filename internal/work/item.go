package work

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Item is one leased row. It belongs to one goroutine.
type Item struct {
	Kind     string
	Key      int64
	Revision int64 // what Done compares: a later Enqueue has another one
	Attempts int   // failures since the last success or Enqueue

	q     *Queue
	lease cloud.UID
	// finished is set when the row was deleted or released by us; AfterCommit
	// sets it, because a transaction may run again.
	finished atomic.Bool
}

// mine is the condition that every statement about a leased row has.
const mine = ` WHERE kind = $1 AND key = $2 AND lease = $3`

// Write is store.DB.Write under the lease. Its first statement touches the
// work row, which begins the lease anew; when somebody else has it, the
// transaction is rolled back with ErrLost, so a worker that was paused for too
// long changes nothing.
func (it *Item) Write(ctx context.Context, fn func(tx *store.Tx) error) error {
	if it.finished.Load() {
		return ErrLost
	}
	return it.q.db.Write(ctx, func(tx *store.Tx) error {
		clock, base := tx.Clock()
		n, err := tx.Exec(`UPDATE work SET lease_until = `+clock+`$4`+mine,
			it.Kind, it.Key, it.lease, base+it.q.opt.LeaseFor.Microseconds())
		if err != nil {
			return fmt.Errorf("work %s %d: %w", it.Kind, it.Key, err)
		}
		if n == 0 {
			return ErrLost
		}
		return fn(tx)
	})
}

// Turn is Write for a handler that is done with it: the row is deleted in the same
// transaction, or due again after what fn says, which only the holder of the lease
// can do.
func (it *Item) Turn(ctx context.Context, fn func(tx *store.Tx) (again time.Duration, err error)) error {
	if it.finished.Load() {
		return ErrLost
	}
	return it.q.db.Write(ctx, func(tx *store.Tx) error {
		again, err := fn(tx)
		if err != nil {
			return err
		}
		if again > 0 {
			return it.LaterIn(tx, again)
		}
		return it.DoneIn(tx)
	})
}

// Read is store.DB.Read: looking needs no lease.
func (it *Item) Read(ctx context.Context, fn func(tx *store.Tx) error) error {
	return it.q.db.Read(ctx, fn)
}

// DoneIn is Done as part of the handler's last Write, which saves a commit.
func (it *Item) DoneIn(tx *store.Tx) error {
	done := it.doneIn
	if tx.Engine() == store.Postgres {
		done = it.doneAtOnce
	}
	if err := done(tx); err != nil {
		return fmt.Errorf("work %s %d: done: %w", it.Kind, it.Key, err)
	}
	tx.AfterCommit(func() { it.finished.Store(true) })
	return nil
}

func (it *Item) doneIn(tx *store.Tx) error {
	n, err := tx.Exec(`DELETE FROM work`+mine+` AND revision = $4`, it.Kind, it.Key, it.lease, it.Revision)
	if err == nil && n == 0 {
		// Enqueued since: what we saw is old. Its due time stands in the row.
		n, err = tx.Exec(`UPDATE work SET lease = NULL, lease_until = 0, attempts = 0`+mine, it.Kind, it.Key, it.lease)
		tx.Notify(topic)
	}
	if err == nil && n == 0 {
		err = ErrLost
	}
	return err
}

// doneAtOnce is doneIn in one statement, whose division fails where it did nothing.
// Whoever enqueued the row since woke everybody, and a worker who is done looks again.
func (it *Item) doneAtOnce(tx *store.Tx) error {
	return tx.Later(ErrLost, `WITH gone AS (DELETE FROM work`+mine+` AND revision = $4 RETURNING 1),
		kept AS (UPDATE work SET lease = NULL, lease_until = 0, attempts = 0`+mine+` AND revision <> $4 RETURNING 1)
		SELECT 1 / ((SELECT count(*) FROM gone) + (SELECT count(*) FROM kept))`, it.Kind, it.Key, it.lease, it.Revision)
}

// LaterIn is Later as part of the handler's last Write.
func (it *Item) LaterIn(tx *store.Tx, d time.Duration) error {
	return it.release(tx, d, 0, "")
}

// Done removes the row if it is still what the lease saw, else releases it.
func (it *Item) Done(ctx context.Context) error {
	return it.end(ctx, it.DoneIn)
}

// Later releases the row and makes it due after d, or earlier if somebody
// enqueued it since.
func (it *Item) Later(ctx context.Context, d time.Duration) error {
	return it.end(ctx, func(tx *store.Tx) error { return it.LaterIn(tx, d) })
}

// Fail releases the row with a reason and makes it due again, later after each
// failure.
func (it *Item) Fail(ctx context.Context, why error) error {
	return it.end(ctx, func(tx *store.Tx) error {
		return it.release(tx, it.q.delay(it.Attempts), it.Attempts+1, why.Error())
	})
}

// end gives the row back. It is a single row's business, so two statements in
// it see the same: nobody but the holder of the lease changes lease.
func (it *Item) end(ctx context.Context, fn func(tx *store.Tx) error) error {
	if it.finished.Load() {
		return nil
	}
	return it.q.db.WriteOne(ctx, fn)
}

// release gives the row back, due after d. When it was enqueued since, that
// due time counts if it is earlier, and the attempts start anew.
func (it *Item) release(tx *store.Tx, d time.Duration, attempts int, why string) error {
	clock, base := tx.Clock()
	err := tx.Later(ErrLost, `UPDATE work SET lease = NULL, lease_until = 0, last_error = $4,
		attempts = CASE WHEN revision = $5 THEN $6 ELSE 0 END,
		due_at = CASE WHEN revision = $5 OR due_at > `+clock+`$7 THEN `+clock+`$7 ELSE due_at END`+mine,
		it.Kind, it.Key, it.lease, cut(why), it.Revision, int64(attempts), base+d.Microseconds())
	if err != nil {
		return fmt.Errorf("work %s %d: release: %w", it.Kind, it.Key, err)
	}
	tx.AfterCommit(func() { it.finished.Store(true) })
	tx.Notify(topic)
	return nil
}

// finish ends an item after its handler returned. A lost lease is no failure:
// whoever has it now does the work.
func (it *Item) finish(ctx context.Context, again time.Duration, err error) error {
	switch {
	case errors.Is(err, ErrLost):
		return nil
	case err != nil:
		it.q.opt.Log.Warn("work failed", "kind", it.Kind, "key", it.Key, "attempts", it.Attempts, "error", err)
		err = it.Fail(ctx, err)
	case again > 0:
		err = it.Later(ctx, again)
	default:
		err = it.Done(ctx)
	}
	if errors.Is(err, ErrLost) {
		return nil
	}
	return err
}

// cut keeps what fits a table for people, and only text that can be stored.
func cut(s string) string {
	out := make([]rune, 0, min(len(s), 500))
	for _, r := range s {
		if len(out) == 500 {
			break
		}
		if r != 0 {
			out = append(out, r)
		}
	}
	return string(out)
}

// Times between attempts: doubled each time, and half of it random, so that
// what failed together does not come back together.
const (
	firstDelay = time.Second
	mostDelay  = 5 * time.Minute
)

func (q *Queue) delay(attempts int) time.Duration {
	d := mostDelay
	if attempts < 9 {
		d = min(d, firstDelay<<attempts)
	}
	t := q.token()
	return d/2 + time.Duration(binary.BigEndian.Uint64(t[:8])%uint64(d/2))
}

// token reads 16 random bytes.
func (q *Queue) token() (u cloud.UID) {
	q.rand.Lock()
	defer q.rand.Unlock()
	if _, err := io.ReadFull(q.opt.Rand, u[:]); err != nil {
		panic(fmt.Sprintf("work: no randomness: %v", err))
	}
	return u
}
