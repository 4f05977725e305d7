package netguard

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// far is what this machine's addresses are for tests: none.
func far() ([]net.Addr, error) { return nil, nil }

func TestCheck(t *testing.T) {
	g := &Guard{
		Allow:  []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")},
		Refuse: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/28")},
		own: func() ([]net.Addr, error) {
			return []net.Addr{
				&net.IPNet{IP: net.IPv4(198, 51, 100, 7), Mask: net.CIDRMask(24, 32)},
				&net.IPNet{IP: net.ParseIP("2001:db8::7"), Mask: net.CIDRMask(64, 128)},
			}, nil
		},
	}
	for text, may := range map[string]bool{
		"192.0.2.1": true, "198.51.100.8": true, "2001:db8::8": true, "203.0.113.16": true, "10.9.1.1": true,
		"::ffff:192.0.2.1": true, "64:ff9b::192.0.2.1": true, "2002:c000:0201::1": true, "::ffff:10.9.1.1": true,

		"127.0.0.1": false, "127.9.9.9": false, "0.0.0.0": false, "0.1.2.3": false, "169.254.169.254": false,
		"10.0.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "100.64.0.1": false, "192.0.0.8": false,
		"224.0.0.1": false, "239.1.1.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "fd00::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "::127.0.0.1": false,
		"64:ff9b::127.0.0.1": false, "64:ff9b::10.0.0.1": false, "64:ff9b:1::c000:201": false, "64:ff9b::198.51.100.7": false,
		"2002:7f00:1::": false, "2002:a00:1::1": false, "2001:0:1::1": false,
		"198.51.100.7": false, "::ffff:198.51.100.7": false, "2001:db8::7": false, "203.0.113.3": false,
	} {
		err := g.Check(netip.MustParseAddr(text))
		if (err == nil) != may || err != nil && !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := g.Check(netip.Addr{}); !errors.Is(err, ErrRefused) {
		t.Errorf("no address: %v", err)
	}
	g.own = func() ([]net.Addr, error) { return nil, errors.New("no interfaces") }
	if err := g.Check(netip.MustParseAddr("192.0.2.1")); !errors.Is(err, ErrRefused) {
		t.Errorf("own addresses unknown: %v", err)
	}
}

func TestCheckURL(t *testing.T) {
	g := &Guard{own: far}
	for text, may := range map[string]bool{
		"http://192.0.2.1/x": true, "https://name.example/x": true, "HTTP://name.example": true, "http://[2001:db8::1]:80/": true,
		"http://127.0.0.1/": false, "http://[::1]/": false, "http://[::ffff:127.0.0.1]/": false, "http://[fe80::1%25lo]/": false,
		"file:///etc/passwd": false, "gopher://192.0.2.1/": false, "http:///x": false, "/x": false, "": false, "http://%zz/": false,
	} {
		if _, err := g.CheckURL(text); (err == nil) != may || err != nil && !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "192.0.2.1", "2002:7f00:1::"} {
		b := netip.MustParseAddr(s).As16()
		f.Add(b[:])
	}
	g := &Guard{own: far}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, ok := netip.AddrFromSlice(b)
		if !ok {
			return
		}
		err := g.Check(a)
		plain := a.Unmap()
		local := plain.IsLoopback() || plain.IsPrivate() || plain.IsMulticast() || plain.IsUnspecified() || plain.IsLinkLocalUnicast()
		if local && err == nil {
			t.Errorf("%s may be called", a)
		}
		if (g.Check(plain) == nil) != (err == nil) {
			t.Errorf("%s and %s differ", a, plain)
		}
	})
}

// server answers on loopback and counts its visitors.
func server(t *testing.T, h http.HandlerFunc) (s *httptest.Server, hits *int) {
	t.Helper()
	hits = new(int)
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { *hits++; h(w, r) }))
	t.Cleanup(s.Close)
	return s, hits
}

func get(t *testing.T, c *http.Client, url string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

// loopback is what tests allow beside the address under test.
func loopback(a string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(a)} }

// The control run is the same call by a plain client, which gets through.
func TestClientRefusesLoopback(t *testing.T) {
	s, hits := server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") })
	if body, err := get(t, s.Client(), s.URL); err != nil || body != "secret" {
		t.Fatalf("the control run does not reach it: %q %v", body, err)
	}
	*hits = 0
	port := s.URL[strings.LastIndex(s.URL, ":"):]
	for _, url := range []string{s.URL, "http://localhost" + port, "http://[::ffff:127.0.0.1]" + port, "http://0.0.0.0" + port} {
		if body, err := get(t, (&Guard{}).Client(), url); !errors.Is(err, ErrRefused) || *hits > 0 {
			t.Errorf("%s: %q %v", url, body, err)
		}
	}
	if body, err := get(t, (&Guard{Allow: loopback("127.0.0.0/8")}).Client(), s.URL); err != nil || body != "secret" {
		t.Errorf("allowed: %q %v", body, err)
	}
}

