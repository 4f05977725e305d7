package wire

import (
	"errors"
	"maps"
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Object is a loosely typed JSON object. Unknown keys are simply never asked for.
//
// Its pointer readers (String, Int, ...) answer nil for absent and null, and put
// what is wrong into a cloud.Problems, so that a translation reads as a list of
// fields:
//
//	var p cloud.Problems
//	in := control.ServerRename{Name: body.String(&p, "name"), ...}
//	if err := p.Err(); err != nil { ... }
type Object struct {
	m     map[string]any
	at    string
	rules *Rules
}

// Get is the value of a key, absent when it was not sent.
func (o Object) Get(name string) Value {
	at := name
	if o.at != "" {
		at = o.at + "." + name
	}
	v, ok := o.m[name]
	if ok && v == nil && o.rules != nil && o.rules.NullAbsent {
		ok = false
	}
	return Value{v: v, present: ok, at: at, rules: o.rules}
}

// First is the first of several spellings of one field that was given; absent
// under the first name when none was.
func (o Object) First(names ...string) Value {
	for _, n := range names {
		if v := o.Get(n); v.Given() {
			return v
		}
	}
	return o.Get(names[0])
}

// Has tells whether a key was sent with something to look at.
func (o Object) Has(name string) bool { return o.Get(name).Given() }

// Names lists the keys that were sent, sorted.
func (o Object) Names() []string { return slices.Sorted(maps.Keys(o.m)) }

// read applies a reader to a value that was given and collects its complaint.
func read[T any](p *cloud.Problems, v Value, f func(Value) (T, error)) *T {
	if !v.Given() {
		return nil
	}
	out, err := f(v)
	if err != nil {
		var e *cloud.Error
		if !errors.As(err, &e) {
			e = cloud.Errorf(cloud.Invalid, "type", "%v", err).On(v.at)
		}
		p.Add(e)
		return nil
	}
	return &out
}

// String reads optional text.
func (o Object) String(p *cloud.Problems, name string) *string {
	return read(p, o.Get(name), Value.Text)
}

// Int reads an optional whole number.
func (o Object) Int(p *cloud.Problems, name string) *int64 {
	return read(p, o.Get(name), Value.Int)
}

// Float reads an optional number.
func (o Object) Float(p *cloud.Problems, name string) *float64 {
	return read(p, o.Get(name), Value.Float)
}

// Bool reads an optional truth value.
func (o Object) Bool(p *cloud.Problems, name string) *bool {
	return read(p, o.Get(name), Value.Bool)
}

// List reads an optional array; nil when it was not given, empty when it was.
func (o Object) List(p *cloud.Problems, name string) []Value {
	if l := read(p, o.Get(name), Value.List); l != nil {
		return *l
	}
	return nil
}

// Texts reads an optional array of strings.
func (o Object) Texts(p *cloud.Problems, name string) []string {
	if l := read(p, o.Get(name), Value.Texts); l != nil {
		return *l
	}
	return nil
}

// Object reads an optional object; ok tells whether it was given.
func (o Object) Object(p *cloud.Problems, name string) (Object, bool) {
	sub := read(p, o.Get(name), Value.Object)
	if sub == nil {
		return Object{at: o.Get(name).at, rules: o.rules}, false
	}
	return *sub, true
}

// Objects reads an optional array of objects. Elements that are none are
// reported and left out.
func (o Object) Objects(p *cloud.Problems, name string) []Object {
	list := o.List(p, name)
	if list == nil {
		return nil
	}
	out := make([]Object, 0, len(list))
	for _, v := range list {
		if !v.Given() { // null inside a list is no object
			p.Add(cloud.Errorf(cloud.Invalid, "type.object", "must be an object").On(v.at))
			continue
		}
		if obj := read(p, v, Value.Object); obj != nil {
			out = append(out, *obj)
		}
	}
	return out
}
