package reconcile

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// policy keeps a firewall policy on the hosts of the routers that use it.
func (r *Reconciler) policy(ctx context.Context, it *work.Item) (time.Duration, error) {
	return once(ctx, it, nil, func(tx *store.Tx) (time.Duration, error) {
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
	rows, err := tx.Query(`SELECT DISTINCT r.host_id FROM ip i JOIN project p ON p.id = i.project_id JOIN router r ON r.id = p.router_id
		WHERE i.policy_id = $1 AND i.closed IS NULL AND r.host_id <> 0 ORDER BY 1`, id)
	if err != nil {
		return nil, fmt.Errorf("hosts of policy %d: %w", id, err)
	}
	defer rows.Close()
	var hosts []int64
	for rows.Next() {
		var h int64
		if err := rows.Scan(&h); err != nil {
			return nil, fmt.Errorf("hosts of policy %d: %w", id, err)
		}
		hosts = append(hosts, h)
	}
	return hosts, rows.Err()
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
