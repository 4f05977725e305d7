package hub

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// streamError is the header with which a host says that it could not connect
// a target.
const streamError = "Virga-Stream-Error"

// serveStream is the host's end of a stream coming in: one full-duplex
// HTTP/2 request, spliced to whoever waits in OpenStream.
func (h *Hub) serveStream(w http.ResponseWriter, r *http.Request, c caller) {
	s := h.streams.claim(c.host, r.PathValue("id"))
	if s == nil {
		h.refuse(w, cloud.Errorf(cloud.NotFound, "stream.not_found", "nobody waits for this stream any more"))
		return
	}
	if why := r.Header.Get(streamError); why != "" {
		s.ready <- result{err: cloud.Errorf(cloud.Unavailable, "stream.target", "the host cannot connect: %s", why)}
		w.WriteHeader(http.StatusNoContent)
		return
	}
	k := &conn{body: r.Body, w: w, ctl: http.NewResponseController(w), done: make(chan struct{})}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.WriteHeader(http.StatusOK)
	if err := k.ctl.Flush(); err != nil {
		s.ready <- result{err: err}
		return
	}
	s.ready <- result{conn: k}
	select {
	case <-k.done:
	case <-r.Context().Done():
		_ = k.Close()
	}
	// The writer is gone when this returns; nobody may be inside it.
	k.wmu.Lock()
	k.over = true
	k.wmu.Unlock()
}

// conn is a stream as a net.Conn. It has no half-close: either end closes
// both directions.
type conn struct {
	body io.ReadCloser
	w    http.ResponseWriter
	ctl  *http.ResponseController

	wmu  sync.Mutex
	over bool

	once sync.Once
	done chan struct{}
}

// Read reads what the target sent.
func (c *conn) Read(b []byte) (int, error) {
	select {
	case <-c.done:
		return 0, net.ErrClosed
	default:
		return c.body.Read(b)
	}
}

// Write sends to the target and does not wait for more to send.
func (c *conn) Write(b []byte) (int, error) {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	select {
	case <-c.done:
		return 0, net.ErrClosed
	default:
	}
	if c.over {
		return 0, net.ErrClosed
	}
	n, err := c.w.Write(b)
	if err == nil {
		err = c.ctl.Flush()
	}
	return n, err
}

// Close ends both directions.
func (c *conn) Close() error {
	c.once.Do(func() { close(c.done) })
	return nil
}

// LocalAddr names the kind of connection.
func (c *conn) LocalAddr() net.Addr { return streamAddr{} }

// RemoteAddr names the kind of connection.
func (c *conn) RemoteAddr() net.Addr { return streamAddr{} }

// SetDeadline bounds reads and writes to come.
func (c *conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline bounds reads to come.
func (c *conn) SetReadDeadline(t time.Time) error { return c.ctl.SetReadDeadline(t) }

// SetWriteDeadline bounds writes to come.
func (c *conn) SetWriteDeadline(t time.Time) error { return c.ctl.SetWriteDeadline(t) }

type streamAddr struct{}

// Network is the name of the network.
func (streamAddr) Network() string { return "virga" }

// String is the address.
func (streamAddr) String() string { return "guest stream" }
