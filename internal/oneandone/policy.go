package oneandone

import (
	"errors"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/wire"
)

func (a *api) policies(h wire.Handlers) {
	short(a, h, oneandone.ListFirewallPolicies, each(all((*control.Txn).Policies), policy))
	get(a, h, oneandone.GetFirewallPolicy, (*control.Txn).Policy, pure(policy))
	write(h, oneandone.CreateFirewallPolicy, newPolicy, a.c.CreatePolicy, pure(policy))
	write(h, oneandone.UpdateFirewallPolicy, func(f *form) control.PolicyIn {
		return control.PolicyIn{Pick: f.object(), Limits: limits, Name: f.textIf("name"), Description: f.textIf("description")}
	}, a.c.UpdatePolicy, pure(policy))
	write(h, oneandone.DeleteFirewallPolicy, (*form).object, a.c.DeletePolicy, pure(policy))

	readPolicy(a, h, oneandone.ListFirewallPolicyRules, func(v *control.PolicyView, _ *wire.Request) ([]oneandone.FirewallRule, error) {
		return policy(v).Rules, nil
	})
	readPolicy(a, h, oneandone.GetFirewallPolicyRule, func(v *control.PolicyView, r *wire.Request) (out oneandone.FirewallRule, err error) {
		p, err := inPath(r, "rule_id")
		if err != nil {
			return out, err
		}
		rule, err := v.Rule(p)
		if err != nil {
			return out, err
		}
		return policyRule(rule), nil
	})
	write(h, oneandone.AddFirewallPolicyRules, func(f *form) control.PolicyIn {
		return control.PolicyIn{Pick: f.parent(), Limits: limits, Rules: rulesIn(f)}
	}, a.c.AddPolicyRules, pure(policy))
	write(h, oneandone.DeleteFirewallPolicyRule, func(f *form) control.PolicyIn {
		return control.PolicyIn{Pick: f.parent(), Rule: f.path("rule_id")}
	}, a.c.RemovePolicyRule, pure(policy))

	readPolicy(a, h, oneandone.ListFirewallPolicyServerIps, func(v *control.PolicyView, _ *wire.Request) ([]oneandone.ServerIPInfo, error) {
		return policy(v).ServerIps, nil
	})
	readPolicy(a, h, oneandone.GetFirewallPolicyServerIP, boundIP)
	write(h, oneandone.AddFirewallPolicyServerIps, func(f *form) control.PolicyIn {
		return control.PolicyIn{Pick: f.parent(), IPs: f.neededIDs("server_ips")}
	}, a.c.BindPolicy, pure(policy))
	write(h, oneandone.RemoveFirewallPolicyServerIP, func(f *form) control.PolicyIn {
		return control.PolicyIn{Pick: f.parent(), IP: f.path("server_ip_id")}
	}, a.c.UnbindPolicy, pure(policy))
}

// readPolicy registers the reading of a part of a policy.
func readPolicy[In, M any](a *api, h wire.Handlers, o op.Op[In, M], part func(*control.PolicyView, *wire.Request) (M, error)) {
	read(a, h, o, func(t *control.Txn, r *wire.Request) (m M, err error) {
		p, err := inPath(r, r.Op.Params()[0])
		if err != nil {
			return m, err
		}
		v, err := t.Policy(p)
		if err != nil {
			return m, err
		}
		return part(v, r)
	})
}

// boundIP is the address that the path names.
func boundIP(v *control.PolicyView, r *wire.Request) (out oneandone.ServerIPInfo, err error) {
	p, err := inPath(r, "server_ip_id")
	if err != nil {
		return out, err
	}
	ip, err := v.Bound(p)
	if err != nil {
		return out, err
	}
	return serverIPInfo(ip), nil
}

func newPolicy(f *form) control.PolicyIn {
	return control.PolicyIn{
		Limits: limits, Name: ptr(f.needed("name")), Description: f.textIf("description"), Rules: rulesIn(f),
	}
}

// rulesIn reads rules, of which there must be one.
func rulesIn(f *form) []control.RuleIn {
	var rules []control.RuleIn
	for _, o := range f.body.Objects(&f.bad, "rules") {
		rules = append(rules, ruleIn(o, &f.bad))
	}
	if len(rules) == 0 && !f.bad.Has("rules") {
		f.bad.Add(cloud.Errorf(cloud.Invalid, "required", "needs at least one rule").On("rules"))
	}
	return rules
}

