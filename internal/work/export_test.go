package work

import (
	"context"
	"time"
)

// NextOf is when something of some kinds is due, and the time.
func (q *Queue) NextOf(ctx context.Context, kinds []string) (due, now time.Time, ok bool, err error) {
	return q.nextDue(ctx, kinds)
}
