package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// A session is a connection to PostgreSQL for one transaction. What its user does not
// have to wait for is put off and sent with the next statement that gives an answer:
// each way to the server and back costs more than most statements.
type session struct {
	e    *postgresDB
	pool *sql.DB
	ctx  context.Context // ends waiting for an answer, by breaking the connection
	// limit ends it as well, for who cannot be interrupted; 0 without.
	limit time.Duration

	conn  *sql.Conn // nil: none yet
	pg    *pgx.Conn
	open  []deferred // put off
	fresh bool       // nothing was answered on the connection yet
	// guard has the server look at what else is looked at when the answer is there:
	// the commit goes on the same way.
	guard bool
	at    int   // the statement that went wrong last, of those put off
	none  error // what it was found to be
	slow  *time.Timer
	watch bool // complain of long waiting
}

// mostOpen bounds what is put off, so that a long transaction does not keep all of it.
const mostOpen = 200

// errAgain says that a run that was not wrong did not work out.
var errAgain = errors.New("store: the transaction must run again")

// connect takes a connection from the pool. What lies there is asked first whether it
// still answers, one after the other, and each that does not takes its time to say
// so: all of it together, and waiting for one that others have, ends with ctx.
func (s *session) connect(ctx context.Context) error {
	conn, err := s.pool.Conn(ctx)
	if err != nil {
		return s.unavailable("connect", err)
	}
	err = conn.Raw(func(c any) error {
		own, ok := c.(*stdlib.Conn)
		if !ok {
			return errors.New("store: not a connection of pgx")
		}
		s.pg = own.Conn()
		return nil
	})
	if err != nil {
		return errors.Join(unavailable("connect", err), conn.Close())
	}
	s.conn, s.fresh = conn, true
	if s.watch {
		s.quiet()
		s.slow = s.e.complain(s.pg)
	}
	return nil
}

// quiet ends complaining.
func (s *session) quiet() {
	if s.slow != nil {
		s.slow.Stop()
		s.slow = nil
	}
}

// release gives the connection back; a broken one, or one that nobody knows the
// state of, is thrown away.
func (s *session) release() {
	s.quiet()
	if s.conn == nil {
		return
	}
	if s.pg.IsClosed() || s.pg.PgConn().IsBusy() || s.pg.PgConn().TxStatus() != 'I' {
		_ = s.conn.Raw(func(any) error { return errBadConn })
	}
	_ = s.conn.Close() // it is gone or given back
	s.conn, s.pg, s.open, s.guard = nil, nil, nil, false
}

// send sends what was put off and, after it, last. On a connection that the server
// closed while it was idle nothing was lost: another one is taken.
func (s *session) send(list []deferred) ([]*pgRows, error) {
	if s.conn != nil && !s.fresh {
		return s.once(list)
	}
	// The first connection that does not answer takes long to say so; those that are
	// like it would take as long again.
	ctx, cancel := context.WithTimeout(s.ctx, s.e.db.opt.gone())
	defer cancel()
	for {
		if s.conn == nil {
			if err := s.connect(ctx); err != nil {
				return nil, err
			}
		}
		rows, err := s.once(list)
		if err == nil || !s.fresh {
			return rows, err
		}
		if err = stale("begin", err); !errors.As(err, new(errStale)) || ctx.Err() != nil {
			return nil, err
		}
		_ = s.conn.Raw(func(any) error { return errBadConn })
		_ = s.conn.Close()
		s.conn = nil
	}
}

// once is one way there and back. Of several statements in list all rows are read
// before it returns; those of a single one come as they are asked for.
func (s *session) once(list []deferred) ([]*pgRows, error) {
	b := &pgx.Batch{}
	for _, d := range s.open {
		if s.guard {
			d = d.guarded()
		}
		b.Queue(d.text, d.args...)
	}
	for _, d := range list {
		b.Queue(d.text, d.args...)
	}
	if err := s.within(); err != nil {
		return nil, unavailable("send", err)
	}
	res := s.pg.SendBatch(s.ctx, b)
	wrong, err := s.answers(res)
	if err != nil {
		return nil, s.failed(res, err)
	}
	s.open = nil
	var all []*pgRows
	for range list {
		rows, err := res.Query()
		if err == nil {
			all = append(all, &pgRows{rows: rows})
			err = all[len(all)-1].begin()
		}
		if err != nil {
			return nil, s.failed(res, err)
		}
		s.fresh = false
		if len(list) == 1 && wrong == nil {
			all[0].res = res
			return all, nil
		}
		if err := all[len(all)-1].keep(); err != nil {
			return nil, s.failed(res, err)
		}
	}
	if err := res.Close(); err != nil {
		return nil, s.failed(res, err)
	}
	return all, wrong
}

