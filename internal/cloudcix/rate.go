package cloudcix

import (
	"sync"
	"time"
)

// limiter allows every user a number of requests per second (section 3). It
// counts in this process only: several control nodes allow so much each.
type limiter struct {
	rate int
	now  func() time.Time

	mu    sync.Mutex
	users map[int64]*bucket
}

// bucket holds what a user may still ask for; it fills with the time.
type bucket struct {
	left float64
	at   time.Time
}

// sweepUsers is how many users are remembered before those who are silent for
// over a second, and so have a full bucket again, are forgotten.
const sweepUsers = 1024

func newLimiter(rate int, now func() time.Time) *limiter {
	return &limiter{rate: rate, now: now, users: map[int64]*bucket{}}
}

// allow takes one request of a user.
func (l *limiter) allow(user int64) bool {
	if l.rate < 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now, full := l.now(), float64(l.rate)
	b := l.users[user]
	if b == nil {
		if len(l.users) >= sweepUsers {
			l.sweep(now)
		}
		b = &bucket{left: full, at: now}
		l.users[user] = b
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
	for user, b := range l.users {
		if now.Sub(b.at) > time.Second {
			delete(l.users, user)
		}
	}
}
