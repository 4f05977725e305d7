package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

// One transaction writes at a time, of all nodes: the line. To stand in it is a lock of
// the transaction itself, so that it ends with it however that ends, and is asked for on
// the same way as the first statement. Each statement then sees all that was committed,
// and nobody else writes before the commit: the transactions run one after the other,
// without anything to find out or to repeat. Those of a node share a transaction when
// more than one waits (group.go). See docs/adr/0019-one-line.md.

// lineLock is the key of the lock.
const lineLock int64 = 0x7669726761 // "virga"

// answerLimit is after how long without an answer a server counts as gone.
const answerLimit = time.Minute

// pgLine is the line as the leader of this node uses it.
type pgLine struct {
	session
	ids     map[string]int64 // the last ids of some tables; nil: not known
	skipped bool             // they cannot be known any more in this transaction
}

// counted are tables whose next id is known, as nobody else takes one: rows that are
// made one after the other need not wait for each other's.
var counted = []string{"event", "ip", "nic", "server", "volume"}

// lastIDs asks for their last ids.
var lastIDs = sync.OnceValue(func() string {
	var list []string
	for _, t := range counted {
		list = append(list, "coalesce(pg_sequence_last_value('"+t+"_id_seq'), 0)")
	}
	return "SELECT " + strings.Join(list, ", ")
})

func (e *postgresDB) newLine() *pgLine {
	return &pgLine{session: session{
		e: e, pool: e.writes, ctx: context.Background(), limit: answerLimit + e.db.opt.Patience, watch: true,
	}}
}

// begin puts off the beginning to the first statement.
func (l *pgLine) begin(bool) error {
	l.open = []deferred{
		{text: "BEGIN ISOLATION LEVEL READ COMMITTED"},
		{text: "SELECT pg_advisory_xact_lock($1)", args: []any{lineLock}},
	}
	l.ids, l.skipped, l.none = nil, false, nil
	return nil
}

// next is the next id of a table, 0 when it is not known.
func (l *pgLine) next(table string) (int64, error) {
	if l.skipped || !slices.Contains(counted, table) {
		return 0, nil
	}
	if l.ids == nil {
		rows, err := l.QueryContext(l.ctx, lastIDs())
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		last, dest := make([]int64, len(counted)), make([]any, len(counted))
		for i := range last {
			dest[i] = &last[i]
		}
		if !rows.Next() {
			return 0, rows.Err()
		}
		if err := rows.Scan(dest...); err != nil {
			return 0, err
		}
		l.ids = map[string]int64{}
		for i, t := range counted {
			l.ids[t] = last[i]
		}
	}
	l.ids[table]++
	return l.ids[table], nil
}

// take counts a row that gets its id when it is made.
func (l *pgLine) take(table string) {
	if l.ids != nil && slices.Contains(counted, table) {
		l.ids[table]++
	}
}

// save begins a run behind another one, whose last statements are sent first: what is
// wrong with them is not this one's fault.
func (l *pgLine) save(point string) error {
	if err := l.flush(l.ctx); err != nil {
		return errRun{err}
	}
	l.open = append(l.open, deferred{text: "SAVEPOINT " + point})
	return nil
}

func (l *pgLine) keep(point string, more bool) error {
	if point != "" {
		l.open = append(l.open, deferred{text: "RELEASE " + point})
	}
	if !more {
		return nil
	}
	return l.flush(l.ctx)
}

func (l *pgLine) back(point string) error {
	l.none = nil
	if len(l.open) > 0 && l.open[0].text == "SAVEPOINT "+point { // nobody heard of it
		l.open, l.ids = nil, nil
		return nil
	}
	l.skipped = true // numbers that it took are gone
	l.open = []deferred{{text: "ROLLBACK TO " + point}, {text: "RELEASE " + point}}
	return l.flush(l.ctx)
}

func (l *pgLine) rollback() {
	l.open, l.none, l.guard = nil, nil, false
	if l.conn != nil && !l.pg.IsClosed() && l.pg.PgConn().TxStatus() != 'I' {
		l.open = []deferred{{text: "ROLLBACK"}}
		_ = l.flush(l.ctx) // the connection is thrown away then
	}
	l.release()
}

// commit sends what is left of the last run, what all touched, the wake-ups of other
// nodes and the commit in one go.
func (l *pgLine) commit(runs []*Tx) error {
	wakes, wake := l.e.wakeUps(runs)
	if l.conn == nil && len(l.open) == 2 && !wake { // nobody had anything to say
		l.open = nil
		return nil
	}
	if l.conn == nil {
		// The first way on a connection may have to be gone again on another one, but
		// never a commit.
		if err := l.flush(l.ctx); err != nil {
			return errRun{err}
		}
	}
	own := len(l.open)
	switch marks, ok := marksOfRuns(runs); {
	case ok && wake:
		l.open = append(l.open, deferred{
			text: "WITH marked AS (" + marks.text + ") " + strings.Replace(wakes.text, "$1", "$2", 1), args: append(marks.args, wakes.args...),
		})
	case ok:
		l.open = append(l.open, marks)
	case wake:
		l.open = append(l.open, wakes)
	}
	l.open = append(l.open, deferred{text: "COMMIT"})
	l.guard, l.at = true, len(l.open)
	err := l.flush(l.ctx)
	if l.guard = false; err == nil {
		l.release()
		return nil
	}
	if l.at < own {
		return errRun{err}
	}
	return l.unavailable("commit", err)
}

func (l *pgLine) committed(bool) { l.e.tidy() }

// told is what a run's error is to its caller.
func (l *pgLine) told(tx *Tx, err error) (out error, again bool) {
	cause := cmp.Or(tx.failed, err) // whatever the function made of it
	if code := pgCode(cause); code == pgSerialization || code == pgDeadlock || errors.Is(cause, errAgain) {
		return unavailable("write", cause), true
	}
	return err, false
}
