package httpd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

// authority is a real ACME server, Let's Encrypt's for tests, that looks at one port
// of loopback for whoever asks it.
type authority struct {
	*httptest.Server
	roots *x509.CertPool // of what it issues
	names *db.MemoryStore
}

// newAuthority starts one whose certificates are valid for so many seconds. All names
// lead to loopback but those that begin with nowhere.
func newAuthority(t *testing.T, node net.Listener, seconds uint64) *authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0") // by chance it would refuse more often than is tried again
	t.Setenv("PEBBLE_AUTHZREUSE", "0")      // and it looks each time
	quiet := log.New(io.Discard, "", 0)
	a := &authority{names: db.NewMemoryStore()}
	issuer := ca.New(quiet, a.names, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {ValidityPeriod: seconds}})
	a.roots = x509.NewCertPool()
	a.roots.AddCert(issuer.GetRootCert(0).Cert)
	looks := va.New(quiet, 0, node.Addr().(*net.TCPAddr).Port, true, nameServer(t), a.names)
	front := wfe.New(quiet, a.names, looks, issuer, []string{"authority.example"}, true, false, 1, 1)
	a.Server = httptest.NewTLSServer(front.Handler())
	t.Cleanup(a.Close)
	return a
}

// nameServer answers where names lead to.
func nameServer(t *testing.T) string {
	l := listen(t)
	s := &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeA && !strings.HasPrefix(q.Question[0].Name, "nowhere.") {
			m.Answer = []dns.RR{&dns.A{
				Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1),
			}}
		}
		_ = w.WriteMsg(m)
	})}
	go func() { _ = s.ActivateAndServe() }()
	t.Cleanup(func() { _ = s.Shutdown() })
	return l.Addr().String()
}

// certified serves with certificates of an authority until stop.
func certified(t *testing.T, l net.Listener, by *authority, o ACMEOptions) (a *ACME, stop func()) {
	t.Helper()
	trust := x509.NewCertPool()
	trust.AddCert(by.Certificate())
	o.Email, o.CA, o.Roots, o.At, o.Now = "ops@cloud.example", by.URL+wfe.DirectoryPath, trust, l.Addr().String(), time.Now
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a, err := OpenACME(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 2)
	hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) })
	go func() { done <- serve(ctx, tls.NewListener(l, a.Config()), hello, forStrangers) }()
	go func() { done <- a.Run(ctx) }()
	ended := false
	stop = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(stop)
	return a, stop
}

// shown is the serial number of the certificate that a client sees and believes.
func (a *authority) shown(l net.Listener, name string) (*big.Int, error) {
	d := &net.Dialer{Timeout: 10 * time.Second}
	c, err := tls.DialWithDialer(d, "tcp", l.Addr().String(), &tls.Config{RootCAs: a.roots, ServerName: name})
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.ConnectionState().PeerCertificates[0].SerialNumber, nil
}

// lines is a log that is read while it is written.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// A certificate is had over our own listener, by nothing but the handshake of the
// authority; it is kept where nobody else reads, and used by the next start, which
// needs no authority for it.
func TestACME(t *testing.T) {
	dir, l := filepath.Join(t.TempDir(), "acme"), listen(t)
	by := newAuthority(t, l, 90*24*3600)
	a, stop := certified(t, l, by, ACMEOptions{Dir: dir, Names: []string{"cloud.example"}})
	await(t, "the certificate", func() bool { return len(a.Waits()) == 0 })
	var first *big.Int
	await(t, "its use", func() bool {
		n, err := by.shown(l, "cloud.example")
		first = n
		return err == nil
	})
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: by.roots, ServerName: "cloud.example"},
	}}
	resp, err := client.Get("https://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "HTTP/2.0" {
		t.Errorf("the service behind it answers %q, %v", body, err)
	}
	_ = resp.Body.Close()
	if got := a.State(); len(got) != 1 || !strings.HasPrefix(got[0], "cloud.example until 20") {
		t.Errorf("%q", got)
	}
	stop()
	files := 0
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		st, err := e.Info()
		if err == nil && st.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v", path, st.Mode())
		}
		if !e.IsDir() {
			files++
		}
		return err
	})
	if err != nil || files < 5 { // certificate, its key and notes; account and its key
		t.Errorf("%d files are kept, %v", files, err)
	}

	by.Close()
	l = listen(t)
	a, _ = certified(t, l, by, ACMEOptions{Dir: dir, Names: []string{"cloud.example"}})
	if w := a.Waits(); len(w) != 0 {
		t.Errorf("it waits: %v", w)
	}
	if n, err := by.shown(l, "cloud.example"); err != nil || n.Cmp(first) != 0 {
		t.Errorf("another start has %v, %v; the one before had %v", n, err, first)
	}
}

