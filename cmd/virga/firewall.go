package main

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	api "github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
)

func firewallCommand() *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use: "firewall", Aliases: []string{"firewalls", "fw"}, Short: "Say what may reach servers",
		Long: `Say what may reach servers, through the public API. A policy is named by its
name or its id. What no rule of it allows is dropped on its way in; the first
rule that fits decides. A rule is written PROTOCOL[:PORTS][@SOURCES].`,
		Example: "  virga firewall create web --allow tcp:80,443 --allow icmp\n" +
			"  virga firewall rule add web --allow tcp:22@192.0.2.0/24\n" +
			"  virga firewall bind web SERVER",
	})
	addRemote(cmd)
	addOutput(cmd)
	cmd.AddCommand(firewallList(), firewallShow(), firewallCreate(), firewallRule(), firewallBind(), firewallUnbind(), firewallDelete(),
		firewallRouter())
	return cmd
}

func firewallList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List policies", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := listed(cmd, api.ListFirewallPolicies)
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(list))
			for _, p := range list {
				def := ""
				if p.Default == 1 {
					def = "default"
				}
				rows = append(rows, []string{
					p.Name, policyState(p), strconv.Itoa(len(p.Rules)), strconv.Itoa(len(p.ServerIps)), def, p.ID,
				})
			}
			return show(cmd, list, []string{"NAME", "STATE", "RULES", "ADDRESSES", "", "ID"}, rows)
		},
	}
}

func policyState(p api.FirewallPolicy) string { return strings.ToLower(string(p.State)) }

func firewallShow() *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Show the rules of a policy and what it is bound to", Args: usage(cobra.ExactArgs(1)),
		ValidArgsFunction: completePolicies,
		RunE: func(cmd *cobra.Command, args []string) error {
			_, p, err := targetPolicy(cmd, args[0])
			if err != nil {
				return err
			}
			return showPolicy(cmd, p)
		},
	}
}

func showPolicy(cmd *cobra.Command, p api.FirewallPolicy) error {
	rows := [][]string{{"name", p.Name}, {"id", p.ID}, {"state", policyState(p)}}
	if d := textOf(p.Description); d != "" {
		rows = append(rows, []string{"description", d})
	}
	for i, r := range p.Rules {
		rows = append(rows, []string{fmt.Sprintf("rule %d", i+1), ruleText(r)})
	}
	for _, ip := range p.ServerIps {
		rows = append(rows, []string{"address", ip.IP + " of " + ip.ServerName})
	}
	return show(cmd, p, nil, rows)
}

// ruleText is a rule as it is written for --allow and --deny.
func ruleText(r api.FirewallRule) string {
	text := first(textOf(r.Action), "allow") + " " + strings.ToLower(r.Protocol)
	if port := textOf(r.Port); port != "" {
		text += ":" + strings.ReplaceAll(port, " ", "")
	}
	if r.Source != anywhere {
		text += "@" + strings.ReplaceAll(r.Source, " ", "")
	}
	if d := textOf(r.Description); d != "" {
		text += "   (" + d + ")"
	}
	return text
}

// anywhere is how the API calls everybody.
const anywhere = "0.0.0.0"

// rulesFlag collects rules in the order in which they are written, whichever of
// the two flags they came by.
type rulesFlag struct {
	action string
	rules  *[]api.FirewallRuleRequest
}

func (f rulesFlag) String() string { return "" }

// Type is what the help calls the value.
func (f rulesFlag) Type() string { return "rule" }

// Set reads PROTOCOL[:PORTS][@SOURCES].
func (f rulesFlag) Set(text string) error {
	what, sources, from := strings.Cut(text, "@")
	protocol, ports, given := strings.Cut(what, ":")
	if protocol == "" || given && ports == "" || from && sources == "" {
		return fmt.Errorf("%q is no rule; right is PROTOCOL[:PORTS][@SOURCES], such as tcp:80,443 or icmp@192.0.2.0/24", text)
	}
	rule := api.FirewallRuleRequest{Protocol: strings.ToUpper(protocol), Action: &f.action}
	if given {
		rule.Port = ports
	}
	if from {
		rule.Source = &sources
	}
	*f.rules = append(*f.rules, rule)
	return nil
}

func addRules(cmd *cobra.Command, rules *[]api.FirewallRuleRequest) {
	cmd.Flags().Var(rulesFlag{"allow", rules}, "allow", "let in: tcp:80, udp:53,5000-5100@192.0.2.0/24, icmp, any (repeat for more)")
	cmd.Flags().Var(rulesFlag{"deny", rules}, "deny", "drop, before what is allowed after it: any@192.0.2.7 (repeat for more)")
}

