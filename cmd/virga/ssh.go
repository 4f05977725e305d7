package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/cloud"
)

func sshCommand() *cobra.Command {
	var user, identity string
	cmd := &cobra.Command{
		Use:   "ssh NAME [-- COMMAND...]",
		Short: "Log in to a server, or run a command there",
		Long: `Log in to a server, or run a command there, with the ssh of this machine. It
works from anywhere the API can be reached: the connection goes through the
control plane, not over a route to the guest. The exit status is that of the
command.`,
		Example:           "  virga ssh web\n  virga ssh web -- uname -a",
		Args:              usage(cobra.MinimumNArgs(1)),
		ValidArgsFunction: completeServers,
		RunE: func(cmd *cobra.Command, args []string) error {
			return sshTo(cmd, args[0], user, identity, args[1:])
		},
	}
	addRemote(cmd)
	cmd.Flags().StringVarP(&user, "user", "l", "root", "who to log in as")
	cmd.Flags().StringVarP(&identity, "identity", "i", "", "private key file")
	return cmd
}

func sshTo(cmd *cobra.Command, name, user, identity string, command []string) error {
	r, s, err := target(cmd, name)
	if err != nil {
		return err
	}
	bin, err := exec.LookPath("ssh")
	if err != nil {
		return fail(exitFailed, "there is no ssh on this machine; install openssh-client, or use `virga console %s`", name)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	known, err := knownHosts(r.root)
	if err != nil {
		return err
	}
	now, err := r.glance(cmd.Context(), s.ID)
	if err != nil {
		return err
	}
	args := []string{
		"-l", user,
		"-o", "ProxyCommand=" + proxyCommand(self, s.ID),
		"-o", "HostKeyAlias=" + hostKeyAlias(s.ID, now.Instance),
		"-o", "UserKnownHostsFile=" + quoteOption(known), "-o", "GlobalKnownHostsFile=/dev/null",
		"-o", "StrictHostKeyChecking=accept-new", "-o", "CheckHostIP=no", "-o", "LogLevel=ERROR",
	}
	for _, file := range identities(identity) {
		args = append(args, "-i", file)
	}
	args = append(args, "--", cloud.GuestName(s.Name))
	c := exec.CommandContext(cmd.Context(), bin, append(args, command...)...)
	c.Stdin, c.Stdout, c.Stderr = cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr()
	// The token travels in the environment: a command line can be read by all.
	c.Env = append(os.Environ(), "VIRGA_URL="+r.client.Base, "VIRGA_TOKEN="+r.client.Token)
	err = c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return &coded{code: exit.ExitCode(), err: errQuiet}
	}
	return err
}

// hostKeyAlias is the name under which the keys of a guest are known. A server's
// address comes and goes; its id stays, and is never used twice. A system that was
// installed anew has keys of its own, and nobody is between because of that.
func hostKeyAlias(id string, instance int64) string {
	if instance <= 1 { // the first
		return strings.ToLower(id)
	}
	return fmt.Sprintf("%s-%d", strings.ToLower(id), instance)
}

// identities are the private halves of the keys that `server create` gives to
// machines. ssh looks for its own in the home folder of the account, which is
// not always $HOME.
func identities(named string) []string {
	if named != "" {
		return []string{named}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	var files []string
	for _, name := range keyNames {
		file := filepath.Join(home, ".ssh", strings.TrimSuffix(name, ".pub"))
		if _, err := os.Stat(file); err == nil {
			files = append(files, file)
		}
	}
	return files
}

// errQuiet ends the process without a word: whoever failed has said why.
var errQuiet = errors.New("")

// proxyCommand is run by ssh through a shell, after ssh expanded its % signs.
func proxyCommand(self, id string) string {
	quoted := "'" + strings.ReplaceAll(self, "'", `'\''`) + "'"
	return strings.ReplaceAll(quoted, "%", "%%") + " dial " + id + " ssh"
}

// quoteOption keeps ssh from taking a path with a space for two files.
func quoteOption(path string) string { return `"` + path + `"` }

// knownHosts is the file with the keys of one installation's guests: ids of
// two installations never meet, but a file each can be thrown away with it.
func knownHosts(root string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fail(exitFailed, "no folder for host keys: %v", err)
	}
	dir := filepath.Join(cache, "virga")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("known hosts: %w", err)
	}
	name := strings.NewReplacer("://", "-", "/", "-", ":", "-").Replace(root)
	return filepath.Join(dir, "known_hosts-"+name), nil
}
