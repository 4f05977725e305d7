// Command mutants puts small faults into the product, one at a time, and says which
// test noticed each: `make mutants`. A fault that no test notices is a missing test.
//
// The package's own tests come first. What concerns state must also be noticed by
// the simulation. What was found out is kept, and asked again only when the
// fault, its package or the suite has changed: a run that was ended goes on.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	root, state, only string
	suite             string
	page              string
	seeds, atOnce     int
	limit, within     time.Duration
	table, likely     bool
}

func run() error {
	var o options
	flag.StringVar(&o.root, "root", "..", "root of the repository")
	flag.StringVar(&o.state, "state", "", "file of what was found out (bin/mutants.json below the root)")
	flag.StringVar(&o.only, "run", "", "only mutants whose package and name match, such as hub/ or lease")
	flag.StringVar(&o.suite, "suite", "all", "own, sim or all")
	flag.StringVar(&o.page, "page", "", "write the table into this page, between its marks")
	flag.IntVar(&o.seeds, "seeds", 60, "seeds of the simulation")
	flag.IntVar(&o.atOnce, "parallel", runtime.NumCPU(), "how many of them are played at once")
	flag.DurationVar(&o.limit, "limit", 6*time.Minute, "how long one suite may take for one mutant")
	flag.DurationVar(&o.within, "within", 2*time.Hour, "begin no mutant after this; the next run goes on")
	flag.BoolVar(&o.likely, "likely", false, "ask only the tests that most likely notice; who gets past them is asked about later")
	flag.BoolVar(&o.table, "table", false, "play nothing, show what is known")
	flag.Parse()
	root, err := filepath.Abs(o.root)
	if err != nil {
		return err
	}
	o.root = root
	if o.state == "" {
		o.state = filepath.Join(root, "bin", "mutants.json")
	}
	list, err := chosen(o.only)
	if err != nil {
		return err
	}
	known, err := load(o.state)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if !o.table {
		if err := play(ctx, o, list, known); err != nil {
			return err
		}
	}
	return tell(o, list, known)
}

// chosen are the mutants whose package and name match.
func chosen(pattern string) ([]mutant, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(mutants(), func(m mutant) bool { return !re.MatchString(m.pkg + "/" + m.name) }), nil
}

// ask is a mutant before a suite.
type ask struct {
	m      mutant
	suite  string // folder of its package
	digest string
}

// asks are those that the suites must answer, own tests before the simulation.
func asks(o options, list []mutant) (all []ask, err error) {
	for _, m := range list {
		if o.suite == "sim" {
			break
		}
		d, err := m.digest(o.root)
		if err != nil {
			return nil, err
		}
		all = append(all, ask{m, m.pkg, d})
	}
	for _, m := range list {
		if o.suite == "own" || !m.state {
			continue
		}
		d, err := m.digest(o.root, simulation)
		if err != nil {
			return nil, err
		}
		all = append(all, ask{m, simulation, d})
	}
	return all, nil
}

func play(ctx context.Context, o options, list []mutant, known *findings) error {
	all, err := asks(o, list)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r, err := newRunner(o.root, dir, list)
	if err != nil {
		return err
	}
	r.seeds, r.limit, r.likely = o.seeds, o.limit, o.likely
	begun := time.Now()
	left := slices.DeleteFunc(slices.Clone(all), func(a ask) bool {
		v := known.of(a)
		return v != nil && v.Digest == a.digest && (v.Outcome == dead || v.Outcome == lives)
	})
	var next atomic.Int64
	one := func() error {
		for ctx.Err() == nil && time.Since(begun) < o.within {
			n := int(next.Add(1))
			if n > len(left) {
				break
			}
			if err := r.answer(ctx, left[n-1], known, fmt.Sprintf("%3d/%d", n, len(left))); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	var workers sync.WaitGroup
	errs := make([]error, max(o.atOnce, 1))
	for i := range errs {
		workers.Go(func() {
			if errs[i] = one(); errs[i] != nil {
				next.Store(int64(len(left))) // the others end with what they are at
			}
		})
	}
	workers.Wait()
	if n := len(left) - int(next.Load()); n > 0 {
		fmt.Printf("%d are left: run it again, it goes on from here\n", n)
	}
	return errors.Join(errs...)
}

// answer plays a mutant before a suite, and keeps what it said.
func (r *runner) answer(ctx context.Context, a ask, known *findings, count string) error {
	do := r.own
	if a.suite == simulation {
		do = r.sim
	} else if before := known.of(a); before != nil && len(before.Tests) > 0 { // who noticed it once does so again
		test, _, _ := strings.Cut(before.Tests[0], "/")
		a.m.test = "^" + test + "$"
	}
	v, err := do(ctx, a.m)
	if err != nil {
		return err
	}
	if v.Digest = a.digest; r.likely && a.suite != simulation && v.Outcome == lives {
		fmt.Printf("%s %-32s %-20s is not noticed by %s\n", count, a.m.name, a.suite, a.m.test)
		return nil
	}
	if err := known.add(v); err != nil {
		return err
	}
	fmt.Printf("%s %-32s %-20s %s %s (%d s, %.1f s of processor)\n",
		count, a.m.name, a.suite, v.Outcome, strings.Join(v.Tests, ", "), v.Seconds, v.Processor)
	if v.Outcome == unbuilt || a.suite == simulation && v.Why != "" {
		fmt.Println("        " + v.Why)
	}
	return nil
}

// findings is what is known, in a file.
type findings struct {
	name string

	mu   sync.Mutex
	list []verdict
}

func load(name string) (*findings, error) {
	k := &findings{name: name}
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &k.list); err != nil {
		return nil, fmt.Errorf("%s: %w (remove it to begin anew)", name, err)
	}
	return k, nil
}

// of is the verdict about a mutant, also an old one; nil for none.
func (k *findings) of(a ask) *verdict {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.list, func(v verdict) bool { return v.Mutant == a.m.name && v.Suite == a.suite })
	if i < 0 {
		return nil
	}
	v := k.list[i]
	return &v
}

// add keeps a verdict at once, so that a run that is killed loses one.
func (k *findings) add(v verdict) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list = slices.DeleteFunc(k.list, func(o verdict) bool { return o.Mutant == v.Mutant && o.Suite == v.Suite })
	k.list = append(k.list, v)
	b, err := json.MarshalIndent(k.list, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(k.name), 0o750); err != nil {
		return err
	}
	next := k.name + ".next"
	if err := os.WriteFile(next, b, 0o600); err != nil {
		return err
	}
	return os.Rename(next, k.name)
}
