package store

import (
	"database/sql"
	"errors"
	"fmt"
	"reflect"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Get reads the live row with an id; cloud.NotFound when there is none.
func Get[T any](tx *Tx, id int64) (*T, error) {
	return by[T](tx, "id", id, true)
}

// GetAny is Get for live and closed rows.
func GetAny[T any](tx *Tx, id int64) (*T, error) {
	return by[T](tx, "id", id, false)
}

// ByUID reads the live row with an identity; cloud.NotFound when there is none.
func ByUID[T any](tx *Tx, uid cloud.UID) (*T, error) {
	return by[T](tx, "uid", uid, true)
}

// ByUIDAny is ByUID for live and closed rows.
func ByUIDAny[T any](tx *Tx, uid cloud.UID) (*T, error) {
	return by[T](tx, "uid", uid, false)
}

// by reads the row with an id or uid; an image and a flavor may share theirs with
// one of another kind, and then it is the first. These are the most frequent of
// all statements, so their text is not built from a query.
func by[T any](tx *Tx, col string, value any, live bool) (*T, error) {
	t := tableOf[T]()
	c := t.byName[col]
	if c == nil {
		return nil, fmt.Errorf("store: %s has no column %q", t.name, col)
	}
	text := t.sel + " WHERE " + c.quoted + " = $1"
	if live {
		text = t.sel + " WHERE " + t.live + c.quoted + " = $1"
	}
	if c != t.id && t.id != nil {
		text += " ORDER BY " + t.id.quoted + " LIMIT 1"
	}
	rows, err := Select[T](tx, text, value)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, notFound(t, value)
	}
	return rows[0], nil
}

// First is the first row of a query; cloud.NotFound when there is none.
func First[T any](tx *Tx, q cloud.Query) (*T, error) {
	q.Limit = 1
	rows, err := Find[T](tx, q)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, notFound(tableOf[T](), nil)
	}
	return rows[0], nil
}

// notFound is what a missing row is answered with; None tells it from failures.
// A closed row is missing for whoever did not ask for closed ones.
func notFound(t *table, name any) error {
	if name == nil {
		return cloud.Errorf(cloud.NotFound, t.name+".not_found", "there is no such %s", t.noun())
	}
	return cloud.Errorf(cloud.NotFound, t.name+".not_found", "there is no %s %v", t.noun(), name)
}

// Select reads rows by hand-written SQL that gives all columns of T in their
// order: "SELECT "+Columns[T]()+" FROM ...".
func Select[T any](tx *Tx, query string, args ...any) ([]*T, error) {
	return scan[T](tx, tableOf[T](), query, args)
}

// mostTogether is how many rows are made at once: one by one, a page is a
// hundred allocations, and whoever keeps a single row keeps those beside it.
const mostTogether = 64

// scan reads rows that have the columns of t.
func scan[T any](tx *Tx, t *table, query string, args []any) ([]*T, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", t.name, err)
	}
	defer rows.Close()
	var list []*T
	var together []T
	cells, dest := t.cells()
	for rows.Next() {
		if len(together) == cap(together) {
			together = make([]T, 0, min(2*cap(together)+1, mostTogether))
		}
		together = together[:len(together)+1]
		row := &together[len(together)-1]
		v := reflect.ValueOf(row).Elem()
		point(cells, v)
		if err := rows.Scan(dest...); err != nil {
			return nil, fmt.Errorf("read %s: %w", t.name, err)
		}
		if t.narrow {
			v.FieldByIndex(t.mark).SetBool(true)
		}
		list = append(list, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find %s: %w", t.name, tx.fail(err))
	}
	return list, remember(tx, t, list...)
}

// Integers reads one column by hand-written SQL.
func Integers(tx *Tx, query string, args ...any) ([]int64, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	if err := rows.Err(); err != nil {
		return nil, tx.fail(err)
	}
	return list, nil
}

// Columns lists the columns of T for hand-written SQL, qualified by the table.
func Columns[T any]() string { return tableOf[T]().list }

// Insert stores a new row. It sets the ID (also when one is set, because a
// Write may run again with the same struct), and UID, Created and Updated
// where they are zero.
func Insert[T any](tx *Tx, row *T) error {
	t := tableOf[T]()
	v, args, err := t.prepared(tx, row)
	if err != nil {
		return err
	}
	id, err := t.insert(tx, args)
	if err != nil {
		return fmt.Errorf("insert %s: %w", t.name, err)
	}
	if t.id != nil {
		v.FieldByIndex(t.id.Index).SetInt(id)
	}
	return remember(tx, t, row)
}

