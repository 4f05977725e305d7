package host

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
)

// Times of the loop.
const (
	soon       = 50 * time.Millisecond // between steps of one document, when the machine does not say
	waiting    = 5 * time.Second       // for what another document must do first; it also wakes the waiter
	firstRetry = 200 * time.Millisecond
	lastRetry  = 30 * time.Second
	hopeless   = time.Minute // after Status.Failed
	// Looking at finished documents takes at most one step in this time, so
	// that a host with many of them is not busy with looking alone.
	observeGap = 5 * time.Millisecond
)

// schedule decides whose turn it is. Time passes in rounds: all documents
// that are due get one step each, removals first (users before what they
// use), then the others in the order of plan.Kinds; whatever falls due
// meanwhile waits for the next round. So no document starves another.
type schedule struct {
	heap  dueHeap
	round []*item
}

type dueHeap []*item

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i]; h[i].pos, h[j].pos = i, j }

// Push is for container/heap.
func (h *dueHeap) Push(x any) { it := x.(*item); it.pos = len(*h); *h = append(*h, it) }

// Pop is for container/heap.
func (h *dueHeap) Pop() any {
	old := *h
	it := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	it.pos = -1
	return it
}

func (s *schedule) at(it *item, due time.Time) {
	it.due = due
	switch {
	case it.inTurn: // enters the heap after its turn
	case it.pos >= 0:
		heap.Fix(&s.heap, it.pos)
	default:
		heap.Push(&s.heap, it)
	}
}

func (s *schedule) remove(it *item) {
	if it.pos >= 0 {
		heap.Remove(&s.heap, it.pos)
	}
	if it.inTurn {
		it.inTurn = false
		s.round = slices.DeleteFunc(s.round, func(o *item) bool { return o == it })
	}
}

// next is the item whose turn it is, nil when none is due.
func (s *schedule) next(now time.Time) *item {
	if len(s.round) == 0 {
		for len(s.heap) > 0 && !s.heap[0].due.After(now) {
			it := heap.Pop(&s.heap).(*item)
			it.inTurn = true
			s.round = append(s.round, it)
		}
		slices.SortFunc(s.round, func(a, b *item) int {
			if d := turn(a) - turn(b); d != 0 {
				return d
			}
			if d := a.due.Compare(b.due); d != 0 {
				return d
			}
			return cmp.Compare(a.doc.ID, b.doc.ID)
		})
	}
	if len(s.round) == 0 {
		return nil
	}
	it := s.round[0]
	s.round[0] = nil
	s.round = s.round[1:]
	it.inTurn = false
	return it
}

func turn(it *item) int {
	if it.doc.Absent {
		return -1 - it.doc.Kind.Rank()
	}
	return it.doc.Kind.Rank()
}

// wakeItem makes an item due now.
func (a *Agent) wakeItem(it *item) {
	now := a.opt.Now()
	if it.stepping {
		it.woken = true
		return
	}
	if it.pos >= 0 && !it.due.After(now) {
		return
	}
	a.sched.at(it, now)
}

// Look lets a document be looked at now: what it made may not be as it was.
func (a *Agent) Look(r plan.Ref) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if it := a.items[r]; it != nil && !it.doc.Absent {
		a.wakeItem(it)
	}
}

// Step makes exactly one bounded step of one document (or of the comparison
// of artefacts with documents). It tells whether there was anything to do,
// and when not, how long to wait for the next thing.
func (a *Agent) Step(ctx context.Context) (worked bool, next time.Duration) {
	now := a.opt.Now()
	a.mu.Lock()
	if a.link.moved {
		a.mu.Unlock()
		return false, waiting
	}
	it := a.sched.next(now)
	if it == nil {
		kind, due := a.scan.next(a, now)
		if due {
			a.mu.Unlock()
			a.look(ctx, kind)
			return true, 0
		}
		next = a.scan.due.Sub(now)
		if len(a.sched.heap) > 0 {
			next = min(next, a.sched.heap[0].due.Sub(now))
		}
		a.mu.Unlock()
		return false, max(next, 0)
	}
	doc := it.doc
	it.stepping, it.woken = true, false
	reason := a.waits(it)
	bad := it.bad
	a.mu.Unlock()

	var st plan.Status
	var err error
	switch {
	case bad != nil:
		st = plan.Status{Failed: true, Reason: bad.Error()}
	case reason != "":
		st = plan.Status{Reason: reason, Again: waiting}
	case doc.Absent:
		st, err = a.opt.Machine.Remove(ctx, doc.Ref(), View{a})
	default:
		st, err = a.opt.Machine.Ensure(ctx, doc, View{a})
	}
	switch {
	case err != nil:
		st = a.kept(it, plan.Status{Reason: err.Error()})
	case !st.Ready:
		st = a.kept(it, st)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	it.stepping = false
	if a.items[doc.Ref()] == it { // not forgotten meanwhile
		a.settle(it, doc, st, err)
	}
	return true, 0
}

// kept carries over what was seen of an artefact by the last step that could
// look, when this one could not.
func (a *Agent) kept(it *item, st plan.Status) plan.Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	if st.VM == nil {
		st.VM = it.status.VM
	}
	if st.Volume == nil {
		st.Volume = it.status.Volume
	}
	return st
}

