package store

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/virga-cloud/virga/internal/cloud"
)

// views are the tables that have only some of the columns of another one. There
// are as many as lists of columns in the program.
var views sync.Map // name of the table, columns -> *table

// columnsOf is what a query reads: what it asks for, and what its rows are ordered
// by, for that says where the next page begins.
func columnsOf(q cloud.Query) []string {
	if q.Only == nil {
		return nil
	}
	list := slices.Clone(q.Only)
	for _, o := range q.Order {
		list = inCase(list, o.Case)
		list = inCase(list, o.Settled)
		if o.Field != "" {
			list = append(list, o.Field)
		}
	}
	return list
}

// inCase adds the columns that a computed value follows from.
func inCase(list []string, c *cloud.Case) []string {
	if c == nil {
		return list
	}
	results := []any{c.Else}
	for _, b := range c.Branches {
		list = inCond(list, b.When)
		results = append(results, b.Then)
	}
	for _, r := range results {
		if name, ok := r.(cloud.Col); ok {
			list = append(list, string(name))
		}
	}
	return list
}

func inCond(list []string, c cloud.Cond) []string {
	if c.Field != "" {
		list = append(list, c.Field)
	}
	if other, ok := c.Value.(string); ok && slices.Contains([]cloud.Op{cloud.OpColEq, cloud.OpColLt, cloud.OpColGt}, c.Op) {
		list = append(list, other)
	}
	list = inCase(list, c.Case)
	for _, k := range c.Kids {
		list = inCond(list, k)
	}
	return list
}

// only is the table as a query with these columns sees it. All columns can still
// be asked about; only those are read, and the id. A Write reads everything: what
// it reads it may write.
func (t *table) only(columns []string, whole bool) (*table, error) {
	if columns == nil {
		return t, nil
	}
	key := t.name + " " + strings.Join(columns, " ")
	v, ok := views.Load(key)
	if !ok {
		narrow, err := t.view(columns)
		if err != nil {
			return nil, err
		}
		v, _ = views.LoadOrStore(key, narrow)
	}
	if whole {
		return t, nil
	}
	return v.(*table), nil
}

func (t *table) view(columns []string) (*table, error) {
	if t.mark == nil || t.id == nil {
		return nil, fmt.Errorf("store: rows of %s are read whole, for nothing would say that they lack columns", t.name)
	}
	for _, name := range columns {
		if t.byName[name] == nil {
			return nil, fmt.Errorf("store: %s has no column %q", t.name, name)
		}
	}
	out := *t
	out.cols, out.narrow, out.ins = nil, true, ""
	var list []string
	for _, c := range t.cols {
		if c.Name == t.id.Name || slices.Contains(columns, c.Name) {
			out.cols, list = append(out.cols, c), append(list, c.quoted)
		}
	}
	out.list = strings.Join(list, ", ")
	out.sel = "SELECT " + out.list + " FROM " + quote(t.name)
	return &out, nil
}

// whole refuses a row that lacks columns: writing it would empty them.
func (t *table) whole(row reflect.Value) error {
	if t.mark != nil && row.FieldByIndex(t.mark).Bool() {
		return fmt.Errorf("%s: only some columns of the row were read", t.name)
	}
	return nil
}
