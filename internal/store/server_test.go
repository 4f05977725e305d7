package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// The states of a project are found without reading its servers, of which there may
// be a hundred thousand, and also where none is in the state that most others have.
func TestLivesUseTheirIndexes(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		explain, column, want := "EXPLAIN QUERY PLAN ", 3, []string{
			"server_moving (project_id=?)", "server_power (project_id=?)", "server_gone (project_id=?)",
		}
		ids := "[1,2]"
		if db.Engine() == store.Postgres {
			explain, column, want = "EXPLAIN ", 0, []string{"server_moving on", "server_power on", "server_gone on"}
			ids = "{1,2}"
			write(t, db, func(tx *store.Tx) error {
				for i := range 2000 {
					s := &cloud.Server{ProjectID: int64(1 + i%2)}
					s.On = i%2 == 0
					if err := store.Insert(tx, s); err != nil {
						return err
					}
				}
				_, err := tx.Exec("ANALYZE")
				return err
			})
		}
		read(t, db, func(tx *store.Tx) error {
			for project, on := range map[int64]bool{1: true, 2: false} {
				lives, err := store.Lives(tx, project)
				if err != nil {
					return err
				}
				if got := lives[project]; db.Engine() == store.Postgres && (len(got) != 1 || got[0].On != on) {
					t.Errorf("project %d has %d situations", project, len(got))
				}
			}
			rows, err := tx.Query(explain+store.LivesText(db.Engine()), ids)
			if err != nil {
				return err
			}
			defer rows.Close()
			var plan strings.Builder
			for rows.Next() {
				step := make([]any, column+1)
				for i := range step {
					step[i] = new(any)
				}
				if err := rows.Scan(step...); err != nil {
					return err
				}
				fmt.Fprintln(&plan, *step[column].(*any))
			}
			for _, w := range want {
				if !strings.Contains(plan.String(), w) {
					t.Errorf("%s is not used:\n%s", w, &plan)
				}
			}
			if strings.Contains(plan.String(), "Seq Scan") {
				t.Errorf("all servers are read:\n%s", &plan)
			}
			return rows.Err()
		})
	})
}
