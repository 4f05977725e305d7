package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Tx is one run of a Write or Read. It must not be used after the function
// it was given to returned, nor by another goroutine.
type Tx struct {
	db     *DB
	ctx    context.Context
	q      querier
	now    time.Time
	write  bool
	over   bool
	failed error
	after  []func()
	notify []string
	// seen has what rows had in the database when this run read or wrote them,
	// by the pointer that the caller has.
	seen map[any][]any
	// moment is when the snapshot of a Read is from; touched is what a Write
	// changed. See changes.
	moment  moment
	synced  bool // moment was asked for
	touched map[string]bool
	// early has what statements gave that were sent ahead, by text and arguments.
	early map[string]Rows
	// hits has what the indexes of trigrams answered to this Read.
	hits map[string][]int64
}

// Now is the time of this run: one value, UTC, in microseconds.
func (tx *Tx) Now() time.Time { return tx.now }

// UID makes a new identity.
func (tx *Tx) UID() cloud.UID { return tx.db.newUID() }

// Context is the context of the Write or Read.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Engine tells which database this is, for the few statements that differ.
func (tx *Tx) Engine() Engine { return tx.db.kind }

// DB is the database of the transaction. Its Write and Read must not be
// called before this one ended.
func (tx *Tx) DB() *DB { return tx.db }

// AfterCommit calls f once the commit is durable, in the goroutine of the
// Write; never when it failed.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// Exec runs a statement with $1, $2, ... placeholders. Arguments may be
// whatever a column may hold (times, addresses, identities, ...).
func (tx *Tx) Exec(query string, args ...any) (rows int64, err error) {
	if !tx.write {
		return 0, errors.New("store: a Read changes nothing")
	}
	tx.touchText(query)
	return tx.change(query, args)
}

// change is Exec for who has said what it touches.
func (tx *Tx) change(query string, args []any) (rows int64, err error) {
	res, err := tx.exec(query, args)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Later is Exec for a statement whose result the caller does not need to go on: on
// PostgreSQL it is sent with the next one that reads, or with the commit. With none it
// must change a row: otherwise that is what is wrong. Whatever is wrong with it ends
// the transaction.
func (tx *Tx) Later(none error, query string, args ...any) error {
	if !tx.write {
		return errors.New("store: a Read changes nothing")
	}
	tx.touchText(query)
	return tx.later(deferred{text: query, args: args, none: none})
}

// later is Later for who has said what it touches.
func (tx *Tx) later(d deferred) error {
	if err := tx.ready(d.args); err != nil {
		return err
	}
	tx.tell(d.text, d.args)
	tx.outdate(d.text)
	if err := tx.q.later(d); err != nil {
		return tx.fail(err)
	}
	return nil
}

// Settle has everything done that was left for later. It is for who has words of his
// own for what may be wrong with it.
func (tx *Tx) Settle() error {
	if err := tx.ready(nil); err != nil {
		return err
	}
	if err := tx.q.flush(tx.ctx); err != nil {
		return tx.fail(err)
	}
	return nil
}

// tell tells who asks of each statement.
func (tx *Tx) tell(query string, args []any) {
	if _, listens := tx.q.(*listener); listens {
		return // it is not sent yet
	}
	if told := tx.db.queries.Load(); told != nil {
		(*told)(query, args)
	}
}

func (tx *Tx) exec(query string, args []any) (sql.Result, error) {
	if err := tx.ready(args); err != nil {
		return nil, err
	}
	tx.tell(query, args)
	tx.outdate(query)
	res, err := tx.q.ExecContext(tx.ctx, query, args...)
	if err != nil {
		return nil, tx.fail(err)
	}
	return res, nil
}

// Query runs a statement that gives rows. They must be read to the end or
// closed before the next statement: PostgreSQL has one at a time.
func (tx *Tx) Query(query string, args ...any) (Rows, error) {
	if tx.write {
		tx.touchText(query) // it may be an UPDATE with RETURNING
	}
	return tx.query(query, args)
}

// query is Query for who has said what it touches.
func (tx *Tx) query(query string, args []any) (Rows, error) {
	if err := tx.ready(args); err != nil {
		return nil, err
	}
	if rows, ok := tx.recalled(query, args); ok {
		return rows, nil
	}
	tx.tell(query, args)
	tx.outdate(query)
	rows, err := tx.q.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return nil, tx.fail(err)
	}
	return rows, nil
}

// QueryRow runs a statement that gives one row; Scan says sql.ErrNoRows when
// there is none.
func (tx *Tx) QueryRow(query string, args ...any) *Row {
	rows, err := tx.Query(query, args...)
	return &Row{tx: tx, rows: rows, err: err}
}

// Row is the result of QueryRow.
type Row struct {
	tx   *Tx
	rows Rows
	err  error
}

// Scan reads the columns of the row. A destination may be anything that
// database/sql takes, or a pointer to anything that a column may hold.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return r.tx.fail(err)
		}
		return sql.ErrNoRows
	}
	for i, d := range dest {
		dest[i] = Into(d)
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	// Reading to the end lets a late error of the statement be seen.
	if r.rows.Next(); r.rows.Err() != nil {
		return r.tx.fail(r.rows.Err())
	}
	return nil
}

// Next takes the next value of a counter that never repeats one, also not
// after a crash or a rollback of the rows that carry it (then it may skip
// some). The counter must have been declared by a migration: a row in
// "counter" on SQLite, a sequence named counter_NAME on PostgreSQL, where a
// row would make all its users wait for each other.
func (tx *Tx) Next(counter string) (n int64, err error) {
	if !tx.write {
		return 0, errors.New("store: a Read takes no numbers")
	}
	query, arg := `UPDATE counter SET value = value + 1 WHERE name = $1 RETURNING value`, counter
	if tx.Engine() == Postgres {
		query, arg = `SELECT nextval($1)`, "counter_"+counter
	}
	if err := tx.QueryRow(query, arg).Scan(&n); err != nil {
		return 0, fmt.Errorf("next %s: %w", counter, err)
	}
	return n, nil
}

// Clock is for due times and leases, which use the database's clock on
// PostgreSQL (control nodes may disagree) and the store's own on SQLite: the
// time in microseconds is the SQL text `expr`+"$n" with the argument base, or
// base plus some microseconds.
func (tx *Tx) Clock() (expr string, base int64) {
	if tx.Engine() == Postgres {
		// The same throughout a statement: what may change within one is compared with
		// every row that there is, instead of where an index says.
		return `(extract(epoch from statement_timestamp()) * 1000000)::bigint + `, tx.db.ahead.Load()
	}
	return ``, tx.now.UnixMicro()
}

// ready checks the state of the transaction and encodes the arguments. A
// statement begins only while the caller still waits; on SQLite it is not
// interrupted then, because that would roll back the writes of others.
func (tx *Tx) ready(args []any) error {
	switch {
	case tx.over:
		return errors.New("store: the transaction is over")
	case tx.failed != nil:
		return tx.failed
	}
	if err := tx.ctx.Err(); err != nil {
		return tx.fail(err)
	}
	for i, a := range args {
		v, err := encode(a)
		if err != nil {
			return err
		}
		args[i] = v
	}
	return nil
}

// fail remembers the first error of a statement. PostgreSQL refuses everything
// after it, so nothing may go on after it on SQLite either.
func (tx *Tx) fail(err error) error {
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}
