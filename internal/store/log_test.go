package store_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// After a burst the file of the log is cut, once nobody reads what is only there;
// what was written stays. Who reads is not waited for.
func TestLogIsCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "virga.db")
	db := openDB(t, store.Options{Path: path})
	size := func() int64 {
		t.Helper()
		st, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return st.Size()
	}
	cut := func() {
		t.Helper()
		if err := store.CutLog(t.Context(), db); err != nil {
			t.Fatal(err)
		}
	}
	rows := 0
	burst := func() {
		t.Helper()
		for size() < 2*store.LongLog {
			write(t, db, func(tx *store.Tx) error {
				for i := range 200 {
					if err := store.Insert(tx, &gadget{Name: strings.Repeat("x", 1000) + strconv.Itoa(rows+i)}); err != nil {
						return err
					}
				}
				return nil
			})
			rows += 200
		}
	}
	write(t, db, func(tx *store.Tx) error { return store.Insert(tx, &gadget{Name: "first"}) })
	cut()
	if size() == 0 {
		t.Error("a short log was cut, which the next commit only makes again")
	}
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		if _, err := store.Find[gadget](tx, cloud.Query{}); err != nil { // the snapshot is taken now
			return err
		}
		burst()
		cut() // at once, though this reader is here
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if size() == 0 {
		t.Error("the log was cut under a reader")
	}
	cut()
	if size() != 0 {
		t.Errorf("the log still has %d bytes", size())
	}
	if list := dump(t, db); len(list) != rows+1 {
		t.Errorf("%d rows, want %d", len(list), rows+1)
	}
	write(t, db, func(tx *store.Tx) error { return store.Insert(tx, &gadget{Name: "after"}) })
}
