package httpd

import (
	"net/http"
	"net/netip"
	"testing"
)

var proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:5::/48")}

// Who comes through a trusted proxy is who that proxy saw, whatever the client
// wrote itself; who comes from elsewhere is who he is.
func TestClientOf(t *testing.T) {
	for _, c := range []struct {
		peer string
		says []string
		want string
	}{
		{"192.0.2.1:5", nil, "192.0.2.1"},
		{"192.0.2.1:5", []string{"198.51.100.1"}, "192.0.2.1"}, // a stranger's word
		{"10.0.0.1:5", nil, "10.0.0.1"},
		{"10.0.0.1:5", []string{"198.51.100.1"}, "198.51.100.1"},
		{"[::ffff:10.0.0.1]:5", []string{"198.51.100.1"}, "198.51.100.1"},
		{"10.0.0.1:5", []string{"127.0.0.1, 198.51.100.1"}, "198.51.100.1"},                 // forged on the left
		{"10.0.0.1:5", []string{"203.0.113.9, 198.51.100.1, 10.0.0.2"}, "198.51.100.1"},     // two proxies
		{"10.0.0.1:5", []string{"203.0.113.9", "198.51.100.1", "10.0.0.2"}, "198.51.100.1"}, // as lines of their own
		{"10.0.0.1:5", []string{"10.0.0.9, 10.0.0.2"}, "10.0.0.9"},                          // a client inside
		{"10.0.0.1:5", []string{"203.0.113.9, nonsense, 10.0.0.2"}, "10.0.0.2"},
		{"10.0.0.1:5", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		{"10.0.0.1:5", []string{"[2001:db8::9]:4711"}, "2001:db8::9"},
		{"[2001:db8:5::1]:5", []string{" 2001:db8::9 "}, "2001:db8::9"},
		{"10.0.0.1:5", []string{""}, "10.0.0.1"},
		{"10.0.0.1:5", []string{"unknown"}, "10.0.0.1"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.says}}
		if got := clientOf(r, proxies); got.String() != c.want {
			t.Errorf("%s says %q: %s, want %s", c.peer, c.says, got, c.want)
		}
		if got := clientOf(r, nil); got != source(r) {
			t.Errorf("%s is believed though nobody trusts it", c.peer)
		}
	}
}

func FuzzClientOf(f *testing.F) {
	for _, s := range []string{"198.51.100.1", "a, 10.0.0.2", "[::1]:80,,", "::ffff:10.0.0.1", "fe80::1%eth0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, says string) {
		r := &http.Request{RemoteAddr: "10.0.0.1:5", Header: http.Header{"X-Forwarded-For": {says + ", 198.51.100.7"}}}
		if got := clientOf(r, proxies); got.String() != "198.51.100.7" {
			t.Errorf("%q before what the proxy saw makes it %s", says, got)
		}
		r.Header.Set("X-Forwarded-For", says)
		if got := clientOf(r, proxies); !got.IsValid() || got.Is4In6() || got.Zone() != "" {
			t.Errorf("%q: %s", says, got)
		}
	})
}
