package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/virga-cloud/virga/internal/cloud"
)

// What lists remember. To skip fifty thousand rows, or to count a hundred
// thousand, takes longer than to read the hundred that are asked for. So a DB
// remembers how many rows a condition had, and where in an order a page ended,
// for as long as nothing was committed that could change it: both stay exact.
//
// Only SQLite's engine knows all commits; on PostgreSQL other nodes write as well,
// and nothing is remembered.

// changes knows when what was written last. Marks are names: "server" for rows
// that came or went, "server.name" for a column, "server.*" for either, and
// "server.!" for statements of which nobody knows what they change.
type changes struct {
	mu     sync.Mutex
	flying int    // commits that have begun and not ended
	seq    uint64 // commits that have ended
	last   map[string]uint64
	// worth is from which offset on it is worth to count, so that pages near the
	// end can be read from there. A count is as much work as a skip, and lasts
	// until something changes.
	worth int

	young, old map[string]*recalled // two generations, so that what nobody asks for goes
}

// recalled is what is known of the rows of a condition (and of an order, then
// with bounds).
type recalled struct {
	seq    uint64 // the commit after which it was found out
	needs  []string
	total  int64 // -1: not known
	asked  int   // how often a page was skipped to
	bounds []bound
}

// bound is the last row of a page.
type bound struct {
	end   int // rows up to and with it
	value any
	id    int64
}

const (
	maxRecalled = 512  // of each generation
	maxBounds   = 64   // of each order
	maxKey      = 2048 // bytes; what is longer is asked once
)

// moment is what changes were like when a transaction began. known is false when a
// commit was under way: it may be in the snapshot or not.
type moment struct {
	seq   uint64
	known bool
}

func (c *changes) now() moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return moment{seq: c.seq, known: c.flying == 0}
}

// begin says that a commit begins; end that it is over and what it wrote.
func (c *changes) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flying++
}

func (c *changes) end(marks ...map[string]bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flying--
	c.seq++
	if c.last == nil {
		c.last = map[string]uint64{}
	}
	for _, m := range marks {
		for name := range m {
			c.last[name] = c.seq
			table, _, _ := strings.Cut(name, ".")
			c.last[table+".*"] = c.seq
		}
	}
}

// clean tells whether a snapshot that was taken after m is that of m. The caller
// holds mu.
func (c *changes) clean(m moment) bool { return m.known && c.flying == 0 && c.seq == m.seq }

// current tells whether nothing changed that r depends on. The caller holds mu.
func (c *changes) current(r *recalled) bool {
	for _, need := range r.needs {
		table, _, _ := strings.Cut(need, ".")
		if max(c.last[need], c.last[table+".!"]) > r.seq {
			return false
		}
	}
	return true
}

// recall gives what is known of a statement, for a snapshot of m.
func (c *changes) recall(m moment, key string) (r recalled, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.find(key)
	if p == nil || !c.clean(m) {
		return r, false
	}
	p.asked++
	r = *p
	r.bounds = slices.Clone(p.bounds)
	return r, true
}

// note adds what was found out on a snapshot of m.
func (c *changes) note(m moment, key string, needs []string, learn func(*recalled)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.clean(m) || len(key) > maxKey {
		return
	}
	r := c.find(key)
	if r == nil {
		slices.Sort(needs)
		r = &recalled{needs: slices.Compact(needs), total: -1}
		if len(c.young) >= maxRecalled || c.young == nil {
			c.old, c.young = c.young, map[string]*recalled{}
		}
		c.young[key] = r
	}
	r.seq = m.seq
	learn(r)
}

// find is what is known and still true. The caller holds mu.
func (c *changes) find(key string) *recalled {
	r := cmp.Or(c.young[key], c.old[key])
	if r == nil || !c.current(r) {
		return nil
	}
	return r
}

// at notes where a page ended.
func (r *recalled) at(b bound) {
	i, known := slices.BinarySearchFunc(r.bounds, b.end, func(x bound, end int) int { return x.end - end })
	switch {
	case known:
		return
	case len(r.bounds) >= maxBounds: // the nearest goes: a walk leaves its bounds close together
		i = min(i, len(r.bounds)-1)
		r.bounds[i] = b
		slices.SortFunc(r.bounds, func(x, y bound) int { return x.end - y.end })
	default:
		r.bounds = slices.Insert(r.bounds, i, b)
	}
}

// before is the last known place that is not behind an offset.
func (r *recalled) before(offset int) (b bound, ok bool) {
	for _, x := range r.bounds {
		if x.end <= offset {
			b, ok = x, true
		}
	}
	return b, ok
}

// recallKey names a statement with its arguments.
func recallKey(text string, args []any) string {
	var b strings.Builder
	b.WriteString(text)
	for _, a := range args {
		if raw, ok := a.([]byte); ok {
			a = string(raw)
		}
		fmt.Fprintf(&b, "\x00%T %v", a, a)
		if b.Len() > maxKey {
			break
		}
	}
	return b.String()
}

// touch notes what a transaction wrote: rows that came or went, or one column.
func (tx *Tx) touch(mark string) {
	if tx.touched == nil {
		tx.touched = map[string]bool{}
	}
	tx.touched[mark] = true
}

// touchText notes what a hand-written statement changes: the table that it names,
// and where it is of no usual form every table that it might.
func (tx *Tx) touchText(query string) {
	word := strings.Fields(query)
	at := map[string]int{"update": 1, "insert": 2, "delete": 2}[strings.ToLower(word[0])]
	switch {
	case strings.EqualFold(word[0], "select"):
	case at > 0 && at < len(word) && strings.Trim(word[at], `"`) == cloud.Snake(strings.Trim(word[at], `"`)):
		tx.touch(strings.Trim(word[at], `"`) + ".!")
	default:
		for _, w := range word {
			tx.touch(strings.Trim(w, `"(),;`) + ".!")
		}
	}
}

// remembers tells whether this transaction may use and add to what is remembered.
func (tx *Tx) remembers() bool { return !tx.write && tx.moment.known }

// route is a way to the rows of a page: behind a bound, from the first, or from
// the last.
type route struct {
	behind  *bound
	skip    int
	limit   int
	reverse bool
}

// nearest is the shortest of them.
func (r *recalled) nearest(limit, offset int) route {
	p := route{skip: offset, limit: limit}
	if b, ok := r.before(offset); ok {
		p = route{behind: &b, skip: offset - b.end, limit: limit}
	}
	if end := min(int64(offset)+int64(limit), r.total); r.total >= 0 && end > int64(offset) && r.total-end < int64(p.skip) {
		p = route{skip: int(r.total - end), limit: int(end) - offset, reverse: true}
	}
	return p
}

// single is the one column that a query is ordered by, the id where it names none.
// A column that may be null is none: null has no place that a comparison finds.
func single(t *table, list []cloud.Order) (o cloud.Order, ok bool) {
	switch {
	case t.id == nil || len(list) > 1:
		return o, false
	case len(list) == 0:
		return cloud.Order{Field: "id"}, true
	}
	o = list[0]
	if o.Case == nil {
		c := t.byName[o.Field]
		return o, c != nil && !c.null
	}
	null := o.Case.Else == nil || slices.ContainsFunc(o.Case.Branches, func(b cloud.Branch) bool { return b.Then == nil })
	return o, !null
}
