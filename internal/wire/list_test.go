package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
	"pgregory.net/rapid"
)

// ask runs a list request through a router, as a dialect would.
func ask(t *testing.T, query string, f func(*wire.Request)) {
	t.Helper()
	d := oneandoneDialect()
	called := false
	d.Handlers = wire.Handlers{"listServers": func(r *wire.Request) (wire.Answer, error) {
		called = true
		f(r)
		return wire.Encode(200, []int{})
	}}
	req := httptest.NewRequest("GET", "/v1/servers", nil)
	req.URL.RawQuery = query
	mount(t, d).ServeHTTP(httptest.NewRecorder(), req)
	if !called {
		t.Fatal("handler was not called")
	}
}

func TestFieldList(t *testing.T) {
	for _, tc := range []struct {
		query string
		want  wire.FieldList
		fails bool
	}{
		{"", wire.FieldList{}, false},
		{"?&page=2&&per_page=10&q=US", wire.FieldList{PerPage: 10, Page: 2, Q: "us"}, false},
		{"page=2", wire.FieldList{}, false},
		{"per_page=3", wire.FieldList{Page: 1, PerPage: 3}, false},
		{"page=&per_page=&sort=&q=&fields=", wire.FieldList{}, false},
		{"sort=-creation_date", wire.FieldList{Sort: "creation_date", Desc: true}, false},
		{"fields=id,%20name,,hardware.ram", wire.FieldList{Fields: []string{"id", "name", "hardware.ram"}}, false},
		{"page=0&per_page=1", wire.FieldList{}, true},
		{"per_page=abc", wire.FieldList{}, true},
		{"per_page=-1", wire.FieldList{}, true},
		{"per_page=99999999999999999999", wire.FieldList{}, true},
	} {
		query := strings.TrimPrefix(tc.query, "?")
		ask(t, query, func(r *wire.Request) {
			got, err := wire.ParseFieldList(r)
			if tc.fails {
				if cloud.KindOf(err) != cloud.Invalid {
					t.Errorf("%q: %v", tc.query, err)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, tc.want) {
				t.Errorf("%q = %+v, %v; want %+v", tc.query, got, err, tc.want)
			}
		})
	}
	if got := (wire.FieldList{Page: 1 << 40, PerPage: 1000}).Offset(); got != 1<<31 {
		t.Errorf("offset %d", got)
	}
}

func TestProject(t *testing.T) {
	var element any
	if err := json.Unmarshal([]byte(`{"id":"A","name":"n","dvd":null,"hardware":{"ram":1,"vcore":2,"hdds":[{"id":"H","size":1},{"id":"I"}]},
		"ips":[],"status":{"state":"ON","percent":null}}`), &element); err != nil {
		t.Fatal(err)
	}
	for fields, want := range map[string]string{
		"id,name":                    `{"id":"A","name":"n"}`,
		"hardware.ram":               `{"hardware":{"ram":1}}`,
		"hardware.ram,hardware":      `{"hardware":{"hdds":[{"id":"H","size":1},{"id":"I"}],"ram":1,"vcore":2}}`,
		"hardware.hdds.id":           `{"hardware":{"hdds":[{"id":"H"},{"id":"I"}]}}`,
		"hardware.hdds.size":         `{"hardware":{"hdds":[{"size":1}]}}`,
		"status.state,dvd":           `{"dvd":null,"status":{"state":"ON"}}`,
		"ips":                        `{"ips":[]}`,
		"ips.id":                     `{"ips":[]}`,
		"dvd.id,name.x,nothing,":     `{}`,
		"status.percent,status.nope": `{"status":{"percent":null}}`,
	} {
		got, err := wire.JSON(wire.Project(element, strings.Split(fields, ",")))
		if err != nil || string(got) != want {
			t.Errorf("fields=%s gives %s, want %s", fields, got, want)
		}
	}
}

func TestApply(t *testing.T) {
	type element struct {
		ID      string   `json:"id"`
		Name    string   `json:"name"`
		Size    float64  `json:"size"`
		Default int      `json:"default"`
		Tags    []string `json:"tags"`
		Place   *struct {
			Country string `json:"country"`
		} `json:"place"`
	}
	var elements []element
	if err := json.Unmarshal([]byte(`[
		{"id":"1","name":"web","size":40,"default":0,"tags":["Linux"],"place":{"country":"US"}},
		{"id":"2","name":"Db","size":9.5,"default":1,"tags":[],"place":null},
		{"id":"3","name":"app","size":100,"default":0,"tags":["windows"],"place":{"country":"DE"}}]`), &elements); err != nil {
		t.Fatal(err)
	}
	ids := func(l wire.FieldList) string {
		page, err := wire.Apply(l, elements)
		if err != nil {
			t.Fatal(err)
		}
		text, err := wire.JSON(page)
		if err != nil {
			t.Fatal(err)
		}
		var got []struct{ ID string }
		if err := json.Unmarshal(text, &got); err != nil || got == nil {
			t.Fatalf("%s is no list: %v", text, err)
		}
		var out strings.Builder
		for _, e := range got {
			out.WriteString(e.ID)
		}
		return out.String()
	}
	for _, tc := range []struct {
		l    wire.FieldList
		want string
	}{
		{wire.FieldList{}, "123"},
		{wire.FieldList{Sort: "name"}, "231"}, // by bytes: capitals come first
		{wire.FieldList{Sort: "name", Desc: true}, "132"},
		{wire.FieldList{Sort: "size"}, "213"},
		{wire.FieldList{Sort: "default"}, "132"},
		{wire.FieldList{Sort: "place.country"}, "231"},
		{wire.FieldList{Sort: "no.such"}, "123"},
		{wire.FieldList{Q: "linux"}, "1"},
		{wire.FieldList{Q: "9.5"}, "2"},
		{wire.FieldList{Q: "us"}, "1"},
		{wire.FieldList{Q: "nothing"}, ""},
		{wire.FieldList{Page: 2, PerPage: 2}, "3"},
		{wire.FieldList{Page: 3, PerPage: 2}, ""},
		{wire.FieldList{Sort: "name", Page: 1, PerPage: 1}, "2"},
		{wire.FieldList{Sort: "name", Page: 1, PerPage: 1, Fields: []string{"id"}}, "2"},
	} {
		if got := ids(tc.l); got != tc.want {
			t.Errorf("%+v gives %q, want %q", tc.l, got, tc.want)
		}
	}
	page, err := wire.Apply(wire.FieldList{}, []element(nil))
	if text, _ := wire.JSON(page); err != nil || string(text) != "[]" {
		t.Errorf("empty list is %s, %v", text, err)
	}
}

// Pages of any size put together are the whole list.
func TestSlicesCoverTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOf(rapid.Int()).Draw(t, "list")
		size := rapid.IntRange(1, 7).Draw(t, "size")
		var got []int
		for page := 0; ; page++ {
			part := wire.Slice(list, page*size, size)
			if len(part) == 0 {
				break
			}
			got = append(got, part...)
		}
		if !slices.Equal(got, list) {
			t.Fatalf("%v became %v", list, got)
		}
	})
}

