package control

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

const (
	// exportPage is how many lines one snapshot looks at.
	exportPage = 500
	// removePage is how many operations one transaction removes, so that nobody
	// waits for long.
	removePage = 50
	// exportLeast is how old events are at least that are taken out: what follows
	// them, and what repeats a request, looks at those of the last day.
	exportLeast = 24 * time.Hour
)

// OldEvents are lines of the record that were written out, and their operations.
type OldEvents struct {
	Lines      int
	Operations []cloud.UID
}

// ExportEvents gives each line of the operations that ended before a time to write,
// in the order of ids. What is open stays, and so do the events of servers that are
// alive: their history is part of what is shown of them, and says whether they ran.
func (c *Control) ExportEvents(ctx context.Context, before time.Time, write func(*cloud.Event) error) (old OldEvents, err error) {
	if limit := c.DB.Now().Add(-exportLeast); before.After(limit) {
		return old, cloud.Errorf(cloud.Invalid, "events.before", "events of the last day stay: the time %s is too late",
			before.UTC().Format(time.RFC3339)).On("before").WithFix("Name one up to %s.", limit.UTC().Format(time.RFC3339))
	}
	for at, more := int64(0), true; more; {
		var page []*cloud.Event
		next := at
		err := c.DB.Read(ctx, func(tx *store.Tx) (err error) {
			var n int
			if err := tx.QueryRow(`SELECT COALESCE(MAX(id), $1), COUNT(*) FROM (SELECT id FROM event WHERE id > $2 ORDER BY id LIMIT $3) AS page`,
				at, at, int64(exportPage)).Scan(&next, &n); err != nil {
				return fmt.Errorf("page of events: %w", err)
			}
			more = n == exportPage
			page, err = store.Select[cloud.Event](tx, `SELECT `+store.Columns[cloud.Event]()+` FROM event WHERE id > $1 AND id <= $2
				AND EXISTS (SELECT 1 FROM event o WHERE o.operation = event.operation AND o."end" <> 0 AND o.at < $3)
				AND NOT (kind = 'server' AND EXISTS (SELECT 1 FROM server s WHERE s.id = event.object_id AND s.closed IS NULL))
				ORDER BY id`, at, next, before)
			return err
		})
		if err != nil {
			return old, err
		}
		at = next
		for _, e := range page {
			if err := write(e); err != nil {
				return old, err
			}
			old.Lines++
			if e.End {
				old.Operations = append(old.Operations, e.Operation)
			}
		}
	}
	return old, nil
}

// RemoveEvents takes operations out of the record, some at a time. It may be called
// again with the same.
func (c *Control) RemoveEvents(ctx context.Context, operations []cloud.UID) error {
	for len(operations) > 0 {
		page := operations[:min(removePage, len(operations))]
		operations = operations[len(page):]
		err := c.DB.Write(ctx, func(tx *store.Tx) error {
			places, args := make([]string, len(page)), make([]any, len(page))
			for i, op := range page {
				places[i], args[i] = "$"+strconv.Itoa(i+1), op
			}
			_, err := tx.Exec(`DELETE FROM event WHERE operation IN (`+strings.Join(places, ", ")+`)`, args...)
			return err
		})
		if err != nil {
			return fmt.Errorf("remove events: %w", err)
		}
	}
	return nil
}
