package main

import (
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/admin"
	"github.com/virga-cloud/virga/internal/control"
)

func memberQuota() *cobra.Command {
	var in admin.SetQuota
	limits := []struct {
		flag, help string
		value      int
		to         **int
	}{
		{"servers", "servers", 0, &in.Servers},
		{"cpu", "vCPUs of all servers", 0, &in.VCPU},
		{"ram", "memory of all servers, in MiB", 0, &in.RAM},
		{"disk", "disks and block storages together, in GB", 0, &in.DiskGB},
		{"addresses", "public addresses", 0, &in.Addresses},
	}
	cmd := &cobra.Command{
		Use: "quota MEMBER", Short: "Show or set how much a member may have", Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: completeMembers,
		Long: `Show how much a member has and may have, or set what is given. 0 is no limit.
What is there already stays, also when it is more.`,
		Example: "  virga admin member quota Acme --servers 20 --addresses 5",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Member = args[0]
			for i := range limits {
				if cmd.Flags().Changed(limits[i].flag) {
					*limits[i].to = &limits[i].value
				}
			}
			m, err := order[control.MemberQuota](cmd, http.MethodPost, "/members/quota", in)
			if err != nil {
				return err
			}
			row := func(what string, used, most int) []string {
				limit := "no limit"
				if most > 0 {
					limit = strconv.Itoa(most)
				}
				return []string{what, strconv.Itoa(used), limit}
			}
			return show(cmd, m, []string{"WHAT", "HAS", "MAY HAVE"}, [][]string{
				row("servers", m.Used.Servers, m.Quota.Servers), row("vCPUs", m.Used.VCPU, m.Quota.VCPU),
				row("memory, MiB", m.Used.RAM, m.Quota.RAM), row("disk, GB", m.Used.DiskGB, m.Quota.DiskGB),
				row("public addresses", m.Used.Addresses, m.Quota.Addresses),
			})
		},
	}
	for i := range limits {
		cmd.Flags().IntVar(&limits[i].value, limits[i].flag, 0, limits[i].help)
	}
	return cmd
}
