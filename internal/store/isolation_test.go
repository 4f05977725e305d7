package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// A thousand at once read a row and write what follows from it, with the lock
// of the hot spot: no error, nothing lost.
func TestThousandIncrements(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error { return insert(tx, 0) })
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				err := db.Write(t.Context(), []string{"account"}, func(tx *store.Tx) error {
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
				err := db.Write(t.Context(), []string{"region/1"}, func(tx *store.Tx) error {
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

// Without the lock PostgreSQL finds conflicts by itself, and we repeat: two
// accounts together never go below zero, though each write looks at both and
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
					err := db.Write(t.Context(), nil, func(tx *store.Tx) error {
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

// Locks in any order, and the same one twice, never make a circle.
func TestLocksInAnyOrder(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		names := []string{"a", "b", "c"}
		var all sync.WaitGroup
		for w := range 6 {
			all.Go(func() {
				for range 20 {
					locks := []string{names[w%3], names[(w+1)%3], names[(w+2*(w%2))%3]}
					if err := db.Write(t.Context(), locks, func(tx *store.Tx) error { return insert(tx, w) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if n := len(balances(t, db)); n != 120 {
			t.Errorf("%d rows", n)
		}
	})
}

// Wake-ups come after the commit, to every subscriber, here and on other nodes.
func TestNotify(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		mine, cancel := db.Subscribe("work")
		others, cancel2 := db.Subscribe("orders")
		defer cancel2()
		say := func(db *store.DB, fail error) {
			_ = db.Write(t.Context(), nil, func(tx *store.Tx) error {
				tx.Notify("work")
				tx.Notify("work")
				return fail
			})
		}
		drain := func() {
			for {
				select {
				case <-mine:
				case <-others:
				case <-time.After(50 * time.Millisecond):
					return
				}
			}
		}
		if db.Engine() == store.Postgres { // the first connection: everybody looks once
			<-mine
			<-others
		}
		drain()
		say(db, errors.New("no"))
		select {
		case <-mine:
			t.Error("woken by a write that failed")
		default:
		}
		say(db, nil)
		select {
		case <-mine:
		default:
			t.Error("not woken")
		}
		if db.Engine() == store.Postgres {
			drain()
			other := openDB(t, opt)
			say(other, nil)
			select {
			case <-mine:
			case <-time.After(time.Minute):
				t.Error("not woken by another node")
			}
		}
		cancel()
		drain()
		say(db, nil)
		select {
		case <-mine:
			t.Error("woken after cancel")
		case <-others:
			t.Error("woken by another topic")
		case <-time.After(20 * time.Millisecond):
		}
	})
}
