package store_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/virga-cloud/virga/internal/store"
)

// A newer database is refused, an older one is brought up to date, and the
// SQLite file is kept as it was.
func TestVersions(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		old := openDB(t, opt)
		write(t, old, func(tx *store.Tx) error { return store.Insert(tx, &account{Balance: 7}) })
		if left, _ := filepath.Glob(opt.Path + ".v*"); opt.Path != "" && len(left) > 0 {
			t.Errorf("a new database is copied to %v", left)
		}
		newer := opt
		newer.Migrations = fstest.MapFS{
			"9000_test.sql": tables["9000_test.sql"],
			"9001_more.sql": &fstest.MapFile{
				Data: []byte("-- +goose Up\nALTER TABLE account ADD COLUMN note {{text}};\n" +
					"{{if sqlite}}CREATE TABLE only_lite (a {{int}});{{else}}CREATE TABLE only_pg (a {{int}});{{end}}\n"),
			},
		}
		db, err := store.Open(t.Context(), newer)
		if err != nil {
			t.Fatal(err)
		}
		read(t, db, func(tx *store.Tx) error {
			a, err := store.Get[account](tx, 1)
			if err != nil || a.Balance != 7 {
				t.Errorf("after the migration: %v %v", a, err)
			}
			return tx.QueryRow("SELECT note FROM account").Scan(new(*string))
		})
		if opt.Path != "" {
			if _, err := os.Stat(opt.Path + ".v9000"); err != nil {
				t.Errorf("no copy from before the migration: %v", err)
			}
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		opt.Migrations = tables
		if _, err := store.Open(t.Context(), opt); err == nil || !strings.Contains(err.Error(), "newer binary") {
			t.Errorf("an older binary on a newer database: %v", err)
		}
	})
}

// A file that has the name of the copy before a migration is neither replaced nor
// taken for it; a migration that fails again and again leaves one copy.
func TestCopyBeforeMigrationHasAFreeName(t *testing.T) {
	opt := store.Options{Path: filepath.Join(t.TempDir(), "virga.db")}
	db := openDB(t, opt)
	write(t, db, func(tx *store.Tx) error { return store.Insert(tx, &account{Balance: 7}) })
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	const foreign = "of another database"
	if err := os.WriteFile(opt.Path+".v9000", []byte(foreign), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := opt
	bad.Migrations = fstest.MapFS{
		"9000_test.sql": tables["9000_test.sql"],
		"9001_bad.sql":  &fstest.MapFile{Data: []byte("-- +goose Up\nALTER TABLE nowhere ADD COLUMN a {{int}};\n")},
	}
	for range 3 {
		if _, err := store.Open(t.Context(), bad); err == nil {
			t.Fatal("a migration that cannot be carried out was")
		}
	}
	found, err := filepath.Glob(opt.Path + ".v*")
	if err != nil || !slices.Equal(found, []string{opt.Path + ".v9000", opt.Path + ".v9000.2"}) {
		t.Fatalf("copies: %v %v", found, err)
	}
	if b, err := os.ReadFile(found[0]); err != nil || string(b) != foreign {
		t.Errorf("the older file has %q, %v", b, err)
	}
	kept := openDB(t, store.Options{Path: found[1]})
	read(t, kept, func(tx *store.Tx) error {
		a, err := store.Get[account](tx, 1)
		if err == nil && a.Balance != 7 {
			t.Errorf("the copy has %d", a.Balance)
		}
		return err
	})
}

func TestCheck(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			text, err := db.SQL(`CREATE TABLE odd (id {{pk}}, name {{int}} NOT NULL, note {{text}}, must {{int}} NOT NULL)`)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(text); err != nil {
				return err
			}
			return store.Check[odd](tx)
		})
		for _, want := range []string{"name is integer", "note may be null", "no column missing", "must has no field"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q is not in: %v", want, err)
			}
		}
		read(t, db, func(tx *store.Tx) error {
			if err := store.Check[nowhere](tx); err == nil {
				t.Error("a table that is not there is fine")
			}
			return nil
		})
	})
}

type odd struct {
	ID      int64
	Name    string
	Note    string
	Missing int
}

type nowhere struct{ ID int64 }
