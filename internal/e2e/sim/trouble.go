package sim

import (
	"time"

	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// trouble is a fault of a machine that is over after a number of steps, or at a
// time.
type trouble struct {
	fake.Fault
	until time.Time // zero: after Times steps
}

// struck decides about one step of a machine. What it lied about is remembered:
// that is the one thing for which nothing but the machine is to blame.
func (h *Host) struck(now time.Time, c fake.Call) *fake.Fault {
	for i, t := range h.troubles {
		if t.Op != "" && t.Op != c.Op || t.Kind != "" && t.Kind != c.Ref.Kind {
			continue
		}
		if t.until.IsZero() {
			if h.troubles[i].Times--; h.troubles[i].Times < 0 {
				continue
			}
		} else if !now.Before(t.until) {
			continue
		}
		if t.Mode == fake.Lie && c.Op != fake.OpList {
			h.lied[c.Ref] = true
		}
		if h.hit != nil {
			h.hit(c, t.Mode, !t.until.IsZero())
		}
		return &fake.Fault{Mode: t.Mode, Reason: t.Reason}
	}
	return nil
}

// lies tells whether it lied about an artefact, or about what that stands on.
func (h *Host) lies(ref plan.Ref) bool {
	if h.lied[ref] {
		return true
	}
	if t := h.things[ref]; t != nil {
		for _, r := range t.stands {
			if h.lied[r] {
				return true
			}
		}
	}
	return false
}
