package control

import (
	"context"
	"net/netip"
	"slices"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// RouterRuleIn is a firewall rule of a router as somebody writes it: see
// cloud.RouterRule. A place in the list is its order.
type RouterRuleIn struct {
	Allow        bool   `json:"allow"`
	Source       string `json:"source"` // "*", an address or a network
	Destination  string `json:"destination"`
	Protocol     string `json:"protocol"`
	Port         string `json:"port,omitempty"`
	DebugLogging bool   `json:"debug_logging,omitempty"`
	PCILogging   bool   `json:"pci_logging,omitempty"`
	Description  string `json:"description,omitempty"`
}

// RouterRules are the firewall rules of a router, in order.
func (t *Txn) RouterRules(router int64) ([]*cloud.RouterRule, error) {
	return store.Find[cloud.RouterRule](t.Tx, cloud.Where(cloud.Eq("router_id", router)).By("rank"))
}

// ProjectRules are the firewall rules of a project's router, in order; for the operator.
func (c *Control) ProjectRules(ctx context.Context, project int64) (list []RouterRuleIn, err error) {
	err = c.DB.Read(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: &Call{Actor: &auth.Actor{System: true}}}
		p, err := t.projectToRule(project)
		if err != nil {
			return err
		}
		rules, err := t.RouterRules(p.RouterID)
		if err != nil {
			return err
		}
		list = make([]RouterRuleIn, 0, len(rules))
		for _, r := range rules {
			list = append(list, RouterRuleIn{
				Allow: r.Allow, Source: r.Source, Destination: r.Destination, Protocol: r.Protocol, Port: r.Port,
				DebugLogging: r.DebugLogging, PCILogging: r.PCILogging, Description: r.Description,
			})
		}
		return nil
	})
	return list, err
}

// SetProjectRules replaces the firewall rules of a project's router; for the operator.
func (c *Control) SetProjectRules(ctx context.Context, project int64, rules []RouterRuleIn) error {
	return c.DB.Write(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: &Call{Actor: &auth.Actor{System: true}}}
		p, err := t.projectToRule(project)
		if err != nil {
			return err
		}
		r, err := store.GetAny[cloud.Router](tx, p.RouterID)
		if err != nil {
			return err
		}
		return t.changeRouter(p, r, ChangeRouterIn{Rules: append([]RouterRuleIn{}, rules...)})
	})
}

func (t *Txn) projectToRule(id int64) (*cloud.Project, error) {
	p, err := store.Get[cloud.Project](t.Tx, id)
	if store.None(err) {
		return nil, missing("project", Pick{ID: id})
	}
	return p, err
}

// changeRules replaces the firewall rules of a router; nil stays, and false says that
// they are what they were. A rule that is the same in its place keeps its number.
func (t *Txn) changeRules(p *cloud.Project, r *cloud.Router, list []RouterRuleIn) (changed bool, err error) {
	if list == nil {
		return false, nil
	}
	have, err := t.RouterRules(r.ID)
	if err != nil {
		return false, err
	}
	rules, err := t.checkRules(p, r, list)
	if err != nil {
		return false, err
	}
	for i, rule := range rules {
		if i < len(have) {
			old := *have[i]
			now := *rule
			now.Meta = old.Meta
			if now == old {
				continue
			}
			have[i].Touch(t.Now(), t.Call.Actor.UserID())
			now.Meta = have[i].Meta
			err = store.Update(t.Tx, &now)
		} else {
			rule.ModifiedBy = t.Call.Actor.UserID()
			err = store.Insert(t.Tx, rule)
		}
		if err != nil {
			return false, err
		}
		changed = true
	}
	for _, old := range have[min(len(rules), len(have)):] {
		if err := store.Delete[cloud.RouterRule](t.Tx, old.ID); err != nil {
			return false, err
		}
		changed = true
	}
	return changed, nil
}

// checkRules reads the rules, with all that is wrong with them at once.
func (t *Txn) checkRules(p *cloud.Project, r *cloud.Router, list []RouterRuleIn) (rules []*cloud.RouterRule, err error) {
	nets, err := store.Find[cloud.Subnet](t.Tx, cloud.Where(cloud.Eq("project_id", p.ID), cloud.Eq("router_id", r.ID)).By("id"))
	if err != nil {
		return nil, err
	}
	pools, err := store.Find[cloud.Subnet](t.Tx, cloud.Where(cloud.Eq("region_id", p.RegionID), cloud.Eq("pool", true)).By("id"))
	if err != nil {
		return nil, err
	}
	private := func(n netip.Prefix) bool { // R28
		public := slices.ContainsFunc(pools, func(s *cloud.Subnet) bool { return s.Prefix.Contains(n.Addr()) })
		return !public && ipam.Private(n.Addr()) || n.Addr() == netip.IPv6Unspecified()
	}
	var inside []netip.Prefix
	for _, n := range nets {
		inside = append(inside, n.Prefix)
	}
	var all cloud.Problems
	for i, in := range list {
		rule := &cloud.RouterRule{
			RouterID: r.ID, Rank: i, Allow: in.Allow, Source: in.Source, Destination: in.Destination, Protocol: in.Protocol, Port: in.Port,
			DebugLogging: in.DebugLogging, PCILogging: in.PCILogging, Description: in.Description,
		}
		add := func(e *cloud.Error) { all.Add(e.OnItem("firewall_rules", i, e.Field)) }
		rule.Check(add, private, inside)
		if e := cloud.CheckShown("description", "a description", in.Description); e != nil {
			add(e)
		}
		rules = append(rules, rule)
	}
	return rules, all.Err()
}
