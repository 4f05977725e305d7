package httpd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// authority is a real ACME server that looks at one port of loopback for whoever asks it.
type authority struct {
	directory    string         // its URL
	front, roots *x509.CertPool // of its own listener, and of what it issues
	refuse       func(name string)
	close        func()
}

// newAuthority starts one whose certificates are valid for so many seconds. All names
// lead to loopback but those that begin with nowhere.
func newAuthority(t *testing.T, node net.Listener, seconds int) *authority {
	t.Helper()
	program := filepath.Join(t.TempDir(), "authority")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir = "../../tools/authority" // a module of its own: its licence is none of the product's
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the authority: %v: %s", err, out)
	}
	cmd := exec.Command(program, "-port", strconv.Itoa(node.Addr().(*net.TCPAddr).Port), "-seconds", strconv.Itoa(seconds))
	cmd.Stderr = t.Output()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := json.NewDecoder(out)
	var is struct{ Directory, Front, Root string }
	a := &authority{front: x509.NewCertPool(), roots: x509.NewCertPool()}
	a.close = sync.OnceFunc(func() { // it ends with what it is told
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the authority: %v", err)
		}
	})
	t.Cleanup(a.close)
	if err := said.Decode(&is); err != nil || !a.front.AppendCertsFromPEM([]byte(is.Front)) || !a.roots.AppendCertsFromPEM([]byte(is.Root)) {
		t.Fatalf("the authority says %+v, %v", is, err)
	}
	a.directory = is.Directory
	a.refuse = func(name string) {
		t.Helper()
		var done string
		if _, err := io.WriteString(in, name+"\n"); err != nil {
			t.Fatal(err)
		}
		if err := said.Decode(&done); err != nil || done != "refused" {
			t.Fatalf("the authority says %q, %v", done, err)
		}
	}
	return a
}

// certified serves with certificates of an authority until stop.
func certified(t *testing.T, l net.Listener, by *authority, o ACMEOptions) (a *ACME, stop func()) {
	t.Helper()
	o.Email, o.CA, o.Roots, o.At, o.Now = "ops@cloud.example", by.directory, by.front, l.Addr().String(), time.Now
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
	go func() { done <- ServeTLS(ctx, l, a.Config(), hello, a.Lacks) }()
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

	by.close()
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
	by.refuse(name)
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
	by.refuse("refused.example")
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
	trust := x509.NewCertPool()
	trust.AddCert(long.Certificate())
	o := ACMEOptions{Dir: t.TempDir(), Names: []string{"cloud.example"}, Again: time.Hour}
	a, stop := certified(t, l, &authority{directory: long.URL, front: trust}, o)
	await(t, "a word about it", func() bool { return strings.Contains(a.Waits()[0].For, "not give") })
	if w := a.Waits()[0].For; len(w) > maxCause+10 || strings.Contains(w, "\x1b") {
		t.Errorf("%d bytes: %q", len(w), w)
	}
	stop()
	if _, err := OpenACME(context.Background(), ACMEOptions{Names: []string{"x"}, At: "nonsense", Dir: t.TempDir()}); err == nil {
		t.Error("an address that is none")
	}
}

// Nothing is answered in clear: a request that does not begin with TLS reaches nobody
// and is told so in the shape of whom it is for, also while a certificate is lacking,
// and TLS then has nothing to show.
func TestNothingInClear(t *testing.T) {
	l := listen(t)
	by := newAuthority(t, l, 3600)
	a, _ := certified(t, l, by, ACMEOptions{Dir: t.TempDir(), Names: []string{"good.example", "nowhere.example"}})
	await(t, "the certificate that can be had", func() bool { return !a.Lacks("good.example") })
	if len(a.Waits()) != 1 {
		t.Fatalf("it waits for %v", a.Waits())
	}
	for path, shape := range map[string]string{
		"/v1/ping": `{"errors":null,"message":"%s","type":"%s"}`, "/iaas/v1/project/": `{"detail":"%s"}`, "/-/health": `{"message":"%s"}`,
		"/.well-known/acme-challenge/x": `{"errors":null,"message":"%s","type":"%s"}`,
	} {
		for host, c := range map[string]struct {
			status     int
			kind, text string
		}{
			"nowhere.example": {503, "SERVICE_UNAVAILABLE", "its certificate is not there yet"},
			"good.example":    {400, "BAD_REQUEST", "the request came without TLS"},
			"192.0.2.1:443":   {400, "BAD_REQUEST", "the request came without TLS"}, // who is shown the first certificate
		} {
			status, body := inTheClear(t, l, http.MethodPost, path, host)
			before, after, _ := strings.Cut(fmt.Sprintf(strings.ReplaceAll(shape, `"type":"%s"`, `"type":"`+c.kind+`"`), "|"), "|")
			if status != c.status || !strings.HasPrefix(body, before) || !strings.HasSuffix(body, after) || !strings.Contains(body, c.text) {
				t.Errorf("%s of %s in clear: %d %s", path, host, status, body)
			}
		}
	}
	if _, err := by.shown(l, "nowhere.example"); err == nil {
		t.Error("a certificate is shown that nobody gave")
	}
}

// inTheClear asks without TLS, with a body longer than what is read of it.
func inTheClear(t *testing.T, l net.Listener, method, path, host string) (status int, body string) {
	t.Helper()
	long := strings.NewReader(strings.Repeat("x", 100_000))
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+l.Addr().String()+path, long)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	r.Header.Set("X-TOKEN", "secret")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// Whoever says nothing, or ends at once, keeps nobody; and all ends with the service.
func TestNothingSaidInClear(t *testing.T) {
	dir := t.TempDir()
	issue(t, dir, "cloud.example", time.Now().Add(time.Hour))
	c, err := OpenCertificate(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	l := listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ServeTLS(ctx, l, c.Config(), http.NotFoundHandler(), nil) }()
	for _, say := range []string{"", "G", "GET / HTTP/1.1\r\n", "\x16", "\x16\x03\x01\x00\x05hello"} {
		conn, err := net.DialTimeout("tcp", l.Addr().String(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, say); err != nil {
			t.Fatal(err)
		}
		if len(say)%2 == 0 {
			_ = conn.Close()
		} else {
			defer conn.Close() // it is there still when the service ends
		}
	}
	if status, body := inTheClear(t, l, http.MethodGet, "/v1/ping", "cloud.example"); status != 400 || !strings.Contains(body, "without TLS") {
		t.Errorf("%d %s", status, body)
	}
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
}
