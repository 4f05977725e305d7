package reconcile

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

func policyOf(tx *store.Tx, id int64) (*cloud.Policy, error) {
	return store.GetAny[cloud.Policy](tx, id)
}

func volumeUID(tx *store.Tx, id int64) (cloud.UID, error) {
	v, err := store.GetAny[cloud.Volume](tx, id)
	if err != nil {
		return cloud.UID{}, err
	}
	return v.UID, nil
}

// spread orders a shared document on every host of a set and its absence on
// all others that have it; what is gone is forgotten.
func spread(tx *store.Tx, owner hub.Owner, kind plan.Kind, id plan.ID, body any, hosts []int64) error {
	for _, h := range hosts {
		if err := put(tx, h, kind, id, body, owner); err != nil {
			return err
		}
	}
	list, err := hub.Of(tx, owner)
	if err != nil {
		return err
	}
	for _, o := range list {
		switch {
		case slices.Contains(hosts, o.Host) && o.Object == id:
		case o.Gone():
			if err := hub.Drop(tx, o.Host, o.Kind, o.Object); err != nil {
				return err
			}
		default:
			if err := put(tx, o.Host, o.Kind, o.Object, nil, owner); err != nil {
				return err
			}
		}
	}
	return nil
}

// network keeps a segment on every host with a card in it, and on its
// router's.
func (r *Reconciler) network(ctx context.Context, it *work.Item) (time.Duration, error) {
	return once(ctx, it, nil, func(tx *store.Tx) (time.Duration, error) {
		n, err := store.GetAny[cloud.Subnet](tx, it.Key)
		if store.None(err) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		hosts, err := networkHosts(tx, n)
		if err != nil {
			return 0, err
		}
		doc := plan.Network{VNI: int(n.ID)}
		return 0, spread(tx, hub.Owner{Kind: Network, Key: n.ID}, plan.KindNetwork, planID(n.UID), &doc, hosts)
	})
}

func networkHosts(tx *store.Tx, n *cloud.Subnet) ([]int64, error) {
	rows, err := tx.Query(`SELECT DISTINCT s.host_id FROM nic c JOIN server s ON s.id = c.server_id
		WHERE c.network_id = $1 AND c.closed IS NULL AND s.closed IS NULL AND s.host_id <> 0 ORDER BY 1`, n.ID)
	if err != nil {
		return nil, fmt.Errorf("hosts of network %d: %w", n.ID, err)
	}
	defer rows.Close()
	var hosts []int64
	for rows.Next() {
		var h int64
		if err := rows.Scan(&h); err != nil {
			return nil, fmt.Errorf("hosts of network %d: %w", n.ID, err)
		}
		hosts = append(hosts, h)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if n.RouterID != 0 && n.Alive() {
		rt, err := store.GetAny[cloud.Router](tx, n.RouterID)
		if err != nil {
			return nil, err
		}
		if rt.Alive() && rt.HostID != 0 && !slices.Contains(hosts, rt.HostID) {
			hosts = append(hosts, rt.HostID)
		}
	}
	return hosts, nil
}

// image keeps an image on every host that has a machine made from it or has
// it in a drive. Hosts keep the bytes of live images once they have them, so
// that the next machine starts at once; those of removed images go with the
// last machine.
func (r *Reconciler) image(ctx context.Context, it *work.Item) (time.Duration, error) {
	return once(ctx, it, nil, func(tx *store.Tx) (time.Duration, error) {
		img, err := store.GetAny[cloud.Image](tx, it.Key)
		if store.None(err) {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		owner := hub.Owner{Kind: Image, Key: img.ID}
		q := cloud.Where(cloud.Or(cloud.Eq("image_id", img.ID), cloud.Eq("dvd_id", img.ID), cloud.Eq("seen_dvd_id", img.ID), cloud.Eq("seen_image_id", img.ID)))
		servers, err := store.Find[cloud.Server](tx, q.By("host_id"))
		if err != nil {
			return 0, err
		}
		var hosts []int64
		for _, s := range servers {
			if !slices.Contains(hosts, s.HostID) {
				hosts = append(hosts, s.HostID)
			}
		}
		if img.Alive() {
			list, err := hub.Of(tx, owner)
			if err != nil {
				return 0, err
			}
			for _, o := range list {
				if !o.Absent && !slices.Contains(hosts, o.Host) {
					hosts = append(hosts, o.Host)
				}
			}
		}
		doc := plan.Image{Digest: img.Digest, Size: img.SizeBytes, Format: "virga"}
		return 0, spread(tx, owner, plan.KindImage, imageID(img), &doc, hosts)
	})
}

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
		return 0, spread(tx, hub.Owner{Kind: Policy, Key: p.ID}, plan.KindPolicy, planID(p.UID), &doc, hosts)
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
