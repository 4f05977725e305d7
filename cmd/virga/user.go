package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/admin"
)

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
				switch {
				case u.Disabled:
					state = "disabled"
				case u.Robot:
					state = "robot"
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
		Long: `Make a user with an API key, of a member that is there, or of one that is made with
--new-member: with a site of its own, and its first user is its administrator.
What is printed is shown once.`,
		Example: "  virga admin user create ann --member Acme --new-member\n  virga admin user create joe --member Acme --role read-only",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Name = args[0]
			if in.Robot != "" && in.Member == "" { // where regions belong
				in.Member = "Operator"
			}
			if in.Member == "" {
				return fail(exitUsage, "say with --member whose user %s is: an organisation, or Operator for those who run this installation",
					in.Name)
			}
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
				rows = append(rows, []string{"email", u.Email},
					[]string{"password", u.Password}, []string{"member key", u.MemberKey + "   (CloudCIX login)"})
			}
			return show(cmd, u, nil, rows)
		},
	}
	cmd.Flags().StringVar(&in.Member, "member", "",
		"organisation that the user belongs to; Operator is those who run this installation (required)")
	cmd.Flags().BoolVar(&in.NewMember, "new-member", false, "make the member too; without it the member must be there")
	cmd.Flags().BoolVar(&in.Administrator, "administrator", false,
		"administrator of the member; of Operator: reads what is of all members, and the measures")
	cmd.Flags().StringVar(&in.Robot, "robot", "",
		"the user is the robot of this region, which was made with --driver robot; needs --email, and belongs to Operator")
	cmd.Flags().StringVar(&in.Email, "email", "", "e-mail address, for the CloudCIX login")
	cmd.Flags().StringVar(&role, "role", "full", "full or read-only")
	offer(cmd, "role", cobra.FixedCompletions([]string{"full", "read-only"}, cobra.ShellCompDirectiveNoFileComp))
	offer(cmd, "member", func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return completeMembers(cmd, nil, "")
	})
	return cmd
}

func userPassword() *cobra.Command {
	var stdin bool
	cmd := &cobra.Command{
		Use: "password USER", Short: "Give a user another password for the CloudCIX login", Args: usage(cobra.ExactArgs(1)),
		ValidArgsFunction: completeUsers,
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
		ValidArgsFunction: completeUsers,
		Long:              "Give a user another API key. The user is NAME, MEMBER/NAME, an e-mail address or an id.",
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := order[admin.Token](cmd, http.MethodPost, "/users/token", admin.UserName{User: args[0]})
			if err != nil {
				return err
			}
			return show(cmd, t, nil, [][]string{{"token", t.Token}})
		},
	}
}

// userSet is a verb that changes a user and needs nothing but who it is. What it says
// after it, of one who is shut out, is the way back.
func userSet(verb, short, long string) *cobra.Command {
	var in admin.UserName
	cmd := &cobra.Command{
		Use: verb + " USER", Short: short, Args: usage(cobra.ExactArgs(1)),
		ValidArgsFunction: completeUsers,
		Long:              long + " The user is NAME, MEMBER/NAME, an e-mail address or an id.",
		RunE: func(cmd *cobra.Command, args []string) error {
			in.User = args[0]
			u, err := order[admin.User](cmd, http.MethodPost, "/users/"+verb, in)
			if err != nil {
				return err
			}
			if u.Disabled {
				say(cmd.ErrOrStderr(), "`virga admin user enable %s` lets %s in again", u.UID, u.Name)
			}
			return show(cmd, u, nil, [][]string{{"name", u.Name}, {"email", u.Email}, {"disabled", fmt.Sprint(u.Disabled)}})
		},
	}
	if verb == "disable" {
		cmd.Flags().BoolVarP(&in.Sure, "yes", "y", false, "also the operator's own user, as whom the commands of this machine speak to the API")
	}
	return cmd
}
