package cloud

import (
	"net/netip"
	"regexp"
)

// IPAddressGroup is a named set of networks of one family, which rules can name
// as a whole. One of nobody (MemberID 0) is everybody's and the operator's to
// change.
type IPAddressGroup struct {
	Meta
	MemberID int64
	Name     string
	Version  int      // 4 or 6
	CIDRs    []string // networks without host bits
}

// groupName is what rules can tell from an address.
var groupName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,254}$`)

// Check says what is wrong with a group and brings its networks into their plain
// form. Codes: "name.form", "version.range", "cidrs.text", "cidrs.version".
func (g *IPAddressGroup) Check(p *Problems) {
	if !groupName.MatchString(g.Name) {
		p.Add(Errorf(Invalid, "name.form", "a name starts with a letter and holds letters, digits, _ and -, at most 255").On("name"))
	}
	if g.Version != 4 && g.Version != 6 {
		p.Add(Errorf(Invalid, "version.range", "the version is 4 or 6, not %d", g.Version).On("version"))
		return
	}
	plain := make([]string, len(g.CIDRs))
	for i, text := range g.CIDRs {
		n, err := netip.ParsePrefix(text)
		switch {
		case err != nil:
			p.Add(Errorf(Invalid, "cidrs.text", "%q is no network such as 198.51.100.0/24 or 2001:db8::/32", text).On("cidrs"))
			return
		case n.Addr().Is4() != (g.Version == 4):
			p.Add(Errorf(Invalid, "cidrs.version", "%s is no network of IPv%d", text, g.Version).On("cidrs"))
			return
		}
		plain[i] = n.Masked().String()
	}
	g.CIDRs = plain
}
