package oneandone

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
)

// asks is what a list must be told beside the five parameters of all lists.
var asks = map[string]string{"listLogs": "period=LAST_365D"}

// elsewhere are lists whose natural order is not that in which things were made:
// the default region first, the smallest flavor first, the oldest operation first.
var elsewhere = []string{"listDatacenters", "listFixedInstanceSizes", "listBaremetalModels", "listLogs"}

// Every list that is built, on both engines: what is looked for, sorted, cut into
// pages and left out is what the contract's section 3 says of the elements that
// the whole list shows, evaluated here without a database.
func TestEveryList(t *testing.T) {
	lists := builtLists()
	for _, engine := range engines {
		t.Run(string(engine), func(t *testing.T) {
			r := &rows{world: newWorldOn(t, engine), rng: rand.New(rand.NewPCG(3, 14)), hidden: map[string]bool{}}
			r.fill(40)
			var seen []string
			for _, o := range lists {
				seen = append(seen, r.every(o)...)
			}
			for _, id := range r.shown {
				if !slices.Contains(seen, id) {
					t.Errorf("%s is in no list", id)
				}
			}
		})
	}
}

// builtLists are the lists of the dialect.
func builtLists() (lists []op.Spec) {
	built := New(nil, Options{}).Built()
	for _, o := range oneandone.Operations {
		if slices.Contains(built, o.ID) && o.Method == http.MethodGet && slices.Contains(o.Query, "sort") {
			lists = append(lists, o)
		}
	}
	return lists
}

// every asks one list everything and gives the ids of the whole of it.
func (r *rows) every(o op.Spec) []string {
	t := r.t
	if len(o.Params()) > 0 {
		t.Errorf("%s is a list below something: say here below what", o.ID)
		return nil
	}
	whole := r.list(o, nil)
	if len(whole) < 8 {
		t.Errorf("%s shows %d elements: rows.fill has to make more of them", o.ID, len(whole))
		return nil
	}
	ids := make([]string, len(whole))
	at := -1
	for i, e := range whole {
		ids[i], _ = e.(map[string]any)["id"].(string)
		if r.hidden[ids[i]] {
			t.Errorf("%s shows %s, which is gone or somebody else's", o.ID, ids[i])
		}
		if made := slices.Index(r.shown, ids[i]); made >= 0 && !slices.Contains(elsewhere, o.ID) {
			if made < at {
				t.Errorf("%s: %s stands behind what was made after it", o.ID, ids[i])
			}
			at = made
		}
	}
	names := paths(whole)
	tried := 0
	try := func(q url.Values) {
		tried++
		if want, got := plainList(whole, q), r.list(o, q); !sameTree(want, got) {
			t.Errorf("%s?%s: %s", o.Path, q.Encode(), difference(got, want))
		}
	}
	for _, name := range append(names, "default", "nonsense", names[0]+".nonsense") {
		try(url.Values{"sort": {name}})
		try(url.Values{"sort": {"-" + name}, "per_page": {"7"}, "page": {"2"}})
		try(url.Values{"sort": {name}, "q": {"e"}})
		try(url.Values{"fields": {name}, "per_page": {"9"}})
	}
	words := scalars(whole)
	for range rounds(t.(*testing.T)) / 4 {
		q := url.Values{}
		if r.rng.IntN(3) > 0 {
			q.Set("sort", pick(r, "", "-")+pick(r, names...))
		}
		if r.rng.IntN(2) == 0 {
			q.Set("q", r.part(pick(r, words...)))
		}
		if r.rng.IntN(3) == 0 {
			q.Set("fields", pick(r, names...)+","+pick(r, names...)+","+pick(r, "id", "", "nonsense"))
		}
		if r.rng.IntN(2) == 0 {
			q.Set("per_page", strconv.Itoa(1+r.rng.IntN(12)))
			q.Set("page", strconv.Itoa(1+r.rng.IntN(4)))
		}
		try(q)
	}
	t.Logf("%s: %d elements, %d names, %d questions", o.ID, len(whole), len(names), tried)
	return ids
}

// part is a piece of a text as somebody types it.
func (r *rows) part(text string) string {
	letters := []rune(text)
	from := r.rng.IntN(len(letters) + 1)
	text = string(letters[from:min(len(letters), from+r.rng.IntN(6))])
	switch r.rng.IntN(4) {
	case 0:
		return strings.ToUpper(text)
	case 1:
		return text + pick(r, "", "%", "x")
	}
	return text
}

func (r *rows) list(o op.Spec, q url.Values) []any {
	r.t.Helper()
	path := o.Path + "?" + strings.Join([]string{asks[o.ID], q.Encode()}, "&")
	return parseTree[[]any](r.t.(*testing.T), r.call("GET", path, nil).want(200).body)
}

// parseTree keeps numbers as they are written.
func parseTree[T any](t *testing.T, text []byte) (v T) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

