package main

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"

	api "github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
)

func networkCommand() *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:     "network",
		Aliases: []string{"networks", "net"},
		Short:   "Private networks between servers",
		Long: `Make private networks and say which servers are in them, through the public API. A
network joins servers of one project and leads nowhere else; cards are plugged into
running servers and taken away again.`,
	})
	addRemote(cmd)
	addOutput(cmd)
	cmd.AddCommand(networkList(), networkShow(), networkCreate(), networkDelete(),
		networkMembers("join", "Plug servers into a private network", "is in", joinNetwork),
		networkMembers("leave", "Take servers out of a private network", "left", leaveNetwork))
	return cmd
}

func networkList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List private networks", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := listed(cmd, api.ListPrivateNetworks)
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(list))
			for _, n := range list {
				rows = append(rows, []string{
					n.Name, strings.ToLower(string(n.State)), rangeOf(n), strings.Join(memberNames(n), " "), n.Datacenter.CountryCode, n.ID,
				})
			}
			if len(list) == 0 {
				if js, err := asJSON(cmd); err != nil || !js {
					say(cmd.ErrOrStderr(), "no private networks yet; make one with `virga network create NAME`")
					return err
				}
			}
			return show(cmd, list, []string{"NAME", "STATE", "RANGE", "SERVERS", "REGION", "ID"}, rows)
		},
	}
}

// rangeOf is the range of a network as people write it.
func rangeOf(n api.PrivateNetwork) string {
	mask := net.ParseIP(textOf(n.SubnetMask)).To4()
	if mask == nil {
		return textOf(n.NetworkAddress)
	}
	bits, _ := net.IPMask(mask).Size()
	a, err := netip.ParseAddr(textOf(n.NetworkAddress))
	if err != nil {
		return textOf(n.NetworkAddress)
	}
	return netip.PrefixFrom(a, bits).String()
}

func memberNames(n api.PrivateNetwork) (names []string) {
	for _, s := range n.Servers {
		names = append(names, s.Name)
	}
	return names
}

func networkShow() *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Show everything about a private network", Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: completeNetworks,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := connect(cmd)
			if err != nil {
				return err
			}
			n, err := r.network(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return showNetwork(cmd, n)
		},
	}
}

func showNetwork(cmd *cobra.Command, n api.PrivateNetwork) error {
	rows := [][]string{
		{"name", n.Name},
		{"id", n.ID},
		{"state", strings.ToLower(string(n.State))},
		{"range", rangeOf(n)},
		{"region", n.Datacenter.CountryCode},
		{"created", n.CreationDate},
	}
	if text := textOf(n.Description); text != "" {
		rows = append(rows, []string{"description", text})
	}
	for _, s := range memberNames(n) {
		rows = append(rows, []string{"server", s})
	}
	return show(cmd, n, nil, rows)
}

// network finds a private network by id or name.
func (r *remote) network(ctx context.Context, name string) (api.PrivateNetwork, error) {
	list, err := call(ctx, r, api.ListPrivateNetworks, nil, op.None{})
	if err != nil {
		return api.PrivateNetwork{}, err
	}
	return named("private network", name, list, func(n api.PrivateNetwork) (string, string) { return n.ID, n.Name },
		"`virga network list` shows them")
}

func networkCreate() *cobra.Command {
	var cidr, region, description string
	cmd := &cobra.Command{
		Use: "create NAME", Short: "Make a private network",
		Example: "  virga network create inner\n  virga network create inner --range 10.5.0.0/24",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			in := api.PrivateNetworkCreate{Name: args[0]}
			if cidr != "" {
				p, err := netip.ParsePrefix(cidr)
				if err != nil || !p.Addr().Is4() {
					return fail(exitUsage, "--range: %q is no range of IPv4 such as 10.5.0.0/24", cidr)
				}
				address, mask := p.Addr().String(), net.IP(net.CIDRMask(p.Bits(), 32)).String()
				in.NetworkAddress, in.SubnetMask = &address, &mask
			}
			if description != "" {
				in.Description = &description
			}
			r, err := connect(cmd)
			if err != nil {
				return err
			}
			if region != "" {
				id, err := r.region(cmd.Context(), region)
				if err != nil {
					return err
				}
				in.DatacenterID = &id
			}
			n, err := call(cmd.Context(), r, api.CreatePrivateNetwork, nil, in)
			if err != nil {
				return err
			}
			return showNetwork(cmd, n)
		},
	}
	cmd.Flags().StringVar(&cidr, "range", "", "addresses, such as 10.5.0.0/24 (default: one that is free)")
	cmd.Flags().StringVar(&region, "region", "", "where, by country or id (default: the installation's first region)")
	cmd.Flags().StringVar(&description, "description", "", "what it is for")
	offer(cmd, "region", completeCountries)
	return cmd
}

