package oneandone

import (
	"math"
	"sync"
	"time"
)

// limiter is one token bucket per user. It lives in memory: a restart that
// forgets it forgives somebody a second of waiting.
type limiter struct {
	rate  float64 // tokens per second
	burst int
	now   func() time.Time

	mu      sync.Mutex
	buckets map[int64]*bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// newLimiter is nil when the rate is negative: no limit.
func newLimiter(rate float64, burst int, now func() time.Time) *limiter {
	if rate < 0 {
		return nil
	}
	return &limiter{rate: rate, burst: burst, now: now, buckets: map[int64]*bucket{}}
}

// spend removes n tokens from a user's bucket and says how many whole ones are
// left. When there are too few it takes none and says how many seconds to wait,
// at least 1.
func (l *limiter) spend(user int64, n int) (left, wait int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.buckets[user]
	if b == nil {
		b = &bucket{tokens: float64(l.burst), at: now}
		l.buckets[user] = b
	}
	if d := now.Sub(b.at).Seconds(); d > 0 { // a clock that went back earns nothing
		b.tokens = min(b.tokens+d*l.rate, float64(l.burst))
	}
	b.at = now
	if b.tokens < float64(n) {
		return int(b.tokens), max(1, int(math.Ceil((float64(n)-b.tokens)/l.rate)))
	}
	b.tokens -= float64(n)
	return int(b.tokens), 0
}
