package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/virga-cloud/virga/internal/admin"
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/cloudcix"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/httpd"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/image"
	"github.com/virga-cloud/virga/internal/oneandone"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// nodeOptions is what a control node is made from.
type nodeOptions struct {
	data   *data
	dsn    string // PostgreSQL; empty = SQLite in the folder
	listen string
	// tlsCert and tlsKey are files; empty: the APIs are plain HTTP.
	tlsCert, tlsKey string
	acme            *httpd.ACMEOptions // nil: no certificates by ACME
	proxies         []netip.Prefix     // believed about where requests come from
	links           string             // TCP address for remote hosts; empty = none
	fake            bool
	dev             bool
	pool            string // public addresses of the first region
	inside          string
	acceptKeys      bool // of the folder, also if the database knows others
	testClock       bool // the clock may be moved
	log             *slog.Logger
}

// certificates are what the listener of both APIs is known by.
type certificates interface {
	Config() *tls.Config
	Names() []string
}

// node is a control plane: store, verbs, reconcilers, hub and both dialects.
// Everything is wired here by hand; tests start the same.
type node struct {
	opt   nodeOptions
	db    *store.DB
	ctl   *control.Control
	hub   *hub.Hub
	ca    *hub.CA
	queue *work.Queue
	rec   *reconcile.Reconciler
	pipe  *hub.Pipe
	cred  control.Credentials
	front http.Handler
	audit *httpd.Audit
	admin *admin.Verbs

	bringing singleflight.Group // by digest

	mu        sync.Mutex // guards the operator's password and the file that shows it
	announced bool
	waits     string    // what the node is not ready for; "" when it is
	own       []ownHost // of this process

	cert   certificates // nil: plain
	acme   *httpd.ACME  // nil: from files, or plain
	web    net.Listener
	remote net.Listener // nil without links
	socket net.Listener
}

// gcPercent lets garbage grow to three times what is in use before it is
// collected: that takes a tenth off the processor time of a request, and what is
// in use is small.
const gcPercent = 300

// openNode listens, opens the store and makes what the first start needs, in this
// order: a start that fails for a used port has made nothing yet.
func openNode(ctx context.Context, o nodeOptions) (*node, error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	n := &node{opt: o, pipe: hub.NewPipe(), waits: "the node is starting"}
	err := n.listen(ctx)
	if err == nil {
		err = o.data.mayBe(o.fake)
	}
	if err == nil {
		err = n.open(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}

// path: the operator's own folder
func (n *node) open(ctx context.Context) error {
	o := n.opt
	keys := o.data.path("keys")
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", keys, err)
	}
	var err error
	n.db, err = store.Open(ctx, store.Options{Path: o.data.path("virga.db"), DSN: o.dsn, Log: o.log, Unchecked: !o.dev})
	if err != nil {
		return err
	}
	if err := n.mayBeAhead(); err != nil {
		return err
	}
	seal, tokens, err := n.openKeys(ctx, keys)
	if err != nil {
		return err
	}
	n.ctl = control.New(control.Options{
		DB: n.db, Seal: seal, Tokens: tokens, Rand: rand.Reader, Log: o.log, Hold: 2 * time.Second, Fake: o.fake,
	})
	n.rec = reconcile.New(reconcile.Options{DB: n.db, Log: o.log, Retry: n.ctl.RetryServer})
	n.queue = work.New(n.db, work.Options{Log: o.log, WentBack: reconcile.PullTimes})
	n.hub = hub.New(hub.Options{
		DB: n.db, Log: o.log, HostWork: reconcile.Host, Adopted: reconcile.Adopted, Mended: reconcile.Mended,
		CA: n.ca, Images: n.images().Open, Bring: n.bringImage, Gather: reconcile.Gather, Key: seal.Derive("orders"),
	})
	old, _ := readReady(o.data.dir) // none, or not to be read: then nothing was kept
	if n.cred, err = n.ctl.Setup(ctx, control.SetupIn{Pool: o.pool, Inside: o.inside, Kept: old.Password}); err != nil {
		return explainSetup(err)
	}
	if err := o.data.be(o.fake); err != nil {
		return err
	}
	return n.mount()
}

// openKeys reads the keys, or makes them at the first start, and refuses those of
// another installation.
//
// path: DATA/keys
func (n *node) openKeys(ctx context.Context, dir string) (seal *auth.Sealer, tokens *auth.Tokens, err error) {
	if !n.opt.acceptKeys {
		if err := auth.KeysThere(ctx, n.db, dir); err != nil {
			return nil, nil, err
		}
	}
	if seal, err = auth.OpenSealer(dir, rand.Reader); err != nil {
		return nil, nil, fmt.Errorf("open the master key: %w", err)
	}
	if tokens, err = auth.OpenTokens(dir, rand.Reader); err != nil {
		return nil, nil, fmt.Errorf("open the token key: %w", err)
	}
	if n.ca, err = hub.OpenCA(dir, rand.Reader, n.db.Now, n.db.Ahead); err != nil {
		return nil, nil, fmt.Errorf("open the authority: %w", err)
	}
	authority := auth.KeyPrint{Name: "authority", File: "ca.pem"}
	authority.Print, authority.Also = n.ca.Prints()
	return seal, tokens, auth.SameKeys(ctx, n.db, []auth.KeyPrint{seal.Print(), tokens.Print(), authority}, n.opt.acceptKeys)
}

// explainSetup names the flag that a start is refused for.
func explainSetup(err error) error {
	var e *cloud.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("first start: %w", err)
	}
	text := strings.TrimSpace(e.Message + " " + e.Fix)
	if e.Field != "" {
		text = "--" + e.Field + ": " + text
	}
	if e.Kind == cloud.Invalid {
		return fail(exitUsage, "%s", text)
	}
	return fail(exitConflict, "%s", text)
}

