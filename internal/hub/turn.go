package hub

import (
	"context"
	"sync"
)

// turns let each host have one exchange at a time: a newer one ends the one
// before, which nobody waits for any more.
type turns struct {
	mu sync.Mutex
	of map[int64]*turn
}

type turn struct {
	end  func()
	done chan struct{}
}

func newTurns() *turns { return &turns{of: map[int64]*turn{}} }

// enter ends the exchange of a host that is under way, waits until it is over and
// takes its place; end is what ends this one. leave must be called.
func (t *turns) enter(ctx context.Context, host int64, end func()) (leave func(), err error) {
	mine := &turn{end: end, done: make(chan struct{})}
	for {
		t.mu.Lock()
		before := t.of[host]
		if before == nil {
			t.of[host] = mine
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				defer t.mu.Unlock()
				delete(t.of, host)
				close(mine.done)
			}, nil
		}
		// With the lock held: after leave its connection is another's business.
		before.end()
		t.mu.Unlock()
		select {
		case <-before.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
