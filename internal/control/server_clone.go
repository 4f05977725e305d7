package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/place"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// CloneIn copies a server with its disks.
type CloneIn struct {
	Pick
	Limits cloud.Limits
	Name   string
	Region Pick
}

// CloneServer copies a server with its disks: a hidden snapshot of the
// source, volumes made from it, and the snapshot's removal once they are
// there. It answers the new server.
func (c *Control) CloneServer(ctx context.Context, call *Call, in CloneIn, ans Answer[*View]) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (*View, error) {
		src, err := t.serverFor(in.Pick, "servers.clone")
		if err != nil {
			return nil, err
		}
		if err := idle(src); err != nil {
			return nil, err
		}
		s, err := t.clone(src, in)
		if err != nil {
			return nil, err
		}
		return t.view(s)
	}, ans)
}

func (t *Txn) clone(src *cloud.Server, in CloneIn) (*cloud.Server, error) {
	if e := in.Limits.CheckName("name", in.Name); e != nil {
		return nil, e
	}
	if !in.Region.Empty() {
		r, err := t.region(in.Region)
		if err != nil {
			return nil, err
		}
		if r.ID != src.RegionID {
			return nil, cloud.Errorf(cloud.Invalid, "clone.region", "a server can only be cloned within its data centre").On("region")
		}
	}
	disks, err := t.disks(src)
	if err != nil {
		return nil, err
	}
	gb := 0
	for _, v := range disks {
		gb += v.SizeGB
	}
	// The copy is local to a host, so the clone goes where the source is.
	h, err := store.Get[cloud.Host](t.Tx, src.HostID)
	if err != nil {
		return nil, err
	}
	need := place.Need{VCPU: src.VCPU, RAM: src.RAM, GB: gb}
	if place.Fits(h, need) != "" {
		return nil, &cloud.Error{
			Kind: cloud.Exhausted, Code: "server.place", Field: "server", Reasons: t.refusals([]*cloud.Host{h}, need),
			Message: "the host of " + src.Name + " cannot take a copy", Fix: "Delete what is not needed on it.",
		}
	}
	h.UsedVCPU += src.VCPU
	h.UsedRAM += src.RAM
	h.UsedGB += gb
	h.Servers++
	if err := store.Update(t.Tx, h); err != nil {
		return nil, err
	}
	s, err := t.cloneRow(src, in.Name)
	if err != nil {
		return nil, err
	}
	for i, v := range disks {
		if err := t.newDisk(s, DiskIn{Name: v.Name, SizeGB: v.SizeGB, Main: v.Main}, i, firstLayer); err != nil {
			return nil, err
		}
	}
	if err := t.copyFrom(s, src, disks); err != nil {
		return nil, err
	}
	if err := t.cloneAddresses(src, s); err != nil {
		return nil, err
	}
	return s, t.ordered(s, cloud.Create, "CREATE", map[string]int{"cpu": s.VCPU, "ram": s.RAM, "gb": gb})
}

// cloneRow writes the new server: the source's wishes under a new identity,
// without anything that was carried out.
func (t *Txn) cloneRow(src *cloud.Server, name string) (*cloud.Server, error) {
	s := &cloud.Server{
		MemberID: src.MemberID, SiteID: src.SiteID, RegionID: src.RegionID, Country: src.Country, ProjectID: src.ProjectID, HostID: src.HostID,
		Name: name, Description: src.Description, Hostname: cloud.GuestName(name), ServerType: src.ServerType,
		FlavorID: src.FlavorID, VCPU: src.VCPU, Cores: src.Cores, RAM: src.RAM, ImageID: src.ImageID,
		StorageType: src.StorageType, UserData: src.UserData, DNS: src.DNS, GatewayID: src.GatewayID,
		Boot: 1, Instance: 1, RootHash: src.RootHash, Keys: src.Keys, CloneOf: src.ID,
	}
	s.On, s.ModifiedBy = true, t.Call.Actor.UserID()
	return s, store.Insert(t.Tx, s)
}

