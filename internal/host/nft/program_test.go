package nft

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/filter"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/plan"
)

// drawTable makes tables that are alike, so that a second one differs from a first in a
// few places as well as in many.
func drawTable(t *rapid.T) Table {
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "pick") }
	yes := func() bool { return rapid.Bool().Draw(t, "yes") }
	table := Table{Router: router(), Policies: map[plan.ID]plan.Policy{}}
	six := yes()
	if six {
		table.Router.Legs = append(table.Router.Legs, plan.Leg{Network: netA, Address: "2001:db8:a::1/64"})
	}
	rule := func() plan.Rule {
		r := plan.Rule{
			Allow: yes(), Log: yes(),
			Protocol: pick("any", "tcp", "udp", "tcp/udp", "icmp", "ah", "esp", "gre", "ipsec"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "ports") {
			from := uint16(rapid.IntRange(1, 6).Draw(t, "from"))
			r.Ports = append(r.Ports, plan.Span{From: from, To: from + uint16(rapid.IntRange(0, 3).Draw(t, "to"))})
		}
		for range rapid.IntRange(0, 2).Draw(t, "sources") {
			r.Sources = append(r.Sources, pick("0.0.0.0/0", "::/0", "198.18.0.0/28", "198.18.0.10", "203.0.113.0/24", "10.0.0.0/24",
				"100.64.0.2/31", "2001:db8:a::/64", "2001:db8:f::1"))
		}
		return r
	}
	for range rapid.IntRange(0, 3).Draw(t, "router rules") {
		r := rule()
		r.Destination = pick("", "0.0.0.0/0", "::/0", "10.0.0.2", "198.18.0.0/28", "203.0.113.0/24", "2001:db8:a::/65")
		table.Router.Rules = append(table.Router.Rules, r)
	}
	policies := []plan.ID{linux, nic1, nic2}
	for _, id := range policies {
		p := plan.Policy{}
		for range rapid.IntRange(0, 2).Draw(t, "rules") {
			p.Rules = append(p.Rules, rule())
		}
		table.Policies[id] = p
	}
	policy := func() plan.ID { return rapid.SampledFrom(append(policies, "")).Draw(t, "policy") }
	free := []string{"198.18.0.10", "198.18.0.11", "198.18.0.12", "198.18.0.13"}
	for i, network := range []plan.ID{netA, netA, netB, netB, netA} {
		if !yes() {
			continue
		}
		p := plan.Port{NIC: plan.ID(fmt.Sprintf("%032x", i+1)), Network: network, Address: fmt.Sprintf("100.64.0.%d", i+2)}
		if network == netB {
			p.Address = fmt.Sprintf("10.0.0.%d", i+2)
		}
		if i == 4 {
			p.Address = "2001:db8:a::9"
			p.Public = append(p.Public, plan.PublicAddr{Address: p.Address, Policy: policy()})
			if !yes() {
				p.Public = nil
			}
		}
		block := yes() && rapid.Bool().Draw(t, "block")
		for n := rapid.IntRange(0, 2).Draw(t, "public"); i != 4 && n > 0 && len(free) > 0; n-- {
			at := rapid.IntRange(0, len(free)-1).Draw(t, "which")
			p.Public = append(p.Public, plan.PublicAddr{Address: free[at], Policy: policy(), BlockIn: block})
			free = slices.Delete(free, at, at+1)
		}
		table.Ports = append(table.Ports, p)
	}
	return table
}

func programOf(t interface{ Fatal(...any) }, table Table) *program {
	c, err := filter.Compile(table)
	if err != nil {
		t.Fatal(err)
	}
	return build(golden, c)
}

var commands = regexp.MustCompile(`^(add|delete|flush) (chain|set|map|element|rule) inet vgabcd (\S+) ?(.*)$`)

