package control

import (
	"context"
	"fmt"
	"slices"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// HostIn makes or changes a host as the operator of its region sees it; nil stays. What a
// host says of itself when it speaks stands: its size is noted only until then.
type HostIn struct {
	Pick        // which, for a change
	Type        *int64
	StorageType *int64
	Cores       *int
	GB          *int   // of disk
	RAM         *int   // in GB
	AssetTag    *int64 // with Tagged; nil is none
	Tagged      bool
	Model       *string
	Enabled     *bool
}

// HostView is a host with its network cards.
type HostView struct {
	*cloud.Host
	Interfaces []*cloud.Interface
}

// HostsChanged is the topic of hosts that the API made.
const HostsChanged = "hosts"

// hosts are seen and written by their region (cloudcix.md section 24).
var hosts = kind[cloud.Host, *cloud.Host, *HostView]{
	noun: "host", show: auth.AnyRole, create: auth.AnyRole, change: auth.AnyRole, remove: auth.AnyRole,
	about: func(h *cloud.Host) subject {
		return subject{kind: "host", id: h.ID, uid: h.UID, name: h.Name, member: 1, site: h.RegionID, region: h.RegionID}
	},
	views: hostViews,
	guard: func(t *Txn, h *cloud.Host, how access) error {
		return t.guardRegion("host", h.RegionID, how, t.Call.Actor.Operator())
	},
}

func hostViews(t *Txn, rows []*cloud.Host) ([]*HostView, error) {
	cards, err := store.Find[cloud.Interface](t.Tx,
		cloud.Where(cloud.In("host_id", gather(rows, func(h *cloud.Host) int64 { return h.ID }))).By("id"))
	views := make([]*HostView, len(rows))
	for i, h := range rows {
		views[i] = &HostView{Host: h}
		for _, card := range cards {
			if card.HostID == h.ID {
				views[i].Interfaces = append(views[i].Interfaces, card)
			}
		}
	}
	return views, err
}

// guardRegion is who may do something with what belongs to a region: its own users; all
// may be read by some, and by global users those of their member.
func (t *Txn) guardRegion(what string, region int64, how access, all bool) error {
	own, err := t.ownRegions()
	switch {
	case err != nil && !cloud.IsKind(err, cloud.Forbidden):
		return err
	case how == makes:
		if site, err := store.Get[cloud.Site](t.Tx, t.Call.Actor.Site0()); err != nil || !site.CloudRegion {
			return cloud.Errorf(cloud.Forbidden, "region.office", "your address is no region")
		}
		return nil
	case how == reads && all, how == changes && region == t.Call.Actor.Site0():
		return nil
	case how == reads && slices.Contains(own, region):
		return nil
	}
	return cloud.Errorf(cloud.Forbidden, "host.region", "the %s belongs to another region", what)
}

// ownRegions are the regions whose set-up the actor sees: his own address, and of a
// global user those of his member. None at all is refused.
func (t *Txn) ownRegions() ([]int64, error) {
	a := t.Call.Actor
	where := cloud.Eq("id", a.Site0())
	if a.User != nil && a.User.Global {
		where = cloud.Eq("member_id", a.Member0())
	}
	ids, err := store.IDs[cloud.Site](t.Tx, cloud.Where(cloud.Eq("cloud_region", true), where).By("id"))
	if err == nil && len(ids) == 0 {
		err = cloud.Errorf(cloud.Forbidden, "region.none", "your address is no region")
	}
	return ids, err
}

// Hosts lists the hosts of the actor's regions.
func (t *Txn) Hosts(q cloud.Query) ([]*HostView, int64, error) {
	k := hosts
	if t.Call.Actor.Operator() {
		k.within = everybody
		return k.List(t, q)
	}
	own, err := t.ownRegions()
	if err != nil {
		return nil, 0, err
	}
	k.within = func(*Txn) cloud.Cond { return cloud.In("region_id", own) }
	return k.List(t, q)
}

// Host reads one.
func (t *Txn) Host(p Pick) (*HostView, error) { return hosts.Read(t, p) }

// CreateHost notes a host in the region of the actor. It takes no machine until an agent
// speaks for it: `virga agent --join` with a token for its name, or, where hosts are
// simulated, at once (R20).
func (c *Control) CreateHost(ctx context.Context, call *Call, in HostIn, ans Answer[*HostView]) (Reply, error) {
	row := cloud.Host{RegionID: call.Actor.Site0(), State: cloud.HostNew, Enabled: true}
	return hosts.Create(ctx, c, call, row, func(t *Txn, h *cloud.Host) error {
		if err := in.fill(t, h); err != nil {
			return err
		}
		h.UID = t.UID()
		h.Name = fmt.Sprintf("server-%.8x", h.UID[:4])
		region, err := store.Get[cloud.Site](t.Tx, h.RegionID)
		if err != nil {
			return err
		}
		if c.Fake && region.Driver == cloud.VirgaDriver {
			h.Fake = true
			t.Notify(HostsChanged)
		}
		return nil
	}, ans)
}

// UpdateHost changes what is noted of a host.
func (c *Control) UpdateHost(ctx context.Context, call *Call, in HostIn, ans Answer[*HostView]) (Reply, error) {
	return hosts.Change(ctx, c, call, in.Pick, in.fill, ans)
}

func (in HostIn) fill(_ *Txn, h *cloud.Host) error {
	var p cloud.Problems
	if in.Type != nil {
		if h.ServerType = *in.Type; h.ServerType < 1 || h.ServerType > int64(len(serverTypes)) {
			p.Add(cloud.Errorf(cloud.Invalid, "host.type", "there is no server type %d", *in.Type).On("type_id"))
		}
	}
	if in.StorageType != nil {
		if h.StorageType = *in.StorageType; StorageTypeName(h.StorageType) == "" {
			p.Add(cloud.Errorf(cloud.Invalid, "host.storage_type", "there is no storage type %d", *in.StorageType).On("storage_type"))
		}
	}
	if in.Tagged {
		h.AssetTag = in.AssetTag
	}
	if in.Model != nil {
		h.Model = *in.Model
	}
	if in.Enabled != nil {
		h.Enabled = *in.Enabled
	}
	if h.LastSeen == nil { // else it has said itself what it has
		if in.Cores != nil {
			h.Cores, h.VCPU = *in.Cores, *in.Cores*8
		}
		if in.RAM != nil && *in.RAM != h.SizeGB() {
			h.RAM = *in.RAM * 1024
		}
		if in.GB != nil {
			h.DiskGB = *in.GB
		}
	}
	return p.Err()
}

// FakeHosts are the simulated hosts that a node has to play: those that nobody owns yet, and its own.
func (c *Control) FakeHosts(ctx context.Context, node string) (list []*cloud.Host, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		list, err = store.Find[cloud.Host](tx, cloud.Where(cloud.Eq("fake", true), cloud.In("node", []string{"", node})).By("id"))
		return err
	})
	return list, err
}
