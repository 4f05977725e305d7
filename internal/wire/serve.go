package wire

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
)

// Target is where a request leads.
type Target struct {
	Op      op.Spec           // zero when nothing is there
	Path    map[string]string // path parameters, unescaped
	Allowed []string          // methods of that path when only the method was wrong
	Slash   bool              // a final slash is all that is missing
	handle  Handler
}

// Owns tells whether a request belongs to this dialect by its host or prefix, so
// that one listener can serve both.
func (r *Router) Owns(req *http.Request) bool {
	_, _, ok := r.locate(req)
	return ok
}

// locate finds the application and the cleaned, still escaped path below its base.
// A prefix counts more than the host, since no operation begins with one: a
// client may join both forms.
func (r *Router) locate(req *http.Request) (string, string, bool) {
	path := fold(req.URL.EscapedPath())
	for name := range r.apps {
		for _, prefix := range r.d.Prefixes[name] {
			rest, ok := strings.CutPrefix(path, prefix)
			if ok && (rest == "" || rest[0] == '/' || prefix == "") {
				return name, rest, true
			}
		}
	}
	if r.d.Hosts {
		label, _, _ := strings.Cut(req.Host, ".")
		if _, ok := r.apps[strings.ToLower(label)]; ok {
			for _, version := range r.d.Versions {
				if rest, ok := strings.CutPrefix(path, version); ok && strings.HasPrefix(rest, "/") {
					return strings.ToLower(label), rest, true
				}
			}
			return strings.ToLower(label), path, true
		}
	}
	return "", path, false
}

// fold makes one slash of several: some clients join a base address that ends in
// one with a path that begins with one.
func fold(path string) string {
	if !strings.Contains(path, "//") {
		return path
	}
	var b strings.Builder
	for i := range len(path) {
		if path[i] != '/' || i == 0 || path[i-1] != '/' {
			b.WriteByte(path[i])
		}
	}
	return b.String()
}

// Resolve says where a request leads without carrying it out.
func (r *Router) Resolve(req *http.Request) Target {
	name, path, ok := r.locate(req)
	if !ok {
		return Target{}
	}
	a := r.apps[name]
	if !r.d.Slash && len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	if path == "" {
		path = "/"
	}
	if t, ok := a.find(req.Method, path); ok {
		return t
	}
	if r.d.Slash && !strings.HasSuffix(path, "/") && (req.Method == http.MethodGet || req.Method == http.MethodHead) {
		if _, ok := a.find(req.Method, path+"/"); ok {
			return Target{Slash: true}
		}
	}
	var t Target
	for _, m := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		if m == req.Method {
			continue
		}
		if _, ok := a.find(m, path); ok {
			t.Allowed = append(t.Allowed, m)
		}
	}
	return t
}

// find looks a path up. The tree prefers fixed words to parameters.
func (a *app) find(method, path string) (Target, bool) {
	ctx := chi.NewRouteContext()
	w := a.ways[a.tree.Find(ctx, method, path)][method]
	if w == nil {
		return Target{}, false
	}
	t := Target{Op: w.spec, handle: w.handle, Path: map[string]string{}}
	for i, key := range ctx.URLParams.Keys {
		value, err := url.PathUnescape(ctx.URLParams.Values[i])
		if err != nil {
			value = ctx.URLParams.Values[i] // no id looks like that; the dialect says so
		}
		t.Path[key] = clean(value)
	}
	return t, true
}

// ServeHTTP answers one request, always in the dialect's own shape.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	target := r.Resolve(req)
	q := &Request{HTTP: req, Op: target.Op, path: target.Path, ctx: req.Context(), Query: query(req.URL.RawQuery)}
	var answer Answer
	var err error
	switch {
	case target.Slash:
		answer = r.slash(req)
	case target.Op.ID == "" && len(target.Allowed) > 0:
		err = cloud.Errorf(cloud.Invalid, NotAllowed, "%s is not allowed here, only %s", req.Method, strings.Join(target.Allowed, ", "))
		w.Header().Set("Allow", strings.Join(target.Allowed, ", "))
	case target.Op.ID == "":
		err = cloud.Errorf(cloud.NotFound, NoSuchPath, "there is nothing at %s", clean(req.URL.Path))
	default:
		answer, err = r.call(q, target.handle)
	}
	if err != nil {
		if cloud.KindOf(err) == "" && r.d.Log != nil {
			r.d.Log.ErrorContext(q.ctx, "request failed", "dialect", r.d.Name, "operation", q.Op.ID,
				"method", req.Method, "path", req.URL.Path, "error", err)
		}
		answer = r.d.Error(q, err)
	}
	drain(w, req)
	r.send(w, req, answer)
}

