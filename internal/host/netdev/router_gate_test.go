package netdev_test

import (
	"os/exec"
	"testing"
)

// A router whose rules were flushed by somebody lets nothing through, in any
// direction, from that moment on; repairing it opens it again.
func TestFlushedRulesCloseTheRouter(t *testing.T) {
	l := newLab(t)
	o := l.outsider("198.18.0.99/16")
	o.serve(80)
	a := l.guest(networkA, "100.64.0.10", public("198.18.0.10")).known()
	b := l.guest(networkA, "100.64.0.11", public("198.18.0.11")).known()
	c := l.guest(networkB, "10.0.0.7").known()
	o.configureRoute("100.64.0.0/16", "198.18.0.5")
	o.configureRoute("10.0.0.0/24", "198.18.0.5")
	for _, g := range []*guest{a, b, c} {
		g.serve(22)
	}
	open := func() {
		t.Helper()
		a.reaches("198.18.0.99:80", "198.18.0.10")
		o.reaches("198.18.0.10:22", "198.18.0.99")
		a.reaches("100.64.0.11:22", "100.64.0.10")
		c.reaches("198.18.0.99:80", "198.18.0.5")
	}
	open()
	must(t, l.in.Netns("r", l.id).Do(func() error { return exec.CommandContext(t.Context(), "nft", "flush", "ruleset").Run() }))
	for name, try := range map[string]func(){
		"from outside to a card":       func() { o.blocked("100.64.0.10:22") },
		"from outside to a plain card": func() { o.blocked("10.0.0.7:22") },
		"between networks":             func() { c.blocked("100.64.0.10:22") },
		"between cards of one network": func() { a.blocked("100.64.0.11:22") },
		"outwards":                     func() { a.blocked("198.18.0.99:80") },
	} {
		t.Run(name, func(*testing.T) { try() })
	}
	l.apply()
	open()
	// The same again changes nothing.
	before := rulesOf(t, l)
	l.apply()
	if after := rulesOf(t, l); after != before {
		t.Errorf("the rules changed:\n%s\n%s", before, after)
	}
}

func rulesOf(t *testing.T, l *lab) string {
	t.Helper()
	var out []byte
	must(t, l.in.Netns("r", l.id).Do(func() (err error) {
		out, err = exec.CommandContext(t.Context(), "ip", "rule").Output()
		return err
	}))
	return string(out)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
