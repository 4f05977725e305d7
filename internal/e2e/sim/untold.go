package sim

import "github.com/virga-cloud/virga/internal/plan"

// untold is how far a host came with telling what it has, after it was taken back or
// the database was put back: it looks through all kinds, and then says so in words
// that are heard. Time is no measure for it: a minute of the world may go by in a step.
type untold struct {
	kinds int // that were listed one after the other
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

// heard notes that the control plane took a request and answered it.
func (h *Host) heard(req plan.Request, reply plan.Reply) {
	all := h.untold != nil && h.untold.kinds == len(plan.Kinds)
	if all && req.Hello == nil && reply.Session != 0 && !reply.Stale && !reply.Adopt && !reply.StandDown {
		h.untold = nil
	}
}
