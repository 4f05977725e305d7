package hub

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// A rival is a second machine that speaks as a host: a copy of the folder of its
// agent, or the machine in whose place it joined. It gets no session.

const (
	// rivalEvery is how exact the time of its last word is kept: it asks again
	// every few seconds.
	rivalEvery = time.Minute
	// rivalFor is for how long after its last word it is an alarm.
	rivalFor = 15 * time.Minute
)

// Rival is a second machine that spoke as a host a short while ago.
type Rival struct {
	Host int64
	Name string // of the host
	What string // the second machine, in words
	At   time.Time
}

// Rivals lists them.
func Rivals(tx *store.Tx) ([]Rival, error) {
	rows, err := tx.Query(`SELECT l.host, h.name, l.rival, l.rival_at FROM link l JOIN host h ON h.id = l.host
		WHERE l.rival_at > $1 AND h.closed IS NULL ORDER BY l.host`, tx.Now().Add(-rivalFor))
	if err != nil {
		return nil, fmt.Errorf("rivals of hosts: %w", err)
	}
	defer rows.Close()
	var list []Rival
	for rows.Next() {
		var r Rival
		if err := rows.Scan(&r.Host, &r.Name, &r.What, store.Into(&r.At)); err != nil {
			return nil, fmt.Errorf("rivals of hosts: %w", err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// noteRival writes down that a second machine spoke. The first word after a
// while is an event of the operator's.
func noteRival(tx *store.Tx, host int64, what string) error {
	var last time.Time
	err := tx.QueryRow(`SELECT rival_at FROM link WHERE host = $1`, host).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // the host never spoke: there are no two
	}
	now := tx.Now()
	if err != nil || now.Sub(last) < rivalEvery {
		return err
	}
	if err := tx.Later(nil, `UPDATE link SET rival = $2, rival_at = $3 WHERE host = $1`, host, what, now); err != nil {
		return fmt.Errorf("rival of host %d: %w", host, err)
	}
	row, err := store.GetAny[cloud.Host](tx, host)
	if store.None(err) || err == nil && now.Sub(last) < rivalFor {
		return nil
	}
	if err != nil {
		return err
	}
	return store.Insert(tx, &cloud.Event{
		Operation: tx.UID(), At: now, Started: now, MemberID: 1, SiteID: 1, RegionID: row.RegionID, UserName: "system", Action: "REFUSE",
		Kind: "host", ObjectID: row.ID, ObjectUID: row.UID, Object: row.Name, End: true, Failed: true,
		Reason: "another machine spoke as it: " + what,
	})
}

// refuseRival opens no session. The one that is refused must not run what its
// documents say: the other does.
func (h *Hub) refuseRival(tx *store.Tx, host int64, what string) (plan.Reply, error) {
	if err := noteRival(tx, host, what); err != nil {
		return plan.Reply{}, err
	}
	return plan.Reply{Refused: "this host speaks from another machine or folder already; if that one is switched off for good, " +
		"say so with `virga admin host moved`"}, nil
}

// Moved records an operator's word that a host's folder lies elsewhere from now
// on, and that nothing runs where it was: the next who speaks as it has it.
func Moved(tx *store.Tx, host int64) error {
	session, err := tx.Next("session")
	if err != nil {
		return err
	}
	if err := tx.Later(nil, `UPDATE link SET place = '', rival = '', rival_at = 0, session = $2 WHERE host = $1`, host, session); err != nil {
		return fmt.Errorf("host %d moved: %w", host, err)
	}
	tx.Notify(topic(host))
	return nil
}

// clip bounds a text that a peer sent.
func clip(s string, n int) string { return s[:min(len(s), n)] }
