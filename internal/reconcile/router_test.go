package reconcile_test

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// A router whose region has no host waits and is placed when one comes.
func TestRouterWaitsForAHost(t *testing.T) {
	r := bareRig(t)
	call := *r.call
	call.Confined = false
	var p *control.ProjectView
	_, err := r.c.CreateProject(t.Context(), &call, control.CreateProjectIn{Name: "p"}, keep(&p))
	r.must(err)
	r.play(10 * time.Minute)
	rt := get[cloud.Router](r, p.Router.ID)
	if rt.HostID != 0 || !rt.Open() || rt.Reason != "no host of the region has joined yet" {
		t.Fatalf("host %d, open %v: %q", rt.HostID, rt.Open(), rt.Reason)
	}
	r.addHost("late")
	r.play(2 * time.Minute)
	if rt = get[cloud.Router](r, rt.ID); rt.HostID == 0 || rt.Open() || !rt.SeenOn || cloud.RouterStateNumber(rt) != cloud.StateRunning {
		t.Errorf("%+v", rt)
	}
}
