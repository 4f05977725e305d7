package hub

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// Link is what the store knows about the connection of one host.
type Link struct {
	Host     int64
	Session  int64
	Lost     bool
	Adopting bool // the host has to tell everything before orders flow
	Seen     time.Time
	Facts    plan.Facts
	Place    string // from where it speaks; "" = the next who says so
	// StoodDown: a lost host said that it has no document any more.
	StoodDown bool

	seq         int64
	incarnation string
}

// LinkOf is the link of a host, nil when it never connected.
func LinkOf(tx *store.Tx, host int64) (*Link, error) {
	l := &Link{Host: host}
	var facts string
	err := tx.QueryRow(`SELECT session, seq, incarnation, adopting, lost, seen, facts, place, stood_down FROM link WHERE host = $1`, host).
		Scan(&l.Session, &l.seq, &l.incarnation, &l.Adopting, &l.Lost, &l.Seen, &facts, &l.Place, &l.StoodDown)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil && facts != "" {
		err = json.Unmarshal([]byte(facts), &l.Facts)
	}
	if err != nil {
		return nil, fmt.Errorf("link of host %d: %w", host, err)
	}
	return l, nil
}

// save stores everything but the floor, which only grows (raiseFloor).
func (l *Link) save(tx *store.Tx) error {
	facts, err := json.Marshal(l.Facts)
	if err != nil {
		return err
	}
	err = tx.Later(nil, `INSERT INTO link (host, session, seq, incarnation, adopting, lost, seen, facts, place, stood_down)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (host) DO UPDATE SET session = excluded.session, seq = excluded.seq, incarnation = excluded.incarnation,
		adopting = excluded.adopting, lost = excluded.lost, seen = excluded.seen, facts = excluded.facts, place = excluded.place,
		stood_down = excluded.stood_down`,
		l.Host, l.Session, l.seq, l.incarnation, l.Adopting, l.Lost, l.Seen, string(facts), l.Place, l.StoodDown)
	if err != nil {
		return fmt.Errorf("link of host %d: %w", l.Host, err)
	}
	return nil
}

// heard stores what every request moves, of a link that is there.
func (l *Link) heard(tx *store.Tx) error {
	err := tx.Later(nil, `UPDATE link SET seq = $2, adopting = $3, seen = $4 WHERE host = $1`, l.Host, l.seq, l.Adopting, l.Seen)
	if err != nil {
		return fmt.Errorf("link of host %d: %w", l.Host, err)
	}
	return nil
}

func raiseFloor(tx *store.Tx, host, floor int64) error {
	err := tx.Later(nil, `INSERT INTO link (host, floor) VALUES ($1, $2)
		ON CONFLICT (host) DO UPDATE SET floor = excluded.floor WHERE link.floor < excluded.floor`, host, floor)
	if err != nil {
		return fmt.Errorf("link of host %d: %w", host, err)
	}
	return nil
}

func hostLost(tx *store.Tx, host int64) (lost bool, err error) {
	err = tx.QueryRow(`SELECT lost FROM link WHERE host = $1`, host).Scan(&lost)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return lost, err
}

// DeclareLost records an operator's word that a host is gone for good and
// switched off. Its orders count as lost, removals as done, and every owner
// is woken. Should the host come back, it is told to stand down.
func DeclareLost(tx *store.Tx, host int64) error {
	l, err := LinkOf(tx, host)
	if err != nil {
		return err
	}
	if l == nil {
		l = &Link{Host: host}
	}
	// A new number: whatever the old session still says is late.
	if l.Session, err = tx.Next("session"); err != nil {
		return err
	}
	l.Lost, l.Adopting, l.StoodDown = true, false, false
	if err := l.save(tx); err != nil {
		return err
	}
	err = tx.Later(nil, `UPDATE orders SET lost = 1, acknowledged = CASE WHEN absent = 1 THEN generation ELSE acknowledged END,
		updated = $2 WHERE host = $1`, host, tx.Now())
	if err != nil {
		return fmt.Errorf("declare host %d lost: %w", host, err)
	}
	// Nothing is there any more that an orphan could be.
	if err := tx.Later(nil, `DELETE FROM orphan WHERE host = $1`, host); err != nil {
		return fmt.Errorf("declare host %d lost: %w", host, err)
	}
	tx.Notify(topic(host))
	return wakeOwners(tx, host)
}

// Readmit takes a lost host back into service, once it stood down: what it still ran
// would answer beside what was made elsewhere meanwhile. It starts like a new one;
// disks that it kept are found again, and those that nobody wants are orphans.
func Readmit(tx *store.Tx, host int64) error {
	l, err := LinkOf(tx, host)
	if err != nil || l == nil || !l.Lost {
		return err
	}
	if !l.StoodDown {
		name := fmt.Sprintf("number %d", host)
		if h, err := store.GetAny[cloud.Host](tx, host); err == nil {
			name = h.Name
		}
		return cloud.Errorf(cloud.Conflict, "host.stands", "the host %s has not said that it stood down, so it may still run servers", name).
			WithFix("Let its agent reach the control plane and wait until `virga admin host list` says that it stood down. A machine that "+
				"is gone or was installed anew joins again: `virga admin join-token %s`.", name)
	}
	l.Lost, l.StoodDown = false, false
	if err := l.save(tx); err != nil {
		return err
	}
	// It was heard as one that was lost, and has a say from here on.
	if err := touch(tx, l, time.Time{}); err != nil {
		return err
	}
	// What it said before it was lost answers nothing: it is asked for all of it.
	unknown, err := json.Marshal(plan.Status{})
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE orders SET acknowledged = 0, status = $2, updated = $3 WHERE host = $1 AND lost = 1 AND absent = 0`,
		host, string(unknown), tx.Now())
	if err != nil {
		return fmt.Errorf("take host %d back: %w", host, err)
	}
	tx.Notify(topic(host))
	return wakeOwners(tx, host)
}

// wakeOwners lets everybody look who has an order on a host.
func wakeOwners(tx *store.Tx, host int64) error {
	rows, err := tx.Query(`SELECT DISTINCT work_kind, work_key FROM orders WHERE host = $1 ORDER BY work_kind, work_key`, host)
	if err != nil {
		return fmt.Errorf("owners on host %d: %w", host, err)
	}
	defer rows.Close()
	var owners []Owner
	for rows.Next() {
		var o Owner
		if err := rows.Scan(&o.Kind, &o.Key); err != nil {
			return err
		}
		owners = append(owners, o)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, o := range owners {
		if o.Kind == orphanWork {
			continue
		}
		if err := work.Enqueue(tx, o.Kind, o.Key, 0); err != nil {
			return err
		}
	}
	return nil
}
