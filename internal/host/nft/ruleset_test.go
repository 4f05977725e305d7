package nft

import (
	"flag"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

var write = flag.Bool("write", false, "write the golden files anew")

const (
	netA  = plan.ID("aa0000000000000000000000000000a1")
	netB  = plan.ID("bb0000000000000000000000000000b2")
	nic1  = plan.ID("11000000000000000000000000000001")
	nic2  = plan.ID("22000000000000000000000000000002")
	nic3  = plan.ID("33000000000000000000000000000003")
	linux = plan.ID("cc0000000000000000000000000000c3")
)

var golden = sys.Installation{Tag: "abcd"}

func router() plan.Router {
	return plan.Router{
		Outside: []plan.Outside{{Address: "198.18.0.5/16", Gateway: "198.18.0.1"}},
		Legs: []plan.Leg{
			{Network: netA, Address: "100.64.0.1/16", Isolated: true, DHCP: true},
			{Network: netB, Address: "10.0.0.1/24"},
		},
		Up: true,
	}
}

func linuxPolicy() plan.Policy {
	var p plan.Policy
	for _, port := range []uint16{22, 80, 443, 8443, 8447} {
		p.Rules = append(p.Rules, plan.Rule{Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: port, To: port}}})
	}
	return p
}

func tables() map[string]Table {
	one := plan.Port{NIC: nic1, Network: netA, Address: "100.64.0.10", Public: []plan.PublicAddr{
		{Address: "198.18.0.10", Policy: linux}, {Address: "198.18.0.11"}, {Address: "198.18.0.12", Policy: linux, BlockIn: true},
	}}
	plain := plan.Port{NIC: nic2, Network: netB, Address: "10.0.0.7"}
	odd := router()
	odd.Rules = []plan.Rule{
		{Protocol: "any", Sources: []string{"203.0.113.0/24", "203.0.113.7", "2001:db8::/32"}, Log: true},
		{
			Allow: true, Protocol: "tcp/udp",
			Ports: []plan.Span{{From: 53, To: 53}, {From: 100, To: 200}, {From: 150, To: 300}, {From: 301, To: 301}}, Destination: "10.0.0.0/24",
		},
		{Allow: true, Protocol: "ipsec", Destination: "198.18.0.10"},
		{Allow: true, Protocol: "icmp", Sources: []string{"0.0.0.0/0"}, Destination: "0.0.0.0/0"},
		{Allow: true, Protocol: "udp", Sources: []string{"::/0"}},
		{Protocol: "gre", Sources: []string{"198.18.0.10"}},
		{Protocol: "esp"},
		{Protocol: "ah"},
		{Allow: true, Protocol: "tcp", Log: true},
	}
	return map[string]Table{
		"empty":  {},
		"router": {Router: router()},
		"ports":  {Router: router(), Ports: []plan.Port{plain, one}, Policies: map[plan.ID]plan.Policy{linux: linuxPolicy()}},
		"rules":  {Router: odd, Ports: []plan.Port{one}, Policies: map[plan.ID]plan.Policy{linux: {}}},
	}
}

// render compiles and checks that the real nft takes the text.
func render(t testing.TB, table Table) (string, []string) {
	t.Helper()
	rs, err := compile(golden, table)
	if err != nil {
		t.Fatal(err)
	}
	text, err := rs.text()
	if err != nil {
		t.Fatal(err)
	}
	return text, rs.waits
}

