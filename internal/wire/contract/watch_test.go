package contract_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/wire"
	"github.com/virga-cloud/virga/internal/wire/contract"
)

// exchange runs one request through a router whose every handler gives the same
// answer, under the watcher, and returns what the watcher said and the answer.
type exchange struct {
	cix          bool
	method, path string
	body         string
	status       int
	answer       string
	header       http.Header
}

func (e exchange) run(t *testing.T) ([]contract.Violation, *httptest.ResponseRecorder) {
	t.Helper()
	d := wire.Dialect{
		Name: "oneandone", Ops: oneandone.Operations, Prefixes: map[string][]string{"": {"/v1"}},
		Error: func(_ *wire.Request, err error) wire.Answer {
			a, _ := wire.Encode(404, map[string]any{"type": "NOT_FOUND", "message": err.Error(), "errors": nil})
			if cloud.IsKind(err, cloud.NotBuilt) {
				a.Status = 501
			}
			return a
		},
	}
	load := contract.OneAndOne
	if e.cix {
		load = contract.CloudCIX
		d = wire.Dialect{
			Name: "cloudcix", Ops: cloudcix.Operations, Slash: true,
			Prefixes: map[string][]string{"iaas": {"/iaas/v1"}, "membership": {"/membership/v1"}},
			Error: func(_ *wire.Request, err error) wire.Answer {
				a, _ := wire.Encode(404, map[string]any{"detail": err.Error()})
				return a
			},
		}
	}
	doc, err := load()
	if err != nil {
		t.Fatal(err)
	}
	d.Handlers = wire.Handlers{}
	for _, o := range d.Ops {
		if o.ID == "listRoles" {
			continue
		}
		d.Handlers[o.ID] = func(*wire.Request) (wire.Answer, error) {
			a := wire.Answer{Status: e.status, Header: e.header}
			if e.answer != "" {
				a.Body = []byte(e.answer)
			}
			return a, nil
		}
	}
	router, err := wire.Mount(d)
	if err != nil {
		t.Fatal(err)
	}
	var seen []contract.Violation
	h := contract.Watch(doc, router.Resolve, func(v contract.Violation) { seen = append(seen, v) }, router)
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(e.method, e.path, strings.NewReader(e.body)))
	return seen, rec
}

const (
	asn     = `{"content":{"allocations_in_use":0,"created":"c","id":1,"member_id":null,"number":5,"updated":"u","uri":"x"}}`
	empty   = `{"content":[],"_metadata":{"limit":50,"order":"number","page":0,"total_records":0,"warnings":[]}}`
	failure = `{"type":"NOT_FOUND","message":"m","errors":null}`
	key     = `{"id":"0123456789ABCDEF0123456789ABCDEF","name":"k","description":null,"state":"ACTIVE","servers":[],` +
		`"md5":"x","public_key":"p","creation_date":"2015-05-06T08:33:25+00:00"}`
)