var vms = wire.NewSearchTable(op.Spec{
	Orders: []string{"created", "name", "state"},
	Filters: []op.Filter{
		{Name: "created", Kind: op.NumberOps},
		{Name: "id", Kind: op.NumberOps},
		{Name: "name", Kind: op.StringOps},
		{Name: "state", Kind: op.NumberOps},
		{Name: "enabled"},
		{Name: "vlan", Ops: []string{"in", "isnull"}},
		{Name: "vm__name", Kind: op.StringOps},
		{Name: "server__type__name", Kind: op.StringOps},
	},
	Query: []string{"page", "limit", "order", "search", "exclude", "include_related"},
})

func TestSearchTable(t *testing.T) {
	skip := func(key, why string) string { return "SearchFilterWarning: " + key + " was skipped, " + why }
	const unknown, operator = "it is not a filter of this list", "the operator is not allowed for this filter"
	const old = "DeprecationWarning: filters outside search[...] and exclude[...] are deprecated"
	for query, want := range map[string]wire.SearchList{
		"":                                  {},
		"page=abc&limit=1000&order=size":    {},
		"page=-1&limit=0":                   {},
		"page=2&limit=100&order=-name":      {Page: 2, Limit: 100, Order: "name", Desc: true},
		"include_related=false&format=json": {},
		"search%5Bname%5D=foobar":           {Filters: []wire.Filter{{Name: "name", Value: "foobar"}}},
		"search[state__in]=[4,'6',]":        {Filters: []wire.Filter{{Name: "state", Op: "in", Value: "[4,'6',]", List: []string{"4", "6"}}}},
		"search[id__range]=(1,5)":           {Filters: []wire.Filter{{Name: "id", Op: "range", Value: "(1,5)", List: []string{"1", "5"}}}},
		"search[id__range]=1":               {Warnings: []string{skip("id__range", "a range needs exactly two values")}},
		"search[vlan__isnull]=True":         {Filters: []wire.Filter{{Name: "vlan", Op: "isnull", Value: "True"}}},
		"search[vlan__isnull]=x":            {Warnings: []string{skip("vlan__isnull", "isnull needs true or false")}},
		"search[vlan__gt]=1":                {Warnings: []string{skip("vlan__gt", operator)}},
		"search[enabled__in]=1":             {Warnings: []string{skip("enabled__in", operator)}},
		"search[name__gt]=1":                {Warnings: []string{skip("name__gt", operator)}},
		"search[colour]=red":                {Warnings: []string{skip("colour", unknown)}},
		"search[a__b__c]=red":               {Warnings: []string{skip("a__b__c", unknown)}},
		"search[vm__name]=a":                {Filters: []wire.Filter{{Name: "vm__name", Value: "a"}}},
		"search[vm__name__icontains]=a":     {Filters: []wire.Filter{{Name: "vm__name", Op: "icontains", Value: "a"}}},
		"search[server__type__name]=a":      {Filters: []wire.Filter{{Name: "server__type__name", Value: "a"}}},
		"search[id]=1&exclude[id__in]=(4,5)": {Filters: []wire.Filter{
			{Name: "id", Value: "1"}, {Name: "id", Op: "in", Exclude: true, Value: "(4,5)", List: []string{"4", "5"}},
		}},
		"search[id]=1&name=x": {Filters: []wire.Filter{{Name: "id", Value: "1"}}},
		"name__icontains=x&exclude__id=3&limit=7": {
			Limit: 7, Warnings: []string{old},
			Filters: []wire.Filter{{Name: "id", Exclude: true, Value: "3"}, {Name: "name", Op: "icontains", Value: "x"}},
		},
		"what=x":       {Warnings: []string{skip("what", unknown), old}},
		"search=x":     {Warnings: []string{skip("search", unknown), old}},
		"search[]=1":   {Warnings: []string{skip("", unknown)}},
		"search[id=1":  {},
		"id=1&id=2":    {Warnings: []string{old}, Filters: []wire.Filter{{Name: "id", Value: "2"}}},
		"search[id]=":  {Filters: []wire.Filter{{Name: "id"}}},
		"state__in=[]": {Warnings: []string{old}, Filters: []wire.Filter{{Name: "state", Op: "in", Value: "[]", List: []string{}}}},
	} {
		if want.Limit == 0 {
			want.Limit = 50
		}
		if want.Order == "" {
			want.Order = "created"
		}
		if want.Warnings == nil {
			want.Warnings = []string{}
		}
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, vms.Parse(values)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	if got := (wire.SearchList{Order: "name", Desc: true}).OrderText(); got != "-name" {
		t.Errorf("order %q", got)
	}
	if got := (wire.SearchList{Page: 1 << 50, Limit: 50}).Offset(); got != 1<<31 {
		t.Errorf("offset %d", got)
	}
	if b, ok := (wire.Filter{Value: "TRUE"}).Bool(); !b || !ok {
		t.Error("TRUE is not true")
	}
}

func FuzzSearch(f *testing.F) {
	f.Add("search[id__in]=[1,2]&order=-name&page=1")
	f.Add("name=x&exclude__id=3&search[")
	f.Fuzz(func(t *testing.T, query string) {
		values, _ := url.ParseQuery(query)
		l := vms.Parse(values)
		if l.Page < 0 || l.Limit < 1 || l.Limit > 100 || l.Warnings == nil || l.Offset() < 0 {
			t.Fatalf("%q gives %+v", query, l)
		}
		for _, filter := range l.Filters {
			if filter.Op == "range" && len(filter.List) != 2 {
				t.Fatalf("%q gives %+v", query, filter)
			}
		}
	})
}

func TestWindow(t *testing.T) {
	now := time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)
	for query, want := range map[string]string{
		"period=LAST_HOUR": "2026-05-06T11:00:00Z 2026-05-06T12:00:00Z",
		"period=LAST_7D":   "2026-04-29T12:00:00Z 2026-05-06T12:00:00Z",
		"period=CUSTOM&start_date=2015-05-06T08:33:25%2B02:00&end_date=2015-05-06T08:33:25Z":    "2015-05-06T06:33:25Z 2015-05-06T08:33:25Z",
		"period=CUSTOM&start_date=2015-05-06T08:33:25+00:00&end_date=2015-05-06T08:33:25+00:00": "2015-05-06T08:33:25Z 2015-05-06T08:33:25Z",
		"period=CUSTOM&start_date=2016-19-05T00:05:00Z&end_date=2016-20-05T00:05:00Z":           "2016-05-19T00:05:00Z 2016-05-20T00:05:00Z",
		"":                 "period",
		"period=":          "period",
		"period=YESTERDAY": "period",
		"period=CUSTOM":    "many",
		"period=CUSTOM&start_date=2016-01-01T00:00:00Z":                               "end_date",
		"period=CUSTOM&start_date=2016-13-13T00:00:00Z&end_date=2016-01-01T00:00:00Z": "start_date",
		"period=CUSTOM&start_date=x&end_date=2016-01-01T00:00:00Z":                    "start_date",
		"period=CUSTOM&start_date=2017-01-01T00:00:00Z&end_date=2016-01-01T00:00:00Z": "start_date",
	} {
		ask(t, query, func(r *wire.Request) {
			w, err := wire.ParseWindow(r, now)
			got := w.From.UTC().Format(time.RFC3339) + " " + w.To.UTC().Format(time.RFC3339)
			var e *cloud.Error
			if errors.As(err, &e) {
				if got = e.Field; got == "" {
					got = e.Code
				}
			}
			if got != want {
				t.Errorf("%s: %s, %v; want %s", query, got, err, want)
			}
		})
	}
}

func FuzzDate(f *testing.F) {
	f.Add("2016-19-05T00:05:00Z")
	f.Add("2015-05-06T08:33:25 00:00")
	f.Fuzz(func(_ *testing.T, text string) { _, _ = wire.ParseDate(text) })
}

func TestQueryBool(t *testing.T) {
	for query, want := range map[string]string{
		"": "true", "keep_ips=": "true", "keep_ips=False": "false", "keep_ips=TRUE": "true", "keep_ips=0": "false", "keep_ips=maybe": "error",
	} {
		ask(t, query, func(r *wire.Request) {
			b, err := r.QueryBool("keep_ips", true)
			got := fmt.Sprint(b)
			if err != nil {
				got = "error"
			}
			if got != want {
				t.Errorf("%q = %s, want %s", query, got, want)
			}
		})
	}
}
