package httpd

import (
	"log/slog"
	"net/http"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/store"
)

// Admin is the operator's side of a control node, served on a socket that only
// the operator's account on the machine can open. That is its permission; it
// asks for no token.
type Admin struct {
	Control *control.Control
	Hub     *hub.Hub
	CA      *hub.CA
	DB      *store.DB
	Images  string // folder of packed images, by digest
	Log     *slog.Logger
}

// Handler serves the verbs.
func (a *Admin) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, r, a.Log, cloud.Errorf(cloud.NotFound, "path", "there is nothing at %s", r.URL.Path))
	})
	return mux
}
