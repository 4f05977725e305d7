package nft

import (
	"flag"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/virga-cloud/virga/internal/filter"
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

// render compiles a table and writes it as a whole.
func render(t testing.TB, table Table) (string, []string) {
	t.Helper()
	c, err := filter.Compile(table)
	if err != nil {
		t.Fatal(err)
	}
	return build(golden, c).whole(), c.Waits
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
		ID: nic1, MAC: "02:AA:00:00:00:01", Addresses: []string{"100.64.0.10", "100.64.0.9", "2001:db8::1", "100.64.0.10", "2001:db8:0::1"},
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

// A card whose addresses are no addresses gets no guard.
func TestCardRefused(t *testing.T) {
	for _, nic := range []plan.NIC{{}, {MAC: "02:00:00:00:00"}, {MAC: "02:00:00:00:00:01", Addresses: []string{"10.0.0.1/24"}}} {
		if _, err := (&Guards{In: golden}).script(nic1, nic); err == nil {
			t.Errorf("card %+v: no error", nic)
		}
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
		c, err := filter.Compile(table)
		if err != nil {
			return
		}
		text := build(golden, c).whole()
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
