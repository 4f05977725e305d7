package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
)

// Group commit without any goroutine of its own, for both engines. A Write that finds the writer
// free becomes leader: it runs its own function and those of everybody who
// waits as savepoints of one transaction, commits once, and wakes them. The
// first who came in the meantime leads the next batch.
//
//	A  lead: begin . A . [sp B] . [sp C] . commit . wake B, C . next leader D
//	B  wait ............................... answered
//	C     wait ............................ answered
//	D                              wait ............ lead: begin . D ...
//
// A batch of WriteOnes only is committed without waiting for the disk: it is in
// the log before whatever comes after it, and that waits for both. As soon as a
// Write is among those who wait, the batch is one like any other.
//
// What a function does wrong hits only itself: an error rolls back its
// savepoint; a panic rolls back everything, goes on in its own caller, and
// the others run again.

// maxBatch bounds how long the first of a batch waits for its answer.
const maxBatch = 64

// With fewer than crowded waiting, the first of a batch waits for others no
// longer than patience times what a commit takes: their waiting for a commit of
// their own costs them less than their work would cost the first. With more, it
// is commits that everybody waits for.
const (
	crowded  = 8
	patience = 2
)

// request is a Write that waits for its commit. Whoever leads owns the fields;
// sending on wake hands them back.
type request struct {
	ctx     context.Context
	fn      func(*Tx) error
	lazy    bool      // need not wait for the disk
	wake    chan bool // true: lead; false: settled
	settled bool
	tries   int // runs that the engine wanted to have repeated
	after   []func()
	err     error
	panics  bool
	panic   any
}

// line is what a leader writes through: one transaction at a time.
type line interface {
	querier
	// begin opens the transaction.
	begin(lazy bool) error
	// save lets the run that begins be taken back by itself; keep says that it
	// ended well, and more that others follow before the commit.
	save(point string) error
	keep(point string, more bool) error
	back(point string) error
	rollback()
	// commit ends it. With errRun the last run alone is what failed.
	commit(runs []*Tx) error
	committed(lazy bool)
	// told makes of a run's error what its caller is told; again says that the run
	// may be repeated instead.
	told(tx *Tx, err error) (out error, again bool)
}

// errRun is why the last run of a batch failed after it had come to its end.
type errRun struct{ error }

func (e errRun) Unwrap() error { return e.error }

// mostTries bounds how often a run is repeated for what is not its fault.
const mostTries = 10

// group is those who write, and the line that they share.
type group struct {
	db   *DB
	line line
	// watch is the leader's; nil without fsync, where commits cost nothing.
	watch *stopwatch
	limit time.Duration // how long somebody waits for a leader; 0: for as long as he likes

	mu    sync.Mutex
	busy  bool       // somebody leads
	queue []*request // those who wait for a leader
}

func newRequest(ctx context.Context, lazy bool, fn func(*Tx) error) *request {
	return &request{ctx: ctx, fn: fn, lazy: lazy, wake: make(chan bool, 1)}
}

// submit runs a request or lets somebody else run it.
func (g *group) submit(r *request) ([]func(), error) {
	lead := true
	g.mu.Lock()
	if g.busy {
		lead = false
		g.queue = append(g.queue, r)
	}
	g.busy = true
	g.mu.Unlock()
	if !lead {
		var err error
		if lead, err = g.await(r); err != nil {
			return nil, err
		}
	}
	if lead {
		g.lead(r)
	}
	if r.panics {
		panic(r.panic)
	}
	return r.after, r.err
}

// await waits until a request was run, or is to lead.
func (g *group) await(r *request) (lead bool, err error) {
	late, stop := timeUp(g.limit)
	defer stop()
	select {
	case lead = <-r.wake:
		return lead, nil
	case <-r.ctx.Done():
		err = r.ctx.Err()
	case <-late:
		err = unavailable("wait for other writes", fmt.Errorf("not served within %v", g.limit))
	}
	if g.forget(r) {
		return false, err
	}
	// Somebody is running it: the answer is whatever that gives.
	return <-r.wake, nil
}

