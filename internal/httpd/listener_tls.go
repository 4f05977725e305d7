package httpd

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
)

// handshake is how TLS begins: the kind of its first record.
const handshake = 0x16

// ServeTLS is Serve with certificates. What begins in clear is told in words to come
// by TLS, and reaches nobody: lacks says whether there is no certificate yet for a
// host (optional).
func ServeTLS(ctx context.Context, l net.Listener, config *tls.Config, h http.Handler, lacks func(host string) bool) error {
	clear := &cleared{addr: l.Addr(), conns: make(chan net.Conn), done: make(chan struct{})}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, clear, inClear(lacks), forStrangers) }()
	err := serve(ctx, tls.NewListener(&parted{Listener: l, clear: clear}, config), h, forStrangers)
	cancel()
	return errors.Join(err, <-ended)
}

// parted is a listener that gives away what does not begin with TLS.
type parted struct {
	net.Listener
	clear *cleared
}

// Accept waits for a connection; how it begins is seen when it is read first.
func (p *parted) Accept() (net.Conn, error) {
	c, err := p.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &partedConn{Conn: c, clear: p.clear}, nil
}

// partedConn is not ours any more once it was given away: whoever reads it then is told
// that it ended, and what he does to it reaches nobody.
type partedConn struct {
	net.Conn
	clear       *cleared
	begun, away bool // only the first who reads sets them, before there are others
}

// Read looks at what comes first.
func (c *partedConn) Read(b []byte) (int, error) {
	if c.away {
		return 0, io.EOF
	}
	n, err := c.Conn.Read(b)
	if c.begun || n == 0 {
		return n, err
	}
	c.begun = true
	if b[0] == handshake {
		return n, err
	}
	c.away = true
	c.clear.give(&headConn{Conn: c.Conn, head: append([]byte{}, b[:n]...)})
	return 0, io.EOF
}

// Write sends, unless it was given away.
func (c *partedConn) Write(b []byte) (int, error) {
	if c.away {
		return 0, os.ErrClosed
	}
	return c.Conn.Write(b)
}

// Close ends the connection, unless it was given away.
func (c *partedConn) Close() error {
	if c.away {
		return nil
	}
	return c.Conn.Close()
}

// headConn is a connection of which the head was read already.
type headConn struct {
	net.Conn
	head []byte
}

// Read gives the head first.
func (c *headConn) Read(b []byte) (int, error) {
	if len(c.head) > 0 {
		n := copy(b, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}

// cleared is a listener of the connections that it is given.
type cleared struct {
	addr  net.Addr
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (l *cleared) give(c net.Conn) {
	select {
	case l.conns <- c:
	case <-l.done:
		_ = c.Close()
	}
}

// Accept waits for the next one.
func (l *cleared) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends it.
func (l *cleared) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr is where both are heard.
func (l *cleared) Addr() net.Addr { return l.addr }

// inClear answers requests that came without TLS.
func inClear(lacks func(host string) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		who := dialectOf(r)
		if lacks != nil && lacks(r.Host) {
			w.Header().Set("Retry-After", "60")
			who.refuse(w, http.StatusServiceUnavailable, "SERVICE_UNAVAILABLE",
				"This service is reached by https:// only, and its certificate is not there yet. `virga doctor` tells its operator why.")
			return
		}
		who.refuse(w, http.StatusBadRequest, "BAD_REQUEST",
			"This service is reached by https:// only, and the request came without TLS. What was sent with it could be read on the way.")
	})
}
