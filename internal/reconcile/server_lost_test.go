package reconcile_test

import (
	"encoding/json"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// A disk whose files are missing stays shown as large as it was, whatever an older
// host says of it.
func TestMissingDiskStaysShown(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(func(*control.CreateServerIn) {})
	r.settle()
	disk := func() (v *cloud.Volume) {
		r.read(func(tx *store.Tx) (err error) {
			v, err = store.First[cloud.Volume](tx, cloud.Where(cloud.Eq("server_id", s.ID)))
			return err
		})
		return v
	}
	before := disk()
	if before.SeenGB == 0 || !before.Built {
		t.Fatalf("the disk was not made: %+v", before)
	}
	status, err := json.Marshal(plan.Status{
		Failed: true, Reason: "layer 0 of the disk is missing", Volume: &plan.VolumeSeen{Made: true, Layer: before.Layer},
	})
	r.must(err)
	r.write(func(tx *store.Tx) error {
		if _, err := tx.Exec(`UPDATE orders SET status = $1 WHERE kind = 'volume'`, string(status)); err != nil {
			return err
		}
		return work.Enqueue(tx, reconcile.Server, s.ID, 0)
	})
	for r.work() {
		continue
	}
	if after := disk(); after.SeenGB != before.SeenGB || after.SizeGB != before.SizeGB {
		t.Errorf("%d GB are shown of %d", after.SeenGB, before.SeenGB)
	}
}
