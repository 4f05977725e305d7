package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/store"
)

func sqliteDB(t testing.TB) *store.DB {
	return openDB(t, store.Options{Path: filepath.Join(t.TempDir(), "group.db"), NoSync: true})
}

// commits counts the commits while f runs.
func commits(f func()) (n int64) {
	var count atomic.Int64
	defer crash.Set(func(point string) error {
		if point == "store.commit.before" {
			count.Add(1)
		}
		return nil
	})()
	f()
	return count.Load()
}

// group holds the writer inside a Write until n others wait behind it, and then
// lets all go on: they share a transaction.
func group(db *store.DB, n int, first func(tx *store.Tx) error, others func(i int, tx *store.Tx) error) (errs []error) {
	errs = make([]error, n+1)
	leading, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	call := func(slot int, fn func(tx *store.Tx) error) {
		defer func() {
			if p := recover(); p != nil {
				errs[slot] = panicked{p}
			}
		}()
		errs[slot] = errors.New("never came back")
		errs[slot] = db.Write(context.Background(), fn)
	}
	var once sync.Once
	all.Go(func() {
		call(n, func(tx *store.Tx) error {
			once.Do(func() { close(leading) })
			<-release
			return first(tx)
		})
	})
	<-leading
	for i := range n {
		all.Go(func() { call(i, func(tx *store.Tx) error { return others(i, tx) }) })
		for end := time.Now().Add(10 * time.Second); store.Waiting(db) != i+1; { // in a known order
			if time.Now().After(end) {
				panic("a writer does not queue up")
			}
			time.Sleep(100 * time.Microsecond)
		}
	}
	close(release)
	all.Wait()
	return errs
}

type panicked struct{ value any }

func (p panicked) Error() string { return fmt.Sprint("panic: ", p.value) }

func balances(t *testing.T, db *store.DB) (list []int64) {
	read(t, db, func(tx *store.Tx) error {
		rows, err := store.Find[account](tx, cloud.Query{}.By("balance"))
		for _, r := range rows {
			list = append(list, r.Balance)
		}
		return err
	})
	return list
}

func insert(tx *store.Tx, n int) error { return store.Insert(tx, &account{Balance: int64(n)}) }

