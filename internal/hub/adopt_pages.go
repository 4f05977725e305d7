package hub

import (
	"sync"

	"github.com/virga-cloud/virga/internal/plan"
)

// A host that has much tells it in pages, so that no transaction is long: others wait
// for it. How far it came is known here only; a host that is heard by another node, or
// after a restart, begins anew, which changes nothing that was taken over.

// told is how far hosts have told what they have.
type told struct {
	mu sync.Mutex
	of map[int64]toldUpTo
}

type toldUpTo struct {
	session int64
	last    plan.Ref
}

func newTold() *told { return &told{of: map[int64]toldUpTo{}} }

// after is behind what the next page of a session begins, nil for the first.
func (t *told) after(l *Link) *plan.Ref {
	t.mu.Lock()
	defer t.mu.Unlock()
	u, ok := t.of[l.Host]
	if !ok || u.session != l.Session {
		return nil
	}
	return &u.last
}

// upTo notes the last document of a page that was taken over; nil: all was told.
func (t *told) upTo(l *Link, last *plan.Ref) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last == nil {
		delete(t.of, l.Host)
		return
	}
	t.of[l.Host] = toldUpTo{session: l.Session, last: *last}
}

// lastOf is the last document of a page that others follow, else nil.
func lastOf(page *plan.Adopt) *plan.Ref {
	if !page.More || len(page.Documents) == 0 {
		return nil
	}
	last := page.Documents[len(page.Documents)-1].Ref()
	return &last
}

// within tells whether a name lies behind from and not behind to; nil is no bound.
func within(r plan.Ref, from, to *plan.Ref) bool {
	return (from == nil || plan.CompareRefs(r, *from) > 0) && (to == nil || plan.CompareRefs(r, *to) <= 0)
}

func sameRef(a, b *plan.Ref) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }
