// Package e2e runs the real binary and tries it from outside: over HTTP with
// both contracts watched, over SSH from inside the installation's namespace,
// and with SIGKILL. It holds what the tests (and the benchmarks) share.
package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// Build makes the binary in dir. With VIRGA_E2E_RACE set it has the race
// detector in it, which needs a C compiler.
func Build(dir string, flags ...string) (path string, err error) {
	path = filepath.Join(dir, "virga")
	args := append([]string{"build", "-o", path}, flags...)
	cmd := exec.Command("go", append(args, "github.com/virga-cloud/virga/cmd/virga")...)
	if os.Getenv("VIRGA_E2E_RACE") != "" {
		cmd.Args = append(cmd.Args[:2], append([]string{"-race"}, cmd.Args[2:]...)...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", cmd, err, out)
	}
	return path, nil
}

// Ready is what DATA/ready.json says to scripts.
type Ready struct {
	OneAndOne string `json:"oneandone"`
	CloudCIX  string `json:"cloudcix"`
	Token     string `json:"token"`
	Email     string `json:"email"`
	Password  string `json:"password"`
	APIKey    string `json:"api_key"`
	RegionID  int64  `json:"region_id"`
	PID       int    `json:"pid"`
}

// Cloud is one installation: a folder, and at most one process that works on
// it. Methods that fail end the test; those that may fail are named Try.
type Cloud struct {
	T   testing.TB
	Bin string
	Dir string // DATA; agents of their own have folders beside it
	Ready
	// Netns is where its processes run, "" in the test's own. Set it before the
	// first start.
	Netns sys.Netns

	args  []string
	procs []*Process
	jwt   string
}

// New makes an empty installation below base, which ends with the test in
// every case: its processes, namespaces and files are removed. base must be a
// folder of Folder.
func New(t testing.TB, bin, base, name string) *Cloud {
	t.Helper()
	c := &Cloud{T: t, Bin: bin, Dir: filepath.Join(base, name)}
	t.Cleanup(func() {
		for _, p := range c.procs {
			if t.Failed() {
				t.Logf("output of %s:\n%s", strings.Join(p.cmd.Args[1:], " "), p.Output())
			}
			p.Kill()
		}
		if err := Erase(c.Dir); err != nil {
			t.Errorf("clear up %s: %v", c.Dir, err)
		}
	})
	return c
}

// Installation names what the host of this cloud makes. It exists from the
// first start on.
func (c *Cloud) Installation() sys.Installation {
	c.T.Helper()
	in, err := installation(c.Dir)
	if err != nil {
		c.T.Fatal(err)
	}
	return in
}

func installation(dir string) (sys.Installation, error) {
	b, err := os.ReadFile(filepath.Join(dir, "tag"))
	return sys.Installation{Tag: strings.TrimSpace(string(b)), Dir: filepath.Join(dir, "host", "machine")}, err
}

// Start runs `virga ARGS... --data DIR` and waits until it is ready. The same
// arguments serve Restart.
func (c *Cloud) Start(args ...string) *Process {
	c.T.Helper()
	c.args = args
	p, err := c.TryStart(nil, args...)
	if err != nil {
		c.T.Fatal(err)
	}
	return p
}

// Restart is Start as the last time.
func (c *Cloud) Restart() *Process { c.T.Helper(); return c.Start(c.args...) }

// startLimit bounds the wait for ready: a first start may build an image.
const startLimit = 3 * time.Minute

// errEnded says that a process ended before it was ready.
var errEnded = errors.New("it ended before it was ready")

// TryStart runs a control node with an environment and waits until it is ready
// or has ended.
func (c *Cloud) TryStart(env []string, args ...string) (*Process, error) {
	c.T.Helper()
	p := c.Spawn(c.Dir, env, args...)
	for end := time.Now().Add(startLimit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		// An older run may have left its file, so the number counts.
		b, err := os.ReadFile(filepath.Join(c.Dir, "ready.json"))
		if err == nil && json.Unmarshal(b, &c.Ready) == nil && c.PID == p.PID() {
			return p, nil
		}
		if p.Ended() {
			return p, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), errEnded, p.Output())
		}
	}
	p.Kill()
	return p, fmt.Errorf("%s: not ready after %s: %s", strings.Join(args, " "), startLimit, p.Output())
}

// Spawn runs any verb on a folder. It ends with the test at the latest.
func (c *Cloud) Spawn(dir string, env []string, args ...string) *Process {
	c.T.Helper()
	cmd := exec.Command(c.Bin, append(args, "--data", dir)...)
	if c.Netns != "" {
		// It becomes the binary, so the process is the one that is ended.
		cmd = exec.Command("nsenter", append([]string{"--net=" + c.Netns.Path()}, cmd.Args...)...)
	}
	cmd.Env = append(os.Environ(), env...)
	p, err := spawn(cmd)
	if err != nil {
		c.T.Fatal(err)
	}
	c.procs = append(c.procs, p)
	return p
}

// Run runs a verb to its end and gives what it printed.
func (c *Cloud) Run(limit time.Duration, args ...string) (string, error) {
	c.T.Helper()
	p := c.Spawn(c.Dir, nil, args...)
	err := p.Wait(limit)
	return p.Output(), err
}

// Down runs `virga down`.
func (c *Cloud) Down() {
	c.T.Helper()
	if out, err := c.Run(time.Minute, "down", "--grace", "1s"); err != nil {
		c.T.Fatalf("virga down: %v: %s", err, out)
	}
}

// Folder is a place for installations that outlives no test binary: folders
// of binaries that died before their clean-up (a time-out, a panic) are cleared
// by the next one. In memory when inMemory is wished and possible, for tests
// whose files are small and that wait for many commits.
func Folder(inMemory bool) (dir string, remove func() error, err error) {
	parent := os.TempDir()
	if st, err := os.Stat("/dev/shm"); inMemory && err == nil && st.IsDir() {
		parent = "/dev/shm"
	}
	if err := clearDead(parent); err != nil {
		return "", nil, err
	}
	if dir, err = os.MkdirTemp(parent, "vge2e"); err != nil {
		return "", nil, err
	}
	// Locked before it has its name, so that nobody takes us for dead.
	f, err := os.Create(filepath.Join(dir, "owner.tmp"))
	if err != nil {
		return "", nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return "", nil, err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, "owner")); err != nil {
		return "", nil, err
	}
	return dir, func() error { return errors.Join(os.RemoveAll(dir), f.Close()) }, nil
}

func clearDead(parent string) error {
	found, err := filepath.Glob(filepath.Join(parent, "vge2e*", "owner"))
	if err != nil {
		return err
	}
	for _, name := range found {
		f, err := os.Open(name)
		if err != nil {
			continue // gone meanwhile, or another user's
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			dirs, _ := filepath.Glob(filepath.Join(filepath.Dir(name), "*", "tag"))
			for _, d := range dirs {
				err = errors.Join(err, Erase(filepath.Dir(d)))
			}
			err = errors.Join(err, os.RemoveAll(filepath.Dir(name)))
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// lines is what a process printed.
func lines(b []byte) []string {
	return strings.Split(strings.TrimSpace(string(bytes.TrimSpace(b))), "\n")
}