func TestWatch(t *testing.T) {
	for _, tc := range []struct {
		e    exchange
		want string // "side where" of each violation
	}{
		// Answers that keep the contract.
		{exchange{method: "GET", path: "/v1/ping", status: 200, answer: `["PONG"]`}, ""},
		{exchange{method: "GET", path: "/v1//ping/?", status: 200, answer: `["PONG"]`}, ""},
		{exchange{method: "HEAD", path: "/v1/ping", status: 200, answer: `["PONG"]`}, ""},
		{exchange{method: "GET", path: "/v1/nothing"}, ""},
		{exchange{method: "PUT", path: "/v1/ping"}, ""},
		{exchange{method: "GET", path: "/v1/roles"}, ""},
		{exchange{method: "GET", path: "/v1/ssh_keys", status: 200, answer: `[` + key + `]`}, ""},
		{exchange{method: "GET", path: "/v1/ssh_keys/1", status: 404, answer: failure}, ""},
		{exchange{method: "GET", path: "/v1/ssh_keys", status: 500, answer: failure}, ""},
		{exchange{cix: true, method: "GET", path: "/iaas/v1/asn/1/", status: 200, answer: asn}, ""},
		{exchange{cix: true, method: "HEAD", path: "/iaas/v1/asn/1/", status: 200}, ""},
		{exchange{cix: true, method: "HEAD", path: "/iaas/v1/asn/", status: 200}, ""},
		{exchange{cix: true, method: "GET", path: "/iaas/v1/asn/1"}, ""},
		{exchange{cix: true, method: "DELETE", path: "/iaas/v1/asn/1/", status: 204}, ""},
		{exchange{cix: true, method: "GET", path: "/iaas/v1/nothing/"}, ""},
		{exchange{
			cix: true, method: "POST", path: "/membership/v1/auth/login/",
			body: `{"email":"a","password":"b"}`, status: 200, answer: `{}`,
		}, ""},
		{exchange{
			cix: true, method: "POST", path: "/iaas/v1/asn/", body: `{}`, status: 400,
			answer: `{"errors":{"number":{"error_code":"iaas_asn_create_101","detail":"d"}},"detail":"Bad request."}`,
		}, ""},

		// Answers that break it.
		{exchange{method: "GET", path: "/v1/ping", status: 200, answer: `["PING"]`}, "answer body[0]"},
		{exchange{method: "GET", path: "/v1/ping", status: 202, answer: `["PONG"]`}, "answer status"},
		{exchange{method: "GET", path: "/v1/ping", status: 200, answer: `["PONG"`}, "answer body"},
		{exchange{method: "GET", path: "/v1/ping", status: 200}, "answer header.Content-Type, answer body"},
		{
			exchange{method: "GET", path: "/v1/ping", status: 200, answer: `["PONG"]`, header: http.Header{"Content-Type": {"text/plain"}}},
			"answer header.Content-Type",
		},
		{exchange{method: "GET", path: "/v1/ssh_keys/1", status: 409, answer: failure}, "answer status"},
		{exchange{method: "GET", path: "/v1/ssh_keys/1", status: 404, answer: `{"detail":"x"}`}, "answer body"},
		{exchange{method: "GET", path: "/v1/ssh_keys", status: 200, answer: `null`}, "answer body"},
		{
			exchange{method: "GET", path: "/v1/ssh_keys", status: 200, answer: `[` + strings.Replace(key, "[]", "null", 1) + `]`},
			"answer body[0].servers",
		},
		{
			exchange{cix: true, method: "GET", path: "/iaas/v1/asn/1/", status: 200, answer: strings.Replace(asn, `"number":5,`, "", 1)},
			"answer body.content",
		},
		{exchange{cix: true, method: "DELETE", path: "/iaas/v1/asn/1/", status: 204, answer: `{}`}, "answer body"},
		{
			exchange{cix: true, method: "GET", path: "/iaas/v1/asn/1/", status: 404, answer: `{"error_code":"x","detail":"d","more":1}`},
			"answer body",
		},

		// A projection is exempt from the schema, but not from being JSON.
		{exchange{method: "GET", path: "/v1/ssh_keys?fields=id", status: 200, answer: `[{"id":"A"}]`}, ""},
		{exchange{method: "GET", path: "/v1/ssh_keys?fields=", status: 200, answer: `[{"id":"A"}]`}, "answer body[0], answer body[0].id"},
		{exchange{method: "GET", path: "/v1/ssh_keys?fields=id", status: 200, answer: `[`}, "answer body"},
		{exchange{method: "GET", path: "/v1/ssh_keys/1?fields=id", status: 200, answer: `{"id":"A"}`}, "answer body, answer body.id"},

		// Refused requests: fine with an error, a violation with a 2xx.
		{exchange{method: "GET", path: "/v1/ssh_keys?page=0", status: 400, answer: failure}, ""},
		{exchange{method: "GET", path: "/v1/ssh_keys?page=0", status: 200, answer: `[]`}, "request query.page"},
		{exchange{method: "GET", path: "/v1/ssh_keys?page=&q=", status: 200, answer: `[]`}, ""},
		{exchange{method: "GET", path: "/v1/logs", status: 200, answer: `[]`}, "request query.period"},
		{exchange{method: "GET", path: "/v1/logs?period=SOON", status: 200, answer: `[]`}, "request query.period"},
		{exchange{method: "POST", path: "/v1/ssh_keys", body: `{"name":7}`, status: 201, answer: key}, "request body.name"},
		{exchange{method: "POST", path: "/v1/ssh_keys", body: ``, status: 201, answer: key}, "request body"},
		{exchange{method: "POST", path: "/v1/ssh_keys", body: `{"name":"k","unknown":1,"description":null}`, status: 201, answer: key}, ""},

		// The written list.
		{exchange{cix: true, method: "GET", path: "/iaas/v1/asn/?page=abc&limit=1000&search[a]=1", status: 200, answer: empty}, ""},
		{exchange{cix: true, method: "POST", path: "/iaas/v1/asn/", body: `{"number":"64512"}`, status: 201, answer: asn}, ""},
		{exchange{cix: true, method: "POST", path: "/iaas/v1/asn/", body: `{"number":"many"}`, status: 201, answer: asn}, "request body.number"},
		{exchange{cix: true, method: "GET", path: "/iaas/v1/asn/one/", status: 200, answer: asn}, "request path.pk"},
	} {
		seen, _ := tc.e.run(t)
		var got []string
		for _, v := range seen {
			got = append(got, v.Side+" "+v.Where)
		}
		if strings.Join(got, ", ") != tc.want {
			t.Errorf("%s %s %s -> %d %s:\n got %v\nwant %s\n%v", tc.e.method, tc.e.path, tc.e.body, tc.e.status, tc.e.answer, got, tc.want, seen)
		}
	}
}

