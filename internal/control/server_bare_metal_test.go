package control_test

import (
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// R18: with two hosts there is room for two bare-metal servers, and for nobody
// else beside them; a removed one gives its host back (reconcile tests that).
func TestBareMetalHasAHostOfItsOwn(t *testing.T) {
	r := newRig(t, store.SQLite)
	var model int64
	r.must(r.c.Read(t.Context(), r.alice, func(t *control.Txn) error {
		list, err := t.Flavors("baremetal")
		if err == nil {
			model = list[0].ID
		}
		for _, f := range list { // one processor, as the Go client's tests want it
			if f.Cores != 4 || f.VCPU != 4 {
				r.Errorf("%s: %d processors with %d cores each", f.Name, f.VCPU/f.Cores, f.Cores)
			}
		}
		return err
	}))
	metal := func(in *control.CreateServerIn) {
		in.FlavorKind, in.Flavor, in.VCPU, in.Cores, in.RAM, in.Disks = "baremetal", control.Pick{ID: model}, 0, 0, 0, nil
	}
	a, err := r.create(r.alice, metal)
	r.must(err)
	if h := get[cloud.Host](r, a.HostID); h.Whole != a.ID || h.Servers != 1 {
		t.Errorf("the host is %+v", h)
	}
	b := r.server(r.alice, nil)
	if b.HostID == a.HostID {
		t.Error("another server was placed beside a bare-metal one")
	}
	_, err = r.create(r.alice, metal)
	refused(t, err, cloud.Exhausted, "server.place")
	r.land(a.ID)
	_, err = r.c.CloneServer(t.Context(), r.alice, control.CloneIn{Pick: pick(a.Meta), Limits: small, Name: "copy"}, named)
	refused(t, err, cloud.Exhausted, "server.place")
}
