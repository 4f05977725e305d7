package store

import (
	"database/sql/driver"
	"errors"
	"syscall"

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

// IsFull tells whether something failed for want of room in the file system of the
// database.
func IsFull(err error) bool { return err != nil && isFull(err) }

// isFull tells that there is no room left on the disk with the database.
func isFull(err error) bool {
	code := sqliteCode(err)
	return code&0xff == sqlite3.SQLITE_FULL || code == sqlite3.SQLITE_IOERR_SHMSIZE || pgCode(err) == pgDiskFull ||
		errors.Is(err, syscall.ENOSPC)
}

// full makes a sentence of an error for want of room, and leaves others as they are.
func full(err error) error {
	if err == nil || !isFull(err) {
		return err
	}
	return unavailable("write", err)
}