// settle records the result of a step and decides when the next is due.
func (a *Agent) settle(it *item, doc plan.Document, st plan.Status, err error) {
	now := a.opt.Now()
	it.stepped = true
	current := it.doc.Generation == doc.Generation && it.doc.Absent == doc.Absent
	if st.Ready {
		it.there = !doc.Absent
		st.Percent, st.Failed = 0, false
		if doc.Generation > it.acked {
			it.acked = doc.Generation
			a.report(it)
		}
	}
	if !current {
		// A newer document came during the step; only what was seen counts.
		st.Ready, st.Failed, st.Percent, st.Reason, st.Again = false, false, 0, "", 0
		it.fails, err = 0, nil
	}
	a.mended(it, &st)
	was := it.status
	if !same(was, st) {
		it.status = st
		a.report(it)
	}
	if err != nil {
		it.fails++
	} else {
		it.fails = 0
	}
	if again := a.again(it, st, err); !current || it.woken {
		a.sched.at(it, now)
	} else {
		a.sched.at(it, now.Add(again))
	}
	if !current {
		return
	}
	ref := doc.Ref()
	if st.Ready {
		// What earlier generations used is free now.
		had := union(it.before, uses(it.body))
		it.before = nil
		a.index(ref, had, uses(it.body))
	}
	// A process that ended lets go of its volumes, ready or not.
	ended := was.VM != nil && was.VM.Running && st.VM != nil && !st.VM.Running
	if st.Ready && !was.Ready || ended {
		a.wakeUsers(it)
	}
	if it.down && it.gone() {
		// Nobody ordered this and nobody waits for a report. An error leaves
		// the file, and the next start removes it.
		if a.forget(ref) != nil {
			a.sched.at(it, now.Add(lastRetry))
		}
	}
}

// mended notes what a step repaired, and goes on telling it for a while. What
// happens again and again is counted, and told anew once a minute.
func (a *Agent) mended(it *item, st *plan.Status) {
	now := a.opt.Now()
	if st.Repaired != "" {
		m := plan.Mended{What: st.Repaired, At: now, Times: 1}
		if was := it.mended; was != nil {
			m.Times += was.Times
			if now.Sub(was.At) < time.Minute {
				m.At = was.At
			}
		}
		if m.At.Equal(now) {
			a.opt.Log.Warn("repaired a damage", "of", it.doc.Ref(), "what", m.What, "times", m.Times)
		}
		it.mended, st.Repaired = &m, ""
	}
	if it.mended != nil && now.Sub(it.mended.At) >= plan.MendedFor {
		it.mended = nil
	}
	st.Mended = it.mended
}

// wakeUsers lets those go on that wait for an item, and those it waited for
// to be looked at: a VM that is off lets go of its volumes.
func (a *Agent) wakeUsers(it *item) {
	wake := func(r plan.Ref) {
		if o := a.items[r]; o != nil && !o.status.Ready {
			a.wakeItem(o)
		}
	}
	for _, r := range sortedRefs(a.users[it.doc.Ref()]) {
		wake(r)
	}
	switch b := it.body.(type) {
	case *plan.Port:
		for _, r := range sortedRefs(a.users[plan.Ref{Kind: kindNIC, ID: b.NIC}]) {
			wake(r)
		}
	case *plan.VM:
		for _, r := range uses(b) {
			wake(r)
		}
	}
}

// again is the time to the next step.
func (a *Agent) again(it *item, st plan.Status, err error) time.Duration {
	switch {
	case err != nil:
		// The shift is bounded before it is made: it would overflow.
		return min(firstRetry<<min(it.fails-1, 10), lastRetry)
	case st.Failed:
		return hopeless
	case it.gone():
		return time.Hour // until it is dropped
	case st.Ready:
		every := max(a.opt.Observe(it.doc.Kind), time.Duration(len(a.items))*observeGap)
		if st.Again > 0 {
			return min(st.Again, every)
		}
		return every
	case st.Again > 0:
		return st.Again
	}
	return soon
}

// waits is why an item cannot be worked on now, empty when it can.
func (a *Agent) waits(it *item) string {
	ref := it.doc.Ref()
	if it.doc.Absent {
		for _, r := range sortedRefs(a.users[ref]) {
			return fmt.Sprintf("waits until %s does not use it any more", r)
		}
		return ""
	}
	if it.doc.Kind == plan.KindVM {
		return ""
	}
	for _, r := range plan.Uses(it.body) {
		if why := a.missing(r); why != "" {
			return why
		}
	}
	return ""
}

// missing is why something is not there, empty when it was there once.
func (a *Agent) missing(r plan.Ref) string {
	o := a.items[r]
	switch {
	case o == nil:
		return fmt.Sprintf("waits for %s, whose order is on its way", r)
	case o.there:
		return ""
	case o.status.Reason != "":
		return fmt.Sprintf("waits for %s: %s", r, o.status.Reason)
	}
	return fmt.Sprintf("waits for %s", r)
}

// same tells whether two states read the same in a report. What a disk takes
// up moves all the time and is worth a report only in steps of 1 % or 16 MiB.
func same(a, b plan.Status) bool {
	if a.Ready != b.Ready || a.Percent != b.Percent || a.Reason != b.Reason || a.Failed != b.Failed ||
		!a.MendedAt().Equal(b.MendedAt()) {
		return false
	}
	if (a.VM == nil) != (b.VM == nil) || a.VM != nil && *a.VM != *b.VM {
		return false
	}
	if a.Volume == nil || b.Volume == nil {
		return a.Volume == b.Volume
	}
	x, y := a.Volume, b.Volume
	delta := x.Used - y.Used
	if delta < 0 {
		delta = -delta
	}
	return x.Made == y.Made && x.Size == y.Size && x.Layer == y.Layer && x.HeldBy == y.HeldBy &&
		slices.Equal(x.Snapshots, y.Snapshots) && delta <= max(y.Size/100, 16<<20)
}
