package control

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// CreateProjectIn makes a project with its router and address plan.
type CreateProjectIn struct {
	Region Pick
	Name   string
	Note   string
	Grace  *int // hours
}

// UpdateProjectIn changes a project; nil stays.
type UpdateProjectIn struct {
	Pick
	Name  *string
	Note  *string
	Grace *int
	State *int // 8 shut down, 4 restore
}

// ProjectView is a project with what its state is computed from.
type ProjectView struct {
	*cloud.Project
	Router   *cloud.Router
	Floating *cloud.IP
	Lives    []*cloud.Server // one for each situation that servers are in, closed ones included
	Subnets  []*cloud.Subnet // project networks, alive
}

// defaultGrace is the grace period of a project in hours.
const defaultGrace = 168

// defaultProject is the project in which the 1&1 objects of a site live in a
// region (R22). It is made when there is none that runs.
func (t *Txn) defaultProject(member, site int64, region *cloud.Site) (*cloud.Project, *cloud.Subnet, error) {
	q := cloud.Where(cloud.Eq("site_id", site), cloud.Eq("region_id", region.ID), cloud.Eq("default", true)).By("id")
	list, err := store.Find[cloud.Project](t.Tx, q)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range list {
		err := t.ahead(
			func(t *Txn) { _, _ = store.Get[cloud.Router](t.Tx, p.RouterID) }, // what is wrong is told below
			func(t *Txn) { _, _ = store.Get[cloud.Subnet](t.Tx, p.PublicNetID) },
		)
		if err != nil {
			return nil, nil, err
		}
		r, err := store.Get[cloud.Router](t.Tx, p.RouterID)
		if err != nil {
			return nil, nil, err
		}
		if r.Remove == cloud.Keep {
			net, err := store.Get[cloud.Subnet](t.Tx, p.PublicNetID)
			return p, net, err
		}
	}
	p := &cloud.Project{
		MemberID: member, SiteID: site, RegionID: region.ID, Default: true,
		GraceHours: defaultGrace, ResellerID: region.ID, ManagerID: t.Call.Actor.UserID(),
	}
	if p.Name, err = t.freeProjectName(site, "default"); err != nil {
		return nil, nil, err
	}
	if err := t.makeProject(p); err != nil {
		return nil, nil, err
	}
	if err := t.record("CREATE", aboutProject(p)); err != nil {
		return nil, nil, err
	}
	net, err := t.publicNetwork(p, region)
	return p, net, err
}

func (t *Txn) freeProjectName(site int64, base string) (string, error) {
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		used, err := store.Count[cloud.Project](t.Tx, cloud.Where(cloud.Eq("site_id", site), cloud.Eq("name", name)))
		if err != nil || used == 0 {
			return name, err
		}
	}
}

// makeProject writes a project with its router, floating address, pseudo ASN
// and the three private allocations.
func (t *Txn) makeProject(p *cloud.Project) error {
	p.ModifiedBy = t.Call.Actor.UserID()
	if err := t.numberProject(p); err != nil {
		return err
	}
	host, err := store.RouterHost(t.Tx, p.RegionID)
	if err != nil {
		return err
	}
	r := &cloud.Router{ProjectID: p.ID, RegionID: p.RegionID, HostID: host}
	r.On = true
	if err := store.Insert(t.Tx, r); err != nil {
		return err
	}
	float := &cloud.IP{
		Kind: cloud.FloatingIP, MemberID: p.MemberID, SiteID: p.SiteID, RegionID: p.RegionID, ProjectID: p.ID, Name: "Floating IP",
	}
	if err := t.publicAddress(p.RegionID, float); err != nil {
		return err
	}
	asn := &cloud.ASN{MemberID: p.MemberID, Number: cloud.PseudoASN + p.ID}
	if err := store.Insert(t.Tx, asn); err != nil {
		return err
	}
	for i, text := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} {
		a := &cloud.Allocation{
			ASNID: asn.ID, SiteID: p.SiteID, Name: fmt.Sprintf("Private Range %d", i+1), Text: text,
			Prefix: netip.MustParsePrefix(text),
		}
		if err := store.PlaceAllocation(t.Tx, a); err != nil {
			return err
		}
	}
	about := subject{
		kind: "router", id: r.ID, uid: r.UID, name: p.Name, member: p.MemberID, site: p.SiteID, region: p.RegionID, project: p.ID, state: 1,
	}
	e := t.newEvent("CREATE", about)
	if err := store.Insert(t.Tx, e); err != nil {
		return err
	}
	r.Begin(cloud.Create, e.ID, t.Now())
	r.FloatingID = float.ID
	if err := store.Update(t.Tx, r); err != nil {
		return err
	}
	p.RouterID, p.ASNID, p.RunRobot = r.ID, asn.ID, true
	if err := store.Update(t.Tx, p); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "router", r.ID, 0)
}

