package disk_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/disk"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

func TestMain(m *testing.M) { os.Exit(drivertest.Main(m, "", "disk.", "sys.chain.")) }

// One update takes a snapshot that nobody wants to keep, so it goes through
// layer, link, drop and merge; the other one only enlarges the disk.
func TestVolumesConform(t *testing.T) {
	cfg := conformance("feed")
	cfg.Elsewhere = []string{
		"disk.volume.grow.before", "disk.volume.grow.after", "disk.volume.bases.before", "disk.volume.bases.after",
	}
	drivertest.Run(t, cfg)
}

// onImage is what TestVolumesOnImageConforms makes disks from, in a second
// process too.
const onImage = plan.ID("1111111111111111111111111111aaaa")

func TestVolumesOnImageConforms(t *testing.T) {
	cfg := conformance("0")
	cfg.Points = []string{"disk.volume.bases."}
	cfg.Damage, cfg.Update = nil, nil
	cfg.Setup = func(t testing.TB, in sys.Installation) { onShelf(t, in, onImage) }
	cfg.Spec = func(sys.Installation, plan.ID) plan.Volume {
		return plan.Volume{Size: 2 << 20, Layer: "0", Image: onImage, Create: true}
	}
	drivertest.Run(t, cfg)
}

// onShelf makes an image as its driver does.
func onShelf(t testing.TB, in sys.Installation, image plan.ID) {
	t.Helper()
	must(t, os.MkdirAll(in.Path("images", string(image)), 0o755))
	makeQcow(t, in.Path("images", string(image), "disk.qcow2"), "", 2<<20)
}

func TestVolumesGrowConforms(t *testing.T) {
	cfg := conformance("0")
	cfg.Points = []string{"disk.volume.grow."}
	drivertest.Run(t, cfg)
}

// A snapshot that is kept is nothing but links.
func TestVolumesChainConforms(t *testing.T) {
	cfg := conformance("feed", "feed")
	cfg.Points = []string{"sys.chain."}
	cfg.Damage = nil
	drivertest.Run(t, cfg)
}

func conformance(update string, points ...string) drivertest.Config[plan.Volume] {
	return drivertest.Config[plan.Volume]{
		Points: []string{"disk.volume."},
		New:    func(_ testing.TB, in sys.Installation) plan.Driver[plan.Volume] { return &disk.Volumes{In: in} },
		Spec: func(sys.Installation, plan.ID) plan.Volume {
			return plan.Volume{Size: 1 << 20, Layer: "0", Create: true}
		},
		Update: func(sys.Installation, plan.ID) plan.Volume {
			return plan.Volume{Size: 2 << 20, Layer: update, Snapshots: points, Create: true}
		},
		Fingerprint: func(t testing.TB, in sys.Installation) string { return tree(t, in, true) },
		State:       func(t testing.TB, in sys.Installation) string { return tree(t, in, false) },
		Leftovers: func(in sys.Installation) []string {
			return append(names(in.Path("volumes")), in.FindAll("j")...)
		},
		Foreign: func(t testing.TB, in sys.Installation) func() string {
			stranger := in.Path("volumes", "notes of the operator")
			must(t, os.MkdirAll(stranger, 0o755))
			must(t, os.WriteFile(filepath.Join(stranger, "0.qcow2"), []byte("mine"), 0o644))
			return func() string {
				b, err := os.ReadFile(filepath.Join(stranger, "0.qcow2"))
				return fmt.Sprint(string(b), err)
			}
		},
		Damage: map[string]func(testing.TB, sys.Installation, plan.ID){
			"a void hold": func(t testing.TB, in sys.Installation, id plan.ID) {
				must(t, in.WriteHold(id, sys.Hold{VM: drivertest.NewID(), Process: sys.Process{PID: 1, Start: 1}}))
			},
		},
	}
}

// tree shows the folders of an installation; with identity by inode and time.
func tree(t testing.TB, in sys.Installation, identity bool) string {
	t.Helper()
	var b strings.Builder
	for _, sub := range []string{"volumes", "images"} {
		_ = filepath.WalkDir(in.Path(sub), func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.Contains(path, "notes") {
				return nil
			}
			fi, err := e.Info()
			if err != nil || e.Name() == "lock" || e.Name() == "hold" {
				return nil
			}
			fmt.Fprint(&b, strings.TrimPrefix(path, in.Dir))
			if to, err := os.Readlink(path); err == nil {
				fmt.Fprint(&b, " -> ", to)
			}
			if strings.HasSuffix(path, ".qcow2") {
				q, err := sys.ReadQcow(path)
				fmt.Fprint(&b, " ", q, err)
			}
			if identity {
				fmt.Fprint(&b, " ", fi.Sys().(*syscall.Stat_t).Ino, fi.Size(), fi.ModTime().UnixNano())
			}
			fmt.Fprintln(&b)
			return nil
		})
	}
	return b.String()
}

