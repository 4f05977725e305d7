package store

import (
	"context"
	"crypto/rand"
	"log/slog"
	mrand "math/rand/v2"
	"time"
)

// defaults takes clock and randomness from the machine where the caller
// brought none.
func (o *Options) defaults() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// backoff waits before a transaction is repeated: longer each time, and a
// random part of it, so that those who met do not meet again.
func backoff(ctx context.Context, try int) error {
	most := time.Millisecond << min(try, 7)
	t := time.NewTimer(time.Duration(mrand.Int64N(int64(most))))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
