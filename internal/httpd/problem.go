package httpd

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/virga-cloud/virga/internal/cloud"
)

// problem is the shape of errors on the node's own paths and on the socket.
type problem struct {
	Kind    cloud.Kind `json:"kind,omitempty"`
	Code    string     `json:"code,omitempty"`
	Field   string     `json:"field,omitempty"`
	Message string     `json:"message"`
	Reasons []string   `json:"reasons,omitempty"`
	Fix     string     `json:"fix,omitempty"`
}

// statusOf is the one place where kinds become statuses here.
func statusOf(k cloud.Kind) int {
	switch k {
	case cloud.Invalid:
		return http.StatusBadRequest
	case cloud.Unauthorized:
		return http.StatusUnauthorized
	case cloud.Forbidden:
		return http.StatusForbidden
	case cloud.NotFound:
		return http.StatusNotFound
	case cloud.Conflict, cloud.Busy, cloud.InUse, cloud.Exhausted:
		return http.StatusConflict
	case cloud.TooMany:
		return http.StatusTooManyRequests
	case cloud.TooLarge:
		return http.StatusRequestEntityTooLarge
	case cloud.Unavailable:
		return http.StatusServiceUnavailable
	case cloud.NotBuilt:
		return http.StatusNotImplemented
	}
	return http.StatusInternalServerError
}

// WriteError answers err. What is internal is logged and stays inside.
func WriteError(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	var e *cloud.Error
	if !errors.As(err, &e) {
		log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		WriteJSON(w, http.StatusInternalServerError, problem{Message: sorry})
		return
	}
	p := problem{Kind: e.Kind, Code: e.Code, Field: e.Field, Message: e.Message, Reasons: e.Reasons, Fix: e.Fix}
	for _, m := range e.Many {
		p.Reasons = append(p.Reasons, m.Error())
	}
	WriteJSON(w, statusOf(e.Kind), p)
}
