package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/admin"
)

func adminCommand() *cobra.Command {
	cmd := asGroup(&cobra.Command{
		Use:   "admin",
		Short: "Operate the installation on this machine",
		Long: `Operate the installation on this machine, through the socket DATA/admin.sock of
its running control plane. Whoever may open it is the operator.`,
	})
	addOutput(cmd)
	user := asGroup(&cobra.Command{Use: "user", Short: "Make users and set their passwords"})
	user.AddCommand(userCreate(), userPassword())
	token := asGroup(&cobra.Command{Use: "token", Short: "Make API keys"})
	token.AddCommand(tokenNew())
	region := asGroup(&cobra.Command{Use: "region", Short: "Regions (data centres)"})
	region.AddCommand(regionList(), regionAdd())
	pool := asGroup(&cobra.Command{Use: "pool", Short: "Ranges of public addresses"})
	pool.AddCommand(poolAdd(), poolList())
	host := asGroup(&cobra.Command{Use: "host", Short: "Hosts"})
	host.AddCommand(hostList(), hostSet("lost", "Declare a host gone for good and switched off: its servers are started elsewhere or shown as lost"),
		hostSet("admit", "Take a host back that was declared lost"),
		hostSet("remove", "Forget a host without servers: what joined as it is put out and told to stand down"))
	cmd.AddCommand(usersCommand(), user, token, region, pool, host, joinTokenCommand())
	return cmd
}

func usersCommand() *cobra.Command {
	return &cobra.Command{
		Use: "users", Short: "List the users of all members", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := query[[]admin.User](cmd, "/users")
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(list))
			for _, u := range list {
				state := "active"
				if u.Disabled {
					state = "disabled"
				}
				rows = append(rows, []string{u.Member, u.Name, u.Email, u.Role, state, u.UID})
			}
			return show(cmd, list, []string{"MEMBER", "NAME", "EMAIL", "ROLE", "STATE", "ID"}, rows)
		},
	}
}

