package store_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// The pools of values are small, so that random conditions meet random rows.
var (
	day    = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	texts  = []string{"", "a", "A", "b", "aB", "Ab", "äb", "ÄB", "%", "_", "a'b", `a"b`, "zz", "Zz", "日本", "a b"}
	ints   = []int64{-1, 0, 1, 2, 3, 1 << 40}
	floats = []float64{-0.5, 0, 0.5, 1, 2.25}
	times  = []time.Time{{}, day, day.Add(time.Microsecond), day.AddDate(0, 1, 0)}
	addrs  = []netip.Addr{{}, netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("2001:db8::1")}
	nets   = []netip.Prefix{{}, netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/16"), netip.MustParsePrefix("fd00::/8")}
	blobs  = [][]byte{{}, {0}, {0, 1}, {255}}
	uids   = []cloud.UID{{}, cloud.DeriveUID("a"), cloud.DeriveUID("b")}
)

func pick[T any](t *rapid.T, from []T) T { return rapid.SampledFrom(from).Draw(t, "value") }

func maybe[T any](t *rapid.T, from []T) *T {
	if rapid.Bool().Draw(t, "null") {
		return nil
	}
	v := pick(t, from)
	return &v
}

func anyRow(t *rapid.T) *gadget {
	return &gadget{
		Part: Part{VCPU: int(pick(t, ints)), RAM: pick(t, ints)}, Name: pick(t, texts), State: power(pick(t, texts)),
		On: rapid.Bool().Draw(t, "on"), Load: pick(t, floats), Owner: pick(t, uids), Raw: pick(t, blobs), Until: pick(t, times),
		Seen: maybe(t, times), Parent: maybe(t, ints), Nick: maybe(t, texts), IP: pick(t, addrs), Net: pick(t, nets),
		Meta: cloud.Meta{UID: cloud.DeriveUID(fmt.Sprint(rapid.Uint64().Draw(t, "uid")))},
	}
}

// field is a column with the values it is compared with.
type field struct {
	name   string
	isText bool
	value  func(t *rapid.T) any
	like   []string // columns of the same nature
}

func of[T any](name string, from []T, like ...string) field {
	_, isText := any(from).([]string)
	return field{name, isText, func(t *rapid.T) any { return pick(t, from) }, like}
}

var fields = []field{
	of("name", texts, "nick", "state"), of("nick", texts, "name"), of("state", texts, "name"), of("vcpu", []int{-1, 0, 1, 2}, "ram", "parent"),
	of("ram", ints, "vcpu"), of("parent", ints, "vcpu", "ram"), of("load", floats, "load"), of("on", []bool{false, true}, "vcpu"),
	of("until", times, "seen"), of("seen", times, "until"),
	of("ip", addrs, "net"), of("net", nets, "ip"), of("owner", uids, "uid"), of("raw", blobs, "ip"),
}

var (
	valueOps = []cloud.Op{cloud.OpEq, cloud.OpNe, cloud.OpLt, cloud.OpLte, cloud.OpGt, cloud.OpGte}
	textOps  = []cloud.Op{cloud.OpContains, cloud.OpIContains, cloud.OpStartsWith, cloud.OpIStarts, cloud.OpIEndsWith, cloud.OpIEq}
	columns  = []cloud.Op{cloud.OpColEq, cloud.OpColLt, cloud.OpColGt}
)

func anyCond(t *rapid.T, depth int) cloud.Cond {
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if depth > 0 && kind < 3 {
		kids := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) cloud.Cond { return anyCond(t, depth-1) }), 0, 3).Draw(t, "kids")
		if kind == 0 {
			return cloud.And(kids...)
		}
		return cloud.Or(kids...)
	}
	if depth > 0 && kind == 3 {
		return cloud.Not(anyCond(t, depth-1))
	}
	if depth > 0 && kind == 4 {
		c := anyCase(t, depth-1)
		return cloud.Cond{Op: pick(t, []cloud.Op{cloud.OpEq, cloud.OpNe, cloud.OpLt, cloud.OpNull}), Case: c, Value: c.Branches[0].Then}
	}
	f := pick(t, fields)
	switch {
	case kind == 5:
		return cloud.Cond{Op: cloud.OpNull, Field: f.name}
	case kind == 6:
		return cloud.Cond{Op: pick(t, columns), Field: f.name, Value: pick(t, f.like)}
	case kind == 7:
		return cloud.In(f.name, rapid.SliceOfN(rapid.Custom(f.value), 0, 12).Draw(t, "list"))
	case kind == 8:
		return cloud.Cmp(pick(t, valueOps), f.name, nil)
	case f.isText:
		return cloud.Cmp(pick(t, textOps), f.name, f.value(t))
	}
	return cloud.Cmp(pick(t, valueOps), f.name, f.value(t))
}

