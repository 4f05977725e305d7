package hub_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// tcp is a listener on loopback and how to reach it.
func tcp(t *testing.T) (net.Listener, host.Dial, string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := ln.Addr().String()
	return ln, func(ctx context.Context) (net.Conn, error) { return dialTCP(ctx, at) }, at
}

func dialTCP(ctx context.Context, at string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", at)
}

// A host that asks the node where an image does not lie gets it all the same, from a
// node that has it; nodes that are away, have it not or send other bytes are passed over.
func TestImageOfAnotherNode(t *testing.T) {
	ln, dial, at := tcp(t)
	first := newLinked(t, ln, dial)
	content := bytes.Repeat([]byte("bytes of an image "), 10_000)
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	doc := &plan.Image{Digest: digest, Size: int64(len(content)), Format: "virga"}
	first.write(func(tx *store.Tx) error {
		_, err := hub.Put(tx, theHost, plan.KindImage, plan.ID(digest[:32]), doc, server)
		return err
	})

	// The second node, to which the host is connected.
	here := map[string][]byte{}
	var second *hub.Hub
	received := 0
	second = hub.New(hub.Options{
		DB: first.db, CA: first.ca,
		Images: func(digest string) (io.ReadSeekCloser, error) {
			b, ok := here[digest]
			if !ok {
				return nil, fs.ErrNotExist
			}
			return memFile{bytes.NewReader(b)}, nil
		},
		Bring: func(ctx context.Context, digest string, size int64) error {
			return second.FetchImage(ctx, "second", digest, dialTCP, func(fill func(io.Writer) error) error {
				received++
				var b bytes.Buffer
				if err := fill(&b); err != nil {
					return err
				}
				if sum := sha256.Sum256(b.Bytes()); hex.EncodeToString(sum[:]) != digest || int64(b.Len()) != size {
					return errors.New("other bytes")
				}
				here[digest] = b.Bytes()
				return nil
			})
		},
	})
	ln2, dial2, at2 := tcp(t)
	stop := serve(t, second, ln2)
	defer stop()
	joined := first.token()
	if err := first.join(first.folder, joined); err != nil {
		t.Fatal(err)
	}
	client := func() *host.Client {
		c, err := host.NewClient(host.ClientOptions{Folder: first.folder, Dial: dial2, Rand: strings.NewReader(""), Now: first.clock})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}()
	announce := func(node, address string) {
		first.write(func(tx *store.Tx) error { return hub.Announce(tx, node, address) })
	}
	fetch := func() ([]byte, error) {
		r, err := client.Image(t.Context(), digest, 0)
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(r)
		return b, errors.Join(err, r.Close())
	}
	away, _, nobody := tcp(t)
	if err := away.Close(); err != nil {
		t.Fatal(err)
	}
	announce("second", at2) // itself, which is not asked
	announce("0-away", nobody)
	announce("1-first", at)
	if b, err := fetch(); err == nil || !strings.Contains(err.Error(), "neither here nor on another") || received != 2 {
		t.Errorf("it lies nowhere: %d bytes, %v, asked %d", len(b), err, received)
	}
	first.images[digest] = content[1:]
	if _, err := fetch(); err == nil || len(here) > 0 {
		t.Errorf("other bytes were taken: %v", err)
	}
	first.images[digest] = content
	for range 2 { // the second time from here
		if b, err := fetch(); err != nil || !bytes.Equal(b, content) {
			t.Errorf("%d bytes, %v", len(b), err)
		}
	}
	if received != 6 {
		t.Errorf("others were asked %d times", received)
	}
	announce("1-first", "")
	delete(here, digest)
	if _, err := fetch(); err == nil {
		t.Error("a node that took its address back was asked")
	}
}

// What nodes give each other is for nodes: a host gets images that it was ordered to
// have, and nobody else gets any.
func TestNodeImagesAreForNodes(t *testing.T) {
	ln, dial, _ := tcp(t)
	l := newLinked(t, ln, dial)
	digest := strings.Repeat("ab", 32)
	l.images[digest] = []byte("secret")
	if err := l.join(l.folder, l.token()); err != nil {
		t.Fatal(err)
	}
	id, err := l.ca.HostCertificate(l.folder)
	if err != nil {
		t.Fatal(err)
	}
	for name, certs := range map[string][]tls.Certificate{"nobody": nil, "a host": {id}} {
		t.Run(name, func(t *testing.T) {
			raw, err := dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			secure := func(ctx context.Context, _, _ string) (net.Conn, error) {
				conf := l.ca.Trust()
				conf.Certificates = certs
				tc := tls.Client(raw, conf)
				return tc, tc.HandshakeContext(ctx)
			}
			c := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, DialTLSContext: secure}}
			defer c.CloseIdleConnections()
			res, err := c.Get("https://" + hub.ServerName + "/link/node/image/" + digest)
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(res.Body)
			err = errors.Join(err, res.Body.Close())
			if err != nil || res.StatusCode != http.StatusForbidden || strings.Contains(string(b), "secret") {
				t.Errorf("%d %s %v", res.StatusCode, b, err)
			}
		})
	}
}
