package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// routerThatWaits makes a project whose router finds no host.
func (r *rig) routerThatWaits(why string) *cloud.Router {
	r.Helper()
	call := *r.call
	call.Confined = false
	var p *control.ProjectView
	_, err := r.c.CreateProject(r.Context(), &call, control.CreateProjectIn{Name: "p"}, keep(&p))
	r.must(err)
	r.play(10 * time.Minute)
	rt := get[cloud.Router](r, p.Router.ID)
	if rt.HostID != 0 || !rt.Open() || rt.Reason != why {
		r.Fatalf("host %d, open %v: %q", rt.HostID, rt.Open(), rt.Reason)
	}
	return rt
}

// A router whose region has hosts, none of which speaks, waits for one that does, and
// says so.
func TestRouterWaitsForASpeakingHost(t *testing.T) {
	r := newRig(t, 1)
	r.hosts[0].silent = true
	r.play(cloud.HostSilent + time.Minute)
	rt := r.routerThatWaits(store.SilentHosts)
	var fix string
	r.read(func(tx *store.Tx) error {
		waits, err := control.Waits(tx)
		for _, w := range waits {
			if w.Kind == "router" && w.For == store.SilentHosts {
				fix = w.Fix
			}
		}
		return err
	})
	if !strings.Contains(fix, "Start the machine") {
		t.Errorf("the advice is %q", fix)
	}
	r.hosts[0].silent = false
	r.play(2 * time.Minute)
	if rt = get[cloud.Router](r, rt.ID); rt.HostID == 0 || rt.Open() || !rt.SeenOn {
		t.Errorf("%+v", rt)
	}
}

// What waits for a host that is silent says so before the host counts as away.
func TestWaitsForASilentHost(t *testing.T) {
	r := newRig(t, 1)
	r.hosts[0].silent = true
	v := r.order(nil)
	r.play(cloud.HostSilent + 5*time.Second)
	r.read(func(tx *store.Tx) error {
		waits, err := control.Waits(tx)
		for _, w := range waits {
			if w.Kind == "server" && w.ID == v.ID && strings.Contains(w.For, "was not heard since") && w.Fix != "" {
				return err
			}
		}
		t.Errorf("nothing says that the host is silent: %+v", waits)
		return err
	})
}

// A router whose region has no host waits and is placed when one comes.
func TestRouterWaitsForAHost(t *testing.T) {
	r := bareRig(t)
	rt := r.routerThatWaits(store.NoHost)
	r.addHost("late")
	r.play(2 * time.Minute)
	if rt = get[cloud.Router](r, rt.ID); rt.HostID == 0 || rt.Open() || !rt.SeenOn || cloud.RouterStateNumber(rt) != cloud.StateRunning {
		t.Errorf("%+v", rt)
	}
}
