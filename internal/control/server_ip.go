package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// ServerIPIn names a public address of a server, and what becomes of it.
type ServerIPIn struct {
	Pick
	IP     Pick
	Keep   bool // taken off: the member keeps it
	Policy Pick // bound: which; empty = the default one
}

// AddServerIP gives a server one more public address. Only its port changes,
// so it may happen while another change is under way (docs/explain/state-and-work.md).
func (c *Control) AddServerIP(ctx context.Context, call *Call, p Pick, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, p, "servers.assign_ip", ans, func(t *Txn, s *cloud.Server) error {
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
func (c *Control) RemoveServerIP(ctx context.Context, call *Call, in ServerIPIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, "servers.assign_ip", ans, func(t *Txn, s *cloud.Server) error {
		if err := movable(s); err != nil {
			return err
		}
		ip, err := t.serverIP(s, in.IP)
		if err != nil {
			return err
		}
		ip.Leaving = "free"
		if in.Keep {
			ip.Leaving = "keep"
		}
		return t.addressed(s, ip)
	})
}

// SetIPPolicy binds a policy to a public IP of a server; an empty pick binds the default.
func (c *Control) SetIPPolicy(ctx context.Context, call *Call, in ServerIPIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, "firewall_policies.manage_attached_server_ips", ans, func(t *Txn, s *cloud.Server) error {
		if err := movable(s); err != nil {
			return err
		}
		ip, err := t.serverIP(s, in.IP)
		if err != nil {
			return err
		}
		pol, err := t.defaultOf(s)
		if !in.Policy.Empty() {
			pol, err = t.policyFor(in.Policy, "")
		}
		if err != nil {
			return err
		}
		if err := t.bindIP(s, ip, pol); err != nil {
			return err
		}
		return t.record("UPDATE", aboutServer(s))
	})
}

// addressed writes what changed of an address of a server, and has its host told.
func (t *Txn) addressed(s *cloud.Server, ip *cloud.IP) error {
	ip.Touch(t.Now(), t.Call.Actor.UserID())
	if err := store.Update(t.Tx, ip); err != nil {
		return err
	}
	if err := t.record("UPDATE", aboutServer(s)); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "server", s.ID, 0)
}