func firewallCreate() *cobra.Command {
	var in api.FirewallPolicyCreate
	var description string
	cmd := &cobra.Command{
		Use: "create NAME", Short: "Make a policy", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(in.Rules) == 0 {
				return fail(exitUsage, "say with --allow what may come in, such as --allow tcp:80,443")
			}
			r, err := connect(cmd)
			if err != nil {
				return err
			}
			in.Name = args[0]
			if description != "" {
				in.Description = &description
			}
			p, err := call(cmd.Context(), r, api.CreateFirewallPolicy, nil, in)
			return r.settlePolicy(cmd, p, err)
		},
	}
	addRules(cmd, &in.Rules)
	cmd.Flags().StringVar(&description, "description", "", "what it is for")
	addWait(cmd)
	return cmd
}

func firewallRule() *cobra.Command {
	cmd := asGroup(&cobra.Command{Use: "rule", Aliases: []string{"rules"}, Short: "Add and remove rules of a policy"})
	var in api.FirewallRulesAdd
	add := &cobra.Command{
		Use: "add NAME", Short: "Add rules behind those that are there", Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: completePolicies,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(in.Rules) == 0 {
				return fail(exitUsage, "say what to add with --allow or --deny")
			}
			r, p, err := targetPolicy(cmd, args[0])
			if err != nil {
				return err
			}
			p, err = call(cmd.Context(), r, api.AddFirewallPolicyRules, []string{p.ID}, in)
			return r.settlePolicy(cmd, p, err)
		},
	}
	addRules(add, &in.Rules)
	remove := &cobra.Command{
		Use: "remove NAME RULE...", Aliases: []string{"rm"}, Short: "Remove rules, by their numbers in `virga firewall show` or their ids",
		Args: usage(cobra.MinimumNArgs(2)), ValidArgsFunction: completePolicies,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, p, err := targetPolicy(cmd, args[0])
			if err != nil {
				return err
			}
			ids, err := ruleIDs(p, args[1:])
			for _, id := range ids {
				if p, err = call(cmd.Context(), r, api.DeleteFirewallPolicyRule, []string{p.ID, id}, op.None{}); err != nil {
					return err
				}
			}
			return r.settlePolicy(cmd, p, err)
		},
	}
	addWait(add)
	addWait(remove)
	cmd.AddCommand(add, remove)
	return cmd
}

// ruleIDs finds all rules before any is removed: numbers move when one goes.
func ruleIDs(p api.FirewallPolicy, words []string) ([]string, error) {
	ids := make([]string, 0, len(words))
	for _, w := range words {
		id := ""
		n, err := strconv.Atoi(w)
		for i, r := range p.Rules {
			if err == nil && n == i+1 || strings.EqualFold(r.ID, w) {
				id = r.ID
			}
		}
		if id == "" {
			return nil, fail(exitNotFound, "%s has no rule %q; `virga firewall show %s` numbers them", p.Name, w, p.Name)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func firewallBind() *cobra.Command {
	cmd := &cobra.Command{
		Use: "bind NAME SERVER|ADDRESS...", Short: "Let a policy decide what reaches servers", Args: usage(cobra.MinimumNArgs(2)),
		ValidArgsFunction: completeBound,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, p, err := targetPolicy(cmd, args[0])
			if err != nil {
				return err
			}
			ids, err := r.addressIDs(cmd.Context(), args[1:])
			if err != nil {
				return err
			}
			p, err = call(cmd.Context(), r, api.AddFirewallPolicyServerIps, []string{p.ID}, api.ServerIPIdsRequest{ServerIps: ids})
			return r.settlePolicy(cmd, p, err)
		},
	}
	addWait(cmd)
	return cmd
}

func firewallUnbind() *cobra.Command {
	cmd := &cobra.Command{
		Use: "unbind NAME SERVER|ADDRESS...", Short: "Put servers back under the default policy", Args: usage(cobra.MinimumNArgs(2)),
		ValidArgsFunction: completeBound,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, p, err := targetPolicy(cmd, args[0])
			if err != nil {
				return err
			}
			ids, err := r.addressIDs(cmd.Context(), args[1:])
			for _, id := range ids {
				if p, err = call(cmd.Context(), r, api.RemoveFirewallPolicyServerIP, []string{p.ID, id}, op.None{}); err != nil {
					return err
				}
			}
			return r.settlePolicy(cmd, p, err)
		},
	}
	addWait(cmd)
	return cmd
}

// addressIDs finds the public addresses that words mean: one by itself, or all of a
// server.
func (r *remote) addressIDs(ctx context.Context, words []string) ([]string, error) {
	var ids []string
	for _, w := range words {
		if _, err := netip.ParseAddr(w); err == nil {
			list, err := call(ctx, r, api.ListPublicIps, nil, op.None{}, op.Query(url.Values{"q": {w}}))
			if err != nil {
				return nil, err
			}
			ip, err := named("public address", w, list, func(ip api.PublicIP) (string, string) { return ip.ID, ip.IP },
				"`virga server list` shows those of servers")
			if err != nil {
				return nil, err
			}
			ids = append(ids, ip.ID)
			continue
		}
		s, err := r.server(ctx, w)
		if err != nil {
			return nil, err
		}
		full, err := call(ctx, r, api.GetServer, []string{s.ID}, op.None{})
		if err != nil {
			return nil, err
		}
		if len(full.Ips) == 0 {
			return nil, fail(exitConflict, "%s has no public address", s.Name)
		}
		for _, ip := range full.Ips {
			ids = append(ids, ip.ID)
		}
	}
	return ids, nil
}

func firewallDelete() *cobra.Command {
	cmd := &cobra.Command{
		Use: "delete NAME...", Aliases: []string{"rm"}, Short: "Remove policies that nothing is bound to", Args: usage(cobra.MinimumNArgs(1)),
		ValidArgsFunction: completeMorePolicies,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := connect(cmd)
			if err != nil {
				return err
			}
			list := make([]api.FirewallPolicy, 0, len(args))
			for _, name := range args {
				p, err := r.policy(cmd.Context(), name)
				if err != nil {
					return err
				}
				list = append(list, p)
			}
			for _, p := range list {
				what := "is being removed"
				_, err := call(cmd.Context(), r, api.DeleteFirewallPolicy, []string{p.ID}, op.None{})
				if err == nil && waits(cmd) {
					what = "is removed"
					_, err = r.awaitPolicy(cmd, p)
				}
				if err != nil {
					return err
				}
				if err := done(cmd, "%s %s", p.Name, what); err != nil {
					return err
				}
			}
			return nil
		},
	}
	addWait(cmd)
	return cmd
}

