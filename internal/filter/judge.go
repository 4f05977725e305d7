package filter

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/virga-cloud/virga/internal/plan"
)

// Packet is the first one of a conversation, on its way through a router.
type Packet struct {
	// From is whom it came from as a router's forward chain sees it: a card by its
	// private address. Written is whom the sender wrote to, Real whom it goes to.
	From, Written, Real netip.Addr
	Protocol            uint8
	Port                uint16 // destination port of TCP and UDP
}

// Verdict is what becomes of it, and why.
type Verdict struct {
	Allow bool
	// By is what decided: "router", "policy ID", or what a person calls the reason
	// when no rule did. Rule is the place of the rule in it, from 1, else 0.
	By   string
	Rule int
}

// Translate is whom a router gives to what is written to an address.
func (c *Compiled) Translate(written netip.Addr) netip.Addr {
	if p := c.in[written]; p != nil {
		return p.Private
	}
	return written
}

// Inside tells whether an address lies in a network of the router.
func (c *Compiled) Inside(a netip.Addr) bool {
	return slices.ContainsFunc(c.Legs, func(l Leg) bool { return l.Prefix.Contains(a) })
}

// Own tells whether an address is the router's.
func (c *Compiled) Own(a netip.Addr) bool {
	return a == c.Outside || slices.ContainsFunc(c.Legs, func(l Leg) bool { return l.Gateway == a })
}

// Judge says whether a packet may begin a conversation through the router. Shares and
// rates are not asked: they say how many, and this says which.
//
// A packet's way:
//
//	no port for its source or destination -> drop (also when established: the
//	  port of a deleted machine stops at once)
//	established, related                  -> accept
//	beyond the share of its card          -> drop
//	from outside and not translated       -> drop
//	outwards: router's rules in order, then accept
//	inwards: what the way's public address says:
//	  all blocked (BlockIn)                    -> drop
//	  router's rules in order                  -> as they say
//	  its policy's rules in order              -> as they say
//	drop
func (c *Compiled) Judge(p Packet) Verdict {
	if p.From.Is6() && !c.V6 {
		return Verdict{By: "the router has no IPv6"}
	}
	from, to := c.Inside(p.From), c.Inside(p.Real)
	switch {
	case !from && !to:
		return Verdict{By: "neither end is behind the router"}
	case from && c.byAddr[p.From] == nil:
		return Verdict{By: "no card has the source address"}
	case to && c.byAddr[p.Real] == nil:
		return Verdict{By: "no card has the destination address"}
	case !from && p.Real.Is4() && p.Written == p.Real:
		return Verdict{By: "a private address is not reached from outside"}
	}
	if !to {
		if v, ok := c.first("router", c.Router, p); ok {
			return v
		}
		return Verdict{Allow: true, By: "what goes out is allowed"}
	}
	pub, known := c.inward[Way{p.Written, p.Real}]
	switch {
	case !known:
		return Verdict{By: "the address is not the card's"}
	case pub != nil && pub.BlockIn:
		return Verdict{By: "everything inwards is blocked"}
	}
	if v, ok := c.first("router", c.Router, p); ok {
		return v
	}
	if pub == nil || pub.Policy == "" {
		return Verdict{By: "no policy: what comes in is dropped"}
	}
	if v, ok := c.first("policy "+string(pub.Policy), c.byPolicy[pub.Policy], p); ok {
		return v
	}
	return Verdict{By: fmt.Sprintf("no rule of policy %s", pub.Policy)}
}

// first is what the first rule that fits says.
func (c *Compiled) first(of string, rules []Rule, p Packet) (Verdict, bool) {
	for i := range rules {
		r := &rules[i]
		if r.speaks(p) && (r.To.Contains(p.Real) || r.To.Contains(p.Written)) && c.comes(&r.From, p.From) {
			return Verdict{Allow: r.Allow, By: of, Rule: i + 1}, true
		}
	}
	return Verdict{}, false
}

// comes tells whether a sender is meant: a card by its first public address too.
func (c *Compiled) comes(a *Addresses, from netip.Addr) bool {
	if a.Contains(from) {
		return true
	}
	p := c.byAddr[from]
	return p != nil && len(p.Public) > 0 && a.Contains(p.Public[0].Addr)
}

// speaks tells whether the protocol is meant.
func (r *Rule) speaks(p Packet) bool {
	return slices.ContainsFunc(r.Protocols, func(m Protocol) bool {
		return (len(m.Numbers) == 0 || slices.Contains(m.Numbers, p.Protocol)) &&
			(len(m.Ports) == 0 || slices.ContainsFunc(m.Ports, func(s plan.Span) bool { return s.From <= p.Port && p.Port <= s.To }))
	})
}
