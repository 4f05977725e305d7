package oneandone

import (
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

// ask runs a list request through a router and gives what a handler sees.
func ask(t *testing.T, query string, f func(*wire.Request)) {
	t.Helper()
	called := false
	router, err := wire.Mount(wire.Dialect{
		Name: "oneandone", Ops: oneandone.Operations, Rules: wire.Rules{NullAbsent: true},
		Prefixes: map[string][]string{"": {Base}}, Error: answerError,
		Handlers: wire.Handlers{"listServers": func(r *wire.Request) (wire.Answer, error) {
			called = true
			f(r)
			return wire.Encode(200, []int{})
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("GET", Base+"/servers", nil)
	req.URL.RawQuery = query
	router.ServeHTTP(httptest.NewRecorder(), req)
	if !called {
		t.Fatal("handler was not called")
	}
}

func TestFieldList(t *testing.T) {
	for _, tc := range []struct {
		query string
		want  fieldList
		fails bool
	}{
		{"", fieldList{}, false},
		{"?&page=2&&per_page=10&q=US", fieldList{PerPage: 10, Page: 2, Q: "us"}, false},
		{"page=2", fieldList{}, false},
		{"per_page=3", fieldList{Page: 1, PerPage: 3}, false},
		{"per_page=3&page=9223372036854775808", fieldList{Page: beyond, PerPage: 3}, false},
		{"per_page=3&page=-9223372036854775809", fieldList{}, true},
		{"page=&per_page=&sort=&q=&fields=", fieldList{}, false},
		{"sort=-creation_date", fieldList{Sort: "creation_date", Desc: true}, false},
		{"fields=id,%20name,,hardware.ram", fieldList{Fields: []string{"id", "name", "hardware.ram"}}, false},
		{"page=0&per_page=1", fieldList{}, true},
		{"per_page=abc", fieldList{}, true},
		{"per_page=-1", fieldList{}, true},
		{"per_page=99999999999999999999", fieldList{}, true},
	} {
		query := strings.TrimPrefix(tc.query, "?")
		ask(t, query, func(r *wire.Request) {
			got, err := parseFieldList(r)
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
	if got := (fieldList{Page: 1 << 40, PerPage: 1000}).Offset(); got != 1<<31 {
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
		got, err := wire.JSON(project(element, strings.Split(fields, ",")))
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
	ids := func(l fieldList) string {
		page, err := apply(l, elements)
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
		l    fieldList
		want string
	}{
		{fieldList{}, "123"},
		{fieldList{Sort: "name"}, "231"}, // by bytes: capitals come first
		{fieldList{Sort: "name", Desc: true}, "132"},
		{fieldList{Sort: "size"}, "213"},
		{fieldList{Sort: "default"}, "132"},
		{fieldList{Sort: "place.country"}, "231"},
		{fieldList{Sort: "no.such"}, "123"},
		{fieldList{Q: "linux"}, "1"},
		{fieldList{Q: "9.5"}, "2"},
		{fieldList{Q: "us"}, "1"},
		{fieldList{Q: "nothing"}, ""},
		{fieldList{Page: 2, PerPage: 2}, "3"},
		{fieldList{Page: 3, PerPage: 2}, ""},
		{fieldList{Sort: "name", Page: 1, PerPage: 1}, "2"},
		{fieldList{Sort: "name", Page: 1, PerPage: 1, Fields: []string{"id"}}, "2"},
	} {
		if got := ids(tc.l); got != tc.want {
			t.Errorf("%+v gives %q, want %q", tc.l, got, tc.want)
		}
	}
	page, err := apply(fieldList{}, []element(nil))
	if text, _ := wire.JSON(page); err != nil || string(text) != "[]" {
		t.Errorf("empty list is %s, %v", text, err)
	}
}
