package httpd

import (
	"context"
	"fmt"
	"strings"

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

// check is a question about each row of a table whose right answer is no row. Its
// SQL gives id, a text and the host that it is about (0 = none), of the rows whose
// ids are above $1 and not above $2: a table that grew with the cloud is looked at a
// slice at a time. What is only on its way (work is queued for it) is not counted.
type check struct {
	kind  string // label of the measure; never changes, so that alarms keep working
	name  string // for people
	table string // whose rows are looked at
	sql   string
	fix   string
	// dear rows are looked at a few at a time: each stands for many others.
	dear bool
}

// checks compare the tables with each other, and what was counted along the way with
// what there is. Orphans, which hosts report, are the other direction.
var checks = []check{
	{
		kind: "address", name: "address of a removed server", table: "ip",
		sql: `SELECT i.id, 'ip ' || i.id || ' of server ' || i.server_id, 0 FROM ip i
			WHERE i.id > $1 AND i.id <= $2 AND i.closed IS NULL AND i.server_id <> 0
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = i.server_id AND s.closed IS NULL)`,
	},
	{
		kind: "card", name: "card of a removed server", table: "nic",
		sql: `SELECT n.id, 'nic ' || n.id || ' of server ' || n.server_id, 0 FROM nic n
			WHERE n.id > $1 AND n.id <= $2 AND n.closed IS NULL
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = n.server_id AND s.closed IS NULL)`,
	},
	{
		kind: "disk", name: "disk of a removed server", table: "volume",
		sql: `SELECT v.id, 'volume ' || v.id || ' of server ' || v.server_id, v.host_id FROM volume v
			WHERE v.id > $1 AND v.id <= $2 AND v.closed IS NULL AND v.kind = 'disk'
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = v.server_id AND s.closed IS NULL)`,
	},
	{
		kind: "translation", name: "translation to a removed address", table: "ip",
		sql: `SELECT i.id, 'ip ' || i.id || ' to ip ' || i.private_id, 0 FROM ip i
			WHERE i.id > $1 AND i.id <= $2 AND i.closed IS NULL AND i.private_id <> 0
			AND NOT EXISTS (SELECT 1 FROM ip p WHERE p.id = i.private_id AND p.closed IS NULL)`,
	},
	{
		kind: "order", name: "order of a removed server", table: "orders",
		sql: `SELECT o.id, 'host ' || o.host || ' ' || o.kind || ' ' || o.object, o.host FROM orders o
			WHERE o.id > $1 AND o.id <= $2 AND o.work_kind = 'server' AND o.absent = 0
			AND NOT EXISTS (SELECT 1 FROM server s WHERE s.id = o.work_key AND s.closed IS NULL)
			AND NOT EXISTS (SELECT 1 FROM work w WHERE w.kind = o.work_kind AND w.key = o.work_key)`,
	},
	{
		kind: "idle_operation", name: "operation that nobody works on", table: "server",
		sql: `SELECT s.id, 'server ' || s.id || ' (' || s.change || ')', s.host_id FROM server s
			WHERE s.id > $1 AND s.id <= $2 AND s.event_id <> 0
			AND NOT EXISTS (SELECT 1 FROM work w WHERE w.kind = 'server' AND w.key = s.id)
			AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.work_kind = 'server' AND o.work_key = s.id AND o.acknowledged < o.generation)`,
	},
	{
		kind: "two_ends", name: "operation with two ends", table: "event",
		sql: `SELECT e.id, 'event ' || e.id, 0 FROM event e
			WHERE e.id > $1 AND e.id <= $2 AND e."end" <> 0
			AND EXISTS (SELECT 1 FROM event f WHERE f.operation = e.operation AND f."end" <> 0 AND f.id < e.id)`,
	},
	{
		kind: "totals", name: "host whose totals are wrong", table: "host", dear: true,
		sql: `SELECT h.id, 'host ' || h.name || ' counts ' || h.servers || ' servers, ' || h.used_vcpu || ' vCPUs, ' || h.used_ram || ' MiB and '
				|| h.used_gb || ' GB, its rows are ' || COALESCE(a.n, 0) || ', ' || COALESCE(a.vcpu, 0) || ', ' || COALESCE(a.ram, 0) || ' and '
				|| COALESCE(b.gb, 0), h.id
			FROM host h
			LEFT JOIN (SELECT s.host_id, COUNT(*) AS n, SUM(s.vcpu) AS vcpu, SUM(s.ram) AS ram FROM server s
				WHERE s.closed IS NULL AND s.host_id > $1 AND s.host_id <= $2 GROUP BY s.host_id) a ON a.host_id = h.id
			LEFT JOIN (SELECT s.host_id, SUM(v.size_gb) AS gb FROM server s
				JOIN volume v ON v.server_id = s.id AND v.closed IS NULL AND v.kind = 'disk'
				WHERE s.closed IS NULL AND s.host_id > $1 AND s.host_id <= $2 GROUP BY s.host_id) b ON b.host_id = h.id
			WHERE h.id > $1 AND h.id <= $2 AND h.closed IS NULL
			AND (h.servers <> COALESCE(a.n, 0) OR h.used_vcpu <> COALESCE(a.vcpu, 0) OR h.used_ram <> COALESCE(a.ram, 0)
				OR h.used_gb <> COALESCE(b.gb, 0))`,
	},
	{
		kind: "in_use", name: "network whose count of addresses is wrong", table: "subnet", dear: true,
		sql: `SELECT n.id, 'network ' || n.id || ' (' || n.text || ') counts ' || n.in_use || ' addresses, its rows are ' || COALESCE(a.n, 0), 0
			FROM subnet n
			LEFT JOIN (SELECT i.subnet_id, COUNT(*) AS n FROM ip i
				WHERE i.closed IS NULL AND i.subnet_id > $1 AND i.subnet_id <= $2 GROUP BY i.subnet_id) a ON a.subnet_id = n.id
			WHERE n.id > $1 AND n.id <= $2 AND n.closed IS NULL AND n.in_use <> COALESCE(a.n, 0)`,
	},
	{
		kind: orphans, name: "thing on a host that belongs to nothing", table: "orphan",
		sql: `SELECT o.id, 'host ' || o.host || ' ' || o.kind || ' ' || o.object, o.host FROM orphan o
			WHERE o.id > $1 AND o.id <= $2 AND o.decided = ''`,
		fix: "Decide with `virga doctor --adopt N` or `virga doctor --remove N`.",
	},
}

// orphans are the kind whose findings have a number to decide by.
const orphans = "orphan"

// wrong is one row that a check found.
type wrong struct {
	id   int64
	what string
	host int64
}

// find asks for the rows of a slice.
func (c *check) find(tx *store.Tx, above, upTo int64) (list []wrong, err error) {
	rows, err := tx.Query(c.sql, above, upTo)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", c.name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var w wrong
		if err := rows.Scan(&w.id, &w.what, &w.host); err != nil {
			return nil, fmt.Errorf("check %s: %w", c.name, err)
		}
		list = append(list, w)
	}
	return list, rows.Err()
}

