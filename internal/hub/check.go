package hub

import (
	"context"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// Store and host are compared while a session lasts too, both ways and in pages: the
// host is told what it should have and says what it lacks, and it says again, a part at
// a time, what it has (host.Agent). What only it has then makes it adopted.
const (
	// checkPage is how many documents one reply asks about.
	checkPage = 200
	// checkEvery is between two pages, checkPause between two rounds.
	checkEvery = 20 * time.Second
	checkPause = 10 * time.Minute
)

// checks know how far the comparison with each host came. It begins anew with a
// session and with a hub: forgetting it costs nothing.
type checks struct {
	mu sync.Mutex
	of map[int64]*check
}

type check struct {
	session int64
	after   int64 // id of the last order that was asked about
	due     time.Time
}

func newChecks() *checks { return &checks{of: map[int64]*check{}} }

// next is behind which order the next page begins; false when none is due.
func (c *checks) next(host, session int64, now time.Time) (after int64, due bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.of[host]
	if k == nil || k.session != session {
		k = &check{session: session, due: now.Add(checkEvery)} // what is under way comes first
		c.of[host] = k
	}
	return k.after, !k.due.After(now)
}

// asked notes that a page was asked about, up to the order last; 0 ends the round.
func (c *checks) asked(host, last int64, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.of[host]
	if k == nil {
		return
	}
	k.after, k.due = last, now.Add(checkEvery)
	if last == 0 {
		k.due = now.Add(checkPause)
	}
}

// check is the next page of what a host said that it took, when one is due.
func (h *Hub) check(ctx context.Context, host, session int64) ([]plan.Held, error) {
	after, due := h.checks.next(host, session, h.opt.Now())
	if !due {
		return nil, nil
	}
	var page []plan.Held
	last := int64(0)
	err := h.db.Read(ctx, func(tx *store.Tx) error {
		page, last = nil, 0
		list, err := OnHost(tx, host, after, checkPage)
		for _, o := range list {
			// What is not taken comes anyway; what is gone the host may have forgotten.
			if o.Taken > 0 && !o.Gone() && !o.Held {
				page = append(page, plan.Held{Kind: o.Kind, ID: o.Object, Generation: o.Taken})
			}
		}
		if len(list) == checkPage {
			last = list[len(list)-1].ID
		}
		return err
	})
	if err == nil {
		h.checks.asked(host, last, h.opt.Now())
	}
	return page, err
}
