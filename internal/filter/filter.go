// Package filter is what a router does with packets, as arithmetic: documents go in, and
// out comes either what package nft writes for the kernel or the answer for one packet.
// Both are made of the same compiled rules, so that whoever asks is told what happens.
package filter

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/virga-cloud/virga/internal/plan"
)

// Table is all that a router filters and translates by.
type Table struct {
	Router   plan.Router
	Ports    []plan.Port // of this router, in any order, one for each address
	Policies map[plan.ID]plan.Policy
}

// Compiled is a Table that was read.
type Compiled struct {
	Outside  netip.Addr // the router's own address on the outside, zero for none
	Legs     []Leg
	Ports    []Port // sorted
	Router   []Rule
	Policies []Policy // those that a port names, sorted by id
	V6       bool     // the router has an address of IPv6
	// Waits are the reasons why this is not all that was ordered.
	Waits []string

	byAddr   map[netip.Addr]*Port // by the private address
	byPolicy map[plan.ID][]Rule   // of Policies
	inward   map[Way]*Public      // nil = no policy and no block
	in       map[netip.Addr]*Port // by the public address
}

// Leg is the router's foot in a network.
type Leg struct {
	Network plan.ID
	Prefix  netip.Prefix
	Gateway netip.Addr
}

// Port is an address of a card.
type Port struct {
	NIC, Network plan.ID
	Private      netip.Addr
	Public       []Public // oldest first; the first is the source outwards
}

// Public is an address that is translated to a port's, or, where both are the same, one
// that is routed to it.
type Public struct {
	Addr    netip.Addr
	Policy  plan.ID
	BlockIn bool
}

// Policy is a compiled plan.Policy.
type Policy struct {
	ID    plan.ID
	Rules []Rule
}

// Way is how somebody writes to a card: the address that he wrote, and the one that he
// reaches. A decision belongs to both: the address alone may have become another card's.
type Way struct{ Written, Real netip.Addr }

// Compile reads a table. An address that two ports claim belongs to neither
// until the contradiction is gone: better nobody than the wrong one.
func Compile(t Table) (*Compiled, error) {
	c := &Compiled{}
	for i, o := range t.Router.Outside {
		p, err := netip.ParsePrefix(o.Address)
		if err != nil {
			return nil, fmt.Errorf("outside address: %w", err)
		}
		if i == 0 && p.Addr().Is4() {
			c.Outside = p.Addr()
		}
		c.V6 = c.V6 || p.Addr().Is6()
	}
	legs := map[plan.ID]bool{}
	for _, l := range t.Router.Legs {
		if !Named(l.Network) {
			return nil, fmt.Errorf("leg in network %q: not an id", l.Network)
		}
		legs[l.Network] = true
		if p, err := netip.ParsePrefix(l.Address); err == nil {
			c.Legs = append(c.Legs, Leg{Network: l.Network, Prefix: p.Masked(), Gateway: p.Addr()})
			c.V6 = c.V6 || p.Addr().Is6()
		}
	}
	claims := make(map[claim]int, 2*len(t.Ports))
	for _, p := range t.Ports {
		if !legs[p.Network] {
			continue // a card on a network that this router has no foot in
		}
		port, err := readPort(p, claims)
		if err != nil {
			return nil, err
		}
		c.Ports = append(c.Ports, port)
	}
	slices.SortFunc(c.Ports, func(a, b Port) int {
		return cmp.Or(strings.Compare(string(a.NIC), string(b.NIC)), a.Private.Compare(b.Private))
	})
	c.uncontested(claims)
	if err := c.rules(t); err != nil {
		return nil, err
	}
	c.index()
	return c, nil
}

// claim is an address as somebody's, one for each way to have it: a routed address is
// its card's private and public one at the same time.
type claim struct {
	addr netip.Addr
	of   string
}

