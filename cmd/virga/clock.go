package main

import (
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/admin"
)

// now is the time of the installation. Before its database is open, and that is while
// the sockets are made, nobody knows whether it was moved.
func (n *node) now() time.Time {
	if n.db == nil {
		return time.Now() // what is read there is judged again with the database open
	}
	return n.db.Now()
}

// mayBeAhead refuses a start on a database whose clock was moved, if it is not said that
// this is a test: for everybody else times that come true too early are a fault.
func (n *node) mayBeAhead() error {
	ahead := n.db.Ahead()
	if ahead == 0 || n.opt.testClock {
		return nil
	}
	return fail(exitConflict, "the clock of this installation was moved %v ahead by `virga admin clock`, for tests: "+
		"start it with --test-clock, and set it back with `virga admin clock --back %v` if it is to be used without", ahead, ahead)
}

func adminClock() *cobra.Command {
	var back time.Duration
	cmd := &cobra.Command{
		Use: "clock [+DURATION]", Short: "Show the clock of the installation, or move it in a test", Args: usage(cobra.MaximumNArgs(1)),
		Long: `Show the time that the installation goes by, or move it ahead. Everything that
waits for a time goes by it: what is due, leases, grace periods, the ends of
snapshots, tokens, sessions and answers that are kept, certificates of hosts. All
control nodes of one database go by it, and it stays moved after a restart.

It is for tests: the control plane must have been started with --test-clock.
Machines do not notice. --back takes back what it was moved ahead.`,
		Example: "  virga admin clock +24h\n  virga admin clock --back 1h30m",
		RunE: func(cmd *cobra.Command, args []string) error {
			by, err := moveOf(args, back, cmd.Flags().Changed("back"))
			if err != nil {
				return err
			}
			var c admin.Clock
			if by == 0 {
				c, err = query[admin.Clock](cmd, "/clock")
			} else {
				c, err = order[admin.Clock](cmd, http.MethodPost, "/clock", admin.MoveClock{By: by.String()})
			}
			if err != nil {
				return err
			}
			return show(cmd, c, nil, [][]string{{"now", c.Now.Format(time.RFC3339)}, {"ahead", c.Ahead}})
		},
	}
	cmd.Flags().DurationVar(&back, "back", 0, "set it back by a time, such as 1h30m, at most to the time of the machine")
	return cmd
}

// moveOf is by how much the clock is to be moved, 0 for not at all.
func moveOf(args []string, back time.Duration, given bool) (time.Duration, error) {
	if given && back <= 0 {
		return 0, fail(exitUsage, "--back: %v is no time to go back by; a right one is --back 24h", back)
	}
	if len(args) == 0 {
		return -back, nil
	}
	if given {
		return 0, fail(exitUsage, "the clock goes ahead (%s) or --back, not both", args[0])
	}
	text, ahead := strings.CutPrefix(args[0], "+")
	by, err := time.ParseDuration(text)
	if !ahead || err != nil || by <= 0 {
		return 0, fail(exitUsage, "%q is no time to go ahead by; a right one is +24h, +90m or +10s", args[0])
	}
	return by, nil
}
