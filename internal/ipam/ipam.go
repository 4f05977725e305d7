// Package ipam is arithmetic with prefixes and addresses. Pure functions.
package ipam

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"
)

// First is the first address of a prefix that may be given to somebody: in
// IPv4 networks larger than /31 the network address is left out.
func First(p netip.Prefix) netip.Addr {
	p = p.Masked()
	if p.Addr().Is4() && p.Bits() < 31 {
		return p.Addr().Next()
	}
	return p.Addr()
}

// Last is the last address that may be given to somebody: in IPv4 networks
// larger than /31 the broadcast address is left out.
func Last(p netip.Prefix) netip.Addr {
	last := netipx.PrefixLastIP(p)
	if p.Addr().Is4() && p.Bits() < 31 {
		return last.Prev()
	}
	return last
}

// Edge tells whether an address is the network or broadcast address.
func Edge(p netip.Prefix, a netip.Addr) bool {
	return p.Addr().Is4() && p.Bits() < 31 && (a == p.Masked().Addr() || a == netipx.PrefixLastIP(p))
}

// Next finds the smallest address of p that is not below low, not the gateway
// and not in reserved, which is sorted and holds every reserved address from low
// on, up to its length. ok is false when that part of reserved is not enough to
// tell; more says where to go on.
func Next(p netip.Prefix, low, gateway netip.Addr, reserved []netip.Addr) (free netip.Addr, ok bool) {
	a := First(p)
	if low.IsValid() && a.Less(low) {
		a = low
	}
	last := Last(p)
	for i := 0; a.IsValid() && !last.Less(a); a = a.Next() {
		for i < len(reserved) && reserved[i].Less(a) {
			i++
		}
		if a == gateway || (i < len(reserved) && reserved[i] == a) {
			continue
		}
		return a, true
	}
	return netip.Addr{}, false
}

// Blocks are the fewest prefixes that cover all addresses from first to last, in their
// order; none when last lies before first.
func Blocks(first, last netip.Addr) []netip.Prefix {
	if !first.IsValid() || last.Less(first) {
		return nil
	}
	return netipx.IPRangeFrom(first, last).Prefixes()
}

// End is the last address of a prefix, broadcast address or not.
func End(p netip.Prefix) netip.Addr { return netipx.PrefixLastIP(p) }

// Within tells whether all of a prefix lies in another one; it may be the same.
func Within(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// Cover steps through ranges in the order of their addresses, larger ones first, and
// tells what is free between them.
type Cover struct {
	next netip.Addr // the first address that no range had so far; zero = there is none left
}

// CoverFrom begins with the first address of a range.
func CoverFrom(first netip.Addr) Cover { return Cover{next: first} }

// CoverAfter begins behind a range.
func CoverAfter(p netip.Prefix) Cover { return Cover{next: End(p).Next()} }

// Add is the free blocks before a range that comes next.
func (c *Cover) Add(p netip.Prefix) []netip.Prefix {
	var free []netip.Prefix
	if c.next.IsValid() && c.next.Less(p.Addr()) {
		free = Blocks(c.next, p.Addr().Prev())
	}
	if end := End(p); c.next.IsValid() && !end.Less(c.next) {
		c.next = end.Next()
	}
	return free
}

// Rest is what is free up to the end of the whole.
func (c *Cover) Rest(whole netip.Prefix) []netip.Prefix { return Blocks(c.next, End(whole)) }

// ParseNet reads a CIDR whose host part, if any, is kept beside the network:
// 192.168.1.1/24 is network 192.168.1.0/24 with address 192.168.1.1.
func ParseNet(text string) (network netip.Prefix, host netip.Addr, err error) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, netip.Addr{}, fmt.Errorf("%q is no address range such as 192.168.1.0/24", text)
	}
	return p.Masked(), p.Addr(), nil
}

// MAC is the card's address that CloudCIX derives from the region, the record
// of the first address and the server type: r1t:r2r3:r4r5:i1i2:i3i4:i5i6.
func MAC(region, record, serverType int64) string {
	r, i := fmt.Sprintf("%05x", region&0xfffff), fmt.Sprintf("%06x", record&0xffffff)
	return fmt.Sprintf("%c%x:%s:%s:%s:%s:%s", r[0], serverType&0xf, r[1:3], r[3:5], i[0:2], i[2:4], i[4:6])
}

// MACRecord is the record that a card's address was made of; false for one that
// MAC did not make.
func MACRecord(mac string) (record int64, ok bool) {
	digits := strings.ReplaceAll(mac, ":", "")
	if len(mac) != 17 || len(digits) != 12 {
		return 0, false
	}
	n, err := strconv.ParseUint(digits[6:], 16, 24)
	return int64(n), err == nil
}

// Private tells whether an address is private in the sense of R28.
func Private(a netip.Addr) bool {
	for _, p := range privateRanges {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// PrivatePart tells whether a prefix has private addresses.
func PrivatePart(p netip.Prefix) bool {
	return slices.ContainsFunc(privateRanges, p.Overlaps)
}

var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("fc00::/7"),
}
