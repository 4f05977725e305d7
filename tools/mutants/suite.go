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
	"regexp"
	"slices"
	"strings"
	"sync"
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
	Mutant  string   `json:"mutant"`
	Suite   string   `json:"suite"` // folder of the package
	Digest  string   `json:"digest"`
	Outcome string   `json:"outcome"`
	Tests   []string `json:"tests,omitempty"` // that failed
	Why     string   `json:"why,omitempty"`   // the first lines of the first of them
	Seconds int      `json:"seconds"`
	// Processor is how many seconds of processor time it took.
	Processor float64   `json:"processor"`
	At        time.Time `json:"at"`
}

// runner plays mutants.
type runner struct {
	root  string
	dir   string // for programs
	list  []mutant
	seeds int
	limit time.Duration // of each run of a suite
	// likely: of the own tests only those that most likely notice it.
	likely bool
	// changes are what the mutants do to the tree.
	changes map[string]*change

	mu       sync.Mutex
	programs map[string]program // by suite, and by mutant where that has one of its own
	// sound are the tests that noticed something, by package and arguments: whether they
	// pass when nothing is wrong.
	sound map[string]func() (bool, error)
}

// program is the tests of a package, built.
type program struct {
	file string
	why  string // it could not be built
}

// newRunner finds the places of mutants in a tree.
func newRunner(root, dir string, list []mutant) (*runner, error) {
	r := &runner{
		root: root, dir: dir, list: list, seeds: 60, limit: 6 * time.Minute, changes: map[string]*change{},
		programs: map[string]program{}, sound: map[string]func() (bool, error){},
	}
	for _, m := range list {
		c, err := m.apply(root)
		if err != nil {
			return nil, err
		}
		r.changes[m.name] = c
	}
	return r, nil
}

// own asks the package's own tests: the likely one, then all.
func (r *runner) own(ctx context.Context, m mutant) (verdict, error) {
	var before verdict
	if m.test != "" {
		v, err := r.run(ctx, m, m.pkg, "-test.short", "-test.run="+m.test)
		if err != nil || v.Outcome != lives || r.likely {
			return v, err
		}
		before = v
	}
	v, err := r.run(ctx, m, m.pkg, "-test.short")
	v.Seconds, v.Processor = v.Seconds+before.Seconds, v.Processor+before.Processor
	return v, err
}

// sim asks the simulation, which ends with the first seed that fails.
func (r *runner) sim(ctx context.Context, m mutant) (verdict, error) {
	return r.run(ctx, m, simulation, "-test.run=^TestSimulation$", fmt.Sprint("-seeds=", r.seeds), "-processes=1")
}

// event is a line of go test -json.
type event struct{ Action, Test, Output string }

// run plays a suite with the mutant in place.
func (r *runner) run(ctx context.Context, m mutant, pkg string, args ...string) (v verdict, err error) {
	v = verdict{Mutant: m.name, Suite: pkg, At: time.Now().UTC().Truncate(time.Second)}
	p, err := r.program(ctx, m, pkg)
	if err != nil {
		return v, err
	}
	if p.why != "" {
		v.Outcome, v.Why = unbuilt, p.why
		return v, nil
	}
	out, passed, used, err := r.play(ctx, p, pkg, m.name, args)
	if err != nil {
		return v, fmt.Errorf("mutant %s in %s: %w", m.name, pkg, err)
	}
	v.read(out, passed)
	v.Seconds, v.Processor = int(time.Since(v.At).Seconds()), used.Round(100*time.Millisecond).Seconds()
	if v.Outcome == dead && len(v.Tests) > 0 {
		return v, r.doubt(ctx, &v, args)
	}
	return v, nil
}

