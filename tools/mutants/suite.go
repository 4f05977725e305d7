package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Outcomes of a suite.
const (
	dead    = "noticed"
	lives   = "lives"
	unbuilt = "does not build"
	unsound = "fails without it"
)

// simulation is the suite that must notice whatever concerns state.
const simulation = "internal/e2e/sim"

// verdict is what a suite said about a mutant.
type verdict struct {
	Mutant  string    `json:"mutant"`
	Suite   string    `json:"suite"` // folder of the package
	Digest  string    `json:"digest"`
	Outcome string    `json:"outcome"`
	Tests   []string  `json:"tests,omitempty"` // that failed
	Why     string    `json:"why,omitempty"`   // the first lines of the first of them
	Seconds int       `json:"seconds"`
	At      time.Time `json:"at"`
}

// runner plays mutants.
type runner struct {
	root  string
	dir   string // for overlays
	seeds int
	limit time.Duration // of each run of a suite
	// likely: of the own tests only those that most likely notice it.
	likely bool
	// sound are the tests that noticed something, by package and name: whether they pass
	// when nothing is wrong.
	sound map[string]bool
}

// own asks the package's own tests: the likely one, then all.
func (r *runner) own(ctx context.Context, m mutant) (verdict, error) {
	if m.test != "" {
		v, err := r.run(ctx, m, m.pkg, "-short", "-run", m.test)
		if err != nil || v.Outcome != lives || r.likely {
			return v, err
		}
	}
	return r.run(ctx, m, m.pkg, "-short")
}

// sim asks the simulation.
func (r *runner) sim(ctx context.Context, m mutant) (verdict, error) {
	return r.run(ctx, m, simulation, "-run", "^TestSimulation$", "-seeds", fmt.Sprint(r.seeds))
}

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
	FailedBuild                   string
}

// run plays a suite with the mutant in place. The tree is not touched: go builds
// the package with another text of one file.
func (r *runner) run(ctx context.Context, m mutant, pkg string, args ...string) (v verdict, err error) {
	v = verdict{Mutant: m.name, Suite: pkg, At: time.Now().UTC().Truncate(time.Second)}
	overlay, err := r.overlay(m)
	if err != nil {
		return v, err
	}
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, r.limit+5*time.Minute) // go test has its own limit; this one is for building
	defer cancel()
	head := []string{"test", "-json", "-vet=off", "-count=1", "-failfast", "-overlay", overlay, "-timeout", r.limit.String(), "./" + pkg}
	cmd := exec.CommandContext(ctx, "go", append(head, args...)...)
	cmd.Dir = r.root
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return v, fmt.Errorf("mutant %s in %s: %w", m.name, pkg, ctx.Err())
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return v, fmt.Errorf("mutant %s in %s: %w", m.name, pkg, err)
	}
	v.read(out, err == nil)
	if v.Outcome == unbuilt && v.Why == "" {
		v.Why = firstLines(stderr.String(), 5)
	}
	if v.Outcome == dead && len(v.Tests) > 0 {
		if err := r.doubt(ctx, &v, args); err != nil {
			return v, err
		}
	}
	v.Seconds = int(time.Since(begun).Seconds())
	return v, nil
}

// doubt lets the test that noticed a mutant run without it: one that fails all the same
// has noticed nothing.
func (r *runner) doubt(ctx context.Context, v *verdict, args []string) error {
	test, _, _ := strings.Cut(v.Tests[0], "/")
	key := v.Suite + " " + test
	passes, known := r.sound[key]
	if !known {
		all := []string{"test", "-vet=off", "-count=1", "-timeout", r.limit.String(), "./" + v.Suite}
		cmd := exec.CommandContext(ctx, "go", append(append(all, args...), "-run", "^"+test+"$")...) // the last -run counts
		cmd.Dir = r.root
		err := cmd.Run()
		if exit := (*exec.ExitError)(nil); ctx.Err() != nil || err != nil && !errors.As(err, &exit) {
			return fmt.Errorf("%s without a mutant: %w", key, errors.Join(err, ctx.Err()))
		}
		passes = err == nil
		r.sound[key] = passes
	}
	if !passes {
		v.Outcome = unsound
	}
	return nil
}

// overlay writes the changed file and the file that tells go about it.
func (r *runner) overlay(m mutant) (string, error) {
	c, err := m.apply(r.root)
	if err != nil {
		return "", err
	}
	file := filepath.Join(r.dir, m.name+".go")
	if err := os.WriteFile(file, c.text, 0o600); err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": {c.file: file}})
	if err != nil {
		return "", err
	}
	name := filepath.Join(r.dir, m.name+".json")
	return name, os.WriteFile(name, b, 0o600)
}

// read takes the outcome from what go test -json wrote.
func (v *verdict) read(out []byte, passed bool) {
	said := map[string][]string{}
	built := true
	var whole, build []string
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		switch e.Action {
		case "output":
			said[e.Test] = append(said[e.Test], e.Output)
		case "build-output":
			build = append(build, e.Output)
		case "fail":
			built = built && e.FailedBuild == ""
			if e.Test != "" {
				whole = append(whole, e.Test)
			}
		}
	}
	switch {
	case passed:
		v.Outcome = lives
		return
	case !built:
		v.Outcome, v.Why = unbuilt, firstLines(strings.Join(build, ""), 5)
		return
	}
	v.Outcome = dead
	var first string
	for _, t := range whole {
		// What fails in a test of its own says more than the one around it.
		if !slices.ContainsFunc(whole, func(o string) bool { return strings.HasPrefix(o, t+"/") }) {
			if first == "" {
				first = t
			}
			v.Tests = append(v.Tests, t)
		}
	}
	if len(v.Tests) > 4 {
		v.Tests = v.Tests[:4]
	}
	for _, of := range []string{first, ""} { // a panic is told outside of every test
		if v.Why = firstLines(strings.Join(said[of], ""), 4); v.Why != "" {
			return
		}
	}
}

// firstLines are the first lines that say something.
func firstLines(text string, n int) string {
	var list []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "#") {
			continue
		}
		if len(line) > 200 {
			line = line[:200]
		}
		if list = append(list, line); len(list) == n {
			break
		}
	}
	return strings.Join(list, "\n")
}
