package work_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
	"github.com/virga-cloud/virga/internal/work"
)

// BenchmarkQueue takes rows through their life: enqueued by 16 writers, each
// leased, written under the lease and done in the same transaction by 8
// workers.
func BenchmarkQueue(b *testing.B) {
	run := func(b *testing.B, opt store.Options) {
		db, err := store.Open(b.Context(), opt)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan struct{}, b.N+1)
		q := work.New(db, work.Options{})
		var all sync.WaitGroup
		all.Go(func() {
			err := q.Run(ctx, map[string]work.Handler{"server": finish(done)}, 8)
			if err != nil {
				b.Error(err)
			}
		})
		b.ResetTimer()
		var writers sync.WaitGroup
		for w := range 16 {
			writers.Go(func() {
				for i := w; i < b.N; i += 16 {
					err := db.Write(ctx, func(tx *store.Tx) error { return work.Enqueue(tx, "server", int64(i), 0) })
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		for range b.N {
			<-done
		}
		b.StopTimer()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "items/s")
		writers.Wait()
		cancel()
		all.Wait()
	}
	b.Run("sqlite", func(b *testing.B) { run(b, store.Options{Path: filepath.Join(b.TempDir(), "q.db")}) })
	b.Run("postgres", func(b *testing.B) { run(b, store.Options{DSN: pgtest.New(b)}) })
}

// finish is a handler that does nothing but end its row.
func finish(done chan<- struct{}) work.Handler {
	return func(ctx context.Context, it *work.Item) (time.Duration, error) {
		err := it.Write(ctx, it.DoneIn)
		if err == nil {
			done <- struct{}{}
		}
		return 0, err
	}
}