// play runs the tests of a program, with a mutant or without.
func (r *runner) play(
	ctx context.Context, p program, pkg, name string, args []string,
) (out []byte, passed bool, used time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, r.limit+time.Minute) // the tests have their own limit
	defer cancel()
	head := []string{
		"tool", "test2json", p.file, "-test.v=test2json", "-test.paniconexit0", "-test.failfast", "-test.timeout=" + r.limit.String(),
	}
	cmd := exec.CommandContext(ctx, "go", append(head, args...)...)
	cmd.Dir = filepath.Join(r.root, pkg)
	cmd.Env = append(os.Environ(), chooses+"="+name, "PWD="+cmd.Dir)
	if pkg == simulation {
		cmd.Env = append(cmd.Env, "GOGC=400") // its worlds are small
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second
	out, err = cmd.Output()
	if ctx.Err() != nil {
		return nil, false, 0, ctx.Err()
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return nil, false, 0, err
	}
	return out, err == nil, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// doubt lets the test that noticed a mutant run without it: one that fails all the same
// has noticed nothing.
func (r *runner) doubt(ctx context.Context, v *verdict, args []string) error {
	test, _, _ := strings.Cut(v.Tests[0], "/")
	args = append(slices.Clone(args), "-test.run=^"+test+"$") // the last one counts
	if seed := failedSeed.FindStringSubmatch(v.Why); v.Suite == simulation && seed != nil {
		args = append(args, "-seed="+seed[1])
	}
	key := v.Suite + " " + strings.Join(args, " ")
	r.mu.Lock()
	passes := r.sound[key]
	if passes == nil {
		passes = sync.OnceValues(func() (bool, error) {
			p, err := r.program(ctx, mutant{}, v.Suite)
			if err != nil || p.why != "" {
				return false, err
			}
			_, passed, _, err := r.play(ctx, p, v.Suite, "", args)
			return passed, err
		})
		r.sound[key] = passes
	}
	r.mu.Unlock()
	ok, err := passes()
	if err == nil && !ok {
		v.Outcome = unsound
	}
	return err
}

// program is the tests of a package with a mutant in them, or with none. The tree is not touched:
// go builds with other texts of files.
func (r *runner) program(ctx context.Context, m mutant, pkg string) (program, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p, ok := r.programs[m.name]; ok { // with which nothing can be built
		return p, nil
	}
	if m.name != "" {
		if c := r.changes[m.name]; c.in == nil {
			alone := func() (map[string][]byte, error) { return map[string][]byte{c.file: c.text}, nil }
			return r.built(ctx, pkg, pkg+" "+m.name, alone)
		}
	}
	list := r.within(pkg)
	woven := func() (map[string][]byte, error) { return weave(list, r.changes) }
	p, err := r.built(ctx, pkg, pkg, woven)
	if err != nil || p.why == "" {
		return p, err
	}
	for _, o := range list {
		if p, err := r.compiled(ctx, o); err != nil {
			return p, err
		} else if p.why != "" {
			r.programs[o.name] = p
		}
	}
	if bad, ok := r.programs[m.name]; ok {
		return bad, nil
	}
	list = r.within(pkg)
	delete(r.programs, pkg)
	if p, err = r.built(ctx, pkg, pkg, woven); err == nil && p.why != "" {
		err = fmt.Errorf("the tests of %s do not build: %s", pkg, p.why)
	}
	return p, err
}

// within are the mutants that a suite's program plays.
func (r *runner) within(pkg string) (list []mutant) {
	for _, m := range r.list {
		if _, bad := r.programs[m.name]; !bad && r.changes[m.name].in != nil && (m.pkg == pkg || pkg == simulation && m.state) {
			list = append(list, m)
		}
	}
	return list
}

// built builds the tests of a package with other texts of some files, once.
func (r *runner) built(ctx context.Context, pkg, name string, files func() (map[string][]byte, error)) (p program, err error) {
	if p, ok := r.programs[name]; ok {
		return p, nil
	}
	texts, err := files()
	if err != nil {
		return p, err
	}
	flat := strings.NewReplacer("/", "-", " ", "-").Replace(name)
	at, err := overlay(r.dir, flat, texts)
	if err != nil {
		return p, err
	}
	p.file = filepath.Join(r.dir, flat+".test")
	if p.why, err = r.golang(ctx, "test", "-c", "-vet=off", "-overlay", at, "-o", p.file, "./"+pkg); err == nil {
		r.programs[name] = p
	}
	return p, err
}

// compiled tells whether the package of a mutant can be compiled with it.
func (r *runner) compiled(ctx context.Context, m mutant) (p program, err error) {
	c := r.changes[m.name]
	at, err := overlay(r.dir, m.name, map[string][]byte{c.file: c.text})
	if err == nil {
		p.why, err = r.golang(ctx, "build", "-overlay", at, "./"+m.pkg)
	}
	return p, err
}

// golang runs go; why is what it said when it could not build.
func (r *runner) golang(ctx context.Context, args ...string) (why string, err error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = r.root
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		if why = firstLines(string(out), 5); why == "" {
			why = err.Error()
		}
		return why, nil
	}
	return "", err
}

// read takes the outcome from what go test -json wrote.
func (v *verdict) read(out []byte, passed bool) {
	said := map[string][]string{}
	var whole []string
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
		case "fail":
			if e.Test != "" {
				whole = append(whole, e.Test)
			}
		}
	}
	if passed {
		v.Outcome = lives
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
	if seed := failedSeed.FindString(strings.Join(said[first], "")); v.Suite == simulation && seed != "" {
		v.Why = firstLines(seed, 1)
		return
	}
	around, _, _ := strings.Cut(first, "/")
	for _, of := range []string{first, around, ""} { // a panic is told around the test, or outside of all
		if v.Why = firstLines(strings.Join(said[of], ""), 4); v.Why != "" {
			return
		}
	}
}

// failedSeed is how the simulation names the seed that went wrong.
var failedSeed = regexp.MustCompile(`seed (\d+): .*`)

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
