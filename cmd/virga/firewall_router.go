package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/admin"
	"github.com/virga-cloud/virga/internal/control"
)

func firewallRouter() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "router PROJECT", Short: "Show or replace the rules of a project's router",
		Long: `Show the firewall rules of a project's router, in the order in which they hold,
before every policy; with --rules replace all of them by those of a file (- is
standard input): a list as the CloudCIX API has it under firewall_rules. The
project is named by its number. It goes through the socket DATA/admin.sock.`,
		Example: "  virga firewall router 12\n  virga firewall router 12 --rules rules.json",
		Args:    usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			var out admin.RouterRules
			path := "/projects/" + args[0] + "/rules"
			if file == "" {
				out, err = query[admin.RouterRules](cmd, path)
			} else {
				var in admin.RouterRules
				if in.Rules, err = readRules(cmd, file); err == nil {
					out, err = order[admin.RouterRules](cmd, http.MethodPost, path, in)
				}
			}
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(out.Rules))
			for _, r := range out.Rules {
				verdict := "deny"
				if r.Allow {
					verdict = "allow"
				}
				var logs []string
				if r.DebugLogging {
					logs = append(logs, "debug")
				}
				if r.PCILogging {
					logs = append(logs, "pci")
				}
				rows = append(rows, []string{verdict, r.Protocol, r.Port, r.Source, r.Destination, strings.Join(logs, ","), r.Description})
			}
			return show(cmd, out, []string{"", "PROTOCOL", "PORTS", "FROM", "TO", "LOG", "DESCRIPTION"}, rows)
		},
	}
	cmd.Flags().StringVar(&file, "rules", "", "file with the rules that replace those that there are")
	return cmd
}

// readRules reads the list of rules of a file.
func readRules(cmd *cobra.Command, file string) (rules []control.RouterRuleIn, err error) {
	in := cmd.InOrStdin()
	if file != "-" {
		f, err := os.Open(file) // path: the file that the operator named
		if err != nil {
			return nil, fail(exitNotFound, "read rules: %v", err)
		}
		defer f.Close()
		in = f
	}
	d := json.NewDecoder(io.LimitReader(in, maxRules))
	d.DisallowUnknownFields()
	if err := d.Decode(&rules); err != nil {
		return nil, fail(exitUsage,
			`%s is no list of rules such as [{"allow": true, "source": "*", "destination": "10.0.0.10", "protocol": "tcp", "port": "80"}]: %v`,
			file, err)
	}
	return rules, nil
}

// maxRules is how much of a file of rules is read.
const maxRules = 1 << 20
