package store

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/virga-cloud/virga/internal/cloud"
)

// searched are the columns of text in the words of a table that conditions look
// into, so that a condition is narrowed by the words.
var searched = map[string][]string{
	"server": {"name", "description", "hostname"},
	"ip":     {"reverse_dns"},
	"image":  {"name"},
}

// mostHits bounds how many rows an index of trigrams may name. What more rows have
// is found soon enough by looking at all of them in their order.
const mostHits = 4000

// Hits are the ids of the rows of T that may contain q, whatever the case of its
// letters, among what is shown of them; closed ones as well. ok is false when the
// index cannot tell, because too many have it or q is too short.
func Hits[T any](tx *Tx, q string) (ids []int64, ok bool, err error) {
	return hits(tx, tableOf[T]().name, q)
}

// HitsBy is Hits for the rows that those of T belong to: the values of a column with
// ids, of live rows.
func HitsBy[T any](tx *Tx, column, q string) (ids []int64, ok bool, err error) {
	t := tableOf[T]()
	c := t.byName[column]
	if c == nil || c.class != classInt {
		return nil, false, fmt.Errorf("store: %s has no id in a column %q", t.name, column)
	}
	if ids, ok, err = hits(tx, t.name, q); err != nil || !ok || len(ids) == 0 {
		return nil, ok, err
	}
	b := builder{engine: tx.Engine()}
	where, err := b.where(t, cloud.In("id", ids), false)
	if err != nil {
		return nil, false, err
	}
	ids, err = Integers(tx, "SELECT DISTINCT "+c.quoted+" FROM "+quote(t.name)+where, b.args...)
	return ids, err == nil, err
}

// IDs are the ids of a query's rows, in no order unless it has one.
func IDs[T any](tx *Tx, q cloud.Query) ([]int64, error) {
	t := tableOf[T]()
	b := builder{engine: tx.Engine()}
	where, err := b.where(t, q.Where, q.Closed)
	if err != nil {
		return nil, err
	}
	text := "SELECT " + t.id.quoted + " FROM " + quote(t.name) + where
	if len(q.Order) > 0 {
		order, err := b.order(t, q.Order)
		if err != nil {
			return nil, err
		}
		text += order
	}
	if q.Limit > 0 {
		text += " LIMIT " + b.arg(int64(q.Limit))
	}
	return Integers(tx, text, b.args...)
}

func hits(tx *Tx, table, q string) (ids []int64, ok bool, err error) {
	key := table + " " + q
	if known, ok := tx.hits[key]; ok {
		return known, known != nil, nil
	}
	if tx.Engine() == Postgres {
		ids, ok, err = likely(tx, table, q)
	} else {
		ids, ok, err = matched(tx, table, q)
	}
	if err != nil {
		return nil, false, fmt.Errorf("look for text in %s: %w", table, err)
	}
	if ids == nil || !ok {
		ids = map[bool][]int64{true: {}}[ok]
	}
	if !tx.write { // a snapshot: the same as long as it is read
		if tx.hits == nil {
			tx.hits = map[string][]int64{}
		}
		tx.hits[key] = ids
	}
	return ids, ok, nil
}

// matched asks the index of SQLite, and looks at the rows that are not in it yet.
func matched(tx *Tx, table, q string) ([]int64, bool, error) {
	all := trigrams(q)
	if len(all) == 0 {
		return nil, false, nil
	}
	some, err := tx.rarest(table, all)
	if err != nil {
		return nil, false, err
	}
	ids, err := having(tx, table, some)
	if err == nil && len(ids) > mostHits && len(some) < len(all) { // they are not as rare as they were
		ids, err = having(tx, table, all)
	}
	if err != nil || len(ids) > mostHits {
		return nil, false, err
	}
	// Letters that are no ASCII are not folded here: such words may have it.
	fresh, err := Integers(tx, `SELECT w."id" FROM `+quote(table+"_fts_new")+` n CROSS JOIN `+quote(table+"_words")+` w ON w."id" = n."id"
		WHERE instr(lower(w.words), $1) > 0 OR length(w.words) <> length(CAST(w.words AS blob)) OR instr(w.words, $2) > 0`,
		strings.ToLower(q), unknown)
	return append(ids, fresh...), err == nil, err
}

// having are the rows whose words have all of some trigrams, and those that nobody
// knows the words of: mostHits of them and one more, at most.
func having(tx *Tx, table string, some []string) ([]int64, error) {
	index := quote(table + "_fts")
	match := fmt.Sprintf(`(%s) OR ("%s" AND "%s")`, strings.Join(some, " AND "), unknown[:3], unknown[3:])
	return Integers(tx, "SELECT rowid FROM "+index+" WHERE "+index+" MATCH $1 LIMIT $2", match, int64(mostHits+1))
}

