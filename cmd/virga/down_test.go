package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A cloud of simulated hosts is taken down at once by who runs it, who need not be
// root. The driver of real networks would ask for that, and wait in vain.
func TestDownOfSimulatedHosts(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	must(t, err)
	program := filepath.Join(dir, "virga") // where everybody may run it
	copyProgram(t, self, program)
	data := filepath.Join(dir, "home", "data")
	must(t, os.Mkdir(filepath.Dir(data), 0o700))
	plain := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		plain.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		for _, path := range []string{dir, filepath.Dir(data)} {
			must(t, os.Chown(path, nobody, nobody))
		}
		must(t, os.Chmod(filepath.Dir(dir), 0o755)) // made by this test alone
	}
	virga := func(limit time.Duration, args ...string) (*exec.Cmd, *bytes.Buffer) {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		t.Cleanup(cancel)
		cmd := exec.CommandContext(ctx, program, append(args, "--data", data)...)
		cmd.SysProcAttr = plain
		cmd.Env = append(os.Environ(), "HOME="+filepath.Dir(data), "VIRGA_URL=", "VIRGA_TOKEN=")
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		return cmd, &out
	}
	up, upSaid := virga(2*time.Minute, "up", "--fake", "--listen", "127.0.0.1:0")
	must(t, up.Start())
	for end := time.Now().Add(time.Minute); ; <-time.After(20 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(data, "ready.json")); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("not ready: %s", upSaid)
		}
	}
	for _, args := range [][]string{{"server", "create", "web"}, {"down"}, {"down"}} {
		cmd, out := virga(20*time.Second, args...)
		if err := cmd.Run(); err != nil {
			t.Fatalf("virga %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	if err := up.Wait(); err != nil {
		t.Errorf("virga up, after it was taken down: %v\n%s", err, upSaid)
	}
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	must(t, err)
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	must(t, err)
	_, err = io.Copy(out, in)
	must(t, err)
	must(t, out.Close())
}

// Only what is an installation is taken down or deleted: a slip of the pen costs nothing.
func TestDownOfForeignFolders(t *testing.T) {
	dir := t.TempDir()
	precious := filepath.Join(dir, "precious")
	must(t, os.WriteFile(precious, []byte("x"), 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "keys"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "kind"), []byte("of letter\n"), 0o600))
	for _, args := range [][]string{{"down"}, {"down", "--purge", "--yes"}} {
		cmd := newRoot()
		cmd.SetArgs(append(args, "--data", dir))
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
		err := cmd.Execute()
		if err == nil || !strings.Contains(err.Error(), "is no data folder") {
			t.Errorf("virga %v of a foreign folder: %v", args, err)
		}
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 3 {
		t.Errorf("in the folder are %v, %v", list, err)
	}
	cmd := newRoot()
	cmd.SetArgs([]string{"down", "--purge", "--yes", "--data", ""})
	cmd.SetOut(io.Discard)
	cmd.SetErr(io.Discard)
	if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), "--data is empty") {
		t.Errorf("an empty --data: %v", err)
	}
}
