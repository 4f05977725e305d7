package nft

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Table is all that a router filters and translates by.
type Table struct {
	Router   plan.Router
	Ports    []plan.Port // of this router, in any order
	Policies map[plan.ID]plan.Policy
}

// ruleset is a Table on its way to text.
type ruleset struct {
	Table
	name    string // of the nft table
	outside netip.Addr
	ports   []port
	// waits are the reasons why the text is not all that was ordered.
	waits []string
}

// port is a plan.Port with parsed addresses.
type port struct {
	plan.Port
	leg     string // interface name
	private netip.Addr
	public  []public
}

type public struct {
	plan.PublicAddr
	addr netip.Addr
}

// compile reads a table. An address that two ports claim belongs to neither
// until the contradiction is gone: better nobody than the wrong one.
func compile(in sys.Installation, t Table) (*ruleset, error) {
	rs := &ruleset{Table: t, name: in.Prefix()}
	if len(t.Router.Outside) > 0 {
		p, err := netip.ParsePrefix(t.Router.Outside[0].Address)
		if err != nil {
			return nil, fmt.Errorf("outside address: %w", err)
		}
		rs.outside = p.Addr()
	}
	legs := map[plan.ID]bool{}
	for _, l := range t.Router.Legs {
		if !named(l.Network) {
			return nil, fmt.Errorf("leg in network %q: not an id", l.Network)
		}
		legs[l.Network] = true
	}
	claims := map[netip.Addr]int{}
	for _, p := range t.Ports {
		if !legs[p.Network] {
			continue // a card on a network that this router has no foot in
		}
		private, err := netip.ParseAddr(p.Address)
		if err != nil || !private.Is4() {
			return nil, fmt.Errorf("port %s: address %q is not IPv4", p.NIC, p.Address)
		}
		parsed := port{Port: p, leg: sys.InsideLeg(p.Network), private: private}
		claims[private]++
		for _, pa := range p.Public {
			a, err := netip.ParseAddr(pa.Address)
			if err != nil || !a.Is4() {
				return nil, fmt.Errorf("port %s: public address %q is not IPv4", p.NIC, pa.Address)
			}
			if pa.Policy != "" && !named(pa.Policy) {
				return nil, fmt.Errorf("port %s: policy %q: not an id", p.NIC, pa.Policy)
			}
			claims[a]++
			parsed.public = append(parsed.public, public{pa, a})
		}
		rs.ports = append(rs.ports, parsed)
	}
	slices.SortFunc(rs.ports, func(a, b port) int {
		return cmp.Or(strings.Compare(string(a.NIC), string(b.NIC)), a.private.Compare(b.private))
	})
	rs.uncontested(claims)
	return rs, nil
}

// named says whether an id can be part of a name in the text.
func named(id plan.ID) bool {
	return len(id) == 32 && strings.Trim(string(id), "0123456789abcdef") == ""
}

func (rs *ruleset) uncontested(claims map[netip.Addr]int) {
	for i := range rs.ports {
		rs.ports[i].public = slices.DeleteFunc(rs.ports[i].public, func(p public) bool { return claims[p.addr] > 1 })
	}
	rs.ports = slices.DeleteFunc(rs.ports, func(p port) bool { return claims[p.private] > 1 })
	for a, n := range claims {
		if n > 1 {
			rs.waits = append(rs.waits, fmt.Sprintf("%s is claimed %d times", a, n))
		}
	}
	slices.Sort(rs.waits)
}

