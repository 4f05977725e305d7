package store

import (
	"context"
	"database/sql"
	"errors"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/virga-cloud/virga/internal/crash"
)

// postgresDB is the engine for many control nodes. Reads have connections of
// their own, so that writes which wait for a lock never stop them.
type postgresDB struct {
	db     *DB
	writes *sql.DB
	ones   *sql.DB // for writeOne: commits do not wait for the disk
	reads  *sql.DB
	stop   func() // ends what reads the clock; nil without

	commits atomic.Uint64
	gates   gates
}

// Codes of errors: https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	pgSerialization = "40001"
	pgDeadlock      = "40P01"
	pgUnique        = "23505"
	pgPrivilege     = "42501"
	pgNoFile        = "58P01"
	pgUnsupported   = "0A000"
	pgLockTimeout   = "55P03"
	pgDiskFull      = "53100"
)

// pgPassing are codes, or beginnings of codes, that say nothing about the statement:
// the server ends or begins, has no room for one more connection, or ended a session
// that stood still.
var pgPassing = []string{"57P", "53", "08", "25P03", "25P04", pgLockTimeout}

func passing(err error) bool {
	code := pgCode(err)
	return code != "" && slices.ContainsFunc(pgPassing, func(p string) bool { return strings.HasPrefix(code, p) })
}

// last bounds statements that end something, which do not depend on the
// caller's context.
const last = 5 * time.Second

// openPostgres connects; clock says that the server's tells the time.
func openPostgres(ctx context.Context, db *DB, clock bool) (*postgresDB, error) {
	e := &postgresDB{db: db}
	if err := migrateOnce(ctx, db); err != nil {
		return nil, err
	}
	for _, p := range []struct {
		pool   **sql.DB
		max    int
		commit string
	}{{&e.writes, db.opt.Writers, ""}, {&e.ones, db.opt.Writers, "off"}, {&e.reads, db.opt.Readers, ""}} {
		conf, err := pgConfig(&db.opt)
		if err != nil {
			return nil, errors.Join(err, e.close())
		}
		if p.commit != "" {
			conf.RuntimeParams["synchronous_commit"] = p.commit
		}
		// Nobody holds anything for longer than this: a node that stands still loses
		// what it began, a machine that is gone is noticed.
		conf.RuntimeParams["idle_in_transaction_session_timeout"] = milliseconds(db.opt.Frozen)
		conf.RuntimeParams["tcp_user_timeout"] = milliseconds(db.opt.Frozen)
		conf.RuntimeParams["lock_timeout"] = milliseconds(db.opt.Patience)
		pool := stdlib.OpenDB(*conf)
		if p.max <= 0 {
			p.max = 16
		}
		pool.SetMaxOpenConns(p.max)
		pool.SetMaxIdleConns(p.max)
		*p.pool = pool
	}
	if clock {
		db.clock = &serverClock{local: db.opt.Now, ask: serverTime(e.reads), moved: db.isAhead}
		if err := db.clock.read(ctx); err != nil {
			return nil, errors.Join(err, e.close())
		}
		e.stop = keepTime(db)
	}
	return e, nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// migrateOnce runs migrations on connections that may wait as long as it takes.
func migrateOnce(ctx context.Context, db *DB) error {
	conf, err := pgConfig(&db.opt)
	if err != nil {
		return err
	}
	pool := stdlib.OpenDB(*conf)
	return errors.Join(migrate(ctx, db, pool), pool.Close())
}

func (e *postgresDB) close() error {
	if e.stop != nil {
		e.stop()
	}
	var errs []error
	for _, p := range []*sql.DB{e.writes, e.ones, e.reads} {
		if p != nil {
			errs = append(errs, p.Close())
		}
	}
	return errors.Join(errs...)
}

func (e *postgresDB) read(ctx context.Context, fn func(*Tx) error) error {
	return e.onConn(ctx, e.reads, nil, func(conn *sql.Conn) error {
		tx, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
		if err != nil {
			return stale("read", err)
		}
		defer func() { _ = tx.Rollback() }() // nothing to lose
		run := e.db.newTx(ctx, tx, false)
		if err = run.run(fn); run.failed != nil && errors.Is(err, run.failed) {
			return pgUnavailable("read", err)
		}
		return err
	})
}

// errStale marks the failure of the first statement on a connection from the
// pool: the server closed it while it was idle (a restart), nothing of ours
// was lost with it, and another connection may do.
type errStale struct{ error }

func (e errStale) Unwrap() error { return e.error }

// stale marks what is no answer of the server and not the end of our caller.
func stale(what string, err error) error {
	switch {
	case pgCode(err) == pgLockTimeout:
		return unavailable(what, err)
	case isDone(err), pgCode(err) != "" && !passing(err):
		return err
	}
	return errStale{unavailable(what, err)}
}

// onConn runs fn on a connection that has the locks, and on another one when
// it turns out to be stale. A server that is really away refuses new ones.
func (e *postgresDB) onConn(ctx context.Context, pool *sql.DB, locks []string, fn func(*sql.Conn) error) error {
	keys := keysOf(locks)
	leave, err := e.gates.enter(ctx, keys, e.db.opt.Patience)
	if isDone(err) {
		return err
	}
	if err != nil {
		return unavailable(waitFor(locks), err)
	}
	defer leave()
	for {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return pgUnavailable("connect", err)
		}
		err = func() error {
			if pool != e.reads { // those wait for nobody
				defer e.complain(conn, locks)()
			}
			return e.locked(ctx, conn, locks, keys, fn)
		}()
		var gone errStale
		if !errors.As(err, &gone) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// locked runs fn with the session locks of the names.
func (e *postgresDB) locked(ctx context.Context, conn *sql.Conn, locks []string, keys []int64, fn func(*sql.Conn) error) (err error) {
	// Also after a panic. Closing gives the connection back to the pool,
	// unless it is marked as bad.
	defer conn.Close()
	defer func() {
		var gone errStale
		if errors.As(err, &gone) {
			_ = conn.Raw(func(any) error { return errBadConn })
		}
	}()
	if len(locks) > 0 {
		defer unlock(conn)
		if err := lockAll(ctx, conn, keys, e.db.opt.Frozen); err != nil {
			return stale(waitFor(locks), err)
		}
	}
	return fn(conn)
}

// write repeats the transaction until PostgreSQL finds an order in which it
// and those beside it could have run one after the other.
func (e *postgresDB) write(ctx context.Context, locks []string, fn func(*Tx) error) (after []func(), err error) {
	err = e.onConn(ctx, e.writes, locks, func(conn *sql.Conn) error {
		for try, duplicates := 0, 0; ; try++ {
			after, err = e.once(ctx, conn, sql.LevelSerializable, fn)
			switch code := pgCode(err); {
			case code == pgSerialization || code == pgDeadlock:
			case code == pgUnique && duplicates < 2:
				// Two who both saw that a name is free: the next run of the
				// later one sees that it is taken, and says so in its own words.
				duplicates++
			default:
				return err
			}
			if err := backoff(ctx, try); err != nil {
				return err
			}
		}
	})
	if err == nil {
		e.tidy()
	}
	return after, err
}

// writeOne runs a function of one statement.
func (e *postgresDB) writeOne(ctx context.Context, fn func(*Tx) error) (after []func(), err error) {
	err = e.onConn(ctx, e.ones, nil, func(conn *sql.Conn) (err error) {
		for try := 0; ; try++ {
			if after, err = e.once(ctx, conn, sql.LevelReadCommitted, fn); pgCode(err) != pgDeadlock {
				return err
			}
			if err := backoff(ctx, try); err != nil {
				return err
			}
		}
	})
	return after, err
}

// notify tells the other nodes. Losing it costs them the time of a poll.
func (e *postgresDB) notify(topic string) {
	ctx, cancel := context.WithTimeout(context.Background(), last)
	defer cancel()
	if _, err := e.reads.ExecContext(ctx, `SELECT pg_notify('virga', $1)`, topic); err != nil {
		e.db.opt.Log.Warn("notify other nodes", "topic", topic, "error", err)
	}
}

// once is one run.
func (e *postgresDB) once(ctx context.Context, conn *sql.Conn, level sql.IsolationLevel, fn func(*Tx) error) ([]func(), error) {
	sqlTx, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: level})
	if err != nil {
		return nil, stale("begin", err)
	}
	// After a commit it does nothing; after a panic it must run.
	defer func() { _ = sqlTx.Rollback() }()
	tx := e.db.newTx(ctx, sqlTx, true)
	if err := tx.run(fn); err != nil {
		switch code := pgCode(tx.failed); {
		case code == pgSerialization || code == pgDeadlock:
			return nil, tx.failed // whatever fn made of it
		case tx.failed != nil && errors.Is(err, tx.failed):
			return nil, pgUnavailable("statement", err)
		}
		return nil, err
	}
	if err := tx.mark(); err != nil {
		return nil, pgUnavailable("statement", err)
	}
	if err := crash.Here(pointBefore); err != nil {
		return nil, err
	}
	if err := sqlTx.Commit(); err != nil {
		return nil, pgUnavailable("commit", err)
	}
	if err := crash.Here(pointAfter); err != nil {
		return nil, err
	}
	return tx.after, nil
}

