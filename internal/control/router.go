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

// routerHost chooses the host of a new router: the live one with the fewest
// servers. None is fine for now; the reconciler chooses again.
func (t *Txn) routerHost(region int64) (int64, error) {
	q := cloud.Where(cloud.Eq("region_id", region), cloud.Eq("enabled", true), cloud.Eq("state", string(cloud.HostUp)))
	q.Order = []cloud.Order{{Field: "servers"}, {Field: "id"}}
	h, err := store.First[cloud.Host](t.Tx, q)
	if store.None(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return h.ID, nil
}
