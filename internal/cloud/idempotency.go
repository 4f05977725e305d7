package cloud

import "time"

// Idempotency remembers an accepted write for 24 hours, so that a repeat
// with the same key answers the same (docs/explain/repeats.md).
type Idempotency struct {
	ID      int64
	UserID  int64
	Key     string // as sent
	Digest  []byte // SHA-256 of dialect, method, path and body: another request under the same key is refused
	Status  int    // of the answer
	Body    string // sealed
	Created time.Time
	// Asked is what the write asked permission for. A repeat asks again: whoever
	// may not do it any more is told nothing of what came of it.
	Asked []Asked
}

// Asked is one question for permission.
type Asked struct {
	Flag     string `json:"flag"`
	Write    bool   `json:"write"`
	MemberID int64  `json:"member"`
	SiteID   int64  `json:"site,omitempty"`
	RegionID int64  `json:"region,omitempty"`

	ByOperator bool `json:"by_operator,omitempty"`
}
