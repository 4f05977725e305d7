package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// upFlags are what `virga up` and `virga serve` share.
type upFlags struct {
	listen, links, dsn, pool, inside, logLevel string
	tlsCert, tlsKey                            string
	proxies                                    []string
	acme                                       acmeFlags
	fake, dev, acceptKeys, testClock           bool
}

func (f *upFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8080", "address of both APIs; port 0 takes a free one")
	cmd.Flags().StringVar(&f.tlsCert, "tls-cert", "",
		"file with the certificate of the APIs and its chain; read again when it changes (default: plain HTTP)")
	cmd.Flags().StringVar(&f.tlsKey, "tls-key", "", "file with the key of that certificate")
	f.acme.add(cmd)
	cmd.Flags().StringSliceVar(&f.proxies, "trust-proxy", nil,
		"addresses of proxies, such as 192.0.2.0/28, that say in X-Forwarded-For where requests come from")
	cmd.Flags().StringVar(&f.links, "links", "", "address at which remote hosts connect (default: none may)")
	cmd.Flags().StringVar(&f.dsn, "postgres", "", "PostgreSQL instead of the SQLite file: a connection string")
	cmd.Flags().StringVar(&f.pool, "pool", "", "public addresses of the first region, at the first start (default 198.18.0.0/15)")
	cmd.Flags().StringVar(&f.inside, "inside", "",
		"private range of default projects, at the first start (default 100.64.0.0/16, with --fake 100.64.0.0/10)")
	cmd.Flags().BoolVar(&f.fake, "fake", false, "simulate all hosts: the same product without machines")
	cmd.Flags().BoolVar(&f.dev, "dev", false, "watch every request and answer against the contracts")
	cmd.Flags().BoolVar(&f.acceptKeys, "accept-keys", false,
		"take the keys in DATA/keys although the database was made with others, which are lost")
	cmd.Flags().BoolVar(&f.testClock, "test-clock", false,
		`let "virga admin clock" move the clock of the installation; for tests only`)
	cmd.Flags().StringVar(&f.logLevel, "log", "warn", "what is logged: debug, info, warn or error")
}

func (f *upFlags) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.logLevel)); err != nil {
		return nil, &coded{code: exitUsage, err: fmt.Errorf("--log: %q is none of debug, info, warn and error", f.logLevel)}
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})), nil
}

func (f *upFlags) options(d *data, log *slog.Logger) (nodeOptions, error) {
	o := nodeOptions{
		data: d, dsn: f.dsn, listen: f.listen, links: f.links, fake: f.fake, dev: f.dev, pool: f.pool, inside: f.inside, log: log,
		tlsCert: f.tlsCert, tlsKey: f.tlsKey, acceptKeys: f.acceptKeys, testClock: f.testClock,
	}
	if (f.tlsCert == "") != (f.tlsKey == "") {
		return o, fail(exitUsage, "--tls-cert and --tls-key go together")
	}
	var err error
	if o.acme, err = f.acme.options(d.path("acme"), log); err != nil {
		return o, err
	}
	if f.tlsCert != "" && o.acme != nil {
		return o, fail(exitUsage, "--tls-cert and --acme exclude each other: one of them says where certificates come from")
	}
	for _, text := range f.proxies {
		p, err := parseRange(text)
		if err != nil {
			return o, fail(exitUsage, "--trust-proxy: %v", err)
		}
		o.proxies = append(o.proxies, p)
	}
	return o, nil
}

// parseRange reads an address or a range of them.
func parseRange(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("%q is no range such as 192.0.2.0/28", text)
	}
	return p.Masked(), nil
}

// inClear says whether passwords and keys go over a network as they are: without
// a certificate, and not only to a proxy that has one.
func (o nodeOptions) inClear(at string) bool {
	ap, err := netip.ParseAddrPort(at)
	return o.tlsCert == "" && o.acme == nil && len(o.proxies) == 0 && err == nil && !ap.Addr().Unmap().IsLoopback()
}

func upCommand() *cobra.Command {
	var f upFlags
	var r realFlags
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Run a cloud on this machine: control plane and host in one process",
		Long: `Run a cloud on this machine, in the foreground.

The first start makes the operator and a region, and shows the credentials
once when it runs in a terminal; they are in DATA/ready.json. Ctrl-C ends the control plane and
leaves the guests running; the next start takes them over. "virga down" stops
everything.`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return up(cmd, &f, &r) },
	}
	f.add(cmd)
	r.add(cmd, 4) // a cloud for one machine, which often has less free than four times the smallest disk
	return cmd
}

func serveCommand() *cobra.Command {
	var f upFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the control plane alone; hosts join with `virga agent --join`",
		Args:  usage(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return up(cmd, &f, nil) },
	}
	f.add(cmd)
	return cmd
}

