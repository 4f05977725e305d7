package store

// Waiting tells how many writes are queued behind a leader, for tests that
// need them in a known order.
func Waiting(db *DB) int {
	return db.eng.(*sqliteDB).waiting()
}

// Placeholders is how SQLite gets a text.
func Placeholders(query string) string { return placeholders(query) }
