package fake

import (
	"net"
	"time"

	"golang.org/x/crypto/ssh"
)

// play is a guest's end of a connection until the other end closes it.
func play(end func(net.Conn), c net.Conn) { go end(c) }

// discard refuses what concerns a whole SSH connection.
func discard(reqs <-chan *ssh.Request) { go ssh.DiscardRequests(reqs) }

// closeAfter closes a connection after a time, unless what it gives is called before.
func closeAfter(d time.Duration, c net.Conn) (inTime func() bool) {
	return time.AfterFunc(d, func() { _ = c.Close() }).Stop
}
