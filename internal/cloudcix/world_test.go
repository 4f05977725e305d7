package cloudcix_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/cloudcix"
	"github.com/virga-cloud/virga/internal/e2e/sim"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
	"github.com/virga-cloud/virga/internal/wire/contract"
)

func TestMain(m *testing.M) {
	code := pgtest.Main(m)
	if code == 0 && all() {
		code = answered.judge()
	}
	os.Exit(code)
}

// world is the dialect over a whole cloud with fake hosts, with the contract
// watched, and with people of all the kinds that section 4 knows.
type world struct {
	*sim.World
	t      *testing.T
	api    *cloudcix.API
	served http.Handler
	mu     sync.Mutex
	tokens map[string]string
	users  map[string]*cloud.User
	plans  map[string]planned
	used   int64
	region int64
}

func newWorld(t *testing.T) *world { return newWorldWith(t, cloudcix.Options{Rate: -1}) }

func newWorldWith(t *testing.T, opts cloudcix.Options) *world {
	t.Helper()
	s, err := sim.New(t.TempDir(), 7, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{World: s, t: t, tokens: map[string]string{}, users: map[string]*cloud.User{}, region: s.Cred.RegionID}
	w.serve(opts)
	return w
}

// serve mounts the dialect on the cloud.
func (w *world) serve(opts cloudcix.Options) {
	w.t.Helper()
	opts.Now = func() time.Time { return w.Now }
	opts.Log = slog.New(slog.NewTextHandler(w.t.Output(), nil))
	w.api = cloudcix.New(w.C, opts)
	doc, err := contract.CloudCIX()
	if err != nil {
		w.t.Fatal(err)
	}
	watched := contract.Watch(doc, w.api.Router().Resolve, func(v contract.Violation) { w.t.Errorf("%s", v) }, w.api)
	w.served = http.HandlerFunc(func(out http.ResponseWriter, req *http.Request) {
		rec := httptest.NewRecorder()
		watched.ServeHTTP(rec, req)
		answered.note(rec.Body.Bytes())
		maps.Copy(out.Header(), rec.Header())
		out.WriteHeader(rec.Code)
		if _, err := out.Write(rec.Body.Bytes()); err != nil && rec.Body.Len() > 0 {
			w.t.Error(err)
		}
	})
	w.people()
}

// people: ann and bea share an address, carl has another one of the same member,
// gina is global there, dora is of another member, pia is private, rob is the
// robot of the region, lou may only read, nora has no role.
func (w *world) people() {
	w.t.Helper()
	full := insert(w, &cloud.Role{Name: "all", Flags: auth.AllFlags()})
	read := insert(w, &cloud.Role{Name: "read", Flags: auth.ReadFlags()})
	const memberKey = "00000000000000000000000000000001"
	hash := auth.APIKeyHash(memberKey)
	acme := insert(w, &cloud.Member{
		Name: "Acme", SelfManaged: true, APIKey: w.C.Seal.Seal("key "+hex.EncodeToString(hash), memberKey), APIKeyHash: hash, Currency: "EUR",
	})
	other := insert(w, &cloud.Member{Name: "Other", SelfManaged: true, APIKeyHash: auth.APIKeyHash("00000000000000000000000000000002")})
	managed := insert(w, &cloud.Member{Name: "Managed", APIKeyHash: auth.APIKeyHash("00000000000000000000000000000003")})
	office := insert(w, &cloud.Site{MemberID: acme.ID, Name: "Acme office", Country: "IE", Location: "Cork"})
	branch := insert(w, &cloud.Site{MemberID: acme.ID, Name: "Acme branch"})
	foreign := insert(w, &cloud.Site{MemberID: other.ID, Name: "Other office"})
	kept := insert(w, &cloud.Site{MemberID: managed.ID, Name: "Managed office"})
	password := sync.OnceValue(func() string {
		h, err := auth.NewGate(auth.GateOptions{}).Hash(w.t.Context(), "s3cret", rng{})
		if err != nil {
			panic(err)
		}
		return h
	})()
	add := func(name string, m, site int64, f func(u *cloud.User)) {
		u := &cloud.User{
			MemberID: m, SiteID: site, FirstName: name, Surname: "Test", Email: name + "@example.org", RoleID: full.ID, Password: password,
		}
		f(u)
		w.users[name] = insert(w, u)
	}
	none := func(*cloud.User) {}
	add("ann", acme.ID, office.ID, none)
	add("bea", acme.ID, office.ID, none)
	add("carl", acme.ID, branch.ID, none)
	add("gina", acme.ID, branch.ID, func(u *cloud.User) { u.Global = true })
	add("dora", other.ID, foreign.ID, none)
	add("dave", other.ID, foreign.ID, func(u *cloud.User) { u.Global = true })
	add("pia", acme.ID, office.ID, func(u *cloud.User) { u.Private = true })
	add("rob", 1, w.region, func(u *cloud.User) { u.Robot = true })
	add("rita", 1, w.region, none)
	add("ruth", 1, w.region+1000, func(u *cloud.User) { u.Robot = true })
	add("lou", acme.ID, office.ID, func(u *cloud.User) { u.RoleID = read.ID })
	add("nora", acme.ID, office.ID, func(u *cloud.User) { u.RoleID = 0 })
	add("max", managed.ID, kept.ID, none)
	add("olga", acme.ID, office.ID, func(u *cloud.User) { u.Disabled = true })
	insert(w, &cloud.Site{Meta: cloud.Meta{}, MemberID: 1, Name: "far", CloudRegion: true, Driver: "virga", Inside: "100.64.0.0/16"})
	w.fix("ruth")
}

// fix gives a robot of another region a site that exists.
func (w *world) fix(name string) {
	w.write(func(tx *store.Tx) error {
		s, err := store.First[cloud.Site](tx, cloud.Where(cloud.Eq("name", "far")))
		if err != nil {
			return err
		}
		u := w.users[name]
		u.SiteID = s.ID
		return store.Update(tx, u)
	})
}

// rng is enough for salts in tests.
type rng struct{}

func (rng) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i * 31)
	}
	return len(p), nil
}

