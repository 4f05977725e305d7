package auth

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost of argon2id for new passwords (RFC 9106, second recommended option with
// less memory, so that a box with 512 MB can log people in). A stored hash names
// its own cost, so these may be raised at any time.
const (
	argonMemory = 19 * 1024 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

// Limits on the cost that a stored hash may ask for: a damaged or planted row
// must not take the process down.
const (
	argonMaxMemory = 1 << 20 // KiB
	argonMaxTime   = 64
)

// MaxPassword is the longest password in bytes that is looked at. Nobody types
// more, and hashing it is work that a stranger can order.
const MaxPassword = 1024

var b64 = base64.RawStdEncoding

// hashPassword makes the stored form of a password.
func hashPassword(password string, rand io.Reader) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(rand, salt); err != nil {
		return "", fmt.Errorf("salt of a password: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// checkPassword tells whether a password belongs to a stored hash. An empty hash
// (a user without a password) fits nothing, but costs the same time as one that
// does not fit, so that nobody learns which users exist.
func checkPassword(hash, password string) bool {
	h, err := parseHash(hash)
	known := err == nil
	if !known {
		h = argonHash{memory: argonMemory, time: argonTime, lanes: argonLanes, salt: make([]byte, argonSalt), key: make([]byte, argonKey)}
	}
	if len(password) > MaxPassword {
		return false
	}
	key := argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.lanes, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(key, h.key) == 1 && known
}

type argonHash struct {
	memory, time uint32
	lanes        uint8
	salt, key    []byte
}

var errHash = errors.New("no argon2id hash")

// parseHash reads $argon2id$v=19$m=19456,t=2,p=1$salt$key.
func parseHash(s string) (h argonHash, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return h, errHash
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return h, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.lanes); err != nil {
		return h, errHash
	}
	if h.memory > argonMaxMemory || h.time < 1 || h.time > argonMaxTime || h.lanes < 1 {
		return h, errHash
	}
	if h.salt, err = b64.DecodeString(parts[4]); err != nil {
		return h, errHash
	}
	if h.key, err = b64.DecodeString(parts[5]); err != nil || len(h.key) < 16 || len(h.key) > 128 {
		return h, errHash
	}
	return h, nil
}
