package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
)

// reportsPerRequest bounds a request; what is left goes with the next.
const reportsPerRequest = 500

// linkFile holds what a host must know of its control plane after a restart.
const linkFile = "link/mark"

// mark is the content of linkFile.
type mark struct {
	Incarnation string `json:"incarnation,omitempty"` // of the store that adopted this host
	StandDown   bool   `json:"stand_down,omitempty"`  // declared lost; no order is taken
	Place       string `json:"place,omitempty"`       // where the folder lay when the control plane agreed to it
}

// link is the host's end of the link.
type link struct {
	mark    mark
	facts   plan.Facts
	session int64
	seq     int64
	moved   bool // the folder lies elsewhere than before, and nobody agreed yet
	adopt   bool // the control plane asked for the whole truth
	pages   bool // in pages, of which the next one begins behind after
	after   *plan.Ref
	queue   []plan.Ref // documents with something to report, oldest first
	// sent remembers which state of each document the open request holds.
	sent    map[plan.Ref]int64
	orphans bool // the open request holds them
	// missing are documents that the control plane asked about and that are not here;
	// asked: the open request holds them.
	missing []plan.Ref
	asked   bool
	// logged are lines of rules with a log that no answered request has told.
	logged []plan.Logged
}

// report puts a document on the list of what must be told.
func (a *Agent) report(it *item) {
	it.rev++
	if !it.pending && !it.down {
		it.pending = true
		a.link.queue = append(a.link.queue, it.doc.Ref())
	}
}

// Request is what this host has to say now. There may be one open request at
// a time: what it told counts as said when Apply gets its reply, and is told
// again by the next request when there was none.
func (a *Agent) Request(wait time.Duration) plan.Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := &a.link
	l.sent, l.orphans, l.asked = nil, false, false
	if l.session == 0 {
		req := plan.Request{Hello: a.hello()}
		if a.standsBy() {
			req.Wait = wait.Milliseconds() // it is answered when it is wanted again
		}
		return req
	}
	l.seq++
	req := plan.Request{Session: l.session, Seq: l.seq, Wait: wait.Milliseconds()}
	if l.adopt {
		// Half a truth would make the store believe that the rest is lost.
		if a.seenAll() {
			req.Adopt = a.truth()
		}
		return req
	}
	l.sent = map[plan.Ref]int64{}
	for _, ref := range l.queue {
		if len(req.Reports) == reportsPerRequest {
			break
		}
		if it := a.items[ref]; it != nil && it.pending {
			l.sent[ref] = it.rev
			req.Reports = append(req.Reports, reportOf(it))
		}
	}
	a.takeLogged()
	req.Logged = slices.Clone(l.logged)
	req.Missing, l.asked = l.missing, len(l.missing) > 0
	if a.scan.changed {
		refs := sortedRefs(a.scan.orphans)
		req.Orphans, l.orphans = &refs, true
	}
	return req
}

// logger is a machine whose routers write logs.
type logger interface {
	// TakeLogged gives what a router's rules said since the last time, oldest first, and
	// how many lines were lost before these.
	TakeLogged(router plan.ID) (lines []plan.Logged, lost uint64)
}

// takeLogged fetches lines of the log while a request has room for those of one more
// router. What stays with the machine it bounds itself.
func (a *Agent) takeLogged() {
	m, ok := a.opt.Machine.(logger)
	if !ok {
		return
	}
	for ref := range a.items {
		if ref.Kind == plan.KindRouter && len(a.link.logged)+plan.LoggedMax <= plan.LoggedPerRequest {
			lines, _ := m.TakeLogged(ref.ID)
			a.link.logged = append(a.link.logged, lines...)
		}
	}
}

// Pressing tells whether there is something to say, so that a request is
// worth making before the open one was answered or its wait is over.
func (a *Agent) Pressing() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := &a.link
	if l.session == 0 {
		return !a.standsBy()
	}
	if l.adopt {
		return a.seenAll()
	}
	for _, ref := range l.queue {
		if it := a.items[ref]; it != nil && it.pending && l.sent[ref] != it.rev {
			return true
		}
	}
	return a.scan.changed && !l.orphans || len(l.missing) > 0 && !l.asked
}

// standsBy tells that this host stood down, has ended all it had, and waits until it is
// wanted again.
func (a *Agent) standsBy() bool { return a.link.mark.StandDown && len(a.items) == 0 }

