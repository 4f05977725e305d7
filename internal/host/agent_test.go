package host_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

func TestEnsuresInOrder(t *testing.T) {
	r := newRig(t)
	r.take(world(1, plan.On)...)
	r.run()
	if g := r.guest(7); !g.Running || g.Boot != 1 {
		t.Fatalf("guest = %+v", g)
	}
	first := map[string]int{}
	for i, c := range r.order {
		if _, seen := first[c]; !seen {
			first[c] = i
		}
	}
	for i := 1; i < len(plan.Kinds); i++ {
		before, after := "ensure "+string(plan.Kinds[i-1]), "ensure "+string(plan.Kinds[i])
		if first[before] > first[after] {
			t.Errorf("%s came after %s: %v", before, after, r.order)
		}
	}
}

func TestRemovesInReverse(t *testing.T) {
	r := newRig(t)
	docs := world(1, plan.On)
	r.take(docs...)
	r.run()
	r.order = nil
	slices.Reverse(docs) // what is used first
	for _, d := range docs {
		r.take(plan.Document{Kind: d.Kind, ID: d.ID, Generation: d.Generation + 1, Absent: true})
	}
	r.run()
	var want []string
	for _, k := range plan.Kinds {
		want = append([]string{"remove " + string(k)}, want...)
	}
	if got := slices.DeleteFunc(slices.Clone(r.order),
		func(s string) bool { return strings.HasPrefix(s, "ensure") }); !slices.Equal(got, want) {
		t.Errorf("removed %v, want %v", got, want)
	}
	if d := r.machine.Dump(); d != "" {
		t.Errorf("left over:\n%s", d)
	}
	r.open()
	for ref, rep := range r.reports(true) {
		if !rep.Gone() {
			t.Errorf("%s is not reported gone: %+v", ref, rep)
		}
	}
}

func TestWaitsWithReason(t *testing.T) {
	for _, tc := range []struct {
		lacks int // index into world
		waits plan.Ref
		says  string
	}{
		{1, ref(plan.KindVM, 7), "waits for volume"},
		{3, ref(plan.KindPort, 5), "waits for policy"},
		{4, ref(plan.KindPort, 5), "waits for router"},
		{5, ref(plan.KindRouter, 3), "waits for network"},
		{6, ref(plan.KindVolume, 6), "waits for image"},
	} {
		t.Run(tc.waits.String()+" "+tc.says, func(t *testing.T) {
			r := newRig(t)
			docs := world(1, plan.On)
			late := docs[tc.lacks]
			r.take(slices.Delete(docs, tc.lacks, tc.lacks+1)...)
			r.run()
			r.open()
			rep := r.reports(true)[tc.waits]
			if rep.Status.Ready || !strings.Contains(rep.Status.Reason, tc.says) {
				t.Fatalf("status = %+v", rep.Status)
			}
			if g, ok := r.machine.Guest(id(7)); ok && g.Running {
				t.Error("the guest runs without what it needs")
			}
			before := r.now
			r.take(late)
			r.run()
			if !r.guest(7).Running {
				t.Error("not running after the missing document came")
			}
			if waited := r.now.Sub(before); waited > time.Second {
				t.Errorf("nobody woke the waiter: it took %v", waited)
			}
		})
	}
}

func TestRemovalWaitsForUsers(t *testing.T) {
	r := newRig(t)
	r.take(world(1, plan.On)...)
	r.run()
	// The next generation does not name the volume any more, but it cannot
	// be carried out, so the old process still has the disk open.
	r.machine.Inject(fake.Fault{Kind: plan.KindVM, Mode: fake.Fail})
	r.take(doc(plan.KindVM, 7, 2, &plan.VM{Name: "web", Boot: 1, Power: plan.On, Image: id(1), NICs: []plan.NIC{{ID: id(8), Network: id(2)}}}))
	r.take(doc(plan.KindVolume, 6, 2, nil))
	check := func(when string) {
		t.Helper()
		r.run()
		if _, err := r.machine.ReadDisk(id(6)); err != nil {
			t.Fatalf("%s: the disk was removed under a running guest: %v", when, err)
		}
	}
	check("same process")
	r.start()
	r.machine.Inject(fake.Fault{Kind: plan.KindVM, Mode: fake.Fail})
	check("after a restart")
	r.machine.ClearFaults()
	r.now = r.now.Add(time.Minute)
	r.run()
	if _, err := r.machine.ReadDisk(id(6)); err == nil {
		t.Error("the disk stays for ever")
	}
}

