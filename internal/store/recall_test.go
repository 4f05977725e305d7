package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// nodes opens the same database once more, as another node does; nil on SQLite,
// which has one.
func nodes(t *testing.T, opt store.Options) *store.DB {
	if opt.DSN == "" {
		return nil
	}
	return openDB(t, opt)
}

// What is remembered is never older than what the reader's snapshot has, whoever
// writes at the same time on whichever node.
func TestRecallBesideWrites(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		opt.NoSync = true
		db := openDB(t, opt)
		writers := []*store.DB{db, db}
		if other := nodes(t, opt); other != nil {
			writers[1] = other
		}
		all := cloud.Query{Closed: true}
		remembered := func(tx *store.Tx) (int64, error) {
			return store.Recall(tx, "sum", []string{"gadget.vcpu", "gadget"}, func() (n int64, err error) {
				err = tx.QueryRow("SELECT coalesce(sum(vcpu), 0) FROM gadget").Scan(&n)
				return n, err
			})
		}
		ctx, cancel := context.WithCancel(t.Context())
		var writing, reading sync.WaitGroup
		for i, w := range writers {
			writing.Go(func() {
				for n := range 150 {
					err := w.Write(ctx, func(tx *store.Tx) error {
						if n%3 == 0 {
							_, err := tx.Exec("UPDATE gadget SET vcpu = vcpu + 1 WHERE id % 2 = $1", i)
							return err
						}
						return store.Insert(tx, &gadget{Name: fmt.Sprint(i, n), Part: Part{VCPU: n}})
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for range 4 {
			reading.Go(func() {
				for ctx.Err() == nil {
					err := db.Read(ctx, func(tx *store.Tx) error {
						n, err := store.Count[gadget](tx, all)
						if err != nil {
							return err
						}
						sum, err := remembered(tx)
						if err != nil {
							return err
						}
						var rows, vcpu int64
						if err := tx.QueryRow("SELECT count(*), coalesce(sum(vcpu), 0) FROM gadget").Scan(&rows, &vcpu); err != nil {
							return err
						}
						if n != rows || sum != vcpu {
							t.Errorf("%d rows with %d in all are there, remembered are %d and %d", rows, vcpu, n, sum)
						}
						return nil
					})
					if err != nil && ctx.Err() == nil {
						t.Error(err)
						return
					}
				}
			})
		}
		writing.Wait()
		cancel()
		reading.Wait()
		for range 2 { // at the latest now nobody writes
			read(t, db, func(tx *store.Tx) error { _, err := store.Count[gadget](tx, all); return err })
		}
		if store.Recalled(db) == 0 {
			t.Error("nothing was remembered")
		}
	})
}

func TestRecall(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db, other := openDB(t, opt), nodes(t, opt)
		if other == nil {
			other = db
		}
		g := &gadget{Name: "one"}
		write(t, db, func(tx *store.Tx) error { return store.Insert(tx, g) })
		made := 0
		failure := error(nil)
		name := func(want string, wantMade int) {
			t.Helper()
			read(t, db, func(tx *store.Tx) error {
				got, err := store.Recall(tx, "name", []string{"gadget.name"}, func() (string, error) {
					made++
					g, err := store.Get[gadget](tx, g.ID)
					if err != nil {
						return "", err
					}
					return g.Name, failure
				})
				if !errors.Is(err, failure) || got != want && err == nil || made != wantMade {
					t.Errorf("%q after %d times and %v, want %q after %d", got, made, err, want, wantMade)
				}
				return nil
			})
		}
		failure = errors.New("not today")
		name("", 1)
		failure = nil
		name("one", 2) // failures are not remembered
		name("one", 2)
		change := func(tx *store.Tx, f func(*gadget)) error {
			g, err := store.Get[gadget](tx, g.ID)
			if err != nil {
				return err
			}
			f(g)
			return store.Update(tx, g)
		}
		write(t, other, func(tx *store.Tx) error { return change(tx, func(g *gadget) { g.Level++ }) })
		name("one", 2) // another column
		write(t, other, func(tx *store.Tx) error { return change(tx, func(g *gadget) { g.Name = "two" }) })
		name("two", 3)
		write(t, other, func(tx *store.Tx) error {
			_, err := tx.Exec("UPDATE gadget SET name = $1 WHERE id = $2", "three", g.ID)
			return err
		})
		name("three", 4)
		if err := other.Write(t.Context(), func(tx *store.Tx) error {
			if err := change(tx, func(g *gadget) { g.Name = "four" }); err != nil {
				return err
			}
			return errors.New("rolled back")
		}); err == nil {
			t.Error("a write was not rolled back")
		}
		name("three", 4)
		write(t, db, func(tx *store.Tx) error { // a Write sees its own rows
			_, err := store.Recall(tx, "name", []string{"gadget.name"}, func() (string, error) { made++; return "", nil })
			return err
		})
		if made != 5 {
			t.Error("a Write was answered from what is remembered")
		}
		name("three", 5)
	})
}

// What a hand-written statement changes is noted by its table, so that nothing else
// is forgotten for it, and by all that it might be where that cannot be told.
func TestMarksOf(t *testing.T) {
	for query, want := range map[string]string{
		`UPDATE subnet SET in_use = in_use + 1 WHERE id = $1`:                                "subnet",
		`update "host" SET servers = 0`:                                                      "host",
		"\n\tINSERT INTO work(key) VALUES ($1)\n\t\tON CONFLICT (key) DO UPDATE SET a = 0":   "work",
		`DELETE FROM orphan WHERE host = $1`:                                                 "orphan",
		`INSERT OR IGNORE INTO used_name (name) SELECT name FROM server`:                     "used_name",
		`WITH p AS (SELECT 1 FROM work FOR UPDATE SKIP LOCKED) UPDATE work SET a = $1`:       "work",
		`WITH a AS (UPDATE ip SET a = 1), b AS (DELETE FROM nic) INSERT INTO event SELECT 1`: "ip nic event",
		`UPDATE ONLY host SET a = 1`:                                                         "UPDATE ONLY host SET a = 1",
		`UPDATE OR IGNORE host SET a = 1`:                                                    "UPDATE OR IGNORE host SET a = 1",
		`TRUNCATE "host", site;`:                                                             "TRUNCATE host site",
		`WITH n AS (SELECT 1) SELECT * FROM n`:                                               "WITH n AS SELECT 1 SELECT * FROM n",
		``:                                                                                   "",
	} {
		if got := strings.ReplaceAll(strings.Join(store.MarksOf(query), " "), ".!", ""); got != want {
			t.Errorf("%q is noted as %q, want %q", query, got, want)
		}
	}
}
