package cloudcix

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

// column says what a filter of table B stands for in the core.
type column struct {
	field string      // column of the listed rows
	state *cloud.Case // or a computed number
	kind  valueKind
	of    *relation // the column is one of another row
	own   func(f wire.Filter) (cloud.Cond, bool)
}

// relation leads from the listed rows to others: rows whose via column is the
// id of a row of kind.
type relation struct{ via, kind string }

// valueKind is how the value of a filter is read.
type valueKind int

const (
	number valueKind = iota
	words
	truth
	moment
)

// list is one line of table B with its translation.
type list struct {
	table wire.SearchTable
	cols  map[string]column
	order map[string]cloud.Order
}

// errValue is the 400 of a value that the column cannot take.
func errValue(name, value string) error {
	return cloud.Errorf(cloud.Invalid, "list.value", "The value %q cannot be compared with %s.", value, name)
}

// query translates what a list was asked for.
func (l *list) query(s wire.SearchList) (cloud.Query, error) {
	var q cloud.Query
	var all []cloud.Cond
	for _, f := range s.Filters {
		c, err := l.cols[f.Name].cond(f)
		if err != nil {
			return q, err
		}
		if f.Exclude {
			c = cloud.Not(c)
		}
		all = append(all, c)
	}
	q.Where = cloud.And(all...)
	o := l.order[s.Order]
	o.Desc = s.Desc
	q.Order = []cloud.Order{o}
	return q.Page(s.Limit, s.Offset()), nil
}

// cond translates one filter.
func (c column) cond(f wire.Filter) (cloud.Cond, error) {
	if c.own != nil {
		cond, ok := c.own(f)
		if !ok {
			return cond, errValue(f.Name, f.Value)
		}
		return cond, nil
	}
	cond, err := c.compare(f)
	if err == nil && c.of != nil {
		cond = cloud.In(c.of.via, cloud.Sub{Kind: c.of.kind, Column: "id", Where: cond, Closed: true})
	}
	return cond, err
}

// maxIn is how long a list of values may be; databases bound the number of
// parameters.
const maxIn = 10_000

// operators maps those that take one value.
var operators = map[string]cloud.Op{
	"": cloud.OpEq, "gt": cloud.OpGt, "gte": cloud.OpGte, "lt": cloud.OpLt, "lte": cloud.OpLte,
	"icontains": cloud.OpIContains, "istartswith": cloud.OpIStarts, "iendswith": cloud.OpIEndsWith, "iexact": cloud.OpIEq,
}

func (c column) compare(f wire.Filter) (cloud.Cond, error) {
	is := func(op cloud.Op, v any) cloud.Cond {
		return cloud.Cond{Op: op, Field: c.field, Case: c.state, Value: v}
	}
	switch f.Op {
	case "isnull":
		null, _ := f.Bool()
		if null {
			return c.nothing(), nil
		}
		return cloud.Not(c.nothing()), nil
	case "in":
		if len(f.List) > maxIn {
			return cloud.Cond{}, errValue(f.Name, "a list of that length")
		}
		values := make([]any, len(f.List))
		for i, text := range f.List {
			v, ok := c.kind.value(text)
			if !ok {
				return cloud.Cond{}, errValue(f.Name, text)
			}
			values[i] = v
		}
		return is(cloud.OpIn, values), nil // of nothing: nothing
	case "range":
		lo, ok1 := c.kind.value(f.List[0])
		hi, ok2 := c.kind.value(f.List[1])
		if !ok1 || !ok2 {
			return cloud.Cond{}, errValue(f.Name, f.Value)
		}
		return cloud.And(is(cloud.OpGte, lo), is(cloud.OpLte, hi)), nil
	}
	v, ok := c.kind.value(f.Value)
	if !ok {
		return cloud.Cond{}, errValue(f.Name, f.Value)
	}
	return is(operators[f.Op], v), nil
}

// nothing holds where the wire shows null: references that are 0 and texts that
// are empty are stored so.
func (c column) nothing() cloud.Cond {
	switch {
	case c.state != nil || c.field == "id":
		return cloud.Or()
	case c.kind == number && strings.HasSuffix(c.field, "_id"):
		return cloud.Eq(c.field, 0)
	case c.kind == words:
		return cloud.Eq(c.field, "")
	}
	return cloud.Cond{Op: cloud.OpNull, Field: c.field}
}

// value reads the text of a filter.
func (k valueKind) value(text string) (any, bool) {
	switch k {
	case words:
		return text, true
	case truth:
		switch strings.ToLower(text) {
		case "true", "1":
			return true, true
		case "false", "0":
			return false, true
		}
		return nil, false
	case moment:
		t, ok := parseStamp(text)
		return t, ok
	}
	switch strings.ToLower(text) { // the reference reads them as booleans first
	case "true":
		return int64(1), true
	case "false":
		return int64(0), true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// common are the columns that every row has.
func common(cols map[string]column) map[string]column {
	cols["id"] = column{field: "id"}
	cols["created"] = column{field: "created", kind: moment}
	cols["updated"] = column{field: "updated", kind: moment}
	return cols
}

// sift filters, orders and pages records that were gathered in Go: catalogues,
// whose filters go into lists, and orders over other rows. Both are small. rows
// gives what a record can be filtered by; several when it has lists, and then
// one that fits is enough.
func sift[T any](items []T, s wire.SearchList, l list, rows func(T) []any, order func(name string) func(a, b T) int) ([]T, int64, error) {
	out := []T{}
	conds := make([]cloud.Cond, len(s.Filters))
	for i, f := range s.Filters {
		var err error
		if conds[i], err = l.cols[f.Name].cond(f); err != nil {
			return nil, 0, err
		}
	}
	for _, item := range items {
		fits := true
		for i, c := range conds {
			fits = fits && slices.ContainsFunc(rows(item), c.Match) != s.Filters[i].Exclude
		}
		if fits {
			out = append(out, item)
		}
	}
	less := order(s.Order)
	slices.SortStableFunc(out, func(a, b T) int {
		if s.Desc {
			return less(b, a)
		}
		return less(a, b)
	})
	from := min(s.Offset(), len(out))
	return out[from:min(from+s.Limit, len(out))], int64(len(out)), nil
}

// compare orders numbers and texts.
func compare[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }
