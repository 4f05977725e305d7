package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Backup writes everything into one SQLite file, from either engine, while
// writing goes on: the file is one moment of the database. It appears under
// its name when it is complete and on disk; an older one is replaced.
func (db *DB) Backup(ctx context.Context, path string) error {
	tmp := path + ".tmp"
	if err := discard(tmp); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	copyTo := db.copyFile
	if db.kind == Postgres {
		copyTo = db.copyOut
	}
	if err := copyTo(ctx, tmp); err != nil {
		return errors.Join(fmt.Errorf("backup: %w", err), discard(tmp))
	}
	if err := os.Chmod(tmp, 0o600); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return place(tmp, path)
}

// copyFile lets SQLite write a compact copy of its own.
func (db *DB) copyFile(ctx context.Context, tmp string) error {
	_, err := db.eng.(*sqliteDB).pool.ExecContext(ctx, "VACUUM INTO ?", tmp)
	return err
}

// copyOut copies the rows of one snapshot of PostgreSQL.
func (db *DB) copyOut(ctx context.Context, tmp string) error {
	opt := db.opt
	opt.Path, opt.DSN, opt.NoSync = tmp, "", true // place makes it durable
	to, err := open(ctx, opt)
	if err != nil {
		return err
	}
	err = db.Read(ctx, func(src *Tx) error {
		return to.Write(ctx, func(dst *Tx) error { return copyAll(src, dst) })
	})
	if err == nil {
		err = oneFile(ctx, to)
	}
	return errors.Join(err, to.Close())
}

// oneFile ends the use of a log beside a SQLite file.
func oneFile(ctx context.Context, db *DB) error {
	e := db.eng.(*sqliteDB)
	for range cap(e.readers) { // nobody may have it open meanwhile
		if c := <-e.readers; c != nil {
			if err := c.close(); err != nil {
				return err
			}
		}
		defer func() { e.readers <- nil }()
	}
	e.pool.SetMaxIdleConns(0)
	var mode string
	if err := e.w.conn.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" {
		return fmt.Errorf("the file stays in mode %s", mode)
	}
	return nil
}

// Restore fills a new database from a backup: a file that does not exist yet,
// or a PostgreSQL database without rows. Backups of older versions are brought
// up to date. The incarnation is new, so that hosts get no orders from a store
// that may have forgotten some.
func Restore(ctx context.Context, from string, into Options) error {
	if into.DSN == "" {
		if _, err := os.Stat(into.Path); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("restore: %s exists already: move it away first", into.Path)
		}
	}
	tmp := into.Path + ".restore"
	if into.DSN != "" {
		dir, err := os.MkdirTemp("", "virga-restore")
		if err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		defer os.RemoveAll(dir)
		tmp = dir + "/backup"
	}
	if err := restore(ctx, from, tmp, into); err != nil {
		return errors.Join(fmt.Errorf("restore %s: %w", from, err), discard(tmp))
	}
	if into.DSN != "" {
		return nil
	}
	return place(tmp, into.Path)
}

