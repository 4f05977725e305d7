package auth_test

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
)

// guesser tries passwords at a clock of its own.
type guesser struct {
	*testing.T
	tries *auth.Tries
	now   time.Time
}

func newGuesser(t *testing.T) *guesser {
	return &guesser{T: t, tries: auth.NewTries(), now: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
}

// begin gives the wait of a refusal, 0 when the try was let in.
func (g *guesser) begin(addr, email string) (*auth.Try, time.Duration) {
	g.Helper()
	y, err := g.tries.Begin(g.now, netip.MustParseAddr(addr), email)
	if err == nil {
		return y, 0
	}
	var e *cloud.Error
	if !errors.As(err, &e) || e.Kind != cloud.TooMany || e.Wait <= 0 {
		g.Fatalf("refused without a time to wait: %v", err)
	}
	return nil, e.Wait
}

// fail tries a wrong password, and tells how long a refusal says to wait.
func (g *guesser) fail(addr, email string) time.Duration {
	g.Helper()
	y, wait := g.begin(addr, email)
	if y != nil {
		y.Fail(g.now)
	}
	return wait
}

func TestTriesOfOnePair(t *testing.T) {
	g := newGuesser(t)
	for i := range 5 {
		if wait := g.fail("192.0.2.1", "ann@example.org"); wait != 0 {
			t.Fatalf("try %d waits %s", i, wait)
		}
	}
	for _, seconds := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
		want := time.Duration(seconds) * time.Second
		if wait := g.fail("192.0.2.1", " ANN@example.org"); wait != want {
			t.Fatalf("waits %s, want %s", wait, want)
		}
		g.now = g.now.Add(want)
		if wait := g.fail("192.0.2.1", "ann@example.org"); wait != 0 {
			t.Fatalf("after %s it still waits %s", want, wait)
		}
	}
	if wait := g.fail("192.0.2.1", "bob@example.org"); wait != 0 {
		t.Errorf("another e-mail address waits %s", wait)
	}
	g.now = g.now.Add(-time.Hour) // a clock that was set back
	if y, wait := g.begin("192.0.2.1", "ann@example.org"); wait != 0 {
		t.Errorf("after the clock went back it waits %s", wait)
	} else {
		y.Pass()
	}
	for range 5 {
		if wait := g.fail("192.0.2.1", "ann@example.org"); wait != 0 {
			t.Errorf("a right password did not clear the count: %s", wait)
		}
	}
	g.now = g.now.Add(auth.TryWindow + time.Second)
	for range 5 {
		if wait := g.fail("192.0.2.1", "ann@example.org"); wait != 0 {
			t.Errorf("the count outlives its window: %s", wait)
		}
	}
}

// One source has so many guesses whatever e-mail addresses it names, however it
// spells its own address, and whether or not it can log in itself.
func TestTriesOfOneSource(t *testing.T) {
	g := newGuesser(t)
	for i := range 20 {
		if wait := g.fail(fmt.Sprintf("2001:db8::%x", i+1), fmt.Sprintf("user%d@example.org", i)); wait != 0 {
			t.Fatalf("try %d waits %s", i, wait)
		}
		own, wait := g.begin("2001:db8::1", "own@example.org")
		if i == 19 {
			if wait != time.Second {
				t.Errorf("after 20 it waits %s", wait)
			}
			break
		}
		own.Pass()
	}
	if wait := g.fail("2001:db8:0:1::1", "user1@example.org"); wait != 0 {
		t.Errorf("the neighbour waits %s", wait)
	}
}

// A thousand strangers guess one user's password for an hour; he logs in from an
// address of his own at once, at any moment.
func TestTriesDoNotLockOut(t *testing.T) {
	g := newGuesser(t)
	let := 0
	for round := range 60 {
		for i := range 1000 {
			if g.fail(fmt.Sprintf("10.0.%d.%d", i/250, i%250), "ann@example.org") == 0 {
				let++
			}
		}
		y, wait := g.begin(fmt.Sprintf("192.0.2.%d", round%2), "ann@example.org")
		if y == nil {
			t.Fatalf("round %d: the right password waits %s", round, wait)
		}
		y.Pass()
		g.now = g.now.Add(30 * time.Second)
	}
	if let > 1000*31 {
		t.Errorf("%d guesses were let in, over one a minute and source", let)
	}
}

// Tries under way count: many at once are not all let in, and those of which
// nothing was learnt are given back.
func TestTriesAtOnce(t *testing.T) {
	g := newGuesser(t)
	var open []*auth.Try
	for range 50 {
		if y, _ := g.begin("192.0.2.1", "ann@example.org"); y != nil {
			open = append(open, y)
		}
	}
	if len(open) != 5 {
		t.Errorf("%d at once, want 5", len(open))
	}
	for _, y := range open {
		y.Cancel()
	}
	if wait := g.fail("192.0.2.1", "ann@example.org"); wait != 0 {
		t.Errorf("cancelled tries count: %s", wait)
	}
}

// A peer with ever new addresses and e-mail addresses of any length fills nothing.
func TestTriesAreBounded(t *testing.T) {
	g := newGuesser(t)
	long := string(make([]byte, 10_000))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 20_000 {
		g.fail(fmt.Sprintf("2001:db8:%x:%x::1", i>>8, i&0xff), fmt.Sprintf("%d%s", i, long))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("%d MiB are remembered", grown>>20)
	}
	runtime.KeepAlive(g)
}
