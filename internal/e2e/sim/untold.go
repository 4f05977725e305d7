package sim

import (
	"time"

	"github.com/virga-cloud/virga/internal/plan"
)

// addressesWait is for how long new addresses wait for what hosts tell.
const addressesWait = 5 * time.Minute

// untold is how far a host came with telling what it has, after it was taken back or
// the database was put back: it looks through all kinds, and then says so in words
// that are heard. Time is no measure for it: a minute of the world may go by in a step.
type untold struct {
	kinds int       // that were listed one after the other
	since time.Time // of a restore; zero: nothing waits for it
}

// again lets it begin anew: its agent was started, and knows nothing of before.
func (u *untold) again() {
	if u != nil {
		u.kinds = 0
	}
}

// listed notes that a host looked for what it has of a kind.
func (h *Host) listed(kind plan.Kind, well bool) {
	u := h.untold
	switch {
	case u == nil || u.kinds == len(plan.Kinds):
	case well && kind == plan.Kinds[u.kinds]:
		u.kinds++
	case well && kind == plan.Kinds[0]:
		u.kinds = 1
	default:
		u.kinds = 0
	}
}

// heard notes that the control plane took a request and answered it. Who told so late
// that nobody waited for it may have what was given again meanwhile.
func (h *Host) heard(now time.Time, req plan.Request, reply plan.Reply) {
	all := h.untold != nil && h.untold.kinds == len(plan.Kinds)
	if all && req.Hello == nil && reply.Session != 0 && !reply.Stale && !reply.Adopt && !reply.StandDown {
		since := h.untold.since
		h.late = h.late || !since.IsZero() && now.Sub(since) > addressesWait
		h.untold = nil
	}
}
