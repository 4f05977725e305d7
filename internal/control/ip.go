package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/auth"
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

func aboutIP(ip *cloud.IP) subject {
	return subject{kind: "ip", id: ip.ID, uid: ip.UID, name: ip.Addr.String(), member: ip.MemberID, site: ip.SiteID, region: ip.RegionID}
}

// CreateIP reserves a public address in a region.
func (c *Control) CreateIP(ctx context.Context, call *Call, region Pick, reverse string, ans Answer[*IPView]) (Reply, error) {
	return do(ctx, c, call, locks(call, true), func(t *Txn) (*IPView, error) {
		a := call.Actor
		if err := t.may("public_ips.create", true, auth.Owned{MemberID: a.Member0(), SiteID: a.Site0()}); err != nil {
			return nil, err
		}
		r, err := t.region(region)
		if err != nil {
			return nil, err
		}
		if err := reverseName(reverse); err != nil {
			return nil, err
		}
		ip := &cloud.IP{Kind: cloud.PublicIP, MemberID: a.Member0(), SiteID: a.Site0(), RegionID: r.ID, ReverseDNS: reverse}
		ip.ModifiedBy = a.UserID()
		if err := t.publicAddress(r.ID, ip); err != nil {
			return nil, err
		}
		if err := t.record("CREATE", aboutIP(ip)); err != nil {
			return nil, err
		}
		return &IPView{IP: ip, Region: r}, nil // as ipView would read it: no server has it yet
	}, ans)
}

func reverseName(name string) error {
	if len(name) > 256 {
		return cloud.Errorf(cloud.Invalid, "reverse_dns.long", "a reverse name has at most 256 characters, not %d", len(name)).On("reverse_dns")
	}
	return nil
}

func (t *Txn) ipFor(p Pick, flag string, write bool) (*cloud.IP, error) {
	ip, err := pick[cloud.IP](t, p, "public IP")
	if err != nil {
		return nil, err
	}
	if ip.Kind != cloud.PublicIP && ip.Kind != cloud.BalancerIP {
		return nil, missing("public IP", p)
	}
	if err := t.may(flag, write, auth.Owned{MemberID: ip.MemberID, SiteID: ip.SiteID, RegionID: ip.RegionID}); err != nil {
		if cloud.IsKind(err, cloud.NotFound) {
			return nil, missing("public IP", p)
		}
		return nil, err
	}
	return ip, nil
}

// UpdateIP writes the reverse name; "" clears it.
func (c *Control) UpdateIP(ctx context.Context, call *Call, p Pick, reverse string, ans Answer[*IPView]) (Reply, error) {
	return do(ctx, c, call, locks(call, false), func(t *Txn) (*IPView, error) {
		ip, err := t.ipFor(p, "public_ips.set_reverse_dns", true)
		if err != nil {
			return nil, err
		}
		if err := reverseName(reverse); err != nil {
			return nil, err
		}
		ip.ReverseDNS = reverse
		ip.Touch(t.Now(), call.Actor.UserID())
		if err := store.Update(t.Tx, ip); err != nil {
			return nil, err
		}
		if err := t.record("UPDATE", aboutIP(ip)); err != nil {
			return nil, err
		}
		return t.ipView(ip)
	}, ans)
}

// DeleteIP gives a reserved address back to the pool.
func (c *Control) DeleteIP(ctx context.Context, call *Call, p Pick, ans Answer[*IPView]) (Reply, error) {
	return do(ctx, c, call, locks(call, false), func(t *Txn) (*IPView, error) {
		ip, err := t.ipFor(p, "public_ips.release", true)
		if err != nil {
			return nil, err
		}
		if ip.ServerID != 0 {
			return nil, cloud.Errorf(cloud.InUse, "ip.used", "the address %s is assigned to a server", ip.Addr).
				WithFix("Take it off the server first.")
		}
		v, err := t.ipView(ip)
		if err != nil {
			return nil, err
		}
		if err := store.ReleaseIP(t.Tx, ip); err != nil {
			return nil, err
		}
		return v, t.record("DELETE", aboutIP(ip))
	}, ans)
}

// IPs lists public addresses that the actor may see.
func (t *Txn) IPs(q cloud.Query) ([]*IPView, int64, error) {
	if err := auth.Need(t.Call.Actor, "public_ips.show"); err != nil {
		return nil, 0, err
	}
	q.Where = cloud.And(auth.Scope(t.Call.Actor, t.Call.Confined), cloud.In("kind", []string{string(cloud.PublicIP), string(cloud.BalancerIP)}), q.Where)
	total, err := count[cloud.IP](t, q)
	if err != nil {
		return nil, 0, err
	}
	rows, err := store.Find[cloud.IP](t.Tx, q)
	if err != nil {
		return nil, 0, err
	}
	views, err := t.ipViews(rows)
	return views, total, err
}

// IP reads one public address.
func (t *Txn) IP(p Pick) (*IPView, error) {
	ip, err := t.ipFor(p, "public_ips.show", false)
	if err != nil {
		return nil, err
	}
	return t.ipView(ip)
}

func (t *Txn) ipView(ip *cloud.IP) (*IPView, error) {
	list, err := t.ipViews([]*cloud.IP{ip})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func (t *Txn) ipViews(rows []*cloud.IP) ([]*IPView, error) {
	servers, err := byID(t, gather(rows, func(i *cloud.IP) int64 { return i.ServerID }), func(s *cloud.Server) int64 { return s.ID })
	if err != nil {
		return nil, err
	}
	regions, err := byID(t, gather(rows, func(i *cloud.IP) int64 { return i.RegionID }), func(s *cloud.Site) int64 { return s.ID })
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
func (t *Txn) Credentials(ip *cloud.IP) (string, error) { return t.C.Seal.Open(ip.Credentials) }
