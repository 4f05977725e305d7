package main

import (
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/httpd"
)

// diagnosis is what the doctor says in JSON.
type diagnosis struct {
	Machine  []machineCheck  `json:"machine"`
	Running  bool            `json:"running"`
	Findings []httpd.Finding `json:"findings"`
}

func doctorCommand() *cobra.Command {
	var adopt, remove int64
	var quick bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look for what is wrong with this machine and the installation",
		Long: `Look for what is wrong: whether this machine can be a host, and, when a control
plane runs, whether database and hosts agree in both directions. It changes
nothing; a thing on a host that belongs to nothing is decided by its number with
--adopt or --remove. The exit status is 1 when something is wrong.`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := exclusive(cmd, "adopt", "remove"); err != nil {
				return err
			}
			for verb, n := range map[string]int64{"adopt": adopt, "remove": remove} {
				if !cmd.Flags().Changed(verb) {
					continue
				}
				if n < 1 {
					return fail(exitUsage, "--%s: %d is no number of a thing; `virga doctor` shows them, from 1", verb, n)
				}
				return decide(cmd, n, verb)
			}
			return doctor(cmd, quick)
		},
	}
	cmd.Flags().Int64Var(&adopt, "adopt", 0, "give the thing of this number back to what it was made for")
	cmd.Flags().Int64Var(&remove, "remove", 0, "remove the thing of this number from its host")
	cmd.Flags().BoolVar(&quick, "store", false, "look at the installation only, not at this machine")
	addOutput(cmd)
	return cmd
}

func decide(cmd *cobra.Command, id int64, verb string) error {
	if _, err := order[any](cmd, http.MethodPost, fmt.Sprintf("/orphans/%d/%s", id, verb), nil); err != nil {
		return err
	}
	return done(cmd, "number %d: its host is told to %s it", id, verb)
}

func doctor(cmd *cobra.Command, storeOnly bool) error {
	dir, err := dataDir(cmd)
	if err != nil {
		return err
	}
	d := diagnosis{Machine: []machineCheck{}, Findings: []httpd.Finding{}}
	if !storeOnly {
		d.Machine = checkMachine(dir)
	}
	d.Findings, err = query[[]httpd.Finding](cmd, "/doctor")
	d.Running = err == nil
	if err != nil && (storeOnly || exitCode(err) != exitNoServer) {
		return err
	}
	if d.Findings == nil {
		d.Findings = []httpd.Finding{}
	}
	bad := len(d.Findings)
	var rows [][]string
	for _, c := range d.Machine {
		if c.State == stateBad {
			bad++
		}
		rows = append(rows, []string{c.State, c.Name, c.Text, c.Fix})
	}
	switch {
	case !d.Running:
		rows = append(rows, []string{stateNote, "installation", "no control plane runs with " + dir, ""})
	case len(d.Findings) == 0:
		rows = append(rows, []string{stateGood, "installation", "database and hosts agree", ""})
	}
	for _, f := range d.Findings {
		what := f.What
		if f.Orphan != 0 {
			what = fmt.Sprintf("number %d: %s", f.Orphan, f.What)
		}
		rows = append(rows, []string{stateBad, f.Check, what, f.Fix})
	}
	if err := show(cmd, d, []string{"", "WHAT", "FOUND", "FIX"}, rows); err != nil {
		return err
	}
	if bad > 0 {
		return fail(exitFailed, "%s", cloud.Count(bad, "problem"))
	}
	return nil
}
