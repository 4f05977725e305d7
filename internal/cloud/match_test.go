package cloud_test

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// The store's property test holds conditions against both engines; here stands
// what they mean, and what the two rules about null are.
func TestCondMatches(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	s := &cloud.Server{Name: "Web", RAM: 512, VCPU: 2, Cores: 2}
	s.ID, s.EventID, s.Created = 3, 0, noon
	eq, cmp := cloud.Eq, cloud.Cmp
	for _, c := range []struct {
		name string
		cond cloud.Cond
		want bool
	}{
		{"nothing asked", cloud.Cond{}, true},
		{"and of none", cloud.And(), true},
		{"or of none", cloud.Or(), false},
		{"and", cloud.And(eq("ram", 512), eq("vcpu", 1)), false},
		{"or", cloud.Or(eq("ram", 512), eq("vcpu", 1)), true},
		{"not", cloud.Not(eq("ram", 512)), false},
		{"number as float", eq("ram", 512.0), true},
		{"number of another size", eq("ram", int64(512)), true},
		{"text is no number", eq("ram", "512"), false},
		{"case counts", eq("name", "web"), false},
		{"case does not", cmp(cloud.OpIEq, "name", "wEB"), true},
		{"contains", cmp(cloud.OpContains, "name", "e"), true},
		{"contains with case", cmp(cloud.OpContains, "name", "E"), false},
		{"contains without case", cmp(cloud.OpIContains, "name", "EB"), true},
		{"starts", cmp(cloud.OpStartsWith, "name", "W"), true},
		{"starts with case", cmp(cloud.OpStartsWith, "name", "w"), false},
		{"starts without case", cmp(cloud.OpIStarts, "name", "wE"), true},
		{"ends without case", cmp(cloud.OpIEndsWith, "name", "B"), true},
		{"no wildcard", cmp(cloud.OpContains, "name", "%"), false},
		{"less", cmp(cloud.OpLt, "ram", 512), false},
		{"less or equal", cmp(cloud.OpLte, "ram", 512), true},
		{"greater", cmp(cloud.OpGt, "created", noon.Add(-time.Second)), true},
		{"greater or equal", cmp(cloud.OpGte, "created", noon.Add(time.Microsecond)), false},
		{"columns equal", cmp(cloud.OpColEq, "vcpu", "cores"), true},
		{"column less", cmp(cloud.OpColLt, "cores", "ram"), true},
		{"column greater", cmp(cloud.OpColGt, "cores", "ram"), false},
		{"one of", cloud.In("ram", []int{1, 512}), true},
		{"one of none", cloud.In("ram", []int{}), false},
		{"one of what a user sent", cloud.In("name", []any{nil, 7, "Web"}), true},
		{"one of other kinds", cloud.In("name", []any{nil, 7, []int{1}}), false},
		// Null: nothing compares with it, so the opposite holds.
		{"null", eq("closed", nil), true},
		{"not null", cloud.Ne("closed", nil), false},
		{"null with a time", cmp(cloud.OpLt, "closed", noon), false},
		{"opposite of null with a time", cloud.Not(cmp(cloud.OpLt, "closed", noon)), true},
		{"null is no other", cloud.Ne("closed", noon), true},
		{"null in", cloud.In("closed", []any{nil}), false},
		{"op null", cmp(cloud.OpNull, "closed", nil), true},
	} {
		if got := c.cond.Match(s); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		if got := cloud.Not(c.cond).Match(*s); got == c.want {
			t.Errorf("%s: so is its opposite", c.name)
		}
	}
}

// What only a mistake of the program can ask for stops it.
func TestCondPanics(t *testing.T) {
	for name, c := range map[string]cloud.Cond{
		"no such column": cloud.Eq("nickname", 1),
		"a list":         cloud.Eq("dns", 1),
		"a query within": cloud.In("image_id", cloud.Sub{Kind: "image", Column: "id"}),
		"no operator":    cloud.Cmp("near", "ram", 1),
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: answered", name)
				}
			}()
			c.Match(&cloud.Server{})
		}()
	}
}

// Null comes first, addresses have the order of their numbers.
func TestOrderCompares(t *testing.T) {
	early, late := time.Unix(1, 0), time.Unix(2, 0)
	a, b, c := &cloud.IP{Addr: netip.MustParseAddr("9.0.0.1")}, &cloud.IP{Addr: netip.MustParseAddr("10.0.0.1")}, &cloud.IP{}
	a.Closed, b.Closed = &late, &early
	for field, want := range map[string][]*cloud.IP{"addr": {c, a, b}, "closed": {c, b, a}} {
		got := []*cloud.IP{a, b, c}
		o := cloud.Order{Field: field}
		slices.SortFunc(got, func(x, y *cloud.IP) int { return o.Compare(x, y) })
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v", field, got)
		}
		o.Desc = true
		slices.SortFunc(got, func(x, y *cloud.IP) int { return o.Compare(x, y) })
		slices.Reverse(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s, the other way: %v", field, got)
		}
	}
}

func TestNullComesFirst(t *testing.T) {
	now := time.Unix(1, 0)
	none, some := &cloud.IP{}, &cloud.IP{}
	some.Closed = &now
	for _, c := range []struct {
		a, b *cloud.IP
		want int
	}{{none, some, -1}, {some, none, 1}, {none, none, 0}, {some, some, 0}} {
		o, down := cloud.Order{Field: "closed"}, cloud.Order{Field: "closed", Desc: true}
		if o.Compare(c.a, c.b) != c.want || down.Compare(c.a, c.b) != -c.want {
			t.Errorf("%v and %v: %d", c.a.Closed, c.b.Closed, o.Compare(c.a, c.b))
		}
	}
}

// A query that is built on is not changed by it: lists share their beginnings.
func TestQueryIsAValue(t *testing.T) {
	base := cloud.Where(cloud.Eq("ram", 1)).By("name")
	x, y := base.By("id").Page(5, 10), base.By("ram")
	if len(base.Order) != 1 || base.Limit != 0 || x.Order[1].Field != "id" || y.Order[1].Field != "ram" || x.Limit != 5 || x.Offset != 10 {
		t.Errorf("%+v %+v %+v", base, x, y)
	}
	if two := cloud.Where(cloud.Eq("ram", 1), cloud.Eq("vcpu", 1)); two.Where.Op != cloud.OpAnd || len(two.Where.Kids) != 2 {
		t.Errorf("%+v", two)
	}
}
