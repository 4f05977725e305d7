package store

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// FeedEntry is what an import looks at of a range that is there.
type FeedEntry struct {
	ID      int64
	Prefix  netip.Prefix
	Source  string
	Comment string
}

// FeedEntries gives all ranges of a feed.
func FeedEntries(tx *Tx, feed string, each func(FeedEntry)) error {
	rows, err := tx.Query(`SELECT id, prefix, source, comment FROM feed_range WHERE feed = $1`, feed)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e FeedEntry
		if err := rows.Scan(&e.ID, Into(&e.Prefix), &e.Source, &e.Comment); err != nil {
			return err
		}
		each(e)
	}
	return tx.rowsErr(rows)
}

// rowsErr is what ended a reading of rows.
func (tx *Tx) rowsErr(rows Rows) error {
	if err := rows.Err(); err != nil {
		return tx.fail(err)
	}
	return nil
}

// feedTogether is how many ranges one statement writes: of more, the engine looks longer
// for each argument than another statement takes.
const feedTogether = 25

// AddFeedRanges stores new ranges of one feed and source, many in one statement, and leaves
// out those that the feed has got meanwhile. It gives how many it stored.
func AddFeedRanges(tx *Tx, feed, source string, rows []FeedEntry) (added int64, err error) {
	for rows := range slices.Chunk(rows, feedTogether) {
		var text strings.Builder
		text.WriteString(`INSERT INTO feed_range (created, updated, feed, source, uid, cidr, prefix, comment) VALUES `)
		args := make([]any, 3, 3+4*len(rows))
		args[0], args[1], args[2] = tx.Now(), feed, source
		for i, row := range rows {
			if i > 0 {
				text.WriteString(", ")
			}
			text.WriteString("($1, $1, $2, $3")
			for range 4 {
				text.WriteString(", $" + strconv.Itoa(len(args)+1))
				args = append(args, nil)
			}
			text.WriteString(")")
			copy(args[len(args)-4:], []any{tx.UID(), row.Prefix.String(), row.Prefix, row.Comment})
		}
		text.WriteString(" ON CONFLICT (feed, prefix) DO NOTHING")
		stored, err := tx.Exec(text.String(), args...)
		if err != nil {
			return added, err
		}
		added += stored
	}
	return added, nil
}

// DropFeedRanges removes ranges for good. Those that are gone already are none.
func DropFeedRanges(tx *Tx, ids []int64) error {
	for ids := range slices.Chunk(ids, feedTogether) {
		args := make([]any, len(ids))
		places := make([]string, len(ids))
		for i, id := range ids {
			args[i], places[i] = id, "$"+strconv.Itoa(i+1)
		}
		if _, err := tx.Exec(`DELETE FROM feed_range WHERE id IN (`+strings.Join(places, ", ")+`)`, args...); err != nil {
			return err
		}
	}
	return nil
}