func TestOlderGenerationRefused(t *testing.T) {
	r := newRig(t)
	r.take(doc(plan.KindNetwork, 2, 5, &plan.Network{VNI: 5}))
	err := r.agent.Take(doc(plan.KindNetwork, 2, 4, &plan.Network{VNI: 4}))
	if !errors.Is(err, host.ErrOlder) {
		t.Fatalf("err = %v", err)
	}
	r.start()
	if err := r.agent.Take(doc(plan.KindNetwork, 2, 4, nil)); !errors.Is(err, host.ErrOlder) {
		t.Fatalf("after a restart: err = %v", err)
	}
	r.run()
	if d := r.machine.Dump(); !strings.Contains(d, `"vni":5`) {
		t.Errorf("machine: %s", d)
	}
}

func TestBadDocuments(t *testing.T) {
	r := newRig(t)
	for _, d := range []plan.Document{
		{Kind: "cat", ID: id(1), Generation: 1},
		{Kind: plan.KindVM, ID: "../../etc/passwd", Generation: 1},
		{Kind: plan.KindVM, ID: plan.ID(strings.ToUpper(string(id(10)))), Generation: 1},
		{Kind: plan.KindVM, ID: id(1)},
	} {
		if err := r.agent.Take(d); err == nil {
			t.Errorf("took %+v", d)
		}
	}
	d := doc(plan.KindVM, 1, 1, &plan.VM{})
	d.Body = []byte(`{"vcpu":"many"}`)
	r.take(d)
	r.run()
	r.open()
	if st := r.reports(true)[d.Ref()].Status; !st.Failed || st.Ready {
		t.Errorf("an unreadable document: %+v", st)
	}
}

func TestRestartCarriesOutEverythingAgain(t *testing.T) {
	r := newRig(t)
	r.take(world(1, plan.On)...)
	r.run()
	starts := r.guest(7).Starts
	if err := r.machine.Kill(id(7)); err != nil {
		t.Fatal(err)
	}
	r.order = nil
	r.start()
	r.run()
	for _, k := range plan.Kinds {
		if !slices.Contains(r.order, "ensure "+string(k)) {
			t.Errorf("%s was not carried out again: %v", k, r.order)
		}
	}
	if g := r.guest(7); !g.Running || len(g.Starts) != len(starts)+1 {
		t.Errorf("the dead guest was not started again: %+v", g)
	}
	r.start()
	r.run()
	if g := r.guest(7); len(g.Starts) != len(starts)+1 {
		t.Errorf("a running guest was started again: %+v", g)
	}
}

func TestReportsUntilConfirmed(t *testing.T) {
	r := newRig(t)
	r.open()
	r.take(doc(plan.KindNetwork, 2, 1, &plan.Network{VNI: 1}))
	net := ref(plan.KindNetwork, 2)
	if rep, ok := r.reports(false)[net]; !ok || rep.Generation != 1 || rep.Acknowledged != 0 {
		t.Fatalf("taken: %+v %v", rep, ok)
	}
	r.run()
	for range 3 { // the replies are lost
		if rep := r.reports(false)[net]; rep.Acknowledged != 1 || !rep.Status.Ready {
			t.Fatalf("carried out: %+v", rep)
		}
	}
	r.reports(true)
	if left := r.reports(false); len(left) != 0 {
		t.Errorf("confirmed and said again: %v", left)
	}
	// A reply to a request that was given up confirms nothing.
	r.take(doc(plan.KindNetwork, 2, 2, &plan.Network{VNI: 2}))
	old := r.agent.Request(0)
	r.run()
	r.reports(false)
	r.apply(old, plan.Reply{Session: 1})
	if rep := r.reports(true)[net]; rep.Acknowledged != 2 {
		t.Errorf("a late reply confirmed what it did not answer: %+v", rep)
	}
	// And what happened during an exchange is not confirmed by it.
	r.take(doc(plan.KindNetwork, 2, 3, &plan.Network{VNI: 3}))
	req := r.agent.Request(0)
	r.run()
	r.apply(req, plan.Reply{Session: 1})
	if rep := r.reports(true)[net]; rep.Acknowledged != 3 {
		t.Errorf("what happened meanwhile got lost: %+v", rep)
	}
}

