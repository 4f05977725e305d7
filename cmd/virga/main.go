// Command virga turns Linux machines into a cloud. One file is one verb.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/crash"
)

// version and commit are set by the build.
var (
	version = "dev"
	commit  = ""
)

// Exit codes; scripts may rely on them (docs/operate/cli.md).
const (
	exitOK       = 0
	exitFailed   = 1   // the operation failed; the message says why
	exitUsage    = 2   // wrong words on the command line
	exitNotFound = 3   // what was named does not exist
	exitConflict = 4   // not in this state, or busy
	exitAuth     = 5   // not logged in, or not allowed
	exitTimeout  = 6   // the wait ended before the operation, which goes on
	exitNoServer = 7   // no virga runs here
	exitStopped  = 130 // by Ctrl-C or another signal, as shells have it
)

// coded is an error with its own exit code.
type coded struct {
	code int
	err  error
}

// Error is the message for people.
func (c *coded) Error() string { return c.err.Error() }

// Unwrap is the cause.
func (c *coded) Unwrap() error { return c.err }

func fail(code int, format string, args ...any) error {
	return &coded{code: code, err: fmt.Errorf(format, args...)}
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	crash.FromEnv()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	return finish(ctx, os.Stderr, root.ExecuteContext(ctx))
}

// finish says why a verb failed, and gives the status of the process.
func finish(ctx context.Context, out io.Writer, err error) int {
	var c *coded
	switch {
	case err == nil:
	case errors.Is(err, errQuiet):
	case ctx.Err() != nil && !errors.As(err, &c): // whatever it failed with, Ctrl-C is why
		fmt.Fprintln(out, "virga: stopped by a signal before it was done")
		return exitStopped
	default:
		fmt.Fprintln(out, "virga: "+cloud.Shown(err.Error(), "\n\t"))
	}
	return exitCode(err)
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "virga",
		Short:         "A cloud on your own machines",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().String("data", "", "folder of the installation (default $VIRGA_DATA, else /var/lib/virga)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if words := cmd.Flags().Args(); cmd == root && len(words) > 0 { // the flag belongs to what was meant
			return unknown(cmd, words)
		}
		return &coded{code: exitUsage, err: flagError(err)}
	})
	for _, verb := range verbs {
		root.AddCommand(verb())
	}
	ownHelp(root)
	noFiles(root)
	return asGroup(root)
}

// verbs are filled by the files of this package, one each.
var verbs = []func() *cobra.Command{
	upCommand, serveCommand, agentCommand, downCommand,
	serverCommand, networkCommand, sshCommand, consoleCommand, dialCommand, imageCommand, firewallCommand, feedCommand, adminCommand,
	backupCommand, restoreCommand, netCommand, doctorCommand, versionCommand,
}
