package auth_test

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
)

// stuck is randomness that never comes: a hash that asks for its salt keeps its
// place until the test lets it go.
type stuck struct {
	inside, most *atomic.Int64
	open         chan struct{}
}

func (s stuck) Read(b []byte) (int, error) {
	n := s.inside.Add(1)
	s.most.Store(max(s.most.Load(), n))
	<-s.open
	s.inside.Add(-1)
	return len(b), errors.New("no salt")
}

// Two hash, three wait, the rest is refused at once; whoever waits gives up with
// its request.
func TestGateIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := auth.NewGate(auth.GateOptions{AtOnce: 2, Queue: 3, Share: 2})
		s := stuck{inside: &atomic.Int64{}, most: &atomic.Int64{}, open: make(chan struct{})}
		for range 2 {
			go func() { _, _ = g.Hash(t.Context(), "x", s) }()
		}
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 20)
		check := func(addr string) {
			go func() {
				_, err := g.Check(ctx, "", strings.Repeat("x", auth.MaxPassword+1), netip.MustParseAddr(addr))
				ended <- err
			}()
			synctest.Wait()
		}
		check("2001:db8::1")
		check("2001:db8::2")
		check("2001:db8::3") // the third of one /64
		if err := <-ended; !cloud.IsKind(err, cloud.TooMany) {
			t.Errorf("more than its share: %v", err)
		}
		check("192.0.2.1")
		for range 10 {
			check("192.0.2.2") // the queue is full
			if err := <-ended; !cloud.IsKind(err, cloud.TooMany) {
				t.Errorf("more than the queue takes: %v", err)
			}
		}
		go func() { _, _ = g.Hash(t.Context(), "x", s) }() // a verb waits and is not refused
		cancel()
		for range 3 {
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("gave up: %v", err)
			}
		}
		close(s.open)
		synctest.Wait()
		if n := s.most.Load(); n != 2 {
			t.Errorf("%d hashes at once, want 2", n)
		}
		ctx = t.Context()
		check("192.0.2.2")
		if err := <-ended; err != nil {
			t.Errorf("the gate stays shut: %v", err)
		}
	})
}

// Seventy-five logins at once take the memory of those that are let in, and leave
// nothing behind. Unbounded they took 1.4 GB.
func TestGateGivesMemoryBack(t *testing.T) {
	g := auth.NewGate(auth.GateOptions{AtOnce: 1, Queue: 8, Share: 75})
	hash := hashOf(t, "s3cret")
	held := func() int64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapSys - m.HeapReleased)
	}
	before := held()
	var all sync.WaitGroup
	var refused atomic.Int64
	start := make(chan struct{})
	for range 75 {
		all.Go(func() {
			<-start
			switch ok, err := g.Check(t.Context(), hash, "s3cret", netip.MustParseAddr("192.0.2.1")); {
			case cloud.IsKind(err, cloud.TooMany):
				refused.Add(1)
			case err != nil || !ok:
				t.Errorf("the right password: %v, %v", ok, err)
			}
		})
	}
	close(start)
	all.Wait()
	if refused.Load() == 0 {
		t.Error("all 75 were let in")
	}
	if grown := held() - before; grown > 16<<20 {
		t.Errorf("%d MiB are still held", grown>>20)
	}
}

func TestSourceOf(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", "::ffff:192.0.2.1": "192.0.2.1/32", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
	} {
		if got := auth.SourceOf(netip.MustParseAddr(addr)).String(); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
	if !auth.SourceOf(netip.Addr{}).IsValid() {
		t.Error("a caller without an address is nobody's share")
	}
}
