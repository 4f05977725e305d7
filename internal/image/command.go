package image

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// run runs a tool in a folder and returns what it said on stderr. A failure carries the end
// of that text, since that is where tools say what went wrong. Out may be nil.
func run(ctx context.Context, dir string, env []string, out io.Writer, name string, args ...string) (string, error) {
	return runIn(ctx, nil, dir, env, out, name, args...)
}

// runIn runs a tool in a cage; nil is none.
func runIn(
	ctx context.Context, cage *sys.Cage, dir string, env []string, out io.Writer, name string, args ...string,
) (string, error) {
	program, err := lookTool(name)
	if err != nil {
		return "", err
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, out, &stderr
	// Its own process group, so that giving up ends what the tool started as well.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	if err := cage.Run(cmd); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		text := strings.TrimSpace(stderr.String())
		if len(text) > 400 {
			text = "..." + text[len(text)-400:]
		}
		return stderr.String(), fmt.Errorf("%s: %w: %s", name, err, text)
	}
	return stderr.String(), nil
}

// output runs a tool and returns what it printed.
func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	var out bytes.Buffer
	_, err := run(ctx, dir, packEnv(), &out, name, args...)
	return out.String(), err
}
