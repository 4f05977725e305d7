package wire_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
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

// Most clients send all of a body before they listen. Whoever sends too much, or is
// refused before anything of it was looked at, is told so all the same.
func TestLargeBodiesAreAnswered(t *testing.T) {
	d := oneandoneDialect()
	d.Before = func(r *wire.Request) error {
		if r.HTTP.Header.Get("X-TOKEN") == "" {
			return cloud.Errorf(cloud.Unauthorized, "token", "no token")
		}
		return nil
	}
	d.Handlers = wire.Handlers{"createServer": func(*wire.Request) (wire.Answer, error) { return wire.Encode(202, nil) }}
	srv := httptest.NewServer(mount(t, d))
	defer srv.Close()
	const size = 12 << 20
	for _, c := range []struct {
		path, header string
		chunked      bool
		status       int
	}{
		{"/v1/servers", "X-TOKEN: x\r\n", false, 413},
		{"/v1/servers", "X-TOKEN: x\r\n", true, 413},
		{"/v1/servers", "", false, 401},
		{"/v1/nothing", "X-TOKEN: x\r\n", false, 404},
	} {
		conn, err := net.Dial("tcp", srv.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		length, body := fmt.Sprintf("Content-Length: %d", size), strings.Repeat("x", size)
		if c.chunked {
			length, body = "Transfer-Encoding: chunked", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", size, body)
		}
		in := bufio.NewReader(conn)
		for range 2 { // on one connection, which stays in step
			if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\n%s%s\r\n\r\n%s", c.path, c.header, length, body); err != nil {
				t.Fatalf("%+v: sending: %v", c, err)
			}
			resp, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatalf("%+v: listening: %v", c, err)
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != c.status {
				t.Errorf("%+v: %d, %v", c, resp.StatusCode, err)
			}
		}
	}
}

// Who asks first whether to send is told at once.
func TestLargeBodyIsNotAskedFor(t *testing.T) {
	d := oneandoneDialect()
	d.Handlers = wire.Handlers{"createServer": func(*wire.Request) (wire.Answer, error) { return wire.Encode(202, nil) }}
	srv := httptest.NewServer(mount(t, d))
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	const head = "POST /v1/servers HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 12000000\r\n\r\n"
	if _, err := io.WriteString(conn, head); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("%v, %v", resp, err)
	}
}