// A list of any length is one parameter.
func TestLongLists(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error {
			return errors.Join(store.Insert(tx, &gadget{Name: `a"b\c`, Part: Part{RAM: 99_999}, Owner: uids[1], Load: 2.5}),
				store.Insert(tx, &gadget{Name: "b"}))
		})
		numbers, words, owners, loads := make([]int64, 100_000), make([]string, 100_000), make([]cloud.UID, 100_000), make([]float64, 100_000)
		for i := range numbers {
			numbers[i], words[i], owners[i], loads[i] = int64(i+1), fmt.Sprintf("w%d,{}", i), cloud.DeriveUID(fmt.Sprint(i)), float64(i)+0.25
		}
		words[77], owners[5], loads[9] = `a"b\c`, uids[1], 2.5
		read(t, db, func(tx *store.Tx) error {
			for name, list := range map[string]any{"ram": numbers, "name": words, "owner": owners, "load": loads} {
				rows, err := store.Find[gadget](tx, cloud.Where(cloud.In(name, list), cloud.Not(cloud.In("ram", numbers[:70_000]))))
				if err != nil || len(rows) != 1 || rows[0].ID != 1 {
					t.Errorf("%s: %d rows, %v", name, len(rows), err)
				}
			}
			return nil
		})
	})
}

func anyCase(t *rapid.T, depth int) *cloud.Case {
	c := &cloud.Case{}
	value := func() any { return pick(t, ints) }
	if rapid.Bool().Draw(t, "text") {
		value = func() any { return pick(t, texts) }
	}
	for range rapid.IntRange(1, 3).Draw(t, "branches") {
		c.Branches = append(c.Branches, cloud.Branch{When: anyCond(t, depth), Then: value()})
	}
	if rapid.Bool().Draw(t, "else") {
		c.Else = value()
	}
	return c
}

// inTx runs f in a transaction that leaves nothing behind.
func inTx(t *rapid.T, db *store.DB, f func(tx *store.Tx) error) {
	undo := errors.New("undo")
	if err := db.Write(t.Context(), func(tx *store.Tx) error { return errors.Join(f(tx), undo) }); err.Error() != undo.Error() {
		t.Fatal(err)
	}
}

// SQL and Go agree on every condition, order and page, on both engines.
func TestConditionsAgree(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		opt.NoSync = true
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error { _, err := tx.Exec("DROP INDEX gadget_name"); return err })
		rapid.Check(t, func(t *rapid.T) {
			rows := rapid.SliceOfN(rapid.Custom(anyRow), 1, 8).Draw(t, "rows")
			q := cloud.Where(anyCond(t, 3))
			for range rapid.IntRange(0, 2).Draw(t, "orders") {
				o := cloud.Order{Field: pick(t, fields).name, Desc: rapid.Bool().Draw(t, "desc")}
				if rapid.Bool().Draw(t, "computed") {
					o = cloud.Order{Case: anyCase(t, 1), Desc: o.Desc}
				}
				q.Order = append(q.Order, o)
			}
			page := q.Page(rapid.IntRange(0, 4).Draw(t, "limit"), rapid.IntRange(0, 4).Draw(t, "offset"))
			var got, paged []*gadget
			var n int64
			inTx(t, db, func(tx *store.Tx) error {
				for _, r := range rows {
					if err := store.Insert(tx, r); err != nil {
						return err
					}
				}
				var err1, err2, err3 error
				got, err1 = store.Find[gadget](tx, q)
				paged, err2 = store.Find[gadget](tx, page)
				n, err3 = store.Count[gadget](tx, q)
				return errors.Join(err1, err2, err3)
			})
			var want []int64
			rows = slices.DeleteFunc(rows, func(r *gadget) bool { return !q.Where.Match(r) })
			slices.SortStableFunc(rows, func(a, b *gadget) int { return inOrder(q.Order, a, b) })
			for _, r := range rows {
				want = append(want, r.ID)
			}
			if !slices.Equal(ids(got), want) || n != int64(len(want)) {
				t.Fatalf("SQL gives %v (count %d), Go %v for %+v", ids(got), n, want, q)
			}
			want = want[min(page.Offset, len(want)):]
			if page.Limit > 0 {
				want = want[:min(page.Limit, len(want))]
			}
			if !slices.Equal(ids(paged), want) {
				t.Fatalf("the page is %v, want %v of %+v", ids(paged), want, page)
			}
		})
	})
}

func ids(rows []*gadget) (list []int64) {
	for _, r := range rows {
		list = append(list, r.ID)
	}
	return list
}

