package reconcile

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// policy keeps a firewall policy on the hosts of the routers that use it.
func (r *Reconciler) policy(ctx context.Context, it *work.Item) (time.Duration, error) {
	return once(ctx, it, func(tx *store.Tx) (time.Duration, error) {
		p, err := store.GetAny[cloud.Policy](tx, it.Key)
		if store.None(err) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		var hosts []int64
		if !p.Removing && p.Alive() {
			if hosts, err = policyHosts(tx, p.ID); err != nil {
				return 0, err
			}
		}
		doc, owner := policyDoc(p), hub.Owner{Kind: Policy, Key: p.ID}
		if err := spread(tx, owner, plan.KindPolicy, planID(p.UID), same(&doc), hosts); err != nil {
			return 0, err
		}
		if p.Since == nil {
			return 0, nil
		}
		behind, err := policyBehind(tx, p, owner)
		if err != nil {
			return 0, err
		}
		return r.policyReport(tx, p, behind)
	})
}

// policyReport ends the events of a policy whose hosts have it, and its life when it was
// to go. A change that did not reach all hosts in time is said to have failed, and is
// carried out all the same when they are back; a removal never gives up.
func (r *Reconciler) policyReport(tx *store.Tx, p *cloud.Policy, behind string) (time.Duration, error) {
	limit := r.deadline(cloud.Configure)
	waited := tx.Now().Sub(*p.Since)
	switch {
	case behind == "":
		if p.Since = nil; p.Removing {
			now := tx.Now()
			p.Closed = &now
		}
	case p.Removing:
		return time.Minute, nil
	case len(p.Events) == 0:
		return 0, nil
	case waited < limit:
		return limit - waited, nil
	}
	for _, id := range p.Events {
		if err := end(tx, &cloud.Life{EventID: id}, 0, behind); err != nil {
			return 0, err
		}
	}
	p.Events = nil
	return 0, store.Update(tx, p)
}

// policyBehind says what has not carried a policy out yet, "" when everybody has.
func policyBehind(tx *store.Tx, p *cloud.Policy, owner hub.Owner) (string, error) {
	list, err := hub.Of(tx, owner)
	if err != nil {
		return "", err
	}
	for _, o := range list {
		if o.Absent || !o.Done() { // what is gone is not in the list any more
			return orderReason(o), nil
		}
	}
	moving, err := store.Find[cloud.IP](tx, cloud.Where(cloud.Eq("member_id", p.MemberID), cloud.Eq("rebound", true)).
		Showing("addr", "policy_id", "seen_policy_id"))
	for _, ip := range moving {
		if ip.PolicyID == p.ID || ip.SeenPolicyID == p.ID {
			return "the router of " + ip.Addr.String() + " has not taken the change yet", nil
		}
	}
	return "", err
}

// wakePolicies lets those look that an address is or was bound to.
func wakePolicies(tx *store.Tx, ip *cloud.IP) error {
	for _, id := range []int64{ip.PolicyID, ip.SeenPolicyID} {
		if id == 0 {
			continue
		}
		if err := work.Enqueue(tx, Policy, id, 0); err != nil {
			return err
		}
	}
	return nil
}

func policyHosts(tx *store.Tx, id int64) ([]int64, error) {
	projects, err := store.Distinct[cloud.IP](tx, "project_id", cloud.Eq("policy_id", id))
	if err != nil || len(projects) == 0 {
		return nil, err
	}
	routers, err := store.Find[cloud.Router](tx, cloud.Where(cloud.In("project_id", projects), cloud.Ne("host_id", 0)).By("host_id"))
	if err != nil {
		return nil, err
	}
	var hosts []int64
	for _, rt := range routers {
		hosts = append(hosts, rt.HostID)
	}
	return slices.Compact(hosts), nil
}

func policyDoc(p *cloud.Policy) plan.Policy {
	var doc plan.Policy
	for _, r := range p.Rules {
		rule := plan.Rule{Allow: r.Allow, Protocol: lower(r.Protocol), Sources: r.Sources}
		spans := r.Spans
		if spans == nil && r.PortFrom > 0 {
			spans = []cloud.Ports{{From: r.PortFrom, To: max(r.PortTo, r.PortFrom)}}
		}
		for _, s := range spans {
			rule.Ports = append(rule.Ports, plan.Span{From: uint16(s.From), To: uint16(s.To)}) //nolint:gosec // ports, checked when written
		}
		if src := sourceCIDR(r.Source); r.Sources == nil && src != "" {
			rule.Sources = []string{src}
		}
		doc.Rules = append(doc.Rules, rule)
	}
	return doc
}

// sourceCIDR is "" for everybody.
func sourceCIDR(text string) string {
	if text == "" || text == "0.0.0.0" || text == "0.0.0.0/0" {
		return ""
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()).String()
	}
	return text
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// policyOf is what documents name a policy by; its rules may be long, and no server's
// turn needs them.
func policyOf(tx *store.Tx, id int64) (*cloud.Policy, error) {
	return store.First[cloud.Policy](tx, cloud.Query{Where: cloud.Eq("id", id), Closed: true}.Showing("uid"))
}
