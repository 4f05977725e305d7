package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/host"
)

func downCommand() *cobra.Command {
	var purge, yes bool
	var grace time.Duration
	cmd := &cobra.Command{
		Use:   "down",
		Short: "Stop all guests and remove what runs or is configured on this machine",
		Long: `Stop all guests and remove what runs or is configured on this machine:
processes, network namespaces, links and tables of this installation. Disks,
images and the database stay; the next "virga up" starts what was on.`,
		Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return down(cmd, grace, purge, yes) },
	}
	cmd.Flags().BoolVar(&purge, "purge", false,
		"also delete the data folder: disks, images, database, keys; it says what of virga is elsewhere and stays")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask before --purge")
	cmd.Flags().DurationVar(&grace, "grace", 30*time.Second, "how long guests may take to shut down before they are ended")
	return cmd
}

func down(cmd *cobra.Command, grace time.Duration, purge, yes bool) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	dir, err := dataDir(cmd)
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		say(out, "there is no installation in %s", dir)
		return nil
	}
	if !isInstallation(dir) {
		return fail(exitUsage, "%s is no data folder of an installation; nothing in it was touched. Name the right one with --data", dir)
	}
	kind, err := kindOf(dir)
	if err != nil {
		return err
	}
	// The hosts of a simulated installation are gone with its process.
	_, err = os.Stat(filepath.Join(dir, "host"))
	machines := kind != kindFake && err == nil
	if machines && os.Geteuid() != 0 {
		return fail(exitAuth, "guests and networks of %s can be taken down by root only; run `virga down` as root", dir)
	}
	if purge && !yes && !confirm(cmd, "Delete "+dir+" with all disks, images and the database?") {
		return fail(exitFailed, "nothing was deleted")
	}
	d, err := takeOver(ctx, dir)
	if err != nil {
		return err
	}
	defer d.close()
	if machines {
		if err := takeDown(ctx, d, grace, func(s string) { say(out, "%s", s) }); err != nil {
			return err
		}
	}
	if purge {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("delete %s: %w", dir, err)
		}
		say(out, "%s is deleted", dir)
		for _, what := range leftBehind() {
			say(out, "not deleted: %s", what)
		}
		return nil
	}
	say(out, "nothing of this installation runs any more; its data is in %s", dir)
	return nil
}

// leftBehind is what a purge does not touch: what is the person's own, and may be in
// use elsewhere.
//
// path: the caller's own home
func leftBehind() (list []string) {
	if home, err := os.UserHomeDir(); err == nil {
		private := filepath.Join(home, ".ssh", "id_ed25519")
		if line, err := os.ReadFile(private + ".pub"); err == nil && strings.Contains(string(line), " "+keyComment) {
			list = append(list, private+" and "+private+".pub, the key pair that `virga server create` made for you")
		}
	}
	if cache, err := os.UserCacheDir(); err == nil {
		if dir := filepath.Join(cache, "virga"); exists(dir) {
			list = append(list, dir+", the host keys of servers")
		}
	}
	if self, err := os.Executable(); err == nil {
		list = append(list, self+", this binary")
	}
	return list
}

// isInstallation tells a folder in which a virga was started from any other, which
// nobody may delete by a slip of the pen. The mark of the layout alone is none:
// it was once left in folders of others.
func isInstallation(dir string) bool {
	if kind, err := kindOf(dir); err == nil && (kind == kindReal || kind == kindFake) {
		return true
	}
	return slices.ContainsFunc([]string{"virga.db", "keys/master", "host/agent"}, func(own string) bool {
		return exists(filepath.Join(dir, filepath.FromSlash(own)))
	})
}

func confirm(cmd *cobra.Command, question string) bool {
	fmt.Fprintf(cmd.OutOrStdout(), "%s [y/N] ", question)
	answer, _ := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	return strings.EqualFold(strings.TrimSpace(answer), "y")
}

// takeOver ends the virga that works on the folder, if one does, and takes
// its lock.
func takeOver(ctx context.Context, dir string) (*data, error) {
	d, err := openData(dir)
	if err == nil {
		return d, nil
	}
	pid, ok := lockHolder(dir)
	if !ok {
		return nil, err
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return nil, fmt.Errorf("end the running virga (process %d): %w", pid, err)
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		if d, err = openData(dir); err == nil {
			return d, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil, err
}

// lockHolder finds the process that holds the lock; it wrote its number there.
func lockHolder(dir string) (int, bool) {
	b, err := os.ReadFile(dir + "/lock")
	var pid int
	if err != nil {
		return 0, false
	}
	if _, err := fmt.Sscan(string(b), &pid); err != nil || pid <= 1 {
		return 0, false
	}
	return pid, true
}

// takeDown ends guests, softly at first, and removes everything else.
func takeDown(ctx context.Context, d *data, grace time.Duration, tell func(string)) error {
	in, err := d.machine()
	if err != nil {
		return err
	}
	m := host.NewReal(host.RealOptions{In: in, Now: time.Now})
	defer func() { _ = m.Close() }()
	for end := time.Now().Add(grace); ; {
		up, err := m.Press(ctx)
		if err != nil {
			return err
		}
		if up == 0 || time.Now().After(end) {
			break
		}
		tell(fmt.Sprintf("guests that are shutting down: %d", up))
		if !pause(ctx, time.Second) {
			return ctx.Err()
		}
	}
	bounded, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	return m.Down(bounded)
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
