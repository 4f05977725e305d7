package control

import (
	"context"
	"slices"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// InterfaceIn makes or changes a network card of a host; nil stays.
type InterfaceIn struct {
	Pick     // which, for a change
	Host     *int64
	MAC      *string
	Address  *string // "" is none
	Hostname *string
	Details  *string
	Enabled  *bool
}

// interfaces are seen and written by the region of their host (cloudcix.md section 24).
var interfaces = kind[cloud.Interface, *cloud.Interface, *cloud.Interface]{
	noun: "interface", show: auth.AnyRole, create: auth.AnyRole, change: auth.AnyRole, remove: auth.AnyRole,
	about: func(i *cloud.Interface) subject {
		return subject{kind: "interface", id: i.ID, uid: i.UID, name: i.MAC, member: 1}
	},
	views: itself[*cloud.Interface],
	guard: func(t *Txn, i *cloud.Interface, how access) error {
		region := int64(0)
		if how != makes {
			h, err := store.GetAny[cloud.Host](t.Tx, i.HostID)
			if err != nil {
				return err
			}
			region = h.RegionID
		}
		return t.guardRegion("server", region, how, t.firstSite())
	},
}

// Interfaces lists the network cards of hosts of the actor's regions.
func (t *Txn) Interfaces(q cloud.Query) ([]*cloud.Interface, int64, error) {
	k := interfaces
	if t.Call.Actor.Operator() {
		k.within = everybody
		return k.List(t, q)
	}
	own, err := t.ownRegions()
	if err != nil {
		return nil, 0, err
	}
	k.within = func(*Txn) cloud.Cond {
		return cloud.In("host_id", cloud.Sub{Kind: "host", Column: "id", Where: cloud.In("region_id", own)})
	}
	return k.List(t, q)
}

// Interface reads one.
func (t *Txn) Interface(p Pick) (*cloud.Interface, error) { return interfaces.Read(t, p) }

// CreateInterface notes a network card of a host.
func (c *Control) CreateInterface(ctx context.Context, call *Call, in InterfaceIn, ans Answer[*cloud.Interface]) (Reply, error) {
	return interfaces.Create(ctx, c, call, cloud.Interface{}, in.fill, ans)
}

// UpdateInterface changes one; it stays with its host.
func (c *Control) UpdateInterface(ctx context.Context, call *Call, in InterfaceIn, ans Answer[*cloud.Interface]) (Reply, error) {
	return interfaces.Change(ctx, c, call, in.Pick, in.fill, ans)
}

// DeleteInterface removes one.
func (c *Control) DeleteInterface(ctx context.Context, call *Call, p Pick, ans Answer[*cloud.Interface]) (Reply, error) {
	return interfaces.Delete(ctx, c, call, p, nil, ans)
}

func (in InterfaceIn) fill(t *Txn, i *cloud.Interface) error {
	var p cloud.Problems
	if in.Host != nil {
		h, err := pick[cloud.Host](t, Pick{ID: max(*in.Host, -1)}, "host")
		switch {
		case *in.Host <= 0, cloud.IsKind(err, cloud.NotFound):
			p.Add(cloud.Errorf(cloud.Invalid, "host.missing", "there is no server %d", *in.Host).On("server_id"))
		case err != nil:
			return err
		default:
			own, err := t.ownRegions()
			if err != nil {
				return err
			}
			if i.HostID = h.ID; !slices.Contains(own, h.RegionID) {
				p.Add(cloud.Errorf(cloud.Invalid, "interface.region", "the server %d is in another region", h.ID).On("server_id"))
			}
		}
	}
	if in.MAC != nil {
		p.Add(i.SetMAC(*in.MAC))
	}
	if in.Address != nil {
		p.Add(i.SetAddr(*in.Address))
	}
	if in.Hostname != nil {
		i.Hostname = *in.Hostname
	}
	if in.Details != nil {
		i.Details = *in.Details
	}
	if in.Enabled != nil {
		i.Enabled = *in.Enabled
	}
	return p.Err()
}
