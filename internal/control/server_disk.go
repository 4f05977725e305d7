package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// DiskIn is a disk to be made or changed.
type DiskIn struct {
	ID     Pick // when an existing one is meant
	Name   string
	SizeGB int
	Main   bool
}

// DisksIn adds disks to a server, or changes the one that Disk names.
type DisksIn struct {
	Pick
	Disk   Pick
	Limits cloud.Limits
	Add    []DiskIn
	SizeGB int // of the disk
}

// AddDisks adds empty disks to a server.
func (c *Control) AddDisks(ctx context.Context, call *Call, in DisksIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, "servers.resize", ans, func(t *Txn, s *cloud.Server) error {
		gb, err := t.addDisks(s, in.Limits, in.Add)
		if err != nil {
			return err
		}
		return t.ordered(s, cloud.Configure, "UPDATE", map[string]int{"gb": gb})
	})
}

// addDisks makes those of a list that are new, and gives the size of all disks.
func (t *Txn) addDisks(s *cloud.Server, limits cloud.Limits, list []DiskIn) (total int, err error) {
	if err := t.diskLayout(s); err != nil {
		return 0, err
	}
	var p cloud.Problems
	if len(list) == 0 {
		p.Add(cloud.Errorf(cloud.Invalid, "disks.empty", "no disk was given").On("disks"))
	}
	var disks []DiskIn
	for i, d := range list {
		if !d.ID.Empty() || t.Call.Refused.HasItem("disks", i, "") {
			continue
		}
		disks = append(disks, d)
		p.Add(limits.CheckDisk(d.SizeGB).OnItem("disks", i, "size"))
		if d.Main {
			p.Add(cloud.Errorf(cloud.Invalid, "disks.main", "the server already has a main disk").On("disks"))
		}
		total += d.SizeGB
	}
	if err := p.Err(); err != nil {
		return 0, err
	}
	old, err := t.disks(s)
	if err != nil {
		return 0, err
	}
	if len(old)+len(disks) > maxDisks {
		return 0, cloud.Errorf(cloud.Conflict, "disks.many", "a server has at most %d disks", maxDisks).On("disks")
	}
	if err := t.reserve(s, 0, 0, total); err != nil {
		return 0, err
	}
	for i, d := range disks {
		if err := t.newDisk(s, d, len(old)+i, firstLayer); err != nil {
			return 0, err
		}
	}
	for _, v := range old {
		total += v.SizeGB
	}
	return total, nil
}

// maxDisks is what the slots of a machine hold.
const maxDisks = 8

// disks are the live disks of a server, main first.
func (t *Txn) disks(s *cloud.Server) ([]*cloud.Volume, error) {
	q := cloud.Where(cloud.Eq("server_id", s.ID), cloud.Eq("remove", ""))
	q.Order = []cloud.Order{{Field: "main", Desc: true}, {Field: "id"}}
	return store.Find[cloud.Volume](t.Tx, q)
}

// diskLayout refuses a change of the disks while a snapshot needs them (R10).
func (t *Txn) diskLayout(s *cloud.Server) error {
	if err := idle(s); err != nil {
		return err
	}
	snaps, err := t.snapshots(s)
	if err != nil {
		return err
	}
	for _, snap := range snaps {
		if snap.Hidden {
			return cloud.Errorf(cloud.Busy, "server.copied", "the server %s is being cloned; its disks and networks cannot change", s.Name).
				WithFix("Wait until the clone is there, or delete it.")
		}
	}
	if len(snaps) > 0 {
		return cloud.Errorf(cloud.Conflict, "snapshot.exists", "the server %s has a snapshot; its disks and networks cannot change", s.Name).
			WithFix("Delete the snapshot first.")
	}
	return nil
}

func (t *Txn) diskOf(s *cloud.Server, disk Pick) (*cloud.Volume, error) {
	v, err := pick[cloud.Volume](t, disk, "disk")
	if err != nil {
		return nil, err
	}
	gone := v.Remove != cloud.Keep
	if v.ServerID != s.ID || gone && !t.Call.Confined {
		return nil, missing("disk", disk)
	}
	if gone { // 1&1 shows it until the host has cleared it (R4)
		return nil, cloud.Errorf(cloud.Busy, "disk.removing", "the disk is being removed")
	}
	return v, nil
}

// ResizeDisk grows a disk.
func (c *Control) ResizeDisk(ctx context.Context, call *Call, in DisksIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, "servers.resize", ans, func(t *Txn, s *cloud.Server) error {
		v, err := t.diskOf(s, in.Disk)
		if err != nil {
			return err
		}
		changed, err := t.growDisk(s, v, in.Limits, in.SizeGB)
		if err != nil {
			return err
		}
		if changed {
			if err := t.ordered(s, cloud.Configure, "UPDATE", map[string]int{"gb": in.SizeGB}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *Txn) growDisk(s *cloud.Server, v *cloud.Volume, limits cloud.Limits, gb int) (bool, error) {
	if gb == v.SizeGB { // the echo rule
		return false, nil
	}
	if e := limits.CheckDisk(gb); e != nil {
		e.Code = "disk.larger"
		return false, e.On("size")
	}
	if gb < v.SizeGB {
		return false, cloud.Errorf(cloud.Invalid, "disk.shrink", "a disk cannot shrink: it has %d GB", v.SizeGB).On("size")
	}
	if err := t.diskLayout(s); err != nil {
		return false, err
	}
	if err := t.reserve(s, 0, 0, gb-v.SizeGB); err != nil {
		return false, err
	}
	v.SizeGB = gb
	v.Touch(t.Now(), t.Call.Actor.UserID())
	return true, store.Update(t.Tx, v)
}

// RemoveDisk takes a disk out of a server and destroys it.
func (c *Control) RemoveDisk(ctx context.Context, call *Call, in DisksIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, "servers.resize", ans, func(t *Txn, s *cloud.Server) error {
		v, err := t.diskOf(s, in.Disk)
		if err != nil {
			return err
		}
		if v.Main {
			return cloud.Errorf(cloud.Conflict, "disk.main", "the main disk cannot be removed")
		}
		if err := t.diskLayout(s); err != nil {
			return err
		}
		v.Remove = cloud.Now
		if err := store.Update(t.Tx, v); err != nil {
			return err
		}
		return t.ordered(s, cloud.Configure, "UPDATE", nil)
	})
}
