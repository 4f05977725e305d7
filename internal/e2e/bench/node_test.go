package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/cloudcix"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/oneandone"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
	"github.com/virga-cloud/virga/internal/work"
)

// node is a control node as `virga up --fake` runs it: the same parts, wired in
// the same way, with the clock and the disk of this machine.
type node struct {
	db    *database
	ctl   *control.Control
	one   http.Handler
	cix   http.Handler
	cred  control.Credentials
	image *cloud.Image
	hosts []*fake.Machine
	token string // of the CloudCIX dialect

	told sync.Map // "order" or "start", and plan.ID of a VM -> chan time.Time
}

// engines runs a benchmark on both engines.
func engines(b *testing.B, f func(b *testing.B, engine string, open func(b *testing.B) *database)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			fatal(b, block(b.Name()))
			f(b, engine, func(b *testing.B) *database { return openDB(b, engine) })
		})
	}
}

func openDB(b *testing.B, engine string) *database {
	b.Helper()
	opt := store.Options{Path: filepath.Join(b.TempDir(), "virga.db"), Unchecked: true} // as without --dev
	if engine == "postgres" {
		opt = store.Options{DSN: pgtest.New(b), Unchecked: true}
	}
	db, err := store.Open(b.Context(), opt)
	fatal(b, err)
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return &database{DB: db, dsn: opt.DSN}
}

// database is a store and where it is.
type database struct {
	*store.DB
	dsn string
}

// tidy does after many rows came at once what PostgreSQL does by itself a minute
// later. SQLite does no such thing, nor do we.
func (d *database) tidy(b *testing.B) {
	b.Helper()
	if d.dsn == "" {
		return
	}
	conn, err := pgx.Connect(b.Context(), d.dsn)
	fatal(b, err)
	_, err = conn.Exec(b.Context(), "VACUUM ANALYZE")
	fatal(b, errors.Join(err, conn.Close(b.Context())))
}

// newNode makes the control plane and its first start on a store.
func newNode(b *testing.B, db *database) *node {
	b.Helper()
	ctx := b.Context()
	log := slog.New(slog.DiscardHandler)
	keys := b.TempDir()
	seal, err := auth.OpenSealer(keys, rand.Reader)
	fatal(b, err)
	tokens, err := auth.OpenTokens(keys, rand.Reader)
	fatal(b, err)
	n := &node{db: db}
	n.ctl = control.New(control.Options{DB: db.DB, Seal: seal, Tokens: tokens, Rand: rand.Reader, Log: log, Hold: 2 * time.Second, Fake: true})
	n.cred, err = n.ctl.Setup(ctx, control.SetupIn{Password: "operator", Pool: "198.18.0.0/15", Inside: "100.64.0.0/10"})
	fatal(b, err)
	n.image, err = n.ctl.AddImage(ctx, cloud.Image{
		Kind: cloud.Appliance, Name: "tiny", Family: "Linux", OS: "Linux", Type: "IMAGE", MinGB: 1, CloudInit: true,
		MultipleIPs: true, Public: true, ServerType: 2, Digest: strings.Repeat("ab", 32), SizeBytes: 1 << 20,
	})
	fatal(b, err)
	n.one = oneandone.New(n.ctl, oneandone.Options{Log: log, Rate: -1})
	n.cix = cloudcix.New(n.ctl, cloudcix.Options{Now: time.Now, Log: log, Rate: -1})
	return n
}

// run starts workers, hub and three hosts in the default region, each over the
// in-process link with TLS, and waits until one server went all the way.
func (n *node) run(b *testing.B) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	b.Cleanup(all.Wait)
	b.Cleanup(cancel)
	log := slog.New(slog.DiscardHandler)
	ca, err := hub.OpenCA(b.TempDir(), rand.Reader, time.Now, nil)
	fatal(b, err)
	h := hub.New(hub.Options{DB: n.db.DB, Log: log, HostWork: reconcile.Host, CA: ca, Gather: reconcile.Gather})
	pipe := hub.NewPipe()
	all.Go(func() { _ = h.ServeLinks(ctx, pipe) }) // it ends with the context
	queue := work.New(n.db.DB, work.Options{Log: log})
	rec := reconcile.New(reconcile.Options{DB: n.db.DB, Log: log, Retry: n.ctl.RetryServer})
	all.Go(func() { _ = queue.Run(ctx, rec.Handlers(), 4) }) // likewise
	for i := range 3 {
		row, err := n.ctl.PutHost(ctx, cloud.Host{
			RegionID: n.cred.RegionID, Name: fmt.Sprintf("fake-%d", i+1),
			Fake: true, ServerType: 2, StorageType: 2, Cores: 1 << 20, RAM: 1 << 30, DiskGB: 1 << 30,
		})
		fatal(b, err)
		var token string
		fatal(b, n.db.Write(ctx, func(tx *store.Tx) (err error) {
			token, err = ca.IssueJoinToken(tx, row.ID, []byte(fmt.Sprintf("%016d", i)), time.Hour)
			return err
		}))
		// In memory: hosts have disks of their own, and what is measured is the
		// control plane's share.
		folder := ear{fake.NewMemory(), n}
		fatal(b, host.Join(ctx, host.JoinOptions{Folder: folder, Token: token, Dial: pipe.Dial, Rand: rand.Reader, Now: time.Now}))
		client, err := host.NewClient(host.ClientOptions{Folder: folder, Dial: pipe.Dial, Rand: rand.Reader, Now: time.Now})
		fatal(b, err)
		machine, err := fake.New(fake.Options{Folder: fake.NewMemory(), Now: time.Now, Facts: plan.Facts{Name: row.Name}})
		fatal(b, err)
		machine.Hook = n.hook
		agent, err := host.New(ctx, host.Options{Tag: "be7c", Folder: folder, Machine: machine, Now: time.Now})
		fatal(b, err)
		r := &host.Runner{Agent: agent, Client: client, Log: log}
		all.Go(func() { r.Run(ctx) })
		n.hosts = append(n.hosts, machine)
	}
	for i := range 30 { // routers, networks and images come with the first servers
		id, _ := n.create(b, fmt.Sprintf("warm-%d", i))
		n.wait(b, id)
	}
}