func insert[T any](w *world, row *T) *T {
	w.t.Helper()
	w.write(func(tx *store.Tx) error { return store.Insert(tx, row) })
	return row
}

func (w *world) write(f func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.DB.Write(context.Background(), f); err != nil {
		w.t.Fatal(err)
	}
}

// token signs a token for a user.
func (w *world) token(name string) string {
	if name == "" {
		return ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := auth.Session{UID: 1}
	if u := w.users[name]; u != nil {
		s.UID = u.ID
	} else if name != "root" {
		w.t.Fatalf("nobody is called %s", name)
	}
	token, err := w.C.Tokens.Issue(s, 24*time.Hour, w.Now)
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

// answer is what came back.
type answer struct {
	t      *testing.T
	what   string
	code   int
	header http.Header
	body   []byte
}

// call sends a request in the form with path prefixes.
func (w *world) call(who, method, path string, body any, headers ...string) answer {
	w.t.Helper()
	app := "/iaas/v1"
	if len(path) > 2 && path[:2] == "m:" {
		app, path = "/membership/v1", path[2:]
	}
	return w.send(w.request(who, method, app+path, body, headers...))
}

func (w *world) request(who, method, path string, body any, headers ...string) *http.Request {
	w.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = bytes.NewReader([]byte(b))
	case []byte:
		in = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			w.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	req := httptest.NewRequest(method, path, in)
	req.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr("192.0.2.9"), 4711).String()
	req.Header.Set("Content-Type", "application/json")
	if token := w.token(who); token != "" {
		req.Header.Set("X-Auth-Token", token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

func (w *world) send(req *http.Request) answer {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.served.ServeHTTP(rec, req)
	return answer{w.t, req.Method + " " + req.URL.String(), rec.Code, rec.Header(), rec.Body.Bytes()}
}

// is checks the status.
func (a answer) is(code int) answer {
	a.t.Helper()
	if a.code != code {
		a.t.Fatalf("%s: %d %s; want %d", a.what, a.code, a.body, code)
	}
	return a
}

// into decodes "content".
func into[T any](a answer) T {
	a.t.Helper()
	var out struct {
		Content T `json:"content"`
	}
	if err := json.Unmarshal(a.body, &out); err != nil {
		a.t.Fatalf("%s: %s: %v", a.what, a.body, err)
	}
	return out.Content
}

// object decodes the whole body.
func (a answer) object() map[string]any {
	a.t.Helper()
	var out map[string]any
	if err := json.Unmarshal(a.body, &out); err != nil {
		a.t.Fatalf("%s: %s: %v", a.what, a.body, err)
	}
	return out
}

// codes lists the error codes of an answer: "field=code", "field[1].gb=code", or
// the code alone.
func (a answer) codes() map[string]string {
	a.t.Helper()
	out := map[string]string{}
	o := a.object()
	if c, ok := o["error_code"].(string); ok {
		out[""] = c
	}
	errs, _ := o["errors"].(map[string]any)
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case []any:
			for i, e := range v {
				walk(fmt.Sprintf("%s[%d]", at, i), e)
			}
		case map[string]any:
			if c, ok := v["error_code"].(string); ok {
				out[at] = c
				return
			}
			for k, e := range v {
				walk(at+"."+k, e)
			}
		}
	}
	for f, v := range errs {
		walk(f, v)
	}
	return out
}

// project makes a project of ann with a network 10.0.0.1/24, all built.
func (w *world) project(who, name string) (project, router int64) {
	w.t.Helper()
	p := into[map[string]any](w.call(who, "POST", "/project/", map[string]any{"region_id": w.region, "name": name}).is(201))
	project, router = int64(p["id"].(float64)), int64(p["virtual_router_id"].(float64))
	w.settle()
	w.call(who, "PATCH", fmt.Sprintf("/virtual_router/%d/", router),
		map[string]any{"subnets": []any{map[string]any{"address_range": "10.0.0.1/24", "name": "front"}}}).is(200)
	w.settle()
	return project, router
}

func (w *world) settle() {
	w.t.Helper()
	if err := w.Settle(time.Hour); err != nil {
		w.t.Fatal(err)
	}
}

// pass lets time go by, with what is due then.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	for until := w.Now.Add(d); w.Now.Before(until); w.Now = w.Now.Add(time.Minute) {
		w.settle()
	}
	w.settle()
}

// vm is a good request for a machine.
func (w *world) vm(project int64, name, address string) map[string]any {
	return map[string]any{
		"project_id": project, "image_id": w.Image.ID, "storage_type_id": 2, "cpu": 2, "ram": 4, "dns": "192.0.2.53,192.0.2.54", "name": name,
		"gateway_subnet": "10.0.0.1/24", "ip_addresses": []any{map[string]any{"address": address, "nat": false}},
		"storages": []any{map[string]any{"name": "root", "gb": 40, "primary": true}},
	}
}

// machine makes a machine that runs.
func (w *world) machine(who string, project int64, name, address string) int64 {
	w.t.Helper()
	v := into[map[string]any](w.call(who, "POST", "/vm/", w.vm(project, name, address)).is(201))
	w.settle()
	return int64(v["id"].(float64))
}

// drop removes a row that a test made.
func drop[T any](w *world, id int64) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error { return store.Delete[T](tx, id) })
}
