package sys_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

func idOf(s string) plan.ID { return plan.ID(s) }

func getsid(pid int) (int, error) {
	sid, _, no := syscall.Syscall(syscall.SYS_GETSID, uintptr(pid), 0, 0)
	if no != 0 {
		return 0, no
	}
	return int(sid), nil
}

func TestQcowHeader(t *testing.T) {
	in := sys.Installation{Tag: "00a1", Dir: t.TempDir()}
	dir := in.VolumeDir(idOf(id1))
	must(t, os.MkdirAll(dir, 0o700))
	file := filepath.Join(dir, "a.qcow2")
	must(t, in.MakeQcow(t.Context(), file, "b.qcow2", 3<<20)) // b need not be there
	if q, err := sys.ReadQcow(file); err != nil || q != (sys.Qcow{Size: 3 << 20, Backing: "b.qcow2"}) {
		t.Errorf("%+v, %v", q, err)
	}
	blank := filepath.Join(dir, "c.qcow2")
	must(t, in.MakeQcow(t.Context(), blank, "", 1<<20))
	must(t, in.GrowQcow(t.Context(), idOf(id1), "c", 2<<20))
	if q, err := sys.ReadQcow(blank); err != nil || q != (sys.Qcow{Size: 2 << 20}) {
		t.Errorf("%+v, %v", q, err)
	}
	if err := in.GrowQcow(t.Context(), idOf(id1), "none", 1); err == nil {
		t.Error("grew what is not there")
	}
	must(t, os.WriteFile(blank, []byte("no disk"), 0o600))
	if _, err := sys.ReadQcow(blank); err == nil {
		t.Error("read what is no disk")
	}
}

func FuzzQcow(f *testing.F) {
	in := sys.Installation{Tag: "00a1", Dir: f.TempDir()}
	file := in.Path("a.qcow2")
	must(f, in.MakeQcow(f.Context(), file, "../../images/"+id1+"/disk.qcow2", 1<<20))
	b, err := os.ReadFile(file)
	must(f, err)
	f.Add(b[:1024])
	f.Add(b[:72])
	f.Fuzz(func(t *testing.T, b []byte) {
		q, err := sys.ParseQcow(bytes.NewReader(b))
		if err == nil && (q.Size < 0 || len(q.Backing) > 1023) {
			t.Errorf("%+v", q)
		}
	})
}

// chain is a disk with a tree of layers: active is on the first.
func chain(active string, on map[string]string, points map[string]string) *sys.Chain {
	c := &sys.Chain{Active: active, Layers: map[string]sys.Layer{}, Points: points, Left: map[string]bool{}}
	for l, o := range on {
		c.Layers[l] = sys.Layer{Name: l, On: o, Size: 10}
	}
	return c
}

func TestNextStep(t *testing.T) {
	one := map[string]string{"0": ""}
	taken := map[string]string{"0": "", "a": "0"}
	for name, c := range map[string]struct {
		chain *sys.Chain
		want  plan.Volume
		step  sys.Step
	}{
		"nothing there": {
			chain("", nil, nil),
			plan.Volume{Layer: "0", Size: 10, Create: true},
			sys.Step{Do: sys.MakeFirst, Layer: "0", Size: 10},
		},
		"first of a point": {
			chain("", nil, nil),
			plan.Volume{Layer: "a", Size: 10, Create: true},
			sys.Step{Do: sys.MakeFirst, Layer: "0", Size: 10},
		},
		"done":         {chain("0", one, nil), plan.Volume{Layer: "0", Size: 10}, sys.Step{}},
		"grow":         {chain("0", one, nil), plan.Volume{Layer: "0", Size: 11}, sys.Step{Do: sys.Grow, Layer: "0", Size: 11}},
		"never shrink": {chain("0", one, nil), plan.Volume{Layer: "0", Size: 9}, sys.Step{}},
		"snapshot": {
			chain("0", one, nil),
			plan.Volume{Layer: "a", Size: 9},
			sys.Step{Do: sys.FreezePoint, Layer: "a", On: "0", Point: "a", Size: 10},
		},
		"restore": {
			chain("a", taken, map[string]string{"a": "0"}),
			plan.Volume{Layer: "a.1", Size: 12},
			sys.Step{Do: sys.GoBack, Layer: "a.1", On: "0", Point: "a", Size: 12},
		},
		"reinstall": {
			chain("a", taken, map[string]string{"a": "0"}),
			plan.Volume{Layer: "r5e0c"},
			sys.Step{Do: sys.StartOver, Layer: "r5e0c", Size: 10},
		},
		"forget": {chain("a", taken, map[string]string{"a": "0"}), plan.Volume{Layer: "a"}, sys.Step{Do: sys.DropPoint, Point: "a"}},
		"merge":  {chain("a", taken, nil), plan.Volume{Layer: "a"}, sys.Step{Do: sys.Merge, Layer: "a", On: "0"}},
		"drop":   {chain("0", taken, nil), plan.Volume{Layer: "0"}, sys.Step{Do: sys.DropLayer, Layer: "a"}},
		"hidden": {
			chain("a", map[string]string{"0": "", "a": "0", "b": "0"}, map[string]string{"c": "b"}),
			plan.Volume{Layer: "a", Snapshots: []string{"c"}},
			sys.Step{},
		},
		"kept": {chain("a", taken, map[string]string{"a": "0"}), plan.Volume{Layer: "a", Snapshots: []string{"a"}}, sys.Step{}},
	} {
		if got := c.chain.Next(c.want); got != c.step {
			t.Errorf("%s: %+v, want %+v", name, got, c.step)
		}
	}
	circle := chain("a", map[string]string{"a": "b", "b": "a"}, nil)
	if got := circle.Next(plan.Volume{Layer: "a"}); got.Do != sys.Lost {
		t.Errorf("a circle: %+v", got)
	}
	if got := len(circle.Lineage()); got > 3 {
		t.Errorf("a circle has %d layers", got)
	}
}

func TestHoldsAndLocks(t *testing.T) {
	in := installation(t)
	vol, vm := idOf(id1), idOf(id2)
	must(t, os.MkdirAll(in.VolumeDir(vol), 0o755))
	by := func(want plan.ID) {
		t.Helper()
		if got, err := in.HeldBy(vol); err != nil || got != want {
			t.Errorf("held by %q, %v, want %q", got, err, want)
		}
	}
	by("")
	must(t, in.WriteHold(vol, sys.Hold{VM: vm}))
	by("")
	p, _ := start(t, in, id2, "sleep", "600")
	by(vm)
	must(t, in.DropHold(vol, idOf(id1))) // not its own
	by(vm)
	if all, err := in.Holds(vm); err != nil || !slices.Equal(all, []plan.ID{vol}) {
		t.Errorf("holds %v, %v", all, err)
	}
	wait(t, "its end", func() bool { gone, _ := sys.End(p.Identity, syscall.SIGKILL); return gone })
	by("")
	must(t, in.DropHold(vol, vm))
	must(t, in.DropHold(vol, vm))

	unlock, err := in.LockVolume(vol)
	must(t, err)
	if _, err := in.LockVolume(vol); err != sys.ErrBusy {
		t.Errorf("locked twice: %v", err)
	}
	unlock()
	unlock, err = in.LockVolume(vol)
	must(t, err)
	unlock()
}