// images is where hosts fetch packed images.
func (n *node) images() image.Shelf { return image.Shelf{Dir: n.opt.data.path("images")} }

// mount puts both dialects and the node's own paths under one handler.
func (n *node) mount() error {
	one := oneandone.New(n.ctl, oneandone.Options{Log: n.opt.log})
	cix := cloudcix.New(n.ctl, cloudcix.Options{Log: n.opt.log})
	var err error
	n.audit = httpd.NewAudit(n.db, n.opt.log)
	n.front, err = httpd.Front(httpd.FrontOptions{
		OneAndOne: one, CloudCIX: cix, Control: n.ctl, Hub: n.hub, Log: n.opt.log, Watch: n.opt.dev, Trusted: n.opt.proxies, Ready: n.isReady,
		Waits: n.ownWaits, Audit: n.audit,
	})
	if err != nil {
		return err
	}
	n.admin = &admin.Verbs{
		Control: n.ctl, Hub: n.hub, CA: n.ca, DB: n.db, Images: n.images(), Log: n.opt.log, OperatorPassword: n.operatorPassword,
		OperatorToken: n.operatorToken,
		Waits:         n.ownWaits, Audit: n.audit, TestClock: n.opt.testClock, Pull: n.queue.Pull,
	}
	return nil
}

// cannotListen says which flag names the address, and what would be right.
func cannotListen(flag, at string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fail(exitFailed, "--%s %s: something listens there already; end it, or choose another port (0 takes a free one)", flag, at)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fail(exitUsage, "--%s %s: this machine has no such address; 0.0.0.0 and [::] are all that it has", flag, at)
	case errors.Is(err, syscall.EACCES):
		return fail(exitAuth, "--%s %s: you may not listen there; ports below 1024 are for root", flag, at)
	}
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return fmt.Errorf("--%s %s: %w", flag, at, errno)
	}
	return fail(exitUsage, "--%s: %q is no address with a port, such as 127.0.0.1:8080", flag, at)
}

// listen opens all sockets, so that a taken port is told before anything runs.
//
// path: our own socket
func (n *node) listen(ctx context.Context) (err error) {
	if n.opt.tlsCert != "" {
		c, err := httpd.OpenCertificate(n.opt.tlsCert, n.opt.tlsKey, n.opt.log, n.now)
		if err != nil {
			return err
		}
		n.cert = c
	}
	if n.web, err = net.Listen("tcp", n.opt.listen); err != nil {
		return cannotListen("listen", n.opt.listen, err)
	}
	n.web = httpd.Bounded(n.web, httpd.PerSource, httpd.AtAll, n.opt.proxies)
	if n.opt.acme != nil {
		n.opt.acme.At, n.opt.acme.Now = n.web.Addr().String(), n.now
		if n.acme, err = httpd.OpenACME(ctx, *n.opt.acme); err != nil {
			return err
		}
		n.cert = n.acme
	}
	if n.opt.links != "" {
		if n.remote, err = net.Listen("tcp", n.opt.links); err != nil {
			return cannotListen("links", n.opt.links, err)
		}
		n.remote = httpd.Bounded(n.remote, httpd.PerSource, httpd.AtAll, nil)
	}
	path := n.opt.data.path("admin.sock")
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("old admin socket: %w", err)
	}
	if n.socket, err = net.Listen("unix", path); err != nil {
		return fmt.Errorf("listen for the operator: %w", err)
	}
	return os.Chmod(path, 0o600)
}

