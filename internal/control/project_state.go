package control

import (
	"fmt"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// lives gives one server for each situation that servers of a project are in,
// with the columns that a state number follows from and no others. A project has
// a handful of situations, however many machines it has.
func (t *Txn) lives(project int64) ([]*cloud.Server, error) {
	rows, err := t.Query(`SELECT DISTINCT "remove", "failed", CASE WHEN "event_id" <> 0 THEN 1 ELSE 0 END, "change", "taken", "on",
		CASE WHEN "closed" IS NULL THEN 0 ELSE 1 END FROM "server" WHERE "project_id" = $1`, project)
	if err != nil {
		return nil, fmt.Errorf("states of project %d: %w", project, err)
	}
	defer rows.Close()
	var list []*cloud.Server
	for rows.Next() {
		s := &cloud.Server{ProjectID: project}
		var failed, taken, on, closed int64
		if err := rows.Scan(&s.Remove, &failed, &s.EventID, &s.Change, &taken, &on, &closed); err != nil {
			return nil, fmt.Errorf("states of project %d: %w", project, err)
		}
		s.Failed, s.Taken, s.On = failed != 0, taken != 0, on != 0
		if closed != 0 {
			s.Closed = &time.Time{}
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// machines are the live servers of a project.
func (t *Txn) machines(project int64) ([]*cloud.Server, error) {
	return store.Find[cloud.Server](t.Tx, cloud.Where(cloud.Eq("project_id", project)).By("id"))
}
