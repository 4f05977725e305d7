package oneandone

import (
	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// The one snapshot that this dialect knows of a server (R10).
func (a *api) snapshots(h wire.Handlers) {
	readServer(a, h, oneandone.GetServerSnapshot, func(_ *control.Txn, v *control.View, _ *wire.Request) (oneandone.OrEmpty[oneandone.Snapshot], error) {
		return oneandone.OrEmpty[oneandone.Snapshot]{Value: snapshot(v)}, nil
	})
	change(a, h, oneandone.CreateServerSnapshot, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		return a.c.CreateSnapshot(r.Context(), call, p, ans)
	})
	change(a, h, oneandone.RestoreServerSnapshot, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		node, err := inPath(r, "snapshot_id")
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.RestoreSnapshot(r.Context(), call, p, node, ans)
	})
	change(a, h, oneandone.DeleteServerSnapshot, began, func(r *wire.Request, call *control.Call, p control.Pick, ans control.Answer[*control.View]) (control.Reply, error) {
		node, err := inPath(r, "snapshot_id")
		if err != nil {
			return control.Reply{}, err
		}
		return a.c.DeleteSnapshot(r.Context(), call, p, node, ans)
	})
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
