package nft

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/virga-cloud/virga/internal/filter"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Table is all that a router filters and translates by.
type Table = filter.Table

// family is how nft writes what is about one kind of address.
type family struct{ digit, ip, addr, any string }

var (
	ip4 = family{"4", "ip", "ipv4_addr", "meta nfproto ipv4 "}
	ip6 = family{"6", "ip6", "ipv6_addr", "meta nfproto ipv6 "}
)

func familyOf(a netip.Addr) family {
	if a.Is4() {
		return ip4
	}
	return ip6
}

// cardsOf begins the name of a set of cards that a rule means by their public address.
const cardsOf = "cards_"

// build writes what a router does with packets as a table. What filter.Compiled.Judge
// says of a packet is what these chains do with it, in the same order.
//
// There is one chain for each policy, one element for each way to a card, and one set
// for each list of sources: whatever changes, the rest stays as it is. The map of ways
// says all that belongs to a card at once, with the chain that goes on from there, so
// that no packet is judged by a part from before a change and a part from after it.
func build(in sys.Installation, c *filter.Compiled) *program {
	b := builder{in: in, Compiled: c, program: &program{
		name: "inet " + in.Prefix(), sets: map[string]set{}, chains: map[string]chain{stamp: {}},
	}}
	families := []family{ip4}
	if c.V6 {
		families = append(families, ip6)
	}
	b.ways(families)
	b.base(families)
	b.translation()
	b.chain("router", "", b.rules(c.Router)...)
	b.chain("outward", "", "jump router", "accept")
	b.chain("unguarded", "", "jump router", "drop")
	for _, p := range c.Policies {
		rules := append([]string{"jump router"}, b.rules(p.Rules)...)
		b.chain(policyChain(p.ID), "", append(rules, "drop")...)
	}
	return b.program
}

func policyChain(id plan.ID) string { return "policy_" + string(id) }

type builder struct {
	in sys.Installation
	*filter.Compiled
	*program
}

func (b *builder) chain(name, hook string, rules ...string) {
	b.chains[name] = chain{hook: hook, rules: rules}
}

// ways fills the sets of addresses.
func (b *builder) ways(families []family) {
	size := len(b.Ports)
	for _, f := range families {
		b.sets["ports"+f.digit] = newSet("set", "type ifname . "+f.addr+";", size)
		b.sets["gateways"+f.digit] = newSet("set", "type "+f.addr+";", 0)
		b.sets["inward"+f.digit] = newSet("map", "type "+f.addr+" . "+f.addr+" : verdict;", 2*size)
	}
	privates, in, out := newSet("set", "type ipv4_addr;", size), newSet("map", "type ipv4_addr : ipv4_addr;", size),
		newSet("map", "type ipv4_addr : ipv4_addr;", size)
	b.sets["privates"], b.sets["translate_in"], b.sets["translate_out"] = privates, in, out
	for _, l := range b.Legs {
		b.sets["gateways"+familyOf(l.Gateway).digit].elements[l.Gateway.String()] = ""
	}
	for i := range b.Ports {
		p := &b.Ports[i]
		f := familyOf(p.Private)
		if f == ip6 && !b.V6 {
			continue
		}
		private := p.Private.String()
		b.sets["ports"+f.digit].elements[`"`+sys.InsideLeg(p.Network)+`" . `+private] = ""
		inward := b.sets["inward"+f.digit].elements
		// Who writes to the private address, from another network or from an isolated
		// neighbour, meets the policy of the first public one; there is no way around it.
		inward[private+" . "+private] = "goto unguarded"
		if f == ip4 {
			privates.elements[private] = ""
		}
		for i, pub := range p.Public {
			written, verdict := pub.Addr.String(), inwards(pub)
			inward[written+" . "+private] = verdict
			if i == 0 {
				inward[private+" . "+private] = verdict
			}
			if f == ip6 {
				continue // routed as it is
			}
			in.elements[written] = private
			if i == 0 {
				out.elements[private] = written
			}
		}
	}
}

// inwards is where what is written to a public address goes on.
func inwards(pub filter.Public) string {
	switch {
	case pub.BlockIn:
		return "drop"
	case pub.Policy == "":
		return "goto unguarded"
	}
	return "goto " + policyChain(pub.Policy)
}

