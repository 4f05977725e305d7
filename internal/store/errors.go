package store

import (
	"database/sql/driver"

	sqlite3 "modernc.org/sqlite/lib"
)

// errBadConn makes database/sql throw a connection away.
var errBadConn = driver.ErrBadConn

// Duplicate tells whether a write failed because a unique index has such a
// row already. The transaction cannot go on after it.
func Duplicate(err error) bool {
	code := sqliteCode(err)
	return code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || pgCode(err) == pgUnique
}
