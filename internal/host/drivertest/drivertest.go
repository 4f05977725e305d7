// Package drivertest is the one conformance suite of all drivers: what
// plan.Driver promises, proven on the real machine, with the process killed
// and with errors injected at every crash point of the driver.
//
// A driver's test is a Config and a call of Run. It may prepare nothing before
// that call which a second process could not do again: the suite starts the
// test binary anew, as a child that runs only this test, and kills it.
package drivertest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// Limit is the time within which every call of a driver must be back.
const Limit = 2 * time.Second

// Grace is what a busy machine may add to it: a call that ends with its context is
// back only when it is its turn again.
const Grace = 2 * time.Second

// errInjected is what a crash point answers when the suite lets it fail.
var errInjected = errors.New("injected by drivertest")

// Config is what the suite must know about one driver.
type Config[S any] struct {
	// Points are the starts of the names of this driver's crash points, such
	// as "disk.". Required; at least one registered point must match.
	Points []string
	// Elsewhere names points (in full) that another test reaches; every other
	// one must be reached by Ensure(Spec), Ensure(Update) or Remove. That the
	// other test really kills there is seen by Main. Optional.
	Elsewhere []string

	// New makes a driver as a freshly started process does. Required. The
	// suite throws it away, and calls Close() error where it has that method,
	// before it makes the next one for the same installation.
	New func(t testing.TB, in sys.Installation) plan.Driver[S]
	// InProcess says that the artefacts live in the driver's process (open
	// sockets), so that a child must first make what it then changes. Optional.
	InProcess bool
	// Setup makes what Spec builds upon (a network's namespace, an image). It
	// runs once for each installation, in the parent only, and cleans up with
	// t.Cleanup. Optional.
	Setup func(t testing.TB, in sys.Installation)

	// Spec is the first wish for id, Update the second one. Spec is required;
	// without Update the suite does not test changes.
	Spec   func(in sys.Installation, id plan.ID) S
	Update func(in sys.Installation, id plan.ID) S

	// Fingerprint shows the artefacts of this installation with their
	// identity (interface indexes, process ids, inode numbers): a repeated
	// Ensure must not change it. Required.
	Fingerprint func(t testing.TB, in sys.Installation) string
	// State shows the same without identity: whatever happened on the way, it
	// must be the same in the end, and another one after Update. Optional;
	// Fingerprint is not used for it.
	State func(t testing.TB, in sys.Installation) string
	// Leftovers names every artefact of the installation that a driver of this
	// kind could have made. After Remove it is what it was after Setup; and
	// whatever it names more than that, List must own up to. Required.
	Leftovers func(in sys.Installation) []string

	// Foreign makes artefacts that are not this installation's but look much
	// like it (another tag, a similar name, no id), and returns a function that
	// shows them. They must be the same in the end. Optional.
	Foreign func(t testing.TB, in sys.Installation) func() string
	// Damage breaks a finished artefact in one way each, as an operator or a
	// reboot would; Ensure(Spec) must repair it. Optional.
	Damage map[string]func(t testing.TB, in sys.Installation, id plan.ID)

	// Deadline bounds the way to ready and to gone. Optional, 20 s.
	Deadline time.Duration
}

// Run proves the contract. It returns at once in the child that it starts.
func Run[S any](t *testing.T, cfg Config[S]) {
	t.Helper()
	if cfg.Deadline == 0 {
		cfg.Deadline = 20 * time.Second
	}
	if IsChild() {
		var o order
		if Order(t, &o) {
			runChild(t, cfg, o)
		}
		return
	}
	points := cfg.points()
	if len(points) == 0 {
		t.Fatalf("no crash point is registered under %v", cfg.Points)
	}

	a, b := NewInstallation(t), NewInstallation(t)
	r := &run[S]{cfg: cfg, in: a, id: NewID()}
	if cfg.Setup != nil {
		cfg.Setup(t, a)
		cfg.Setup(t, b)
	}
	var foreign func() string
	before := ""
	if cfg.Foreign != nil {
		foreign = cfg.Foreign(t, a)
		before = foreign()
	}
	r.base = cfg.leftovers(a)

	// What comes later stands on what came before, so the first failure ends it.
	ok := t.Run("life", r.life) && t.Run("missing", r.missing) &&
		t.Run("side by side", func(t *testing.T) { r.sideBySide(t, b) })
	for name, damage := range cfg.Damage {
		ok = ok && t.Run("damage/"+name, func(t *testing.T) { r.damaged(t, damage) })
	}
	_ = ok && t.Run("errors", func(t *testing.T) { r.errors(t, points) }) &&
		t.Run("killed", func(t *testing.T) { r.killed(t, points) })

	if foreign != nil {
		if after := foreign(); after != before {
			t.Errorf("foreign artefacts were touched:\nbefore %s\nafter  %s", before, after)
		}
	}
	r.close()
}

// NewInstallation is an installation with a random tag and a folder that the
// test removes, so that tests at the same time do not meet.
func NewInstallation(t testing.TB) sys.Installation {
	return sys.Installation{Tag: hexDigits(4), Dir: t.TempDir()}
}

// NewID is a random object id.
func NewID() plan.ID { return plan.ID(hexDigits(32)) }

func hexDigits(n int) string {
	b := make([]byte, n/2)
	_, _ = rand.Read(b) // never fails: it ends the process instead
	return hex.EncodeToString(b)
}

// points are the registered crash points of this driver, sorted.
func (cfg Config[S]) points() []string {
	var mine []string
	for _, p := range crash.Points() {
		if slices.ContainsFunc(cfg.Points, func(prefix string) bool { return strings.HasPrefix(p, prefix) }) {
			mine = append(mine, p)
		}
	}
	sort.Strings(mine)
	return mine
}

func (cfg Config[S]) leftovers(in sys.Installation) []string {
	l := slices.Clone(cfg.Leftovers(in))
	sort.Strings(l)
	return l
}

// step makes one call and holds it to the time limit.
func step(t testing.TB, what string, call func(context.Context) (plan.Status, error)) (plan.Status, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Limit)
	defer cancel()
	start := time.Now()
	st, err := call(ctx)
	if took := time.Since(start); took > Limit+Grace {
		t.Fatalf("%s took %v, the limit is %v", what, took.Round(time.Millisecond), Limit)
	}
	return st, err
}

// until repeats a call as the agent does until it answers ready. A failure
// that the suite injected is passed over; any other must not last.
func until(t testing.TB, what string, deadline time.Duration, call func(context.Context) (plan.Status, error)) plan.Status {
	t.Helper()
	var st plan.Status
	var err error
	end := time.Now().Add(deadline)
	for {
		st, err = step(t, what, call)
		switch {
		case err == nil && st.Ready:
			return st
		case err == nil && st.Failed:
			t.Fatalf("%s gave up: %s", what, st.Reason)
		case time.Now().After(end):
			t.Fatalf("%s is not ready after %v: status %+v, error %v", what, deadline, st, err)
		}
		pause(st.Again)
	}
}

// pause waits for the next step, as long as the driver asked but never long.
func pause(again time.Duration) {
	<-time.After(min(max(again, 2*time.Millisecond), 25*time.Millisecond))
}

// diff says what is in a and not in b.
func diff(a, b []string) []string {
	var more []string
	for _, s := range a {
		if !slices.Contains(b, s) {
			more = append(more, s)
		}
	}
	return more
}

func describe(ids []plan.ID) string { return fmt.Sprintf("%d %v", len(ids), ids) }
