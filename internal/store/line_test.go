package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// What was left for later and is wrong is told with the next statement that reads, or
// with the commit, and nothing of the transaction stays.
func TestLaterIsTold(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error { return store.Insert(tx, sample()) })
		gone := errors.New("nobody is there")
		for what, later := range map[string]func(tx *store.Tx) error{
			"nobody": func(tx *store.Tx) error {
				return tx.Later(gone, `UPDATE account SET balance = 7 WHERE id = $1`, int64(99))
			},
			"twice":  func(tx *store.Tx) error { return store.Add(tx, sample()) },
			"update": func(tx *store.Tx) error { return store.Update(tx, &account{ID: 99, Balance: 1}) },
		} {
			right := map[string]func(error) bool{
				"nobody": func(err error) bool { return errors.Is(err, gone) }, "twice": store.Duplicate,
				"update": func(err error) bool { return cloud.IsKind(err, cloud.NotFound) },
			}[what]
			for name, after := range map[string]func(tx *store.Tx) error{
				"commit":  func(*store.Tx) error { return nil },
				"settle":  func(tx *store.Tx) error { return tx.Settle() },
				"read":    func(tx *store.Tx) error { _, err := store.Find[account](tx, cloud.Query{}); return err },
				"forgets": func(tx *store.Tx) error { _, _ = store.Find[account](tx, cloud.Query{}); return nil },
				"more":    func(tx *store.Tx) error { return insert(tx, 3) },
			} {
				err := db.Write(t.Context(), func(tx *store.Tx) error {
					tx.Notify("work")
					if err := insert(tx, 1); err != nil {
						return err
					}
					if err := later(tx); err != nil {
						return err
					}
					return after(tx)
				})
				if !right(err) {
					t.Errorf("%s, %s: told %v", what, name, err)
				}
				if got := balances(t, db); len(got) != 0 {
					t.Fatalf("%s, %s: %v stayed", what, name, got)
				}
			}
		}
		write(t, db, func(tx *store.Tx) error { // and when nothing is wrong
			return errors.Join(insert(tx, 1), tx.Later(gone, `UPDATE account SET balance = 7`), tx.Later(nil, `DELETE FROM account WHERE id = 99`))
		})
		if got := balances(t, db); !slices.Equal(got, []int64{7}) {
			t.Errorf("it was left for later: %v", got)
		}
	})
}

// While another node is at the head of the line, those who wait gather, and share a
// commit. What one of them does wrong, at once or later, hits nobody else.
func TestLineIsShared(t *testing.T) {
	opt := store.Options{DSN: pgtest.New(t)}
	db, other := openDB(t, opt), openDB(t, opt)
	write(t, db, func(tx *store.Tx) error { return store.Insert(tx, sample()) })
	held, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() { done <- store.Hold(context.Background(), other, held, release) }()
	<-held
	mine := errors.New("mine")
	wrong := map[int]func(tx *store.Tx) error{
		3:  func(*store.Tx) error { return mine },
		5:  func(tx *store.Tx) error { return tx.Later(mine, `DELETE FROM account WHERE id = 0`) },
		7:  func(*store.Tx) error { panic(mine) },
		19: func(tx *store.Tx) error { return tx.Later(mine, `DELETE FROM account WHERE id = 0`) },
	}
	const all = 20
	var errs [all]error
	var running sync.WaitGroup
	for i := range all {
		running.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = p.(error)
				}
			}()
			errs[i] = db.Write(context.Background(), func(tx *store.Tx) error {
				err := insert(tx, i)
				if fn := wrong[i]; fn != nil {
					err = errors.Join(err, fn(tx))
				}
				return err
			})
		})
		for end := time.Now().Add(time.Minute); store.Waiting(db) != i; { // the first one leads
			if time.Now().After(end) {
				t.Fatal("a writer does not queue up")
			}
			time.Sleep(100 * time.Microsecond)
		}
	}
	n := commits(func() {
		close(release)
		if err := errors.Join(<-done); err != nil {
			t.Error(err)
		}
		running.Wait()
	})
	var want []int64
	for i, err := range errs {
		if bad := wrong[i] != nil; bad != errors.Is(err, mine) || !bad && err != nil {
			t.Errorf("writer %d: %v", i, err)
		} else if !bad {
			want = append(want, int64(i))
		}
	}
	if got := balances(t, db); !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	if n > 6 { // the one that held the line, and each batch that somebody ended
		t.Errorf("%d commits for %d writers", n, all)
	}
}

