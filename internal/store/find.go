package store

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Find reads the rows of a query in its order; ties, and queries without an
// order, are in the order of their ids, so that pages never overlap.
func Find[T any](tx *Tx, q cloud.Query) ([]*T, error) {
	t, err := tableOf[T]().only(columnsOf(q), tx.write || tx.db.opt.Whole)
	if err != nil {
		return nil, err
	}
	if q.Where, err = narrowed(tx, t, q.Where); err != nil {
		return nil, err
	}
	q, late, err := settle(tx, t, q)
	if err != nil {
		return nil, err
	}
	if t.id == nil || q.Offset == 0 && len(late) == 0 {
		b := builder{engine: tx.Engine()}
		text, err := b.query(t, q)
		if err != nil {
			return nil, err
		}
		rows, err := scan[T](tx, t, text, b.args)
		if err != nil {
			return nil, err
		}
		return rows, ended(tx, t, q, late, rows)
	}
	// Rows are skipped by what an index has: reading all columns of what is
	// skipped makes a page in the middle slow.
	var ids []int64
	if len(late) > 0 {
		ids, err = merged(tx, t, q, late)
	} else {
		ids, err = skipped(tx, t, q)
	}
	if err != nil {
		return nil, err
	}
	rows, err := these[T](tx, t, ids)
	if err != nil {
		return nil, err
	}
	return rows, ended(tx, t, q, late, rows)
}

// these reads rows in the order of the ids.
func these[T any](tx *Tx, t *table, ids []int64) ([]*T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	b := builder{engine: tx.Engine()}
	text, err := b.query(t, cloud.Query{Where: cloud.In("id", ids), Closed: true})
	if err != nil {
		return nil, err
	}
	rows, err := scan[T](tx, t, text, b.args)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]*T, len(rows))
	for _, row := range rows {
		byID[reflect.ValueOf(row).Elem().FieldByIndex(t.id.Index).Int()] = row
	}
	rows = rows[:0]
	for _, id := range ids {
		if row := byID[id]; row != nil {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// skipped are the ids of a page behind others, on the shortest way that is known.
func skipped(tx *Tx, t *table, q cloud.Query) ([]int64, error) {
	p := route{skip: q.Offset, limit: q.Limit}
	if q.Limit > 0 {
		var err error
		if p, err = way(tx, t, q); err != nil {
			return nil, err
		}
	}
	if p.behind == nil {
		list, err := keys(tx, t, q.Where, q.Closed, turned(q.Order, p.reverse), p.limit, p.skip)
		ids := idsOf(list)
		if p.reverse {
			slices.Reverse(ids)
		}
		return ids, err
	}
	return beyond(tx, t, q, p)
}

// way is the shortest way to a page.
func way(tx *Tx, t *table, q cloud.Query) (route, error) {
	p := route{skip: q.Offset, limit: q.Limit}
	key, pages, err := orderKey(tx, t, q)
	if err != nil || key == "" {
		return p, err
	}
	r, ok := tx.db.changes.recall(tx.moment, key)
	if !ok {
		r = recalled{total: -1}
		tx.db.changes.note(tx.moment, key, pages, func(*recalled) {}) // who comes again may be worth a count
	}
	ckey, needs, err := countKey(tx, t, q)
	if err != nil {
		return p, err
	}
	c, counted := tx.db.changes.recall(tx.moment, ckey)
	switch {
	case counted:
		r.total = c.total
	case r.asked > 1 && q.Offset > tx.db.changes.worth:
		if r.total, err = count(tx, t, q); err != nil {
			return p, err
		}
		tx.db.changes.note(tx.moment, ckey, needs, func(c *recalled) { c.total = r.total })
	}
	return r.nearest(q.Limit, q.Offset), nil
}

// beyond are the ids behind a bound: those that tie with it, then the rest. One
// condition for both would make the database step through all that tie.
func beyond(tx *Tx, t *table, q cloud.Query, p route) ([]int64, error) {
	o, _ := single(t, q.Order)
	more := map[bool]cloud.Op{false: cloud.OpGt, true: cloud.OpLt}[o.Desc]
	after := cloud.Cond{Op: more, Field: o.Field, Case: o.Case, Value: p.behind.value}
	if o.Field == "id" {
		list, err := keys(tx, t, cloud.And(q.Where, after), q.Closed, q.Order, p.limit, p.skip)
		return idsOf(list), err
	}
	equal := after
	equal.Op = cloud.OpEq
	ties := cloud.And(q.Where, equal, cloud.Cmp(more, "id", p.behind.id))
	all := p.skip + p.limit
	list, err := keys(tx, t, ties, q.Closed, []cloud.Order{{Field: "id", Desc: o.Desc}}, all, 0)
	if err != nil {
		return nil, err
	}
	if n := all - len(list); n > 0 {
		rest, err := keys(tx, t, cloud.And(q.Where, after), q.Closed, q.Order, n, 0)
		if err != nil {
			return nil, err
		}
		list = append(list, rest...)
	}
	return idsOf(list[min(p.skip, len(list)):]), nil
}

// turned is an order from its other end.
func turned(list []cloud.Order, reverse bool) []cloud.Order {
	if !reverse {
		return list
	}
	if len(list) == 0 {
		return []cloud.Order{{Field: "id", Desc: true}}
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].Desc = !list[i].Desc
	}
	return list
}

// key is a row as far as its place in an order goes.
type key struct {
	value any // what it is ordered by; nil when only the id was asked for
	id    int64
}

func idsOf(list []key) []int64 {
	ids := make([]int64, len(list))
	for i, k := range list {
		ids[i] = k.id
	}
	return ids
}

// keys reads the ids of a part of the rows.
func keys(tx *Tx, t *table, where cloud.Cond, closed bool, order []cloud.Order, limit, offset int) ([]key, error) {
	return keysWith(tx, t, nil, where, closed, order, nil, limit, offset)
}

// keysWith also reads the value of a Case. among says which rows come into
// question at all; nil: all of them.
func keysWith(
	tx *Tx, t *table, among []int64, where cloud.Cond, closed bool, order []cloud.Order, with *cloud.Case, limit, offset int,
) ([]key, error) {
	b := builder{engine: tx.Engine()}
	value, from := operand{sql: "0"}, quote(t.name)
	var err error
	if with != nil {
		if value, err = b.caseOf(t, with); err != nil {
			return nil, err
		}
	}
	if among != nil {
		few, err := b.cond(t, cloud.In("id", among))
		if err != nil {
			return nil, err
		}
		// With a limit, so that nobody begins with the other conditions instead.
		from = "(SELECT * FROM " + from + " WHERE " + few + b.page(len(among), 0) + ") AS " + from
	}
	cond, err := b.where(t, where, closed)
	if err != nil {
		return nil, err
	}
	by, err := b.order(t, order)
	if err != nil {
		return nil, err
	}
	text := "SELECT " + t.id.quoted + ", " + value.sql + " FROM " + from + cond + by + b.page(limit, offset)
	rows, err := tx.Query(text, b.args...)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", t.name, err)
	}
	defer rows.Close()
	var list []key
	for rows.Next() {
		var k key
		if err := rows.Scan(&k.id, &k.value); err != nil {
			return nil, fmt.Errorf("read %s: %w", t.name, err)
		}
		list = append(list, k)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find %s: %w", t.name, tx.fail(err))
	}
	return list, nil
}