// forget takes a request out of the queue; false when it is not there anymore.
func (g *group) forget(r *request) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.queue, r)
	if i < 0 {
		return false
	}
	g.queue = slices.Delete(g.queue, i, i+1)
	return true
}

// pop takes the next request, nil when nobody waits or, for a lazy batch, when
// the next one must wait for the disk.
func (g *group) pop(lazy bool) *request {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.queue) == 0 || lazy && !g.queue[0].lazy {
		return nil
	}
	r := g.queue[0]
	g.queue = g.queue[1:]
	return r
}

// waiting is how many are in the queue.
func (g *group) waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.queue)
}

// idle tells whether nobody waits who must wait for the disk.
func (g *group) idle() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !slices.ContainsFunc(g.queue, func(r *request) bool { return !r.lazy })
}

// lead runs batches until own is settled, and then passes the lead on.
func (g *group) lead(own *request) {
	defer func() { // also when a crash point panics
		g.mu.Lock()
		defer g.mu.Unlock()
		if len(g.queue) == 0 {
			g.busy = false
			return
		}
		next := g.queue[0]
		g.queue = g.queue[1:]
		next.wake <- true
	}()
	for !own.settled {
		(&batch{g: g, own: own}).run()
	}
}

// batch is one transaction of a leader.
type batch struct {
	g       *group
	own     *request
	ran     []*request // done, waiting for the commit
	txs     []*Tx      // of ran
	refused []*request // failed by what ran saw, and are told so when that is true
	current *request
	open    bool
	lazy    bool // commits without waiting for the disk
	done    bool // it was committed
}

func (b *batch) run() {
	finished := false
	defer func() {
		if !finished {
			b.torn()
		}
	}()
	b.fill()
	if len(b.ran) > 0 {
		b.commit()
	}
	finished = true
}

// fill runs own and those who wait.
func (b *batch) fill() {
	for r, n := b.own, 0; r != nil; r = b.g.pop(b.lazy) {
		b.current = r
		if !b.step(r) {
			return
		}
		if n++; n == 1 {
			b.g.watch.start()
		}
		if n >= maxBatch || b.g.watch.over() && b.g.waiting() < crowded {
			return
		}
	}
}

// step runs one request; false ends the batch without a commit.
func (b *batch) step(r *request) bool {
	if err := r.ctx.Err(); err != nil {
		b.settle(r, err)
		return true
	}
	if !b.open {
		lazy := r.lazy && b.g.idle()
		if err := b.g.line.begin(lazy); err != nil {
			b.settle(r, unavailable("begin", err))
			return true
		}
		b.open, b.lazy = true, lazy
	}
	point := ""
	if len(b.ran) > 0 {
		point = savepoint(len(b.ran))
		if err := b.g.line.save(point); err != nil {
			return b.unsaved(r, err)
		}
	}
	tx := b.g.db.newTx(r.ctx, b.g.line, true)
	err, panics, value := guarded(tx, r.fn)
	if panics {
		r.panics, r.panic = true, value
		b.rollback()
		b.again()
		b.settle(r, errors.New("store: panic in a write"))
		return false
	}
	if err == nil {
		err = b.g.line.keep(point, b.g.waiting() > 0)
	}
	if err != nil {
		return b.failed(r, tx, point, err)
	}
	b.ran, b.txs = append(b.ran, r), append(b.txs, tx)
	return true
}

// unsaved is step for a run that could not begin.
func (b *batch) unsaved(r *request, err error) bool {
	if run := (errRun{}); errors.As(err, &run) {
		b.lastFailed(run.error, r)
		return false
	}
	b.settle(r, unavailable("savepoint", err))
	return true
}

// lastFailed settles the last run, unless it may be repeated, and lets the others and
// next, which did not begin, run again without it.
func (b *batch) lastFailed(err error, next ...*request) {
	last := len(b.ran) - 1
	r := b.ran[last]
	err, again := b.g.line.told(b.txs[last], err)
	b.rollback()
	if r.tries++; !again || r.tries >= mostTries {
		b.ran = b.ran[:last]
		b.settle(r, err)
	}
	b.ran, b.current = append(b.ran, next...), nil
	b.again()
}

