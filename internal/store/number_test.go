package store_test

import (
	"path/filepath"
	"testing"

	"github.com/virga-cloud/virga/internal/store"
)

// nextAccount is the id of a new row.
func nextAccount(t *testing.T, db *store.DB) int64 {
	t.Helper()
	a := &account{}
	write(t, db, func(tx *store.Tx) error { return store.Insert(tx, a) })
	return a.ID
}

func TestSkipIDs(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		for _, step := range []struct{ last, next int64 }{{0, 1}, {5, 6}, {3, 7}, {7, 8}, {100, 101}} {
			for range 2 { // twice is once
				write(t, db, func(tx *store.Tx) error { return tx.SkipIDs("account", step.last) })
			}
			if id := nextAccount(t, db); id != step.next {
				t.Errorf("after everything up to %d was skipped the next is %d, not %d", step.last, id, step.next)
			}
		}
	})
	engines(t, func(t *testing.T, opt store.Options) { // in a table without rows
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error { return tx.SkipIDs("account", 9) })
		if id := nextAccount(t, db); id != 10 {
			t.Errorf("the first is %d", id)
		}
	})
}

// What a restored store may have forgotten that it gave is not given again, and a
// backup that is made of it at once knows what was given before.
func TestRestoreSkipsForgottenIDs(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		file := filepath.Join(t.TempDir(), "backup")
		write(t, db, func(tx *store.Tx) error { return tx.SkipIDs("account", 41) })
		for _, engine := range []store.Engine{store.SQLite, store.Postgres, store.SQLite} {
			if err := db.Backup(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			db = restore(t, file, target(t, engine))
		}
		if id := nextAccount(t, db); id != 42 {
			t.Errorf("after the ids up to 41 comes %d", id)
		}
		for _, table := range []string{"subnet", "ip", "host"} {
			write(t, db, func(tx *store.Tx) error {
				before, err := tx.LastID(table)
				if before < 3<<12 {
					t.Errorf("after three restores the ids of %s go on after %d", table, before)
				}
				return err
			})
		}
	})
}