func readPort(p plan.Port, claims map[claim]int) (Port, error) {
	private, err := netip.ParseAddr(p.Address)
	if err != nil || private.Zone() != "" || private.Is4In6() {
		return Port{}, fmt.Errorf("port %s: %q is not an address", p.NIC, p.Address)
	}
	port := Port{NIC: p.NIC, Network: p.Network, Private: private}
	claims[claim{private, ""}]++
	for _, pa := range p.Public {
		a, err := netip.ParseAddr(pa.Address)
		if err != nil || a.Zone() != "" || a.Is4() != private.Is4() || a.Is4In6() {
			return Port{}, fmt.Errorf("port %s: public address %q is not one of the kind of %s", p.NIC, pa.Address, private)
		}
		if a.Is6() && a != private {
			return Port{}, fmt.Errorf("port %s: %s is translated to %s, and IPv6 is routed", p.NIC, a, private)
		}
		if pa.Policy != "" && !Named(pa.Policy) {
			return Port{}, fmt.Errorf("port %s: policy %q: not an id", p.NIC, pa.Policy)
		}
		if a != private {
			claims[claim{a, ""}]++
		} else {
			claims[claim{a, "routed"}]++
		}
		port.Public = append(port.Public, Public{Addr: a, Policy: pa.Policy, BlockIn: pa.BlockIn})
	}
	return port, nil
}

// Named says whether an id can be part of a name in the kernel.
func Named(id plan.ID) bool {
	return len(id) == 32 && strings.Trim(string(id), "0123456789abcdef") == ""
}

func (c *Compiled) uncontested(claims map[claim]int) {
	contested := map[netip.Addr]int{} // how often
	for a, n := range claims {
		if n > 1 {
			contested[a.addr] = max(contested[a.addr], n)
		}
	}
	if len(contested) == 0 {
		return
	}
	for i := range c.Ports {
		c.Ports[i].Public = slices.DeleteFunc(c.Ports[i].Public, func(p Public) bool { return contested[p.Addr] > 1 })
	}
	c.Ports = slices.DeleteFunc(c.Ports, func(p Port) bool { return contested[p.Private] > 1 })
	for a, n := range contested {
		c.Waits = append(c.Waits, fmt.Sprintf("%s is claimed %d times", a, n))
	}
	slices.Sort(c.Waits)
}

// rules compiles the router's rules and the policies that a port names. One that has not
// arrived yet lets nothing in.
func (c *Compiled) rules(t Table) (err error) {
	if c.Router, err = compileRules("router", t.Router.Rules, true); err != nil {
		return err
	}
	used := map[plan.ID]bool{}
	for _, p := range c.Ports {
		for _, pub := range p.Public {
			if pub.Policy != "" && !pub.BlockIn {
				used[pub.Policy] = true
			}
		}
	}
	c.byPolicy = map[plan.ID][]Rule{}
	for id := range used {
		policy, there := t.Policies[id]
		if !there {
			c.Waits = append(c.Waits, "policy "+string(id))
		}
		rules, err := compileRules("policy "+string(id), policy.Rules, false)
		if err != nil {
			return err
		}
		c.Policies, c.byPolicy[id] = append(c.Policies, Policy{ID: id, Rules: rules}), rules
	}
	slices.SortFunc(c.Policies, func(a, b Policy) int { return strings.Compare(string(a.ID), string(b.ID)) })
	slices.Sort(c.Waits)
	return nil
}

// index makes what is looked up for each packet.
func (c *Compiled) index() {
	c.byAddr, c.in = make(map[netip.Addr]*Port, len(c.Ports)), make(map[netip.Addr]*Port, len(c.Ports))
	c.inward = make(map[Way]*Public, 2*len(c.Ports))
	for i := range c.Ports {
		p := &c.Ports[i]
		c.byAddr[p.Private] = p
		c.inward[Way{p.Private, p.Private}] = nil
		for j := range p.Public {
			pub := &p.Public[j]
			c.in[pub.Addr] = p
			c.inward[Way{pub.Addr, p.Private}] = pub
			// Who writes to the private address, from another network or
			// from an isolated neighbour, meets the policy of the first
			// public one; there is no way around it.
			if j == 0 {
				c.inward[Way{p.Private, p.Private}] = pub
			}
		}
	}
}

// Cards are the private addresses whose first public one is in a set. In forward a card
// of this router still has its private address, so a rule that names its public one
// means that too.
func (c *Compiled) Cards(a Addresses) (cards []netip.Addr) {
	for i := range c.Ports {
		p := &c.Ports[i]
		if len(p.Public) > 0 && p.Public[0].Addr != p.Private && a.Contains(p.Public[0].Addr) {
			cards = append(cards, p.Private)
		}
	}
	return cards
}
