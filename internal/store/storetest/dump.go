// Package storetest is for tests that ask whether anything changed.
package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/virga-cloud/virga/internal/store"
)

// Dump is every row of every table of a SQLite store, one a line: "server: id=1
// name=web ...", sorted.
func Dump(tx *store.Tx) (string, error) {
	names, err := texts(tx, `SELECT name FROM sqlite_master
		WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%' ORDER BY name`)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, name := range names {
		if strings.Contains(name, "_fts") || strings.HasPrefix(name, "fts") {
			continue // shadows of an index
		}
		cols, err := texts(tx, `SELECT name FROM pragma_table_info('`+name+`')`)
		if err != nil {
			return "", err
		}
		parts := make([]string, len(cols))
		for i, c := range cols {
			parts[i] = `'` + c + `=' || COALESCE(CASE typeof("` + c + `") WHEN 'blob' THEN hex("` + c + `") ELSE "` + c + `" END, 'null') || ' '`
		}
		rows, err := texts(tx, `SELECT '`+name+`: ' || `+strings.Join(parts, " || ")+` FROM "`+name+`"`)
		if err != nil {
			return "", err
		}
		lines = append(lines, rows...)
	}
	slices.Sort(lines)
	return "\n" + strings.Join(lines, "\n"), nil
}

func texts(tx *store.Tx, query string) (list []string, err error) {
	rows, err := tx.Query(query)
	if err != nil {
		return nil, fmt.Errorf("dump: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("dump: %w", err)
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// Difference is the lines that only one of two dumps has.
func Difference(before, after string) string {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	var out []string
	for _, line := range a {
		if !slices.Contains(b, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, "\n")
}

// Events counts the lines of a dump that are events about a kind of things.
func Events(dump, kind string) (n int) {
	for line := range strings.Lines(dump) {
		if strings.HasPrefix(line, "event: ") && strings.Contains(line, " kind="+kind+" ") {
			n++
		}
	}
	return n
}
