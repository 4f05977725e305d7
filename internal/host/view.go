package host

import (
	"fmt"

	"github.com/virga-cloud/virga/internal/plan"
)

// View shows a machine the other documents, so that it can compose what
// stands in several of them. It is the state of now, at every call.
type View struct{ a *Agent }

// Body is the wanted body of a document: *plan.Volume and so on, nil when
// there is no such document or it says absent. It must not be changed.
func (v View) Body(r plan.Ref) any {
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	if it := v.a.items[r]; it != nil {
		return it.body
	}
	return nil
}

// Body is a View's Body with its type, nil for anything else.
func Body[T any](v View, kind plan.Kind, id plan.ID) *T {
	b, _ := v.Body(plan.Ref{Kind: kind, ID: id}).(*T)
	return b
}

// Ready tells whether the newest document was carried out and still holds.
func (v View) Ready(r plan.Ref) bool {
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	it := v.a.items[r]
	return it != nil && it.status.Ready && !it.doc.Absent
}

// Missing is why something is not there, empty when it was there once since
// the agent started.
func (v View) Missing(r plan.Ref) string {
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	return v.a.missing(r)
}

// Look lets a finished document be looked at now: what it made is not as it was.
func (v View) Look(r plan.Ref) { v.a.Look(r) }

// Users names the documents that stand on something or did so in a
// generation that is not known to be over, in a fixed order.
func (v View) Users(r plan.Ref) []plan.Ref {
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	return sortedRefs(v.a.users[r])
}

// Before names what earlier generations of a document used, as far as that
// is not known to be over. For a removal it is all that the artefact used.
func (v View) Before(r plan.Ref) []plan.Ref {
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	if it := v.a.items[r]; it != nil {
		return it.before
	}
	return nil
}

// Wanted names all documents of a kind that do not say absent, in a fixed order.
func (v View) Wanted(kind plan.Kind) []plan.ID {
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	set := map[plan.Ref]bool{}
	for r, it := range v.a.items {
		if r.Kind == kind && !it.doc.Absent {
			set[r] = true
		}
	}
	ids := make([]plan.ID, 0, len(set))
	for _, r := range sortedRefs(set) {
		ids = append(ids, r.ID)
	}
	return ids
}

// Hold is why a process of a VM must not be started now, empty when it may:
// its images, networks and ports have been there, its volumes are as their
// newest documents say and are meant for it. A process that runs is not
// ended for any of these.
func (v View) Hold(id plan.ID, vm *plan.VM) string {
	v.a.mu.Lock()
	defer v.a.mu.Unlock()
	for _, r := range plan.Uses(vm) {
		if why := v.a.missing(r); why != "" {
			return why
		}
		if r.Kind != plan.KindVolume {
			continue
		}
		it := v.a.items[r]
		switch vol, _ := it.body.(*plan.Volume); {
		case vol == nil:
			return fmt.Sprintf("waits for %s, which is to be removed", r)
		case vol.VM != id:
			return fmt.Sprintf("waits for %s, which belongs to another machine", r)
		case !it.status.Ready && it.status.Reason != "":
			return fmt.Sprintf("waits for %s: %s", r, it.status.Reason)
		case !it.status.Ready:
			return fmt.Sprintf("waits for %s", r)
		}
	}
	for _, n := range vm.NICs {
		// A card of a network without a router has no port.
		if port, ok := v.a.portOf[n.ID]; ok {
			if why := v.a.missing(plan.Ref{Kind: plan.KindPort, ID: port}); why != "" {
				return why
			}
		}
	}
	return ""
}
