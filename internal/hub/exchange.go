package hub

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

const (
	// ordersPerReply bounds a reply; what is left goes with the next, which
	// the host asks for at once because it reports what it took.
	ordersPerReply = 200
	// seenEvery is how exact the time a host was last seen is kept. Every
	// poll would be a write otherwise.
	seenEvery = 10 * time.Second
	// away is for how long a host must have been silent so that its return is
	// news to those who wait for one.
	away = 2 * time.Minute
)

// Crash points around what an exchange changes.
var (
	pointHello   = crash.Register("hub.hello")
	pointAdopt   = crash.Register("hub.adopt")
	pointReport  = crash.Register("hub.report")
	pointReplied = crash.Register("hub.reply")
)

// Exchange takes what a host says and answers what there is for it, at once.
// The transaction is committed before the answer, so a lost answer costs a
// repetition and nothing else.
func (h *Hub) Exchange(ctx context.Context, host int64, req plan.Request) (plan.Reply, error) {
	var reply plan.Reply
	quiet := false
	if req.Hello == nil && req.Adopt == nil && len(req.Reports) == 0 && len(req.Missing) == 0 && len(req.Logged) == 0 &&
		req.Orphans == nil {
		err := h.db.Read(ctx, func(tx *store.Tx) (err error) {
			reply, quiet, err = h.poll(tx, host, req)
			return err
		})
		if err != nil {
			return plan.Reply{}, fmt.Errorf("exchange with host %d: %w", host, err)
		}
	}
	if !quiet {
		err := h.db.Write(ctx, func(tx *store.Tx) (err error) {
			reply, err = h.exchange(tx, host, req)
			return err
		})
		if err != nil {
			return plan.Reply{}, fmt.Errorf("exchange with host %d: %w", host, err)
		}
	}
	if reply.Session != 0 && !reply.Stale && !reply.Adopt {
		reply.Streams = h.streams.due(host, h.opt.Now())
		var err error
		if reply.Check, err = h.check(ctx, host, reply.Session); err != nil {
			return plan.Reply{}, fmt.Errorf("compare with host %d: %w", host, err)
		}
	}
	if err := crash.Here(pointReplied); err != nil {
		return plan.Reply{}, err
	}
	reply.Ahead = h.db.Ahead().Microseconds()
	return reply, nil
}

// poll answers a request without content from a read, when nothing has to be
// written down for it.
func (h *Hub) poll(tx *store.Tx, host int64, req plan.Request) (reply plan.Reply, ok bool, err error) {
	if err := h.aheadPoll(tx, host); err != nil {
		return reply, false, err
	}
	l, err := LinkOf(tx, host)
	if err != nil || l == nil || l.Lost || l.Adopting || !h.current(l, req) || tx.Now().Sub(l.Seen) > seenEvery {
		return reply, false, err
	}
	reply.Session = l.Session
	reply.Orders, err = h.pending(tx, host)
	return reply, true, err
}

// aheadPoll asks at once for what a request without content needs.
func (h *Hub) aheadPoll(tx *store.Tx, host int64) error {
	return tx.Ahead(
		func(tx *store.Tx) { _, _ = LinkOf(tx, host) }, // whoever reads it in earnest is told what is wrong
		func(tx *store.Tx) { _, _ = h.pending(tx, host) },
	)
}

// mostAhead is of how many reports the orders are read at once.
const mostAhead = 100

// aheadReports asks at once for what a request with reports needs.
func aheadReports(tx *store.Tx, host int64, reports []plan.Report) error {
	reads := []func(tx *store.Tx){func(tx *store.Tx) { _, _ = LinkOf(tx, host) }}
	for _, r := range reports[:min(len(reports), mostAhead)] {
		reads = append(reads, func(tx *store.Tx) { _, _ = Get(tx, host, r.Kind, r.ID) })
	}
	return tx.Ahead(reads...)
}

// current tells whether a request belongs to the newest session.
func (h *Hub) current(l *Link, req plan.Request) bool {
	return req.Session != 0 && req.Session == l.Session && l.incarnation == h.incarnation()
}

func (h *Hub) incarnation() string { return h.db.Incarnation().Hex() }

