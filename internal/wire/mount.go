package wire

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/virga-cloud/virga/client/op"
)

// MaxBody is how much of a body is read when a dialect does not say.
const MaxBody = 1 << 20

// Dialect is a contract with what has been built of it.
type Dialect struct {
	Name     string    // required; for logs
	Ops      []op.Spec // required; all operations of the contract
	Handlers Handlers  // what is built of them
	Rules    Rules     // how bodies are read
	MaxBody  int64     // optional; MaxBody when 0

	// Prefixes lists, per application, the path prefixes under which it is
	// mounted: {"": {"/v1"}} in 1&1. With Hosts, an application is also found by
	// the first label of the Host ("iaas.api.example.com"), without a prefix or
	// with one of Versions.
	Prefixes map[string][]string // required
	Hosts    bool
	Versions []string // optional: {"/v1"}
	// Slash says that every path ends in "/" (CloudCIX). Without it a final slash
	// is cut off, since 1&1 clients put one before the query.
	Slash bool

	// Before runs first, before a body is read: who is asking, is it too often.
	// It may put what it found into the request's context. Optional.
	Before func(*Request) error
	// Error is the dialect's own shape for an error. It also sees unknown paths
	// (Op is zero), wrong methods and operations that are not built. Required.
	Error func(*Request, error) Answer
	// Header is added to every answer. Optional.
	Header http.Header
	// Log gets internal errors, once. Optional.
	Log *slog.Logger
}

// Router serves one dialect.
type Router struct {
	d    Dialect
	apps map[string]*app
	made map[string]bool // built operations by ID
}

// app is the index of one application's paths. The chi tree is only asked where
// a path leads; it never serves, because its own answers would be plain text.
type app struct {
	tree   *chi.Mux
	ways   map[string]map[string]*way // pattern -> method -> way
	places map[string]string          // method and shape -> operation ID
}

// way is where a request goes; handle is nil while that is not built.
type way struct {
	spec   op.Spec
	handle Handler
}

// Codes of the errors that a Router makes by itself.
const (
	NotAllowed = "method.not_allowed" // the path exists with another method; 405
	NoSuchPath = "path.unknown"       // the path does not exist at all; 404
	NotBuilt   = "operation.not_built"
	TooLarge   = "body.too_large"
	Malformed  = "body.malformed"
)

// Mount builds a Router. It fails when two operations share a place, or when a
// handler belongs to no operation.
func Mount(d Dialect) (router *Router, err error) {
	if d.MaxBody == 0 {
		d.MaxBody = MaxBody
	}
	r := &Router{d: d, apps: map[string]*app{}, made: map[string]bool{}}
	defer func() {
		if p := recover(); p != nil { // chi's only way to refuse a pattern
			router, err = nil, fmt.Errorf("mount %s: %v", d.Name, p)
		}
	}()
	known := map[string]bool{}
	for _, spec := range d.Ops {
		known[spec.ID] = true
		if err := r.add(spec, d.Handlers[spec.ID]); err != nil {
			return nil, err
		}
	}
	for id := range d.Handlers {
		if !known[id] {
			return nil, fmt.Errorf("mount %s: handler for unknown operation %s", d.Name, id)
		}
	}
	r.heads()
	return r, nil
}

// add puts one operation into the index.
func (r *Router) add(spec op.Spec, h Handler) error {
	if len(r.d.Prefixes[spec.App]) == 0 && !r.d.Hosts {
		return fmt.Errorf("mount %s: %s has no prefix for application %q", r.d.Name, spec.ID, spec.App)
	}
	a := r.apps[spec.App]
	if a == nil {
		a = &app{tree: chi.NewMux(), ways: map[string]map[string]*way{}, places: map[string]string{}}
		r.apps[spec.App] = a
	}
	// Two patterns that differ only in the names of their parameters are one
	// place, which chi would silently give to the later one.
	place := spec.Method + " " + shape(spec.Path)
	if old, used := a.places[place]; used {
		return fmt.Errorf("mount %s: %s and %s are both %s %s", r.d.Name, old, spec.ID, spec.Method, spec.Path)
	}
	a.places[place] = spec.ID
	if a.ways[spec.Path] == nil {
		a.ways[spec.Path] = map[string]*way{}
	}
	a.ways[spec.Path][spec.Method] = &way{spec: spec, handle: h}
	a.tree.MethodFunc(spec.Method, spec.Path, never)
	if h != nil {
		r.made[spec.ID] = true
	}
	return nil
}

// heads makes everything readable askable without its body: a HEAD that has no
// handler of its own is the head of the GET.
func (r *Router) heads() {
	for _, a := range r.apps {
		for pattern, methods := range a.ways {
			get, head := methods[http.MethodGet], methods[http.MethodHead]
			switch {
			case get == nil:
			case head == nil:
				methods[http.MethodHead] = get
				a.tree.Head(pattern, never)
			case head.handle == nil && get.handle != nil:
				head.handle = get.handle
				r.made[head.spec.ID] = true
			}
		}
	}
}

// never stands in the tree where chi wants a handler.
func never(http.ResponseWriter, *http.Request) {}

// shape is a pattern without the names of its parameters.
func shape(pattern string) string {
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// Built lists the IDs of the operations that have a handler, sorted.
func (r *Router) Built() []string { return slices.Sorted(maps.Keys(r.made)) }
