package wire_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
)

// shape is a dialect's error translation in small.
func shape(_ *wire.Request, err error) wire.Answer {
	status := map[cloud.Kind]int{
		cloud.Invalid: 400, cloud.NotFound: 404, cloud.NotBuilt: 501, cloud.TooLarge: 413, cloud.Unauthorized: 401,
	}[cloud.KindOf(err)]
	if status == 0 {
		status = 500
	}
	a, _ := wire.Encode(status, map[string]any{"type": string(cloud.KindOf(err)), "message": err.Error()})
	return a
}

func oneandoneDialect() wire.Dialect {
	return wire.Dialect{
		Name: "oneandone", Ops: oneandone.Operations, Rules: wire.Rules{NullAbsent: true},
		Prefixes: map[string][]string{"": {"/v1"}}, Error: shape,
	}
}

func cloudcixDialect() wire.Dialect {
	return wire.Dialect{
		Name: "cloudcix", Ops: cloudcix.Operations, Rules: wire.Rules{Trim: true, Digits: true},
		Hosts: true, Slash: true, Versions: []string{"/v1"},
		Prefixes: map[string][]string{"iaas": {"/iaas/v1"}, "membership": {"/membership/v1"}}, Error: shape,
	}
}

func mount(t *testing.T, d wire.Dialect) *wire.Router {
	t.Helper()
	r, err := wire.Mount(d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// values for path parameters, so that every operation can be asked for.
func expand(t *testing.T, s op.Spec) string {
	t.Helper()
	var args []string
	for i, name := range s.Params() {
		args = append(args, fmt.Sprintf("%s-%d", name, i))
	}
	path, err := s.Expand(args...)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Every operation of both contracts is mounted, is reached under each of its
// addresses with its parameters, and answers 501 in the dialect's shape.
func TestEveryOperationIsReached(t *testing.T) {
	for _, tc := range []struct {
		d    wire.Dialect
		want int
		urls func(op.Spec, string) []string
	}{
		{oneandoneDialect(), 178, func(_ op.Spec, path string) []string {
			return []string{"http://x/v1" + path, "http://x/v1" + path + "/?&x=1", "http://x//v1/" + path}
		}},
		{cloudcixDialect(), 207, func(s op.Spec, path string) []string {
			return []string{
				"http://x/" + s.App + "/v1" + path, "http://" + strings.ToUpper(s.App) + ".api.test:80" + path,
				"http://" + s.App + ".api.test/v1" + path,
			}
		}},
	} {
		router := mount(t, tc.d)
		if len(tc.d.Ops) != tc.want {
			t.Errorf("%s has %d operations, want %d", tc.d.Name, len(tc.d.Ops), tc.want)
		}
		ids := map[string]bool{}
		for _, spec := range tc.d.Ops {
			if ids[spec.ID] {
				t.Errorf("%s: %s is there twice", tc.d.Name, spec.ID)
			}
			ids[spec.ID] = true
			for _, url := range tc.urls(spec, expand(t, spec)) {
				req := httptest.NewRequest(spec.Method, url, nil)
				target := router.Resolve(req)
				if target.Op.ID != spec.ID {
					t.Fatalf("%s %s leads to %q, want %s", spec.Method, url, target.Op.ID, spec.ID)
				}
				for i, name := range spec.Params() {
					if want := fmt.Sprintf("%s-%d", name, i); target.Path[name] != want {
						t.Errorf("%s: %s = %q, want %q", spec.ID, name, target.Path[name], want)
					}
				}
				rec := httptest.NewRecorder()
				router.ServeHTTP(rec, req)
				if rec.Code != 501 {
					t.Errorf("%s %s: status %d", spec.Method, url, rec.Code)
				}
			}
		}
		if built := router.Built(); len(built) != 0 {
			t.Errorf("%s says that %v are built", tc.d.Name, built)
		}
	}
}

func TestMountRefuses(t *testing.T) {
	a := op.Spec{ID: "a", Method: "GET", Path: "/x/{id}"}
	b := op.Spec{ID: "b", Method: "GET", Path: "/x/{name}"}
	base := wire.Dialect{Name: "t", Prefixes: map[string][]string{"": {""}}, Error: shape}
	for name, change := range map[string]func(*wire.Dialect){
		"same place":      func(d *wire.Dialect) { d.Ops = []op.Spec{a, b} },
		"unknown handler": func(d *wire.Dialect) { d.Handlers = wire.Handlers{"zzz": nil} },
		"no prefix":       func(d *wire.Dialect) { d.Ops = []op.Spec{a}; d.Prefixes = nil },
		"broken pattern":  func(d *wire.Dialect) { d.Ops = []op.Spec{{ID: "c", Method: "GET", Path: "no-slash"}} },
		"unknown method":  func(d *wire.Dialect) { d.Ops = []op.Spec{{ID: "c", Method: "FOO", Path: "/c"}} },
	} {
		d := base
		change(&d)
		if _, err := wire.Mount(d); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// call asks a router and gives the recorded answer.
func call(r http.Handler, method, url, body string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, httptest.NewRequest(method, url, strings.NewReader(body)))
	return rec
}

func TestPathsAndMethods(t *testing.T) {
	one, cix := oneandoneDialect(), cloudcixDialect()
	one.Handlers, cix.Handlers = wire.Handlers{}, wire.Handlers{}
	wire.On(one.Handlers, oneandone.Ping, func(*wire.Request) (oneandone.Pong, error) { return oneandone.Pong{"PONG"}, nil })
	wire.On(one.Handlers, oneandone.GetServer, func(r *wire.Request) (oneandone.Server, error) {
		return oneandone.Server{ID: r.Path("server_id")}, nil
	})
	wire.On(cix.Handlers, cloudcix.ReadVM, func(r *wire.Request) (cloudcix.Content[cloudcix.VM], error) {
		return cloudcix.Content[cloudcix.VM]{Content: cloudcix.VM{Name: r.Path("pk")}}, nil
	})
	wire.On(cix.Handlers, cloudcix.ReadCIXBlacklist, func(r *wire.Request) (cloudcix.Content[cloudcix.CIXListEntry], error) {
		return cloudcix.Content[cloudcix.CIXListEntry]{Content: cloudcix.CIXListEntry{CIDR: r.Path("network") + "|" + r.Path("bits")}}, nil
	})
	routers := map[string]*wire.Router{"one": mount(t, one), "cix": mount(t, cix)}
	for _, tc := range []struct {
		router, method, url string
		status              int
		contains            string
	}{
		{"one", "GET", "/v1/ping", 200, `["PONG"]`},
		{"one", "GET", "/v1/ping/?", 200, `["PONG"]`},
		{"one", "GET", "//v1//ping//", 200, `["PONG"]`},
		{"one", "HEAD", "/v1/ping", 200, ""},
		{"one", "DELETE", "/v1/ping", 400, "only GET, HEAD"},
		{"one", "BREW", "/v1/ping", 400, "only GET, HEAD"},
		{"one", "GET", "/v1/servers/a%2Fb", 200, `"id":"a/b"`},
		{"one", "GET", "/v1/servers/a%20b", 200, `"id":"a b"`},
		{"one", "GET", "/v1/servers/%00%ff", 200, "\"id\":\"\uFFFD\uFFFD\""},
		{"one", "GET", "/v1/servers/fixed_instance_sizes", 501, ""},
		{"one", "GET", "/v1/nothing", 404, `"type":"not_found"`},
		{"one", "GET", "/v1", 404, `"type":"not_found"`},
		{"one", "GET", "/v10/ping", 404, `"type":"not_found"`},
		{"one", "GET", "/", 404, `"type":"not_found"`},
		{"cix", "GET", "/iaas/v1/vm/7/", 200, `"name":"7"`},
		{"cix", "GET", "http://iaas.test/vm/7/", 200, `"name":"7"`},
		{"cix", "GET", "http://iaas.test/iaas/v1/vm/7/", 200, `"name":"7"`},
		{"cix", "GET", "http://membership.test/iaas/v1/vm/7/", 200, `"name":"7"`},
		{"cix", "HEAD", "http://iaas.test/vm/7/", 200, ""},
		{"cix", "HEAD", "http://iaas.test/asn/", 501, ""},
		{"cix", "GET", "http://iaas.test/vm/7", 301, ""},
		{"cix", "POST", "http://iaas.test/vm", 404, ""},
		{"cix", "GET", "http://membership.test/vm/7/", 404, ""},
		{"cix", "GET", "http://other.test/vm/7/", 404, ""},
		{"cix", "GET", "http://iaas.test/cix_blacklist/10.0.0.0/8/", 200, "10.0.0.0|8"},
		{"cix", "GET", "http://iaas.test/cix_blacklist/2a00::/32/", 200, "2a00::|32"},
	} {
		rec := call(routers[tc.router], tc.method, tc.url, "null")
		if rec.Code != tc.status || !strings.Contains(rec.Body.String(), tc.contains) {
			t.Errorf("%s %s: %d %q, want %d with %q", tc.method, tc.url, rec.Code, rec.Body, tc.status, tc.contains)
		}
		if tc.method == "HEAD" && rec.Body.Len() > 0 {
			t.Errorf("HEAD %s has a body", tc.url)
		}
	}
	if got := call(routers["one"], "GET", "/v1/ping", "").Body.String(); got != `["PONG"]` {
		t.Errorf("ping answers %q; clients compare the text", got)
	}
	if got := call(routers["cix"], "GET", "http://iaas.test//vm/7?a=b", "").Header().Get("Location"); got != "/vm/7/?a=b" {
		t.Errorf("redirect to %q", got)
	}
	if built := routers["cix"].Built(); fmt.Sprint(built) != "[cixBlacklistHead cixBlacklistRead vmHead vmRead]" {
		t.Errorf("built: %v", built)
	}
	if !routers["cix"].Owns(httptest.NewRequest("GET", "http://iaas.x/anything", nil)) ||
		routers["cix"].Owns(httptest.NewRequest("GET", "http://x/v1/ping", nil)) {
		t.Error("Owns is wrong about hosts")
	}
}

func TestBodies(t *testing.T) {
	d := oneandoneDialect()
	d.MaxBody = 64
	d.Handlers = wire.Handlers{}
	seen := "not called"
	note := func(r *wire.Request) (wire.Answer, error) {
		seen = fmt.Sprintf("%v %q", r.Body.Any(), r.Raw)
		return wire.Encode(200, "ok")
	}
	for _, o := range []op.Spec{
		oneandone.CreateServer.Spec, oneandone.DeleteServer.Spec, oneandone.CreateServerSnapshot.Spec, oneandone.GetServer.Spec,
	} {
		d.Handlers[o.ID] = note
	}
	r := mount(t, d)
	for _, tc := range []struct {
		method, path, body string
		status             int
		seen               string
	}{
		{"POST", "/servers", `{"name":"a"}`, 200, `map[name:a] "{\"name\":\"a\"}"`},
		{"POST", "/servers", ``, 200, `<nil> ""`},
		{"POST", "/servers", ` null `, 200, `<nil> " null "`},
		{"POST", "/servers", `{"name":`, 400, "not called"},
		{"POST", "/servers", `{} {}`, 400, "not called"},
		{"POST", "/servers", strings.Repeat("[", 60), 400, "not called"},
		{"POST", "/servers", `"` + strings.Repeat("a", 100) + `"`, 413, "not called"},
		{"DELETE", "/servers/1", `{"broken`, 200, `<nil> ""`},
		{"DELETE", "/servers/1", `true`, 200, `<nil> ""`},
		{"GET", "/servers/1", `null`, 200, `<nil> ""`},
		{"POST", "/servers/1/snapshots", `null`, 200, `<nil> "null"`},
		{"POST", "/servers/1/snapshots", `{"server_id":1}`, 200, `<nil> "{\"server_id\":1}"`},
	} {
		seen = "not called"
		rec := call(r, tc.method, "/v1"+tc.path, tc.body)
		if rec.Code != tc.status || seen != tc.seen {
			t.Errorf("%s %s %q: %d %s, handler saw %s; want %d and %s", tc.method, tc.path, tc.body, rec.Code, rec.Body, seen, tc.status, tc.seen)
		}
	}
}

// Who is asking is settled before a body is looked at, and an operation that is
// not built does not tell strangers so.
func TestBeforeComesFirst(t *testing.T) {
	d := oneandoneDialect()
	d.Before = func(r *wire.Request) error {
		if r.HTTP.Header.Get("X-TOKEN") == "" && !r.Op.Public {
			return cloud.Errorf(cloud.Unauthorized, "token", "who are you")
		}
		return nil
	}
	d.Handlers = wire.Handlers{"createServer": func(*wire.Request) (wire.Answer, error) { return wire.Answer{}, fmt.Errorf("disk full") }}
	r := mount(t, d)
	if rec := call(r, "POST", "/v1/servers", `{broken`); rec.Code != 401 {
		t.Errorf("status %d", rec.Code)
	}
	if rec := call(r, "GET", "/v1/roles", ``); rec.Code != 401 {
		t.Errorf("status %d", rec.Code)
	}
	if rec := call(r, "GET", "/v1/ping", ``); rec.Code != 501 {
		t.Errorf("status %d", rec.Code)
	}
	req := httptest.NewRequest("POST", "/v1/servers", nil)
	req.Header.Set("X-TOKEN", "1")
	rec := httptest.NewRecorder()
	r.ServeHTTP(rec, req)
	if rec.Code != 500 {
		t.Errorf("status %d", rec.Code)
	}
}

// Whatever address is asked for, the answer is a JSON object and never a panic.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"/v1/ping", "//", "/v1/servers/%zz", "/v1/servers/%2e%2e/hdds", "/v1?a=%", "/v1/servers/\x00"} {
		f.Add("GET", s, "q=%ff&&=&a")
	}
	one, err := wire.Mount(oneandoneDialect())
	if err != nil {
		f.Fatal(err)
	}
	cix, err := wire.Mount(cloudcixDialect())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, method, path, query string) {
		req := httptest.NewRequest("GET", "/", nil)
		req.Method = method
		u, err := req.URL.Parse(path)
		if err != nil {
			return
		}
		req.URL, req.Host = u, u.Host
		req.URL.RawQuery = query
		for _, r := range []*wire.Router{one, cix} {
			rec := httptest.NewRecorder()
			r.ServeHTTP(rec, req)
			if rec.Code != 301 && method != "HEAD" && !strings.HasPrefix(rec.Body.String(), "{") {
				t.Fatalf("%s %s: %d %q", method, path, rec.Code, rec.Body)
			}
		}
	})
}

// A simulation mounts both dialects for every seed.
func BenchmarkMount(b *testing.B) {
	for b.Loop() {
		if _, err := wire.Mount(cloudcixDialect()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	r, err := wire.Mount(cloudcixDialect())
	if err != nil {
		b.Fatal(err)
	}
	req := httptest.NewRequest("GET", "/iaas/v1/vm/7/storage/11/", nil)
	b.ReportAllocs()
	for b.Loop() {
		if r.Resolve(req).Op.ID != "storageRead" {
			b.Fatal("lost")
		}
	}
}
