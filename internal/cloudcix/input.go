package cloudcix

import (
	"errors"
	"math"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// limits is the profile of this dialect (section 14): what may be sent.
var limits = cloud.Limits{
	NameMax: 128, VCPUMin: 1, RAMMin: 1, DiskMin: 10, DiskMax: 10_000, DiskStep: 1,
}

// nameMax is how long the name of a storage may be.
const storageNameMax = 50

// sent tells whether a key is there, be it with null: null is a value of the wrong
// kind to fields that the contract does not call nullable.
func sent(v wire.Value) bool { return !v.Absent() }

// need reads an integer that must be there.
func need(p *problems, body wire.Object, field string, absent, kind int) *int64 {
	v := body.Get(field)
	if !v.Given() {
		p.add(field, absent, "%s is required.", field)
		return nil
	}
	n, err := v.Int()
	if err != nil {
		p.add(field, kind, "%s must be an integer.", field)
		return nil
	}
	return &n
}

// nameOf reads a name that must not be empty; what is no text is none.
func nameOf(p *problems, body wire.Object, field string, empty, long, most int) string {
	name := ""
	if v := body.Get(field); v.Given() {
		s, err := v.Text()
		if err != nil {
			p.add(field, empty, "%s must be text.", field)
			return ""
		}
		name = s
	}
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		p.add(field, empty, "%s is required.", field)
	case n > most:
		p.add(field, long, "%s has %d characters, at most %d are allowed.", field, n, most)
	}
	return name
}

// textOr reads a text; whatever is none counts as not sent.
func textOr(body wire.Object, field, def string) string {
	if s, err := body.Get(field).Text(); err == nil {
		return s
	}
	return def
}

// small brings a number into the range of int on every machine; no limit lies
// beyond.
func small(n int64) int { return int(max(min(n, math.MaxInt32), math.MinInt32)) }

// pickOf names an object by its number; what is not positive names nothing.
func pickOf(n int64) control.Pick {
	if n <= 0 {
		return control.Pick{ID: -1}
	}
	return control.Pick{ID: n}
}

// placeholder stands for a name that was refused already when the rest of a
// request is looked at; no name of users contains its control character.
const placeholder = "\x1fplaceholder"

// nothing answers a probe.
func nothing[T any](*control.Txn, T) (int, any, error) { return 200, nil, nil }

// form is what a write begins with: the object that was sent, the call, and a
// list for what is wrong with the fields.
func form(r *wire.Request) (wire.Object, *control.Call, *problems, error) {
	body, err := r.Object()
	if err != nil {
		return body, nil, nil, err
	}
	c, err := call(r)
	return body, c, newProblems(group(r.Op.ID)), err
}

// complete finds out what else is wrong with a request whose fields were refused
// in part: it plays the rest through without keeping anything. A missing object
// and a refusal come before all fields (section 4).
func (a *API) complete(r *wire.Request, c *control.Call, p *problems, probe func(dry *control.Call) error) error {
	dry := *c
	dry.DryRun, dry.Key = true, ""
	err := probe(&dry)
	var f *fieldErrors
	var e *cloud.Error
	switch {
	case err == nil:
		return p.err()
	case errors.As(err, &f):
		p.merge(f.problems)
		return p.err()
	case !errors.As(err, &e):
		return err
	}
	done := translate(p.group, e)
	var s *single
	switch {
	case errors.As(done, &s) && s.status != 400:
		return s
	case errors.As(done, &f):
		p.merge(f.problems)
	case done == nil && (e.Kind == cloud.Forbidden || e.Kind == cloud.Unauthorized):
		return e
	}
	return p.err()
}
