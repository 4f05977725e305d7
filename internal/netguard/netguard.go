// Package netguard makes the calls to addresses that somebody else named: the
// source of an image now, webhooks and the like later. What is behind such an
// address must not be this machine, its neighbours or other parts of the
// installation, whatever name or redirect leads there.
package netguard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

const (
	dialTime   = 10 * time.Second
	headerTime = 30 * time.Second
	// redirects is how often one call may be sent elsewhere.
	redirects = 5
	// callTime is the longest that a call takes when nothing else was said.
	callTime = time.Minute
	// maxHeader bounds the head of an answer, in bytes.
	maxHeader = 64 << 10
)

// ErrRefused marks calls that were not made. A repeat will not change them.
var ErrRefused = errors.New("refused")

// Guard says which addresses may be called. The zero value allows what is
// reachable from everywhere and is not this machine's own.
type Guard struct {
	// Allow are ranges that the operator allows though they would be refused.
	Allow []netip.Prefix
	// Refuse are more addresses of the installation: underlay, other control nodes.
	Refuse []netip.Prefix
	// Proxy sends calls through the proxy of the environment. It resolves names
	// itself, so that it, and not this guard, decides what they may lead to.
	Proxy bool
	// Time bounds a whole call with its body; a minute when zero.
	Time time.Duration

	own func() ([]net.Addr, error) // tests give this machine other addresses
}

// inside are ranges that mean something else in every place, with the reason
// that is told.
var inside = []struct {
	prefix netip.Prefix
	why    string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "an unspecified address"},
	{netip.MustParsePrefix("127.0.0.0/8"), "this machine itself"},
	{netip.MustParsePrefix("169.254.0.0/16"), "a link-local address"},
	{netip.MustParsePrefix("10.0.0.0/8"), "a private address"},
	{netip.MustParsePrefix("172.16.0.0/12"), "a private address"},
	{netip.MustParsePrefix("192.168.0.0/16"), "a private address"},
	{netip.MustParsePrefix("100.64.0.0/10"), "a private address"},
	{netip.MustParsePrefix("192.0.0.0/24"), "a reserved address"},
	{netip.MustParsePrefix("224.0.0.0/4"), "a multicast address"},
	{netip.MustParsePrefix("240.0.0.0/4"), "a reserved address"},
	{netip.MustParsePrefix("::1/128"), "this machine itself"},
	{netip.MustParsePrefix("::/96"), "an unspecified address"},
	{netip.MustParsePrefix("fe80::/10"), "a link-local address"},
	{netip.MustParsePrefix("fec0::/10"), "a private address"},
	{netip.MustParsePrefix("fc00::/7"), "a private address"},
	{netip.MustParsePrefix("ff00::/8"), "a multicast address"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "an address of a translator"},
	{netip.MustParsePrefix("2001::/32"), "an address of a tunnel"},
}

// wrapped are ranges whose addresses carry an IPv4 address, at that byte: what
// they lead to is what it says.
var wrapped = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12}, // NAT64, RFC 6052
	{netip.MustParsePrefix("2002::/16"), 2},     // 6to4, RFC 3056
}

// Check says why an address may not be called; nil when it may.
func (g *Guard) Check(a netip.Addr) error {
	a = a.Unmap().WithZone("")
	if !a.IsValid() {
		return fmt.Errorf("%w: no address", ErrRefused)
	}
	for _, p := range g.Allow {
		if p.Contains(a) {
			return nil
		}
	}
	for _, w := range wrapped {
		if w.prefix.Contains(a) {
			b := a.As16()
			if err := g.Check(netip.AddrFrom4([4]byte(b[w.at : w.at+4]))); err != nil {
				return fmt.Errorf("%s: %w", a, err)
			}
		}
	}
	for _, r := range inside {
		if r.prefix.Contains(a) {
			return fmt.Errorf("%w: %s is %s", ErrRefused, a, r.why)
		}
	}
	for _, p := range g.Refuse {
		if p.Contains(a) {
			return fmt.Errorf("%w: %s belongs to this installation", ErrRefused, a)
		}
	}
	return g.checkOwn(a)
}