// copyFrom freezes the disks of the source out of its owner's sight, and points
// the new disks at the frozen point.
func (t *Txn) copyFrom(s, src *cloud.Server, from []*cloud.Volume) error {
	snap := &cloud.Snapshot{ServerID: src.ID, Name: s.ClonePoint(), Hidden: true}
	if err := t.freeze(src, snap); err != nil {
		return err
	}
	disks, err := t.disks(s)
	if err != nil {
		return err
	}
	for i, v := range disks {
		v.SourceID, v.SourceAt = from[i].ID, snap.UID.Hex()
		v.Built, v.SeenGB, v.SeenLayer = false, 0, ""
		if v.Main {
			v.ImageID = s.ImageID
		}
		if err := store.Update(t.Tx, v); err != nil {
			return err
		}
	}
	return t.ordered(src, cloud.Capture, "CLONE", nil)
}

// cloneAgain prepares another try of a copy that failed. Its source was let go
// of then, so it is frozen anew, as it is now.
func (t *Txn) cloneAgain(s *cloud.Server) error {
	src, err := store.GetAny[cloud.Server](t.Tx, s.CloneOf)
	if err != nil {
		return err
	}
	if !src.Alive() || src.Remove == cloud.Now {
		return cloud.Errorf(cloud.Conflict, "clone.source", "the server %s, of which %s was to be a copy, is removed", src.Name, s.Name).
			WithFix("Delete the copy.")
	}
	if err := idle(src); err != nil {
		return err
	}
	if err := t.copyable(src, s); err != nil {
		return err
	}
	from, err := t.disks(src)
	if err != nil {
		return err
	}
	disks, err := t.disks(s)
	if err != nil {
		return err
	}
	s.ImageID, s.RootHash, s.Keys = src.ImageID, src.RootHash, src.Keys // it may have been reinstalled since
	if len(from) != len(disks) {
		return cloud.Errorf(cloud.Conflict, "clone.disks", "the server %s had %s when %s was to be copied from it, and has %d now",
			src.Name, cloud.Count(len(disks), "disk"), s.Name, len(from)).
			WithFix("Delete the copy and clone the server again.")
	}
	// What the try before was copied from, if the hosts are still at it.
	old, err := store.Find[cloud.Snapshot](t.Tx,
		cloud.Where(cloud.Eq("server_id", src.ID), cloud.Eq("name", s.ClonePoint()), cloud.Eq("removing", false)))
	if err != nil {
		return err
	}
	for _, snap := range old {
		snap.Removing = true
		if err := store.Update(t.Tx, snap); err != nil {
			return err
		}
	}
	more := 0
	for i, v := range disks {
		if grown := from[i].SizeGB - v.SizeGB; grown > 0 {
			more += grown
			v.SizeGB = from[i].SizeGB
			if err := store.Update(t.Tx, v); err != nil {
				return err
			}
		}
	}
	if more > 0 {
		if err := t.reserve(s, 0, 0, more); err != nil {
			return err
		}
	}
	return t.copyFrom(s, src, from)
}

// copyable refuses to copy a server again of whose disks its host says that one cannot be
// as it should: that one is missing, for example. Waiting does not mend it.
func (t *Txn) copyable(src, s *cloud.Server) error {
	h, err := store.GetAny[cloud.Host](t.Tx, src.HostID)
	if err != nil || h.State != cloud.HostUp {
		return err
	}
	_, failed, err := disksTold(t.Tx, src, h)
	if err != nil || failed == "" {
		return err
	}
	return cloud.Errorf(cloud.Conflict, "clone.source", "of a disk of the server %s, of which %s was to be a copy, its host says: %s",
		src.Name, s.Name, failed).WithFix("Delete the copy, and clone the server again when its disks are well.")
}

// cloneAddresses gives the clone a card on the source's gateway network, with
// a public address when the source has one.
func (t *Txn) cloneAddresses(src, s *cloud.Server) error {
	net, err := store.Get[cloud.Subnet](t.Tx, src.GatewayID)
	if err != nil {
		return err
	}
	nic, priv, err := t.newNIC(s, net, 0, nil)
	if err != nil {
		return err
	}
	public, err := store.Count[cloud.IP](t.Tx,
		cloud.Where(cloud.Eq("server_id", src.ID), cloud.Eq("kind", string(cloud.PublicIP)), cloud.Eq("leaving", "")))
	if err != nil || public == 0 {
		return err
	}
	if err := t.addPublic(s, nic, priv); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "server", s.ID, 0)
}