func userCreate() *cobra.Command {
	var in admin.AddUser
	var role string
	cmd := &cobra.Command{
		Use: "create NAME", Short: "Make a user, and the member it belongs to", Args: usage(cobra.ExactArgs(1)),
		Long: `Make a user with an API key. A member of a new name is made with a site of its
own, and its first user is its administrator. What is printed is shown once.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Name = args[0]
			switch role {
			case "full":
			case "read-only":
				in.ReadOnly = true
			default:
				return fail(exitUsage, "--role is full or read-only, not %q", role)
			}
			u, err := order[admin.NewUser](cmd, http.MethodPost, "/users", in)
			if err != nil {
				return err
			}
			rows := [][]string{{"member", u.Member}, {"name", u.Name}, {"token", u.Token + "   (1&1, X-TOKEN)"}}
			if u.Email != "" {
				rows = append(rows, []string{"email", u.Email}, []string{"password", u.Password}, []string{"member key", u.MemberKey + "   (CloudCIX login)"})
			}
			return show(cmd, u, nil, rows)
		},
	}
	cmd.Flags().StringVar(&in.Member, "member", "", "organisation that the user belongs to (default: the operator's)")
	cmd.Flags().StringVar(&in.Email, "email", "", "e-mail address, for the CloudCIX login")
	cmd.Flags().StringVar(&role, "role", "full", "full or read-only")
	return cmd
}

func userPassword() *cobra.Command {
	var stdin bool
	cmd := &cobra.Command{
		Use: "password USER", Short: "Give a user another password for the CloudCIX login", Args: usage(cobra.ExactArgs(1)),
		Long: `Give a user another password for the CloudCIX login; the old one is void at
once. It is made and shown once, or read from the first line of standard input
with --stdin. The user is NAME, MEMBER/NAME, an e-mail address or an id.`,
		Example: "  virga admin user password Operator/admin\n  virga admin user password ann@acme.example --stdin < file",
		RunE: func(cmd *cobra.Command, args []string) error {
			in := admin.NewPassword{User: args[0]}
			if stdin {
				line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 1<<16)).ReadString('\n')
				if err != nil && !errors.Is(err, io.EOF) {
					return fmt.Errorf("read the password: %w", err)
				}
				if in.Password = strings.TrimRight(line, "\r\n"); in.Password == "" {
					return fail(exitUsage, "--stdin: the first line of standard input is empty, and should be the password")
				}
			}
			p, err := order[admin.Password](cmd, http.MethodPost, "/users/password", in)
			if err != nil {
				return err
			}
			rows := [][]string{{"name", p.Name}, {"email", p.Email}}
			if p.Password != "" {
				rows = append(rows, []string{"password", p.Password})
			}
			return show(cmd, p, nil, rows)
		},
	}
	cmd.Flags().BoolVar(&stdin, "stdin", false, "read the password from standard input")
	return cmd
}

func tokenNew() *cobra.Command {
	return &cobra.Command{
		Use: "new USER", Short: "Give a user another API key; the old one is void at once", Args: usage(cobra.ExactArgs(1)),
		Long: "Give a user another API key. The user is NAME, MEMBER/NAME, an e-mail address or an id.",
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := order[admin.Token](cmd, http.MethodPost, "/users/token", admin.NewToken{User: args[0]})
			if err != nil {
				return err
			}
			return show(cmd, t, nil, [][]string{{"token", t.Token}})
		},
	}
}

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
				if r.Default {
					def = "default"
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
1&1 catalogue (US, ES, DE, GB) gets the id and location that clients know.`,
		Example: "  virga admin region add DE --pool 203.0.113.0/24\n  virga admin region add paris --country FR --location Paris --pool 198.51.100.0/24",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Name = args[0]
			r, err := order[admin.Region](cmd, http.MethodPost, "/regions", in)
			if err != nil {
				return err
			}
			return show(cmd, r, nil, [][]string{{"no", strconv.FormatInt(r.ID, 10)}, {"name", r.Name}, {"country", r.Country}, {"location", r.Location}, {"id", r.UID}})
		},
	}
	cmd.Flags().StringVar(&in.Range, "pool", "", "its first range of public addresses (required)")
	cmd.Flags().StringVar(&in.Country, "country", "", "country code, two letters (default: NAME)")
	cmd.Flags().StringVar(&in.Location, "location", "", "where it is, for people")
	cmd.Flags().StringVar(&in.Inside, "inside", "", "range of 100.64.0.0/10 inside default projects (default: as in the default region)")
	return cmd
}

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
		Use: "add RANGE", Short: "Give a region more public addresses", Args: usage(cobra.ExactArgs(1)), Example: "  virga admin pool add 203.0.113.0/24",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Range = args[0]
			_, err := order[any](cmd, http.MethodPost, "/pools", in)
			return err
		},
	}
	cmd.Flags().StringVar(&in.Region, "region", "", "name or id of the region (default: the first)")
	return cmd
}

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
					seen = time.Since(*h.Seen).Round(time.Second).String() + " ago"
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

func hostSet(verb, short string) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: verb + " NAME", Short: short, Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if verb == "lost" && !yes && !confirm(cmd, "Is "+args[0]+" switched off, and will stay so? Two running copies of a server would destroy its disk.") {
				return fail(exitFailed, "nothing was done")
			}
			_, err := order[any](cmd, http.MethodPost, "/hosts/"+url.PathEscape(args[0])+"/"+verb, nil)
			return err
		},
	}
	if verb == "lost" {
		cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	}
	return cmd
}

func joinTokenCommand() *cobra.Command {
	var in admin.AddHost
	cmd := &cobra.Command{
		Use: "join-token HOST", Short: "Make a token with which a machine becomes the host of that name", Args: usage(cobra.ExactArgs(1)),
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
	cmd.Flags().StringVar(&in.Region, "region", "", "region of the host (default: the first)")
	return cmd
}
