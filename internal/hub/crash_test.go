package hub_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"

	"github.com/virga-cloud/virga/internal/hub"
)

var errHit = errors.New("injected")

// survive runs f and plays the death of the agent's process when a point
// panics: the folder and the machine stay, everything in memory is gone.
func (r *rig) survive(f func()) {
	r.t.Helper()
	defer func() {
		switch p := recover().(type) {
		case nil:
		case crash.Crashed:
			r.start()
		default:
			panic(p)
		}
	}()
	f()
}

// step makes one step of the agent and one exchange, either of which may die
// or fail.
func (r *rig) step() {
	r.t.Helper()
	r.survive(func() {
		if worked, next := r.agent.Step(context.Background()); !worked {
			r.now = r.now.Add(min(next, time.Minute))
		}
		req := r.agent.Request(0)
		reply, err := r.hub.Exchange(context.Background(), theHost, req)
		if err != nil {
			r.agent.Disconnect()
			return
		}
		_, _ = r.agent.Apply(req, reply) // refusals are tried again
	})
}

// reconcile does what a woken reconciler does: it orders again what is wanted.
func (r *rig) reconcile() {
	r.t.Helper()
	if !r.woken() {
		return
	}
	for _, ref := range []plan.Ref{{Kind: plan.KindVolume, ID: id(2)}, {Kind: plan.KindVM, ID: id(1)}} {
		if body, ok := r.wanted[ref]; ok {
			r.write(func(tx *store.Tx) error {
				_, err := hub.Put(tx, theHost, ref.Kind, ref.ID, body, server)
				return err
			})
		}
	}
}

// reach steps until a condition holds.
func (r *rig) reach(what string, cond func() bool) {
	r.t.Helper()
	for range 2000 {
		r.step()
		r.reconcile()
		if cond() {
			return
		}
	}
	r.t.Fatalf("stuck: %s\nmachine:\n%s\nvm %+v\nvolume %+v", what, r.machine.Dump(), r.get(plan.KindVM, 1), r.get(plan.KindVolume, 2))
}

func (r *rig) done(kind plan.Kind, n int) func() bool {
	return func() bool { o := r.get(kind, n); return o != nil && o.Done() }
}

// life is the whole life of a machine, as a reconciler orders it.
func (r *rig) life() {
	r.t.Helper()
	v := volume()
	v.Image = id(8)
	r.put(plan.KindImage, 8, &plan.Image{Format: "virga"})
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.put(plan.KindRouter, 4, &plan.Router{Legs: []plan.Leg{{Network: id(3)}}})
	r.put(plan.KindPolicy, 5, &plan.Policy{})
	r.put(plan.KindPort, 6, &plan.Port{Router: id(4), Network: id(3), NIC: id(7), Public: []plan.PublicAddr{{Policy: id(5)}}})
	r.put(plan.KindVolume, 2, v)
	m := vm(1)
	m.NICs = []plan.NIC{{ID: id(7), Network: id(3)}}
	r.put(plan.KindVM, 1, m)
	r.reach("create", r.done(plan.KindVM, 1))
	if err := r.machine.WriteDisk(id(2), "file", "one"); err != nil && !errors.Is(err, errHit) {
		r.t.Fatal(err)
	}
	v.Create, v.Layer, v.Snapshots = false, "A", []string{"A"}
	r.put(plan.KindVolume, 2, v)
	r.reach("snapshot", r.done(plan.KindVolume, 2))
	if err := r.machine.WriteDisk(id(2), "file", "two"); err != nil && !errors.Is(err, errHit) {
		r.t.Fatal(err)
	}
	m.Boot = 2
	v.Layer = "A.1"
	r.put(plan.KindVolume, 2, v)
	r.put(plan.KindVM, 1, m)
	r.reach("restore", func() bool { return r.done(plan.KindVolume, 2)() && r.done(plan.KindVM, 1)() })
	if c, _ := r.machine.ReadDisk(id(2)); c["file"] != "one" {
		r.t.Errorf("restored = %v", c)
	}
	if g, _ := r.machine.Guest(id(1)); !g.Running || g.Boot != 2 || slices.Compact(slices.Clone(g.Starts))[len(g.Starts)-1] != 2 {
		r.t.Errorf("guest = %+v", g)
	}
	removed := []plan.Ref{
		{Kind: plan.KindVM, ID: id(1)},
		{Kind: plan.KindVolume, ID: id(2)},
		{Kind: plan.KindPort, ID: id(6)},
		{Kind: plan.KindPolicy, ID: id(5)},
		{Kind: plan.KindRouter, ID: id(4)},
		{Kind: plan.KindNetwork, ID: id(3)},
		{Kind: plan.KindImage, ID: id(8)},
	}
	for _, ref := range removed {
		r.wanted[ref] = nil
	}
	r.write(func(tx *store.Tx) error {
		for _, ref := range removed {
			if _, err := hub.Put(tx, theHost, ref.Kind, ref.ID, nil, server); err != nil {
				return err
			}
		}
		return nil
	})
	r.reach("delete", func() bool {
		gone := true
		r.write(func(tx *store.Tx) error {
			for _, ref := range removed {
				o, err := hub.Get(tx, theHost, ref.Kind, ref.ID)
				if err != nil {
					return err
				}
				gone = gone && (o == nil || o.Gone())
			}
			if !gone {
				return nil
			}
			for _, ref := range removed {
				if err := hub.Drop(tx, theHost, ref.Kind, ref.ID); err != nil {
					return err
				}
			}
			return nil
		})
		return gone
	})
	r.reach("forgotten", func() bool { return len(r.documents()) == 1 })
	if d := r.machine.Dump(); d != "" {
		r.t.Errorf("leaked:\n%s", d)
	}
}

