package netdev_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/nft"
	"github.com/virga-cloud/virga/internal/plan"
)

// flood sends datagrams at a steady rate until it is stopped, from one socket (one
// conversation, or the same forbidden packet again) or each from a socket of its own.
type flood struct {
	sent  int
	since time.Time
	stop  func() *flood
}

// burst is how many datagrams are sent at once at most: more than the kernel queues
// between two namespaces would be lost on the way, and not by a rule.
const burst = 50

func (g *guest) flood(to []string, perSecond int, fresh bool) *flood {
	g.lab.t.Helper()
	var targets []net.Addr
	for _, a := range to {
		targets = append(targets, net.UDPAddrFromAddrPort(netip.MustParseAddrPort(a)))
	}
	open := func() (c net.PacketConn, err error) {
		err = g.ns.Do(func() (err error) {
			c, err = net.ListenPacket("udp4", "0.0.0.0:0")
			return err
		})
		return c, err
	}
	c, err := open()
	if err != nil {
		g.lab.t.Fatal(err)
	}
	f := &flood{since: time.Now()}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	f.stop = sync.OnceValue(func() *flood {
		cancel()
		done.Wait()
		return f
	})
	g.lab.t.Cleanup(func() { f.stop() })
	done.Go(func() {
		defer func() { _ = c.Close() }()
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			due := int(time.Since(f.since).Seconds() * float64(perSecond))
			for n := 0; f.sent < due && n < burst; n++ {
				if fresh {
					next, err := open()
					if err != nil {
						continue
					}
					_ = c.Close()
					c = next
				}
				if _, err := c.WriteTo([]byte("x"), targets[f.sent%len(targets)]); err == nil {
					f.sent++
				}
			}
		}
	})
	return f
}

// counts makes a guest count the datagrams that arrive on ports, in the kernel, and say
// no word about them.
func (g *guest) counts(ports ...int) func(port int) int {
	g.lab.t.Helper()
	script := "table inet seen {\n"
	for _, p := range ports {
		script += fmt.Sprintf("counter p%d { }\n", p)
	}
	script += "chain in { type filter hook prerouting priority -400; policy accept;\n"
	for _, p := range ports {
		script += fmt.Sprintf("udp dport %d counter name p%d drop\n", p, p)
	}
	run := func(args string, in string) (out []byte) {
		err := g.ns.Do(func() (err error) {
			cmd := exec.Command("nft", strings.Fields(args)...)
			cmd.Stdin = strings.NewReader(in)
			out, err = cmd.CombinedOutput()
			return err
		})
		if err != nil {
			g.lab.t.Fatalf("nft %s: %v: %s", args, err, out)
		}
		return out
	}
	run("-f -", script+"}\n}\n")
	return func(port int) int {
		g.lab.t.Helper()
		m := regexp.MustCompile(`packets (\d+)`).FindSubmatch(run(fmt.Sprintf("list counter inet seen p%d", port), ""))
		if m == nil {
			g.lab.t.Fatal("no counter")
		}
		n, _ := strconv.Atoi(string(m[1]))
		return n
	}
}

