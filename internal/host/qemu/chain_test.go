package qemu_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// write writes through the running process, as its guest would, and makes sure
// that layer is the one that is written.
func (b *bench) write(id plan.ID, layer string, pattern byte, off, n int64) {
	b.Helper()
	if c := b.chain(id); c.Active != layer {
		b.Fatalf("layer %s of %s is active, want %s", c.Active, id, layer)
	}
	for _, command := range []string{fmt.Sprintf("write -P %d %d %d", pattern, off, n), "flush"} {
		var out string
		must(b, b.d.Monitor(b.Context(), b.id, "human-monitor-command", map[string]any{
			"command-line": fmt.Sprintf(`qemu-io -d disk-%s/virtio-backend "%s"`, id, command),
		}, &out))
		if out != "" { // what it did it prints elsewhere
			b.Fatalf("write: %s", out)
		}
	}
}

// content reads a layer from the file; the machine must be off or the layer
// frozen.
func (b *bench) content(id plan.ID, layer string) []byte {
	b.Helper()
	raw := b.in.Path("raw")
	out, err := exec.Command("qemu-img", "convert", "-U", "-f", "qcow2", "-O", "raw", b.in.VolumeDir(id)+"/"+
		layer+".qcow2", raw).CombinedOutput()
	if err != nil {
		b.Fatalf("read: %v: %s", err, out)
	}
	data, err := os.ReadFile(raw)
	must(b, err)
	return data
}

func (b *bench) chain(id plan.ID) *sys.Chain {
	b.Helper()
	c, err := sys.LoadChain(b.in.VolumeDir(id))
	must(b, err)
	return c
}

// want sets the wish for both disks.
func (b *bench) want(size int64, layer string, points ...string) {
	for _, a := range b.spec.Volumes {
		b.spec.Disks[a.Volume] = plan.Volume{Size: size, Layer: layer, Snapshots: points, VM: b.id}
	}
}

func twoDisks(t *testing.T) *bench {
	b := newBench(t)
	volume(t, b.in, diskB)
	b.spec.Volumes = append(b.spec.Volumes, plan.Attach{Volume: diskB})
	b.want(1<<20, "0")
	b.ensure()
	return b
}

func pattern(parts ...int) []byte {
	var all []byte
	for i := 0; i < len(parts); i += 2 {
		all = append(all, bytes.Repeat([]byte{byte(parts[i])}, parts[i+1]<<10)...)
	}
	return all
}

func TestOnlineSnapshotsAndMerge(t *testing.T) {
	b := twoDisks(t)
	p := b.process()

	layer := "0"
	var points []string
	// Each round freezes what the round before wrote.
	for i, point := range []string{"aa", "bb", "cc"} {
		for _, d := range disks {
			b.write(d, layer, byte(i+1), int64(i)*64<<10, 128<<10)
		}
		points = append(points, point)
		layer = point
		b.want(1<<20, layer, points...)
		b.ensure()
	}
	for _, d := range disks {
		b.write(d, layer, 9, 512<<10, 64<<10)
		if got := b.chain(d).Snapshots(); !slices.Equal(got, points) {
			t.Errorf("points of %s: %v", d, got)
		}
		if got := b.content(d, b.chain(d).Points["bb"]); !bytes.Equal(got, pattern(1, 64, 2, 128, 0, 832)) {
			t.Errorf("point bb of %s differs", d)
		}
	}

	// Forget the first two points, and grow: the layers are merged online.
	b.want(2<<20, "cc", "cc")
	b.ensure()
	for end := time.Now().Add(10 * time.Second); len(b.chain(diskA).Layers) > 2 || len(b.chain(diskB).Layers) > 2; b.ensure() {
		if time.Now().After(end) {
			t.Fatalf("not merged: %+v %+v", b.chain(diskA), b.chain(diskB))
		}
		<-time.After(10 * time.Millisecond)
	}
	b.write(diskA, "cc", 8, 1<<20, 64<<10) // beyond the old end
	if b.process() != p {
		t.Fatal("the machine was restarted")
	}
	frozen := pattern(1, 64, 2, 64, 3, 128, 0, 768)
	if got := b.content(diskA, b.chain(diskA).Points["cc"]); !bytes.Equal(got, frozen) {
		t.Error("point cc differs after the merge")
	}
	// The disk driver agrees with what the process did.
	for _, d := range disks {
		if st := ensureVolume(t, b.in, d, b.spec.Disks[d]); st.Volume.HeldBy != b.id || st.Volume.Layer != "cc" || st.Volume.Size != 2<<20 {
			t.Errorf("seen %+v", st.Volume)
		}
	}

	// Setting back needs the process stopped; the disk driver then does it.
	b.want(2<<20, "cc.1", "cc")
	end := time.Now().Add(20 * time.Second)
	for st := b.step(); !st.Ready; st = b.step() {
		for _, d := range disks {
			dd := b.spec.Disks[d]
			_, err := volumes(b.in).Ensure(t.Context(), d, dd)
			must(t, err)
		}
		if time.Now().After(end) {
			t.Fatalf("not set back: %+v", st)
		}
		<-time.After(10 * time.Millisecond)
	}
	if b.process() == p || b.process().PID == 0 {
		t.Error("it was not stopped and started again")
	}
	b.spec.Power = plan.Off
	b.ensure()
	if got := b.content(diskA, "cc.1"); !bytes.Equal(got, append(frozen, make([]byte, 1<<20)...)) {
		t.Error("the disk is not what the point was")
	}
}

