package bench

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// BenchmarkAddress reserves public addresses through the dialect: a thousand at
// once must all be different.
func BenchmarkAddress(b *testing.B) {
	engines(b, func(b *testing.B, engine string, open func(*testing.B) *database) {
		n := newNode(b, open(b))
		const total, atOnce = 3000, 1000
		var rate float64
		var cpu time.Duration
		count := 0
		for b.Loop() {
			var mu sync.Mutex
			seen := map[string]bool{}
			count = 0
			before, start := burnt(), time.Now()
			crowd(atOnce, total, func() {
				status, body := n.do(n.one, http.MethodPost, "/v1/public_ips", "{}")
				if status != http.StatusCreated {
					b.Errorf("reserve: %d %s", status, body)
				}
				mu.Lock()
				defer mu.Unlock()
				seen[value(body, "ip")] = true
				count++
			})
			if len(seen) != count {
				b.Errorf("%d different addresses of %d", len(seen), count)
			}
			rate, cpu = float64(count)/time.Since(start).Seconds(), (burnt()-before)/time.Duration(count)
		}
		note(b, row{
			what:   fmt.Sprintf("address: reserved through 1&1, %d at once", atOnce),
			engine: engine, count: count, rate: rate, cpu: cpu, atLeast: 2500,
		})
	})
}

// BenchmarkWork enqueues and does keys of the durable queue with four workers.
func BenchmarkWork(b *testing.B) {
	engines(b, func(b *testing.B, engine string, open func(*testing.B) *database) {
		db := open(b)
		const total = 4000
		var rate float64
		for b.Loop() {
			fatal(b, db.Write(b.Context(), func(tx *store.Tx) error {
				for i := range int64(total) {
					if err := work.Enqueue(tx, "bench", i, 0); err != nil {
						return err
					}
				}
				return nil
			}))
			ctx, cancel := context.WithTimeout(b.Context(), enough)
			var done atomic.Int64
			start := time.Now()
			err := work.New(db.DB, work.Options{}).Run(ctx,
				map[string]work.Handler{"bench": func(context.Context, *work.Item) (time.Duration, error) {
					if done.Add(1) == total {
						cancel()
					}
					return 0, nil
				}}, 4)
			cancel()
			if err != nil && done.Load() < total {
				b.Logf("%d of %d: %v", done.Load(), total, err)
			}
			rate = float64(done.Load()) / time.Since(start).Seconds()
		}
		note(b, row{what: "work: rows leased, done and deleted, 4 workers", engine: engine, count: total, rate: rate})
	})
}

// BenchmarkStore writes one row per transaction, alone and beside others.
func BenchmarkStore(b *testing.B) {
	engines(b, func(b *testing.B, engine string, open func(*testing.B) *database) {
		db := open(b)
		for _, clients := range []int{1, 32} {
			b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
				var took []time.Duration
				var rate float64
				for b.Loop() {
					took = nil
					var mu sync.Mutex
					begin := time.Now()
					crowd(clients, 2000, func() {
						start := time.Now()
						err := db.Write(b.Context(), func(tx *store.Tx) error {
							return store.Insert(tx, &cloud.Key{MemberID: 1, Name: "bench", Text: key})
						})
						if err != nil {
							b.Error(err)
						}
						mu.Lock()
						defer mu.Unlock()
						took = append(took, time.Since(start))
					})
					rate = float64(len(took)) / time.Since(begin).Seconds()
				}
				note(b, row{what: fmt.Sprintf("store: one row and its commit, %d client(s)", clients), engine: engine, took: took, rate: rate})
			})
		}
	})
}
