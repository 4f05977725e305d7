package qemu_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/disk"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/qemu"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// bench is one machine on an installation of its own, with a clock that the
// test moves.
type bench struct {
	*testing.T
	in   sys.Installation
	id   plan.ID
	d    *qemu.Machines
	spec qemu.Machine
	now  time.Time
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, in: drivertest.NewInstallation(t), id: drivertest.NewID(), now: time.Now()}
	cleanup(t, b.in)
	volume(t, b.in, diskA)
	b.spec = spec(b.id)
	b.restartAgent()
	return b
}

func (b *bench) restartAgent() {
	b.d = machines(b.in)
	b.d.Now = func() time.Time { return b.now }
}

func (b *bench) ensure() plan.Status { b.Helper(); return ensure(b, b.d, b.id, b.spec) }

// step is one call that need not be ready.
func (b *bench) step() plan.Status {
	b.Helper()
	st, err := b.d.Ensure(b.Context(), b.id, b.spec)
	must(b, err)
	return st
}

func (b *bench) process() sys.Process {
	p, _ := b.in.VMProcess(b.id)
	return p
}

func TestBootCounter(t *testing.T) {
	b := newBench(t)
	st := b.ensure()
	if *st.VM != (plan.VMSeen{Running: true, Boot: 1, VCPU: 1, RAM: 64}) {
		t.Errorf("seen %+v", st.VM)
	}
	first := b.process()
	b.restartAgent()
	if b.ensure(); b.process() != first {
		t.Error("a restart of the agent restarted the machine")
	}

	b.spec.Boot = 2
	st = b.ensure()
	if b.process() == first || st.VM.Boot != 2 || st.VM.Restarts != 0 {
		t.Errorf("hard reboot: %+v", st.VM)
	}
	second := b.process()

	b.spec.Power = plan.Off
	st = b.ensure()
	if st.VM.Running || st.VM.GuestOff || second.Alive() {
		t.Errorf("off: %+v", st.VM)
	}
	if by, err := b.in.HeldBy(diskA); by != "" || err != nil {
		t.Errorf("the disk of a machine that is off is held by %q, %v", by, err)
	}
	b.spec.Power, b.spec.Boot = plan.On, 3
	if st = b.ensure(); !st.VM.Running || st.VM.Boot != 3 {
		t.Errorf("on again: %+v", st.VM)
	}
}

// The firmware alone does not know the power button, so the guest uses up its
// grace; a new agent must not give it a second one.
func TestGraceEndsInForce(t *testing.T) {
	b := newBench(t)
	b.ensure()
	p := b.process()
	b.spec.Power, b.spec.Soft, b.spec.Grace = plan.Off, true, 30
	for range 5 {
		if st := b.step(); st.Ready || !strings.Contains(st.Reason, "powered off") || !p.Alive() {
			t.Fatalf("in its grace: %+v", st)
		}
	}
	b.now = b.now.Add(29 * time.Second)
	b.restartAgent()
	if st := b.step(); st.Ready || !p.Alive() {
		t.Fatalf("just before its end: %+v", st)
	}
	b.now = b.now.Add(time.Second)
	b.ensure()
	if p.Alive() {
		t.Error("it survived its grace")
	}

	// The next process gets a grace of its own.
	b.spec.Power, b.spec.Boot = plan.On, 2
	b.ensure()
	b.spec.Power = plan.Off
	if st := b.step(); st.Ready || b.process().PID == 0 {
		t.Errorf("the next one had no grace: %+v", st)
	}
}

func TestDeadHypervisorIsRestarted(t *testing.T) {
	b := newBench(t)
	b.ensure()
	for n := int64(1); n <= 2; n++ {
		p := b.process()
		must(t, p.Signal(syscall.SIGKILL))
		for p.Alive() {
			<-time.After(time.Millisecond)
		}
		if st := b.step(); st.Ready || !strings.Contains(st.Reason, "died") {
			t.Errorf("at once: %+v", st)
		}
		b.now = b.now.Add(5 * time.Second)
		if st := b.step(); !strings.Contains(st.Repaired, "died and was started again") {
			t.Errorf("its death is not told: %+v", st)
		}
		if st := b.ensure(); !st.VM.Running || st.VM.Restarts != n || st.VM.Boot != 1 || st.Repaired != "" {
			t.Errorf("after death %d: %+v", n, st.VM)
		}
	}
	// One that died is not ended twice when it shall be off.
	p := b.process()
	must(t, p.Signal(syscall.SIGKILL))
	b.spec.Power = plan.Off
	if st := b.ensure(); st.VM.Running || st.VM.Restarts != 2 {
		t.Errorf("dead and off: %+v", st.VM)
	}
}

