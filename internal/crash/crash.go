// Package crash names the points at which a process may die or an operation
// may fail. A point stands before and after every durable write and every
// effect on the machine; the fault grid walks all of them. In production no
// hook is set and a point costs one atomic load.
package crash

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// Hook decides what happens at a point. It may panic with Crashed to stand
// for the death of the process, or return an error to be injected.
type Hook func(name string) error

// Crashed is what a hook panics with when it plays the death of the process
// inside a test; the test's runner recovers it and starts everything anew.
type Crashed struct{ Point string }

var (
	hook atomic.Pointer[Hook]

	mu    sync.Mutex
	known = map[string]bool{}
)

// Register declares a point. Packages call it from a package-level variable,
// so that the registry is complete before anything runs and the fault grid
// can fail on a point that nothing covered.
func Register(name string) string {
	mu.Lock()
	defer mu.Unlock()
	known[name] = true
	return name
}

// Points lists every registered point, sorted.
func Points() []string {
	mu.Lock()
	defer mu.Unlock()
	names := make([]string, 0, len(known))
	for n := range known {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Set installs a hook and returns a function that restores the previous one.
func Set(h Hook) (restore func()) {
	old := hook.Swap(&h)
	return func() { hook.Store(old) }
}

// Here marks a point. The error, if any, was injected by a test and must be
// treated like a failure of the effect that stands beside the point.
func Here(name string) error {
	h := hook.Load()
	if h == nil || *h == nil {
		return nil
	}
	return (*h)(name)
}

// FromEnv arms a real SIGKILL at the point that VIRGA_CRASH names, for tests
// that kill the real binary: NAME at the first pass, NAME#N at the Nth. With ?
// the process prints the points that it has, and ends. Without the variable it
// does nothing.
func FromEnv() {
	text := os.Getenv("VIRGA_CRASH")
	if text == "?" {
		_, _ = os.Stdout.WriteString(strings.Join(Points(), "\n") + "\n")
		os.Exit(0)
	}
	at, nth, ok := parse(text)
	if !ok {
		return
	}
	var passed atomic.Int64
	Set(func(name string) error {
		if name == at && passed.Add(1) == nth {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		return nil
	})
}

// parse splits NAME#N.
func parse(text string) (name string, nth int64, ok bool) {
	name, count, counted := strings.Cut(text, "#")
	if !counted {
		return name, 1, name != ""
	}
	nth, err := strconv.ParseInt(count, 10, 64)
	return name, nth, err == nil && nth > 0 && name != ""
}
