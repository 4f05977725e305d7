// Package oneandone translates the 1&1 Cloud Server API v1 into verbs of
// control and back. It holds no business rule: what may be done, and what
// follows from it, is control's; what it is called on the wire is here.
//
// The contract is api/oneandone.openapi.yaml with api/oneandone.md; the model of
// the core that it meets is described in docs/explain/rulings.md (R numbers).
package oneandone

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Base is the path below which the dialect is mounted.
const Base = "/v1"

// Options wires the dialect. Everything is optional.
type Options struct {
	Now func() time.Time // of the rate limit; the system's clock when nil
	Log *slog.Logger     // internal errors, once each; slog's default when nil

	// Rate is how many writes a user may send per second over time, Burst how
	// many at once. Zero takes the defaults, a negative Rate lifts the limit.
	Rate  float64
	Burst int

	// MaxBody bounds request bodies in bytes; wire's default when 0.
	MaxBody int64
}

// Generous: a person never meets them, a runaway loop does.
const (
	defaultRate  = 100
	defaultBurst = 1000
)

// api is the dialect at work.
type api struct {
	c     *control.Control
	limit *limiter
}

// Handler serves the dialect.
type Handler struct {
	*wire.Router // which requests are its own, and what they ask for
	serve        http.Handler
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.serve.ServeHTTP(w, r) }

// New mounts every operation of the contract. Those that are not built yet
// answer 501 in the dialect's own shape.
func New(c *control.Control, o Options) *Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Rate == 0 {
		o.Rate = defaultRate
	}
	if o.Burst == 0 {
		o.Burst = defaultBurst
	}
	a := &api{c: c, limit: newLimiter(o.Rate, o.Burst, o.Now)}
	router, err := wire.Mount(wire.Dialect{
		Name:     "oneandone",
		Ops:      oneandone.Operations,
		Handlers: a.handlers(),
		Rules:    wire.Rules{NullAbsent: true},
		MaxBody:  o.MaxBody,
		Prefixes: map[string][]string{"": {Base}},
		Before:   a.before,
		Error:    answerError,
		Header:   headers,
		Log:      o.Log,
	})
	if err != nil {
		panic(err) // two operations in one place: the contract itself is broken
	}
	return &Handler{Router: router, serve: withAnswerHeader(router)}
}

// headers were seen on every answer of the real service (contract, section 1).
var headers = http.Header{
	"X-Content-Type-Options":        {"nosniff"},
	"X-Frame-Options":               {"deny"},
	"Access-Control-Allow-Origin":   {"*"},
	"Access-Control-Expose-Headers": {"Error-Msg"},
}

// handlers of everything that is built, by operation ID.
func (a *api) handlers() wire.Handlers {
	h := wire.Handlers{}
	a.pings(h)
	a.datacenters(h)
	a.flavors(h)
	a.images(h)
	a.keys(h)
	a.ips(h)
	a.networks(h)
	a.policies(h)
	a.logs(h)
	a.servers(h)
	a.hardware(h)
	a.serverIPs(h)
	a.snapshots(h)
	return h
}

// errNoCall would mean that a handler ran without Before.
var errNoCall = errors.New("request without a call")

// callOf is the call that Before made of the request.
func callOf(r *wire.Request) *control.Call {
	if call, ok := r.Context().Value(callKey{}).(*control.Call); ok {
		return call
	}
	panic(fmt.Errorf("%s: %w", r.Op.ID, errNoCall))
}
