package main

import (
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/admin"
	"github.com/virga-cloud/virga/internal/cloud"
)

func regionList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List regions", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := query[[]admin.Region](cmd, "/regions")
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(list))
			for _, r := range list {
				def := ""
				switch {
				case r.Default:
					def = "default"
				case r.Driver == cloud.RobotDriver:
					def = r.Driver
				}
				rows = append(rows, []string{strconv.FormatInt(r.ID, 10), r.Name, r.Country, r.Location, r.Inside, def, r.UID})
			}
			return show(cmd, list, []string{"NO", "NAME", "COUNTRY", "LOCATION", "INSIDE", "", "ID"}, rows)
		},
	}
}

func regionAdd() *cobra.Command {
	var in admin.AddRegion
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Make a region with a range of public addresses", Args: usage(cobra.ExactArgs(1)),
		Long: `Make a region: a data centre in the 1&1 dialect, a region in CloudCIX. It has no
hosts yet; virga admin join-token HOST --region NAME brings one. A NAME of the
1&1 catalogue (US, ES, DE, GB) gets the id and location that clients know.

With --driver robot it is a region in CloudCIX only, and has no hosts of this
installation: a program of yours drives it, which logs in as the user that
virga admin user create --robot NAME makes. What it writes is not carried out
yet, and projects there are refused.`,
		Example: "  virga admin region add DE --pool 203.0.113.0/24\n" +
			"  virga admin region add paris --country FR --location Paris --pool 198.51.100.0/24\n" +
			"  virga admin region add cork --country IE --driver robot --pool 192.0.2.0/24",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Name = args[0]
			if in.Range == "" {
				return fail(exitUsage, "say with --pool which public addresses servers of %s get, such as 198.51.100.0/24", in.Name)
			}
			r, err := order[admin.Region](cmd, http.MethodPost, "/regions", in)
			if err != nil {
				return err
			}
			warn(cmd.ErrOrStderr(), r.Note)
			return show(cmd, r, nil, [][]string{
				{"no", strconv.FormatInt(r.ID, 10)}, {"name", r.Name}, {"country", r.Country}, {"location", r.Location}, {"id", r.UID},
			})
		},
	}
	cmd.Flags().StringVar(&in.Range, "pool", "", "its first range of public addresses (required)")
	cmd.Flags().StringVar(&in.Country, "country", "", "country code, two letters (default: NAME)")
	cmd.Flags().StringVar(&in.Location, "location", "", "where it is, for people")
	cmd.Flags().StringVar(&in.Driver, "driver", cloud.VirgaDriver, "virga: hosts that join; robot: a program of yours, through CloudCIX")
	cmd.Flags().StringVar(&in.Inside, "inside", "", "range of 100.64.0.0/10 inside default projects (default: as in the default region)")
	return cmd
}
