package control

import (
	"fmt"
	"net/netip"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// namedAddresses gives a server the private addresses that CloudCIX names:
// one card for each network they lie in, the gateway network first.
func (n *newServer) namedAddresses() error {
	t, s := n.t, n.s
	nets, err := store.Find[cloud.Subnet](t.Tx, cloud.Where(cloud.Eq("project_id", s.ProjectID), cloud.Eq("routed", true)).By("id"))
	if err != nil {
		return err
	}
	byNet := map[int64][]AddressIn{}
	seen := map[netip.Addr]bool{}
	for _, a := range n.in.Addresses {
		net, err := t.checkNamed(nets, a)
		if err != nil {
			return err
		}
		if seen[a.Addr] {
			return cloud.Errorf(cloud.Invalid, "address.twice", "the address %s is named twice", a.Addr).On("ip_addresses")
		}
		if a.NAT && net.ID != n.net.ID {
			return cloud.Errorf(cloud.Invalid, "address.nat", "the address %s is outside the gateway network", a.Addr).On("ip_addresses")
		}
		seen[a.Addr] = true
		byNet[net.ID] = append(byNet[net.ID], a)
	}
	if len(n.in.Addresses) > 1 && !n.image.MultipleIPs {
		return cloud.Errorf(cloud.Invalid, "address.many", "the image %s supports one address only", n.image.Name).On("ip_addresses")
	}
	rank := 0
	for _, net := range append([]*cloud.Subnet{n.net}, without(nets, n.net.ID)...) {
		list := byNet[net.ID]
		if len(list) == 0 {
			continue
		}
		if err := n.card(net, rank, list); err != nil {
			return err
		}
		rank++
	}
	return nil
}

func without(nets []*cloud.Subnet, id int64) []*cloud.Subnet {
	var out []*cloud.Subnet
	for _, n := range nets {
		if n.ID != id {
			out = append(out, n)
		}
	}
	return out
}

// card makes a card on a network with its addresses and their translations.
func (n *newServer) card(net *cloud.Subnet, rank int, list []AddressIn) error {
	t, s := n.t, n.s
	nic, first, err := t.newNIC(s, net, rank, &list[0])
	if err != nil {
		return err
	}
	for i, a := range list {
		priv := first
		if i > 0 {
			if priv, err = t.privateAddress(s, nic, net, &a); err != nil {
				return err
			}
		}
		if !a.NAT {
			continue
		}
		if _, err := t.assignNew(s, nic, priv, nil, false); err != nil {
			return err
		}
	}
	return nil
}

// checkNamed checks one address and finds its network.
func (t *Txn) checkNamed(nets []*cloud.Subnet, a AddressIn) (*cloud.Subnet, error) {
	bad := func(code, format string, args ...any) error {
		return cloud.Errorf(cloud.Invalid, "address."+code, format, args...).On("ip_addresses")
	}
	if !a.Addr.Is4() || !ipam.Private(a.Addr) {
		return nil, bad("private", "%s is no private IPv4 address", a.Addr)
	}
	for _, net := range nets {
		if !net.Prefix.Contains(a.Addr) {
			continue
		}
		if a.Addr == net.Gateway || ipam.Edge(net.Prefix, a.Addr) {
			return nil, bad("edge", "%s is the network, broadcast or gateway address of %s", a.Addr, net.Text)
		}
		used, err := store.Count[cloud.IP](t.Tx, cloud.Where(cloud.Eq("subnet_id", net.ID), cloud.Eq("addr", a.Addr)))
		if err != nil {
			return nil, err
		}
		if used > 0 {
			return nil, bad("used", "the address %s is already in use", a.Addr)
		}
		return net, nil
	}
	return nil, bad("outside", "the address %s is in no network of the project", a.Addr)
}

// toggleNAT translates addresses of a server or stops doing so (R15). It
// answers whether anything changed.
func (t *Txn) toggleNAT(s *cloud.Server, want map[netip.Addr]bool) (bool, error) {
	ips, err := store.Find[cloud.IP](t.Tx, cloud.Where(cloud.Eq("server_id", s.ID)).By("id"))
	if err != nil {
		return false, err
	}
	changed := false
	known := map[netip.Addr]*cloud.IP{}
	public := map[int64][]*cloud.IP{}
	for _, ip := range ips {
		if ip.Kind == cloud.PrivateIP {
			known[ip.Addr] = ip
		} else if ip.Leaving == "" {
			public[ip.PrivateID] = append(public[ip.PrivateID], ip)
		}
	}
	for addr := range want {
		if known[addr] == nil {
			return false, cloud.Errorf(cloud.Invalid, "address.foreign", "%s is no address of the server", addr).On("ip_addresses")
		}
	}
	for _, priv := range ips { // in the order of rows, so that runs are alike
		on, asked := want[priv.Addr]
		if !asked || priv.Kind != cloud.PrivateIP || on == (len(public[priv.ID]) > 0) {
			continue
		}
		if err := movable(s); err != nil { // asked only now: what stays as it is shown is never refused
			return false, err
		}
		changed = true
		if on {
			if priv.SubnetID != s.GatewayID {
				return false, cloud.Errorf(cloud.Invalid, "address.nat", "the address %s is outside the gateway network", priv.Addr).On("ip_addresses")
			}
			nic, err := store.Get[cloud.NIC](t.Tx, priv.NICID)
			if err != nil {
				return false, err
			}
			if _, err := t.assignNew(s, nic, priv, nil, false); err != nil {
				return false, err
			}
			continue
		}
		for _, ip := range public[priv.ID] {
			ip.Leaving = "free"
			if err := store.Update(t.Tx, ip); err != nil {
				return false, fmt.Errorf("release %s: %w", ip.Addr, err)
			}
		}
	}
	return changed, nil
}
