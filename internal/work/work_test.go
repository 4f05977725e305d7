package work_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
	"github.com/virga-cloud/virga/internal/store/storetest"
	"github.com/virga-cloud/virga/internal/work"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(child())
	}
	os.Exit(pgtest.Main(m))
}

// place is a database with a queue whose time the test moves: by its clock on
// SQLite, by the rows on PostgreSQL, which uses the clock of the server.
type place struct {
	t   *testing.T
	db  *store.DB
	q   *work.Queue
	now atomic.Int64 // microseconds
	opt store.Options
}

func places(t *testing.T, opt work.Options, f func(p *place)) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	run := func(t *testing.T, o store.Options) {
		p := &place{t: t, opt: o}
		p.now.Store(start.UnixMicro())
		o.Now = func() time.Time { return time.UnixMicro(p.now.Load()) }
		db, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}()
		p.db, p.q = db, work.New(db, opt)
		f(p)
	}
	t.Run("sqlite", func(t *testing.T) { run(t, store.Options{Path: filepath.Join(t.TempDir(), "q.db"), NoSync: true}) })
	t.Run("postgres", func(t *testing.T) { run(t, store.Options{DSN: pgtest.New(t)}) })
}

// openOther opens the database once more, like another node.
func openOther(p *place) *store.DB {
	p.t.Helper()
	db, err := store.Open(context.Background(), p.opt)
	must(p.t, err)
	p.t.Cleanup(func() { must(p.t, db.Close()) })
	return db
}

