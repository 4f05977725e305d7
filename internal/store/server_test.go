package store_test

import (
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// The states of a project are found without reading its servers, of which there
// may be a hundred thousand.
func TestLivesUseTheirIndexes(t *testing.T) {
	db := openDB(t, store.Options{Path: t.TempDir() + "/db"})
	var plan strings.Builder
	read(t, db, func(tx *store.Tx) error {
		rows, err := tx.Query("EXPLAIN QUERY PLAN "+store.LivesText(store.SQLite), "[1,2]")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int64
			var line string
			if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
				return err
			}
			plan.WriteString(line + "\n")
		}
		return rows.Err()
	})
	for _, want := range []string{"server_moving (project_id=?)", "server_power (project_id=? AND on=?)", "server_gone (project_id=?)"} {
		if !strings.Contains(plan.String(), want) {
			t.Errorf("%s is not used:\n%s", want, &plan)
		}
	}
}

// A tally counts live rows, and none where there are none.
func TestTally(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error {
			now := tx.Now()
			for i, closed := range []bool{false, false, true} {
				s := &cloud.Subnet{ParentID: 7, AllocationID: int64(i)}
				if closed {
					s.Closed = &now
				}
				if err := store.Insert(tx, s); err != nil {
					return err
				}
			}
			return nil
		})
		read(t, db, func(tx *store.Tx) error {
			n, err := store.Tally[cloud.Subnet](tx, "parent_id", []int64{7, 8})
			if err != nil || n[7] != 2 || n[8] != 0 {
				t.Errorf("%v, %v", n, err)
			}
			if n, err := store.Tally[cloud.Subnet](tx, "parent_id", nil); err != nil || len(n) != 0 {
				t.Errorf("of nothing %v, %v", n, err)
			}
			if _, err := store.Tally[cloud.Subnet](tx, "name", []int64{7}); err == nil {
				t.Error("texts are counted")
			}
			return nil
		})
	})
}
