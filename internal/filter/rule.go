package filter

import (
	"fmt"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"github.com/virga-cloud/virga/internal/plan"
)

// Rule is a compiled plan.Rule.
type Rule struct {
	Allow, Log bool
	Protocols  []Protocol // one of them
	From, To   Addresses
}

// Protocol is a set of IP protocols, with the destination ports of those that have some.
type Protocol struct {
	Numbers []uint8     // empty = all
	Ports   []plan.Span // apart from each other and in order; empty = all
}

// Addresses are those that a rule is about.
type Addresses struct {
	All    bool           // also of a family that nobody thought of
	V4, V6 []netip.Prefix // apart from each other and in order
	set    *netipx.IPSet
}

// Contains tells whether an address is one of them.
func (a *Addresses) Contains(addr netip.Addr) bool { return a.All || a.set.Contains(addr) }

func compileRules(of string, rules []plan.Rule, router bool) (out []Rule, err error) {
	for i, r := range rules {
		c := Rule{Allow: r.Allow, Log: r.Log, To: Addresses{All: true}}
		if c.Protocols, err = protocols(r); err == nil {
			c.From, err = addresses("source", r.Sources)
		}
		if err == nil && router && r.Destination != "" {
			c.To, err = addresses("destination", []string{r.Destination})
		}
		if err != nil {
			return nil, fmt.Errorf("%s, rule %d: %w", of, i+1, err)
		}
		out = append(out, c)
	}
	return out, nil
}

// The numbers of the protocols that rules can name.
const (
	ICMP   = 1
	TCP    = 6
	UDP    = 17
	GRE    = 47
	ESP    = 50
	AH     = 51
	ICMPv6 = 58
)

// protocols is what r.Protocol means.
func protocols(r plan.Rule) ([]Protocol, error) {
	ports := merge(r.Ports)
	switch r.Protocol {
	case "any", "":
		return []Protocol{{}}, nil
	case "tcp":
		return []Protocol{{[]uint8{TCP}, ports}}, nil
	case "udp":
		return []Protocol{{[]uint8{UDP}, ports}}, nil
	case "tcp/udp":
		return []Protocol{{[]uint8{TCP, UDP}, ports}}, nil
	case "icmp":
		return []Protocol{{Numbers: []uint8{ICMP, ICMPv6}}}, nil
	case "gre":
		return []Protocol{{Numbers: []uint8{GRE}}}, nil
	case "esp":
		return []Protocol{{Numbers: []uint8{ESP}}}, nil
	case "ah":
		return []Protocol{{Numbers: []uint8{AH}}}, nil
	case "ipsec": // its two protocols, and the key exchange with and without NAT
		return []Protocol{{Numbers: []uint8{ESP, AH}}, {[]uint8{UDP}, []plan.Span{{From: 500, To: 500}, {From: 4500, To: 4500}}}}, nil
	}
	return nil, fmt.Errorf("unknown protocol %q; it is any, tcp, udp, tcp/udp, icmp, ah, esp, gre or ipsec", r.Protocol)
}

// merge makes ranges that are apart from each other: nft refuses overlaps.
func merge(in []plan.Span) []plan.Span {
	if len(in) == 0 {
		return nil
	}
	s := slices.Clone(in)
	for i, p := range s {
		if p.From > p.To {
			s[i].From, s[i].To = p.To, p.From
		}
	}
	slices.SortFunc(s, func(a, b plan.Span) int { return int(a.From) - int(b.From) })
	merged := s[:1]
	for _, p := range s[1:] {
		last := &merged[len(merged)-1]
		if int(p.From) <= int(last.To)+1 {
			last.To = max(last.To, p.To)
			continue
		}
		merged = append(merged, p)
	}
	return merged
}

// addresses reads prefixes; none are everybody.
func addresses(what string, cidrs []string) (a Addresses, err error) {
	if len(cidrs) == 0 {
		return Addresses{All: true}, nil
	}
	var b netipx.IPSetBuilder
	for _, c := range cidrs {
		p, err := cidr(c)
		if err != nil {
			return a, fmt.Errorf("%s: %w", what, err)
		}
		b.AddPrefix(p)
	}
	if a.set, err = b.IPSet(); err != nil {
		return a, fmt.Errorf("%s: %w", what, err)
	}
	for _, p := range a.set.Prefixes() {
		if p.Addr().Is4() {
			a.V4 = append(a.V4, p)
		} else {
			a.V6 = append(a.V6, p)
		}
	}
	return a, nil
}

// cidr reads a prefix or a single address, without the host part.
func cidr(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" && !a.Is4In6() {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err == nil && p.Addr().Is4In6() {
		return p, fmt.Errorf("%q: write an IPv4 prefix as one", s)
	}
	return p.Masked(), err
}
