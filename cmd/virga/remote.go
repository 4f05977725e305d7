package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/client/oneandone"
	"github.com/virga-cloud/virga/client/op"
)

// remote is the service that a verb talks to.
type remote struct {
	client *oneandone.Client
	root   string // base address without the version, for the node's own paths
	// patience is how long the API may show work as under way after its end.
	patience time.Duration
	own      bool // the key is that of the installation, which belongs to the operator's user
	clock    *farClock
}

// farClock notes the time that the service says it is: what it tells of the future is to be
// compared with its own clock.
type farClock struct {
	http.RoundTripper
	at atomic.Int64 // seconds; 0 before the first answer
}

// RoundTrip is http.RoundTripper's.
func (s *farClock) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := s.RoundTripper.RoundTrip(r)
	if err == nil {
		if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
			s.at.Store(at.Unix())
		}
	}
	return res, err
}

// now is the time at the service, as it said last.
func (r *remote) now() time.Time {
	if r.clock == nil || r.clock.at.Load() == 0 {
		return time.Now() // it has said nothing; this machine's will do for people
	}
	return time.Unix(r.clock.at.Load(), 0)
}

// addRemote adds the flags that say where the service is.
func addRemote(cmd *cobra.Command) {
	cmd.PersistentFlags().String("url", "", "address of the 1&1 API (default $VIRGA_URL, else the installation in --data)")
	cmd.PersistentFlags().String("token",
		"", "API key (default $VIRGA_TOKEN, else that of the installation; the environment is safer than a flag)")
}

// connect finds address and token: flags, then environment, then ready.json. A
// token of ready.json goes to its own address only.
func connect(cmd *cobra.Command) (*remote, error) {
	base := first(flag(cmd, "url"), os.Getenv("VIRGA_URL"))
	token := first(flag(cmd, "token"), os.Getenv("VIRGA_TOKEN"))
	own := false
	if base == "" {
		dir, err := dataDir(cmd)
		if err != nil {
			return nil, err
		}
		r, err := readReady(dir)
		if err != nil {
			return nil, err
		}
		own = token == ""
		base, token = r.OneAndOne, first(token, r.Token)
	}
	if token == "" {
		return nil, fail(exitAuth, "no token for %s: say it with VIRGA_TOKEN or --token", base)
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fail(exitUsage, "%q is no address such as http://127.0.0.1:8080/v1", base)
	}
	root := strings.TrimSuffix(strings.TrimRight(base, "/"), "/v1")
	client := &oneandone.Client{Base: root + "/v1", Token: token, Poll: 250 * time.Millisecond}
	clock := &farClock{RoundTripper: http.DefaultTransport} // dial: the service that the user named
	client.HTTP = &http.Client{Transport: clock}            // dial: the same
	return &remote{client: client, root: root, patience: 10 * time.Second, clock: clock, own: own}, nil
}

func flag(cmd *cobra.Command, name string) string {
	s, _ := cmd.Flags().GetString(name) // absent flags are ""
	return s
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// call is oneandone.Do with errors that have an exit code.
func call[In, Out any](ctx context.Context, r *remote, o op.Op[In, Out], args []string, in In, options ...op.Option) (Out, error) {
	out, err := oneandone.Do(ctx, r.client, o, args, in, options...)
	return out, r.explain(err)
}

// explain gives an error its exit code and words for people.
func (r *remote) explain(err error) error {
	if err == nil {
		return nil
	}
	var api *oneandone.APIError
	if errors.As(err, &api) {
		text := api.Message
		if api.Detail != "" {
			text += ": " + api.Detail
		}
		if api.Status == http.StatusUnauthorized && r.own {
			text += "; it is that of the operator's own user, in ready.json: `virga admin users` says whether the user is disabled, " +
				"and `virga admin user enable Operator/admin` lets it in again"
		}
		return &coded{code: exitOfStatus(api.Status), err: errors.New(inFlags(text))}
	}
	var u *url.Error
	if errors.As(err, &u) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return fail(exitNoServer, "nothing answers at %s (%v); start it with `virga up`", r.root, u.Err)
	}
	return err
}

// exitOfStatus is the one place where statuses become exit codes.
func exitOfStatus(status int) int {
	switch status {
	case http.StatusBadRequest:
		return exitUsage
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotAcceptable:
		return exitAuth
	case http.StatusNotFound:
		return exitNotFound
	case http.StatusConflict:
		return exitConflict
	}
	return exitFailed
}

// exitCode is the code with which an error ends the process.
func exitCode(err error) int {
	var c *coded
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &c):
		return c.code
	}
	return exitFailed
}

// usage marks errors of an argument check as such.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return wrongWords(cmd, check, args)
		}
		if err := notBelow(cmd, 1, "timeout"); err != nil {
			return err // who does not want to wait says --no-wait
		}
		if err := notBelow(cmd, 0, "grace", "disk-iops"); err != nil {
			return err
		}
		return notEmpty(cmd, args)
	}
}

// exclusive refuses flags that say different things. Cobra could do it, but
// not with an exit code.
func exclusive(cmd *cobra.Command, names ...string) error {
	var given []string
	for _, n := range names {
		if cmd.Flags().Changed(n) {
			given = append(given, "--"+n)
		}
	}
	if len(given) > 1 {
		return fail(exitUsage, "%s cannot be together", strings.Join(given, " and "))
	}
	return nil
}

// asGroup makes a command a group of verbs: alone it shows its help, and a word
// that is none of them is a usage error.
func asGroup(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return unknown(cmd, args)
	}
	if cmd.SuggestionsMinimumDistance == 0 {
		cmd.SuggestionsMinimumDistance = 2
	}
	return cmd
}

// unknown refuses a word that is no verb of a group, and says what was meant if
// a verb one group further down is called so: people leave out the admin of
// `virga admin host list`.
func unknown(cmd *cobra.Command, words []string) error {
	near := elsewhere(cmd, words)
	if len(near) == 0 {
		near = cmd.SuggestionsFor(words[0])
	}
	hint := "see `" + cmd.CommandPath() + " --help`"
	if len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return fail(exitUsage, "%q is no verb of %q; %s", words[0], cmd.CommandPath(), hint)
}

// elsewhere are the verbs one group further down that words mean.
func elsewhere(cmd *cobra.Command, words []string) (paths []string) {
	for _, group := range cmd.Commands() {
		at := verbOf(group, words[0])
		if at == nil {
			continue
		}
		for _, word := range words[1:] {
			if next := verbOf(at, word); next != nil {
				at = next
			}
		}
		paths = append(paths, "`"+at.CommandPath()+"`")
	}
	return paths
}

// verbOf is the verb of a group that is called so, nil when there is none.
func verbOf(group *cobra.Command, word string) *cobra.Command {
	for _, c := range group.Commands() {
		if c.Name() == word || c.HasAlias(word) {
			return c
		}
	}
	return nil
}
