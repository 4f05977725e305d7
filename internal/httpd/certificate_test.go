package httpd

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// issue writes a certificate for a name into dir, and gives what trusts it.
func issue(t *testing.T, dir, name string, end time.Time) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spec := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: end.Add(-90 * 24 * time.Hour), NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, spec, spec, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "cert.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	write(t, filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return pool
}

func write(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Another certificate is used as soon as it lies there whole; the one before
// stays while there is half of one.
func TestCertificateIsRenewed(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	first := issue(t, dir, "one.example", now.Add(time.Hour))
	var log bytes.Buffer
	text := slog.New(slog.NewTextHandler(&log, nil))
	clock := func() time.Time { return now }
	c, err := OpenCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), text, clock)
	if err != nil {
		t.Fatal(err)
	}
	l := tls.NewListener(listen(t), c.Config())
	at := served(t, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }), forStrangers)
	ask := func(name string, pool *x509.CertPool) error {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: name}}}
		resp, err := client.Get("https://" + at)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	if err := ask("one.example", first); err != nil {
		t.Fatal(err)
	}
	if names := c.Names(); len(names) != 1 || names[0] != "one.example" {
		t.Errorf("names %v", names)
	}
	write(t, filepath.Join(dir, "cert.pem"), []byte("half"))
	now = now.Add(lookAgain)
	if err := ask("one.example", first); err != nil {
		t.Errorf("with half a file: %v", err)
	}
	second := issue(t, dir, "two.example", now.Add(time.Hour))
	now = now.Add(lookAgain)
	if err := ask("two.example", second); err != nil {
		t.Errorf("the renewed one: %v", err)
	}
	if err := ask("one.example", first); err == nil {
		t.Error("the old one is still used")
	}
	if err := os.Remove(filepath.Join(dir, "key.pem")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		now = now.Add(lookAgain)
		if err := ask("two.example", second); err != nil {
			t.Errorf("without files: %v", err)
		}
	}
	if n := strings.Count(log.String(), "cannot be read again"); n != 2 {
		t.Errorf("the log says it %d times: %s", n, log.String())
	}
}

func TestCertificateRefuses(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	open := func() error {
		_, err := OpenCertificate(cert, key, slog.New(slog.DiscardHandler), func() time.Time { return now })
		return err
	}
	if err := open(); err == nil {
		t.Error("no files")
	}
	issue(t, dir, "one.example", now.Add(-time.Hour))
	if err := open(); err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("an old one: %v", err)
	}
	other := t.TempDir()
	issue(t, other, "one.example", now.Add(time.Hour))
	issue(t, dir, "one.example", now.Add(time.Hour))
	key = filepath.Join(other, "key.pem")
	if err := open(); err == nil {
		t.Error("the key of another")
	}
}
