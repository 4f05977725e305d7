package host

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/virga-cloud/virga/internal/plan"
)

// parts collects the documents of a router.
func parts(id plan.ID, view View) (routerParts, bool) {
	p := routerParts{
		router: Body[plan.Router](view, plan.KindRouter, id),
		ports:  map[plan.ID]*plan.Port{}, policies: map[plan.ID]*plan.Policy{},
	}
	if p.router == nil {
		return p, false
	}
next:
	for _, ref := range view.Users(plan.Ref{Kind: plan.KindRouter, ID: id}) {
		port := Body[plan.Port](view, ref.Kind, ref.ID)
		if port == nil || port.Router != id {
			continue
		}
		// One port that waits for its policy must not keep the others waiting.
		for _, each := range port.Each() {
			for _, a := range each.Public {
				if a.Policy == "" {
					continue
				}
				policy := Body[plan.Policy](view, plan.KindPolicy, a.Policy)
				if policy == nil {
					continue next
				}
				p.policies[a.Policy] = policy
			}
		}
		p.ports[ref.ID] = port
	}
	return p, true
}

// ensureRouter makes a router with all that its ports say.
func (m *Real) ensureRouter(ctx context.Context, id plan.ID, view View) (plan.Status, error) {
	p, ok := parts(id, view)
	if !ok {
		return plan.Status{Reason: fmt.Sprintf("router %s has no document", id.Short())}, nil
	}
	m.mu.Lock()
	delete(m.done, id)
	m.mu.Unlock()
	var all []plan.Status
	if len(p.router.Outside) > 0 {
		st, err := m.provider.Ensure(ctx, m.opt.Uplink.provider(p.router.Pools))
		if err != nil {
			return plan.Status{}, fmt.Errorf("provider bridge: %w", err)
		}
		all = append(all, st)
	}
	// The namespace first: it passes nothing until the table is in.
	st, err := m.routers.Ensure(ctx, id, netdevRouter(p))
	if err != nil {
		return st, err
	}
	all = append(all, st)
	m.mu.Lock()
	w := m.watch
	m.mu.Unlock()
	if w != nil {
		if err := w.Add(m.opt.In.Netns("r", id)); err != nil {
			return plan.Status{}, err
		}
	}
	if st, err = m.tables.Ensure(ctx, id, nftTable(p)); err != nil {
		return st, err
	}
	all = append(all, st)
	if err := m.followLog(id, p); err != nil {
		return plan.Status{}, err
	}
	if st, err = m.servers.Ensure(ctx, id, dhcpServer(p)); err != nil {
		return st, err
	}
	sum := merge(append(all, st)...)
	if sum.Ready {
		m.mu.Lock()
		m.done[id] = digestOf(p)
		m.mu.Unlock()
	}
	return sum, nil
}

// followLog reads what the router's rules say, while one of them says anything.
func (m *Real) followLog(id plan.ID, p routerParts) error {
	logs := slices.ContainsFunc(p.router.Rules, func(r plan.Rule) bool { return r.Log })
	for _, policy := range p.policies {
		logs = logs || slices.ContainsFunc(policy.Rules, func(r plan.Rule) bool { return r.Log })
	}
	if logs {
		return m.logs.Follow(id)
	}
	m.logs.Forget(id)
	return nil
}

// routerOf is ensureRouter for a part of it, which costs nothing when the
// router was made of exactly these documents already.
func (m *Real) routerOf(ctx context.Context, id plan.ID, view View) (plan.Status, error) {
	if p, ok := parts(id, view); ok {
		digest := digestOf(p)
		m.mu.Lock()
		done := m.done[id] == digest
		m.mu.Unlock()
		if done {
			return plan.Status{Ready: true}, nil
		}
	}
	return m.ensureRouter(ctx, id, view)
}

func digestOf(p routerParts) string {
	b, err := json.Marshal([]any{p.router, p.sortedPorts(), p.policies})
	if err != nil {
		return "" // equals no digest: the router is looked at
	}
	return string(b)
}

// routersAmong makes the routers that are named and still wanted.
func (m *Real) routersAmong(ctx context.Context, refs []plan.Ref, view View) (plan.Status, error) {
	all := []plan.Status{}
	for _, r := range refs {
		if r.Kind != plan.KindRouter || view.Body(r) == nil {
			continue
		}
		st, err := m.routerOf(ctx, r.ID, view)
		if err != nil {
			return st, err
		}
		all = append(all, st)
	}
	return merge(all...), nil
}

// removeRouter goes the other way round: nothing passes any more before the
// namespace goes.
func (m *Real) removeRouter(ctx context.Context, id plan.ID) (plan.Status, error) {
	m.mu.Lock()
	delete(m.done, id)
	m.mu.Unlock()
	m.logs.Forget(id)
	for _, remove := range []func(context.Context, plan.ID) (plan.Status, error){m.servers.Remove, m.tables.Remove, m.routers.Remove} {
		if st, err := remove(ctx, id); err != nil || !st.Ready {
			return st, err
		}
	}
	return plan.Status{Ready: true}, nil
}
