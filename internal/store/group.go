package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/virga-cloud/virga/internal/crash"
)

// Group commit without any goroutine of its own. A Write that finds the writer
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
	after   []func()
	err     error
	panics  bool
	panic   any
}

func (e *sqliteDB) write(ctx context.Context, _ []string, fn func(*Tx) error) ([]func(), error) {
	return e.submit(&request{ctx: ctx, fn: fn, wake: make(chan bool, 1)})
}

func (e *sqliteDB) writeOne(ctx context.Context, fn func(*Tx) error) ([]func(), error) {
	return e.submit(&request{ctx: ctx, fn: fn, lazy: true, wake: make(chan bool, 1)})
}

// submit runs a request or lets somebody else run it.
func (e *sqliteDB) submit(r *request) ([]func(), error) {
	ctx := r.ctx
	lead := true
	e.mu.Lock()
	if e.busy {
		lead = false
		e.queue = append(e.queue, r)
	}
	e.busy = true
	e.mu.Unlock()
	if !lead {
		select {
		case lead = <-r.wake:
		case <-ctx.Done():
			if e.forget(r) {
				return nil, ctx.Err()
			}
			// Somebody is running it: the answer is whatever that gives.
			lead = <-r.wake
		}
	}
	if lead {
		e.lead(r)
	}
	if r.panics {
		panic(r.panic)
	}
	return r.after, r.err
}

// forget takes a request out of the queue; false when it is not there anymore.
func (e *sqliteDB) forget(r *request) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	i := slices.Index(e.queue, r)
	if i < 0 {
		return false
	}
	e.queue = slices.Delete(e.queue, i, i+1)
	return true
}

// pop takes the next request, nil when nobody waits or, for a lazy batch, when
// the next one must wait for the disk.
func (e *sqliteDB) pop(lazy bool) *request {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.queue) == 0 || lazy && !e.queue[0].lazy {
		return nil
	}
	r := e.queue[0]
	e.queue = e.queue[1:]
	return r
}

// waiting is how many are in the queue.
func (e *sqliteDB) waiting() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.queue)
}

// idle tells whether nobody waits who must wait for the disk.
func (e *sqliteDB) idle() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !slices.ContainsFunc(e.queue, func(r *request) bool { return !r.lazy })
}

// lead runs batches until own is settled, and then passes the lead on.
func (e *sqliteDB) lead(own *request) {
	defer func() { // also when a crash point panics
		e.mu.Lock()
		defer e.mu.Unlock()
		if len(e.queue) == 0 {
			e.busy = false
			return
		}
		next := e.queue[0]
		e.queue = e.queue[1:]
		next.wake <- true
	}()
	for !own.settled {
		(&batch{e: e, own: own}).run()
	}
}

// batch is one transaction of a leader.
type batch struct {
	e         *sqliteDB
	own       *request
	ran       []*request // done, waiting for the commit
	txs       []*Tx      // of ran
	refused   []*request // failed by what ran saw, and are told so when that is true
	current   *request
	open      bool
	lazy      bool // commits without waiting for the disk
	committed bool
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
	for r, n := b.own, 0; r != nil; r = b.e.pop(b.lazy) {
		b.current = r
		if !b.step(r) {
			return
		}
		if n++; n == 1 {
			b.e.watch.start()
		}
		if n >= maxBatch || b.e.watch.over() && b.e.waiting() < crowded {
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
		if err := b.begin(r.lazy && b.e.idle()); err != nil {
			b.settle(r, unavailable("begin", err))
			return true
		}
	}
	point := ""
	if len(b.ran) > 0 {
		point = savepoint(len(b.ran))
		if err := b.e.w.do("SAVEPOINT " + point); err != nil {
			b.settle(r, unavailable("savepoint", err))
			return true
		}
	}
	tx := b.e.db.newTx(r.ctx, b.e.w, true)
	err, panics, value := guarded(tx, r.fn)
	switch {
	case panics:
		r.panics, r.panic = true, value
		b.rollback()
		b.again()
		b.settle(r, errors.New("store: panic in a write"))
		return false
	case err != nil:
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
	if point != "" {
		if err := b.e.w.do("RELEASE " + point); err != nil {
			b.undo(point)
			b.settle(r, fmt.Errorf("release: %w", err))
			return true
		}
	}
	b.ran, b.txs = append(b.ran, r), append(b.txs, tx)
	return true
}

// begin opens the transaction. How it is committed cannot be changed later.
func (b *batch) begin(lazy bool) error {
	if err := b.e.sync(!lazy); err != nil {
		return err
	}
	if err := b.e.w.do("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	b.open, b.lazy = true, lazy
	return nil
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
	if b.e.w.do("ROLLBACK TO "+point) != nil || b.e.w.do("RELEASE "+point) != nil {
		// SQLite ended the transaction itself (disk full, for example).
		b.rollback()
		b.again()
	}
}

// rollback ends the transaction; an error only says that it was ended already.
func (b *batch) rollback() {
	_ = b.e.w.do("ROLLBACK")
	b.open, b.lazy = false, false
}

// again lets those who had run wait for the next transaction. The leader's
// own request is run by the leader's loop.
func (b *batch) again() {
	b.e.mu.Lock()
	defer b.e.mu.Unlock()
	keep := slices.DeleteFunc(slices.Concat(b.ran, b.refused), func(r *request) bool { return r == b.own })
	b.e.queue = append(keep, b.e.queue...)
	b.ran, b.txs, b.refused = nil, nil, nil
}

func (b *batch) commit() {
	err := crash.Here(pointBefore)
	if err == nil {
		b.e.watch.start()
		err = b.write()
		if !b.lazy {
			b.e.watch.commit()
		}
	}
	if err != nil {
		b.rollback()
		b.settleAll(err)
		return
	}
	b.open, b.committed = false, true
	b.e.log.written()
	b.settleAll(crash.Here(pointAfter))
}

// write is the commit itself. What is remembered of lists must not outlive it.
func (b *batch) write() error {
	touched := make([]map[string]bool, len(b.txs))
	for i, tx := range b.txs {
		touched[i] = tx.touched
	}
	b.e.db.changes.begin(touched)
	defer b.e.db.changes.end(touched)
	if err := b.e.w.do("COMMIT"); err != nil {
		return unavailable("commit", err)
	}
	return nil
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
	if b.committed {
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
