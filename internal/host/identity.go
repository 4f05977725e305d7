package host

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// identityFile holds who this host is to its control plane.
const identityFile = "link/identity"

// identity is the content of identityFile. It lies in one file, so that key
// and certificate always belong together.
type identity struct {
	Address string `json:"address"`         // of the control plane, host:port; several with commas between
	Key     []byte `json:"key"`             // seed of the Ed25519 key
	Chain   []byte `json:"chain,omitempty"` // PEM: own certificate, its authority's, others trusted; empty while joining
}

// controlName is the name in the certificates of control nodes (hub.ServerName).
const controlName = "virga-control"

// Dial connects to the control plane: TCP, or a pipe in the same process.
type Dial func(ctx context.Context) (net.Conn, error)

// JoinOptions is what a machine needs to become a host.
type JoinOptions struct {
	Folder  Folder    // required: where the identity is kept
	Token   string    // required: from the control plane
	Address string    // of the control plane, kept for later starts
	Dial    Dial      // required
	Rand    io.Reader // required
	Now     func() time.Time
}

// Join trades a one-time token for a certificate. A repeat after a crash or
// a lost answer uses the same key, for which the token still works. Joined
// already is success, so that a start script may always ask.
func Join(ctx context.Context, opt JoinOptions) error {
	id, err := readIdentity(opt.Folder)
	if err != nil {
		return err
	}
	if id != nil && len(id.Chain) > 0 {
		return nil
	}
	pin, err := pinIn(opt.Token)
	if err != nil {
		return fmt.Errorf("join: %w", err)
	}
	if id == nil {
		id = &identity{Address: opt.Address}
		if id.Key, err = newSeed(opt.Rand); err != nil {
			return err
		}
		if err := id.save(opt.Folder); err != nil {
			return err
		}
	}
	// The authority is not known yet. What is known is its pin, and the chain
	// the node shows must end there.
	conf := &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"}, ServerName: controlName, Time: opt.Now,
		InsecureSkipVerify: true, //nolint:gosec // verified by pin below
		VerifyConnection:   func(cs tls.ConnectionState) error { return verifyPin(cs, pin, opt.Now()) },
	}
	c := newClient(opt.Dial, conf)
	defer c.CloseIdleConnections()
	chain, err := ask(ctx, c, "join", opt.Token, id.Key, opt.Rand)
	if err != nil {
		return fmt.Errorf("join: %w", err)
	}
	if _, _, err := parseChain(chain, pin); err != nil {
		return fmt.Errorf("join: %w", err)
	}
	id.Chain = chain
	return id.save(opt.Folder)
}

// pinIn is the end of a token: by what the control plane is known.
func pinIn(token string) (string, error) {
	i := strings.LastIndexByte(token, '-')
	if i < 0 || len(token)-i-1 != 32 {
		return "", errors.New("this is no join token")
	}
	return token[i+1:], nil
}

// ClockOff is how far this machine's clock is ahead of the control plane's, to a
// second or two. It is asked before joining: certificates are for a time, and with
// a wrong clock all that is said of them misleads.
func ClockOff(ctx context.Context, opt JoinOptions) (time.Duration, error) {
	pin, err := pinIn(opt.Token)
	if err != nil {
		return 0, err
	}
	c := newClient(opt.Dial, &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"}, ServerName: controlName,
		InsecureSkipVerify: true, //nolint:gosec // verified by pin below
		VerifyConnection: func(cs tls.ConnectionState) error {
			return verifyPin(cs, pin, cs.PeerCertificates[0].NotBefore.Add(time.Second)) // whatever our clock says
		},
	})
	defer c.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+controlName+"/link/clock", nil)
	if err != nil {
		return 0, err
	}
	res, err := c.Do(req) // it knows no such path, and says when it said so
	if err != nil {
		return 0, err
	}
	now := opt.Now()
	at, err := http.ParseTime(res.Header.Get("Date"))
	return now.Sub(at), errors.Join(err, res.Body.Close())
}

// verifyPin checks that a node's certificate was signed by the authority
// whose pin stands in the token.
func verifyPin(cs tls.ConnectionState, pin string, now time.Time) error {
	for _, c := range cs.PeerCertificates[1:] {
		if pinOf(c) != pin {
			continue
		}
		pool := x509.NewCertPool()
		pool.AddCert(c)
		_, err := cs.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: pool, DNSName: controlName, CurrentTime: now})
		return err
	}
	return errors.New("this is not the control plane that the token is from")
}

func pinOf(c *x509.Certificate) string {
	h := sha256.Sum256(c.Raw)
	return hex.EncodeToString(h[:16])
}