// Watching changes nothing: status, header and body arrive, and the handler sees
// the whole request.
func TestWatchIsInvisible(t *testing.T) {
	doc, err := contract.OneAndOne()
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Repeat("x", wire.MaxBody+1000)
	resolve := func(*http.Request) wire.Target { return wire.Target{Op: oneandone.CreateServer.Spec} }
	h := contract.Watch(doc, resolve, func(contract.Violation) {}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		buf := make([]byte, 1000)
		for {
			i, err := r.Body.Read(buf)
			if n += i; err != nil {
				break
			}
		}
		w.Header().Set("X-Seen", fmt.Sprint(n))
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte("tea"))
	}))
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("POST", "/v1/servers", strings.NewReader(body)))
	if rec.Code != http.StatusTeapot || rec.Body.String() != "tea" || rec.Header().Get("X-Seen") != fmt.Sprint(len(body)) {
		t.Errorf("%d %q %v", rec.Code, rec.Body, rec.Header())
	}
}

func TestViolationReadsAsOneLine(t *testing.T) {
	v := contract.Violation{Dialect: "d", Op: "o", Method: "GET", URL: "/u", Status: 200, Side: "answer", Where: "body", Text: "t", Body: "b"}
	if got := v.String(); got != "d o GET /u -> 200 breaks the contract: answer body: t; body b" {
		t.Error(got)
	}
}

// Every allowance says why, and names something that exists.
func TestAllowedIsWritten(t *testing.T) {
	ids := map[string]bool{"": true}
	for _, o := range oneandone.Operations {
		ids["oneandone "+o.ID] = true
	}
	for _, o := range cloudcix.Operations {
		ids["cloudcix "+o.ID] = true
	}
	for _, a := range contract.Allowed {
		if a.Reason == "" || a.Where == "" || a.Op != "" && !ids[a.Dialect+" "+a.Op] {
			t.Errorf("%+v", a)
		}
	}
}

func BenchmarkWatch(b *testing.B) {
	doc, err := contract.CloudCIX()
	if err != nil {
		b.Fatal(err)
	}
	target := wire.Target{Op: cloudcix.ReadASN.Spec, Path: map[string]string{"pk": "1"}}
	r := httptest.NewRequest("GET", "/iaas/v1/asn/1/", nil)
	header := http.Header{"Content-Type": {"application/json"}}
	for b.Loop() {
		if v := doc.Judge(target, r, nil, 200, header, []byte(asn)); len(v) > 0 {
			b.Fatal(v)
		}
	}
}
