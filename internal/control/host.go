package control

import (
	"cmp"
	"context"
	"strings"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// PutHost writes a host that joined, or what it can give now. A caller that does
// not know what that is leaves all of it 0, and what the host said last stands:
// its servers must not find it full until it speaks again.
func (c *Control) PutHost(ctx context.Context, in cloud.Host) (*cloud.Host, error) {
	return c.putHost(ctx, in, func(*store.Tx, *cloud.Host) error { return nil })
}

// OwnHost is PutHost for a host that is part of this node, whose folder Node names.
// One that another folder joined as is refused: both would run its servers. joined
// says that this folder did.
func (c *Control) OwnHost(ctx context.Context, in cloud.Host, joined bool) (*cloud.Host, error) {
	return c.putHost(ctx, in, func(tx *store.Tx, h *cloud.Host) error {
		fresh := h.LastSeen == nil || tx.Now().Sub(*h.LastSeen) > HostAway
		if in.Node == h.Node || h.Node == "" && (joined || fresh) {
			h.Node = in.Node
			return nil
		}
		return cloud.Errorf(cloud.Conflict, "host.taken",
			"the host %s of this database joined from another folder (node %s)", h.Name, cmp.Or(h.Node, "unknown")).
			WithFix("Give this machine another name. If that folder is gone for good, `virga admin host moved %s` on a node that "+
				"runs lets this one have it.", h.Name)
	})
}

// FreeHostName is a name for a simulated host of a node: other nodes have their own.
func (c *Control) FreeHostName(ctx context.Context, region int64, name, node string) (free string, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		h, err := store.First[cloud.Host](tx, cloud.Where(cloud.Eq("region_id", region), cloud.Eq("name", name)))
		free = name
		if err == nil && h.Node != node {
			free = name + "-" + node[:min(len(node), 4)]
		}
		if store.None(err) {
			return nil
		}
		return err
	})
	return free, err
}

// hostNameMax is the longest name of a host in characters, that of a name in DNS.
const hostNameMax = 253

// putHost lets mine judge and change a row that is there.
func (c *Control) putHost(ctx context.Context, in cloud.Host, mine func(tx *store.Tx, h *cloud.Host) error) (*cloud.Host, error) {
	var out *cloud.Host
	e := (cloud.Limits{NameMax: hostNameMax}).CheckName("host", in.Name)
	if e == nil && strings.Contains(in.Name, "/") {
		e = cloud.Errorf(cloud.Invalid, "host.form", "%q has a slash, which is no part of the name of a host", in.Name)
	}
	if e != nil {
		return nil, e.On("name")
	}
	err := c.DB.Write(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: &Call{Actor: &auth.Actor{System: true}}}
		region, err := t.region(Pick{ID: in.RegionID})
		if err != nil {
			return err
		}
		if region.Driver == cloud.RobotDriver {
			return cloud.Errorf(cloud.Conflict, "host.robot",
				"the region %s is driven by a robot, and has no hosts of this installation", region.Name).
				WithFix("Choose another region.")
		}
		h, err := store.First[cloud.Host](tx, cloud.Where(cloud.Eq("region_id", region.ID), cloud.Eq("name", in.Name)))
		if store.None(err) {
			row := in
			row.Meta, row.RegionID = cloud.Meta{}, region.ID
			row.State, row.Enabled = cloud.HostUp, true
			if in.Cores == 0 && in.RAM == 0 && in.DiskGB == 0 { // it has not spoken yet
				row.State = cloud.HostNew
			}
			out = &row
			return store.Insert(tx, out)
		}
		if err != nil {
			return err
		}
		out = h
		if err := mine(tx, h); err != nil {
			return err
		}
		if in.Cores == 0 && in.RAM == 0 && in.DiskGB == 0 {
			return store.Update(tx, h)
		}
		if h.State == cloud.HostNew {
			h.State = cloud.HostUp
		}
		h.Cores, h.VCPU, h.RAM, h.DiskGB, h.Accelerator = in.Cores, in.VCPU, in.RAM, in.DiskGB, in.Accelerator
		return store.Update(tx, h)
	})
	return out, err
}
