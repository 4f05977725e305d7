package control

import (
	"cmp"
	"context"
	"net/netip"
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// NetworkIn makes or changes a private network; nil stays.
type NetworkIn struct {
	Pick        // which, for a change
	Limits      cloud.Limits
	Region      Pick // for a creation; empty: the default one
	Name        *string
	Description *string
	Range       *netip.Prefix // nil for a creation: one that no network of the project overlaps
}

// NetworkView is a private network with what is shown around it.
type NetworkView struct {
	*cloud.Subnet
	Region  *cloud.Site
	Servers []*cloud.Server // its members, in the order in which they joined
	// Busy: a host does not have a card of it as is wanted, or the hold runs (R5).
	Busy bool
}

// networks are the networks of projects as users of the 1&1 dialect see them: plain
// segments that they made, and those with a leg of a router that came from the other
// dialect (R24, R25).
var networks = kind[cloud.Subnet, *cloud.Subnet, *NetworkView]{
	noun: "private network", show: "private_networks.show", create: "private_networks.create", remove: "private_networks.delete",
	about: aboutNetwork, views: (*Txn).networkViews,
	only:   cloud.And(cloud.Cmp(cloud.OpGt, "project_id", int64(0)), cloud.Eq("public", false)),
	insert: func(t *Txn, n *cloud.Subnet) error { return store.PlaceSubnet(t.Tx, n) },
}

func aboutNetwork(n *cloud.Subnet) subject {
	return subject{
		kind: "network", id: n.ID, uid: n.UID, name: n.Name, member: n.MemberID, site: n.SiteID, region: n.RegionID, project: n.ProjectID,
	}
}

// Networks lists private networks that the actor may see.
func (t *Txn) Networks(q cloud.Query) ([]*NetworkView, int64, error) { return networks.List(t, q) }

// Network reads one private network.
func (t *Txn) Network(p Pick) (*NetworkView, error) { return networks.Read(t, p) }

func (t *Txn) networkViews(rows []*cloud.Subnet) ([]*NetworkView, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	regions, err := byID[cloud.Site](t, gather(rows, func(n *cloud.Subnet) int64 { return n.RegionID }))
	if err != nil {
		return nil, err
	}
	ids := gather(rows, func(n *cloud.Subnet) int64 { return n.ID })
	// In the order of their index, so that nothing is read to be sorted; then as they came.
	cards, err := store.Find[cloud.NIC](t.Tx, cloud.Where(cloud.In("network_id", ids)).By("network_id").By("host_id"))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(cards, func(a, b *cloud.NIC) int { return cmp.Compare(a.ID, b.ID) })
	servers, err := byID[cloud.Server](t, gather(cards, func(c *cloud.NIC) int64 { return c.ServerID }), "uid", "name", "failed", "event_id")
	if err != nil {
		return nil, err
	}
	views := make([]*NetworkView, len(rows))
	at := map[int64]*NetworkView{}
	for i, n := range rows {
		lately := n.Updated
		if n.Created.After(lately) {
			lately = n.Created
		}
		since := t.Now().Sub(lately)
		views[i] = &NetworkView{Subnet: n, Region: regions[n.RegionID], Busy: since >= 0 && since < t.C.Hold}
		at[n.ID] = views[i]
	}
	for _, c := range cards {
		v, s := at[c.NetworkID], servers[c.ServerID]
		if s == nil {
			continue
		}
		v.Busy = v.Busy || c.Removing || !c.Built && (s.Open() || !s.Failed)
		if !c.Removing {
			v.Servers = append(v.Servers, s)
		}
	}
	return views, nil
}

// CreateNetwork makes a private network in the default project of a region.
func (c *Control) CreateNetwork(ctx context.Context, call *Call, in NetworkIn, ans Answer[*NetworkView]) (Reply, error) {
	a := call.Actor
	return networks.Create(ctx, c, call, cloud.Subnet{MemberID: a.Member0(), SiteID: a.Site0()}, func(t *Txn, n *cloud.Subnet) error {
		r, err := t.region(in.Region)
		if err != nil {
			return on(err, "region")
		}
		var p cloud.Problems
		if err := describe(in.Limits, in.Name, &n.Name, in.Description, &n.Description); !p.Collect(err) {
			return err
		}
		if in.Range != nil {
			if err := privateRange(*in.Range, r); !p.Collect(err) {
				return err
			}
		}
		if err := p.Err(); err != nil {
			return err
		}
		project, public, err := t.defaultProject(n.MemberID, n.SiteID, r)
		if err != nil {
			return err
		}
		n.RegionID, n.ProjectID, n.AllocationID, n.Created = r.ID, project.ID, public.AllocationID, t.Now()
		p4, err := t.rangeFor(project, in.Range)
		if err == nil {
			n.Prefix, n.Text, n.Low = p4, p4.String(), ipam.First(p4)
		}
		return err
	}, ans)
}

// Sizes of private networks, as lengths of their prefixes.
const (
	largestNetwork  = 8
	smallestNetwork = 30
)

// privateRange checks the range of a private network.
func privateRange(p netip.Prefix, r *cloud.Site) error {
	bad := func(code, format string, args ...any) error {
		return cloud.Errorf(cloud.Invalid, "network."+code, format, args...).On("range")
	}
	switch {
	case !p.Addr().Is4():
		return bad("version", "%s is not IPv4", p)
	case p.Bits() < largestNetwork || p.Bits() > smallestNetwork:
		return bad("size", "a network has a mask of %d to %d bits, not of %d", largestNetwork, smallestNetwork, p.Bits())
	case p != p.Masked():
		return bad("edge", "%s is an address inside of a network; the address of the network is %s", p.Addr(), p.Masked().Addr())
	case !ipam.Private(p.Addr()) || !ipam.Private(ipam.End(p)):
		return bad("private", "%s is not a private range; use one inside of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16", p)
	}
	// A guest has a card there too, and could not tell the two apart (R29).
	if inside, err := netip.ParsePrefix(r.Inside); err == nil && inside.Overlaps(p) {
		return bad("inside", "%s overlaps %s, which servers have towards their public addresses", p, inside)
	}
	return nil
}

// rangeFor is the range that was asked for, or else one that overlaps no network of
// the project.
func (t *Txn) rangeFor(p *cloud.Project, asked *netip.Prefix) (netip.Prefix, error) {
	if asked != nil {
		return *asked, nil
	}
	nets, err := store.Find[cloud.Subnet](t.Tx, cloud.Where(cloud.Eq("project_id", p.ID)))
	if err != nil {
		return netip.Prefix{}, err
	}
	// Those with which people begin come first.
	for _, whole := range []netip.Prefix{netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("10.0.0.0/8")} {
		for a := whole.Addr(); whole.Contains(a); {
			free := netip.PrefixFrom(a, 24)
			other := slices.IndexFunc(nets, func(n *cloud.Subnet) bool { return n.Prefix.Overlaps(free) })
			if other < 0 {
				return free, nil
			}
			a = ipam.End(free).Next()
			if beyond := ipam.End(nets[other].Prefix).Next(); a.Less(beyond) {
				a = beyond
			}
		}
	}
	return netip.Prefix{}, cloud.Errorf(cloud.Exhausted, "network.ranges", "the networks of the project %s take up all ranges", p.Name).
		WithFix("Name a range: those of private networks may overlap.")
}

// UpdateNetwork renames or describes a private network, or gives it another range.
func (c *Control) UpdateNetwork(ctx context.Context, call *Call, in NetworkIn, ans Answer[*NetworkView]) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (*NetworkView, error) {
		n, err := networks.get(t, in.Pick)
		for _, flag := range in.flags(n) {
			if err == nil {
				err = networks.may(t, in.Pick, n, flag, true)
			}
		}
		if err == nil {
			err = staying(n)
		}
		if err != nil {
			return nil, err
		}
		var p cloud.Problems
		if err := in.describe(n); !p.Collect(err) {
			return nil, err
		}
		if in.Range != nil && *in.Range != n.Prefix {
			if err := t.moveNetwork(n, *in.Range); !p.Collect(err) {
				return nil, err
			}
		}
		if err := p.Err(); err != nil {
			return nil, err
		}
		n.Touch(t.Now(), call.Actor.UserID())
		if err := store.Update(t.Tx, n); err != nil {
			return nil, err
		}
		if err := t.record("UPDATE", aboutNetwork(n)); err != nil {
			return nil, err
		}
		return networks.view(t, n)
	}, ans)
}