// text is the whole ruleset: what was there is replaced in one transaction.
//
// A packet's way through forward:
//
//	no port for its source or destination -> drop (also when established: the
//	  port of a deleted machine stops at once)
//	established, related                  -> accept
//	beyond the share of its card          -> drop
//	from outside and not translated       -> drop
//	all inward blocked (BlockIn)          -> drop
//	router's rules in order               -> as they say
//	outwards                              -> accept
//	the policy of the address it was sent to, as its sender wrote it -> accept
//	drop
func (rs *ruleset) text() (string, error) {
	var w strings.Builder
	fmt.Fprintf(&w, "table inet %s\ndelete table inet %s\ntable inet %s {\n", rs.name, rs.name, rs.name)
	rs.sets(&w)
	if err := rs.policies(&w); err != nil {
		return "", err
	}
	if err := rs.chain(&w, "router", rs.Router.Rules, true); err != nil {
		return "", err
	}
	w.WriteString(shares)
	fmt.Fprintf(&w, passes, sys.PassMark)
	fmt.Fprintf(&w, forward, sys.OutsideLeg)
	fmt.Fprintf(&w, input, sys.OutsideLeg)
	rs.translation(&w)
	fmt.Fprintf(&w, "\tchain %s {\n\t}\n}\n", stamp)
	return w.String(), nil
}

// What one card may take of the table of connections, by itself and by those who
// write to it, and how fast it may begin new ones: the others of its router need
// theirs. Elements come and go with the packets.
const shares = `	set started {
		type ipv4_addr
		size 65535
		flags dynamic,timeout
		timeout 1m
	}
	set begun {
		type ipv4_addr
		size 65535
		flags dynamic
	}
	set offered {
		type ipv4_addr
		size 65535
		flags dynamic
	}
`

// Without this mark nothing finds a way through the router (package netdev): when
// the table is gone, by whatever hand, the router is closed and not open.
const passes = `	chain passes {
		type filter hook prerouting priority -300; policy accept;
		meta mark set meta mark | 0x%x
	}
`

const forward = `	chain forward {
		type filter hook forward priority 0; policy drop;
		meta nfproto ipv6 drop
		iifname "%[1]s" oifname "%[1]s" drop
		iifname != "%[1]s" iifname . ip saddr != @ports drop
		oifname != "%[1]s" oifname . ip daddr != @ports drop
		ct state established,related accept
		ct state invalid drop
		ct state new iifname != "%[1]s" update @started { ip saddr limit rate over 500/second burst 2000 packets } drop
		ct state new iifname != "%[1]s" add @begun { ip saddr ct count over 16384 } drop
		ct state new iifname "%[1]s" add @offered { ip daddr ct count over 16384 } drop
		iifname "%[1]s" ct status and dnat == 0 drop
		oifname != "%[1]s" ct original ip daddr @blocked drop
		jump router
		oifname "%[1]s" accept
		ct original ip daddr vmap @inward
	}
`

// The router itself takes DHCP, and echo from its cards to their gateway.
// Unknown cards are ignored by the DHCP server, not here: they have no
// address yet by which they could be told apart.
const input = `	chain input {
		type filter hook input priority 0; policy drop;
		iifname "lo" accept
		ct state established,related accept
		iifname != "%[1]s" udp sport 68 udp dport 67 accept
		iifname . ip saddr @ports ip daddr @gateways icmp type echo-request accept
	}
`

func (rs *ruleset) sets(w *strings.Builder) {
	var ports, privates, gateways, blocked, inward, dnat, snat []string
	for _, l := range rs.Router.Legs {
		if p, err := netip.ParsePrefix(l.Address); err == nil {
			gateways = append(gateways, p.Addr().String())
		}
	}
	for _, p := range rs.ports {
		ports = append(ports, fmt.Sprintf("%q . %s", p.leg, p.private))
		privates = append(privates, p.private.String())
		for i, pub := range p.public {
			dnat = append(dnat, fmt.Sprintf("%s : %s", pub.addr, p.private))
			// Who writes to the private address, from another network or
			// from an isolated neighbour, meets the policy of the first
			// public one; there is no way around it.
			keys := []netip.Addr{pub.addr}
			if i == 0 {
				snat = append(snat, fmt.Sprintf("%s : %s", p.private, pub.addr))
				keys = append(keys, p.private)
			}
			for _, key := range keys {
				switch {
				case pub.BlockIn:
					blocked = append(blocked, key.String())
				case pub.Policy != "":
					inward = append(inward, fmt.Sprintf("%s : jump policy_%s", key, pub.Policy))
				}
			}
		}
	}
	element(w, "set ports", "ifname . ipv4_addr", ports)
	element(w, "set privates", "ipv4_addr", privates)
	element(w, "set gateways", "ipv4_addr", gateways)
	element(w, "set blocked", "ipv4_addr", blocked)
	element(w, "map inward", "ipv4_addr : verdict", inward)
	element(w, "map translate_in", "ipv4_addr : ipv4_addr", dnat)
	element(w, "map translate_out", "ipv4_addr : ipv4_addr", snat)
}