// likely asks the index of PostgreSQL.
func likely(tx *Tx, table, q string) ([]int64, bool, error) {
	pattern, ok := like(q)
	if !ok {
		return nil, false, nil
	}
	ids, err := Integers(tx, `SELECT "id" FROM `+quote(table+"_words")+` WHERE "words" LIKE $1 OR "words" LIKE '%`+unknown+`%' LIMIT $2`,
		pattern, int64(mostHits+1))
	return ids, err == nil && len(ids) <= mostHits, err
}

// mostTrigrams bounds how many trigrams are asked for: the longer a text, the fewer
// of them are needed to tell where it may be.
const mostTrigrams = 16

// trigrams are those of q, as SQLite's index is asked for them; their order is not
// asked for. None when there is none that can be relied upon.
func trigrams(q string) (some []string) {
	if checkText(q) != nil {
		return nil
	}
	var all []string
	seen := map[string]bool{}
	for _, run := range strings.FieldsFunc(strings.ToLower(q), func(r rune) bool { return !foldedBySQLite(r) }) {
		runes := []rune(run)
		for i := 0; i+3 <= len(runes); i++ {
			if g := string(runes[i : i+3]); !seen[g] {
				seen[g] = true
				all = append(all, `"`+strings.ReplaceAll(g, `"`, `""`)+`"`)
			}
		}
	}
	step := max(1, (len(all)+mostTrigrams-1)/mostTrigrams)
	for i := 0; i < len(all); i += step {
		some = append(some, all[i])
	}
	return some
}

// foldedBySQLite tells a lower-case letter all of whose forms SQLite's index takes
// for it. It knows the letters of Unicode 6.1.
func foldedBySQLite(r rune) bool {
	return r < 0x250 || 0x386 <= r && r <= 0x3CE || 0x400 <= r && r <= 0x527 || oneForm(r)
}

// oneForm tells what is no letter of two cases.
func oneForm(r rune) bool { return unicode.SimpleFold(r) == r }

// like is the pattern for PostgreSQL. Letters that are no ASCII stand for any
// letter there: it folds them by the language of the database, and not at all in
// collation "C".
func like(q string) (pattern string, ok bool) {
	if checkText(q) != nil || utf8.RuneCountInString(q) < 3 {
		return "", false
	}
	var b strings.Builder
	b.WriteByte('%')
	run, longest := 0, 0
	for _, r := range strings.ToLower(q) {
		run++
		switch {
		case r >= utf8.RuneSelf && !oneForm(r):
			r, run = '_', 0
		case r == '%' || r == '_' || r == '\\':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		longest = max(longest, run)
	}
	b.WriteByte('%')
	return b.String(), longest >= 3
}

// narrowed adds to a condition which rows the index of trigrams leaves, where one of
// what must hold looks for text in a column. The condition stays as it is.
func narrowed(tx *Tx, t *table, c cloud.Cond) (cloud.Cond, error) {
	all := []cloud.Cond{c}
	if c.Op == cloud.OpAnd {
		all = c.Kids
	}
	for _, k := range all {
		if k.Op == cloud.OpAnd {
			inner, err := narrowed(tx, t, k)
			if err != nil {
				return c, err
			}
			if namesRows(inner) && !namesRows(k) {
				return cloud.And(inner, c), nil
			}
			continue
		}
		text, isText := k.Value.(string)
		if k.Op != cloud.OpContains && k.Op != cloud.OpIContains || !isText || k.Case != nil || !slices.Contains(searched[t.name], k.Field) {
			continue
		}
		ids, ok, err := hits(tx, t.name, text)
		if err != nil {
			return c, err
		}
		if ok {
			return cloud.And(cloud.In("id", ids), c), nil
		}
	}
	return c, nil
}

// namesRows tells a condition that only rows with certain ids can fulfil.
func namesRows(c cloud.Cond) bool {
	if c.Op == cloud.OpIn && c.Field == "id" {
		_, sub := c.Value.(cloud.Sub)
		return !sub
	}
	return c.Op == cloud.OpAnd && slices.ContainsFunc(c.Kids, namesRows)
}

// extensionError says what to do where PostgreSQL lacks the extension with trigrams
// or keeps it from us.
func extensionError(err error) error {
	if code := pgCode(err); code != pgPrivilege && code != pgNoFile && code != pgUnsupported || !strings.Contains(err.Error(), "extension") {
		return err
	}
	return fmt.Errorf("%w: Virga needs the extension pg_trgm, which is part of PostgreSQL (Debian's package postgresql, elsewhere often "+
		"postgresql-contrib): install it, and let the owner of the database run CREATE EXTENSION pg_trgm in it", err)
}
