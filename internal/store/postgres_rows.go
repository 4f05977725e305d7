package store

import (
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// pgRows are rows of PostgreSQL, as they come.
type pgRows struct {
	rows  pgx.Rows
	res   pgx.BatchResults // ends with them; nil: others come after them
	more  bool             // the next one was asked for already
	saved *kept
	err   error
}

// begin asks for the first row: only then it is known whether the statement is right.
func (r *pgRows) begin() error {
	if r.more = r.rows.Next(); !r.more {
		return r.rows.Err()
	}
	return nil
}

// keep reads all rows now.
func (r *pgRows) keep() error {
	if r.saved != nil {
		return nil
	}
	k := &kept{}
	for _, f := range r.rows.FieldDescriptions() {
		k.names = append(k.names, f.Name)
	}
	for r.Next() {
		row, err := r.values()
		if err != nil {
			return errors.Join(err, r.Close())
		}
		for i, v := range row {
			if b, ok := v.([]byte); ok {
				row[i] = append([]byte{}, b...)
			}
		}
		k.rows = append(k.rows, row)
	}
	err := r.Err()
	r.saved = k
	return errors.Join(err, r.Close())
}

// Next goes to the next row. Behind the last one it closes, so that the connection is
// free for the next statement, as database/sql has it.
func (r *pgRows) Next() bool {
	if r.saved != nil {
		return r.saved.Next()
	}
	if r.more || r.rows.Next() {
		r.more = false
		return true
	}
	_ = r.Close() // Err says it
	return false
}

// Err is why there are no more.
func (r *pgRows) Err() error { return errors.Join(r.err, r.rows.Err()) }

// Close ends it before the last row too.
func (r *pgRows) Close() error {
	r.rows.Close()
	if r.res != nil {
		if err := r.res.Close(); err != nil && r.err == nil && r.rows.Err() == nil {
			r.err = err
		}
		r.res = nil
	}
	return r.err
}

// Columns are their names.
func (r *pgRows) Columns() ([]string, error) {
	if r.saved != nil {
		return r.saved.Columns()
	}
	var names []string
	for _, f := range r.rows.FieldDescriptions() {
		names = append(names, f.Name)
	}
	return names, nil
}

// Scan reads the row.
func (r *pgRows) Scan(dest ...any) error {
	if r.saved != nil {
		return r.saved.Scan(dest...)
	}
	row, err := r.values()
	if err != nil {
		return err
	}
	return scanValues(row, dest)
}

// values are those of the row as decode takes them. Bytes belong to the connection.
func (r *pgRows) values() ([]any, error) {
	raw, fields := r.rows.RawValues(), r.rows.FieldDescriptions()
	row := make([]any, len(raw))
	var all []any
	for i, b := range raw {
		if b == nil {
			continue
		}
		v, ok := plainValue(fields[i].DataTypeOID, fields[i].Format, b)
		if !ok {
			if all == nil {
				var err error
				if all, err = r.rows.Values(); err != nil {
					return nil, err
				}
			}
			if v, ok = rareValue(all[i]); !ok {
				return nil, fmt.Errorf("column %s: a %T cannot be read", fields[i].Name, all[i])
			}
		}
		row[i] = v
	}
	return row, nil
}

// plainValue reads the types that nearly all columns have.
func plainValue(oid uint32, format int16, b []byte) (any, bool) {
	switch oid {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.NameOID, pgtype.UnknownOID:
		return string(b), true
	}
	if format != pgtype.BinaryFormatCode {
		return nil, false
	}
	switch oid {
	case pgtype.Int8OID:
		return int64(binary.BigEndian.Uint64(b)), true
	case pgtype.Int4OID:
		return int64(int32(binary.BigEndian.Uint32(b))), true
	case pgtype.Int2OID:
		return int64(int16(binary.BigEndian.Uint16(b))), true
	case pgtype.ByteaOID:
		return b, true
	case pgtype.BoolOID:
		return b[0] != 0, true
	case pgtype.Float8OID:
		return math.Float64frombits(binary.BigEndian.Uint64(b)), true
	}
	return nil, false
}

// rareValue reads what pgx made of a value.
func rareValue(v any) (any, bool) {
	switch x := v.(type) {
	case string, int64, float64, bool:
		return x, true
	case uint32:
		return int64(x), true
	case float32:
		return float64(x), true
	case pgtype.Numeric:
		if n, err := x.Int64Value(); err == nil {
			return n.Int64, true
		}
		f, err := x.Float64Value()
		return f.Float64, err == nil
	case driver.Valuer:
		out, err := x.Value()
		return out, err == nil
	}
	return nil, false
}

// scanValues puts a row where the caller wants it.
func scanValues(row, dest []any) error {
	if len(row) != len(dest) {
		return fmt.Errorf("store: %d columns for %d places", len(row), len(dest))
	}
	for i, v := range row {
		var err error
		switch d := dest[i].(type) {
		case *any:
			if b, ok := v.([]byte); ok {
				v = append([]byte{}, b...)
			}
			*d = v
		case *[]byte: // nil is null, as database/sql has it
			b, _ := v.([]byte)
			if *d = append([]byte(nil), b...); v == nil {
				*d = nil
			} else if text, ok := v.(string); ok {
				*d = []byte(text)
			}
		case *string:
			if n, ok := v.(int64); ok {
				v = strconv.FormatInt(n, 10)
			}
			err = decodeInto(d, v)
		case sql.Scanner:
			err = d.Scan(v)
		default:
			err = decodeInto(d, v)
		}
		if err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// kept are rows that were read already.
type kept struct {
	names []string
	rows  [][]any
	at    int
}

// Next goes to the next row.
func (k *kept) Next() bool { k.at++; return k.at <= len(k.rows) }

// Scan reads the row.
func (k *kept) Scan(dest ...any) error { return scanValues(k.rows[k.at-1], dest) }

// Err is never there: what failed was told before.
func (k *kept) Err() error { return nil }

// Close does nothing.
func (k *kept) Close() error { return nil }

// Columns are their names.
func (k *kept) Columns() ([]string, error) { return k.names, nil }