// describe names and describes a network. The other dialect's need no name.
func (in NetworkIn) describe(n *cloud.Subnet) error {
	name := &n.Name
	if n.Name == "" && (in.Name == nil || *in.Name == "") {
		in.Name, name = nil, new("-")
	}
	return describe(in.Limits, in.Name, name, in.Description, &n.Description)
}

// flags are what a change needs; what changes nothing is asked as the least.
func (in NetworkIn) flags(n *cloud.Subnet) (list []string) {
	if n == nil {
		return nil
	}
	if in.Range != nil && *in.Range != n.Prefix {
		list = append(list, "private_networks.set_network_info")
	}
	if in.Description != nil && *in.Description != n.Description {
		list = append(list, "private_networks.set_description")
	}
	if in.Name != nil && *in.Name != n.Name || len(list) == 0 {
		list = append(list, "private_networks.set_name")
	}
	return list
}

// staying refuses changes of a network that goes away.
func staying(n *cloud.Subnet) error {
	if n.Removing {
		return cloud.Errorf(cloud.Conflict, "network.removing", "the private network %s is being removed", n.Name)
	}
	return nil
}

// moveNetwork gives a private network another range. Addresses in use stay as they are.
func (t *Txn) moveNetwork(n *cloud.Subnet, to netip.Prefix) error {
	if n.Routed {
		return cloud.Errorf(cloud.Conflict, "network.routed", "%s is a network of a virtual router, which has its range", n.Text).On("range").
			WithFix("Change it through the router of its project.")
	}
	r, err := t.region(Pick{ID: n.RegionID})
	if err != nil {
		return err
	}
	if err := privateRange(to, r); err != nil {
		return err
	}
	ips, err := store.Find[cloud.IP](t.Tx, cloud.Where(cloud.Eq("subnet_id", n.ID)).By("id"))
	if err != nil {
		return err
	}
	for _, ip := range ips {
		if !to.Contains(ip.Addr) || ipam.Edge(to, ip.Addr) {
			return cloud.Errorf(cloud.Conflict, "network.used", "the address %s is in use and would not fit into %s", ip.Addr, to).On("range").
				WithFix("Let the server leave the network first.")
		}
	}
	n.Prefix, n.Text, n.Low = to, to.String(), ipam.First(to)
	if err := store.MoveSubnet(t.Tx, n); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "network", n.ID, 0)
}

