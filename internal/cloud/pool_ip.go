package cloud

import (
	"net/netip"
	"strings"
	"unicode/utf8"
)

// PoolIP is an address, and its name, by which somebody reaches a machine from outside
// of its region (out-of-band access).
type PoolIP struct {
	Meta
	Addr   netip.Addr // unique among live rows
	Text   string     // as it is shown
	Domain string     // unique among live rows, at most 240 characters
}

// poolDomain is what the names of all pool addresses end in (section C).
const poolDomain = ".cloudcix.com"

// Check says what is wrong with one. Codes: "ip.form", "domain.empty", "domain.long",
// "domain.label", "domain.end".
func (a *PoolIP) Check(p *Problems) {
	addr, err := netip.ParseAddr(a.Text)
	if err != nil || addr.Zone() != "" {
		p.Add(Errorf(Invalid, "ip.form", "%q is no address such as 203.0.113.7 or 2001:db8::7", a.Text).On("ip_address"))
	} else {
		a.Addr = addr.Unmap()
		a.Text = a.Addr.String()
	}
	if e := poolDomainProblem(a.Domain); e != nil {
		p.Add(e.On("domain"))
	}
}

func poolDomainProblem(domain string) *Error {
	if domain == "" {
		return Errorf(Invalid, "domain.empty", "a domain is needed, such as pool-1%s", poolDomain)
	}
	if n := utf8.RuneCountInString(domain); n > 240 {
		return Errorf(Invalid, "domain.long", "the domain has %d characters, at most 240 are allowed", n)
	}
	for label := range strings.SplitSeq(domain, ".") {
		if n := utf8.RuneCountInString(label); n > 63 {
			return Errorf(Invalid, "domain.label", "a part of the domain has %d characters, at most 63 are allowed", n)
		}
	}
	if !strings.HasSuffix(domain, poolDomain) {
		return Errorf(Invalid, "domain.end", "the domain %q does not end in %s", domain, poolDomain)
	}
	return nil
}
