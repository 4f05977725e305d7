package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// target gives an empty place on an engine.
func target(t *testing.T, engine store.Engine) store.Options {
	if engine == store.Postgres {
		return store.Options{DSN: pgtest.New(t)}
	}
	return store.Options{Path: filepath.Join(t.TempDir(), "restored.db")}
}

func restore(t *testing.T, file string, into store.Options) *store.DB {
	t.Helper()
	into.Migrations = tables
	if err := store.Restore(t.Context(), file, into); err != nil {
		t.Fatal(err)
	}
	return openDB(t, into)
}

// While amounts move from account to account, every backup has the same sum.
func TestBackupWhileWriting(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		const accounts, each = 50, int64(1000)
		write(t, db, func(tx *store.Tx) error {
			for range accounts {
				if err := store.Insert(tx, &account{Balance: each}); err != nil {
					return err
				}
			}
			return nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for w := range 4 {
			all.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					err := db.Write(ctx, func(tx *store.Tx) error { return move(tx, i*7+w, i*13+w*3+1, accounts) })
					if err != nil && ctx.Err() == nil { // a write that is cut off may say anything
						t.Error(err)
						return
					}
				}
			})
		}
		dir := t.TempDir()
		var files []string
		for i := range 3 {
			files = append(files, filepath.Join(dir, string(rune('a'+i))))
			if err := db.Backup(t.Context(), files[i]); err != nil {
				t.Error(err)
			}
		}
		cancel()
		all.Wait()
		var seen []string
		for _, f := range files {
			got := restore(t, f, target(t, store.SQLite))
			var sum, n int64
			var spread string
			read(t, got, func(tx *store.Tx) error {
				rows, err := store.Find[account](tx, cloud.Query{})
				for _, a := range rows {
					sum, n = sum+a.Balance, n+1
					spread += "," + string(rune(a.Balance))
				}
				return err
			})
			if n != accounts || sum != accounts*each {
				t.Errorf("%s has %d accounts with %d in all", f, n, sum)
			}
			seen = append(seen, spread)
		}
		if seen[0] == seen[2] {
			t.Error("nothing was written while the backups were made: the test shows nothing")
		}
	})
}

// move takes 1 from one account and gives it to another, in two statements.
func move(tx *store.Tx, from, to, accounts int) error {
	for _, m := range []struct{ id, by int }{{from, -1}, {to, 1}} {
		a, err := store.Get[account](tx, int64(m.id%accounts)+1)
		if err != nil {
			return err
		}
		a.Balance += int64(m.by)
		if err := store.Update(tx, a); err != nil {
			return err
		}
	}
	return nil
}

// Everything comes back on either engine, nothing is given out twice, and the
// incarnation is new.
func TestRestoreAcrossEngines(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		var next int64
		write(t, db, func(tx *store.Tx) error {
			a, zero, closed := sample(), &gadget{Name: "zero"}, &gadget{Name: "closed"}
			now := tx.Now()
			closed.Closed = &now
			last := &account{Balance: 5}
			err := errors.Join(store.Insert(tx, a), store.Insert(tx, zero), store.Insert(tx, closed), store.Insert(tx, last),
				store.Insert(tx, &account{Balance: 6}), store.Delete[account](tx, last.ID+1), store.SetMeta(tx, "k", "v"))
			for range 5 {
				next, _ = tx.Next("work_revision")
			}
			return err
		})
		file := filepath.Join(t.TempDir(), "backup")
		for range 2 { // the second replaces the first
			if err := db.Backup(t.Context(), file); err != nil {
				t.Fatal(err)
			}
		}
		if left, _ := filepath.Glob(file + "?*"); len(left) > 0 {
			t.Errorf("the backup leaves %v", left)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the backup is readable for others: %v %v", info.Mode(), err)
		}
		for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
			to := target(t, engine)
			got := restore(t, file, to)
			if got.Incarnation() == db.Incarnation() {
				t.Errorf("%s: the incarnation is the old one", engine)
			}
			if d := cmp.Diff(dump(t, db), dump(t, got), addresses); d != "" {
				t.Errorf("%s: rows differ (-original +restored):\n%s", engine, d)
			}
			write(t, got, func(tx *store.Tx) error {
				v, _, err := store.Meta(tx, "k")
				n, err2 := tx.Next("work_revision")
				a := &account{}
				err3 := store.Insert(tx, a)
				if v != "v" || n <= next || a.ID <= 2 {
					t.Errorf("%s: meta %q, counter %d after %d, id %d after 2", engine, v, n, next, a.ID)
				}
				return errors.Join(err, err2, err3)
			})
			to.Migrations = tables
			if err := store.Restore(t.Context(), file, to); err == nil {
				t.Errorf("%s: restored over a used database", engine)
			}
			reopened := openDB(t, to)
			if reopened.Incarnation() != got.Incarnation() {
				t.Errorf("%s: a restart changes the incarnation", engine)
			}
		}
	})
}

func dump(t *testing.T, db *store.DB) (rows []*gadget) {
	read(t, db, func(tx *store.Tx) error {
		var err error
		rows, err = store.Find[gadget](tx, cloud.Query{Closed: true})
		return err
	})
	return rows
}

func TestRestoreRefusesRubbish(t *testing.T) {
	dir := t.TempDir()
	db := openDB(t, store.Options{Path: filepath.Join(dir, "a.db")})
	good := filepath.Join(dir, "good")
	if err := db.Backup(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"text": "this is no database", "half": string(whole[:len(whole)/2]), "empty": "",
		"damaged": string(whole[:4096]) + strings.Repeat("\xff", len(whole)-4096),
	} {
		file, to := filepath.Join(dir, name), filepath.Join(dir, name+".db")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := store.Restore(t.Context(), file, store.Options{Path: to, Migrations: tables}); err == nil {
			t.Errorf("%s: restored", name)
		}
		if left, _ := filepath.Glob(to + "*"); len(left) > 0 {
			t.Errorf("%s: leaves %v", name, left)
		}
	}
	if err := db.Backup(t.Context(), filepath.Join(dir, "no", "such", "folder")); err == nil {
		t.Error("a backup into no folder")
	}
}
