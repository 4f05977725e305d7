package reconcile

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// adopt takes over what a host has when the store knows less (a restored
// database, docs/operate/backup.md): its counters, so that the next boot is a new one, and
// what it carried out, as what is wanted from now on. Users see a machine as
// it is, and may change it again.
func (m *machine) adopt() error {
	s := m.s
	if o := m.vmOrder(); o != nil && o.Status.VM != nil && o.Status.VM.Boot > s.Boot {
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
	if s.SeenOn {
		s.Built = true
	}
	if err := m.rollback(); err != nil {
		return err
	}
	if s.Open() {
		return end(m.tx, &s.Life, after(s), "the database was restored from an older backup")
	}
	return nil
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
	first := cloud.Event{
		Operation: m.tx.UID(), At: now, Started: now, MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID, UserName: "system",
		Action: "LOST", Kind: Server, ObjectID: s.ID, ObjectUID: s.UID, Object: s.Name, ProjectID: s.ProjectID, State: cloud.StateUnresourced,
	}
	last := first
	last.End, last.Failed, last.Reason = true, true, reason
	if err := store.Insert(m.tx, &first); err != nil {
		return false, err
	}
	return true, store.Insert(m.tx, &last)
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
