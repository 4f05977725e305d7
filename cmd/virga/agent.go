package main

import (
	"context"
	"crypto/rand"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/host"
)

func agentCommand() *cobra.Command {
	var join, address, logLevel string
	var f upFlags
	var r realFlags
	cmd := &cobra.Command{
		Use:   "agent",
		Short: "Run the host of this machine for a control plane elsewhere",
		Long: `Run the host of this machine for a control plane elsewhere.

The operator makes a one-time token with "virga admin join-token NAME"; the
first start takes it with --join and --control, later ones know both.`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.logLevel = logLevel
			return agent(cmd, &f, &r, join, address)
		},
	}
	cmd.Flags().StringVar(&join, "join", "", "one-time join token, at the first start")
	cmd.Flags().StringVar(&address, "control", "",
		"address of the control plane's --links listener, at the first start; of several nodes all, with commas between")
	cmd.Flags().BoolVar(&f.fake, "fake", false, "simulate the machine")
	cmd.Flags().StringVar(&logLevel, "log", "warn", "what is logged: debug, info, warn or error")
	r.add(cmd, 1)
	return cmd
}

// nodesOf reads the addresses of control nodes.
func nodesOf(text string) ([]string, error) {
	if text == "" {
		return nil, fail(exitUsage, "where is the control plane? say it with --control ADDRESS")
	}
	list := strings.Split(text, ",")
	for _, a := range list {
		if _, _, err := net.SplitHostPort(a); err != nil {
			return nil, fail(exitUsage, "--control: %q is no address such as 192.0.2.1:7443", a)
		}
	}
	return list, nil
}

func agent(cmd *cobra.Command, f *upFlags, r *realFlags, token, address string) error {
	dir, err := dataDir(cmd)
	if err != nil {
		return err
	}
	log, err := f.logger()
	if err != nil {
		return err
	}
	d, err := openData(dir)
	if err != nil {
		return err
	}
	defer d.close()
	if err := d.mayBe(f.fake); err != nil {
		return err
	}
	ctx := cmd.Context()
	folder := host.Dir{Path: d.path("host", "agent")}
	known, joined, err := host.Joined(folder)
	if err != nil {
		return err
	}
	if joined && address == "" {
		address = known
	}
	addresses, err := nodesOf(address)
	if err != nil {
		return err
	}
	if joined && address != known { // other nodes than at the join, also for later starts
		if err := host.SetAddress(folder, address); err != nil {
			return err
		}
	}
	out := cmd.OutOrStdout()
	dial := host.DialAny(addresses, time.Now, dialTCP)
	r.guessUnderlay(sourceTowards(ctx, addresses[0]))
	if joined && !f.fake {
		if err := lookAtMachine(out, dir); err != nil {
			return err
		}
	}
	if !f.fake {
		if err := r.check(d); err != nil {
			return err
		}
	}
	if !joined {
		if err := join(ctx, out, dir, r, f.fake, host.JoinOptions{Folder: folder, Token: token, Address: address, Dial: dial}); err != nil {
			return err
		}
	}
	if err := d.be(f.fake); err != nil {
		return err
	}
	client, err := host.NewClient(host.ClientOptions{Folder: folder, Dial: dial, Rand: rand.Reader, Now: time.Now})
	if err != nil {
		return err
	}
	machine, closeMachine, err := openMachine(ctx, d, r, f.fake, client)
	if err != nil {
		return err
	}
	defer closeMachine()
	tag, err := d.tag()
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	place, err := host.PlaceOf(folder.Path)
	if err != nil {
		return err
	}
	met := make(chan struct{})
	opt := host.Options{Tag: tag, Folder: folder, Machine: machine, Place: place}
	if err := runAgent(ctx, &all, opt, client, log, func() { close(met) }); err != nil {
		return err
	}
	say(out, "agent of %s runs, data in %s", address, dir)
	sayMet(ctx, out, met, address)
	all.Wait()
	return nil
}

// sayMet says that the control plane has seen this host, or that it did not yet.
func sayMet(ctx context.Context, out io.Writer, met <-chan struct{}, address string) {
	late := time.After(firstContact)
	for {
		select {
		case <-ctx.Done():
			return
		case <-met:
			say(out, "ready %s", time.Now().Format(time.TimeOnly))
			return
		case <-late:
			late = nil
			say(out, "not ready: the control plane at %s has not taken this host into a session yet; it is tried again and again", address)
		}
	}
}

// sourceTowards is the address that this machine uses towards another, "" when
// it cannot be reached. Nothing is sent.
func sourceTowards(ctx context.Context, address string) string {
	c, err := (&net.Dialer{Timeout: dialTime}).DialContext(ctx, "udp", address) // dial: the same
	if err != nil {
		return ""
	}
	defer c.Close()
	host, _, err := net.SplitHostPort(c.LocalAddr().String())
	if err != nil {
		return ""
	}
	return host
}
