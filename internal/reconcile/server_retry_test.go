package reconcile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// failedCreate orders a server and lets it give up; its host stays broken.
func (r *rig) failedCreate(edit func(*control.CreateServerIn)) *cloud.Server {
	r.Helper()
	v := r.order(edit)
	r.hostOf(v.Server).machine.Inject(fake.Fault{
		Op: fake.OpEnsure, Kind: plan.KindVM, ID: plan.ID(v.UID.Hex()), Mode: fake.Hopeless, Reason: "by the test",
	})
	r.settle()
	s := get[cloud.Server](r, v.ID)
	if !s.Failed || s.RetryAt == nil {
		r.Fatalf("the creation did not give up: %+v", s)
	}
	return s
}

// tries counts how often the system began a creation again.
func (r *rig) tries(s *cloud.Server) (n int) {
	r.Helper()
	for _, e := range r.events(s) {
		if e.Action == "RETRY" && !e.End {
			if n++; e.UserName != "system" {
				r.Errorf("a try in the name of %q", e.UserName)
			}
		}
	}
	return n
}

// skip lets time pass in which nothing but the sweep has something to do.
func (r *rig) skip(d time.Duration) {
	r.Helper()
	for until := r.now.Add(d); r.now.Before(until); r.now = r.now.Add(20 * time.Second) {
		r.play(time.Second)
	}
	r.settle()
}

// What gave up is tried again each hour, until it is there; each time is an
// operation in the log, and one that fails ends with the reason again.
func TestCreationIsTriedAgain(t *testing.T) {
	for _, off := range []bool{false, true} {
		t.Run(fmt.Sprintf("off=%v", off), func(t *testing.T) {
			r := newRig(t, 1)
			s := r.failedCreate(func(in *control.CreateServerIn) { in.Off = off })
			r.skip(50 * time.Minute)
			if n := r.tries(s); n != 0 {
				t.Fatalf("%d tries within the hour", n)
			}
			r.skip(15 * time.Minute)
			if n := r.tries(s); n != 1 {
				t.Fatalf("%d tries after an hour", n)
			}
			if e := r.ended(s, "RETRY"); !e.Failed || e.State != cloud.StateUnresourced || !strings.Contains(e.Reason, "by the test") {
				t.Errorf("the try ended with %+v", e)
			}
			r.whole()
			r.hosts[0].machine.ClearFaults()
			r.skip(61 * time.Minute)
			if n := r.tries(s); n != 2 {
				t.Errorf("%d tries after two hours", n)
			}
			if s = get[cloud.Server](r, s.ID); s.Failed || !s.Built || s.SeenOn == off || s.RetryAt != nil {
				t.Errorf("in the end: %+v", s)
			}
			r.whole()
			r.skip(3 * time.Hour)
			if n := r.tries(s); n != 2 {
				t.Errorf("%d tries of what is there", n)
			}
		})
	}
}

// Nobody tries to make what its owner removes or has tried himself.
func TestRetryIsTheOwners(t *testing.T) {
	r := newRig(t, 1)
	s := r.failedCreate(nil)
	s2 := r.failedCreate(nil)
	r.hosts[0].silent = true // its removal takes longer than an hour
	r.remove(s)
	r.now = r.now.Add(2 * time.Hour)
	r.hosts[0].machine.ClearFaults()
	r.power(s2, control.PowerOn, false)
	r.play(2 * time.Minute)
	if n, m := r.tries(s), r.tries(s2); n != 0 || m != 0 {
		t.Errorf("%d tries of what is removed, %d of what its owner tries", n, m)
	}
	r.hosts[0].silent = false
	r.settle()
	r.skip(2 * time.Hour)
	if get[cloud.Server](r, s.ID).Alive() || r.tries(s) != 0 {
		t.Errorf("the removed one is there: %d tries", r.tries(s))
	}
	if s2 = get[cloud.Server](r, s2.ID); s2.Failed || r.tries(s2) != 0 {
		t.Errorf("the other one: %+v, %d tries", s2.Life, r.tries(s2))
	}
	r.whole()
}

// A host that comes back is a reason to try at once, and so is one whose
// server was removed; but not more often than each five minutes.
func TestRetryWhenCapacityChanges(t *testing.T) {
	r := newRig(t, 1)
	other := r.create(nil)
	s := r.failedCreate(nil)
	r.play(6 * time.Minute)
	r.hosts[0].silent = true
	r.now = r.now.Add(3 * time.Minute)
	r.hosts[0].silent = false
	r.play(10 * time.Second)
	if n := r.tries(s); n != 1 {
		t.Fatalf("%d tries when the host came back", n)
	}
	// Room on the host, right after a try: five minutes later.
	r.remove(other)
	r.play(3 * time.Minute)
	if n := r.tries(s); n != 1 {
		t.Fatalf("%d tries within the gap", n)
	}
	r.play(4 * time.Minute)
	if n := r.tries(s); n != 2 {
		t.Fatalf("%d tries after a server was removed", n)
	}
	r.hosts[0].machine.ClearFaults()
	r.skip(61 * time.Minute)
	if s = get[cloud.Server](r, s.ID); s.Failed {
		t.Errorf("in the end: %+v", s.Life)
	}
	r.whole()
}

