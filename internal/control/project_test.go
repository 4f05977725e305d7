package control_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

func (r *rig) project(call *control.Call, name string) *control.ProjectView {
	r.Helper()
	var p *control.ProjectView
	_, err := r.c.CreateProject(r.Context(), openly(call), control.CreateProjectIn{Name: name}, keep(&p))
	r.must(err)
	r.landRouter(p.Router.ID)
	return p
}

// landRouter plays that a host carried out what was asked of a router.
func (r *rig) landRouter(id int64) {
	r.Helper()
	change(r, id, func(x *cloud.Router) { x.EventID, x.Taken, x.Built, x.SeenOn = 0, true, true, x.On })
}

func (r *rig) setProject(p *control.ProjectView, state int) error {
	_, err := r.c.UpdateProject(r.Context(), openly(r.alice),
		control.UpdateProjectIn{Pick: control.Pick{ID: p.Project.ID}, State: &state}, keep(new(*control.ProjectView)))
	return err
}

// R22: the default project is made once, used again, and replaced when it goes.
func TestDefaultProject(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		a, b := r.server(r.alice, nil), r.server(r.alice, nil)
		if a.ProjectID != b.ProjectID || a.Project.Name != "default" || !a.Project.Default {
			t.Errorf("projects %d %d %+v", a.ProjectID, b.ProjectID, a.Project)
		}
		if c := r.server(r.bob, nil); c.ProjectID == a.ProjectID || c.Project.Name != "default" {
			t.Errorf("another member's: %+v", c.Project)
		}
		r.landRouter(a.Project.RouterID)
		p := &control.ProjectView{Project: a.Project}
		r.must(r.setProject(p, cloud.StateScrub))
		for _, id := range []int64{a.ID, b.ID} {
			if s := get[cloud.Server](r, id); s.Remove != cloud.AfterGrace || s.On {
				t.Errorf("server %d is not shut down: %+v", id, s.Life)
			}
		}
		d := r.server(r.alice, nil)
		if d.ProjectID == a.ProjectID || d.Project.Name != "default-2" {
			t.Errorf("the new default project is %+v", d.Project)
		}
		r.distinct(t)
		r.totals(t)
	})
}

