package host_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// What somebody takes away under a running machine comes back within seconds, not
// when its turn comes, and is told.
func TestRealMachineIsRepaired(t *testing.T) {
	r := newRealRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.real.Watch(ctx, r.agent.Look) }()
	defer func() { cancel(); <-ended }()
	r.take(small()...)
	r.until("everything ready", allReady(6))
	p, _ := r.in.VMProcess(id(7))
	run := func(ns sys.Netns, command ...string) {
		t.Helper()
		out, err := exec.Command("nsenter", append([]string{"--net=" + ns.Path()}, command...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v: %s", command, err, out)
		}
	}
	// Looked at by itself it would be up to a minute later.
	soon := func(what string, kind plan.Kind, n int, want func(plan.Status) bool) {
		t.Helper()
		begin := time.Now()
		r.until(what, func(all map[plan.Ref]plan.Report) bool { return want(all[ref(kind, n)].Status) })
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("%s took %v", what, took)
		}
	}
	mended := func(text string) func(plan.Status) bool {
		return func(st plan.Status) bool { return st.Mended != nil && strings.Contains(st.Mended.What, text) }
	}
	network, router := r.in.Netns("n", id(2)), r.in.Netns("r", id(3))
	lost := func(st plan.Status) bool { return !st.Ready && strings.Contains(st.Reason, "lost its network") }

	run(router, "nft", "flush", "ruleset")
	soon("the rules of the router", plan.KindRouter, 3, mended("rules of the router"))
	if rules := r.rules(); !strings.Contains(rules, "198.18.0.9") {
		t.Errorf("rules\n%s", rules)
	}
	run(network, "nft", "flush", "ruleset")
	soon("the guard of the card", plan.KindVM, 7, mended("guard of card"))

	run(network, "ip", "link", "del", r.in.Link("t", id(8)))
	soon("the lost tap", plan.KindVM, 7, lost) // its guest, which is none, does not let it be plugged anew
	if q, _ := r.in.VMProcess(id(7)); q != p {
		t.Fatal("the machine was restarted")
	}
	reboot := small()[0]
	vm, err := reboot.Decode()
	if err != nil {
		t.Fatal(err)
	}
	again := func(boot int64) {
		t.Helper()
		vm.(*plan.VM).Boot = boot
		r.take(doc(plan.KindVM, 7, boot, vm))
		soon("the reboot", plan.KindVM, 7, func(st plan.Status) bool { return st.Ready && st.VM.Boot == boot })
	}
	again(2)

	if err := network.Delete(); err != nil {
		t.Fatal(err)
	}
	soon("the network", plan.KindNetwork, 2, mended("network namespace"))
	soon("the lost tap", plan.KindVM, 7, lost)
	again(3)
	r.until("the router's leg in the new network", func(map[plan.Ref]plan.Report) bool {
		return exec.Command("nsenter", "--net="+network.Path(), "ip", "link", "show", r.in.Link("l", id(3))).Run() == nil
	})
}

// A namespace of a router that somebody takes away is heard of when it
// happens; the next look by itself may be a minute later.
func TestNamespaceTakenAwayIsHeard(t *testing.T) {
	r := newRealRig(t)
	heard := make(chan plan.Ref, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	r.take(small()...)
	r.until("everything ready", allReady(6))
	go func() { ended <- r.real.Watch(ctx, func(ref plan.Ref) { heard <- ref; r.agent.Look(ref) }) }()
	defer func() { cancel(); <-ended }()
	for _, c := range []struct {
		ns   sys.Netns
		want plan.Ref
	}{
		{r.in.Netns("r", id(3)), ref(plan.KindRouter, 3)},
	} {
		// Until Watch listens, what is taken away is not heard: it is made and taken away again.
		for found, tries := false, 0; !found; tries++ {
			if tries == 600 {
				t.Fatalf("that %s was taken away is not heard", c.ns)
			}
			if err := c.ns.Create(); err != nil {
				t.Fatal(err)
			}
			if err := c.ns.Delete(); err != nil {
				t.Fatal(err)
			}
			select {
			case got := <-heard:
				found = got == c.want
			case <-time.After(100 * time.Millisecond):
			}
		}
		r.until("it is there again", func(all map[plan.Ref]plan.Report) bool { return all[c.want].Status.Ready && c.ns.Exists() })
	}
}
