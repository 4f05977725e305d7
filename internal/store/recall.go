package store

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// What is remembered. To skip fifty thousand rows, or to count a hundred
// thousand, takes longer than to read the hundred that are asked for, and every
// request asks who its caller is. So a DB remembers how many rows a condition had,
// where in an order a page ended, and what Recall was given, for as long as nothing
// was committed that could change it: all stays exact.
//
// SQLite's engine knows all commits. On PostgreSQL other nodes write as well: each
// transaction leaves what it touched (recall_postgres.go).

// changes knows when what was written last. Marks are names: "server" for rows
// that came or went, "server.name" for a column, "server.*" for either, and
// "server.!" for statements of which nobody knows what they change.
type changes struct {
	mu     sync.Mutex
	flying []map[string]bool // what commits wrote that have begun and not ended
	seq    uint64            // commits that have ended
	last   map[string]uint64
	floor  uint64 // everything was forgotten then; what a Read from before knows is not kept
	synced synced // PostgreSQL: up to where others' commits are known
	// worth is from which offset on it is worth to count, so that pages near the
	// end can be read from there. A count is as much work as a skip, and lasts
	// until something changes.
	worth int

	young, old map[string]*recalled // two generations, so that what nobody asks for goes
}

// recalled is what is known of the rows of a condition (and of an order, then
// with bounds), or what was made of some rows.
type recalled struct {
	seq    uint64    // the commit after which it was found out
	until  time.Time // PostgreSQL: see mostAge
	needs  []string
	value  any
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

	// mostAge is how long something is remembered on PostgreSQL, where a node of an
	// older version, or somebody by hand, may write and leave no note of it.
	mostAge = time.Minute
)

// moment is which commits had ended when a transaction began, or before. The
// snapshot may have later ones. known is false where nobody can tell.
type moment struct {
	seq   uint64
	at    time.Time // of the Read; PostgreSQL only
	known bool
}

func (c *changes) now() moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return moment{seq: c.seq}
}

// begin says that a commit begins and what it writes; end that it is over.
func (c *changes) begin(marks []map[string]bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flying = append(c.flying, marks...)
}

func (c *changes) end(marks []map[string]bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flying = nil // SQLite has one writer
	c.seq++
	for _, m := range marks {
		for name := range m {
			c.changed(name)
		}
	}
}

// changed notes what the commit that ended last wrote. The caller holds mu.
func (c *changes) changed(name string) {
	if c.last == nil {
		c.last = map[string]uint64{}
	}
	c.last[name] = c.seq
	table, _, _ := strings.Cut(name, ".")
	c.last[table+".*"] = c.seq
}

// same tells whether nothing that is needed changed after commit seq. The caller
// holds mu.
func (c *changes) same(needs []string, seq uint64) bool {
	if seq < c.floor {
		return false
	}
	for _, need := range needs {
		table, _, _ := strings.Cut(need, ".")
		unknown := table + ".!"
		if max(c.last[need], c.last[unknown]) > seq {
			return false
		}
		for _, m := range c.flying {
			if m[need] || m[unknown] || strings.HasSuffix(need, ".*") && touches(m, table) {
				return false
			}
		}
	}
	return true
}

// touches tells whether something of a table is among marks.
func touches(marks map[string]bool, table string) bool {
	for name := range marks {
		if t, _, _ := strings.Cut(name, "."); t == table {
			return true
		}
	}
	return false
}

