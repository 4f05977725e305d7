package sim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// watch asks after every step what must hold at every moment. It reads the
// database only when it was written since, events only those that are new, and of
// machines only the files that changed.
type watch struct {
	w       *World
	version int64 // of the database when it was read last

	last  int64               // newest event that was read
	begun map[cloud.UID]int64 // operations without an end, with the id of their start
	ended map[cloud.UID]bool
	taken map[int64]order // what hosts have taken, by the id of the order

	things map[plan.Ref]owned // by the rows, closed ones too
	busy   map[place]bool     // under way on a host, or waiting for a decision
	states map[owner]int      // of what is there, by our own table
	lives  map[cloud.UID]life // of servers that are there
}

// owned is a thing as the rows know it.
type owned struct {
	closed bool
	by     owner
}

// owner is a server, a router or a policy.
type owner struct {
	kind string
	id   int64
}

type order struct{ first, taken int64 }

// Watch makes the world ask after every step from now on.
func (w *World) Watch() { w.watch = newWatch(w) }

func newWatch(w *World) *watch {
	return &watch{w: w, version: -1, begun: map[cloud.UID]int64{}, ended: map[cloud.UID]bool{}, taken: map[int64]order{}}
}

// ask says everything that does not hold; nil when nobody watches.
func (w *World) ask() error {
	if w.watch == nil {
		return nil
	}
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	changed := false
	for _, h := range w.Hosts {
		changed = h.look(say) || changed
		h.read()
		for _, b := range h.bad {
			say("%s", b)
		}
		h.bad = nil
	}
	err := w.DB.Read(context.Background(), func(tx *store.Tx) error {
		var v int64
		if err := tx.QueryRow(`PRAGMA data_version`).Scan(&v); err != nil {
			return err
		}
		if v == w.watch.version {
			return nil
		}
		w.watch.version, changed = v, true
		return w.watch.rows(tx, say)
	})
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	if changed {
		w.watch.hosts(say)
	}
	if len(bad) == 0 {
		return nil
	}
	sort.Strings(bad)
	return errors.New(strings.Join(bad, "; "))
}

// rows asks the database.
func (a *watch) rows(tx *store.Tx, say func(string, ...any)) error {
	broken, err := texts(tx, laws)
	if err != nil {
		return err
	}
	for _, b := range broken {
		say("%s", b)
	}
	if err := a.readThings(tx); err != nil {
		return err
	}
	open, err := a.readLives(tx, say)
	if err != nil {
		return err
	}
	if err := a.events(tx, open, say); err != nil {
		return err
	}
	return a.orders(tx, say)
}

// sent asks that no host is told anything about what an older database has not looked at yet.
func (w *World) sent(h *Host, reply plan.Reply) {
	if !w.restored || len(reply.Orders) == 0 {
		return
	}
	err := w.DB.Read(context.Background(), func(tx *store.Tx) error {
		for _, d := range reply.Orders {
			held, err := texts(tx, `SELECT kind || ' ' || object FROM orders WHERE host = $1 AND kind = $2 AND object = $3 AND held = 1`,
				h.ID, string(d.Kind), string(d.ID))
			if err != nil {
				return err
			}
			for _, o := range held {
				h.bad = append(h.bad, fmt.Sprintf("%s is told of %s, at which nobody looked yet", h.Name, o))
			}
		}
		return nil
	})
	if err != nil {
		h.bad = append(h.bad, err.Error())
	}
}

