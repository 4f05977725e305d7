package reconcile_test

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// closing shuts a project down.
func (r *rig) closing(project int64, grace int) {
	r.Helper()
	scrub := cloud.StateScrub
	_, err := r.c.UpdateProject(r.Context(), r.call, control.UpdateProjectIn{Pick: control.Pick{ID: project}, State: &scrub, Grace: &grace},
		func(*control.Txn, *control.ProjectView) (int, any, error) { return 200, nil, nil })
	r.must(err)
}

// An empty project without a grace period closes at once, and not whenever the
// next sweep happens to come; one with a grace period is kept for as long.
func TestEmptyProjectCloses(t *testing.T) {
	for grace, within := range map[int]time.Duration{0: 10 * time.Second, 2: 2*time.Hour + 2*time.Minute} {
		r := newRig(t, 1)
		s := r.create(nil)
		r.remove(s)
		r.settle()
		r.closing(s.ProjectID, grace)
		if grace > 0 {
			r.play(10 * time.Second)
			r.now = r.now.Add(time.Duration(grace)*time.Hour - time.Minute)
			r.play(10 * time.Second)
			if !get[cloud.Project](r, s.ProjectID).Alive() {
				t.Errorf("closed before its %d hours were over", grace)
			}
			within -= time.Duration(grace) * time.Hour
		}
		r.play(within)
		if get[cloud.Project](r, s.ProjectID).Alive() {
			t.Errorf("with %d hours of grace it is open after %s", grace, within)
		}
		for _, kind := range []plan.Kind{plan.KindRouter, plan.KindNetwork} {
			if ids, err := r.hosts[0].machine.List(r.Context(), kind); err != nil || len(ids) > 0 {
				t.Errorf("%s left: %v, %v", kind, ids, err)
			}
		}
		r.whole()
		if left := find[cloud.IP](r, cloud.Eq("project_id", s.ProjectID)); len(left) > 0 {
			t.Errorf("the closed project keeps the address %s", left[0].Addr)
		}
	}
}

// A project with machines closes as soon as the last of them is gone, when its
// grace period is over then: each stage wakes the next one.
func TestProjectWithMachinesCloses(t *testing.T) {
	r := newRig(t, 1)
	a := r.create(nil)
	b := r.create(func(in *control.CreateServerIn) { in.Name = "off"; in.Off = true })
	if a.ProjectID != b.ProjectID {
		t.Fatal("two projects")
	}
	r.play(90 * time.Second) // in step with no sweep
	r.closing(a.ProjectID, 0)
	r.play(15 * time.Second)
	if get[cloud.Project](r, a.ProjectID).Alive() {
		t.Errorf("it is open after 15 s: %+v", find[cloud.Router](r, cloud.Eq("project_id", a.ProjectID))[0].Life)
	}
	r.play(3 * time.Second)
	for _, kind := range []plan.Kind{plan.KindVM, plan.KindRouter, plan.KindNetwork} {
		if ids, err := r.hosts[0].machine.List(r.Context(), kind); err != nil || len(ids) > 0 {
			t.Errorf("%s left: %v, %v", kind, ids, err)
		}
	}
	r.whole()
}

// A router serves as long as machines are in its project, however long ago its own grace
// period was over.
func TestRouterWaitsForMachines(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	r.hosts[0].machine.Inject(fake.Fault{Op: fake.OpRemove, Kind: plan.KindVM, Mode: fake.Fail, Reason: "by the test"})
	r.closing(s.ProjectID, 0)
	r.play(10 * time.Minute)
	rt := find[cloud.Router](r, cloud.Eq("project_id", s.ProjectID))[0]
	if !get[cloud.Server](r, s.ID).Alive() {
		t.Fatal("the machine is gone, though its host cannot remove it")
	}
	if rt.Remove != cloud.AfterGrace {
		t.Errorf("its router is being removed: %+v", rt.Life)
	}
	r.hosts[0].machine.ClearFaults()
	r.play(2 * time.Hour)
	if get[cloud.Project](r, s.ProjectID).Alive() {
		t.Error("the project is open when its machine is gone")
	}
	r.whole()
}
