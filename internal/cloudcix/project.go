package cloudcix

import (
	"net/http"
	"reflect"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

var projects = listing{
	op: wirespec.ListProject.Spec, rows: reflect.TypeFor[cloud.Project](),
	named: map[string]column{
		"address_id":   {field: "site_id"},
		"archived":     {field: "closed"},
		"closed":       {own: isClosed},
		"grace_period": {field: "grace_hours"},
		"run_icarus":   {field: "run_robot"}, // set and cleared together here
	},
}

// isClosed is the filter closed: a boolean over a time.
func isClosed(f wire.Filter) (cloud.Cond, bool) {
	closed, ok := truth.value(f.Value)
	open := cloud.Cond{Op: cloud.OpNull, Field: "closed"}
	if closed == true {
		return cloud.Not(open), ok
	}
	return open, ok
}

func (a *API) listProject(r *wire.Request) (wire.Answer, error) {
	l, s := a.asked(r)
	q, err := l.query(s)
	if err != nil {
		return wire.Answer{}, err
	}
	return a.read(r, func(t *control.Txn) (any, error) {
		rows, total, err := t.Projects(q)
		if err != nil {
			return nil, err
		}
		items := make([]wirespec.Project, len(rows))
		for i, p := range rows {
			items[i] = projectOf(p)
		}
		return page(items, s, total), nil
	})
}

func (a *API) readProject(r *wire.Request) (wire.Answer, error) {
	return a.read(r, func(t *control.Txn) (any, error) {
		p, err := t.Project(id(r, "pk"))
		if err != nil {
			return nil, err
		}
		return content(projectOf(p)), nil
	})
}

func (a *API) createProject(r *wire.Request) (wire.Answer, error) {
	body, c, p, err := form(r)
	if err != nil {
		return wire.Answer{}, err
	}
	in := control.CreateProjectIn{Note: textOr(body, "note", "")}
	if region := need(p, body, "region_id", 101, 102); region != nil {
		in.Region = pickOf(*region)
	}
	in.Name = nameOf(p, body, "name", 105, 106, 100)
	in.Grace = graceOf(p, body, 109, 108)
	if p.err() != nil {
		// The rest is looked at all the same, so that everything is said at once.
		if p.has("region_id") {
			return wire.Answer{}, p.err()
		}
		return wire.Answer{}, a.complete(r, c, p, func(dry *control.Call) error {
			probe := in
			if p.has("name") {
				probe.Name = placeholder
			}
			if p.has("grace_period") {
				probe.Grace = nil
			}
			_, err := a.c.CreateProject(r.Context(), dry, probe, nothing[*control.ProjectView])
			return err
		})
	}
	return replied(a.c.CreateProject(r.Context(), c, in, func(_ *control.Txn, v *control.ProjectView) (int, any, error) {
		return http.StatusCreated, content(projectOf(v)), nil
	}))
}

func (a *API) updateProject(r *wire.Request) (wire.Answer, error) {
	body, c, p, err := form(r)
	if err != nil {
		return wire.Answer{}, err
	}
	var in control.UpdateProjectIn
	if sent(body.Get("name")) || r.HTTP.Method == http.MethodPut {
		in.Name = ptr(nameOf(p, body, "name", 101, 102, 100))
	}
	if note := textOr(body, "note", ""); note != "" {
		in.Note = &note
	}
	in.Grace = graceOf(p, body, 113, 112)
	if v := body.Get("state"); sent(v) {
		if n, err := v.Int(); err != nil {
			p.add("state", 105, "The state must be an integer.")
		} else {
			in.State = ptr(small(n))
		}
	}
	if p.err() != nil {
		return wire.Answer{}, a.complete(r, c, p, func(dry *control.Call) error {
			probe := in
			if p.has("name") {
				probe.Name = nil
			}
			if p.has("grace_period") {
				probe.Grace = nil
			}
			_, err := a.c.UpdateProject(r.Context(), dry, id(r, "pk"), probe, nothing[*control.ProjectView])
			return err
		})
	}
	return replied(a.c.UpdateProject(r.Context(), c, id(r, "pk"), in, func(_ *control.Txn, v *control.ProjectView) (int, any, error) {
		return http.StatusOK, content(projectOf(v)), nil
	}))
}

// graceOf reads grace_period; absent keeps what is there.
func graceOf(p *problems, body wire.Object, kind, negative int) *int {
	v := body.Get("grace_period")
	if !sent(v) {
		return nil
	}
	n, err := v.Int()
	switch {
	case err != nil:
		p.add("grace_period", kind, "The grace period must be a number of hours.")
	case n < 0:
		p.add("grace_period", negative, "The grace period cannot be negative.")
	}
	return ptr(small(n))
}

func projectOf(v *control.ProjectView) wirespec.Project {
	lowest, stable, down := v.State()
	return wirespec.Project{
		AddressID: v.SiteID, Closed: v.Closed != nil, CloudURI: uri("cloud", v.ID), Created: stamp(v.Created),
		GracePeriod: ptr(int64(v.GraceHours)), ID: v.ID, ManagerID: v.ManagerID, MinState: int64(lowest), Name: v.Name, Note: &v.Note,
		RegionID: v.RegionID, ResellerID: ref(v.ResellerID), ShutDown: down, Stable: stable, Updated: stamp(v.Updated),
		URI: uri("project", v.ID), VirtualRouterID: v.RouterID,
	}
}
