package control

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
)

// RuleIn is a new rule of a policy.
type RuleIn struct {
	Protocol         string
	Port             string // "80", "80-90", "80,443"; "" and "0": PortFrom and PortTo say it
	PortFrom, PortTo int    // 0: absent
	Source           string // address, prefix, range or a list of them; "": everybody
	Deny             bool   // only with ANY
	Description      string
}

// anySource is the source of a rule that names none.
const anySource = "0.0.0.0"

// portWords are protocols with ports, and those without.
var portWords = map[string]bool{
	"TCP": true, "UDP": true, "TCP/UDP": true,
	"ICMP": false, "AH": false, "ESP": false, "GRE": false, "IPSEC": false, "ANY": false,
}

// addRules checks rules and puts them behind those of a policy.
func (t *Txn) addRules(p *cloud.Policy, in []RuleIn, limits cloud.Limits) error {
	var bad cloud.Problems
	rules := slices.Clone(p.Rules)
	for i, r := range in {
		rule, err := ruleOf(r, limits)
		if err != nil {
			bad.Add(err.OnItem("rules", i, err.Field))
			continue
		}
		rule.UID = t.UID()
		rules = append(rules, rule)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if len(rules) > cloud.MaxPolicyRules {
		return cloud.Errorf(cloud.Invalid, "rules.many", "the policy would have %d rules, at most %d are allowed",
			len(rules), cloud.MaxPolicyRules).On("rules").WithFix("A rule takes a list of ports and a list of sources.")
	}
	sources := 0
	for _, r := range rules {
		sources += max(1, len(r.Sources))
	}
	if sources > cloud.MaxPolicySources {
		return cloud.Errorf(cloud.Invalid, "rules.sources", "the sources of the rules would be %d address ranges, at most %d are allowed",
			sources, cloud.MaxPolicySources).On("rules").WithFix("Ranges that are whole prefixes, such as 192.0.2.0/24, count once.")
	}
	p.Rules = rules
	return nil
}

// ruleOf checks one rule; the error names the field.
func ruleOf(in RuleIn, limits cloud.Limits) (r cloud.PolicyRule, err *cloud.Error) {
	r = cloud.PolicyRule{Protocol: in.Protocol, Source: in.Source, Allow: !in.Deny, Description: in.Description}
	ports, known := portWords[in.Protocol]
	if !known {
		return r, cloud.Errorf(cloud.Invalid, "protocol.unknown", "%q is no protocol of a rule", in.Protocol).On("protocol")
	}
	if in.Deny && in.Protocol != "ANY" {
		return r, cloud.Errorf(cloud.Invalid, "action.deny", "deny is possible with the protocol ANY only, not with %s", in.Protocol).
			On("action").WithFix("What no rule allows is denied: leave the rule out.")
	}
	if n := len([]rune(in.Description)); n > limits.Description {
		return r, cloud.Errorf(cloud.Invalid, "description.long", "has %d characters, at most %d are allowed", n, limits.Description).
			On("description")
	}
	if err := rulePorts(&r, in, ports); err != nil {
		return r, err
	}
	return r, ruleSource(&r)
}

// rulePorts reads the ports of a rule: the text, else the older pair. What is shown has
// both, and can be sent.
func rulePorts(r *cloud.PolicyRule, in RuleIn, ports bool) *cloud.Error {
	text := strings.TrimSpace(in.Port)
	given := text != "" && text != "0"
	pair := in.PortFrom != 0 || in.PortTo != 0
	switch {
	case !ports && (given || pair):
		return cloud.Errorf(cloud.Invalid, "port.none", "%s has no ports", in.Protocol).On("port").
			WithFix("Leave them out, or use TCP, UDP or TCP/UDP.")
	case !ports:
		return nil
	case !given && !pair:
		return cloud.Errorf(cloud.Invalid, "port.needed", "%s needs a port, a range such as 80-90, or a list such as 80,443", in.Protocol).
			On("port").WithFix("1-65535 is all of them.")
	}
	if !given {
		from, to := in.PortFrom, max(in.PortTo, in.PortFrom)
		if from == 0 {
			return cloud.Errorf(cloud.Invalid, "port.from", "is needed beside port_to").On("port_from")
		}
		if in.PortTo != 0 && in.PortTo < from {
			return cloud.Errorf(cloud.Invalid, "port.order", "is %d, which is below port_from (%d)", in.PortTo, from).On("port_to")
		}
		if text = strconv.Itoa(from); to > from {
			text += "-" + strconv.Itoa(to)
		}
	}
	spans, err := ParsePorts(text)
	if err != nil {
		return cloud.Errorf(cloud.Invalid, "port.form", "%v", err).On("port").WithFix("Right are 80, 80-90 and 80,443,8000-8100.")
	}
	r.Port, r.PortFrom, r.PortTo = text, spans[0].From, spans[0].To
	for _, s := range spans {
		r.PortFrom, r.PortTo = min(r.PortFrom, s.From), max(r.PortTo, s.To)
	}
	if len(spans) > 1 {
		r.Spans = spans
	}
	if given && pair && (in.PortFrom != r.PortFrom || max(in.PortTo, in.PortFrom) != r.PortTo) {
		return cloud.Errorf(cloud.Invalid, "port.both", "is %q, but port_from and port_to say %d to %d", text, in.PortFrom, in.PortTo).
			On("port").WithFix("Send one of them.")
	}
	return nil
}

// maxList bounds the members of a list of ports or sources.
const maxList = 100

// ParsePorts reads a list of ports and ranges, in the order in which it was written.
func ParsePorts(text string) ([]cloud.Ports, error) {
	parts := strings.Split(text, ",")
	if len(parts) > maxList {
		return nil, fmt.Errorf("has %d members, at most %d are allowed", len(parts), maxList)
	}
	spans := make([]cloud.Ports, 0, len(parts))
	for _, part := range parts {
		first, last, isRange := strings.Cut(part, "-")
		from, err := portOf(first)
		if err != nil {
			return nil, err
		}
		to := from
		if isRange {
			if to, err = portOf(last); err != nil {
				return nil, err
			}
		}
		if to < from {
			return nil, fmt.Errorf("the range %q ends before it begins", strings.TrimSpace(part))
		}
		spans = append(spans, cloud.Ports{From: from, To: to})
	}
	return spans, nil
}

func portOf(text string) (int, error) {
	text = strings.TrimSpace(text)
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n < 1 || n > 65535 {
		return 0, fmt.Errorf("%q is no port: those are 1 to 65535", text)
	}
	return int(n), nil
}

// ruleSource reads who a rule is about.
func ruleSource(r *cloud.PolicyRule) *cloud.Error {
	r.Source = strings.TrimSpace(r.Source)
	if r.Source == "" {
		r.Source = anySource
	}
	sources, err := ParseSources(r.Source)
	if err != nil {
		return cloud.Errorf(cloud.Invalid, "source.form", "%v", err).On("source").
			WithFix("Right are 192.0.2.7, 192.0.2.0/24, 192.0.2.7-192.0.2.9, and a list of them with commas; 0.0.0.0 is everybody.")
	}
	r.Sources = sources
	return nil
}

// ParseSources gives the prefixes that a source stands for; none for everybody, which is
// more than all of IPv4.
func ParseSources(text string) ([]string, error) {
	parts := strings.Split(text, ",")
	if len(parts) > maxList {
		return nil, fmt.Errorf("has %d members, at most %d are allowed", len(parts), maxList)
	}
	if text == anySource || text == anySource+"/0" {
		return nil, nil
	}
	var all []string
	for _, part := range parts {
		prefixes, err := sourceOf(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		for _, p := range prefixes {
			all = append(all, p.String())
		}
	}
	return all, nil
}

func sourceOf(text string) ([]netip.Prefix, error) {
	wrong := fmt.Errorf("%q is no address, prefix or range", text)
	if text == anySource {
		return []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0)}, nil
	}
	if first, last, isRange := strings.Cut(text, "-"); isRange {
		a, err := netip.ParseAddr(strings.TrimSpace(first))
		b, err2 := netip.ParseAddr(strings.TrimSpace(last))
		if err != nil || err2 != nil || a.Zone() != "" || b.Zone() != "" || a.Is4() != b.Is4() || a.Is4In6() || b.Is4In6() {
			return nil, wrong
		}
		if b.Less(a) {
			return nil, fmt.Errorf("the range %q ends before it begins", text)
		}
		return ipam.Blocks(a, b), nil
	}
	if a, err := netip.ParseAddr(text); err == nil {
		if a.Zone() != "" || a.Is4In6() {
			return nil, wrong
		}
		return []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}, nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil || p.Addr().Is4In6() {
		return nil, wrong
	}
	return []netip.Prefix{p.Masked()}, nil
}
