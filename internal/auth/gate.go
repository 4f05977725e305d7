package auth

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/virga-cloud/virga/internal/cloud"
)

// GateOptions bound the hashing of passwords. Zero values are the defaults.
type GateOptions struct {
	AtOnce int // hashes at once; half of the processors, at least one and at most four
	Queue  int // callers who may wait for their turn; 16
	Share  int // callers of one source who may hash or wait; 8
}

// Gate is the one way to hash and check passwords. Each hash takes 19 MiB and
// tens of milliseconds, and strangers may ask for it without a token: so few run
// at once, few wait, and the others are refused. Safe for concurrent use.
type Gate struct {
	slots        chan struct{}
	queue, share int

	mu     sync.Mutex
	inside int                  // hashing or waiting, operator's verbs included
	of     map[netip.Prefix]int // the same by source; never longer than inside
	since  int                  // hashes since memory was given back
}

// freeEvery is after how many hashes their memory is given back at the latest,
// when there is no moment without one.
const freeEvery = 4

// NewGate makes a gate.
func NewGate(o GateOptions) *Gate {
	if o.AtOnce == 0 {
		o.AtOnce = min(4, max(1, runtime.GOMAXPROCS(0)/2))
	}
	if o.Queue == 0 {
		o.Queue = 16
	}
	if o.Share == 0 {
		o.Share = 8
	}
	return &Gate{slots: make(chan struct{}, o.AtOnce), queue: o.Queue, share: o.Share, of: map[netip.Prefix]int{}}
}

// Hash makes the stored form of a password for a verb of the operator or of a
// user who is known: it waits for its turn and is never refused. It must not run
// inside a transaction.
func (g *Gate) Hash(ctx context.Context, password string, rand io.Reader) (string, error) {
	if err := g.enter(ctx, netip.Prefix{}); err != nil {
		return "", err
	}
	defer g.leave(netip.Prefix{})
	return hashPassword(password, rand)
}

// Check tells whether a password belongs to a stored hash, for a caller at an
// address. An empty hash fits nothing and costs the same time. It must not run
// inside a transaction. TooMany: too many others are hashing.
func (g *Gate) Check(ctx context.Context, hash, password string, source netip.Addr) (bool, error) {
	from := SourceOf(source)
	if err := g.enter(ctx, from); err != nil {
		return false, err
	}
	defer g.leave(from)
	return checkPassword(hash, password), nil
}

// enter waits for a turn.
func (g *Gate) enter(ctx context.Context, from netip.Prefix) error {
	g.mu.Lock()
	if from.IsValid() && (g.inside >= cap(g.slots)+g.queue || g.of[from] >= g.share) {
		g.mu.Unlock()
		return cloud.Errorf(cloud.TooMany, "login.busy", "too many logins at once").WithFix("Try again in a moment.")
	}
	g.inside++
	g.of[from]++
	g.mu.Unlock()
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		g.forget(from)
		return fmt.Errorf("wait for a turn to hash a password: %w", ctx.Err())
	}
}

// leave gives the turn to the next. Memory of hashes goes back to the system
// before that, or a series of them would grow to several times what one needs.
func (g *Gate) leave(from netip.Prefix) {
	g.mu.Lock()
	g.since++
	free := g.inside == 1 || g.since >= freeEvery
	if free {
		g.since = 0
	}
	g.mu.Unlock()
	if free {
		debug.FreeOSMemory()
	}
	<-g.slots
	g.forget(from)
}

func (g *Gate) forget(from netip.Prefix) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if g.of[from]--; g.of[from] == 0 {
		delete(g.of, from)
	}
}

// SourceOf is what counts as one stranger: an IPv4 address, or the 64 bits of an
// IPv6 address that a household gets as a whole.
func SourceOf(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, err := a.Prefix(bits)
	if err != nil || !a.IsValid() { // no address, such as in a test: all of these are one
		return netip.PrefixFrom(netip.IPv6Unspecified(), 128)
	}
	return p
}
