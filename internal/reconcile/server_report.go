package reconcile

import (
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// observe copies what the host reported into the columns that states are
// computed from.
func (m *machine) observe() {
	s := m.s
	if o := m.vmOrder(); o != nil {
		if o.Taken >= o.Generation && !s.Taken {
			s.Taken, m.moved = true, true
		}
		if v := o.Status.VM; v != nil {
			s.SeenOn, s.SeenBoot = v.Running, v.Boot
			if v.Running && v.VCPU > 0 {
				s.SeenVCPU, s.SeenRAM = v.VCPU, v.RAM
			}
		}
		if o.Done() {
			s.SeenCores, s.SeenDVDID, s.SeenImageID, s.SeenFlavorID = s.Cores, s.DVDID, s.ImageID, s.FlavorID
			if !s.SeenOn { // what is off has the hardware of its next boot
				s.SeenVCPU, s.SeenRAM = s.VCPU, s.RAM
			}
		}
	}
	m.progress()
}

// progress counts the documents that are done, and notes that something moved.
func (m *machine) progress() {
	s := m.s
	step, slowest := 0, 0
	for _, o := range m.orders {
		if o.Acknowledged >= o.Generation {
			step++
		} else {
			slowest = max(slowest, o.Status.Percent)
		}
	}
	if step != s.Step || slowest != s.Percent || len(m.orders) != s.Steps {
		m.moved = true
	}
	s.Step, s.Steps, s.Percent = step, len(m.orders), slowest
	if m.moved {
		s.MovedAt = m.tx.Now()
	}
}

// behind says what is not done yet, "" when everything is as wanted. A host
// that reports done but shows something else is not believed.
func (m *machine) behind() (reason string, failed bool) {
	for _, o := range m.all() {
		if o.Done() || slices.Contains(m.stale, o) {
			continue
		}
		why := o.Status.Reason
		if why == "" {
			why = "waits for " + o.Kind.Noun()
		}
		// What failed is the reason, whatever else waits for it.
		if o.Status.Failed && o.Taken >= o.Generation {
			return why, true
		}
		if reason == "" {
			reason = why
		}
	}
	if reason == "" && m.router.HostID == 0 && m.needsPort() {
		reason = "waits for its router, which has no host"
	}
	if reason != "" {
		return reason, false
	}
	o := m.vmOrder()
	v := o.Status.VM
	switch {
	case v == nil:
		return "the host did not say how the machine is", false
	case v.Running != m.s.On:
		return "the machine is not in the wanted power state", false
	case m.s.On && v.Boot < m.s.Boot:
		return "the machine did not boot yet", false
	}
	return m.diskBehind(), false
}

// needsPort tells whether a card is on a network with a router.
func (m *machine) needsPort() bool {
	return slices.ContainsFunc(m.nics, func(n *cloud.NIC) bool { return !n.Removing && m.nets[n.NetworkID].RouterID != 0 })
}

// diskBehind names a disk that is not as wanted, although its document is done.
func (m *machine) diskBehind() string {
	for _, v := range m.volumes {
		if v.Remove == cloud.Now {
			continue
		}
		o := m.orders[plan.Ref{Kind: plan.KindVolume, ID: planID(v.UID)}]
		switch {
		case o.Status.Volume == nil || !o.Status.Volume.Made:
			return "the disk " + v.Name + " is not made"
		case o.Status.Volume.Layer != v.Layer:
			return "the disk " + v.Name + " is not on its layer"
		case o.Status.Volume.Size < int64(v.SizeGB)<<30:
			return "the disk " + v.Name + " did not grow"
		}
	}
	return ""
}

// finish writes back what was carried out, ends the event when all is done,
// and gives up when nothing moved for too long.
func (m *machine) finish() (time.Duration, error) {
	s := m.s
	if err := m.settleVolumes(); err != nil {
		return 0, err
	}
	if err := m.settleCards(); err != nil {
		return 0, err
	}
	if err := m.settleAddresses(); err != nil {
		return 0, err
	}
	if err := m.halfPoints(); err != nil {
		return 0, err
	}
	reason, failed := m.behind()
	if why, err := m.hopelessClone(); err != nil {
		return 0, err
	} else if why != "" && reason != "" {
		reason, failed = why, true
	}
	if reason == "" {
		if err := m.settleSnapshots(); err != nil {
			return 0, err
		}
		if err := m.leftImages(); err != nil {
			return 0, err
		}
		if !s.Open() {
			s.Restart, s.Spare = false, nil
		}
	}
	if !s.Open() {
		return 0, nil
	}
	if reason == "" {
		return 0, m.done()
	}
	s.Reason = reason
	limit := m.r.deadline(s.Change)
	if s.Remove == cloud.AfterGrace {
		if !failed {
			return time.Minute, nil // a removal never gives up
		}
		// What cannot be stopped is removed all the same, when its time is over.
		if err := graceBegins(m.tx, s.ProjectID, &s.Life); err != nil {
			return 0, err
		}
		return 0, end(m.tx, &s.Life, after(s), reason)
	}
	waited := m.tx.Now().Sub(s.MovedAt)
	if !failed && (limit == 0 || waited < limit) {
		return max(limit-waited, time.Second), nil
	}
	if silent, err := m.silentShot(); err != nil || silent {
		s.MovedAt = m.tx.Now() // when the host speaks again it gets its time
		return time.Minute, err
	}
	return 0, m.giveUp(reason)
}

// leftImages wakes the owners of images that the machine stood on before this
// turn: removed ones go with their last user.
func (m *machine) leftImages() error {
	if m.s.Change != cloud.Configure || !m.s.Open() {
		return nil
	}
	before, err := store.Get[cloud.Server](m.tx, m.s.ID) // not written in this turn yet
	if err != nil {
		return err
	}
	for _, id := range []int64{before.SeenImageID, before.SeenDVDID} {
		if id == m.s.SeenImageID || id == m.s.SeenDVDID {
			continue
		}
		if err := m.wakeImages(id); err != nil {
			return err
		}
	}
	return nil
}

// done ends the open event.
func (m *machine) done() error {
	s := m.s
	s.Built = true
	s.Restart, s.Spare = false, nil
	if s.Remove == cloud.AfterGrace {
		if err := graceBegins(m.tx, s.ProjectID, &s.Life); err != nil {
			return err
		}
	}
	state := after(s)
	if err := m.thaw(); err != nil {
		return err
	}
	s.CloneOf = 0
	return end(m.tx, &s.Life, state, "")
}

// after is the state number once the open event has ended.
func after(s *cloud.Server) int {
	ended := *s
	ended.EventID = 0
	return cloud.StateNumber(&ended)
}

// settleVolumes notes what hosts made, and closes what they cleared.
func (m *machine) settleVolumes() error {
	for _, v := range m.volumes {
		o := m.orders[plan.Ref{Kind: plan.KindVolume, ID: planID(v.UID)}]
		if v.Remove == cloud.Now && (o == nil || o.Gone()) {
			if err := m.closeVolume(v, o); err != nil {
				return err
			}
			m.moved = true
			continue
		}
		if o == nil || o.Status.Volume == nil {
			continue
		}
		was := *v
		seen := o.Status.Volume
		if v.Built && seen.Size == 0 {
			continue // its files are missing, which its reason says; it stays what it was
		}
		if v.Built && v.SeenLayer == v.Layer && seen.Layer != "" && seen.Layer != v.Layer {
			// It was there, and went on: what was given up was carried out all
			// the same, later. The way back would lose what was written since.
			v.Layer = seen.Layer
			if v.Main {
				if err := m.lateInstall(seen.Layer, v); err != nil {
					return err
				}
			}
			if err := work.Enqueue(m.tx, Server, m.s.ID, 0); err != nil {
				return err
			}
		}
		v.SeenGB, v.SeenLayer = int(seen.Size>>30), seen.Layer
		if seen.Made && !v.Built && o.Done() {
			v.Built, v.SourceID, v.SourceAt = true, 0, ""
			// The next document says so, so that a lost disk is a failure
			// and never a new blank one. What this turn makes of the reports
			// stands as it is: they are about the document before.
			if err := m.orderVolume(v); err != nil {
				return err
			}
		}
		if *v != was {
			if err := store.Update(m.tx, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *machine) closeVolume(v *cloud.Volume, o *hub.Order) error {
	now := m.tx.Now()
	v.Closed = &now
	if err := store.Update(m.tx, v); err != nil {
		return err
	}
	if o != nil {
		if err := hub.Drop(m.tx, o.Host, o.Kind, o.Object); err != nil {
			return err
		}
		delete(m.orders, o.Ref())
	}
	if !m.s.Alive() || m.s.Remove == cloud.Now {
		return nil // the whole server's share is given back at once
	}
	h, err := store.Get[cloud.Host](m.tx, m.s.HostID)
	if err != nil {
		return err
	}
	h.UsedGB -= v.SizeGB
	return store.Update(m.tx, h)
}

// settleAddresses lets go of addresses that no router translates any more.
func (m *machine) settleAddresses() error {
	for _, n := range m.nics {
		if o := m.orders[plan.Ref{Kind: plan.KindPort, ID: planID(n.UID)}]; o != nil && o.Acknowledged < o.Generation {
			return nil
		}
	}
	for _, ip := range m.ips {
		if ip.Leaving == "" {
			if err := carried(m.tx, ip); err != nil {
				return err
			}
			continue
		}
		if err := letGo(m.tx, ip); err != nil {
			return err
		}
	}
	return nil
}

// carried notes that a router filters an address as is wanted, which those who own the
// policies wait for.
func carried(tx *store.Tx, ip *cloud.IP) error {
	if !ip.Rebound {
		return nil
	}
	if err := wakePolicies(tx, ip); err != nil {
		return err
	}
	ip.Rebound, ip.SeenPolicyID = false, 0
	return store.Update(tx, ip)
}

// letGo frees an address or gives it back to its member.
func letGo(tx *store.Tx, ip *cloud.IP) error {
	if err := wakePolicies(tx, ip); err != nil { // it may be the last under its policy
		return err
	}
	if ip.Leaving != "keep" {
		return store.ReleaseIP(tx, ip)
	}
	ip.ServerID, ip.NICID, ip.PrivateID, ip.PolicyID, ip.ProjectID, ip.Leaving, ip.BlockAll = 0, 0, 0, 0, 0, "", false
	ip.Rebound, ip.SeenPolicyID = false, 0
	return store.Update(tx, ip)
}

// settleSnapshots notes frozen points that are there, and closes those that
// were merged away; their children move up.
func (m *machine) settleSnapshots() error {
	for _, s := range m.snaps {
		if !s.Removing {
			if !s.Made {
				s.Made = true
				if err := store.Update(m.tx, s); err != nil {
					return err
				}
			}
			continue
		}
		if err := m.closeSnapshot(s); err != nil {
			return err
		}
	}
	return nil
}

func (m *machine) closeSnapshot(s *cloud.Snapshot) error {
	for _, o := range m.snaps {
		switch {
		case o.ID == s.ParentID && s.Active && !o.Removing:
			o.Active = true
		case o.ParentID == s.ID:
			o.ParentID = s.ParentID
		default:
			continue
		}
		if err := store.Update(m.tx, o); err != nil {
			return err
		}
	}
	now := m.tx.Now()
	s.Closed, s.Active = &now, false
	return store.Update(m.tx, s)
}

func sortOrders(list []*hub.Order) {
	slices.SortFunc(list, func(a, b *hub.Order) int { return int(a.ID - b.ID) })
}
