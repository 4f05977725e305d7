package cloud

import "net/netip"

// The two feeds.
const (
	Blacklist = "blacklist"
	Whitelist = "whitelist"
)

// FeedRange is a range of addresses in one of the feeds, for routers to ask before their
// rules. Those that an import brought have a source; the next import of that source
// takes away what is no longer in it.
type FeedRange struct {
	Meta
	Feed    string       // Blacklist or Whitelist
	Source  string       // name of the import that brought it; "" = written by itself
	CIDR    string       // the prefix as it is shown
	Prefix  netip.Prefix // unique in its feed, without host bits
	Comment string
}

// Set gives it another range. Code: "cidr.form".
func (r *FeedRange) Set(text string) *Error {
	p, err := netip.ParsePrefix(text)
	if err != nil || p.Addr().Is4In6() {
		return Errorf(Invalid, "cidr.form", "%q is no network such as 192.0.2.0/24 or 2001:db8::/32", text).On("cidr")
	}
	r.Prefix = p.Masked()
	r.CIDR = r.Prefix.String()
	return nil
}
