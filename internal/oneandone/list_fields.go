package oneandone

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

// fieldList is what a 1&1 list was asked for (contract, section 3). A dialect
// turns what it can into a cloud.Query; apply does the same on finished elements,
// for short lists and for what no column holds.
type fieldList struct {
	Page    int      // from 1; 0 = the whole collection
	PerPage int      // elements per page; 0 = the whole collection
	Sort    string   // name to sort by, without sign; "" = natural order
	Desc    bool     // sorts descending
	Q       string   // lower-case substring of any scalar; "" = no filter
	Fields  []string // dotted names to keep; nil = everything
}

// parseFieldList reads page, per_page, sort, q and fields. Empty values count as
// absent; a page that is no positive number is the only mistake.
func parseFieldList(r *wire.Request) (fieldList, error) {
	var l fieldList
	var p cloud.Problems
	l.Page = positiveIn(r, "page", beyond, &p)
	l.PerPage = positiveIn(r, "per_page", 0, &p)
	switch {
	case l.PerPage == 0:
		l.Page = 0 // a page without a size says nothing
	case l.Page == 0:
		l.Page = 1
	}
	sort, _ := r.QueryText("sort")
	l.Sort, l.Desc = strings.CutPrefix(strings.TrimSpace(sort), "-")
	q, _ := r.QueryText("q")
	l.Q = strings.ToLower(q)
	fields, _ := r.QueryText("fields")
	for _, f := range strings.Split(fields, ",") {
		if f = strings.TrimSpace(f); f != "" {
			l.Fields = append(l.Fields, f)
		}
	}
	return l, p.Err()
}

// positiveIn reads a number from 1. One that is larger than all numbers stands for
// most, or is a mistake where that is 0.
func positiveIn(r *wire.Request, name string, most int, p *cloud.Problems) int {
	text, ok := r.QueryText(name)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if errors.Is(err, strconv.ErrRange) && n > 0 && most > 0 {
		return most
	}
	if err != nil || n < 1 {
		p.Add(cloud.Errorf(cloud.Invalid, "query.positive", "must be a number from 1").On(name))
		return 0
	}
	return n
}

// beyond is more than any list has.
const beyond = 1 << 31

// Offset is how many elements come before the page; beyond any list when the
// product does not fit.
func (l fieldList) Offset() int {
	if l.PerPage == 0 {
		return 0
	}
	if l.Page-1 > beyond/l.PerPage {
		return beyond
	}
	return (l.Page - 1) * l.PerPage
}

// apply filters, sorts, slices and projects finished elements, in this order.
func apply[T any](l fieldList, elements []T) (any, error) {
	if l.Q == "" && l.Sort == "" && l.Fields == nil {
		page := wire.Slice(elements, l.Offset(), l.PerPage)
		if page == nil {
			page = []T{} // an empty list is [], never null
		}
		return page, nil
	}
	trees := make([]any, 0, len(elements))
	for _, e := range elements {
		t, err := tree(e)
		if err != nil {
			return nil, err
		}
		if l.Q == "" || holds(t, l.Q) {
			trees = append(trees, t)
		}
	}
	if l.Sort != "" {
		l.order(trees)
	}
	trees = wire.Slice(trees, l.Offset(), l.PerPage)
	if l.Fields != nil {
		for i, t := range trees {
			trees[i] = project(t, l.Fields)
		}
	}
	return trees, nil
}

// project keeps only the named parts of an element. Names are dotted and reach
// into objects and into the elements of arrays; what is dropped is absent, not
// null, and parents stay only as far as needed. Names that are not there are
// ignored.
func project(element any, fields []string) any {
	want := &mask{}
	for _, f := range fields {
		want.add(strings.Split(f, "."))
	}
	out, ok := want.cut(element)
	if !ok {
		return map[string]any{}
	}
	return out
}

// projectValue is project on any value that can be written as JSON.
func projectValue(v any, fields []string) (any, error) {
	t, err := tree(v)
	if err != nil {
		return nil, err
	}
	return project(t, fields), nil
}

// mask is a tree of names; all keeps everything below.
type mask struct {
	all  bool
	kids map[string]*mask
}

