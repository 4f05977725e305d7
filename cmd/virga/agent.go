package main

import (
	"context"
	"crypto/rand"
	"net"
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
	cmd.Flags().StringVar(&address, "control", "", "address of the control plane's --links listener, at the first start")
	cmd.Flags().BoolVar(&f.fake, "fake", false, "simulate the machine")
	cmd.Flags().StringVar(&logLevel, "log", "warn", "what is logged: debug, info, warn or error")
	r.add(cmd, 1)
	return cmd
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
	ctx := cmd.Context()
	folder := host.Dir{Path: d.path("host", "agent")}
	known, joined, err := host.Joined(folder)
	if err != nil {
		return err
	}
	if joined && address == "" {
		address = known
	}
	if address == "" {
		return fail(exitUsage, "where is the control plane? say it with --control ADDRESS")
	}
	dial := func(ctx context.Context) (net.Conn, error) {
		return (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", address) // dial: the control plane that the operator named
	}
	if !joined {
		if token == "" {
			return fail(exitUsage, "this host has not joined yet; make a token with `virga admin join-token` there and give it with --join")
		}
		if err := host.Join(ctx, host.JoinOptions{
			Folder: folder,
			Token:  token, Address: address, Dial: dial, Rand: rand.Reader, Now: time.Now,
		}); err != nil {
			return err
		}
	}
	client, err := host.NewClient(host.ClientOptions{Folder: folder, Dial: dial, Rand: rand.Reader, Now: time.Now})
	if err != nil {
		return err
	}
	r.guessUnderlay(sourceTowards(ctx, address))
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
	if err := runAgent(ctx, &all, host.Options{Tag: tag, Folder: folder, Machine: machine, Place: place}, client, log); err != nil {
		return err
	}
	say(cmd.OutOrStdout(), "agent of %s runs, data in %s", address, dir)
	all.Wait()
	return nil
}

// sourceTowards is the address that this machine uses towards another, "" when
// it cannot be reached. Nothing is sent.
func sourceTowards(ctx context.Context, address string) string {
	c, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "udp", address) // dial: the same
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
