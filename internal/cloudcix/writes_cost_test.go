package cloudcix_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/storetest"
)

// writeCosts is what each write that is built costs in a cloud of so many servers.
func writeCosts(t *testing.T, servers int64) map[string]storetest.Cost {
	t.Helper()
	w := newWorld(t)
	targets := map[string]target{}
	var last target
	for i, id := range slices.Sorted(maps.Keys(writes)) {
		last.project, last.router = w.project("ann", fmt.Sprintf("web-%d", i))
		last.vm = w.machine("ann", last.project, "www", "10.0.0.10")
		targets[id] = last
	}
	w.write(func(tx *store.Tx) error { return storetest.Fill(tx, last.vm, 1, servers) })
	costs := map[string]storetest.Cost{}
	for _, o := range wirespec.Operations {
		make, ok := writes[o.ID]
		if !ok { // TestEveryWrite says which have no request
			continue
		}
		q := make(w, targets[o.ID])
		if q.body["name"] == "g" || q.body["name"] == "h" { // one member has one of a name
			q.body["name"] = o.ID
		}
		if _, err := storetest.Costs(w.DB); err != nil { // begins anew
			t.Fatal(err)
		}
		w.call(cmp.Or(q.who, "ann"), o.Method, q.path, q.sent()).is(o.Status)
		c, err := storetest.Costs(w.DB)
		if err != nil {
			t.Fatal(err)
		}
		costs[o.ID] = c
		w.noGroups()
	}
	return costs
}

// noGroups takes away the groups that a request needed, whose names are taken else.
func (w *world) noGroups() {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		_, err := tx.Exec(`DELETE FROM ip_address_group`)
		return err
	})
}

// grows has writes that cost more in a larger cloud, with the reason. It may only shrink.
var grows = map[string]string{
	"vmUpdate": "the project's state follows from all of its machines that are not at rest",
}

// No write reads more because the cloud has grown: all of it is in the one lock of
// writing.
func TestWritesCostTheSame(t *testing.T) {
	storetest.CostsTheSame(t, slices.Sorted(maps.Keys(writes)), writeCosts(t, 1000), writeCosts(t, 10_000), grows)
}
