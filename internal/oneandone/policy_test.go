package oneandone

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

func asPolicy(r reply) oneandone.FirewallPolicy { return parse[oneandone.FirewallPolicy](r) }

const bad = "VALIDATION_ERROR"

var webRule = obj{"protocol": "TCP", "port": 80}

// newPolicyOf makes a policy that its hosts have.
func (w *world) newPolicyOf(rules ...any) oneandone.FirewallPolicy {
	w.t.Helper()
	p := asPolicy(w.call("POST", "/firewall_policies", obj{"name": "web", "rules": rules}).want(202))
	w.settle()
	return p
}

func (w *world) policyShown(id string) oneandone.FirewallPolicy {
	w.t.Helper()
	return asPolicy(w.call("GET", "/firewall_policies/"+id, nil).want(200))
}

// A policy lives: made, renamed, rules added and removed, bound, unbound, deleted; each
// answer shows it as it will be, and the state says whether it is so yet.
func TestPolicies(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	ip := s.Ips[0].ID
	made := asPolicy(w.call("POST", "/firewall_policies", obj{
		"name": "mine", "description": "d", "rules": []any{webRule, obj{"protocol": "ICMP", "port_from": 0, "port_to": 0, "description": "ping"}},
	}).want(202))
	at := "/firewall_policies/" + made.ID
	if made.State != "CONFIGURING" || made.Default != 0 || *made.Description != "d" || len(made.Rules) != 2 || len(made.ServerIps) != 0 {
		t.Errorf("made: %+v", made)
	}
	if r := made.Rules[1]; r.PortFrom != nil || r.PortTo != nil || r.Port != nil || *r.Action != "allow" || r.Source != "0.0.0.0" ||
		*r.Description != "ping" {
		t.Errorf("a rule without ports: %+v", r)
	}
	w.settle()
	if got := w.policyShown(made.ID); got.State != "ACTIVE" {
		t.Errorf("carried out, and %s", got.State)
	}
	if r := asPolicy(w.call("PUT", at, `{"name":"new"}`).want(200)); r.Name != "new" || *r.Description != "d" || r.State != "ACTIVE" {
		t.Errorf("renamed: %+v", r)
	}
	more := asPolicy(w.call("POST", at+"/rules", obj{"rules": []any{obj{"protocol": "UDP", "port": "53"}}}).want(202))
	if more.State != "CONFIGURING" || len(more.Rules) != 3 || more.Rules[0].ID != made.Rules[0].ID || *more.Rules[2].Port != "53" {
		t.Errorf("with one more rule: %+v", more)
	}
	w.settle()
	rules := parse[[]oneandone.FirewallRule](w.call("GET", at+"/rules", nil).want(200))
	one := parse[oneandone.FirewallRule](w.call("GET", at+"/rules/"+strings.ToLower(rules[2].ID), nil).want(200))
	if one.ID != rules[2].ID || *one.Port != "53" {
		t.Errorf("one rule: %+v", one)
	}
	less := asPolicy(w.call("DELETE", at+"/rules/"+rules[1].ID, nil).want(202))
	if len(less.Rules) != 2 || less.Rules[0].ID != rules[0].ID || less.Rules[1].ID != rules[2].ID {
		t.Errorf("the order after one was removed: %+v", less.Rules)
	}
	w.call("DELETE", at+"/rules/"+rules[1].ID, nil).fails(404, "NOT_FOUND", rules[1].ID)
	w.settle()

	bound := asPolicy(w.call("POST", at+"/server_ips", obj{"server_ips": []any{ip}}).want(202))
	info := oneandone.ServerIPInfo{ID: ip, IP: s.Ips[0].IP, ServerName: "web"}
	if bound.State != "CONFIGURING" || len(bound.ServerIps) != 1 || bound.ServerIps[0] != info {
		t.Errorf("bound: %+v", bound)
	}
	if p := w.get(s.ID).Ips[0].FirewallPolicy; p == nil || p.ID != made.ID {
		t.Errorf("the server shows %+v", p)
	}
	w.settle()
	if got := w.policyShown(made.ID); got.State != "ACTIVE" || len(got.ServerIps) != 1 {
		t.Errorf("bound and carried out: %+v", got)
	}
	if list := parse[[]oneandone.ServerIPInfo](w.call("GET", at+"/server_ips", nil).want(200)); len(list) != 1 || list[0].ID != ip {
		t.Errorf("bound IPs: %+v", list)
	}
	if one := parse[oneandone.ServerIPInfo](w.call("GET", at+"/server_ips/"+ip, nil).want(200)); one.ServerName != "web" {
		t.Errorf("bound IP: %+v", one)
	}
	w.call("DELETE", at, nil).fails(409, "CONFLICT", s.Ips[0].IP)
	off := asPolicy(w.call("DELETE", at+"/server_ips/"+ip, nil).want(202))
	if off.State != "CONFIGURING" || len(off.ServerIps) != 0 {
		t.Errorf("unbound: %+v", off)
	}
	if p := w.get(s.ID).Ips[0].FirewallPolicy; p == nil || p.Name != "Linux" {
		t.Errorf("after that the server shows %+v", p)
	}
	w.call("GET", at+"/server_ips/"+ip, nil).fails(404, "NOT_FOUND", ip)
	w.call("DELETE", at+"/server_ips/"+ip, nil).fails(404, "NOT_FOUND", ip)
	gone := asPolicy(w.call("DELETE", at, nil).want(202))
	if gone.State != "REMOVING" || w.policyShown(made.ID).State != "REMOVING" {
		t.Errorf("deleted: %+v", gone)
	}
	w.call("DELETE", at, nil).fails(409, "CONFLICT", "removed")
	w.call("POST", at+"/rules", obj{"rules": []any{webRule}}).fails(409, "CONFLICT", "removed")
	w.call("POST", at+"/server_ips", obj{"server_ips": []any{ip}}).fails(409, "CONFLICT", "removed")
	w.call("PUT", "/servers/"+s.ID+"/ips/"+ip+"/firewall_policy", obj{"id": made.ID}).fails(409, "CONFLICT", "removed")
	w.settle()
	w.call("GET", at, nil).fails(404, "NOT_FOUND", made.ID)
	logs := parse[[]oneandone.Log](w.call("GET", "/logs?period=LAST_HOUR&q="+made.ID, nil).want(200))
	if len(logs) != 7 {
		t.Errorf("%d log entries, want 7", len(logs))
	}
	for _, l := range logs {
		if l.Type != "FIREWALLPOLICY" || l.Status.State != "OK" || l.Resource.ID != made.ID {
			t.Errorf("log entry %+v", l)
		}
	}
}

