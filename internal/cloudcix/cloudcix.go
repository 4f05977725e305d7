// Package cloudcix translates the CloudCIX IaaS API, and the part of its
// membership API that clients need, to the verbs of package control and back.
// The contract is api/cloudcix.md and its schemas; section numbers in comments
// are those of that file. Nothing is decided here.
package cloudcix

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Options of the dialect.
type Options struct {
	Now func() time.Time // optional: the clock of the rate limit
	// Wait holds a request that came too soon (optional: by the machine's clock).
	Wait func(ctx context.Context, d time.Duration) error
	Log  *slog.Logger // optional: internal errors
	Rate int          // optional: requests per second and user, 20 when 0; negative for no limit
}

// API is the dialect over one Control.
type API struct {
	c      *control.Control
	limit  *limiter
	router *wire.Router
	lists  map[string]*list // by operation ID
}

// New mounts all operations of the contract; those without a handler answer 501.
// It panics when the contract cannot be mounted or a list does not fit it, which a
// test would have shown.
func New(c *control.Control, opts Options) *API {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Wait == nil {
		opts.Wait = pause
	}
	if opts.Rate == 0 {
		opts.Rate = 20
	}
	a := &API{c: c, limit: newLimiter(opts.Rate, opts.Now, opts.Wait)}
	var err error
	if a.lists, err = newLists(listings, a.Handlers()); err != nil {
		panic("cloudcix: " + err.Error())
	}
	a.router, err = wire.Mount(wire.Dialect{
		Name:     "cloudcix",
		Ops:      wirespec.Operations,
		Handlers: a.Handlers(),
		Rules:    wire.Rules{Trim: true, Digits: true},
		Prefixes: map[string][]string{"iaas": {"/iaas/v1", "/iaas/v2"}, "membership": {"/membership/v1", "/membership/v2"}},
		Hosts:    true,
		Versions: []string{"/v1", "/v2"},
		Slash:    true,
		Before:   a.before,
		Error:    failure,
		Log:      opts.Log,
	})
	if err != nil {
		panic("cloudcix: " + err.Error())
	}
	return a
}

// Resolve says where a request leads without carrying it out.
func (a *API) Resolve(r *http.Request) wire.Target { return a.router.Resolve(r) }

// ServeHTTP makes an API a handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.router.ServeHTTP(w, r) }

// Router gives the index of operations to the contract watcher and to whoever
// shares a listener between the dialects.
func (a *API) Router() *wire.Router { return a.router }

// Handlers is what is built, by operation ID.
func (a *API) Handlers() wire.Handlers {
	h := wire.Handlers{}
	a.logins(h)
	a.users(h)
	a.sites(h)
	a.members(h)
	a.images(h)
	a.asns(h)
	a.allocations(h)
	a.subnets(h)
	a.ipAddresses(h)
	a.validator(h)
	a.ipAddressGroups(h)
	a.feedRanges(h)
	a.poolIPs(h)
	a.policyHits(h)
	a.hosts(h)
	a.interfaces(h)
	a.hostTypes(h)
	a.projects(h)
	a.routers(h)
	a.servers(h)
	a.volumes(h)
	a.serverHistories(h)
	return h
}

type actorKey struct{}

// before says who is asking, and whether too often.
func (a *API) before(r *wire.Request) error {
	if r.Op.Public {
		return a.often(r.Context(), source(r.HTTP), false)
	}
	token := r.HTTP.Header.Get("X-Auth-Token")
	if token == "" {
		return cloud.Errorf(cloud.Unauthorized, "token", "The header X-Auth-Token is missing.")
	}
	actor, err := a.c.ActorByToken(r.Context(), token, source(r.HTTP))
	if err != nil {
		return err
	}
	if err := a.often(r.Context(), actor.UserID(), true); err != nil {
		return err
	}
	r.With(context.WithValue(r.Context(), actorKey{}, actor))
	return nil
}

// often holds and then refuses a caller who asks too often. Strangers are not held:
// they could take the place of everybody else.
func (a *API) often(ctx context.Context, caller any, patient bool) error {
	if a.limit.allow(ctx, caller, patient) {
		return nil
	}
	return cloud.Errorf(cloud.TooMany, "rate", "Too many requests: %d per second are allowed.", a.limit.rate)
}

// source is the address a request came from, the zero Addr when it has none.
func source(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap()
}

func actor(r *wire.Request) *control.Actor {
	a, _ := r.Context().Value(actorKey{}).(*control.Actor)
	return a
}

// call is the request as the door of control sees it.
func call(r *wire.Request) (*control.Call, error) {
	dry, err := r.DryRun()
	if err != nil {
		return nil, err
	}
	key, err := r.Key()
	if err != nil {
		return nil, err
	}
	return &control.Call{
		Actor: actor(r), Dialect: "cloudcix", Method: r.HTTP.Method, Path: r.HTTP.URL.RequestURI(), Body: r.Raw,
		Key: key, DryRun: dry,
	}, nil
}

// read answers from one snapshot of the store.
func (a *API) read(r *wire.Request, f func(t *control.Txn) (any, error)) (wire.Answer, error) {
	c, err := call(r)
	if err != nil {
		return wire.Answer{}, err
	}
	var out any
	err = a.c.Read(r.Context(), c, func(t *control.Txn) error {
		var err error
		out, err = f(t)
		return err
	})
	if err != nil {
		return wire.Answer{}, err
	}
	return wire.Encode(r.Op.Status, out)
}

// said quotes what was sent for an id; digits speak for themselves.
func said(text string) string {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text
	}
	return strconv.Quote(text)
}

// id reads a path parameter. Whatever is no positive number is the id of
// nothing.
func id(r *wire.Request, name string) control.Pick {
	n, ok := positive(r.Path(name))
	if !ok {
		return control.Pick{ID: -1, Said: said(r.Path(name))}
	}
	return control.Pick{ID: n}
}
