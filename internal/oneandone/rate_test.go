package oneandone

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// In any span of time a user gets no more than the burst and what was earned,
// and whoever waits as told is served.
func TestLimiter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := noon
		rate := rapid.Float64Range(0.1, 50).Draw(rt, "rate")
		burst := rapid.IntRange(1, 20).Draw(rt, "burst")
		l := newLimiter(rate, burst, func() time.Time { return now })
		served := 0
		for range rapid.IntRange(1, 200).Draw(rt, "requests") {
			now = now.Add(time.Duration(rapid.IntRange(0, 300).Draw(rt, "ms")) * time.Millisecond)
			left, wait := l.spend(1, 1)
			if left < 0 || left > burst || (wait > 0 && left > 0) {
				rt.Fatalf("left %d, wait %d", left, wait)
			}
			if wait == 0 {
				served++
				continue
			}
			if wait > 11 { // 1 / 0.1 and the rounding: a number of seconds, never a date
				rt.Fatalf("wait %d s", wait)
			}
			now = now.Add(time.Duration(wait) * time.Second)
			if _, again := l.spend(1, 1); again != 0 {
				rt.Fatalf("waited %d s as told and was refused", wait)
			}
			served++
		}
		if earned := float64(burst) + now.Sub(noon).Seconds()*rate; float64(served) > earned+0.001 {
			rt.Fatalf("%d served, %f earned", served, earned)
		}
		if left, wait := l.spend(2, 0); left != burst || wait != 0 {
			rt.Fatalf("another user has %d left, wait %d", left, wait)
		}
	})
}

func TestLimiterOff(t *testing.T) {
	if newLimiter(-1, 1, time.Now) != nil {
		t.Error("a negative rate lifts the limit")
	}
}
