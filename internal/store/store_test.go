package store_test

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

type power string

type inner struct {
	A int
	B []string
}

// Part is embedded, as nouns embed groups of fields.
type Part struct {
	VCPU int
	RAM  int64
}

// gadget has a field of every kind that a noun may have.
type gadget struct {
	cloud.Meta
	Part
	Name   string
	State  power
	Level  int8
	Mask   uint32
	On     bool
	Load   float64
	Owner  cloud.UID
	Raw    []byte
	Until  time.Time
	Seen   *time.Time
	Parent *int64
	Nick   *string
	IP     netip.Addr
	Net    netip.Prefix
	Tags   []string
	Extra  inner
	More   *inner
	Wait   time.Duration
	Cache  int `db:"-"`
}

const gadgetSQL = `CREATE TABLE gadget (
	id {{pk}}, uid {{bytes}} NOT NULL, created {{int}} NOT NULL, updated {{int}} NOT NULL, modified_by {{int}} NOT NULL, closed {{int}},
	vcpu {{int}} NOT NULL, ram {{int}} NOT NULL, name {{text}} NOT NULL, state {{text}} NOT NULL,
	level {{int}} NOT NULL, mask {{int}} NOT NULL,
	"on" {{bool}} NOT NULL, load {{float}} NOT NULL, owner {{bytes}} NOT NULL, raw {{bytes}} NOT NULL, until {{int}} NOT NULL, seen {{int}},
	parent {{int}}, nick {{text}}, ip {{bytes}} NOT NULL, net {{bytes}} NOT NULL, tags {{json}} NOT NULL, extra {{json}} NOT NULL,
	more {{json}}, wait {{int}} NOT NULL)`

// addresses compares addresses, which have private fields, with ==.
var addresses = cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})

const gadgetIndex = `CREATE UNIQUE INDEX gadget_name ON gadget (name) WHERE closed IS NULL`

// account is for tests that move amounts about.
type account struct {
	ID      int64
	Balance int64
}

const accountSQL = `CREATE TABLE account (id {{pk}}, balance BIGINT NOT NULL)`

// engines runs a test on every engine.
func engines(t *testing.T, f func(t *testing.T, opt store.Options)) {
	t.Run("sqlite", func(t *testing.T) { f(t, store.Options{Path: filepath.Join(t.TempDir(), "virga.db")}) })
	t.Run("postgres", func(t *testing.T) { f(t, store.Options{DSN: pgtest.New(t)}) })
}