// up runs a control node, with the host of this machine when r says how.
func up(cmd *cobra.Command, f *upFlags, r *realFlags) error {
	dir, err := dataDir(cmd)
	if err != nil {
		return err
	}
	log, err := f.logger()
	if err != nil {
		return err
	}
	if r != nil && f.fake {
		if err := noMachine(cmd); err != nil {
			return err
		}
	}
	d, err := openData(dir)
	if err != nil {
		return roomless(dir, err)
	}
	defer d.close()
	opts, err := f.options(d, log)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	out := cmd.OutOrStdout()
	say(out, "virga %s, data in %s", version, dir)
	if r != nil && !f.fake { // before anything is made: who cannot have real hosts may want simulated ones
		if err := lookAtMachine(out, dir); err != nil {
			return err
		}
		if err := r.check(d); err != nil {
			return err
		}
	}
	n, err := openNode(ctx, opts)
	if err != nil && f.dsn == "" { // else it may be the disk of PostgreSQL, which says so itself
		return roomless(dir, err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = n.close() }()
	var all sync.WaitGroup
	var ended error
	all.Go(func() { ended = n.run(ctx); cancel() })
	err = n.hosts(ctx, &all, out, f, r)
	what := ""
	if err == nil {
		what, err = n.awaitHosts(ctx, firstContact)
	}
	if err == nil {
		err = n.announce(ctx, out)
	}
	if err == nil {
		n.sayReady(ctx, &all, out, what)
	}
	if err != nil {
		cancel()
	}
	<-ctx.Done()
	all.Wait()
	_ = os.Remove(d.path("admin.sock"))
	if cmd.Context().Err() != nil && errors.Is(err, context.Canceled) {
		say(out, "stopped before it was ready")
		err = nil // as it was told to
	}
	if r != nil && !f.fake && err == nil {
		say(out, "stopped; guests keep running. `virga up` takes them over, `virga down` stops them.")
	}
	return errors.Join(err, ended)
}

// roomless says that the file system is full, whatever it was that did not fit.
func roomless(dir string, err error) error {
	if !store.IsFull(err) {
		return err
	}
	free := ""
	var fs syscall.Statfs_t
	if syscall.Statfs(dir, &fs) == nil {
		free = fmt.Sprintf(" (%d KiB are free)", int64(fs.Bavail)*fs.Bsize>>10)
	}
	return fail(exitFailed,
		"the file system with %s is full%s: make room there, or name another folder with --data. Nothing was lost", dir, free)
}

// noMachine refuses the flags of a real host beside --fake: they would do nothing.
func noMachine(cmd *cobra.Command) error {
	for _, name := range realNames {
		if cmd.Flags().Changed(name) {
			return fail(exitUsage, "--%s is about a real host, and --fake simulates all; leave one of them out", name)
		}
	}
	return nil
}

// hosts starts the agents of this process.
func (n *node) hosts(ctx context.Context, all *sync.WaitGroup, out io.Writer, f *upFlags, r *realFlags) error {
	switch {
	case f.fake:
		if err := n.fakeImages(ctx); err != nil {
			return err
		}
		say(out, "hosts are simulated")
		return n.fakeAgents(ctx, all)
	case r == nil:
		return nil
	}
	return n.realAgent(ctx, all, out, r)
}

// announce tells people and scripts where the service is. Only then the first
// password is forgotten, so that a start that dies before tells it the next time.
func (n *node) announce(ctx context.Context, out io.Writer) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.announced = true
	r := n.ready()
	if err := n.opt.data.writeReady(r); err != nil {
		return err
	}
	say(out, "1&1 API       %s", r.OneAndOne)
	say(out, "CloudCIX API  %s", r.CloudCIX)
	if n.opt.inClear(n.web.Addr().String()) {
		say(out, "warning: the APIs are plain HTTP on %s, so passwords and keys can be read on the way: "+
			"use --acme, or --tls-cert and --tls-key, or a TLS proxy with --trust-proxy", n.web.Addr())
	}
	warn(out, control.PoolNote(n.opt.pool))
	if n.opt.testClock {
		say(out, "test clock    %s, %v ahead; `virga admin clock` moves it", n.now().Format(time.RFC3339), n.db.Ahead())
	}
	if n.acme != nil {
		for _, line := range n.acme.State() {
			say(out, "certificate   %s", line)
		}
	}
	if n.cred.First {
		n.tellCredentials(out, r)
		if err := n.ctl.CredentialsTold(ctx); err != nil {
			return err
		}
	}
	if r.Note != "" {
		say(out, "%s", r.Note)
	}
	return nil
}

// tellCredentials shows them to a person. What is no terminal is a journal or the
// log of a pipeline, which others read and which keeps them for ever.
func (n *node) tellCredentials(out io.Writer, r ready) {
	file := n.opt.data.path("ready.json")
	if !isTerminal(out) {
		say(out, "the operator's password and keys are in %s", file)
		return
	}
	say(out, "")
	say(out, "  operator   %s", r.Email)
	say(out, "  password   %s", r.Password)
	say(out, "  API key    %s   (1&1, X-TOKEN)", r.Token)
	say(out, "  member key %s   (CloudCIX login)", r.APIKey)
	say(out, "")
	say(out, "They are shown this once and kept in %s.", file)
}

func say(out io.Writer, format string, args ...any) {
	fmt.Fprintln(out, cloud.Shown(fmt.Sprintf(format, args...), "\n\t"))
}
