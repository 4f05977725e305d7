package admin

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/virga-cloud/virga/internal/httpd"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// ownerOf finds the work key that an orphan's id belongs to. A row may be
// closed: its reconciler then orders the thing away by itself.
func ownerOf(tx *store.Tx, o *hub.Orphan) (hub.Owner, error) {
	if o.Kind == plan.KindImage {
		img, err := reconcile.ImageOf(tx, o.Object)
		if err != nil {
			return hub.Owner{}, err
		}
		if img == nil {
			return hub.Owner{}, nobody(o)
		}
		return hub.Owner{Kind: reconcile.Image, Key: img.ID}, nil
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

// maxFindings bounds what the doctor lists of one kind.
const maxFindings = 100

func (a *Verbs) doctor(r *http.Request, _ none) (list []httpd.Finding, err error) {
	found, err := httpd.Findings(r.Context(), a.DB, maxFindings)
	if err != nil {
		return nil, err
	}
	err = a.DB.Read(r.Context(), func(tx *store.Tx) error {
		list = slices.Clone(found) // a Read may run again
		waits, err := httpd.Waits(tx, a.Waits)
		for _, w := range waits {
			list = append(list, httpd.Finding{Check: "waits", What: w.Sentence(), Fix: w.Fix})
		}
		if err != nil {
			return err
		}
		rivals, err := httpd.Rivals(tx)
		list = append(list, rivals...)
		return err
	})
	if list == nil {
		list = []httpd.Finding{}
	}
	return list, err
}

func (a *Verbs) removeOrphan(r *http.Request, _ none) (none, error) {
	return a.orphan(r, hub.RemoveOrphan)
}

// adoptOrphan gives a thing on a host back to what it was made for: the object
// whose id the document names.
func (a *Verbs) adoptOrphan(r *http.Request, _ none) (none, error) {
	return a.orphan(r, func(tx *store.Tx, id int64) error {
		o, err := store.Get[hub.Orphan](tx, id)
		if err != nil {
			return err
		}
		owner, err := ownerOf(tx, o)
		if err != nil {
			return err
		}
		if err := hub.AdoptOrphan(tx, id, owner); err != nil {
			return err
		}
		return work.Enqueue(tx, owner.Kind, owner.Key, 0) // its reconciler says what becomes of it
	})
}

func (a *Verbs) orphan(r *http.Request, decide func(tx *store.Tx, id int64) error) (none, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return none{}, cloud.Errorf(cloud.Invalid, "orphan.id", "%q is no number", r.PathValue("id"))
	}
	return none{}, a.DB.Write(r.Context(), func(tx *store.Tx) error {
		err := decide(tx, id)
		if store.None(err) {
			return cloud.Errorf(cloud.NotFound, "orphan.missing", "there is no orphan %d", id).WithFix("`virga doctor` lists them.")
		}
		return err
	})
}
