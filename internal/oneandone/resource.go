package oneandone

import (
	"net/http"

	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// The shapes that most operations have. A resource says how a body becomes the
// input of a verb and how its result becomes a model; an operation with another
// model does not compile.

// pure shows what needs nothing but itself.
func pure[V, M any](show func(V) M) func(*control.Txn, V) (M, error) {
	return func(_ *control.Txn, v V) (M, error) { return show(v), nil }
}

// each shows a whole list one by one.
func each[V, M any](find func(*control.Txn) ([]V, error), show func(V) M) func(*control.Txn, *wire.Request) ([]M, error) {
	return func(t *control.Txn, _ *wire.Request) ([]M, error) {
		all, err := find(t)
		if err != nil {
			return nil, err
		}
		list := make([]M, len(all))
		for i, v := range all {
			list[i] = show(v)
		}
		return list, nil
	}
}

// get registers the reading of one object that the path names.
func get[In, M, V any](a *api, h wire.Handlers, o op.Op[In, M],
	find func(*control.Txn, control.Pick) (V, error), show func(*control.Txn, V) (M, error),
) {
	read(a, h, o, func(t *control.Txn, r *wire.Request) (m M, err error) {
		p, err := inPath(r, r.Op.Last())
		if err != nil {
			return m, err
		}
		v, err := find(t, p)
		if err != nil {
			return m, err
		}
		return show(t, v)
	})
}

// read registers a handler whose answer is found in one snapshot of the store.
func read[In, M any](a *api, h wire.Handlers, o op.Op[In, M], find func(t *control.Txn, r *wire.Request) (M, error)) {
	wire.On(h, o, func(r *wire.Request) (out M, err error) {
		err = a.c.Read(r.Context(), callOf(r), func(t *control.Txn) error {
			out, err = find(t, r)
			return err
		})
		return out, err
	})
}

// all asks for everything, in the order of creation.
func all[V any](find func(*control.Txn, cloud.Query) ([]V, int64, error)) func(*control.Txn) ([]V, error) {
	return func(t *control.Txn) ([]V, error) {
		list, _, err := find(t, cloud.Query{}.By("id"))
		return list, err
	}
}

// form is a request whose body is read field by field. What is wrong with the
// form of the body is collected and answered at once, before what its ids name.
type form struct {
	r    *wire.Request
	body wire.Object
	bad  cloud.Problems
	lost error // the path names nothing
	none error // the first id of the body that names nothing
}

// object is what the path names last, parent what it names first.
func (f *form) object() control.Pick { return f.path(f.r.Op.Last()) }
func (f *form) parent() control.Pick { return f.path(f.r.Op.Params()[0]) }

func (f *form) path(name string) control.Pick {
	p, err := inPath(f.r, name)
	f.lost = firstOf(f.lost, err)
	return p
}

// missed notes the first id that names nothing.
func (f *form) missed(err error) { f.none = firstOf(f.none, err) }

// text reads optional text; "" and absent are the same. textIf tells them apart.
func (f *form) text(name string) string    { return text(f.body, &f.bad, name) }
func (f *form) textIf(name string) *string { return f.body.String(&f.bad, name) }

// needed reads text that must be there.
func (f *form) needed(name string) string { return required(f.body, &f.bad, name) }

// queryBool reads a truth value of the query, false when it is absent.
func (f *form) queryBool(name string) bool {
	b, err := f.r.QueryBool(name, false)
	f.lost = firstOf(f.lost, err)
	return b
}

// neededID reads an id that must be there.
func (f *form) neededID(name string) control.Pick {
	if f.needed(name) == "" {
		return control.Pick{}
	}
	return f.id(name)
}

// id reads an optional id of the body; an empty pick when it is absent.
func (f *form) id(name string) control.Pick { return f.idOf(f.body, name) }

func (f *form) idOf(o wire.Object, name string) control.Pick {
	p, err := inBody(o, &f.bad, name)
	f.missed(err)
	return p
}

// write registers a verb. Its result is translated inside its own transaction, so
// that status and body are part of the commit.
func write[In, M, W, V any](h wire.Handlers, o op.Op[In, M], from func(*form) W, verb control.Verb[W, V],
	show func(*control.Txn, V) (M, error),
) {
	answer := func(t *control.Txn, v V) (int, any, error) {
		m, err := show(t, v)
		return o.Status, m, err
	}
	h[o.ID] = func(r *wire.Request) (wire.Answer, error) {
		if o.Body != "" && !o.Optional && !r.Body.Given() {
			return wire.Answer{}, cloud.Errorf(cloud.Invalid, "required", "a body is required")
		}
		body, err := r.Object()
		if err != nil {
			return wire.Answer{}, err
		}
		f := &form{r: r, body: body}
		in := from(f)
		if err := firstOf(f.lost, f.bad.Err(), f.none); err != nil {
			return wire.Answer{}, err
		}
		call := callOf(r)
		call.Body = r.Raw
		reply, err := verb(r.Context(), call, in, answer)
		if err != nil {
			return wire.Answer{}, err
		}
		out := wire.Answer{Status: reply.Status, Body: reply.Body}
		if reply.Replayed {
			out.Replayed()
		}
		if reply.Preview != nil {
			out.Header = http.Header{control.DryRunHeader: {reply.Preview.Header()}}
		}
		return out, nil
	}
}
