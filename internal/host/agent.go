package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/plan"
)

// Options is what an agent is made of.
type Options struct {
	Tag     string           // required: of the installation on this machine
	Folder  Folder           // required
	Machine Machine          // required
	Now     func() time.Time // required
	// Place says on which machine and where on it the folder lies; optional. Where
	// it is another one than before, nothing is touched until the control plane
	// agreed: another machine may run the same documents.
	Place string
	// Observe is how often a finished document is looked at again; optional,
	// the default is 2 s for VMs and a minute for the rest.
	Observe func(plan.Kind) time.Duration
	// Scan is how often artefacts are compared with documents; optional, a minute.
	Scan time.Duration
	Log  *slog.Logger // optional: discarded
}

// Agent keeps one machine like its documents. Step does the work, Request
// and Apply are its end of the link; one goroutine may step while another
// exchanges.
type Agent struct {
	opt Options

	mu    sync.Mutex // never held while the machine works
	items map[plan.Ref]*item
	// users says who stands on what, index of every item's uses.
	users  map[plan.Ref]map[plan.Ref]bool
	portOf map[plan.ID]plan.ID // NIC to Port
	sched  schedule
	scan   scan
	link   link
	// damaged are documents whose files were put aside at the start, until the
	// control plane knows that it must send them again.
	damaged map[plan.Ref]bool
}

// item is one document and what is known of it.
type item struct {
	doc  plan.Document
	body any   // decoded; nil when absent or unreadable
	bad  error // why the body cannot be read
	// before are uses of earlier generations that may still hold: the
	// document says otherwise, but was not carried out yet.
	before []plan.Ref
	down   bool // removed because the host stands down, not by order

	status  plan.Status
	mended  *plan.Mended // nil = nothing was, or long ago
	acked   int64        // newest generation carried out since the agent started
	there   bool         // made, as far as steps since the start of the agent tell
	stepped bool         // at least once since the agent started
	fails   int          // steps in a row that ended with an error
	// A wake-up during a step must not be lost when the step ends.
	stepping, woken bool

	due     time.Time
	pos     int // in the heap of the schedule, -1 = not in it
	inTurn  bool
	rev     int64 // grows with everything that must be reported
	pending bool  // in the list of reports
}

// gone tells that the artefact was removed.
func (it *item) gone() bool {
	return it.doc.Absent && it.status.Ready && it.acked >= it.doc.Generation
}

// record is the form of a document in the folder.
type record struct {
	Document plan.Document `json:"document"`
	Before   []plan.Ref    `json:"before,omitempty"`
}

// Crash points around what an agent writes.
var (
	pointTake      = crash.Register("host.take.before")
	pointTaken     = crash.Register("host.take.after")
	pointForget    = crash.Register("host.forget.before")
	pointForgotten = crash.Register("host.forget.after")
	pointMark      = crash.Register("host.mark.before")
	pointMarked    = crash.Register("host.mark.after")
)

// ErrOlder refuses a document with an older generation than the one held.
var ErrOlder = errors.New("older than the document this host has")

// New reads the folder. Every document in it will be carried out again.
func New(ctx context.Context, opt Options) (*Agent, error) {
	if opt.Observe == nil {
		opt.Observe = func(k plan.Kind) time.Duration {
			if k == plan.KindVM {
				return 2 * time.Second
			}
			return time.Minute
		}
	}
	if opt.Scan == 0 {
		opt.Scan = time.Minute
	}
	a := &Agent{
		opt:    opt,
		items:  map[plan.Ref]*item{},
		users:  map[plan.Ref]map[plan.Ref]bool{},
		portOf: map[plan.ID]plan.ID{}, damaged: map[plan.Ref]bool{},
	}
	if a.opt.Log == nil {
		a.opt.Log = slog.New(slog.DiscardHandler)
	}
	a.scan.due = opt.Now()
	if err := a.load(); err != nil {
		return nil, fmt.Errorf("read the documents of this host: %w", err)
	}
	facts, err := opt.Machine.Facts(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the machine: %w", err)
	}
	a.link.facts = facts
	return a, nil
}

func (a *Agent) load() error {
	names, err := a.opt.Folder.List()
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, "link/") || IsSetAside(name) { // no documents
			continue
		}
		var r record
		err := ReadJSON(a.opt.Folder, name, &r)
		if err == nil && (!r.Document.Ref().Valid() || fileOf(r.Document.Ref()) != name) {
			err = fmt.Errorf("%w: it holds the document %q", ErrDamaged, r.Document.Ref())
		}
		if g := r.Document.Generation; err == nil && (g <= 0 || g > plan.MaxGeneration) {
			err = fmt.Errorf("%w: no document has the generation %d", ErrDamaged, g)
		}
		if err == nil {
			a.place(r.Document, r.Before)
			continue
		}
		if err := a.setAside(name, err); err != nil {
			return err
		}
		kind, id, _ := strings.Cut(name, "/")
		if ref := (plan.Ref{Kind: plan.Kind(kind), ID: plan.ID(id)}); ref.Valid() {
			a.damaged[ref] = true
		}
	}
	err = ReadJSON(a.opt.Folder, linkFile, &a.link.mark)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if errors.Is(err, ErrDamaged) { // then the control plane says again whose host this is
		a.link.mark = mark{}
		err = a.setAside(linkFile, err)
	}
	a.link.moved = err == nil && elsewhere(a.opt.Place, a.link.mark.Place)
	if err == nil && a.link.mark.StandDown {
		err = a.leaveAll()
	}
	return err
}