// numberProject stores a project under the next number whose pseudo ASN nobody made
// beforehand: user 1 may.
func (t *Txn) numberProject(p *cloud.Project) error {
	for {
		if err := store.Insert(t.Tx, p); err != nil {
			return err
		}
		used, err := store.Count[cloud.ASN](t.Tx, cloud.Where(cloud.Eq("number", cloud.PseudoASN+p.ID)))
		if err != nil || used == 0 {
			return err
		}
		if err := store.Delete[cloud.Project](t.Tx, p.ID); err != nil {
			return err
		}
	}
}

// projects are closed with their last part and stay readable.
var projects = kind[cloud.Project, *cloud.Project, *ProjectView]{
	noun: "project", show: auth.For("project.read"), create: auth.For("project.create"), change: auth.For("project.name"),
	about: aboutProject, views: (*Txn).projectViews, closed: true, operator: true, insert: (*Txn).makeProject,
}

// CreateProject makes a project with its router and address plan.
func (c *Control) CreateProject(ctx context.Context, call *Call, in CreateProjectIn, ans Answer[*ProjectView]) (Reply, error) {
	a := call.Actor
	mine := cloud.Project{MemberID: a.Member0(), SiteID: a.Site0(), ManagerID: a.UserID(), Note: in.Note, GraceHours: defaultGrace}
	return projects.Create(ctx, c, call, mine, func(t *Txn, p *cloud.Project) error {
		if a.Member != nil && !a.Member.SelfManaged && !a.Operator() {
			return cloud.Errorf(cloud.Forbidden, "self_managed", "the member is not self-managed")
		}
		if in.Grace != nil {
			p.GraceHours = *in.Grace
		}
		var found cloud.Problems
		for _, err := range []error{t.nameProject(p, in.Name), t.placeProject(p, in.Region)} {
			if !found.Collect(err) {
				return err
			}
		}
		return found.Err()
	}, ans)
}

// placeProject finds the region of a new project.
func (t *Txn) placeProject(p *cloud.Project, region Pick) error {
	if t.refused("region") {
		return nil
	}
	r, err := t.regionOf(region)
	if err == nil && r.Driver == cloud.RobotDriver { // nobody would build its router, and it could never be removed
		return cloud.Errorf(cloud.NotBuilt, "region.robot", "projects in regions that robots drive are not built yet")
	}
	if err == nil {
		p.RegionID, p.ResellerID = r.ID, r.ID
	}
	return err
}

// nameProject checks a new name and the grace period.
func (t *Txn) nameProject(p *cloud.Project, name string) error {
	var problems cloud.Problems
	switch e := (cloud.Limits{NameMax: 100}).CheckName("name", name); {
	case name == p.Name && name != "": // as it is shown (R0a)
	case e != nil:
		problems.Add(e)
	default:
		used, err := store.Count[cloud.Project](t.Tx, cloud.Where(cloud.Eq("site_id", p.SiteID), cloud.Eq("name", name)))
		if err != nil {
			return err
		}
		if used > 0 {
			problems.Add(cloud.Errorf(cloud.Invalid, "name.used", "the address already has an open project named %q", name).On("name"))
		}
	}
	p.Name = name
	if p.GraceHours < 0 {
		problems.Add(cloud.Errorf(cloud.Invalid, "grace.negative", "the grace period cannot be negative").On("grace_period"))
	}
	return problems.Err()
}

// UpdateProject renames a project, changes its grace period, or shuts all of
// it down (8) and takes that back (4).
func (c *Control) UpdateProject(ctx context.Context, call *Call, in UpdateProjectIn, ans Answer[*ProjectView]) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (*ProjectView, error) {
		row, err := projects.get(t, in.Pick)
		for _, action := range in.actions(row) {
			if err == nil {
				err = projects.may(t, in.Pick, row, auth.For(action), true)
			}
		}
		if err == nil {
			err = alive("project", row.Name, row.Meta)
		}
		if err != nil {
			return nil, err
		}
		before, name := *row, row.Name
		if in.Name != nil {
			name = *in.Name
		}
		if in.Note != nil && *in.Note != "" {
			row.Note = *in.Note
		}
		if in.Grace != nil {
			row.GraceHours = *in.Grace
		}
		var p cloud.Problems
		if err := t.nameProject(row, name); !p.Collect(err) {
			return nil, err
		}
		if in.State != nil {
			if err := t.projectState(row, *in.State); !p.Collect(err) {
				return nil, err
			}
		}
		if err := call.Refused.Join(p.Err()); err != nil {
			return nil, err
		}
		if row.Name != before.Name || row.Note != before.Note || row.GraceHours != before.GraceHours {
			if err := t.record("UPDATE", aboutProject(row)); err != nil {
				return nil, err
			}
		}
		if err := t.moveGrace(row, row.Grace()-before.Grace()); err != nil {
			return nil, err
		}
		row.Touch(t.Now(), call.Actor.UserID())
		if err := store.Update(t.Tx, row); err != nil {
			return nil, err
		}
		return projects.view(t, row)
	}, ans)
}

