package store

// Waiting tells how many writes are queued behind a leader, for tests that
// need them in a known order.
func Waiting(db *DB) int {
	e := db.eng.(*sqliteDB)
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.queue)
}

// Placeholders is how SQLite gets a text.
func Placeholders(query string) string { return placeholders(query) }