// recall gives what is known of a statement, for a snapshot of m.
func (c *changes) recall(m moment, key string) (r recalled, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.find(m, key)
	if p == nil || !m.known || !c.same(p.needs, m.seq) {
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
	if !m.known || len(key) > maxKey || !c.same(needs, m.seq) {
		return
	}
	r := c.find(m, key)
	if r == nil {
		needs = slices.Clone(needs)
		slices.Sort(needs)
		r = &recalled{needs: slices.Compact(needs), total: -1, until: m.at.Add(mostAge)}
		if len(c.young) >= maxRecalled || c.young == nil {
			c.old, c.young = c.young, map[string]*recalled{}
		}
		c.young[key] = r
	}
	r.seq = m.seq
	learn(r)
}

// find is what is known and still true. The caller holds mu.
func (c *changes) find(m moment, key string) *recalled {
	r := cmp.Or(c.young[key], c.old[key])
	if r == nil || !c.same(r.needs, r.seq) || m.at.After(r.until) || r.until.Sub(m.at) > mostAge {
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

// recallKey names a statement with its arguments, up to a length.
func recallKey(text string, args []any) string { return keyUpTo(text, args, maxKey) }

// wholeKey names a statement with all of its arguments.
func wholeKey(text string, args []any) string { return keyUpTo(text, args, math.MaxInt) }

func keyUpTo(text string, args []any, most int) string {
	var b strings.Builder
	b.WriteString(text)
	for _, a := range args {
		switch x := a.(type) {
		case int64:
			b.WriteString("\x00int64 " + strconv.FormatInt(x, 10))
		case []byte:
			fmt.Fprintf(&b, "\x00bytes %q", x)
		default:
			fmt.Fprintf(&b, "\x00%T %q", a, fmt.Sprint(a))
		}
		if b.Len() > most {
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

// touchText notes what a hand-written statement changes.
func (tx *Tx) touchText(query string) {
	if len(query) > 6 && strings.EqualFold(query[:6], "select") {
		return
	}
	for _, mark := range marksOf(query) {
		tx.touch(mark)
	}
}

// marksOf are the tables that a statement changes: what stands behind UPDATE, INTO
// and DELETE FROM. Where nothing does, or what does is no plain name, every word may
// be one.
func marksOf(query string) (marks []string) {
	first, last, before := "", "", ""
	for word := range strings.FieldsSeq(query) {
		if first == "" {
			first = word
		}
		if changesNext(before, last) {
			name, _, _ := strings.Cut(word, "(")
			if name = strings.Trim(name, `"),;`); !plainName(name) {
				return everyWord(query)
			}
			if marks = append(marks, name+".!"); !strings.EqualFold(first, "with") {
				return marks // only WITH brings more than one change
			}
		}
		before, last = last, word
	}
	if len(marks) == 0 {
		return everyWord(query)
	}
	return marks
}

// changesNext tells whether a table that is changed stands behind two words.
func changesNext(before, last string) bool {
	switch last = strings.TrimPrefix(last, "("); len(last) {
	case len("into"):
		return strings.EqualFold(last, "into") || strings.EqualFold(last, "from") && strings.EqualFold(strings.TrimPrefix(before, "("), "delete")
	case len("update"):
		return strings.EqualFold(last, "update") && !strings.EqualFold(before, "do") && !strings.EqualFold(before, "for")
	}
	return false
}

// plainName tells the name of a table from what else may stand there: ONLY, OR.
func plainName(word string) bool {
	for i := range len(word) {
		if c := word[i]; c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return word != "" && word != "only" && word != "or"
}

func everyWord(query string) (marks []string) {
	for word := range strings.FieldsSeq(query) {
		marks = append(marks, strings.Trim(word, `"(),;`)+".!")
	}
	return marks
}

// remembers tells whether this transaction may use and add to what is remembered.
func (tx *Tx) remembers() bool {
	if tx.write {
		return false
	}
	if !tx.synced {
		tx.synced = true
		if tx.Engine() == Postgres {
			tx.moment = tx.sync()
		} else {
			tx.moment.known = tx.begun()
		}
	}
	return tx.moment.known
}

// begun has SQLite take the snapshot of a Read, which it does with the first
// statement: what is remembered is asked for only then, or it may be older.
func (tx *Tx) begun() bool {
	var one int
	return tx.QueryRow("SELECT 1 FROM sqlite_schema LIMIT 1").Scan(&one) == nil
}

// Recall gives what find makes of some rows, or made of them before if nothing that
// it needs was written since: of "table.*" any row, of "table.column" that column.
// Who gets it shares it with others and changes nothing in it. Errors are not
// remembered, and a Write finds anew.
func Recall[T any](tx *Tx, key string, needs []string, find func() (T, error)) (T, error) {
	p, _ := tx.q.(*pgRead)
	if p != nil && !tx.synced {
		p.peek = true
	}
	if !tx.remembers() {
		return find()
	}
	peeked := p != nil && p.peeked()
	if peeked {
		tx.synced = false // whatever else is read is from a later snapshot
	}
	if r, ok := tx.db.changes.recall(tx.moment, key); ok {
		return r.value.(T), nil
	}
	if peeked {
		if !tx.remembers() {
			return find()
		}
		if r, ok := tx.db.changes.recall(tx.moment, key); ok {
			return r.value.(T), nil
		}
	}
	v, err := find()
	if err == nil {
		tx.db.changes.note(tx.moment, key, needs, func(r *recalled) { r.value = v })
	}
	return v, err
}

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