func sameTree(a, b any) bool {
	x, err1 := json.Marshal(a) // names in the order of the alphabet
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// difference is where two lists part.
func difference(got, want []any) string {
	for i := range max(len(got), len(want)) {
		var a, b any
		if i < len(got) {
			a = got[i]
		}
		if i < len(want) {
			b = want[i]
		}
		if !sameTree(a, b) {
			x, _ := json.Marshal(a)
			y, _ := json.Marshal(b)
			return fmt.Sprintf("%d elements, want %d; element %d is\n %.1500s, want\n %.1500s", len(got), len(want), i, x, y)
		}
	}
	return "nothing"
}

// paths are the dotted names that reach something in the elements.
func paths(list []any) []string {
	found := map[string]bool{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		if at != "" {
			found[at] = true
		}
		switch v := v.(type) {
		case map[string]any:
			for name, e := range v {
				walk(strings.TrimPrefix(at+"."+name, "."), e)
			}
		case []any:
			for _, e := range v {
				walk(at, e)
			}
		}
	}
	walk("", list)
	return slices.Sorted(maps.Keys(found))
}

// scalars are all single values, as text.
func scalars(v any) []string {
	var list []string
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			list = append(list, scalars(v[name])...)
		}
	case []any:
		for _, e := range v {
			list = append(list, scalars(e)...)
		}
	case nil:
	default:
		list = append(list, fmt.Sprint(v))
	}
	return list
}

// plainList is section 3 of the contract: filter by q, sort, slice, project.
func plainList(whole []any, q url.Values) []any {
	list := []any{}
	for _, e := range whole {
		word := strings.ToLower(q.Get("q"))
		if slices.ContainsFunc(scalars(e), func(s string) bool { return strings.Contains(strings.ToLower(s), word) }) {
			list = append(list, e)
		}
	}
	if name, desc := strings.CutPrefix(q.Get("sort"), "-"); name != "" {
		values := make([]any, len(whole))
		for i, e := range whole {
			values[i] = first(e, strings.Split(name, "."))
		}
		worth := worthOf(values)
		slices.SortStableFunc(list, func(a, b any) int {
			return bytes.Compare(worth(first(a, strings.Split(name, "."))), worth(first(b, strings.Split(name, "."))))
		})
		// Descending is the exact reverse; a name that nothing has is ignored.
		if desc && slices.ContainsFunc(list, func(e any) bool { return named(e, strings.Split(name, ".")) }) {
			slices.Reverse(list)
		}
	}
	if size, _ := strconv.Atoi(q.Get("per_page")); size > 0 {
		number, _ := strconv.Atoi(q.Get("page"))
		from := min(len(list), (max(number, 1)-1)*size)
		list = list[from:min(len(list), from+size)]
	}
	if names := strings.FieldsFunc(q.Get("fields"), func(r rune) bool { return r == ',' }); len(names) > 0 {
		for i, e := range list {
			kept, ok := keep(e, "", names)
			if !ok {
				kept = map[string]any{}
			}
			list[i] = kept
		}
	}
	return list
}

// named tells whether an element has a name at all.
func named(v any, path []string) bool {
	switch v := v.(type) {
	case []any:
		return len(v) > 0 && named(v[0], path)
	case map[string]any:
		kid, ok := v[path[0]]
		return ok && (len(path) == 1 || named(kid, path[1:]))
	}
	return false
}

// first follows a name, through the first element of lists.
func first(v any, path []string) any {
	if list, ok := v.([]any); ok {
		if len(list) == 0 {
			return nil
		}
		return first(list[0], path)
	}
	if len(path) == 0 {
		return v
	}
	m, _ := v.(map[string]any)
	return first(m[path[0]], path[1:])
}

// worthOf makes bytes that are in the order of the values: of addresses and
// numbers, also where they are written as text, otherwise of the text itself.
func worthOf(values []any) func(any) []byte {
	addresses, numbers := true, true
	for _, v := range values {
		if s, ok := v.(string); ok {
			_, err := netip.ParseAddr(s)
			addresses = addresses && err == nil
			_, err = strconv.ParseFloat(s, 64)
			numbers = numbers && err == nil
		}
	}
	return func(v any) []byte {
		switch v := v.(type) {
		case nil:
			return nil
		case bool:
			return fmt.Appendf(nil, "b%v", v)
		case json.Number:
			return ordered(v.String())
		case string:
			if a, err := netip.ParseAddr(v); err == nil && addresses {
				return cloud.AddrBytes(a)
			}
			if numbers {
				return ordered(v)
			}
			return append([]byte{'s'}, v...)
		}
		return []byte{'z'} // objects are all alike
	}
}

// ordered writes a number so that its text sorts as it does; none is negative.
func ordered(text string) []byte {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || f < 0 {
		panic("no number that an element has: " + text)
	}
	return fmt.Appendf(nil, "n%020.6f", f)
}

// keep leaves of an element what the names reach.
func keep(v any, at string, names []string) (any, bool) {
	if slices.Contains(names, at) {
		return v, true
	}
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, e := range v {
			below := strings.TrimPrefix(at+"."+name, ".")
			if slices.ContainsFunc(names, func(n string) bool { return n == below || strings.HasPrefix(n, below+".") }) {
				if kept, ok := keep(e, below, names); ok {
					out[name] = kept
				}
			}
		}
		return out, len(out) > 0
	case []any:
		out := []any{}
		for _, e := range v {
			if kept, ok := keep(e, at, names); ok {
				out = append(out, kept)
			}
		}
		return out, len(out) > 0 || len(v) == 0
	}
	return nil, false
}
