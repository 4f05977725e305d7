package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// defaults takes clock and randomness from the machine where the caller
// brought none.
func (o *Options) defaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Frozen = cmp.Or(o.Frozen, 4*time.Second)
	o.Patience = cmp.Or(o.Patience, 20*time.Second)
	if o.Slow == 0 {
		o.Slow = 2 * time.Second
	}
}

// gone is after how long without a sign of it the database counts as gone.
func (o *Options) gone() time.Duration { return 2 * o.Frozen }

// timeUp becomes readable after a time, never with 0; stop is called when nobody reads
// it any more.
func timeUp(d time.Duration) (up <-chan time.Time, stop func()) {
	if d <= 0 {
		return nil, func() {}
	}
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}

// within lets the server answer within the session's limit: the connection is broken
// after it, as it is by the end of a context, but for less.
func (s *session) within() error {
	if s.limit <= 0 {
		return nil
	}
	return s.pg.PgConn().Conn().SetDeadline(time.Now().Add(s.limit))
}

// eachClock is after how long the clock of the database is read again: what two
// clocks differ by in that time does not matter.
const eachClock = 30 * time.Second

// keepTime reads the clock of the database again and again until stop is called.
func keepTime(db *DB) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(eachClock)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if err := db.clock.read(ctx); err != nil && ctx.Err() == nil {
				db.opt.Log.Warn("the time goes on as it was", "error", err)
			}
		}
	}()
	return func() { cancel(); <-done }
}

// listen hears what other nodes notify, on a connection of its own, until
// stop is called. After each new connection everybody looks, because nobody
// knows what was missed.
func listen(db *DB) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for try := 0; ctx.Err() == nil; try++ {
			heard, err := hear(ctx, db)
			if ctx.Err() != nil {
				return
			}
			if heard {
				try = 0
			}
			db.opt.Log.Warn("listen to other nodes", "error", err)
			t := time.NewTimer(100 * time.Millisecond << min(try, 6))
			select {
			case <-t.C:
			case <-ctx.Done():
				t.Stop()
			}
		}
	}()
	return func() { cancel(); <-done }
}

// hear listens until the connection breaks.
func hear(ctx context.Context, db *DB) (connected bool, err error) {
	conf, err := pgConfig(&db.opt)
	if err != nil {
		return false, err
	}
	conn, err := pgx.ConnectConfig(ctx, conf)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "LISTEN virga"); err != nil {
		return false, err
	}
	// It may be another server that stepped in, without the last commits.
	db.changes.mu.Lock()
	db.changes.forget()
	db.changes.mu.Unlock()
	if err := db.incarnate(ctx, false); err != nil {
		return false, err
	}
	db.topics.wake("")
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return true, err
		}
		topic, ok := db.eng.(*postgresDB).heard(n.Payload)
		if !ok {
			continue
		}
		if topic == clockTopic {
			if err := db.ReadClock(ctx); err != nil {
				return true, err
			}
		}
		db.topics.wake(topic)
	}
}

// complain says after a while what a write waits for, until it is stopped: a lock
// that somebody else has on a table would be silence otherwise.
func (e *postgresDB) complain(conn *pgx.Conn) *time.Timer {
	pid := conn.PgConn().PID()
	return time.AfterFunc(e.db.opt.Slow, func() { e.blocked(pid) })
}

