package crash

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text, name string
		nth        int64
		ok         bool
	}{
		{"", "", 1, false},
		{"a.b", "a.b", 1, true},
		{"a.b#3", "a.b", 3, true},
		{"a.b#0", "a.b", 0, false},
		{"a.b#x", "a.b", 0, false},
		{"#2", "", 2, false},
	} {
		name, nth, ok := parse(c.text)
		if ok != c.ok || ok && (name != c.name || nth != c.nth) {
			t.Errorf("%q: %q %d %v", c.text, name, nth, ok)
		}
	}
}

func TestHere(t *testing.T) {
	if err := Here("nowhere"); err != nil {
		t.Fatal(err)
	}
	injected := errors.New("injected")
	restore := Set(func(name string) error {
		if name == "there" {
			return injected
		}
		return nil
	})
	if err := Here("there"); !errors.Is(err, injected) {
		t.Errorf("there: %v", err)
	}
	if err := Here("elsewhere"); err != nil {
		t.Errorf("elsewhere: %v", err)
	}
	restore()
	if err := Here("there"); err != nil {
		t.Errorf("after restore: %v", err)
	}
}

func TestRegister(t *testing.T) {
	if got := Register("test.point"); got != "test.point" || !slices.Contains(Points(), got) {
		t.Errorf("%q is not among %v", got, Points())
	}
}

// The variable kills a process at the pass that it names and at no earlier one.
func TestFromEnv(t *testing.T) {
	if os.Getenv("VIRGA_CRASH") != "" {
		FromEnv()
		for range 3 {
			_ = Here("test.other")
			_ = Here("test.death")
			_, _ = os.Stdout.WriteString("x")
		}
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFromEnv$")
	cmd.Env = append(os.Environ(), "VIRGA_CRASH=test.death#3")
	out, err := cmd.Output()
	var ended *exec.ExitError
	if !errors.As(err, &ended) {
		t.Fatalf("it lives: %v: %s", err, out)
	}
	if ws := ended.Sys().(syscall.WaitStatus); !ws.Signaled() || ws.Signal() != syscall.SIGKILL {
		t.Errorf("ended with %v", err)
	}
	if string(out) != "xx" {
		t.Errorf("passed %d times before", len(out))
	}
}

// What a binary can die at is asked of the binary.
func TestFromEnvLists(t *testing.T) {
	if os.Getenv("VIRGA_CRASH") == "?" {
		Register("test.z")
		Register("test.a")
		FromEnv()
		panic("it went on")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFromEnvLists$")
	cmd.Env = append(os.Environ(), "VIRGA_CRASH=?")
	out, err := cmd.Output()
	if err != nil || string(out) != "test.a\ntest.z\n" {
		t.Errorf("%q, %v", out, err)
	}
}
