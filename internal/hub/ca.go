package hub

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
)

// ServerName is the name in the certificate of every control node. Hosts
// check it instead of an address, so that addresses may change.
const ServerName = "virga-control"

// Lifetimes. The end of a certificate is an alarm, not a plan: hosts renew
// when a third is left.
const (
	caLifetime   = 20 * 365 * 24 * time.Hour
	certLifetime = 90 * 24 * time.Hour
	skew         = time.Hour // clocks of hosts may be behind
)

// CA is the built-in certificate authority of the links to hosts. Its key
// lies in a file, never in the database.
type CA struct {
	cert *x509.Certificate
	// also are other authorities whose certificates are good as well, while
	// one takes over from another.
	also []*x509.Certificate
	key  ed25519.PrivateKey
	rand io.Reader
	now  func() time.Time
	// ahead is how far tests have moved that clock. Certificates begin in the time of
	// the machines all the same: who connects does not know yet how far it is.
	ahead func() time.Duration
}

// alsoFiles hold other authorities that are trusted: the one to come and the
// one before. Hosts hear of all with every certificate that they are given.
var alsoFiles = []string{"ca-next.pem", "ca-old.pem"}

// OpenCA reads the authority from a folder (DATA/keys) or makes it at the
// first start. ahead is how far now is ahead of the clocks of the machines (optional:
// not at all).
//
// path: DATA/keys
func OpenCA(dir string, rand io.Reader, now func() time.Time, ahead func() time.Duration) (*CA, error) {
	if ahead == nil {
		ahead = func() time.Duration { return 0 }
	}
	ca := &CA{rand: rand, now: now, ahead: ahead}
	path := filepath.Join(dir, "ca.pem")
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		err = ca.parse(b)
	case errors.Is(err, fs.ErrNotExist):
		err = ca.make(path)
	}
	if err != nil {
		return nil, fmt.Errorf("certificate authority in %s: %w", dir, err)
	}
	for _, name := range alsoFiles {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = ca.trust(b)
		}
		if err != nil {
			return nil, fmt.Errorf("certificate authority in %s: %s: %w", dir, name, err)
		}
	}
	return ca, nil
}

func (ca *CA) parse(b []byte) error {
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "PRIVATE KEY":
			k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return err
			}
			ed, ok := k.(ed25519.PrivateKey)
			if !ok {
				return fmt.Errorf("the key is a %T", k)
			}
			ca.key = ed
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return err
			}
			ca.cert = c
		}
	}
	if ca.key == nil || ca.cert == nil {
		return errors.New("the file is not complete")
	}
	return nil
}

// trust takes the certificates of a file; its key is for those who sign.
func (ca *CA) trust(b []byte) error {
	n := len(ca.also)
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return err
		}
		if !c.IsCA {
			return fmt.Errorf("%q is no authority", c.Subject)
		}
		ca.also = append(ca.also, c)
	}
	if len(ca.also) == n {
		return errors.New("there is no certificate in it")
	}
	return nil
}

// make writes key and certificate into one file, so that there are never
// halves of two.
//
// path: OpenCA's
func (ca *CA) make(path string) error {
	key, err := newKey(ca.rand)
	if err != nil {
		return err
	}
	serial, err := ca.serial()
	if err != nil {
		return err
	}
	now := ca.now()
	t := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Virga CA"},
		NotBefore: ca.begin(now), NotAfter: now.Add(caLifetime),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(ca.rand, t, t, key.Public(), key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	b := append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := writeFile(path, b); err != nil {
		return err
	}
	return ca.parse(b)
}

// writeFile is temp, fsync, link, fsync of the folder: of two nodes that start at the same moment
// on a shared folder one makes the authority and the other fails.
//
// path: OpenCA's
func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".ca-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := crash.Here(pointAuthority); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return err
	}
	return crash.Here(pointAuthorized)
}

// Around the moment in which the authority's file gets its name.
var (
	pointAuthority  = crash.Register("key.ca.before")
	pointAuthorized = crash.Register("key.ca.after")
)