func openDB(t testing.TB, opt store.Options) *store.DB {
	t.Helper()
	opt.Migrations = tables
	db, err := store.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// tables are the tests' own, as a migration.
var tables = fstest.MapFS{"9000_test.sql": &fstest.MapFile{
	Data: []byte("-- +goose Up\n" + gadgetSQL + ";\n" + gadgetIndex + ";\n" + accountSQL + ";\n"),
}}

func write(t testing.TB, db *store.DB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, db *store.DB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Read(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func sample() *gadget {
	seen := time.Date(2026, 2, 3, 4, 5, 6, 789000, time.UTC)
	parent, nick := int64(7), "Nick"
	return &gadget{
		Part: Part{VCPU: 2, RAM: 512}, Name: "web", State: "on", Level: -3, Mask: 1 << 31, On: true, Load: 0.5,
		Owner: cloud.DeriveUID("owner"), Raw: []byte{0, 1, 2}, Until: seen.Add(time.Hour), Seen: &seen, Parent: &parent, Nick: &nick,
		IP: netip.MustParseAddr("198.18.0.1"), Net: netip.MustParsePrefix("2001:db8::/48"), Tags: []string{"a", "b"},
		Extra: inner{A: 1, B: []string{"x"}}, More: &inner{A: 2}, Wait: time.Second,
	}
}

func TestRows(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		now := time.Date(2026, 1, 2, 3, 4, 5, 6789, time.FixedZone("", 3600))
		opt.Now = func() time.Time { return now }
		db := openDB(t, opt)
		full, zero := sample(), &gadget{Name: "zero"}
		write(t, db, func(tx *store.Tx) error {
			return errors.Join(store.Insert(tx, full), store.Insert(tx, zero))
		})
		if full.ID == 0 || full.UID.IsZero() || !full.Created.Equal(now.Truncate(time.Microsecond)) || full.Updated != full.Created {
			t.Fatalf("insert left %+v", full.Meta)
		}
		read(t, db, func(tx *store.Tx) error {
			if err := store.Check[gadget](tx); err != nil {
				t.Error(err)
			}
			for _, want := range []*gadget{full, zero} {
				got, err := store.Get[gadget](tx, want.ID)
				if err != nil {
					return err
				}
				if d := cmp.Diff(want, got, addresses); d != "" {
					t.Errorf("row came back different (-want +got):\n%s", d)
				}
				if byUID, err := store.ByUID[gadget](tx, want.UID); err != nil || byUID.ID != want.ID {
					t.Errorf("by uid: %v %v", byUID, err)
				}
			}
			if _, err := tx.Exec("DELETE FROM gadget"); err == nil {
				t.Error("a read deleted rows")
			}
			_, err := store.Get[gadget](tx, 99)
			if !cloud.IsKind(err, cloud.NotFound) || !store.None(err) {
				t.Errorf("no row gives %v", err)
			}
			return nil
		})
		write(t, db, func(tx *store.Tx) error {
			full.Closed, full.Name, full.RAM = &now, "gone", 1024
			if err := store.Update(tx, full); err != nil {
				return err
			}
			if _, err := store.Get[gadget](tx, full.ID); !cloud.IsKind(err, cloud.NotFound) {
				t.Errorf("a closed row is alive: %v", err)
			}
			got, err := store.GetAny[gadget](tx, full.ID)
			if err != nil || got.RAM != 1024 || got.Name != "gone" {
				t.Errorf("after the update: %+v %v", got, err)
			}
			n, err := store.Count[gadget](tx, cloud.Query{})
			all, err2 := store.Count[gadget](tx, cloud.Query{Closed: true})
			if n != 1 || all != 2 || err != nil || err2 != nil {
				t.Errorf("count %d of %d: %v %v", n, all, err, err2)
			}
			return store.Delete[gadget](tx, full.ID)
		})
		for what, fn := range map[string]func(tx *store.Tx) error{
			"deleted twice":   func(tx *store.Tx) error { return store.Delete[gadget](tx, full.ID) },
			"updated nothing": func(tx *store.Tx) error { return store.Update(tx, full) },
		} {
			if err := db.Write(t.Context(), fn); !cloud.IsKind(err, cloud.NotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func TestRollback(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		mine, hooks := errors.New("mine"), 0
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			tx.AfterCommit(func() { hooks++ })
			return errors.Join(store.Insert(tx, &account{Balance: 1}), mine)
		})
		if !errors.Is(err, mine) || hooks != 0 {
			t.Errorf("error %v, %d hooks", err, hooks)
		}
		// The name is taken: the function swallows the error, the store does not.
		write(t, db, func(tx *store.Tx) error { return store.Insert(tx, sample()) })
		err = db.Write(t.Context(), func(tx *store.Tx) error {
			tx.AfterCommit(func() { hooks++ })
			_ = store.Insert(tx, sample())
			_, _ = tx.Exec("UPDATE account SET balance = 0")
			return nil
		})
		if !store.Duplicate(err) || hooks != 0 {
			t.Errorf("swallowed error gives %v, %d hooks", err, hooks)
		}
		err = db.Write(t.Context(), func(tx *store.Tx) error {
			g := sample()
			g.Name = "a\x00b"
			return store.Insert(tx, g)
		})
		if !cloud.IsKind(err, cloud.Invalid) {
			t.Errorf("null character: %v", err)
		}
		var old *store.Tx
		write(t, db, func(tx *store.Tx) error {
			old = tx
			tx.AfterCommit(func() { hooks++ })
			return nil
		})
		if hooks != 1 {
			t.Errorf("%d hooks", hooks)
		}
		if _, err := old.Exec("DELETE FROM account"); err == nil {
			t.Error("a transaction goes on after its end")
		}
		read(t, db, func(tx *store.Tx) error {
			n, err := store.Count[account](tx, cloud.Query{})
			if n != 0 {
				t.Errorf("%d rows left", n)
			}
			return err
		})
	})
}

func TestNested(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		for name, f := range map[string]func() error{
			"write": func() error { return db.Write(context.Background(), func(*store.Tx) error { return nil }) },
			"read":  func() error { return db.Read(context.Background(), func(*store.Tx) error { return nil }) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("a %s inside a write does not panic", name)
					}
				}()
				_ = db.Write(t.Context(), func(*store.Tx) error { return f() })
			}()
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("a read inside a read does not panic")
				}
			}()
			_ = db.Read(t.Context(), func(*store.Tx) error {
				return db.Read(context.Background(), func(*store.Tx) error { return nil })
			})
		}()
		// A write inside a read is fine: reads hold nothing that writes want.
		read(t, db, func(tx *store.Tx) error {
			write(t, db, func(*store.Tx) error { return nil })
			_, _, err := store.Meta(tx, "k")
			return err
		})
	})
}