// What binds from the side of the server binds from the side of the policy.
func TestPolicyFromBothSides(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	p, ip := w.newPolicyOf(webRule), s.Ips[0].ID
	w.call("PUT", "/servers/"+s.ID+"/ips/"+ip+"/firewall_policy", obj{"id": p.ID}).want(202)
	if got := w.policyShown(p.ID); len(got.ServerIps) != 1 || got.State != "CONFIGURING" {
		t.Errorf("bound at the server, the policy is %+v", got)
	}
	w.settle()
	if got := w.policyShown(p.ID); got.State != "ACTIVE" {
		t.Errorf("carried out: %s", got.State)
	}
	w.call("DELETE", "/servers/"+s.ID+"/ips/"+ip+"/firewall_policy", nil).want(202)
	if got := w.policyShown(p.ID); len(got.ServerIps) != 0 || got.State != "CONFIGURING" {
		t.Errorf("unbound at the server, the policy is %+v", got)
	}
	if def := w.policyShown(w.policy.UID.String()); len(def.ServerIps) != 1 {
		t.Errorf("the default has %+v", def.ServerIps)
	}
	w.settle()
	// Blocked at creation, then bound.
	closed := w.create("closed", func(b map[string]any) { b["firewall_policy_id"] = "0" })
	if closed.Ips[0].FirewallPolicy != nil {
		t.Errorf("blocked, and shows %+v", closed.Ips[0].FirewallPolicy)
	}
	w.call("POST", "/firewall_policies/"+p.ID+"/server_ips", obj{"server_ips": []any{closed.Ips[0].ID}}).want(202)
	if row := w.ipRow(closed.Ips[0].ID); row.BlockAll || row.PolicyID == 0 || !row.Rebound {
		t.Errorf("bound after it was blocked: %+v", row)
	}
	// An address that CloudCIX gave has none, and can be bound.
	row := w.ipRow(ip)
	row.PolicyID = 0
	w.write(func(tx *store.Tx) error { return store.Update(tx, row) })
	if got := w.get(s.ID).Ips[0]; got.FirewallPolicy != nil {
		t.Errorf("without a policy it shows %+v", got.FirewallPolicy)
	}
	got := asPolicy(w.call("POST", "/firewall_policies/"+p.ID+"/server_ips", obj{"server_ips": []any{ip}}).want(202))
	if len(got.ServerIps) != 2 {
		t.Errorf("bound: %+v", got.ServerIps)
	}
}

