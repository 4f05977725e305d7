package cloud

import "time"

// Idempotency remembers an accepted write for 24 hours, so that a repeat
// with the same key answers the same (docs/explain/repeats.md).
type Idempotency struct {
	ID      int64
	UserID  int64
	Key     string
	Digest  []byte
	Status  int
	Body    string // sealed
	Created time.Time
}