func TestDropAfterConfirm(t *testing.T) {
	r := newRig(t)
	r.open()
	r.take(doc(plan.KindNetwork, 2, 1, &plan.Network{VNI: 1}))
	r.run()
	r.take(doc(plan.KindNetwork, 2, 2, nil))
	r.run()
	if names, _ := r.folder.List(); !slices.Contains(names, "network/"+string(id(2))) {
		t.Fatalf("dropped before it was confirmed: %v", names)
	}
	drop := func(generation int64) {
		r.apply(r.agent.Request(0), plan.Reply{
			Session: 1, Drop: []plan.Held{{Kind: plan.KindNetwork, ID: id(2), Generation: generation, Absent: true}},
		})
	}
	drop(1)
	if names, _ := r.folder.List(); !slices.Contains(names, "network/"+string(id(2))) {
		t.Fatal("dropped for an older generation")
	}
	drop(2)
	if names, _ := r.folder.List(); slices.Contains(names, "network/"+string(id(2))) {
		t.Fatal("not dropped")
	}
	drop(2)
	r.take(doc(plan.KindNetwork, 2, 3, &plan.Network{VNI: 3}))
	drop(2)
	drop(3)
	r.run()
	if r.machine.Dump() == "" {
		t.Error("a late drop took a present document")
	}
}

func TestOrphansReportedNotTouched(t *testing.T) {
	r := newRig(t)
	r.take(world(1, plan.On)...)
	r.run()
	r.folder = fake.NewMemory() // all documents are lost
	r.start()
	before := r.machine.Dump()
	r.run()
	r.open()
	req := r.agent.Request(0)
	if req.Orphans == nil || len(*req.Orphans) != len(plan.Kinds) {
		t.Fatalf("orphans = %v", req.Orphans)
	}
	r.now = r.now.Add(time.Hour)
	r.run()
	if after := r.machine.Dump(); after != before {
		t.Errorf("orphans were touched:\nbefore %s\nafter  %s", before, after)
	}
	r.apply(req, plan.Reply{Session: 1})
	if req := r.agent.Request(0); req.Orphans != nil {
		t.Error("said again though nothing changed")
	}
	r.agent.Disconnect()
	r.open() // to somebody who may never have heard of them
	req = r.agent.Request(0)
	if req.Orphans == nil || len(*req.Orphans) != len(plan.Kinds) {
		t.Errorf("a new session is not told: %v", req.Orphans)
	}
	r.apply(req, plan.Reply{Session: 1})
	// An order decides.
	r.take(doc(plan.KindVM, 7, 9, nil))
	r.now = r.now.Add(time.Hour)
	r.run()
	if _, ok := r.machine.Guest(id(7)); ok {
		t.Error("an order did not remove the orphan")
	}
	if req := r.agent.Request(0); req.Orphans == nil || len(*req.Orphans) != len(plan.Kinds)-1 {
		t.Errorf("orphans = %v", req.Orphans)
	}
}