// ear is a host's folder that notes when the order of a machine arrives.
type ear struct {
	host.Folder
	n *node
}

// Write is how an agent takes a document.
func (e ear) Write(name string, data []byte) error {
	if id, ok := strings.CutPrefix(name, string(plan.KindVM)+"/"); ok {
		e.n.heard("order", plan.ID(id))
	}
	return e.Folder.Write(name, data)
}

// hook notes when a host is asked for the first time to start a machine.
func (n *node) hook(c fake.Call) *fake.Fault {
	if c.Op == fake.OpEnsure && c.Ref.Kind == plan.KindVM {
		n.heard("start", c.Ref.ID)
	}
	return nil
}

func (n *node) heard(what string, id plan.ID) {
	select {
	case n.channel(what, id) <- time.Now():
	default: // not for the first time
	}
}

func (n *node) channel(what string, id plan.ID) chan time.Time {
	ch, ok := n.told.Load(what + string(id))
	if !ok {
		ch, _ = n.told.LoadOrStore(what+string(id), make(chan time.Time, 1))
	}
	return ch.(chan time.Time)
}

// wait gives the times at which a host had the order to run a machine, and at
// which it began to start it.
func (n *node) wait(b *testing.B, id plan.ID) (order, start time.Time) {
	late := time.After(30 * time.Second)
	for what, at := range map[string]*time.Time{"order": &order, "start": &start} {
		select {
		case *at = <-n.channel(what, id):
		case <-late:
			b.Errorf("no %s of %s at any host", what, id)
		}
	}
	return order, start
}

// key is a public key of nobody.
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIDEN0lmQPXjhIUJFWrCWVqZg0oyVjnA1NNtD8BNLSmN bench"

// create is POST /v1/servers through the dialect's handler.
func (n *node) create(b *testing.B, name string) (plan.ID, time.Duration) {
	body := fmt.Sprintf(`{"name":%q,"appliance_id":%q,`+
		`"rsa_key":%q,"hardware":{"vcore":1,"cores_per_processor":1,"ram":1,"hdds":[{"size":20,"is_main":true}]}}`,
		name, n.image.UID.String(), key)
	start := time.Now()
	status, answer := n.do(n.one, "POST", "/v1/servers", body)
	took := time.Since(start)
	var s struct{ ID string }
	if err := json.Unmarshal(answer, &s); err != nil || status != http.StatusAccepted {
		b.Errorf("create: %d %s", status, answer)
	}
	return plan.ID(strings.ToLower(s.ID)), took
}

func (n *node) do(h http.Handler, method, path, body string) (int, []byte) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("X-TOKEN", n.cred.Token)
	if n.token != "" {
		r.Header.Set("X-Auth-Token", n.token)
	}
	r.Header.Set("Content-Type", "application/json")
	w := &answer{head: http.Header{}}
	h.ServeHTTP(w, r)
	return w.status, w.body.Bytes()
}

// answer is a ResponseWriter that keeps what was written.
type answer struct {
	head   http.Header
	status int
	body   bytes.Buffer
}

// Header is what goes out before the body.
func (a *answer) Header() http.Header { return a.head }

// WriteHeader keeps the status.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write keeps the body.
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// login gets a token of the CloudCIX dialect.
func (n *node) login(b *testing.B) {
	b.Helper()
	body := fmt.Sprintf(`{"email":%q,"password":"operator","api_key":%q}`, n.cred.Email, n.cred.APIKey)
	status, got := n.do(n.cix, "POST", "/membership/v2/auth/login/", body)
	var t struct{ Token string }
	if err := json.Unmarshal(got, &t); err != nil || t.Token == "" {
		b.Fatalf("login: %d %s", status, got)
	}
	n.token = t.Token
}

func fatal(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