func (m *mask) add(path []string) {
	if len(path) == 0 {
		m.all = true
		return
	}
	kid := m.kids[path[0]]
	if kid == nil {
		if m.kids == nil {
			m.kids = map[string]*mask{}
		}
		kid = &mask{}
		m.kids[path[0]] = kid
	}
	kid.add(path[1:])
}

// cut gives the part of v that is wanted, and whether there is any.
func (m *mask) cut(v any) (any, bool) {
	if m.all {
		return v, true
	}
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, kid := range m.kids {
			if part, ok := v[name]; ok {
				if part, ok = kid.cut(part); ok {
					out[name] = part
				}
			}
		}
		return out, len(out) > 0
	case []any:
		out := []any{}
		for _, e := range v {
			if part, ok := m.cut(e); ok {
				out = append(out, part)
			}
		}
		// A list that was empty all along stays, or "no disks" would look like
		// "disks not asked for".
		return out, len(out) > 0 || len(v) == 0
	}
	return nil, false
}

// tree turns a value into what its JSON says, numbers exact.
func tree(v any) (any, error) {
	text, err := wire.JSON(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var t any
	if err := dec.Decode(&t); err != nil {
		return nil, fmt.Errorf("read back %T: %w", v, err)
	}
	return t, nil
}

// holds tells whether any scalar in the element contains q.
func holds(v any, q string) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			if holds(e, q) {
				return true
			}
		}
	case []any:
		for _, e := range v {
			if holds(e, q) {
				return true
			}
		}
	case nil:
		return false
	default:
		return strings.Contains(strings.ToLower(fmt.Sprint(v)), q)
	}
	return false
}

// byValue are names, wherever they stand, whose texts are addresses or numbers:
// they are ordered by what they mean, as the store orders its columns.
var byValue = map[string]func(text string) any{
	"ip": address, "server_ip": address, "network_address": address, "subnet_mask": address, "site_id": decimal,
}

// address is in the order of what the store holds for it.
func address(text string) any {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return text
	}
	return cloud.AddrBytes(a)
}

func decimal(text string) any {
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return text
	}
	return json.Number(text)
}

// order sorts by a dotted name; elements keep their order where it does not
// decide, and a name that no element has changes nothing.
func (l fieldList) order(trees []any) {
	path := strings.Split(l.Sort, ".")
	meaning := byValue[path[len(path)-1]]
	worth := func(t any) any {
		v := reach(t, path)
		if text, ok := v.(string); ok && meaning != nil {
			return meaning(text)
		}
		return v
	}
	slices.SortStableFunc(trees, func(a, b any) int { return compare(worth(a), worth(b)) })
	named := slices.ContainsFunc(trees, func(t any) bool { return has(t, path) })
	if l.Desc && named { // the exact reverse: of equal ones the last made comes first
		slices.Reverse(trees)
	}
}

// has tells whether an element has a name, be it null there.
func has(v any, path []string) bool {
	last := len(path) - 1
	m, ok := reach(v, path[:last]).(map[string]any)
	if ok {
		_, ok = m[path[last]]
	}
	return ok
}

// reach follows a dotted path, through the first element of arrays.
func reach(v any, path []string) any {
	for {
		if list, ok := v.([]any); ok {
			if len(list) == 0 {
				return nil
			}
			v = list[0]
			continue
		}
		if len(path) == 0 {
			return v
		}
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v, path = m[path[0]], path[1:]
	}
}

// compare orders nulls first, then truth values, numbers, addresses and text;
// objects are all equal.
func compare(a, b any) int {
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	switch a := a.(type) {
	case bool:
		return cmp.Compare(truth(a), truth(b.(bool)))
	case json.Number:
		x, _ := a.Float64()
		y, _ := b.(json.Number).Float64()
		return cmp.Compare(x, y)
	case []byte:
		return bytes.Compare(a, b.([]byte))
	case string:
		return cmp.Compare(a, b.(string)) // by bytes, as the store sorts
	}
	return 0
}

func rank(v any) int {
	switch v.(type) {
	case nil:
		return 0
	case bool:
		return 1
	case json.Number:
		return 2
	case []byte:
		return 3
	case string:
		return 4
	}
	return 5
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
