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

// check is a question whose right answer is no rows. Its SQL gives a text, the
// host that it is about (0 = none) and the number of an orphan (0 = none) a
// row; what is only on its way (work is queued for it) is not counted.
type check struct {
	kind string // label of the measure; never changes, so that alarms keep working
	name string // for people
	sql  string
	fix  string
}

// checks compare the tables with each other. Orphans, which hosts report, are
// the other direction and are added by Findings.
var checks = []check{
	{
		kind: "address", name: "address of a removed server",
		sql: `SELECT 'ip ' || i.id || ' of server ' || i.server_id AS what, 0 AS host, 0 AS orphan FROM ip i
			WHERE i.closed IS NULL AND i.server_id <> 0
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = i.server_id AND s.closed IS NULL)`,
	},
	{
		kind: "card", name: "card of a removed server",
		sql: `SELECT 'nic ' || n.id || ' of server ' || n.server_id AS what, 0 AS host, 0 AS orphan FROM nic n
			WHERE n.closed IS NULL
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = n.server_id AND s.closed IS NULL)`,
	},
	{
		kind: "disk", name: "disk of a removed server",
		sql: `SELECT 'volume ' || v.id || ' of server ' || v.server_id AS what, v.host_id AS host, 0 AS orphan FROM volume v
			WHERE v.closed IS NULL AND v.kind = 'disk'
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = v.server_id AND s.closed IS NULL)`,
	},
	{
		kind: "translation", name: "translation to a removed address",
		sql: `SELECT 'ip ' || i.id || ' to ip ' || i.private_id AS what, 0 AS host, 0 AS orphan FROM ip i
			WHERE i.closed IS NULL AND i.private_id <> 0
			AND NOT EXISTS (SELECT 1 FROM ip p WHERE p.id = i.private_id AND p.closed IS NULL)`,
	},
	{
		kind: "order", name: "order of a removed server",
		sql: `SELECT 'host ' || o.host || ' ' || o.kind || ' ' || o.object AS what, o.host AS host, 0 AS orphan FROM orders o
			WHERE o.work_kind = 'server' AND o.absent = 0
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = o.work_key AND s.closed IS NULL)
			AND NOT EXISTS (SELECT 1 FROM work w WHERE w.kind = o.work_kind AND w.key = o.work_key)`,
	},
	{
		kind: "idle_operation", name: "operation that nobody works on",
		sql: `SELECT 'server ' || s.id || ' (' || s.change || ')' AS what, s.host_id AS host, 0 AS orphan FROM server s
			WHERE s.event_id <> 0
			AND NOT EXISTS (SELECT 1 FROM work w WHERE w.kind = 'server' AND w.key = s.id)
			AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.work_kind = 'server' AND o.work_key = s.id AND o.acknowledged < o.generation)`,
	},
	{
		kind: "two_ends", name: "operation with two ends",
		sql: `SELECT 'event ' || MIN(e.id) AS what, 0 AS host, 0 AS orphan FROM event e
			WHERE e."end" <> 0 GROUP BY e.operation HAVING COUNT(*) > 1`,
	},
	{
		kind: "totals", name: "host whose totals are wrong",
		sql: `SELECT 'host ' || h.name AS what, h.id AS host, 0 AS orphan FROM host h
			WHERE h.closed IS NULL AND h.servers <> (SELECT COUNT(*) FROM server s WHERE s.host_id = h.id AND s.closed IS NULL)`,
	},
	{
		kind: "orphan", name: "thing on a host that belongs to nothing",
		sql: `SELECT 'host ' || o.host || ' ' || o.kind || ' ' || o.object AS what, o.host AS host, o.id AS orphan FROM orphan o
			WHERE o.decided = ''`,
		fix: "Decide with `virga doctor --adopt N` or `virga doctor --remove N`.",
	},
}

// leak is how much of one kind there is at one host.
type leak struct {
	kind, host string // host "": at none
}

// leaks counts what every check finds. Each kind has at least one number, so
// that an installation in order says 0 and not nothing.
func leaks(tx *store.Tx) (map[leak]int64, error) {
	counts := map[leak]int64{}
	for _, c := range checks {
		counts[leak{kind: c.kind}] = 0
		rows, err := tx.Query(`SELECT COALESCE(h.name, ''), COUNT(*) FROM (` + c.sql + `) AS found
			LEFT JOIN host h ON h.id = found.host GROUP BY 1`)
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", c.name, err)
		}
		if err := scanLeaks(rows, c, counts); err != nil {
			return nil, fmt.Errorf("check %s: %w", c.name, err)
		}
	}
	return counts, nil
}

func scanLeaks(rows *sql.Rows, c check, counts map[leak]int64) error {
	defer rows.Close()
	for rows.Next() {
		at := leak{kind: c.kind}
		var n int64
		if err := rows.Scan(&at.host, &n); err != nil {
			return err
		}
		counts[at] = n
	}
	return rows.Err()
}

// Findings lists what the checks find, at most limit for each.
func Findings(tx *store.Tx, limit int) ([]Finding, error) {
	var all []Finding
	for _, c := range checks {
		rows, err := tx.Query(`SELECT what, orphan FROM (`+c.sql+`) AS found ORDER BY orphan, what LIMIT $1`, limit)
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
		if err := rows.Scan(&f.What, &f.Orphan); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, rows.Err()
}

// nameOf is what people call the checks of a kind.
func nameOf(kind string) string {
	for _, c := range checks {
		if c.kind == kind {
			return c.name
		}
	}
	return kind
}
