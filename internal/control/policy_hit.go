package control

import (
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// PolicyHits are the newest lines of the log of a project's router, at most so many. Only
// users of the project's address see them, and the operator.
func (t *Txn) PolicyHits(p Pick, most int) ([]*cloud.PolicyHit, error) {
	if err := auth.Need(t.Call.Actor, auth.For("history.read")); err != nil {
		return nil, err
	}
	project, err := pick[cloud.Project](t, p, "project")
	if err != nil {
		return nil, err
	}
	if a := t.Call.Actor; !a.Operator() && a.Site0() != project.SiteID {
		return nil, cloud.Errorf(cloud.Forbidden, "owner", "the project %d belongs to another address", project.ID)
	}
	q := cloud.Where(cloud.Eq("router_id", project.RouterID))
	q.Order = []cloud.Order{{Field: "at", Desc: true}, {Field: "id", Desc: true}}
	q.Limit = most
	return store.Find[cloud.PolicyHit](t.Tx, q)
}