// serve answers strangers.
func (n *node) serve(ctx context.Context) error {
	switch {
	case n.acme != nil:
		return httpd.ServeTLS(ctx, n.web, n.cert.Config(), n.front, n.acme.Lacks)
	case n.cert != nil:
		return httpd.ServeTLS(ctx, n.web, n.cert.Config(), n.front, nil)
	}
	return httpd.Serve(ctx, n.web, n.front)
}

// ready describes the running node for scripts. Called with mu held.
func (n *node) ready() ready {
	root := n.address()
	r := ready{
		OneAndOne: root + "/v1", CloudCIX: root + "/",
		Token: n.cred.Token, Email: n.cred.Email, Password: n.cred.Password, APIKey: n.cred.APIKey,
		RegionID: n.cred.RegionID, PID: os.Getpid(),
	}
	if r.Password == "" {
		r.Note = noPassword
	}
	return r
}

// noPassword is what a node says that came second at a first start, or whose operator
// has another password by now.
const noPassword = "the operator's password is not known here; it is in ready.json of the node that made the operator, and " +
	"`virga admin user password Operator/admin` makes another"

// address is where clients of this machine find the APIs. With a certificate it
// is a name that the certificate is for, or they would not believe it.
func (n *node) address() string {
	at := n.web.Addr().String()
	if n.cert == nil {
		return "http://" + at
	}
	_, port, err := net.SplitHostPort(at)
	if names := n.cert.Names(); err == nil && len(names) > 0 && !strings.HasPrefix(names[0], "*") {
		at = net.JoinHostPort(names[0], port)
	}
	return "https://" + at
}

// operatorPassword keeps the file for scripts right when the operator has another
// password. Before the node is ready there is no such file to be changed.
func (n *node) operatorPassword(password string) error {
	return n.credentials(func() { n.cred.Password = password })
}

// operatorToken does the same for another API key, with which the commands of this
// machine speak.
func (n *node) operatorToken(token string) error {
	return n.credentials(func() { n.cred.Token = token })
}

func (n *node) credentials(change func()) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	change()
	if !n.announced {
		return nil
	}
	return n.opt.data.writeReady(n.ready())
}

// patiently repeats what the database cannot do for the moment, until it can: a node that
// stood still while it started, for example, has lost what it had begun. Everything
// else is served meanwhile, and says that it cannot be done now.
func (n *node) patiently(ctx context.Context, what string, do func() error) error {
	for try := 0; ; try++ {
		err := do()
		if !cloud.IsKind(err, cloud.Unavailable) {
			return err
		}
		if try%30 == 0 {
			n.opt.log.Warn("try again", "what", what, "error", err)
		}
		pause := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			pause.Stop()
			return err
		case <-pause.C:
		}
	}
}

// run serves until ctx ends and returns when everything has ended. Nobody who asks waits
// for what the database must do first.
func (n *node) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := n.admin.DropImages(ctx); err != nil {
		n.opt.log.Warn("removed images take up room", "error", err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var first error
	start := func(what string, f func() error) {
		all.Go(func() {
			err := f()
			if err != nil && ctx.Err() == nil {
				mu.Lock()
				first = errors.Join(first, fmt.Errorf("%s: %w", what, err))
				mu.Unlock()
			}
			cancel() // one part down is all down: a supervisor starts us again
		})
	}
	start("links", func() error { return n.tellLinks(ctx) })
	start("work", func() error {
		err := n.patiently(ctx, "begin the sweep", func() error {
			return n.db.Write(ctx, func(tx *store.Tx) error { return work.Enqueue(tx, reconcile.Sweep, 0, 0) })
		})
		if err != nil {
			return err
		}
		return n.patiently(ctx, "start to work", func() error { return n.queue.Run(ctx, n.rec.Handlers(), 4) })
	})
	start("audit", func() error { return n.audit.Run(ctx) })
	start("hosts", func() error { return n.hub.ServeLinks(ctx, n.pipe) })
	if n.remote != nil {
		start("remote hosts", func() error { return n.hub.ServeLinks(ctx, n.remote) })
	}
	start("web", func() error { return n.serve(ctx) })
	if n.acme != nil {
		start("certificates", func() error { return n.acme.Run(ctx) })
	}
	start("admin", func() error { return httpd.ServeOperator(ctx, n.socket, n.admin.Handler()) })
	all.Wait()
	return first
}

// close gives back what was opened, however far the start came. Listeners that
// were served are closed already.
func (n *node) close() error {
	for _, l := range []net.Listener{n.web, n.remote, n.socket} {
		if l != nil {
			_ = l.Close()
		}
	}
	if n.db == nil {
		return nil
	}
	return n.db.Close()
}