func names(dir string) []string {
	all, _ := os.ReadDir(dir)
	var n []string
	for _, e := range all {
		n = append(n, e.Name())
	}
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ensure goes on until the volume is as wanted.
func ensure(t testing.TB, d *disk.Volumes, id plan.ID, spec plan.Volume) plan.Status {
	t.Helper()
	st := settle(t, d, id, spec)
	if st.Failed || !st.Ready {
		t.Fatalf("volume %s: %+v", id, st)
	}
	return st
}

// settle goes on until it is ready or failed.
func settle(t testing.TB, d *disk.Volumes, id plan.ID, spec plan.Volume) plan.Status {
	t.Helper()
	end := time.Now().Add(20 * time.Second)
	for {
		st, err := d.Ensure(t.Context(), id, spec)
		if err == nil && (st.Ready || st.Failed) {
			return st
		}
		if time.Now().After(end) {
			t.Fatalf("volume %s: %+v, %v", id, st, err)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// makeQcow tries again what a busy machine was too slow for.
func makeQcow(t testing.TB, path, backing string, size int64) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		err := (sys.Installation{Tag: "00a1"}).MakeQcow(context.Background(), path, backing, size)
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

func write(t testing.TB, in sys.Installation, id plan.ID, layer string, pattern byte, off, n int64) {
	t.Helper()
	file := filepath.Join(in.VolumeDir(id), layer+".qcow2")
	out, err := exec.Command("qemu-io", "-f", "qcow2", "-c", fmt.Sprintf("write -P %d %d %d", pattern, off, n), file).CombinedOutput()
	if err != nil || strings.Contains(string(out), "failed") {
		t.Fatalf("write: %v: %s", err, out)
	}
}

// content reads a layer with all that it stands on.
func content(t testing.TB, in sys.Installation, id plan.ID, layer string) []byte {
	t.Helper()
	raw := in.Path("raw")
	file := filepath.Join(in.VolumeDir(id), layer+".qcow2")
	out, err := exec.Command("qemu-img", "convert", "-f", "qcow2", "-O", "raw", file, raw).CombinedOutput()
	if err != nil {
		t.Fatalf("read: %v: %s", err, out)
	}
	b, err := os.ReadFile(raw)
	must(t, err)
	return b
}

func TestCopyIsWholeAndIndependent(t *testing.T) {
	in := drivertest.NewInstallation(t)
	d := &disk.Volumes{In: in}
	src, dst := drivertest.NewID(), drivertest.NewID()
	ensure(t, d, src, plan.Volume{Size: 4 << 20, Layer: "0", Create: true})
	write(t, in, src, "0", 7, 0, 1<<20)

	spec := plan.Volume{Size: 8 << 20, Layer: "0", Create: true, Source: &plan.Copy{Volume: src, Snapshot: "aa"}}
	st, err := d.Ensure(t.Context(), dst, spec)
	must(t, err)
	if st.Ready || st.Failed || !strings.Contains(st.Reason, "no snapshot aa yet") {
		t.Fatalf("copy of a point that is not there: %+v", st)
	}

	ensure(t, d, src, plan.Volume{Size: 4 << 20, Layer: "aa", Snapshots: []string{"aa"}})
	write(t, in, src, "aa", 8, 0, 2<<20)
	want := content(t, in, src, "0")

	// While it is copied nothing of the source is merged or removed.
	st, err = d.Ensure(t.Context(), dst, spec)
	must(t, err)
	if by, err := in.PinnedBy(src); err != nil || by != dst {
		t.Fatalf("pinned by %q, %v: %+v", by, err, st)
	}
	if st, err := d.Remove(t.Context(), src); err != nil || st.Ready || !strings.Contains(st.Reason, "being copied") {
		t.Errorf("the source went while it was copied: %+v, %v", st, err)
	}
	if st := ensure(t, d, src, plan.Volume{Size: 4 << 20, Layer: "aa"}); !strings.Contains(st.Reason, "is copied") {
		t.Errorf("the point was merged while it was copied: %+v", st)
	}
	st = ensure(t, d, dst, spec)
	if st.Volume.Size != 8<<20 || !st.Volume.Made {
		t.Errorf("seen: %+v", st.Volume)
	}
	if got := content(t, in, dst, "0"); string(got[:4<<20]) != string(want) || strings.Trim(string(got[4<<20:]), "\x00") != "" {
		t.Error("the copy differs from the frozen point")
	}
	remove(t, d, src)
	if got := content(t, in, dst, "0"); string(got[:4<<20]) != string(want) {
		t.Error("the copy depends on its source")
	}
	remove(t, d, dst)
	if left := append(names(in.Path("volumes")), in.FindAll("j")...); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func remove(t testing.TB, d *disk.Volumes, id plan.ID) {
	t.Helper()
	end := time.Now().Add(10 * time.Second)
	for {
		st, err := d.Remove(t.Context(), id)
		if err == nil && st.Ready {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("remove %s: %+v, %v", id, st, err)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// A copy survives errors at each point of its way and the death of its job.
func TestCopyGoesOn(t *testing.T) {
	in := drivertest.NewInstallation(t)
	d := &disk.Volumes{In: in}
	src := drivertest.NewID()
	ensure(t, d, src, plan.Volume{Size: 1 << 20, Layer: "aa", Snapshots: []string{"aa"}, Create: true})
	spec := plan.Volume{Size: 1 << 20, Layer: "0", Create: true, Source: &plan.Copy{Volume: src, Snapshot: "aa"}}
	for _, point := range []string{
		"disk.volume.job.before", "disk.volume.job.after", "disk.volume.job-done.before",
		"disk.volume.job-done.after",
	} {
		id, fired := drivertest.NewID(), false
		restore := crash.Set(func(name string) error {
			if name == point && !fired {
				fired = true
				return errors.New("injected")
			}
			return nil
		})
		ensure(t, d, id, spec)
		restore()
		if !fired {
			t.Errorf("point %s was not passed", point)
		}
		remove(t, d, id)
	}

	id := drivertest.NewID()
	for _, err := d.Ensure(t.Context(), id, spec); in.VolumeJob(id).State() == sys.JobNone; _, err = d.Ensure(t.Context(), id, spec) {
		must(t, err)
	}
	_, err := sys.End(in.VolumeJob(id).Identity, syscall.SIGKILL)
	must(t, err)
	ensure(t, d, id, spec)
}

func TestVolumeRefusals(t *testing.T) {
	in := drivertest.NewInstallation(t)
	d := &disk.Volumes{In: in}
	image := drivertest.NewID()
	onShelf(t, in, image)

	made := drivertest.NewID()
	ensure(t, d, made, plan.Volume{Size: 1 << 20, Layer: "aa", Snapshots: []string{"aa"}, Create: true})
	ensure(t, d, made, plan.Volume{Size: 1 << 20, Layer: "aa.c2", Snapshots: []string{"aa"}})
	ensure(t, d, made, plan.Volume{Size: 1 << 20, Layer: "r5e", Snapshots: []string{"aa"}})
	ensure(t, d, made, plan.Volume{Size: 1 << 20, Layer: "r2", Snapshots: []string{"aa"}})
	broken := drivertest.NewID()
	ensure(t, d, broken, plan.Volume{Size: 1 << 20, Layer: "aa", Snapshots: []string{"aa"}, Create: true})
	must(t, os.Remove(filepath.Join(in.VolumeDir(broken), "0.qcow2")))
	foreign := drivertest.NewID()
	ensure(t, d, foreign, plan.Volume{Size: 1 << 20, Layer: "0", Create: true})
	makeQcow(t, filepath.Join(in.VolumeDir(foreign), "0.qcow2"), "/etc/shadow", 1<<20)
	// A guest that can write its files as a whole names somebody else's image.
	greedy, private := drivertest.NewID(), drivertest.NewID()
	onShelf(t, in, private)
	ensure(t, d, greedy, plan.Volume{Size: 2 << 20, Layer: "0", Image: image, Create: true})
	makeQcow(t, filepath.Join(in.VolumeDir(greedy), "0.qcow2"), sys.ImageBacking(private), 2<<20)

	for name, c := range map[string]struct {
		id   plan.ID
		spec plan.Volume
		want string
	}{
		"missing, not to be made": {drivertest.NewID(), plan.Volume{Size: 1 << 20, Layer: "0"}, "disk is missing"},
		"smaller than its image": {
			drivertest.NewID(),
			plan.Volume{Size: 1 << 20, Layer: "0", Image: image, Create: true},
			"image needs 2097152",
		},
		"a layer outside":         {drivertest.NewID(), plan.Volume{Size: 1 << 20, Layer: "../x", Create: true}, "no name of a layer"},
		"an unknown point":        {made, plan.Volume{Size: 1 << 20, Layer: "bb.1"}, "snapshot bb is not there"},
		"a point that is lost":    {made, plan.Volume{Size: 1 << 20, Layer: "r2", Snapshots: []string{"aa", "cc"}}, "snapshot cc is not there"},
		"back to a left layer":    {made, plan.Volume{Size: 1 << 20, Layer: "aa.c2", Snapshots: []string{"aa"}}, "newer than aa.c2"},
		"back to the first layer": {made, plan.Volume{Size: 1 << 20, Layer: "0", Snapshots: []string{"aa"}}, "newer than 0"},
		"an overtaken reinstall":  {made, plan.Volume{Size: 1 << 20, Layer: "r5e", Snapshots: []string{"aa"}}, "newer than r5e"},
		"a missing layer": {
			broken,
			plan.Volume{Size: 1 << 20, Layer: "aa", Snapshots: []string{"aa"}, Create: true},
			"layer 0 of the disk is missing",
		},
		"a foreign backing file": {foreign, plan.Volume{Size: 1 << 20, Layer: "0"}, "no layer of ours"},
		"another's image":        {greedy, plan.Volume{Size: 2 << 20, Layer: "0"}, "on which no layer of this disk was made"},
	} {
		t.Run(name, func(t *testing.T) {
			before := tree(t, in, true)
			st := settle(t, d, c.id, c.spec)
			if !st.Failed || !strings.Contains(st.Reason, c.want) {
				t.Errorf("got %+v, want the reason %q", st, c.want)
			}
			if c.id == made && tree(t, in, true) != before {
				t.Errorf("a refusal changed the disk:\n%s\n%s", before, tree(t, in, true))
			}
		})
	}
	st, err := d.Ensure(t.Context(), drivertest.NewID(), plan.Volume{Size: 1 << 20, Layer: "0", Image: drivertest.NewID(), Create: true})
	if err != nil || st.Failed || st.Ready || !strings.Contains(st.Reason, "not here yet") {
		t.Errorf("without its image: %+v, %v", st, err)
	}
}

// While a living process holds the volume the driver only looks.
func TestHeldVolumeIsLeftAlone(t *testing.T) {
	in := drivertest.NewInstallation(t)
	d := &disk.Volumes{In: in}
	id, vm := drivertest.NewID(), drivertest.NewID()
	spec := plan.Volume{Size: 1 << 20, Layer: "0", Create: true, VM: vm}
	ensure(t, d, id, spec)
	must(t, os.MkdirAll(in.VMDir(vm), 0o755))
	p, err := sys.Start(sys.Launch{Identity: in.VMName(vm), Path: "sleep", Args: []string{"600"}, Log: filepath.Join(in.VMDir(vm), "log")})
	must(t, err)
	defer func() { _, _ = sys.End(p.Identity, syscall.SIGKILL) }()
	// The pid may not have been noted yet; the machine's name is enough.
	must(t, in.WriteHold(id, sys.Hold{VM: vm}))

	before := tree(t, in, true)
	want := spec
	want.Layer, want.Snapshots, want.Size = "aa", []string{"aa"}, 2<<20
	for range 3 {
		st, err := d.Ensure(t.Context(), id, want)
		if err != nil || st.Ready || st.Failed || st.Volume.HeldBy != vm {
			t.Errorf("held: %+v, %v", st, err)
		}
	}
	if st, err := d.Ensure(t.Context(), id, spec); err != nil || !st.Ready || st.Volume.HeldBy != vm {
		t.Errorf("held and as wanted: %+v, %v", st, err)
	}
	spec.VM = ""
	if st, err := d.Ensure(t.Context(), id, spec); err != nil || st.Ready || !strings.Contains(st.Reason, "still has the disk open") {
		t.Errorf("held and detached: %+v, %v", st, err)
	}
	if st, err := d.Remove(t.Context(), id); err != nil || st.Ready {
		t.Errorf("removed while held: %+v, %v", st, err)
	}
	if after := tree(t, in, true); after != before {
		t.Errorf("the chain was touched:\n%s\n%s", before, after)
	}

	_, err = sys.End(p.Identity, syscall.SIGKILL)
	must(t, err)
	st := ensure(t, d, id, want)
	if st.Volume.HeldBy != "" || !slices.Equal(st.Volume.Snapshots, []string{"aa"}) {
		t.Errorf("after its death: %+v", st.Volume)
	}
	remove(t, d, id)
}

func TestEnsureRespectsItsContext(t *testing.T) {
	in := drivertest.NewInstallation(t)
	d := &disk.Volumes{In: in}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	id := drivertest.NewID()
	if _, err := d.Ensure(ctx, id, plan.Volume{Size: 1 << 20, Layer: "0", Create: true}); err == nil {
		t.Error("no error from a cancelled step")
	}
	ensure(t, d, id, plan.Volume{Size: 1 << 20, Layer: "0", Create: true})
}