func networkDelete() *cobra.Command {
	return &cobra.Command{
		Use: "rm NAME...", Aliases: []string{"delete"}, Short: "Remove private networks that no server is in",
		Args: usage(cobra.MinimumNArgs(1)), ValidArgsFunction: completeNetworks,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := connect(cmd)
			if err != nil {
				return err
			}
			var list []api.PrivateNetwork
			for _, name := range args { // a name that is wrong ends it before anything is ordered
				n, err := r.network(cmd.Context(), name)
				if err != nil {
					return err
				}
				list = append(list, n)
			}
			for _, n := range list {
				if _, err := call(cmd.Context(), r, api.DeletePrivateNetwork, []string{n.ID}, op.None{}); err != nil {
					return err
				}
				if err := done(cmd, "%s is removed", n.Name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// networkMembers is a verb on the servers of a network; what says how it is with them
// afterwards.
func networkMembers(
	verb, short, what string, act func(ctx context.Context, r *remote, n api.PrivateNetwork, servers []api.ServerSummary) error,
) *cobra.Command {
	cmd := &cobra.Command{
		Use: verb + " NETWORK SERVER...", Short: short, Args: usage(cobra.MinimumNArgs(2)), ValidArgsFunction: completeNetworkMembers,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := connect(cmd)
			if err != nil {
				return err
			}
			n, err := r.network(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			var servers []api.ServerSummary
			for _, name := range args[1:] {
				s, err := r.server(cmd.Context(), name)
				if err != nil {
					return err
				}
				servers = append(servers, s)
			}
			if err := act(cmd.Context(), r, n, servers); err != nil {
				return err
			}
			for _, s := range servers {
				if !waits(cmd) {
					continue
				}
				if _, err := r.await(cmd, s.ID, s.Name); err != nil {
					return err
				}
				text := s.Name + " " + what + " " + n.Name
				if address := r.addressIn(cmd.Context(), s.ID, n.ID); address != "" {
					text += " as " + address
				}
				if err := done(cmd, "%s", text); err != nil {
					return err
				}
			}
			return nil
		},
	}
	addWait(cmd)
	return cmd
}

// addressIn is the address of a server in a network, "" when it is not in it or nobody says.
func (r *remote) addressIn(ctx context.Context, server, network string) string {
	list, err := call(ctx, r, api.ListServerPrivateNetworks, []string{server}, op.None{})
	if err != nil {
		return "" // said beside what was done, which is right without it
	}
	for _, n := range list {
		if n.ID == network {
			return textOf(n.ServerIP)
		}
	}
	return ""
}

// joinNetwork lets all of them in or none.
func joinNetwork(ctx context.Context, r *remote, n api.PrivateNetwork, servers []api.ServerSummary) error {
	in := api.ServerIdsRequest{}
	for _, s := range servers {
		in.Servers = append(in.Servers, s.ID)
	}
	_, err := call(ctx, r, api.AttachPrivateNetworkServers, []string{n.ID}, in)
	return err
}

func leaveNetwork(ctx context.Context, r *remote, n api.PrivateNetwork, servers []api.ServerSummary) error {
	for _, s := range servers {
		if _, err := call(ctx, r, api.DetachPrivateNetworkServer, []string{n.ID, s.ID}, op.None{}); err != nil {
			return err
		}
	}
	return nil
}

// completeNetworks offers names of private networks.
func completeNetworks(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	list, err := listed(cmd, api.ListPrivateNetworks)
	return names(list, err, func(n api.PrivateNetwork) string { return n.Name })
}

// completeNetworkMembers offers a network and then servers.
func completeNetworkMembers(cmd *cobra.Command, args []string, more string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completeNetworks(cmd, args, more)
	}
	return completeMoreServers(cmd, args, more)
}
