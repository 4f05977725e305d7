package bench

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// Bars of the table: from the request entering the handler until a host
// is told to start the machine, and how many are accepted.
var createBars = map[string]struct {
	p50, p99 time.Duration
	accepted float64
}{
	"sqlite":   {p50: 3 * time.Millisecond, p99: 15 * time.Millisecond, accepted: 500},
	"postgres": {p50: 15 * time.Millisecond, accepted: 150},
}

// On the way to the order at the host one waits for the commit of the request,
// that of the lease and that of the order.
const orderCommits = 3

// BenchmarkCreate measures POST /v1/servers on fake hosts: the time until the
// answer is out (accept), until a host is asked to start the machine (share),
// and how many a second go all the way.
func BenchmarkCreate(b *testing.B) {
	engines(b, func(b *testing.B, engine string, open func(*testing.B) *database) {
		n := newNode(b, open(b))
		n.run(b)
		for _, clients := range []int{1, 8} {
			b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) { createLatency(b, n, engine, "", clients, 400) })
		}
		b.Run("sustained", func(b *testing.B) { createSustained(b, n, engine, 8, 2000) })
		b.Run("cost", func(b *testing.B) { createCost(b, engine) })
	})
}

// createCost counts what the database is asked for by creations that come one after
// the other, and the processor time of all processes. On PostgreSQL it is counted on
// the way, which takes time of its own: this one's latencies are no figures.
func createCost(b *testing.B, engine string) {
	var count *pgtest.Count
	var said atomic.Int64
	db := openDB(b, engine)
	if engine == "postgres" {
		fatal(b, db.Close())
		var dsn string
		dsn, count = pgtest.Counted(b, db.dsn)
		again, err := store.Open(b.Context(), store.Options{DSN: dsn, Unchecked: true})
		fatal(b, err)
		b.Cleanup(func() { _ = again.Close() }) // a benchmark that is over
		db = &database{DB: again, dsn: dsn}
	} else {
		db.OnQuery(func(string, []any) { said.Add(1) })
	}
	server := func() time.Duration {
		if count == nil {
			return 0
		}
		burnt, err := pgtest.Burnt()
		fatal(b, err)
		return burnt
	}
	n := newNode(b, db)
	n.run(b)
	const total = 100
	r := row{what: "create: one after the other, with all turns and reports", engine: engine, count: total}
	for b.Loop() {
		said.Store(0)
		if count != nil {
			count.Since()
		}
		before := burnt() + server()
		crowd(1, total, func() {
			id, _ := n.create(b, fmt.Sprintf("bench-%d", serial.Add(1)))
			n.wait(b, id)
		})
		r.cpu = (burnt() + server() - before) / total
		statements, trips := said.Load(), int64(0)
		if count != nil {
			statements, trips = count.Since()
		}
		r.statements, r.trips = float64(statements)/total, float64(trips)/total
	}
	if engine == "postgres" {
		r.maxStatements, r.maxTrips, r.maxCPU = 60, 25, 8*time.Millisecond
	}
	note(b, r)
}

var serial atomic.Int64

// createLatency lets each client make one server after the other, waiting for
// the host each time.
func createLatency(b *testing.B, n *node, engine, where string, clients, total int) {
	var mu sync.Mutex
	var accept, share, host []time.Duration
	var cpu time.Duration
	for b.Loop() {
		accept, share, host = nil, nil, nil
		before := burnt()
		crowd(clients, total, func() {
			start := time.Now()
			id, took := n.create(b, fmt.Sprintf("bench-%d", serial.Add(1)))
			order, begun := n.wait(b, id)
			mu.Lock()
			defer mu.Unlock()
			accept, share, host = append(accept, took), append(share, order.Sub(start)), append(host, begun.Sub(start))
		})
		cpu = (burnt() - before) / time.Duration(len(share))
	}
	note(b, row{what: fmt.Sprintf("create: request to answer, %d client(s)%s", clients, where), engine: engine, took: accept, commits: 1})
	r := row{
		what:   fmt.Sprintf("create: request to the order at the host, %d client(s)%s", clients, where),
		engine: engine, took: share, cpu: cpu, commits: orderCommits,
	}
	if clients == 1 {
		r.p50, r.p99 = createBars[engine].p50, createBars[engine].p99
	}
	note(b, row{what: fmt.Sprintf("create: request to the host's start of it, %d client(s)%s", clients, where), engine: engine, took: host})
	note(b, r)
}

// createSustained sends as fast as answers come, and counts until the last
// machine was told to start.
func createSustained(b *testing.B, n *node, engine string, clients, total int) {
	var accepted, done, took, cpu time.Duration
	count := 0
	for b.Loop() {
		var mu sync.Mutex
		var ids []plan.ID
		before, start := burnt(), time.Now()
		crowd(clients, total, func() {
			id, _ := n.create(b, fmt.Sprintf("bench-%d", serial.Add(1)))
			mu.Lock()
			defer mu.Unlock()
			ids = append(ids, id)
		})
		accepted, count = time.Since(start), len(ids)
		took = (burnt() - before) / time.Duration(count)
		for _, id := range ids {
			n.wait(b, id)
		}
		done, cpu = time.Since(start), (burnt()-before)/time.Duration(count)
	}
	note(b, row{
		what: fmt.Sprintf("create: accepted, %d clients", clients), engine: engine, count: count, rate: float64(count) / accepted.Seconds(),
		cpu: took, commits: 1 / float64(clients), atLeast: createBars[engine].accepted, // they share commits
	})
	note(b, row{
		what: fmt.Sprintf("create: all the way, %d clients", clients), engine: engine, count: count,
		rate: float64(count) / done.Seconds(), cpu: cpu,
	})
}

// enough bounds a measurement on a machine that is busy with other things.
const enough = 15 * time.Second

// crowd lets clients do something side by side, in total a number of times, or
// less when time is up.
func crowd(clients, total int, do func()) {
	var all sync.WaitGroup
	var next atomic.Int64
	end := time.Now().Add(enough)
	for range clients {
		all.Go(func() {
			for next.Add(1) <= int64(total) && time.Now().Before(end) {
				do()
			}
		})
	}
	all.Wait()
}

// burnt is the processor time of this process so far. On a busy machine it says
// more than the clock on the wall; what PostgreSQL burns is not in it.
func burnt() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // never fails for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
