package store_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// A narrow row has what was asked for and its id, says that the rest is missing,
// and cannot be written: neither as it is nor as a new one, neither at once nor
// in another transaction. Who may write reads everything.
func TestNarrowRows(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		columns := cloud.Columns(reflect.TypeFor[gadget]())
		rapid.Check(t, func(rt *rapid.T) {
			whole := anyRow(rt)
			whole.Tags = []string{"a"}
			write(t, db, func(tx *store.Tx) error {
				if _, err := tx.Exec("DELETE FROM gadget"); err != nil { // names are unique
					return err
				}
				return store.Insert(tx, whole)
			})
			read(t, db, func(tx *store.Tx) (err error) {
				whole, err = store.Get[gadget](tx, whole.ID) // bytes that are nil are read as none
				return err
			})
			var only []string
			want := &gadget{}
			want.ID, want.Narrow = whole.ID, true
			for _, c := range columns {
				if rapid.Bool().Draw(rt, c.Name) {
					only = append(only, c.Name)
					reflect.ValueOf(want).Elem().FieldByIndex(c.Index).Set(reflect.ValueOf(whole).Elem().FieldByIndex(c.Index))
				}
			}
			q := cloud.Where(cloud.Eq("uid", whole.UID)).Showing(append([]string{}, only...)...)
			var got *gadget
			read(t, db, func(tx *store.Tx) (err error) {
				got, err = store.First[gadget](tx, q)
				return err
			})
			if d := cmp.Diff(want, got, addresses); d != "" {
				rt.Errorf("%v (-want +got)\n%s", only, d)
			}
			write(t, db, func(tx *store.Tx) error {
				for what, f := range map[string]func(*store.Tx, *gadget) error{"update": store.Update[gadget], "insert": store.Insert[gadget]} {
					if err := f(tx, got); err == nil || !strings.Contains(err.Error(), "only some columns") {
						rt.Errorf("%s: %v", what, err)
					}
				}
				full, err := store.First[gadget](tx, q)
				if err != nil {
					return err
				}
				if d := cmp.Diff(whole, full, addresses); d != "" {
					rt.Errorf("in a write (-inserted +read)\n%s", d)
				}
				full.Name += "x"
				return store.Update(tx, full)
			})
		})
	})
}

// A column that is not there is noticed by whoever reads, in a Write too, and what
// cannot be marked is not read in part.
func TestNarrowRefuses(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		check := func(tx *store.Tx) error {
			_, err := store.Find[gadget](tx, cloud.Query{}.Showing("name", "colour"))
			if err == nil || !strings.Contains(err.Error(), `no column "colour"`) {
				t.Errorf("unknown column: %v", err)
			}
			_, err = store.Find[cloud.Setting](tx, cloud.Query{}.Showing("id"))
			if err == nil || !strings.Contains(err.Error(), "read whole") {
				t.Errorf("rows without a mark: %v", err)
			}
			return nil
		}
		read(t, db, check)
		write(t, db, check)
	})
}

// Rows that are made together are still one each.
func TestManyRows(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		const many = 300
		names := []string{}
		write(t, db, func(tx *store.Tx) error {
			for i := range many {
				g := &gadget{Name: strings.Repeat("n", i+1)}
				if err := store.Insert(tx, g); err != nil {
					return err
				}
				names = append(names, g.Name)
			}
			return nil
		})
		read(t, db, func(tx *store.Tx) error {
			list, err := store.Find[gadget](tx, cloud.Query{}.By("id"))
			if err != nil {
				return err
			}
			got := make([]string, len(list))
			for i, g := range list {
				got[i] = g.Name
			}
			if !slices.Equal(got, names) {
				t.Errorf("%d rows, not %d, or others", len(got), many)
			}
			return nil
		})
	})
}
