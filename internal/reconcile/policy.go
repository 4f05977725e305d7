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
		hosts, err := policyHosts(tx, p.ID)
		if err != nil {
			return 0, err
		}
		doc := policyDoc(p)
		return 0, spread(tx, hub.Owner{Kind: Policy, Key: p.ID}, plan.KindPolicy, planID(p.UID), same(&doc), hosts)
	})
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
		rule := plan.Rule{Allow: r.Allow, Protocol: lower(r.Protocol)}
		if r.PortFrom > 0 {
			rule.Ports = []plan.Span{{From: uint16(r.PortFrom), To: uint16(max(r.PortTo, r.PortFrom))}} //nolint:gosec // ports, checked when written
		}
		if src := sourceCIDR(r.Source); src != "" {
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

func policyOf(tx *store.Tx, id int64) (*cloud.Policy, error) {
	return store.GetAny[cloud.Policy](tx, id)
}
