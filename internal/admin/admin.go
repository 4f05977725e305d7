// Package admin holds the operator's verbs, which are reached by the socket in DATA
// only: whoever may open it is the operator of this installation.
package admin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/httpd"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/image"
	"github.com/virga-cloud/virga/internal/store"
)

// Verbs are the operator's side of a control node, served on a socket that only
// the operator's account on the machine can open. That is its permission; it
// asks for no token.
type Verbs struct {
	Control *control.Control
	Hub     *hub.Hub
	CA      *hub.CA
	DB      *store.DB
	Images  image.Shelf // where hosts fetch packed images
	Log     *slog.Logger
	Audit   *httpd.Audit // what the measures say of leaks
	// OperatorPassword is told when the operator, user 1, has another password
	// (optional).
	OperatorPassword func(password string) error
	// OperatorToken is told likewise of another API key (optional).
	OperatorToken func(token string) error
	// Waits are what this node itself waits for (optional).
	Waits func() []control.Wait
	// TestClock lets the clock be moved, and Pull makes due what waits for a time that a
	// clock which went back would reach too late (required with TestClock).
	TestClock bool
	Pull      func(ctx context.Context) error
}

// Handler serves the verbs.
func (a *Verbs) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, verb := range map[string]http.HandlerFunc{
		"GET /status":   with(a, a.status),
		"GET /clock":    with(a, a.clock),
		"POST /clock":   with(a, a.moveClock),
		"GET /regions":  with(a, a.regions),
		"POST /regions": with(a, a.addRegion),
		"GET /pools":    with(a, a.pools),
		"POST /pools":   with(a, a.addPool),

		"GET /projects/{project}/rules":  with(a, a.routerRules),
		"POST /projects/{project}/rules": with(a, a.setRouterRules),

		"GET /feeds":                    with(a, a.feeds),
		"POST /feeds/{feed}/{source}":   a.importFeed,
		"DELETE /feeds/{feed}/{source}": with(a, a.removeFeed),

		"GET /images":           with(a, a.listImages),
		"POST /images":          with(a, a.addImage),
		"DELETE /images/{name}": with(a, a.removeImage),

		"GET /users":           with(a, a.listUsers),
		"POST /users":          with(a, a.addUser),
		"POST /users/token":    with(a, a.newToken),
		"POST /users/password": with(a, a.newPassword),

		"POST /users/disable":      a.onUser(a.disableUser),
		"POST /users/enable":       a.onUser(a.enableUser),
		"POST /users/end-sessions": a.onUser(a.endSessions),

		"POST /members/quota": with(a, a.setQuota),

		"GET /hosts":               with(a, a.listHosts),
		"POST /hosts":              with(a, a.addHost),
		"POST /hosts/{name}/lost":  with(a, a.lostHost),
		"POST /hosts/{name}/admit": with(a, a.admitHost),

		"POST /hosts/{name}/remove": with(a, a.removeHost),
		"POST /hosts/{name}/moved":  with(a, a.movedHost),

		"POST /trace": with(a, a.trace),

		"POST /events/export":       with(a, a.exportEvents),
		"POST /backup":              with(a, a.backup),
		"GET /doctor":               with(a, a.doctor),
		"POST /orphans/{id}/remove": with(a, a.removeOrphan),
		"POST /orphans/{id}/adopt":  with(a, a.adoptOrphan),
		"GET /metrics":              httpd.Measures(a.DB, a.Waits, a.Audit).ServeHTTP,
		"/": with(a, func(r *http.Request, _ none) (none, error) {
			return none{}, cloud.Errorf(cloud.NotFound, "path", "there is nothing at %s", r.URL.Path)
		}),
	} {
		mux.HandleFunc(pattern, verb)
	}
	return mux
}

// none is no body.
type none struct{}

// maxAdmin bounds what a verb is sent.
const maxAdmin = 1 << 20

// with reads a body, runs a verb and writes what it gives.
func with[In, Out any](a *Verbs, verb func(r *http.Request, in In) (Out, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		if r.Method == http.MethodPost {
			d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAdmin))
			d.DisallowUnknownFields()
			if err := d.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
				httpd.WriteError(w, r, a.Log, cloud.Errorf(cloud.Invalid, "body", "the body cannot be read: %s", err))
				return
			}
		}
		out, err := verb(r, in)
		if err != nil {
			httpd.WriteError(w, r, a.Log, err)
			return
		}
		httpd.WriteJSON(w, http.StatusOK, out)
	}
}

// Status is what an installation says of itself.
type Status struct {
	PID         int    `json:"pid"`
	Engine      string `json:"engine"` // sqlite or postgres
	Incarnation string `json:"incarnation"`
	Servers     int64  `json:"servers"`
	Hosts       int64  `json:"hosts"`
}

func (a *Verbs) status(r *http.Request, _ none) (Status, error) {
	s := Status{PID: os.Getpid(), Engine: string(a.DB.Engine()), Incarnation: a.DB.Incarnation().String()}
	err := a.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		if s.Servers, err = store.Count[cloud.Server](tx, cloud.Query{}); err != nil {
			return err
		}
		s.Hosts, err = store.Count[cloud.Host](tx, cloud.Query{})
		return err
	})
	return s, err
}