// points of everything that takes part on this side of the store's commit.
func points() []string {
	p := slices.DeleteFunc(crash.Points(), func(s string) bool {
		return !strings.HasPrefix(s, "host.") && !strings.HasPrefix(s, "fake.") && !strings.HasPrefix(s, "hub.")
	})
	slices.Sort(p)
	return p
}

// TestEveryPoint lets every point once fail and once be the death of the
// process, at its first and at a later passing.
func TestEveryPoint(t *testing.T) {
	runs := 0
	for _, point := range points() {
		for _, how := range []string{"error", "crash"} {
			for _, nth := range []int{1, 2} {
				if testing.Short() && nth > 1 {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s/%d", point, how, nth), func(t *testing.T) {
					r := newRig(t)
					passed := 0
					restore := crash.Set(func(name string) error {
						if name != point {
							return nil
						}
						if passed++; passed != nth {
							return nil
						}
						if how == "crash" {
							panic(crash.Crashed{Point: name})
						}
						return errHit
					})
					defer restore()
					r.life()
					if passed == 0 && !slices.Contains(elsewhere, point) {
						t.Errorf("the point was not passed")
					}
					runs++
				})
			}
		}
	}
	t.Logf("%d points, %d runs", len(points()), runs)
}

// elsewhere are points that the life of a machine does not pass.
var elsewhere = []string{"hub.adopt"} // TestChaos

// TestChaos mixes crashes, errors, lost and doubled messages, and a machine
// that fails and stalls, under a seed; in the end everything is gone.
func TestChaos(t *testing.T) {
	seeds := uint64(60)
	if testing.Short() { // with the race detector each takes seconds
		seeds = 5
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := newRig(t)
			rnd := rand.New(rand.NewPCG(seed, 1))
			all := points()
			calm := false
			defer crash.Set(func(name string) error {
				if calm || !slices.Contains(all, name) {
					return nil
				}
				switch n := rnd.IntN(100); {
				case n < 3:
					panic(crash.Crashed{Point: name})
				case n < 6:
					return errHit
				}
				return nil
			})()
			hook := func(c fake.Call) *fake.Fault {
				if calm || rnd.IntN(100) >= 10 {
					return nil
				}
				modes := []fake.Mode{fake.Fail, fake.FailAfter, fake.Stall}
				return &fake.Fault{Mode: modes[rnd.IntN(len(modes))]}
			}
			r.machine.Hook = hook
			r.survivingLife(rnd, &calm)
		})
	}
}

// survivingLife is life under chaos: what a user does by hand is done in calm.
func (r *rig) survivingLife(rnd *rand.Rand, calm *bool) {
	r.t.Helper()
	exchange := func() {
		req := r.agent.Request(0)
		reply, err := r.hub.Exchange(context.Background(), theHost, req)
		switch n := rnd.IntN(10); {
		case err != nil || n == 0:
			r.agent.Disconnect()
		case n == 1: // the answer is lost
		case n == 2: // delivered twice, the second answer arrives
			if again, err := r.hub.Exchange(context.Background(), theHost, req); err == nil {
				_, _ = r.agent.Apply(req, again)
			}
		default:
			_, _ = r.agent.Apply(req, reply)
		}
	}
	turn := func() {
		r.survive(func() {
			if worked, next := r.agent.Step(context.Background()); !worked {
				r.now = r.now.Add(min(next, time.Minute))
			}
			if rnd.IntN(3) == 0 {
				exchange()
			}
		})
	}
	boot := int64(1)
	r.put(plan.KindVolume, 2, volume())
	for range 6 {
		r.put(plan.KindVM, 1, vm(boot))
		boot++
		for range rnd.IntN(60) {
			turn()
		}
	}
	// The folder is lost once: what the store knows comes back.
	if rnd.IntN(2) == 0 {
		r.folder = fake.NewMemory()
		r.survive(func() { r.start() })
	}
	for range 100 {
		turn()
	}
	*calm = true
	r.reach("calm", r.done(plan.KindVM, 1))
	g, _ := r.machine.Guest(id(1))
	if !g.Running || g.Boot != boot-1 {
		r.t.Errorf("guest = %+v, want boot %d", g, boot-1)
	}
	for i := 1; i < len(g.Starts); i++ {
		if g.Starts[i] <= g.Starts[i-1] {
			r.t.Errorf("a boot was carried out twice: %v", g.Starts)
		}
	}
	r.put(plan.KindVM, 1, nil)
	r.put(plan.KindVolume, 2, nil)
	r.reach("gone", func() bool { return r.get(plan.KindVM, 1).Gone() && r.get(plan.KindVolume, 2).Gone() })
	r.reach("forgotten", func() bool { return len(r.documents()) == 1 })
	if d := r.machine.Dump(); d != "" || len(r.orphans()) > 0 {
		r.t.Errorf("leaked: %s %v", d, r.orphans())
	}
}
