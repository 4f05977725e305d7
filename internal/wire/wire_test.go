package wire_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/wire"
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
