package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/admin"
)

func hostList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List hosts", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := query[[]admin.Host](cmd, "/hosts")
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(list))
			for _, h := range list {
				seen := "never"
				if h.Seen != nil {
					seen = time.Duration(h.Quiet*float64(time.Second)).Round(time.Second).String() + " ago"
				}
				rows = append(rows, []string{
					h.Name, h.Region, h.State, seen, strconv.Itoa(h.Servers), strconv.Itoa(h.VCPU),
					fmt.Sprintf("%d of %d MiB", h.UsedRAM, h.RAM), fmt.Sprintf("%d of %d GB", h.UsedGB, h.DiskGB), h.Accel,
				})
			}
			return show(cmd, list, []string{"NAME", "REGION", "STATE", "SEEN", "SERVERS", "VCPU", "MEMORY", "DISK", "ACCEL"}, rows)
		},
	}
}

// hostSet is a verb on one host, and what is so after it; with ask a person must
// say that it is off.
func hostSet(verb, short, after string, ask bool) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: verb + " NAME", Short: short, Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: completeHosts,
		RunE: func(cmd *cobra.Command, args []string) error {
			if ask && !yes && !confirm(cmd, "Is "+args[0]+
				" switched off, and will stay so? Two running copies of a server would destroy its disk.") {
				return fail(exitFailed, "nothing was done")
			}
			if _, err := order[any](cmd, http.MethodPost, "/hosts/"+url.PathEscape(args[0])+"/"+verb, nil); err != nil {
				return err
			}
			return done(cmd, after, args[0])
		},
	}
	if ask {
		cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	}
	return cmd
}

func joinTokenCommand() *cobra.Command {
	var in admin.AddHost
	cmd := &cobra.Command{
		Use: "join-token HOST", Short: "Make a token with which a machine becomes the host of that name", Args: usage(cobra.ExactArgs(1)),
		ValidArgsFunction: completeHosts, // for --replace, and for a machine with a new disk
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Name = args[0]
			t, err := order[admin.JoinToken](cmd, http.MethodPost, "/hosts", in)
			if err != nil {
				return err
			}
			if js, err := asJSON(cmd); err != nil || js {
				return show(cmd, t, nil, nil)
			}
			say(cmd.OutOrStdout(), "%s", t.Token)
			say(cmd.ErrOrStderr(), "valid once, for %s; on the machine: virga agent --join TOKEN --control ADDRESS", t.Valid)
			return nil
		},
	}
	cmd.Flags().BoolVar(&in.Replace, "replace", false, "put out the machine that is this host now, with the servers it runs")
	cmd.Flags().StringVar(&in.Region, "region", "", "region of the host (default: the first)")
	offer(cmd, "region", completeRegions)
	return cmd
}