// ask sends a certificate request for a key.
func ask(ctx context.Context, c *http.Client, verb, token string, seed []byte, rand io.Reader) ([]byte, error) {
	csr, err := x509.CreateCertificateRequest(rand, &x509.CertificateRequest{}, ed25519.NewKeyFromSeed(seed))
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]any{"token": token, "csr": csr})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Chain []byte `json:"chain"`
	}
	if err := post(ctx, c, "/link/"+verb, 0, body, &answer); err != nil {
		return nil, err
	}
	return answer.Chain, nil
}

// parseChain reads a host's certificate, its authority's, and those of other
// authorities that control nodes may show from now on. An empty pin takes any
// authority.
func parseChain(chain []byte, pin string) (leaf *x509.Certificate, authorities []*x509.Certificate, err error) {
	var certs []*x509.Certificate
	for b, rest := pem.Decode(chain); b != nil; b, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return nil, nil, err
		}
		certs = append(certs, c)
	}
	if len(certs) < 2 {
		return nil, nil, fmt.Errorf("a chain of %d certificates", len(certs))
	}
	if pin != "" && pinOf(certs[1]) != pin {
		return nil, nil, errors.New("the certificate is of another authority than the token")
	}
	return certs[0], certs[1:], certs[0].CheckSignatureFrom(certs[1])
}

func newSeed(rand io.Reader) ([]byte, error) {
	seed := make([]byte, ed25519.SeedSize)
	_, err := io.ReadFull(rand, seed)
	return seed, err
}

// readIdentity is nil when there is none yet.
func readIdentity(f Folder) (*identity, error) {
	id := &identity{}
	err := ReadJSON(f, identityFile, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && len(id.Key) != ed25519.SeedSize {
		err = fmt.Errorf("%w: it holds no key", ErrDamaged)
	}
	if errors.Is(err, ErrDamaged) {
		return nil, fmt.Errorf("read the identity of this host (%s in its folder): %w; move the file away and let the host join again: "+
			"`virga admin join-token NAME` on the control plane, `virga agent --join TOKEN` here; its guests go on", identityFile, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read the identity of this host: %w", err)
	}
	return id, nil
}

func (id *identity) save(f Folder) error {
	b, err := json.Marshal(id)
	if err != nil {
		return err
	}
	err = around(pointMark, pointMarked, func() error { return f.Write(identityFile, b) })
	if err != nil {
		return fmt.Errorf("write the identity of this host: %w", err)
	}
	return nil
}

// Joined tells whether a folder belongs to a host, and of which control plane.
func Joined(f Folder) (address string, ok bool, err error) {
	id, err := readIdentity(f)
	if err != nil || id == nil || len(id.Chain) == 0 {
		return "", false, err
	}
	return id.Address, true, nil
}

// SetAddress changes where the control plane is, for later starts.
func SetAddress(f Folder, address string) error {
	id, err := readIdentity(f)
	if err != nil || id == nil || id.Address == address {
		return err
	}
	id.Address = address
	return id.save(f)
}

// brief is how short a connection was that is no reason to begin with the same
// address: who answers there may be frozen, or refuse.
const brief = time.Minute

// DialAny dials one of several addresses: that which answered last, or the one after it
// when that connection did not last, and then the others in their order. Each of them is
// tried before it is said that none answers.
func DialAny(addresses []string, now func() time.Time, dial func(ctx context.Context, address string) (net.Conn, error)) Dial {
	var mu sync.Mutex
	var last int
	var at time.Time
	return func(ctx context.Context) (net.Conn, error) {
		mu.Lock()
		first := last
		if now().Sub(at) < brief {
			first++
		}
		mu.Unlock()
		var errs []error
		for n := range addresses {
			i := (first + n) % len(addresses)
			c, err := dial(ctx, addresses[i])
			if err == nil {
				mu.Lock()
				last, at = i, now()
				mu.Unlock()
				return c, nil
			}
			if errs = append(errs, err); ctx.Err() != nil {
				break
			}
		}
		return nil, errors.Join(errs...)
	}
}

// config is the TLS configuration of a host that joined.
func (id *identity) config(now func() time.Time) (*tls.Config, *x509.Certificate, error) {
	leaf, authorities, err := parseChain(id.Chain, "")
	if err != nil {
		return nil, nil, err
	}
	pool := x509.NewCertPool()
	for _, ca := range authorities {
		pool.AddCert(ca)
	}
	key := ed25519.NewKeyFromSeed(id.Key)
	if !bytes.Equal(leaf.PublicKey.(ed25519.PublicKey), key.Public().(ed25519.PublicKey)) {
		return nil, nil, errors.New("certificate and key do not belong together")
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"}, ServerName: controlName, RootCAs: pool, Time: now,
		Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}},
	}, leaf, nil
}
