package nft_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/nft"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

const (
	netA  = plan.ID("aa0000000000000000000000000000a1")
	netB  = plan.ID("bb0000000000000000000000000000b2")
	nic1  = plan.ID("11000000000000000000000000000001")
	linux = plan.ID("cc0000000000000000000000000000c3")
)

func TestMain(m *testing.M) { os.Exit(drivertest.Main(m, missing(), "nft.")) }

// missing is what this machine lacks for the tests, empty for nothing.
func missing() string {
	if os.Getuid() != 0 {
		return "network namespaces need root"
	}
	if _, err := exec.LookPath("nft"); err != nil {
		return "nft(8) is not installed"
	}
	return ""
}

func needNft(t testing.TB) {
	t.Helper()
	if why := missing(); why != "" {
		t.Skip("skipped:", why)
	}
}

func namespaces(in sys.Installation) (all []sys.Netns) {
	found, _ := filepath.Glob(filepath.Join(sys.NetnsDir, in.Prefix()+"-*"))
	for _, p := range found {
		all = append(all, sys.Netns(filepath.Base(p)))
	}
	return all
}

func sweep(t testing.TB, in sys.Installation) {
	for _, ns := range namespaces(in) {
		if err := ns.Delete(); err != nil {
			t.Error(err)
		}
	}
}

// rules is what nft itself shows of a namespace; handles tell a rule from
// the same rule loaded again.
func rules(t testing.TB, ns sys.Netns, handles bool) string {
	var out bytes.Buffer
	args := []string{"-s", "list", "ruleset"}
	if handles {
		args = slices.Insert(args, 0, "-a")
	}
	err := ns.Do(func() error {
		cmd := exec.Command("nft", args...)
		cmd.Stdout, cmd.Stderr = &out, &out
		return cmd.Run()
	})
	if err != nil {
		t.Fatalf("nft list: %v: %s", err, out.String())
	}
	if handles {
		return out.String()
	}
	return nft.InOrder(out.String())
}

func show(t testing.TB, in sys.Installation, handles bool) string {
	var b strings.Builder
	for _, ns := range namespaces(in) {
		forward, _ := ns.Sysctl("net/ipv4/ip_forward")
		fmt.Fprintf(&b, "%s forward=%s\n%s", ns, forward, rules(t, ns, handles))
	}
	return b.String()
}

