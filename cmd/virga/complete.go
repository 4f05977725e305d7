package main

import (
	"net/url"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	api "github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/admin"
)

// names offers to the shell what a list holds. Where nothing can be asked, nothing
// is offered, and never a file.
func names[T any](list []T, err error, name func(T) string) ([]string, cobra.ShellCompDirective) {
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	out := make([]string, 0, len(list))
	for _, e := range list {
		out = append(out, name(e))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// listed asks the service for a list of the API.
func listed[T any](cmd *cobra.Command, o op.Op[op.None, []T]) ([]T, error) {
	r, err := connect(cmd)
	if err != nil {
		return nil, err
	}
	return call(cmd.Context(), r, o, nil, op.None{})
}

// completeServers offers names of servers, for the first word.
func completeServers(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeMoreServers(cmd, args, "")
}

// completeMoreServers offers them for every word.
func completeMoreServers(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	r, err := connect(cmd)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	list, err := call(cmd.Context(), r, api.ListServers, nil, op.None{}, op.Query(url.Values{"fields": {"id,name"}}))
	return names(list, err, func(s api.ServerSummary) string { return s.Name })
}

func completeImages(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	list, err := listed(cmd, api.ListServerAppliances)
	return names(list, err, func(a api.ServerAppliance) string { return a.Name })
}

func completeFlavors(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	list, err := listed(cmd, api.ListFixedInstanceSizes)
	return names(list, err, func(s api.FixedInstanceSize) string { return s.Name })
}

func completeCountries(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	list, err := listed(cmd, api.ListDatacenters)
	return names(list, err, func(d api.Datacenter) string { return d.CountryCode })
}

// What follows is asked on the operator's socket.

// firstWord offers names of a list for the first word.
func firstWord[T any](path string, name func(T) string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		list, err := query[[]T](cmd, path)
		return names(list, err, name)
	}
}

var (
	completeHosts     = firstWord("/hosts", func(h admin.Host) string { return h.Name })
	completeAllImages = firstWord("/images", func(i admin.Image) string { return i.Name })
	completeUsers     = firstWord("/users", func(u admin.User) string { return u.Member + "/" + u.Name })
)

func completeMembers(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	all, how := firstWord("/users", func(u admin.User) string { return u.Member })(cmd, args, "")
	var members []string
	for _, m := range all {
		if len(members) == 0 || members[len(members)-1] != m { // they come by member
			members = append(members, m)
		}
	}
	return members, how
}

func completeRegions(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	list, err := query[[]admin.Region](cmd, "/regions")
	return names(list, err, func(r admin.Region) string { return r.Name })
}

// withFile are the verbs whose argument, and the flags whose value, is a file or a
// folder; the shell offers those. Elsewhere it would offer what is meant by nobody.
var withFile = []string{
	"virga backup", "virga restore", "virga image import", "virga feed import",
	"--data", "--dir", "--key", "--user-data", "--identity", "--tls-cert", "--tls-key", "--acme-root",
}

// ownHelp makes the verbs that cobra brings refuse words that they do not know, as
// ours do: it would answer with another status, or with the help of something else.
func ownHelp(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "completion":
			asGroup(c)
			for _, shell := range c.Commands() {
				shell.Args = usage(cobra.NoArgs)
			}
		case "help":
			c.Args, c.Run = usage(cobra.ArbitraryArgs), nil
			c.RunE = func(_ *cobra.Command, words []string) error {
				verb, rest, err := root.Find(words)
				if err != nil || len(rest) > 0 {
					return unknown(verb, rest)
				}
				verb.InitDefaultHelpFlag()
				return verb.Help()
			}
		}
	}
}

// noFiles lets the shell offer files for nothing else than that.
func noFiles(cmd *cobra.Command) {
	if cmd.ValidArgsFunction == nil && len(cmd.ValidArgs) == 0 && !slices.Contains(withFile, cmd.CommandPath()) {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if _, known := cmd.GetFlagCompletionFunc(f.Name); !known && !slices.Contains(withFile, "--"+f.Name) {
			offer(cmd, f.Name, cobra.NoFileCompletions)
		}
	})
	for _, c := range cmd.Commands() {
		noFiles(c)
	}
}

// offer completes a flag.
func offer(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	_ = cmd.RegisterFlagCompletionFunc(flag, f) // it fails for a flag that is not there, which a test would see
}
