package store

import (
	"context"
	"database/sql"
	"errors"
	"hash/fnv"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
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
}

// Codes of errors: https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	pgSerialization = "40001"
	pgDeadlock      = "40P01"
	pgUnique        = "23505"
	pgPrivilege     = "42501"
	pgNoFile        = "58P01"
	pgUnsupported   = "0A000"
)

// last bounds statements that end something, which do not depend on the
// caller's context.
const last = 5 * time.Second

// openPostgres connects; clock says that the server's tells the time.
func openPostgres(ctx context.Context, db *DB, clock bool) (*postgresDB, error) {
	e := &postgresDB{db: db}
	for _, p := range []struct {
		pool   **sql.DB
		max    int
		commit string
	}{{&e.writes, db.opt.Writers, ""}, {&e.ones, db.opt.Writers, "off"}, {&e.reads, db.opt.Readers, ""}} {
		conf, err := pgx.ParseConfig(db.opt.DSN)
		if err != nil {
			return nil, errors.Join(err, e.close())
		}
		if p.commit != "" {
			conf.RuntimeParams["synchronous_commit"] = p.commit
		}
		pool := stdlib.OpenDB(*conf)
		if p.max <= 0 {
			p.max = 16
		}
		pool.SetMaxOpenConns(p.max)
		pool.SetMaxIdleConns(p.max)
		*p.pool = pool
	}
	if err := migrate(ctx, db, e.writes); err != nil {
		return nil, errors.Join(err, e.close())
	}
	if clock {
		db.clock = &serverClock{local: db.opt.Now, ask: serverTime(e.reads)}
		if err := db.clock.read(ctx); err != nil {
			return nil, errors.Join(err, e.close())
		}
		e.stop = keepTime(db)
	}
	return e, nil
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
		return e.db.newTx(ctx, tx, false).run(fn)
	})
}

// errStale marks the failure of the first statement on a connection from the
// pool: the server closed it while it was idle (a restart), nothing of ours
// was lost with it, and another connection may do.
type errStale struct{ error }

func (e errStale) Unwrap() error { return e.error }

// stale marks what is no answer of the server and not the end of our caller.
func stale(what string, err error) error {
	if pgCode(err) != "" || isDone(err) {
		return err
	}
	return errStale{unavailable(what, err)}
}

// onConn runs fn on a connection that has the locks, and on another one when
// it turns out to be stale. A server that is really away refuses new ones.
func (e *postgresDB) onConn(ctx context.Context, pool *sql.DB, locks []string, fn func(*sql.Conn) error) error {
	for {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return pgUnavailable("connect", err)
		}
		err = func() error {
			if pool != e.reads { // those wait for nobody
				defer e.complain(conn, locks)()
			}
			return locked(ctx, conn, locks, fn)
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
func locked(ctx context.Context, conn *sql.Conn, locks []string, fn func(*sql.Conn) error) (err error) {
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
		if err := lockAll(ctx, conn, locks); err != nil {
			return stale("lock", err)
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
		if pgCode(err) != "" || isDone(err) {
			return nil, err
		}
		return nil, unavailable("commit", err)
	}
	if err := crash.Here(pointAfter); err != nil {
		return nil, err
	}
	return tx.after, nil
}

// lockAll waits for the session locks of the names, in the order of their
// keys, so that nobody waits in a circle.
func lockAll(ctx context.Context, conn *sql.Conn, names []string) error {
	keys := make([]int64, len(names))
	for i, n := range names {
		h := fnv.New64a()
		_, _ = h.Write([]byte(n)) // never fails
		keys[i] = int64(h.Sum64())
	}
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, k); err != nil {
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
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock_all()`); err != nil {
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

// pgUnavailable leaves what the server said, and the end of the caller's
// context, as they are.
func pgUnavailable(what string, err error) error {
	if pgCode(err) != "" || isDone(err) {
		return err
	}
	return unavailable(what, err)
}
