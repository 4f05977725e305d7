// Package work is the durable queue: one row for each thing that needs doing,
// named by a kind and the key of an object, without a payload. Whoever does it
// reads the current state and acts, so doing it once too often is harmless and
// forgetting it is impossible: the row is written in the same transaction as
// the wish.
package work

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/store"
)

// ErrLost is what an Item says when somebody else has its lease. Whoever gets
// it changes nothing anymore and goes home.
var ErrLost = errors.New("work: the lease was lost")

// topic is what workers subscribe to.
const topic = "work"

// Options of a Queue. The times of leases and due dates are those of the
// store: the database's clock on PostgreSQL, its Options.Now on SQLite.
type Options struct {
	Rand     io.Reader     // optional: crypto/rand; for lease tokens and jitter
	LeaseFor time.Duration // optional: 30 s; each Write of an Item begins it anew
	Log      *slog.Logger  // optional: discarded
	// Poll bounds how long Run sleeps without a wake-up; optional: 2 s.
	Poll time.Duration
	// WentBack corrects what else lies in the future, when the clock went back and
	// when a process starts; optional.
	WentBack func(tx *store.Tx) error
}

// Handler does the work of one key. With err nil and again 0 it is done; with
// again it is due again after that time; an error is tried again, later each
// time.
type Handler func(ctx context.Context, it *Item) (again time.Duration, err error)

// Queue hands out work.
type Queue struct {
	rand sync.Mutex
	db   *store.DB
	opt  Options
}

// New makes a queue on a store.
func New(db *store.DB, opt Options) *Queue {
	opt.defaults()
	return &Queue{db: db, opt: opt}
}

// Enqueue makes (kind, key) due after a time, at once with 0, as part of the
// transaction. It takes a new revision, so that a worker who is at it right
// now does not remove the row, and pulls the due time forward, also out of a
// backoff: something has changed, so the counting of attempts starts anew.
func Enqueue(tx *store.Tx, kind string, key int64, after time.Duration) error {
	clock, base := tx.Clock()
	revision, args := `nextval('counter_work_revision')`, []any{kind, key, base + after.Microseconds()}
	if tx.Engine() == store.SQLite {
		rev, err := tx.Next("work_revision")
		if err != nil {
			return fmt.Errorf("enqueue %s %d: %w", kind, key, err)
		}
		revision, args = "$4", append(args, rev)
	}
	err := tx.Later(nil, `INSERT INTO work (kind, key, revision, due_at) VALUES ($1, $2, `+revision+`, `+clock+`$3)
		ON CONFLICT (kind, key) DO UPDATE SET revision = excluded.revision, attempts = 0,
		due_at = CASE WHEN excluded.due_at < work.due_at THEN excluded.due_at ELSE work.due_at END`, args...)
	if err != nil {
		return fmt.Errorf("enqueue %s %d: %w", kind, key, err)
	}
	tx.Notify(topic)
	return nil
}

