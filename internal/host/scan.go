package host

import (
	"context"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
)

// scan compares what exists with the documents, one kind per step. What has
// no document is an orphan: reported and left alone.
type scan struct {
	due   time.Time
	kind  int // next in plan.Kinds
	found map[plan.Ref]bool
	// Orphans of the last whole pass.
	orphans map[plan.Ref]bool
	passes  int
	changed bool // since the last confirmed report
	// repeated is the last document that was reported again.
	repeated plan.Ref
}

func (s *scan) next(a *Agent, now time.Time) (plan.Kind, bool) {
	if s.due.After(now) {
		return "", false
	}
	return plan.Kinds[s.kind], true
}

// look lists one kind.
func (a *Agent) look(ctx context.Context, kind plan.Kind) {
	ids, err := a.opt.Machine.List(ctx, kind)
	facts, unknown := plan.Facts{}, error(nil)
	last := kind == plan.Kinds[len(plan.Kinds)-1]
	if last {
		facts, unknown = a.opt.Machine.Facts(ctx)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if last && unknown == nil {
		a.room(facts)
	}
	s := &a.scan
	if err != nil {
		// Nothing can be said about this kind; the pass starts again later.
		s.kind, s.found, s.due = 0, nil, a.opt.Now().Add(waiting)
		return
	}
	if s.found == nil {
		s.found = map[plan.Ref]bool{}
	}
	for _, id := range ids {
		r := plan.Ref{Kind: kind, ID: id}
		switch it := a.items[r]; {
		case it == nil && a.damaged[r]: // its document comes again
		case it == nil:
			s.found[r] = true
		case it.gone():
			// A driver said it was removed, and it is not: once more.
			it.status = plan.Status{Reason: "was said to be gone, and is still there"}
			a.wakeItem(it)
		}
	}
	if s.kind++; s.kind < len(plan.Kinds) {
		return
	}
	// A document may have come while the pass went on.
	for r := range s.found {
		if a.items[r] != nil {
			delete(s.found, r)
		}
	}
	if s.passes == 0 || !equalSets(s.found, s.orphans) {
		s.changed = true
	}
	if s.passes > 0 { // at the start everything is reported anyway
		a.repeat()
	}
	s.orphans, s.found, s.kind = s.found, nil, 0
	s.passes++
	s.due = a.opt.Now().Add(a.opt.Scan)
}

// room says hello again when much more or less of the disk is free than the control
// plane was told: the less there is left, the smaller a change counts.
func (a *Agent) room(now plan.Facts) {
	was := a.link.facts.DiskFree
	if d := now.DiskFree - was; max(d, -d) <= min(was, now.DiskFree)/10 {
		return
	}
	a.link.facts = now
	a.link.session, a.link.adopt = 0, false
}

func equalSets(a, b map[plan.Ref]bool) bool {
	if len(a) != len(b) {
		return false
	}
	for r := range a {
		if !b[r] {
			return false
		}
	}
	return true
}