// failed is step for a run that came to no good end.
func (b *batch) failed(r *request, tx *Tx, point string, err error) bool {
	err, again := b.g.line.told(tx, err)
	if r.tries++; again && r.tries < mostTries {
		b.rollback()
		b.ran, b.current = append(b.ran, r), nil
		b.again()
		return false
	}
	b.undo(point)
	if len(b.ran) == 0 {
		b.settle(r, err)
		return true
	}
	// It may have failed by what others of the batch did. Told before their commit
	// it would be about what nobody can see yet, and what may never be.
	r.err, b.current = err, nil
	b.refused = append(b.refused, r)
	return true
}

// guarded runs fn and catches its panic, which belongs to another goroutine
// when the request is not the leader's own.
func guarded(tx *Tx, fn func(*Tx) error) (err error, panics bool, value any) {
	done := false
	defer func() {
		if !done {
			if value = recover(); value != nil { // nil: runtime.Goexit goes on
				panics = true
				if _, played := value.(crash.Crashed); !played {
					// It goes on in its caller, where this stack is gone.
					tx.db.opt.Log.Error("a write panics", "panic", value, "stack", string(debug.Stack()))
				}
			}
		}
	}()
	err = tx.run(fn)
	done = true
	return err, false, nil
}

// undo takes back one run: its savepoint, or all when it was the only one.
func (b *batch) undo(point string) {
	if point == "" {
		b.rollback()
		return
	}
	if b.g.line.back(point) != nil {
		// The engine ended the transaction itself (disk full, for example).
		b.rollback()
		b.again()
	}
}

// rollback ends the transaction.
func (b *batch) rollback() {
	b.g.line.rollback()
	b.open, b.lazy = false, false
}

// again lets those who had run wait for the next transaction. The leader's
// own request is run by the leader's loop.
func (b *batch) again() {
	b.g.mu.Lock()
	defer b.g.mu.Unlock()
	keep := slices.DeleteFunc(slices.Concat(b.ran, b.refused), func(r *request) bool { return r == b.own })
	b.g.queue = append(keep, b.g.queue...)
	b.ran, b.txs, b.refused = nil, nil, nil
}

func (b *batch) commit() {
	err := crash.Here(pointBefore)
	if err == nil {
		b.g.watch.start()
		err = b.g.line.commit(b.txs)
		if !b.lazy {
			b.g.watch.commit()
		}
	}
	var run errRun
	switch {
	case errors.As(err, &run):
		b.lastFailed(run.error)
		return
	case err != nil:
		b.rollback()
		b.settleAll(err)
		return
	}
	b.open, b.done = false, true
	b.g.line.committed(b.lazy)
	b.settleAll(crash.Here(pointAfter))
}

func (b *batch) settleAll(err error) {
	for i, r := range b.ran {
		if err == nil {
			r.after = b.txs[i].after
		}
		b.settle(r, err)
	}
	for _, r := range b.refused {
		if err == nil {
			b.settle(r, r.err)
		} else {
			b.settle(r, err)
		}
	}
	b.ran, b.txs, b.refused = nil, nil, nil
}

// settle answers a request.
func (b *batch) settle(r *request, err error) {
	r.err, r.settled = err, true
	if r != b.own {
		r.wake <- false
	}
	if b.current == r {
		b.current = nil
	}
}

// torn cleans up when the leader's goroutine is being unwound: by a crash
// point, or by runtime.Goexit in a function (a test's FailNow). Nobody else
// may hang or be half done because of it.
func (b *batch) torn() {
	if b.done {
		b.settleAll(nil)
		return
	}
	if b.open {
		b.rollback()
	}
	// Whoever had not come to its end is the one who ended the goroutine.
	if r := b.current; r != nil && r != b.own && !slices.Contains(b.ran, r) {
		b.settle(r, errors.New("store: the function of a write ended its goroutine"))
	}
	b.again()
}
