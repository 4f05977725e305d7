package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// NewAPIKey makes a key of the 1&1 dialect, also used as a member's key of the
// CloudCIX login: 32 lower-case hexadecimal digits.
func NewAPIKey(rand io.Reader) (string, error) {
	raw := make([]byte, 16)
	if _, err := io.ReadFull(rand, raw); err != nil {
		return "", fmt.Errorf("API key: %w", err)
	}
	return hex.EncodeToString(raw), nil
}

// APIKeyHash is how a key is found in the database. The key has 128 random bits,
// so nothing slow is needed.
func APIKeyHash(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

// LooksLikeAPIKey keeps obvious nonsense away from the database.
func LooksLikeAPIKey(key string) bool {
	if len(key) != 32 {
		return false
	}
	for _, c := range []byte(key) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