// Add is Insert for a row whose ID nobody asks for: it is not set.
func Add[T any](tx *Tx, row *T) error {
	t := tableOf[T]()
	_, args, err := t.prepared(tx, row)
	if err != nil {
		return err
	}
	if !tx.write {
		return errors.New("store: a Read changes nothing")
	}
	tx.touch(t.name)
	if line, ok := tx.q.(*pgLine); ok {
		line.take(t.name)
	}
	if err := tx.later(deferred{text: t.ins, args: args}); err != nil {
		return fmt.Errorf("insert %s: %w", t.name, err)
	}
	return nil
}

// prepared sets what a new row has by itself and gives its values.
func (t *table) prepared(tx *Tx, row any) (v reflect.Value, args []any, err error) {
	if m, ok := row.(interface{ GetMeta() *cloud.Meta }); ok {
		meta := m.GetMeta()
		if meta.UID.IsZero() {
			meta.UID = tx.UID()
		}
		if meta.Created.IsZero() {
			meta.Created = tx.Now()
		}
		if meta.Updated.IsZero() {
			meta.Updated = tx.Now()
		}
	}
	v = reflect.ValueOf(row).Elem()
	if err := t.whole(v); err != nil {
		return v, nil, fmt.Errorf("insert %w", err)
	}
	if args, err = t.values(v); err != nil {
		return v, nil, fmt.Errorf("insert %w", err)
	}
	return v, args, nil
}

// insert runs the statement. SQLite tells the id beside the result; asking for
// it with RETURNING would cost a second step.
func (t *table) insert(tx *Tx, args []any) (id int64, err error) {
	if !tx.write {
		return 0, errors.New("store: a Read changes nothing")
	}
	tx.touch(t.name)
	if t.id == nil {
		return 0, tx.later(deferred{text: t.ins, args: args})
	}
	if line, ok := tx.q.(*pgLine); ok {
		if id, err = line.next(t.name); err != nil {
			return 0, tx.fail(err)
		}
		if id != 0 {
			return id, tx.later(deferred{text: t.ins + " RETURNING id", args: args, id: id})
		}
	}
	if tx.Engine() == Postgres {
		rows, err := tx.query(t.ins+" RETURNING id", args)
		row := Row{tx: tx, rows: rows, err: err}
		err = row.Scan(&id)
		return id, err
	}
	res, err := tx.exec(t.ins, args)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// Update stores a row under its id: all of it, or what changed since this
// transaction read or wrote it. Updated is the caller's business: it moves only
// with writes that a user can see.
func Update[T any](tx *Tx, row *T) error {
	t := tableOf[T]()
	if t.id == nil {
		return fmt.Errorf("store: %s has no id to update by", t.name)
	}
	v := reflect.ValueOf(row).Elem()
	if !tx.write {
		return errors.New("store: a Read changes nothing")
	}
	if err := t.whole(v); err != nil {
		return fmt.Errorf("update %w", err)
	}
	text, args, marks, err := t.update(v, tx.seen[row])
	if err != nil || text == "" {
		return err
	}
	for _, mark := range marks {
		tx.touch(mark)
	}
	id := v.FieldByIndex(t.id.Index).Int()
	if err := tx.later(deferred{text: text, args: args, none: notFound(t, id)}); err != nil {
		return fmt.Errorf("update %s %d: %w", t.name, id, err)
	}
	return remember(tx, t, row)
}

// Delete removes a row for good; cloud.NotFound when there is none. Nouns that
// stay readable are closed instead, with Update.
func Delete[T any](tx *Tx, id int64) error {
	t := tableOf[T]()
	if !tx.write {
		return errors.New("store: a Read changes nothing")
	}
	tx.touch(t.name)
	err := tx.later(deferred{text: "DELETE FROM " + quote(t.name) + " WHERE id = $1", args: []any{id}, none: notFound(t, id)})
	if err != nil {
		return fmt.Errorf("delete %s %d: %w", t.name, id, err)
	}
	return nil
}

// None tells whether an error only says that there is no such row.
func None(err error) bool {
	return errors.Is(err, sql.ErrNoRows) || cloud.IsKind(err, cloud.NotFound)
}
