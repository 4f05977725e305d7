package control

import (
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Changes lists what History gives, for all objects of a kind that the actor
// may see; total counts before paging.
func (t *Txn) Changes(kind string, q cloud.Query) ([]*cloud.Event, int64, error) {
	if err := auth.Need(t.Call.Actor, "logs.show"); err != nil {
		return nil, 0, err
	}
	q.Where = cloud.And(auth.Scope(t.Call.Actor, t.Call.Hide), cloud.Eq("kind", kind), cloud.Ne("state", 0), q.Where)
	total, err := store.Count[cloud.Event](t.Tx, q)
	if err != nil {
		return nil, 0, err
	}
	list, err := store.Find[cloud.Event](t.Tx, q)
	return list, total, err
}

// ServersByID reads servers that events or addresses name, closed ones
// included, without asking again who may see them.
func (t *Txn) ServersByID(ids ...int64) (map[int64]*cloud.Server, error) {
	return byID(t, ids, func(s *cloud.Server) int64 { return s.ID })
}

// ProjectsByID is ServersByID for projects.
func (t *Txn) ProjectsByID(ids ...int64) (map[int64]*cloud.Project, error) {
	return byID(t, ids, func(p *cloud.Project) int64 { return p.ID })
}

// ImagesByID is ServersByID for images.
func (t *Txn) ImagesByID(ids ...int64) (map[int64]*cloud.Image, error) {
	return byID(t, ids, func(i *cloud.Image) int64 { return i.ID })
}