// A hypervisor that dies while its machine grows comes back, and grown.
func TestDeathWhileItGrows(t *testing.T) {
	b := newBench(t)
	b.ensure()
	p := b.process()
	b.spec.VCPU = 2
	must(t, p.Signal(syscall.SIGKILL))
	for p.Alive() {
		<-time.After(time.Millisecond)
	}
	if st := b.step(); st.Ready || st.Again <= 0 || !strings.Contains(st.Reason, "died") {
		t.Errorf("at once: %+v", st)
	}
	b.now = b.now.Add(5 * time.Second)
	if st := b.ensure(); !st.VM.Running || st.VM.Restarts != 1 || st.VM.VCPU != 2 || st.Reason != "" {
		t.Errorf("after the death: %+v, %s", st.VM, st.Reason)
	}
}

func TestBadCommandLineSaysWhy(t *testing.T) {
	b := newBench(t)
	b.d.Extra = []string{"-device", "no-such-device"}
	_, err := b.d.Ensure(t.Context(), b.id, b.spec)
	if err == nil || !strings.Contains(err.Error(), "no-such-device") {
		t.Errorf("error: %v", err)
	}
	b.restartAgent()
	if st := b.ensure(); st.VM.Restarts != 0 {
		t.Errorf("a start that failed counts as a death: %+v", st.VM)
	}
}

func TestHangingMonitor(t *testing.T) {
	b := newBench(t)
	b.ensure()
	p := b.process()
	must(t, p.Signal(syscall.SIGSTOP))
	b.now = b.now.Add(time.Hour)
	if _, err := b.d.Ensure(t.Context(), b.id, b.spec); err == nil || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("hung: %v", err)
	}
	if !p.Alive() {
		t.Error("a hung machine was killed without an order")
	}
	b.spec.Power = plan.Off
	b.ensure()
	if p.Alive() {
		t.Error("a hung machine cannot be powered off")
	}
}

// A process whose disk was deleted under it holds the last copy: no order but the
// removal of the machine ends it, and it goes on as soon as the file is back.
func TestLastCopyIsKept(t *testing.T) {
	file := func(b *bench) string { return filepath.Join(b.in.VolumeDir(diskA), "0.qcow2") }
	for name, harm := range map[string]func(b *bench) (back func()){
		"a layer": func(b *bench) func() {
			must(b, os.Rename(file(b), file(b)+".away"))
			return func() { must(b, os.Rename(file(b)+".away", file(b))) }
		},
		"the folder": func(b *bench) func() {
			dir := b.in.VolumeDir(diskA)
			must(b, os.Rename(dir, dir+"x"))
			return func() { must(b, os.Rename(dir+"x", dir)) }
		},
		"a damaged header": func(b *bench) func() {
			must(b, os.Rename(file(b), file(b)+".away"))
			must(b, os.WriteFile(file(b), make([]byte, 4096), 0o600))
			return func() { must(b, os.Rename(file(b)+".away", file(b))) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.ensure()
			p := b.process()
			back := harm(b)
			if st, err := b.d.Ensure(t.Context(), b.id, b.spec); err == nil && (st.Ready || st.Reason == "") || !p.Alive() {
				t.Errorf("it is not said: %+v, %v", st, err)
			}
			if st := ensureNot(b, volumes(b.in)); st.Ready || !st.Failed || st.Volume != nil {
				t.Errorf("the disk driver says %+v", st)
			}
			for what, order := range map[string]func(*qemu.Machine){
				"a reboot":      func(m *qemu.Machine) { m.Boot = 2 },
				"power off":     func(m *qemu.Machine) { m.Power = plan.Off },
				"new hardware":  func(m *qemu.Machine) { m.RAM, m.Restart = 100, true },
				"a soft reboot": func(m *qemu.Machine) { m.Boot, m.Soft = 2, true },
			} {
				wish := b.spec
				order(&wish)
				for range 3 {
					st, err := b.d.Ensure(t.Context(), b.id, wish)
					if err != nil || st.Ready || !st.Failed || !strings.Contains(st.Reason, "last copy") || !st.VM.Running {
						t.Errorf("%s: %+v, %v", what, st, err)
					}
				}
				if !p.Alive() {
					t.Fatalf("%s ended it", what)
				}
			}
			back()
			b.spec.Boot = 2
			if b.ensure(); p.Alive() {
				t.Error("with its file back it cannot be rebooted")
			}
			p = b.process()
			harm(b)
			until(t, 10*time.Second, func() (plan.Status, error) { return b.d.Remove(t.Context(), b.id) })
			if p.Alive() {
				t.Error("its removal does not end it")
			}
		})
	}
}

// ensureNot is a step of the disk driver that need not be ready.
func ensureNot(b *bench, d *disk.Volumes) plan.Status {
	b.Helper()
	st, err := d.Ensure(b.Context(), diskA, b.spec.Disks[diskA])
	must(b, err)
	return st
}
