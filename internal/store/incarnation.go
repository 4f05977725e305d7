package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Incarnation is new at the first start, at every restore, and when another server
// of PostgreSQL stepped in, which may lack the last commits. A host that knows
// another one gets no orders until it was adopted, because the store may have
// forgotten what the host was told.
func (db *DB) Incarnation() cloud.UID {
	if u := db.incarn.Load(); u != nil {
		return *u
	}
	return cloud.UID{}
}

// incarnate reads the incarnation, and makes one when there is none, fresh is set or
// the database is on another timeline.
func (db *DB) incarnate(ctx context.Context, fresh bool) error {
	var again bool
	var now cloud.UID
	err := db.Write(ctx, []string{"meta"}, func(tx *Tx) error {
		v, ok, err := Meta(tx, "incarnation")
		if err != nil {
			return err
		}
		moved, err := tx.timeline()
		if err != nil {
			return err
		}
		if again = fresh || ok && moved; again || !ok {
			now = tx.UID()
			return SetMeta(tx, "incarnation", now.Hex())
		}
		if now, ok = cloud.ParseUID(v); !ok {
			return fmt.Errorf("incarnation %q is no id", v)
		}
		return nil
	})
	if err == nil && again {
		err = db.skipForgotten(ctx)
	}
	if err != nil {
		return fmt.Errorf("incarnation: %w", err)
	}
	if old := db.incarn.Swap(&now); old != nil && *old != now {
		db.opt.Log.Warn("another server of the database stepped in: hosts are asked for everything", "incarnation", now)
	}
	return nil
}

// timeline tells whether PostgreSQL's history is another one than the store's: a
// replica was promoted, or the database was brought into another cluster. Either
// may lack commits that hosts and clients have seen.
func (tx *Tx) timeline() (moved bool, err error) {
	if tx.Engine() != Postgres {
		return false, nil
	}
	var now string
	err = tx.QueryRow(`SELECT system_identifier::text || ' ' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
		FROM pg_control_system()`).Scan(&now)
	if err != nil {
		return false, err
	}
	last, known, err := Meta(tx, "timeline")
	if err != nil || last == now {
		return false, err
	}
	return known, SetMeta(tx, "timeline", now)
}

// Meta reads a value that the installation knows of itself.
func Meta(tx *Tx, key string) (value string, ok bool, err error) {
	err = tx.QueryRow(`SELECT value FROM meta WHERE key = $1`, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return value, err == nil, err
}

// SetMeta stores a value under a key.
func SetMeta(tx *Tx, key, value string) error {
	err := tx.Later(nil, `INSERT INTO meta (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}