// restore brings a copy of the backup up to date at tmp, and copies it on to
// PostgreSQL when that is wanted.
func restore(ctx context.Context, from, tmp string, into Options) error {
	if err := discard(tmp); err != nil {
		return err
	}
	if err := copyBytes(from, tmp); err != nil {
		return err
	}
	if err := intact(ctx, tmp); err != nil {
		return err
	}
	opt := into
	opt.Path, opt.DSN = tmp, ""
	db, err := open(ctx, opt)
	if err != nil {
		return err
	}
	if into.DSN != "" {
		return errors.Join(copyIn(ctx, db, into), db.Close())
	}
	if err = db.incarnate(ctx, true); err == nil {
		err = oneFile(ctx, db)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	// What the migration kept of the old version lies beside the backup.
	return discardCopies(tmp)
}

// copyIn copies the rows of a SQLite file into an empty PostgreSQL.
func copyIn(ctx context.Context, from *DB, into Options) error {
	to, err := open(ctx, into)
	if err != nil {
		return err
	}
	err = from.Read(ctx, func(src *Tx) error {
		return to.Write(ctx, func(dst *Tx) error { return copyAll(src, dst) })
	})
	if err == nil {
		err = to.incarnate(ctx, true)
	}
	return errors.Join(err, to.Close())
}

// copyAll copies every table but those of the migrations from one engine to
// the other, and then the numbers that must not be given out again. The target
// must be empty.
func copyAll(src, dst *Tx) error {
	lite := src
	if dst.Engine() == SQLite {
		lite = dst
	}
	names, err := tableNames(lite)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == "counter" {
			continue
		}
		if err := copyTable(src, dst, name); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	if dst.Engine() == Postgres {
		return numbersIn(src, dst)
	}
	return numbersOut(src, dst, names)
}

// tableNames lists the tables as SQLite has them.
func tableNames(tx *Tx) ([]string, error) {
	rows, err := tx.Query(`SELECT name FROM sqlite_master WHERE type = 'table'
		AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE '%\_fts%' ESCAPE '\' AND name <> 'goose_db_version' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		names = append(names, s)
	}
	return names, rows.Err()
}

// copyTable copies the rows of a table into an empty one. The columns are those
// of the destination: both sides have the same migrations behind them, and a
// column that the source lacks is an error, not a default.
func copyTable(src, dst *Tx, name string) error {
	cols, err := describe(dst, name)
	if err != nil {
		return err
	}
	var used bool
	if err := dst.QueryRow("SELECT EXISTS (SELECT 1 FROM " + quote(name) + ")").Scan(&used); err != nil {
		return err
	}
	if used {
		return errors.New("the database to restore into is not empty")
	}
	var names, places []string
	for c := range cols {
		names = append(names, c)
		places = append(places, fmt.Sprintf("$%d", len(names)))
	}
	list := `"` + strings.Join(names, `", "`) + `"`
	rows, err := src.Query("SELECT " + list + " FROM " + quote(name))
	if err != nil {
		return err
	}
	defer rows.Close()
	insert := "INSERT INTO " + quote(name) + " (" + list + ") VALUES (" + strings.Join(places, ", ") + ")"
	for rows.Next() {
		row, dest := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			dest[i] = &row[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		if _, err := dst.Exec(insert, row...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// numbersIn makes PostgreSQL's sequences go on where SQLite's counters were.
func numbersIn(src, dst *Tx) error {
	for _, q := range []struct{ from, set string }{
		{`SELECT name, value FROM counter`, `SELECT setval(('counter_' || $1)::regclass, greatest($2::bigint, 1), $2::bigint > 0)`},
		{
			`SELECT name, seq FROM sqlite_sequence WHERE name <> 'goose_db_version'`,
			`SELECT setval(pg_get_serial_sequence(quote_ident($1), 'id')::regclass, greatest($2::bigint, 1), $2::bigint > 0)`,
		},
	} {
		numbers, err := pairs(src, q.from)
		if err != nil {
			return err
		}
		for name, n := range numbers {
			var ignored any
			if err := dst.QueryRow(q.set, name, n).Scan(&ignored); err != nil {
				return fmt.Errorf("sequence %s: %w", name, err)
			}
		}
	}
	return nil
}

// numbersOut is the other way round. Sequences do not belong to the snapshot:
// they may be ahead of it, never behind.
func numbersOut(src, dst *Tx, tables []string) error {
	seqs, err := pairs(src,
		`SELECT sequencename::text, coalesce(last_value, start_value - 1) FROM pg_sequences WHERE schemaname = current_schema()`)
	if err != nil {
		return err
	}
	for name, n := range seqs {
		if counter, ok := strings.CutPrefix(name, "counter_"); ok {
			if _, err := dst.Exec(`UPDATE counter SET value = $1 WHERE name = $2`, n, counter); err != nil {
				return err
			}
		}
	}
	for _, t := range tables {
		n, ok := seqs[t+"_id_seq"]
		if !ok {
			continue
		}
		// SQLite made the row for tables that got rows with ids.
		if _, err := dst.Exec(`DELETE FROM sqlite_sequence WHERE name = $1`, t); err != nil {
			return err
		}
		if _, err := dst.Exec(`INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)`, t, n); err != nil {
			return err
		}
	}
	return nil
}

// pairs reads names and numbers.
func pairs(tx *Tx, query string) (map[string]int64, error) {
	rows, err := tx.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	m := map[string]int64{}
	for rows.Next() {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return nil, err
		}
		m[name] = n
	}
	return m, rows.Err()
}

// intact refuses a file that is damaged or no backup of ours.
func intact(ctx context.Context, path string) (err error) {
	pool, err := sql.Open("sqlite", sqliteURL(path, true))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	var verdict, value string
	if err := pool.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("not a backup: %w", err)
	}
	if verdict != "ok" {
		return fmt.Errorf("the backup is damaged: %s", verdict)
	}
	if err := pool.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = 'incarnation'").Scan(&value); err != nil {
		return fmt.Errorf("not a backup of this program: %w", err)
	}
	return nil
}