// texts runs a query for one text a row.
func texts(tx *store.Tx, query string, args ...any) (list []string, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// readThings reads what may lie on hosts, and what is under way there.
func (a *watch) readThings(tx *store.Tx) error {
	rows, err := tx.Query(`SELECT 'vm', uid, closed IS NOT NULL, 'server', id FROM server
		UNION ALL SELECT 'volume', uid, closed IS NOT NULL, 'server', server_id FROM volume
		UNION ALL SELECT 'port', uid, closed IS NOT NULL, 'server', server_id FROM nic
		UNION ALL SELECT 'router', uid, closed IS NOT NULL, 'router', id FROM router
		UNION ALL SELECT 'policy', uid, closed IS NOT NULL, 'policy', id FROM policy
		UNION ALL SELECT 'network', uid, closed IS NOT NULL, 'router', router_id FROM subnet WHERE project_id <> 0`)
	if err != nil {
		return err
	}
	defer rows.Close()
	a.things = map[plan.Ref]owned{}
	for rows.Next() {
		var kind string
		var uid cloud.UID
		var o owned
		if err := rows.Scan(&kind, store.Into(&uid), store.Into(&o.closed), &o.by.kind, &o.by.id); err != nil {
			return err
		}
		a.things[plan.Ref{Kind: plan.Kind(kind), ID: plan.ID(uid.Hex())}] = o
	}
	return rows.Err()
}

// readLives reads the states of what is there. open are the start events that
// objects say are under way.
func (a *watch) readLives(tx *store.Tx, say func(string, ...any)) (open map[int64]owner, err error) {
	rows, err := tx.Query(lives)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	open, a.states, a.lives = map[int64]owner{}, map[owner]int{}, map[cloud.UID]life{}
	for rows.Next() {
		l, err := scanLife(rows)
		if err != nil {
			return nil, err
		}
		if l.event != 0 {
			if other, twice := open[l.event]; twice {
				say("%v and %v have the event %d", l.owner, other, l.event)
			}
			open[l.event] = l.owner
		}
		if l.closed {
			if l.event != 0 {
				say("%v is closed and has the event %d under way", l.owner, l.event)
			}
			continue
		}
		a.states[l.owner] = l.number()
		if l.kind == "server" {
			a.lives[l.uid] = l
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return open, alsoOpen(tx, open)
}

// alsoOpen reads the start events of what else is under way: removals of networks, and
// changes of policies, of which there may be several.
func alsoOpen(tx *store.Tx, open map[int64]owner) error {
	networks, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Ne("event_id", int64(0))).Showing("event_id"))
	if err != nil {
		return err
	}
	for _, n := range networks {
		open[n.EventID] = owner{"network", n.ID}
	}
	rows, err := store.Find[cloud.Policy](tx, cloud.Where(cloud.Eq("default", false)).Showing("events"))
	for _, p := range rows {
		for _, id := range p.Events {
			open[id] = owner{"policy", p.ID}
		}
	}
	return err
}

// events asks that each operation has one start and at most one end, that those without
// an end are exactly those that an object has under way, and that hosts have done what is
// said to be done.
func (a *watch) events(tx *store.Tx, open map[int64]owner, say func(string, ...any)) error {
	rows, err := tx.Query(`SELECT id, operation, "end", failed, kind, object_id FROM event WHERE id > $1 ORDER BY id`, a.last)
	if err != nil {
		return err
	}
	defer rows.Close()
	known := a.last
	var done []int64 // servers
	for rows.Next() {
		var id int64
		var op cloud.UID
		var end, failed bool
		var about owner
		if err := rows.Scan(&id, store.Into(&op), store.Into(&end), store.Into(&failed), &about.kind, &about.id); err != nil {
			return err
		}
		a.last = id
		start, begun := a.begun[op]
		if end && !failed && begun && start <= known && about.kind == "server" {
			done = append(done, about.id)
		}
		switch {
		case end && a.ended[op]:
			say("event %d ends an operation a second time", id)
		case end && !begun:
			say("event %d ends an operation that has no start", id)
		case end:
			a.ended[op] = true
			delete(a.begun, op)
		case begun || a.ended[op]:
			say("event %d starts an operation a second time", id)
		default:
			a.begun[op] = id
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range a.begun {
		if _, ok := open[id]; !ok {
			say("event %d has no end, and nothing has it under way", id)
		}
		delete(open, id)
	}
	for id, o := range open {
		say("%s %d has the event %d under way, which is over", o.kind, o.id, id)
	}
	for _, id := range done {
		undone, err := texts(tx, `SELECT kind || ' ' || object || ' of server ' || work_key || ': its operation is over, and generation '
			|| generation || ' is not carried out' FROM orders
			WHERE work_kind = 'server' AND work_key = $1 AND kind = 'vm' AND acknowledged < generation AND held = 0`, id)
		if err != nil {
			return err
		}
		for _, u := range undone {
			say("%s", u)
		}
	}
	return nil
}

// orders asks that reports move orders forward only, and that none is older than what
// its host was told before, which it would not take.
func (a *watch) orders(tx *store.Tx, say func(string, ...any)) error {
	rows, err := tx.Query(`SELECT id, host, kind, object, generation, first, taken FROM orders
		UNION ALL SELECT 0, host, kind, object, 0, 0, 0 FROM orphan`)
	if err != nil {
		return err
	}
	defer rows.Close()
	a.busy = map[place]bool{}
	for rows.Next() {
		var id, generation int64
		var at place
		var o order
		if err := rows.Scan(&id, &at.host, (*string)(&at.ref.Kind), (*string)(&at.ref.ID), &generation, &o.first, &o.taken); err != nil {
			return err
		}
		a.busy[at] = true
		for _, h := range a.w.Hosts {
			// An older database knows less than its hosts until they told it.
			if told := h.orders[at.ref]; h.ID == at.host && id != 0 && generation < told && !a.w.restored && !h.away && !h.standing {
				say("%s was told generation %d of %s and is told %d", h.Name, told, at.ref, generation)
			}
		}
		// Back to nothing is a document that is sent again.
		if was, ok := a.taken[id]; ok && id != 0 && was.first == o.first && o.taken < was.taken && o.taken != 0 {
			say("%s went back from generation %d to %d", at.ref, was.taken, o.taken)
		}
		a.taken[id] = o
	}
	return rows.Err()
}

// hosts asks the machines.
func (a *watch) hosts(say func(string, ...any)) {
	had := map[string]spot{}
	for _, h := range a.w.Hosts {
		if h.away || h.standing || h.untold != nil {
			continue // declared lost: it runs nothing that counts, or is being asked what it has
		}
		for _, ref := range slices.SortedFunc(maps.Keys(h.things), compareRefs) {
			t := h.things[ref]
			// A policy is closed when the last host has let go of its rules, and not before.
			going := a.busy[place{h.ID, ref}] && ref.Kind != plan.KindPolicy
			if o := a.things[ref]; o.closed && !going && !h.lied[ref] {
				say("%s has %s, which is closed", h.Name, ref)
			}
			for _, u := range t.uniques {
				// A network is on several hosts. What the rows do not know is an orphan of an
				// older database: that may say of its own servers that they have the same.
				o, twice := had[u]
				if twice && (h.late || o.late || a.older(ref) && !a.known(o.ref) || a.older(o.ref) && !a.known(ref)) {
					continue
				}
				if twice && !h.lies(ref) && !o.lies(o.ref) && (o.ref != ref || ref.Kind != plan.KindNetwork) {
					say("%s is in two places: %s of %s and %s of %s", u, o.ref, o.Name, ref, h.Name)
				}
				had[u] = spot{h, ref}
			}
			for _, r := range t.stands {
				if h.things[r] == nil && !h.lied[r] && !h.lost[r] {
					say("%s has %s, which stands on %s that is not there", h.Name, ref, r)
				}
			}
		}
	}
}

// known tells whether the rows have something, or had it.
func (a *watch) known(ref plan.Ref) bool {
	_, ok := a.things[ref]
	return ok
}

// older tells what an older database had already when it was put back.
func (a *watch) older(ref plan.Ref) bool {
	o, ok := a.things[ref]
	return ok && (o.by.kind != "server" || o.by.id <= a.w.younger)
}

// spot is where something is.
type spot struct {
	*Host
	ref plan.Ref
}

func compareRefs(a, b plan.Ref) int { return strings.Compare(a.String(), b.String()) }
