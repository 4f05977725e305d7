package httpd

import (
	"bufio"
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"time"
)

// dialect is how the front itself answers when a handler cannot.
type dialect struct {
	name string
	body func(kind, message string) any // of an error
}

const sorry = "An internal error occurred. It was recorded; please try again."

// The shapes are those of each contract.
var (
	oneAndOne = dialect{name: "oneandone", body: func(kind, message string) any {
		return map[string]any{"type": kind, "message": message, "errors": nil}
	}}
	cloudCIX = dialect{name: "cloudcix", body: func(_, message string) any { return map[string]any{"detail": message} }}
	// nodeItself is what is under /-/.
	nodeItself = dialect{name: "node", body: func(_, message string) any { return problem{Message: message} }}
)

func (d dialect) fail(w http.ResponseWriter) {
	d.refuse(w, http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", sorry)
}

// refuse answers an error; kind is a word of 1&1.
func (d dialect) refuse(w http.ResponseWriter, status int, kind, message string) {
	WriteJSON(w, status, d.body(kind, message))
}

// WriteJSON answers with a value as JSON.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil { // plain structs: a programming error
		status, b = http.StatusInternalServerError, []byte(`{"message":"internal error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// recorder remembers the status for the measures and for panics, and bounds how
// long a client may leave an answer unread: it holds the memory of it.
type recorder struct {
	http.ResponseWriter
	status int
}

// slowest is how many bytes a second a client must read of a long answer, beyond
// writeTime for any.
const slowest = 64 << 10

// hurry sets the time until which n more bytes must have gone out. An answer is
// kept by the server up to its end, and streams write now and then: the time
// begins anew with each part.
func (r *recorder) hurry(n int) {
	limit := writeTime + time.Duration(n/slowest)*time.Second
	_ = http.NewResponseController(r.ResponseWriter).SetWriteDeadline(time.Now().Add(limit)) // not every writer has one
}

// WriteHeader notes the first status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status = status
	}
	r.hurry(0)
	r.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body.
func (r *recorder) Write(b []byte) (int, error) {
	r.hurry(len(b))
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Flush lets events out.
func (r *recorder) Flush() {
	if f, ok := r.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Hijack gives the connection to a stream.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if err == nil {
		r.status = http.StatusSwitchingProtocols
	}
	return c, rw, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// code is the status; a handler that wrote nothing answered 200.
func (r *recorder) code() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}
