package store_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/store"
)

// A WriteOne that is alone does not wait for the disk; with a Write beside it,
// and after it, everything does.
func TestLazyCommits(t *testing.T) {
	db := openDB(t, store.Options{Path: filepath.Join(t.TempDir(), "lazy.db")})
	level := func(tx *store.Tx) (n int, err error) {
		err = tx.QueryRow("PRAGMA synchronous").Scan(&n)
		return n, err
	}
	const normal, full = 1, 2
	expect := func(what string, want int, run func(ctx context.Context, fn func(*store.Tx) error) error) {
		t.Helper()
		got := 0
		if err := run(t.Context(), func(tx *store.Tx) (err error) {
			got, err = level(tx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: synchronous is %d, want %d", what, got, want)
		}
	}
	all := func(ctx context.Context, fn func(*store.Tx) error) error { return db.Write(ctx, fn) }
	expect("the first write", full, all)
	expect("one alone", normal, db.WriteOne)
	expect("a write after it", full, all)
	// A Write leads, a WriteOne shares its commit.
	leading, release := make(chan struct{}), make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := db.Write(context.Background(), func(*store.Tx) error { close(leading); <-release; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-leading
	wait.Go(func() { expect("one beside a write", full, db.WriteOne) })
	for end := time.Now().Add(10 * time.Second); store.Waiting(db) == 0 && time.Now().Before(end); {
		time.Sleep(100 * time.Microsecond)
	}
	close(release)
	wait.Wait()
	// A WriteOne leads, and a Write that comes later has a commit of its own.
	leading, release = make(chan struct{}), make(chan struct{})
	n := commits(func() {
		wait.Go(func() {
			if err := db.WriteOne(context.Background(), func(*store.Tx) error { close(leading); <-release; return nil }); err != nil {
				t.Error(err)
			}
		})
		<-leading
		wait.Go(func() { expect("a write behind one", full, all) })
		for end := time.Now().Add(10 * time.Second); store.Waiting(db) == 0 && time.Now().Before(end); {
			time.Sleep(100 * time.Microsecond)
		}
		close(release)
		wait.Wait()
	})
	if n != 2 {
		t.Errorf("%d commits, want 2: the write waits for the disk, the other does not", n)
	}
}

// The log does not grow for ever beside writers that never pause.
func TestLogIsCopied(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	db := openDB(t, store.Options{Path: path})
	for i := range 600 {
		write(t, db, func(tx *store.Tx) error { return insert(tx, i) })
	}
	copied := func() (n int) {
		read(t, db, func(tx *store.Tx) error {
			var rest, all int
			return tx.QueryRow("PRAGMA wal_checkpoint(NOOP)").Scan(&rest, &all, &n)
		})
		return n
	}
	for end := time.Now().Add(20 * time.Second); copied() == 0; {
		if time.Now().After(end) {
			t.Fatal("nothing of the log was ever copied into the database")
		}
		time.Sleep(time.Millisecond)
	}
}

// What SQLite plans anew for each value of a LIMIT it is not given as one.
func TestPlaceholders(t *testing.T) {
	for in, want := range map[string]string{
		`SELECT 1`:                                 `SELECT 1`,
		`SELECT $1, '$1', "$2", $12`:               `SELECT ?1, '$1', "$2", ?12`,
		`UPDATE a SET b = $2 WHERE '= $1' < $10`:   `UPDATE a SET b = +?2 WHERE '= $1' < ?10`,
		`SELECT a LIMIT $3`:                        `SELECT a LIMIT ?3+0`,
		`SELECT a LIMIT $13 OFFSET $14`:            `SELECT a LIMIT ?13+0 OFFSET ?14`,
		`x IN (SELECT a LIMIT $2) AND b = $3`:      `x IN (SELECT a LIMIT ?2+0) AND b = +?3`,
		`SELECT 'LIMIT $1', a LIMIT -1 OFFSET $10`: `SELECT 'LIMIT $1', a LIMIT -1 OFFSET ?10`,
	} {
		if got := store.Placeholders(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