func newKey(rand io.Reader) (ed25519.PrivateKey, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(rand, seed); err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func (ca *CA) serial() (*big.Int, error) {
	b := make([]byte, 16)
	if _, err := io.ReadFull(ca.rand, b); err != nil {
		return nil, err
	}
	b[0] &= 0x7f // positive
	return new(big.Int).SetBytes(b), nil
}

// Prints are the fingerprints of the authority and of those that are trusted beside
// it while one takes over from another.
func (ca *CA) Prints() (print string, also []string) {
	for _, c := range ca.also {
		also = append(also, printOf(c))
	}
	return printOf(ca.cert), also
}

func printOf(c *x509.Certificate) string {
	h := sha256.Sum256(c.Raw)
	return hex.EncodeToString(h[:16])
}

// Pin identifies the authority in join tokens: the first 16 bytes of the
// SHA-256 of its certificate, in hexadecimal digits.
func (ca *CA) Pin() string { return printOf(ca.cert) }

// begin is from when a certificate is good that is made now.
func (ca *CA) begin(now time.Time) time.Time {
	return now.Add(-ca.ahead() - skew)
}

func (ca *CA) issue(t *x509.Certificate, public any) ([]byte, error) {
	serial, err := ca.serial()
	if err != nil {
		return nil, err
	}
	now := ca.now()
	t.SerialNumber, t.NotBefore, t.NotAfter = serial, ca.begin(now), now.Add(certLifetime)
	t.KeyUsage = x509.KeyUsageDigitalSignature
	return x509.CreateCertificate(ca.rand, t, ca.cert, public, ca.key)
}

// server makes the certificate of a control node, new at every start.
func (ca *CA) server() (*tls.Certificate, error) {
	key, err := newKey(ca.rand)
	if err != nil {
		return nil, err
	}
	der, err := ca.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: ServerName}, DNSNames: []string{ServerName},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}, // nodes ask each other
	}, key.Public())
	if err != nil {
		return nil, fmt.Errorf("certificate of this node: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	// The authority goes along, so that who joins can compare it with the pin.
	return &tls.Certificate{Certificate: [][]byte{der, ca.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// host signs the request of a host; what it asks for beside its key counts
// for nothing.
func (ca *CA) host(csr []byte, c caller) (chain []byte, err error) {
	r, err := x509.ParseCertificateRequest(csr)
	if err != nil {
		return nil, err
	}
	if err := r.CheckSignature(); err != nil {
		return nil, err
	}
	if _, ok := r.PublicKey.(ed25519.PublicKey); !ok {
		return nil, fmt.Errorf("a key of type %T", r.PublicKey)
	}
	id := strconv.FormatInt(c.host, 10)
	name := &url.URL{Scheme: "virga", Host: "host", Path: "/" + id}
	if c.number > 0 { // where those who do not know of numbers do not look
		name.RawQuery = "enrolment=" + strconv.FormatInt(c.number, 10)
	}
	der, err := ca.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "host " + id}, URIs: []*url.URL{name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, r.PublicKey)
	if err != nil {
		return nil, err
	}
	for _, b := range append([][]byte{der, ca.cert.Raw}, raws(ca.also)...) {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b})...)
	}
	return chain, nil
}

// raws are the bytes of certificates.
func raws(certs []*x509.Certificate) (all [][]byte) {
	for _, c := range certs {
		all = append(all, c.Raw)
	}
	return all
}

// callerOf is the host that a verified certificate was issued to, and when.
func callerOf(cert *x509.Certificate) (c caller, err error) {
	for _, u := range cert.URIs {
		if u.Scheme != "virga" || u.Host != "host" {
			continue
		}
		if c.host, err = strconv.ParseInt(strings.TrimPrefix(u.Path, "/"), 10, 64); err != nil {
			return c, err
		}
		if n := u.Query().Get("enrolment"); n != "" {
			c.number, err = strconv.ParseInt(n, 10, 64)
		}
		return c, err
	}
	return c, errors.New("the certificate names no host")
}

// pool are all authorities that are trusted.
func (ca *CA) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	for _, c := range append(slices.Clone(ca.also), ca.cert) {
		pool.AddCert(c)
	}
	return pool
}

// tlsConfig asks for a certificate of this authority, but lets those in who
// have none: they may do nothing but join.
func (ca *CA) tlsConfig() (*tls.Config, error) {
	cert, err := ca.server()
	if err != nil {
		return nil, err
	}
	own := &ownCert{ca: ca, cert: cert}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, NextProtos: []string{"h2"},
		ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: ca.pool(),
		Time: ca.now, GetCertificate: own.get,
	}, nil
}