// Everybody sees the default policies with his own addresses, binds them, and changes
// nothing about them; the operator neither.
func TestDefaultPolicies(t *testing.T) {
	w := newWorld(t)
	mine := w.create("mine")
	theirs := parse[oneandone.Server](w.as(otherKey, "POST", "/servers", w.serverBody("theirs")).want(202))
	w.settle()
	list := parse[[]oneandone.FirewallPolicy](w.call("GET", "/firewall_policies?sort=name", nil).want(200))
	if len(list) != 2 || list[0].Default != 1 || list[0].Name != "Linux" {
		t.Fatalf("defaults: %+v", list)
	}
	id := list[0].ID
	if ips := list[0].ServerIps; len(ips) != 1 || ips[0].ID != mine.Ips[0].ID {
		t.Errorf("shows %+v", ips)
	}
	at := "/firewall_policies/" + id
	rule := insertRule(w)
	operator := w.user("77777777777777777777777777777777", &cloud.Member{Meta: cloud.Meta{ID: w.policy.MemberID}, Name: "Operator"}, w.role.ID)
	w.users["77777777777777777777777777777777"] = operator
	for _, key := range []string{adminKey, "77777777777777777777777777777777"} {
		for _, c := range []struct {
			method, path string
			body         any
		}{
			{"PUT", at, obj{"name": "n"}},
			{"DELETE", at, nil},
			{"POST", at + "/rules", obj{"rules": []any{webRule}}},
			{"DELETE", at + "/rules/" + rule, nil},
		} {
			w.as(key, c.method, c.path, c.body).fails(409, "CONFLICT", "default policy Linux")
		}
	}
	windows := list[1].ID
	bound := asPolicy(w.call("POST", "/firewall_policies/"+windows+"/server_ips", obj{"server_ips": []any{mine.Ips[0].ID}}).want(202))
	if len(bound.ServerIps) != 1 || bound.State != "CONFIGURING" {
		t.Errorf("a default that was bound: %+v", bound)
	}
	other := asPolicy(w.as(otherKey, "GET", "/firewall_policies/"+windows, nil).want(200))
	if other.State != "ACTIVE" || len(other.ServerIps) != 0 {
		t.Errorf("the other member sees %+v", other)
	}
	theirIP := parse[oneandone.Server](w.as(otherKey, "GET", "/servers/"+theirs.ID, nil).want(200)).Ips[0].ID
	w.call("DELETE", at+"/server_ips/"+theirIP, nil).fails(404, "NOT_FOUND", theirIP)
	w.call("GET", at+"/server_ips/"+theirIP, nil).fails(404, "NOT_FOUND", theirIP)
}

// insertRule gives the default policy a rule and tells its id.
func insertRule(w *world) (id string) {
	w.write(func(tx *store.Tx) error {
		p, err := store.Get[cloud.Policy](tx, w.policy.ID)
		if err != nil {
			return err
		}
		p.Rules = []cloud.PolicyRule{{UID: tx.UID(), Protocol: "TCP", PortFrom: 22, PortTo: 22, Port: "22", Source: "0.0.0.0", Allow: true}}
		id = p.Rules[0].UID.String()
		return store.Update(tx, p)
	})
	return id
}