// A start that dies leaves nothing open, and to close twice is no harm.
func TestDeathInOpen(t *testing.T) {
	o := store.Options{Path: filepath.Join(t.TempDir(), "db")}
	restore := crash.Set(func(point string) error { panic(crash.Crashed{Point: point}) })
	func() {
		defer restore()
		defer func() {
			if _, played := recover().(crash.Crashed); !played {
				t.Error("no point was passed")
			}
		}()
		db, err := store.Open(t.Context(), o)
		t.Errorf("opened %v, %v", db, err)
	}()
	for range 2 {
		db, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestGroupCommit(t *testing.T) {
	db := sqliteDB(t)
	var hooks atomic.Int64
	n := commits(func() {
		for i, err := range group(db, 20, func(tx *store.Tx) error { return insert(tx, 100) }, func(i int, tx *store.Tx) error {
			tx.AfterCommit(func() { hooks.Add(1) })
			return insert(tx, i)
		}) {
			if err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		}
	})
	if n != 1 || hooks.Load() != 20 || len(balances(t, db)) != 21 {
		t.Errorf("%d commits, %d hooks, %d rows", n, hooks.Load(), len(balances(t, db)))
	}
}

// Errors and panics hit only whoever made them.
func TestGroupFaults(t *testing.T) {
	mine := errors.New("mine")
	for name, c := range map[string]struct {
		first, third func() error
		commits      int64
	}{
		"error of a follower": {nil, func() error { return mine }, 1},
		"error of the leader": {func() error { return mine }, nil, 1},
		"panic of a follower": {nil, func() error { panic(mine) }, 1},
		"panic of the leader": {func() error { panic(mine) }, nil, 1},
		"error of both":       {func() error { return mine }, func() error { return mine }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			db := sqliteDB(t)
			do := func(fail func() error) error {
				if fail == nil {
					return nil
				}
				return fail()
			}
			var errs []error
			n := commits(func() {
				errs = group(db, 5,
					func(tx *store.Tx) error { return errors.Join(insert(tx, 5), do(c.first)) },
					func(i int, tx *store.Tx) error {
						if err := insert(tx, i); err != nil || i != 2 {
							return err
						}
						return do(c.third)
					})
			})
			want := 0
			for i, err := range errs {
				bad := i == 2 && c.third != nil || i == 5 && c.first != nil
				var p panicked
				if errors.As(err, &p) {
					err, _ = p.value.(error)
				}
				if bad != errors.Is(err, mine) || !bad && err != nil {
					t.Errorf("writer %d: %v", i, err)
				}
				if !bad {
					want++
				}
			}
			if got := balances(t, db); len(got) != want || n != c.commits {
				t.Errorf("rows %v, want %d; %d commits", got, want, n)
			}
			write(t, db, func(tx *store.Tx) error { return insert(tx, 9) }) // goes on working
		})
	}
}

// A played crash at a commit: before it nothing happened and the others run
// again; after it everything did.
func TestGroupCrash(t *testing.T) {
	for _, point := range []string{"store.commit.before", "store.commit.after"} {
		for _, how := range []string{"crash", "error"} {
			t.Run(point+"/"+how, func(t *testing.T) {
				db := sqliteDB(t)
				boom := errors.New("injected")
				var once sync.Once
				restore := crash.Set(func(name string) (err error) {
					if name == point {
						once.Do(func() {
							if err = boom; how == "crash" {
								panic(crash.Crashed{Point: name})
							}
						})
					}
					return err
				})
				defer restore()
				errs := group(db, 4, func(tx *store.Tx) error { return insert(tx, 4) }, func(i int, tx *store.Tx) error { return insert(tx, i) })
				var p panicked
				if how == "crash" {
					if !errors.As(errs[4], &p) || p.value != any(crash.Crashed{Point: point}) {
						t.Errorf("the leader does not crash: %v", errs[4])
					}
					errs = errs[:4]
				}
				for i, err := range errs {
					if how == "crash" && err != nil || how == "error" && !errors.Is(err, boom) {
						t.Errorf("writer %d: %v", i, err)
					}
				}
				want := map[string]int{
					"store.commit.before/crash": 4, "store.commit.before/error": 0,
					"store.commit.after/crash": 5, "store.commit.after/error": 5,
				}[point+"/"+how]
				if got := balances(t, db); len(got) != want {
					t.Errorf("%d rows, want %d", len(got), want)
				}
			})
		}
	}
}

// A function that ends its goroutine, as a failing test does, leaves nobody
// hanging.
func TestGroupGoexit(t *testing.T) {
	db := sqliteDB(t)
	errs := group(db, 3, func(tx *store.Tx) error { return insert(tx, 3) }, func(i int, tx *store.Tx) error {
		if i == 1 {
			runtime.Goexit()
		}
		return insert(tx, i)
	})
	if errs[0] != nil || errs[1] == nil || errs[2] != nil {
		t.Errorf("errors: %v", errs)
	}
	if got := fmt.Sprint(balances(t, db)); got != "[0 2]" { // the leader's goroutine is gone
		t.Errorf("rows %s", got)
	}
}

// Who is refused because of what another one of the batch did is told so when that can
// be seen, and not before.
func TestGroupRefusalWaits(t *testing.T) {
	db := sqliteDB(t)
	told := make(chan struct{})
	early := false
	seen := 0
	var all sync.WaitGroup
	leading, release := make(chan struct{}), make(chan struct{})
	all.Go(func() { write(t, db, func(tx *store.Tx) error { close(leading); <-release; return insert(tx, 1) }) })
	<-leading
	wait := func(n int) {
		for end := time.Now().Add(time.Minute); store.Waiting(db) != n && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
	}
	all.Go(func() {
		defer close(told)
		err := db.Write(context.Background(), func(tx *store.Tx) error {
			if err := tx.QueryRow(`SELECT count(*) FROM account`).Scan(&seen); err != nil || seen == 0 {
				return err
			}
			return errors.New("it is there already")
		})
		if err == nil || seen != 1 {
			t.Errorf("it saw %d rows: %v", seen, err)
		}
		if got := balances(t, db); len(got) != 2 {
			t.Errorf("told of what cannot be seen: %v", got)
		}
	})
	wait(1)
	all.Go(func() {
		write(t, db, func(tx *store.Tx) error {
			select { // models slow work, in which who was refused goes on if he may
			case <-told:
				early = true
			case <-time.After(time.Second):
			}
			return insert(tx, 2)
		})
	})
	wait(2)
	close(release)
	all.Wait()
	if early {
		t.Error("it was told before the commit")
	}
}

// Whoever stops waiting is not run.
func TestGroupCanceled(t *testing.T) {
	db := sqliteDB(t)
	ctx, cancel := context.WithCancel(t.Context())
	leading, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		write(t, db, func(tx *store.Tx) error { close(leading); <-release; return insert(tx, 1) })
	})
	<-leading
	all.Go(func() {
		err := db.Write(ctx, func(tx *store.Tx) error { return insert(tx, 2) })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("canceled while waiting: %v", err)
		}
		close(release)
	})
	for store.Waiting(db) != 1 {
		time.Sleep(100 * time.Microsecond)
	}
	cancel()
	all.Wait()
	if got := fmt.Sprint(balances(t, db)); got != "[1]" {
		t.Errorf("rows %s", got)
	}
}

