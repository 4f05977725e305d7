package cloudcix

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

// listing says where the names of one list are found. Which names there are and
// with which operators is the contract's to say, how their values are read
// follows from the columns; what stands here is only what neither can know.
type listing struct {
	op    op.Spec
	rows  reflect.Type           // what is listed, or a row made of it that is looked at in Go
	named map[string]column      // names that are not the column of the same name
	order map[string]cloud.Order // orders that are not those of the filter of the same name
}

// listings are all lists of this dialect.
var listings = []listing{
	addresses, allocations, asns, blacklists, hosts, images, interfaces, ipAddressGroups, ipAddresses, poolIPs, projects,
	serverTypes, storages, spaces, storageTypes, subnets, users, virtualRouters, vmHistories, vms, whitelists,
}

// column is what a name of the contract stands for in the core.
type column struct {
	field  string       // column of the rows
	state  *cloud.Case  // or a computed number
	of     *relation    // the column is one of another row
	inGo   reflect.Type // the column is one of a row of this type, which is made after the query
	list   string       // the column is a list, and one of it that fits is enough: each is a listItem
	own    func(f searchFilter) (cloud.Cond, bool)
	zero   bool      // 0 is a value here; in other references it is none
	values valueKind // follows from the type of the column
	null   bool      // likewise: the column has nulls
}

// relation leads from the listed rows to others: rows whose via column is the
// id of one of them.
type relation struct {
	via  string
	rows reflect.Type
	then *relation // from there on to others
}

// within is the condition on the rows that a relation begins at, for one on those
// where it ends.
func (r *relation) within(c cloud.Cond) cloud.Cond {
	if r.then != nil {
		c = r.then.within(c)
	}
	return cloud.In(r.via, cloud.Sub{Kind: cloud.Snake(r.rows.Name()), Column: "id", Where: c, Closed: true})
}

// valueKind is how the value of a filter is read.
type valueKind int

const (
	number valueKind = iota
	words
	truth
	moment
)

// list is a listing that fits the contract.
type list struct {
	table searchTable
	cols  map[string]column
	order map[string]cloud.Order
}

// newLists fits listings to the contract: those of all built operations that the
// contract orders, and no others.
func newLists(all []listing, built wire.Handlers) (map[string]*list, error) {
	lists := map[string]*list{}
	var problems []error
	for _, l := range all {
		fitted, err := l.fit()
		problems = append(problems, err)
		lists[l.op.ID] = fitted
	}
	for _, o := range wirespec.Operations {
		_, listed := lists[o.ID]
		switch _, ok := built[o.ID]; {
		case ok && len(o.Orders) > 0 && !listed:
			problems = append(problems, fmt.Errorf("%s is built and nothing says where its names are found", o.ID))
		case listed && !ok:
			problems = append(problems, fmt.Errorf("%s has a listing and is not built", o.ID))
		}
	}
	return lists, errors.Join(problems...)
}

