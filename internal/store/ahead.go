package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
)

// What an object consists of lies in many tables. A database across the network is
// asked for all of it at once: the functions that read the parts run first against
// nobody, which only writes down what they ask for; all of that is sent in one go, and
// when they are called in earnest the answers are there.

// Ahead sends the first statement of each function with those of the others. The
// functions must do nothing but read, and find nothing yet. An answer is void when its
// tables are written before it was fetched. SQLite has nobody to wait for.
func (tx *Tx) Ahead(reads ...func(tx *Tx)) error {
	if tx.Engine() != Postgres {
		return nil
	}
	if err := tx.ready(nil); err != nil {
		return err
	}
	var list []deferred
	for _, read := range reads {
		l := &listener{}
		read(&Tx{db: tx.db, ctx: tx.ctx, q: l, now: tx.now, write: tx.write, synced: true})
		if l.asked.text != "" && !slices.ContainsFunc(list, func(d deferred) bool { return keyOf(d) == keyOf(l.asked) }) {
			list = append(list, l.asked)
		}
	}
	for _, d := range list {
		tx.tell(d.text, d.args)
	}
	rows, err := tx.q.ahead(tx.ctx, list)
	if err != nil {
		return tx.fail(err)
	}
	tx.early = make(map[string]Rows, len(rows))
	for i, r := range rows {
		tx.early[keyOf(list[i])] = r
	}
	return nil
}

// recalled is the answer to a statement that was sent ahead.
func (tx *Tx) recalled(query string, args []any) (Rows, bool) {
	if len(tx.early) == 0 {
		return nil, false
	}
	key := keyOf(deferred{text: query, args: args})
	rows, ok := tx.early[key]
	delete(tx.early, key) // they are read once
	return rows, ok
}

// outdate forgets answers that a statement may have made wrong.
func (tx *Tx) outdate(query string) {
	if len(tx.early) == 0 || !tx.write || len(query) > 6 && strings.EqualFold(query[:6], "select") {
		return
	}
	for _, mark := range marksOf(query) {
		table, _, _ := strings.Cut(mark, ".")
		for key := range tx.early {
			if strings.Contains(key, table) {
				delete(tx.early, key)
			}
		}
	}
}

func keyOf(d deferred) string { return wholeKey(d.text, d.args) }

// listener is a querier that only hears what is asked first.
type listener struct{ asked deferred }

var errListening = errors.New("store: what is read ahead changes nothing")

// ExecContext refuses.
func (l *listener) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	return nil, errListening
}

// QueryContext notes the statement and finds nothing.
func (l *listener) QueryContext(_ context.Context, query string, args ...any) (Rows, error) {
	if l.asked.text == "" {
		l.asked = deferred{text: query, args: slices.Clone(args)}
	}
	return &kept{}, nil
}

func (l *listener) later(deferred) error { return errListening }

func (l *listener) flush(context.Context) error { return nil }

func (l *listener) ahead(context.Context, []deferred) ([]Rows, error) { return nil, nil }