// failed ends a batch that went wrong.
func (s *session) failed(res pgx.BatchResults, err error) error {
	_ = res.Close() // it says the same again
	if s.none != nil && errors.Is(err, s.none) {
		return err
	}
	return s.unavailable("statement", err)
}

// unavailable is pgUnavailable for who knows whether it is the caller who gave up: a
// dial that took too long says it with the same error.
func (s *session) unavailable(what string, err error) error {
	if isDone(err) && s.ctx.Err() == nil {
		return unavailable(what, err)
	}
	return pgUnavailable(what, err)
}

// guarded is the statement that fails where its answer would be found wrong.
func (d deferred) guarded() deferred {
	switch {
	case strings.HasPrefix(d.text, "WITH"): // it does so by itself
	case d.id != 0:
		d.text = "WITH made AS (" + d.text + ") SELECT 1 / (id = $" + strconv.Itoa(len(d.args)+1) + ")::int FROM made"
		d.args = append(slices.Clone(d.args), d.id)
	case d.none != nil:
		d.text = "WITH made AS (" + d.text + " RETURNING 1) SELECT 1 / count(*) FROM made"
	}
	return d
}

// answers reads what the statements that were put off came to. wrong is what is found
// wrong with an answer; err ends the batch.
func (s *session) answers(res pgx.BatchResults) (wrong, err error) {
	for i, d := range s.open {
		id, n := d.id, int64(1)
		if d.id != 0 && !s.guard {
			err = res.QueryRow().Scan(&id)
		} else {
			var tag pgconn.CommandTag
			tag, err = res.Exec()
			n = tag.RowsAffected()
			if err == nil && d.text == "COMMIT" && tag.String() != d.text {
				err = errors.New("the transaction had failed")
			}
		}
		stopped := err != nil // the server went no further
		switch {
		case pgCode(err) == pgDivision && d.id != 0 || err == nil && id != d.id:
			err, wrong = nil, cmp.Or(wrong, errAgain)
		case d.none != nil && (pgCode(err) == pgDivision || err == nil && n == 0):
			err, wrong = nil, cmp.Or(wrong, d.none)
		}
		s.fresh = s.fresh && err != nil
		if err == nil && wrong == nil {
			if d.rows != nil {
				*d.rows = n
			}
			continue
		}
		if s.none == nil || err != nil {
			s.at, s.none = i, wrong
		}
		if err != nil || stopped {
			return nil, cmp.Or(err, wrong)
		}
	}
	return wrong, nil
}

// ExecContext runs a statement.
func (s *session) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	var n int64
	s.open = append(s.open, deferred{text: query, args: args, rows: &n})
	if _, err := s.send(nil); err != nil {
		return nil, err
	}
	return changed(n), nil
}

// QueryContext runs a statement that gives rows.
func (s *session) QueryContext(_ context.Context, query string, args ...any) (Rows, error) {
	all, err := s.send([]deferred{{text: query, args: args}})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

func (s *session) later(d deferred) error {
	s.open = append(s.open, d)
	if len(s.open) < mostOpen {
		return nil
	}
	_, err := s.send(nil)
	return err
}

func (s *session) flush(context.Context) error {
	if len(s.open) == 0 {
		return nil
	}
	_, err := s.send(nil)
	return err
}

func (s *session) ahead(_ context.Context, list []deferred) ([]Rows, error) {
	if len(list) == 0 {
		return nil, nil
	}
	all, err := s.send(list)
	if err != nil {
		return nil, err
	}
	rows := make([]Rows, len(all))
	for i, r := range all {
		if err := r.keep(); err != nil { // a single one is not read yet
			return nil, err
		}
		rows[i] = r
	}
	return rows, nil
}

// changed is a sql.Result.
type changed int64

// RowsAffected is how many rows were changed.
func (c changed) RowsAffected() (int64, error) { return int64(c), nil }

// LastInsertId is for SQLite only.
func (c changed) LastInsertId() (int64, error) {
	return 0, errors.New("store: PostgreSQL tells no ids")
}
