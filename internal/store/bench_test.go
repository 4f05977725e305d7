package store_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// benchEngines runs a benchmark on both engines; SQLite with fsync, as in
// production.
func benchEngines(b *testing.B, f func(b *testing.B, db *store.DB)) {
	b.Run("sqlite", func(b *testing.B) {
		f(b, openDB(b, store.Options{Path: filepath.Join(b.TempDir(), "bench.db")}))
	})
	b.Run("postgres", func(b *testing.B) { f(b, openDB(b, store.Options{DSN: pgtest.New(b)})) })
}

// percentiles reports the median and the 99th of a hundred.
func percentiles(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
}

// BenchmarkWrite inserts one full row per transaction, by one and by many.
func BenchmarkWrite(b *testing.B) {
	benchEngines(b, func(b *testing.B, db *store.DB) {
		var n atomic.Int64
		one := func() error {
			return db.Write(b.Context(), func(tx *store.Tx) error {
				g := sample()
				g.Name = fmt.Sprint(n.Add(1))
				return store.Insert(tx, g)
			})
		}
		b.Run("alone", func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				if err := one(); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			percentiles(b, took)
		})
		b.Run("parallel", func(b *testing.B) {
			b.SetParallelism(16)
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if err := one(); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		})
	})
}

// BenchmarkList100k reads pages of 100 out of 100 000 rows: by the primary
// order, by an indexed column, and the number of rows that go with a page.
func BenchmarkList100k(b *testing.B) {
	benchEngines(b, func(b *testing.B, db *store.DB) {
		const rows = 100_000
		for at := 0; at < rows; at += 5000 {
			write(b, db, func(tx *store.Tx) error {
				for i := range 5000 {
					g := sample()
					g.Name = fmt.Sprintf("server-%06d", (at+i)*7919%rows)
					if err := store.Insert(tx, g); err != nil {
						return err
					}
				}
				return nil
			})
		}
		write(b, db, func(tx *store.Tx) error { _, err := tx.Exec("ANALYZE"); return err })
		page := func(b *testing.B, f func(tx *store.Tx, i int) error) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				read(b, db, func(tx *store.Tx) error { return f(tx, i) })
				took = append(took, time.Since(start))
			}
			percentiles(b, took)
		}
		find := func(tx *store.Tx, q cloud.Query) error {
			got, err := store.Find[gadget](tx, q)
			if err == nil && len(got) != 100 {
				err = fmt.Errorf("%d rows", len(got))
			}
			return err
		}
		b.Run("first", func(b *testing.B) {
			page(b, func(tx *store.Tx, _ int) error { return find(tx, cloud.Query{}.Page(100, 0)) })
		})
		b.Run("deep", func(b *testing.B) {
			page(b, func(tx *store.Tx, i int) error { return find(tx, cloud.Query{}.Page(100, i*100%rows)) })
		})
		b.Run("byname", func(b *testing.B) {
			page(b, func(tx *store.Tx, i int) error { return find(tx, cloud.Query{}.By("name").Page(100, i*100%1000)) })
		})
		b.Run("count", func(b *testing.B) {
			page(b, func(tx *store.Tx, _ int) error {
				n, err := store.Count[gadget](tx, cloud.Query{})
				if err == nil && n != rows {
					err = fmt.Errorf("%d rows", n)
				}
				return err
			})
		})
	})
}

// BenchmarkGet reads one row by id.
func BenchmarkGet(b *testing.B) {
	benchEngines(b, func(b *testing.B, db *store.DB) {
		write(b, db, func(tx *store.Tx) error { return store.Insert(tx, sample()) })
		for b.Loop() {
			read(b, db, func(tx *store.Tx) error { _, err := store.Get[gadget](tx, 1); return err })
		}
	})
}

// BenchmarkMatch evaluates a condition in Go.
func BenchmarkMatch(b *testing.B) {
	g, c := sample(), cloud.And(cloud.Eq("name", "web"), cloud.Cmp(cloud.OpGt, "ram", 1), cloud.Eq("closed", nil))
	for b.Loop() {
		if !c.Match(g) {
			b.Fatal("no match")
		}
	}
}
