package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// failedClone makes a copy that is given up.
func (r *rig) failedClone(s *cloud.Server, kind plan.Kind) *cloud.Server {
	r.Helper()
	c := r.clone(s)
	f := fake.Fault{Op: fake.OpEnsure, Kind: kind, ID: plan.ID(c.UID.Hex()), Mode: fake.Hopeless, Reason: "by the test"}
	if kind == plan.KindVolume {
		f.ID = plan.ID(r.volumes(c)[0].UID.Hex())
	}
	m := r.hostOf(s).machine
	m.Inject(f)
	r.play(time.Minute)
	m.ClearFaults()
	if c = get[cloud.Server](r, c.ID); !c.Failed || cloud.StateNumber(c) != cloud.StateUnresourced {
		r.Fatalf("the copy did not fail: %+v", c.Life)
	}
	if e := r.ended(c, "CREATE"); !e.Failed || e.State != cloud.StateUnresourced || e.Reason == "" {
		r.Errorf("the copy ended with %+v", e)
	}
	return c
}

// holds tells what the main disk of a server has under a key.
func (r *rig) holds(s *cloud.Server, key string) string {
	r.Helper()
	data, err := r.hostOf(s).machine.ReadDisk(plan.ID(r.volumes(s)[0].UID.Hex()))
	r.must(err)
	return data[key]
}

// A copy that fails lets go of its source at once: no point is left, and the
// source's disks may change. It can be tried again, and is then a copy of the
// source as that is now.
func TestFailedClone(t *testing.T) {
	for _, kind := range []plan.Kind{plan.KindVolume, plan.KindVM} {
		t.Run(string(kind), func(t *testing.T) {
			r := newRig(t, 1)
			s := r.create(nil)
			main := plan.ID(r.volumes(s)[0].UID.Hex())
			r.must(r.hosts[0].machine.WriteDisk(main, "hello", "world"))
			c := r.failedClone(s, kind)
			if n := len(find[cloud.Snapshot](r)); n != 0 {
				t.Errorf("%d snapshots are left", n)
			}
			if seen, err := r.hosts[0].machine.ReadDisk(main); err != nil || seen["hello"] != "world" {
				t.Errorf("the source holds %v, %v", seen, err)
			}
			r.whole()
			r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
				return r.c.ResizeDisk(r.Context(), r.call,
					control.DisksIn{Pick: pick(s.Meta), Disk: pick(r.volumes(s)[0].Meta), Limits: limits, SizeGB: 50}, ans)
			})
			r.settle()
			r.must(r.hosts[0].machine.WriteDisk(main, "hello", "moon"))
			r.power(c, control.PowerOn, false)
			if src := get[cloud.Server](r, s.ID); src.Change != cloud.Capture || !src.Open() {
				t.Errorf("the source is not being copied: %+v", src.Life)
			}
			r.settle()
			if c = get[cloud.Server](r, c.ID); !c.SeenOn || c.Failed || c.CloneOf != 0 {
				t.Fatalf("the second try: %+v", c)
			}
			if v := r.volumes(c)[0]; v.SeenGB != 50 || r.holds(c, "hello") != "moon" {
				t.Errorf("the copy has %d GB and holds %q", v.SeenGB, r.holds(c, "hello"))
			}
			if n := len(find[cloud.Snapshot](r)); n != 0 {
				t.Errorf("%d snapshots are left", n)
			}
			r.whole()
		})
	}
}

// A second try right after the first, before the host cleared what there was,
// and one that fails like the first.
func TestFailedCloneAgainAndAgain(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	r.must(r.hosts[0].machine.WriteDisk(plan.ID(r.volumes(s)[0].UID.Hex()), "hello", "world"))
	c := r.clone(s)
	vm := fake.Fault{Op: fake.OpEnsure, Kind: plan.KindVM, ID: plan.ID(c.UID.Hex()), Mode: fake.Hopeless, Reason: "by the test"}
	r.hosts[0].machine.Inject(vm)
	for try := range 3 {
		for n := 0; !get[cloud.Server](r, c.ID).Failed; n++ {
			if n > 600 {
				t.Fatalf("try %d did not fail", try)
			}
			r.round()
			r.now = r.now.Add(time.Second)
		}
		for get[cloud.Server](r, s.ID).Open() {
			r.play(time.Second)
		}
		if try == 2 {
			r.hosts[0].machine.ClearFaults()
		}
		r.power(c, control.PowerOn, false)
	}
	r.settle()
	if c = get[cloud.Server](r, c.ID); !c.SeenOn || r.holds(c, "hello") != "world" {
		t.Errorf("in the end: %+v", c.Life)
	}
	if n := len(find[cloud.Snapshot](r)); n != 0 {
		t.Errorf("%d snapshots are left", n)
	}
	r.whole()
	r.remove(c)
	r.remove(s)
	r.settle()
	r.whole()
}