// setAside takes a file out of the way that cannot be read: one damaged file must
// not keep everything else from starting.
func (a *Agent) setAside(name string, why error) error {
	if !errors.Is(why, ErrDamaged) {
		return fmt.Errorf("%s: %w", name, why)
	}
	to, err := SetAside(a.opt.Folder, name)
	if err != nil {
		return err
	}
	a.opt.Log.Error("a file of this host cannot be read; it was put aside and is fetched again", "file", name, "put_aside", to, "error", why)
	return nil
}

// elsewhere tells whether two places are known and differ.
func elsewhere(now, before string) bool { return now != "" && before != "" && now != before }

func fileOf(r plan.Ref) string { return string(r.Kind) + "/" + string(r.ID) }

// Take writes a document to the folder; steps will carry it out. A repeat
// changes nothing, an older one is refused with ErrOlder.
func (a *Agent) Take(doc plan.Document) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.take(doc)
}

func (a *Agent) take(doc plan.Document) error {
	ref := doc.Ref()
	if !ref.Valid() || doc.Generation <= 0 || doc.Generation > plan.MaxGeneration {
		return fmt.Errorf("take %q %q generation %d: not a document", doc.Kind, doc.ID, doc.Generation)
	}
	if a.link.mark.StandDown {
		return fmt.Errorf("take %s: this host stands down", ref)
	}
	var before []plan.Ref
	if it := a.items[ref]; it != nil {
		if doc.Generation <= it.doc.Generation {
			// Said again, so that the control plane hears what is held here.
			a.report(it)
			if doc.Generation < it.doc.Generation {
				return fmt.Errorf("take %s generation %d: %w (%d)", ref, doc.Generation, ErrOlder, it.doc.Generation)
			}
			return nil
		}
		before = union(it.before, uses(it.body))
	}
	b, err := json.Marshal(record{Document: doc, Before: before})
	if err != nil {
		return fmt.Errorf("take %s: %w", ref, err)
	}
	if err := around(pointTake, pointTaken, func() error { return a.opt.Folder.Write(fileOf(ref), b) }); err != nil {
		return fmt.Errorf("take %s: %w", ref, err)
	}
	a.place(doc, before)
	delete(a.damaged, ref)
	return nil
}

// place puts a document into memory, due at once.
func (a *Agent) place(doc plan.Document, before []plan.Ref) {
	ref := doc.Ref()
	it := a.items[ref]
	if it == nil {
		it = &item{pos: -1}
		a.items[ref] = it
	}
	if p, ok := it.body.(*plan.Port); ok && a.portOf[p.NIC] == ref.ID {
		delete(a.portOf, p.NIC)
	}
	it.doc, it.before, it.body, it.bad, it.fails = doc, before, nil, nil, 0
	// What was seen of a VM or volume stays true until the next look.
	it.status.Ready, it.status.Failed, it.status.Percent, it.status.Reason = false, false, 0, ""
	if !doc.Absent {
		it.body, it.bad = doc.Decode()
		if it.bad != nil {
			it.body = nil
		}
	}
	if p, ok := it.body.(*plan.Port); ok {
		a.portOf[p.NIC] = ref.ID
	}
	a.index(ref, nil, union(before, uses(it.body)))
	a.report(it)
	a.wakeItem(it)
	if doc.Kind == plan.KindVolume {
		// While a machine runs, its chain is changed through its process.
		for _, r := range sortedRefs(a.users[ref]) {
			if o := a.items[r]; o != nil {
				a.wakeItem(o)
			}
		}
	}
}

// forget drops a document and its file.
func (a *Agent) forget(ref plan.Ref) error {
	it := a.items[ref]
	if it == nil {
		return nil
	}
	err := around(pointForget, pointForgotten, func() error { return a.opt.Folder.Remove(fileOf(ref)) })
	if err != nil {
		return fmt.Errorf("forget %s: %w", ref, err)
	}
	if p, ok := it.body.(*plan.Port); ok && a.portOf[p.NIC] == ref.ID {
		delete(a.portOf, p.NIC)
	}
	a.index(ref, union(it.before, uses(it.body)), nil)
	a.sched.remove(it)
	delete(a.items, ref)
	return nil
}

// index records that ref now uses want, and wakes the removals that waited
// for a use that ended. All uses in had that are not in want end.
func (a *Agent) index(ref plan.Ref, had, want []plan.Ref) {
	for _, r := range had {
		if slices.Contains(want, r) || !a.users[r][ref] {
			continue
		}
		delete(a.users[r], ref)
		if len(a.users[r]) == 0 {
			delete(a.users, r)
			if it := a.items[r]; it != nil && it.doc.Absent {
				a.wakeItem(it)
			}
		}
	}
	for _, r := range want {
		if a.users[r] == nil {
			a.users[r] = map[plan.Ref]bool{}
		}
		a.users[r][ref] = true
	}
}

// uses are those of plan, and a VM's cards.
func uses(body any) []plan.Ref {
	refs := plan.Uses(body)
	if vm, ok := body.(*plan.VM); ok {
		for _, n := range vm.NICs {
			refs = append(refs, plan.Ref{Kind: kindNIC, ID: n.ID})
		}
	}
	return refs
}

func union(a, b []plan.Ref) []plan.Ref {
	all := slices.Clone(a)
	for _, r := range b {
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

// around passes a crash point before and after an effect. An error injected
// after it leaves the effect in place, like a lost answer.
func around(before, after string, effect func() error) error {
	if err := crash.Here(before); err != nil {
		return err
	}
	if err := effect(); err != nil {
		return err
	}
	return crash.Here(after)
}

// sortedRefs gives a set a fixed order, so that a run repeats exactly.
func sortedRefs[V any](m map[plan.Ref]V) []plan.Ref {
	refs := make([]plan.Ref, 0, len(m))
	for r := range m {
		refs = append(refs, r)
	}
	slices.SortFunc(refs, plan.CompareRefs)
	return refs
}
