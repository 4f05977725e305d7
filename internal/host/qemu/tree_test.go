package qemu_test

import (
	"bytes"
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Any order of write, snapshot, restore, removal of a point, growth, power off
// and on, on a running machine with two disks, with deaths of the agent in
// between: both disks hold what was written, and every living point what it
// was. The disk driver and this one take turns, as the agent lets them.
func TestOnlineSnapshotTree(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		must(t, f.Value.Set("4"))
		defer func() { must(t, f.Value.Set(f.DefValue)) }()
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := twoDisks(t)
		m := &online{bench: b, layer: "0", size: 1 << 20, active: map[plan.ID][]byte{}, points: map[string]map[plan.ID][]byte{}}
		for _, d := range disks {
			m.active[d] = make([]byte, m.size)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"": m.settle, "write": m.put, "snapshot": m.snapshot, "restore": m.restore,
			"forget": m.forget, "grow": m.grow, "power": m.power,
		})
		b.spec.Power = plan.Off
		b.ensure()
		until(t, 10*time.Second, func() (plan.Status, error) { return b.d.Remove(t.Context(), b.id) })
	})
}

var disks = []plan.ID{diskA, diskB}

type online struct {
	*bench
	layer  string
	size   int64
	active map[plan.ID][]byte
	points map[string]map[plan.ID][]byte
	order  []string
	count  int
}

// fatal is what the tests of testing and of rapid share.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

// turns lets both drivers work until nothing is left to do.
func (b *bench) turns(t fatal) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; <-time.After(2 * time.Millisecond) {
		st, err := b.d.Ensure(b.Context(), b.id, b.spec)
		done := err == nil && st.Ready
		for _, d := range disks {
			vst, verr := volumes(b.in).Ensure(b.Context(), d, b.spec.Disks[d])
			if vst.Failed || st.Failed {
				t.Fatalf("failed: %s %s", st.Reason, vst.Reason)
			}
			done = done && verr == nil && vst.Ready && b.tidy(d)
		}
		if done {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("not ready: %+v, %v; %+v", st, err, b.chain(diskA))
		}
	}
}

// tidy says whether all merges are done that can be done now.
func (b *bench) tidy(d plan.ID) bool {
	c := b.chain(d)
	if b.spec.Power == plan.On {
		c.Only = map[string]bool{}
		for _, l := range c.Lineage() {
			c.Only[l] = true
		}
	}
	return c.Next(b.spec.Disks[d]).Do == sys.Nothing
}

func (m *online) settle(rt *rapid.T) {
	m.want(m.size, m.layer, m.order...)
	left := rapid.IntRange(0, 8).Draw(rt, "points until death")
	reset := crash.Set(func(name string) error {
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
		m.turns(rt)
	}()
	reset()
	m.restartAgent()
	m.turns(rt)
	for _, d := range disks {
		c := m.chain(d)
		if got := m.content(d, c.Active); !bytes.Equal(got, m.active[d]) {
			rt.Fatalf("disk %s differs in layer %s", d.Short(), c.Active)
		}
		for p, want := range m.points {
			if got := m.content(d, c.Points[p]); !bytes.Equal(got, want[d]) {
				rt.Fatalf("point %s of disk %s differs", p, d.Short())
			}
		}
	}
}

func (m *online) put(rt *rapid.T) {
	if m.spec.Power == plan.Off {
		rt.Skip("off")
	}
	d := rapid.SampledFrom(disks).Draw(rt, "disk")
	off := rapid.Int64Range(0, m.size/4096-1).Draw(rt, "block") * 4096
	n := min(rapid.Int64Range(1, 64).Draw(rt, "blocks")*4096, m.size-off)
	p := rapid.ByteRange(1, 250).Draw(rt, "byte")
	m.write(d, m.layer, p, off, n)
	copy(m.active[d][off:], bytes.Repeat([]byte{p}, int(n)))
}

func (m *online) snapshot(*rapid.T) {
	m.count++
	p := fmt.Sprintf("s%d", m.count)
	m.layer, m.order, m.points[p] = p, append(m.order, p), map[plan.ID][]byte{}
	for _, d := range disks {
		m.points[p][d] = bytes.Clone(m.active[d])
	}
}

func (m *online) point(rt *rapid.T) string {
	if len(m.order) == 0 {
		rt.Skip("no point")
	}
	return rapid.SampledFrom(m.order).Draw(rt, "point")
}

func (m *online) restore(rt *rapid.T) {
	p := m.point(rt)
	m.count++
	m.layer = fmt.Sprintf("%s.%d", p, m.count)
	for _, d := range disks {
		m.active[d] = append(bytes.Clone(m.points[p][d]), make([]byte, int(m.size)-len(m.points[p][d]))...)
	}
}

func (m *online) forget(rt *rapid.T) {
	p := m.point(rt)
	delete(m.points, p)
	m.order = slices.DeleteFunc(m.order, func(s string) bool { return s == p })
}

func (m *online) grow(rt *rapid.T) {
	if m.size >= 3<<20 {
		rt.Skip("large enough")
	}
	m.size += 1 << 19
	for _, d := range disks {
		m.active[d] = append(m.active[d], make([]byte, 1<<19)...)
	}
}

func (m *online) power(*rapid.T) {
	if m.spec.Power == plan.On {
		m.spec.Power = plan.Off
		return
	}
	m.spec.Power = plan.On
	m.spec.Boot++
}
