package control

import (
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Flavors of a kind, "fixed" or "baremetal", smallest first.
func (t *Txn) Flavors(kind string) ([]*cloud.Flavor, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, err
	}
	return store.Find[cloud.Flavor](t.Tx, cloud.Where(cloud.Eq("kind", kind)).By("rank").By("id"))
}

// Flavor reads one flavor of a kind; a fixed one and a model may share a uid.
func (t *Txn) Flavor(kind string, p Pick) (*cloud.Flavor, error) {
	if err := auth.Need(t.Call.Actor, auth.AnyRole); err != nil {
		return nil, err
	}
	key := cloud.Eq("uid", p.UID)
	if p.ID != 0 {
		key = cloud.Eq("id", p.ID)
	}
	f, err := store.First[cloud.Flavor](t.Tx, cloud.Where(cloud.Eq("kind", kind), key))
	if store.None(err) {
		return nil, missing("flavor", p)
	}
	return f, err
}

// anyFlavor resolves a flavor named in a request: by id of either kind, by
// uid the fixed one first.
func (t *Txn) anyFlavor(p Pick) (*cloud.Flavor, error) {
	if p.ID != 0 {
		return pick[cloud.Flavor](t, p, "flavor")
	}
	f, err := t.Flavor("fixed", p)
	if cloud.IsKind(err, cloud.NotFound) {
		return t.Flavor("baremetal", p)
	}
	return f, err
}
