package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// AddServerIP gives a server one more public address. Only its port changes,
// so it may happen while another change is under way (DESIGN 4.7).
func (c *Control) AddServerIP(ctx context.Context, call *Call, p Pick, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, p, "servers.assign_ip", true, ans, func(t *Txn, s *cloud.Server) error {
		if err := movable(s); err != nil {
			return err
		}
		priv, err := store.First[cloud.IP](t.Tx, cloud.Where(cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PrivateIP))).By("id"))
		if err != nil {
			return err
		}
		nic, err := store.Get[cloud.NIC](t.Tx, priv.NICID)
		if err != nil {
			return err
		}
		if err := t.addPublic(s, nic, priv); err != nil {
			return err
		}
		return t.record("UPDATE", aboutServer(s))
	})
}

// movable refuses changes of addresses on a server that goes away.
func movable(s *cloud.Server) error {
	if s.Remove != cloud.Keep || s.Failed {
		return idle(s)
	}
	return nil
}

// addPublic takes a public address for a private one.
func (t *Txn) addPublic(s *cloud.Server, nic *cloud.NIC, priv *cloud.IP) error {
	img, err := store.GetAny[cloud.Image](t.Tx, s.ImageID)
	if err != nil {
		return err
	}
	policy, err := t.policyFor(Pick{}, img.Family)
	if err != nil {
		return err
	}
	if _, err := t.assignNew(s, nic, priv, policy, false); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "server", s.ID, 0)
}

// serverIP finds a public address of a server.
func (t *Txn) serverIP(s *cloud.Server, p Pick) (*cloud.IP, error) {
	ip, err := pick[cloud.IP](t, p, "IP")
	if err != nil {
		return nil, err
	}
	if ip.ServerID != s.ID || ip.Kind != cloud.PublicIP || ip.Leaving != "" {
		return nil, missing("IP", p)
	}
	return ip, nil
}

// RemoveServerIP takes a public address off a server; keep leaves it with the
// member, otherwise it goes back to the pool once no host translates it.
func (c *Control) RemoveServerIP(ctx context.Context, call *Call, p, ipp Pick, keep bool, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, p, "servers.assign_ip", false, ans, func(t *Txn, s *cloud.Server) error {
		if err := movable(s); err != nil {
			return err
		}
		ip, err := t.serverIP(s, ipp)
		if err != nil {
			return err
		}
		ip.Leaving = "free"
		if keep {
			ip.Leaving = "keep"
		}
		ip.Touch(t.Now(), t.Call.Actor.UserID())
		if err := store.Update(t.Tx, ip); err != nil {
			return err
		}
		if err := t.record("UPDATE", aboutServer(s)); err != nil {
			return err
		}
		return work.Enqueue(t.Tx, "server", s.ID, 0)
	})
}

// SetIPPolicy binds a policy to a public IP of a server; an empty pick binds the default.
func (c *Control) SetIPPolicy(ctx context.Context, call *Call, p, ipp, policy Pick, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, p, "firewall_policies.manage_attached_server_ips", false, ans, func(t *Txn, s *cloud.Server) error {
		if err := movable(s); err != nil {
			return err
		}
		ip, err := t.serverIP(s, ipp)
		if err != nil {
			return err
		}
		img, err := store.GetAny[cloud.Image](t.Tx, s.ImageID)
		if err != nil {
			return err
		}
		pol, err := t.policyFor(policy, img.Family)
		if err != nil {
			return err
		}
		if err := t.unbind(ip); err != nil {
			return err
		}
		ip.BlockAll = false
		if pol != nil {
			ip.PolicyID = pol.ID
		}
		ip.Touch(t.Now(), t.Call.Actor.UserID())
		if err := store.Update(t.Tx, ip); err != nil {
			return err
		}
		if err := t.record("UPDATE", aboutServer(s)); err != nil {
			return err
		}
		return work.Enqueue(t.Tx, "server", s.ID, 0)
	})
}

// unbind takes an address from under its policy, which leaves the hosts where
// nothing else is.
func (t *Txn) unbind(ip *cloud.IP) error {
	old := ip.PolicyID
	ip.PolicyID = 0
	if old == 0 {
		return nil
	}
	return work.Enqueue(t.Tx, "policy", old, 0)
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
