package reconcile

import (
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// A snapshot is a point of all disks or of none: a disk whose document names a
// point that it lacks can do nothing any more.

// lacking finds a disk that has been made and does not have a point; nil when
// all have it, as far as they have said.
func (m *machine) lacking(s *cloud.Snapshot) *hub.Order {
	for _, v := range m.volumes {
		o := m.orders[plan.Ref{Kind: plan.KindVolume, ID: planID(v.UID)}]
		if v.Remove == cloud.Now || !v.Built || o == nil || o.Status.Volume == nil {
			continue
		}
		if !slices.Contains(o.Status.Volume.Snapshots, s.UID.Hex()) {
			return o
		}
	}
	return nil
}

// rollbackSnapshots drops points that were not made on every disk, keeps those
// that were to be merged and still are on every disk, and finds the active one
// by the layer that is there.
func (m *machine) rollbackSnapshots() error {
	for _, s := range m.snaps {
		lacking := m.lacking(s) != nil
		if !s.Made && (lacking || !m.frozenAt(s)) {
			if err := m.closeSnapshot(s); err != nil { // disks that have it merge it back
				return err
			}
			continue
		}
		// What is there was made, whatever else kept the event from ending. A
		// hidden point goes all the same: nobody else would ask for it. So does
		// one that a disk has merged already: there is no way back.
		s.Made, s.Removing = true, s.Removing && (s.Hidden || lacking)
	}
	active, err := m.standsOn()
	if err != nil {
		return err
	}
	for _, s := range m.snaps {
		if s.Closed != nil {
			continue
		}
		s.Active = s.ID == active
		if err := store.Update(m.tx, s); err != nil {
			return err
		}
	}
	return nil
}

// frozenAt tells whether the main disk stands on a point.
func (m *machine) frozenAt(s *cloud.Snapshot) bool {
	main := m.main()
	if main == nil {
		return false
	}
	layer, _ := plan.PointOfLayer(main.SeenLayer)
	return layer == s.UID.Hex()
}

// standsOn is the live point that the main disk stands on, 0 for none. A layer
// keeps the name of its point when that is merged away; what it stands on then
// is the point before.
func (m *machine) standsOn() (int64, error) {
	main := m.main()
	if main == nil {
		return 0, nil
	}
	layer, _ := plan.PointOfLayer(main.SeenLayer)
	uid, ok := cloud.ParseUID(layer)
	if !ok { // the first layer, or that of a reinstall
		return 0, nil
	}
	q := cloud.Where(cloud.Eq("server_id", m.s.ID), cloud.Eq("uid", uid))
	q.Closed = true
	at, err := store.First[cloud.Snapshot](m.tx, q)
	for err == nil && at.Closed != nil && at.ParentID != 0 {
		at, err = store.GetAny[cloud.Snapshot](m.tx, at.ParentID)
	}
	if store.None(err) || err == nil && at.Closed != nil {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return at.ID, nil
}

// halfPoints lets go of points that a disk has merged although its newest
// document names them: the order to remove them was taken back too late. After
// other changes a missing point is damage, about which a person decides.
func (m *machine) halfPoints() error {
	if m.s.Change != cloud.Capture {
		return nil
	}
	for _, s := range m.snaps {
		if !s.Made || s.Removing {
			continue
		}
		o := m.lacking(s)
		if o == nil || o.Taken < o.Generation || !o.Status.Failed {
			continue
		}
		s.Removing = true
		if err := store.Update(m.tx, s); err != nil {
			return err
		}
		if err := work.Enqueue(m.tx, Server, m.s.ID, 0); err != nil {
			return err
		}
	}
	return nil
}
