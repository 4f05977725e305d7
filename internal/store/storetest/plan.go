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

// Plan is how the database would carry a query out, a step each line. PostgreSQL
// is told to think of an index first, since it rightly sorts the few rows of a test.
func Plan(ctx context.Context, db *store.DB, q Query) (plan string, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		text, column := "EXPLAIN QUERY PLAN "+q.Text, 3
		if tx.Engine() == store.Postgres {
			for _, way := range []string{"enable_seqscan", "enable_sort", "enable_bitmapscan", "enable_incremental_sort"} {
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