// actions are what a change of a project is, for those who ask for permission. What
// changes nothing is asked as the least.
func (in UpdateProjectIn) actions(p *cloud.Project) []string {
	if p == nil {
		return nil
	}
	var list []string
	if in.State != nil && (*in.State == cloud.StateScrub || *in.State == cloud.StateRunning) {
		list = append(list, fmt.Sprintf("project.state.%d", *in.State))
	}
	if in.Grace != nil && *in.Grace != p.GraceHours {
		list = append(list, "project.grace")
	}
	if in.Note != nil && *in.Note != "" && *in.Note != p.Note {
		list = append(list, "project.note")
	}
	if in.Name != nil && *in.Name != p.Name || len(list) == 0 {
		list = append(list, "project.name")
	}
	return list
}

// moveGrace moves the end of what waits for the end of its grace period: the
// period counts from when it stopped.
func (t *Txn) moveGrace(p *cloud.Project, by time.Duration) error {
	if by == 0 {
		return nil
	}
	waiting := cloud.And(cloud.Eq("project_id", p.ID), cloud.Eq("remove", string(cloud.AfterGrace)), cloud.Ne("remove_after", nil))
	servers, err := store.Find[cloud.Server](t.Tx, cloud.Where(waiting).By("id"))
	if err != nil {
		return err
	}
	for _, s := range servers {
		*s.RemoveAfter = s.RemoveAfter.Add(by)
		if err := store.Update(t.Tx, s); err != nil {
			return err
		}
	}
	routers, err := store.Find[cloud.Router](t.Tx, cloud.Where(waiting).By("id"))
	if err != nil {
		return err
	}
	for _, r := range routers {
		*r.RemoveAfter = r.RemoveAfter.Add(by)
		if err := store.Update(t.Tx, r); err != nil {
			return err
		}
	}
	return work.Enqueue(t.Tx, "sweep", 0, 0) // which may find that their time is over
}

func aboutProject(p *cloud.Project) subject {
	return subject{kind: "project", id: p.ID, uid: p.UID, name: p.Name, member: p.MemberID, site: p.SiteID, region: p.RegionID, project: p.ID}
}

// Projects lists projects the actor may see, closed ones included.
func (t *Txn) Projects(q cloud.Query) ([]*ProjectView, int64, error) { return projects.List(t, q) }

// Project reads one project.
func (t *Txn) Project(p Pick) (*ProjectView, error) { return projects.Read(t, p) }

func (t *Txn) projectViews(rows []*cloud.Project) ([]*ProjectView, error) {
	ids := gather(rows, func(p *cloud.Project) int64 { return p.ID })
	routers, err := byID[cloud.Router](t, gather(rows, func(p *cloud.Project) int64 { return p.RouterID }),
		"created", "updated", "region_id", "floating_id", "closed", "remove", "event_id", "taken", "failed", "change", "on")
	if err != nil {
		return nil, err
	}
	var fids []int64
	for _, p := range rows {
		if r := routers[p.RouterID]; r != nil && r.FloatingID != 0 {
			fids = append(fids, r.FloatingID)
		}
	}
	floats, err := byID[cloud.IP](t, fids, addressColumns...)
	if err != nil {
		return nil, err
	}
	views := make([]*ProjectView, len(rows))
	at := map[int64]*ProjectView{}
	for i, p := range rows {
		views[i] = &ProjectView{Project: p, Router: routers[p.RouterID]}
		if views[i].Router != nil {
			views[i].Floating = floats[views[i].Router.FloatingID]
		}
		at[p.ID] = views[i]
	}
	lives, err := store.Lives(t.Tx, ids...)
	if err != nil {
		return nil, err
	}
	for _, v := range views {
		v.Lives = lives[v.ID]
	}
	nets, err := store.Find[cloud.Subnet](t.Tx, cloud.Where(cloud.In("project_id", ids)).By("id").Showing(
		"project_id", "site_id", "modified_by", "name", "text", "vlan", "vxlan", "routed"))
	for _, n := range nets {
		at[n.ProjectID].Subnets = append(at[n.ProjectID].Subnets, n)
	}
	return views, err
}

// addressColumns is what CloudCIX shows of an address.
var addressColumns = []string{
	"addr", "subnet_id", "server_id", "created", "updated", "modified_by", "credentials", "location", "mac", "name",
}

// ProjectsByID is ServersByID for projects.
func (t *Txn) ProjectsByID(ids []int64, columns ...string) (map[int64]*cloud.Project, error) {
	return byID[cloud.Project](t, ids, columns...)
}
