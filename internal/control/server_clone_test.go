package control_test

import (
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// A copy that failed is tried again from its source, as far as that still is
// what was to be copied.
func TestCloneAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		failed := func() (src, clone *control.View) {
			src = r.server(r.alice, nil)
			var v *control.View
			_, err := r.c.CloneServer(t.Context(), r.alice, control.CloneIn{Pick: pick(src.Meta), Limits: small, Name: "copy"}, keep(&v))
			r.must(err)
			r.land(src.ID)
			change(r, v.ID, func(s *cloud.Server) { s.Failed, s.On, s.EventID, s.Reason = true, false, 0, "by the test" })
			r.write(func(tx *store.Tx) error { // the host cleared all
				list, err := store.Find[cloud.Snapshot](tx, cloud.Where(cloud.Eq("server_id", src.ID)))
				for _, s := range list {
					now := tx.Now()
					s.Closed = &now
					if err := store.Update(tx, s); err != nil {
						return err
					}
				}
				return err
			})
			return src, v
		}
		on := func(s *control.View) error {
			_, err := r.c.PowerServer(t.Context(), r.alice, control.PowerIn{Pick: pick(s.Meta), Action: control.PowerOn}, named)
			return err
		}

		src, clone := failed()
		_, err := r.c.AddDisks(t.Context(), r.alice,
			control.DisksIn{Pick: pick(src.Meta), Limits: small, Add: []control.DiskIn{{SizeGB: 10}}}, named)
		r.must(err)
		refused(t, on(clone), cloud.Busy, "server.busy")
		r.land(src.ID)
		refused(t, on(clone), cloud.Conflict, "clone.disks")

		src, clone = failed()
		_, err = r.c.ResizeDisk(t.Context(), r.alice,
			control.DisksIn{Pick: pick(src.Meta), Disk: pick(src.Volumes[0].Meta), Limits: small, SizeGB: 100}, named)
		r.must(err)
		r.land(src.ID)
		host := get[cloud.Host](r, src.HostID)
		r.must(on(clone))
		v := r.view(r.alice, clone.ID).Volumes[0]
		if v.SourceID != src.Volumes[0].ID || v.SourceAt == "" || v.SizeGB != 100 {
			t.Errorf("the disk is %+v", v)
		}
		if now := get[cloud.Host](r, src.HostID); now.UsedGB != host.UsedGB+80 {
			t.Errorf("the host gave %d GB, then %d", host.UsedGB, now.UsedGB)
		}

		src, clone = failed()
		_, err = r.c.DeleteServer(t.Context(), r.alice, control.DeleteServerIn{Pick: pick(src.Meta)}, named)
		r.must(err)
		refused(t, on(clone), cloud.Conflict, "clone.source")
	})
}
