package control

import (
	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
)

// flavors of a kind, "fixed" or "baremetal"; a fixed one and a model may share a
// uid.
func flavors(of string) kind[cloud.Flavor, *cloud.Flavor, *cloud.Flavor] {
	return kind[cloud.Flavor, *cloud.Flavor, *cloud.Flavor]{
		noun: "flavor", show: auth.AnyRole, only: cloud.Eq("kind", of), views: itself[*cloud.Flavor],
		within: func(*Txn) cloud.Cond { return cloud.Cond{} },
	}
}

// Flavors of a kind, smallest first.
func (t *Txn) Flavors(of string) ([]*cloud.Flavor, error) {
	list, _, err := flavors(of).List(t, cloud.Query{}.By("rank").By("id"))
	return list, err
}

// Flavor reads one flavor of a kind.
func (t *Txn) Flavor(of string, p Pick) (*cloud.Flavor, error) { return flavors(of).Read(t, p) }

// flavor is the one that a request names.
func (t *Txn) flavor(of string, p Pick) (*cloud.Flavor, error) {
	f, err := t.Flavor(of, p)
	return f, on(err, "flavor")
}
