package oneandone

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// short registers a list that is small by nature (a catalogue, the keys of an
// account): all of it is made, then filtered, sorted, sliced and projected.
func short[In, E any](a *api, h wire.Handlers, o op.Op[In, []E], find func(t *control.Txn, r *wire.Request) ([]E, error)) {
	h[o.ID] = func(r *wire.Request) (wire.Answer, error) {
		l, err := parseFieldList(r)
		if err != nil {
			return wire.Answer{}, err
		}
		var list []E
		err = a.c.Read(r.Context(), callOf(r), func(t *control.Txn) error {
			list, err = find(t, r)
			return err
		})
		if err != nil {
			return wire.Answer{}, err
		}
		out, err := apply(l, list)
		if err != nil {
			return wire.Answer{}, err
		}
		answer, err := wire.Encode(o.Status, out)
		answer.Header = l.unheard(reflect.TypeFor[E]())
		return answer, err
	}
}

// long is a list that may hold a hundred thousand elements: pages are cut by the
// store, and what the store cannot decide is decided batch by batch, so that no
// more than the answer itself is ever held.
type long[E any] struct {
	// orders maps names of sort to what the store can sort by.
	orders map[string]func(t *control.Txn) cloud.Order
	// find answers the rows of a query, in its order, with their keys.
	find func(t *control.Txn, q cloud.Query) ([]E, []int64, error)
	// keys answers their keys alone, and sources say what is looked for where.
	// Without them every element is looked at.
	keys    func(t *control.Txn, q cloud.Query) ([]int64, error)
	sources []source
}

// batch is how many rows are held at a time.
const batch = 500

// register mounts a long list.
func register[In, E any](a *api, h wire.Handlers, o op.Op[In, []E], list long[E]) {
	h[o.ID] = func(r *wire.Request) (wire.Answer, error) {
		l, err := parseFieldList(r)
		if err != nil {
			return wire.Answer{}, err
		}
		w := &arrayWriter{fields: l.Fields}
		err = a.c.Read(r.Context(), callOf(r), func(t *control.Txn) error {
			w.Reset()
			return list.answer(t, l, w)
		})
		if err != nil {
			return wire.Answer{}, err
		}
		body, err := w.bytes()
		return wire.Answer{Status: o.Status, Header: l.unheard(reflect.TypeFor[E]()), Body: body}, err
	}
}

// answer takes one of three ways: the store does everything; a search in
// natural order, which may stop early; a search or sort that needs every element.
func (s long[E]) answer(t *control.Txn, l fieldList, w *arrayWriter) error {
	order, sortable := s.orders[l.Sort]
	switch {
	case l.Q == "" && (l.Sort == "" || sortable):
		q := cloud.Query{}
		if l.Sort != "" {
			q.Order = inOrder(t, order, l)
		}
		return s.plain(t, q, l, w)
	case l.Sort == "":
		return s.search(t, l, nil, w)
	case sortable:
		return s.search(t, l, inOrder(t, order, l), w)
	}
	return s.sorted(t, l, w)
}

// inOrder is the order of the store that was asked for. Equal ones are in the order
// of creation.
func inOrder(t *control.Txn, order func(*control.Txn) cloud.Order, l fieldList) []cloud.Order {
	o := order(t)
	o.Desc = l.Desc
	return []cloud.Order{o}
}

// plain is filtered and sorted by the store.
func (s long[E]) plain(t *control.Txn, q cloud.Query, l fieldList, w *arrayWriter) error {
	if l.PerPage == 0 && l.Sort == "" {
		return s.walk(t, func(_ int64, e E) (bool, error) { return true, w.add(e) })
	}
	q.Offset, q.Limit = l.Offset(), l.PerPage
	list, _, err := s.find(t, q)
	if err != nil {
		return err
	}
	for i := range list {
		if err := w.add(&list[i]); err != nil {
			return err
		}
		if i == 0 { // the others are about as long
			w.Grow(w.Len() * (len(list) - 1) * 5 / 4)
		}
	}
	return nil
}

// byColumn sorts by a column of the row.
func byColumn(name string) func(*control.Txn) cloud.Order {
	return func(*control.Txn) cloud.Order { return cloud.Order{Field: name} }
}

// byCase sorts by a computed value.
func byCase(c *cloud.Case) func(*control.Txn) cloud.Order {
	return func(*control.Txn) cloud.Order { return cloud.Order{Case: c} }
}

