package work_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// until polls a condition with a deadline.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after 20 s still not: %s", what)
		}
	}
}

// running runs a queue until the test ends.
func running(p *place, q *work.Queue, h map[string]work.Handler, workers int) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Add(1)
	go func() {
		defer all.Done()
		if err := q.Run(ctx, h, workers); err != nil {
			p.t.Error(err)
		}
	}()
	return func() { cancel(); all.Wait() }
}

func TestRun(t *testing.T) {
	// A poll of an hour: what happens soon happens because of a wake-up.
	places(t, work.Options{Poll: time.Hour}, func(p *place) {
		p.live()
		var mu sync.Mutex
		times := map[int64]int{}
		count := func(key int64) int { mu.Lock(); defer mu.Unlock(); return times[key] }
		stop := running(p, p.q, map[string]work.Handler{"server": func(_ context.Context, it *work.Item) (time.Duration, error) {
			mu.Lock()
			times[it.Key]++
			n := times[it.Key]
			mu.Unlock()
			switch {
			case it.Key == 1001 && n < 3:
				return time.Millisecond, nil
			case it.Key == 1002 && n == 1:
				return 0, errors.New("the first time fails")
			case it.Key == 1003 && n == 1:
				panic("the first time panics")
			}
			return 0, nil
		}}, 4)
		defer stop()
		for i := range int64(20) {
			p.enqueue(i, 0)
		}
		p.enqueue(1001, 10*time.Millisecond)
		p.enqueue(1002, 0)
		p.enqueue(1003, 0)
		until(p.t, "all rows done", func() bool {
			all, _, err := p.q.Backlog(context.Background())
			return err == nil && all == 0
		})
		if count(5) != 1 || count(1001) != 3 || count(1002) != 2 || count(1003) != 2 {
			p.t.Errorf("times: %v", times)
		}
	})
}

// live lets the clock of the place be the machine's.
func (p *place) live() {
	base, start := p.now.Load(), time.Now()
	done := make(chan struct{})
	var all sync.WaitGroup
	all.Add(1)
	go func() {
		defer all.Done()
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				p.now.Store(base + time.Since(start).Microseconds())
			}
		}
	}()
	p.t.Cleanup(func() { close(done); all.Wait() })
}

// On PostgreSQL a wake-up reaches other nodes, and whoever is stopped gives
// back what it had.
func TestRunTwoNodes(t *testing.T) {
	places(t, work.Options{Poll: time.Hour, LeaseFor: time.Hour}, func(p *place) {
		if p.db.Engine() != store.Postgres {
			p.t.Skip("SQLite has one node")
		}
		started, second := make(chan struct{}, 1), make(chan struct{}, 1)
		stop := running(p, p.q, map[string]work.Handler{"server": func(ctx context.Context, _ *work.Item) (time.Duration, error) {
			started <- struct{}{}
			<-ctx.Done()
			return 0, ctx.Err()
		}}, 1)
		p.enqueue(1, 0)
		<-started
		stop()
		p.want(1, true)
		stop = running(p, p.q, map[string]work.Handler{"server": func(context.Context, *work.Item) (time.Duration, error) {
			second <- struct{}{}
			return 0, nil
		}}, 1)
		defer stop()
		<-second
		other := openOther(p)
		until(p.t, "work of another node", func() bool {
			err := other.Write(context.Background(), func(tx *store.Tx) error { return work.Enqueue(tx, "server", 2, 0) })
			if err != nil {
				p.t.Fatal(err)
			}
			select {
			case <-second:
				return true
			case <-time.After(50 * time.Millisecond):
				return false
			}
		})
	})
}

// A clock that goes back while a queue runs is noticed.
func TestRunClockBack(t *testing.T) {
	places(t, work.Options{Poll: 10 * time.Millisecond}, func(p *place) {
		if p.db.Engine() != store.SQLite {
			p.t.Skip("the clock of PostgreSQL cannot be moved")
		}
		did := make(chan struct{}, 1)
		stop := running(p, p.q, map[string]work.Handler{"server": func(context.Context, *work.Item) (time.Duration, error) {
			select {
			case did <- struct{}{}:
			default:
			}
			return 0, nil
		}}, 1)
		defer stop()
		p.enqueue(1, 0)
		<-did // it runs, and has looked at the clock or soon will
		p.now.Add(time.Hour.Microseconds())
		until(p.t, "a clock that was ahead to be noticed, then set back", func() bool {
			p.now.Add(time.Hour.Microseconds())
			p.enqueue(1, time.Second)
			time.Sleep(30 * time.Millisecond) // models a clock that is ahead for a while
			p.now.Add(-4 * time.Hour.Microseconds())
			select {
			case <-did:
				return true
			case <-time.After(200 * time.Millisecond):
				return false
			}
		})
	})
}

// logged remembers when the queue complained that it cannot lease work.
type logged struct {
	mu    sync.Mutex
	lines int
	at    map[string]time.Time // by "times=N", N the tries so far
	four  chan struct{}
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines += bytes.Count(b, []byte{'\n'})
	if _, times, ok := bytes.Cut(b, []byte(" times=")); ok {
		n := string(bytes.TrimSpace(times))
		if l.at[n] = time.Now(); n == "4" {
			close(l.four)
		}
	}
	return len(b), nil
}

// A database that cannot be written is asked less and less often, whatever wakes the
// workers meanwhile, and is not complained of all the time.
func TestRunWithoutDatabase(t *testing.T) {
	var log *logged
	writer := writerFunc(func(b []byte) (int, error) { return log.Write(b) })
	places(t, work.Options{Poll: time.Second, Log: slog.New(slog.NewTextHandler(writer, nil))}, func(p *place) {
		log = &logged{at: map[string]time.Time{}, four: make(chan struct{})}
		p.live()
		var away atomic.Bool
		reset := crash.Set(func(point string) error {
			if point != "store.commit.before" || !away.Load() {
				return nil
			}
			return errors.New("no room")
		})
		defer reset()
		// Two are due; the first takes the database away, so the other cannot be leased.
		p.write(func(tx *store.Tx) error {
			return errors.Join(work.Enqueue(tx, "server", 1001, 0), work.Enqueue(tx, "server", 1002, 0))
		})
		done := make(chan struct{})
		var runs atomic.Int64
		stop := running(p, p.q, map[string]work.Handler{"server": func(context.Context, *work.Item) (time.Duration, error) {
			if runs.Add(1) == 1 {
				away.Store(true)
			} else {
				close(done)
			}
			return 0, nil
		}}, 1)
		defer stop()
		select {
		case <-log.four:
		case <-time.After(time.Minute):
			t.Fatal("it does not complain a fourth time within a minute")
		}
		log.mu.Lock()
		// By the clock of the tries themselves: a busy machine makes it longer, never shorter.
		if took := log.at["4"].Sub(log.at["1"]); took < 300*time.Millisecond {
			t.Errorf("four tries within %v", took)
		}
		if log.lines > 5 { // 1, 2, 4, and the row that could not be given back
			t.Errorf("%d lines of log", log.lines)
		}
		log.mu.Unlock()
		away.Store(false)
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Error("it does not go on")
		}
	})
}

type writerFunc func(b []byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
