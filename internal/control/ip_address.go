package control

import (
	"context"
	"errors"
	"net/netip"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// IPAddressIn notes an address in a subnet, or changes what is noted; nil stays.
type IPAddressIn struct {
	Pick        // which, for a change
	Subnet      *int64
	Address     *string
	Name        *string
	Location    *string
	Credentials *string
}

// IPAddressView is an address of any kind as the address plan shows it.
type IPAddressView struct {
	*cloud.IP
	Partner     *cloud.IP // the public address that it is translated to; nil for none
	Subnet      *SubnetDetail
	Credentials string // in clear
}

// ipAddresses are all addresses: what people noted, and what cards, routers and
// translations have.
var ipAddresses = kind[cloud.IP, *cloud.IP, *IPAddressView]{
	noun: "ip address", show: auth.AnyRole,
	create: auth.For("ip_address.write"), change: auth.For("ip_address.write"), remove: auth.For("ip_address.write"), formFirst: true,
	about: func(ip *cloud.IP) subject {
		// Not "ip": 1&1 shows events of these as those of public addresses.
		return subject{
			kind: "ip_address", id: ip.ID, uid: ip.UID, name: ip.Addr.String(), member: ip.MemberID, site: ip.SiteID, region: ip.RegionID,
			project: ip.ProjectID,
		}
	},
	views: (*Txn).ipAddressViews,
	shows: append([]string{"private_id"}, addressColumns...),
	sees:  addressesSeen,
	guard: (*Txn).guardAddress,
	insert: func(t *Txn, ip *cloud.IP) error {
		sub, err := store.Get[cloud.Subnet](t.Tx, ip.SubnetID)
		if err == nil {
			err = noted(sub, t.reserveAt(sub, ip, ip.Addr, false))
		}
		return err
	},
	update: (*Txn).moveAddress,
	close:  func(t *Txn, ip *cloud.IP) error { return store.ReleaseIP(t.Tx, ip) },
	twice:  func(ip *cloud.IP) error { return recorded(ip.Addr) },
}

func recorded(a netip.Addr) *cloud.Error {
	return cloud.Errorf(cloud.Invalid, "ip.recorded", "the address %s is recorded in the subnet already", a).On("address")
}

// noted tells what is in the way of an address.
func noted(sub *cloud.Subnet, err error) error {
	if o := (*store.Overlap)(nil); errors.As(err, &o) {
		return cloud.Errorf(cloud.Invalid, "ip.outside", "the address lies in the subnet %s of %s", o.Text, sub.Text).On("address")
	}
	return err
}

// addressesSeen is what lists show (cloudcix.md section 4).
func addressesSeen(t *Txn) cloud.Cond {
	a := t.Call.Actor
	if a.Operator() {
		return cloud.Cond{}
	}
	own := cloud.In("subnet_id", cloud.Sub{Kind: "subnet", Column: "id", Where: cloud.Eq("site_id", a.Site0())})
	inProject := cloud.Ne("project_id", int64(0))
	mine := cloud.Eq("member_id", a.Member0())
	if a.User.Robot {
		mine = cloud.Eq("region_id", a.Site0())
	}
	network := cloud.In("subnet_id", cloud.Sub{Kind: "subnet", Column: "id", Where: inProject})
	return cloud.Or(own, cloud.And(mine, inProject, network))
}

// guardAddress is the rules of section 4 for one address.
func (t *Txn) guardAddress(ip *cloud.IP, how access) error {
	a := t.Call.Actor
	if how == makes && ip.SubnetID == 0 { // which was refused already
		return nil
	}
	sub, err := store.GetAny[cloud.Subnet](t.Tx, ip.SubnetID)
	if err != nil && !store.None(err) {
		return err
	}
	if err != nil {
		sub = &cloud.Subnet{}
	}
	in, err := store.GetAny[cloud.Allocation](t.Tx, sub.AllocationID)
	if err != nil && !store.None(err) {
		return err
	}
	project := err == nil && in.Pseudo()
	mine := t.firstSite() || a.Site0() == sub.SiteID
	if how == reads {
		return t.readsAddress(ip, sub, project, mine)
	}
	switch {
	case how == changes && project:
		return cloud.Errorf(cloud.Forbidden, "ip.project", "%s is in the network of a project", ip.Addr)
	case !mine || a.User != nil && a.User.Robot:
		return cloud.Errorf(cloud.Forbidden, "ip.owner", "the subnet of %s belongs to another address", ip.Addr)
	case how == changes && ip.Kind != cloud.NotedIP:
		return cloud.Errorf(cloud.Forbidden, "ip.taken", "%s is in use: it is the %s address of something", ip.Addr, ip.Kind)
	}
	return nil
}

func (t *Txn) readsAddress(ip *cloud.IP, sub *cloud.Subnet, project, mine bool) error {
	a := t.Call.Actor
	robot := a.User != nil && a.User.Robot
	switch {
	case a.Operator(), mine && !robot, robot && !project && a.Site0() == sub.SiteID:
		return nil
	case robot && !project:
		return cloud.Errorf(cloud.Forbidden, "ip.robot", "%s is in no network of a project", ip.Addr)
	case robot && ip.RegionID != a.Site0():
		return cloud.Errorf(cloud.Forbidden, "ip.elsewhere", "%s belongs to a project of another region", ip.Addr)
	case robot, ip.SiteID == a.Site0() && (ip.Kind == cloud.PublicIP || ip.Kind == cloud.FloatingIP):
		return nil
	case ip.Kind == cloud.PublicIP:
		return cloud.Errorf(cloud.Forbidden, "ip.translated", "%s is the address of a machine of another address", ip.Addr)
	case ip.Kind == cloud.FloatingIP:
		return cloud.Errorf(cloud.Forbidden, "ip.floating", "%s is the address of a virtual router of another address", ip.Addr)
	}
	return cloud.Errorf(cloud.Forbidden, "ip.owner", "the subnet of %s belongs to another address", ip.Addr)
}

// CreateIPAddress notes an address.
func (c *Control) CreateIPAddress(ctx context.Context, call *Call, in IPAddressIn, ans Answer[*IPAddressView]) (Reply, error) {
	return ipAddresses.Create(ctx, c, call, cloud.IP{Kind: cloud.NotedIP}, in.fill, ans)
}

// UpdateIPAddress changes what is noted of an address.
func (c *Control) UpdateIPAddress(ctx context.Context, call *Call, in IPAddressIn, ans Answer[*IPAddressView]) (Reply, error) {
	return ipAddresses.Change(ctx, c, call, in.Pick, in.fill, ans)
}

// DeleteIPAddress forgets an address.
func (c *Control) DeleteIPAddress(ctx context.Context, call *Call, p Pick, ans Answer[*IPAddressView]) (Reply, error) {
	return ipAddresses.Delete(ctx, c, call, p, nil, ans)
}

func (in IPAddressIn) fill(t *Txn, ip *cloud.IP) error {
	var p cloud.Problems
	var sub *cloud.Subnet
	id := ip.SubnetID
	if ip.ID == 0 && in.Subnet != nil {
		id = *in.Subnet
	}
	if id != 0 {
		var err error
		if sub, err = pick[cloud.Subnet](t, Pick{ID: id}, "subnet"); err != nil {
			if !cloud.IsKind(err, cloud.NotFound) {
				return err
			}
			p.Add(cloud.Errorf(cloud.Invalid, "ip.subnet", "there is no subnet %d", id).On("subnet"))
			sub = nil
		}
	}
	if sub != nil && ip.ID == 0 {
		ip.SubnetID, ip.MemberID, ip.SiteID, ip.RegionID, ip.ProjectID = sub.ID, sub.MemberID, sub.SiteID, sub.RegionID, sub.ProjectID
	}
	if in.Name != nil && *in.Name != ip.Name {
		p.Add(cloud.CheckText("name", *in.Name))
		ip.Name = *in.Name
	}
	if in.Location != nil && *in.Location != ip.Location {
		p.Add(cloud.CheckText("location", *in.Location))
		ip.Location = *in.Location
	}
	clear, err := t.Credentials(ip)
	if err != nil {
		return err
	}
	if in.Credentials != nil {
		clear = *in.Credentials
	}
	if in.Address != nil && *in.Address != ip.Addr.String() {
		if err := t.readAddress(sub, ip, *in.Address); !p.Collect(err) {
			return err
		}
	}
	if ip.Credentials = ""; clear != "" {
		ip.Credentials = t.C.Seal.Seal(ofNotes(ip), clear)
	}
	return p.Err()
}

// readAddress reads an address and says whether it can be noted in a subnet.
func (t *Txn) readAddress(sub *cloud.Subnet, ip *cloud.IP, text string) error {
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" || addr.Is4In6() {
		return cloud.Errorf(cloud.Invalid, "ip.text", "%q is no IP address", text).On("address")
	}
	ip.Addr = addr
	switch {
	case sub == nil:
		return nil
	case !sub.Prefix.Contains(addr):
		return cloud.Errorf(cloud.Invalid, "ip.outside", "%s is not inside the subnet %s", addr, sub.Text).On("address")
	case addr == sub.Gateway:
		return cloud.Errorf(cloud.Invalid, "ip.recorded", "%s is the gateway of %s", addr, sub.Text).On("address")
	}
	child, err := t.childWith(sub, addr)
	if err != nil {
		return err
	}
	if child != nil {
		return noted(sub, &store.Overlap{ID: child.ID, Text: child.Text, Prefix: child.Prefix})
	}
	used, err := store.Count[cloud.IP](t.Tx, cloud.Where(cloud.Eq("subnet_id", sub.ID), cloud.Eq("addr", addr), cloud.Ne("id", ip.ID)))
	if err == nil && used > 0 {
		return recorded(addr)
	}
	return err
}

