package drivertest

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// run is one driver on one installation, walked through its life.
type run[S any] struct {
	cfg  Config[S]
	in   sys.Installation
	id   plan.ID
	base []string // leftovers after Setup
	d    plan.Driver[S]
}

// fresh is the driver after a restart of the agent.
func (r *run[S]) fresh(t testing.TB) plan.Driver[S] {
	r.close()
	r.d = r.cfg.New(t, r.in)
	return r.d
}

func (r *run[S]) close() {
	if c, ok := r.d.(io.Closer); ok {
		_ = c.Close()
	}
	r.d = nil
}

func (r *run[S]) spec() S   { return r.cfg.Spec(r.in, r.id) }
func (r *run[S]) update() S { return r.cfg.Update(r.in, r.id) }

func (r *run[S]) ensure(t testing.TB, d plan.Driver[S], spec S) {
	t.Helper()
	until(t, "Ensure", r.cfg.Deadline, func(ctx context.Context) (plan.Status, error) { return d.Ensure(ctx, r.id, spec) })
}

// remove goes on until it is gone and looks whether it really is.
func (r *run[S]) remove(t testing.TB, d plan.Driver[S]) {
	t.Helper()
	until(t, "Remove", r.cfg.Deadline, func(ctx context.Context) (plan.Status, error) { return d.Remove(ctx, r.id) })
	if left := diff(r.cfg.leftovers(r.in), r.base); len(left) > 0 {
		t.Errorf("left after Remove: %v", left)
	}
	if gone := diff(r.base, r.cfg.leftovers(r.in)); len(gone) > 0 {
		t.Errorf("Remove took what Setup had made: %v", gone)
	}
	r.listed(t, d)
}

// listed checks that List names exactly want.
func (r *run[S]) listed(t testing.TB, d plan.Driver[S], want ...plan.ID) {
	t.Helper()
	ids := list(t, d)
	slices.Sort(ids)
	slices.Sort(want)
	if !slices.Equal(ids, want) {
		t.Errorf("List = %s, want %s", describe(ids), describe(want))
	}
}

// owned checks that whatever is there is named by List.
func (r *run[S]) owned(t testing.TB, d plan.Driver[S]) {
	t.Helper()
	more := diff(r.cfg.leftovers(r.in), r.base)
	ids := list(t, d)
	if len(more) > 0 && !slices.Contains(ids, r.id) {
		t.Errorf("half made and not listed (a leak): %v", more)
	}
	for _, id := range ids {
		if id != r.id {
			t.Errorf("List names %s, which nobody asked for", id)
		}
	}
}

func list[S any](t testing.TB, d plan.Driver[S]) []plan.ID {
	t.Helper()
	var ids []plan.ID
	_, err := step(t, "List", func(ctx context.Context) (st plan.Status, err error) {
		ids, err = d.List(ctx)
		return st, err
	})
	if err != nil {
		t.Errorf("List: %v", err)
	}
	return ids
}

// life: made, repeated, adopted by a new process, changed, removed.
func (r *run[S]) life(t *testing.T) {
	d := r.fresh(t)
	r.listed(t, d)
	r.ensure(t, d, r.spec())
	r.listed(t, d, r.id)
	r.unchanged(t, d, r.spec(), "a repeat")

	d = r.fresh(t)
	r.ensure(t, d, r.spec()) // what lives in the process only is made again here
	r.listed(t, d, r.id)
	r.unchanged(t, d, r.spec(), "a repeat after a restart")

	if r.cfg.Update != nil {
		before := r.state(t)
		r.ensure(t, d, r.update())
		if r.cfg.State != nil && r.state(t) == before {
			t.Errorf("the update changed nothing: %s", before)
		}
		r.listed(t, d, r.id)
		r.unchanged(t, d, r.update(), "a repeat of the update")
		r.ensure(t, d, r.update())
	}
	r.remove(t, d)
	until(t, "Remove again", r.cfg.Deadline, func(ctx context.Context) (plan.Status, error) { return d.Remove(ctx, r.id) })

	// And the same id once more: nothing remembers the first life.
	r.ensure(t, d, r.spec())
	r.remove(t, r.fresh(t))
}

