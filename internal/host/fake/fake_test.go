package fake_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// rig drives the fake through an agent, since that hands it its view.
type rig struct {
	t       testing.TB
	now     time.Time
	disk    host.Folder
	machine *fake.Machine
	agent   *host.Agent
	gen     map[plan.Ref]int64
}

func newRig(t testing.TB) *rig {
	r := &rig{t: t, now: time.Unix(1_700_000_000, 0), disk: fake.NewMemory(), gen: map[plan.Ref]int64{}}
	r.open()
	var err error
	r.agent, err = host.New(context.Background(), host.Options{Tag: "t35t", Folder: fake.NewMemory(), Machine: r.machine, Now: r.clock})
	if err != nil {
		t.Fatal(err)
	}
	r.apply(r.agent.Request(0), plan.Reply{Session: 1})
	return r
}

func (r *rig) clock() time.Time { return r.now }

func (r *rig) open() {
	r.t.Helper()
	var err error
	if r.machine, err = fake.New(fake.Options{Folder: r.disk, Now: r.clock}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) apply(req plan.Request, reply plan.Reply) {
	r.t.Helper()
	if _, err := r.agent.Apply(req, reply); err != nil {
		r.t.Fatal(err)
	}
}

// want orders a body (nil = absent) and steps until nothing is due soon; the
// answer is the status reported last.
func (r *rig) want(kind plan.Kind, n int, body any) plan.Status {
	r.t.Helper()
	ref := plan.Ref{Kind: kind, ID: id(n)}
	r.order(kind, n, body)
	return r.settle()[ref].Status
}

func (r *rig) order(kind plan.Kind, n int, body any) {
	r.t.Helper()
	ref := plan.Ref{Kind: kind, ID: id(n)}
	r.gen[ref]++
	d := plan.Document{Kind: kind, ID: id(n), Generation: r.gen[ref], Absent: body == nil}
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			r.t.Fatal(err)
		}
		d.Body = b
	}
	if err := r.agent.Take(d); err != nil {
		r.t.Fatal(err)
	}
}

// settle steps until nothing is due within two seconds.
func (r *rig) settle() map[plan.Ref]plan.Report {
	r.t.Helper()
	all := map[plan.Ref]plan.Report{}
	for range 100_000 {
		worked, next := r.agent.Step(context.Background())
		req := r.agent.Request(0)
		for _, rep := range req.Reports {
			all[rep.Ref()] = rep
		}
		r.apply(req, plan.Reply{Session: 1})
		if !worked {
			if next > 1900*time.Millisecond {
				return all
			}
			r.now = r.now.Add(next)
		}
	}
	r.t.Fatal("does not come to rest")
	return nil
}

