package httpd

import (
	"net/http"

	"github.com/virga-cloud/virga/internal/cloud"
)

// ownPaths are the node's own, versioned with the binary.
func (f *front) ownPaths() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /-/metrics", f.measures.handler())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, r, f.Log, cloud.Errorf(cloud.NotFound, "path", "there is nothing at %s", r.URL.Path))
	})
	return mux
}