func ruleIn(o wire.Object, p *cloud.Problems) control.RuleIn {
	if required(o, p, "protocol") != "" {
		oneOf(o, p, "protocol", "", protocols...)
	}
	in := control.RuleIn{
		Protocol: text(o, p, "protocol"), Source: text(o, p, "source"), Description: text(o, p, "description"),
		PortFrom: whole(o, p, "port_from"), PortTo: whole(o, p, "port_to"), Port: portText(o, p),
	}
	for name, n := range map[string]int{"port_from": in.PortFrom, "port_to": in.PortTo} {
		if n < 0 || n > 65535 {
			p.Add(cloud.Errorf(cloud.Invalid, "port.range", "must be 1 to 65535, not %d", n).On(o.Get(name).At()))
		}
	}
	if text(o, p, "action") != "" {
		in.Deny = oneOf(o, p, "action", "allow", "allow", "deny") == "deny"
	}
	return in
}

// protocols are those of rules (contract, section 7).
var protocols = []string{"TCP", "UDP", "TCP/UDP", "ICMP", "AH", "ESP", "GRE", "IPSEC", "ANY"}

// portText reads a port: a number, or text.
func portText(o wire.Object, p *cloud.Problems) string {
	v := o.Get("port")
	if !v.Given() {
		return ""
	}
	s, err := v.TextOrNumber()
	if e := (*cloud.Error)(nil); errors.As(err, &e) {
		p.Add(cloud.Errorf(cloud.Invalid, e.Code, "must be a number or text").On(v.At()))
	}
	return s
}

// neededIDs reads a list of ids, of which there must be one.
func (f *form) neededIDs(name string) []control.Pick {
	list := f.body.List(&f.bad, name)
	picks := make([]control.Pick, 0, len(list))
	for _, v := range list {
		s, err := v.Text()
		if e := (*cloud.Error)(nil); errors.As(err, &e) {
			f.bad.Add(e)
			continue
		}
		p, err := pickID(v.At(), s)
		f.missed(err)
		picks = append(picks, p)
	}
	if len(list) == 0 && !f.bad.Has(name) {
		f.bad.Add(cloud.Errorf(cloud.Invalid, "required", "needs at least one id").On(name))
	}
	return picks
}

func policy(v *control.PolicyView) oneandone.FirewallPolicy {
	out := oneandone.FirewallPolicy{
		ID: v.UID.String(), CloudpanelID: panelID(v.UID), Name: v.Name, Description: textOrNull(v.Description),
		State: oneandone.ResourceStateACTIVE, CreationDate: date(v.Created), Default: flag(v.Default),
		Rules: make([]oneandone.FirewallRule, len(v.Rules)), ServerIps: make([]oneandone.ServerIPInfo, len(v.IPs)),
	}
	switch {
	case v.Removing:
		out.State = oneandone.ResourceStateREMOVING
	case v.Busy:
		out.State = oneandone.ResourceStateCONFIGURING
	}
	for i := range v.Rules {
		out.Rules[i] = policyRule(&v.Rules[i])
	}
	for i := range v.IPs {
		out.ServerIps[i] = serverIPInfo(&v.IPs[i])
	}
	return out
}

// policyRule shows a rule with all three forms of its ports (contract, section 9).
func policyRule(r *cloud.PolicyRule) oneandone.FirewallRule {
	action := "deny"
	if r.Allow {
		action = "allow"
	}
	return oneandone.FirewallRule{
		ID: r.UID.String(), Protocol: r.Protocol, PortFrom: intOrNull(r.PortFrom), PortTo: intOrNull(r.PortTo), Port: textOrNull(r.Port),
		Source: r.Source, Action: &action, Description: textOrNull(r.Description),
	}
}

func serverIPInfo(ip *control.PolicyIP) oneandone.ServerIPInfo {
	out := oneandone.ServerIPInfo{ID: ip.UID.String(), IP: ip.Addr.String()}
	if ip.Server != nil {
		out.ServerName = ip.Server.Name
	}
	return out
}
