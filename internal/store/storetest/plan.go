package storetest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/virga-cloud/virga/internal/store"
)

// Query is a statement that gave rows, with its arguments.
type Query struct {
	Text string
	Args []any
}

// Queries are those of one table that are ordered and have a limit, that f runs. They
// are pages; a list's other statements read what belongs to a page, and those put
// together out of several look into each for one row.
func Queries(db *store.DB, table string, f func()) []Query {
	var list []Query
	db.OnQuery(func(text string, args []any) {
		page := strings.Contains(text, "ORDER BY") && strings.Contains(text, "LIMIT") && !strings.Contains(text, "UNION ALL")
		if page && strings.Contains(text, ` FROM "`+table+`"`) {
			list = append(list, Query{text, slices.Clone(args)})
		}
	})
	defer db.OnQuery(nil)
	f()
	return list
}

// Statements are those that f lets the database carry out, each text once; those seen
// before are left out.
func Statements(db *store.DB, seen map[string]bool, f func()) (all []Query) {
	db.OnQuery(func(text string, args []any) {
		if !seen[text] {
			seen[text] = true
			all = append(all, Query{Text: text, Args: slices.Clone(args)})
		}
	})
	defer db.OnQuery(nil)
	f()
	return all
}

// fixed are tables that do not grow with the cloud, with what they hold: they may be
// read as a whole.
var fixed = map[string]string{
	"image": "what the operator offers", "policy": "what the operator offers", "flavor": "what the operator offers",
	"counter": "a row for each counter", "meta": "what the installation knows of itself", "setting": "a row for each setting",
	"CONSTANT ROW": "no table", "d": "what the statement itself makes", "pick": "what the statement itself makes",
	"json_each": "what the statement is given", "p VIRTUAL TABLE INDEX 1:": "what the statement is given",
	"sqlite_schema":                "a row for each table",
	"n":                            "rows that have not joined the index of words: 32 at most",
	"site USING INDEX site_region": "regions",
	"work USING INDEX work_leased": "what is leased now: no more than there are workers",
}

// Grows tells a scan that takes longer in a larger cloud from others.
func Grows(scan string) bool {
	name, how, _ := strings.Cut(scan, " ")
	if strings.HasPrefix(how, "VIRTUAL TABLE INDEX 0:M") { // what matches, and no more
		return false
	}
	return fixed[scan] == "" && fixed[name] == ""
}

// Unbounded are those of a list's statements that read a table that grows as a whole,
// with their plans. What reads a page may walk along an index until the page is full, and
// a total, which is remembered until it changes, is counted along an index. PostgreSQL
// is asked about pages only: what else it reads as a whole, it reads because it knows
// how few rows there are or how many are wanted.
func Unbounded(ctx context.Context, db *store.DB, list []Query) (bad []string, err error) {
	for _, q := range list {
		page := strings.Contains(q.Text, " ORDER BY ") && strings.Contains(q.Text, " LIMIT ")
		total := strings.HasPrefix(q.Text, "SELECT count(*) FROM ")
		if db.Engine() == store.Postgres {
			plan, err := Plan(ctx, db, q)
			if err != nil {
				return nil, err
			}
			if page && Sorts(plan) {
				bad = append(bad, fmt.Sprintf("sorts all:\n%s\nof %v\n%s", q.Text, q.Args, plan))
			}
			continue
		}
		scans, plan, err := Scans(ctx, db, q)
		if err != nil {
			return nil, err
		}
		for _, scan := range scans {
			walk := page && !strings.Contains(plan, "TEMP B-TREE")
			if Grows(scan) && !walk && !(total && strings.Contains(scan, " INDEX ")) {
				bad = append(bad, fmt.Sprintf("reads all of %s:\n%s\nof %v\n%s", scan, q.Text, q.Args, plan))
			}
		}
	}
	return bad, nil
}

// Plan is how the database would carry a query out, a step each line. PostgreSQL
// is told to think of an index first, since it rightly sorts the few rows of a test.
func Plan(ctx context.Context, db *store.DB, q Query) (plan string, err error) {
	return explain(ctx, db, q, "enable_seqscan", "enable_sort", "enable_bitmapscan", "enable_incremental_sort")
}

// Scans are the tables and indexes that a statement reads as a whole: "server", or
// "server USING INDEX server_grace". PostgreSQL is told to think of an index first, as
// it rightly reads all of a table that is small now, and may become large.
func Scans(ctx context.Context, db *store.DB, q Query) (scans []string, plan string, err error) {
	plan, err = explain(ctx, db, q, "enable_seqscan")
	if db.Engine() == store.Postgres {
		return wholePostgres(plan), plan, err
	}
	for line := range strings.Lines(plan) {
		if table, ok := strings.CutPrefix(strings.TrimSpace(line), "SCAN "); ok {
			scans = append(scans, table)
		}
	}
	return scans, plan, err
}

// How PostgreSQL reads tables. A bitmap has its condition below the table.
var (
	seqScan    = regexp.MustCompile(`\bSeq Scan on (\w+)`)
	indexScan  = regexp.MustCompile(`\bIndex (?:Only )?Scan (?:Backward )?using (\w+) on "?(\w+)`)
	bitmapScan = regexp.MustCompile(`\bBitmap Index Scan on (\w+)`)
)

// wholePostgres finds what a plan of PostgreSQL reads as a whole: tables, and indexes of
// which no part is asked for.
func wholePostgres(plan string) (scans []string) {
	lines := strings.Split(plan, "\n")
	for i, line := range lines {
		if m := seqScan.FindStringSubmatch(line); m != nil {
			scans = append(scans, m[1])
		}
		whole := i+1 == len(lines) || !strings.Contains(lines[i+1], "Index Cond:")
		if m := indexScan.FindStringSubmatch(line); m != nil && whole {
			scans = append(scans, m[2]+" USING INDEX "+m[1])
		}
		if m := bitmapScan.FindStringSubmatch(line); m != nil && whole {
			scans = append(scans, "bitmap USING INDEX "+m[1])
		}
	}
	return scans
}

// explain asks for a plan; off are ways that PostgreSQL shall not think of.
func explain(ctx context.Context, db *store.DB, q Query, off ...string) (plan string, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		text, column := "EXPLAIN QUERY PLAN "+q.Text, 3
		if tx.Engine() == store.Postgres {
			for _, way := range off {
				var on string
				if err := tx.QueryRow("SELECT set_config($1, 'off', true)", way).Scan(&on); err != nil {
					return err
				}
			}
			text, column = "EXPLAIN "+q.Text, 0
		}
		rows, err := tx.Query(text, slices.Clone(q.Args)...)
		if err != nil {
			return fmt.Errorf("explain %s: %w", q.Text, err)
		}
		defer rows.Close()
		for rows.Next() {
			step := make([]any, column+1)
			for i := range step {
				step[i] = new(any)
			}
			if err := rows.Scan(step...); err != nil {
				return err
			}
			plan += fmt.Sprintln(*step[column].(*any))
		}
		return rows.Err()
	})
	return plan, err
}

// sorted finds steps that read all rows to sort them, or to find some.
var sorted = regexp.MustCompile(`(?m)TEMP B-TREE|^SCAN \w+$|\bSort\b|Seq Scan`)

// Sorts tells whether a plan reads all rows and sorts them, instead of reading an
// index in its order.
func Sorts(plan string) bool { return sorted.MatchString(plan) }