func reportOf(it *item) plan.Report {
	return plan.Report{
		Kind: it.doc.Kind, ID: it.doc.ID, Generation: it.doc.Generation,
		Acknowledged: it.acked, Absent: it.doc.Absent, Status: it.status,
	}
}

func (a *Agent) hello() *plan.Hello {
	h := &plan.Hello{
		Tag: a.opt.Tag, Incarnation: a.link.mark.Incarnation,
		Versions: []int{plan.DocumentVersion}, Facts: a.link.facts, Place: a.opt.Place,
	}
	for _, ref := range sortedRefs(a.items) {
		it := a.items[ref]
		h.Held = append(h.Held, plan.Held{
			Kind: ref.Kind, ID: ref.ID, Generation: it.doc.Generation, Acknowledged: it.acked, Absent: it.doc.Absent,
		})
	}
	h.Damaged = sortedRefs(a.damaged)
	return h
}

// seenAll tells whether every document was looked at since the start, and
// every artefact listed.
func (a *Agent) seenAll() bool {
	for _, it := range a.items {
		if !it.stepped {
			return false
		}
	}
	return a.scan.passes > 0
}

// adoptPage and adoptBytes bound a page of the whole truth: its documents, and their
// bodies together.
const (
	adoptPage  = 500
	adoptBytes = 1 << 20
)

func (a *Agent) truth() *plan.Adopt {
	t := &plan.Adopt{Artefacts: sortedRefs(a.scan.orphans)}
	size := 0
	for _, ref := range sortedRefs(a.items) {
		it := a.items[ref]
		if l := a.link; l.pages {
			if t.After = l.after; l.after != nil && plan.CompareRefs(ref, *l.after) <= 0 {
				continue
			}
			if size += len(it.doc.Body); len(t.Documents) == adoptPage || size > adoptBytes && len(t.Documents) > 0 {
				t.More, t.Artefacts = true, nil
				break
			}
		}
		t.Documents = append(t.Documents, plan.Adopted{Document: it.doc, Acknowledged: it.acked, Status: it.status})
	}
	return t
}

// Apply carries out the reply to the last Request and returns the streams
// somebody waits for. Orders that this host refuses are in the error; all
// others were taken, and the control plane hears of both.
func (a *Agent) Apply(req plan.Request, reply plan.Reply) ([]plan.StreamOrder, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := &a.link
	switch {
	case req.Hello == nil && (req.Session != l.session || req.Seq != l.seq):
		return nil, nil // answers a request that was given up
	case reply.Refused != "":
		l.session = 0
		err := fmt.Errorf("refused: %s", reply.Refused)
		if !l.moved { // what this machine runs is another's by now; a copy never ran any of it
			err = errors.Join(err, a.standDown())
		}
		return nil, err
	case reply.StandDown && l.moved:
		l.session = 0
		return nil, nil
	case reply.StandDown:
		l.session = 0
		return nil, a.standDown()
	case reply.Stale:
		l.session, l.adopt = 0, false
		return nil, nil
	case l.mark.StandDown:
		// Taken back into service, but only with nothing left of before.
		l.session = 0
		if len(a.items) > 0 {
			return nil, nil
		}
		return nil, a.mark(mark{Place: l.mark.Place})
	}
	if req.Hello != nil {
		if err := a.agreed(); err != nil {
			return nil, err
		}
		l.session, l.seq = reply.Session, 0
		// Who is spoken to may be another database than before, or one that forgot what
		// has no document here when it declared this host lost.
		a.scan.changed = a.scan.passes > 0
	}
	l.adopt, l.pages, l.after = reply.Adopt, reply.Pages, reply.After
	if reply.Adopt {
		return nil, nil
	}
	if req.Hello != nil || req.Adopt != nil {
		clear(a.damaged) // heard: they come again, or nobody wants them
	}
	if reply.Incarnation != "" && reply.Incarnation != l.mark.Incarnation {
		if err := a.mark(mark{Incarnation: reply.Incarnation, Place: l.mark.Place}); err != nil {
			// Orders of a store that this host does not know could not be
			// told from those of another one after a restart.
			l.session = 0
			return nil, err
		}
	}
	l.logged = l.logged[len(req.Logged):]
	a.confirm()
	var errs []error
	for _, d := range reply.Drop {
		errs = append(errs, a.drop(d))
	}
	for _, doc := range reply.Orders {
		errs = append(errs, a.take(doc))
	}
	a.compare(reply.Check)
	return reply.Streams, errors.Join(errs...)
}

