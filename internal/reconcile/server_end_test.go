package reconcile_test

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// A fixed size that a machine never got is not shown as its own.
func TestFlavorRolledBack(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	large := find[cloud.Flavor](r, cloud.Eq("name", "XL"))[0]
	r.resize(s, control.HardwareIn{Flavor: pick(large.Meta)})
	if get[cloud.Server](r, s.ID).FlavorID != large.ID {
		t.Fatal("the flavor was not taken")
	}
	r.hosts[0].machine.Inject(fake.Fault{Op: fake.OpEnsure, Kind: plan.KindVM, Mode: fake.Hopeless})
	r.play(time.Minute)
	r.hosts[0].machine.ClearFaults()
	r.settle()
	if got := get[cloud.Server](r, s.ID); got.FlavorID != 0 || got.VCPU != 1 {
		t.Errorf("flavor %d, %d vCPU", got.FlavorID, got.VCPU)
	}
	r.whole()
}

// What was lost on the way to its grace period has nothing to be kept for: it
// is removed.
func TestLostInTheGracePeriod(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	changeRow(r, s.ID, func(s *cloud.Server) { s.Remove, s.On, s.Failed, s.Reason = cloud.AfterGrace, false, true, "lost" })
	r.play(5 * time.Minute)
	if get[cloud.Server](r, s.ID).Alive() {
		t.Error("it is kept for ever")
	}
	r.whole()
}

// An address that was taken off a machine whose creation failed is free when
// nothing of the machine is left.
func TestAddressOfAFailedCreation(t *testing.T) {
	r := newRig(t, 1)
	r.hosts[0].silent = true
	v := r.order(nil)
	ip := find[cloud.IP](r, cloud.Eq("server_id", v.ID), cloud.Eq("kind", string(cloud.PublicIP)))[0]
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.RemoveServerIP(t.Context(), r.call, control.ServerIPIn{Pick: pick(v.Meta), IP: pick(ip.Meta), Keep: true}, ans)
	})
	r.play(20 * time.Minute)
	changeRow(r, v.ID, func(s *cloud.Server) { s.RetryAt = nil }) // it stays as it is
	r.hosts[0].silent = false
	r.play(5 * time.Minute)
	if !get[cloud.Server](r, v.ID).Failed {
		t.Fatal("it did not fail")
	}
	if got := get[cloud.IP](r, ip.ID); !got.Alive() || got.Leaving != "" || got.ServerID != 0 {
		t.Errorf("%+v", got)
	}
	r.whole()
}

// A forced power-off takes the place of what is under way; both end.
func TestForcedPowerOff(t *testing.T) {
	for _, c := range changes {
		if c.off {
			continue
		}
		for rounds := range 3 {
			r := newRig(t, 1)
			s := r.prepare(c)
			c.do(r, s)
			for range rounds {
				r.round()
			}
			if s = get[cloud.Server](r, s.ID); !s.On && !s.Open() {
				continue // it went off meanwhile
			}
			r.power(s, control.PowerOff, true)
			r.settle()
			r.play(time.Minute)
			if s = get[cloud.Server](r, s.ID); s.On || s.SeenOn {
				t.Errorf("%s, after %d rounds: still on", c.name, rounds)
			}
			starts, ends := 0, 0
			for _, e := range r.events(s) {
				if e.End {
					ends++
				} else {
					starts++
				}
			}
			if starts != ends {
				t.Errorf("%s: %d operations began, %d ended", c.name, starts, ends)
			}
			r.whole()
			if t.Failed() {
				t.Fatalf("%s after %d rounds", c.name, rounds)
			}
		}
	}
}
