package httpd

import (
	"bytes"
	"context"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/virga-cloud/virga/api"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// ownPaths are the node's own, versioned with the binary and promised to
// nobody else.
func (f *front) ownPaths() http.Handler {
	mux := http.NewServeMux()
	on := func(pattern string, h func(w http.ResponseWriter, r *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				WriteError(w, r, f.Log, err)
			}
		})
	}
	on("GET /-/health", func(w http.ResponseWriter, _ *http.Request) error {
		WriteJSON(w, http.StatusOK, Condition{OK: true})
		return nil
	})
	on("GET /-/ready", f.ready)
	on("GET /-/api/", contracts)
	on("GET /-/metrics", f.metrics)
	on("GET /-/events", f.events)
	on("GET /-/waiting", f.waiting)
	for _, kind := range []string{streamSSH, streamSerial, streamVNC} {
		on("GET /-/servers/{server}/"+kind, func(w http.ResponseWriter, r *http.Request) error { return f.stream(w, r, kind) })
	}
	on("/", func(_ http.ResponseWriter, r *http.Request) error {
		return cloud.Errorf(cloud.NotFound, "path", "there is nothing at %s", r.URL.Path)
	})
	return mux
}

// waiting says why what is not done is not done; for the operator.
func (f *front) waiting(w http.ResponseWriter, r *http.Request) error {
	a, err := f.actor(r)
	if err != nil {
		return err
	}
	if !a.Operates() {
		return cloud.Errorf(cloud.Forbidden, "operator", "only the operator may read what waits")
	}
	var list []control.Wait
	err = f.Control.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		list, err = Waits(tx, f.Waits)
		return err
	})
	if err != nil {
		return err
	}
	type told struct {
		control.Wait
		Text string `json:"text"`
	}
	out := []told{}
	for _, wait := range list {
		out = append(out, told{wait, wait.String()})
	}
	WriteJSON(w, http.StatusOK, out)
	return nil
}

// Waits lists what this node itself waits for, if anything may, and then what the
// database knows.
func Waits(tx *store.Tx, own func() []control.Wait) ([]control.Wait, error) {
	list, err := control.Waits(tx)
	if own != nil {
		list = append(own(), list...)
	}
	return list, err
}

func (f *front) metrics(w http.ResponseWriter, r *http.Request) error {
	if err := f.mayMeasure(r); err != nil {
		return err
	}
	f.measures.handler().ServeHTTP(w, r)
	return nil
}

// Condition is what /-/health and /-/ready say: that the process answers, and
// that it can serve.
type Condition struct {
	OK bool `json:"ok"`
}

// ready answers 503, with what is waited for, until the node can serve.
func (f *front) ready(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), scrapeTime)
	defer cancel()
	if err := f.Control.DB.Read(ctx, func(*store.Tx) error { return nil }); err != nil {
		f.Log.WarnContext(ctx, "not ready", "error", err)
		return cloud.Errorf(cloud.Unavailable, "ready.store", "the database cannot be read")
	}
	if since, full := f.Control.DB.Full(); full != "" {
		return cloud.Errorf(cloud.Unavailable, "ready.full", "%s since %s", full, since.UTC().Format(time.RFC3339)).WithFix(store.FullFix)
	}
	if f.Ready != nil {
		if err := f.Ready(ctx); err != nil {
			return err
		}
	}
	WriteJSON(w, http.StatusOK, Condition{OK: true})
	return nil
}

// contracts serves the files of both contracts, which tools for clients read.
func contracts(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimPrefix(r.URL.Path, "/-/api/")
	kinds := map[string]string{".yaml": "application/yaml", ".md": "text/markdown; charset=utf-8"}
	if name == "" {
		list, err := api.Files.ReadDir(".")
		if err != nil {
			return err
		}
		names := []string{}
		for _, f := range list {
			names = append(names, f.Name())
		}
		WriteJSON(w, http.StatusOK, names)
		return nil
	}
	b, err := api.Files.ReadFile(name)
	if err != nil {
		return cloud.Errorf(cloud.NotFound, "path", "there is no contract %q", name).WithFix("/-/api/ lists them.")
	}
	w.Header().Set("Content-Type", kinds[path.Ext(name)])
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	return nil
}
