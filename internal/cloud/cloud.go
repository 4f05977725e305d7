// Package cloud holds the nouns of Virga: what there is, which states it can
// be in, what its limits are and what makes it valid. It knows nothing of
// databases, HTTP or hosts.
package cloud

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// UID is the random 128-bit identity of a row. The 1&1 dialect shows it as 32
// upper-case hexadecimal digits, hosts as lower-case ones.
type UID [16]byte

// String is the form of the 1&1 dialect.
func (u UID) String() string {
	const digits = "0123456789ABCDEF"
	var b [32]byte
	for i, c := range u {
		b[2*i], b[2*i+1] = digits[c>>4], digits[c&15]
	}
	return string(b[:])
}

// Hex is the lower-case form that documents and artefacts carry.
func (u UID) Hex() string {
	var b [32]byte
	hex.Encode(b[:], u[:])
	return string(b[:])
}

// IsZero tells an unset identity.
func (u UID) IsZero() bool { return u == UID{} }

// MarshalText makes a UID usable as JSON text and map key.
func (u UID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (u *UID) UnmarshalText(b []byte) error {
	v, ok := ParseUID(string(b))
	if !ok && len(b) != 0 {
		return fmt.Errorf("%q is no id of 32 hexadecimal digits", b)
	}
	*u = v
	return nil
}

// ParseUID reads 32 hexadecimal digits in either case.
func ParseUID(s string) (UID, bool) {
	var u UID
	if len(s) != 32 {
		return u, false
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return u, false
	}
	copy(u[:], b)
	return u, true
}

// DeriveUID makes an identity that follows from others, for rows whose
// identity must be the same whenever they are made again (a repeated import
// of the same image, for example).
func DeriveUID(parts ...string) UID {
	h := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	var u UID
	copy(u[:], h[:16])
	return u
}

// Meta is what every row has. A row is alive while Closed is nil; unique
// indexes cover live rows only.
type Meta struct {
	ID         int64 // the number of the CloudCIX dialect, never used again
	UID        UID   // the id of the 1&1 dialect and on hosts
	Created    time.Time
	Updated    time.Time // moves only with writes that a user can see (R37)
	ModifiedBy int64     // user; 0 = the system
	Closed     *time.Time
	// Narrow marks a row of which only some columns were read (Query.Only); what
	// was not is zero. The store sets it, and refuses to write such a row.
	Narrow bool `db:"-"`
}

// Alive tells whether the row was not removed.
func (m *Meta) Alive() bool { return m.Closed == nil }

// Touch records a write that a user can see.
func (m *Meta) Touch(now time.Time, by int64) {
	m.Updated, m.ModifiedBy = now, by
}

// GetMeta gives generic code access to the common part of a row.
func (m *Meta) GetMeta() *Meta { return m }
