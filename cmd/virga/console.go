package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// leaveKey is Ctrl-], as telnet and virsh have it.
const leaveKey = 0x1d

func consoleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "console NAME",
		Short: "Sit at the serial line of a server",
		Long: `Sit at the serial line of a server. It needs no network inside the guest.
Ctrl-] leaves.`,
		Args: usage(cobra.ExactArgs(1)), ValidArgsFunction: completeServers,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, s, err := target(cmd, args[0])
			if err != nil {
				return err
			}
			c, err := r.dial(cmd.Context(), s.ID, "serial")
			if err != nil {
				return err
			}
			say(cmd.ErrOrStderr(), "connected to %s; Ctrl-] leaves", s.Name)
			return sit(cmd.Context(), c, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	addRemote(cmd)
	return cmd
}

// sit joins a terminal with a serial line. The terminal is raw meanwhile, so
// that Ctrl-C goes to the guest, and is put back whatever happens.
func sit(ctx context.Context, c net.Conn, in io.Reader, out io.Writer) error {
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		old, err := term.MakeRaw(int(f.Fd()))
		if err != nil {
			return err
		}
		defer func() { _ = term.Restore(int(f.Fd()), old) }()
	}
	return pump(ctx, c, &untilKey{r: in, left: func() { _ = c.Close() }}, out)
}

// untilKey reads until the key that leaves.
type untilKey struct {
	r    io.Reader
	left func()
}

// Read gives what was typed before the key.
func (u *untilKey) Read(b []byte) (int, error) {
	n, err := u.r.Read(b)
	if i := bytes.IndexByte(b[:n], leaveKey); i >= 0 {
		u.left()
		return i, io.EOF
	}
	return n, err
}
