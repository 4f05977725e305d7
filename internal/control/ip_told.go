package control

import (
	"fmt"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// tellWithin is for how long new addresses wait for hosts that have not told what they
// have since the database came back from a backup, or another one stepped in. Those
// that run need some seconds; one that is away for longer keeps nobody waiting.
const tellWithin = 5 * time.Minute

// told are the regions whose hosts have told all they have, by the incarnation of the
// database that they told it to: nobody needs to ask for these again.
type told struct {
	mu          sync.Mutex
	incarnation cloud.UID
	regions     map[int64]bool
}

func (d *told) has(incarnation cloud.UID, region int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.incarnation == incarnation && d.regions[region]
}

func (d *told) add(incarnation cloud.UID, region int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.incarnation != incarnation || d.regions == nil {
		d.incarnation, d.regions = incarnation, map[int64]bool{}
	}
	d.regions[region] = true
}

// untold refuses a new address as long as a host of the region may use it without the
// database knowing: what was given after the backup is forgotten until its host tells.
func (t *Txn) untold(region int64) error {
	db := t.DB()
	incarnation, now := db.Incarnation(), t.Now()
	if t.C.told.has(incarnation, region) {
		return nil
	}
	until := db.Begun(now).Add(tellWithin)
	if !now.Before(until) {
		t.C.told.add(incarnation, region)
		return nil
	}
	rows, err := t.Query(`SELECT h.name FROM host h JOIN link l ON l.host = h.id
		WHERE h.region_id = $1 AND h.state = $2 AND h.closed IS NULL AND (l.incarnation <> $3 OR l.adopting = 1) ORDER BY h.id LIMIT 1`,
		region, string(cloud.HostUp), incarnation.Hex())
	if err != nil {
		return fmt.Errorf("hosts that did not tell: %w", err)
	}
	defer rows.Close()
	name := ""
	for rows.Next() {
		if err := rows.Scan(&name); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil || name == "" {
		if err == nil {
			t.C.told.add(incarnation, region)
		}
		return err
	}
	which, fix := "a host of the region", ""
	if t.Call.Actor.Operates() {
		which = "the host " + name
		fix = " A host that is gone for good is declared lost: `virga admin host lost " + name + "`."
	}
	return cloud.Errorf(cloud.Unavailable, "ip.untold",
		"the database is an older one since %s, and %s has not said yet which addresses it uses",
		db.Begun(now).UTC().Format(time.RFC3339), which).
		WithFix("Try again in a moment. After %s it is not waited for any longer.%s", until.UTC().Format(time.RFC3339), fix)
}
