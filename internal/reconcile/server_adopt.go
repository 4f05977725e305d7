package reconcile

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// maxBoots is more often than any machine boots. A host that says more is not
// believed: the next boot would be beyond what a host can say.
const maxBoots = 1 << 40

// adopt takes over what a host has when the store knows less (a restored
// database, docs/operate/backup.md): its counters, so that the next boot is a new one, and
// what it carried out, as what is wanted from now on. Users see a machine as
// it is, and may change it again.
func (m *machine) adopt() error {
	s := m.s
	if o := m.vmOrder(); o != nil && o.Status.VM != nil && o.Status.VM.Boot > s.Boot && o.Status.VM.Boot <= maxBoots {
		s.Boot, m.moved = o.Status.VM.Boot, true
	}
	held := false
	for _, o := range m.orders {
		held = held || o.Held
	}
	if !held || s.Remove == cloud.Now || s.Failed {
		return nil
	}
	m.observe()
	if s.Open() && s.Change == cloud.Create && !s.Built && !m.whole() {
		return m.adoptCreation()
	}
	for _, v := range m.volumes {
		o := m.orders[plan.Ref{Kind: plan.KindVolume, ID: planID(v.UID)}]
		if o == nil || o.Status.Volume == nil {
			continue
		}
		seen := o.Status.Volume
		v.Built, v.SeenGB, v.SeenLayer = v.Built || seen.Made, int(seen.Size>>30), seen.Layer
		if seen.Made {
			v.SourceID, v.SourceAt = 0, ""
		}
	}
	s.Built = s.Built || m.whole()
	for _, n := range m.nics { // one that was to come is kept, as everything is that a user asked for
		if n.Built || !s.Built {
			continue
		}
		n.Built = true
		if err := store.Update(m.tx, n); err != nil {
			return err
		}
	}
	if err := m.rollback(); err != nil {
		return err
	}
	if err := m.adoptImage(); err != nil {
		return err
	}
	if s.Open() {
		return end(m.tx, &s.Life, after(s), "the database was restored from an older backup")
	}
	return nil
}

// adoptCreation lets the making of a machine go on that its host has not made whole. One
// of whose disks the host says that it was there and is not gives up, so that it is not
// made a second time without a word.
func (m *machine) adoptCreation() error {
	m.moved = true
	for _, v := range m.volumes {
		o := m.orders[plan.Ref{Kind: plan.KindVolume, ID: planID(v.UID)}]
		if o != nil && o.Status.Failed {
			return m.giveUp(o.Status.Reason)
		}
	}
	return nil
}

// whole tells whether a host has made all of a machine: it runs, or all its disks are there.
func (m *machine) whole() bool {
	if m.s.SeenOn {
		return true
	}
	for _, v := range m.volumes {
		o := m.orders[plan.Ref{Kind: plan.KindVolume, ID: planID(v.UID)}]
		if v.Remove == cloud.Keep && (o == nil || o.Status.Volume == nil || !o.Status.Volume.Made) {
			return false
		}
	}
	return len(m.volumes) > 0
}

// adoptImage takes the image that the main disk stands on, after a reinstall
// that the store does not know of. Without that the image would be nobody's, and
// offered for removal under a live disk.
func (m *machine) adoptImage() error {
	s, main := m.s, m.main()
	if main == nil {
		return nil
	}
	o := m.orders[plan.Ref{Kind: plan.KindVolume, ID: planID(main.UID)}]
	if o == nil || o.Status.Volume == nil || o.Status.Volume.Image == "" {
		return nil
	}
	seen := o.Status.Volume.Image
	if img, err := store.GetAny[cloud.Image](m.tx, s.ImageID); err != nil || imageID(img) == seen {
		m.image = img
		return err
	}
	img, err := ImageOf(m.tx, seen)
	if err != nil || img == nil { // one that the store never heard of stays an orphan, which the disk keeps
		return err
	}
	old := s.ImageID
	s.ImageID, s.SeenImageID, main.ImageID, m.image = img.ID, img.ID, img.ID, img
	if err := store.Update(m.tx, main); err != nil {
		return err
	}
	return m.wakeImages(old, img.ID)
}

// lost marks a machine whose disk or host is gone for good. It is shown as
// failed with the reason, never made anew: its data is not there.
func (m *machine) lost() (bool, error) {
	s := m.s
	if s.Failed || s.Remove == cloud.Now {
		return false, nil
	}
	reason := ""
	for _, o := range m.all() {
		if o.Lost && (o.Kind == plan.KindVolume || o.Kind == plan.KindVM && hostIsLost(m.tx, o.Host)) {
			reason = "the host lost the machine's disks"
		}
	}
	if reason == "" {
		return false, nil
	}
	// What was under way is given up: a layer or a point that nobody asks for any
	// more would keep the disks from being taken back.
	if s.Open() && s.Built {
		if err := m.rollback(); err != nil {
			return false, err
		}
	}
	s.Failed, s.On, s.SeenOn = true, false, false
	if !s.Built { // nobody has used it yet
		retryIn(m.tx, s, retryEvery)
	}
	s.Reason = reason
	if s.Open() {
		return true, end(m.tx, &s.Life, cloud.StateUnresourced, reason)
	}
	now := m.tx.Now()
	s.Change, s.ChangeAt, s.Updated = cloud.NoChange, now, now
	return true, happened(m.tx, cloud.Event{
		Operation: m.tx.UID(), At: now, Started: now, MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID, UserName: "system",
		Action: "LOST", Kind: Server, ObjectID: s.ID, ObjectUID: s.UID, Object: s.Name, ProjectID: s.ProjectID, State: cloud.StateUnresourced,
	}, reason)
}

// found takes back that a machine is lost, once all of its disks are there again: its
// host was taken back, or somebody put a file back. It stays off until it is wanted on.
func (m *machine) found() error {
	s := m.s
	if !s.Failed || !s.Built || s.Open() || s.Remove != cloud.Keep || m.main() == nil || hostIsLost(m.tx, s.HostID) {
		return nil
	}
	for _, v := range m.volumes {
		o := m.orders[plan.Ref{Kind: plan.KindVolume, ID: planID(v.UID)}]
		if v.Remove == cloud.Keep && (o == nil || o.Lost || !o.Done() || o.Status.Volume == nil || !o.Status.Volume.Made) {
			return nil
		}
	}
	now := m.tx.Now()
	s.Failed, s.Reason, s.Change, s.ChangeAt, s.Updated, m.moved = false, "", cloud.NoChange, now, now, true
	return happened(m.tx, cloud.Event{
		Operation: m.tx.UID(), At: now, Started: now, MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID, UserName: "system",
		Action: "FOUND", Kind: Server, ObjectID: s.ID, ObjectUID: s.UID, Object: s.Name, ProjectID: s.ProjectID, State: after(s),
	}, "")
}

// hostIsNew tells a host that has a row and a token, and never took an order.
func hostIsNew(tx *store.Tx, id int64) bool {
	h, err := store.GetAny[cloud.Host](tx, id)
	return err == nil && h.State == cloud.HostNew
}

func hostIsLost(tx *store.Tx, id int64) bool {
	h, err := store.GetAny[cloud.Host](tx, id)
	return err == nil && h.State == cloud.HostLost
}
