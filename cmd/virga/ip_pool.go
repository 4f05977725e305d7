package main

import (
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/admin"
)

func poolList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List ranges of public addresses", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := query[[]admin.Pool](cmd, "/pools")
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(list))
			for _, p := range list {
				rows = append(rows, []string{p.Region, p.Range, strconv.FormatInt(p.Used, 10)})
			}
			return show(cmd, list, []string{"REGION", "RANGE", "USED"}, rows)
		},
	}
}

func poolAdd() *cobra.Command {
	var in admin.AddPool
	cmd := &cobra.Command{
		Use: "add RANGE", Short: "Give a region more public addresses",
		Args: usage(cobra.ExactArgs(1)), Example: "  virga admin pool add 203.0.113.0/24",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Range = args[0]
			p, err := order[admin.Pool](cmd, http.MethodPost, "/pools", in)
			if err != nil {
				return err
			}
			warn(cmd.ErrOrStderr(), p.Note)
			return done(cmd, "%s is added", in.Range)
		},
	}
	cmd.Flags().StringVar(&in.Region, "region", "", "name or id of the region (default: the first)")
	offer(cmd, "region", completeRegions)
	return cmd
}
