package control

import (
	"cmp"
	"context"
	"slices"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// PolicyIn makes or changes a firewall policy; nil stays.
type PolicyIn struct {
	Pick        // which, for a change
	Limits      cloud.Limits
	Name        *string
	Description *string
	Rules       []RuleIn // of a new one; added to one that is there
	Rule        Pick     // to remove
	IPs         []Pick   // to bind
	IP          Pick     // to unbind
}

// PolicyView is a policy with the addresses under it that the actor may see.
type PolicyView struct {
	*cloud.Policy
	IPs []PolicyIP
	// Busy: a host has not carried it out yet as it is shown (R5).
	Busy bool
}

// PolicyIP is a public address that a policy filters.
type PolicyIP struct {
	*cloud.IP
	Server *cloud.Server
}

// Rule finds a rule of the policy.
func (v *PolicyView) Rule(p Pick) (*cloud.PolicyRule, error) {
	for i := range v.Rules {
		if v.Rules[i].UID == p.UID {
			return &v.Rules[i], nil
		}
	}
	return nil, missing("rule", p)
}

// Bound finds an address under the policy.
func (v *PolicyView) Bound(p Pick) (*PolicyIP, error) {
	for i := range v.IPs {
		if v.IPs[i].UID == p.UID {
			return &v.IPs[i], nil
		}
	}
	return nil, missing("bound IP", p)
}

// policies are those of a member, and the defaults, which everybody sees and nobody
// changes (R31).
var policies = kind[cloud.Policy, *cloud.Policy, *PolicyView]{
	noun: "firewall policy", show: "firewall_policies.show", create: "firewall_policies.create",
	change: "firewall_policies.set_name", remove: "firewall_policies.delete",
	about: func(p *cloud.Policy) subject {
		return subject{kind: "policy", id: p.ID, uid: p.UID, name: p.Name, member: p.MemberID}
	},
	within: func(t *Txn) cloud.Cond {
		return cloud.Or(cloud.Eq("member_id", t.Call.Actor.Member0()), cloud.Eq("default", true))
	},
	guard: func(t *Txn, p *cloud.Policy, how access) error {
		switch {
		case how != changes:
		case p.Default:
			return cloud.Errorf(cloud.Conflict, "policy.default",
				"the default policy %s belongs to the operator: it cannot be changed or deleted", p.Name).
				WithFix("Make one of your own with the rules that you want, and bind your addresses to it.")
		case p.Removing:
			return cloud.Errorf(cloud.Busy, "policy.removing", "the firewall policy %s is being removed", p.Name)
		}
		return nil
	},
	views: (*Txn).policyViews,
}

// maxPolicies is how many a member may have, and maxOpen how many changes of a policy may
// be on their way.
const (
	maxPolicies = 500
	maxOpen     = 100
)

// CreatePolicy stores a policy. No host has it before an address is bound.
func (c *Control) CreatePolicy(ctx context.Context, call *Call, in PolicyIn, ans Answer[*PolicyView]) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (*PolicyView, error) {
		p := &cloud.Policy{Meta: cloud.Meta{ModifiedBy: call.Actor.UserID()}, MemberID: call.Actor.Member0()}
		err := policies.checked(call, false, func() error { return policies.mayMake(t, p) }, func() error {
			return firstProblem(describe(in.Limits, in.Name, &p.Name, in.Description, &p.Description), t.addRules(p, in.Rules, in.Limits))
		})
		if err != nil {
			return nil, err
		}
		n, err := store.Count[cloud.Policy](t.Tx, cloud.Where(cloud.Eq("member_id", p.MemberID)))
		if err != nil {
			return nil, err
		}
		if n >= maxPolicies {
			return nil, cloud.Errorf(cloud.Exhausted, "policy.many", "the account has %d firewall policies, which is the most there may be", n).
				WithFix("Delete those that no address is bound to.")
		}
		if err := store.Insert(t.Tx, p); err != nil {
			return nil, err
		}
		if err := t.orderPolicy(p, "CREATE"); err != nil {
			return nil, err
		}
		return policies.view(t, p)
	}, ans)
}

// firstProblem is all that is wrong with the input, together; any other error is
// said alone.
func firstProblem(errs ...error) error {
	var bad cloud.Problems
	for _, err := range errs {
		if !bad.Collect(err) {
			return err
		}
	}
	return bad.Err()
}

// UpdatePolicy renames or describes a policy; no host is concerned.
func (c *Control) UpdatePolicy(ctx context.Context, call *Call, in PolicyIn, ans Answer[*PolicyView]) (Reply, error) {
	k := policies
	if in.Name == nil && in.Description != nil {
		k.change = "firewall_policies.set_description"
	}
	return k.Change(ctx, c, call, in.Pick, func(_ *Txn, p *cloud.Policy) error {
		return describe(in.Limits, in.Name, &p.Name, in.Description, &p.Description)
	}, ans)
}

// AddPolicyRules puts rules behind those that are there.
func (c *Control) AddPolicyRules(ctx context.Context, call *Call, in PolicyIn, ans Answer[*PolicyView]) (Reply, error) {
	return c.onPolicy(ctx, call, in.Pick, "firewall_policies.manage_rules", ans, func(t *Txn, p *cloud.Policy) error {
		if err := t.addRules(p, in.Rules, in.Limits); err != nil {
			return err
		}
		return t.orderPolicy(p, "UPDATE")
	})
}

