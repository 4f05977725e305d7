package httpd

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
)

// ownerOf finds the work key that an orphan's id belongs to. A row may be
// closed: its reconciler then orders the thing away by itself.
func ownerOf(tx *store.Tx, o *hub.Orphan) (hub.Owner, error) {
	if o.Kind == plan.KindImage {
		return imageOwner(tx, o)
	}
	uid, ok := cloud.ParseUID(string(o.Object))
	if !ok {
		return hub.Owner{}, nobody(o)
	}
	var owner hub.Owner
	var err error
	switch o.Kind {
	case plan.KindVM:
		owner, err = rowOwner(tx, uid, reconcile.Server, func(s *cloud.Server) int64 { return s.ID })
	case plan.KindVolume:
		owner, err = rowOwner(tx, uid, reconcile.Server, func(v *cloud.Volume) int64 { return v.ServerID })
	case plan.KindPort:
		owner, err = rowOwner(tx, uid, reconcile.Server, func(n *cloud.NIC) int64 { return n.ServerID })
	case plan.KindRouter:
		owner, err = rowOwner(tx, uid, reconcile.Router, func(r *cloud.Router) int64 { return r.ID })
	case plan.KindNetwork:
		owner, err = rowOwner(tx, uid, reconcile.Network, func(s *cloud.Subnet) int64 { return s.ID })
	case plan.KindPolicy:
		owner, err = rowOwner(tx, uid, reconcile.Policy, func(p *cloud.Policy) int64 { return p.ID })
	}
	if err == nil && owner.Key == 0 {
		err = nobody(o)
	}
	return owner, err
}

// imageOwner finds an image by its bytes, which name it on hosts. Several rows
// may have the same; a live one comes first.
func imageOwner(tx *store.Tx, o *hub.Orphan) (hub.Owner, error) {
	list, err := store.Select[cloud.Image](tx, `SELECT `+store.Columns[cloud.Image]()+
		` FROM image WHERE substr(digest, 1, 32) = $1 ORDER BY closed IS NOT NULL, id`, string(o.Object))
	if err != nil {
		return hub.Owner{}, err
	}
	if len(list) == 0 {
		return hub.Owner{}, nobody(o)
	}
	return hub.Owner{Kind: reconcile.Image, Key: list[0].ID}, nil
}

func rowOwner[T any](tx *store.Tx, uid cloud.UID, kind string, key func(*T) int64) (hub.Owner, error) {
	row, err := store.ByUIDAny[T](tx, uid)
	if store.None(err) {
		return hub.Owner{}, nil
	}
	if err != nil {
		return hub.Owner{}, err
	}
	return hub.Owner{Kind: kind, Key: key(row)}, nil
}

func nobody(o *hub.Orphan) error {
	return cloud.Errorf(cloud.Conflict, "orphan.owner", "nothing in the store is %s", o.Ref()).
		WithFix("`virga doctor --remove %d` removes it.", o.ID)
}
