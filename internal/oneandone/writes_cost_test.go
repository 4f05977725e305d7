package oneandone

import (
	"maps"
	"slices"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/storetest"
)

// writeCosts is what each write that is built costs in a cloud of so many servers.
func writeCosts(t *testing.T, servers int64) map[string]storetest.Cost {
	t.Helper()
	w := newWorld(t)
	s := w.create("copied")
	w.call("POST", "/servers/"+s.ID+"/snapshots", nil).want(202)
	w.settle()
	uid, _ := cloud.ParseUID(s.ID)
	w.write(func(tx *store.Tx) error {
		row, err := store.ByUID[cloud.Server](tx, uid)
		if err != nil {
			return err
		}
		return storetest.Fill(tx, row.ID, 1, servers)
	})
	costs := map[string]storetest.Cost{}
	for _, o := range oneandone.Operations {
		make, ok := writes[o.ID]
		if !ok { // TestEveryWrite says which have no request
			continue
		}
		q := make(w)
		if _, err := storetest.Costs(w.db); err != nil { // begins anew
			t.Fatal(err)
		}
		w.call(o.Method, q.path, q.body).want(o.Status)
		c, err := storetest.Costs(w.db)
		if err != nil {
			t.Fatal(err)
		}
		costs[o.ID] = c
		w.settle()
	}
	return costs
}

// grows has writes that cost more in a larger cloud, with the reason. It may only shrink.
var grows = map[string]string{
	"createSshKey": "a key is shown with the servers that carry it, for which all of the member's are read",
	"renameSshKey": "as createSshKey", "deleteSshKey": "as createSshKey",
}

// No write reads more because the cloud has grown: all of it is in the one lock of
// writing.
// Words are noted 32 rows at a time (store/migrations, words), so both worlds are whole
// batches: the same write pays for one.
func TestWritesCostTheSame(t *testing.T) {
	storetest.CostsTheSame(t, slices.Sorted(maps.Keys(writes)), writeCosts(t, 30*32), writeCosts(t, 300*32), grows)
}
