package control

import (
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// machines are the live servers of a project.
func (t *Txn) machines(project int64) ([]*cloud.Server, error) {
	return store.Find[cloud.Server](t.Tx, cloud.Where(cloud.Eq("project_id", project)).By("id"))
}

// projectState acts on the router and all machines at once (cloudcix.md
// section 11).
func (t *Txn) projectState(p *cloud.Project, want int) error {
	bad := func(code, format string, args ...any) error {
		return cloud.Errorf(cloud.Invalid, "project."+code, format, args...).On("state")
	}
	v, err := projects.view(t, p)
	if err != nil {
		return err
	}
	lowest, _, down := v.State()
	switch {
	case want != cloud.StateRunning && want != cloud.StateScrub:
		return bad("state", "a project can be shut down (8) or restored (4), not %d", want)
	case lowest < cloud.StateRunning && (lowest != cloud.StateUnresourced || want != cloud.StateScrub): // what failed can always go
		return bad("early", "some infrastructure of the project is not built yet")
	case slices.ContainsFunc(v.states(), busy):
		return bad("unstable", "some infrastructure of the project is busy")
	case want == cloud.StateScrub && down:
		return bad("down", "the project is shut down already")
	case want == cloud.StateRunning && !down:
		return bad("up", "the project is not shut down")
	}
	servers, err := t.machines(p.ID)
	if err != nil {
		return err
	}
	for _, s := range servers {
		if want == cloud.StateScrub {
			if err := t.noSnapshots(s); err != nil {
				return err
			}
			switch {
			case s.Remove != cloud.Keep:
			case s.Failed: // nothing was made, so there is nothing to keep for a grace period
				err = t.removeServer(s, false)
			default:
				err = t.scrub(s)
			}
		} else {
			err = t.restore(s)
		}
		if err != nil {
			return err
		}
	}
	return t.routerState(p, v.Router, want)
}

func (t *Txn) routerState(p *cloud.Project, r *cloud.Router, want int) error {
	change, action := cloud.Removing, "DELETE"
	r.Remove, r.On = cloud.AfterGrace, false
	if want == cloud.StateRunning {
		change, action = cloud.PowerOn, "START"
		r.Remove, r.On, r.RemoveAfter = cloud.Keep, true, nil
	}
	if err := t.replace(&r.Life, "a change of its project"); err != nil { // one that failed may still be tried
		return err
	}
	r.Begin(change, -1, t.Now())
	e := t.newEvent(action, subject{
		kind: "router", id: r.ID, uid: r.UID, name: p.Name,
		member: p.MemberID, site: p.SiteID, region: p.RegionID, project: p.ID, state: cloud.RouterStateNumber(r),
	})
	if err := store.Insert(t.Tx, e); err != nil {
		return err
	}
	r.EventID = e.ID
	if err := store.Update(t.Tx, r); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "router", r.ID, 0)
}

// State sums up a project: the lowest state of its parts, whether all are
// stable, whether all are shut down.
func (v *ProjectView) State() (lowest int, stable, down bool) {
	lowest, stable, down = cloud.StateClosed, true, true
	for _, n := range v.states() {
		lowest = min(lowest, n)
		stable = stable && cloud.Stable(n)
		down = down &&
			slices.Contains([]int{cloud.StateScrub, cloud.StateScrubPrep, cloud.StateScrubQueue, cloud.StateScrubbing, cloud.StateClosed}, n)
	}
	return lowest, stable, down
}

// states are those of a project's parts.
func (v *ProjectView) states() []int {
	states := []int{cloud.RouterStateNumber(v.Router)}
	for _, s := range v.Lives {
		states = append(states, cloud.StateNumber(s))
	}
	return states
}

// busy tells the states in which something is under way.
func busy(state int) bool { return !cloud.Stable(state) && state != cloud.StateUnresourced }
