package qemu_test

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/disk"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/image"
	"github.com/virga-cloud/virga/internal/plan"
)

// watcher runs in the guest and says on the serial line what it sees. A disk
// with the serial number "off" is the sign to power off.
const watcher = `#!/bin/sh
(
while :; do
	disks=$(for f in /sys/block/vd*/serial; do echo "$(cat $f)"; done | tr '\n' ' ')
	now="disks ${disks}cpus $(nproc) mem $(awk '/MemTotal/{print int($2/65536)}' /proc/meminfo)"
	[ "$now" = "$old" ] || echo "guest: $now" >/dev/ttyS0
	old=$now
	grep -q '^off$' /sys/block/vd*/serial && poweroff
	usleep 200000
done
) &
`

// tinyGuest is a bench with a machine that boots the tiny image, after prepare has
// made what its volumes shall lie on.
func tinyGuest(t *testing.T, prepare func(*bench)) *bench {
	if testing.Short() {
		t.Skip("boots a guest")
	}
	built, err := image.Cached(context.Background())
	if err != nil {
		t.Skip("no tiny image: ", err)
	}
	b := &bench{T: t, in: drivertest.NewInstallation(t), id: drivertest.NewID(), now: time.Now()}
	cleanup(t, b.in)
	prepare(b)
	id := plan.ID(built.Digest[:32])
	images := &disk.Images{
		In: b.in, Go: func(f func()) { go f() },
		Fetch: func(_ context.Context, _ string, offset int64) (io.ReadCloser, error) {
			f, err := os.Open(built.Path)
			if err == nil {
				_, err = f.Seek(offset, io.SeekStart)
			}
			return f, err
		},
		Unpack: func(r io.Reader, dir, digest string) error { _, err := image.Unpack(r, dir, digest); return err },
	}
	until(t, time.Minute, func() (plan.Status, error) {
		return images.Ensure(t.Context(), id, plan.Image{Digest: built.Digest, Size: built.Bytes, Format: "virga"})
	})
	ensureVolume(t, b.in, diskA, plan.Volume{Size: 512 << 20, Image: id, Layer: "0", Create: true})
	volume(t, b.in, diskB)
	b.spec = spec(b.id)
	b.spec.Image, b.spec.RAM = id, 256
	b.spec.Disks[diskA] = plan.Volume{Size: 512 << 20, Image: id, Layer: "0", VM: b.id}
	b.spec.Seed.UserData = watcher
	b.restartAgent()
	b.d.Now = time.Now
	return b
}

// says waits until the guest says something on its serial line after the
// position from, and returns the position behind it.
func (b *bench) says(what string, from int, meanwhile ...func()) int {
	b.Helper()
	for end := time.Now().Add(90 * time.Second); ; <-time.After(50 * time.Millisecond) {
		for _, do := range meanwhile {
			do()
		}
		log, _ := os.ReadFile(b.d.SerialLog(b.id))
		if len(log) >= from {
			if i := strings.Index(string(log[from:]), what); i >= 0 {
				return from + i + len(what)
			}
		}
		if time.Now().After(end) {
			b.Fatalf("the guest did not say %q: %s", what, log)
		}
	}
}

// attach changes which disks are wanted beside the first.
func (b *bench) attach(serials map[plan.ID]string) {
	b.spec.Volumes = b.spec.Volumes[:1]
	for id, serial := range serials {
		b.spec.Volumes = append(b.spec.Volumes, plan.Attach{Volume: id, Serial: serial})
		b.spec.Disks[id] = plan.Volume{Size: 1 << 20, Layer: "0", VM: b.id}
	}
}

func TestRealGuest(t *testing.T) {
	b := tinyGuest(t, func(*bench) {})
	b.ensure()
	p := b.process()
	at := b.says("guest: disks main cpus 1 mem ", 0)

	// Plugged and unplugged, and seen by the guest.
	b.attach(map[plan.ID]string{diskB: "more"})
	b.spec.VCPU, b.spec.RAM = 2, 512
	if st := b.ensure(); st.VM.VCPU != 2 || st.Reason != "" {
		t.Errorf("a CPU joined: %+v, %s", st.VM, st.Reason)
	}
	b.says("disks main more", at)
	at = b.says("cpus 2", at)
	b.attach(nil)
	b.ensure()
	at = b.says("guest: disks main cpus 2", at)
	if by, err := b.in.HeldBy(diskB); by != "" || err != nil {
		t.Errorf("the unplugged disk is held by %q, %v", by, err)
	}

	// A disk that grows is seen as larger.
	v := b.spec.Disks[diskA]
	v.Size = 640 << 20
	b.spec.Disks[diskA] = v
	b.ensure()
	if c := b.chain(diskA); c.Layers["0"].Size != 640<<20 {
		t.Errorf("size %d", c.Layers["0"].Size)
	}

	// A new agent finds it, through its sockets too.
	b.restartAgent()
	b.d.Now = time.Now
	if b.ensure(); b.process() != p {
		t.Fatal("a new agent started another one")
	}
	conn, err := b.d.Dial(t.Context(), b.d.SerialPath(b.id))
	must(t, err)
	must(t, conn.Close())

	// The guest is asked to go, and goes long before its grace is over.
	b.spec.Boot, b.spec.Soft, b.spec.Grace = 2, true, 300
	b.spec.Seed.Instance = "i-2" // so that the watcher runs again
	begin := time.Now()
	st := b.ensure()
	if st.VM.Boot != 2 || st.VM.GuestOff || st.VM.VCPU != 2 || time.Since(begin) > 30*time.Second || b.process() == p {
		t.Errorf("soft reboot after %v: %+v", time.Since(begin), st.VM)
	}
	at = b.says("guest: disks main cpus 2", at)

	// The guest powers itself off: that is its wish, and stays so.
	b.attach(map[plan.ID]string{diskB: "off"})
	st = until(t, time.Minute, func() (plan.Status, error) {
		st, err := b.d.Ensure(t.Context(), b.id, b.spec)
		st.Ready = st.Ready && !st.VM.Running
		return st, err
	})
	if !st.VM.GuestOff || st.VM.Boot != 2 {
		t.Errorf("the guest went off: %+v", st.VM)
	}
	b.restartAgent()
	b.d.Now = time.Now
	if st = b.ensure(); st.VM.Running || !st.VM.GuestOff || st.VM.Restarts != 0 {
		t.Errorf("and stays off: %+v", st.VM)
	}
	b.attach(nil)
	b.spec.Boot = 3
	if st = b.ensure(); !st.VM.Running || st.VM.GuestOff || st.VM.Boot != 3 {
		t.Errorf("until somebody asks for a boot: %+v", st.VM)
	}
	b.says("login:", at)
	b.spec.Power, b.spec.Soft = plan.Off, false
	b.ensure()
	until(t, 10*time.Second, func() (plan.Status, error) { return b.d.Remove(t.Context(), b.id) })
	if left := append(b.in.FindAll("v"), names(b.in.Path("vms"))...); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func names(dir string) []string {
	all, _ := os.ReadDir(dir)
	var n []string
	for _, e := range all {
		n = append(n, e.Name())
	}
	return n
}