// DeleteNetwork removes a private network that nobody is in.
func (c *Control) DeleteNetwork(ctx context.Context, call *Call, p Pick, ans Answer[*NetworkView]) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (*NetworkView, error) {
		n, err := networks.find(t, p, networks.remove, true)
		if err != nil {
			return nil, err
		}
		if err := t.removable(n); err != nil {
			return nil, err
		}
		if n.Removing { // it was said before
			return networks.view(t, n)
		}
		e := t.newEvent("DELETE", aboutNetwork(n))
		if err := store.Insert(t.Tx, e); err != nil {
			return nil, err
		}
		n.Removing, n.EventID = true, e.ID
		n.Touch(t.Now(), call.Actor.UserID())
		if err := store.Update(t.Tx, n); err != nil {
			return nil, err
		}
		if err := work.Enqueue(t.Tx, "network", n.ID, 0); err != nil {
			return nil, err
		}
		return networks.view(t, n)
	}, ans)
}

// removable refuses to remove a network with members. Those that leave it already keep
// it for as long as they take.
func (t *Txn) removable(n *cloud.Subnet) error {
	if n.Routed {
		return cloud.Errorf(cloud.Conflict, "network.routed", "%s is a network of a virtual router", n.Text).
			WithFix("It goes with its project.")
	}
	members, err := store.Count[cloud.NIC](t.Tx, cloud.Where(cloud.Eq("network_id", n.ID), cloud.Eq("removing", false)))
	if err == nil && members > 0 {
		err = cloud.Errorf(cloud.InUse, "network.servers", "the private network %s has %s", n.Name, cloud.Count(members, "server")).
			WithFix("Let them leave it first.")
	}
	return err
}