// Shut down and restored: what was on runs again, what was off stays off.
func TestProjectStates(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		on, off := r.server(r.alice, nil), r.server(r.alice, func(in *control.CreateServerIn) { in.Off = true })
		p := &control.ProjectView{Project: on.Project}
		refused(t, r.setProject(p, cloud.StateScrub), cloud.Invalid, "project.early")
		r.landRouter(on.Project.RouterID)
		refused(t, r.setProject(p, cloud.StateRunning), cloud.Invalid, "project.up")
		refused(t, r.setProject(p, cloud.StateQuiesced), cloud.Invalid, "project.state")
		// As a host ends them: the last numbers 4 and 6 of each.
		r.write(func(tx *store.Tx) error {
			for id, state := range map[int64]int{on.ID: cloud.StateRunning, off.ID: cloud.StateQuiesced} {
				e := &cloud.Event{End: true, Kind: "server", ObjectID: id, State: state, At: tx.Now()}
				if err := store.Insert(tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		r.must(r.setProject(p, cloud.StateScrub))
		refused(t, r.setProject(p, cloud.StateRunning), cloud.Invalid, "project.unstable")
		r.land(on.ID)
		r.land(off.ID)
		r.landRouter(on.Project.RouterID)
		refused(t, r.setProject(p, cloud.StateScrub), cloud.Invalid, "project.down")
		r.must(r.setProject(p, cloud.StateRunning))
		if s := get[cloud.Server](r, on.ID); !s.On || s.Remove != cloud.Keep || s.RemoveAfter != nil || !s.Open() {
			t.Errorf("what was on: %+v", s.Life)
		}
		if s := get[cloud.Server](r, off.ID); s.On || s.Remove != cloud.Keep || s.RemoveAfter != nil || s.Open() {
			t.Errorf("what was off: %+v", s.Life)
		}
		rt := get[cloud.Router](r, on.Project.RouterID)
		if !rt.On || rt.Remove != cloud.Keep || !rt.Open() {
			t.Errorf("the router: %+v", rt.Life)
		}
	})
}

func TestProjectNames(t *testing.T) {
	r := newRig(t, store.SQLite)
	p := r.project(r.alice, "p")
	for name, want := range map[string]string{"": "name.empty", strings.Repeat("x", 101): "name.long", "p": "name.used"} {
		_, err := r.c.CreateProject(t.Context(), openly(r.alice), control.CreateProjectIn{Name: name}, keep(new(*control.ProjectView)))
		refused(t, err, cloud.Invalid, want)
	}
	r.project(r.bob, "p")
	_, err := r.c.CreateProject(t.Context(), openly(r.alice),
		control.CreateProjectIn{Name: "q", Grace: number(-1)}, keep(new(*control.ProjectView)))
	refused(t, err, cloud.Invalid, "grace.negative")
	_, err = r.c.UpdateProject(t.Context(), openly(r.bob), control.UpdateProjectIn{Pick: control.Pick{ID: p.Project.ID}, Name: text("z")},
		keep(new(*control.ProjectView)))
	refused(t, err, cloud.Forbidden, "owner")
}

// A machine in a project that goes away would never run.
func TestNoServerInAProjectThatGoes(t *testing.T) {
	r := newRig(t, store.SQLite)
	s := r.server(r.alice, nil)
	r.landRouter(s.Project.RouterID)
	r.must(r.setProject(&control.ProjectView{Project: s.Project}, cloud.StateScrub))
	_, err := r.create(openly(r.alice), func(in *control.CreateServerIn) { in.Project = control.Pick{ID: s.ProjectID} })
	refused(t, err, cloud.Invalid, "project.closed")
}

// Addresses of CloudCIX: named, checked one by one, each once.
func TestNamedAddresses(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		p := r.project(r.alice, "p")
		_, err := r.c.ChangeRouter(t.Context(), openly(r.alice), control.ChangeRouterIn{
			Pick:    control.Pick{ID: p.Router.ID},
			Subnets: []control.SubnetIn{{Text: "10.0.0.1/24"}, {Text: "10.0.1.1/24"}},
		}, keep(new(*control.ProjectView)))
		r.must(err)
		with := func(list ...control.AddressIn) func(*control.CreateServerIn) {
			return func(in *control.CreateServerIn) {
				in.Project, in.PublicIP, in.GatewayNet, in.Addresses = control.Pick{ID: p.Project.ID}, false, "10.0.0.1/24", list
			}
		}
		at := func(text string, nat bool) control.AddressIn {
			return control.AddressIn{Addr: netip.MustParseAddr(text), NAT: nat}
		}
		v, err := r.create(openly(r.alice), with(at("10.0.0.9", true), at("10.0.1.9", false), at("10.0.0.10", false)))
		r.must(err)
		if len(v.NICs) != 2 || len(v.IPs) != 4 {
			t.Errorf("%d cards, %d addresses", len(v.NICs), len(v.IPs))
		}
		for name, c := range map[string]struct {
			list []control.AddressIn
			code string
		}{
			"used":          {[]control.AddressIn{at("10.0.0.9", false)}, "address.used"},
			"twice":         {[]control.AddressIn{at("10.0.0.20", false), at("10.0.0.20", false)}, "address.twice"},
			"gateway":       {[]control.AddressIn{at("10.0.0.1", false)}, "address.edge"},
			"network":       {[]control.AddressIn{at("10.0.0.0", false)}, "address.edge"},
			"broadcast":     {[]control.AddressIn{at("10.0.0.255", false)}, "address.edge"},
			"public":        {[]control.AddressIn{at("8.8.8.8", false)}, "address.private"},
			"IPv6":          {[]control.AddressIn{at("fd00::1", false)}, "address.private"},
			"nowhere":       {[]control.AddressIn{at("10.9.0.1", false)}, "address.outside"},
			"NAT elsewhere": {[]control.AddressIn{at("10.0.0.21", false), at("10.0.1.21", true)}, "address.nat"},
		} {
			if _, err := r.create(openly(r.alice), with(c.list...)); code(err) != c.code {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
		}
		r.distinct(t)
		r.totals(t)
	})
}
