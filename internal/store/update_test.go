package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// An Update that leaves out what did not change leaves the row as one that
// writes everything: whatever changed, in place too, once or twice.
func TestUpdateWritesWhatChanged(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		rapid.Check(t, func(rt *rapid.T) {
			var id int64
			var want *gadget
			write(t, db, func(tx *store.Tx) error {
				g := anyRow(rt)
				g.Tags, g.Extra.B = []string{"a"}, []string{"b"}
				if err := store.Insert(tx, g); err != nil {
					return err
				}
				id = g.ID
				return nil
			})
			write(t, db, func(tx *store.Tx) error {
				g, err := store.GetAny[gadget](tx, id)
				if err != nil {
					return err
				}
				for range rapid.IntRange(0, 3).Draw(rt, "updates") {
					alter(rt, g)
					if err := store.Update(tx, g); err != nil {
						return err
					}
				}
				want = g
				return nil
			})
			var got *gadget
			read(t, db, func(tx *store.Tx) (err error) {
				got, err = store.GetAny[gadget](tx, id)
				return err
			})
			if d := cmp.Diff(want, got, addresses); d != "" {
				rt.Errorf("(-written +read)\n%s", d)
			}
			write(t, db, func(tx *store.Tx) error { return store.Delete[gadget](tx, id) }) // names are unique
		})
	})
}

// alter changes some fields of a row, some of them behind a pointer or inside.
func alter(t *rapid.T, g *gadget) {
	other := anyRow(t)
	for _, set := range rapid.SliceOfN(rapid.IntRange(0, 11), 0, 6).Draw(t, "fields") {
		switch set {
		case 0:
			g.Name = other.Name
		case 1:
			g.Owner[3]++
		case 2:
			g.Tags[0] += "x" // in place
		case 3:
			g.Extra.B[0] += "y"
		case 4:
			g.Raw = append(g.Raw, 7)
		case 5:
			now := time.UnixMicro(1_700_000_000_000_000).UTC()
			g.Seen = &now
		case 6:
			if g.Seen != nil {
				*g.Seen = g.Seen.Add(time.Hour) // in place
			}
		case 7:
			g.Parent = nil
		case 8:
			g.On = !g.On
		case 9:
			g.Load += 0.5
		case 10:
			g.IP, g.Net = other.IP, other.Net
		case 11:
			if len(g.Raw) > 0 {
				g.Raw[0]++ // in place
			}
		}
	}
}

// Two readings of one row in a transaction do not undo each other's changes,
// and neither undoes what a statement changed.
func TestUpdateOfTwoReadings(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		g := sample()
		write(t, db, func(tx *store.Tx) error { return store.Insert(tx, g) })
		write(t, db, func(tx *store.Tx) error {
			a, err := store.Get[gadget](tx, g.ID)
			if err != nil {
				return err
			}
			b, err := store.Get[gadget](tx, g.ID)
			if err != nil {
				return err
			}
			if _, err := tx.Exec("UPDATE gadget SET ram = ram + 1 WHERE id = $1", g.ID); err != nil {
				return err
			}
			a.Name, b.VCPU = "by a", 77
			if err := store.Update(tx, a); err != nil {
				return err
			}
			return store.Update(tx, b)
		})
		read(t, db, func(tx *store.Tx) error {
			got, err := store.Get[gadget](tx, g.ID)
			if err == nil && (got.Name != "by a" || got.VCPU != 77 || got.RAM != g.RAM+1) {
				t.Errorf("name %q, %d vCPUs, %d of memory", got.Name, got.VCPU, got.RAM)
			}
			return err
		})
	})
}

// A row that this transaction has not read is written whole, a struct that
// became another row too, and one that is not there is said to be missing.
func TestUpdateOfTheUnread(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		one, two := sample(), sample()
		two.Name = "two"
		write(t, db, func(tx *store.Tx) error {
			if err := store.Insert(tx, one); err != nil {
				return err
			}
			return store.Insert(tx, two)
		})
		one.VCPU = 5
		write(t, db, func(tx *store.Tx) error { return store.Update(tx, one) })
		write(t, db, func(tx *store.Tx) error {
			g, err := store.Get[gadget](tx, one.ID)
			if err != nil {
				return err
			}
			g.ID, g.UID, g.Name = two.ID, two.UID, "both"
			return store.Update(tx, g)
		})
		read(t, db, func(tx *store.Tx) error {
			got, err := store.Get[gadget](tx, two.ID)
			if err == nil && (got.Name != "both" || got.VCPU != 5) {
				t.Errorf("the other row: %q, %d vCPUs", got.Name, got.VCPU)
			}
			return err
		})
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			g := sample()
			g.ID = 4711
			return store.Update(tx, g)
		})
		if !cloud.IsKind(err, cloud.NotFound) {
			t.Errorf("a row that is not there: %v", err)
		}
		if err := db.Read(t.Context(), func(tx *store.Tx) error { return store.Update(tx, one) }); err == nil {
			t.Error("a Read changes a row")
		}
	})
}
