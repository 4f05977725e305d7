package control

import (
	"fmt"
	"io"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
)

// secret is a root password, prepared before the transaction because hashing
// is slow: as the guest gets it, and sealed when it must be shown once.
type secret struct {
	hash, sealed string
	shown        bool
}

// secretFor hashes the password of a request. Without one, and without a key,
// a password is made that the user sees until the first power cycle.
func (c *Control) secretFor(password string, hasKey bool) (secret, error) {
	var s secret
	if password == "" {
		if hasKey {
			return s, nil
		}
		p, err := password12(c.Rand)
		if err != nil {
			return s, err
		}
		password, s.shown = p, true
	} else if n := len(password); n < 8 || n > 64 {
		return s, cloud.Errorf(cloud.Invalid, "password.length", "a password has 8 to 64 characters, not %d", n).On("password")
	}
	var salt [12]byte
	if _, err := io.ReadFull(c.Rand, salt[:]); err != nil {
		return s, fmt.Errorf("salt: %w", err)
	}
	s.hash = auth.Crypt(password, salt[:])
	if s.shown {
		s.sealed = c.Seal.Seal(ofPassword(s.hash), password)
	}
	return s, nil
}

// password12 is a random password without characters that are easily mixed up.
func password12(r io.Reader) (string, error) {
	const letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	var b [12]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b[:]), nil
}
