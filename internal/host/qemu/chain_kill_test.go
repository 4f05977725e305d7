package qemu_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/qemu"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// chainChange is one change of the layers of a running machine's two disks.
type chainChange struct {
	begin func(b *bench) // what was done and written before
	wish  func(b *bench) // what the process that is killed has to do
	// What each disk holds, and what it held at its only point.
	active, point []byte
	restarts      bool // it needs the machine stopped
}

var chainChanges = map[string]chainChange{
	"snapshot": {
		begin:  func(b *bench) { b.writeBoth("0", 1, 0, 64) },
		wish:   func(b *bench) { b.want(1<<20, "aa", "aa") },
		active: pattern(1, 64, 0, 960), point: pattern(1, 64, 0, 960),
	},
	// The point before the last is forgotten, so its layer flows into the last.
	"merge": {
		begin: func(b *bench) {
			b.writeBoth("0", 1, 0, 128)
			b.want(1<<20, "aa", "aa")
			b.turns(b)
			b.writeBoth("aa", 2, 64, 128)
			b.want(1<<20, "bb", "aa", "bb")
			b.turns(b)
			b.writeBoth("bb", 3, 128, 128)
		},
		wish:   func(b *bench) { b.want(1<<20, "bb", "bb") },
		active: pattern(1, 64, 2, 64, 3, 128, 0, 768), point: pattern(1, 64, 2, 128, 0, 832),
	},
	"restore": {
		begin: func(b *bench) {
			b.writeBoth("0", 1, 0, 64)
			b.want(1<<20, "aa", "aa")
			b.turns(b)
			b.writeBoth("aa", 2, 0, 128)
		},
		wish:   func(b *bench) { b.want(1<<20, "aa.1", "aa") },
		active: pattern(1, 64, 0, 960), point: pattern(1, 64, 0, 960), restarts: true,
	},
}

// writeBoth writes KiB to both disks.
func (b *bench) writeBoth(layer string, pattern byte, off, n int64) {
	b.Helper()
	for _, d := range disks {
		b.write(d, layer, pattern, off<<10, n<<10)
	}
}

// chainOrder is what the child has to do, and on what.
type chainOrder struct {
	In   sys.Installation
	ID   plan.ID
	Spec qemu.Machine
}

// everyPass are the points at which the agent is killed at each pass, since each
// finds the two disks in another state. The others are those of any start or
// stop, and have a conformance run.
func everyPass(point string) bool {
	return strings.HasPrefix(point, "qemu.chain.") || strings.HasPrefix(point, "sys.chain.") && strings.HasSuffix(point, ".before")
}

// The agent is killed at every point that a change of layers passes. A new agent finishes it on the same process with
// nothing lost and the same files as if nobody had died, or clears it up.
func TestChainKilled(t *testing.T) {
	var o chainOrder
	if drivertest.Order(t, &o) {
		b := &bench{T: t, in: o.In, id: o.ID, spec: o.Spec}
		b.restartAgent()
		b.d.Now = time.Now
		crash.FromEnv()
		b.turns(b)
		return
	}
	var mu sync.Mutex
	kills, died := 0, map[string]bool{}
	t.Run("all", func(t *testing.T) {
		for name, c := range chainChanges {
			passed, files := c.undisturbed(t)
			for _, p := range slices.Sorted(maps.Keys(passed)) {
				for n := 1; n == 1 || everyPass(p) && n <= passed[p]; n++ {
					at := fmt.Sprintf("%s#%d", p, n)
					t.Run(name+" "+at, func(t *testing.T) {
						t.Parallel()
						c.killed(t, at, files)
						if n == 1 && everyPass(p) {
							c.clearedUp(t, at)
						}
						mu.Lock()
						defer mu.Unlock()
						kills++
						died[p] = true
					})
				}
			}
		}
	})
	for _, p := range crash.Points() {
		if (strings.HasPrefix(p, "qemu.chain.") || strings.HasPrefix(p, "sys.chain.")) && !died[p] {
			t.Errorf("nothing was killed at %s", p)
		}
	}
	t.Log(crash.Tally("%s: %d points, %d times SIGKILL", t.Name(), len(died), kills))
}

// ready makes a machine to which the change can be made.
func (c chainChange) ready(t *testing.T) *bench {
	b := twoDisks(t)
	c.begin(b)
	c.wish(b)
	return b
}

// undisturbed says how often each point is passed when nothing happens, and
// which files the volumes then have.
func (c chainChange) undisturbed(t *testing.T) (passed map[string]int, files []string) {
	t.Helper()
	b := c.ready(t)
	var mu sync.Mutex
	passed = map[string]int{}
	restore := crash.Set(func(name string) error {
		mu.Lock()
		defer mu.Unlock()
		passed[name]++
		return nil
	})
	b.turns(b)
	restore()
	return passed, c.settled(b, nil)
}

// kill lets a child begin the change and die.
func (c chainChange) kill(b *bench, at string) {
	b.Helper()
	drivertest.Kill(b, "TestChainKilled", at, chainOrder{b.in, b.id, b.spec}, 20*time.Second)
	b.restartAgent()
	b.d.Now = time.Now
}

func (c chainChange) killed(t *testing.T, at string, files []string) {
	t.Helper()
	b := c.ready(t)
	p := b.process()
	c.kill(b, at)
	b.turns(b)
	if !c.restarts && b.process() != p {
		t.Error("the machine was restarted")
	}
	c.settled(b, files)
}

func (c chainChange) clearedUp(t *testing.T, at string) {
	t.Helper()
	b := c.ready(t)
	c.kill(b, at)
	b.clear()
}

// settled looks at what is there after the change, and clears up.
func (c chainChange) settled(b *bench, want []string) (files []string) {
	b.Helper()
	b.spec.Power = plan.Off
	b.turns(b)
	for _, d := range disks {
		k := b.chain(d)
		points := k.Snapshots()
		if why := k.Broken(); why != "" || len(points) != 1 {
			b.Fatalf("disk %s: points %v, %s", d.Short(), points, why)
		}
		if got := b.content(d, k.Active); !bytes.Equal(got, c.active) {
			b.Errorf("disk %s differs", d.Short())
		}
		if got := b.content(d, k.Points[points[0]]); !bytes.Equal(got, c.point) {
			b.Errorf("point %s of disk %s differs", points[0], d.Short())
		}
		for _, f := range names(b.in.VolumeDir(d)) {
			files = append(files, d.Short()+"/"+f)
		}
	}
	if want != nil && !slices.Equal(files, want) {
		b.Errorf("files differ:\nwant %q\ngot  %q", want, files)
	}
	b.clear()
	return files
}

// clear removes machine and disks and looks whether they are gone.
func (b *bench) clear() {
	b.Helper()
	until(b, 10*time.Second, func() (plan.Status, error) { return b.d.Remove(b.Context(), b.id) })
	for _, d := range disks {
		until(b, 10*time.Second, func() (plan.Status, error) { return volumes(b.in).Remove(b.Context(), d) })
	}
	left := append(b.in.FindAll("v"), b.in.FindAll("j")...)
	err := filepath.WalkDir(b.in.Dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && filepath.Base(path) != "raw" { // content's own
			left = append(left, path)
		}
		return err
	})
	if err != nil || len(left) > 0 {
		b.Errorf("left: %q, %v", left, err)
	}
}
