// Package wire is what the two dialects share: mounting the operations of a
// contract, decoding requests loosely, encoding answers exactly, and reading
// list parameters. It knows no resource and decides nothing about business.
//
// The rule of the house: what comes in is read as generously as the contracts'
// clients need, what goes out follows the contract to the letter.
package wire

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
)

// Handler carries out one operation. An error that is a *cloud.Error is the
// caller's fault and is translated by the dialect; any other is internal.
type Handler func(*Request) (Answer, error)

// Handlers is what a dialect has built, by operation ID of its contract. An
// operation without an entry answers "not built".
type Handlers map[string]Handler

// On registers a handler whose answer has the type that the contract gives to
// the operation; it is sent with the operation's own status.
func On[In, Out any](h Handlers, o op.Op[In, Out], f func(*Request) (Out, error)) {
	h[o.ID] = func(r *Request) (Answer, error) {
		out, err := f(r)
		if err != nil {
			return Answer{}, err
		}
		return Encode(o.Status, out)
	}
}

// Answer is a finished answer. The door stores Status and Body of a write in the
// same transaction as the write, so both are final before anything is sent.
type Answer struct {
	Status int
	Header http.Header // optional
	Body   []byte      // nil for no body at all
}

// Encode makes the answer for a value. op.None is "no body".
func Encode(status int, v any) (Answer, error) {
	if _, none := v.(op.None); none {
		return Answer{Status: status}, nil
	}
	body, err := JSON(v)
	return Answer{Status: status, Body: body}, err
}

// JSON writes a value as both dialects want it: UTF-8 with no HTML escapes and no
// trailing newline (clients compare the text of ping), whole numbers without a
// fraction.
func JSON(v any) ([]byte, error) {
	text, err := op.Encode(v)
	if err != nil {
		return nil, fmt.Errorf("encode answer %T: %w", v, err)
	}
	return text, nil
}

// Request is one call of one operation.
type Request struct {
	HTTP  *http.Request
	Op    op.Spec
	Query url.Values // cleaned: valid UTF-8 without NUL
	Raw   []byte     // the body as sent; what the door's digest is made of
	Body  Value      // the body, loosely; absent when empty, null or ignored
	ctx   context.Context
	path  map[string]string
}

// Context of the request; Before hooks put the actor into it.
func (r *Request) Context() context.Context { return r.ctx }

// With replaces the context.
func (r *Request) With(ctx context.Context) { r.ctx = ctx }

// Path is the value of a path parameter, unescaped; "" when the operation has
// none of that name.
func (r *Request) Path(name string) string { return r.path[name] }

// Object is the body as an object; an absent body is an empty one.
func (r *Request) Object() (Object, error) { return r.Body.Object() }

// QueryText is a query parameter. An empty value counts as absent.
func (r *Request) QueryText(name string) (string, bool) {
	v := Last(r.Query[name])
	return v, v != ""
}

// QueryBool reads true or false in any letter case (Python clients send True).
// Absent and empty are the default.
func (r *Request) QueryBool(name string, def bool) (bool, error) {
	v, ok := r.QueryText(name)
	if !ok {
		return def, nil
	}
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return def, cloud.Errorf(cloud.Invalid, "query.bool", "must be true or false").On(name)
}

// DryRun is the parameter dry_run. Whoever sends it at all must say clearly what he
// wants: a write that was not to be carried out cannot be taken back.
func (r *Request) DryRun() (bool, error) {
	dry := false
	for i, v := range r.Query["dry_run"] {
		one := Request{Query: url.Values{"dry_run": {v}}}
		b, err := one.QueryBool("dry_run", false)
		if err != nil || v == "" || i > 0 && b != dry {
			return false, cloud.Errorf(cloud.Invalid, "query.bool", "must be true or false, once").On("dry_run")
		}
		dry = b
	}
	return dry, nil
}

// Last is the value that counts when a parameter is sent twice.
func Last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// Slice cuts the page out of a list; a page past the end is empty.
func Slice[T any](list []T, offset, limit int) []T {
	if offset >= len(list) {
		return list[len(list):]
	}
	list = list[offset:]
	if limit > 0 && limit < len(list) {
		list = list[:limit]
	}
	return list
}
