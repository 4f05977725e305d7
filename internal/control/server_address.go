package control

import (
	"fmt"
	"net/netip"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// AddressIn asks for a private address of a server (CloudCIX).
type AddressIn struct {
	Addr netip.Addr
	NAT  bool
}

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

// addresses gives the first card its private address and, through 1&1, a
// public one; CloudCIX names the addresses itself.
func (n *newServer) addresses() error {
	if n.t.refused("ip_addresses") {
		return nil
	}
	if len(n.in.Addresses) > 0 {
		return n.namedAddresses()
	}
	t, s := n.t, n.s
	nic, priv, err := t.newNIC(s, n.net, 0, nil)
	if err != nil || !n.in.PublicIP {
		return err
	}
	policy, err := t.policyFor(n.in.Policy, n.image.Family)
	if err != nil {
		return err
	}
	if n.in.IP.Empty() {
		_, err = t.assignNew(s, nic, priv, policy, n.in.BlockAll)
		return err
	}
	ip, err := pick[cloud.IP](t, n.in.IP, "public IP")
	if err != nil {
		return err
	}
	if ip.MemberID != s.MemberID || ip.Kind != cloud.PublicIP {
		return missing("public IP", n.in.IP)
	}
	if ip.RegionID != s.RegionID {
		return cloud.Errorf(cloud.Conflict, "ip.region", "the address %s belongs to another data centre", ip.Addr).On("ip")
	}
	if ip.PrivateID != 0 {
		return cloud.Errorf(cloud.InUse, "ip.used", "the address %s is assigned already", ip.Addr).On("ip")
	}
	t.assign(s, nic, priv, ip, policy, n.in.BlockAll)
	return store.Update(t.Tx, ip)
}

// newNIC adds a card with a private address; addr nil takes the next free one.
func (t *Txn) newNIC(s *cloud.Server, net *cloud.Subnet, rank int, want *AddressIn) (*cloud.NIC, *cloud.IP, error) {
	nic := &cloud.NIC{ServerID: s.ID, NetworkID: net.ID, HostID: s.HostID, Rank: rank}
	if err := store.Insert(t.Tx, nic); err != nil {
		return nil, nil, err
	}
	priv, err := t.privateAddress(s, nic, net, want)
	if err != nil {
		return nil, nil, err
	}
	nic.MAC = ipam.MAC(s.RegionID, priv.ID, max(s.ServerType, 2))
	priv.MAC = nic.MAC
	if err := store.Update(t.Tx, nic); err != nil {
		return nil, nil, err
	}
	return nic, priv, store.Update(t.Tx, priv)
}

func (t *Txn) privateAddress(s *cloud.Server, nic *cloud.NIC, net *cloud.Subnet, want *AddressIn) (*cloud.IP, error) {
	priv := &cloud.IP{
		Kind: cloud.PrivateIP, MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID, ProjectID: s.ProjectID,
		ServerID: s.ID, NICID: nic.ID,
	}
	if want == nil {
		return priv, t.reserveNext(net, priv)
	}
	return priv, t.reserveAt(net, priv, want.Addr, false)
}

// assignNew takes a public address from the region's pool for a server.
func (t *Txn) assignNew(s *cloud.Server, nic *cloud.NIC, priv *cloud.IP, policy *cloud.Policy, block bool) (*cloud.IP, error) {
	ip := &cloud.IP{Kind: cloud.PublicIP, MemberID: s.MemberID, SiteID: s.SiteID, RegionID: s.RegionID, ProjectID: s.ProjectID}
	t.assign(s, nic, priv, ip, policy, block)
	return ip, t.publicAddress(s.RegionID, ip)
}

// assign points a public address at a private one.
func (t *Txn) assign(s *cloud.Server, nic *cloud.NIC, priv, ip *cloud.IP, policy *cloud.Policy, block bool) {
	ip.ServerID, ip.NICID, ip.PrivateID, ip.ProjectID = s.ID, nic.ID, priv.ID, s.ProjectID
	ip.AssignedAt, ip.BlockAll, ip.PolicyID, ip.Leaving = t.Now().UnixMicro(), block, 0, ""
	ip.Rebound, ip.SeenPolicyID = false, 0 // nothing comes in before its router has the port, policy and all
	if policy != nil && !block {
		ip.PolicyID = policy.ID
	}
	ip.Touch(t.Now(), t.Call.Actor.UserID())
}

// policyFor resolves a policy; an empty pick is the default of the family.
func (t *Txn) policyFor(p Pick, family string) (*cloud.Policy, error) {
	if p.Empty() {
		if family != "Windows" {
			family = "Linux"
		}
		pol, err := store.First[cloud.Policy](t.Tx, cloud.Where(cloud.Eq("default", true), cloud.Eq("family", family)))
		if store.None(err) {
			return nil, nil // an installation without defaults: only the router's rules hold
		}
		return pol, err
	}
	pol, err := pick[cloud.Policy](t, p, "firewall policy")
	if err != nil {
		return nil, err
	}
	if !pol.Default && pol.MemberID != t.Call.Actor.Member0() {
		return nil, missing("firewall policy", p)
	}
	if pol.Removing {
		return nil, goesAway(pol)
	}
	return pol, nil
}
