package cloudcix

import (
	"net/netip"
	"strconv"
	"strings"

	"go4.org/netipx"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// validator answers what is right and wrong with ranges and addresses (section 23). It
// looks at the texts alone.
func (a *API) validator(h wire.Handlers) {
	h[wirespec.ListIPValidator.ID] = func(r *wire.Request) (wire.Answer, error) {
		return a.read(r, func(t *control.Txn) (any, error) {
			if err := t.MayValidate(); err != nil {
				return nil, err
			}
			ranges, has := r.Query["address_ranges"], r.Query.Has("address_ranges")
			if !has {
				ranges, has = r.Query["addressRanges"], r.Query.Has("addressRanges")
			}
			addresses, also := r.Query["ip_addresses"], r.Query.Has("ip_addresses")
			if !also {
				addresses, also = r.Query["ipAddresses"], r.Query.Has("ipAddresses")
			}
			if !has && !also {
				return nil, cloud.Errorf(cloud.Invalid, "validator.nothing", "neither address_ranges nor ip_addresses was sent")
			}
			return validate(r.Op, texts(ranges), texts(addresses)), nil
		})
	}
}

// texts are what was sent, parted at commas.
func texts(values []string) []string {
	var list []string
	for _, part := range strings.Split(wire.Last(values), ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func validate(o op.Spec, ranges, addresses []string) wirespec.IPValidation {
	out := wirespec.IPValidation{AddressRanges: map[string]wirespec.IPValidatorEntry{}, IPAddresses: map[string]wirespec.IPValidatorEntry{}}
	valid := map[string]netip.Prefix{}
	for _, text := range ranges {
		p, err := validRange(text)
		if err != nil {
			out.AddressRanges[text] = wirespec.IPValidatorEntry{Error: entryError(o, err)}
			continue
		}
		valid[text] = p
		out.AddressRanges[text] = wirespec.IPValidatorEntry{Valid: true, Details: rangeDetails(p)}
	}
	for _, text := range addresses {
		addr, err := netip.ParseAddr(text)
		if err != nil || addr.Zone() != "" {
			out.IPAddresses[text] = wirespec.IPValidatorEntry{
				Error: entryError(o, cloud.Errorf(cloud.Invalid, "validator.ip", "%q is no IP address", text)),
			}
			continue
		}
		d := wirespec.IPAddressDetails{
			Ipv4: addr.Is4(), Ipv6: !addr.Is4(), IsLoopback: addr.IsLoopback(), IsPrivate: !globallyReachable(addr),
			IsReserved: among(reserved, addr),
		}
		for _, text := range ranges { // the last one that has it
			if p, ok := valid[text]; ok && p.Contains(addr) {
				d.ParentNetwork = ptr(text)
			}
		}
		out.IPAddresses[text] = wirespec.IPValidatorEntry{Valid: true, Details: d}
	}
	return out
}

// entryError is what is wrong with one text, under its number.
func entryError(o op.Spec, e *cloud.Error) *wirespec.Error {
	to, _ := placeOf(o, e)
	return &wirespec.Error{ErrorCode: to.code, Detail: detail(e)}
}

// validRange reads a range and says what is wrong with it.
func validRange(text string) (netip.Prefix, *cloud.Error) {
	left, mask, ok := strings.Cut(text, "/")
	if !ok || strings.Contains(mask, "/") {
		return netip.Prefix{}, cloud.Errorf(cloud.Invalid, "validator.form", "%q is not in the form address/mask", text)
	}
	addr, err := netip.ParseAddr(left)
	if err != nil || addr.Zone() != "" {
		return netip.Prefix{}, cloud.Errorf(cloud.Invalid, "validator.address", "%q is no IP address", left)
	}
	bits, err := strconv.Atoi(mask)
	switch {
	case err != nil:
		return netip.Prefix{}, cloud.Errorf(cloud.Invalid, "validator.mask", "the mask %q is no integer", mask)
	case addr.Is4() && (bits < 0 || bits > 32):
		return netip.Prefix{}, cloud.Errorf(cloud.Invalid, "validator.mask4", "the mask %d is none of IPv4: 0 to 32", bits)
	case bits < 0 || bits > 128:
		return netip.Prefix{}, cloud.Errorf(cloud.Invalid, "validator.mask6", "the mask %d is none of IPv6: 0 to 128", bits)
	}
	return netip.PrefixFrom(addr, bits).Masked(), nil
}

func rangeDetails(p netip.Prefix) wirespec.AddressRangeDetails {
	size := p.Addr().BitLen()
	var mask, host [16]byte
	for i := range size {
		if bit := byte(0x80) >> (i % 8); i < p.Bits() {
			mask[i/8] |= bit
		} else {
			host[i/8] |= bit
		}
	}
	text := func(b [16]byte) string {
		a, _ := netip.AddrFromSlice(b[:size/8])
		return a.String()
	}
	last := netipx.PrefixLastIP(p).String()
	if p.Addr().Is4() && p.Bits() >= 31 { // these have none, in the words of the reference
		last = "None"
	}
	d := wirespec.AddressRangeDetails{
		Ipv4: p.Addr().Is4(), Ipv6: !p.Addr().Is4(), NetworkAddress: p.Addr().String(), NetmaskAddress: text(mask), HostmaskAddress: text(host),
		BroadcastAddress: last, CIDR: p.String(),
	}
	for _, c := range classes {
		if c.prefix.Bits() <= p.Bits() && c.prefix.Contains(p.Addr()) {
			d.Reference, d.PresentUse = ptr(c.reference), ptr(c.use)
			break
		}
	}
	return d
}

// class is a range of the table in section 23.
type class struct {
	prefix         netip.Prefix
	reference, use string
}

// classes are looked through in this order.
var classes = func() (list []class) {
	for _, c := range [][3]string{
		{"10.0.0.0/8", "RFC 1918", "Private-Use Networks"},
		{"172.16.0.0/12", "RFC 1918", "Private-Use Networks"},
		{"192.168.0.0/16", "RFC 1918", "Private-Use Networks"},
		{"192.0.2.0/24", "RFC 5737", "TEST-NET-1"},
		{"198.51.100.0/24", "RFC 5737", "TEST-NET-2"},
		{"203.0.113.0/24", "RFC 5737", "TEST-NET-3"},
		{"0.0.0.0/8", "RFC 1122", `"This" Network`},
		{"127.0.0.0/8", "RFC 1122", "Loopback"},
		{"240.0.0.0/4", "RFC 1122", "Reserved for Future Use"},
		{"169.254.0.0/16", "RFC 3927", "Link Local"},
		{"192.0.0.0/24", "RFC 5736", "IETF Protocol Assignments"},
		{"192.88.99.0/24", "RFC 3068", "6to4 Relay Anycast"},
		{"198.18.0.0/15", "RFC 2544", "Network Interconnect Device Benchmark Testing"},
		{"224.0.0.0/4", "RFC 3171", "Multicast"},
		{"255.255.255.255/32", "RFC 919, RFC 922", "Limited Broadcast"},
		{"0.0.0.0/0", "IPv4", "Public-Use Networks"},
		{"fc00::/7", "RFC 4193", "Unique-local Network"},
		{"2001:20::/28", "RFC 7343", "ORCHIDv2"},
		{"::ffff:0:0/96", "RFC 4291", "IPv4-mapped Address"},
		{"2001::/23", "RFC 2928", "IETF Protocol Assignments"},
		{"::/0", "IPv6", "Public-Use Networks"},
	} {
		list = append(list, class{netip.MustParsePrefix(c[0]), c[1], c[2]})
	}
	return list
}()

// unreachable are the ranges that are not globally reachable by the registries of
// special-purpose addresses, and reachable what of them is all the same.
var (
	unreachable = prefixes("0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "100.64.0.0/10",
		"::1/128", "::/128", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
		"fc00::/7", "fe80::/10")
	reachable = prefixes("192.0.0.9/32", "192.0.0.10/32", "2001:1::1/128", "2001:1::2/128", "2001:3::/32", "2001:4:112::/48", "2001:20::/28",
		"2001:30::/28")
	// reserved by the IETF.
	reserved = prefixes("240.0.0.0/4", "::/8", "100::/8", "200::/7", "400::/6", "800::/5", "1000::/4", "4000::/3", "6000::/3", "8000::/3",
		"a000::/3", "c000::/3", "e000::/4", "f000::/5", "f800::/6", "fe00::/9")
)

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

func among(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func globallyReachable(a netip.Addr) bool { return !among(unreachable, a) || among(reachable, a) }