// While rules change, policies are bound and unbound, cards come and go, and the driver
// is killed and started again, no packet passes that was forbidden all the time, and none
// is lost that was allowed all the time. Gaps and losses made on purpose are seen.
func TestNothingSlipsThrough(t *testing.T) {
	changes := 200
	if testing.Short() {
		changes = 40
	}
	l := newLab(t)
	o := l.outsider("198.18.0.99/16")
	const forbidden, talk, begin = 1000, 2000, 2001 // ports
	udp := func(port uint16) plan.Rule {
		return plan.Rule{Allow: true, Protocol: "udp", Ports: []plan.Span{{From: port, To: port}}}
	}
	l.policies[policyLinux] = plan.Policy{Rules: []plan.Rule{udp(talk), udp(begin)}}
	a := l.guest(networkA, "100.64.0.10", public("198.18.0.10"), public("198.18.0.11"), public("198.18.0.12")).known()
	seen := a.counts(forbidden, talk, begin)

	other := plan.ID("dd0000000000000000000000000000d4")
	spec := func(i int) nft.Table {
		s := nft.Table{Router: l.router.Router, Policies: map[plan.ID]plan.Policy{}}
		// A policy in use gets other rules, the new ones in another order.
		rules := []plan.Rule{udp(begin), udp(talk), {Protocol: "udp", Ports: []plan.Span{{From: uint16(3000 + i), To: uint16(3000 + i)}}}}
		if i%2 == 0 {
			rules = []plan.Rule{udp(talk), {Protocol: "tcp", Sources: []string{"203.0.113.0/24"}}, udp(begin)}
		}
		s.Policies[policyLinux] = plan.Policy{Rules: rules}
		s.Policies[other] = plan.Policy{Rules: []plan.Rule{udp(uint16(4000 + i))}}
		// The router's rules change in every third, the bindings in each.
		s.Router.Rules = []plan.Rule{{Protocol: "udp", Ports: []plan.Span{{From: uint16(5000 + i/3), To: uint16(5000 + i/3)}}}}
		p := a.port
		p.Public = []plan.PublicAddr{{Address: "198.18.0.10", Policy: policyLinux}}
		switch i % 4 {
		case 0:
			p.Public = append(p.Public, plan.PublicAddr{Address: "198.18.0.11", Policy: other})
		case 1:
			p.Public = append(p.Public, plan.PublicAddr{Address: "198.18.0.11"}, plan.PublicAddr{Address: "198.18.0.12", Policy: other})
		case 2:
			p.Public = append(p.Public, plan.PublicAddr{Address: "198.18.0.11", Policy: policyLinux, BlockIn: true})
		}
		s.Ports = []plan.Port{p}
		if i%5 > 0 { // another card comes and goes, with an address that was this one's
			s.Ports = append(s.Ports, plan.Port{
				NIC: plan.ID(strings.Repeat("7", 32)), Network: networkB, Address: "10.0.0.77",
				Public: []plan.PublicAddr{{Address: "198.18.0.13", Policy: policyLinux}},
			})
		}
		return s
	}
	d := l.tables
	ensure := func(s nft.Table) {
		t.Helper()
		ready(t, d, l.id, s)
	}
	ensure(spec(0))
	arrived := func(what string, f *flood, port int, want func(got int) bool) {
		t.Helper()
		got := 0
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("%d of %d datagrams of %s arrived", got, f.sent, what)
			}
		})
		waitFor(t, fmt.Sprintf("%d datagrams of %s", f.sent, what), func() bool {
			got = seen(port)
			return want(got)
		})
	}

	bad := o.flood([]string{"198.18.0.10:1000", "198.18.0.11:1000", "198.18.0.12:1000"}, 10_000, false)
	word := o.flood([]string{"198.18.0.10:2000"}, 2000, false)
	fresh := o.flood([]string{"198.18.0.10:2001"}, 500, true)
	for i := range changes {
		if i%20 == 7 { // the agent dies somewhere in the middle, and comes back
			ctx, kill := context.WithTimeout(t.Context(), time.Duration(i%9)*time.Millisecond)
			_, _ = d.Ensure(ctx, l.id, spec(i))
			kill()
			d = &nft.Tables{In: l.in}
		}
		if i%20 == 14 {
			d = &nft.Tables{In: l.in} // between two changes
		}
		ensure(spec(i))
	}
	bad.stop()
	word.stop()
	fresh.stop()
	took := time.Since(bad.since)
	t.Logf("%d changes in %v: %d forbidden datagrams (%.0f a second), %d of one conversation, %d that began one",
		changes, took.Round(time.Millisecond), bad.sent, float64(bad.sent)/took.Seconds(), word.sent, fresh.sent)
	if n := seen(forbidden); n != 0 {
		t.Errorf("%d forbidden datagrams arrived", n)
	}
	arrived("a conversation", word, talk, func(got int) bool { return got == word.sent })
	arrived("new conversations", fresh, begin, func(got int) bool { return got == fresh.sent })

	// The control: a gap is opened on purpose for one change, and closed by the next.
	open := spec(0)
	open.Policies[policyLinux] = plan.Policy{Rules: []plan.Rule{udp(talk), udp(begin), udp(forbidden)}}
	closed := spec(0)
	closed.Policies[policyLinux] = plan.Policy{}
	bad = o.flood([]string{"198.18.0.10:1000"}, 10_000, false)
	ensure(open)
	waitFor(t, "a gap to be seen", func() bool { return seen(forbidden) > 0 })
	ensure(spec(0))
	before := 0 // the conversation that began in the gap has ended with it
	waitFor(t, "what was on its way", func() bool {
		before = seen(forbidden)
		return before == seen(forbidden)
	})
	sent := func() int { return seen(forbidden) - before }
	word = o.flood([]string{"198.18.0.10:2000"}, 2000, false)
	was := seen(talk)
	waitFor(t, "a conversation to begin", func() bool { return seen(talk) > was })
	ensure(closed)
	ensure(spec(0))
	if n := sent(); n != 0 {
		t.Errorf("%d datagrams arrived after the gap was closed", n)
	}
	waitFor(t, "a conversation to begin again", func() bool { return seen(talk) > was })
	word.stop()
	if n := seen(talk) - was; n >= word.sent {
		t.Errorf("%d of %d datagrams arrived although the address was closed in between", n, word.sent)
	}
	bad.stop()
}
