package store

import (
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// leastRoom is what must be free in the file system of a SQLite database, in bytes: less
// is not enough for the log of one larger transaction.
const leastRoom = 4 << 20

// room knows whether what is written can be kept. It is full from the first write that
// failed for want of room, or when nothing is free though nobody wrote, until there is
// room and a write came through.
type room struct {
	mu     sync.Mutex
	since  time.Time // zero: not full
	failed bool      // a write failed, and none came through since
}

// Full tells since when nothing can be written down because the disk with the database is
// full, in words that go on with "the disk ..."; "" when it can. It looks, and remembers.
func (db *DB) Full() (since time.Time, what string) {
	free, known := db.free()
	db.room.mu.Lock()
	defer db.room.mu.Unlock()
	r := &db.room
	switch low := known && free < leastRoom; {
	case low && r.since.IsZero():
		db.fillsUp(fmt.Errorf("%d kB are free", free>>10))
	case !low && !r.failed && !r.since.IsZero():
		db.opt.Log.Info("the disk with the database has room again", "full since", r.since)
		r.since = time.Time{}
	}
	if r.since.IsZero() {
		return time.Time{}, ""
	}
	what = "the disk with the database of the control plane is full"
	if known {
		what += fmt.Sprintf(" (%d kB are free in the file system of %s)", free>>10, filepath.Dir(db.opt.Path))
	}
	return r.since, what + ": writes fail"
}

// FullFix says what to do about it.
const FullFix = "Its operator must make room there; then it goes on by itself."

// fillsUp begins to be full; with the lock held.
func (db *DB) fillsUp(why error) {
	db.room.since = db.now()
	db.opt.Log.Error("the disk with the database is full: writes fail until there is room", "error", why)
}

// wrote notes how a write ended: nil came through.
func (db *DB) wrote(err error) {
	full := isFull(err)
	if err != nil && !full {
		return
	}
	db.room.mu.Lock()
	if full && db.room.since.IsZero() {
		db.fillsUp(err)
	}
	again := !full && !db.room.since.IsZero()
	db.room.failed = full
	db.room.mu.Unlock()
	if again {
		db.Full() // says so when there is room
	}
}

// free is how many bytes are free for the database, where that can be known.
func (db *DB) free() (n int64, known bool) {
	if db.opt.Free != nil {
		return db.opt.Free(), true
	}
	if db.opt.Path == "" {
		return 0, false
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(db.opt.Path), &st); err != nil {
		return 0, false
	}
	return int64(st.Bavail) * st.Bsize, true
}
