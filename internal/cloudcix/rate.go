package cloudcix

import (
	"context"
	"sync"
	"time"
)

// limiter allows every user a number of requests per second (section 3), and
// every address as many logins, which are slow on purpose. It counts in this
// process only: several control nodes allow so much each.
//
// Scripts were written against a service that took their requests one after the
// other, and most of them do not know 429. So what a user asks too soon is held
// until its turn, for a second at most; only who is further ahead is refused.
type limiter struct {
	rate int
	now  func() time.Time
	wait func(ctx context.Context, d time.Duration) error

	mu      sync.Mutex
	callers map[any]*bucket // by user id, or by address
	held    int
}

// bucket holds what a user may still ask for, less than nothing while requests
// are held; it fills with the time.
type bucket struct {
	left float64
	at   time.Time
}

// sweepCallers is how many callers are remembered before those who are silent for
// so long that they have a full bucket again are forgotten.
const sweepCallers = 1024

// maxHeld is how many requests of all users are held at a time. Each is a
// connection and its goroutine, some 20 kB, and nobody is known to need as many.
const maxHeld = 256

func newLimiter(rate int, now func() time.Time, wait func(context.Context, time.Duration) error) *limiter {
	return &limiter{rate: rate, now: now, wait: wait, callers: map[any]*bucket{}}
}

// pause waits by the clock of the machine.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// allow takes one request of a caller, which is held until it is due when that is
// within the second and patient says so.
func (l *limiter) allow(ctx context.Context, caller any, patient bool) bool {
	due, ok := l.take(caller, patient)
	if due > 0 {
		ok = l.wait(ctx, due) == nil // else the caller is gone
		l.mu.Lock()
		defer l.mu.Unlock()
		l.held--
	}
	return ok
}

// take counts a request and says when it is due. What is due later counts as held.
func (l *limiter) take(caller any, patient bool) (due time.Duration, ok bool) {
	if l.rate < 0 {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now, full := l.now(), float64(l.rate)
	b := l.callers[caller]
	if b == nil {
		if len(l.callers) >= sweepCallers {
			l.sweep(now)
		}
		b = &bucket{left: full, at: now}
		l.callers[caller] = b
	}
	if d := now.Sub(b.at); d > 0 { // a clock that went back gives nothing
		b.left = min(full, b.left+d.Seconds()*full)
	}
	b.at = now
	ahead := 1 - b.left
	switch {
	case ahead <= 0:
	case !patient, ahead > full, l.held >= maxHeld:
		return 0, false
	default:
		l.held++
		due = time.Duration(ahead / full * float64(time.Second))
	}
	b.left--
	return due, true
}

func (l *limiter) sweep(now time.Time) {
	for caller, b := range l.callers {
		if now.Sub(b.at) > 2*time.Second {
			delete(l.callers, caller)
		}
	}
}
