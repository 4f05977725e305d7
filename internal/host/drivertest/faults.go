package drivertest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// errors lets every point fail in every phase: once, after which the driver
// must get there by itself, and for good, after which Remove must clear up.
func (r *run[S]) errors(t *testing.T, points []string) {
	ref := r.references(t, points)
	failed := 0
	for _, point := range points {
		for _, phase := range r.phases() {
			if ref.passed[phase][point] {
				r.failOnce(t, point, phase, ref.state[phase])
				r.failAlways(t, point, phase)
				failed++
			}
		}
		if t.Failed() {
			t.Fatalf("stopped at point %s", point)
		}
	}
	r.uncovered(t, points, ref)
	t.Log(crash.Tally("%s: %d times an injected error at a point", t.Name(), failed))
}

// reference is a life in which nothing goes wrong: the state in which each
// phase ends and the points that it passes.
type reference struct {
	state  map[string]string
	passed map[string]map[string]bool
}

func (r *run[S]) references(t *testing.T, points []string) reference {
	ref := reference{state: map[string]string{}, passed: map[string]map[string]bool{}}
	d := r.fresh(t)
	for _, phase := range r.phases() {
		rec := newRecorder(points)
		restore := crash.Set(rec.hook)
		until(t, phase, r.cfg.Deadline, r.call(d, phase))
		restore()
		ref.state[phase] = r.state(t)
		ref.passed[phase] = map[string]bool{}
		for _, p := range rec.seen() {
			ref.passed[phase][p] = true
		}
	}
	r.remove(t, d)
	return ref
}

// prepare brings the machine to where phase starts.
func (r *run[S]) prepare(t *testing.T, d plan.Driver[S], phase string) {
	if phase != "ensure" {
		r.ensure(t, d, r.spec())
	}
	if phase == "remove" && r.cfg.Update != nil {
		r.ensure(t, d, r.update())
	}
}

func (r *run[S]) failOnce(t *testing.T, point, phase, want string) {
	d := r.fresh(t)
	r.prepare(t, d, phase)
	rec := newRecorder(nil)
	rec.fail, rec.times = point, 1
	restore := crash.Set(rec.hook)
	defer restore()
	call := r.call(d, phase)
	until(t, phase+" with an error at "+point, r.cfg.Deadline, func(ctx context.Context) (plan.Status, error) {
		before := rec.didFire()
		st, err := call(ctx)
		if !before && rec.didFire() && err == nil && st.Ready {
			t.Errorf("%s answered ready although %s had failed", phase, point)
		}
		return st, err
	})
	if !rec.didFire() {
		t.Errorf("%s passed %s the first time and not the second", phase, point)
	}
	r.same(t, want)
	r.remove(t, d)
}

// failAlways is "Remove in the middle of Ensure": the wish stops at the point
// for ever, then the opposite is wished for.
func (r *run[S]) failAlways(t *testing.T, point, phase string) {
	if phase == "remove" {
		return
	}
	d := r.fresh(t)
	r.prepare(t, d, phase)
	rec := newRecorder(nil)
	rec.fail, rec.times = point, -1
	restore := crash.Set(rec.hook)
	defer restore()
	end := time.Now().Add(r.cfg.Deadline)
	for !rec.didFire() && time.Now().Before(end) {
		st, _ := step(t, phase, r.call(d, phase))
		if !rec.didFire() {
			pause(st.Again)
		}
	}
	_, _ = step(t, phase, r.call(d, phase))
	restore()
	r.owned(t, d)
	r.remove(t, d)
}

// killed lets a real process die by SIGKILL at every point of every phase. A
// new process must finish the wish in one run, and clear up in another.
func (r *run[S]) killed(t *testing.T, points []string) {
	ref := r.references(t, points)
	kills := 0
	for _, point := range points {
		for _, phase := range r.phases() {
			if !ref.passed[phase][point] {
				continue
			}
			r.kill(t, point, phase)
			d := r.fresh(t)
			r.owned(t, d)
			until(t, phase+" after a kill at "+point, r.cfg.Deadline, r.call(d, phase))
			r.same(t, ref.state[phase])
			r.remove(t, d)
			kills++
			if phase != "remove" {
				r.kill(t, point, phase)
				r.remove(t, r.fresh(t))
				kills++
			}
		}
		if t.Failed() {
			t.Fatalf("stopped at point %s", point)
		}
	}
	r.uncovered(t, points, ref)
	t.Log(crash.Tally("%s: %d points, %d times SIGKILL", t.Name(), len(points), kills))
}

// order tells the child what to do.
type order struct {
	Phase string
	Tag   string
	Dir   string
	ID    plan.ID
}

// runChild carries a phase out in this process, which a point may end.
func runChild[S any](t *testing.T, cfg Config[S], o order) {
	r := &run[S]{cfg: cfg, in: sys.Installation{Tag: o.Tag, Dir: o.Dir}, id: o.ID}
	d := r.fresh(t)
	if cfg.InProcess {
		r.prepare(t, d, o.Phase)
	}
	crash.FromEnv()
	until(t, o.Phase, cfg.Deadline, r.call(d, o.Phase))
}

// kill carries phase out in a child that must die at point.
func (r *run[S]) kill(t *testing.T, point, phase string) {
	t.Helper()
	r.prepare(t, r.fresh(t), phase)
	r.close()
	test, _, _ := strings.Cut(t.Name(), "/killed")
	Kill(t, test, point, order{Phase: phase, Tag: r.in.Tag, Dir: r.in.Dir, ID: r.id}, r.cfg.Deadline)
}
