package control_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Old operations can be written out and removed, whole, however many there are. What
// is open stays, what is about a living server, and the last day.
func TestOldEventsLeave(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		alive := r.server(r.operator(), nil)
		long := r.clock().Add(-400 * 24 * time.Hour)
		var gone, stay []int64
		put := func(ids *[]int64, kind string, object int64, at time.Time, ends ...time.Time) {
			op := cloud.UID{byte(len(gone) >> 8), byte(len(gone)), byte(len(stay)), 7}
			r.write(func(tx *store.Tx) error {
				for i, at := range append([]time.Time{at}, ends...) {
					e := &cloud.Event{Operation: op, At: at, Started: at, End: i > 0, Kind: kind, ObjectID: object, Object: "x"}
					if err := store.Insert(tx, e); err != nil {
						return err
					}
					*ids = append(*ids, e.ID)
				}
				return nil
			})
		}
		for i := range 300 { // more than a page, and more than are removed at once
			put(&gone, "server", 1_000_000+int64(i), long, long.Add(time.Hour))
		}
		put(&stay, "server", alive.ID, long, long.Add(time.Hour))
		put(&stay, "key", 1, long) // open
		put(&stay, "key", 1, long, r.clock())
		put(&gone, "key", 1, long.Add(48*time.Hour), long) // a clock went back between its lines
		before := r.clock().Add(-300 * 24 * time.Hour)
		if _, err := r.c.ExportEvents(t.Context(), r.clock().Add(-time.Hour), nil); !cloud.IsKind(err, cloud.Invalid) {
			t.Errorf("events of the last day: %v", err)
		}
		var lines []int64
		export := func() []cloud.UID {
			lines = nil
			old, err := r.c.ExportEvents(t.Context(), before, func(e *cloud.Event) error {
				if e.Object == "" || e.At.IsZero() {
					return fmt.Errorf("half a line: %+v", e)
				}
				lines = append(lines, e.ID)
				return nil
			})
			r.must(err)
			if old.Lines != len(lines) || len(old.Operations)*2 != len(lines) {
				t.Errorf("%d lines of %d operations are said, %d were written", old.Lines, len(old.Operations), len(lines))
			}
			return old.Operations
		}
		ops := export()
		if !slices.Equal(lines, gone) {
			t.Errorf("%d lines were written, want the %d that are old", len(lines), len(gone))
		}
		count := func() (n int64) {
			r.read(func(tx *store.Tx) (err error) { n, err = store.Count[cloud.Event](tx, cloud.Query{}); return err })
			return n
		}
		all := count()
		r.must(r.c.RemoveEvents(t.Context(), ops))
		if left := count(); left != all-int64(len(gone)) {
			t.Errorf("%d of %d lines are left, want %d fewer", left, all, len(gone))
		}
		r.read(func(tx *store.Tx) error {
			for _, id := range stay {
				if _, err := store.GetAny[cloud.Event](tx, id); err != nil {
					t.Errorf("a line that stays: %v", err)
				}
			}
			return nil
		})
		if ops := export(); len(ops) != 0 {
			t.Errorf("%d operations were left", len(ops))
		}
		put(&gone, "key", 2, long, long)
		full := errors.New("full")
		if _, err := r.c.ExportEvents(t.Context(), before, func(*cloud.Event) error { return full }); !errors.Is(err, full) {
			t.Errorf("a line that cannot be written: %v", err)
		}
	})
}
