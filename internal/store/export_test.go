package store

import (
	"context"
	"time"
)

// Waiting tells how many writes are queued behind a leader, for tests that
// need them in a known order.
func Waiting(db *DB) int {
	return db.eng.(interface{ waiting() int }).waiting()
}

// Placeholders is how SQLite gets a text.
func Placeholders(query string) string { return placeholders(query) }

// CountEarly makes pages near the end worth a count at any offset.
func CountEarly(db *DB) { db.changes.worth = 0 }

// Recalled is how many answers came from what was remembered.
func Recalled(db *DB) int {
	db.changes.mu.Lock()
	defer db.changes.mu.Unlock()
	n := 0
	for _, m := range []map[string]*recalled{db.changes.young, db.changes.old} {
		for _, r := range m {
			n += r.asked
		}
	}
	return n
}

// Hold has the place at the head of the line, and writes nothing, until release.
func Hold(ctx context.Context, db *DB, held chan<- struct{}, release <-chan struct{}) error {
	return db.Write(ctx, func(tx *Tx) error {
		var one int
		err := tx.QueryRow("SELECT 1").Scan(&one)
		close(held)
		<-release
		return err
	})
}

// LivesText is the statement of Lives.
var LivesText = livesText

// LastID is the greatest id that was given in a table.
func (tx *Tx) LastID(table string) (int64, error) { return tx.lastID(table) }

// ServerClock is one with a clock here and a server.
func ServerClock(local func() time.Time, ask func(context.Context) (time.Time, error)) (
	now func() time.Time, read func(context.Context) error,
) {
	c := &serverClock{local: local, moved: func(int64) {}, ask: func(ctx context.Context) (time.Time, int64, error) {
		at, err := ask(ctx)
		return at, 0, err
	}}
	return c.now, c.read
}

// CutLog shortens the log as the checkpointer does when not much is written.
func CutLog(ctx context.Context, db *DB) error {
	return cutLog(ctx, db.opt.Path, db.eng.(*sqliteDB).pool)
}

// LongLog is the length from which on it does.
const LongLog = longLog

// MarksOf is what a statement is noted as.
var MarksOf = marksOf

// StopClock ends that the clock is read again and again.
func StopClock(db *DB) { db.eng.(*postgresDB).stop() }
