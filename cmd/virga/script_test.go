package main

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes this test binary be virga when a script calls it so.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"virga": func() { os.Exit(run(os.Args[1:])) },
	})
}

// TestScripts plays testdata against the real binary, each with an
// installation of its own on simulated hosts.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, "home", ".cache"))
			e.Setenv("VIRGA_DATA", filepath.Join(e.WorkDir, "data"))
			return os.MkdirAll(filepath.Join(e.WorkDir, "home"), 0o700)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code":  code,
			"ready": awaitReady,
			"port":  port,
			"until": until,
		},
		Condition: func(cond string) (bool, error) {
			if cond == "mounts" { // of one's own, which need root
				return exec.CommandContext(t.Context(), "unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt").Run() == nil, nil
			}
			if !slices.Contains([]string{"qemu-img", "ssh"}, cond) {
				return false, errors.New("unknown condition")
			}
			_, err := exec.LookPath(cond)
			return err == nil, nil
		},
	})
}

// code N COMMAND... demands an exit status.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// until COMMAND... runs it again and again until it succeeds.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: until command [args...]")
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		err := ts.Exec(args[0], args[1:]...)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%v", err)
		}
	}
}

// awaitReady waits until the installation says that it is ready.
func awaitReady(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: ready")
	}
	file := filepath.Join(ts.Getenv("VIRGA_DATA"), "ready.json")
	for deadline := time.Now().Add(30 * time.Second); ; {
		if _, err := os.Stat(file); err == nil {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("the installation was not ready in time")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// port NAME puts an address on which nobody listens into the environment.
func port(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port name")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}