func waitFor(locks []string) string {
	return "wait for other writes to the " + strings.Join(locks, " and the ")
}

// keysOf are the keys of locks by their names, in order.
func keysOf(names []string) []int64 {
	keys := make([]int64, len(names))
	for i, n := range names {
		h := fnv.New64a()
		_, _ = h.Write([]byte(n)) // never fails
		keys[i] = int64(h.Sum64())
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// lockAll waits for session locks, in the order of their keys, so that nobody waits
// in a circle. With a lock a session may stand still outside of a transaction no
// longer than inside.
func lockAll(ctx context.Context, conn *sql.Conn, keys []int64, frozen time.Duration) error {
	for _, k := range keys {
		_, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1), set_config('idle_session_timeout', $2, false)`, k, milliseconds(frozen))
		if err != nil {
			return err
		}
	}
	return nil
}

// unlock gives the locks back. A connection where that fails is thrown away:
// the server then does it.
func unlock(conn *sql.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), last)
	defer cancel()
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock_all(), set_config('idle_session_timeout', '0', false)`); err != nil {
		_ = conn.Raw(func(any) error { return errBadConn })
	}
}

// pgCode is the code of an error of the server, "" for others.
func pgCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// pgUnavailable leaves what the server said of a statement, and the end of the
// caller's context, as they are.
func pgUnavailable(what string, err error) error {
	if isDone(err) || pgCode(err) != "" && !passing(err) {
		return err
	}
	return unavailable(what, err)
}