func element(w *strings.Builder, what, kind string, elements []string) {
	fmt.Fprintf(w, "\t%s {\n\t\ttype %s\n", what, kind)
	if len(elements) > 0 {
		fmt.Fprintf(w, "\t\telements = { %s }\n", strings.Join(elements, ",\n\t\t\t"))
	}
	w.WriteString("\t}\n")
}

// policies writes a chain for each policy that a port names. One that has not
// arrived yet lets nothing in.
func (rs *ruleset) policies(w *strings.Builder) error {
	var used []plan.ID
	for _, p := range rs.ports {
		for _, pub := range p.public {
			if pub.Policy != "" && !pub.BlockIn && !slices.Contains(used, pub.Policy) {
				used = append(used, pub.Policy)
			}
		}
	}
	slices.Sort(used)
	for _, id := range used {
		policy, there := rs.Policies[id]
		if !there {
			rs.waits = append(rs.waits, "policy "+string(id))
		}
		if err := rs.chain(w, "policy_"+string(id), policy.Rules, false); err != nil {
			return err
		}
	}
	return nil
}

// translation is 1:1 for ports with a public address, and to the router's own
// for the rest. The second rule of each pair is for cards of this router that
// talk to each other's public addresses: without a translated source the
// answer would go straight to the neighbour, which does not know its sender.
func (rs *ruleset) translation(w *strings.Builder) {
	w.WriteString("\tchain prerouting {\n\t\ttype nat hook prerouting priority -100; policy accept;\n")
	w.WriteString("\t\tdnat ip to ip daddr map @translate_in\n\t}\n")
	w.WriteString("\tchain postrouting {\n\t\ttype nat hook postrouting priority 100; policy accept;\n")
	fmt.Fprintf(w, "\t\toifname %q snat ip to ip saddr map @translate_out\n", sys.OutsideLeg)
	w.WriteString("\t\tct status dnat snat ip to ip saddr map @translate_out\n")
	if rs.outside.IsValid() {
		fmt.Fprintf(w, "\t\toifname %q ip saddr @privates snat ip to %s\n", sys.OutsideLeg, rs.outside)
		fmt.Fprintf(w, "\t\tct status dnat ip saddr @privates snat ip to %s\n", rs.outside)
	}
	w.WriteString("\t}\n")
}

// chain writes rules in order.
func (rs *ruleset) chain(w *strings.Builder, name string, rules []plan.Rule, router bool) error {
	fmt.Fprintf(w, "\tchain %s {\n", name)
	for i, r := range rules {
		protocols, err := protocol(r)
		if err != nil {
			return fmt.Errorf("%s, rule %d: %w", name, i+1, err)
		}
		sources, err := rs.sources(r.Sources)
		if err != nil {
			return fmt.Errorf("%s, rule %d: %w", name, i+1, err)
		}
		destinations := []string{""}
		if router {
			if destinations, err = rs.destinations(r.Destination); err != nil {
				return fmt.Errorf("%s, rule %d: %w", name, i+1, err)
			}
		}
		verdict, word := "drop", "drop"
		if r.Allow {
			verdict, word = "accept", "allow"
		}
		if r.Log {
			verdict = fmt.Sprintf("log prefix %q group %d %s", "virga "+word+" ", LogGroup, verdict)
		}
		for _, s := range sources {
			for _, d := range destinations {
				for _, p := range protocols {
					fmt.Fprintf(w, "\t\t%s%s%s%s\n", s, d, p, verdict)
				}
			}
		}
	}
	w.WriteString("\t}\n")
	return nil
}