// pass lets time go by.
func (p *place) pass(d time.Duration) {
	p.t.Helper()
	p.now.Add(d.Microseconds())
	if p.db.Engine() == store.Postgres {
		p.write(func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE work SET due_at = due_at - $1, lease_until = lease_until - $1`, d.Microseconds())
			return err
		})
	}
}

func (p *place) write(f func(tx *store.Tx) error) {
	p.t.Helper()
	if err := p.db.Write(context.Background(), f); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) enqueue(key int64, after time.Duration) {
	p.t.Helper()
	p.write(func(tx *store.Tx) error { return work.Enqueue(tx, "server", key, after) })
}

func (p *place) lease(n int) []*work.Item {
	p.t.Helper()
	items, err := p.q.Lease(context.Background(), []string{"server", "volume"}, n)
	if err != nil {
		p.t.Fatal(err)
	}
	return items
}

func (p *place) leaseOne() *work.Item {
	p.t.Helper()
	items := p.lease(5)
	if len(items) != 1 {
		p.t.Fatalf("%d rows to lease, want 1", len(items))
	}
	return items[0]
}

// want checks how many rows there are and how many can be leased. Leasing
// would change that, so it asks for the next due time.
func (p *place) want(rows int64, due bool) {
	p.t.Helper()
	all, _, err := p.q.Backlog(context.Background())
	if err != nil || all != rows {
		p.t.Errorf("%d rows in the queue, want %d: %v", all, rows, err)
	}
	next, ok, err := p.q.NextDue(context.Background())
	if err != nil || ok != (rows > 0) {
		p.t.Errorf("next due: %v %v", ok, err)
	}
	now := time.UnixMicro(p.now.Load())
	if p.db.Engine() == store.Postgres {
		now = time.Now()
	}
	if isDue := ok && !next.After(now); isDue != due {
		p.t.Errorf("next is due at %s, now is %s, want due %v", next, now, due)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestLifeOfARow(t *testing.T) {
	places(t, work.Options{LeaseFor: time.Minute}, func(p *place) {
		t, ctx := p.t, context.Background()
		p.want(0, false)
		p.enqueue(1, time.Hour)
		p.want(1, false)
		p.enqueue(1, 0) // pulled forward
		p.enqueue(1, 2*time.Hour)
		p.want(1, true)
		it := p.leaseOne()
		if it.Kind != "server" || it.Key != 1 || it.Attempts != 0 {
			t.Errorf("leased %+v", it)
		}
		if more := p.lease(5); len(more) != 0 {
			t.Errorf("leased twice: %+v", more[0])
		}
		must(t, it.Done(ctx))
		p.want(0, false)
		must(t, it.Done(ctx)) // again is nothing
		if err := it.Write(ctx, func(*store.Tx) error { return nil }); !errors.Is(err, work.ErrLost) {
			t.Errorf("write after done: %v", err)
		}
	})
}

// Whatever is enqueued while somebody works is not lost with Done.
func TestEnqueuedMeanwhile(t *testing.T) {
	places(t, work.Options{LeaseFor: time.Minute}, func(p *place) {
		ctx := context.Background()
		for name, end := range map[string]func(it *work.Item) error{
			"done":   func(it *work.Item) error { return it.Done(ctx) },
			"donein": func(it *work.Item) error { return it.Write(ctx, it.DoneIn) },
			"later":  func(it *work.Item) error { return it.Later(ctx, time.Hour) },
			"fail":   func(it *work.Item) error { return it.Fail(ctx, errors.New("x")) },
		} {
			p.enqueue(1, 0)
			it := p.leaseOne()
			p.enqueue(1, 0)
			must(p.t, end(it))
			again := p.leaseOne()
			if again.Revision == it.Revision || again.Attempts != 0 {
				p.t.Errorf("%s: leased %+v after %+v", name, again, it)
			}
			must(p.t, again.Write(ctx, again.DoneIn))
			p.want(0, false)
		}
	})
}

func TestLostLease(t *testing.T) {
	places(t, work.Options{LeaseFor: time.Minute}, func(p *place) {
		ctx := context.Background()
		p.enqueue(1, 0)
		slow := p.leaseOne()
		p.pass(50 * time.Second)
		must(p.t, slow.Write(ctx, func(*store.Tx) error { return nil })) // begins the lease anew
		p.pass(50 * time.Second)
		if got := p.lease(1); len(got) != 0 {
			p.t.Fatal("a lease that was kept alive was given away")
		}
		p.pass(time.Minute)
		fast := p.leaseOne()
		ran := false
		err := slow.Write(ctx, func(*store.Tx) error { ran = true; return nil })
		if !errors.Is(err, work.ErrLost) || ran {
			p.t.Errorf("write without the lease: %v, ran %v", err, ran)
		}
		turn := func(again time.Duration) error {
			return slow.Turn(ctx, func(tx *store.Tx) (time.Duration, error) { return again, work.Enqueue(tx, "left", 7, 0) })
		}
		for name, err := range map[string]error{
			"turn": turn(0), "turn to be continued": turn(time.Second),
			"done": slow.Done(ctx), "later": slow.Later(ctx, 0), "fail": slow.Fail(ctx, errors.New("x")),
		} {
			if !errors.Is(err, work.ErrLost) {
				p.t.Errorf("%s without the lease: %v", name, err)
			}
		}
		p.want(1, false)
		must(p.t, fast.Done(ctx))
		p.want(0, false)
	})
}

func TestBackoff(t *testing.T) {
	places(t, work.Options{}, func(p *place) {
		ctx := context.Background()
		p.enqueue(1, 0)
		for i := range 12 {
			it := p.leaseOne()
			if it.Attempts != i {
				p.t.Errorf("attempt %d is counted as %d", i, it.Attempts)
			}
			must(p.t, it.Fail(ctx, fmt.Errorf("no. %d\x00", i)))
			p.want(1, false)
			if i < 5 {
				p.pass(time.Second << i / 4)
				p.want(1, false) // at least half of the time
				p.pass(time.Second << i)
			} else {
				p.pass(5 * time.Minute)
			}
		}
		it := p.leaseOne()
		must(p.t, it.Fail(ctx, errors.New("last")))
		p.enqueue(1, 0) // out of the backoff, and counting anew
		it = p.leaseOne()
		if it.Attempts != 0 {
			p.t.Errorf("%d attempts after an enqueue", it.Attempts)
		}
		must(p.t, it.Later(ctx, time.Hour))
		p.pass(59 * time.Minute)
		p.want(1, false)
		p.pass(time.Minute)
		p.want(1, true)
	})
}

func TestStep(t *testing.T) {
	places(t, work.Options{LeaseFor: time.Minute}, func(p *place) {
		ctx := context.Background()
		var seen []int64
		var next func(time.Duration, error)
		var again time.Duration
		var fail error
		h := map[string]work.Handler{"server": func(_ context.Context, it *work.Item) (time.Duration, error) {
			seen = append(seen, it.Key)
			return again, fail
		}}
		next = func(d time.Duration, err error) {
			p.t.Helper()
			again, fail = d, err
			if worked, err := p.q.Step(ctx, h); !worked || err != nil {
				p.t.Fatalf("step: %v %v", worked, err)
			}
		}
		p.enqueue(3, 0)
		next(0, nil)
		p.want(0, false)
		p.enqueue(4, 0)
		next(time.Second, nil)
		p.want(1, false)
		p.pass(time.Second)
		next(0, errors.New("x"))
		p.want(1, false)
		p.pass(time.Second)
		next(0, work.ErrLost) // leaves the row to whoever has it
		p.want(1, false)
		p.pass(time.Minute)
		// A crash leaves the lease behind, Start clears it on SQLite.
		func() {
			defer func() { _ = recover() }()
			_, _ = p.q.Step(ctx, map[string]work.Handler{"server": func(context.Context, *work.Item) (time.Duration, error) {
				panic(crash.Crashed{Point: "here"})
			}})
		}()
		p.want(1, false)
		must(p.t, p.q.Start(ctx))
		p.want(1, p.db.Engine() == store.SQLite)
		p.pass(time.Minute)
		next(0, nil)
		if worked, err := p.q.Step(ctx, h); worked || err != nil {
			p.t.Errorf("step without work: %v %v", worked, err)
		}
		p.write(func(tx *store.Tx) error { return work.Enqueue(tx, "unknown", 1, 0) })
		if worked, err := p.q.Step(ctx, h); worked || err != nil {
			p.t.Errorf("step on a kind without handler: %v %v", worked, err)
		}
	})
}

// A wall clock that went back must not make work wait for as long, nor what is due by
// other columns.
func TestPull(t *testing.T) {
	told := 0
	back := func(*store.Tx) error { told++; return nil }
	places(t, work.Options{LeaseFor: time.Minute, WentBack: back}, func(p *place) {
		p.enqueue(1, 0)
		p.enqueue(2, 24*time.Hour)
		p.leaseOne()
		p.pass(-24 * time.Hour)
		p.want(2, false)
		told = 0
		must(p.t, p.q.Pull(context.Background()))
		if told == 0 {
			p.t.Error("nobody is told that the clock went back")
		}
		p.want(2, true)
		if it := p.leaseOne(); it.Key != 2 {
			p.t.Errorf("leased %+v: the other one is still leased", it)
		}
		p.pass(time.Minute)
		if got := p.lease(5); len(got) != 2 {
			p.t.Errorf("%d rows after all leases ran out", len(got))
		}
	})
}

func TestFairOrder(t *testing.T) {
	places(t, work.Options{}, func(p *place) {
		for i := range int64(10) {
			p.enqueue(10-i, 0)
			p.pass(time.Millisecond)
		}
		for i := range int64(5) {
			got := p.lease(2)
			if len(got) != 2 || got[0].Key != 9-2*i || got[1].Key != 10-2*i {
				p.t.Fatalf("round %d: %+v", i, got)
			}
		}
	})
}

// What waits for later is not read to find what is due, however much it is.
func TestLeaseReadsTheDue(t *testing.T) {
	places(t, work.Options{}, func(p *place) {
		var asked []storetest.Query
		p.db.OnQuery(func(text string, args []any) {
			if strings.Contains(text, "FROM work") {
				asked = append(asked, storetest.Query{Text: text, Args: slices.Clone(args)})
			}
		})
		kinds := []string{"router", "server", "subnet"}
		_, err := p.q.Lease(t.Context(), kinds, 4)
		must(t, err)
		_, _, _, err = p.q.NextOf(t.Context(), kinds)
		must(t, err)
		p.db.OnQuery(nil)
		if len(asked) != 2 {
			t.Fatalf("%d questions, want that of the lease and that for what is next: %v", len(asked), asked)
		}
		if p.db.Engine() == store.Postgres {
			return // which knows how many rows there are, and plans for few of them here
		}
		for _, q := range asked {
			plan, err := storetest.Plan(t.Context(), p.db, q)
			must(t, err)
			if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "(kind=?)") || strings.Contains(plan, "SCAN work\n") {
				t.Errorf("%s\nis carried out by\n%s", q.Text, plan)
			}
		}
	})
}
