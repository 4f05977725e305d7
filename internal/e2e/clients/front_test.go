package clients_test

import (
	"bytes"
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/wire"
	"github.com/virga-cloud/virga/internal/wire/contract"
)

// sdkHost is where the helper classes of the Python SDK go, whatever address the
// client was given.
const sdkHost = "cloudpanel-api.1and1.com"

// operation is the header that tells a script which operation of the contract a
// client reached, "none" for an address that the contract does not have.
const operation = "X-Test-Operation"

// front stands between the clients and the binary: it answers by TLS for the
// name that the Python SDK has built in, and holds every answer against the
// contracts, because a client looks only at what it needs.
type front struct {
	plain, tls *httptest.Server
	ca         string // file with the certificate that clients trust

	mu     sync.Mutex
	broken []string // breaches, once each
	seen   map[string]bool
	calls  int
	called map[string]bool // operations that the clients reached
}

// watched is a contract with the index that tells which operation a request is.
type watched struct {
	doc   *contract.Document
	index *wire.Router
}

func watch(load func() (*contract.Document, error), d wire.Dialect) (watched, error) {
	doc, err := load()
	if err != nil {
		return watched{}, err
	}
	d.Error = func(*wire.Request, error) wire.Answer { return wire.Answer{} } // it only tells, never serves
	index, err := wire.Mount(d)
	return watched{doc, index}, err
}

// newFront serves target, the binary, until the test ends.
func newFront(t *testing.T, target string) *front {
	t.Helper()
	one, err := watch(contract.OneAndOne,
		wire.Dialect{Name: "oneandone", Ops: oneandone.Operations, Prefixes: map[string][]string{"": {"/v1"}}})
	if err != nil {
		t.Fatal(err)
	}
	cix, err := watch(contract.CloudCIX, wire.Dialect{
		Name: "cloudcix",
		Ops:  cloudcix.Operations, Slash: true, Hosts: true, Versions: []string{"/v1", "/v2"}, Prefixes: map[string][]string{
			"iaas": {"/iaas/v1", "/iaas/v2"}, "membership": {"/membership/v1", "/membership/v2"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	f := &front{seen: map[string]bool{}, called: map[string]bool{}}
	proxy := &httputil.ReverseProxy{
		// The name that the client asked for goes with it: it decides the dialect.
		Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.URL.Host = "http", to.Host },
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			f.breach(fmt.Sprintf("%s %s: %v", r.Method, r.URL, err))
			w.WriteHeader(http.StatusBadGateway)
		},
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			f.breach(fmt.Sprintf("%s %s: read the request: %v", r.Method, r.URL, err))
		}
		r.Body = io.NopCloser(bytes.NewReader(sent))
		by := one
		if cix.index.Owns(r) { // by its host or prefix, as the product tells it
			by = cix
		}
		target := by.index.Resolve(r)
		f.count(target.Op)
		w.Header().Set(operation, cmp.Or(target.Op.ID, "none"))
		rec := &recorder{ResponseWriter: w}
		proxy.ServeHTTP(rec, r)
		for _, v := range by.doc.Judge(target, r, sent, rec.code, rec.Header(), rec.body.Bytes()) {
			f.breach(v.String())
		}
	})
	f.plain = httptest.NewServer(h)
	t.Cleanup(f.plain.Close)
	f.tls = httptest.NewUnstartedServer(h)
	f.tls.TLS = &tls.Config{Certificates: []tls.Certificate{f.certificate(t)}, MinVersion: tls.VersionTLS12}
	f.tls.StartTLS()
	t.Cleanup(f.tls.Close)
	return f
}

func (f *front) breach(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.seen[text] {
		f.seen[text] = true
		f.broken = append(f.broken, text)
	}
}

func (f *front) count(o op.Spec) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	f.called[o.ID] = true
}

// certificate makes one for sdkHost and writes it for clients to trust.
func (f *front) certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "clients test"}, DNSNames: []string{sdkHost},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	f.ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(f.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// port is that of a server's address.
func port(t *testing.T, s *httptest.Server) string {
	t.Helper()
	_, p, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// recorder keeps a copy of an answer.
type recorder struct {
	http.ResponseWriter
	code int
	body bytes.Buffer
}

// WriteHeader keeps the status.
func (r *recorder) WriteHeader(code int) {
	if code >= 200 {
		r.code = code
	}
	r.ResponseWriter.WriteHeader(code)
}

// Write keeps the body.
func (r *recorder) Write(b []byte) (int, error) {
	if r.code == 0 {
		r.code = http.StatusOK
	}
	r.body.Write(b)
	return r.ResponseWriter.Write(b)
}
