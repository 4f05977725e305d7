package reconcile

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// sourceGone tells a clone whose source is removed, or going, before the point
// that is copied was frozen: it would wait for a disk that never comes. A
// point that is there is copied in any case, as the host removes no disk
// that another one is made from.
func (m *machine) sourceGone() (bool, error) {
	s := m.s
	if s.CloneOf == 0 || s.Built || s.Change != cloud.Create {
		return false, nil
	}
	src, err := store.GetAny[cloud.Server](m.tx, s.CloneOf)
	if err != nil || src.Alive() && src.Remove != cloud.Now {
		return false, err
	}
	for _, v := range m.volumes {
		if !v.Built {
			return m.unfrozen()
		}
	}
	return false, nil
}

// unfrozen tells whether the point that a clone copies from was never made, or
// is gone.
func (m *machine) unfrozen() (bool, error) {
	snap, err := store.First[cloud.Snapshot](m.tx, cloud.Where(cloud.Eq("server_id", m.s.CloneOf), cloud.Eq("name", "clone-"+m.s.UID.Hex())))
	if cloud.IsKind(err, cloud.NotFound) {
		return true, nil
	}
	return err == nil && !snap.Made, err
}
