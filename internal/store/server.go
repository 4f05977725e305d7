package store

import (
	"fmt"
	"strconv"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Lives gives, by project, one server for each situation that servers of the
// project are in, with the columns that a state number follows from and no others.
// A project has a handful of situations, however many machines it has.
func Lives(tx *Tx, projects ...int64) (map[int64][]*cloud.Server, error) {
	if len(projects) == 0 {
		return nil, nil
	}
	rows, err := tx.Query(livesText(tx.Engine()), idList(tx.Engine(), projects))
	if err != nil {
		return nil, fmt.Errorf("states of projects: %w", err)
	}
	defer rows.Close()
	all := make(map[int64][]*cloud.Server, len(projects))
	for rows.Next() {
		s := &cloud.Server{}
		var failed, taken, on, closed int64
		if err := rows.Scan(&s.ProjectID, Into(&s.Remove), &failed, &s.EventID, Into(&s.Change), &taken, &on, &closed); err != nil {
			return nil, fmt.Errorf("states of projects: %w", err)
		}
		s.Failed, s.Taken, s.On, s.Narrow = failed != 0, taken != 0, on != 0, true
		if closed != 0 {
			s.Closed = &time.Time{}
		}
		all[s.ProjectID] = append(all[s.ProjectID], s)
	}
	return all, rows.Err()
}

// livesText is the statement of Lives. Of servers at rest only the power counts
// (cloud.ServerState), so one of each kind is looked for; the others are few, and
// have an index of their own. In a project of 100 000 machines, reading all of them
// takes 50 ms.
func livesText(e Engine) string {
	each := `json_each($1) AS p`
	if e == Postgres {
		each = `unnest($1::bigint[]) AS p(value)`
	}
	// A row for each project that has such a server; the limit keeps the planner
	// from looking at the servers first, and the order from believing that it meets
	// one soon on its way through all of them.
	one := func(on, closed int, column, where string) string {
		return fmt.Sprintf(` UNION ALL SELECT p.value, '', 0, 0, '', 0, %d, %d FROM %s
			WHERE (SELECT %s FROM "server" WHERE "project_id" = p.value AND %s LIMIT 1) = %d`, on, closed, each, column, where, on)
	}
	rest := `"closed" IS NULL AND "event_id" = 0 AND "failed" = 0 AND "remove" = '' ORDER BY "on"`
	return `SELECT DISTINCT "project_id", "remove", "failed", CASE WHEN "event_id" <> 0 THEN 1 ELSE 0 END, "change", "taken", "on", 0
		FROM "server" WHERE "project_id" IN (SELECT p.value FROM ` + each + `)
			AND "closed" IS NULL AND ("event_id" <> 0 OR "failed" = 1 OR "remove" <> '')` +
		one(0, 0, `"on"`, rest) + one(1, 0, `"on"`, rest+" DESC") + one(0, 1, "0", `"closed" IS NOT NULL`)
}

// idList is a list of ids as one parameter: for json_each on SQLite, an array on
// PostgreSQL.
func idList(e Engine, ids []int64) string {
	open, end := "[", "]"
	if e == Postgres {
		open, end = "{", "}"
	}
	text := []byte(open)
	for i, id := range ids {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, id, 10)
	}
	return string(append(text, end...))
}
