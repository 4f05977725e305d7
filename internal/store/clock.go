package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

// serverClock is the clock of the PostgreSQL server, told between two readings by
// how much time has passed here. Control nodes whose own clocks differ agree on it;
// that of one which is set meanwhile does not matter.
type serverClock struct {
	local func() time.Time // used for differences only
	ask   func(ctx context.Context) (time.Time, error)

	mu   sync.Mutex
	at   time.Time // what the server said
	from time.Time // when that was, here
}

// serverTime asks a server.
func serverTime(pool *sql.DB) func(ctx context.Context) (time.Time, error) {
	return func(ctx context.Context) (time.Time, error) {
		var n int64
		err := pool.QueryRowContext(ctx, `SELECT (extract(epoch from clock_timestamp()) * 1000000)::bigint`).Scan(&n)
		return time.UnixMicro(n).UTC(), err
	}
}

// read asks the server. It said its time somewhere between question and answer.
func (c *serverClock) read(ctx context.Context) error {
	asked := c.local()
	at, err := c.ask(ctx)
	if err != nil {
		return fmt.Errorf("read the clock of the database: %w", err)
	}
	way := c.local().Sub(asked) / 2
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.from = at, asked.Add(way)
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
	return now().UTC().Truncate(time.Microsecond)
}
