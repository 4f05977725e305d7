package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Ids of rows in these tables are known outside of the database: hosts have the
// number of a network as that of its segment, and cards with the number of their
// first address in their own, certificates have the number of their host.
var toldTables = []string{"subnet", "ip", "host"}

// forgotten is how many numbers of such a table a restored store leaves out. What
// was numbered after the backup may be on a host that has not spoken yet; once it
// speaks, SkipIDs is told what it has.
const forgotten = 1 << 12

// SkipIDs lets no row of a table get an id up to last from now on. That holds also
// when the transaction is rolled back on PostgreSQL, as for all of its sequences.
func (tx *Tx) SkipIDs(table string, last int64) error {
	was, err := tx.lastID(table)
	if err != nil || was >= last {
		return err
	}
	if tx.Engine() == Postgres {
		// One by one, since there is no other way that only goes up beside others
		// who take numbers at the same time.
		var n int64
		err = tx.QueryRow(`SELECT count(nextval(pg_get_serial_sequence(quote_ident($1), 'id')::regclass))
			FROM generate_series($2::bigint + 1, $3::bigint)`, table, was, last).Scan(&n)
	} else {
		err = tx.skipTo(table, last)
	}
	if err != nil {
		return fmt.Errorf("skip ids of %s up to %d: %w", table, last, err)
	}
	return nil
}

// skipTo is for SQLite, which makes the row with the first id.
func (tx *Tx) skipTo(table string, last int64) error {
	n, err := tx.change(`UPDATE sqlite_sequence SET seq = $2 WHERE name = $1`, []any{table, last})
	if err != nil || n > 0 {
		return err
	}
	_, err = tx.change(`INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`, []any{table, last})
	return err
}

// lastID is the greatest id that was given in a table, also to rows that are gone.
func (tx *Tx) lastID(table string) (id int64, err error) {
	query := `SELECT seq FROM sqlite_sequence WHERE name = $1`
	if tx.Engine() == Postgres {
		query = `SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(quote_ident($1), 'id')::regclass), 0)`
	}
	err = tx.QueryRow(query, table).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("last id of %s: %w", table, err)
	}
	return id, nil
}

// skipForgotten leaves out what a restored store may have forgotten that it gave.
func (db *DB) skipForgotten(ctx context.Context) error {
	return db.Write(ctx, func(tx *Tx) error {
		for _, table := range toldTables {
			last, err := tx.lastID(table)
			if err != nil {
				return err
			}
			if err := tx.SkipIDs(table, last+forgotten); err != nil {
				return err
			}
		}
		return nil
	})
}