func setup(letter string, ids ...plan.ID) func(testing.TB, sys.Installation) {
	return func(t testing.TB, in sys.Installation) {
		t.Cleanup(func() { sweep(t, in) })
		for _, id := range ids {
			if err := in.Netns(letter, id).Create(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// foreign are tables of somebody else in the very namespace.
func foreign(letter string, id plan.ID) func(testing.TB, sys.Installation) func() string {
	return func(t testing.TB, in sys.Installation) func() string {
		ns := in.Netns(letter, id)
		for _, table := range []string{"inet vg0000", "bridge vg0000", "inet " + in.Prefix() + "x"} {
			apply(t, ns, "table "+table+" { chain stamp { }; }\n")
		}
		return func() string {
			all := rules(t, ns, true)
			var mine []string
			for _, table := range []string{"inet vg0000", "bridge vg0000", "inet " + in.Prefix() + "x"} {
				mine = append(mine, regexp.MustCompile(`table `+table+` \{.*`).FindString(all))
			}
			return strings.Join(mine, "\n")
		}
	}
}

func apply(t testing.TB, ns sys.Netns, script string) {
	t.Helper()
	err := ns.Do(func() error {
		cmd := exec.Command("nft", "-f", "-")
		cmd.Stdin = strings.NewReader(script)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func table() nft.Table {
	return nft.Table{
		Router: plan.Router{
			Outside: []plan.Outside{{Address: "198.18.0.5/16", Gateway: "198.18.0.1"}},
			Legs:    []plan.Leg{{Network: netA, Address: "100.64.0.1/16", Isolated: true}, {Network: netB, Address: "10.0.0.1/24"}},
		},
		Ports: []plan.Port{
			{NIC: nic1, Network: netA, Address: "100.64.0.10", Public: []plan.PublicAddr{{Address: "198.18.0.10", Policy: linux}}},
		},
		Policies: map[plan.ID]plan.Policy{
			linux: {Rules: []plan.Rule{{Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: 22, To: 22}}}}},
		},
	}
}

// The table lies in the router's namespace, whose id is the suite's choice;
// so Spec makes the namespace where it is missing.
func TestTable(t *testing.T) {
	needNft(t)
	tablesOf := func(in sys.Installation) (left []string) {
		for _, ns := range namespaces(in) {
			var out []byte
			_ = ns.Do(func() (err error) {
				out, err = exec.Command("nft", "list", "tables").Output()
				return err
			})
			if strings.Contains(string(out), "table inet "+in.Prefix()+"\n") {
				left = append(left, string(ns))
			}
			if v, _ := ns.Sysctl("net/ipv4/ip_forward"); v == "1" {
				left = append(left, string(ns)+" forwards")
			}
		}
		return left
	}
	drivertest.Run(t, drivertest.Config[nft.Table]{
		Points: []string{"nft.table.", "nft.forward."},
		New:    func(_ testing.TB, in sys.Installation) plan.Driver[nft.Table] { return &nft.Tables{In: in} },
		Setup:  setup("n", netA),
		Spec: func(in sys.Installation, id plan.ID) nft.Table {
			_ = in.Netns("r", id).Create()
			return table()
		},
		Update: func(sys.Installation, plan.ID) nft.Table {
			s := table()
			s.Policies[linux] = plan.Policy{Rules: []plan.Rule{{Allow: true, Protocol: "icmp"}}}
			s.Ports[0].Public = append(s.Ports[0].Public, plan.PublicAddr{Address: "198.18.0.11", BlockIn: true})
			return s
		},
		Fingerprint: func(t testing.TB, in sys.Installation) string { return show(t, in, true) },
		State:       func(t testing.TB, in sys.Installation) string { return show(t, in, false) },
		Leftovers:   tablesOf,
		Foreign:     foreign("n", netA),
		Damage: map[string]func(testing.TB, sys.Installation, plan.ID){
			"table lost":  func(t testing.TB, in sys.Installation, id plan.ID) { apply(t, in.Netns("r", id), "flush ruleset\n") },
			"router lost": func(_ testing.TB, in sys.Installation, id plan.ID) { _ = in.Netns("r", id).Delete() },
			"stamp lost": func(t testing.TB, in sys.Installation, id plan.ID) {
				apply(t, in.Netns("r", id), "flush chain inet "+in.Prefix()+" stamp\n")
			},
			"forward lost": func(t testing.TB, in sys.Installation, id plan.ID) { forwardOff(t, in.Netns("r", id)) },
		},
	})
}

func forwardOff(t testing.TB, ns sys.Netns) {
	err := ns.Do(func() error { return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("0"), 0o644) })
	if err != nil {
		t.Fatal(err)
	}
}

func TestGuard(t *testing.T) {
	needNft(t)
	cards := func(in sys.Installation) (left []string) {
		for _, ns := range namespaces(in) {
			var out []byte
			_ = ns.Do(func() (err error) {
				out, err = exec.Command("nft", "list", "ruleset").Output()
				return err
			})
			for _, m := range regexp.MustCompile(`(?m)(chain card_\S+|goto card_\S+)`).FindAllString(string(out), -1) {
				left = append(left, string(ns)+" "+m)
			}
		}
		return left
	}
	// Another card stays in the table: its rules may not be touched.
	neighbour := plan.NIC{ID: nic1, Network: netA, MAC: "02:00:00:00:00:11", Addresses: []string{"100.64.0.11"}}
	prepare := setup("n", netA, netB)
	drivertest.Run(t, drivertest.Config[plan.NIC]{
		Points: []string{"nft.guard."},
		New:    func(_ testing.TB, in sys.Installation) plan.Driver[plan.NIC] { return only{&nft.Guards{In: in}} },
		Setup: func(t testing.TB, in sys.Installation) {
			prepare(t, in)
			// Both networks have had a guard: the empty table is the network's.
			for _, n := range []plan.ID{netA, netB} {
				spec := neighbour
				spec.Network = n
				if st, err := (&nft.Guards{In: in}).Ensure(context.Background(), nic1, spec); err != nil || !st.Ready {
					t.Fatalf("neighbour: %+v, %v", st, err)
				}
			}
		},
		Spec: func(_ sys.Installation, id plan.ID) plan.NIC {
			return plan.NIC{ID: id, Network: netB, MAC: "02:00:00:00:00:01", Addresses: []string{"10.0.0.7"}}
		},
		Update: func(_ sys.Installation, id plan.ID) plan.NIC {
			return plan.NIC{ID: id, Network: netA, MAC: "02:00:00:00:00:01", Addresses: []string{"100.64.0.10", "100.64.0.12"}}
		},
		// Every load makes the two shared rules anew, with new handles; a
		// repeat loads nothing, and that is what the handles are for.
		Fingerprint: func(t testing.TB, in sys.Installation) string { return show(t, in, true) },
		State:       func(t testing.TB, in sys.Installation) string { return show(t, in, false) },
		Leftovers:   cards,
		Foreign:     foreign("n", netA),
		Damage: map[string]func(testing.TB, sys.Installation, plan.ID){
			"rules lost": func(t testing.TB, in sys.Installation, id plan.ID) {
				apply(t, in.Netns("n", netB), "flush chain bridge "+in.Prefix()+" card_"+string(id)+"\n")
			},
			"element lost": func(t testing.TB, in sys.Installation, id plan.ID) {
				card := "card_" + string(id)
				apply(t, in.Netns("n", netB), fmt.Sprintf("delete element bridge %s cards { %q : goto %s }\nflush chain bridge %s %s\n",
					in.Prefix(), in.Link("t", id), card, in.Prefix(), card))
			},
		},
	})
}

// only hides the neighbour from the suite, which made it itself.
type only struct{ *nft.Guards }

func (o only) List(ctx context.Context) ([]plan.ID, error) {
	ids, err := o.Guards.List(ctx)
	return slices.DeleteFunc(ids, func(id plan.ID) bool { return id == nic1 }), err
}

func TestTableWaits(t *testing.T) {
	needNft(t)
	in, id := drivertest.NewInstallation(t), drivertest.NewID()
	t.Cleanup(func() { sweep(t, in) })
	d, ctx := &nft.Tables{In: in}, context.Background()
	if st, err := d.Ensure(ctx, id, table()); err != nil || st.Ready || st.Failed || !strings.Contains(st.Reason, string(id)) {
		t.Errorf("without the router: %+v, %v", st, err)
	}
	if st, err := (&nft.Guards{In: in}).Ensure(ctx, nic1, plan.NIC{ID: nic1, Network: netA, MAC: "02:00:00:00:00:01"}); err != nil ||
		st.Ready || st.Failed || st.Reason == "" {
		t.Errorf("without the network: %+v, %v", st, err)
	}
	if err := in.Netns("r", id).Create(); err != nil {
		t.Fatal(err)
	}
	spec := table()
	spec.Policies = nil
	for range 2 {
		st, err := d.Ensure(ctx, id, spec)
		if err != nil || st.Ready || st.Failed || !strings.Contains(st.Reason, string(linux)) {
			t.Errorf("without the policy: %+v, %v", st, err)
		}
	}
	if text := rules(t, in.Netns("r", id), false); !strings.Contains(text, "100.64.0.10") {
		t.Errorf("the rest is not loaded while a policy is missing:\n%s", text)
	}
	spec.Router.Rules = []plan.Rule{{Protocol: "sctp"}}
	if st, err := d.Ensure(ctx, id, spec); err != nil || !st.Failed {
		t.Errorf("a protocol that nobody knows: %+v, %v", st, err)
	}
}

// A thousand cards behind one router are still one quick step.
func TestTableLarge(t *testing.T) {
	needNft(t)
	in, id := drivertest.NewInstallation(t), drivertest.NewID()
	t.Cleanup(func() { sweep(t, in) })
	if err := in.Netns("r", id).Create(); err != nil {
		t.Fatal(err)
	}
	spec := table()
	for i := range 1000 {
		spec.Ports = append(spec.Ports, plan.Port{
			NIC: drivertest.NewID(), Network: netA, Address: fmt.Sprintf("100.64.%d.%d", 1+i/250, 1+i%250),
			Public: []plan.PublicAddr{{Address: fmt.Sprintf("198.19.%d.%d", 1+i/250, 1+i%250), Policy: linux}},
		})
	}
	ctx, cancel := context.WithTimeout(context.Background(), drivertest.Limit)
	defer cancel()
	d := &nft.Tables{In: in}
	start := time.Now()
	if st, err := d.Ensure(ctx, id, spec); err != nil || !st.Ready {
		t.Fatalf("%+v, %v", st, err)
	}
	loaded := time.Since(start)
	start = time.Now()
	if st, err := d.Ensure(ctx, id, spec); err != nil || !st.Ready {
		t.Fatalf("%+v, %v", st, err)
	}
	t.Logf("loaded in %v, repeated in %v", loaded, time.Since(start))
	if n := strings.Count(rules(t, in.Netns("r", id), false), "198.19."); n < 2000 {
		t.Errorf("%d mentions of public addresses", n)
	}
}

// large is a router with many ports and policies.
func large(ports, policies int) nft.Table {
	spec := table()
	spec.Ports, spec.Policies = nil, map[plan.ID]plan.Policy{}
	for i := range policies {
		p := plan.Policy{}
		for n := range 10 {
			from := uint16(1000*n + i)
			p.Rules = append(p.Rules, plan.Rule{
				Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: from, To: from + 10}}, Sources: []string{"198.18.0.0/15"},
			})
		}
		spec.Policies[plan.ID(fmt.Sprintf("%032x", i))] = p
	}
	for i := range ports {
		spec.Ports = append(spec.Ports, plan.Port{
			NIC: plan.ID(fmt.Sprintf("%032x", i)), Network: netA, Address: fmt.Sprintf("100.64.%d.%d", 1+i/250, 1+i%250),
			Public: []plan.PublicAddr{{
				Address: fmt.Sprintf("198.19.%d.%d", 1+i/250, 1+i%250), Policy: plan.ID(fmt.Sprintf("%032x", i%policies)),
			}},
		})
	}
	return spec
}

// What a machine more costs behind a small router and a large one: the bar is 20 ms for
// both.
func BenchmarkOnePort(b *testing.B) {
	needNft(b)
	for _, ports := range []int{10, 1000} {
		b.Run(fmt.Sprint(ports), func(b *testing.B) {
			in, id := drivertest.NewInstallation(b), drivertest.NewID()
			b.Cleanup(func() { sweep(b, in) })
			if err := in.Netns("r", id).Create(); err != nil {
				b.Fatal(err)
			}
			d := &nft.Tables{In: in}
			ensure := func(spec nft.Table) {
				if st, err := d.Ensure(b.Context(), id, spec); err != nil || !st.Ready {
					b.Fatalf("%+v, %v", st, err)
				}
			}
			ensure(large(ports, 50))
			specs := make([]nft.Table, 40) // a port more each time
			for i := range specs {
				specs[i] = large(ports+1+i, 50)
			}
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				if i > 0 && i%len(specs) == 0 {
					b.StopTimer()
					ensure(large(ports, 50))
					b.StartTimer()
				}
				ensure(specs[i%len(specs)])
			}
		})
	}
}