// MembersIn names servers of a private network.
type MembersIn struct {
	Pick
	Servers []Pick
}

// JoinNetwork lets servers join a private network: all or none.
func (c *Control) JoinNetwork(ctx context.Context, call *Call, in MembersIn, ans Answer[*NetworkView]) (Reply, error) {
	return c.onMembers(ctx, call, in, (*Txn).join, ans)
}

// LeaveNetwork lets servers leave a private network: all or none.
func (c *Control) LeaveNetwork(ctx context.Context, call *Call, in MembersIn, ans Answer[*NetworkView]) (Reply, error) {
	return c.onMembers(ctx, call, in, (*Txn).leave, ans)
}

// members is the flag of those who may say which servers are in a private network.
const members = "private_networks.manage_attached_servers"

func (c *Control) onMembers(
	ctx context.Context, call *Call, in MembersIn, verb func(*Txn, *cloud.Server, *cloud.Subnet) error, ans Answer[*NetworkView],
) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (*NetworkView, error) {
		n, err := networks.find(t, in.Pick, members, true)
		if err != nil {
			return nil, err
		}
		for _, p := range in.Servers {
			s, err := t.serverFor(p, members)
			if err == nil {
				err = verb(t, s, n)
			}
			if err != nil {
				return nil, err
			}
		}
		return networks.view(t, n)
	}, ans)
}

// ServerNetworkIn names a server and a private network.
type ServerNetworkIn struct {
	Pick
	Network Pick
}

// JoinServer is JoinNetwork as seen from the server.
func (c *Control) JoinServer(ctx context.Context, call *Call, in ServerNetworkIn, ans Answer[*View]) (Reply, error) {
	return c.onMember(ctx, call, in, (*Txn).join, ans)
}

// LeaveServer is LeaveNetwork as seen from the server.
func (c *Control) LeaveServer(ctx context.Context, call *Call, in ServerNetworkIn, ans Answer[*View]) (Reply, error) {
	return c.onMember(ctx, call, in, (*Txn).leave, ans)
}

func (c *Control) onMember(
	ctx context.Context, call *Call, in ServerNetworkIn, verb func(*Txn, *cloud.Server, *cloud.Subnet) error, ans Answer[*View],
) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, members, ans, func(t *Txn, s *cloud.Server) error {
		n, err := networks.find(t, in.Network, members, true)
		if err != nil {
			return err
		}
		return verb(t, s, n)
	})
}

// maxCards is what the slots of a machine hold beside its disks.
const maxCards = 8

// mayJoin says why a server cannot be in a network.
func (t *Txn) mayJoin(s *cloud.Server, n *cloud.Subnet) error {
	if err := staying(n); err != nil {
		return err
	}
	if s.ProjectID == n.ProjectID {
		return nil
	}
	if s.RegionID != n.RegionID {
		return cloud.Errorf(cloud.Conflict, "network.region", "the private network %s is in another data centre than the server %s",
			n.Name, s.Name)
	}
	return cloud.Errorf(cloud.Conflict, "network.project", "the private network %s belongs to another project than the server %s",
		n.Name, s.Name).WithFix("A network and its servers are of one project.")
}

// cards are the cards of a server.
func (t *Txn) cards(s *cloud.Server) ([]*cloud.NIC, error) {
	return store.Find[cloud.NIC](t.Tx, cloud.Where(cloud.Eq("server_id", s.ID)).By("id"))
}

