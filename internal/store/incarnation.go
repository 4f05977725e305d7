package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Incarnation is new at the first start and at every restore. A host that
// knows another one gets no orders until it was adopted, because the store may
// have forgotten what the host was told.
func (db *DB) Incarnation() cloud.UID { return db.incarn }

// incarnate reads the incarnation, and makes one when there is none or fresh
// is set.
func (db *DB) incarnate(ctx context.Context, fresh bool) error {
	err := db.Write(ctx, []string{"meta"}, func(tx *Tx) error {
		v, ok, err := Meta(tx, "incarnation")
		if err != nil {
			return err
		}
		if ok && !fresh {
			if db.incarn, ok = cloud.ParseUID(v); !ok {
				return fmt.Errorf("incarnation %q is no id", v)
			}
			return nil
		}
		db.incarn = tx.UID()
		return SetMeta(tx, "incarnation", db.incarn.Hex())
	})
	if err == nil && fresh {
		err = db.skipForgotten(ctx)
	}
	if err != nil {
		return fmt.Errorf("incarnation: %w", err)
	}
	return nil
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
	_, err := tx.Exec(`INSERT INTO meta (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}
