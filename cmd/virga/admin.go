package main

import "github.com/spf13/cobra"

func adminCommand() *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "admin",
		Short: "Operate the installation on this machine",
		Long: `Operate the installation on this machine, through the socket DATA/admin.sock of
its running control plane. Whoever may open it is the operator.`,
	})
	addOutput(cmd)
	user := asGroup(&cobra.Command{Use: "user", Short: "Make users, set their passwords, shut them out"})
	user.AddCommand(userCreate(), userPassword(),
		userSet("disable", "Shut a user out", "Shut a user out at once: API key, logins, sessions, and open streams within seconds."),
		userSet("enable", "Let a disabled user in again", "Let a disabled user in again, by the API key and by a new login."),
		userSet("end-sessions", "Make the login tokens of a user void",
			"Make the login tokens of a user void at once, and end streams opened with them."+
				" The API key stays; `virga admin token new` replaces it."))
	member := asGroup(&cobra.Command{Use: "member", Short: "Organisations and what they may have"})
	member.AddCommand(memberQuota())
	token := asGroup(&cobra.Command{Use: "token", Short: "Make API keys"})
	token.AddCommand(tokenNew())
	region := asGroup(&cobra.Command{Use: "region", Short: "Regions (data centres)"})
	region.AddCommand(regionList(), regionAdd())
	pool := asGroup(&cobra.Command{Use: "pool", Short: "Ranges of public addresses"})
	pool.AddCommand(poolAdd(), poolList())
	host := asGroup(&cobra.Command{Use: "host", Short: "Hosts"})
	host.AddCommand(hostList(),
		hostSet("lost", "Declare a host gone for good and switched off: its servers are shown as failed, and none that ran is started elsewhere",
			"%s is lost; when it comes back it is told to stand down", true),
		hostSet("moved", "Say that a host's folder lies elsewhere now, and that nothing runs where it was",
			"%s may speak from the place where it is now", true),
		hostSet("admit", "Take a host back that was declared lost", "%s is taken back", false),
		hostSet("remove", "Forget a host without servers: what joined as it is put out and told to stand down", "%s is removed", false))
	events := asGroup(&cobra.Command{Use: "events", Short: "The record of what happened"})
	events.AddCommand(eventsExport())
	cmd.AddCommand(usersCommand(), events, user, member, token, region, pool, host, joinTokenCommand(), adminClock())
	return cmd
}
