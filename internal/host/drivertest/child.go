package drivertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childEnv holds what a child is to do. It names the test, too: others that
// run in the child because of its parents' names do nothing.
const childEnv = "VIRGA_DRIVERTEST"

type child struct {
	Test  string
	Order json.RawMessage
}

// IsChild says whether this process was started by Kill.
func IsChild() bool { return os.Getenv(childEnv) != "" }

// Order reads what Kill wants of this test. It is false in the parent, and in
// a child that was started for another test, which then returns at once.
func Order(t testing.TB, into any) bool {
	t.Helper()
	var c child
	text := os.Getenv(childEnv)
	if text == "" {
		return false
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatalf("what the child is to do: %v", err)
	}
	if c.Test != t.Name() {
		return false
	}
	if err := json.Unmarshal(c.Order, into); err != nil {
		t.Fatalf("what the child is to do: %v", err)
	}
	return true
}

// Kill runs the test anew in a process of its own, which reads its order with
// Order, arms the point with crash.FromEnv, and must die there by SIGKILL. The
// point may be followed by #N, for its Nth pass.
func Kill(t testing.TB, test, point string, order any, limit time.Duration) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	what, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(child{Test: test, Order: what})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit+5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe, "-test.run="+exactly(test), "-test.count=1")
	cmd.Env = append(os.Environ(), childEnv+"="+string(text), "VIRGA_CRASH="+point)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() && ws.Signal() == syscall.SIGKILL {
			died.add(point)
			return
		}
	}
	t.Fatalf("the child was not killed at %s: %v\n%s", point, err, out.String())
}

// exactly is the -test.run pattern of one test, level by level.
func exactly(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}
