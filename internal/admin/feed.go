package admin

import (
	"net/http"

	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/httpd"
)

func (a *Verbs) feeds(r *http.Request, _ none) ([]control.FeedSource, error) {
	list, err := a.Control.FeedSources(r.Context())
	return append([]control.FeedSource{}, list...), err
}

// importFeed reads a file of a feed from the body.
func (a *Verbs) importFeed(w http.ResponseWriter, r *http.Request) {
	in := control.FeedImport{Feed: r.PathValue("feed"), Source: r.PathValue("source"), File: r.Body}
	out, err := a.Control.ImportFeed(r.Context(), in)
	if err != nil {
		httpd.WriteError(w, r, a.Log, err)
		return
	}
	httpd.WriteJSON(w, http.StatusOK, out)
}

func (a *Verbs) removeFeed(r *http.Request, _ none) (control.FeedImported, error) {
	return a.Control.RemoveFeed(r.Context(), r.PathValue("feed"), r.PathValue("source"))
}
