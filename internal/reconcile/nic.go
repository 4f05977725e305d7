package reconcile

import (
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// settleCards notes the cards that a host has put into the machine, and closes those
// that it took away.
func (m *machine) settleCards() error {
	if o := m.vmOrder(); o == nil || !o.Done() {
		return nil
	}
	for _, n := range slices.Clone(m.nics) {
		switch {
		case n.Removing:
			if err := m.closeCard(n); err != nil {
				return err
			}
		case !n.Built:
			n.Built = true
			if err := store.Update(m.tx, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// closeCard ends a card, once its router does not know it any more either. Its
// addresses are free then.
func (m *machine) closeCard(n *cloud.NIC) error {
	if port := m.orders[plan.Ref{Kind: plan.KindPort, ID: planID(n.UID)}]; port != nil {
		if !port.Gone() {
			return nil
		}
		if err := hub.Drop(m.tx, port.Host, port.Kind, port.Object); err != nil {
			return err
		}
		delete(m.orders, port.Ref())
	}
	n.Had = ""
	for _, ip := range slices.Clone(m.ips) {
		if ip.NICID != n.ID {
			continue
		}
		if ip.Kind == cloud.PrivateIP && n.Had == "" {
			n.Had = ip.Addr.String()
		}
		if err := letGo(m.tx, ip); err != nil {
			return err
		}
		m.ips = slices.DeleteFunc(m.ips, func(o *cloud.IP) bool { return o == ip })
	}
	now := m.tx.Now()
	n.Closed = &now
	if err := store.Update(m.tx, n); err != nil {
		return err
	}
	m.nics = slices.DeleteFunc(m.nics, func(o *cloud.NIC) bool { return o == n })
	m.moved = true
	// Its host may have no other card of the network.
	return work.Enqueue(m.tx, Network, n.NetworkID, 0)
}

// rollbackCards takes back what was wanted of cards and never carried out: one that
// came goes, and one that was to go stays, except where its network goes too.
func (m *machine) rollbackCards() error {
	for _, n := range m.nics {
		switch {
		case n.Removing && n.Built:
			n.Removing = m.nets[n.NetworkID].Removing
		case !n.Removing && !n.Built && m.s.Change == cloud.Configure:
			n.Removing = true
		default:
			continue
		}
		if err := store.Update(m.tx, n); err != nil {
			return err
		}
	}
	return nil
}
