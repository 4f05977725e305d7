package cloudcix

import (
	"sync"
	"time"
)

// limiter allows every user a number of requests per second (section 3), and
// every address as many logins, which are slow on purpose. It counts in this
// process only: several control nodes allow so much each.
type limiter struct {
	rate int
	now  func() time.Time

	mu      sync.Mutex
	callers map[any]*bucket // by user id, or by address
}

// bucket holds what a user may still ask for; it fills with the time.
type bucket struct {
	left float64
	at   time.Time
}

// sweepCallers is how many callers are remembered before those who are silent for
// over a second, and so have a full bucket again, are forgotten.
const sweepCallers = 1024

func newLimiter(rate int, now func() time.Time) *limiter {
	return &limiter{rate: rate, now: now, callers: map[any]*bucket{}}
}

// allow takes one request of a caller.
func (l *limiter) allow(caller any) bool {
	if l.rate < 0 {
		return true
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
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

func (l *limiter) sweep(now time.Time) {
	for caller, b := range l.callers {
		if now.Sub(b.at) > time.Second {
			delete(l.callers, caller)
		}
	}
}