func TestGolden(t *testing.T) {
	for name, table := range tables() {
		t.Run(name, func(t *testing.T) {
			got, waits := render(t, table)
			if len(waits) != 0 {
				t.Errorf("waits for %v", waits)
			}
			same(t, filepath.Join("testdata", name+".nft"), got)
		})
	}
	card, err := (&Guards{In: golden}).script(nic1, plan.NIC{
		ID: nic1, MAC: "02:AA:00:00:00:01", Addresses: []string{"100.64.0.10", "100.64.0.9", "fe80::1", "100.64.0.10"},
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, filepath.Join("testdata", "card.nft"), card)
}

func same(t *testing.T, file, got string) {
	t.Helper()
	if *write {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (write anew with -write):\n%s", file, d)
	}
}

// The order of ports and of a map must not make another ruleset: it would be
// loaded, and connections looked through, at every step.
func TestTextIsStable(t *testing.T) {
	table := tables()["ports"]
	want, _ := render(t, table)
	for range 20 {
		slices.Reverse(table.Ports)
		table.Policies = map[plan.ID]plan.Policy{netA: {}, linux: linuxPolicy(), netB: {}}
		if got, _ := render(t, table); got != want {
			t.Fatal(cmp.Diff(want, got))
		}
	}
}

func TestContested(t *testing.T) {
	table := tables()["ports"]
	thief := plan.Port{NIC: nic3, Network: netA, Address: "100.64.0.77", Public: []plan.PublicAddr{{Address: "198.18.0.10"}}}
	table.Ports = append(table.Ports, thief)
	text, waits := render(t, table)
	if len(waits) != 1 || !strings.Contains(waits[0], "198.18.0.10") {
		t.Errorf("waits: %v", waits)
	}
	if strings.Contains(text, "198.18.0.10 :") || strings.Contains(text, ": 198.18.0.10\n") {
		t.Errorf("a contested address is still somebody's:\n%s", text)
	}
	if !strings.Contains(text, "198.18.0.11 : 100.64.0.10") || !strings.Contains(text, "100.64.0.77") {
		t.Errorf("what is not contested is gone:\n%s", text)
	}
	thief.Address, thief.Public = "10.0.0.7", nil
	thief.Network = netB
	table.Ports[len(table.Ports)-1] = thief
	text, waits = render(t, table)
	if len(waits) != 1 || strings.Contains(text, ". 10.0.0.7") {
		t.Errorf("two cards have one private address: %v\n%s", waits, text)
	}
}

func TestMissingPolicyIsClosed(t *testing.T) {
	table := tables()["ports"]
	table.Policies = nil
	text, waits := render(t, table)
	if len(waits) != 1 || !strings.Contains(waits[0], string(linux)) {
		t.Errorf("waits: %v", waits)
	}
	if !strings.Contains(text, "chain policy_"+string(linux)+" {\n\t}") {
		t.Errorf("the missing policy is not an empty chain:\n%s", text)
	}
}

func TestRefused(t *testing.T) {
	spoil := map[string]func(*Table){
		"protocol": func(t *Table) { t.Router.Rules = []plan.Rule{{Protocol: "sctp"}} },
		"source": func(t *Table) {
			t.Router.Rules = []plan.Rule{{Protocol: "tcp", Sources: []string{"all; flush ruleset"}}}
		},
		"destination": func(t *Table) { t.Router.Rules = []plan.Rule{{Protocol: "tcp", Destination: "10.0.0.0/33"}} },
		"private":     func(t *Table) { t.Ports[0].Address = "10.0.0.7/24" },
		"public":      func(t *Table) { t.Ports[1].Public = []plan.PublicAddr{{Address: "::1"}} },
		"outside":     func(t *Table) { t.Router.Outside[0].Address = "198.18.0.5" },
		"policy id":   func(t *Table) { t.Ports[1].Public[0].Policy = "x { }" },
		"leg id":      func(t *Table) { t.Router.Legs[0].Network = "short" },
		"policy":      func(t *Table) { t.Policies[linux] = plan.Policy{Rules: []plan.Rule{{Protocol: "x"}}} },
	}
	for name, f := range spoil {
		table := tables()["ports"]
		f(&table)
		rs, err := compile(golden, table)
		if err == nil {
			_, err = rs.text()
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, nic := range []plan.NIC{{}, {MAC: "02:00:00:00:00"}, {MAC: "02:00:00:00:00:01", Addresses: []string{"10.0.0.1/24"}}} {
		if _, err := (&Guards{In: golden}).script(nic1, nic); err == nil {
			t.Errorf("card %+v: no error", nic)
		}
	}
}

// Merged ranges hold the same ports, in order, apart from each other.
func TestSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) plan.Span {
			return plan.Span{From: uint16(rapid.IntRange(0, 40).Draw(t, "from")), To: uint16(rapid.IntRange(0, 40).Draw(t, "to"))}
		}), 1, 6).Draw(t, "spans")
		want := map[int]bool{}
		for _, s := range in {
			for p := min(s.From, s.To); p <= max(s.From, s.To); p++ {
				want[int(p)] = true
			}
		}
		got, last := map[int]bool{}, -2
		for part := range strings.SplitSeq(spans(in), ", ") {
			from, to := 0, 0
			if n, _ := fmt.Sscanf(part, "%d-%d", &from, &to); n == 1 {
				to = from
			}
			if from <= last+1 {
				t.Fatalf("%v became %s", in, spans(in))
			}
			for p := from; p <= to; p++ {
				got[p] = true
			}
			last = to
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
	if s := spans([]plan.Span{{From: 0, To: 65535}, {From: 1, To: 1}}); s != "0-65535" {
		t.Errorf("all ports became %s", s)
	}
}

// FuzzText: whatever stands in a document, the text is refused or is one that
// nft takes; nothing gets through as nft's own language.
func FuzzText(f *testing.F) {
	f.Add("tcp", "10.0.0.0/8", "198.18.0.10", uint16(1), uint16(9), "100.64.0.10", true)
	f.Add("any", "0.0.0.0/0", "", uint16(9), uint16(1), "100.64.0.1", false)
	f.Add("tcp", "1.1.1.1 } accept ; flush ruleset", "", uint16(9), uint16(1), "100.64.0.1", false)
	if _, err := exec.LookPath("nft"); err != nil {
		f.Skip("skipped: nft(8) is not installed")
	}
	f.Fuzz(func(t *testing.T, protocol, source, destination string, from, to uint16, public string, allow bool) {
		rule := plan.Rule{
			Allow: allow, Protocol: protocol, Sources: []string{source, "192.0.2.0/24"}, Destination: destination,
			Ports: []plan.Span{{From: from, To: to}, {From: 7, To: 7}}, Log: !allow,
		}
		table := tables()["ports"]
		table.Router.Rules = []plan.Rule{rule}
		table.Policies[linux] = plan.Policy{Rules: []plan.Rule{rule, rule}}
		table.Ports[1].Public[0].Address = public
		rs, err := compile(golden, table)
		if err != nil {
			return
		}
		text, err := rs.text()
		if err != nil {
			return
		}
		if _, err := netip.ParseAddr(public); err != nil {
			t.Fatalf("public address %q was taken", public)
		}
		cmd := exec.Command("nft", "-c", "-f", "-")
		cmd.Stdin = strings.NewReader(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("nft refuses: %s\n%s", out, text)
		}
	})
}
