package control

import (
	"context"
	"errors"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// bindFlag is what binding asks for, from either side.
const bindFlag = "firewall_policies.manage_attached_server_ips"

// BindPolicy binds addresses of servers to a policy, all of them or none.
func (c *Control) BindPolicy(ctx context.Context, call *Call, in PolicyIn, ans Answer[*PolicyView]) (Reply, error) {
	return c.onBound(ctx, call, in.Pick, ans, func(t *Txn, p *cloud.Policy) error {
		if p.Removing {
			return goesAway(p)
		}
		for i, pick := range in.IPs {
			ip, s, err := t.assignedIP(pick)
			if err == nil {
				err = t.bindIP(s, ip, p)
			}
			if e := (*cloud.Error)(nil); errors.As(err, &e) {
				return e.OnItem("server_ips", i, "")
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// UnbindPolicy takes an address from under a policy, which binds the default one.
func (c *Control) UnbindPolicy(ctx context.Context, call *Call, in PolicyIn, ans Answer[*PolicyView]) (Reply, error) {
	return c.onBound(ctx, call, in.Pick, ans, func(t *Txn, p *cloud.Policy) error {
		ip, s, err := t.assignedIP(in.IP)
		if err != nil {
			return err
		}
		if ip.PolicyID != p.ID {
			return missing("bound IP", in.IP)
		}
		pol, err := t.defaultOf(s)
		if err != nil {
			return err
		}
		return t.bindIP(s, ip, pol)
	})
}

// onBound changes what a policy is bound to; the defaults can be bound too. What
// happens to one of the actor's own is an event of it that ends when the hosts have it;
// one of the operator's is nobody's to wait for.
func (c *Control) onBound(
	ctx context.Context, call *Call, pick Pick, ans Answer[*PolicyView], change func(*Txn, *cloud.Policy) error,
) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (*PolicyView, error) {
		p, err := policies.get(t, pick)
		if err != nil {
			return nil, err
		}
		mine := policies.owned(p)
		mine.MemberID = call.Actor.Member0() // the defaults are everybody's to bind
		if err := t.may(bindFlag, true, mine); err != nil {
			return nil, err
		}
		if err := call.Refused.Join(change(t, p)); err != nil {
			return nil, err
		}
		if p.Default {
			about := policies.about(p)
			about.member = mine.MemberID
			err = t.record("UPDATE", about)
		} else {
			err = t.orderPolicy(p, "UPDATE")
		}
		if err != nil {
			return nil, err
		}
		return policies.view(t, p)
	}, ans)
}

// assignedIP finds a public address that is assigned to a server of the actor's.
func (t *Txn) assignedIP(p Pick) (*cloud.IP, *cloud.Server, error) {
	ip, err := ips.find(t, p, bindFlag, true)
	if err != nil {
		return nil, nil, err
	}
	if ip.ServerID == 0 || ip.Kind != cloud.PublicIP || ip.Leaving != "" {
		return nil, nil, cloud.Errorf(cloud.Conflict, "ip.free", "the address %s is not assigned to a server", ip.Addr).
			WithFix("Only addresses of servers can be bound to a firewall policy.")
	}
	s, err := store.Get[cloud.Server](t.Tx, ip.ServerID)
	if err != nil {
		return nil, nil, err
	}
	return ip, s, movable(s)
}

// bindIP is what both sides do: the address is filtered by a policy from now on, nil for
// the router's rules alone.
func (t *Txn) bindIP(s *cloud.Server, ip *cloud.IP, p *cloud.Policy) error {
	if err := t.rebind(ip, p); err != nil {
		return err
	}
	ip.Touch(t.Now(), t.Call.Actor.UserID())
	if err := store.Update(t.Tx, ip); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "server", s.ID, 0)
}

// rebind notes another policy at an address, and what it may still be filtered by until
// its router has carried that out. The former one leaves the hosts where nothing else of
// it is.
func (t *Txn) rebind(ip *cloud.IP, p *cloud.Policy) error {
	old := ip.PolicyID
	ip.PolicyID = 0
	if p != nil {
		ip.PolicyID = p.ID
	}
	if ip.PolicyID == old && !ip.BlockAll {
		return nil
	}
	if !ip.Rebound {
		ip.SeenPolicyID = old
	}
	ip.Rebound, ip.BlockAll = true, false
	if old == 0 || old == ip.PolicyID {
		return nil
	}
	return work.Enqueue(t.Tx, "policy", old, 0)
}

// defaultOf is the default policy of what runs on a server.
func (t *Txn) defaultOf(s *cloud.Server) (*cloud.Policy, error) {
	img, err := store.GetAny[cloud.Image](t.Tx, s.ImageID)
	if err != nil {
		return nil, err
	}
	return t.policyFor(Pick{}, img.Family)
}

// goesAway refuses a policy that is being removed.
func goesAway(p *cloud.Policy) error {
	return cloud.Errorf(cloud.Busy, "policy.removing", "the firewall policy %s is being removed", p.Name)
}
