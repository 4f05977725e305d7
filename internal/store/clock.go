package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// The one source of now. All times that are stored, or compared with stored ones, are
// this clock's: that of the machine on SQLite and that of the server on PostgreSQL,
// and ahead of it by as much as tests have moved it. How much that is stands in the
// database, so that it holds for all nodes and after a restart.

// clockMeta is where the database says how far its clock is ahead, in microseconds.
const clockMeta = "clock_ahead"

// clockTopic is what nodes tell each other when the clock was moved.
const clockTopic = "clock"

// mostAhead is as far as the clock can be moved: times beyond the year 9999 can be
// written neither in JSON nor in a certificate.
const mostAhead = 200 * 365 * 24 * time.Hour

// Now is the time of the installation: what Tx.Now of a transaction would be that
// began at this moment.
func (db *DB) Now() time.Time { return db.now() }

// Ahead is how far tests have moved the clock of the installation.
func (db *DB) Ahead() time.Duration { return time.Duration(db.ahead.Load()) * time.Microsecond }

// MoveClock moves the clock of the installation ahead, or back with a negative time, as
// far back as it was moved ahead. It answers how far it is ahead now. Whoever waits for
// a time is woken, here and on other nodes of the database.
func (db *DB) MoveClock(ctx context.Context, by time.Duration) (ahead time.Duration, err error) {
	by = by.Truncate(time.Microsecond)
	err = db.Write(ctx, func(tx *Tx) error {
		was, err := aheadOf(tx)
		if err != nil {
			return err
		}
		switch ahead = was + by; {
		case by > mostAhead, ahead > mostAhead: // the first lest the sum overflows
			return cloud.Errorf(cloud.Invalid, "clock.far", "the clock cannot be that far ahead").
				WithFix("It goes %d years ahead at most.", mostAhead/(365*24*time.Hour))
		case ahead < 0:
			return cloud.Errorf(cloud.Invalid, "clock.back", "the clock is %v ahead and cannot be set back by %v", was, -by).
				WithFix("It goes back to the time of the machine at most.")
		}
		now := ahead.Microseconds()
		tx.AfterCommit(func() { db.isAhead(now) })
		tx.Notify(clockTopic)
		return SetMeta(tx, clockMeta, strconv.FormatInt(now, 10))
	})
	return ahead, err
}

// aheadOf reads how far the clock is ahead.
func aheadOf(tx *Tx) (time.Duration, error) {
	text, ok, err := Meta(tx, clockMeta)
	if err != nil || !ok {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("how far the clock is ahead: %w", err)
	}
	return time.Duration(n) * time.Microsecond, nil
}

// readAhead is for a start with a clock that is no server's.
func (db *DB) readAhead(ctx context.Context) error {
	if db.clock != nil {
		return nil // it was read with the server's
	}
	return db.Read(ctx, func(tx *Tx) error {
		d, err := aheadOf(tx)
		db.ahead.Store(d.Microseconds())
		return err
	})
}

// isAhead notes how far the clock is ahead. When that is news, all who wait for
// something look again: what they wait for may be due.
func (db *DB) isAhead(microseconds int64) {
	if db.ahead.Swap(microseconds) != microseconds {
		db.topics.wake("")
	}
}

// serverClock is the clock of the PostgreSQL server, told between two readings by
// how much time has passed here. Control nodes whose own clocks differ agree on it;
// that of one which is set meanwhile does not matter.
type serverClock struct {
	local func() time.Time // used for differences only
	ask   func(ctx context.Context) (at time.Time, ahead int64, err error)
	moved func(ahead int64) // is told how far tests have moved it, in microseconds

	mu   sync.Mutex
	at   time.Time // what the server said
	from time.Time // when that was, here
}

// serverTime asks a server.
func serverTime(pool *sql.DB) func(ctx context.Context) (time.Time, int64, error) {
	return func(ctx context.Context) (time.Time, int64, error) {
		var n, ahead int64
		err := pool.QueryRowContext(ctx, `SELECT (extract(epoch from clock_timestamp()) * 1000000)::bigint,
			coalesce((SELECT value::bigint FROM meta WHERE key = '`+clockMeta+`'), 0)`).Scan(&n, &ahead)
		return time.UnixMicro(n).UTC(), ahead, err
	}
}

// read asks the server. It said its time somewhere between question and answer.
func (c *serverClock) read(ctx context.Context) error {
	asked := c.local()
	at, ahead, err := c.ask(ctx)
	if err != nil {
		return fmt.Errorf("read the clock of the database: %w", err)
	}
	way := c.local().Sub(asked) / 2
	c.mu.Lock()
	c.at, c.from = at, asked.Add(way)
	c.mu.Unlock()
	c.moved(ahead)
	return nil
}

func (c *serverClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at.Add(c.local().Sub(c.from))
}

// ReadClock has times of this process be those of the database's clock as it is now.
// It is read every now and then anyway; who knows that it was set asks for it.
func (db *DB) ReadClock(ctx context.Context) error {
	if db.clock == nil {
		return nil
	}
	return db.clock.read(ctx)
}

// now is the time of a transaction that begins now.
func (db *DB) now() time.Time {
	now := db.opt.Now
	if db.clock != nil {
		now = db.clock.now
	}
	return now().UTC().Truncate(time.Microsecond).Add(db.Ahead())
}
