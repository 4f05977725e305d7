package httpd

import (
	"database/sql"
	"fmt"

	"github.com/virga-cloud/virga/internal/store"
)

// Finding is something that the store says and that cannot be so, or a thing
// on a host that belongs to nothing.
type Finding struct {
	Check  string `json:"check"`
	What   string `json:"what"`
	Orphan int64  `json:"orphan,omitempty"` // number, for adopt and remove
	Fix    string `json:"fix,omitempty"`
}

// check is a question whose right answer is no rows. Its SQL gives one text a
// row; what is only on its way (work is queued for it) is not counted.
type check struct {
	name string
	sql  string
	fix  string
}

// checks compare the tables with each other. Orphans, which hosts report, are
// the other direction and are added by findings.
var checks = []check{
	{
		name: "address of a removed server",
		sql: `SELECT 'ip ' || i.id || ' of server ' || i.server_id FROM ip i
			WHERE i.closed IS NULL AND i.server_id <> 0
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = i.server_id AND s.closed IS NULL)`,
	},
	{
		name: "card of a removed server",
		sql: `SELECT 'nic ' || n.id || ' of server ' || n.server_id FROM nic n
			WHERE n.closed IS NULL
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = n.server_id AND s.closed IS NULL)`,
	},
	{
		name: "disk of a removed server",
		sql: `SELECT 'volume ' || v.id || ' of server ' || v.server_id FROM volume v
			WHERE v.closed IS NULL AND v.kind = 'disk'
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = v.server_id AND s.closed IS NULL)`,
	},
	{
		name: "translation to a removed address",
		sql: `SELECT 'ip ' || i.id || ' to ip ' || i.private_id FROM ip i
			WHERE i.closed IS NULL AND i.private_id <> 0
			AND NOT EXISTS (SELECT 1 FROM ip p WHERE p.id = i.private_id AND p.closed IS NULL)`,
	},
	{
		name: "order of a removed server",
		sql: `SELECT 'host ' || o.host || ' ' || o.kind || ' ' || o.object FROM orders o
			WHERE o.work_kind = 'server' AND o.absent = 0
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = o.work_key AND s.closed IS NULL)
			AND NOT EXISTS (SELECT 1 FROM work w WHERE w.kind = o.work_kind AND w.key = o.work_key)`,
	},
	{
		name: "operation that nobody works on",
		sql: `SELECT 'server ' || s.id || ' (' || s.change || ')' FROM server s
			WHERE s.event_id <> 0
			AND NOT EXISTS (SELECT 1 FROM work w WHERE w.kind = 'server' AND w.key = s.id)
			AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.work_kind = 'server' AND o.work_key = s.id AND o.acknowledged < o.generation)`,
	},
	{
		name: "operation with two ends",
		sql:  `SELECT 'event ' || MIN(e.id) FROM event e WHERE e."end" <> 0 GROUP BY e.operation HAVING COUNT(*) > 1`,
	},
	{
		name: "host whose totals are wrong",
		sql: `SELECT 'host ' || h.name FROM host h
			WHERE h.closed IS NULL AND h.servers <> (SELECT COUNT(*) FROM server s WHERE s.host_id = h.id AND s.closed IS NULL)`,
	},
	{
		name: "thing on a host that belongs to nothing",
		sql:  `SELECT 'host ' || o.host || ' ' || o.kind || ' ' || o.object FROM orphan o WHERE o.decided = ''`,
		fix:  "Decide with `virga doctor --adopt N` or `virga doctor --remove N`.",
	},
}

// leaks counts what every check finds. The gauge of an installation in order
// is 0.
func leaks(tx *store.Tx) (map[string]int64, error) {
	counts := map[string]int64{}
	for _, c := range checks {
		var n int64
		if err := tx.QueryRow(`SELECT COUNT(*) FROM (` + c.sql + `) AS found`).Scan(&n); err != nil {
			return nil, fmt.Errorf("check %s: %w", c.name, err)
		}
		counts[c.name] = n
	}
	return counts, nil
}

// findings lists what the checks find, at most limit for each.
func findings(tx *store.Tx, limit int) ([]Finding, error) {
	var all []Finding
	for _, c := range checks {
		text := c.sql
		if c.fix != "" { // orphans are decided by their number
			text = `SELECT 'host ' || o.host || ' ' || o.kind || ' ' || o.object, o.id FROM orphan o WHERE o.decided = '' ORDER BY o.id`
		}
		rows, err := tx.Query(text+` LIMIT $1`, limit)
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", c.name, err)
		}
		list, err := scanFindings(rows, c)
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", c.name, err)
		}
		all = append(all, list...)
	}
	return all, nil
}

func scanFindings(rows *sql.Rows, c check) (list []Finding, err error) {
	defer rows.Close()
	for rows.Next() {
		f := Finding{Check: c.name, Fix: c.fix}
		dest := []any{&f.What}
		if c.fix != "" {
			dest = append(dest, &f.Orphan)
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, rows.Err()
}
