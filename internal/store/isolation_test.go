package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// A thousand at once read a row and write what follows from it: no error, nothing lost.
func TestThousandIncrements(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error { return insert(tx, 0) })
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					a, err := store.Get[account](tx, 1)
					if err != nil {
						return err
					}
					a.Balance++
					return store.Update(tx, a)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := balances(t, db); len(got) != 1 || got[0] != 1000 {
			t.Errorf("after 1000 increments: %v", got)
		}
	})
}

// A thousand at once take the next free number: a thousand different ones.
func TestThousandAllocations(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.Exec("CREATE UNIQUE INDEX taken ON account (balance)")
			return err
		})
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					var next int64
					if err := tx.QueryRow("SELECT coalesce(max(balance), 0) + 1 FROM account").Scan(&next); err != nil {
						return err
					}
					return store.Insert(tx, &account{Balance: next})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		got := balances(t, db)
		if len(got) != 1000 || got[0] != 1 || got[999] != 1000 {
			t.Errorf("%d numbers", len(got))
		}
	})
}

// Two accounts together never go below zero, though each write looks at both and
// changes one (write skew, the anomaly that only SERIALIZABLE prevents).
func TestWriteSkew(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error { return errors.Join(insert(tx, 20), insert(tx, 20)) })
		empty := errors.New("empty")
		var taken, refused atomic.Int64
		var all sync.WaitGroup
		for w := range 8 {
			all.Go(func() {
				for i := range 10 {
					err := db.Write(t.Context(), func(tx *store.Tx) error {
						rows, err := store.Find[account](tx, cloud.Query{})
						if err != nil {
							return err
						}
						if rows[0].Balance+rows[1].Balance < 1 {
							return empty
						}
						a := rows[(w+i)%2]
						a.Balance--
						return store.Update(tx, a)
					})
					switch {
					case err == nil:
						taken.Add(1)
					case errors.Is(err, empty):
						refused.Add(1)
					default:
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		got := balances(t, db)
		if taken.Load() != 40 || refused.Load() != 40 || got[0]+got[1] != 0 {
			t.Errorf("taken %d, refused %d, left %v", taken.Load(), refused.Load(), got)
		}
	})
}