// Many that failed together come back a few at a time.
func TestRetriesAreNoHerd(t *testing.T) {
	r := newRig(t, 1)
	const many = 20
	var list []*cloud.Server
	for range many {
		v := r.order(nil)
		list = append(list, v.Server)
		r.hosts[0].machine.Inject(fake.Fault{
			Op: fake.OpEnsure, Kind: plan.KindVM, ID: plan.ID(v.UID.Hex()), Mode: fake.Hopeless, Reason: "by the test",
		})
	}
	r.settle()
	r.hosts[0].machine.ClearFaults()
	r.now = r.now.Add(time.Hour)
	seen := map[int]bool{}
	for range 10 * 60 {
		r.play(time.Second)
		n := 0
		for _, s := range list {
			n += r.tries(s)
		}
		seen[n] = true
		if n == many {
			break
		}
	}
	for n := range seen {
		if n != many && n%8 != 0 {
			t.Errorf("%d were tried at once", n)
		}
	}
	if !seen[8] || !seen[16] || !seen[many] {
		t.Errorf("tried after each sweep: %v", seen)
	}
	r.settle()
	r.whole()
}

// loseHost is what the operator's word does.
func (r *rig) loseHost(h *machineHost) {
	r.Helper()
	h.silent = true
	r.write(func(tx *store.Tx) error {
		row, err := store.Get[cloud.Host](tx, h.id)
		if err != nil {
			return err
		}
		row.State = cloud.HostLost
		if err := store.Update(tx, row); err != nil {
			return err
		}
		if err := hub.DeclareLost(tx, h.id); err != nil {
			return err
		}
		return work.Enqueue(tx, reconcile.Host, h.id, 0)
	})
}

// A creation whose host is lost, or takes no machines any more, is made on
// another one, once nothing of it is left on its own.
func TestRetryElsewhere(t *testing.T) {
	for _, how := range []string{"lost", "lost while it is made", "disabled"} {
		t.Run(how, func(t *testing.T) {
			r := newRig(t, 2)
			var s *cloud.Server
			if how == "lost while it is made" {
				s = r.order(nil).Server
				r.hostOf(s).silent = true
				r.play(time.Second)
			} else {
				s = r.failedCreate(nil)
			}
			old := r.hostOf(s)
			if how == "disabled" {
				r.write(func(tx *store.Tx) error {
					row, err := store.Get[cloud.Host](tx, old.id)
					if err != nil {
						return err
					}
					row.Enabled = false
					return store.Update(tx, row)
				})
				r.skip(61 * time.Minute)
			} else {
				r.loseHost(old)
				r.skip(6 * time.Minute)
				r.settle()
			}
			s = get[cloud.Server](r, s.ID)
			if s.Failed || !s.SeenOn || s.HostID == old.id {
				t.Fatalf("it is on host %d: %+v", s.HostID, s.Life)
			}
			for _, v := range r.volumes(s) {
				if v.HostID != s.HostID {
					t.Errorf("the disk %s is on host %d", v.Name, v.HostID)
				}
			}
			if n := r.tries(s); n != 1 {
				t.Errorf("%d tries", n)
			}
			for _, o := range r.ordersOf("") {
				if o.Host == old.id && !o.Absent && (o.Kind == plan.KindVM || o.Kind == plan.KindVolume) {
					t.Errorf("the old host is still to have %s", o.Ref())
				}
			}
			for _, h := range find[cloud.Host](r) {
				if n := map[bool]int{true: 1}[h.ID == s.HostID]; h.Servers != n {
					t.Errorf("%s has %d servers", h.Name, h.Servers)
				}
			}
		})
	}
}

// With no other host it waits for one, without a word in the log.
func TestRetryWaitsForAHost(t *testing.T) {
	r := newRig(t, 1)
	s := r.failedCreate(nil)
	r.loseHost(r.hosts[0])
	r.skip(2 * time.Hour)
	if n := r.tries(s); n != 0 {
		t.Fatalf("%d tries without a host", n)
	}
	if s = get[cloud.Server](r, s.ID); !s.Failed || !strings.Contains(s.Reason, "by the test") {
		t.Errorf("it failed because: %+v", s.Life)
	}
	r.addHost("h2")
	r.play(3 * time.Minute)
	r.settle()
	if s = get[cloud.Server](r, s.ID); s.Failed || s.HostID != r.hosts[1].id || r.tries(s) != 1 {
		t.Errorf("with a new host: on %d, %d tries, %+v", s.HostID, r.tries(s), s.Life)
	}
}

// A copy is tried again while there is something to copy; one whose source is
// gone stays failed, with its reason and without noise.
func TestRetryOfACopy(t *testing.T) {
	for _, gone := range []bool{false, true} {
		t.Run(fmt.Sprintf("gone=%v", gone), func(t *testing.T) {
			r := newRig(t, 1)
			s := r.create(nil)
			r.must(r.hosts[0].machine.WriteDisk(plan.ID(r.volumes(s)[0].UID.Hex()), "hello", "world"))
			c := r.failedClone(s, plan.KindVM)
			if gone {
				r.remove(s)
				r.settle()
			}
			was := get[cloud.Server](r, c.ID).Reason
			lines := len(r.events(c))
			r.skip(3 * time.Hour)
			c = get[cloud.Server](r, c.ID)
			if !gone {
				if c.Failed || r.holds(c, "hello") != "world" || r.tries(c) != 1 {
					t.Errorf("the copy: %+v, %d tries", c.Life, r.tries(c))
				}
				r.whole()
				return
			}
			if !c.Failed || c.RetryAt != nil || c.Reason != was || len(r.events(c)) != lines {
				t.Errorf("the copy: %+v, %d lines in place of %d", c, len(r.events(c)), lines)
			}
			r.remove(c)
			r.settle()
			r.whole()
		})
	}
}
