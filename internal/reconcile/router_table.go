package reconcile

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// Table is what a router filters and translates by, as far as it is about some servers.
type Table struct {
	Router   plan.Router
	Ports    []plan.Port // one for each private address
	Policies map[plan.ID]plan.Policy
}

// RouterTable compiles what the router of some servers shall do, from the rows as they
// are now and not as they were ordered. It changes nothing.
func RouterTable(tx *store.Tx, rt *cloud.Router, servers ...int64) (*Table, error) {
	nets, err := routed(tx, rt)
	if err != nil {
		return nil, err
	}
	doc, err := routerDoc(tx, rt, nets)
	if err != nil {
		return nil, err
	}
	t := &Table{Router: *doc, Policies: map[plan.ID]plan.Policy{}}
	for _, id := range servers {
		s, err := store.Get[cloud.Server](tx, id)
		if err != nil {
			return nil, err
		}
		m := &machine{tx: tx, s: s, owner: hub.Owner{Kind: Server, Key: id}}
		if err := m.load(); err != nil {
			return nil, err
		}
		for _, n := range m.nics {
			port, err := m.port(n)
			if err != nil {
				return nil, err
			}
			if port != nil {
				t.Ports = append(t.Ports, port.Each()...)
			}
		}
		for _, named := range m.policies { // with all of its rules
			p, err := store.GetAny[cloud.Policy](tx, named.ID)
			if err != nil {
				return nil, err
			}
			t.Policies[planID(p.UID)] = policyDoc(p)
		}
	}
	return t, nil
}
