package control

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/place"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// RetryServer tries a creation again that gave up, in the name of the system
// (R1a): what POWER_ON does by hand. cleared tells that no host has anything of
// the server left; only then it may get another host, when its own is lost or
// takes no machines. A conflict says that trying again will not help; the
// caller then takes back what was written.
func (c *Control) RetryServer(tx *store.Tx, s *cloud.Server, cleared bool) error {
	t := &Txn{Tx: tx, C: c, Call: system()}
	if s.Remove != cloud.Keep || !s.Failed || s.Built {
		return cloud.Errorf(cloud.Conflict, "server.retry", "the server %s is no creation that gave up", s.Name)
	}
	if err := t.elsewhere(s, cleared); err != nil {
		return err
	}
	// Giving up took the wish for power back. A server that is not built was
	// to be on when it was told to boot.
	s.On = s.Boot > 0
	return t.again(s, "RETRY")
}

// elsewhere places a server anew whose host is lost or takes no machines. A
// copy stays: its disks can be made only where those of its source are.
func (t *Txn) elsewhere(s *cloud.Server, cleared bool) error {
	old, err := store.GetAny[cloud.Host](t.Tx, s.HostID)
	if err != nil {
		return err
	}
	if s.CloneOf != 0 || old.Alive() && old.Enabled && old.State == cloud.HostUp {
		return nil
	}
	if !cleared {
		return cloud.Errorf(cloud.Busy, "server.clearing", "what there was of the server %s is not cleared yet", s.Name)
	}
	disks, err := t.disks(s)
	if err != nil {
		return err
	}
	at, err := t.routerHost(s.ProjectID)
	if err != nil {
		return err
	}
	need := place.Need{
		VCPU: s.VCPU, RAM: s.RAM, ServerType: s.ServerType, StorageType: s.StorageType, Whole: old.Whole == s.ID, Router: at,
	}
	for _, v := range disks {
		need.GB += v.SizeGB
	}
	h, err := t.place(s.RegionID, need)
	if err != nil {
		return err
	}
	if need.Whole {
		old.Whole, h.Whole = 0, s.ID
		if err := store.Update(t.Tx, h); err != nil {
			return err
		}
	}
	old.UsedVCPU -= need.VCPU
	old.UsedRAM -= need.RAM
	old.UsedGB -= need.GB
	old.Servers--
	if err := store.Update(t.Tx, old); err != nil {
		return err
	}
	s.HostID = h.ID
	for _, v := range disks {
		v.HostID = h.ID
		if err := store.Update(t.Tx, v); err != nil {
			return err
		}
	}
	return t.moved(s)
}

// moved takes the cards of a server along to its host, and wakes the owners of what
// it shares with others there.
func (t *Txn) moved(s *cloud.Server) error {
	nics, err := store.Find[cloud.NIC](t.Tx, cloud.Where(cloud.Eq("server_id", s.ID)))
	if err != nil {
		return err
	}
	for _, n := range nics {
		n.HostID = s.HostID
		if err := store.Update(t.Tx, n); err != nil {
			return err
		}
		if err := work.Enqueue(t.Tx, "network", n.NetworkID, 0); err != nil {
			return err
		}
	}
	return work.Enqueue(t.Tx, "image", s.ImageID, 0)
}