// Nodes that write the same rows wait for each other; no run is in vain.
func TestLineRepeatsNothing(t *testing.T) {
	opt := store.Options{DSN: pgtest.New(t)}
	nodes := []*store.DB{openDB(t, opt), openDB(t, opt), openDB(t, opt)}
	write(t, nodes[0], func(tx *store.Tx) error { return insert(tx, 0) })
	var runs atomic.Int64
	var all sync.WaitGroup
	const each, clients = 20, 4
	for _, db := range nodes {
		for range clients {
			all.Go(func() {
				for range each {
					err := db.Write(context.Background(), func(tx *store.Tx) error {
						runs.Add(1)
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
				}
			})
		}
	}
	all.Wait()
	want := int64(each * clients * len(nodes))
	if got := balances(t, nodes[0]); !slices.Equal(got, []int64{want}) || runs.Load() != want {
		t.Errorf("%v after %d runs, want %d", got, runs.Load(), want)
	}
}

// Ids that are known before their rows are made are those that the rows get, also when
// somebody else takes one in between.
func TestKnownIDs(t *testing.T) {
	opt := store.Options{DSN: pgtest.New(t)}
	db := openDB(t, opt)
	foreign, err := pgx.Connect(t.Context(), opt.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close(context.Background())
	for n := range 8 {
		meddle, settle := n%4-1, n > 3
		t.Run(fmt.Sprint(meddle, settle), func(t *testing.T) {
			var made []*cloud.Event
			once := true
			write(t, db, func(tx *store.Tx) error {
				made = nil
				for i := range 3 {
					e := &cloud.Event{Operation: tx.UID(), At: tx.Now(), Started: tx.Now(), Action: fmt.Sprint(meddle, i)}
					if err := store.Insert(tx, e); err != nil {
						return err
					}
					made = append(made, e)
					if settle {
						if err := tx.Settle(); err != nil {
							return err
						}
					}
					if i == meddle && once {
						once = false
						if _, err := foreign.Exec(context.Background(), `SELECT nextval('event_id_seq')`); err != nil {
							return err
						}
					}
				}
				return store.Add(tx, &cloud.Event{Operation: tx.UID(), At: tx.Now(), Started: tx.Now(), Action: "last"})
			})
			read(t, db, func(tx *store.Tx) error {
				for _, e := range made {
					got, err := store.Get[cloud.Event](tx, e.ID)
					if err != nil || got.Action != e.Action {
						t.Errorf("row %d is %+v (%v), want %s", e.ID, got, err, e.Action)
					}
				}
				return nil
			})
		})
	}
}

// What is asked for ahead is one way there and back; what was written since is asked
// for again.
func TestAhead(t *testing.T) {
	dsn, count := pgtest.Counted(t, pgtest.New(t))
	db := openDB(t, store.Options{DSN: dsn})
	write(t, db, func(tx *store.Tx) error { return errors.Join(insert(tx, 1), insert(tx, 2), store.Insert(tx, sample())) })
	look := func(tx *store.Tx) (a, b *account, all []*gadget, err error) {
		a, err1 := store.Get[account](tx, 1)
		b, err2 := store.Get[account](tx, 2)
		all, err3 := store.Find[gadget](tx, cloud.Query{})
		return a, b, all, errors.Join(err1, err2, err3)
	}
	ask := func(tx *store.Tx) error {
		return tx.Ahead(
			func(tx *store.Tx) { _, _ = store.Get[account](tx, 1) }, func(tx *store.Tx) { _, _ = store.Get[account](tx, 2) },
			func(tx *store.Tx) { _, _ = store.Get[account](tx, 1) }, func(tx *store.Tx) { _, _ = store.Find[gadget](tx, cloud.Query{}) },
		)
	}
	both := func(name string, run func(fn func(tx *store.Tx) error) error) {
		t.Helper()
		for range 2 { // the first time statements are prepared
			err := run(func(tx *store.Tx) error {
				count.Since()
				if err := ask(tx); err != nil {
					return err
				}
				a, b, all, err := look(tx)
				if err == nil && (a.Balance != 1 || b.Balance != 2 || len(all) != 1) {
					err = fmt.Errorf("%v %v %v", a, b, all)
				}
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	both("read", func(fn func(tx *store.Tx) error) error { return db.Read(t.Context(), fn) })
	if _, trips := count.Since(); trips != 2 { // and the end of the transaction
		t.Errorf("a read went there and back %d times", trips)
	}
	both("write", func(fn func(tx *store.Tx) error) error { return db.Write(t.Context(), fn) })
	if _, trips := count.Since(); trips != 2 {
		t.Errorf("a write went there and back %d times", trips)
	}
	write(t, db, func(tx *store.Tx) error {
		if err := ask(tx); err != nil {
			return err
		}
		if err := tx.Later(nil, `UPDATE account SET balance = balance + 10`); err != nil {
			return err
		}
		a, b, all, err := look(tx)
		if err == nil && (a.Balance != 11 || b.Balance != 12 || len(all) != 1) {
			t.Errorf("after it was written: %v %v %v", a, b, all)
		}
		return err
	})
}

// What a statement gives is read alike from both databases, null too, and also where it
// was asked for ahead.
func TestValuesAreReadAlike(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		const text = `SELECT CAST(NULL AS BYTES), CAST('x' AS BYTES), CAST(NULL AS BIGINT), CAST(7 AS BIGINT), CAST(7 AS BIGINT), 'a', ` +
			`CAST(1.5 AS DOUBLE PRECISION), CAST(NULL AS BIGINT), sum(b), count(*), sum(b) > 2 FROM (SELECT CAST(3 AS BIGINT) AS b) AS x`
		query := strings.ReplaceAll(text, "BYTES", map[store.Engine]string{store.SQLite: "BLOB", store.Postgres: "BYTEA"}[db.Engine()])
		check := func(tx *store.Tx) error {
			none, some, no, seven := []byte("before"), []byte(nil), new(int64), new(int64)
			var word, name string
			var half float64
			var nothing any = 1
			var sum, count int64
			var more bool
			err := tx.QueryRow(query).Scan(&none, &some, &no, &seven, &word, &name, &half, &nothing, &sum, &count, &more)
			if err != nil {
				return err
			}
			if none != nil || string(some) != "x" || no != nil || seven == nil || *seven != 7 || word != "7" || name != "a" || half != 1.5 ||
				nothing != nil || sum != 3 || count != 1 || !more {
				t.Errorf("read %q %q %v %v %q %q %v %v %d %d %v", none, some, no, seven, word, name, half, nothing, sum, count, more)
			}
			return nil
		}
		read(t, db, check)
		read(t, db, func(tx *store.Tx) error {
			err := tx.Ahead(
				func(tx *store.Tx) { _ = tx.QueryRow(query).Scan() }, // nothing is found yet
				func(tx *store.Tx) { _ = tx.QueryRow("SELECT 1").Scan() },
			)
			if err != nil {
				return err
			}
			return check(tx)
		})
	})
}