// The source got another image between two tries: the copy has it too.
func TestFailedCloneOfWhatWasReinstalled(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	c := r.failedClone(s, plan.KindVM)
	r.reinstall(s)
	r.settle()
	r.power(c, control.PowerOn, false)
	r.settle()
	s, c = get[cloud.Server](r, s.ID), get[cloud.Server](r, c.ID)
	r.onImage(s, r.debian)
	r.onImage(c, r.debian)
	if c.RootHash != s.RootHash || len(c.Keys) != len(s.Keys) {
		t.Errorf("the copy %+v, the source %+v", c.Install(""), s.Install(""))
	}
	r.whole()
}

// The source cannot be frozen: the copy does not wait for what never comes.
func TestCloneOfWhatCannotBeFrozen(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	r.hosts[0].machine.Inject(fake.Fault{
		Op: fake.OpEnsure, Kind: plan.KindVolume, ID: plan.ID(r.volumes(s)[0].UID.Hex()), Mode: fake.Hopeless, Reason: "by the test",
	})
	c := r.clone(s)
	r.play(2 * time.Minute)
	c = get[cloud.Server](r, c.ID)
	if !c.Failed || !strings.Contains(c.Reason, "could not be frozen") {
		t.Errorf("the copy: %+v", c.Life)
	}
	if e := r.ended(s, "CLONE"); !e.Failed {
		t.Errorf("the source: %+v", e)
	}
	r.hosts[0].machine.ClearFaults()
	r.play(time.Minute)
	if n := len(find[cloud.Snapshot](r)); n != 0 {
		t.Errorf("%d snapshots are left", n)
	}
	r.whole()
}

// A change of the source that is given up does not bring the hidden point back.
func TestHiddenPointGoesAllTheSame(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	c := r.clone(s)
	r.settle()
	snap := &cloud.Snapshot{ServerID: s.ID, Name: "clone-of-somebody", Hidden: true, Made: true, Removing: true}
	r.write(func(tx *store.Tx) error { return store.Insert(tx, snap) })
	r.hosts[0].machine.Inject(fake.Fault{
		Op: fake.OpEnsure, Kind: plan.KindVM, ID: plan.ID(s.UID.Hex()), Mode: fake.Hopeless, Reason: "by the test",
	})
	r.resize(s, control.HardwareIn{VCPU: 2})
	r.play(time.Minute)
	if e := r.ended(s, "UPDATE"); !e.Failed {
		t.Fatalf("was not given up: %+v", e)
	}
	r.hosts[0].machine.ClearFaults()
	r.play(time.Minute)
	if n := len(find[cloud.Snapshot](r)); n != 0 {
		t.Errorf("%d snapshots are left", n)
	}
	r.whole()
	r.remove(c)
	r.settle()
	r.whole()
}

// The clone's hidden snapshot goes when the copy is whole, or the copy or the
// source was removed on the way.
func TestClone(t *testing.T) {
	for _, gone := range []string{"nobody", "clone", "source", "both"} {
		for _, rounds := range []int{0, 1, 2, 3, 4, 6} {
			r := newRig(t, 1)
			s := r.create(nil)
			m := r.hosts[0].machine
			r.must(m.WriteDisk(plan.ID(r.volumes(s)[0].UID.Hex()), "hello", "world"))
			c := r.clone(s)
			for range rounds {
				r.round()
			}
			switch gone {
			case "clone":
				r.remove(c)
			case "source":
				r.remove(s)
			case "both":
				r.remove(s)
				r.remove(c)
			}
			r.settle()
			if n := len(find[cloud.Snapshot](r)); n != 0 {
				t.Errorf("%s gone after %d rounds: %d snapshots left", gone, rounds, n)
			}
			got := get[cloud.Server](r, c.ID)
			if gone == "source" && got.Failed && strings.Contains(got.Reason, "source was removed") {
				if waited := got.MovedAt.Sub(got.ChangeAt); waited > 2*time.Minute {
					t.Errorf("the copy waited %s for a source that was gone", waited)
				}
			} else if gone == "nobody" || gone == "source" {
				if !got.SeenOn || got.Failed {
					t.Errorf("%s gone after %d rounds: the copy %+v", gone, rounds, got.Life)
				} else if data, err := m.ReadDisk(plan.ID(r.volumes(got)[0].UID.Hex())); err != nil || data["hello"] != "world" {
					t.Errorf("the copy holds %v %v", data, err)
				}
			}
			if gone != "nobody" && gone != "clone" && get[cloud.Server](r, s.ID).Alive() {
				t.Errorf("%s gone after %d rounds: the source is still there", gone, rounds)
			}
			r.whole()
			if t.Failed() {
				t.Fatal(r.orders())
			}
		}
	}
}