// fit finds a column for each name of the contract.
func (l listing) fit() (*list, error) {
	out := &list{table: newSearchTable(l.op), cols: map[string]column{}, order: map[string]cloud.Order{}}
	var problems []error
	for _, f := range l.op.Filters {
		c, err := l.column(f.Name)
		problems = append(problems, err)
		out.cols[f.Name] = c
	}
	for _, name := range l.op.Orders {
		o, ok := l.order[name]
		if !ok {
			c, filter := out.cols[name]
			var err error
			if !filter {
				c, err = l.column(name)
			}
			if err == nil && (c.of != nil || c.own != nil || c.inGo != nil) {
				err = fmt.Errorf("%s: the order %s is not that of a column of %s", l.op.ID, name, l.rows)
			}
			problems = append(problems, err)
			o = cloud.Order{Field: c.field, Case: c.state}
		} else if _, _, err := columnOf(l.rows, o.Field); err != nil && o.Case == nil {
			problems = append(problems, fmt.Errorf("%s: the order %s: %w", l.op.ID, name, err))
		}
		out.order[name] = o
	}
	for _, name := range slices.Sorted(maps.Keys(l.named)) {
		if !slices.Contains(l.op.Orders, name) && !slices.ContainsFunc(l.op.Filters, func(f op.Filter) bool { return f.Name == name }) {
			problems = append(problems, fmt.Errorf("%s: the contract knows no filter or order %s", l.op.ID, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.order)) {
		if !slices.Contains(l.op.Orders, name) {
			problems = append(problems, fmt.Errorf("%s: the contract knows no order %s", l.op.ID, name))
		}
	}
	return out, errors.Join(problems...)
}

// column finds what a name stands for and how its values are read.
func (l listing) column(name string) (column, error) {
	c, ok := l.named[name]
	if !ok {
		c.field = name
	}
	rows := l.rows
	switch {
	case c.of != nil:
		for r := c.of; r != nil; r = r.then {
			if _, _, err := columnOf(rows, r.via); err != nil {
				return c, fmt.Errorf("%s: %s: %w", l.op.ID, name, err)
			}
			rows = r.rows
		}
	case c.inGo != nil:
		rows = c.inGo
	}
	if c.own != nil || c.state != nil {
		return c, nil
	}
	t, null, err := columnOf(rows, c.field)
	if err != nil {
		return c, fmt.Errorf("%s: nothing says where %s is found: %w", l.op.ID, name, err)
	}
	if t == reflect.TypeFor[[]int64]() {
		c.list, c.field = c.field, "item"
		t, null, _ = columnOf(reflect.TypeFor[listItem](), c.field)
	}
	c.null = null
	switch t.Kind() {
	case reflect.String:
		c.values = words
	case reflect.Bool:
		c.values = truth
	case reflect.Int, reflect.Int64:
		c.values = number
	default:
		if t != reflect.TypeFor[time.Time]() {
			return c, fmt.Errorf("%s: %s cannot be compared with the text of a filter, since %s is %s", l.op.ID, name, c.field, t)
		}
		c.values = moment
	}
	return c, nil
}

// listItem is one of a list of ids, nil where the list is empty.
type listItem struct{ Item *int64 }

// listItems are those of a record's list.
func listItems(record any, list string) []any {
	v := reflect.ValueOf(record)
	for _, c := range cloud.Columns(v.Type()) {
		if ids, ok := v.FieldByIndex(c.Index).Interface().([]int64); ok && c.Name == list && len(ids) > 0 {
			out := make([]any, len(ids))
			for i := range ids {
				out[i] = listItem{&ids[i]}
			}
			return out
		}
	}
	return []any{listItem{}}
}

// columnOf gives the type of a column, without a pointer, and whether there was one.
func columnOf(rows reflect.Type, name string) (t reflect.Type, null bool, err error) {
	for _, c := range cloud.Columns(rows) {
		if c.Name == name {
			if c.Type.Kind() == reflect.Pointer {
				return c.Type.Elem(), true, nil
			}
			return c.Type, false, nil
		}
	}
	return nil, false, fmt.Errorf("%s has no column %q", rows, name)
}

// asked is the list that a request is about and what it asked for.
func (a *API) asked(r *wire.Request) (*list, searchList) {
	l := a.lists[r.Op.ID]
	return l, l.table.parse(r.Query)
}

// errValue is the 400 of a value that the column cannot take.
func errValue(name, value string) error {
	return cloud.Errorf(cloud.Invalid, "list.value", "The value %q cannot be compared with %s.", value, name)
}

// query translates what a list was asked for.
func (l *list) query(s searchList) (cloud.Query, error) {
	var q cloud.Query
	all, err := l.conds(s.Filters)
	if err != nil {
		return q, err
	}
	for i, f := range s.Filters {
		if f.Exclude {
			all[i] = cloud.Not(all[i])
		}
	}
	q.Where = cloud.And(all...)
	o := l.order[s.Order]
	o.Desc = s.Desc
	q.Order = []cloud.Order{o}
	return q.Page(s.Limit, s.Offset()), nil
}

// maxIn is how many values the lists of one request may have together. Addresses
// beyond 8 KiB do not get through the usual proxies, and a thousand ids fill as
// much; ten times as many still cost the store only 20 ms more, but what is looked
// at in Go compares each record with each of them.
const maxIn = 1000

// conds translates filters, those that exclude like the others.
func (l *list) conds(filters []searchFilter) ([]cloud.Cond, error) {
	all, values := make([]cloud.Cond, len(filters)), 0
	for i, f := range filters {
		if values += len(f.List); values > maxIn {
			return nil, cloud.Errorf(cloud.Invalid, "list.value",
				"The lists of values have more than %d together, which is what one request may ask for.", maxIn)
		}
		var err error
		if all[i], err = l.cols[f.Name].cond(f); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// cond translates one filter.
func (c column) cond(f searchFilter) (cloud.Cond, error) {
	if c.own != nil {
		cond, ok := c.own(f)
		if !ok {
			return cond, errValue(f.Name, f.Value)
		}
		return cond, nil
	}
	cond, err := c.compare(f)
	if err == nil && f.Op != "isnull" && c.reference() {
		// What is shown as null is less than nothing, though it is stored as 0.
		stored := c
		stored.field = "none"
		if alike, _ := stored.compare(f); alike.Match(struct{ None int64 }{}) {
			cond = cloud.And(cloud.Not(c.nothing()), cond)
		}
	}
	if err == nil && c.of != nil {
		cond = c.of.within(cond)
	}
	return cond, err
}

// operators maps those that take one value.
var operators = map[string]cloud.Op{
	"": cloud.OpEq, "gt": cloud.OpGt, "gte": cloud.OpGte, "lt": cloud.OpLt, "lte": cloud.OpLte,
	"icontains": cloud.OpIContains, "istartswith": cloud.OpIStarts, "iendswith": cloud.OpIEndsWith, "iexact": cloud.OpIEq,
}

func (c column) compare(f searchFilter) (cloud.Cond, error) {
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
		values := make([]any, len(f.List))
		for i, text := range f.List {
			v, ok := c.values.value(text)
			if !ok {
				return cloud.Cond{}, errValue(f.Name, text)
			}
			values[i] = v
		}
		return is(cloud.OpIn, values), nil // of nothing: nothing
	case "range":
		lo, ok1 := c.values.value(f.List[0])
		hi, ok2 := c.values.value(f.List[1])
		if !ok1 || !ok2 {
			return cloud.Cond{}, errValue(f.Name, f.Value)
		}
		return cloud.And(is(cloud.OpGte, lo), is(cloud.OpLte, hi)), nil
	}
	v, ok := c.values.value(f.Value)
	if !ok {
		return cloud.Cond{}, errValue(f.Name, f.Value)
	}
	return is(operators[f.Op], v), nil
}

// nothing holds where the wire shows null: references that are 0 and texts that
// are empty are stored so.
func (c column) nothing() cloud.Cond {
	switch {
	case c.state != nil:
		return cloud.Or()
	case c.reference():
		return cloud.Eq(c.field, 0)
	case c.values == words && !c.null:
		return cloud.Eq(c.field, "")
	}
	return cloud.Cond{Op: cloud.OpNull, Field: c.field}
}

// reference tells columns in which 0 stands for none.
func (c column) reference() bool {
	return c.state == nil && c.values == number && !c.null && !c.zero && strings.HasSuffix(c.field, "_id")
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

// split parts filters of stored columns from those that are looked at in Go.
func (l *list) split(all []searchFilter) (stored, inGo []searchFilter) {
	for _, f := range all {
		if l.cols[f.Name].inGo != nil {
			inGo = append(inGo, f)
		} else {
			stored = append(stored, f)
		}
	}
	return stored, inGo
}

// sift filters, orders and pages records that were gathered in Go: catalogues,
// whose filters go into lists, and what is no column. They are few. rows gives
// what a record can be filtered and ordered by; several when it has lists of
// records, and then one that fits is enough. Without an order they stay as they are.
func sift[T any](items []T, s searchList, l *list, rows func(T) []any) ([]T, int64, error) {
	out := []T{}
	conds, err := l.conds(s.Filters)
	if err != nil {
		return nil, 0, err
	}
	for _, item := range items {
		fits := true
		for i, c := range conds {
			in := rows(item)
			if list := l.cols[s.Filters[i].Name].list; list != "" {
				in = listItems(in[0], list)
			}
			fits = fits && slices.ContainsFunc(in, c.Match) != s.Filters[i].Exclude
		}
		if fits {
			out = append(out, item)
		}
	}
	if s.Order != "" {
		o := l.order[s.Order]
		o.Desc = s.Desc
		id := cloud.Order{Field: "id", Desc: s.Desc} // as the store does it
		slices.SortFunc(out, func(a, b T) int {
			x, y := rows(a)[0], rows(b)[0]
			return cmp.Or(o.Compare(x, y), id.Compare(x, y))
		})
	}
	return wire.Slice(out, s.Offset(), s.Limit), int64(len(out)), nil
}