// checkOwn refuses the addresses of this machine, public ones too: services may
// listen there for neighbours only.
func (g *Guard) checkOwn(a netip.Addr) error {
	own := g.own
	if own == nil {
		own = net.InterfaceAddrs
	}
	list, err := own()
	if err != nil {
		return fmt.Errorf("%w: the addresses of this machine cannot be read: %w", ErrRefused, err)
	}
	for _, n := range list {
		p, err := netip.ParsePrefix(n.String())
		if err == nil && p.Addr().Unmap().WithZone("") == a {
			return fmt.Errorf("%w: %s is this machine itself", ErrRefused, a)
		}
	}
	return nil
}

// control looks at the address that is about to be connected: after names were
// resolved, and for each connection anew, so that a name which says something
// else the second time gains nothing.
func (g *Guard) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	switch {
	case network != "tcp4" && network != "tcp6":
		return fmt.Errorf("%w: %s is not called", ErrRefused, network)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return g.Check(ap.Addr())
}

// DialContext connects to a name or an address as a net.Dialer does.
func (g *Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialTime, ControlContext: g.control} // dial: each address is checked
	return d.DialContext(ctx, network, address)
}

// CheckURL says why a text may not be called, as far as it tells without
// resolving names: it is for the moment at which somebody writes it down.
func (g *Guard) CheckURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: no address", ErrRefused) // the error of the parser repeats passwords
	}
	return u, g.form(u)
}

// form wants http or https and a host, which may not be a refused address.
func (g *Guard) form(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return fmt.Errorf("%w: only http and https addresses are called", ErrRefused)
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil {
		return g.Check(a)
	}
	return nil
}

// Client makes calls with the guard. Its connections are not kept, so that it
// can be thrown away.
func (g *Guard) Client() *http.Client {
	t := &http.Transport{ // dial: with the guard
		DialContext: g.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: maxHeader,
		TLSHandshakeTimeout: dialTime, ResponseHeaderTimeout: headerTime,
	}
	if g.Proxy {
		t.Proxy, t.DialContext = http.ProxyFromEnvironment, g.dialProxy
	}
	limit := g.Time
	if limit == 0 {
		limit = callTime
	}
	return &http.Client{Transport: checked{t, g}, CheckRedirect: follow, Timeout: limit} // dial: with the guard
}

// checked looks at each request of a call before it is made.
type checked struct {
	next *http.Transport
	g    *Guard
}

// RoundTrip makes a request of the right form.
func (c checked) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := c.g.form(r.URL); err != nil {
		return nil, err
	}
	return c.next.RoundTrip(r)
}

// follow bounds redirects, and keeps what was asked for in secret from being
// asked for in the open.
func follow(r *http.Request, via []*http.Request) error {
	if len(via) > redirects {
		return fmt.Errorf("%w: more than %d redirects", ErrRefused, redirects)
	}
	if via[len(via)-1].URL.Scheme == "https" && r.URL.Scheme != "https" {
		return fmt.Errorf("%w: a redirect from https to %s", ErrRefused, r.URL.Scheme)
	}
	return nil
}

// dialProxy connects to the proxies of the environment as they are, and to
// everything that goes around them (NO_PROXY) with the guard.
func (g *Guard) dialProxy(ctx context.Context, network, address string) (net.Conn, error) {
	for _, scheme := range []string{"http", "https"} {
		u, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: scheme, Host: "proxied.invalid"}})
		if err == nil && u != nil && address == proxyAddress(u) {
			return (&net.Dialer{Timeout: dialTime}).DialContext(ctx, network, address) // dial: the operator's proxy
		}
	}
	return g.DialContext(ctx, network, address)
}

// proxyAddress is what a transport dials for a proxy.
func proxyAddress(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}