func newSet(kind, decl string, size int) set {
	return set{kind: kind, decl: decl, elements: make(map[string]string, size)}
}

// base writes the chains that packets come in by. The last rule of each says what its
// policy says: a new chain's policy is set a little later than its rules.
func (b *builder) base(families []family) {
	out := fmt.Sprintf("%q", sys.OutsideLeg)
	// Without this mark nothing finds a way through the router (package netdev): when
	// the table is gone, by whatever hand, the router is closed and not open.
	b.chain("passes", "type filter hook prerouting priority -300; policy accept;", fmt.Sprintf("meta mark set meta mark | 0x%x", sys.PassMark))

	forward := []string{"iifname " + out + " oifname " + out + " drop"}
	// The router itself takes DHCP, and echo from its cards to their gateway.
	// Unknown cards are ignored by the DHCP server, not here: they have no
	// address yet by which they could be told apart.
	input := []string{
		`iifname "lo" accept`, "ct state established,related accept", "iifname != " + out + " udp sport 68 udp dport 67 accept",
	}
	if !b.V6 {
		forward = append(forward, "meta nfproto ipv6 drop")
	} else {
		// Who has which address behind a link is asked by every node of IPv6.
		input = append(input, "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept",
			"iifname != "+out+" icmpv6 type nd-router-solicit ip6 hoplimit 255 accept")
	}
	for _, f := range families {
		forward = append(forward,
			f.any+fmt.Sprintf("iifname != %s iifname . %s saddr != @ports%s drop", out, f.ip, f.digit),
			f.any+fmt.Sprintf("oifname != %s oifname . %s daddr != @ports%s drop", out, f.ip, f.digit))
		input = append(input, fmt.Sprintf("iifname . %s saddr @ports%s %[1]s daddr @gateways%[2]s %s accept", f.ip, f.digit, f.echo()))
	}
	forward = append(forward, "ct state established,related accept", "ct state invalid drop")
	// What one card may take of the table of connections, by itself and by those who
	// write to it, and how fast it may begin new ones: the others of its router need
	// theirs. Elements come and go with the packets.
	for _, f := range families {
		for name, flags := range map[string]string{"started": "dynamic,timeout; timeout 1m;", "begun": "dynamic;", "offered": "dynamic;"} {
			b.sets[name+f.digit] = set{kind: "set", decl: "type " + f.addr + "; size 65535; flags " + flags, dynamic: true}
		}
		forward = append(forward,
			f.any+fmt.Sprintf("ct state new iifname != %s update @started%s { %s saddr limit rate over 500/second burst 2000 packets } drop",
				out, f.digit, f.ip),
			f.any+fmt.Sprintf("ct state new iifname != %s add @begun%s { %s saddr ct count over 16384 } drop", out, f.digit, f.ip),
			f.any+fmt.Sprintf("ct state new iifname %s add @offered%s { %s daddr ct count over 16384 } drop", out, f.digit, f.ip))
	}
	forward = append(forward, "iifname "+out+" meta nfproto ipv4 ct status and dnat == 0 drop", "oifname "+out+" goto outward")
	for _, f := range families {
		forward = append(forward, f.any+fmt.Sprintf("ct original %s daddr . %[1]s daddr vmap @inward%s", f.ip, f.digit))
	}
	b.chain("forward", "type filter hook forward priority 0; policy drop;", append(forward, "drop")...)
	b.chain("input", "type filter hook input priority 0; policy drop;", append(input, "drop")...)
}

// echo is the type of message that asks for an answer.
func (f family) echo() string {
	if f == ip6 {
		return "icmpv6 type echo-request"
	}
	return "icmp type echo-request"
}

// translation is 1:1 for ports with a public address, and to the router's own
// for the rest. The second rule of each pair is for cards of this router that
// talk to each other's public addresses: without a translated source the
// answer would go straight to the neighbour, which does not know its sender.
func (b *builder) translation() {
	b.chain("prerouting", "type nat hook prerouting priority -100; policy accept;", "dnat ip to ip daddr map @translate_in")
	rules := []string{
		fmt.Sprintf("oifname %q snat ip to ip saddr map @translate_out", sys.OutsideLeg),
		"ct status dnat snat ip to ip saddr map @translate_out",
	}
	if b.Outside.IsValid() {
		rules = append(rules,
			fmt.Sprintf("oifname %q ip saddr @privates snat ip to %s", sys.OutsideLeg, b.Outside),
			fmt.Sprintf("ct status dnat ip saddr @privates snat ip to %s", b.Outside))
	}
	b.chain("postrouting", "type nat hook postrouting priority 100; policy accept;", rules...)
}

