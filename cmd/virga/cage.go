package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// checkCage tries whether this machine can cage a process; guests are not
// started where it cannot.
func checkCage() machineCheck {
	const name = "cage"
	if os.Geteuid() != 0 {
		return machineCheck{name, stateNote, "not tried: only root can cage guests", "run `virga doctor` as root"}
	}
	if err := sys.ToolCage().Run(exec.Command("true")); err != nil {
		return machineCheck{
			name, stateBad, "guests cannot be caged: " + err.Error(),
			"use Linux 5.12 or newer, and not in a container that may not mount or make namespaces",
		}
	}
	return good(name, "guests run as users of their own, without capabilities, in namespaces of their own")
}

// checkGuests looks at the guests that run here: those that were started by a
// version without cages are in none until their next start.
func checkGuests(data string) []machineCheck {
	const name = "guests"
	tag, err := os.ReadFile(filepath.Join(data, "tag"))
	if err != nil {
		return nil // no installation yet, or not ours to read
	}
	in := sys.Installation{Tag: strings.TrimSpace(string(tag)), Dir: filepath.Join(data, "host", "machine")}
	all := in.Processes("v")
	if len(all) == 0 {
		return nil
	}
	var loose []string
	for _, p := range all {
		why, err := p.Loose()
		if err != nil {
			continue // it ended just now
		}
		if len(why) > 0 {
			id, _ := in.Parse("v", p.Identity)
			loose = append(loose, fmt.Sprintf("%s (%s)", id, why[0]))
		}
	}
	if len(loose) == 0 {
		return []machineCheck{good(name, fmt.Sprintf("%d, each in its cage", len(all)))}
	}
	return []machineCheck{{
		name, stateNote, "run outside a cage, since before they had one: " + strings.Join(loose, ", "),
		"reboot each with `virga server reboot`, or switch it off and on",
	}}
}
