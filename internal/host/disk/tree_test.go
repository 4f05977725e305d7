package disk_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/disk"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

const mib = int64(1 << 20)

// model is what the disk must hold, kept in memory beside it.
type model struct {
	t      *testing.T
	in     sys.Installation
	id     plan.ID
	spec   plan.Volume
	image  []byte
	active []byte
	points map[string][]byte
	count  int // names of snapshots, numbers of restores and reinstalls
}

// Any order of write, snapshot, restore, removal of a point, growth and
// reinstall, with deaths of the process in between, leaves every living point
// and the active layer bit by bit what they were.
func TestSnapshotTree(t *testing.T) {
	in := drivertest.NewInstallation(t)
	image := drivertest.NewID()
	must(t, exec.Command("mkdir", "-p", in.Path("images", string(image))).Run())
	file := in.Path("images", string(image), "disk.qcow2")
	makeQcow(t, file, "", mib)
	must(t, exec.Command("qemu-io", "-f", "qcow2", "-c", "write -P 200 0 700k", file).Run())

	// The library's default of 100 sequences is a minute; -rapid.checks asks
	// for more.
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		must(t, f.Value.Set("12"))
		defer func() { must(t, f.Value.Set(f.DefValue)) }()
	}
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{t: t, in: in, id: drivertest.NewID(), points: map[string][]byte{}, image: make([]byte, mib)}
		for i := range 700 << 10 {
			m.image[i] = 200
		}
		m.spec = plan.Volume{Size: mib, Layer: "0", Image: image, Create: true}
		m.active = bytes.Clone(m.image)
		m.settle(rt)
		m.spec.Create = false
		rt.Repeat(map[string]func(*rapid.T){
			"write":     m.write,
			"snapshot":  m.snapshot,
			"restore":   m.restore,
			"forget":    m.forget,
			"grow":      m.grow,
			"reinstall": m.reinstall,
		})
		remove(t, &disk.Volumes{In: in}, m.id)
	})
}

// settle carries the wish out, with a death at some point, and compares.
func (m *model) settle(rt *rapid.T) {
	left := rapid.IntRange(0, 12).Draw(rt, "points until death")
	restore := crash.Set(func(name string) error {
		if left--; left == 0 {
			panic(crash.Crashed{Point: name})
		}
		return nil
	})
	func() {
		defer func() {
			if c, ok := recover().(crash.Crashed); ok {
				rt.Log("died at", c.Point)
			}
		}()
		ensure(m.t, &disk.Volumes{In: m.in}, m.id, m.spec)
	}()
	restore()
	st := ensure(m.t, &disk.Volumes{In: m.in}, m.id, m.spec)
	c, err := sys.LoadChain(m.in.VolumeDir(m.id))
	if err != nil {
		rt.Fatal(err)
	}
	if got := content(m.t, m.in, m.id, c.Active); !bytes.Equal(got, m.active) {
		rt.Fatalf("the active layer %s differs: %s", c.Active, where(got, m.active))
	}
	for p, want := range m.points {
		if got := content(m.t, m.in, m.id, c.Points[p]); !bytes.Equal(got, want) {
			rt.Fatalf("point %s differs: %s", p, where(got, want))
		}
	}
	if got := slices.Sorted(maps.Keys(m.points)); !slices.Equal(got, st.Volume.Snapshots) || st.Volume.Size != int64(len(m.active)) {
		rt.Fatalf("seen %+v, want the points %v", st.Volume, got)
	}
	// Hidden layers are kept only while several stand on them.
	if step := c.Next(m.spec); step.Do != sys.Nothing {
		rt.Fatalf("ready, but there is more to do: %+v", step)
	}
}

func where(got, want []byte) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("byte %d is %d, want %d", i, got[i], want[i])
		}
	}
	return fmt.Sprintf("%d bytes, want %d", len(got), len(want))
}

func (m *model) write(rt *rapid.T) {
	size := int64(len(m.active))
	off := rapid.Int64Range(0, size/512-1).Draw(rt, "sector") * 512
	n := min(rapid.Int64Range(1, 512).Draw(rt, "sectors")*512, size-off)
	b := byte(rapid.IntRange(0, 199).Draw(rt, "byte"))
	write(m.t, m.in, m.id, m.spec.Layer, b, off, n)
	for i := range n {
		m.active[off+i] = b
	}
	m.settle(rt)
}

func (m *model) snapshot(rt *rapid.T) {
	m.count++
	p := fmt.Sprintf("%032x", m.count)
	m.points[p] = bytes.Clone(m.active)
	m.spec.Layer = p
	m.spec.Snapshots = append(m.spec.Snapshots, p)
	m.settle(rt)
}

func (m *model) pick(rt *rapid.T) string {
	if len(m.spec.Snapshots) == 0 {
		rt.Skip("no point")
	}
	return rapid.SampledFrom(m.spec.Snapshots).Draw(rt, "point")
}

func (m *model) restore(rt *rapid.T) {
	p := m.pick(rt)
	m.count++
	m.spec.Layer = fmt.Sprintf("%s.%d", p, m.count)
	// A disk never shrinks: what is beyond the point's end reads as zeros.
	m.active = append(bytes.Clone(m.points[p]), make([]byte, len(m.active)-len(m.points[p]))...)
	m.settle(rt)
}

func (m *model) forget(rt *rapid.T) {
	p := m.pick(rt)
	delete(m.points, p)
	m.spec.Snapshots = slices.DeleteFunc(m.spec.Snapshots, func(s string) bool { return s == p })
	m.settle(rt)
}

func (m *model) grow(rt *rapid.T) {
	if m.spec.Size >= 3*mib {
		rt.Skip("large enough")
	}
	m.spec.Size += mib / 2
	m.active = append(m.active, make([]byte, mib/2)...)
	m.settle(rt)
}

func (m *model) reinstall(rt *rapid.T) {
	m.count++
	m.spec.Layer = fmt.Sprintf("r%d", m.count)
	m.active = append(bytes.Clone(m.image), make([]byte, len(m.active)-len(m.image))...)
	m.settle(rt)
}
