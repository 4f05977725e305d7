package host

import (
	"context"
	"encoding/json"

	"github.com/virga-cloud/virga/internal/host/dhcp"
	"github.com/virga-cloud/virga/internal/plan"
)

// ensureNetwork makes a segment and, where no router does so, answers DHCP on it. It
// looks at the machine.
func (m *Real) ensureNetwork(ctx context.Context, id plan.ID, n *plan.Network, view View) (plan.Status, error) {
	st, err := m.networks.Ensure(ctx, id, *n)
	if err != nil || !st.Ready {
		return st, err
	}
	m.mu.Lock()
	delete(m.done, id)
	m.mu.Unlock()
	leases, err := m.ensureLeases(ctx, id, view)
	return merge(st, leases), err
}

// ensureLeases answers DHCP in a network without a router to the cards that machines
// here have in it. Where these are the same as before it costs no look at the machine.
func (m *Real) ensureLeases(ctx context.Context, id plan.ID, view View) (plan.Status, error) {
	n := Body[plan.Network](view, plan.KindNetwork, id)
	if n == nil {
		return plan.Status{Ready: true}, nil
	}
	if n.Prefix == "" {
		return m.servers.Remove(ctx, id)
	}
	var vms []*plan.VM
	for _, r := range view.Users(plan.Ref{Kind: plan.KindNetwork, ID: id}) {
		if vm := Body[plan.VM](view, r.Kind, r.ID); vm != nil {
			vms = append(vms, vm)
		}
	}
	spec := segmentServer(id, n, vms)
	digest := leasesDigest(spec)
	m.mu.Lock()
	same := digest != "" && m.done[id] == digest
	m.mu.Unlock()
	if same {
		return plan.Status{Ready: true}, nil
	}
	st, err := m.servers.Ensure(ctx, id, spec)
	if err == nil && st.Ready {
		m.mu.Lock()
		m.done[id] = digest
		m.mu.Unlock()
	}
	return st, err
}

func leasesDigest(s dhcp.Server) string {
	b, err := json.Marshal(s)
	if err != nil {
		return "" // equals no digest: the socket is looked at
	}
	return string(b)
}

// removeNetwork goes the other way round. Taps that no document names go first: a
// network cannot go while one hangs on its bridge.
func (m *Real) removeNetwork(ctx context.Context, id plan.ID, view View) (plan.Status, error) {
	if err := m.removeStaleTaps(ctx, view); err != nil {
		return plan.Status{}, err
	}
	m.mu.Lock()
	delete(m.done, id)
	m.mu.Unlock()
	if st, err := m.servers.Remove(ctx, id); err != nil || !st.Ready {
		return st, err
	}
	return m.networks.Remove(ctx, id)
}