// join gives a server a card in a network. Who is in it already stays there.
func (t *Txn) join(s *cloud.Server, n *cloud.Subnet) error {
	if err := t.mayJoin(s, n); err != nil {
		return err
	}
	cards, err := t.cards(s)
	if err != nil {
		return err
	}
	rank := 0
	for _, c := range cards {
		if c.NetworkID == n.ID && !c.Removing {
			return nil
		}
		rank = max(rank, c.Rank+1)
	}
	if err := t.diskLayout(s); err != nil {
		return err
	}
	if len(cards) >= maxCards {
		return cloud.Errorf(cloud.Conflict, "network.many",
			"a server is in at most %d networks, the one of its public addresses among them", maxCards)
	}
	want, err := t.had(s, n)
	if err != nil {
		return err
	}
	if _, _, err := t.newNIC(s, n, rank, want); err != nil {
		return err
	}
	return t.rewired(s, n)
}

// had is the address that a server had in a network before, nil when there is none or
// somebody else has it.
func (t *Txn) had(s *cloud.Server, n *cloud.Subnet) (*AddressIn, error) {
	last, err := store.Select[cloud.NIC](t.Tx, `SELECT `+store.Columns[cloud.NIC]()+` FROM nic
		WHERE closed IS NOT NULL AND server_id = $1 AND network_id = $2 ORDER BY id DESC LIMIT 1`, s.ID, n.ID)
	if err != nil || len(last) == 0 {
		return nil, err
	}
	var a netip.Addr // none, when it had none
	if last[0].Had != "" {
		if a, err = netip.ParseAddr(last[0].Had); err != nil {
			return nil, err
		}
	}
	if !n.Prefix.Contains(a) || ipam.Edge(n.Prefix, a) || a == n.Gateway {
		return nil, nil // or the range is another one now
	}
	used, err := store.Count[cloud.IP](t.Tx, cloud.Where(cloud.Eq("subnet_id", n.ID), cloud.Eq("addr", a)))
	if err != nil || used > 0 {
		return nil, err
	}
	return &AddressIn{Addr: a}, nil
}

// leave takes the card of a server in a network away, and with it its address, as soon
// as the host has carried it out.
func (t *Txn) leave(s *cloud.Server, n *cloud.Subnet) error {
	cards, err := t.cards(s)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cards, func(c *cloud.NIC) bool { return c.NetworkID == n.ID && !c.Removing })
	if i < 0 {
		return cloud.Errorf(cloud.NotFound, "network.member", "the server %s is not in the private network %s", s.Name, n.Name)
	}
	if err := t.diskLayout(s); err != nil {
		return err
	}
	if n.ID == s.GatewayID {
		return cloud.Errorf(cloud.Conflict, "network.gateway", "the network %s is the one through which the server %s reaches others",
			n.Name, s.Name)
	}
	ips, err := store.Find[cloud.IP](t.Tx, cloud.Where(cloud.Eq("server_id", s.ID)).By("id"))
	if err != nil {
		return err
	}
	for _, ip := range ips {
		if ip.NICID == cards[i].ID && ip.Kind != cloud.PrivateIP && ip.Leaving == "" {
			return cloud.Errorf(cloud.Conflict, "network.translated", "%s leads to the address of the server %s in the network %s",
				ip.Addr, s.Name, n.Name).WithFix("Take the public address off the server first.")
		}
	}
	cards[i].Removing = true
	if err := store.Update(t.Tx, cards[i]); err != nil {
		return err
	}
	return t.rewired(s, n)
}

// rewired has a server told of its cards, and writes down who changed the network.
func (t *Txn) rewired(s *cloud.Server, n *cloud.Subnet) error {
	n.Touch(t.Now(), t.Call.Actor.UserID())
	if err := store.Update(t.Tx, n); err != nil {
		return err
	}
	if err := t.record("UPDATE", aboutNetwork(n)); err != nil {
		return err
	}
	return t.ordered(s, cloud.Configure, "UPDATE", nil)
}

// privateNetwork gives a new server its card in the private network that it was asked into.
func (n *newServer) privateNetwork() error {
	if n.in.Network.Empty() {
		return nil
	}
	t := n.t
	net, err := networks.find(t, n.in.Network, members, true)
	if err == nil {
		err = t.mayJoin(n.s, net)
	}
	if err != nil {
		return on(err, "private_network")
	}
	if _, _, err := t.newNIC(n.s, net, 1, nil); err != nil {
		return err
	}
	net.Touch(t.Now(), t.Call.Actor.UserID())
	return store.Update(t.Tx, net)
}