// blocked names the sessions for which another one waits.
func (e *postgresDB) blocked(pid uint32) {
	ctx, cancel := context.WithTimeout(context.Background(), last)
	defer cancel()
	rows, err := e.reads.QueryContext(ctx, `SELECT pid, coalesce(usename, ''), coalesce(application_name, ''), coalesce(state, ''),
		left(coalesce(query, ''), 200) FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids($1))`, int64(pid))
	if err != nil {
		e.db.opt.Log.Warn("a write has not ended", "after", e.db.opt.Slow, "error", err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var by int64
		var user, program, state, query string
		if err := rows.Scan(&by, &user, &program, &state, &query); err != nil {
			break
		}
		e.db.opt.Log.Warn("a write waits for another session of the database", "after", e.db.opt.Slow,
			"session", by, "user", user, "program", program, "state", state, "query", query)
	}
	if err := rows.Err(); err != nil {
		e.db.opt.Log.Warn("a write has not ended", "after", e.db.opt.Slow, "error", err)
	}
}

// checkpointer copies the log of a SQLite database into its file beside the
// writers. SQLite itself would do it in the commit that makes the log too long,
// whose caller then waits for many times as long as others. A writer that never
// pauses leaves no moment in which all of the log is copied and can begin anew;
// therefore SQLite still does so at mostLog, but most is copied by then.
type checkpointer struct {
	commits atomic.Int64
	nudge   chan struct{}
	stop    context.CancelFunc
	done    chan struct{}
}

const (
	// mostLog is the length in pages (of 4 KiB) at which a commit copies the log.
	mostLog = 16000
	// eachCheckpoint is after how many commits it is copied beside them.
	eachCheckpoint = 200
	// longLog is the length in bytes from which on the file of the log is cut when
	// not much is written: SQLite only ever makes it longer, and a burst would
	// leave 64 MB beside a small database for as long as the process lives.
	longLog  = 4 << 20
	cutEvery = time.Minute
	// eachRoom is how often it is looked whether the disk is full, so that the log says
	// so also when nobody writes.
	eachRoom = 10 * time.Second
)

func newCheckpointer(db *DB, pool *sql.DB) *checkpointer {
	ctx, cancel := context.WithCancel(context.Background())
	c := &checkpointer{nudge: make(chan struct{}, 1), stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(c.done)
		tick := time.NewTicker(cutEvery)
		defer tick.Stop()
		room := time.NewTicker(eachRoom)
		defer room.Stop()
		before := int64(0)
		for {
			select {
			case <-ctx.Done():
				return
			case <-room.C:
				db.Full()
				continue
			case <-tick.C:
				now := c.commits.Load()
				if now-before < eachCheckpoint {
					if err := cutLog(ctx, db.opt.Path, pool); err != nil && !errors.Is(err, context.Canceled) {
						db.opt.Log.Warn("shorten the log of the database", "error", err)
					}
				}
				before = now
				continue
			case <-c.nudge:
			}
			if _, err := pool.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil && !errors.Is(err, context.Canceled) {
				db.opt.Log.Warn("copy the log into the database", "error", err)
			}
		}
	}()
	return c
}

// cutLog copies what is in the log and makes its file empty, if nobody reads or
// writes just then. It waits for nobody: who writes would wait for it.
func cutLog(ctx context.Context, path string, pool *sql.DB) (err error) {
	st, err := os.Stat(path + "-wal")
	if err != nil || st.Size() < longLog {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return err
	}
	var busy, pages, copied int
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &copied) // busy is no error: the next time will do
	_, again := conn.ExecContext(ctx, "PRAGMA busy_timeout = "+busyTimeout)
	return errors.Join(err, again)
}

// written counts a commit; a nil checkpointer does nothing.
func (c *checkpointer) written() {
	if c == nil {
		return
	}
	if c.commits.Add(1)%eachCheckpoint != 0 {
		return
	}
	select {
	case c.nudge <- struct{}{}:
	default: // it has not even begun with the last one
	}
}

func (c *checkpointer) close() {
	if c != nil {
		c.stop()
		<-c.done
	}
}

// stopwatch knows how long commits take. It reads the monotonic clock: the
// store's own may stand still. A nil one is never over.
type stopwatch struct {
	from time.Time
	took time.Duration // the last commits, later ones count more
}

func (w *stopwatch) start() {
	if w != nil {
		w.from = time.Now()
	}
}

// commit notes that a commit came to its end. One that had to wait for
// something else on the disk says little about the next.
func (w *stopwatch) commit() {
	if w != nil {
		w.took += (min(time.Since(w.from), 5*time.Millisecond) - w.took) / 4
	}
}

// over tells whether more time has passed than one should wait for.
func (w *stopwatch) over() bool {
	return w != nil && time.Since(w.from) > patience*w.took
}
