package httpd_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/virga-cloud/virga/api"
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/httpd"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// rig is a front over a real store and control, with one server that runs on
// one simulated host.
type rig struct {
	t    *testing.T
	db   *store.DB
	ctl  *control.Control
	hub  *hub.Hub
	cred control.Credentials
	log  *bytes.Buffer
	one  http.HandlerFunc
	cix  http.HandlerFunc
	srv  *httptest.Server
	vm   *cloud.Server

	audit *httpd.Audit
}

// tokenKey is one for all tests, since it takes long to make.
var tokenKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func newRig(t *testing.T) *rig { return newRigWith(t, httpd.FrontOptions{}) }

// newRigWith takes what a test wants other than usual.
func newRigWith(t *testing.T, o httpd.FrontOptions) *rig {
	t.Helper()
	dir := t.TempDir()
	r := &rig{t: t, log: &bytes.Buffer{}}
	var mu sync.Mutex
	log := slog.New(slog.NewTextHandler(lockedWriter{&mu, r.log}, nil))
	var err error
	if r.db, err = store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "db"), NoSync: true, Log: log}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.db.Close(); err != nil {
			t.Error(err)
		}
	})
	seal, err := auth.NewSealer(make([]byte, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r.ctl = control.New(control.Options{DB: r.db, Seal: seal, Tokens: auth.NewTokens(tokenKey()), Rand: rand.Reader, Log: log, Fake: true})
	if r.cred, err = r.ctl.Setup(t.Context(), control.SetupIn{Pool: "198.18.0.0/24", Inside: "100.64.0.0/16"}); err != nil {
		t.Fatal(err)
	}
	ca, err := hub.OpenCA(dir, rand.Reader, time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.hub = hub.New(hub.Options{DB: r.db, Log: log, CA: ca})
	r.one = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "oneandone") }
	r.cix = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "cloudcix") }
	o.OneAndOne = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { r.one(w, q) })
	o.CloudCIX = http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { r.cix(w, q) })
	o.Control, o.Hub, o.Log = r.ctl, r.hub, log
	r.audit = httpd.NewAudit(r.db, log)
	o.Audit = r.audit
	front, err := httpd.Front(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.srv = httptest.NewUnstartedServer(front)
	r.srv.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	r.srv.Start()
	t.Cleanup(func() { cancel(); r.srv.CloseClientConnections(); r.srv.Close() })
	return r
}

type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func (r *rig) write(f func(tx *store.Tx) error) {
	r.t.Helper()
	if err := r.db.Write(r.t.Context(), f); err != nil {
		r.t.Fatal(err)
	}
}

// echoing is a machine whose guests say at every port where they were called, and
// echo: what streams carry is nothing to these tests.
type echoing struct{ *fake.Machine }

func (e echoing) Dial(ctx context.Context, to plan.Target) (net.Conn, error) {
	if to.Kind == "tcp" {
		to.Kind = "serial"
	}
	return e.Machine.Dial(ctx, to)
}

// serve makes a running server of member 1 with an address, and the agent of
// its host.
func (r *rig) serve() {
	t := r.t
	t.Helper()
	h, err := r.ctl.PutHost(t.Context(), cloud.Host{RegionID: r.cred.RegionID, Name: "h", ServerType: 2, StorageType: 2, Fake: true})
	if err != nil {
		t.Fatal(err)
	}
	r.write(func(tx *store.Tx) error {
		net := &cloud.Subnet{Name: "inside"}
		if err := store.Insert(tx, net); err != nil {
			return err
		}
		r.vm = &cloud.Server{MemberID: 1, SiteID: 1, RegionID: r.cred.RegionID, HostID: h.ID, Name: "web"}
		r.vm.SeenOn, r.vm.On = true, true
		if err := store.Insert(tx, r.vm); err != nil {
			return err
		}
		nic := &cloud.NIC{ServerID: r.vm.ID, NetworkID: net.ID}
		if err := store.Insert(tx, nic); err != nil {
			return err
		}
		return store.Insert(tx, &cloud.IP{Kind: cloud.PrivateIP, Addr: addr("100.64.0.9"), SubnetID: net.ID, ServerID: r.vm.ID, NICID: nic.ID})
	})
	r.agent(h.ID)
}

