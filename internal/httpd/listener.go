package httpd

import (
	"errors"
	"net"
	"net/netip"
	"sync"

	"github.com/virga-cloud/virga/internal/auth"
)

// Limits of open connections, so that nobody keeps others out by holding many.
const (
	PerSource = 512  // of one IPv4 address, or of the /64 of an IPv6 address
	AtAll     = 8192 // below the limit of open files, which systemd sets far higher
)

// Bounded is a listener that closes what comes beyond a number of connections of
// one source, and of all. Trusted proxies speak for many.
func Bounded(l net.Listener, perSource, atAll int, trusted []netip.Prefix) net.Listener {
	return &bounded{Listener: l, perSource: perSource, atAll: atAll, trusted: trusted, of: map[netip.Prefix]int{}}
}

type bounded struct {
	net.Listener
	perSource, atAll int
	trusted          []netip.Prefix

	mu  sync.Mutex
	all int
	of  map[netip.Prefix]int // never longer than all
}

// Accept waits for a connection within the limits.
func (b *bounded) Accept() (net.Conn, error) {
	for {
		c, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := sourceOf(c)
		if b.enter(from) {
			return &boundedConn{Conn: c, leave: sync.OnceFunc(func() { b.leave(from) })}, nil
		}
		_ = c.Close()
	}
}

func sourceOf(c net.Conn) netip.Prefix {
	ap, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return auth.SourceOf(netip.Addr{})
	}
	return auth.SourceOf(ap.Addr())
}

func (b *bounded) enter(from netip.Prefix) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all >= b.atAll || b.of[from] >= b.perSource && !within(b.trusted, from.Addr()) {
		return false
	}
	b.all++
	b.of[from]++
	return true
}

func (b *bounded) leave(from netip.Prefix) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all--
	if b.of[from]--; b.of[from] == 0 {
		delete(b.of, from)
	}
}

// boundedConn is one connection that counts until it is closed.
type boundedConn struct {
	net.Conn
	leave func()
}

// Close ends the connection.
func (c *boundedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

// CloseWrite tells the peer that nothing more comes, where it can be told.
func (c *boundedConn) CloseWrite() error {
	if h, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return h.CloseWrite()
	}
	return errors.ErrUnsupported
}
