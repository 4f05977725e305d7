package reconcile

import (
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// silentShot tells a one-shot (reboot, snapshot, restore, reinstall) whose host
// is silent: whether it was carried out cannot be known, so the event stays
// open until the host acknowledged or withdrew it (docs/explain/state-and-work.md).
func (m *machine) silentShot() (bool, error) {
	shot := m.s.Change == cloud.Reboot
	for _, v := range m.volumes {
		shot = shot || v.Built && v.Layer != v.SeenLayer
	}
	if !shot {
		return false, nil
	}
	h, err := store.GetAny[cloud.Host](m.tx, m.s.HostID)
	if err != nil {
		return false, err
	}
	return h.LastSeen != nil && m.tx.Now().Sub(*h.LastSeen) > 2*time.Minute, nil
}

// giveUp sets what is wanted back to what the host last reported, orders
// that, and ends the event with the reason (R1).
func (m *machine) giveUp(reason string) error {
	s := m.s
	if s.Change == cloud.Create && !s.Built {
		s.Failed, s.On = true, false
		retryIn(m.tx, s, retryEvery)
		if err := end(m.tx, &s.Life, cloud.StateUnresourced, reason); err != nil {
			return err
		}
		return work.Enqueue(m.tx, Server, s.ID, 0) // ordered absent in the next turn
	}
	if err := m.rollback(); err != nil {
		return err
	}
	if err := end(m.tx, &s.Life, after(s), reason); err != nil {
		return err
	}
	return work.Enqueue(m.tx, Server, s.ID, 0)
}

// rollback restores desired state from what was observed.
func (m *machine) rollback() error {
	s := m.s
	vcpu, ram := s.VCPU, s.RAM
	s.On, s.DVDID, s.Restart = s.SeenOn, s.SeenDVDID, false
	if s.SeenVCPU > 0 {
		s.VCPU, s.RAM, s.Cores = s.SeenVCPU, s.SeenRAM, max(s.SeenCores, 1)
	}
	if s.SeenOn {
		s.Boot = s.SeenBoot
	}
	if err := m.rollbackInstall(); err != nil {
		return err
	}
	if err := m.rollbackCards(); err != nil {
		return err
	}
	if err := m.rollbackFlavor(); err != nil {
		return err
	}
	h, err := store.Get[cloud.Host](m.tx, s.HostID)
	if err != nil {
		return err
	}
	h.UsedVCPU += s.VCPU - vcpu
	h.UsedRAM += s.RAM - ram
	for _, v := range m.volumes {
		switch {
		case v.Remove == cloud.Now:
			continue // what is being cleared stays ordered away
		case !v.Built && !v.Main: // a disk that never came to be
			v.Remove = cloud.Now
		default:
			h.UsedGB += max(v.SeenGB, 1) - v.SizeGB
			v.SizeGB = max(v.SeenGB, 1)
			if v.SeenLayer != "" {
				v.Layer = v.SeenLayer
			}
			v.ImageID = map[bool]int64{true: s.ImageID, false: v.ImageID}[v.Main]
		}
		if err := store.Update(m.tx, v); err != nil {
			return err
		}
	}
	if err := store.Update(m.tx, h); err != nil {
		return err
	}
	return m.rollbackSnapshots()
}

// rollbackFlavor goes back to the fixed size that the machine has, if it has
// the shape of one.
func (m *machine) rollbackFlavor() error {
	s := m.s
	s.FlavorID = s.SeenFlavorID
	if s.FlavorID == 0 {
		return nil
	}
	f, err := store.GetAny[cloud.Flavor](m.tx, s.FlavorID)
	if err == nil && (f.VCPU != s.VCPU || f.Cores != s.Cores || f.RAM != s.RAM) {
		s.FlavorID = 0
	}
	return err
}

// removing orders everything of a server away and closes it when the hosts
// said gone. A creation that gave up is ordered away too, but its row and its
// addresses stay until it is deleted or tried again.
func (m *machine) removing(before cloud.Server) (time.Duration, error) {
	for _, o := range m.all() {
		if err := put(m.tx, o.Host, o.Kind, o.Object, nil, m.owner); err != nil {
			return 0, err
		}
	}
	if err := m.readOrders(); err != nil {
		return 0, err
	}
	s := m.s
	m.progress()
	for _, o := range m.all() {
		if !o.Gone() {
			if o.Taken >= o.Generation {
				s.Taken = true
			}
			s.Reason = waitReason(o)
			if s.Failed && s.Remove == cloud.Keep {
				s.Reason = before.Reason
			}
			return time.Minute, store.Update(m.tx, s)
		}
	}
	for _, o := range m.all() {
		if err := hub.Drop(m.tx, o.Host, o.Kind, o.Object); err != nil {
			return 0, err
		}
	}
	if s.Remove != cloud.Now { // failed, and now nothing of it is left
		for _, v := range m.volumes {
			v.Built, v.SeenGB, v.SeenLayer = false, 0, ""
			if err := store.Update(m.tx, v); err != nil {
				return 0, err
			}
		}
		s.SeenOn, s.SeenBoot = false, 0
		if s.RetryAt != nil && len(m.orders) > 0 && hostIsLost(m.tx, s.HostID) {
			retryIn(m.tx, s, 0) // another host may have it
		}
		if err := m.thaw(); err != nil {
			return 0, err
		}
		for _, ip := range m.ips {
			if ip.Leaving == "" {
				continue
			}
			if err := letGo(m.tx, ip); err != nil {
				return 0, err
			}
		}
		return 0, store.Update(m.tx, s)
	}
	return 0, m.gone()
}

func waitReason(o *hub.Order) string {
	if o.Status.Reason != "" && o.Taken >= o.Generation {
		return o.Status.Reason
	}
	return "the host has not yet cleared " + o.Kind.Noun()
}

// gone closes the row and frees all that the server held, in the transaction
// that records it.
func (m *machine) gone() error {
	tx, s := m.tx, m.s
	now := tx.Now()
	gb := 0
	for _, v := range m.volumes {
		gb += v.SizeGB
		v.Closed = &now
		if err := store.Update(tx, v); err != nil {
			return err
		}
	}
	for _, ip := range m.ips {
		if err := letGo(tx, ip); err != nil {
			return err
		}
	}
	for _, n := range m.nics {
		n.Closed = &now
		if err := store.Update(tx, n); err != nil {
			return err
		}
		if err := work.Enqueue(tx, Network, n.NetworkID, 0); err != nil {
			return err
		}
	}
	for _, sn := range m.snaps {
		sn.Closed = &now
		if err := store.Update(tx, sn); err != nil {
			return err
		}
	}
	h, err := store.GetAny[cloud.Host](tx, s.HostID)
	if err != nil {
		return err
	}
	h.UsedVCPU -= s.VCPU
	h.UsedRAM -= s.RAM
	h.UsedGB -= gb
	h.Servers--
	if h.Whole == s.ID {
		h.Whole = 0
	}
	if err := store.Update(tx, h); err != nil {
		return err
	}
	if err := roomOn(tx, h); err != nil {
		return err
	}
	if s.Open() {
		if err := end(tx, &s.Life, cloud.StateClosed, ""); err != nil {
			return err
		}
	}
	if err := m.thaw(); err != nil {
		return err
	}
	s.CloneOf = 0
	s.Closed, s.SeenOn, s.RootHash, s.FirstPassword, s.UserData, s.Spare = &now, false, "", "", "", nil
	if err := store.Update(tx, s); err != nil {
		return err
	}
	if err := m.lastOne(); err != nil {
		return err
	}
	return m.wakeImages(s.ImageID, s.SeenImageID, s.DVDID, s.SeenDVDID)
}

// lastOne wakes the sweep for a project that waited for its last machine to
// close.
func (m *machine) lastOne() error {
	rt := m.router
	if !rt.Alive() || rt.Remove != cloud.AfterGrace || rt.RemoveAfter == nil || rt.RemoveAfter.After(m.tx.Now()) {
		return nil
	}
	left, err := store.Count[cloud.Server](m.tx, cloud.Where(cloud.Eq("project_id", m.s.ProjectID)))
	if err != nil || left > 0 {
		return err
	}
	return work.Enqueue(m.tx, Sweep, 0, 0)
}

// forget drops orders that a closed server still has: a late report woke us.
func (m *machine) forget() error {
	for _, o := range m.all() {
		if !o.Absent {
			if err := put(m.tx, o.Host, o.Kind, o.Object, nil, m.owner); err != nil {
				return err
			}
			continue
		}
		if o.Gone() {
			if err := hub.Drop(m.tx, o.Host, o.Kind, o.Object); err != nil {
				return err
			}
		}
	}
	return nil
}