// What is due is renewed while the service runs; a renewal that is refused leaves the
// one before, and is told.
func TestACMERenews(t *testing.T) {
	l := listen(t)
	by := newAuthority(t, l, 10)
	_, port, _ := net.SplitHostPort(l.Addr().String())
	name := "short-" + port + ".example" // the library waits in all of the process before it renews again what was refused
	// Less than 5 of the checks are left from the start, so each look finds it due.
	o := ACMEOptions{Dir: t.TempDir(), Names: []string{name}, Check: 2100 * time.Millisecond}
	a, stop := certified(t, l, by, o)
	var first *big.Int
	await(t, "the certificate", func() bool { return len(a.Waits()) == 0 })
	await(t, "its use", func() bool {
		n, err := by.shown(l, name)
		first = n
		return err == nil
	})
	await(t, "another one", func() bool {
		n, err := by.shown(l, name)
		return err == nil && n.Cmp(first) != 0
	})
	if err := by.names.AddBlockedDomain(name); err != nil {
		t.Fatal(err)
	}
	await(t, "a word about it", func() bool { return len(a.Waits()) == 1 })
	w := a.Waits()[0].String()
	for _, part := range []string{
		"certificate 1 (" + name + ") waits since ", "the one that is used ends at ", "does not renew it", "rejectedIdentifier",
	} {
		if !strings.Contains(w, part) {
			t.Errorf("%q is missing in: %s", part, w)
		}
	}
	stop()
}

// What cannot be had is said in words, and keeps nobody from what can; it is tried again.
func TestACMERefused(t *testing.T) {
	l := listen(t)
	by := newAuthority(t, l, 90*24*3600)
	if err := by.names.AddBlockedDomain("refused.example"); err != nil {
		t.Fatal(err)
	}
	told := make(lines, 1000)
	names := []string{"good.example", "refused.example", "nowhere.example"}
	a, stop := certified(t, l, by, ACMEOptions{
		Dir: t.TempDir(), Names: names, Log: slog.New(slog.NewTextHandler(told, nil)), Again: 10 * time.Millisecond,
	})
	await(t, "the good one", func() bool { return len(a.Waits()) == 2 })
	await(t, "its use", func() bool {
		_, err := by.shown(l, "good.example")
		return err == nil
	})
	await(t, "a word about the others", func() bool {
		w := a.Waits()
		return len(w) == 2 && strings.Contains(w[0].For, "not give") && strings.Contains(w[1].For, "not give")
	})
	for i, part := range []string{"rejectedIdentifier", "nowhere.example"} {
		w := a.Waits()[i]
		if w.Name != names[i+1] || w.Since.IsZero() || !strings.Contains(w.For, part) || !strings.Contains(w.Fix, "443") {
			t.Errorf("%s", w)
		}
	}
	if _, err := by.shown(l, "refused.example"); err == nil {
		t.Error("a certificate for it is shown")
	}
	if got := a.State(); len(got) != 3 || !strings.Contains(got[1], "refused.example waits: ") || !strings.Contains(got[1], "virga doctor") {
		t.Errorf("%q", got)
	}
	for tries := 0; tries < 2; {
		select {
		case line := <-told:
			if strings.Contains(line, "no certificate could be had") && strings.Contains(line, "name=refused.example") {
				tries++
			}
		case <-time.After(time.Minute):
			t.Fatalf("tried %d times", tries)
		}
	}
	stop()
}

// An authority that is not there, and says nothing of use, neither holds up a start nor
// floods what is told.
func TestACMEAway(t *testing.T) {
	l := listen(t)
	long := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"type":"x","detail":"\u001b[2J`+strings.Repeat("long ", 10000)+`"}`)
	}))
	t.Cleanup(long.Close)
	a, stop := certified(t, l, &authority{Server: long}, ACMEOptions{Dir: t.TempDir(), Names: []string{"cloud.example"}, Again: time.Hour})
	await(t, "a word about it", func() bool { return strings.Contains(a.Waits()[0].For, "not give") })
	if w := a.Waits()[0].For; len(w) > maxCause+10 || strings.Contains(w, "\x1b") {
		t.Errorf("%d bytes: %q", len(w), w)
	}
	stop()
	if _, err := OpenACME(context.Background(), ACMEOptions{Names: []string{"x"}, At: "nonsense", Dir: t.TempDir()}); err == nil {
		t.Error("an address that is none")
	}
}

// While a certificate is lacking nothing is answered in clear: a request that does not
// begin with TLS is told so and reaches nobody, and TLS has nothing to show.
func TestNothingInClearWithoutACertificate(t *testing.T) {
	l := listen(t)
	by := newAuthority(t, l, 3600)
	a, _ := certified(t, l, by, ACMEOptions{Dir: t.TempDir(), Names: []string{"nowhere.example"}})
	if len(a.Waits()) != 1 {
		t.Fatalf("it waits for %v", a.Waits())
	}
	for _, path := range []string{"/v1/ping", "/iaas/v1/project/", "/-/health", "/.well-known/acme-challenge/x"} {
		c, err := net.DialTimeout("tcp", l.Addr().String(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: nowhere.example\r\nX-TOKEN: secret\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(c)
		if err != nil || !strings.HasPrefix(string(b), "HTTP/1.0 400 ") || !strings.Contains(string(b), "HTTPS server") {
			t.Errorf("%s in clear: %q %v", path, b, err)
		}
		_ = c.Close()
	}
	if _, err := by.shown(l, "nowhere.example"); err == nil {
		t.Error("a certificate is shown that nobody gave")
	}
}
