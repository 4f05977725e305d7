package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

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

// Begun is when the present incarnation was first used: what the hosts do is not known
// before they have told it. It is never later than now.
func (db *DB) Begun(now time.Time) time.Time {
	for {
		at := db.begun.Load()
		if at == nil {
			return now
		}
		if !at.After(now) || db.begun.CompareAndSwap(at, &now) { // a clock that was ahead
			return *db.begun.Load()
		}
	}
}

// begin reads when the incarnation was first used, and writes it down at that moment.
// A restore is none: the database may be started much later.
func begin(tx *Tx, incarnation cloud.UID) (at time.Time, err error) {
	v, ok, err := Meta(tx, "incarnation_begun")
	if err != nil {
		return at, err
	}
	var of string
	var us int64
	if n, _ := fmt.Sscan(v, &of, &us); ok && n == 2 && of == incarnation.Hex() {
		return time.UnixMicro(us), nil
	}
	at = tx.Now()
	return at, SetMeta(tx, "incarnation_begun", fmt.Sprint(incarnation.Hex(), " ", at.UnixMicro()))
}

// incarnate reads the incarnation, and makes one when there is none, fresh is set or
// the database is on another timeline.
func (db *DB) incarnate(ctx context.Context, fresh bool) error {
	var again bool
	var now cloud.UID
	var begun time.Time
	err := db.Write(ctx, func(tx *Tx) (err error) {
		defer func() {
			if err == nil && !fresh {
				begun, err = begin(tx, now)
			}
		}()
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
	if !fresh {
		db.begun.Store(&begun)
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