func TestBackoffAndFairness(t *testing.T) {
	r := newRig(t)
	r.machine.Inject(fake.Fault{Kind: plan.KindNetwork, ID: id(2), Mode: fake.Fail, Reason: "no space"})
	r.machine.Inject(fake.Fault{Kind: plan.KindNetwork, ID: id(3), Mode: fake.Stall})
	for n := 2; n < 10; n++ {
		r.take(doc(plan.KindNetwork, n, 1, &plan.Network{VNI: n}))
	}
	for range 40 { // the stalled one is due at once, always
		r.agent.Step(context.Background())
		r.now = r.now.Add(time.Nanosecond)
	}
	for n := 4; n < 10; n++ {
		if !strings.Contains(r.machine.Dump(), string(id(n))) {
			t.Errorf("network %d starved", n)
		}
	}
	r.machine.ClearFaults()
	tries := 0
	r.machine.Hook = func(c fake.Call) *fake.Fault {
		if c.Op == fake.OpEnsure && c.Ref.ID == id(2) {
			tries++
			return &fake.Fault{Mode: fake.Fail, Reason: "no space"}
		}
		return nil
	}
	start := r.now
	for r.now.Sub(start) < 10*time.Minute {
		if worked, next := r.agent.Step(context.Background()); !worked {
			r.now = r.now.Add(max(next, time.Millisecond))
		}
	}
	if tries < 20 || tries > 40 {
		t.Errorf("%d tries in ten minutes", tries)
	}
	r.open()
	if st := r.reports(true)[ref(plan.KindNetwork, 2)].Status; !strings.Contains(st.Reason, "no space") {
		t.Errorf("status = %+v", st)
	}
	r.machine.Hook = nil
	r.now = r.now.Add(time.Minute)
	r.run()
	if st := r.reports(true)[ref(plan.KindNetwork, 2)].Status; !st.Ready {
		t.Errorf("did not recover: %+v", st)
	}
}

func TestGuestOffAndDeadHypervisor(t *testing.T) {
	r := newRig(t)
	r.take(world(1, plan.On)...)
	r.run()
	r.open()
	r.reports(true)
	if err := r.machine.ShutDown(id(7)); err != nil {
		t.Fatal(err)
	}
	r.now = r.now.Add(3 * time.Second)
	r.run()
	if vm := r.reports(true)[ref(plan.KindVM, 7)].Status.VM; vm == nil || !vm.GuestOff || vm.Running || vm.Boot != 1 {
		t.Fatalf("seen = %+v", vm)
	}
	if r.guest(7).Running {
		t.Fatal("the guest's own power-off was fought")
	}
	r.take(world(2, plan.On)[0])
	r.run()
	if g := r.guest(7); !g.Running || g.Boot != 2 {
		t.Fatalf("guest = %+v", g)
	}
	if err := r.machine.Kill(id(7)); err != nil {
		t.Fatal(err)
	}
	r.now = r.now.Add(3 * time.Second)
	r.run()
	if vm := r.reports(true)[ref(plan.KindVM, 7)].Status.VM; vm == nil || !vm.Running || vm.Restarts != 1 {
		t.Errorf("seen = %+v", vm)
	}
}

func TestStandDown(t *testing.T) {
	r := newRig(t)
	r.take(world(1, plan.On)...)
	r.run()
	req := r.agent.Request(0)
	r.apply(req, plan.Reply{StandDown: true})
	r.start() // a restart in the middle changes nothing
	r.run()
	if g, ok := r.machine.Guest(id(7)); ok {
		t.Errorf("still there: %+v", g)
	}
	if _, err := r.machine.ReadDisk(id(6)); err != nil {
		t.Errorf("the disk is gone: %v", err)
	}
	dump := r.machine.Dump()
	for _, k := range []plan.Kind{plan.KindNetwork, plan.KindRouter, plan.KindPort} {
		if strings.Contains(dump, `"kind":"`+string(k)+`"`) {
			t.Errorf("a %s is left", k)
		}
	}
	if err := r.agent.Take(world(2, plan.On)[0]); err == nil {
		t.Error("took an order while standing down")
	}
	if names, _ := r.folder.List(); !slices.Equal(names, []string{"link/mark"}) {
		t.Errorf("files: %v", names)
	}
	if req := r.agent.Request(time.Minute); req.Wait != 60_000 || r.agent.Pressing() {
		t.Errorf("it does not wait to be wanted again: %+v, pressing %v", req, r.agent.Pressing())
	}
	// Taken back into service: it starts as an empty host with orphans.
	r.open()
	r.open()
	r.take(doc(plan.KindNetwork, 2, 1, &plan.Network{VNI: 1}))
	r.now = r.now.Add(time.Hour)
	r.run()
	req = r.agent.Request(0)
	if req.Orphans == nil || len(*req.Orphans) != 2 {
		t.Errorf("orphans = %v", req.Orphans)
	}
}

