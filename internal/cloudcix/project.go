package cloudcix

import (
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
func isClosed(f searchFilter) (cloud.Cond, bool) {
	closed, ok := truth.value(f.Value)
	open := cloud.Cond{Op: cloud.OpNull, Field: "closed"}
	if closed == true {
		return cloud.Not(open), ok
	}
	return open, ok
}

func (a *API) projects(h wire.Handlers) {
	index(a, h, wirespec.ListProject, (*control.Txn).Projects, each(projectOf))
	get(a, h, wirespec.ReadProject, (*control.Txn).Project, pure(projectOf))
	write(h, wirespec.CreateProject, projectCreate, a.c.CreateProject, pure(projectOf))
	write(h, wirespec.UpdateProject, projectUpdate, a.c.UpdateProject, pure(projectOf))
	write(h, wirespec.PatchProject, projectUpdate, a.c.UpdateProject, pure(projectOf))
}

func projectCreate(f *form) control.CreateProjectIn {
	return control.CreateProjectIn{
		Region: f.ref("region_id", 101, 102),
		Name:   f.name("name", 105, 106, 100),
		Note:   f.text("note"),
		Grace:  graceOf(f, 109, 108),
	}
}

func projectUpdate(f *form) control.UpdateProjectIn {
	in := control.UpdateProjectIn{Pick: f.object(), Grace: graceOf(f, 113, 112), Note: text(f.text("note"))}
	if f.whole() {
		in.Name = ptr(f.name("name", 101, 102, 100))
	} else {
		in.Name = f.nameIf("name", 101, 102, 100)
	}
	if n := f.numberIf("state", 105); n != nil {
		in.State = ptr(small(*n))
	}
	return in
}

// graceOf reads grace_period; absent keeps what is there.
func graceOf(f *form, kind, negative int) *int {
	n := f.numberIf("grace_period", kind)
	if n == nil {
		return nil
	}
	if *n < 0 {
		f.add("grace_period", negative, "The grace period cannot be negative.")
	}
	return ptr(small(*n))
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