// rules writes rules in order, each as many lines as nft needs for it.
func (b *builder) rules(rules []filter.Rule) (lines []string) {
	for _, r := range rules {
		verdict, word := "drop", logPrefixDrop
		if r.Allow {
			verdict, word = "accept", logPrefixAllow
		}
		if r.Log {
			verdict = fmt.Sprintf("log prefix %q group %d %s", word, LogGroup, verdict)
		}
		for _, from := range b.from(r.From) {
			for _, to := range to(r.To) {
				if from.family != nil && to.family != nil && *from.family != *to.family {
					continue
				}
				for _, p := range r.Protocols {
					lines = append(lines, from.text+to.text+protocol(p)+verdict)
					// For nft, AH is no protocol of IPv6 but a header before one.
					if slices.Contains(p.Numbers, filter.AH) && b.V6 && from.six() && to.six() {
						lines = append(lines, from.text+to.text+"ip6 nexthdr ah "+verdict)
					}
				}
			}
		}
	}
	return lines
}

// match is a part of a rule; family is that of its addresses, nil for none.
type match struct {
	text   string
	family *family
}

func (m match) six() bool { return m.family == nil || *m.family == ip6 }

// from is the match for a rule's senders: one empty match for everybody. The cards
// that are meant by their public address are in a set of their own, since they come
// and go while the rule stays.
func (b *builder) from(a filter.Addresses) (out []match) {
	if a.All {
		return []match{{}}
	}
	each(a, func(f *family, prefixes string, all bool) {
		if all {
			out = append(out, match{f.any, f})
			return
		}
		name := cardsOf + digest(prefixes)[:16]
		if *f == ip4 { // IPv6 is not translated
			if _, there := b.sets[name]; !there {
				cards := newSet("set", "type "+f.addr+";", 0)
				for _, card := range b.Cards(a) {
					cards.elements[card.String()] = ""
				}
				b.sets[name] = cards
			}
			out = append(out, match{fmt.Sprintf("%s saddr @%s ", f.ip, name), f})
		}
		out = append(out, match{fmt.Sprintf("%s saddr { %s } ", f.ip, prefixes), f})
	})
	return out
}

// to matches the address as the sender wrote it as well: one of this router's public
// ones has been translated by now.
func to(a filter.Addresses) (out []match) {
	if a.All {
		return []match{{}}
	}
	each(a, func(f *family, prefixes string, all bool) {
		if all {
			out = append(out, match{f.any, f})
			return
		}
		out = append(out, match{fmt.Sprintf("%s daddr { %s } ", f.ip, prefixes), f})
		if *f == ip4 {
			out = append(out, match{fmt.Sprintf("ct original %s daddr { %s } ", f.ip, prefixes), f})
		}
	})
	return out
}

// each visits what a list has of each family; all means every address of it.
func each(a filter.Addresses, visit func(f *family, prefixes string, all bool)) {
	for _, of := range []struct {
		f        *family
		prefixes []netip.Prefix
	}{{&ip4, a.V4}, {&ip6, a.V6}} {
		var texts []string
		for _, p := range of.prefixes {
			texts = append(texts, p.String())
		}
		if len(texts) > 0 {
			visit(of.f, strings.Join(texts, ", "), of.prefixes[0].Bits() == 0)
		}
	}
}

// protocol is how nft says what p means.
func protocol(p filter.Protocol) string {
	if len(p.Numbers) == 0 {
		return ""
	}
	var numbers, ports []string
	for _, n := range p.Numbers {
		numbers = append(numbers, fmt.Sprint(n))
	}
	for _, s := range p.Ports {
		if s.From == s.To {
			ports = append(ports, fmt.Sprint(s.From))
		} else {
			ports = append(ports, fmt.Sprintf("%d-%d", s.From, s.To))
		}
	}
	text := "meta l4proto { " + strings.Join(numbers, ", ") + " } "
	if len(ports) > 0 {
		text += "th dport { " + strings.Join(ports, ", ") + " } "
	}
	return text
}
