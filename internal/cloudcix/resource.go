package cloudcix

import (
	"cmp"
	"net/http"
	"strings"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
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

// each shows a list one by one.
func each[V, M any](show func(V) M) func(*control.Txn, []V) ([]M, error) {
	return func(_ *control.Txn, rows []V) ([]M, error) {
		items := make([]M, len(rows))
		for i, v := range rows {
			items[i] = show(v)
		}
		return items, nil
	}
}

// eachIn is each for what has to look something up.
func eachIn[V, M any](show func(*control.Txn, V) (M, error)) func(*control.Txn, []V) ([]M, error) {
	return func(t *control.Txn, rows []V) (items []M, err error) {
		items = make([]M, len(rows))
		for i, v := range rows {
			if items[i], err = show(t, v); err != nil {
				return nil, err
			}
		}
		return items, nil
	}
}

// get mounts the reading of one object that the path names. Its HEAD follows.
func get[M, V any](a *API, h wire.Handlers, o op.Op[op.None, wirespec.Content[M]],
	find func(*control.Txn, control.Pick) (V, error), show func(*control.Txn, V) (M, error),
) {
	getAny(a, h, o, func(t *control.Txn, r *wire.Request) (m M, err error) {
		v, err := find(t, id(r, r.Op.Last()))
		if err != nil {
			return m, err
		}
		return show(t, v)
	})
}

// getAny mounts a reading that is more than finding and showing.
func getAny[M any](a *API, h wire.Handlers, o op.Op[op.None, wirespec.Content[M]], read func(*control.Txn, *wire.Request) (M, error)) {
	h[o.ID] = func(r *wire.Request) (wire.Answer, error) {
		return a.read(r, func(t *control.Txn) (any, error) {
			m, err := read(t, r)
			return content(m), err
		})
	}
}

// index mounts a list.
func index[M, V any](a *API, h wire.Handlers, o op.Op[op.None, wirespec.Page[M, wirespec.ListMetadata]],
	find func(*control.Txn, cloud.Query) ([]V, int64, error), show func(*control.Txn, []V) ([]M, error),
) {
	h[o.ID] = func(r *wire.Request) (wire.Answer, error) {
		l, s := a.asked(r)
		q, err := l.query(s)
		if err != nil {
			return wire.Answer{}, err
		}
		return a.read(r, func(t *control.Txn) (any, error) {
			rows, total, err := find(t, q)
			if err != nil {
				return nil, err
			}
			items, err := show(t, rows)
			return page(items, s, total), err
		})
	}
}

// catalogue mounts list and reading of a handful of things, which are filtered and
// ordered here by what is shown of them.
func catalogue[M, V any](a *API, h wire.Handlers, many op.Op[op.None, wirespec.Page[M, wirespec.ListMetadata]],
	one op.Op[op.None, wirespec.Content[M]], all func(*control.Txn) ([]V, error), show func(V) M,
) {
	rows := func(m M) []any { return []any{m} }
	shown := func(t *control.Txn) ([]M, error) {
		found, err := all(t)
		if err != nil {
			return nil, err
		}
		return each(show)(t, found)
	}
	h[many.ID] = func(r *wire.Request) (wire.Answer, error) {
		l, s := a.asked(r)
		return a.read(r, func(t *control.Txn) (any, error) {
			items, err := shown(t)
			if err != nil {
				return nil, err
			}
			items, total, err := sift(items, s, l, rows)
			return page(items, s, total), err
		})
	}
	get(a, h, one, func(t *control.Txn, p control.Pick) (m M, err error) {
		items, err := shown(t)
		for _, m := range items {
			if cloud.Eq("id", p.ID).Match(m) {
				return m, err
			}
		}
		noun := strings.TrimSuffix(group(one.ID), "_read")
		return m, cmp.Or(err, error(cloud.Errorf(cloud.NotFound, noun+".missing", "There is no such %s.", noun)))
	}, pure(func(m M) M { return m }))
}

// write mounts a verb. from reads the request; what it refuses is answered with what
// the verb refuses.
func write[In, M, W, V any](h wire.Handlers, o op.Op[In, wirespec.Content[M]],
	from func(*form) W, verb control.Verb[W, V], show func(*control.Txn, V) (M, error),
) {
	h[o.ID] = writing(o.Status, from, verb, func(t *control.Txn, v V) (any, error) {
		m, err := show(t, v)
		return content(m), err
	})
}

// end mounts a verb that answers nothing: a removal.
func end[V any](h wire.Handlers, o op.Op[op.None, op.None], verb control.Verb[control.Pick, V]) {
	endOf(h, o, (*form).object, verb)
}

// endOf is end for what the path does not name by an id.
func endOf[V any](h wire.Handlers, o op.Op[op.None, op.None], object func(*form) control.Pick, verb control.Verb[control.Pick, V]) {
	h[o.ID] = writing(o.Status, object, verb, func(*control.Txn, V) (any, error) { return nil, nil })
}

func writing[W, V any](status int, from func(*form) W, verb control.Verb[W, V], show func(*control.Txn, V) (any, error)) wire.Handler {
	return func(r *wire.Request) (wire.Answer, error) {
		f, err := formOf(r)
		if err != nil {
			return wire.Answer{}, err
		}
		c, err := call(r)
		if err != nil {
			return wire.Answer{}, err
		}
		in := from(f)
		c.Refused = f.bad
		rep, err := verb(r.Context(), c, in, func(t *control.Txn, v V) (int, any, error) {
			out, err := show(t, v)
			return status, out, err
		})
		if err != nil {
			return wire.Answer{}, err
		}
		ans := wire.Answer{Status: rep.Status, Body: rep.Body}
		if rep.Replayed {
			ans.Replayed()
		}
		if rep.Preview != nil {
			ans.Header = http.Header{control.DryRunHeader: {rep.Preview.Header()}}
		}
		return ans, nil
	}
}
