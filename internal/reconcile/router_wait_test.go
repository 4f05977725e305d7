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

// noRouter makes a host unable to make routers for good, or for as long as it is
// not told otherwise.
func (h *machineHost) noRouter(mode fake.Mode) {
	h.machine.Inject(fake.Fault{Kind: plan.KindRouter, Op: fake.OpEnsure, Mode: mode, Times: 1 << 30, Reason: "nft: bad rule"})
}

func (r *rig) changeRouter(project int64, in control.ChangeRouterIn) error {
	r.Helper()
	in.Pick = control.Pick{ID: get[cloud.Project](r, project).RouterID}
	_, err := r.c.ChangeRouter(r.Context(), r.call, in, func(*control.Txn, *control.ProjectView) (int, any, error) { return 200, nil, nil })
	return err
}

func (r *rig) routerOf(project int64) *cloud.Router {
	r.Helper()
	return get[cloud.Router](r, get[cloud.Project](r, project).RouterID)
}

func (r *rig) lastEvent(kind string, id int64) (e *cloud.Event) {
	r.Helper()
	r.read(func(tx *store.Tx) (err error) {
		q := cloud.Where(cloud.Eq("kind", kind), cloud.Eq("object_id", id))
		q.Order = []cloud.Order{{Field: "id", Desc: true}}
		e, err = store.First[cloud.Event](tx, q)
		return err
	})
	return e
}

// A change of a router that its host cannot carry out is given up: at once when
// the host calls it hopeless, else after a while. The networks are those of
// before, the reason stands in the history, and the project can be removed.
func TestRouterChangeIsGivenUp(t *testing.T) {
	for name, c := range map[string]struct {
		mode   fake.Mode
		within time.Duration
	}{"hopeless": {fake.Hopeless, time.Minute}, "stalled": {fake.Stall, 11 * time.Minute}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 1)
			s := r.create(nil)
			r.settle()
			r.must(r.changeRouter(s.ProjectID, control.ChangeRouterIn{Subnets: []control.SubnetIn{{Text: "10.0.0.1/24"}}}))
			r.settle()
			kept := find[cloud.Subnet](r, cloud.Eq("project_id", s.ProjectID), cloud.Eq("public", false))
			r.hosts[0].noRouter(c.mode)
			r.must(r.changeRouter(s.ProjectID, control.ChangeRouterIn{Subnets: []control.SubnetIn{
				{Text: "10.0.1.1/24"}, {ID: control.Pick{ID: kept[0].ID}, Text: "10.0.0.1/25"},
			}}))
			r.play(c.within)
			rt := r.routerOf(s.ProjectID)
			if rt.Open() || cloud.RouterStateNumber(rt) != cloud.StateRunning {
				t.Fatalf("after %s: %+v", c.within, rt.Life)
			}
			if e := r.lastEvent("router", rt.ID); !e.End || !e.Failed || !strings.HasSuffix(e.Reason, "nft: bad rule") {
				t.Errorf("its last event is %+v", e)
			}
			after := find[cloud.Subnet](r, cloud.Eq("project_id", s.ProjectID), cloud.Eq("public", false))
			if len(after) != 1 || after[0].Text != "10.0.0.1/24" || after[0].Prefix != kept[0].Prefix {
				t.Errorf("its networks are %+v", after)
			}
			// It is not mended, and the project goes all the same.
			r.closing(s.ProjectID, 0)
			r.play(20 * time.Minute)
			if get[cloud.Project](r, s.ProjectID).Alive() {
				t.Errorf("the project stays: %+v", r.routerOf(s.ProjectID).Life)
			}
			r.whole()
		})
	}
}

// A router that no host can make has failed after a while, and so it can be
// removed; when a host can make it, it is made.
func TestRouterCreationIsGivenUp(t *testing.T) {
	failed := func(t *testing.T, h *machineHost, r *rig) *cloud.Server {
		h.noRouter(fake.Stall)
		s := r.create(nil)
		r.play(16 * time.Minute)
		if rt := r.routerOf(s.ProjectID); cloud.RouterStateNumber(rt) != cloud.StateUnresourced || rt.Reason == "" {
			t.Fatalf("after a quarter of an hour: %+v", rt.Life)
		}
		return s
	}
	t.Run("removed", func(t *testing.T) {
		r := newRig(t, 1)
		s := failed(t, r.hosts[0], r)
		r.closing(s.ProjectID, 0)
		r.play(5 * time.Minute)
		if get[cloud.Project](r, s.ProjectID).Alive() {
			t.Errorf("the project stays: %+v", r.routerOf(s.ProjectID).Life)
		}
	})
	t.Run("mended", func(t *testing.T) {
		r := newRig(t, 1)
		s := failed(t, r.hosts[0], r)
		r.hosts[0].machine.ClearFaults()
		r.play(2 * time.Hour)
		rt := r.routerOf(s.ProjectID)
		if cloud.RouterStateNumber(rt) != cloud.StateRunning {
			t.Errorf("after the mend: %+v", rt.Life)
		}
		if e := r.lastEvent("router", rt.ID); !e.End || e.Failed || e.State != cloud.StateRunning {
			t.Errorf("its last event is %+v", e)
		}
		r.remove(s)
		r.settle()
		r.whole()
	})
}

// A machine that its host cannot stop is removed all the same, when its grace
// period is over.
func TestServerThatCannotBeStopped(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	r.settle()
	r.hosts[0].machine.Inject(fake.Fault{Kind: plan.KindVM, Op: fake.OpEnsure, Mode: fake.Hopeless, Times: 1 << 30, Reason: "qemu: no"})
	r.closing(s.ProjectID, 1)
	r.play(5 * time.Minute)
	if got := cloud.StateNumber(get[cloud.Server](r, s.ID)); got != cloud.StateScrubQueue {
		t.Errorf("its state is %d: %+v", got, get[cloud.Server](r, s.ID).Life)
	}
	r.play(70 * time.Minute)
	if get[cloud.Project](r, s.ProjectID).Alive() {
		t.Error("the project stays")
	}
	r.whole()
}

// What is closed takes no change: nothing is written, and no event begins that
// could never end.
func TestClosedProjectIsNotChanged(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	r.remove(s)
	r.settle()
	r.closing(s.ProjectID, 0)
	r.play(time.Minute)
	before, events := r.routerOf(s.ProjectID), len(find[cloud.Event](r))
	if before.Alive() {
		t.Fatal("it is not closed")
	}
	state, name := cloud.StateRunning, "other"
	for what, in := range map[string]control.UpdateProjectIn{"state": {State: &state}, "name": {Name: &name}} {
		in.Pick = control.Pick{ID: s.ProjectID}
		_, err := r.c.UpdateProject(r.Context(), r.call, in, func(*control.Txn, *control.ProjectView) (int, any, error) { return 200, nil, nil })
		if !cloud.IsKind(err, cloud.Conflict) {
			t.Errorf("%s: %v", what, err)
		}
	}
	err := r.changeRouter(s.ProjectID, control.ChangeRouterIn{Subnets: []control.SubnetIn{{Text: "10.0.0.1/24"}}})
	if !cloud.IsKind(err, cloud.Conflict) {
		t.Errorf("its router: %v", err)
	}
	if after := r.routerOf(s.ProjectID); after.Open() || after.On || after.Updated != before.Updated || len(find[cloud.Event](r)) != events {
		t.Errorf("something was written: %+v", after.Life)
	}
}