func (r *rig) content(n int) map[string]string {
	r.t.Helper()
	c, err := r.machine.ReadDisk(id(n))
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

func (r *rig) writeDisk(n int, key, value string) {
	r.t.Helper()
	if err := r.machine.WriteDisk(id(n), key, value); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) guest(n int) fake.Guest {
	r.t.Helper()
	g, _ := r.machine.Guest(id(n))
	return g
}

func id(n int) plan.ID { return plan.ID(fmt.Sprintf("%032x", n)) }

func vm(boot int64, change ...func(*plan.VM)) *plan.VM {
	v := &plan.VM{Name: "web", Boot: boot, Power: plan.On, VCPU: 2, Cores: 1, RAM: 1024, Volumes: []plan.Attach{{Volume: id(2)}}}
	for _, c := range change {
		c(v)
	}
	return v
}

func disk(change ...func(*plan.Volume)) *plan.Volume {
	v := &plan.Volume{Size: 1 << 30, Layer: "0", Create: true, VM: id(1)}
	for _, c := range change {
		c(v)
	}
	return v
}

func layers(layer string, snapshots ...string) func(*plan.Volume) {
	return func(v *plan.Volume) { v.Layer, v.Snapshots, v.Create = layer, snapshots, false }
}

func TestPower(t *testing.T) {
	r := newRig(t)
	r.want(plan.KindVolume, 2, disk())
	if st := r.want(plan.KindVM, 1, vm(1)); !st.Ready || !st.VM.Running || st.VM.Boot != 1 || st.VM.VCPU != 2 || st.VM.RAM != 1024 {
		t.Fatalf("on: %+v %+v", st, st.VM)
	}
	off := func(v *plan.VM) { v.Power = plan.Off }
	if st := r.want(plan.KindVM, 1, vm(1, off)); !st.Ready || st.VM.Running || st.VM.GuestOff {
		t.Errorf("off: %+v %+v", st, st.VM)
	}
	if st := r.want(plan.KindVM, 1, vm(2)); !st.VM.Running || st.VM.Boot != 2 || st.VM.Restarts != 0 {
		t.Errorf("on again: %+v", st.VM)
	}
	if st := r.want(plan.KindVM, 1, vm(5)); st.VM.Boot != 5 {
		t.Errorf("reboot: %+v", st.VM)
	}
	if g := r.guest(1); fmt.Sprint(g.Starts) != "[1 2 5]" {
		t.Errorf("starts = %v", g.Starts)
	}
	// A counter that is behind (a database from a backup) reboots nothing.
	r.want(plan.KindVM, 1, vm(3))
	if g := r.guest(1); len(g.Starts) != 3 || g.Boot != 5 {
		t.Errorf("guest = %+v", g)
	}
}

func TestSoftStop(t *testing.T) {
	r := newRig(t)
	r.want(plan.KindVolume, 2, disk())
	r.want(plan.KindVM, 1, vm(1))
	if err := r.machine.Deafen(id(1), true); err != nil {
		t.Fatal(err)
	}
	soft := func(v *plan.VM) { v.Power, v.Soft, v.Grace = plan.Off, true, 30 }
	start := r.now
	if st := r.want(plan.KindVM, 1, vm(1, soft)); !st.Ready || st.VM.Running {
		t.Errorf("soft stop: %+v", st)
	}
	if took := r.now.Sub(start); took < 30*time.Second || took > 35*time.Second {
		t.Errorf("a deaf guest was given %v", took)
	}
	r.want(plan.KindVM, 1, vm(2))
	if err := r.machine.Deafen(id(1), false); err != nil {
		t.Fatal(err)
	}
	start = r.now
	r.want(plan.KindVM, 1, vm(2, soft))
	if took := r.now.Sub(start); took > 5*time.Second || r.guest(1).Running {
		t.Errorf("a guest that hears took %v", took)
	}
}

func TestResize(t *testing.T) {
	r := newRig(t)
	r.want(plan.KindVolume, 2, disk())
	r.want(plan.KindVM, 1, vm(1))
	size := func(cpu, ram int, restart bool) func(*plan.VM) {
		return func(v *plan.VM) { v.VCPU, v.RAM, v.Restart = cpu, ram, restart }
	}
	if st := r.want(plan.KindVM, 1, vm(1, size(4, 2048, false))); st.VM.VCPU != 4 || st.VM.RAM != 2048 || len(r.guest(1).Starts) != 1 {
		t.Errorf("hot: %+v", st.VM)
	}
	if st := r.want(plan.KindVM, 1, vm(1, size(1, 512, false))); st.VM.VCPU != 4 || !st.Ready || !strings.Contains(st.Reason, "next boot") {
		t.Errorf("less without leave: %+v %+v", st, st.VM)
	}
	if st := r.want(plan.KindVM, 1, vm(1, size(1, 512, true))); st.VM.VCPU != 1 || st.VM.RAM != 512 || st.VM.Restarts != 0 || st.VM.Boot != 1 {
		t.Errorf("less with leave: %+v", st.VM)
	}
	if st := r.want(plan.KindVolume, 2, disk(func(v *plan.Volume) { v.Size = 5 << 30 })); st.Volume.Size != 5<<30 {
		t.Errorf("grow: %+v", st.Volume)
	}
	if st := r.want(plan.KindVolume, 2, disk(func(v *plan.Volume) { v.Size = 1 << 30 })); st.Volume.Size != 5<<30 {
		t.Errorf("a disk shrank: %+v", st.Volume)
	}
}

// A card is plugged into a running machine when its network is there, and taken away again.
func TestCardsComeAndGo(t *testing.T) {
	r := newRig(t)
	r.want(plan.KindVolume, 2, disk())
	r.want(plan.KindVM, 1, vm(1))
	with := func(v *plan.VM) { v.NICs = []plan.NIC{{ID: id(5), Network: id(6)}} }
	if st := r.want(plan.KindVM, 1, vm(1, with)); st.Ready || !strings.Contains(st.Reason, "network") || len(r.guest(1).NICs) != 0 {
		t.Errorf("without its network: %+v, %v", st, r.guest(1).NICs)
	}
	r.want(plan.KindNetwork, 6, &plan.Network{VNI: 6})
	r.now = r.now.Add(10 * time.Second)
	r.settle()
	if g := r.guest(1); len(g.NICs) != 1 || len(g.Starts) != 1 {
		t.Errorf("with its network: %+v", g)
	}
	if st := r.want(plan.KindVM, 1, vm(1)); !st.Ready || len(r.guest(1).NICs) != 0 {
		t.Errorf("taken away: %+v, %v", st, r.guest(1).NICs)
	}
}

func TestVolumesMove(t *testing.T) {
	r := newRig(t)
	r.want(plan.KindVolume, 2, disk())
	r.want(plan.KindVolume, 3, disk(func(v *plan.Volume) { v.VM = id(4) }))
	r.want(plan.KindVM, 1, vm(1))
	both := func(v *plan.VM) { v.Volumes = append(v.Volumes, plan.Attach{Volume: id(3)}) }
	if st := r.want(plan.KindVM, 1, vm(1, both)); len(r.guest(1).Volumes) != 2 {
		// Attached hot, once it is meant for this machine; the driver waits.
		t.Logf("not attached yet: %+v", st)
	}
	r.want(plan.KindVolume, 3, disk())
	if st := r.settle()[plan.Ref{Kind: plan.KindVolume, ID: id(3)}].Status; len(r.guest(1).Volumes) != 2 {
		t.Fatalf("guest = %+v, volume = %+v", r.guest(1), st)
	}
	// Ordered to another machine while this one still has it open.
	r.order(plan.KindVolume, 3, disk(func(v *plan.Volume) { v.VM = id(4) }))
	if st := r.settle()[plan.Ref{Kind: plan.KindVolume, ID: id(3)}].Status; st.Ready || st.Volume.HeldBy != id(1) {
		t.Errorf("taken from under a process: %+v", st)
	}
	r.want(plan.KindVM, 1, vm(1))
	r.now = r.now.Add(10 * time.Second)
	if st := r.settle()[plan.Ref{Kind: plan.KindVolume, ID: id(3)}].Status; !st.Ready || st.Volume.HeldBy != "" {
		t.Errorf("not released: %+v", st)
	}
}

func TestSnapshotRestoreReinstall(t *testing.T) {
	r := newRig(t)
	r.want(plan.KindImage, 9, &plan.Image{Format: "virga"})
	image := func(v *plan.Volume) { v.Image = id(9) }
	r.want(plan.KindVolume, 2, disk(image))
	r.want(plan.KindVM, 1, vm(1))
	r.writeDisk(2, "file", "one")
	r.want(plan.KindVolume, 2, disk(image, layers("A", "A")))
	r.writeDisk(2, "file", "two")
	r.writeDisk(2, "more", "x")
	st := r.want(plan.KindVolume, 2, disk(image, layers("B", "A", "B")))
	if !st.Ready || st.Volume.Layer != "B" || fmt.Sprint(st.Volume.Snapshots) != "[A B]" {
		t.Fatalf("volume = %+v", st.Volume)
	}
	r.writeDisk(2, "file", "three")
	if len(r.guest(1).Starts) != 1 {
		t.Error("a snapshot stopped the machine")
	}

	// Back to A: the machine is stopped for it and started again.
	r.want(plan.KindVolume, 2, disk(image, layers("A.1", "A", "B")))
	r.settle()
	want := map[string]string{"image": string(id(9)), "file": "one"}
	if c := r.content(2); !maps.Equal(c, want) {
		t.Errorf("restored = %v", c)
	}
	if g := r.guest(1); !g.Running || len(g.Starts) != 2 {
		t.Errorf("guest = %+v", g)
	}
	// And to B, which stands on what A was taken of.
	r.want(plan.KindVolume, 2, disk(image, layers("B.1", "A", "B")))
	if c := r.content(2); c["file"] != "two" || c["more"] != "x" {
		t.Errorf("restored = %v", c)
	}
	// A point that nobody names is merged; the leaf stays as it was.
	r.writeDisk(2, "file", "four")
	if st := r.want(plan.KindVolume, 2, disk(image, layers("B.1", "B"))); fmt.Sprint(st.Volume.Snapshots) != "[B]" {
		t.Errorf("snapshots = %v", st.Volume.Snapshots)
	}
	if c := r.content(2); c["file"] != "four" || c["more"] != "x" || c["image"] != string(id(9)) {
		t.Errorf("after a merge = %v", c)
	}
	// A wish that was overtaken destroys nothing.
	if st := r.want(plan.KindVolume, 2, disk(image, layers("A", "A"))); !st.Failed || r.content(2)["file"] != "four" {
		t.Errorf("an old wish: %+v, %v", st, r.content(2))
	}
	r.want(plan.KindVolume, 2, disk(image, layers("r5e", "B")))
	if c := r.content(2); len(c) != 1 || c["image"] != string(id(9)) {
		t.Errorf("reinstalled = %v", c)
	}
	// Like a real machine it keeps an image under a disk, whoever orders it away.
	if st, err := r.machine.Remove(context.Background(), plan.Ref{Kind: plan.KindImage, ID: id(9)}, host.View{}); err != nil || st.Ready {
		t.Errorf("removed the image under a disk: %+v, %v", st, err)
	}
	r.want(plan.KindVolume, 2, disk(image, layers("B.2", "B")))
	if c := r.content(2); c["file"] != "two" {
		t.Errorf("restored after a reinstall = %v", c)
	}
}

func TestClone(t *testing.T) {
	r := newRig(t)
	r.want(plan.KindVolume, 2, disk())
	r.writeDisk(2, "file", "one")
	r.want(plan.KindVolume, 2, disk(layers("A", "A")))
	r.writeDisk(2, "file", "two")
	st := r.want(plan.KindVolume, 3, disk(func(v *plan.Volume) { v.Source, v.VM = &plan.Copy{Volume: id(2), Snapshot: "A"}, "" }))
	if !st.Ready || r.content(3)["file"] != "one" {
		t.Fatalf("clone: %+v, %v", st, r.content(3))
	}
	r.writeDisk(3, "file", "own")
	r.want(plan.KindVolume, 2, disk(layers("A")))
	if r.content(2)["file"] != "two" || r.content(3)["file"] != "own" {
		t.Errorf("source %v, clone %v", r.content(2), r.content(3))
	}
}

func TestMissingDiskIsNeverMadeAnew(t *testing.T) {
	r := newRig(t)
	r.want(plan.KindVolume, 2, disk())
	r.want(plan.KindVolume, 2, disk(func(v *plan.Volume) { v.Create = false }))
	if err := r.machine.LoseDisk(id(2)); err != nil {
		t.Fatal(err)
	}
	r.now = r.now.Add(2 * time.Minute)
	r.settle()
	if st := r.want(plan.KindVM, 1, vm(1)); st.Ready || st.VM != nil && st.VM.Running {
		t.Errorf("started without a disk: %+v", st)
	}
	if _, err := r.machine.ReadDisk(id(2)); err == nil {
		t.Error("a new blank disk")
	}
}

func TestKilledProcessFindsEverything(t *testing.T) {
	r := newRig(t)
	dir := host.Dir{Path: t.TempDir(), Quick: true}
	r.disk = dir
	r.open()
	var err error
	if r.agent, err = host.New(context.Background(), host.Options{Folder: fake.NewMemory(), Machine: r.machine, Now: r.clock}); err != nil {
		t.Fatal(err)
	}
	r.apply(r.agent.Request(0), plan.Reply{Session: 1})
	r.want(plan.KindVolume, 2, disk())
	r.want(plan.KindVM, 1, vm(1))
	r.writeDisk(2, "file", "one")
	before := r.machine.Dump()
	r.open()
	if after := r.machine.Dump(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	if g := r.guest(1); !g.Running {
		t.Error("the guest did not outlive the process")
	}
	if err := r.machine.PowerCut(); err != nil {
		t.Fatal(err)
	}
	if g := r.guest(1); g.Running || g.GuestOff {
		t.Errorf("after a power cut: %+v", g)
	}
}

func TestFaults(t *testing.T) {
	for _, tc := range []struct {
		mode  fake.Mode
		ready bool
		made  bool
		says  string
	}{
		{fake.Fail, false, false, "injected"},
		{fake.FailAfter, false, true, "injected"},
		{fake.Stall, false, false, "stalled"},
		{fake.Lie, true, false, ""},
		{fake.Hopeless, false, false, "broken"},
	} {
		t.Run(string(tc.mode), func(t *testing.T) {
			r := newRig(t)
			r.machine.Inject(fake.Fault{Op: fake.OpEnsure, Kind: plan.KindNetwork, ID: id(3), Mode: tc.mode, Times: 1})
			r.order(plan.KindNetwork, 3, &plan.Network{VNI: 1})
			r.agent.Step(context.Background())
			st := r.agent.Request(0).Reports[0].Status
			if st.Ready != tc.ready || !strings.Contains(st.Reason, tc.says) || strings.Contains(r.machine.Dump(), "vni") != tc.made {
				t.Errorf("status = %+v, machine = %q", st, r.machine.Dump())
			}
			r.now = r.now.Add(2 * time.Minute)
			r.settle()
			if !strings.Contains(r.machine.Dump(), "vni") {
				t.Error("did not recover")
			}
		})
	}
}

func TestProgress(t *testing.T) {
	r := newRig(t)
	r.order(plan.KindVolume, 2, disk())
	r.agent.Step(context.Background())
	if st := r.agent.Request(0).Reports[0].Status; st.Ready || st.Percent != 50 || st.Volume.Made {
		t.Errorf("half way: %+v", st)
	}
	if ids, err := r.machine.List(context.Background(), plan.KindVolume); err != nil || len(ids) != 1 {
		t.Errorf("half made and not listed: %v, %v", ids, err)
	}
	r.settle()
	r.want(plan.KindVolume, 2, nil)
	if r.machine.Dump() != "" {
		t.Errorf("left: %s", r.machine.Dump())
	}
}

func TestDial(t *testing.T) {
	r := newRig(t)
	r.want(plan.KindVolume, 2, disk())
	r.want(plan.KindVM, 1, vm(1))
	c, err := r.machine.Dial(context.Background(), plan.Target{Kind: "serial", VM: id(1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := make([]byte, 11)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "fake serial" {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := r.machine.Dial(context.Background(), plan.Target{Kind: "mail"}); err == nil {
		t.Error("dialled a mail")
	}
	if err := r.machine.ShutDown(id(5)); err == nil || errors.Is(err, fake.ErrInjected) {
		t.Errorf("a guest that is not there: %v", err)
	}
}

// BenchmarkStep is the price of one observation on a machine with 100 000
// guests.
func BenchmarkStep(b *testing.B) {
	r := newRig(b)
	const guests = 100_000
	for n := range guests {
		r.order(plan.KindVM, n+10, &plan.VM{Name: "web", Boot: 1, Power: plan.On, VCPU: 1, RAM: 512})
	}
	for range guests + 10 {
		r.agent.Step(context.Background())
	}
	r.now = r.now.Add(time.Hour)
	b.ResetTimer()
	for range b.N {
		if worked, _ := r.agent.Step(context.Background()); !worked {
			r.now = r.now.Add(time.Hour)
		}
	}
}
