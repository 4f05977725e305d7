package cloudcix

import (
	"reflect"
	"strings"
	"testing"
	"time"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

type thing struct {
	ID       int64
	Name     string
	ParentID int64
	On       bool
	Made     *time.Time
	Tags     []string
}

var things = op.Spec{
	ID: "thingList", Orders: []string{"name", "made"},
	Filters: []op.Filter{{Name: "id"}, {Name: "name"}, {Name: "on"}, {Name: "made"}, {Name: "parent__name"}},
}

// How the values of a filter are read follows from its column.
func TestListingFits(t *testing.T) {
	parent := &relation{via: "parent_id", rows: reflect.TypeFor[thing]()}
	l, err := listing{op: things, rows: reflect.TypeFor[thing](), named: map[string]column{"parent__name": {field: "name", of: parent}}}.fit()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]valueKind{"id": number, "name": words, "on": truth, "made": moment, "parent__name": words} {
		if got := l.cols[name].values; got != want {
			t.Errorf("values of %s are read as %d, want %d", name, got, want)
		}
	}
	if l.order["made"].Field != "made" {
		t.Errorf("orders %v", l.order)
	}
}

// What the contract names and nobody finds, and what somebody finds and the
// contract does not name, is said before anything is served.
func TestListingDoesNotFit(t *testing.T) {
	parent := func(via, field string) column {
		return column{field: field, of: &relation{via: via, rows: reflect.TypeFor[thing]()}}
	}
	named := func(c column) map[string]column { return map[string]column{"parent__name": c} }
	good := named(parent("parent_id", "name"))
	for what, c := range map[string]struct {
		change func(*listing)
		want   string
	}{
		"filter without a column": {
			func(l *listing) { l.named = nil },
			`nothing says where parent__name is found: cloudcix.thing has no column "parent__name"`,
		},
		"wrong column": {func(l *listing) { l.named = named(parent("parent_id", "nickname")) }, `has no column "nickname"`},
		"wrong way":    {func(l *listing) { l.named = named(parent("mother_id", "name")) }, `has no column "mother_id"`},
		"column of no value": {
			func(l *listing) { l.named = named(column{field: "tags"}) },
			"parent__name cannot be compared with the text of a filter, since tags is []string",
		},
		"filter too many": {func(l *listing) {
			l.named = map[string]column{"parent__name": good["parent__name"], "colour": {field: "name"}}
		}, "the contract knows no filter or order colour"},
		"order too many": {func(l *listing) { l.order = map[string]cloud.Order{"id": {Field: "id"}} }, "the contract knows no order id"},
		"order of no column": {
			func(l *listing) { l.order = map[string]cloud.Order{"made": {Field: "born"}} },
			`the order made: cloudcix.thing has no column "born"`,
		},
		"order of another row": {
			func(l *listing) { l.op.Orders = []string{"parent__name"} },
			"the order parent__name is not that of a column of cloudcix.thing",
		},
		"order without column": {func(l *listing) { l.op.Orders = []string{"size"} }, `nothing says where size is found`},
		"filter and order once": {
			func(l *listing) { l.named["made"] = column{field: "born"} },
			`nothing says where made is found: cloudcix.thing has no column "born"`,
		},
	} {
		l := listing{op: things, rows: reflect.TypeFor[thing](), named: map[string]column{"parent__name": good["parent__name"]}}
		c.change(&l)
		_, err := l.fit()
		if err == nil || !strings.HasSuffix(err.Error(), c.want) && !strings.Contains(err.Error(), c.want+": ") ||
			strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("%s: %v, want %s", what, err, c.want)
		}
	}
}

// Every built list has a listing, and each listing is asked.
func TestListingsAndHandlers(t *testing.T) {
	built := (&API{}).Handlers()
	if _, err := newLists(listings, built); err != nil {
		t.Fatal(err)
	}
	if _, err := newLists(listings[1:], built); err == nil || !strings.Contains(err.Error(), "nothing says where its names are found") {
		t.Errorf("a list without a listing: %v", err)
	}
	without := (&API{}).Handlers()
	delete(without, wirespec.ListASN.ID)
	if _, err := newLists(listings, without); err == nil || !strings.Contains(err.Error(), "asnList has a listing and is not built") {
		t.Errorf("a listing that is not asked: %v", err)
	}
	if _, err := newLists(nil, wire.Handlers{}); err != nil {
		t.Errorf("nothing built: %v", err)
	}
}
