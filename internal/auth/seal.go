package auth

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/virga-cloud/virga/internal/crash"
)

// Sealer hides values in the database: first passwords, API keys, stored
// answers. The key is a file outside of it, so that a copy of the database alone
// gives nothing away.
type Sealer struct {
	aead cipher.AEAD
	rand io.Reader
	key  []byte
}

// Marks say how a value was sealed: the older ones without a place.
const (
	sealMark    = "v2:"
	oldSealMark = "v1:"
)

// masterKeyLen is AES-256.
const masterKeyLen = 32

// OpenSealer reads DATA/keys/master, or makes it at the first start.
func OpenSealer(dir string, rand io.Reader) (*Sealer, error) {
	key, err := loadOrMake(filepath.Join(dir, "master"), func() ([]byte, error) {
		key := make([]byte, masterKeyLen)
		_, err := io.ReadFull(rand, key)
		return key, err
	})
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	return NewSealer(key, rand)
}

// NewSealer makes a Sealer with a key of 32 bytes.
func NewSealer(key []byte, rand io.Reader) (*Sealer, error) {
	if len(key) != masterKeyLen {
		return nil, fmt.Errorf("the master key has %d bytes, not %d", len(key), masterKeyLen)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	return &Sealer{aead: aead, rand: rand, key: bytes.Clone(key)}, nil
}

// Derive makes a key for another purpose out of the master key: who has it knows
// nothing of the master key or of keys for other purposes.
func (s *Sealer) Derive(purpose string) []byte {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte("virga key: " + purpose))
	return m.Sum(nil)
}

// Seal hides a text that belongs to a place, such as the row of one user: sealed
// values that were moved from one row to another in the database do not open. The empty text stays empty, so that "none" can be seen in
// the database. It panics when there is no randomness: going on would reuse a
// nonce, which gives the key away.
func (s *Sealer) Seal(place, plain string) string {
	if plain == "" {
		return ""
	}
	nonce := make([]byte, s.aead.NonceSize(), s.aead.NonceSize()+len(plain)+s.aead.Overhead())
	if _, err := io.ReadFull(s.rand, nonce); err != nil {
		panic("auth: no randomness to seal with: " + err.Error())
	}
	return sealMark + base64.RawStdEncoding.EncodeToString(s.aead.Seal(nonce, nonce, []byte(plain), []byte(place)))
}

var errSealed = errors.New("the value was not sealed with this master key, or for another row")

// Open is the inverse of Seal, for the same place.
func (s *Sealer) Open(place, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	bound := []byte(place)
	text, ok := strings.CutPrefix(sealed, sealMark)
	if !ok {
		if text, ok = strings.CutPrefix(sealed, oldSealMark); !ok {
			return "", errSealed
		}
		bound = nil
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(raw) < s.aead.NonceSize() {
		return "", errSealed
	}
	n := s.aead.NonceSize()
	plain, err := s.aead.Open(nil, raw[:n], raw[n:], bound)
	if err != nil {
		return "", errSealed
	}
	return string(plain), nil
}

// loadOrMake reads a key file, or makes it when there is none. The file is
// complete and on disk before it gets its name, and an existing one is never
// replaced: a lost key makes everything sealed with it unreadable.
func loadOrMake(path string, make func() ([]byte, error)) ([]byte, error) {
	key, err := os.ReadFile(path)
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return key, err
	}
	if key, err = make(); err != nil {
		return nil, err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, ".new-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(key)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return nil, err
	}
	if err := crash.Here(pointMake); err != nil {
		return nil, err
	}
	// Link fails when another process was faster; then its key counts.
	if err := os.Link(f.Name(), path); errors.Is(err, os.ErrExist) {
		return os.ReadFile(path)
	} else if err != nil {
		return nil, err
	}
	if err := syncDir(dir); err != nil {
		return nil, err
	}
	return key, crash.Here(pointMade)
}

// Around the moment in which a key file gets its name.
var (
	pointMake = crash.Register("key.make.before")
	pointMade = crash.Register("key.make.after")
)

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