// unchanged repeats a finished wish: ready at once, no effect was tried (no
// crash point passed), nothing on the machine moved.
func (r *run[S]) unchanged(t *testing.T, d plan.Driver[S], spec S, what string) {
	t.Helper()
	before := r.cfg.Fingerprint(t, r.in)
	passed := newRecorder(r.cfg.points())
	restore := crash.Set(passed.hook)
	defer restore()
	for range 3 {
		st, err := step(t, "Ensure", func(ctx context.Context) (plan.Status, error) { return d.Ensure(ctx, r.id, spec) })
		if err != nil || !st.Ready {
			t.Errorf("%s is not ready at once: %+v, %v", what, st, err)
		}
	}
	if seen := passed.seen(); len(seen) > 0 {
		t.Errorf("%s tried effects: %v", what, seen)
	}
	if after := r.cfg.Fingerprint(t, r.in); after != before {
		t.Errorf("%s changed the machine:\nbefore %s\nafter  %s", what, before, after)
	}
}

// missing: removing what never was is success and touches nothing.
func (r *run[S]) missing(t *testing.T) {
	d := r.fresh(t)
	before := r.cfg.Fingerprint(t, r.in)
	r.remove(t, d)
	if after := r.cfg.Fingerprint(t, r.in); after != before {
		t.Errorf("removing what is not there changed the machine:\nbefore %s\nafter  %s", before, after)
	}
}

// sideBySide: the same id in two installations, one removed, one stays.
func (r *run[S]) sideBySide(t *testing.T, in sys.Installation) {
	other := &run[S]{cfg: r.cfg, in: in, id: r.id, base: r.cfg.leftovers(in)}
	defer other.close()
	d, o := r.fresh(t), other.fresh(t)
	r.ensure(t, d, r.spec())
	other.listed(t, o)
	other.ensure(t, o, other.spec())
	before := other.cfg.Fingerprint(t, in)
	r.remove(t, d)
	if after := other.cfg.Fingerprint(t, in); after != before {
		t.Errorf("the other installation changed:\nbefore %s\nafter  %s", before, after)
	}
	other.listed(t, o, r.id)
	other.remove(t, o)
}

// damaged: something broke a finished artefact, Ensure repairs it.
func (r *run[S]) damaged(t *testing.T, damage func(testing.TB, sys.Installation, plan.ID)) {
	d := r.fresh(t)
	r.ensure(t, d, r.spec())
	want := r.state(t)
	damage(t, r.in, r.id)
	r.ensure(t, d, r.spec())
	r.same(t, want)
	damage(t, r.in, r.id)
	r.remove(t, d)
}

func (r *run[S]) state(t testing.TB) string {
	if r.cfg.State == nil {
		return ""
	}
	return r.cfg.State(t, r.in)
}

func (r *run[S]) same(t testing.TB, want string) {
	t.Helper()
	if got := r.state(t); got != want {
		t.Errorf("came out different:\nwant %s\ngot  %s", want, got)
	}
}

// recorder is a hook that remembers which points were passed and can let one
// of them fail. Drivers may pass points from a runner's goroutine.
type recorder struct {
	mine  []string
	fail  string
	times int // how often to fail; below zero: always

	mu    sync.Mutex
	hit   map[string]bool
	fired bool
}

func newRecorder(mine []string) *recorder { return &recorder{mine: mine, hit: map[string]bool{}} }

func (r *recorder) hook(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.mine, name) {
		r.hit[name] = true
	}
	if name == r.fail && r.times != 0 {
		r.times--
		r.fired = true
		return errInjected
	}
	return nil
}

func (r *recorder) seen() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var s []string
	for p := range r.hit {
		s = append(s, p)
	}
	slices.Sort(s)
	return s
}

func (r *recorder) didFire() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fired
}

// phases are the wishes in which a point may lie.
func (r *run[S]) phases() []string {
	if r.cfg.Update == nil {
		return []string{"ensure", "remove"}
	}
	return []string{"ensure", "update", "remove"}
}

// call is one step of a phase.
func (r *run[S]) call(d plan.Driver[S], phase string) func(context.Context) (plan.Status, error) {
	switch phase {
	case "ensure":
		return func(ctx context.Context) (plan.Status, error) { return d.Ensure(ctx, r.id, r.spec()) }
	case "update":
		return func(ctx context.Context) (plan.Status, error) { return d.Ensure(ctx, r.id, r.update()) }
	}
	return func(ctx context.Context) (plan.Status, error) { return d.Remove(ctx, r.id) }
}

// uncovered fails for the points that no phase passed.
func (r *run[S]) uncovered(t *testing.T, points []string, ref reference) {
	t.Helper()
	var missed []string
	for _, p := range points {
		reached := slices.ContainsFunc(r.phases(), func(phase string) bool { return ref.passed[phase][p] })
		if !reached && !slices.Contains(r.cfg.Elsewhere, p) {
			missed = append(missed, p)
		}
	}
	if len(missed) > 0 {
		t.Errorf("crash points that neither Ensure, Update nor Remove passed:\n  %s", strings.Join(missed, "\n  "))
	}
}
