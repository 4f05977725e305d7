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
	case plan.KindImage:
		owner, err = rowOwner(tx, uid, reconcile.Image, func(i *cloud.Image) int64 { return i.ID })
	}
	if err == nil && owner.Key == 0 {
		err = nobody(o)
	}
	return owner, err
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