func TestCounterAndMeta(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		seen := map[int64]bool{}
		for range 3 {
			write(t, db, func(tx *store.Tx) error {
				for range 3 {
					n, err := tx.Next("work_revision")
					if err != nil || seen[n] {
						t.Fatalf("%d again: %v", n, err)
					}
					seen[n] = true
				}
				return store.SetMeta(tx, "k", "v")
			})
		}
		read(t, db, func(tx *store.Tx) error {
			v, ok, err := store.Meta(tx, "k")
			if v != "v" || !ok {
				t.Errorf("meta is %q", v)
			}
			if _, ok, _ := store.Meta(tx, "none"); ok {
				t.Error("an unknown key has a value")
			}
			return err
		})
		if err := db.Write(t.Context(), func(tx *store.Tx) error { _, err := tx.Next("nope"); return err }); err == nil {
			t.Error("an unknown counter counts")
		}
	})
}

func TestCanceled(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Write(ctx, func(tx *store.Tx) error {
			cancel()
			return store.SetMeta(tx, "k", "v")
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("canceled in the middle: %v", err)
		}
		if err := db.Write(ctx, func(*store.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("canceled before: %v", err)
		}
		if err := db.Read(ctx, func(*store.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("canceled before a read: %v", err)
		}
	})
}

func TestRandomnessComesFromOutside(t *testing.T) {
	db := openDB(t, store.Options{Path: filepath.Join(t.TempDir(), "a.db"), Rand: zeros{}})
	if got := db.Incarnation(); !got.IsZero() {
		t.Errorf("incarnation %s from a source of zeros", got)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

var _ io.Reader = zeros{}

// Hand-written SQL takes and gives whatever columns hold.
func TestHandWritten(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		want := sample()
		write(t, db, func(tx *store.Tx) error { return store.Insert(tx, want) })
		read(t, db, func(tx *store.Tx) error {
			var uid cloud.UID
			var ip netip.Addr
			var seen, closed *time.Time
			var on bool
			var tags []string
			var name string
			err := tx.QueryRow(`SELECT uid, ip, seen, closed,`+
				` "on", tags, name FROM gadget WHERE owner = $1 AND net = $2 AND until = $3 AND "on" = $4`,
				want.Owner, want.Net, want.Until, true).Scan(&uid, &ip, &seen, &closed, &on, &tags, &name)
			if err != nil || uid != want.UID || ip != want.IP || !seen.Equal(*want.Seen) || closed != nil || !on || len(tags) != 2 || name != "web" {
				t.Errorf("read %v %v %v %v %v %v %v: %v", uid, ip, seen, closed, on, tags, name, err)
			}
			rows, err := store.Select[gadget](tx, "SELECT "+store.Columns[gadget]()+" FROM gadget WHERE ram > $1", 1)
			if err != nil || len(rows) != 1 || rows[0].UID != want.UID {
				t.Errorf("select gives %v: %v", rows, err)
			}
			if err := tx.QueryRow("SELECT name FROM gadget WHERE id = $1", 99).Scan(&name); !store.None(err) {
				t.Errorf("no row: %v", err)
			}
			for name, dest := range map[string]any{
				"name": new(int64),
				"ram":  new(cloud.UID), "ip": new(netip.Prefix), "parent": new(string), "uid": new([4]byte), "load": new([]string),
			} {
				if err := tx.QueryRow("SELECT " + name + " FROM gadget").Scan(store.Into(dest)); err == nil && name != "parent" {
					t.Errorf("%s was read into a %T", name, dest)
				}
			}
			return nil
		})
		if info, err := os.Stat(opt.Path); opt.Path != "" && (err != nil || info.Mode().Perm() != 0o600) {
			t.Errorf("the file is for others too: %v %v", info, err)
		}
	})
}