// Reads see one moment, do not wait for a writer, and see nothing of it.
func TestReadsDoNotWait(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error { return insert(tx, 1) })
		inside, release := make(chan struct{}), make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			write(t, db, func(tx *store.Tx) error {
				err := insert(tx, 2)
				close(inside)
				<-release
				return err
			})
		})
		<-inside
		count := func(tx *store.Tx) int64 {
			n, err := store.Count[account](tx, cloud.Query{})
			if err != nil {
				t.Error(err)
			}
			return n
		}
		read(t, db, func(tx *store.Tx) error {
			before := count(tx)
			close(release)
			all.Wait()
			if after := count(tx); before != 1 || after != 1 {
				t.Errorf("one snapshot has %d and then %d rows", before, after)
			}
			return nil
		})
		read(t, db, func(tx *store.Tx) error {
			if n := count(tx); n != 2 {
				t.Errorf("%d rows after the commit", n)
			}
			return nil
		})
	})
}

// A disk that is full is said to be full, to whoever waits for it, and all goes on
// when there is room again.
func TestFullDisk(t *testing.T) {
	db := sqliteDB(t)
	exec := func(query string, args ...any) error {
		return db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(query, args...)
			return err
		})
	}
	const fill = `INSERT INTO setting (name, value) VALUES ($1, $2)`
	pages := func(most int) {
		t.Helper()
		if err := exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, most)); err != nil {
			t.Fatal(err)
		}
	}
	pages(1) // SQLite takes what there is
	var err error
	for n := range 100 {
		if err = exec(fill, fmt.Sprint(n), strings.Repeat("x", 4096)); err != nil {
			break
		}
	}
	if e := (*cloud.Error)(nil); !errors.As(err, &e) || e.Kind != cloud.Unavailable || !strings.Contains(e.Message, "is full") || e.Fix == "" {
		t.Errorf("it is said: %v", err)
	}
	if since, what := db.Full(); what == "" || since.IsZero() {
		t.Error("the database does not know that it is full")
	}
	pages(1 << 20)
	if err := exec(fill, "again", "x"); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if since, what := db.Full(); what != "" {
		t.Errorf("with room again it is said since %v: %s", since, what)
	}
}

// A file system without room is noticed though nobody writes, logged once, and it ends
// when there is room.
func TestNoRoom(t *testing.T) {
	var text bytes.Buffer
	free := int64(1 << 30)
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	db := openDB(t, store.Options{
		Path: filepath.Join(t.TempDir(), "virga.db"), NoSync: true, Now: func() time.Time { return now },
		Free: func() int64 { return free }, Log: slog.New(slog.NewTextHandler(&text, nil)),
	})
	expect := func(when string, since time.Time, said string, lines int) {
		t.Helper()
		at, what := db.Full()
		if !at.Equal(since) || (what == "") != (said == "") || !strings.Contains(what, said) {
			t.Errorf("%s: since %v %q, want since %v %q", when, at, what, since, said)
		}
		if n := strings.Count(text.String(), "\n"); n != lines {
			t.Errorf("%s the log has %d lines, want %d:\n%s", when, n, lines, text.String())
		}
	}
	write := func() {
		t.Helper()
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(`UPDATE setting SET value = value`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	text.Reset()
	expect("before", time.Time{}, "", 0)
	free, now = 12<<10, now.Add(time.Hour)
	since := now
	expect("full", since, "12 kB are free", 1)
	now = now.Add(time.Minute)
	write() // in what the log of SQLite has already
	expect("after a small write", since, "is full", 1)
	free = 1 << 30
	expect("with room", time.Time{}, "", 2)
}

// pair refers to another row of its table, which is looked at when the transaction ends.
type pair struct {
	ID    int64
	Other int64
}

// What the database refuses at the commit itself is answered as an error and not
// there, alone and in a group, with what waits for the commit.
func TestRefusedCommit(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		opt.Migrations = fstest.MapFS{"9000_test.sql": &fstest.MapFile{Data: []byte("-- +goose Up\n" +
			"CREATE TABLE pair (id {{pk}}, other BIGINT NOT NULL REFERENCES pair (id) DEFERRABLE INITIALLY DEFERRED);\n")}}
		db, err := store.Open(t.Context(), opt)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		told := 0
		add := func(other int64) error {
			return db.Write(t.Context(), func(tx *store.Tx) error {
				tx.AfterCommit(func() { told++ })
				return store.Insert(tx, &pair{Other: other})
			})
		}
		if err := add(99); err == nil {
			t.Error("a commit that was refused is answered as done")
		}
		if told != 0 {
			t.Error("what waits for the commit was done all the same")
		}
		write(t, db, func(tx *store.Tx) error {
			_, err := tx.Exec(`INSERT INTO pair (id, other) VALUES (50, 50)`)
			return err
		})
		if err := add(50); err != nil || told != 1 {
			t.Errorf("afterwards: %v, %d told", err, told)
		}
		var n int64
		if err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
			n, err = store.Count[pair](tx, cloud.Query{})
			return err
		}); err != nil || n != 2 {
			t.Errorf("%d rows, %v", n, err)
		}
	})
}
