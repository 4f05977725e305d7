// Package httpd is what a control node serves: both dialects under one
// listener, the node's own paths under /-/, and the operator's verbs on a
// socket of the machine. No rule of the product is in it.
package httpd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/wire"
	"github.com/virga-cloud/virga/internal/wire/contract"
)

// FrontOptions is what the front is made of. All fields are required unless
// marked.
type FrontOptions struct {
	OneAndOne http.Handler // serves /v1
	CloudCIX  http.Handler // serves the hosts iaas. and membership., and both as prefixes
	Control   *control.Control
	Hub       *hub.Hub
	Log       *slog.Logger
	Audit     *Audit // what the measures say of leaks; somebody else runs it
	// Watch checks every request and answer against the contracts and logs
	// what breaks them (optional).
	Watch bool
	// Trusted are proxies that are believed about where requests come from (optional).
	Trusted []netip.Prefix
	// Ready says what the node waits for before it can serve (optional).
	Ready func(ctx context.Context) error
	// Waits are what this node itself waits for (optional).
	Waits func() []control.Wait
	// Recheck is how often open streams are asked again whether their caller may
	// have them, and StreamAge how old they get (optional: quietTime, streamAge).
	Recheck, StreamAge time.Duration
}

// front is one listener's worth of the product.
type front struct {
	FrontOptions
	one, cix http.Handler
	own      http.Handler
	measures *measures
	pulse    pulse
}

// Front makes the handler of a control node.
func Front(o FrontOptions) (http.Handler, error) {
	f := &front{FrontOptions: o, one: o.OneAndOne, cix: o.CloudCIX, measures: newMeasures(o.Control.DB, o.Waits, o.Audit)}
	if f.Recheck == 0 {
		f.Recheck = quietTime
	}
	if f.StreamAge == 0 {
		f.StreamAge = streamAge
	}
	if o.Watch {
		var err error
		if f.one, err = f.watched(contract.OneAndOne, o.OneAndOne); err != nil {
			return nil, err
		}
		if f.cix, err = f.watched(contract.CloudCIX, o.CloudCIX); err != nil {
			return nil, err
		}
	}
	f.own = f.ownPaths()
	return f, nil
}

// ServeHTTP finds out whose request it is.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if at := clientOf(r, f.Trusted); at != source(r) { // whoever looks at the peer sees the client
		r = r.WithContext(r.Context())
		r.RemoteAddr = netip.AddrPortFrom(at, 0).String()
	}
	who, next := f.route(r)
	rec := &recorder{ResponseWriter: w}
	// The answer before on this connection left its own time, which may be over.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	if db := f.Control.DB; db.Ahead() != 0 { // else it is what the server writes by itself
		w.Header().Set("Date", db.Now().Format(http.TimeFormat))
	}
	done := f.measures.start(who.name, r.Method)
	defer func() {
		if p := recover(); p != nil {
			f.panicked(who, rec, r, p)
		}
		done(rec.code())
	}()
	next.ServeHTTP(rec, r)
}

func (f *front) route(r *http.Request) (dialect, http.Handler) {
	switch who := dialectOf(r); who.name {
	case nodeItself.name:
		return who, f.own
	case cloudCIX.name:
		return who, f.cix
	default:
		return who, f.one
	}
}

func dialectOf(r *http.Request) dialect {
	switch {
	case strings.HasPrefix(r.URL.Path, "/-/"):
		return nodeItself
	case ofCloudCIX(r):
		return cloudCIX
	}
	return oneAndOne
}

// ofCloudCIX tells requests by the first label of the host or by their prefix.
// Everything else is answered by 1&1, in whose shape unknown paths fail. Whoever
// calls a host of CloudCIX is answered by it whatever the path: the newest of its
// clients put a version behind the host, which looks like a path of 1&1.
func ofCloudCIX(r *http.Request) bool {
	label, _, _ := strings.Cut(strings.ToLower(r.Host), ".")
	if label == "iaas" || label == "membership" {
		return true
	}
	path := strings.TrimLeft(r.URL.Path, "/")
	return strings.HasPrefix(path, "iaas/") || strings.HasPrefix(path, "membership/")
}

// panicked answers for a handler that died. Crashed plays the death of the
// whole process and is nobody's to stop; neither is the server's own abort.
func (f *front) panicked(d dialect, rec *recorder, r *http.Request, p any) {
	if _, ok := p.(crash.Crashed); ok {
		panic(p)
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	f.Log.ErrorContext(r.Context(), "request panicked", "dialect", d.name, "method", r.Method, "path", r.URL.Path,
		"panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if rec.status != 0 {
		panic(http.ErrAbortHandler) // half an answer is out: cut the connection
	}
	d.fail(rec)
}

// resolver is a dialect that says which operation a request is.
type resolver interface {
	Resolve(r *http.Request) wire.Target
}

func (f *front) watched(load func() (*contract.Document, error), h http.Handler) (http.Handler, error) {
	doc, err := load()
	if err != nil {
		return nil, fmt.Errorf("watch the wire: %w", err)
	}
	res, ok := h.(resolver)
	if !ok {
		return nil, fmt.Errorf("watch the wire: the handler of %s does not tell its operations", doc.Name)
	}
	report := func(v contract.Violation) { f.Log.Error("contract broken", "violation", v.String()) }
	return contract.Watch(doc, res.Resolve, report, h), nil
}