// moveAddress stores a changed note, perhaps at another address of the subnet.
func (t *Txn) moveAddress(ip *cloud.IP) error {
	was, err := store.Get[cloud.IP](t.Tx, ip.ID)
	if err != nil {
		return err
	}
	if was.Addr == ip.Addr {
		return store.Update(t.Tx, ip)
	}
	sub, err := store.Get[cloud.Subnet](t.Tx, ip.SubnetID)
	if err != nil {
		return err
	}
	return noted(sub, store.MoveIP(t.Tx, sub, was.Addr, ip))
}

// IPAddresses lists the addresses of all kinds that the actor may see.
func (t *Txn) IPAddresses(q cloud.Query) ([]*IPAddressView, int64, error) {
	return ipAddresses.List(t, q)
}

// IPAddress reads one.
func (t *Txn) IPAddress(p Pick) (*IPAddressView, error) { return ipAddresses.Read(t, p) }

func (t *Txn) ipAddressViews(rows []*cloud.IP) ([]*IPAddressView, error) {
	ids := gather(rows, func(ip *cloud.IP) int64 { return ip.ID })
	partners := map[int64]*cloud.IP{}
	q := cloud.Where(cloud.In("private_id", ids), cloud.Eq("leaving", "")).By("id")
	found, err := store.Find[cloud.IP](t.Tx, q.Showing("addr", "private_id"))
	if err != nil {
		return nil, err
	}
	for _, ip := range found {
		if partners[ip.PrivateID] == nil {
			partners[ip.PrivateID] = ip
		}
	}
	nets, err := t.Subnets(gather(rows, func(ip *cloud.IP) int64 { return ip.SubnetID })...)
	if err != nil {
		return nil, err
	}
	views := make([]*IPAddressView, len(rows))
	for i, ip := range rows {
		clear, err := t.Credentials(ip)
		if err != nil {
			return nil, err
		}
		views[i] = &IPAddressView{IP: ip, Partner: partners[ip.ID], Subnet: nets[ip.SubnetID], Credentials: clear}
	}
	return views, nil
}
