package wire

import (
	"net/http"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Headers of repeated writes, the same in both dialects: neither contract has a
// word for them. See docs/explain/repeats.md.
const (
	KeyHeader      = "Idempotency-Key"     // in the request
	ReplayedHeader = "Idempotent-Replayed" // in the answer: "true" when it is the one of the first request
)

// maxKey bounds a key, which is stored for a day.
const maxKey = 255

// Key is the name under which the answer to a write is remembered, "" without
// one.
func (r *Request) Key() (string, error) {
	if n := len(r.HTTP.Header.Values(KeyHeader)); n > 1 {
		return "", cloud.Errorf(cloud.Invalid, "idempotency.twice", "was sent %d times; one request has one key", n).On(KeyHeader)
	}
	key := r.HTTP.Header.Get(KeyHeader)
	if len(key) > maxKey {
		return "", cloud.Errorf(cloud.Invalid, "idempotency.long", "must have at most %d characters", maxKey).On(KeyHeader)
	}
	return key, nil
}

// Replayed marks an answer that was given before.
func (a *Answer) Replayed() {
	if a.Header == nil {
		a.Header = http.Header{}
	}
	a.Header.Set(ReplayedHeader, "true")
}
