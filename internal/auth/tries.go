package auth

import (
	"container/list"
	"crypto/sha256"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// TryWindow is how long a failed login counts after the last one.
const TryWindow = 15 * time.Minute

// How many failed logins are free before each further one must wait, at first a
// second, then twice as long each time, at most maxPause.
const (
	freeOfSource = 20 // from one source, whatever e-mail address
	freeOfPair   = 5  // from one source for one e-mail address
	strained     = 20 // for one e-mail address from everywhere: see Begin
	maxPause     = time.Minute
	maxTracked   = 4096 // of each: a stranger has more addresses than we have memory
)

// Tries counts failed logins by source, by e-mail address, and by both. What it
// refuses is always bound to the source: a stranger who guesses the password of
// somebody must not be able to lock him out. It counts in this process only.
// Safe for concurrent use.
type Tries struct {
	mu                     sync.Mutex
	sources, pairs, emails tracked
}

// NewTries makes an empty count.
func NewTries() *Tries {
	return &Tries{sources: newTracked(), pairs: newTracked(), emails: newTracked()}
}

// Try is one login under way. Exactly one of Fail, Pass and Cancel ends it.
type Try struct {
	t                   *Tries
	source, pair, email *count
}

// Begin starts a login, or refuses it with TooMany and how long to wait. Logins
// under way count as if they failed, or many at once would all be let in. When
// many fail for one e-mail address from everywhere, each source gets one try a
// minute for it: enough for whoever knows the password, at whatever address.
func (t *Tries) Begin(now time.Time, source netip.Addr, email string) (*Try, error) {
	from := SourceOf(source).String()
	email = strings.ToLower(strings.TrimSpace(email))
	t.mu.Lock()
	defer t.mu.Unlock()
	y := &Try{t: t, source: t.sources.at(from, now), pair: t.pairs.at(from+" "+email, now), email: t.emails.at(email, now)}
	wait := max(y.source.wait(now, freeOfSource), y.pair.wait(now, y.freeOfPair()))
	if wait > 0 {
		return nil, &cloud.Error{
			Kind: cloud.TooMany, Code: "login.often", Message: "too many failed logins",
			Wait: wait, Fix: "Try again in " + wait.Round(time.Second).String() + ".",
		}
	}
	for _, c := range []*count{y.source, y.pair, y.email} {
		c.pending++
	}
	return y, nil
}

func (y *Try) freeOfPair() int {
	if y.email.failed >= strained {
		return 1
	}
	return freeOfPair
}

// Fail notes a wrong password and gives the number of failures for the e-mail
// address within the window.
func (y *Try) Fail(now time.Time) int {
	y.t.mu.Lock()
	defer y.t.mu.Unlock()
	free := y.freeOfPair()
	first := time.Second
	if free == 1 {
		first = maxPause
	}
	y.source.fail(now, freeOfSource, time.Second)
	y.pair.fail(now, free, first)
	y.email.fail(now, strained, 0)
	return y.email.failed
}

// Pass notes a right password. It clears what this source did wrong for this
// e-mail address and nothing else: who has an account must not get more guesses
// at others by logging in between.
func (y *Try) Pass() {
	y.Cancel()
	y.t.mu.Lock()
	defer y.t.mu.Unlock()
	y.pair.failed, y.pair.until = 0, time.Time{}
}

// Cancel ends a login of which nothing was learnt.
func (y *Try) Cancel() {
	y.t.mu.Lock()
	defer y.t.mu.Unlock()
	for _, c := range []*count{y.source, y.pair, y.email} {
		c.pending--
	}
}

// count is what is known of one source, e-mail address or pair.
type count struct {
	key     [sha256.Size]byte
	failed  int
	pending int
	last    time.Time // of the failures
	until   time.Time // no further try before
}

// wait is how long the next try must wait; past the free ones only one at a time
// is under way.
func (c *count) wait(now time.Time, free int) time.Duration {
	if d := c.until.Sub(now); d > 0 && d <= maxPause { // more: the clock was set back
		return d
	}
	if c.pending > 0 && c.failed+c.pending >= free {
		return time.Second
	}
	return 0
}

func (c *count) fail(now time.Time, free int, first time.Duration) {
	c.pending--
	c.failed++
	c.last = now
	if over := c.failed - free; over >= 0 {
		c.until = now.Add(min(maxPause, first<<min(over, 10)))
	}
}

// tracked is a bounded set of counts, the least recently used last.
type tracked struct {
	byKey map[[sha256.Size]byte]*list.Element
	order *list.List
}

func newTracked() tracked {
	return tracked{byKey: map[[sha256.Size]byte]*list.Element{}, order: list.New()}
}

// at is the count of a name. Names are kept as digests, since strangers choose
// their length.
func (t *tracked) at(name string, now time.Time) *count {
	key := sha256.Sum256([]byte(name))
	if e := t.byKey[key]; e != nil {
		t.order.MoveToFront(e)
		c := e.Value.(*count)
		if d := now.Sub(c.last); d > TryWindow || d < -TryWindow {
			c.failed, c.until = 0, time.Time{}
		}
		return c
	}
	for t.order.Len() >= maxTracked {
		e := t.order.Back()
		delete(t.byKey, e.Value.(*count).key)
		t.order.Remove(e)
	}
	c := &count{key: key}
	t.byKey[key] = t.order.PushFront(c)
	return c
}
