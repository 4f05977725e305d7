package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/virga-cloud/virga/internal/crash"
)

// postgresDB is the engine for many control nodes, whose writes stand in one line
// (postgres_line.go). Reads and what takes work have connections of their own, so
// that nobody stops them.
type postgresDB struct {
	writes *sql.DB // one connection at a time
	ones   *sql.DB // for writeOne: commits do not wait for the disk
	reads  *sql.DB
	stop   func() // ends what reads the clock; nil without

	commits atomic.Uint64
	group
	node string // who of all nodes this one is
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
	pgDivision      = "22012"
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
	e := &postgresDB{node: db.newUID().Hex()}
	e.group = group{db: db, watch: &stopwatch{}, limit: db.opt.Patience}
	if err := migrateOnce(ctx, db); err != nil {
		return nil, err
	}
	for _, p := range []struct {
		pool   **sql.DB
		max    int
		commit string
	}{{&e.writes, 2, ""}, {&e.ones, db.opt.Writers, "off"}, {&e.reads, db.opt.Readers, ""}} {
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
		conf.RuntimeParams["tcp_user_timeout"] = milliseconds(db.opt.gone())
		conf.RuntimeParams["lock_timeout"] = milliseconds(db.opt.Patience)
		pool := stdlib.OpenDB(*conf)
		if p.max <= 0 {
			p.max = 16
		}
		pool.SetMaxOpenConns(p.max)
		pool.SetMaxIdleConns(p.max)
		*p.pool = pool
	}
	e.line = e.newLine()
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
	r := &pgRead{session: session{e: e, pool: e.reads, ctx: ctx}}
	return e.reading(ctx, r, fn)
}

func (e *postgresDB) readOne(ctx context.Context, fn func(*Tx) error) error {
	r := &pgRead{session: session{e: e, pool: e.reads, ctx: ctx}, begun: true}
	return e.reading(ctx, r, fn)
}

func (e *postgresDB) reading(ctx context.Context, r *pgRead, fn func(*Tx) error) error {
	defer r.end()
	return e.db.newTx(ctx, r, false).run(fn)
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

func (e *postgresDB) write(ctx context.Context, fn func(*Tx) error) ([]func(), error) {
	return e.submit(newRequest(ctx, false, fn))
}

// writeOne runs a function of one statement, which is a transaction of its own. What
// is put off to its end is another one.
func (e *postgresDB) writeOne(ctx context.Context, fn func(*Tx) error) (after []func(), err error) {
	for range mostTries {
		if after, err = e.oneOnce(ctx, fn); pgCode(err) != pgDeadlock {
			break
		}
	}
	return after, err
}

func (e *postgresDB) oneOnce(ctx context.Context, fn func(*Tx) error) ([]func(), error) {
	if err := crash.Here(pointBefore); err != nil {
		return nil, err
	}
	s := &session{e: e, pool: e.ones, ctx: ctx, watch: true}
	defer s.release()
	tx := e.db.newTx(ctx, s, true)
	err := tx.run(fn)
	if err == nil {
		if d, ok := e.wakeUps([]*Tx{tx}); ok {
			s.open = append(s.open, d)
		}
		err = s.flush(ctx)
	}
	if err != nil {
		return nil, err
	}
	return tx.after, crash.Here(pointAfter)
}

// wakeUps is the statement that wakes the other nodes with a commit, ok false when
// nobody is to be woken. Transactions that do so are committed one at a time by
// PostgreSQL, as ours are anyway.
func (e *postgresDB) wakeUps(runs []*Tx) (d deferred, ok bool) {
	var list []string
	for _, tx := range runs {
		for _, topic := range tx.notify {
			if say := e.node + " " + topic; !slices.Contains(list, say) {
				list = append(list, say)
			}
		}
	}
	return deferred{text: `SELECT pg_notify('virga', said) FROM unnest($1::text[]) AS said`, args: []any{list}}, len(list) > 0
}

// heard is what another node's wake-up is about; ok is false for one of ours, which
// woke everybody here already.
func (e *postgresDB) heard(payload string) (topic string, ok bool) {
	node, topic, _ := strings.Cut(payload, " ")
	return topic, node != e.node
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

// pgRead is a connection for a Read. It takes a snapshot with the first statement, but
// for the one that only asks whether what is remembered still holds.
type pgRead struct {
	session
	begun bool
	peek  bool // the next statement is that one
	did   bool // it was
}

// peeked tells, once, whether what is remembered was asked for without a snapshot.
func (r *pgRead) peeked() bool {
	did := r.did && !r.begun
	r.did = false
	return did
}

func (r *pgRead) begin() {
	switch {
	case r.begun:
	case r.peek:
		r.did = true
	default:
		r.begun = true
		r.open = []deferred{{text: "BEGIN READ ONLY, ISOLATION LEVEL REPEATABLE READ"}}
	}
	r.peek = false
}

// QueryContext runs a statement that gives rows.
func (r *pgRead) QueryContext(ctx context.Context, query string, args ...any) (Rows, error) {
	r.begin()
	return r.session.QueryContext(ctx, query, args...)
}

func (r *pgRead) ahead(ctx context.Context, list []deferred) ([]Rows, error) {
	r.begin()
	return r.session.ahead(ctx, list)
}

// end ends the transaction; there is nothing to lose.
func (r *pgRead) end() {
	if r.conn != nil && !r.pg.IsClosed() && !r.pg.PgConn().IsBusy() && r.pg.PgConn().TxStatus() != 'I' {
		r.open = []deferred{{text: "ROLLBACK"}}
		_ = r.flush(r.ctx) // the connection is thrown away then
	}
	r.release()
}