// A redirect leads from an allowed address to a refused one, and nowhere.
func TestClientRefusesRedirects(t *testing.T) {
	target, hits := server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") })
	port := target.URL[strings.LastIndex(target.URL, ":"):]
	to := ""
	s, visits := server(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
	c := (&Guard{Allow: loopback("127.0.0.1/32"), own: far}).Client()
	to = target.URL
	if body, err := get(t, c, s.URL); err != nil || body != "secret" { // the control run
		t.Fatalf("a redirect between allowed addresses: %q %v", body, err)
	}
	*hits = 0
	for _, to = range []string{
		"http://127.0.0.2" + port,
		"http://[::1]" + port, "http://169.254.169.254/", "file:///etc/passwd", "ftp://127.0.0.1/",
	} {
		if body, err := get(t, c, s.URL); !errors.Is(err, ErrRefused) || *hits > 0 {
			t.Errorf("to %s: %q %v", to, body, err)
		}
	}
	to, *visits = s.URL, 0
	if _, err := get(t, c, s.URL); !errors.Is(err, ErrRefused) || *visits != redirects+1 {
		t.Errorf("a circle: %v after %d", err, *visits)
	}
}

func TestClientKeepsSecrecy(t *testing.T) {
	open, hits := server(t, func(http.ResponseWriter, *http.Request) {})
	s := httptest.NewTLSServer(http.RedirectHandler(open.URL, http.StatusFound))
	t.Cleanup(s.Close)
	c := (&Guard{Allow: loopback("127.0.0.1/32")}).Client()
	c.Transport.(checked).next.TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
	if _, err := get(t, c, s.URL); !errors.Is(err, ErrRefused) || *hits > 0 {
		t.Errorf("from https to http: %v", err)
	}
}

// A name that says a far address first and loopback the second time is looked
// at each time it is connected: what counts is the address, not the name.
func TestDialLooksAfterResolving(t *testing.T) {
	s, _ := server(t, func(http.ResponseWriter, *http.Request) {})
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", "localhost:"+port) // the control run
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	if _, err := (&Guard{}).DialContext(t.Context(), "tcp", "localhost:"+port); !errors.Is(err, ErrRefused) {
		t.Errorf("a name for loopback: %v", err)
	}
	if err := (&Guard{}).control(t.Context(), "udp4", "192.0.2.1:53", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("udp: %v", err)
	}
}

func TestClientIsBounded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	s, _ := server(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		select { // models a server that never ends its answer
		case <-r.Context().Done():
		case <-ctx.Done():
		}
	})
	c := (&Guard{Allow: loopback("127.0.0.1/32"), Time: 50 * time.Millisecond}).Client()
	if _, err := get(t, c, s.URL); err == nil {
		t.Error("a call without an end ended well")
	}
	if (&Guard{}).Client().Timeout == 0 {
		t.Error("a call has no limit")
	}
	if err := (&Guard{}).control(t.Context(), "tcp4", "no address", nil); !errors.Is(err, ErrRefused) {
		t.Errorf("no address: %v", err)
	}
}

// What goes through the operator's proxy is the proxy's to judge; what goes
// around it is still ours.
func TestProxy(t *testing.T) {
	p, hits := server(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "by proxy") })
	t.Setenv("HTTP_PROXY", p.URL)
	t.Setenv("http_proxy", p.URL)
	t.Setenv("NO_PROXY", "")
	// The package http reads the environment once in a process; what it found
	// before this test tells whether there is something to be seen.
	if u, err := http.ProxyFromEnvironment(&http.Request{URL: mustURL(t, "http://name.example/")}); err != nil ||
		u == nil || u.Host != p.Listener.Addr().String() {
		t.Skip("the environment was read before")
	}
	if body, err := get(t, (&Guard{Proxy: true}).Client(), "http://name.example/"); err != nil || body != "by proxy" {
		t.Errorf("%q %v", body, err)
	}
	*hits = 0
	if _, err := get(t, (&Guard{Proxy: true}).Client(), "http://127.0.0.1:1/"); !errors.Is(err, ErrRefused) || *hits > 0 {
		t.Errorf("around the proxy: %v", err)
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