// Every way to write a rule and what is shown of it. What is shown can be sent.
func TestPolicyRules(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		sent           obj
		from, to       int
		port, source   string
		spans, sources int
	}{
		{obj{"protocol": "TCP", "port": 80}, 80, 80, "80", "0.0.0.0", 0, 0},
		{obj{"protocol": "TCP", "port": "80", "port_from": 0, "port_to": 0}, 80, 80, "80", "0.0.0.0", 0, 0},
		{obj{"protocol": "UDP", "port": "80-90", "source": ""}, 80, 90, "80-90", "0.0.0.0", 0, 0},
		{obj{"protocol": "TCP/UDP", "port": "443, 80,8000-8100", "action": ""}, 80, 8100, "443, 80,8000-8100", "0.0.0.0", 3, 0},
		{obj{"protocol": "TCP", "port_from": 22, "port_to": 40}, 22, 40, "22-40", "0.0.0.0", 0, 0},
		{obj{"protocol": "TCP", "port_from": 22}, 22, 22, "22", "0.0.0.0", 0, 0},
		{obj{"protocol": "TCP", "port": 0, "port_from": 1, "port_to": 65535, "action": "allow"}, 1, 65535, "1-65535", "0.0.0.0", 0, 0},
		{obj{"protocol": "ESP"}, 0, 0, "", "0.0.0.0", 0, 0},
		{obj{"protocol": "GRE", "source": "192.0.2.7"}, 0, 0, "", "192.0.2.7", 0, 1},
		{
			obj{"protocol": "ANY", "action": "deny", "source": "192.0.2.0/24, 198.51.100.3-198.51.100.4"},
			0, 0, "",
			"192.0.2.0/24, 198.51.100.3-198.51.100.4", 0, 3,
		},
		{obj{"protocol": "ICMP", "source": "0.0.0.0/0"}, 0, 0, "", "0.0.0.0/0", 0, 0},
		{obj{"protocol": "TCP", "port": 1, "source": "0.0.0.0,192.0.2.1"}, 1, 1, "1", "0.0.0.0,192.0.2.1", 0, 2},
		{obj{"protocol": "AH", "source": "2001:db8::/32"}, 0, 0, "", "2001:db8::/32", 0, 1},
	} {
		made := w.newPolicyOf(c.sent)
		u, _ := cloud.ParseUID(made.ID)
		var row *cloud.Policy
		w.write(func(tx *store.Tx) (err error) {
			row, err = store.ByUID[cloud.Policy](tx, u)
			return err
		})
		r := made.Rules[0]
		num := func(n *int) int {
			if n == nil {
				return 0
			}
			return *n
		}
		port := ""
		if r.Port != nil {
			port = *r.Port
		}
		if num(r.PortFrom) != c.from || num(r.PortTo) != c.to || port != c.port || r.Source != c.source ||
			len(row.Rules[0].Spans) != c.spans || len(row.Rules[0].Sources) != c.sources {
			t.Errorf("%v is shown as %d %d %q %q, kept as %+v", c.sent, num(r.PortFrom), num(r.PortTo), port, r.Source, row.Rules[0])
		}
		if deny := c.sent["action"] == "deny"; (*r.Action == "deny") != deny || row.Rules[0].Allow == deny {
			t.Errorf("%v: action %s", c.sent, *r.Action)
		}
		again := w.newPolicyOf(r).Rules[0]
		again.ID = r.ID
		same := func(r oneandone.FirewallRule) string {
			return fmt.Sprint(num(r.PortFrom), num(r.PortTo), r.Source, *r.Action)
		}
		if same(again) != same(r) {
			t.Errorf("%v comes back as %+v", c.sent, again)
		}
	}
}

