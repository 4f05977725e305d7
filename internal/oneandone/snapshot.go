package oneandone

import (
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// The one snapshot that this dialect knows of a server (R10).
func (a *api) snapshots(h wire.Handlers) {
	readServer(a, h, oneandone.GetServerSnapshot,
		func(_ *control.Txn, v *control.View, _ *wire.Request) (oneandone.OrEmpty[oneandone.Snapshot], error) {
			return oneandone.OrEmpty[oneandone.Snapshot]{Value: snapshot(v)}, nil
		})
	node := func(f *form) control.SnapshotIn {
		return control.SnapshotIn{Pick: f.parent(), Snapshot: f.path("snapshot_id")}
	}
	write(h, oneandone.CreateServerSnapshot, (*form).parent, a.c.CreateSnapshot, began)
	write(h, oneandone.RestoreServerSnapshot, node, a.c.RestoreSnapshot, began)
	write(h, oneandone.DeleteServerSnapshot, node, a.c.DeleteSnapshot, began)
}

func snapshot(v *control.View) *oneandone.Snapshot {
	s := v.Snapshot
	if s == nil {
		return nil
	}
	out := &oneandone.Snapshot{ID: s.UID.String(), CreationDate: date(s.Created), DeletionDate: never}
	if s.Expires != nil {
		out.DeletionDate = date(*s.Expires)
	}
	return out
}
