package store

import (
	"errors"
	"fmt"
	"strings"
)

// Check compares a struct with its table: every field has a column of its
// class, null where it is a pointer, and every column that must have a value
// has a field. Tests call it for every noun.
func Check[T any](tx *Tx) error {
	t := tableOf[T]()
	have, err := describe(tx, t.name)
	if err != nil {
		return err
	}
	if len(have) == 0 {
		return fmt.Errorf("there is no table %s", t.name)
	}
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("table "+t.name+": "+format, args...))
	}
	for _, c := range t.cols {
		d, ok := have[c.Name]
		delete(have, c.Name)
		switch want := c.class; {
		case !ok:
			bad("no column %s for %s", c.Name, c.Type)
		case want != d.class && !(want == classJSON && d.class == classText):
			bad("column %s is %s, the field is %s", c.Name, d.class, want)
		case c.null != d.null && c.Name != "id":
			bad("column %s may be null: %v, the field: %v", c.Name, d.null, c.null)
		case want == classText && !d.ordered:
			bad("column %s is not in byte order: declare it as {{text}}", c.Name)
		}
	}
	for name, d := range have {
		if !d.null && !d.def {
			bad("column %s has no field and no default", name)
		}
	}
	return errors.Join(errs...)
}

// described is a column as the database has it.
type described struct {
	class              class
	null, def, ordered bool
}

// describe lists the columns of a table.
func describe(tx *Tx, name string) (map[string]described, error) {
	query := `SELECT name, lower(type), "notnull" = 0, dflt_value IS NOT NULL OR pk > 0, 1 FROM pragma_table_info($1)`
	if tx.Engine() == Postgres {
		query = `SELECT column_name, data_type, (is_nullable = 'YES')::int, (column_default IS NOT NULL OR is_identity = 'YES')::int,
			(coalesce(collation_name, '') = 'C')::int
			FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`
	}
	rows, err := tx.Query(query, name)
	if err != nil {
		return nil, fmt.Errorf("describe %s: %w", name, err)
	}
	defer rows.Close()
	have := map[string]described{}
	for rows.Next() {
		var column, kind string
		var d described
		if err := rows.Scan(&column, &kind, Into(&d.null), Into(&d.def), Into(&d.ordered)); err != nil {
			return nil, fmt.Errorf("describe %s: %w", name, err)
		}
		switch {
		case strings.Contains(kind, "int"):
			d.class = classInt
		case strings.Contains(kind, "text"):
			d.class = classText
		case kind == "blob" || kind == "bytea":
			d.class = classBytes
		case kind == "real" || strings.HasPrefix(kind, "double"):
			d.class = classFloat
		default:
			d.class = class(kind)
		}
		have[column] = d
	}
	return have, rows.Err()
}
