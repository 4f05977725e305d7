package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/httpd"
)

// dialCommand is what ssh runs to reach a guest: it has no route to it.
func dialCommand() *cobra.Command {
	var patience time.Duration
	cmd := &cobra.Command{
		Use: "dial SERVER KIND", Short: "Connect standard input and output with a guest", Hidden: true, Args: usage(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, s, err := target(cmd, args[0])
			if err != nil {
				return err
			}
			kind := args[1]
			if kind == "22" {
				kind = "ssh"
			}
			c, err := r.dialPatient(cmd.Context(), s.ID, kind, patience, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return pump(cmd.Context(), c, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	addRemote(cmd)
	cmd.Flags().DurationVar(&patience, "patience", 2*time.Minute, "how long a guest may take until it answers")
	return cmd
}

// errAway is a guest that cannot be reached now: it may still be booting.
var errAway = errors.New("not reachable yet")

// dialPatient connects, again and again while the guest boots, and says what it waits for.
func (r *remote) dialPatient(ctx context.Context, id, kind string, patience time.Duration, out io.Writer) (net.Conn, error) {
	deadline, said := time.Now().Add(patience), ""
	for {
		c, err := r.dial(ctx, id, kind)
		if err == nil || !errors.Is(err, errAway) || time.Now().After(deadline) {
			return c, err
		}
		if err.Error() != said {
			said = err.Error()
			say(out, "%s", said)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// dial asks the service for a stream to the inside of a guest.
func (r *remote) dial(ctx context.Context, id, kind string) (net.Conn, error) {
	u, err := url.Parse(r.root)
	if err != nil {
		return nil, err
	}
	c, err := dialURL(ctx, u)
	if err != nil {
		return nil, fail(exitNoServer, "nothing answers at %s (%v); start it with `virga up`", r.root, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	path := strings.TrimSuffix(u.EscapedPath(), "/") + "/-/servers/" + url.PathEscape(id) + "/" + kind
	_, err = fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nX-TOKEN: %s\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n",
		path, u.Host, r.client.Token, httpd.StreamProtocol)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	br := bufio.NewReader(c)
	resp, err := http.ReadResponse(br, nil) //nolint:bodyclose // the connection is what is closed
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the stream: %w", err), c.Close())
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return &early{Conn: c, r: br}, nil
	}
	defer c.Close()
	code, err := problemIn(resp)
	// A host that was not heard for long does not come back while somebody looks on.
	later := resp.StatusCode == http.StatusServiceUnavailable && code != "host.away"
	if later || resp.StatusCode == http.StatusConflict && strings.Contains(err.Error(), "busy") {
		err = fmt.Errorf("%w: %w", errAway, err)
	}
	return nil, err
}

func dialURL(ctx context.Context, u *url.URL) (net.Conn, error) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	address := net.JoinHostPort(u.Hostname(), port)
	d := &net.Dialer{Timeout: 10 * time.Second} // dial: the cloud that the person named
	if u.Scheme == "https" {                    // dial: the same
		secure := tls.Dialer{NetDialer: d, Config: &tls.Config{NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}}
		return secure.DialContext(ctx, "tcp", address)
	}
	return d.DialContext(ctx, "tcp", address)
}

// early is a connection whose first bytes were read together with the answer.
type early struct {
	net.Conn
	r *bufio.Reader
}

// Read gives those first.
func (e *early) Read(b []byte) (int, error) { return e.r.Read(b) }

// closeWrite tells the service that nothing more comes; it gives the guest a
// moment and then hangs up.
func (e *early) closeWrite() {
	if h, ok := e.Conn.(interface{ CloseWrite() error }); ok {
		_ = h.CloseWrite() // the connection may be gone, which is all right
	}
}

// pump copies until the guest ends; the end of the input alone ends nothing,
// because the answer is still to come.
func pump(ctx context.Context, c net.Conn, in io.Reader, out io.Writer) error {
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	go func() { // a read of standard input cannot be ended; the end of the process does it
		_, _ = io.Copy(c, in)
		if e, ok := c.(*early); ok {
			e.closeWrite()
		}
	}()
	_, err := io.Copy(out, c)
	if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
		return nil // we left ourselves
	}
	return err
}
