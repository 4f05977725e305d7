package filter_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/filter"
	"github.com/virga-cloud/virga/internal/plan"
)

const (
	netA  = plan.ID("aa0000000000000000000000000000a1")
	netB  = plan.ID("bb0000000000000000000000000000b2")
	nic1  = plan.ID("11000000000000000000000000000001")
	nic2  = plan.ID("22000000000000000000000000000002")
	nic3  = plan.ID("33000000000000000000000000000003")
	nic6  = plan.ID("66000000000000000000000000000006")
	linux = plan.ID("cc0000000000000000000000000000c3")
)

// table is a router with an isolated and a plain network, a card with three public
// addresses, one with none, and one with a routed address of IPv6.
func table() filter.Table {
	return filter.Table{
		Router: plan.Router{
			Outside: []plan.Outside{{Address: "198.18.0.5/16", Gateway: "198.18.0.1"}},
			Legs: []plan.Leg{
				{Network: netA, Address: "100.64.0.1/16", Isolated: true},
				{Network: netB, Address: "10.0.0.1/24"},
				{Network: netA, Address: "2001:db8:a::1/64"},
			},
			Rules: []plan.Rule{
				{Protocol: "tcp", Ports: []plan.Span{{From: 25, To: 25}}, Sources: []string{"198.18.0.10"}, Log: true},
				{Allow: true, Protocol: "icmp", Destination: "198.18.0.8/29"},
				{Protocol: "gre", Sources: []string{"2001:db8:f::/48"}},
			},
		},
		Ports: []plan.Port{
			{NIC: nic1, Network: netA, Address: "100.64.0.10", Public: []plan.PublicAddr{
				{Address: "198.18.0.10", Policy: linux},
				{Address: "198.18.0.11"},
				{Address: "198.18.0.12", Policy: linux, BlockIn: true},
			}},
			{NIC: nic2, Network: netB, Address: "10.0.0.7"},
			{NIC: nic6, Network: netA, Address: "2001:db8:a::10", Public: []plan.PublicAddr{{Address: "2001:db8:a::10", Policy: linux}}},
		},
		Policies: map[plan.ID]plan.Policy{linux: {Rules: []plan.Rule{
			{Protocol: "tcp", Ports: []plan.Span{{From: 22, To: 22}}, Sources: []string{"203.0.113.66", "2001:db8:f::66"}},
			{Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: 80, To: 90}, {From: 22, To: 22}}},
			{Allow: true, Protocol: "udp", Sources: []string{"0.0.0.0/0"}},
			{Allow: true, Protocol: "ipsec", Sources: []string{"::/0"}},
		}}},
	}
}