// slice is where one of so many rows ends, above where there are none, and whether
// it has the last rows of the table.
func (c *check) slice(tx *store.Tx, above int64, rows int) (end int64, last bool, err error) {
	if c.dear {
		rows = (rows + dearness - 1) / dearness
	}
	var n int
	err = tx.QueryRow(`SELECT COALESCE(MAX(id), $1), COUNT(*) FROM (SELECT id FROM "`+c.table+`" WHERE id > $2 ORDER BY id LIMIT $3) AS slice`,
		above, above, int64(rows)).Scan(&end, &n)
	if err != nil {
		return 0, false, fmt.Errorf("check %s: %w", c.name, err)
	}
	return end, n < rows, nil
}

// dearness is how many rows one that stands for others counts as.
const dearness = 50

// mostAtOnce is how many rows the doctor reads in one snapshot.
const mostAtOnce = 5000

// Findings lists what the checks find, at most limit for each. It looks at all
// rows, a slice at a time, so that nobody waits for it; that takes seconds where
// there are hundreds of thousands.
func Findings(ctx context.Context, db *store.DB, limit int) ([]Finding, error) {
	var all []Finding
	for i := range checks {
		c := &checks[i]
		found := 0
		for at, more := int64(0), true; more && found < limit; {
			var list []wrong
			next := at
			err := db.Read(ctx, func(tx *store.Tx) error {
				end, last, err := c.slice(tx, at, mostAtOnce)
				if err != nil {
					return err
				}
				list, err = c.find(tx, at, end)
				next, more = end, !last
				return err
			})
			if err != nil {
				return nil, err
			}
			at = next
			for _, w := range list[:min(len(list), limit-found)] {
				f := Finding{Check: c.name, What: w.what, Fix: c.fix}
				if c.kind == orphans {
					f.Orphan = w.id
				}
				all, found = append(all, f), found+1
			}
		}
	}
	return all, nil
}

// nameOf is what people call the checks of a kind.
func nameOf(kind string) string {
	for _, c := range checks {
		if c.kind == kind {
			return c.name
		}
	}
	return strings.ReplaceAll(kind, "_", " ")
}
