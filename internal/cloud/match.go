package cloud

import (
	"bytes"
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Match evaluates the condition on a row: a struct or a pointer to one. It
// gives what SQL gives for the stored row. Logic has two values, not SQL's
// three: a comparison with null does not hold, so its opposite does. Letters
// are compared without case in ASCII only, because that is what both engines
// can do alike.
//
// It panics on an unknown column and on a Sub, which only the store can
// answer: both are mistakes of the program, never of a user.
func (c Cond) Match(row any) bool {
	return c.match(view(row))
}

// Of is the value of the first branch whose condition holds for the row.
func (c *Case) Of(row any) any { return c.of(view(row)) }

// Compare orders two rows, which may have different types if both have the
// column. Null comes before everything else.
func (o Order) Compare(a, b any) int {
	x, y := o.value(a), o.value(b)
	n, ok := compare(x, y)
	switch {
	case ok:
	case x.kind == null && y.kind != null:
		n = -1
	case x.kind != null && y.kind == null:
		n = 1
	}
	if o.Desc {
		return -n
	}
	return n
}

// Value is what a row is sorted by, in the plain form of its column.
func (o Order) Value(row any) any { return o.value(row).value() }

func (o Order) value(row any) plain { return Cond{Field: o.Field, Case: o.Case}.left(view(row)) }

func (c *Case) of(r rowView) any {
	for _, b := range c.Branches {
		if b.When.match(r) {
			return r.result(b.Then)
		}
	}
	return r.result(c.Else)
}

// result is what a branch of a Case gives.
func (r rowView) result(v any) any {
	if col, ok := v.(Col); ok {
		return r.get(string(col)).value()
	}
	return v
}

// rowView reads columns of one struct by name.
type rowView struct {
	v     reflect.Value
	paths map[string][]int
}

var pathsOf sync.Map // reflect.Type -> map[string][]int

func view(row any) rowView {
	v := reflect.Indirect(reflect.ValueOf(row))
	t := v.Type()
	if p, ok := pathsOf.Load(t); ok {
		return rowView{v, p.(map[string][]int)}
	}
	paths := map[string][]int{}
	for _, c := range Columns(t) {
		paths[c.Name] = c.Index
	}
	pathsOf.Store(t, paths)
	return rowView{v, paths}
}

func (r rowView) get(name string) plain {
	path, ok := r.paths[name]
	if !ok {
		panic(fmt.Sprintf("cloud: %s has no column %q", r.v.Type(), name))
	}
	v, ok := plainOf(r.v.FieldByIndex(path))
	if !ok {
		panic(fmt.Sprintf("cloud: column %q of %s cannot be compared", name, r.v.Type()))
	}
	return v
}

func (c Cond) match(r rowView) bool {
	switch c.Op {
	case OpTrue:
		return true
	case OpAnd:
		for _, k := range c.Kids {
			if !k.match(r) {
				return false
			}
		}
		return true
	case OpOr:
		for _, k := range c.Kids {
			if k.match(r) {
				return true
			}
		}
		return false
	case OpNot:
		return !c.Kids[0].match(r)
	}
	return c.holds(c.left(r), r)
}

// left is the value that the condition is about.
func (c Cond) left(r rowView) plain {
	if c.Case == nil {
		return r.get(c.Field)
	}
	v, _ := plainAny(c.Case.of(r))
	return v
}

// holds decides the conditions on one value.
func (c Cond) holds(left plain, r rowView) bool {
	switch c.Op {
	case OpNull:
		return left.kind == null
	case OpIn:
		return c.in(left)
	case OpColEq, OpColLt, OpColGt:
		n, ok := compare(left, r.get(c.Value.(string)))
		return ok && (c.Op == OpColEq && n == 0 || c.Op == OpColLt && n < 0 || c.Op == OpColGt && n > 0)
	}
	right, _ := plainAny(c.Value)
	switch c.Op {
	case OpEq:
		return equal(left, right)
	case OpNe:
		return !equal(left, right)
	case OpContains, OpIContains, OpStartsWith, OpIStarts, OpIEndsWith, OpIEq:
		return text(c.Op, left, right)
	}
	n, ok := compare(left, right)
	if !ok {
		return false
	}
	switch c.Op {
	case OpLt:
		return n < 0
	case OpLte:
		return n <= 0
	case OpGt:
		return n > 0
	case OpGte:
		return n >= 0
	}
	panic(fmt.Sprintf("cloud: unknown operator %q", c.Op))
}

func (c Cond) in(left plain) bool {
	if _, ok := c.Value.(Sub); ok {
		panic("cloud: a Sub can only be answered by the store")
	}
	if left.kind == null {
		return false
	}
	switch values := c.Value.(type) { // without reflection: what a user sent may be long, and states ask for texts
	case []any:
		return slices.ContainsFunc(values, func(v any) bool {
			p, ok := plainAny(v)
			return ok && p.kind != null && equal(left, p)
		})
	case []string:
		return left.kind == words && slices.Contains(values, left.s)
	}
	list := reflect.ValueOf(c.Value)
	for i := range list.Len() {
		if v, ok := plainOf(list.Index(i)); ok && v.kind != null && equal(left, v) {
			return true
		}
	}
	return false
}

// equal is Eq: null equals null only.
func equal(a, b plain) bool {
	if a.kind == null || b.kind == null {
		return a.kind == null && b.kind == null
	}
	n, ok := compare(a, b)
	return ok && n == 0
}

// compare orders two stored values; ok is false when one is null or they are
// of different nature.
func compare(a, b plain) (n int, ok bool) {
	switch {
	case a.kind == null || b.kind == null:
		return 0, false
	case a.kind == integer && b.kind == integer:
		return cmp.Compare(a.i, b.i), true
	case a.kind == words && b.kind == words:
		return cmp.Compare(a.s, b.s), true
	case a.kind == octets && b.kind == octets:
		return bytes.Compare(a.b, b.b), true
	}
	x, ok1 := a.number()
	y, ok2 := b.number()
	return cmp.Compare(x, y), ok1 && ok2
}

func text(op Op, left, right plain) bool {
	if left.kind != words || right.kind != words {
		return false
	}
	l, r := left.s, right.s
	if op != OpContains && op != OpStartsWith {
		l, r = Fold(l), Fold(r)
	}
	switch op {
	case OpContains, OpIContains:
		return strings.Contains(l, r)
	case OpStartsWith, OpIStarts:
		return strings.HasPrefix(l, r)
	case OpIEndsWith:
		return strings.HasSuffix(l, r)
	default: // OpIEq
		return l == r
	}
}

// Fold lowers ASCII letters, the same that the databases lower.
func Fold(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				if 'A' <= b[j] && b[j] <= 'Z' {
					b[j] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