// maxLate bounds how many rows are put into their places one by one.
const maxLate = 1000

// settle chooses what a query with an unsettled order is ordered by: what the index
// has, with the few rows that stand elsewhere beside it, or the Case itself.
func settle(tx *Tx, t *table, q cloud.Query) (cloud.Query, []key, error) {
	if len(q.Order) != 1 || q.Order[0].Settled == nil {
		return q, nil, nil
	}
	o := q.Order[0]
	var late []key
	many := t.id == nil
	if q.Limit > 0 && t.id != nil {
		all, err := keys(tx, t, o.Unsettled, true, nil, maxLate+1, 0)
		if len(all) > 0 && len(all) <= maxLate {
			late, err = keysWith(tx, t, idsOf(all), q.Where, q.Closed, nil, o.Case, 0, 0)
		}
		if err != nil {
			return q, nil, err
		}
		many = len(all) > maxLate
	}
	if q.Limit == 0 || many {
		q.Order = []cloud.Order{{Case: o.Case, Desc: o.Desc}}
		return q, nil, nil
	}
	q.Order = []cloud.Order{{Case: o.Settled, Desc: o.Desc}}
	return q, late, nil
}

// merged are the ids of a page of rows that are in the order of an index, but for
// the late ones. At most as many rows as there are late ones stand elsewhere by
// at most that many places, so the window of the index begins that much earlier.
func merged(tx *Tx, t *table, q cloud.Query, late []key) ([]int64, error) {
	o := q.Order[0]
	compare := func(x, y key) int {
		c := cmp.Or(comparePlain(x.value, y.value), cmp.Compare(x.id, y.id))
		if o.Desc {
			return -c
		}
		return c
	}
	slices.SortFunc(late, compare)
	from := max(0, q.Offset-len(late))
	where := cloud.And(q.Where, cloud.Not(cloud.In("id", idsOf(late))))
	list, err := keysWith(tx, t, nil, where, q.Closed, q.Order, o.Case, q.Offset-from+q.Limit, from)
	if err != nil {
		return nil, err
	}
	at, next := from, 0
	var ids []int64
	for len(ids) < q.Limit && (len(list) > 0 || next < len(late)) {
		var k key
		if len(list) == 0 || next < len(late) && compare(late[next], list[0]) < 0 {
			k = late[next]
			next++
		} else {
			k, list = list[0], list[1:]
		}
		if at++; at > q.Offset {
			ids = append(ids, k.id)
		}
	}
	return ids, nil
}