// Every refusal of a policy, with its shape.
func TestPolicyRefusals(t *testing.T) {
	const all = "/firewall_policies"
	w := newWorld(t)
	s := w.create("web")
	p := w.newPolicyOf(webRule)
	at := "/firewall_policies/" + p.ID
	rules := func(r ...any) obj { return obj{"name": "n", "rules": r} }
	rule := func(more obj) obj {
		r := obj{"protocol": "TCP", "port": 80}
		for k, v := range more {
			r[k] = v
		}
		return rules(r)
	}
	many := slices.Repeat([]any{webRule}, 201)
	wide := slices.Repeat([]any{obj{"protocol": "ANY", "source": strings.TrimSuffix(strings.Repeat("10.0.0.1-10.0.0.254,", 10), ",")}}, 20)
	free := parse[oneandone.PublicIP](w.call("POST", "/public_ips", nil).want(201))
	for _, c := range []struct {
		name, method, path string
		body               any
		status             int
		kind, text         string
	}{
		{"nothing", "POST", all, nil, 400, bad, "body"},
		{"no name", "POST", all, obj{"rules": []any{webRule}}, 400, bad, "name"},
		{"long name", "POST", all, obj{"name": strings.Repeat("n", 129), "rules": []any{webRule}}, 400, bad, "128"},
		{"no rules", "POST", all, obj{"name": "n"}, 400, bad, "rules"},
		{"empty rules", "POST", all, rules(), 400, bad, "at least one rule"},
		{"rule is no object", "POST", all, rules(7), 400, bad, "rules[0]"},
		{"no protocol", "POST", all, rules(obj{"port": 80}), 400, bad, "rules[0].protocol"},
		{"unknown protocol", "POST", all, rules(obj{"protocol": "SCTP"}), 400, bad, "IPSEC"},
		{"no port", "POST", all, rules(obj{"protocol": "TCP"}), 400, bad, "rules[0].port"},
		{"zeros only", "POST", all, rules(obj{"protocol": "UDP", "port_from": 0, "port_to": 0}), 400, bad, "80-90"},
		{"port of ICMP", "POST", all, rules(obj{"protocol": "ICMP", "port": 80}), 400, bad, "no ports"},
		{"port too high", "POST", all, rule(obj{"port": 65536}), 400, bad, "65535"},
		{"port below", "POST", all, rule(obj{"port": -1}), 400, bad, "port"},
		{"half a port", "POST", all, rule(obj{"port": 80.5}), 400, bad, "80.5"},
		{"port is a list", "POST", all, rule(obj{"port": []any{80}}), 400, bad, "rules[0].port"},
		{"backward range", "POST", all, rule(obj{"port": "90-80"}), 400, bad, "ends before"},
		{"empty member", "POST", all, rule(obj{"port": "80,,90"}), 400, bad, "no port"},
		{"long list", "POST", all, rule(obj{"port": strings.Repeat("1,", 100) + "1"}), 400, bad, "101 members"},
		{"backward pair", "POST", all, rules(obj{"protocol": "TCP", "port_from": 9, "port_to": 8}), 400, bad, "rules[0].port_to"},
		{"only an end", "POST", all, rules(obj{"protocol": "TCP", "port_to": 8}), 400, bad, "rules[0].port_from"},
		{"pair too high", "POST", all, rules(obj{"protocol": "TCP", "port_from": 70000}), 400, bad, "rules[0].port_from"},
		{"both differ", "POST", all, rule(obj{"port_from": 81}), 400, bad, "one of them"},
		{"source", "POST", all, rule(obj{"source": "example.com"}), 400, bad, "rules[0].source"},
		{"source too wide", "POST", all, rule(obj{"source": "192.0.2.0/33"}), 400, bad, "192.0.2.0/33"},
		{"backward source", "POST", all, rule(obj{"source": "192.0.2.9-192.0.2.1"}), 400, bad, "ends before"},
		{"mixed source", "POST", all, rule(obj{"source": "192.0.2.9-2001:db8::1"}), 400, bad, "range"},
		{"action", "POST", all, rule(obj{"action": "drop"}), 400, bad, "rules[0].action"},
		{"deny TCP", "POST", all, rule(obj{"action": "deny"}), 400, bad, "ANY"},
		{"long description", "POST", all, rule(obj{"description": strings.Repeat("d", 257)}), 400, bad, "256"},
		{"second rule", "POST", all, rules(webRule, obj{"protocol": "TCP", "port": "x"}), 400, bad, "rules[1].port"},
		{"too many rules", "POST", all, rules(many...), 400, bad, "201 rules"},
		{"too many sources", "POST", all, rules(wide...), 400, bad, "address ranges"},
		{"too many with those there", "POST", at + "/rules", obj{"rules": many[:200]}, 400, bad, "201 rules"},
		{"no more rules", "POST", at + "/rules", obj{"rules": []any{}}, 400, bad, "rules"},
		{"empty name", "PUT", at, obj{"name": ""}, 400, bad, "name"},
		{"unknown policy", "GET", "/firewall_policies/" + unknown, nil, 404, "NOT_FOUND", unknown},
		{"no id", "GET", "/firewall_policies/zz", nil, 404, "NOT_FOUND", "zz"},
		{"unknown rule", "GET", at + "/rules/" + unknown, nil, 404, "NOT_FOUND", unknown},
		{"rule that is no id", "DELETE", at + "/rules/zz", nil, 404, "NOT_FOUND", "zz"},
		{"no IPs", "POST", at + "/server_ips", obj{"server_ips": []any{}}, 400, bad, "server_ips"},
		{"IPs as text", "POST", at + "/server_ips", obj{"server_ips": "x"}, 400, bad, "server_ips"},
		{"IP as number", "POST", at + "/server_ips", obj{"server_ips": []any{7}}, 400, bad, "server_ips[0]"},
		{"unknown IP", "POST", at + "/server_ips", obj{"server_ips": []any{s.Ips[0].ID, unknown}}, 404, "NOT_FOUND", unknown},
		{"a server", "POST", at + "/server_ips", obj{"server_ips": []any{s.ID}}, 404, "NOT_FOUND", s.ID},
		{"free IP", "POST", at + "/server_ips", obj{"server_ips": []any{free.ID}}, 409, "CONFLICT", free.IP},
		{"many IPs", "POST", at + "/server_ips", obj{"server_ips": slices.Repeat([]any{s.Ips[0].ID}, 1001)}, 400, bad, "at most 1000"},
		{"unbound IP", "GET", at + "/server_ips/" + s.Ips[0].ID, nil, 404, "NOT_FOUND", s.Ips[0].ID},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func(outer testing.TB) { w.t = outer }(w.t)
			w.t = t
			before := w.dump()
			w.call(c.method, c.path, c.body).fails(c.status, c.kind, c.text)
			if w.dump() != before {
				t.Error("a refusal changed something")
			}
		})
	}
}