// RemovePolicyRule takes a rule away; the others keep their order.
func (c *Control) RemovePolicyRule(ctx context.Context, call *Call, in PolicyIn, ans Answer[*PolicyView]) (Reply, error) {
	return c.onPolicy(ctx, call, in.Pick, "firewall_policies.manage_rules", ans, func(t *Txn, p *cloud.Policy) error {
		before := len(p.Rules)
		p.Rules = slices.DeleteFunc(slices.Clone(p.Rules), func(r cloud.PolicyRule) bool { return r.UID == in.Rule.UID })
		if len(p.Rules) == before {
			return missing("rule", in.Rule)
		}
		return t.orderPolicy(p, "UPDATE")
	})
}

// DeletePolicy removes a policy that no address is bound to. It goes when the last
// host has let go of it.
func (c *Control) DeletePolicy(ctx context.Context, call *Call, in Pick, ans Answer[*PolicyView]) (Reply, error) {
	return c.onPolicy(ctx, call, in, policies.remove, ans, func(t *Txn, p *cloud.Policy) error {
		ip, err := store.First[cloud.IP](t.Tx, cloud.Where(cloud.Eq("policy_id", p.ID), cloud.Eq("leaving", "")))
		if err == nil {
			return cloud.Errorf(cloud.InUse, "policy.used", "the address %s is bound to the firewall policy %s", ip.Addr, p.Name).
				WithFix("Bind its addresses to another policy first.")
		}
		if !store.None(err) {
			return err
		}
		p.Removing = true
		return t.orderPolicy(p, "DELETE")
	})
}

// onPolicy changes a policy of the actor's own.
func (c *Control) onPolicy(
	ctx context.Context, call *Call, pick Pick, flag string, ans Answer[*PolicyView], change func(*Txn, *cloud.Policy) error,
) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (*PolicyView, error) {
		p, err := policies.find(t, pick, flag, true)
		if err != nil {
			return nil, err
		}
		if err := call.Refused.Join(change(t, p)); err != nil {
			return nil, err
		}
		return policies.view(t, p)
	}, ans)
}

// orderPolicy opens an event on a policy, has its hosts told, and writes the row.
func (t *Txn) orderPolicy(p *cloud.Policy, action string) error {
	if len(p.Events) >= maxOpen && !p.Removing {
		return cloud.Errorf(cloud.Busy, "policy.busy", "%d changes of the firewall policy %s are on their way to its hosts",
			len(p.Events), p.Name).
			WithFix("Try again when they have arrived.")
	}
	e := t.newEvent(action, policies.about(p))
	if err := store.Insert(t.Tx, e); err != nil {
		return err
	}
	now := t.Now()
	p.Since, p.Events = &now, append(slices.Clone(p.Events), e.ID)
	p.Touch(now, t.Call.Actor.UserID())
	if err := store.Update(t.Tx, p); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "policy", p.ID, 0)
}

// Policies lists those that the actor may see.
func (t *Txn) Policies(q cloud.Query) ([]*PolicyView, int64, error) { return policies.List(t, q) }

// Policy reads one policy.
func (t *Txn) Policy(p Pick) (*PolicyView, error) { return policies.Read(t, p) }

// policyViews finds the addresses under the policies that the actor may see, and
// which of them a host still filters by something else.
func (t *Txn) policyViews(rows []*cloud.Policy) ([]*PolicyView, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	views, at := make([]*PolicyView, len(rows)), map[int64]*PolicyView{}
	for i, p := range rows {
		views[i] = &PolicyView{Policy: p, Busy: p.Since != nil}
		at[p.ID] = views[i]
	}
	// In the order of their index: for that of their ids a database might read all addresses.
	seen := auth.Scope(t.Call.Actor, t.Call.Confined)
	ids := gather(rows, func(p *cloud.Policy) int64 { return p.ID })
	bound, err := store.Find[cloud.IP](t.Tx, cloud.Where(seen, cloud.In("policy_id", ids), cloud.Eq("leaving", "")).
		By("policy_id").By("project_id").By("id").Showing("uid", "addr", "server_id", "policy_id"))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(bound, func(a, b *cloud.IP) int { return cmp.Compare(a.ID, b.ID) })
	servers, err := byID[cloud.Server](t, gather(bound, func(i *cloud.IP) int64 { return i.ServerID }), "uid", "name")
	if err != nil {
		return nil, err
	}
	for _, ip := range bound {
		at[ip.PolicyID].IPs = append(at[ip.PolicyID].IPs, PolicyIP{ip, servers[ip.ServerID]})
	}
	moving, err := store.Find[cloud.IP](t.Tx, cloud.Where(seen, cloud.Eq("rebound", true)).Showing("policy_id", "seen_policy_id"))
	for _, ip := range moving {
		for _, id := range []int64{ip.PolicyID, ip.SeenPolicyID} {
			if v := at[id]; v != nil {
				v.Busy = true
			}
		}
	}
	return views, err
}