func compile(t testing.TB, in filter.Table) *filter.Compiled {
	t.Helper()
	c, err := filter.Compile(in)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestJudge(t *testing.T) {
	c := compile(t, table())
	policy := "policy " + string(linux)
	for name, p := range map[string]struct {
		from, to string
		protocol uint8
		port     uint16
		allow    bool
		by       string
		rule     int
	}{
		"in":                            {"203.0.113.1", "198.18.0.10", 6, 22, true, policy, 2},
		"in, a range":                   {"203.0.113.1", "198.18.0.10", 6, 85, true, policy, 2},
		"in, past the range":            {"203.0.113.1", "198.18.0.10", 6, 91, false, "no rule", 0},
		"in, denied before":             {"203.0.113.66", "198.18.0.10", 6, 22, false, policy, 1},
		"in, IPv4 only":                 {"203.0.113.66", "198.18.0.10", 17, 9, true, policy, 3},
		"in, echo by the router's rule": {"203.0.113.66", "198.18.0.11", 1, 0, true, "router", 2},
		"in, blocked before any rule":   {"203.0.113.66", "198.18.0.12", 1, 0, false, "everything inwards is blocked", 0},
		"in, no policy":                 {"203.0.113.1", "198.18.0.11", 6, 22, false, "no policy", 0},
		"in, straight":                  {"203.0.113.1", "100.64.0.10", 6, 22, false, "a private address", 0},
		"in, nobody's":                  {"203.0.113.1", "198.18.0.99", 6, 22, false, "neither end", 0},
		"in, nobody behind":             {"203.0.113.1", "10.0.0.99", 6, 22, false, "no card has the destination", 0},
		"out":                           {"100.64.0.10", "203.0.113.1", 6, 80, true, "what goes out", 0},
		"out, as its public address":    {"100.64.0.10", "203.0.113.1", 6, 25, false, "router", 1},
		"out, another":                  {"10.0.0.7", "203.0.113.1", 6, 25, true, "what goes out", 0},
		"out, nobody's":                 {"10.0.0.8", "203.0.113.1", 6, 80, false, "no card has the source", 0},
		"between":                       {"10.0.0.7", "100.64.0.10", 6, 22, true, policy, 2},
		"between, by the public one":    {"10.0.0.7", "198.18.0.10", 6, 22, true, policy, 2},
		"between, no policy":            {"100.64.0.10", "10.0.0.7", 6, 22, false, "no policy", 0},
		"six in":                        {"2001:db8:f::1", "2001:db8:a::10", 6, 22, true, policy, 2},
		"six in, denied":                {"2001:db8:f::66", "2001:db8:a::10", 6, 22, false, policy, 1},
		"six in, a rule for IPv4":       {"2001:db8:f::1", "2001:db8:a::10", 17, 9, false, "no rule", 0},
		"six in, key exchange":          {"2001:db8:f::1", "2001:db8:a::10", 17, 4500, true, policy, 4},
		"six in, a protocol":            {"2001:db8:f::1", "2001:db8:a::10", 51, 0, true, policy, 4},
		"six in, the router's rule":     {"2001:db8:f::1", "2001:db8:a::10", 47, 0, false, "router", 3},
		"six out":                       {"2001:db8:a::10", "2001:db8:f::1", 6, 25, true, "what goes out", 0},
	} {
		written := netip.MustParseAddr(p.to)
		v := c.Judge(filter.Packet{
			From: netip.MustParseAddr(p.from), Written: written, Real: c.Translate(written), Protocol: p.protocol, Port: p.port,
		})
		if v.Allow != p.allow || !strings.HasPrefix(v.By, p.by) || v.Rule != p.rule {
			t.Errorf("%s: %+v", name, v)
		}
	}
	// A way that is no longer one: the address is another card's by now.
	v := c.Judge(filter.Packet{
		From: netip.MustParseAddr("203.0.113.1"), Written: netip.MustParseAddr("198.18.0.10"), Real: netip.MustParseAddr("10.0.0.7"),
		Protocol: 6, Port: 22,
	})
	if v.Allow || v.By != "the address is not the card's" {
		t.Errorf("an address that moved: %+v", v)
	}
	four := table()
	four.Router.Legs, four.Ports = four.Router.Legs[:2], four.Ports[:2]
	a := netip.MustParseAddr("2001:db8:a::10")
	v = compile(t, four).Judge(filter.Packet{From: a, Written: a, Real: a, Protocol: 6, Port: 22})
	if v.Allow || v.By != "the router has no IPv6" {
		t.Errorf("a router without IPv6: %+v", v)
	}
}

func TestContested(t *testing.T) {
	at := netip.MustParseAddr
	in := table()
	in.Ports = append(in.Ports, plan.Port{
		NIC: nic3, Network: netA, Address: "100.64.0.77", Public: []plan.PublicAddr{{Address: "198.18.0.10"}},
	})
	c := compile(t, in)
	if len(c.Waits) != 1 || !strings.Contains(c.Waits[0], "198.18.0.10") {
		t.Errorf("waits: %v", c.Waits)
	}
	if c.Translate(at("198.18.0.10")) != at("198.18.0.10") {
		t.Error("a contested address is still somebody's")
	}
	if c.Translate(at("198.18.0.11")) != at("100.64.0.10") || len(c.Ports) != 4 {
		t.Error("what is not contested is gone")
	}
	in.Ports[3] = plan.Port{NIC: nic3, Network: netB, Address: "10.0.0.7"}
	if c = compile(t, in); len(c.Waits) != 1 || len(c.Ports) != 2 {
		t.Errorf("two cards have one private address: %v, %+v", c.Waits, c.Ports)
	}
	in.Ports[3] = plan.Port{NIC: nic3, Network: netA, Address: "2001:db8:a::10", Public: []plan.PublicAddr{{Address: "2001:db8:a::10"}}}
	if c = compile(t, in); len(c.Waits) != 1 || len(c.Ports) != 2 {
		t.Errorf("two cards have one routed address: %v, %+v", c.Waits, c.Ports)
	}
}

func TestMissingPolicyIsClosed(t *testing.T) {
	in := table()
	in.Policies = nil
	c := compile(t, in)
	if len(c.Waits) != 1 || !strings.Contains(c.Waits[0], string(linux)) {
		t.Errorf("waits: %v", c.Waits)
	}
	written := netip.MustParseAddr("198.18.0.10")
	v := c.Judge(filter.Packet{
		From: netip.MustParseAddr("203.0.113.1"), Written: written, Real: c.Translate(written), Protocol: 6, Port: 22,
	})
	if v.Allow {
		t.Errorf("a policy that has not come lets in: %+v", v)
	}
}

func TestRefused(t *testing.T) {
	for name, spoil := range map[string]func(*filter.Table){
		"protocol":    func(t *filter.Table) { t.Router.Rules = []plan.Rule{{Protocol: "sctp"}} },
		"source":      func(t *filter.Table) { t.Router.Rules[0].Sources = []string{"all; flush ruleset"} },
		"zone":        func(t *filter.Table) { t.Router.Rules[0].Sources = []string{"fe80::1%eth0"} },
		"mapped":      func(t *filter.Table) { t.Router.Rules[0].Sources = []string{"::ffff:10.0.0.0/104"} },
		"destination": func(t *filter.Table) { t.Router.Rules[0].Destination = "10.0.0.0/33" },
		"private":     func(t *filter.Table) { t.Ports[0].Address = "10.0.0.7/24" },
		"public":      func(t *filter.Table) { t.Ports[1].Public = []plan.PublicAddr{{Address: "::1"}} },
		"translated":  func(t *filter.Table) { t.Ports[2].Public[0].Address = "2001:db8:a::11" },
		"outside":     func(t *filter.Table) { t.Router.Outside[0].Address = "198.18.0.5" },
		"policy id":   func(t *filter.Table) { t.Ports[0].Public[0].Policy = "x { }" },
		"leg id":      func(t *filter.Table) { t.Router.Legs[0].Network = "short" },
		"policy":      func(t *filter.Table) { t.Policies[linux] = plan.Policy{Rules: []plan.Rule{{Protocol: "x"}}} },
	} {
		in := table()
		spoil(&in)
		if _, err := filter.Compile(in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Merged ranges hold the same ports, in order, apart from each other.
func TestSpans(t *testing.T) {
	spans := func(t *rapid.T, in []plan.Span) []plan.Span {
		c, err := filter.Compile(filter.Table{Router: plan.Router{Rules: []plan.Rule{{Protocol: "udp", Ports: in}}}})
		if err != nil {
			t.Fatal(err)
		}
		return c.Router[0].Protocols[0].Ports
	}
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) plan.Span {
			edge := rapid.SampledFrom([]uint16{0, 65535 - 40}).Draw(t, "edge")
			return plan.Span{From: edge + uint16(rapid.IntRange(0, 40).Draw(t, "from")), To: edge + uint16(rapid.IntRange(0, 40).Draw(t, "to"))}
		}), 1, 6).Draw(t, "spans")
		want := map[int]bool{}
		for _, s := range in {
			for p := int(min(s.From, s.To)); p <= int(max(s.From, s.To)); p++ {
				want[p] = true
			}
		}
		got, last := map[int]bool{}, -2
		for _, s := range spans(t, in) {
			if int(s.From) <= last+1 || s.From > s.To {
				t.Fatalf("%v became %v", in, spans(t, in))
			}
			for last = int(s.From); last <= int(s.To); last++ {
				got[last] = true
			}
			last = int(s.To)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}