// Lease takes up to n due rows of the kinds. Each is ours alone until its
// lease runs out. While a row is leased its due time is the end of the lease,
// so that a new Enqueue can be told by an earlier one.
func (q *Queue) Lease(ctx context.Context, kinds []string, n int) ([]*Item, error) {
	if len(kinds) == 0 || n <= 0 {
		return nil, nil
	}
	var items []*Item
	err := q.db.WriteOne(ctx, func(tx *store.Tx) error {
		items = nil
		token := q.token()
		clock, base := tx.Clock()
		args := []any{token, base + q.opt.LeaseFor.Microseconds(), base, int64(n)}
		skip := ""
		if tx.Engine() == store.Postgres {
			skip = "FOR UPDATE SKIP LOCKED"
		}
		// The due ones come first in the index, whatever else waits.
		// MATERIALIZED: a planner that ran the inner part twice would skip what
		// it has just locked, and lock more than it was asked for.
		rows, err := tx.Query(`WITH pick AS MATERIALIZED (SELECT kind, key FROM work`+by(tx, "work_due")+`
				WHERE due_at <= `+clock+`$3 AND lease_until <= `+clock+`$3 AND kind IN (`+places(kinds, &args)+`)
				ORDER BY due_at, kind, key LIMIT $4 `+skip+`)
			UPDATE work SET lease = $1, lease_until = `+clock+`$2, due_at = `+clock+`$2
			WHERE (kind, key) IN (SELECT kind, key FROM pick)
			RETURNING kind, key, revision, attempts`, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			it := &Item{q: q, lease: token}
			if err := rows.Scan(&it.Kind, &it.Key, &it.Revision, &it.Attempts); err != nil {
				return err
			}
			items = append(items, it)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("lease work: %w", err)
	}
	// RETURNING has no order; the simulation needs the same one every time.
	slices.SortFunc(items, func(a, b *Item) int {
		if c := strings.Compare(a.Kind, b.Kind); c != 0 {
			return c
		}
		return int(min(1, max(-1, a.Key-b.Key)))
	})
	return items, nil
}

// by names the index for SQLite, which knows nothing of how many rows there are and
// takes the one of the kinds: all that waits is of a few kinds, and would be read
// and sorted for each lease.
func by(tx *store.Tx, index string) string {
	if tx.Engine() == store.Postgres {
		return ""
	}
	return " INDEXED BY " + index
}

// places adds strings as arguments and gives their placeholders.
func places(list []string, args *[]any) string {
	var b strings.Builder
	for i, s := range slices.Sorted(slices.Values(list)) {
		if i > 0 {
			b.WriteString(", ")
		}
		*args = append(*args, s)
		b.WriteString("$" + strconv.Itoa(len(*args)))
	}
	return b.String()
}

// Step does one due row in the calling goroutine; worked is false when none is
// due. A panic of the handler (a played crash) leaves the lease behind, as a
// dead process would.
func (q *Queue) Step(ctx context.Context, handlers map[string]Handler) (worked bool, err error) {
	items, err := q.Lease(ctx, kindsOf(handlers), 1)
	if err != nil || len(items) == 0 {
		return false, err
	}
	it := items[0]
	again, err := handlers[it.Kind](ctx, it)
	return true, it.finish(ctx, again, err)
}

func kindsOf(handlers map[string]Handler) []string {
	var kinds []string
	for k := range handlers {
		kinds = append(kinds, k)
	}
	return kinds
}

// NextDue is when the next row of the queue can be leased, in the store's
// clock; false when the queue is empty. The simulation moves its clock there.
func (q *Queue) NextDue(ctx context.Context) (due time.Time, ok bool, err error) {
	due, _, ok, err = q.nextDue(ctx, nil)
	return due, ok, err
}

// nextDue is NextDue for some kinds, or all with none, and the clock to compare
// it with. What is leased comes back at the end of its lease.
func (q *Queue) nextDue(ctx context.Context, kinds []string) (due, now time.Time, ok bool, err error) {
	err = q.db.Read(ctx, func(tx *store.Tx) error {
		var args []any
		only := ""
		if len(kinds) > 0 {
			only = " AND kind IN (" + places(kinds, &args) + ")"
		}
		var n *int64
		err := tx.QueryRow(`SELECT min(at) FROM (
			SELECT min(lease_until) AS at FROM work`+by(tx, "work_leased")+` WHERE lease IS NOT NULL`+only+`
			UNION ALL SELECT at FROM (SELECT due_at AS at FROM work`+by(tx, "work_due")+` WHERE lease IS NULL`+only+`
				ORDER BY due_at LIMIT 1) AS free) AS both_kinds`, args...).Scan(&n)
		if n != nil {
			due, ok = time.UnixMicro(*n).UTC(), true
		}
		if err != nil || !ok {
			return err
		}
		now, err = clockOf(tx)
		return err
	})
	return due, now, ok, err
}

// clockOf is the time that due dates are compared with: the database's on
// PostgreSQL, whose nodes may disagree.
func clockOf(tx *store.Tx) (time.Time, error) {
	if tx.Engine() != store.Postgres {
		return tx.Now(), nil
	}
	expr, base := tx.Clock()
	var n int64
	err := tx.QueryRow("SELECT "+expr+"$1", base).Scan(&n)
	return time.UnixMicro(n), err
}

// Start is called before the first Lease of a process. On SQLite there is only
// one process, so every lease is a dead one's, and the wall clock may have been
// set while nobody looked: everything is due now.
func (q *Queue) Start(ctx context.Context) error {
	if q.db.Engine() == store.Postgres {
		// Others may be at work: their leases and what is due stay.
		if err := q.db.WriteOne(ctx, q.opt.WentBack); err != nil {
			return fmt.Errorf("times in the future: %w", err)
		}
		return nil
	}
	err := q.db.WriteOne(ctx, func(tx *store.Tx) error {
		_, now := tx.Clock()
		_, err := tx.Exec(`UPDATE work SET lease = NULL, lease_until = 0,
			due_at = CASE WHEN due_at > $1 THEN $1 ELSE due_at END WHERE lease IS NOT NULL OR due_at > $1`, now)
		if err != nil {
			return err
		}
		return q.opt.WentBack(tx)
	})
	if err != nil {
		return fmt.Errorf("clear leases: %w", err)
	}
	return nil
}

// Pull makes everything due that waits for a time, and shortens leases to what
// they can be at most. It is for a wall clock that went back: without it work
// would wait as long as the clock was ahead. Doing work early is harmless.
func (q *Queue) Pull(ctx context.Context) error {
	if err := q.db.ReadClock(ctx); err != nil {
		return fmt.Errorf("pull due times: %w", err)
	}
	err := q.db.WriteOne(ctx, func(tx *store.Tx) error {
		clock, base := tx.Clock()
		_, err := tx.Exec(`UPDATE work SET
			due_at = CASE WHEN due_at > `+clock+`$1 THEN `+clock+`$1 ELSE due_at END,
			lease_until = CASE WHEN lease_until > `+clock+`$2 THEN `+clock+`$2 ELSE lease_until END`,
			base, base+q.opt.LeaseFor.Microseconds())
		if err != nil {
			return err
		}
		return q.opt.WentBack(tx)
	})
	if err != nil {
		return fmt.Errorf("pull due times: %w", err)
	}
	return nil
}

// Backlog counts the rows of the queue, and those that have failed at least
// once.
func (q *Queue) Backlog(ctx context.Context) (all, failing int64, err error) {
	err = q.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`SELECT count(*), count(CASE WHEN attempts > 0 THEN 1 END) FROM work`).Scan(&all, &failing)
	})
	return all, failing, err
}
