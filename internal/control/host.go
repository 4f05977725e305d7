package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// PutHost writes a host that joined, or what it can give now. A caller that does
// not know what that is leaves all of it 0, and what the host said last stands:
// its servers must not find it full until it speaks again.
func (c *Control) PutHost(ctx context.Context, in cloud.Host) (*cloud.Host, error) {
	var out *cloud.Host
	err := c.DB.Write(ctx, []string{"places"}, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: &Call{Actor: &auth.Actor{System: true}}}
		region, err := t.region(Pick{ID: in.RegionID})
		if err != nil {
			return err
		}
		h, err := store.First[cloud.Host](tx, cloud.Where(cloud.Eq("region_id", region.ID), cloud.Eq("name", in.Name)))
		if store.None(err) {
			row := in
			row.Meta, row.RegionID = cloud.Meta{}, region.ID
			row.State, row.Enabled = cloud.HostUp, true
			if in.Cores == 0 && in.RAM == 0 && in.DiskGB == 0 { // it has not spoken yet
				row.State = cloud.HostNew
			}
			out = &row
			return store.Insert(tx, out)
		}
		if err != nil {
			return err
		}
		out = h
		if in.Cores == 0 && in.RAM == 0 && in.DiskGB == 0 {
			return nil
		}
		if h.State == cloud.HostNew {
			h.State = cloud.HostUp
		}
		h.Cores, h.VCPU, h.RAM, h.DiskGB, h.Accelerator = in.Cores, in.VCPU, in.RAM, in.DiskGB, in.Accelerator
		return store.Update(tx, h)
	})
	return out, err
}