// comparePlain orders two values of one Case.
func comparePlain(x, y any) int {
	if s, ok := x.(string); ok {
		other, _ := y.(string)
		return strings.Compare(s, other)
	}
	a, _ := x.(int64)
	b, _ := y.(int64)
	return cmp.Compare(a, b)
}

// Distinct gives the different numbers above 0 that a column of live rows has, in order. It
// goes from each to the next by an index that begins with what where compares and
// goes on with the column, however many rows have the same.
func Distinct[T any](tx *Tx, column string, where ...cloud.Cond) ([]int64, error) {
	t := tableOf[T]()
	c := t.byName[column]
	if c == nil || c.class != classInt {
		return nil, fmt.Errorf("store: %s has no column %q of numbers", t.name, column)
	}
	b := builder{engine: tx.Engine()}
	which, err := b.where(t, cloud.And(where...), false)
	if err != nil {
		return nil, err
	}
	// One bound of the column only: with a second one, SQLite begins at that each time,
	// and steps through all rows before the next number.
	next := fmt.Sprintf("(SELECT min(%s) FROM %s%s AND %s > d.v)", c.quoted, quote(t.name), which, c.quoted)
	list, err := Integers(tx, `WITH RECURSIVE d(v) AS (SELECT CAST(0 AS bigint) UNION ALL SELECT `+next+`
		FROM d WHERE d.v IS NOT NULL) SELECT v FROM d WHERE v > 0`, b.args...)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", column, t.name, err)
	}
	return list, nil
}

// Count tells how many rows a query has, without its limit and offset.
func Count[T any](tx *Tx, q cloud.Query) (int64, error) {
	t := tableOf[T]()
	key, needs, err := countKey(tx, t, q)
	if err != nil {
		return 0, err
	}
	if !tx.remembers() {
		return count(tx, t, q)
	}
	if r, ok := tx.db.changes.recall(tx.moment, key); ok {
		return r.total, nil
	}
	n, err := count(tx, t, q)
	if err == nil {
		tx.db.changes.note(tx.moment, key, needs, func(r *recalled) { r.total = n })
	}
	return n, err
}

func count(tx *Tx, t *table, q cloud.Query) (n int64, err error) {
	if q.Where, err = narrowed(tx, t, q.Where); err != nil {
		return 0, err
	}
	b := builder{engine: tx.Engine()}
	where, err := b.where(t, q.Where, q.Closed)
	if err != nil {
		return 0, err
	}
	if err := tx.QueryRow("SELECT count(*) FROM "+quote(t.name)+where, b.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count %s: %w", t.name, err)
	}
	return n, nil
}

// countKey names what Count of a query remembers.
func countKey(tx *Tx, t *table, q cloud.Query) (string, []string, error) {
	b := builder{engine: tx.Engine()}
	where, err := b.where(t, q.Where, q.Closed)
	return recallKey("count "+t.name+where, b.args), b.needs, err
}

// orderKey names what is remembered of the pages of a query, "" when nothing is.
func orderKey(tx *Tx, t *table, q cloud.Query) (string, []string, error) {
	if _, ok := single(t, q.Order); !ok || !tx.remembers() {
		return "", nil, nil
	}
	b := builder{engine: tx.Engine()}
	where, err := b.where(t, q.Where, q.Closed)
	if err != nil {
		return "", nil, err
	}
	order, err := b.order(t, q.Order)
	return recallKey("page "+t.name+where+order, b.args), b.needs, err
}

// ended notes where a page ended.
func ended[T any](tx *Tx, t *table, q cloud.Query, late []key, rows []*T) error {
	if q.Limit == 0 || len(rows) < q.Limit || len(late) > 0 {
		return nil
	}
	name, needs, err := orderKey(tx, t, q)
	if err != nil || name == "" {
		return err
	}
	o, _ := single(t, q.Order)
	last := rows[len(rows)-1]
	b := bound{end: q.Offset + len(rows), value: o.Value(last), id: cloud.Order{Field: "id"}.Value(last).(int64)}
	tx.db.changes.note(tx.moment, name, needs, func(r *recalled) { r.at(b) })
	return nil
}
