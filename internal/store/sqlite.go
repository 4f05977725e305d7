package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"modernc.org/sqlite" // the driver named "sqlite"
)

// sqliteDB is the engine on a file: one connection writes, some read. WAL lets
// them not meet.
type sqliteDB struct {
	pool *sql.DB
	w    *sqliteConn // used by the leader only
	lazy bool        // w does not wait for the disk now; the leader's as well
	log  *checkpointer
	group

	readers chan *sqliteConn // nil entries stand for connections not opened yet
}

// openSQLite opens and migrates the file.
func openSQLite(ctx context.Context, db *DB) (*sqliteDB, error) {
	e := &sqliteDB{}
	// SQLite gives its log the mode of the file: hashes of tokens are nobody's
	// business but the owner's.
	f, err := os.OpenFile(db.opt.Path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	if e.pool, err = sql.Open("sqlite", sqliteURL(db.opt.Path, db.opt.NoSync)); err != nil {
		return nil, err
	}
	e.pool.SetMaxIdleConns(64)
	if err := migrate(ctx, db, e.pool); err != nil {
		return nil, errors.Join(err, e.pool.Close())
	}
	if e.w, err = openConn(ctx, e.pool); err != nil {
		return nil, errors.Join(err, e.pool.Close())
	}
	e.group = group{db: db, line: sqliteLine{e.w, e}}
	if !db.opt.NoSync {
		e.log, e.watch = newCheckpointer(db, e.pool), &stopwatch{}
	}
	n := db.opt.Readers
	if n <= 0 {
		n = 4
	}
	e.readers = make(chan *sqliteConn, n)
	for range n {
		e.readers <- nil
	}
	return e, nil
}

// busyTimeout is how long a connection waits for another one, in milliseconds.
const busyTimeout = "10000"

// sqliteURL names a file with our settings for each connection.
func sqliteURL(path string, noSync bool) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	sync, pages := "FULL", mostLog
	if noSync {
		sync, pages = "OFF", 2000
	}
	q := url.Values{"_pragma": {
		"busy_timeout(" + busyTimeout + ")", "journal_mode(WAL)", "synchronous(" + sync + ")", "foreign_keys(1)",
		"cache_size(-4000)", "temp_store(MEMORY)",
		// Pages of the file are looked at where the kernel has them. Each page of a
		// list is read from hundreds of places, and to copy them took a third of it.
		"mmap_size(1073741824)", "wal_autocheckpoint(" + strconv.Itoa(pages) + ")",
	}}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

func (e *sqliteDB) write(ctx context.Context, fn func(*Tx) error) ([]func(), error) {
	return e.submit(newRequest(ctx, false, fn))
}

func (e *sqliteDB) writeOne(ctx context.Context, fn func(*Tx) error) ([]func(), error) {
	return e.submit(newRequest(ctx, true, fn))
}

func (e *sqliteDB) readOne(ctx context.Context, fn func(*Tx) error) error { return e.read(ctx, fn) }

// sqliteLine is the connection that writes.
type sqliteLine struct {
	*sqliteConn
	e *sqliteDB
}

// begin opens the transaction. How it is committed cannot be changed later.
func (l sqliteLine) begin(lazy bool) error {
	if err := l.e.sync(!lazy); err != nil {
		return err
	}
	return l.do("BEGIN IMMEDIATE")
}

func (l sqliteLine) save(point string) error { return l.do("SAVEPOINT " + point) }

func (l sqliteLine) keep(point string, _ bool) error {
	if point == "" {
		return nil
	}
	if err := l.do("RELEASE " + point); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}

func (l sqliteLine) back(point string) error {
	if err := l.do("ROLLBACK TO " + point); err != nil {
		return err
	}
	return l.do("RELEASE " + point)
}

// rollback ends the transaction; an error only says that it was ended already.
func (l sqliteLine) rollback() { _ = l.do("ROLLBACK") }

// commit is the commit itself. What is remembered of lists must not outlive it.
func (l sqliteLine) commit(runs []*Tx) error {
	touched := make([]map[string]bool, len(runs))
	for i, tx := range runs {
		touched[i] = tx.touched
	}
	l.e.db.changes.begin(touched)
	defer l.e.db.changes.end(touched)
	if err := l.do("COMMIT"); err != nil {
		return unavailable("commit", err)
	}
	return nil
}

func (l sqliteLine) committed(bool) { l.e.log.written() }

func (l sqliteLine) told(_ *Tx, err error) (error, bool) { return err, false }

// sync says whether the next commit waits for the disk.
func (e *sqliteDB) sync(wait bool) error {
	if e.db.opt.NoSync || e.lazy == !wait {
		return nil
	}
	text := "PRAGMA synchronous = NORMAL"
	if wait {
		text = "PRAGMA synchronous = FULL"
	}
	// Not by a prepared statement: SQLite carries this one out when it reads it.
	if _, err := e.w.conn.ExecContext(context.Background(), text); err != nil {
		return err
	}
	e.lazy = !wait
	return nil
}

func (e *sqliteDB) close() error {
	e.log.close()
	errs := []error{e.w.close()}
	for range cap(e.readers) {
		if c := <-e.readers; c != nil {
			errs = append(errs, c.close())
		}
	}
	return errors.Join(append(errs, e.pool.Close())...)
}

// read runs fn on a snapshot. It is taken by the first statement and held
// until the end.
func (e *sqliteDB) read(ctx context.Context, fn func(*Tx) error) (err error) {
	var c *sqliteConn
	select {
	case c = <-e.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { e.readers <- c }()
	if c == nil {
		if c, err = openConn(ctx, e.pool); err != nil {
			return unavailable("read", err)
		}
		if err := c.do("PRAGMA query_only = 1"); err != nil {
			return unavailable("read", err)
		}
	}
	moment := e.db.changes.now()
	if err := c.do("BEGIN"); err != nil {
		return unavailable("read", err)
	}
	// Also after a panic: the connection serves others.
	defer func() { err = errors.Join(err, c.do("ROLLBACK")) }()
	tx := e.db.newTx(ctx, c, false)
	tx.moment = moment
	return tx.run(fn)
}

// sqliteConn is a connection with its prepared statements. Preparing costs
// more than most statements do.
type sqliteConn struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	order []string // of preparing; the oldest goes first
}

// maxStmts bounds the prepared statements of a connection. Texts depend on what
// lists are asked for, so there is no end of them.
const maxStmts = 400

func openConn(ctx context.Context, pool *sql.DB) (*sqliteConn, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &sqliteConn{conn: conn, stmts: map[string]*sql.Stmt{}}, nil
}

func (c *sqliteConn) close() error {
	for _, s := range c.stmts {
		_ = s.Close() // nothing is lost with a prepared statement
	}
	return c.conn.Close()
}

// prepare gives the cached statement of a text.
func (c *sqliteConn) prepare(query string) (*sql.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	s, err := c.conn.PrepareContext(context.Background(), placeholders(query))
	if err != nil {
		return nil, fmt.Errorf("%w in: %s", err, query)
	}
	if len(c.order) >= maxStmts {
		_ = c.stmts[c.order[0]].Close()
		delete(c.stmts, c.order[0])
		c.order = c.order[1:]
	}
	c.stmts[query] = s
	c.order = append(c.order, query)
	return s, nil
}

// placeholders turns $1 into ?1: SQLite takes $1 for a name. SQLite plans a statement
// anew, which takes longer than to run most, whenever a bare parameter behind LIMIT has
// another value, or one behind = becomes or was 0 or 1. So a LIMIT becomes a sum, and
// a comparison gets a sign, which changes nothing.
func placeholders(query string) string {
	var b strings.Builder
	quoted, limit := byte(0), false
	for i := range len(query) {
		ch := query[i]
		if limit && (ch < '0' || ch > '9') {
			b.WriteString("+0")
			limit = false
		}
		switch {
		case quoted != 0:
			if ch == quoted {
				quoted = 0
			}
		case ch == '\'' || ch == '"':
			quoted = ch
		case ch == '$' && i+1 < len(query) && '0' <= query[i+1] && query[i+1] <= '9':
			ch = '?'
			if strings.HasSuffix(query[:i], "= ") {
				b.WriteByte('+')
			}
			limit = strings.HasSuffix(query[:i], "LIMIT ")
		}
		b.WriteByte(ch)
	}
	if limit {
		b.WriteString("+0")
	}
	return b.String()
}

// ExecContext runs a statement. The context is not handed on: an interrupt
// would roll back the whole transaction, which others share.
func (c *sqliteConn) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	s, err := c.prepare(query)
	if err != nil {
		return nil, err
	}
	res, err := s.ExecContext(context.Background(), args...)
	return res, full(err)
}

// QueryContext is ExecContext for statements that give rows.
func (c *sqliteConn) QueryContext(_ context.Context, query string, args ...any) (Rows, error) {
	s, err := c.prepare(query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(context.Background(), args...)
	if err != nil {
		return nil, full(err)
	}
	return rows, nil
}

// later is at once: nothing is saved by waiting.
func (c *sqliteConn) later(d deferred) error {
	res, err := c.ExecContext(context.Background(), d.text, d.args...)
	if err != nil || d.none == nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = d.none
	}
	return err
}

func (c *sqliteConn) flush(context.Context) error { return nil }

func (c *sqliteConn) ahead(context.Context, []deferred) ([]Rows, error) { return nil, nil }

// do runs a statement of the transaction itself.
func (c *sqliteConn) do(query string) error {
	_, err := c.ExecContext(context.Background(), query)
	return err
}

// sqliteCode is the extended result code of an error, 0 when it has none.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// savepoint names the savepoint of the nth run in a batch. They never nest, so
// one name would do; numbers make a trace readable.
func savepoint(n int) string { return "run" + strconv.Itoa(n%8) }
