package qemu_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/disk"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/qemu"
	"github.com/virga-cloud/virga/internal/host/seed"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

func TestMain(m *testing.M) {
	if what := os.Getenv(probeEnv); what != "" {
		probe(what)
		return
	}
	os.Exit(drivertest.Main(m, "", "qemu.", "sys.chain.", "sys.hold.", "sys.user."))
}

// machines is the driver as an agent makes it, always without KVM.
func machines(in sys.Installation) *qemu.Machines {
	return &qemu.Machines{In: in, Accel: qemu.TCG, Now: time.Now, Seed: seed.Build, OpenTap: openTap}
}

const diskA, diskB = plan.ID("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), plan.ID("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")

// spec is a machine with one blank disk: the firmware looks for a system,
// finds none, and waits.
func spec(id plan.ID) qemu.Machine {
	return qemu.Machine{
		VM: plan.VM{
			Name: "web", Boot: 1, Power: plan.On, VCPU: 1, Cores: 1, RAM: 64,
			Volumes: []plan.Attach{{Volume: diskA, Serial: "main"}},
			Seed:    plan.Seed{Instance: "i-1", Hostname: "web"},
		},
		Disks: map[plan.ID]plan.Volume{diskA: {Size: 1 << 20, Layer: "0", VM: id}},
	}
}

// volume makes a disk as the disk driver does.
func volume(t testing.TB, in sys.Installation, id plan.ID) {
	t.Helper()
	ensureVolume(t, in, id, plan.Volume{Size: 1 << 20, Layer: "0", Create: true})
}

func ensureVolume(t testing.TB, in sys.Installation, id plan.ID, want plan.Volume) plan.Status {
	t.Helper()
	d := volumes(in)
	return until(t, 20*time.Second, func() (plan.Status, error) { return d.Ensure(context.Background(), id, want) })
}

func volumes(in sys.Installation) *disk.Volumes { return &disk.Volumes{In: in} }

// until repeats a step until it is ready.
func until(t testing.TB, limit time.Duration, step func() (plan.Status, error)) plan.Status {
	t.Helper()
	end := time.Now().Add(limit)
	for {
		st, err := step()
		if err == nil && st.Ready {
			return st
		}
		if st.Failed || time.Now().After(end) {
			t.Fatalf("not ready: %+v, %v", st, err)
		}
		<-time.After(min(max(st.Again, time.Millisecond), 100*time.Millisecond))
	}
}

func ensure(t testing.TB, d *qemu.Machines, id plan.ID, m qemu.Machine) plan.Status {
	t.Helper()
	return until(t, 30*time.Second, func() (plan.Status, error) { return d.Ensure(context.Background(), id, m) })
}

// cleanup ends whatever a failed test left running.
func cleanup(t testing.TB, in sys.Installation) {
	t.Cleanup(func() {
		for _, name := range in.FindAll("v") {
			end := time.Now().Add(5 * time.Second)
			for gone := false; !gone && time.Now().Before(end); <-time.After(10 * time.Millisecond) {
				gone, _ = sys.End(name, syscall.SIGKILL)
			}
		}
	})
}

// One update needs the machine stopped and started, the other one is done
// while it runs. Changes of the chain have tests of their own.
func TestMachinesConform(t *testing.T) {
	cfg := conformance(func(m *qemu.Machine) { m.RAM, m.Restart = 80, true })
	cfg.Elsewhere = []string{
		"qemu.hot.before", "qemu.hot.after", "qemu.chain.before", "qemu.chain.after", "qemu.grace.before", "qemu.grace.after",
	}
	drivertest.Run(t, cfg)
}

// A guest that does not hear the call is ended when its time is over.
func TestSoftStopConforms(t *testing.T) {
	cfg := conformance(func(m *qemu.Machine) { m.Power, m.Soft, m.Grace = plan.Off, true, 1 })
	cfg.Points = []string{"qemu.grace."}
	cfg.Damage = nil
	drivertest.Run(t, cfg)
}

func TestHotPlugConforms(t *testing.T) {
	cfg := conformance(func(m *qemu.Machine) {
		m.Volumes = append(m.Volumes, plan.Attach{Volume: diskB, Serial: "more"})
		m.Disks[diskB] = plan.Volume{Size: 1 << 20, Layer: "0", VM: m.Disks[diskA].VM}
		m.NICs = []plan.NIC{{ID: diskA, MAC: "52:54:00:00:00:01"}}
		m.VCPU = 2
	})
	cfg.Points = []string{"qemu.hot."}
	cfg.Damage = nil
	drivertest.Run(t, cfg)
}

func conformance(update func(*qemu.Machine)) drivertest.Config[qemu.Machine] {
	return drivertest.Config[qemu.Machine]{
		Points: []string{"qemu.", "sys.hold.", "sys.user."},
		New:    func(_ testing.TB, in sys.Installation) plan.Driver[qemu.Machine] { return machines(in) },
		Setup: func(t testing.TB, in sys.Installation) {
			cleanup(t, in)
			volume(t, in, diskA)
			volume(t, in, diskB)
		},
		Spec: func(_ sys.Installation, id plan.ID) qemu.Machine { return spec(id) },
		Update: func(_ sys.Installation, id plan.ID) qemu.Machine {
			m := spec(id)
			update(&m)
			return m
		},
		Fingerprint: func(t testing.TB, in sys.Installation) string {
			var b strings.Builder
			for _, name := range in.FindAll("v") {
				p, _ := sys.Find(name, "")
				fmt.Fprintln(&b, p)
			}
			return b.String() + state(t, in)
		},
		State: state,
		Leftovers: func(in sys.Installation) []string {
			all := in.FindAll("v")
			for _, f := range []string{"vms/*", "vms/*/*", "volumes/*/hold", "users/*"} {
				found, _ := filepath.Glob(in.Path(f))
				all = append(all, found...)
			}
			return all
		},
		Foreign: func(t testing.TB, in sys.Installation) func() string {
			// Another installation's machine with much the same name.
			other := sys.Installation{Tag: "ffff", Dir: t.TempDir()}
			cleanup(t, other)
			p, err := sys.Start(sys.Launch{
				Identity: other.VMName(diskA), Path: "sleep", Args: []string{"600"}, Log: filepath.Join(other.Dir, "log"),
			})
			must(t, err)
			return func() string { return fmt.Sprint(p.Alive()) }
		},
		Damage: map[string]func(testing.TB, sys.Installation, plan.ID){
			"the hypervisor dies": func(t testing.TB, in sys.Installation, id plan.ID) {
				for end := time.Now().Add(5 * time.Second); time.Now().Before(end); <-time.After(5 * time.Millisecond) {
					if gone, err := sys.End(in.VMName(id), syscall.SIGKILL); err == nil && gone {
						return
					}
				}
				t.Fatal("it does not die")
			},
			"the pid file names a stranger": func(t testing.TB, in sys.Installation, id plan.ID) {
				must(t, os.WriteFile(filepath.Join(in.VMDir(id), "pid"), []byte(`{"pid":1,"start":1,"identity":"x"}`), 0o600))
			},
			"a void hold": func(t testing.TB, in sys.Installation, id plan.ID) {
				h, err := in.ReadHold(diskA)
				must(t, err)
				h.Process.Start++
				must(t, in.WriteHold(diskA, h))
			},
		},
	}
}

// state shows the machines: arguments that tell one from another, files, and
// who holds which volume.
func state(t testing.TB, in sys.Installation) string {
	t.Helper()
	var b strings.Builder
	for _, name := range in.FindAll("v") {
		p, _ := sys.Find(name, "")
		cmd, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.PID))
		for _, a := range strings.Split(string(cmd), "\x00") {
			if strings.HasPrefix(a, "name=opt/") || strings.HasSuffix(a, "0M") ||
				strings.HasSuffix(a, "4M") || strings.HasPrefix(a, `{"`) || strings.HasPrefix(a, "guest=") {
				fmt.Fprintln(&b, strings.ReplaceAll(a, in.Dir, ""))
			}
		}
	}
	files, _ := filepath.Glob(in.Path("vms", "*", "*"))
	for _, f := range files {
		fmt.Fprintln(&b, filepath.Base(f))
	}
	for _, v := range []plan.ID{diskA, diskB} {
		by, err := in.HeldBy(v)
		fmt.Fprintln(&b, v.Short(), by, err)
	}
	return b.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestListKnowsOrphans(t *testing.T) {
	in := drivertest.NewInstallation(t)
	cleanup(t, in)
	volume(t, in, diskA)
	d, id := machines(in), drivertest.NewID()
	ensure(t, d, id, spec(id))
	must(t, os.RemoveAll(in.VMDir(id)))
	ids, err := d.List(t.Context())
	if err != nil || !slices.Equal(ids, []plan.ID{id}) {
		t.Errorf("List = %v, %v", ids, err)
	}
	until(t, 10*time.Second, func() (plan.Status, error) { return d.Remove(t.Context(), id) })
	if left := in.FindAll("v"); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestRefusals(t *testing.T) {
	in := drivertest.NewInstallation(t)
	cleanup(t, in)
	d, id := machines(in), drivertest.NewID()
	for name, c := range map[string]struct {
		change func(*qemu.Machine)
		failed bool
		want   string
	}{
		"no CPU":             {func(m *qemu.Machine) { m.VCPU = 0 }, true, "cannot be a machine"},
		"too many disks":     {func(m *qemu.Machine) { m.Volumes = make([]plan.Attach, 17) }, true, "at most 16"},
		"an unknown volume":  {func(m *qemu.Machine) { m.Volumes[0].Volume = diskB }, true, "not described"},
		"a missing volume":   {func(*qemu.Machine) {}, false, "is not there yet"},
		"a missing disc":     {func(m *qemu.Machine) { m.DVD = diskB }, false, "not here yet"},
		"a missing image":    {func(m *qemu.Machine) { m.Image = diskB }, false, "not here yet"},
		"a hostile hostname": {func(m *qemu.Machine) { m.Volumes = nil; m.Seed.Hostname = "a'b" }, true, "no host name"},
	} {
		m := spec(id)
		c.change(&m)
		st, err := d.Ensure(t.Context(), id, m)
		if err != nil || st.Ready || st.Failed != c.failed || !strings.Contains(st.Reason, c.want) {
			t.Errorf("%s: %+v, %v", name, st, err)
		}
	}
	volume(t, in, diskA)
	m := spec(drivertest.NewID())
	if st, err := d.Ensure(t.Context(), id, m); err != nil || st.Ready || !strings.Contains(st.Reason, "not meant for this machine") {
		t.Errorf("another machine's volume: %+v, %v", st, err)
	}
	if left := in.FindAll("v"); len(left) > 0 {
		t.Errorf("started: %v", left)
	}
}
