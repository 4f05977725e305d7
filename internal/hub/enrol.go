package hub

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// caller is who a verified certificate speaks for.
type caller struct {
	host int64
	// number is that of the enrolment that the certificate came from. A join
	// makes a new one, renewals keep it. Zero stands in certificates that are
	// older than numbers: it is below every number, so such a host is let in
	// until a machine joins in its place.
	number int64
}

// standing is what a certificate is good for now.
type standing int

const (
	enrolled  standing = iota // everything
	lost                      // its host was declared lost or removed: it is told to stand down
	overtaken                 // another machine joined as its host: it is told to stand down
)

// standingOf compares a certificate with the enrolment of its host.
func standingOf(tx *store.Tx, c caller) (s standing, newer bool, err error) {
	var number int64
	var gone bool
	err = tx.QueryRow(`SELECT COALESCE((SELECT number FROM enrolment WHERE host = $1), 0),
		COALESCE((SELECT lost FROM link WHERE host = $1), 0)`, c.host).Scan(&number, &gone)
	switch {
	case err != nil:
		return s, false, fmt.Errorf("enrolment of host %d: %w", c.host, err)
	case c.number < number:
		return overtaken, false, nil
	case gone:
		return lost, false, nil
	}
	return enrolled, c.number > number, nil
}

// standing is asked at every request: a certificate lives for months, and its
// host may be put out today.
func (h *Hub) standing(ctx context.Context, c caller) (s standing, err error) {
	var newer bool
	err = h.db.Read(ctx, func(tx *store.Tx) (err error) {
		s, newer, err = standingOf(tx, c)
		return err
	})
	if err != nil || !newer {
		return s, err
	}
	// The authority signed a number that the store never heard of: it came back
	// from a backup that is older than the join. Refusing would put out a host
	// that runs machines; from now on the older ones are void again.
	// No other host may get its number either, should its row be forgotten.
	err = h.db.Write(ctx, func(tx *store.Tx) error {
		return errors.Join(setEnrolment(tx, c.host, c.number), tx.SkipIDs("host", c.host))
	})
	return s, err
}

// enrol makes the number of a join. It follows the clock, so that a store that
// came back from a backup never gives one again. Whatever the machine before
// still says is late.
func enrol(tx *store.Tx, host int64) (int64, error) {
	var last int64
	err := tx.QueryRow(`SELECT number FROM enrolment WHERE host = $1`, host).Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("enrol host %d: %w", host, err)
	}
	number := max(last+1, tx.Now().UnixMicro())
	if err := setEnrolment(tx, host, number); err != nil {
		return 0, err
	}
	session, err := tx.Next("session")
	if err != nil {
		return 0, err
	}
	if err := tx.Later(nil, `UPDATE link SET session = $2, place = '' WHERE host = $1`, host, session); err != nil {
		return 0, fmt.Errorf("enrol host %d: %w", host, err)
	}
	tx.Notify(topic(host))
	return number, nil
}

// setEnrolment only goes up.
func setEnrolment(tx *store.Tx, host, number int64) error {
	err := tx.Later(nil, `INSERT INTO enrolment (host, number) VALUES ($1, $2)
		ON CONFLICT (host) DO UPDATE SET number = excluded.number WHERE enrolment.number < excluded.number`, host, number)
	if err != nil {
		return fmt.Errorf("enrol host %d: %w", host, err)
	}
	return nil
}

// errVoid says why a certificate is good for nothing.
func errVoid(s standing, host int64) error {
	if s == lost {
		return cloud.Errorf(cloud.Forbidden, "link.void", "host %d was declared lost or removed", host).
			WithFix("`virga admin host admit` takes a lost host back; a removed one joins again with a new token.")
	}
	return cloud.Errorf(cloud.Forbidden, "link.void", "another machine joined as host %d; this certificate is void", host)
}
