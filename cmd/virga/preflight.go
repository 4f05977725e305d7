package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/netdev"
)

const (
	// clockSlack is how wrong a clock may be: certificates, leases and what people
	// read in logs live with that.
	clockSlack = time.Minute
	// leastMTU is what an underlay needs, so that networks in it carry what every
	// IPv6 network has to.
	leastMTU = 1280 + 50
	// vxlanPort is where other hosts send frames of projects' networks.
	vxlanPort = 4789
)

// preflight looks for all that this machine lacks to be a host of that control
// plane, before it joins: a token is for one try, and a host that joined and
// cannot work has servers placed on it. Nothing is changed.
func preflight(ctx context.Context, dir string, r *realFlags, fake bool, join host.JoinOptions) []machineCheck {
	list := []machineCheck{checkControl(ctx, join)}
	if fake {
		return list
	}
	list = append(list, checkMachine(dir)...)
	return append(list, checkUnderlay(r, "/proc"))
}

// checkControl wants a control plane that answers, is the token's, and has the
// same time.
func checkControl(ctx context.Context, join host.JoinOptions) machineCheck {
	const name = "control plane"
	ctx, cancel := context.WithTimeout(ctx, firstContact)
	defer cancel()
	off, err := host.ClockOff(ctx, join)
	if err != nil {
		return machineCheck{
			name, stateBad, fmt.Sprintf("nothing that the token is from answers at %s: %v", join.Address, err),
			"say with --control where `virga up --links` or `virga serve --links` listens, and let its TCP port through",
		}
	}
	if off.Abs() > clockSlack {
		way := "ahead of"
		if off < 0 {
			way = "behind"
		}
		return machineCheck{
			"clock", stateBad, fmt.Sprintf("%s %s that of the control plane", off.Abs().Round(time.Second), way),
			"set it, for example with `timedatectl set-ntp true`",
		}
	}
	return good(name, "answers at "+join.Address+", and has the same time")
}

// checkUnderlay looks at the way to other hosts.
func checkUnderlay(r *realFlags, proc string) machineCheck {
	const name = "underlay"
	a, err := r.underlayAddr()
	switch {
	case err != nil:
		return machineCheck{name, stateBad, err.Error(), "name an address of this machine with --underlay, or none"}
	case !a.IsValid():
		return machineCheck{
			name, stateNote, "no address towards other hosts: networks of projects do not reach this one",
			"name it with --underlay",
		}
	}
	mtu, err := netdev.UnderlayMTU(a)
	switch {
	case err != nil:
		return machineCheck{name, stateBad, err.Error(), "name an address of this machine with --underlay, or none"}
	case mtu < leastMTU:
		return machineCheck{
			name, stateBad, fmt.Sprintf("the interface of %s has an MTU of %d, and networks in it need %d", a, mtu, leastMTU),
			"raise it, or name another address with --underlay",
		}
	}
	if used, err := udpUsed(proc, a, vxlanPort); err != nil || used {
		return machineCheck{
			name, stateBad, fmt.Sprintf("UDP port %d of %s is used by another program (%v)", vxlanPort, a, err),
			"stop that program: hosts reach each other there",
		}
	}
	return good(name, fmt.Sprintf("%s, networks have an MTU of %d", a, mtu-50))
}

// udpUsed tells whether a program has a port. The kernel's own sockets, which
// tunnels of another installation have there, belong to no program.
func udpUsed(proc string, at netip.Addr, port int) (bool, error) {
	b, err := os.ReadFile(proc + "/net/udp")
	if err != nil {
		return false, fmt.Errorf("look at the sockets: %w", err)
	}
	four := at.As4()
	here := fmt.Sprintf("%02X%02X%02X%02X:%04X", four[3], four[2], four[1], four[0], port)
	all := fmt.Sprintf("00000000:%04X", port)
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) > 9 && (f[1] == here || f[1] == all) && f[9] != "0" { // the inode
			return true, nil
		}
	}
	return false, nil
}

// mayJoin says what was found, all of it, and refuses when something is missing.
func mayJoin(out io.Writer, list []machineCheck) error {
	bad := 0
	for _, c := range list {
		switch {
		case c.State == stateBad:
			bad++
			say(out, "missing       %s: %s. Do: %s", c.Name, c.Text, c.Fix)
		case c.State == stateNote:
			say(out, "note          %s: %s", c.Name, c.Text)
		}
	}
	switch bad {
	case 0:
		return nil
	case 1:
		return fail(exitFailed, "this machine does not join yet: one thing is missing; the token stays good")
	}
	return fail(exitFailed, "this machine does not join yet: %d things are missing; the token stays good", bad)
}

// join makes this machine a host, once it can be one.
func join(ctx context.Context, out io.Writer, dir string, r *realFlags, fake bool, opt host.JoinOptions) error {
	if opt.Token == "" {
		return fail(exitUsage, "this host has not joined yet; make a token with `virga admin join-token` there and give it with --join")
	}
	opt.Rand, opt.Now = rand.Reader, time.Now
	if err := mayJoin(out, preflight(ctx, dir, r, fake, opt)); err != nil {
		return err
	}
	return host.Join(ctx, opt)
}
