package host

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
)

// ClientOptions is what a host's end of the link is made of.
type ClientOptions struct {
	Folder Folder           // required: holds the identity, see Join
	Dial   Dial             // required
	Rand   io.Reader        // required
	Now    func() time.Time // required
}

// Client is a host's end of the link: HTTP/2 with mutual TLS over whatever
// Dial gives.
type Client struct {
	opt ClientOptions
	// ahead is by how many microseconds the control plane's clock was moved, and
	// moved has a word when that changed.
	ahead atomic.Int64
	moved chan struct{}

	mu   sync.Mutex
	id   *identity
	leaf *x509.Certificate
	http *http.Client
}

// NewClient reads the identity that Join wrote.
func NewClient(opt ClientOptions) (*Client, error) {
	id, err := readIdentity(opt.Folder)
	if err != nil {
		return nil, err
	}
	if id == nil || len(id.Chain) == 0 {
		return nil, errors.New("this machine has not joined a control plane yet")
	}
	c := &Client{opt: opt, id: id, moved: make(chan struct{}, 1)}
	conf, leaf, err := id.config(c.now)
	if err != nil {
		return nil, fmt.Errorf("identity of this host: %w", err)
	}
	c.leaf, c.http = leaf, newClient(c.opt.Dial, conf)
	return c, nil
}

// now is the time by which certificates are judged: this machine's, moved as far as
// the control plane's clock is.
func (c *Client) now() time.Time {
	return c.opt.Now().Add(time.Duration(c.ahead.Load()) * time.Microsecond)
}

// newClient speaks HTTP/2 over connections of dial.
func newClient(dial Dial, conf *tls.Config) *http.Client {
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	return &http.Client{Transport: &http.Transport{ // dial: the control plane, by the connection that was handed in
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			raw, err := dial(ctx)
			if err != nil {
				return nil, err
			}
			tc := tls.Client(raw, conf)
			if err := tc.HandshakeContext(ctx); err != nil {
				return nil, errors.Join(err, raw.Close())
			}
			return tc, nil
		},
		Protocols: protocols,
		// A control plane that vanished without a word is noticed by pings.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}}
}

func (c *Client) client() *http.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.http
}

// Close ends idle connections.
func (c *Client) Close() { c.client().CloseIdleConnections() }

// Exchange makes one exchange; it may wait as long as the request says.
func (c *Client) Exchange(ctx context.Context, req plan.Request) (plan.Reply, error) {
	var reply plan.Reply
	body, err := json.Marshal(req)
	if err != nil {
		return reply, err
	}
	if err := post(ctx, c.client(), "/link/exchange", req.Session, body, &reply); err != nil {
		return plan.Reply{}, fmt.Errorf("exchange: %w", err)
	}
	if c.ahead.Swap(reply.Ahead) != reply.Ahead {
		signal(c.moved)
	}
	return reply, nil
}

// Image reads the packed bytes of an image from an offset on.
func (c *Client) Image(ctx context.Context, digest string, offset int64) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+controlName+"/link/image/"+digest, nil)
	if err != nil {
		return nil, err
	}
	if offset > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	res, err := c.client().Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch image %s: %w", digest, err)
	}
	switch {
	case res.StatusCode == http.StatusPartialContent, res.StatusCode == http.StatusOK && offset == 0:
		return res.Body, nil
	case res.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		// Everything was there already.
		return http.NoBody, res.Body.Close()
	}
	return nil, fmt.Errorf("fetch image %s: %w", digest, refusal(res))
}

// Stream opens the host's end of a stream that the control plane waits for.
// why says that the target could not be connected; then there is no stream.
func (c *Client) Stream(ctx context.Context, id, why string) (io.ReadWriteCloser, error) {
	r, w := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+controlName+"/link/stream/"+id, r)
	if err != nil {
		return nil, err
	}
	if why != "" {
		req.Body = http.NoBody
		req.Header.Set("Virga-Stream-Error", headerText(why))
	}
	res, err := c.client().Do(req)
	if err != nil {
		return nil, fmt.Errorf("open stream: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		if why != "" && res.StatusCode == http.StatusNoContent {
			return nil, res.Body.Close()
		}
		return nil, fmt.Errorf("open stream: %w", refusal(res))
	}
	return &duplex{Reader: res.Body, body: res.Body, w: w}, nil
}

func headerText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, s)
	return s[:min(len(s), 500)]
}

// duplex joins both directions of an HTTP/2 request.
type duplex struct {
	io.Reader
	body io.Closer
	w    *io.PipeWriter
}

// Write sends to the control plane.
func (d *duplex) Write(b []byte) (int, error) { return d.w.Write(b) }

// Close ends both directions.
func (d *duplex) Close() error { return errors.Join(d.w.Close(), d.body.Close()) }

// mostLeft is at most what is left of a certificate that is renewed. One that was made
// by a clock that tests have moved ahead seems to live for longer than it does.
const mostLeft = 30 * 24 * time.Hour

// RenewDue tells whether less than a third of the certificate's life is left.
func (c *Client) RenewDue() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	life := c.leaf.NotAfter.Sub(c.leaf.NotBefore)
	return c.leaf.NotAfter.Sub(c.now()) < min(life/3, mostLeft)
}

// Renew asks for a new certificate with a new key. Both are written down
// together, so that an interrupted renewal leaves the old ones in use. They are tried
// first: from then on there is a connection with them, so that no time is without one.
func (c *Client) Renew(ctx context.Context) error {
	c.mu.Lock()
	next := *c.id
	old := c.http
	c.mu.Unlock()
	var err error
	if next.Key, err = newSeed(c.opt.Rand); err != nil {
		return err
	}
	if next.Chain, err = ask(ctx, old, "renew", "", next.Key, c.opt.Rand); err != nil {
		return fmt.Errorf("renew the certificate: %w", err)
	}
	conf, leaf, err := next.config(c.now)
	if err != nil {
		return fmt.Errorf("renew the certificate: %w", err)
	}
	client := newClient(c.opt.Dial, conf)
	if err = try(ctx, client); err == nil {
		err = next.save(c.opt.Folder)
	}
	if err != nil {
		client.CloseIdleConnections()
		return fmt.Errorf("renew the certificate: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.http.CloseIdleConnections()
	c.id, c.leaf, c.http = &next, leaf, client
	return nil
}

// try connects, and asks for something that is not there.
func try(ctx context.Context, c *http.Client) error {
	ctx, cancel := context.WithTimeout(ctx, slack)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+controlName+"/link/clock", nil)
	if err != nil {
		return err
	}
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// post sends a body. The session goes before it, since how much the control plane
// reads depends on it.
func post(ctx context.Context, c *http.Client, path string, session int64, body []byte, answer any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+controlName+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if session != 0 {
		req.Header.Set("Virga-Session", strconv.FormatInt(session, 10))
	}
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return refusal(res)
	}
	err = json.NewDecoder(res.Body).Decode(answer)
	return errors.Join(err, res.Body.Close())
}

// refusal is an answer that is not success, as an error.
func refusal(res *http.Response) error {
	b, err := io.ReadAll(io.LimitReader(res.Body, 4096))
	return errors.Join(fmt.Errorf("%s: %s", res.Status, strings.TrimSpace(string(b))), err, res.Body.Close())
}
