package oneandone

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// source says where leaves of an element come from: what else may contain the
// text that is looked for need not be looked at. Every leaf has a source, which a
// test sees to.
type source struct {
	leaves []string // dotted names; elements of arrays have none
	// rows are conditions: a row one of whose leaves contains q fulfils at least one
	// of them. The zero condition is every row, none of them no row.
	rows func(t *control.Txn, q string) ([]cloud.Cond, error)
}

// every row: nothing tells which ones.
var every = []cloud.Cond{{}}

// words is the source of leaves that have one of a few texts, in any row.
func words(list ...string) func(*control.Txn, string) ([]cloud.Cond, error) {
	return func(_ *control.Txn, q string) ([]cloud.Cond, error) {
		if slices.ContainsFunc(list, func(w string) bool { return strings.Contains(strings.ToLower(w), q) }) {
			return every, nil
		}
		return nil, nil
	}
}

// own is what the listed row holds itself.
func own[R any](t *control.Txn, q string) ([]cloud.Cond, error) {
	ids, ok, err := control.Hits[R](t, q)
	return among("id", ids, ok), err
}

// below is what rows hold that name the listed one in a column.
func below[R any](column string) func(*control.Txn, string) ([]cloud.Cond, error) {
	return func(t *control.Txn, q string) ([]cloud.Cond, error) {
		ids, ok, err := control.HitsBy[R](t, column, q)
		return among("id", ids, ok), err
	}
}

// of is what a row holds that the listed one names in one of the columns. One that
// is missing there shows as zeros.
func of[R any](columns ...string) func(*control.Txn, string) ([]cloud.Cond, error) {
	return func(t *control.Txn, q string) (all []cloud.Cond, err error) {
		ids, ok, err := control.Hits[R](t, q)
		ok = ok && !strings.Contains(cloud.UID{}.String(), q)
		for _, c := range columns {
			// The same words as in the condition of the column's index.
			all = append(all, with(cloud.Ne(c, 0), among(c, ids, ok))...)
		}
		return all, err
	}
}

func among(column string, ids []int64, ok bool) []cloud.Cond {
	switch {
	case !ok:
		return every
	case len(ids) == 0:
		return nil
	}
	return []cloud.Cond{cloud.In(column, ids)}
}

func with(c cloud.Cond, all []cloud.Cond) []cloud.Cond {
	if len(all) == 0 || all[0].Op == cloud.OpTrue {
		return all
	}
	return []cloud.Cond{cloud.And(c, all[0])}
}

// most is how many rows are looked at because they may contain something. Text that
// more of them have is met soon enough when all are looked at in their order.
const most = 4000

// candidates are the rows that may contain q, in the order of their ids; few is
// false when they are not known or are many.
func (s long[E]) candidates(t *control.Txn, q string) (ids []int64, few bool, err error) {
	if s.keys == nil || utf8.RuneCountInString(q) < 3 {
		return nil, false, nil
	}
	var conds []cloud.Cond
	for _, from := range s.sources {
		more, err := from.rows(t, q)
		if err != nil || slices.ContainsFunc(more, func(c cloud.Cond) bool { return c.Op == cloud.OpTrue }) {
			return nil, false, err
		}
		conds = append(conds, more...)
	}
	for _, c := range conds {
		more, err := s.keys(t, cloud.Where(c).Page(most+1, 0))
		if err != nil {
			return nil, false, err
		}
		ids = append(ids, more...)
		slices.Sort(ids)
		if ids = slices.Compact(ids); len(ids) > most {
			return nil, false, nil
		}
	}
	return ids, true, nil
}

// visitor looks at one element; more is false when it has seen enough.
type visitor[E any] func(key int64, e E) (more bool, err error)

// look visits the elements that may contain q, in the order of the list.
func (s long[E]) look(t *control.Txn, l fieldList, order []cloud.Order, visit visitor[E]) error {
	ids, few, err := s.candidates(t, l.Q)
	switch {
	case err != nil:
		return err
	case few && len(order) > 0:
		q := cloud.Where(cloud.In("id", ids))
		q.Order = order
		if ids, err = s.keys(t, q); err != nil {
			return err
		}
		return s.those(t, ids, l, visit)
	case few:
		return s.those(t, ids, l, visit)
	case len(order) > 0:
		return s.walkBy(t, order, l, visit)
	}
	return s.walk(t, visit)
}

// those visits rows in the order of the keys, no more at a time than a page needs
// if nearly all of them are in it.
func (s long[E]) those(t *control.Txn, keys []int64, l fieldList, visit visitor[E]) error {
	for n := l.enough(); len(keys) > 0; n = min(2*n, batch) {
		n = min(n, len(keys))
		list, found, err := s.find(t, cloud.Where(cloud.In("id", keys[:n])))
		if err != nil {
			return err
		}
		at := make(map[int64]int, n)
		for i, k := range found {
			at[k] = i
		}
		for _, k := range keys[:n] {
			i, ok := at[k]
			if !ok {
				continue
			}
			if more, err := visit(k, list[i]); err != nil || !more {
				return err
			}
		}
		keys = keys[n:]
	}
	return nil
}

// walkBy visits everything in an order of the store.
func (s long[E]) walkBy(t *control.Txn, order []cloud.Order, l fieldList, visit visitor[E]) error {
	for n, from := l.enough(), 0; ; n = min(2*n, batch) {
		q := cloud.Query{Order: order}
		list, keys, err := s.find(t, q.Page(n, from))
		if err != nil {
			return err
		}
		for i, e := range list {
			if more, err := visit(keys[i], e); err != nil || !more {
				return err
			}
		}
		if len(keys) < n {
			return nil
		}
		from += n
	}
}

// enough is how many elements are read first for a page of those that contain
// something: all of the page and those before it, and some that are none.
func (l fieldList) enough() int {
	if l.PerPage == 0 || l.Offset() > batch {
		return batch
	}
	return min(batch, l.Offset()+l.PerPage+16)
}