// settlePolicy ends a verb on a policy: it waits until its hosts have carried it out and
// shows what came of it, or, with --no-wait, what the API answered.
func (r *remote) settlePolicy(cmd *cobra.Command, p api.FirewallPolicy, err error) error {
	if err == nil && waits(cmd) {
		p, err = r.awaitPolicy(cmd, p)
	}
	if err != nil {
		return err
	}
	return showPolicy(cmd, p)
}

// awaitPolicy asks until a policy is at rest, or gone when it is being removed.
func (r *remote) awaitPolicy(cmd *cobra.Command, p api.FirewallPolicy) (api.FirewallPolicy, error) {
	limit, _ := cmd.Flags().GetDuration("timeout")
	ctx, cancel := context.WithTimeout(cmd.Context(), limit)
	defer cancel()
	for {
		now, err := call(ctx, r, api.GetFirewallPolicy, []string{p.ID}, op.None{})
		switch {
		case exitCode(err) == exitNotFound, err == nil && now.State == api.ResourceStateACTIVE:
			return now, nil
		case err != nil && ctx.Err() == nil:
			return now, err
		case ctx.Err() != nil || !pause(ctx, r.client.Poll):
			return now, fail(exitTimeout, "%s is not carried out by its hosts yet; it goes on, and `virga doctor` says what it waits for", p.Name)
		}
	}
}

// targetPolicy connects and finds the policy that was named.
func targetPolicy(cmd *cobra.Command, name string) (*remote, api.FirewallPolicy, error) {
	r, err := connect(cmd)
	if err != nil {
		return nil, api.FirewallPolicy{}, err
	}
	p, err := r.policy(cmd.Context(), name)
	return r, p, err
}

// policy finds a policy by id or name. Names need not be unique in this API.
func (r *remote) policy(ctx context.Context, name string) (api.FirewallPolicy, error) {
	if _, ok := cloud.ParseUID(name); ok {
		if p, err := call(ctx, r, api.GetFirewallPolicy, []string{name}, op.None{}); err == nil || exitCode(err) != exitNotFound {
			return p, err
		}
	}
	list, err := call(ctx, r, api.ListFirewallPolicies, nil, op.None{}, op.Query(url.Values{"q": {name}}))
	if err != nil {
		return api.FirewallPolicy{}, err
	}
	return named("firewall policy", name, list, func(p api.FirewallPolicy) (string, string) { return p.ID, p.Name },
		"`virga firewall list` shows them")
}

// completePolicies offers names of policies, for the first word.
func completePolicies(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeMorePolicies(cmd, args, "")
}

// completeMorePolicies offers them for every word.
func completeMorePolicies(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	list, err := listed(cmd, api.ListFirewallPolicies)
	return names(list, err, func(p api.FirewallPolicy) string { return p.Name })
}

// completeBound offers a policy and then servers.
func completeBound(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completePolicies(cmd, args, "")
	}
	return completeMoreServers(cmd, args, "")
}
