package main

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/trace"
)

func netCommand() *cobra.Command {
	cmd := asGroup(&cobra.Command{Use: "net", Short: "Ask what becomes of packets"})
	addOutput(cmd)
	cmd.AddCommand(netTrace())
	return cmd
}

func netTrace() *cobra.Command {
	return &cobra.Command{
		Use: "trace FROM TO [PROTOCOL[/PORT]]", Short: "Follow a packet and say what decides about it (default: icmp)",
		Long: `Say what becomes of the first packet of a conversation: each place that it passes,
each translation and rule that it meets, which one decides and what to change.

FROM and TO are servers or addresses; FROM may be "outside". Nothing is sent: the
answer comes from what is stored, which the hosts are told. Exit status 1 says that
it does not arrive.`,
		Example: "  virga net trace outside web tcp/22\n  virga net trace web db tcp/5432",
		Args:    usage(cobra.RangeArgs(2, 3)), ValidArgsFunction: completeMoreServers,
		RunE: func(cmd *cobra.Command, args []string) error {
			ask := trace.Ask{From: args[0], To: args[1]}
			if len(args) == 3 {
				protocol, port, found := strings.Cut(strings.ToLower(args[2]), "/")
				ask.Protocol = protocol
				if n, err := strconv.ParseUint(port, 10, 16); err == nil && n > 0 {
					ask.Port = uint16(n)
				} else if found {
					return fail(exitUsage, "%q is no port; say for example tcp/22", port)
				}
			}
			a, err := order[trace.Answer](cmd, http.MethodPost, "/trace", ask)
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(a.Steps))
			for _, s := range a.Steps {
				rows = append(rows, []string{s.Place, s.Host, s.What})
			}
			if err := show(cmd, a, []string{"PLACE", "HOST", "WHAT"}, rows); err != nil {
				return err
			}
			if !a.Arrives {
				return fail(exitFailed, "%s", strings.TrimSpace(a.Asked+" does not arrive: "+a.Why+". "+a.Fix))
			}
			say(cmd.ErrOrStderr(), "%s arrives: %s", a.Asked, a.Why)
			return nil
		},
	}
}