// play carries out a script on a program, as strictly as the kernel: what is added is not
// there yet, and what is taken away is there and nothing names it any more.
func play(p *program, script string) error {
	refers := func(name string) bool {
		for _, s := range p.sets {
			for _, v := range s.elements {
				if strings.HasSuffix(v, "to "+name) {
					return true
				}
			}
		}
		for _, c := range p.chains {
			for _, r := range c.rules {
				if strings.HasSuffix(r, "jump "+name) || strings.HasSuffix(r, "goto "+name) || strings.Contains(r, "@"+name+" ") ||
					strings.HasSuffix(r, "@"+name) {
					return true
				}
			}
		}
		return false
	}
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		m := commands.FindStringSubmatch(line)
		if m == nil {
			return fmt.Errorf("what is %q?", line)
		}
		verb, noun, name, rest := m[1], m[2], m[3], m[4]
		c, isChain := p.chains[name]
		s, isSet := p.sets[name]
		inside := strings.TrimSuffix(strings.TrimPrefix(rest, "{ "), " }")
		ok := true
		switch verb + " " + noun {
		case "flush chain":
			ok = isChain
			c.rules = nil
			p.chains[name] = c
		case "delete chain":
			ok = isChain && len(c.rules) == 0 && !refers(name)
			delete(p.chains, name)
		case "add chain":
			ok = !isChain
			p.chains[name] = chain{hook: inside}
		case "add rule":
			ok = isChain
			c.rules = append(c.rules, rest)
			p.chains[name] = c
		case "delete set", "delete map":
			ok = isSet && s.kind == noun && !refers(name)
			delete(p.sets, name)
		case "add set", "add map":
			ok = !isSet
			p.sets[name] = set{kind: noun, decl: inside, elements: map[string]string{}, dynamic: strings.Contains(inside, "dynamic")}
		case "add element", "delete element":
			ok = isSet
			for e := range strings.SplitSeq(inside, ", ") {
				k, v, _ := strings.Cut(e, " : ")
				had, there := s.elements[k]
				if verb == "add" {
					if _, exists := p.chains[v[strings.LastIndex(v, " ")+1:]]; strings.HasPrefix(v, "goto") && !exists {
						return fmt.Errorf("%q: no chain", e)
					}
					ok = ok && !there
					s.elements[k] = v
				} else {
					ok = ok && there && had == v
					delete(s.elements, k)
				}
			}
		}
		if !ok {
			return fmt.Errorf("the kernel would refuse %q", line)
		}
	}
	return nil
}

func (p *program) clone() *program {
	c := &program{name: p.name, sets: map[string]set{}, chains: maps.Clone(p.chains)}
	for n, s := range p.sets {
		s.elements = maps.Clone(s.elements)
		if s.elements == nil {
			s.elements = map[string]string{}
		}
		c.sets[n] = s
	}
	return c
}

// What differs, carried out on what there is, makes what is wanted, and a second time
// there is nothing to do.
func TestDelta(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		have, want := programOf(t, drawTable(t)).clone(), programOf(t, drawTable(t))
		script, _ := want.delta(have)
		if err := play(have, script); err != nil {
			t.Fatalf("%v\n%s", err, script)
		}
		if a, b := have.digest(), want.digest(); a != b {
			t.Fatalf("made\n%s\nwant\n%s\nby\n%s", have.whole(), want.whole(), script)
		}
		if again, narrows := want.delta(want.clone()); again != "" || narrows {
			t.Fatalf("without a change: narrows %v\n%s", narrows, again)
		}
		empty := &program{name: want.name, sets: map[string]set{}, chains: map[string]chain{}}
		_, body, _ := strings.Cut(want.whole(), "delete table inet vgabcd\nadd table inet vgabcd\n")
		if err := play(empty, body); err != nil || empty.digest() != want.digest() {
			t.Fatalf("as a whole: %v", err)
		}
	})
}

