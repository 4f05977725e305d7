package qemu_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/plan"
)

// peripherals are the plugged devices as QEMU lists them.
func (b *bench) peripherals() []string {
	b.Helper()
	var all []struct{ Name, Type string }
	must(b, b.d.Monitor(b.Context(), b.id, "qom-list", map[string]any{"path": "/machine/peripheral"}, &all))
	var names []string
	for _, d := range all {
		names = append(names, d.Name)
	}
	return names
}

func TestHotPlug(t *testing.T) {
	b := newBench(t)
	volume(t, b.in, diskB)
	b.spec.RAM = 256
	b.ensure()
	p := b.process()

	nic := drivertest.NewID()
	b.spec.Volumes = append(b.spec.Volumes, plan.Attach{Volume: diskB, Serial: "more"})
	b.spec.Disks[diskB] = plan.Volume{Size: 1 << 20, Layer: "0", VM: b.id}
	b.spec.NICs = []plan.NIC{{ID: nic, MAC: "52:54:00:00:00:01"}}
	b.spec.RAM, b.spec.VCPU = 512, 3
	st := b.ensure()
	if st.VM.RAM != 512 || st.VM.VCPU != 3 || st.Reason != "" {
		t.Errorf("seen %+v", st)
	}
	for _, want := range []string{"disk-" + string(diskB), "nic-" + string(nic), "dimm-512", "cpu-1", "cpu-2"} {
		if !slices.Contains(b.peripherals(), want) {
			t.Errorf("%s is not plugged", want)
		}
	}
	if by, err := b.in.HeldBy(diskB); by != b.id || err != nil {
		t.Errorf("the new disk is held by %q, %v", by, err)
	}

	// What cannot be done while it runs waits, and says so.
	b.spec.VCPU, b.spec.RAM = 1, 300
	st = b.ensure()
	if b.process() != p || !strings.Contains(st.Reason, "until the next boot") || st.VM.VCPU != 3 {
		t.Errorf("shrunk: %+v", st)
	}
	b.spec.Restart = true
	st = b.ensure()
	if b.process() == p || st.VM.VCPU != 1 || st.VM.RAM != 300 || st.VM.Restarts != 0 || st.VM.Boot != 1 {
		t.Errorf("shrunk by a restart: %+v", st.VM)
	}
	if !slices.Contains(b.peripherals(), "nic-"+string(nic)) {
		t.Error("the card is gone after the restart")
	}
}

// A guest that does not let go of a card, as one without a system, keeps it until it is
// off; what has to happen is said all the time, and the machine runs on.
func TestCardIsHeld(t *testing.T) {
	b := newBench(t)
	nic := drivertest.NewID()
	b.spec.NICs = []plan.NIC{{ID: nic, MAC: "52:54:00:00:00:01"}}
	b.ensure()
	p := b.process()
	b.spec.NICs = nil
	for range 5 {
		st, err := b.d.Ensure(b.Context(), b.id, b.spec)
		must(b, err)
		if st.Ready || st.Failed || !strings.Contains(st.Reason, "which the guest must let happen; a power-off does it") {
			t.Errorf("held: %+v", st)
		}
	}
	if b.process() != p || !slices.Contains(b.peripherals(), "nic-"+string(nic)) {
		t.Error("the machine was changed by force")
	}
	b.spec.Power = plan.Off
	b.ensure()
	b.spec.Power, b.spec.Boot = plan.On, b.spec.Boot+1
	b.ensure()
	if slices.Contains(b.peripherals(), "nic-"+string(nic)) {
		t.Error("it has the card again")
	}
}

func TestDVD(t *testing.T) {
	b := newBench(t)
	discs := []plan.ID{drivertest.NewID(), drivertest.NewID()}
	for _, d := range discs {
		must(t, os.MkdirAll(b.in.Path("images", string(d)), 0o755))
		must(t, os.WriteFile(b.in.Path("images", string(d), "disk.iso"), make([]byte, 64<<10), 0o644))
	}
	inDrive := func() string {
		var all []struct {
			Qdev     string
			Inserted *struct{ File string }
		}
		must(t, b.d.Monitor(t.Context(), b.id, "query-block", nil, &all))
		for _, d := range all {
			if d.Qdev == "dvd" || strings.HasSuffix(d.Qdev, "/dvd") {
				if d.Inserted == nil {
					return ""
				}
				return d.Inserted.File
			}
		}
		t.Fatalf("no drive in %+v", all)
		return ""
	}
	b.ensure()
	for _, d := range []plan.ID{discs[0], discs[1], "", discs[0]} {
		b.spec.DVD = d
		b.ensure()
		if got := inDrive(); (d == "") != (got == "") || !strings.Contains(got, string(d)) {
			t.Errorf("in the drive: %q, want %q", got, d)
		}
	}
	// A disc that is in at the start can be taken out as well.
	b.spec.Boot = 2
	b.ensure()
	if got := inDrive(); !strings.Contains(got, string(discs[0])) {
		t.Errorf("after a reboot: %q", got)
	}
	b.spec.DVD = ""
	b.ensure()
	if got := inDrive(); got != "" {
		t.Errorf("ejected: %q", got)
	}
}

// A disk does no more than it may, also one that was plugged; another agent may say
// otherwise while the machine runs.
func TestThrottle(t *testing.T) {
	b := newBench(t)
	b.d.IOPS = 20
	b.ensure()
	volume(t, b.in, diskB)
	b.attach(map[plan.ID]string{diskB: "more"})
	b.ensure()
	b.ensure()
	// As many writes as it may do within two seconds, and some to fill the bucket.
	writes := func(disk plan.ID) time.Duration {
		t.Helper()
		begin := time.Now()
		for range 44 {
			said := ""
			line := "qemu-io -d /machine/peripheral/disk-" + string(disk) + "/virtio-backend \"write 0 4k\""
			must(t, b.d.Monitor(t.Context(), b.id, "human-monitor-command", map[string]any{"command-line": line}, &said))
			if strings.Contains(said, "rror") {
				t.Fatal(said)
			}
		}
		return time.Since(begin)
	}
	for _, disk := range []plan.ID{diskA, diskB} {
		if took := writes(disk); took < 1500*time.Millisecond {
			t.Errorf("44 writes to %s with 20 a second took %v", disk.Short(), took)
		}
	}
	p := b.process()
	b.restartAgent()
	b.ensure()
	b.ensure()
	var blocks []struct {
		Inserted *struct{ IOPS int64 }
	}
	must(t, b.d.Monitor(t.Context(), b.id, "query-block", nil, &blocks))
	for _, one := range blocks {
		if one.Inserted != nil && one.Inserted.IOPS != 0 {
			t.Errorf("still bounded: %+v", one.Inserted)
		}
	}
	if b.process() != p {
		t.Error("it was restarted")
	}
}