// Each flag of the section opens what it is for and nothing else.
func TestPolicyFlags(t *testing.T) {
	w := newWorld(t)
	s := w.create("web")
	calls := []struct {
		flag, method, path string
		body               any
	}{
		{"show", "GET", "/firewall_policies", nil},
		{"show", "GET", "/firewall_policies/P", nil},
		{"show", "GET", "/firewall_policies/P/rules", nil},
		{"show", "GET", "/firewall_policies/P/rules/R", nil},
		{"show", "GET", "/firewall_policies/P/server_ips", nil},
		{"show", "GET", "/firewall_policies/P/server_ips/I", nil},
		{"create", "POST", "/firewall_policies", obj{"name": "n", "rules": []any{webRule}}},
		{"set_name", "PUT", "/firewall_policies/P", obj{"name": "n"}},
		{"set_description", "PUT", "/firewall_policies/P", obj{"description": "d"}},
		{"manage_rules", "POST", "/firewall_policies/P/rules", obj{"rules": []any{webRule}}},
		{"manage_rules", "DELETE", "/firewall_policies/P/rules/R", nil},
		{"manage_attached_server_ips", "POST", "/firewall_policies/P/server_ips", obj{"server_ips": []any{s.Ips[0].ID}}},
		{"manage_attached_server_ips", "DELETE", "/firewall_policies/P/server_ips/I", nil},
		{"manage_attached_server_ips", "PUT", "/servers/S/ips/I/firewall_policy", obj{"id": w.policy.UID.String()}},
		{"manage_attached_server_ips", "DELETE", "/servers/S/ips/I/firewall_policy", nil},
		{"delete", "DELETE", "/firewall_policies/Q", nil},
	}
	flags := []string{"show", "create", "delete", "set_name", "set_description", "manage_rules", "manage_attached_server_ips"}
	for i, flag := range flags {
		role := insert(w, &cloud.Role{Name: flag, Flags: []string{"firewall_policies." + flag}})
		key := strings.Repeat(fmt.Sprint(8), 31) + fmt.Sprint(i)
		w.users[key] = w.user(key, w.member, role.ID)
		for _, c := range calls {
			bound, free := w.newPolicyOf(webRule), w.newPolicyOf(webRule)
			w.call("POST", "/firewall_policies/"+bound.ID+"/server_ips", obj{"server_ips": []any{s.Ips[0].ID}}).want(202)
			w.settle()
			path := strings.NewReplacer("P", bound.ID, "Q", free.ID, "R", bound.Rules[0].ID, "I", s.Ips[0].ID, "S", s.ID).Replace(c.path)
			got := w.as(key, c.method, path, c.body)
			switch {
			case c.flag == flag && got.status >= 300:
				t.Errorf("%s does not open %s %s: %d %s", flag, c.method, c.path, got.status, got.body)
			case c.flag != flag:
				got.fails(403, "FORBIDDEN", "firewall_policies."+c.flag)
			}
			w.settle()
		}
	}
}

// A policy that has as many as there may be takes no more.
func TestPolicyBounds(t *testing.T) {
	w := newWorld(t)
	w.write(func(tx *store.Tx) error {
		for range 500 {
			if err := store.Insert(tx, &cloud.Policy{MemberID: w.member.ID, Name: "n"}); err != nil {
				return err
			}
		}
		return nil
	})
	w.call("POST", "/firewall_policies", obj{"name": "n", "rules": []any{webRule}}).fails(409, "CONFLICT", "500")
	w.as(otherKey, "POST", "/firewall_policies", obj{"name": "n", "rules": []any{webRule}}).want(202)
	p := insert(w, &cloud.Policy{MemberID: w.other.ID, Name: "busy"})
	at := "/firewall_policies/" + p.UID.String()
	for range 100 {
		w.as(otherKey, "POST", at+"/rules", obj{"rules": []any{webRule}}).want(202)
	}
	w.as(otherKey, "POST", at+"/rules", obj{"rules": []any{webRule}}).fails(409, "CONFLICT", "on their way")
	w.as(otherKey, "DELETE", at, nil).want(202)
}