// The kernel agrees: what differs, loaded on what there is, makes the same table as the
// new one loaded as a whole; so does filling anew what an earlier process left.
func TestDeltaInKernel(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("skipped: network namespaces need root")
	}
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("skipped: nft(8) is not installed")
	}
	in := drivertest.NewInstallation(t)
	ns := in.Netns("r", drivertest.NewID())
	if err := ns.Create(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ns.Delete(); err != nil {
			t.Error(err)
		}
	})
	d := &Tables{In: in}
	makes := func(t *rapid.T, script string) string {
		if err := load(context.Background(), ns, script); err != nil {
			t.Fatalf("%v\n%s", err, script)
		}
		var out []byte
		err := ns.Do(func() (err error) {
			out, err = exec.Command("nft", "-s", "list", "table", "inet", in.Prefix()).Output()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return InOrder(string(out))
	}
	pairs, failed := 0, false
	rapid.Check(t, func(t *rapid.T) {
		if pairs++; pairs > 25 && !failed {
			return
		}
		defer func() { failed = failed || t.Failed() }()
		compiled := func() *program {
			c, err := filter.Compile(drawTable(t))
			if err != nil {
				t.Fatal(err)
			}
			return build(in, c)
		}
		one, two := compiled(), compiled()
		first, want := makes(t, one.whole()), makes(t, two.whole())
		back, _ := one.delta(two)
		if d := cmp.Diff(first, makes(t, back)); d != "" {
			t.Fatalf("%s\n%s", d, back)
		}
		found, err := d.find(ns)
		if err != nil || found == nil {
			t.Fatalf("found %v, %v", found, err)
		}
		anew, _ := two.delta(found)
		if d := cmp.Diff(want, makes(t, anew)); d != "" {
			t.Fatalf("%s\n%s", d, anew)
		}
		for n := range found.chains {
			if c := two.chains[n]; c.hook != "" && strings.Contains(anew, "delete chain "+two.name+" "+n+"\n") {
				t.Fatalf("chain %s, where packets come in, was not kept: %q, now %q", n, found.chains[n].hook, c.hook)
			}
		}
	})
}

// What a version before this one loaded is filled anew in place: the chains that packets
// come in by stay, and nothing else of it does.
func TestTableOfAnEarlierVersion(t *testing.T) {
	c := newCrossing(t)
	b, err := os.ReadFile("testdata/before/ports.nft")
	if err != nil {
		t.Fatal(err)
	}
	if err := load(t.Context(), c.ns, strings.ReplaceAll(string(b), "vgabcd", c.in.Prefix())); err != nil {
		t.Fatal(err)
	}
	show := func(args ...string) (text string) {
		t.Helper()
		err := c.ns.Do(func() error {
			out, err := exec.Command("nft", append(args, "list", "table", "inet", c.in.Prefix())...).Output()
			text = string(out)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	hooked := regexp.MustCompile(`chain (\S+) \{ # handle (\d+)\n\t\ttype`)
	before := hooked.FindAllString(show("-a"), -1)
	ensure := func() {
		t.Helper()
		st, err := c.d.Ensure(t.Context(), c.id, tables()["ports"])
		if err != nil || !st.Ready || st.Repaired != "" {
			t.Fatalf("%+v, %v", st, err)
		}
	}
	ensure()
	after := hooked.FindAllString(show("-a"), -1)
	slices.Sort(before)
	slices.Sort(after)
	if d := cmp.Diff(before, after); d != "" || len(before) != 5 {
		t.Errorf("chains that packets come in by: %s", d)
	}
	in := InOrder(show("-s"))
	if err := load(t.Context(), c.ns, "delete table inet "+c.in.Prefix()+"\n"); err != nil {
		t.Fatal(err)
	}
	c.d = &Tables{In: c.in}
	ensure()
	if d := cmp.Diff(InOrder(show("-s")), in); d != "" {
		t.Error(d)
	}
}

// What narrows is said to: when a packet is allowed by the old table and not by the new
// one, the connections are looked through.
func TestNarrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, two := drawTable(t), drawTable(t)
		if rapid.Bool().Draw(t, "near") { // one port more, and the rest the same
			two = one
			two.Ports = slices.Clone(one.Ports)
			if n := len(two.Ports); n > 0 {
				one.Ports = one.Ports[:n-1]
			}
		}
		a, err := filter.Compile(one)
		if err != nil {
			t.Fatal(err)
		}
		b, err := filter.Compile(two)
		if err != nil {
			t.Fatal(err)
		}
		_, narrows := build(golden, b).delta(build(golden, a))
		if narrows {
			return
		}
		for _, p := range drawPackets(t, a) {
			if a.Judge(p).Allow && b.Translate(p.Written) == p.Real && !b.Judge(p).Allow {
				t.Fatalf("%+v was allowed by %+v and is not by %+v, and nobody said that this narrows", p, a.Judge(p), b.Judge(p))
			}
		}
	})
}

// drawPackets makes packets among the addresses of drawTable.
func drawPackets(t *rapid.T, c *filter.Compiled) (all []filter.Packet) {
	v4 := []string{
		"100.64.0.2", "100.64.0.3", "10.0.0.4", "10.0.0.5", "203.0.113.9", "198.18.0.10", "198.18.0.11", "198.18.0.12", "198.18.0.13",
	}
	v6 := []string{"2001:db8:a::9", "2001:db8:f::1", "2001:db8:f::2"}
	for range 20 {
		of := rapid.SampledFrom([][]string{v4, v4, v4, v6}).Draw(t, "family")
		from, to := rapid.SampledFrom(of).Draw(t, "from"), rapid.SampledFrom(of).Draw(t, "to")
		p := filter.Packet{
			From: netip.MustParseAddr(from), Written: netip.MustParseAddr(to),
			Protocol: rapid.SampledFrom([]uint8{1, 6, 17, 47, 50, 51, 58}).Draw(t, "protocol"),
		}
		if p.Protocol == 6 || p.Protocol == 17 {
			p.Port = rapid.SampledFrom([]uint16{1, 3, 5, 7, 9, 500}).Draw(t, "port")
		}
		p.Real = c.Translate(p.Written)
		all = append(all, p)
	}
	return all
}

// One thing that changes is one thing that is sent.
func TestSmallChangesAreSmall(t *testing.T) {
	base := tables()["ports"]
	for i := range 1000 {
		base.Ports = append(base.Ports, plan.Port{
			NIC: plan.ID(fmt.Sprintf("%032x", i+1)), Network: netA, Address: fmt.Sprintf("100.64.%d.%d", 1+i/250, 1+i%250),
			Public: []plan.PublicAddr{{Address: fmt.Sprintf("198.18.%d.%d", 1+i/250, 1+i%250), Policy: linux}},
		})
	}
	have := programOf(t, base)
	change := func(f func(*Table)) (string, bool) {
		table := base
		table.Ports, table.Policies = slices.Clone(base.Ports), maps.Clone(base.Policies)
		f(&table)
		return programOf(t, table).delta(have)
	}
	policy := "policy_" + string(linux)
	for name, c := range map[string]struct {
		change  func(*Table)
		lines   []string
		narrows bool
	}{
		"a port": {func(t *Table) {
			t.Ports = append(t.Ports, plan.Port{NIC: nic3, Network: netB, Address: "10.0.0.9"})
		}, []string{
			"add element inet vgabcd inward4 { 10.0.0.9 . 10.0.0.9 : goto unguarded }",
			`add element inet vgabcd ports4 { "inbb000000" . 10.0.0.9 }`, "add element inet vgabcd privates { 10.0.0.9 }",
		}, false},
		"a policy": {func(t *Table) { t.Policies[linux] = plan.Policy{Rules: []plan.Rule{{Allow: true, Protocol: "icmp"}}} }, []string{
			"flush chain inet vgabcd " + policy, "add rule inet vgabcd " + policy + " jump router",
			"add rule inet vgabcd " + policy + " meta l4proto { 1, 58 } accept", "add rule inet vgabcd " + policy + " drop",
		}, true},
		"an address that is blocked": {func(t *Table) {
			t.Ports[500].Public = []plan.PublicAddr{{Address: t.Ports[500].Public[0].Address, Policy: linux, BlockIn: true}}
		}, []string{
			"delete element inet vgabcd inward4 { 100.64.2.249 . 100.64.2.249 : goto " + policy +
				", 198.18.2.249 . 100.64.2.249 : goto " + policy + " }",
			"add element inet vgabcd inward4 { 100.64.2.249 . 100.64.2.249 : drop, 198.18.2.249 . 100.64.2.249 : drop }",
		}, true},
		"a rule of the router": {func(t *Table) { t.Router.Rules = []plan.Rule{{Protocol: "gre"}} }, []string{
			"flush chain inet vgabcd router", "add rule inet vgabcd router meta l4proto { 47 } drop",
		}, true},
	} {
		script, narrows := change(c.change)
		if d := cmp.Diff(strings.Join(c.lines, "\n")+"\n", script); d != "" || narrows != c.narrows {
			t.Errorf("%s: narrows %v\n%s", name, narrows, d)
		}
	}
}