// It does so at once, and not when the agent starts the next time.
func TestStandDownAtOnce(t *testing.T) {
	r := newRig(t)
	r.take(world(1, plan.On)...)
	r.run()
	r.apply(r.agent.Request(0), plan.Reply{StandDown: true})
	r.run()
	if g, ok := r.machine.Guest(id(7)); ok {
		t.Errorf("still there: %+v", g)
	}
}

// What comes while a step is made is not lost with it: a newer document is carried out,
// and what was said to be looked at is looked at again.
func TestNewsDuringAStep(t *testing.T) {
	for name, c := range map[string]struct {
		news func(r *rig)
		vni  string
	}{
		"document": {func(r *rig) { r.take(doc(plan.KindNetwork, 2, 2, &plan.Network{VNI: 2})) }, `"vni":2`},
		"look":     {func(r *rig) { r.agent.Look(ref(plan.KindNetwork, 2)) }, `"vni":1`},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.open()
			steps := 0
			r.machine.Hook = func(call fake.Call) *fake.Fault {
				if call.Op == fake.OpEnsure {
					if steps++; steps == 1 {
						c.news(r)
					}
				}
				return nil
			}
			r.take(doc(plan.KindNetwork, 2, 1, &plan.Network{VNI: 1}))
			for steps == 0 {
				if worked, _ := r.agent.Step(t.Context()); !worked {
					t.Fatal("nothing to do")
				}
			}
			if rep := r.reports(false)[ref(plan.KindNetwork, 2)]; rep.Status.Ready && rep.Acknowledged < rep.Generation {
				t.Errorf("the document before it counts for it: %+v", rep)
			}
			r.run()
			if steps != 2 {
				t.Errorf("%d steps, not 2", steps)
			}
			if d := r.machine.Dump(); !strings.Contains(d, c.vni) {
				t.Errorf("no %s in %s", c.vni, d)
			}
		})
	}
}

func TestAdoptOnlyWithTheWholeTruth(t *testing.T) {
	r := newRig(t)
	r.take(world(1, plan.On)...)
	r.run()
	r.start()
	hello := r.agent.Request(0)
	if len(hello.Hello.Held) != 7 {
		t.Fatalf("held = %v", hello.Hello.Held)
	}
	r.apply(hello, plan.Reply{Session: 4, Adopt: true, Incarnation: "two"})
	if req := r.agent.Request(0); req.Adopt != nil || len(req.Reports) != 0 {
		t.Fatalf("told before it looked: %+v", req)
	}
	r.run()
	req := r.agent.Request(0)
	if req.Adopt == nil || len(req.Adopt.Documents) != 7 {
		t.Fatalf("adopt = %+v", req.Adopt)
	}
	for _, d := range req.Adopt.Documents {
		if !d.Status.Ready || d.Acknowledged != d.Generation || len(d.Body) == 0 {
			t.Errorf("%s: %+v", d.Ref(), d)
		}
	}
	r.apply(req, plan.Reply{Session: 4, Incarnation: "two"})
	r.start()
	if h := r.agent.Request(0).Hello; h.Incarnation != "two" {
		t.Errorf("after a restart it obeys %q", h.Incarnation)
	}
}