func (h *Hub) exchange(tx *store.Tx, host int64, req plan.Request) (plan.Reply, error) {
	if err := aheadReports(tx, host, req.Reports); err != nil {
		return plan.Reply{}, err
	}
	l, err := LinkOf(tx, host)
	if err != nil {
		return plan.Reply{}, err
	}
	if l == nil {
		l = &Link{Host: host}
	}
	seen := l.Seen
	l.Seen = tx.Now()
	switch {
	case l.Lost:
		// The only order for a host whose machines run elsewhere by now. It keeps the
		// document of what it has not ended yet.
		if req.Hello != nil {
			l.StoodDown = len(req.Hello.Held) == 0
		}
		return plan.Reply{StandDown: true}, l.save(tx)
	case req.Hello != nil:
		if err := crash.Here(pointHello); err != nil {
			return plan.Reply{}, err
		}
		return h.hello(tx, l, req.Hello, seen)
	case !h.current(l, req):
		return plan.Reply{Stale: true}, nil
	case req.Seq < l.seq:
		return plan.Reply{Session: l.Session}, nil // overtaken; nobody waits for the answer
	}
	// The newest one delivered twice is taken twice: that changes nothing, and
	// the host may get either answer.
	l.seq = req.Seq
	reply := plan.Reply{Session: l.Session}
	if l.Adopting {
		err = h.adoptPage(tx, l, req.Adopt, &reply)
	}
	if err == nil && !l.Adopting {
		err = h.talk(tx, l, req, seen, &reply)
	}
	if err != nil {
		return plan.Reply{}, err
	}
	return reply, l.heard(tx)
}

// adoptPage takes a page of what a host tells, and asks for the next one until
// there is none.
func (h *Hub) adoptPage(tx *store.Tx, l *Link, page *plan.Adopt, reply *plan.Reply) (err error) {
	if after := h.told.after(l); page == nil || !sameRef(page.After, after) {
		reply.Adopt, reply.Pages, reply.After = true, true, after
		return nil
	}
	if err := crash.Here(pointAdopt); err != nil {
		return err
	}
	if reply.Drop, err = h.adopt(tx, l, page); err != nil {
		return fmt.Errorf("adopt: %w", err)
	}
	last := lastOf(page)
	tx.AfterCommit(func() { h.told.upTo(l, last) })
	if last != nil {
		reply.Adopt, reply.Pages, reply.After = true, true, last
		return nil
	}
	l.Adopting = false
	return nil
}

// talk takes what a host reports and gives it its orders.
func (h *Hub) talk(tx *store.Tx, l *Link, req plan.Request, seen time.Time, reply *plan.Reply) (err error) {
	if req.Adopt != nil {
		reply.Incarnation = h.incarnation() // also when the first answer got lost
	}
	if len(req.Reports) > 0 {
		if err := crash.Here(pointReport); err != nil {
			return err
		}
		var unknown bool
		if reply.Drop, unknown, err = h.report(tx, l.Host, req.Reports); err != nil {
			return err
		}
		if unknown {
			// The host knows more than the store: nothing flows before the
			// store knows all of it.
			l.Adopting = true
			reply.Adopt, reply.Pages = true, true
			return nil
		}
	}
	if err := logged(tx, l.Host, req.Logged); err != nil {
		return err
	}
	if err := h.again(tx, l.Host, req.Missing); err != nil {
		return err
	}
	if req.Orphans != nil {
		if err := replaceOrphans(tx, l.Host, *req.Orphans); err != nil {
			return err
		}
	}
	if reply.Orders, err = h.pending(tx, l.Host); err != nil {
		return err
	}
	if l.Seen.Sub(seen) > away {
		if err := h.news(tx, l.Host); err != nil {
			return err
		}
	}
	return touch(tx, l, seen)
}

