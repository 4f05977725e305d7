package reconcile

import (
	"fmt"

	"github.com/virga-cloud/virga/internal/store"
)

// PullTimes corrects times that lie in the future, after a clock that was ahead
// was set right: what moved then moved now, and what was to be due some time
// after a moment that has not come yet is due as long after now. Without it an
// event would never be given up, and a grace period would last as long as the
// clock was ahead.
func PullTimes(tx *store.Tx) error {
	now := tx.Now()
	var texts []string
	for _, table := range []string{"server", "router", "volume"} {
		texts = append(texts,
			`UPDATE "`+table+`" SET "remove_after" = "remove_after" - ("change_at" - $1) WHERE "remove_after" IS NOT NULL AND "change_at" > $1`,
			`UPDATE "`+table+`" SET "change_at" = $1 WHERE "change_at" > $1`,
			`UPDATE "`+table+`" SET "moved_at" = $1 WHERE "moved_at" > $1`,
		)
	}
	texts = append(texts,
		`UPDATE "snapshot" SET "expires" = "expires" - ("created" - $1) WHERE "expires" IS NOT NULL AND "created" > $1`,
		`UPDATE "snapshot" SET "created" = $1 WHERE "created" > $1`,
		`UPDATE "host" SET "last_seen" = $1 WHERE "last_seen" > $1`,
		`UPDATE link SET seen = $1 WHERE seen > $1`,
	)
	for _, text := range texts {
		if err := tx.Later(nil, text, now); err != nil {
			return fmt.Errorf("times in the future: %w", err)
		}
	}
	if err := tx.Later(nil, `UPDATE "server" SET "retry_at" = $1 WHERE "retry_at" > $1`, now.Add(retryEvery)); err != nil {
		return fmt.Errorf("times in the future: %w", err)
	}
	return nil
}