// agreed writes down from where this host speaks, once the control plane took it.
func (a *Agent) agreed() error {
	l := &a.link
	if a.opt.Place == "" || a.opt.Place == l.mark.Place {
		return nil
	}
	m := l.mark
	m.Place = a.opt.Place
	if err := a.mark(m); err != nil {
		l.session = 0
		return err
	}
	l.moved = false
	return nil
}

// Disconnect forgets the session: the next request says hello.
func (a *Agent) Disconnect() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.link.session, a.link.adopt, a.link.missing = 0, false, nil
}

// confirm strikes off what the answered request said, unless more happened.
func (a *Agent) confirm() {
	l := &a.link
	rest := l.queue[:0]
	for _, ref := range l.queue {
		it := a.items[ref]
		if it == nil || !it.pending {
			continue
		}
		if rev, ok := l.sent[ref]; ok && rev == it.rev {
			it.pending = false
			continue
		}
		rest = append(rest, ref)
	}
	l.queue = rest
	if l.orphans {
		a.scan.changed = false
	}
	if l.asked {
		l.missing = nil
	}
	l.sent, l.orphans, l.asked = nil, false, false
}

// compare looks whether this host has what the control plane thinks. What it has in
// another form it reports; an older one is as good as none.
func (a *Agent) compare(list []plan.Held) {
	for _, d := range list {
		it := a.items[d.Ref()]
		switch {
		case it == nil || it.doc.Generation < d.Generation:
			a.link.missing = append(a.link.missing, d.Ref())
		case it.doc.Generation > d.Generation:
			a.report(it)
		}
	}
}

// repeatEach is how many documents are reported again after a scan, whether there is
// news of them or not: what the control plane knows of them may have got lost there.
const repeatEach = 50

// repeat reports the next documents again.
func (a *Agent) repeat() {
	refs := sortedRefs(a.items)
	from, found := slices.BinarySearchFunc(refs, a.scan.repeated, plan.CompareRefs)
	if found {
		from++
	}
	if from >= len(refs) {
		from = 0
	}
	for _, ref := range refs[from:min(from+repeatEach, len(refs))] {
		a.report(a.items[ref])
		a.scan.repeated = ref
	}
}

// drop forgets a document whose absence the control plane recorded.
func (a *Agent) drop(d plan.Held) error {
	ref := d.Ref()
	it := a.items[ref]
	if it == nil || !it.doc.Absent || it.doc.Generation != d.Generation {
		return nil // a newer order came; or said twice
	}
	if err := a.forget(ref); err != nil {
		a.report(it) // told again, so that it is answered again
		return err
	}
	return nil
}

// mark writes down what must be known after a restart.
func (a *Agent) mark(m mark) error {
	b, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("mark %+v: %w", m, err)
	}
	if err := around(pointMark, pointMarked, func() error { return a.opt.Folder.Write(linkFile, b) }); err != nil {
		return fmt.Errorf("write down the state of the link: %w", err)
	}
	a.link.mark = m
	return nil
}

// standDown is the one order for a host that was declared lost and came
// back: its machines run elsewhere by now, so nothing of it may run or
// answer here. Disks stay for a person to look at.
func (a *Agent) standDown() error {
	if !a.link.mark.StandDown {
		if err := a.mark(mark{StandDown: true, Place: a.link.mark.Place}); err != nil {
			return err
		}
	}
	return a.leaveAll()
}

// leaveAll turns every document into a removal, except those of disks and
// images, which are only forgotten. The files stay as they are until the
// removal is done: the mark tells a new start how to read them.
func (a *Agent) leaveAll() error {
	var errs []error
	for _, ref := range sortedRefs(a.items) {
		it := a.items[ref]
		if ref.Kind == plan.KindVolume || ref.Kind == plan.KindImage {
			errs = append(errs, a.forget(ref))
			continue
		}
		if it.down {
			continue
		}
		before := union(it.before, uses(it.body))
		doc := plan.Document{Kind: ref.Kind, ID: ref.ID, Generation: it.doc.Generation, Absent: true}
		it.down = true
		it.acked = 0
		a.place(doc, before)
	}
	a.link.queue = nil
	return errors.Join(errs...)
}
