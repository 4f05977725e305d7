package store

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// On PostgreSQL each transaction that writes leaves a row in "change": its number
// and what it touched. A Read asks for the rows that its snapshot has and the
// snapshot of the last who asked had not; so everybody learns of every commit, in
// whatever order they ended, by one short statement. What nobody asked for an hour
// is deleted.

// synced is up to where commits are known.
type synced struct {
	snapshot string // of PostgreSQL; "" when nobody asked yet
	at       time.Time
}

const (
	// mostBehind is after what time without a question everything is forgotten
	// instead of catching up. It is below the age at which rows are deleted.
	mostBehind = 10 * time.Minute
	deleteAge  = time.Hour
	// eachDelete is after how many commits of this node old rows are deleted.
	eachDelete = 5000
)

// unlisted are tables of which nothing is remembered, so that the many writes to
// them alone leave no rows.
var unlisted = map[string]bool{"work": true, "change": true, "counter": true}

// marksOfRuns is the statement that leaves what transactions touched, ok false when
// there is nothing to tell.
func marksOfRuns(runs []*Tx) (d deferred, ok bool) {
	touched := map[string]bool{}
	for _, tx := range runs {
		maps.Copy(touched, tx.touched)
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(touched)), func(name string) bool {
		table, _, _ := strings.Cut(name, ".")
		return unlisted[table]
	})
	return deferred{
		text: `INSERT INTO "change" ("xid", "at", "marks") VALUES (pg_current_xact_id(), now(), $1)`,
		args: []any{strings.Join(names, " ")},
	}, len(names) > 0
}

// sync tells c of all commits that the snapshot of a Read has. A failure is seen by
// the next statement.
func (tx *Tx) sync() moment {
	c := &tx.db.changes
	c.mu.Lock()
	from := c.synced.snapshot
	c.mu.Unlock()
	query, args := `SELECT pg_current_snapshot()::text, ''`, []any(nil)
	if from != "" {
		query, args = query+` UNION ALL SELECT '', "marks" FROM "change"
WHERE "xid" >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot("xid", $1::pg_snapshot)`, []any{from}
	}
	rows, err := tx.q.QueryContext(tx.ctx, query, args...)
	if err != nil {
		_ = tx.fail(err)
		return moment{}
	}
	defer rows.Close()
	var snapshot string
	var marks []string
	for rows.Next() {
		var s, m string
		if err := rows.Scan(&s, &m); err != nil {
			_ = tx.fail(err)
			return moment{}
		}
		snapshot += s
		marks = append(marks, strings.Fields(m)...)
	}
	if err := rows.Err(); err != nil {
		_ = tx.fail(err)
		return moment{}
	}
	return c.heard(from, snapshot, marks, tx.now)
}

// heard notes what commits touched that snapshot has and from had not.
func (c *changes) heard(from, snapshot string, marks []string, now time.Time) moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch behind := now.Sub(c.synced.at); {
	case c.synced.snapshot == "" || behind.Abs() > mostBehind || behind > time.Minute && !includes(snapshot, c.synced.snapshot):
		// The last is a database that went back in time.
		c.forget()
		c.synced = synced{snapshot: snapshot, at: now}
		return moment{seq: c.seq, at: now, known: true}
	case from == "", !includes(c.synced.snapshot, from), !includes(snapshot, c.synced.snapshot):
		return moment{} // another Read was faster, and knows more than this one can see
	}
	if len(marks) > 0 {
		c.seq++
		for _, name := range marks {
			c.changed(name)
		}
	}
	c.synced = synced{snapshot: snapshot, at: now}
	return moment{seq: c.seq, at: now, known: true}
}

// forget drops everything that is remembered. The caller holds mu.
func (c *changes) forget() {
	c.seq++
	c.floor = c.seq
	c.young, c.old, c.last, c.synced = nil, nil, nil, synced{}
}

// includes tells whether a snapshot, "xmin:xmax:xip,xip", has all that another has.
func includes(snapshot, other string) bool {
	most, open, ok := snapshotOf(snapshot)
	otherMost, otherOpen, otherOK := snapshotOf(other)
	if !ok || !otherOK || most < otherMost {
		return false
	}
	for _, x := range open {
		if x < otherMost && !slices.Contains(otherOpen, x) {
			return false
		}
	}
	return true
}

// snapshotOf reads a snapshot of PostgreSQL: transactions from the second number on
// had not ended, nor had the listed ones below it.
func snapshotOf(s string) (most uint64, open []uint64, ok bool) {
	part := strings.Split(s, ":")
	if len(part) != 3 {
		return 0, nil, false
	}
	most, err := strconv.ParseUint(part[1], 10, 64)
	if err != nil {
		return 0, nil, false
	}
	for x := range strings.SplitSeq(part[2], ",") {
		if x == "" {
			continue
		}
		n, err := strconv.ParseUint(x, 10, 64)
		if err != nil {
			return 0, nil, false
		}
		open = append(open, n)
	}
	return most, open, true
}

// tidy deletes old rows of "change" once in a while. Rows that another node
// deletes at this moment are left to it.
func (e *postgresDB) tidy() {
	if e.commits.Add(1)%eachDelete != 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), last)
	defer cancel()
	_, err := e.ones.ExecContext(ctx, `DELETE FROM "change" WHERE "xid" IN
(SELECT "xid" FROM "change" WHERE "at" < now() - make_interval(secs => $1) FOR UPDATE SKIP LOCKED)`, deleteAge.Seconds())
	if err != nil {
		e.db.opt.Log.Warn("delete notes of old changes", "error", err)
	}
}
