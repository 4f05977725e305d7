package oneandone

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

type (
	callKey   struct{}
	headerKey struct{}
)

// withAnswerHeader lets before write headers of the answer: those of the rate
// limit depend on who asks, and stand on every answer, errors included.
func withAnswerHeader(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), headerKey{}, w.Header())))
	})
}

// before finds out who is asking and whether that is too often.
func (a *api) before(r *wire.Request) error {
	if r.Op.Public {
		return nil
	}
	source := sourceOf(r.HTTP)
	actor, err := a.c.ActorByKey(r.Context(), r.HTTP.Header.Get("X-TOKEN"), source)
	if err != nil {
		return err
	}
	dry, err := r.DryRun()
	if err != nil {
		return err
	}
	key, err := r.Key()
	if err != nil {
		return err
	}
	call := &control.Call{
		Actor: actor, Confined: true, Dialect: "oneandone",
		Method: r.HTTP.Method,
		// With the query, since keep_ips makes another request of a DELETE.
		Path:   r.HTTP.URL.RequestURI(),
		Key:    key,
		DryRun: dry,
	}
	r.With(context.WithValue(r.Context(), callKey{}, call))
	return a.count(r, actor.UserID())
}

// count takes one write out of the user's bucket. Reads are free: clients poll.
func (a *api) count(r *wire.Request, user int64) error {
	if a.limit == nil {
		return nil
	}
	cost := 1
	if r.HTTP.Method == http.MethodGet || r.HTTP.Method == http.MethodHead {
		cost = 0
	}
	left, wait := a.limit.spend(user, cost)
	h, _ := r.Context().Value(headerKey{}).(http.Header)
	if h != nil {
		h.Set("X-Rate-Limit-Limit", fmt.Sprint(a.limit.burst))
		h.Set("X-Rate-Limit-Remaining", fmt.Sprint(left))
	}
	if wait == 0 {
		return nil
	}
	if h != nil {
		// Seconds to wait, never a point in time: the Go client sleeps that long.
		h.Set("X-Rate-Limit-Reset", fmt.Sprint(wait))
	}
	return cloud.Errorf(cloud.TooMany, "rate", "too many requests, try again in %d s", wait)
}

// sourceOf is the address of the peer. Forwarding headers are not believed: a
// caller could write there whatever the allow-list of the user wants to see.
func sourceOf(r *http.Request) netip.Addr {
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}
