package work

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/store"
)

func (o *Options) defaults() {
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.LeaseFor <= 0 {
		o.LeaseFor = 30 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Poll <= 0 {
		o.Poll = 2 * time.Second
	}
	if o.WentBack == nil {
		o.WentBack = func(*store.Tx) error { return nil }
	}
}

// Between two tries to lease work that failed.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 10 * time.Second
)

// Run does work with a number of workers until ctx ends, and returns when all
// of them have come to an end. It sleeps on the monotonic clock until somebody
// enqueues, a worker is free again, the next row is due, or Poll is over.
func (q *Queue) Run(ctx context.Context, handlers map[string]Handler, workers int) error {
	if err := q.Start(ctx); err != nil {
		return err
	}
	wake, cancel := q.db.Subscribe(topic)
	defer cancel()
	var all sync.WaitGroup
	defer all.Wait()
	free := make(chan struct{}, workers) // a worker came home
	idle := workers
	watch := clockWatch{q: q}
	fails := 0
	for ctx.Err() == nil {
		items, err := q.Lease(ctx, kindsOf(handlers), idle)
		switch {
		case err != nil && ctx.Err() == nil:
			// The database is away, or cannot be written: later, and less and less often,
			// whatever else happens; what it says is logged as often as it doubles.
			if fails++; fails&(fails-1) == 0 {
				q.opt.Log.Error("lease work", "error", err, "times", fails)
			}
		case fails > 0:
			q.opt.Log.Info("work goes on", "failed", fails)
			fails = 0
		}
		idle -= len(items)
		for _, it := range items {
			all.Add(1)
			go func() {
				defer all.Done()
				defer func() { free <- struct{}{} }()
				q.work(ctx, it, handlers[it.Kind])
			}()
		}
		pause, awake := q.sleep(ctx, kindsOf(handlers), idle), wake
		if fails > 0 {
			pause, awake = min(firstPause<<min(fails-1, 10), lastPause), nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-awake:
		case <-timer.C:
			watch.look(ctx)
		case <-free:
			idle++
		}
		timer.Stop()
		// Those who came home meanwhile save a round each.
		for more := true; more; {
			select {
			case <-free:
				idle++
			default:
				more = false
			}
		}
	}
	return nil
}

// sleep is how long nothing will be due.
func (q *Queue) sleep(ctx context.Context, kinds []string, idle int) time.Duration {
	if idle == 0 {
		return q.opt.Poll
	}
	due, now, ok, err := q.nextDue(ctx, kinds)
	if err != nil || !ok {
		return q.opt.Poll
	}
	// A row that cannot be leased although it is due (another node is just
	// taking it) must not make us spin.
	return min(q.opt.Poll, max(due.Sub(now), 20*time.Millisecond))
}

// clock is the time that due dates are compared with.
func (q *Queue) clock(ctx context.Context) (now time.Time, err error) {
	err = q.db.Read(ctx, func(tx *store.Tx) error {
		now, err = clockOf(tx)
		return err
	})
	return now, err
}

// work runs one handler. A panic is a failure of this key, not the end of the
// control plane; a played crash is passed on.
func (q *Queue) work(ctx context.Context, it *Item, h Handler) {
	again, err := call(ctx, it, h)
	// The row is given back also when we are being stopped, so that nobody
	// has to wait for the lease to run out.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err != nil && ctx.Err() != nil && !errors.Is(err, ErrLost) {
		again, err = time.Microsecond, nil
	}
	if err := it.finish(end, again, err); err != nil {
		q.opt.Log.Error("end work", "kind", it.Kind, "key", it.Key, "error", err)
	}
}

func call(ctx context.Context, it *Item, h Handler) (again time.Duration, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case crash.Crashed:
			panic(p)
		default:
			it.q.opt.Log.Error("work panics", "kind", it.Kind, "key", it.Key, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return h(ctx, it)
}

// clockWatch compares the store's clock with the monotonic one.
type clockWatch struct {
	q    *Queue
	wall time.Time
	mono time.Time // used for differences only
}

// look pulls due times when the clock went back since the last look.
func (w *clockWatch) look(ctx context.Context) {
	wall, err := w.q.clock(ctx)
	if err != nil {
		return // the next lease says so
	}
	mono := time.Now()
	if !w.mono.IsZero() {
		if behind := mono.Sub(w.mono) - wall.Round(0).Sub(w.wall.Round(0)); behind > time.Second {
			w.q.opt.Log.Warn("the clock went back: everything is due now", "by", behind)
			if err := w.q.Pull(ctx); err != nil {
				w.q.opt.Log.Error("clock went back", "error", err)
				return
			}
		}
	}
	w.wall, w.mono = wall, mono
}