// maxDrain is how much of a body is thrown away for the sake of its answer.
const maxDrain = 32 << 20

// drain reads what is left of a body that was answered before its end: too large, or
// refused without a look at it. A client that sends all of it before it listens would
// be told of a broken connection in place of the reason.
func drain(w http.ResponseWriter, req *http.Request) {
	asks := strings.EqualFold(req.Header.Get("Expect"), "100-continue") // and sends nothing before it is told to
	if req.Body == nil || req.Body == http.NoBody || asks {
		return
	}
	if _, err := io.CopyN(io.Discard, req.Body, maxDrain); err == nil { // there is more still
		w.Header().Set("Connection", "close")
	}
}

// call runs one operation: who is asking, then the body, then the handler.
func (r *Router) call(q *Request, h Handler) (Answer, error) {
	if r.d.Before != nil {
		if err := r.d.Before(q); err != nil {
			return Answer{}, err
		}
	}
	if h == nil {
		return Answer{}, cloud.Errorf(cloud.NotBuilt, NotBuilt, "%s %s is not built yet", q.Op.Method, q.Op.Path)
	}
	q.Body = Value{rules: &r.d.Rules}
	if err := r.body(q); err != nil {
		return Answer{}, err
	}
	return h(q)
}

// body reads what was sent. Clients leak bodies into GET and DELETE ("null", a
// bare true, the previous request's), so there it is never looked at; net/http
// drains it.
func (r *Router) body(q *Request) error {
	switch q.HTTP.Method {
	case http.MethodGet, http.MethodHead, http.MethodDelete:
		return nil
	}
	if q.HTTP.Body == nil {
		return nil
	}
	var raw []byte
	var err error
	if q.HTTP.ContentLength <= r.d.MaxBody { // else nothing of it need be read
		raw, err = io.ReadAll(io.LimitReader(q.HTTP.Body, r.d.MaxBody+1))
	}
	switch {
	case max(int64(len(raw)), q.HTTP.ContentLength) > r.d.MaxBody:
		return cloud.Errorf(cloud.TooLarge, TooLarge, "the body is larger than %d bytes", r.d.MaxBody)
	case err != nil: // the client went away or broke its own framing
		return cloud.Errorf(cloud.Invalid, Malformed, "the body could not be read")
	}
	q.Raw = raw
	if len(q.Op.Body) == 0 {
		return nil // the operation has no body; whatever came is ignored
	}
	q.Body, err = Parse(raw, r.d.Rules)
	return err
}

// slash sends readers to the address they meant.
func (r *Router) slash(req *http.Request) Answer {
	to := *req.URL
	to.Scheme, to.Host = "", ""
	to.Path = fold(to.Path) + "/" // one leading slash, or it would name a host
	if to.RawPath != "" {
		to.RawPath = fold(to.RawPath) + "/"
	}
	return Answer{Status: http.StatusMovedPermanently, Header: http.Header{"Location": {to.String()}}}
}

func (r *Router) send(w http.ResponseWriter, req *http.Request, a Answer) {
	h := w.Header()
	for _, from := range []http.Header{r.d.Header, a.Header} {
		for k, v := range from {
			h[k] = v
		}
	}
	if a.Body != nil {
		if h.Get("Content-Type") == "" {
			h.Set("Content-Type", "application/json")
		}
		h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	if req.Method != http.MethodHead && a.Body != nil {
		_, _ = w.Write(a.Body) // the client is gone; nobody is left to tell
	}
}

// query parses parameters as far as they can be read; broken and empty segments
// are skipped.
func query(raw string) url.Values {
	values, _ := url.ParseQuery(raw) // the error names the first broken pair only
	out := make(url.Values, len(values))
	for k, vs := range values {
		if k = clean(k); k == "" {
			continue
		}
		for _, v := range vs {
			out[k] = append(out[k], clean(v))
		}
	}
	return out
}