// An error before or after the transaction: the next step finds out which.
func TestSnapshotCutShort(t *testing.T) {
	for _, point := range []string{"qemu.chain.before", "qemu.chain.after"} {
		b := twoDisks(t)
		b.write(diskA, "0", 5, 0, 64<<10)
		b.want(1<<20, "aa", "aa")
		fired := false
		restore := crash.Set(func(name string) error {
			if name == point && !fired {
				fired = true
				return errors.New("injected")
			}
			return nil
		})
		b.ensure()
		restore()
		if !fired {
			t.Errorf("%s was not passed", point)
		}
		b.write(diskA, "aa", 6, 0, 64<<10)
		if got := b.content(diskA, "0"); !bytes.Equal(got[:64<<10], pattern(5, 64)) {
			t.Errorf("%s: the frozen point differs", point)
		}
	}
}

// The process took the snapshot and the links were not moved; then it died.
func TestSnapshotBeforeDeath(t *testing.T) {
	b := twoDisks(t)
	b.write(diskA, "0", 5, 0, 64<<10)
	b.want(1<<20, "aa", "aa")
	b.ensure()
	b.write(diskA, "aa", 6, 0, 64<<10)
	for _, d := range []plan.ID{diskA, diskB} {
		must(t, sys.Link("0.qcow2", b.in.VolumeDir(d)+"/active"))
		must(t, os.Remove(b.in.VolumeDir(d)+"/aa.point"))
		must(t, os.Remove(b.in.VolumeDir(d)+"/0.left"))
	}
	// Alive: the process is asked.
	b.ensure()
	if c := b.chain(diskA); c.Active != "aa" || c.Points["aa"] != "0" {
		t.Errorf("chain %+v", c)
	}
	for _, d := range []plan.ID{diskA, diskB} {
		must(t, sys.Link("0.qcow2", b.in.VolumeDir(d)+"/active"))
		must(t, os.Remove(b.in.VolumeDir(d)+"/aa.point"))
		must(t, os.Remove(b.in.VolumeDir(d)+"/0.left"))
	}
	// Dead: the files tell.
	b.spec.Power = plan.Off
	_, err := sys.End(b.in.VMName(b.id), 9)
	must(t, err)
	b.ensure()
	st := ensureVolume(t, b.in, diskA, b.spec.Disks[diskA])
	if st.Volume.Layer != "aa" || !slices.Equal(st.Volume.Snapshots, []string{"aa"}) {
		t.Errorf("seen %+v", st.Volume)
	}
	if got := b.content(diskA, "aa"); !bytes.Equal(got[:64<<10], pattern(6, 64)) {
		t.Error("what was written after the snapshot is lost")
	}
}
