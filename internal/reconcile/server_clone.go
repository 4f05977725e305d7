package reconcile

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// hopelessClone says why a clone waits for a disk that never comes, "" when it
// may come: its source is removed, or going, or gave up, before the point that
// is copied was frozen. A point that is there is copied in any case, as the
// host removes no disk that another one is made from.
func (m *machine) hopelessClone() (string, error) {
	s := m.s
	if s.CloneOf == 0 || s.Built || s.Change != cloud.Create {
		return "", nil
	}
	src, err := store.GetAny[cloud.Server](m.tx, s.CloneOf)
	if err != nil {
		return "", err
	}
	var reason string
	switch {
	case !src.Alive() || src.Remove == cloud.Now:
		reason = "the source was removed before it was copied"
	case !src.Open():
		reason = "the source could not be frozen"
	default:
		return "", nil
	}
	for _, v := range m.volumes {
		if v.Built {
			continue
		}
		snap, err := m.frozen()
		if err != nil || snap != nil && snap.Made {
			return "", err
		}
		return reason, nil
	}
	return "", nil
}

// frozen is the point that a clone is copied from; nil when there is none, or
// when it is going. One that is going belongs to a try that failed.
func (m *machine) frozen() (*cloud.Snapshot, error) {
	snap, err := store.First[cloud.Snapshot](m.tx, cloud.Where(
		cloud.Eq("server_id", m.s.CloneOf), cloud.Eq("name", m.s.ClonePoint()), cloud.Eq("removing", false)))
	if store.None(err) {
		return nil, nil
	}
	return snap, err
}

// thaw lets the source forget its hidden snapshot: the copy is whole, or
// nothing is left of it. A copy that failed remembers its source, so that it
// can be tried again.
func (m *machine) thaw() error {
	if m.s.CloneOf == 0 {
		return nil
	}
	snap, err := m.frozen()
	if err != nil || snap == nil {
		return err
	}
	snap.Removing = true
	if err := store.Update(m.tx, snap); err != nil {
		return err
	}
	return work.Enqueue(m.tx, Server, m.s.CloneOf, 0)
}