// hello opens a session and decides whether the host has to be adopted first.
func (h *Hub) hello(tx *store.Tx, l *Link, hello *plan.Hello, before time.Time) (plan.Reply, error) {
	if !slices.Contains(hello.Versions, plan.DocumentVersion) {
		return plan.Reply{}, cloud.Errorf(cloud.Conflict, "host.version",
			"host %d reads documents of versions %v, this control plane writes version %d", l.Host, hello.Versions, plan.DocumentVersion).
			WithFix("Upgrade the agent on that host.")
	}
	if l.Place != "" && hello.Place != "" && hello.Place != l.Place {
		// It is a copy, or it is the machine before. Only one of them may run the
		// servers, and that is the one that did so far.
		return h.refuseRival(tx, l.Host, "a copy of its folder, or the machine that had it before, called "+clip(hello.Facts.Name, 64))
	}
	var err error
	if l.Session, err = tx.Next("session"); err != nil {
		return plan.Reply{}, err
	}
	l.Place = cmp.Or(hello.Place, l.Place)
	l.seq, l.incarnation = 0, h.incarnation()
	changed := l.Facts != hello.Facts
	l.Facts = hello.Facts
	if err := h.again(tx, l.Host, hello.Damaged); err != nil {
		return plan.Reply{}, err
	}
	if l.Adopting, err = h.mustAdopt(tx, l, hello); err != nil {
		return plan.Reply{}, err
	}
	reply := plan.Reply{Session: l.Session, Incarnation: h.incarnation(), Adopt: l.Adopting, Pages: l.Adopting}
	if !l.Adopting {
		if reply.Orders, err = h.pending(tx, l.Host); err != nil {
			return plan.Reply{}, err
		}
	}
	if changed || l.Seen.Sub(before) > away {
		if err := h.news(tx, l.Host); err != nil {
			return plan.Reply{}, err
		}
	}
	if err := touch(tx, l, time.Time{}); err != nil {
		return plan.Reply{}, err
	}
	return reply, l.save(tx)
}

// again has documents sent again that a host lacks, or whose files it could not read.
// What they made is still there, so nothing counts as lost.
func (h *Hub) again(tx *store.Tx, host int64, refs []plan.Ref) error {
	for _, ref := range refs {
		h.opt.Log.Warn("a host lacks a document and gets it again", "host", host, "document", ref.String())
		err := tx.Later(nil, `UPDATE orders SET taken = 0 WHERE host = $1 AND kind = $2 AND object = $3`, host, string(ref.Kind), string(ref.ID))
		if err != nil {
			return fmt.Errorf("send %s again: %w", ref, err)
		}
	}
	return nil
}

// news wakes who looks after a host: it is another one, or back.
func (h *Hub) news(tx *store.Tx, host int64) error {
	if h.opt.HostWork == "" {
		return nil
	}
	return work.Enqueue(tx, h.opt.HostWork, host, 0)
}

// touch keeps the host's row fresh for those who place servers.
func touch(tx *store.Tx, l *Link, before time.Time) error {
	if l.Seen.Sub(before) < seenEvery {
		l.Seen = before
		return nil
	}
	err := tx.Later(nil, `UPDATE host SET last_seen = $2 WHERE id = $1`, l.Host, l.Seen)
	return err
}

// pending lists the documents that the host did not report as taken.
func (h *Hub) pending(tx *store.Tx, host int64) ([]plan.Document, error) {
	list, err := orders(tx, `host = $1 AND taken < generation AND held = 0 ORDER BY id LIMIT $2`, host, int64(ordersPerReply))
	if err != nil {
		return nil, err
	}
	var docs []plan.Document
	for _, o := range list {
		d := plan.Document{Kind: o.Kind, ID: o.Object, Generation: o.Generation, Absent: o.Absent, Body: o.Body}
		if !d.Absent {
			d.Seal = h.seal(host, d.Ref(), digestOf(d.Body))
		}
		docs = append(docs, d)
	}
	return docs, nil
}

// look is what a waiting request finds: what there is to say, without
// anything being said or written down.
func (h *Hub) look(ctx context.Context, host int64, ask plan.Request) (reply plan.Reply, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		if err := h.aheadPoll(tx, host); err != nil {
			return err
		}
		l, err := LinkOf(tx, host)
		switch {
		case err != nil:
			return err
		case l == nil || !h.current(l, ask):
			reply = plan.Reply{Stale: true, StandDown: l != nil && l.Lost}
			return nil
		}
		reply = plan.Reply{Session: l.Session, Adopt: l.Adopting, StandDown: l.Lost}
		if l.Adopting {
			reply.Pages, reply.After = true, h.told.after(l)
		}
		if !l.Adopting && !l.Lost {
			reply.Orders, err = h.pending(tx, host)
		}
		return err
	})
	if err != nil {
		return plan.Reply{}, fmt.Errorf("exchange with host %d: %w", host, err)
	}
	if !reply.Stale && !reply.Adopt && !reply.StandDown {
		reply.Streams = h.streams.due(host, h.opt.Now())
	}
	reply.Ahead = h.db.Ahead().Microseconds()
	return reply, nil
}

// lost tells whether a host is declared lost.
func (h *Hub) lost(ctx context.Context, host int64) (lost bool, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		lost, err = hostLost(tx, host)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("exchange with host %d: %w", host, err)
	}
	return lost, nil
}