// walk visits everything in natural order, which is the order of creation, until
// visit says stop. Each batch begins behind the last key: an offset would make
// the store count from the start again every time.
func (s long[E]) walk(t *control.Txn, visit func(key int64, e E) (more bool, err error)) error {
	var last int64
	for {
		q := cloud.Where(cloud.Cmp(cloud.OpGt, "id", last)).By("id").Page(batch, 0)
		list, keys, err := s.find(t, q)
		if err != nil {
			return err
		}
		for i, e := range list {
			if more, err := visit(keys[i], e); err != nil || !more {
				return err
			}
		}
		if len(keys) < batch {
			return nil
		}
		last = keys[len(keys)-1]
	}
}

// search keeps what contains q and stops when the page is full. It looks at no
// more than may contain it, if that is known; q does not change the order.
func (s long[E]) search(t *control.Txn, l fieldList, order []cloud.Order, w *arrayWriter) error {
	skip, left := l.Offset(), l.PerPage
	return s.look(t, l, order, func(_ int64, e E) (bool, error) {
		if ok, err := contains(e, l.Q); !ok || err != nil {
			return true, err
		}
		if skip > 0 {
			skip--
			return true, nil
		}
		left--
		return left != 0, w.add(e)
	})
}

// sorted orders by what only the finished element shows. Of each element that
// matches only the key and the value to sort by are kept; those of the page are
// read again.
func (s long[E]) sorted(t *control.Txn, l fieldList, w *arrayWriter) error {
	var marks []any
	err := s.look(t, l, nil, func(key int64, e E) (bool, error) {
		if l.Q != "" {
			if ok, err := contains(e, l.Q); !ok || err != nil {
				return true, err
			}
		}
		value, err := projectValue(e, []string{l.Sort})
		marks = append(marks, map[string]any{"key": key, "by": value})
		return true, err
	})
	if err != nil {
		return err
	}
	order := fieldList{Sort: "by." + l.Sort, Desc: l.Desc, Page: l.Page, PerPage: l.PerPage}
	page, err := apply(order, marks)
	if err != nil {
		return err
	}
	list, _ := page.([]any)
	for len(list) > 0 {
		n := min(batch, len(list))
		if err := s.again(t, list[:n], w); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// again reads the marked elements and adds them in the order of the marks.
func (s long[E]) again(t *control.Txn, marks []any, w *arrayWriter) error {
	order := make([]int64, len(marks))
	for i, m := range marks {
		n, _ := m.(map[string]any)["key"].(json.Number)
		order[i], _ = n.Int64()
	}
	list, keys, err := s.find(t, cloud.Where(cloud.In("id", order)))
	if err != nil {
		return err
	}
	at := make(map[int64]int, len(keys))
	for i, k := range keys {
		at[k] = i
	}
	for _, k := range order {
		if i, ok := at[k]; ok {
			if err := w.add(&list[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// contains tells whether any scalar of the element has q in it. The text of the
// whole element is looked at first: most elements have it nowhere.
func contains(e any, q string) (bool, error) {
	text, err := wire.JSON(e)
	if err != nil {
		return false, err
	}
	// Only text that JSON writes as it is can be looked for in JSON.
	if plain(q) && !strings.Contains(strings.ToLower(string(text)), q) {
		return false, nil
	}
	found, err := apply(fieldList{Q: q}, []any{json.RawMessage(text)})
	if err != nil {
		return false, err
	}
	list, _ := found.([]any)
	return len(list) > 0, nil
}

// plain tells text that looks the same inside JSON.
func plain(q string) bool {
	for _, r := range q {
		if r < ' ' || r == '"' || r == '\\' || r > '~' {
			return false
		}
	}
	return true
}

// arrayWriter writes a JSON array element by element.
type arrayWriter struct {
	op.JSON
	fields []string
}

// add writes one element; e may be a pointer to it, which copies less.
func (w *arrayWriter) add(e any) error {
	if w.fields != nil {
		var err error
		if e, err = projectValue(e, w.fields); err != nil {
			return err
		}
	}
	if w.Len() == 0 {
		w.Raw("[")
	}
	w.Next()
	w.Any(e)
	return nil
}

func (w *arrayWriter) bytes() ([]byte, error) {
	if w.Len() == 0 {
		w.Raw("[")
	}
	w.Raw("]")
	return w.Bytes()
}
