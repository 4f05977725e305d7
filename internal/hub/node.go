package hub

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// Control nodes of one database know each other by where hosts connect to them, and
// each gives the others the images that lie with it.

// nodePrefix begins the names under which nodes say their addresses.
const nodePrefix = "node."

// Announce says where the node of a name serves links; "" takes that back.
func Announce(tx *store.Tx, node, address string) error {
	if address == "" {
		err := tx.Later(nil, `DELETE FROM meta WHERE key = $1`, nodePrefix+node)
		return err
	}
	return store.SetMeta(tx, nodePrefix+node, address)
}

// nodes are the addresses of the nodes but one, in the order of their names.
func nodes(tx *store.Tx, but string) ([]string, error) {
	rows, err := tx.Query(`SELECT key, value FROM meta WHERE key LIKE $1 ORDER BY key`, nodePrefix+"%")
	if err != nil {
		return nil, fmt.Errorf("other control nodes: %w", err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var key, address string
		if err := rows.Scan(&key, &address); err != nil {
			return nil, fmt.Errorf("other control nodes: %w", err)
		}
		if key != nodePrefix+but {
			list = append(list, address)
		}
	}
	return list, rows.Err()
}

// nodeTime is how long another node may take to answer, not to send.
const nodeTime = 10 * time.Second

// Dialer connects with an address.
type Dialer func(ctx context.Context, address string) (net.Conn, error)

// FetchImage gets the packed bytes of an image from a node that has them. self is the
// name of this node. receive is given what writes them, for each node that is asked
// until it says that all is right.
func (h *Hub) FetchImage(ctx context.Context, self, digest string, dial Dialer, receive func(fill func(w io.Writer) error) error) error {
	var addresses []string
	err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
		addresses, err = nodes(tx, self)
		return err
	})
	if err != nil {
		return err
	}
	conf, err := h.opt.CA.peerConfig()
	if err != nil {
		return err
	}
	var why []string
	for _, address := range addresses {
		err := receive(func(w io.Writer) error { return fetchFrom(ctx, conf, address, digest, dial, w) })
		if err == nil || ctx.Err() != nil {
			return err
		}
		why = append(why, err.Error())
	}
	h.opt.Log.Warn("an image lies on no control node that answers", "image", digest, "asked", why)
	return cloud.Errorf(cloud.Unavailable, "image.nowhere",
		"the bytes of image %s lie neither here nor on another control node that answers", digest).
		WithFix("Start the node that took the import, with --links, or import the image again.")
}

// fetchFrom asks one node.
func fetchFrom(ctx context.Context, conf *tls.Config, address, digest string, dial Dialer, w io.Writer) error {
	t := &http.Transport{ // dial: another control node, by the connection that was handed in
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, nodeTime)
			defer cancel()
			raw, err := dial(ctx, address)
			if err != nil {
				return nil, err
			}
			tc := tls.Client(raw, conf)
			if err := tc.HandshakeContext(ctx); err != nil {
				return nil, errors.Join(err, raw.Close())
			}
			return tc, nil
		},
		Protocols: new(http.Protocols), ResponseHeaderTimeout: nodeTime,
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}
	t.Protocols.SetHTTP2(true)
	defer t.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+ServerName+"/link/node/image/"+digest, nil)
	if err != nil {
		return err
	}
	res, err := t.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("node at %s: %w", address, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, maxReason)) // the status says enough
		return fmt.Errorf("node at %s: %s: %s", address, res.Status, plain(strings.TrimSpace(string(text)), maxReason))
	}
	if _, err := io.Copy(w, res.Body); err != nil {
		return fmt.Errorf("node at %s: %w", address, err)
	}
	return nil
}

// peerConfig is with what a node asks another one: both have a certificate of the
// authority with the name of control nodes.
func (ca *CA) peerConfig() (*tls.Config, error) {
	cert, err := ca.server()
	if err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"}, ServerName: ServerName, RootCAs: ca.pool(), Time: ca.now,
		Certificates: []tls.Certificate{*cert},
	}, nil
}

// isNode tells whether a verified certificate is a control node's. Hosts get none with
// that name, whatever they ask for.
func isNode(cert *x509.Certificate) bool { return slices.Contains(cert.DNSNames, ServerName) }

// serveNodeImage gives another control node an image that lies here. It is not
// looked for elsewhere: that is what the other one does.
func (h *Hub) serveNodeImage(w http.ResponseWriter, r *http.Request) {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 || !isNode(r.TLS.VerifiedChains[0][0]) {
		h.refuse(w, cloud.Errorf(cloud.Forbidden, "link.node", "only control nodes of this installation ask here"))
		return
	}
	digest := r.PathValue("digest")
	if !plan.IsDigest(digest) || h.opt.Images == nil {
		h.refuse(w, cloud.Errorf(cloud.NotFound, "image.not_found", "%.80q is not the digest of an image", digest))
		return
	}
	f, err := h.opt.Images(digest)
	if errors.Is(err, fs.ErrNotExist) {
		h.refuse(w, cloud.Errorf(cloud.NotFound, "image.not_here", "image %s does not lie on this node", digest))
		return
	}
	h.sendImage(w, r, digest, f, err)
}

// openImage opens an image that a host was ordered to have. One that lies on another
// node only is brought here first.
func (h *Hub) openImage(ctx context.Context, image plan.Image) (io.ReadSeekCloser, error) {
	f, err := h.opt.Images(image.Digest)
	if !errors.Is(err, fs.ErrNotExist) || h.opt.Bring == nil {
		return f, err
	}
	if err := h.opt.Bring(ctx, image.Digest, image.Size); err != nil {
		return nil, err
	}
	return h.opt.Images(image.Digest)
}
