package control

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// ProjectOfRouter reads the project that a router belongs to, with the rules of
// Project.
func (t *Txn) ProjectOfRouter(p Pick) (*ProjectView, error) {
	row, err := store.First[cloud.Project](t.Tx, cloud.Query{Where: cloud.Eq("router_id", p.ID), Closed: true})
	if store.None(err) {
		return nil, missing("router", p)
	}
	if err != nil {
		return nil, err
	}
	return t.Project(Pick{ID: row.ID})
}

// ProjectViews reads projects for someone who may see objects in them.
func (t *Txn) ProjectViews(ids ...int64) (map[int64]*ProjectView, error) {
	rows, err := byID[cloud.Project](t, ids)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var list []*cloud.Project
	for _, id := range gather(ids, func(id int64) int64 { return id }) {
		if p := rows[id]; p != nil {
			list = append(list, p)
		}
	}
	views, err := t.projectViews(list)
	all := make(map[int64]*ProjectView, len(views))
	for _, v := range views {
		all[v.ID] = v
	}
	return all, err
}

// routerHost is where the router of a project is, nil while it is nowhere.
func (t *Txn) routerHost(project int64) (*cloud.Host, error) {
	list, err := store.Select[cloud.Host](t.Tx, `SELECT `+store.Columns[cloud.Host]()+` FROM host WHERE closed IS NULL AND state = $2
		AND id = (SELECT host_id FROM router WHERE project_id = $1 AND closed IS NULL)`, project, string(cloud.HostUp))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}
