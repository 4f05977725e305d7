package e2e

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// Key is a key pair for the guests of a test.
type Key struct{ ssh.Signer }

// NewKey draws one.
func NewKey(t testing.TB) Key {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return Key{s}
}

// Line is the public half as authorized_keys has it.
func (k Key) Line() string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k.PublicKey()))) + " e2e"
}

// Guest is an SSH connection to a machine.
type Guest struct {
	t       testing.TB
	conn    net.Conn
	client  *ssh.Client
	HostKey string // as the guest showed it
}

// sshLimit bounds one handshake and one command.
const sshLimit = 20 * time.Second

// Dialer opens a connection to a guest.
type Dialer func(ctx context.Context) (net.Conn, error)

// Guest logs in as root at a public address, from inside the namespace of the
// provider bridge, where these addresses live. It tries until limit is over.
func (c *Cloud) Guest(key Key, ip string, limit time.Duration) *Guest {
	c.T.Helper()
	ns := c.Installation().External()
	return Login(c.T, key, ip, limit, func(ctx context.Context) (net.Conn, error) {
		return ns.Dial(ctx, "tcp", net.JoinHostPort(ip, "22"))
	})
}

// Login logs in as root over what dial opens.
func Login(t testing.TB, key Key, name string, limit time.Duration, dial Dialer) *Guest {
	t.Helper()
	var last error
	for begin := time.Now(); time.Since(begin) < limit; time.Sleep(10 * time.Millisecond) {
		// A packet that comes before the guest is lost, and TCP repeats it only
		// after a second: asking anew finds the guest sooner. One that is slow
		// and not late must get its chance as well.
		patience := 400 * time.Millisecond
		if time.Since(begin) > limit/3 {
			patience = 5 * time.Second
		}
		g, err := login(t, key, name, patience, dial)
		if err == nil {
			return g
		}
		last = err
	}
	t.Fatalf("no SSH to %s within %s: %v", name, limit, last)
	return nil
}

// greeted is a connection whose first bytes were read already.
type greeted struct {
	net.Conn
	from *bufio.Reader
}

// Read gives those bytes first.
func (c greeted) Read(b []byte) (int, error) { return c.from.Read(b) }

func login(t testing.TB, key Key, name string, patience time.Duration, dial Dialer) (*Guest, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	raw, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	// The server speaks first. A forwarder accepts before there is a guest.
	conn := greeted{raw, bufio.NewReader(raw)}
	err = raw.SetDeadline(time.Now().Add(patience))
	if err == nil {
		_, err = conn.from.Peek(1)
	}
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	g := &Guest{t: t, conn: conn}
	if err := conn.SetDeadline(time.Now().Add(sshLimit)); err != nil {
		return nil, err
	}
	sc, chans, reqs, err := ssh.NewClientConn(conn, name, &ssh.ClientConfig{
		User: "root", Auth: []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: func(_ string, _ net.Addr, k ssh.PublicKey) error {
			g.HostKey = ssh.FingerprintSHA256(k)
			return nil
		},
	})
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	g.client = ssh.NewClient(sc, chans, reqs)
	t.Cleanup(g.Close)
	return g, conn.SetDeadline(time.Time{})
}

// Close ends the connection.
func (g *Guest) Close() { _ = g.client.Close() }

// Try runs a command and gives its output without space around it.
func (g *Guest) Try(command string) (string, error) {
	if err := g.conn.SetDeadline(time.Now().Add(sshLimit)); err != nil {
		return "", err
	}
	// Later the connection may lie idle: a deadline would end it.
	defer g.conn.SetDeadline(time.Time{}) //nolint:errcheck // it is broken then, and the next command says so
	s, err := g.client.NewSession()
	if err != nil {
		return "", err
	}
	defer s.Close() //nolint:errcheck // it ended with the command
	out, err := s.CombinedOutput(command)
	if err != nil {
		err = fmt.Errorf("%s: %w", command, err)
	}
	return strings.TrimSpace(string(out)), err
}

// Sh is Try that must succeed.
func (g *Guest) Sh(command string) string {
	g.t.Helper()
	out, err := g.Try(command)
	if err != nil {
		g.t.Fatalf("in the guest: %v: %s", err, out)
	}
	return out
}

// Until runs a command until it prints want.
func (g *Guest) Until(command, want string, limit time.Duration) {
	g.t.Helper()
	say, ok := until(limit, func() (bool, string) {
		out, err := g.Try(command)
		return err == nil && out == want, fmt.Sprintf("%q (%v)", out, err)
	})
	if !ok {
		g.t.Fatalf("in the guest: %s: want %q within %s, have %s", command, want, limit, say)
	}
}

// BootID names the boot: it changes with every start of the kernel.
func (g *Guest) BootID() string { g.t.Helper(); return g.Sh("cat /proc/sys/kernel/random/boot_id") }