// agent joins and runs the host over a pipe.
func (r *rig) agent(id int64) {
	t := r.t
	t.Helper()
	pipe := hub.NewPipe()
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { _ = r.hub.ServeLinks(ctx, pipe) })
	t.Cleanup(func() { cancel(); all.Wait() })
	token, err := r.hub.IssueJoinToken(t.Context(), id, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	folder := fake.NewMemory()
	if err := host.Join(t.Context(),
		host.JoinOptions{Folder: folder, Token: token, Dial: pipe.Dial, Rand: rand.Reader, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	machine, err := fake.New(fake.Options{Folder: fake.NewMemory(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	agent, err := host.New(t.Context(), host.Options{Tag: "t35t", Folder: folder, Machine: echoing{machine}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	client, err := host.NewClient(host.ClientOptions{Folder: folder, Dial: pipe.Dial, Rand: rand.Reader, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	all.Go(func() { (&host.Runner{Agent: agent, Client: client, Log: slog.New(slog.DiscardHandler)}).Run(ctx) })
}

func (r *rig) get(path string, header ...string) (int, string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.srv.URL+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestRoutes(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct{ host, path, want string }{
		{"127.0.0.1", "/v1/servers", "oneandone"},
		{"127.0.0.1", "/nothing", "oneandone"},
		{"127.0.0.1", "/iaas/v1/vm/", "cloudcix"},
		{"127.0.0.1", "/membership/v1/user/", "cloudcix"},
		{"127.0.0.1", "//iaas/v1/vm/", "cloudcix"},
		{"iaas.example.com", "/vm/", "cloudcix"},
		{"Membership.example.com:8080", "/user/", "cloudcix"},
		{"iaas.example.com", "/v1/servers", "cloudcix"},
		{"iaas.example.com", "/v1/vm/", "cloudcix"},
		{"membership.example.com", "/v5.0/user/", "cloudcix"},
		{"iaas.example.com", "/-/nothing", `"not_found"`},
		{"127.0.0.1", "/-/nothing", `"not_found"`},
	} {
		if _, body := r.get(c.path, "Host", c.host); !strings.Contains(body, c.want) {
			t.Errorf("%s%s: %s, want %s", c.host, c.path, body, c.want)
		}
	}
}

func TestPanicIsAnsweredInTheDialect(t *testing.T) {
	r := newRig(t)
	boom := func(http.ResponseWriter, *http.Request) { panic("secret detail") }
	r.one, r.cix = boom, boom
	for path, key := range map[string]string{"/v1/x": "type", "/iaas/v1/x/": "detail"} {
		status, body := r.get(path)
		var m map[string]any
		if err := json.Unmarshal([]byte(body), &m); err != nil || status != 500 || m[key] == nil || strings.Contains(body, "secret") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if !strings.Contains(r.log.String(), "secret detail") {
		t.Error("the panic is not in the log")
	}
}

func TestCrashPassesThrough(t *testing.T) {
	r := newRig(t)
	front, err := httpd.Front(httpd.FrontOptions{
		OneAndOne: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(crash.Crashed{Point: "x"}) }),
		CloudCIX:  http.NotFoundHandler(), Control: r.ctl, Hub: r.hub, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if _, ok := recover().(crash.Crashed); !ok {
			t.Error("the played death was stopped")
		}
	}()
	front.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/x", nil))
}

func TestMeasures(t *testing.T) {
	r := newRig(t)
	r.get("/v1/x")
	status, body := r.get("/-/metrics")
	for _, want := range []string{
		`virga_leaks{host="",kind="card"} 0`,
		`virga_http_request_seconds_count{code="200",dialect="oneandone",method="GET"} 1`, "virga_servers 0",
	} {
		if status != 200 || !strings.Contains(body, want) {
			t.Errorf("%d without %s", status, want)
		}
	}
	// A card of a server that is not there is a leak.
	r.write(func(tx *store.Tx) error { return store.Insert(tx, &cloud.NIC{ServerID: 99, NetworkID: 1}) })
	r.round()
	if _, body := r.get("/-/metrics"); !strings.Contains(body, `virga_leaks{host="",kind="card"} 1`) {
		t.Error("the leak is not counted")
	}
	if status, _ := r.get("/-/metrics", "X-Forwarded-For", "1.2.3.4"); status != 401 {
		t.Errorf("through a proxy without a token: %d", status)
	}
	plain, err := r.ctl.AddUser(t.Context(), newUser("Operator", false))
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := r.get("/-/metrics", "X-Forwarded-For", "1.2.3.4", "X-TOKEN", plain.Token); status != 403 {
		t.Errorf("somebody of the operator's member: %d", status)
	}
	if status, _ := r.get("/-/metrics", "X-Forwarded-For", "1.2.3.4", "Authorization", "Bearer "+r.cred.Token); status != 200 {
		t.Errorf("the operator: %d", status)
	}
}

// message is one server-sent event.
type message struct{ id, kind, data string }

// follow opens the stream of events.
func (r *rig) follow(query string, header ...string) (next func() message, end func()) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 20*time.Second)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.srv.URL+"/-/events"+query, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("X-TOKEN", r.cred.Token)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		r.t.Fatalf("events: %s", resp.Status)
	}
	lines := bufio.NewScanner(resp.Body)
	next = func() (m message) {
		r.t.Helper()
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				m.id = value
			case "event":
				m.kind = value
			case "data":
				m.data = value
			case "":
				if m.data != "" {
					return m
				}
			}
		}
		r.t.Fatalf("the stream ended: %v", lines.Err())
		return m
	}
	return next, func() { cancel(); _ = resp.Body.Close() }
}

func (r *rig) event(member int64, name string) {
	r.t.Helper()
	r.write(func(tx *store.Tx) error {
		return store.Insert(tx, &cloud.Event{
			Operation: tx.UID(), At: tx.Now(), Started: tx.Now(), MemberID: member, SiteID: 1, Action: "CREATE", Kind: "key", Object: name,
		})
	})
}

func TestEventsResume(t *testing.T) {
	r := newRig(t)
	r.event(1, "before")
	next, end := r.follow("")
	r.event(2, "foreign")
	r.event(1, "first")
	m := next()
	if m.kind != "operation" || !strings.Contains(m.data, `"first"`) || m.id == "" {
		t.Fatalf("got %+v, want first: neither what was before nor what is another member's", m)
	}
	end()
	r.event(1, "meanwhile")
	r.event(1, "second")
	next, end = r.follow("", "Last-Event-ID", m.id)
	defer end()
	for _, want := range []string{"meanwhile", "second"} {
		if m := next(); !strings.Contains(m.data, `"`+want+`"`) {
			t.Fatalf("got %+v, want %s", m, want)
		}
	}
}

func TestEventsNeedAToken(t *testing.T) {
	r := newRig(t)
	for header, want := range map[string]int{"X-Nothing": 401, "X-TOKEN": 401} {
		if status, body := r.get("/-/events", header, strings.Repeat("0", 32)); status != want {
			t.Errorf("%s: %d %s", header, status, body)
		}
	}
	if status, _ := r.get("/-/events", "X-TOKEN", r.cred.Token, "Last-Event-ID", "nonsense"); status != 400 {
		t.Errorf("bad id: %d", status)
	}
	if status, _ := r.get("/-/events?server="+strings.Repeat("A", 32), "X-TOKEN", r.cred.Token); status != 404 {
		t.Errorf("no such server: %d", status)
	}
}

func TestProgressFollowsTheRealEnd(t *testing.T) {
	r := newRig(t)
	r.serve()
	change := func(f func(s *cloud.Server)) {
		t.Helper()
		r.write(func(tx *store.Tx) error {
			s, err := store.Get[cloud.Server](tx, r.vm.ID)
			if err != nil {
				return err
			}
			f(s)
			return store.Update(tx, s)
		})
	}
	change(func(s *cloud.Server) { s.Begin(cloud.Reboot, 7, time.Now()); s.Step, s.Steps = 1, 4 })
	next, end := r.follow("?server=" + r.vm.UID.String())
	defer end()
	read := func() (p httpd.Progress) {
		t.Helper()
		if err := json.Unmarshal([]byte(next().data), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := read(); !p.Running || p.Percent != 25 || p.Change != "reboot" {
		t.Fatalf("at first: %+v", p)
	}
	change(func(s *cloud.Server) { s.Step = 3; s.Reason = "waits for vm" })
	if p := read(); p.Step != 3 || p.Reason != "waits for vm" || p.Failed {
		t.Fatalf("under way: %+v", p)
	}
	change(func(s *cloud.Server) { s.EventID = 0; s.Reason = "no room" })
	if p := read(); p.Running || !p.Failed || p.Reason != "no room" {
		t.Fatalf("at the end: %+v", p)
	}
}

// slow notes until when an answer must have gone out.
type slow struct {
	*httptest.ResponseRecorder
	until []time.Time
}

func (s *slow) SetWriteDeadline(at time.Time) error { s.until = append(s.until, at); return nil }

// Whoever asks and does not read is not waited for: each part of an answer has its
// time, a long one more, and the time of the answer before on a connection is gone.
func TestAnswersHaveADeadline(t *testing.T) {
	r := newRig(t)
	synctest.Test(t, func(t *testing.T) {
		h, err := httpd.Front(httpd.FrontOptions{
			OneAndOne: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusOK)
				time.Sleep(time.Hour) // models a stream that is quiet
				_, _ = w.Write(make([]byte, 640<<10))
			}),
			CloudCIX: http.NotFoundHandler(), Control: r.ctl, Hub: r.hub, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		w := &slow{ResponseRecorder: httptest.NewRecorder()}
		now := time.Now()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/v1/ping", nil))
		want := []time.Time{{}, now.Add(30 * time.Second), now.Add(time.Hour + 40*time.Second)}
		if len(w.until) != len(want) {
			t.Fatalf("deadlines %v", w.until)
		}
		for i := range want {
			if !w.until[i].Equal(want[i]) {
				t.Errorf("deadline %d is %s, want %s", i, w.until[i], want[i])
			}
		}
	})
}

// health is that the process answers; ready waits for what the node waits for.
func TestHealthAndReady(t *testing.T) {
	var why error = cloud.Errorf(cloud.Unavailable, "ready.start", "the node is starting")
	r := newRigWith(t, httpd.FrontOptions{Ready: func(context.Context) error { return why }})
	if status, body := r.get("/-/health"); status != 200 || body != `{"ok":true}` {
		t.Errorf("health: %d %s", status, body)
	}
	if status, body := r.get("/-/ready"); status != 503 || !strings.Contains(body, "the node is starting") {
		t.Errorf("starting: %d %s", status, body)
	}
	why = nil
	if status, body := r.get("/-/ready"); status != 200 || body != `{"ok":true}` {
		t.Errorf("ready: %d %s", status, body)
	}
}

// Both contracts are served byte by byte, to everybody, and nothing else is.
func TestContractsAreServed(t *testing.T) {
	r := newRig(t)
	_, list := r.get("/-/api/")
	for name, want := range map[string][]byte{
		"oneandone.openapi.yaml": api.OneAndOne(), "cloudcix.openapi.yaml": api.CloudCIX(), "oneandone.md": nil, "cloudcix.md": nil,
	} {
		status, body := r.get("/-/api/" + name)
		if status != 200 || want != nil && body != string(want) || len(body) < 1000 || !strings.Contains(list, name) {
			t.Errorf("%s: %d, %d bytes", name, status, len(body))
		}
	}
	for _, name := range []string{"api.go", "../api.go", "%2e%2e/go.mod", "nothing.yaml", "x/y"} {
		if status, _ := r.get("/-/api/" + name); status == 200 {
			t.Errorf("%s is served", name)
		}
	}
}

// A proxy that is trusted says where a caller is; a caller who says it himself is
// not believed.
func TestTrustedProxy(t *testing.T) {
	for trusted, want := range map[bool]string{true: "192.0.2.77", false: "127.0.0.1"} {
		o := httpd.FrontOptions{}
		if trusted {
			o.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		}
		r := newRigWith(t, o)
		var peer string
		r.one = func(_ http.ResponseWriter, q *http.Request) { peer, _, _ = net.SplitHostPort(q.RemoteAddr) }
		r.get("/v1/servers", "X-Forwarded-For", "203.0.113.1, 192.0.2.77")
		if peer != want {
			t.Errorf("trusted %v: the dialect sees %s, want %s", trusted, peer, want)
		}
		if status, _ := r.get("/-/metrics", "X-Forwarded-For", "127.0.0.1"); status != 401 {
			t.Errorf("measures through a proxy for a loopback address: %d", status)
		}
	}
}