// protocol is how nft says what r.Protocol means, one match for each line.
func protocol(r plan.Rule) ([]string, error) {
	dports := ""
	if len(r.Ports) > 0 {
		dports = "th dport { " + spans(r.Ports) + " } "
	}
	switch r.Protocol {
	case "any", "":
		return []string{""}, nil
	case "tcp":
		return []string{"meta l4proto 6 " + dports}, nil
	case "udp":
		return []string{"meta l4proto 17 " + dports}, nil
	case "tcp/udp":
		return []string{"meta l4proto { 6, 17 } " + dports}, nil
	case "icmp":
		return []string{"meta l4proto 1 "}, nil
	case "gre":
		return []string{"meta l4proto 47 "}, nil
	case "esp":
		return []string{"meta l4proto 50 "}, nil
	case "ah":
		return []string{"meta l4proto 51 "}, nil
	case "ipsec": // its two protocols, and the key exchange with and without NAT
		return []string{"meta l4proto { 50, 51 } ", "udp dport { 500, 4500 } "}, nil
	}
	return nil, fmt.Errorf("unknown protocol %q", r.Protocol)
}

// spans merges ranges, which nft refuses when they overlap.
func spans(in []plan.Span) string {
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
	var out []string
	for _, p := range merged {
		if p.From == p.To {
			out = append(out, fmt.Sprint(p.From))
			continue
		}
		out = append(out, fmt.Sprintf("%d-%d", p.From, p.To))
	}
	return strings.Join(out, ", ")
}

// sources is the match for a rule's senders: one empty match for everybody,
// none when nobody with IPv4 is meant. In forward a card of this router still
// has its private address, so a rule that names its public one means that too.
func (rs *ruleset) sources(cidrs []string) ([]string, error) {
	if len(cidrs) == 0 {
		return []string{""}, nil
	}
	var b netipx.IPSetBuilder
	for _, c := range cidrs {
		p, err := cidr(c)
		if err != nil {
			return nil, fmt.Errorf("source: %w", err)
		}
		if p.Addr().Is4() {
			b.AddPrefix(p)
		}
	}
	set, err := b.IPSet()
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	for _, p := range rs.ports {
		if len(p.public) > 0 && set.Contains(p.public[0].addr) {
			b.AddSet(set)
			b.Add(p.private)
		}
	}
	b.AddSet(set)
	if set, err = b.IPSet(); err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	return match("ip saddr", set), nil
}

// destinations matches the address as the sender wrote it as well, where that
// is one of this router's public ones and so has been translated by now.
func (rs *ruleset) destinations(c string) ([]string, error) {
	if c == "" {
		return []string{""}, nil
	}
	p, err := cidr(c)
	if err != nil {
		return nil, fmt.Errorf("destination: %w", err)
	}
	if !p.Addr().Is4() {
		return nil, nil
	}
	if p.Bits() == 0 {
		return []string{""}, nil
	}
	out := []string{fmt.Sprintf("ip daddr %s ", p)}
	for _, port := range rs.ports {
		if slices.ContainsFunc(port.public, func(pub public) bool { return p.Contains(pub.addr) }) {
			return append(out, fmt.Sprintf("ct original ip daddr %s ", p)), nil
		}
	}
	return out, nil
}

func match(field string, set *netipx.IPSet) []string {
	prefixes := set.Prefixes()
	if len(prefixes) == 0 {
		return nil
	}
	var all []string
	for _, p := range prefixes {
		if p.Bits() == 0 {
			return []string{""}
		}
		all = append(all, p.String())
	}
	return []string{fmt.Sprintf("%s { %s } ", field, strings.Join(all, ", "))}
}

// cidr reads a prefix or a single address, without the host part.
func cidr(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err
}
