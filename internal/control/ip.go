package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// IPView is a public address with what it is assigned to.
type IPView struct {
	*cloud.IP
	Server *cloud.Server // nil = free
	Region *cloud.Site
	// Busy: a plan that holds it is behind, or the hold runs (R5).
	Busy bool
}

// IPIn makes or changes a public address.
type IPIn struct {
	Pick           // which, for a change
	Region  Pick   // for a creation; empty: the default one
	Reverse string // the reverse name; "" for none
}

// ips are the addresses that a member has by themselves, on a server or not.
var ips = kind[cloud.IP, *cloud.IP, *IPView]{
	noun: "public IP", show: "public_ips.show", create: "public_ips.create", change: "public_ips.set_reverse_dns",
	remove: "public_ips.release",
	about: func(ip *cloud.IP) subject {
		return subject{kind: "ip", id: ip.ID, uid: ip.UID, name: ip.Addr.String(), member: ip.MemberID, site: ip.SiteID, region: ip.RegionID}
	},
	only:   cloud.In("kind", []string{string(cloud.PublicIP), string(cloud.BalancerIP)}),
	views:  (*Txn).ipViews,
	shows:  []string{"uid", "addr", "created", "reverse_dns", "region_id", "server_id", "leaving"},
	insert: func(t *Txn, ip *cloud.IP) error { return t.publicAddress(ip.RegionID, ip) },
	close: func(t *Txn, ip *cloud.IP) error {
		if ip.ServerID == 0 {
			return store.ReleaseIP(t.Tx, ip)
		}
		ip.Leaving = "free" // as soon as its router lets go of it
		return store.Update(t.Tx, ip)
	},
}

// CreateIP reserves a public address in a region.
func (c *Control) CreateIP(ctx context.Context, call *Call, in IPIn, ans Answer[*IPView]) (Reply, error) {
	mine := cloud.IP{Kind: cloud.PublicIP, MemberID: call.Actor.Member0(), SiteID: call.Actor.Site0()}
	return ips.Create(ctx, c, call, mine, func(t *Txn, ip *cloud.IP) error {
		r, err := t.region(in.Region)
		if err != nil {
			return err
		}
		ip.RegionID = r.ID
		return nameReverse(ip, in.Reverse)
	}, ans)
}

func nameReverse(ip *cloud.IP, name string) error {
	if name == "" || name == ip.ReverseDNS { // as it is shown, be it older than the rule (R0a)
		ip.ReverseDNS = name
		return nil
	}
	var err *cloud.Error
	if name, err = cloud.HostName("reverse_dns", name); err != nil {
		return err
	}
	ip.ReverseDNS = name
	return nil
}

// UpdateIP writes the reverse name; "" clears it.
func (c *Control) UpdateIP(ctx context.Context, call *Call, in IPIn, ans Answer[*IPView]) (Reply, error) {
	return ips.Change(ctx, c, call, in.Pick, func(_ *Txn, ip *cloud.IP) error { return nameReverse(ip, in.Reverse) }, ans)
}

// DeleteIP gives a reserved address back to the pool.
func (c *Control) DeleteIP(ctx context.Context, call *Call, p Pick, ans Answer[*IPView]) (Reply, error) {
	return ips.Delete(ctx, c, call, p, func(_ *Txn, ip *cloud.IP) error {
		if ip.ServerID == 0 || ip.Leaving == "keep" { // which is shown as free already
			return nil
		}
		return cloud.Errorf(cloud.InUse, "ip.used", "the address %s is assigned to a server", ip.Addr).WithFix("Take it off the server first.")
	}, ans)
}

// IPs lists public addresses that the actor may see.
func (t *Txn) IPs(q cloud.Query) ([]*IPView, int64, error) { return ips.List(t, q) }

// IPIDs are the ids that IPs would give, in the order of the query if it has one.
func (t *Txn) IPIDs(q cloud.Query) ([]int64, error) { return ips.IDs(t, q) }

// IP reads one public address.
func (t *Txn) IP(p Pick) (*IPView, error) { return ips.Read(t, p) }

func (t *Txn) ipViews(rows []*cloud.IP) ([]*IPView, error) {
	servers, err := byID[cloud.Server](t, gather(rows, func(i *cloud.IP) int64 { return i.ServerID }), "uid", "name")
	if err != nil {
		return nil, err
	}
	regions, err := byID[cloud.Site](t, gather(rows, func(i *cloud.IP) int64 { return i.RegionID }), "uid", "country", "location")
	if err != nil {
		return nil, err
	}
	views := make([]*IPView, len(rows))
	for i, ip := range rows {
		views[i] = &IPView{IP: ip, Server: servers[ip.ServerID], Region: regions[ip.RegionID], Busy: ip.Leaving != ""}
		if ip.Leaving == "keep" { // shown as wanted, while the router still translates
			views[i].Server = nil
		}
	}
	return views, nil
}

// Credentials are the notes of an address in clear.
func (t *Txn) Credentials(ip *cloud.IP) (string, error) {
	return t.C.Seal.Open(ofNotes(ip), ip.Credentials)
}
