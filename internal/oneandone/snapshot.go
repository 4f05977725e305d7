package oneandone

import (
	"time"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
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
	write(h, oneandone.CreateServerSnapshot, (*form).newSnapshot, a.c.CreateSnapshot, began)
	write(h, oneandone.RestoreServerSnapshot, node, a.c.RestoreSnapshot, began)
	write(h, oneandone.DeleteServerSnapshot, node, a.c.DeleteSnapshot, began)
}

// longestSnapshot bounds ?expires=.
const longestSnapshot = 100 * 365 * 24 * time.Hour

// newSnapshot reads ?expires=, which the contract does not know: a time after which
// the snapshot is removed by itself, such as 72h, or never.
func (f *form) newSnapshot() control.CreateSnapshotIn {
	in := control.CreateSnapshotIn{Pick: f.parent()}
	text, ok := f.r.QueryText("expires")
	if !ok {
		return in
	}
	var life time.Duration
	if text != "never" {
		var err error
		if life, err = time.ParseDuration(text); err != nil || life < time.Minute || life > longestSnapshot {
			f.lost = firstOf(f.lost, cloud.Errorf(cloud.Invalid, "snapshot.expires",
				"%.40q is no time such as 72h, a minute to a hundred years, nor never", text).On("expires"))
		}
	}
	in.Expires = &life
	return in
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
