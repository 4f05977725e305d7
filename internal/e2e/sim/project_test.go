package sim

import (
	"context"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// A project that is shut down closes when its grace period is over, with its
// machines, router, networks and addresses; nothing of it stays on a host.
func TestProjectCloses(t *testing.T) {
	w := newWorld(t, 5, 2)
	r := &Run{World: w}
	must(t, r.Start())
	r.create(r.tokens[0])
	r.create(r.tokens[0])
	must(t, r.Settle(time.Hour))

	ctx := context.Background()
	call := &control.Call{Actor: w.actor(t, 1), Dialect: "cloudcix"}
	var project *cloud.Project
	must(t, w.DB.Read(ctx, func(tx *store.Tx) (err error) {
		project, err = store.First[cloud.Project](tx, cloud.Query{}.By("id"))
		return err
	}))
	scrub, grace := cloud.StateScrub, 1
	_, err := w.C.UpdateProject(ctx, call, control.UpdateProjectIn{Pick: control.Pick{ID: project.ID}, State: &scrub, Grace: &grace},
		func(*control.Txn, *control.ProjectView) (int, any, error) { return 200, nil, nil })
	must(t, err)
	must(t, r.Settle(30*time.Minute))
	w.Now = w.Now.Add(2 * time.Hour)
	for range 4 { // machines first, then the router, a sweep each
		w.Now = w.Now.Add(2 * time.Minute)
		must(t, r.Settle(time.Hour))
	}
	must(t, w.DB.Read(ctx, func(tx *store.Tx) error {
		if n, _ := store.Count[cloud.Project](tx, cloud.Query{}); n != 0 {
			t.Errorf("%d projects are open", n)
		}
		if n, _ := store.Count[cloud.IP](tx, cloud.Query{}); n != 0 {
			t.Errorf("%d addresses are still taken", n)
		}
		return nil
	}))
	for _, h := range w.Hosts {
		for _, kind := range []plan.Kind{plan.KindVM, plan.KindVolume, plan.KindRouter, plan.KindNetwork, plan.KindPort} {
			if ids, err := h.Machine.List(ctx, kind); err != nil || len(ids) > 0 {
				t.Errorf("%s still has %s %v (%v)", h.Name, kind, ids, err)
			}
		}
	}
	if bad := w.Leaks(); len(bad) > 0 {
		t.Errorf("left: %q", bad)
	}
}
