package control_test

import (
	"net/netip"
	"testing"

	"github.com/virga-cloud/virga/internal/control"
)

// Whatever is sent as ports or sources is refused, or is some of what there is.
func FuzzPolicyRule(f *testing.F) {
	for _, s := range []string{
		"80", "80-90", "443, 80,8000-8100", "0", "65536", "-", "1-", ",", "0.0.0.0", "192.0.2.0/24,198.51.100.3-198.51.100.4",
		"2001:db8::/32", "fe80::1%eth0", "::ffff:192.0.2.1", "192.0.2.1-2001:db8::1", "0.0.0.1-255.255.255.254", "::-ffff::", "1.2.3.4/33",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		spans, err := control.ParsePorts(text)
		if err == nil && len(spans) == 0 {
			t.Errorf("%q is no ports at all", text)
		}
		for _, s := range spans {
			if s.From < 1 || s.To < s.From || s.To > 65535 {
				t.Errorf("%q has %+v", text, s)
			}
		}
		sources, err := control.ParseSources(text)
		if err == nil && len(sources) == 0 && text != "0.0.0.0" && text != "0.0.0.0/0" {
			t.Errorf("%q is everybody", text)
		}
		if len(sources) > 100*254 {
			t.Errorf("%q is %d prefixes", text, len(sources))
		}
		for _, s := range sources {
			if p, err := netip.ParsePrefix(s); err != nil || p != p.Masked() || p.Addr().Zone() != "" || p.Addr().Is4In6() {
				t.Errorf("%q has %q", text, s)
			}
		}
	})
}
