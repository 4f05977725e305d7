package httpd

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// actor finds out who is asking. The node's own paths take the tokens of both
// dialects (R40), each in its own header.
func (f *front) actor(r *http.Request) (*auth.Actor, error) {
	key, token := r.Header.Get("X-TOKEN"), r.Header.Get("X-Auth-Token")
	if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && key == "" && token == "" {
		if auth.LooksLikeAPIKey(bearer) { // Prometheus can send no other header
			key = bearer
		} else {
			token = bearer
		}
	}
	switch {
	case key != "":
		return f.Control.ActorByKey(r.Context(), key, source(r))
	case token != "":
		return f.Control.ActorByToken(r.Context(), token, source(r))
	}
	return nil, cloud.Errorf(cloud.Unauthorized, "token", "no token was sent").
		WithFix("Send an API key in X-TOKEN or a login token in X-Auth-Token.")
}

// streamAge is how long one stream lives. A client opens another.
const streamAge = 12 * time.Hour

// again asks whether the caller of an open stream is let in still, and as whom.
func (f *front) again(r *http.Request, a *auth.Actor) (*auth.Actor, error) {
	if a.Session.UID != 0 {
		return f.Control.ActorBySession(r.Context(), a.Session, source(r))
	}
	return f.actor(r)
}

// call is the request as control sees it. What another tenant owns does not
// exist here.
func (f *front) call(r *http.Request) (*control.Call, error) {
	a, err := f.actor(r)
	if err != nil {
		return nil, err
	}
	return &control.Call{Actor: a, Confined: true, Dialect: nodeItself.name, Method: r.Method, Path: r.URL.Path}, nil
}

// source is the address of the peer, or of the client behind trusted proxies
// (clientOf); headers are not believed here.
func source(r *http.Request) netip.Addr {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// pickServer reads the id of a server in either dialect's form.
func pickServer(text string) (control.Pick, error) {
	if uid, ok := cloud.ParseUID(text); ok {
		return control.Pick{UID: uid}, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		return control.Pick{ID: n}, nil
	}
	return control.Pick{}, cloud.Errorf(cloud.NotFound, "server.missing", "there is no server %q", text)
}

// mayMeasure lets the machine itself and the operator read the measures. What
// came through a proxy is not the machine itself, whatever its address.
func (f *front) mayMeasure(r *http.Request) error {
	proxied := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" || r.Header.Get("Via") != ""
	if source(r).IsLoopback() && !proxied {
		return nil
	}
	a, err := f.actor(r)
	if err != nil {
		return err
	}
	if !a.Operates() {
		return cloud.Errorf(cloud.Forbidden, "operator", "only the operator may read the measures").
			WithFix("`virga admin user create NAME --member Operator --administrator` makes a user who may.")
	}
	return nil
}
