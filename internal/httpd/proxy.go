package httpd

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// clientOf is the address that a request counts for: its peer's, or what trusted
// proxies say of theirs. Each proxy adds the address that it saw to the right of
// X-Forwarded-For, so the rightmost that is no trusted proxy is the last one that
// somebody trusted has seen; what is left of it, anybody may have written.
func clientOf(r *http.Request, trusted []netip.Prefix) netip.Addr {
	at := source(r)
	if len(trusted) == 0 || !within(trusted, at) {
		return at
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, ok := hopAddr(hop)
		if !ok {
			return at // the last one that is an address, said by somebody trusted
		}
		at = a
		if !within(trusted, a) {
			return at
		}
	}
	return at
}

// hopAddr reads one entry; some proxies write ports.
func hopAddr(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		ap, err := netip.ParseAddrPort(text)
		if err != nil {
			return a, false
		}
		a = ap.Addr()
	}
	return a.Unmap().WithZone(""), true
}

func within(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}