// inOrder compares rows as a Query sorts them: null first, ties by id in the
// direction of the last order.
func inOrder(orders []cloud.Order, a, b *gadget) int {
	dir := 1
	for _, o := range append(slices.Clone(orders), cloud.Order{Field: "id"}) {
		if o.Field != "id" || o.Case != nil {
			if dir = 1; o.Desc {
				dir = -1
			}
		}
		if n := comparePlain(valueOf(o, a), valueOf(o, b)); n != 0 {
			return n * dir
		}
	}
	return 0
}

func valueOf(o cloud.Order, g *gadget) any {
	if o.Case != nil {
		v, _ := cloud.Plain(o.Case.Of(g))
		return v
	}
	for _, c := range cloud.Columns(reflect.TypeFor[gadget]()) {
		if c.Name == o.Field {
			v, _ := cloud.PlainValue(reflect.ValueOf(g).Elem().FieldByIndex(c.Index))
			return v
		}
	}
	panic(o.Field)
}

func comparePlain(a, b any) int {
	switch x := a.(type) {
	case nil:
		if b == nil {
			return 0
		}
		return -1
	case int64:
		if b != nil {
			return cmp.Compare(x, b.(int64))
		}
	case float64:
		return cmp.Compare(x, b.(float64))
	case string:
		if b != nil {
			return cmp.Compare(x, b.(string))
		}
	case []byte:
		return bytes.Compare(x, b.([]byte))
	}
	return 1
}

func TestSub(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		write(t, db, func(tx *store.Tx) error {
			root, gone := &gadget{Name: "root"}, &gadget{Name: "gone"}
			now := tx.Now()
			gone.Closed = &now
			if err := errors.Join(store.Insert(tx, root), store.Insert(tx, gone)); err != nil {
				return err
			}
			return errors.Join(store.Insert(tx, &gadget{Name: "kid", Parent: &root.ID}), store.Insert(tx, &gadget{Name: "orphan", Parent: &gone.ID}))
		})
		read(t, db, func(tx *store.Tx) error {
			for want, c := range map[string]cloud.Cond{
				"[kid]":             cloud.In("parent", cloud.Sub{Kind: "gadget", Column: "id"}),
				"[kid orphan]":      cloud.In("parent", cloud.Sub{Kind: "gadget", Column: "id", Closed: true}),
				"[orphan]":          cloud.In("parent", cloud.Sub{Kind: "gadget", Column: "id", Closed: true, Where: cloud.Eq("name", "gone")}),
				"[root orphan]":     cloud.Not(cloud.In("parent", cloud.Sub{Kind: "gadget", Column: "id"})),
				"[root]":            cloud.In("id", cloud.Sub{Kind: "gadget", Column: "parent", Where: cloud.Cmp(cloud.OpIStarts, "name", "K")}),
				"[kid orphan root]": {},
			} {
				q := cloud.Where(c)
				if c.Op == cloud.OpTrue {
					q = q.By("name")
				}
				rows, err := store.Find[gadget](tx, q)
				if err != nil {
					return err
				}
				var names []string
				for _, r := range rows {
					names = append(names, r.Name)
				}
				if got := fmt.Sprint(names); got != want {
					t.Errorf("%+v gives %s, want %s", c, got, want)
				}
			}
			return nil
		})
	})
}

// What makes no sense is refused alike, and before PostgreSQL sees it.
func TestBadConditions(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		read(t, db, func(tx *store.Tx) error {
			for name, c := range map[string]cloud.Cond{
				"unknown column": cloud.Eq("nope", 1), "json column": cloud.Eq("tags", "x"), "text for a number": cloud.Eq("ram", "x"),
				"fraction for a number": cloud.Eq("ram", 1.5),
				"number for text":       cloud.Eq("name", 1), "text operator on a number": cloud.Cmp(cloud.OpContains, "ram", "1"),
				"no list": cloud.In("ram", 1), "list of text": cloud.In("ram", []string{"x"}),
				"columns of two kinds": cloud.Cmp(cloud.OpColEq, "ram", "name"),
				"column by number":     cloud.Cmp(cloud.OpColEq, "ram", 3),
				"unknown operator":     cloud.Cmp("huh", "name", "x"), "struct": cloud.Eq("name", inner{}),
				"odd table":      cloud.In("ram", cloud.Sub{Kind: `x" --`, Column: "id"}),
				"odd column":     cloud.In("ram", cloud.Sub{Kind: "gadget", Column: `x"`}),
				"not of nothing": {Op: cloud.OpNot}, "null character": cloud.Eq("name", "\x00"),
			} {
				if _, err := store.Find[gadget](tx, cloud.Where(c)); err == nil {
					t.Errorf("%s: no error", name)
				}
			}
			if _, err := store.Find[gadget](tx, cloud.Query{}.By("nope")); err == nil {
				t.Error("order by an unknown column: no error")
			}
			_, err := store.Find[gadget](tx, cloud.Where(cloud.Eq("ram", 2.0))) // a whole number is one
			return err
		})
	})
}
