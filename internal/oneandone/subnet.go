package oneandone

import (
	"fmt"
	"math/bits"
	"net"
	"net/netip"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

// Private networks, and which servers are in them, from both sides.
func (a *api) networks(h wire.Handlers) {
	short(a, h, oneandone.ListPrivateNetworks, func(t *control.Txn, _ *wire.Request) ([]oneandone.PrivateNetwork, error) {
		views, _, err := t.Networks(cloud.Query{}.By("id"))
		list := make([]oneandone.PrivateNetwork, 0, len(views))
		for _, v := range views {
			if v.Region == nil || v.Region.Driver != cloud.RobotDriver { // R0d
				list = append(list, privateNetwork(v))
			}
		}
		return list, err
	})
	get(a, h, oneandone.GetPrivateNetwork, network, pure(privateNetwork))
	write(h, oneandone.CreatePrivateNetwork, newNetwork, a.c.CreateNetwork, pure(privateNetwork))
	write(h, oneandone.UpdatePrivateNetwork, networkIn, a.c.UpdateNetwork, pure(privateNetwork))
	write(h, oneandone.DeletePrivateNetwork, (*form).object, a.c.DeleteNetwork, pure(privateNetwork))
	read(a, h, oneandone.ListPrivateNetworkServers, func(t *control.Txn, r *wire.Request) ([]oneandone.Identity, error) {
		v, err := networkInPath(t, r)
		if err != nil {
			return nil, err
		}
		return privateNetwork(v).Servers, nil
	})
	read(a, h, oneandone.GetPrivateNetworkServer, func(t *control.Txn, r *wire.Request) (none oneandone.Identity, err error) {
		v, err := networkInPath(t, r)
		if err != nil {
			return none, err
		}
		pick, err := inPath(r, "server_id")
		if err != nil {
			return none, err
		}
		for _, s := range v.Servers {
			if s.UID == pick.UID {
				return oneandone.Identity{ID: s.UID.String(), Name: s.Name}, nil
			}
		}
		return none, nothing("server_id", r.Path("server_id"))
	})
	write(h, oneandone.AttachPrivateNetworkServers, membersIn, a.c.JoinNetwork, pure(privateNetwork))
	write(h, oneandone.DetachPrivateNetworkServer, func(f *form) control.MembersIn {
		return control.MembersIn{Pick: f.parent(), Servers: []control.Pick{f.object()}}
	}, a.c.LeaveNetwork, pure(privateNetwork))

	readServer(a, h, oneandone.ListServerPrivateNetworks,
		func(_ *control.Txn, v *control.View, _ *wire.Request) ([]oneandone.ServerPrivateNetwork, error) {
			return privateNetworks(v), nil
		})
	readServer(a, h, oneandone.GetServerPrivateNetwork,
		func(t *control.Txn, v *control.View, r *wire.Request) (none oneandone.PrivateNetwork, err error) {
			id := r.Path("private_network_id")
			pick, err := inPath(r, "private_network_id")
			if err != nil {
				return none, err
			}
			for _, n := range privateNetworks(v) {
				if n.ID == pick.UID.String() {
					found, err := network(t, pick)
					if err != nil {
						return none, err
					}
					return privateNetwork(found), nil
				}
			}
			return none, nothing("private_network_id", id)
		})
	write(h, oneandone.AssignServerPrivateNetwork, func(f *form) control.ServerNetworkIn {
		return control.ServerNetworkIn{Pick: f.parent(), Network: f.neededID("id")}
	}, a.c.JoinServer, began)
	write(h, oneandone.RemoveServerPrivateNetwork, func(f *form) control.ServerNetworkIn {
		return control.ServerNetworkIn{Pick: f.parent(), Network: f.object()}
	}, a.c.LeaveServer, began)
}

// network is a private network where this dialect reaches (R0d).
func network(t *control.Txn, p control.Pick) (*control.NetworkView, error) {
	v, err := t.Network(p)
	if err == nil && v.Region != nil && v.Region.Driver == cloud.RobotDriver {
		return nil, nothing("private_network_id", p.UID.String())
	}
	return v, err
}

func networkInPath(t *control.Txn, r *wire.Request) (*control.NetworkView, error) {
	pick, err := inPath(r, "private_network_id")
	if err != nil {
		return nil, err
	}
	return network(t, pick)
}

func newNetwork(f *form) control.NetworkIn {
	return control.NetworkIn{
		Limits: limits, Name: ptr(f.needed("name")), Description: f.textIf("description"), Range: f.network(), Region: f.id("datacenter_id"),
	}
}

func networkIn(f *form) control.NetworkIn {
	return control.NetworkIn{
		Pick: f.object(), Limits: limits, Name: f.textIf("name"), Description: f.textIf("description"), Range: f.network(),
	}
}

// network reads network_address and subnet_mask: both or neither (contract, section 8).
func (f *form) network() *netip.Prefix {
	address, mask := f.text("network_address"), f.text("subnet_mask")
	if f.bad.Has("network_address") || f.bad.Has("subnet_mask") || address == "" && mask == "" {
		return nil
	}
	bad := func(field, code, format string, args ...any) {
		f.bad.Add(cloud.Errorf(cloud.Invalid, "network."+code, format, args...).On(field))
	}
	for _, one := range []struct{ field, sent, other string }{
		{"network_address", address, "subnet_mask"}, {"subnet_mask", mask, "network_address"},
	} {
		if one.sent == "" {
			bad(one.field, "half", "is required beside %s; send both or neither", one.other)
			return nil
		}
	}
	a, err := netip.ParseAddr(address)
	if err != nil || !a.Is4() {
		bad("network_address", "address", "%q is no IPv4 address such as 192.168.1.0", address)
	}
	length, ok := maskBits(mask)
	if !ok {
		bad("subnet_mask", "mask", "%q is no mask such as 255.255.255.0", mask)
	}
	if err != nil || !a.Is4() || !ok {
		return nil
	}
	return ptr(netip.PrefixFrom(a, length))
}

// maskBits is the length of a mask: ones, then zeros.
func maskBits(mask string) (int, bool) {
	a, err := netip.ParseAddr(mask)
	if err != nil || !a.Is4() {
		return 0, false
	}
	b := a.As4()
	n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	ones := bits.LeadingZeros32(^n)
	return ones, n<<ones == 0
}

// membersIn reads which servers join.
func membersIn(f *form) control.MembersIn {
	in := control.MembersIn{Pick: f.parent()}
	for i, id := range f.body.Texts(&f.bad, "servers") {
		p, err := pickID(fmt.Sprintf("servers[%d]", i), id)
		f.missed(err)
		in.Servers = append(in.Servers, p)
	}
	if len(in.Servers) == 0 && !f.bad.Has("servers") {
		f.bad.Add(cloud.Errorf(cloud.Invalid, "required", "is required: the ids of the servers that join").On("servers"))
	}
	return in
}

func privateNetwork(v *control.NetworkView) oneandone.PrivateNetwork {
	out := oneandone.PrivateNetwork{
		ID: v.UID.String(), Name: v.Name, Description: textOrNull(v.Description), State: oneandone.ResourceStateACTIVE,
		NetworkAddress: ptr(v.Prefix.Addr().String()), SubnetMask: ptr(net.IP(net.CIDRMask(v.Prefix.Bits(), 32)).String()),
		Datacenter: datacenterRef(v.Region), CreationDate: date(v.Created), CloudpanelID: panelID(v.UID), SiteID: siteID(v.RegionID),
		Servers: serverIdentities(v.Servers),
	}
	if !v.Prefix.Addr().Is4() { // of the other dialect; there is no mask of this kind for it
		out.SubnetMask = nil
	}
	switch {
	case v.Removing || !v.Alive():
		out.State = oneandone.ResourceStateREMOVING
	case v.Busy:
		out.State = oneandone.ResourceStateCONFIGURING
	}
	return out
}
