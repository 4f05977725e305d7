package httpd

import (
	"net/http"

	"github.com/virga-cloud/virga/internal/cloud"
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
	on("GET /-/metrics", f.metrics)
	on("GET /-/events", f.events)
	for _, kind := range []string{streamSSH, streamSerial, streamVNC} {
		on("GET /-/servers/{server}/"+kind, func(w http.ResponseWriter, r *http.Request) error { return f.stream(w, r, kind) })
	}
	on("/", func(_ http.ResponseWriter, r *http.Request) error {
		return cloud.Errorf(cloud.NotFound, "path", "there is nothing at %s", r.URL.Path)
	})
	return mux
}

func (f *front) metrics(w http.ResponseWriter, r *http.Request) error {
	if err := f.mayMeasure(r); err != nil {
		return err
	}
	f.measures.handler().ServeHTTP(w, r)
	return nil
}
