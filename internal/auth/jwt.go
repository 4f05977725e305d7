package auth

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Lifetimes of tokens of the CloudCIX dialect (contract, section 3).
const (
	LoginLifetime = 2 * time.Hour
	RenewLifetime = time.Hour
	// SessionLifetime is how long a login can be renewed: a token that was stolen
	// is worth nothing a day later.
	SessionLifetime = 24 * time.Hour
)

// tokenBits is the size of the signing key.
const tokenBits = 2048

// Tokens signs and reads the short tokens of the CloudCIX dialect: JWTs (RS256)
// with the claims uid and exp.
type Tokens struct{ key *rsa.PrivateKey }

// OpenTokens reads DATA/keys/token.pem, or makes it at the first start.
func OpenTokens(dir string, rand io.Reader) (*Tokens, error) {
	text, err := loadOrMake(filepath.Join(dir, "token.pem"), func() ([]byte, error) {
		key, err := rsa.GenerateKey(rand, tokenBits)
		if err != nil {
			return nil, err
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, err
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
	})
	if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("token key: the file is no PEM")
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	key, ok := any.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("token key: %T is no RSA key", any)
	}
	return &Tokens{key: key}, nil
}

// NewTokens makes a Tokens with a given key.
func NewTokens(key *rsa.PrivateKey) *Tokens { return &Tokens{key: key} }

// Session is what a token stands for: a login and its renewals.
type Session struct {
	UID   int64
	Epoch int64     // of the user when it began; another one now, and it is void
	Start time.Time // of the login, by the second
}

type claims struct {
	UID   int64 `json:"uid"`
	Epoch int64 `json:"epoch,omitempty"`
	Start int64 `json:"auth_time,omitempty"` // none in tokens made before there was one
	jwt.RegisteredClaims
}

// Issue makes a token for a session. It lives for lifetime at most, and never
// longer than the session.
func (t *Tokens) Issue(s Session, lifetime time.Duration, now time.Time) (string, error) {
	if s.Start.IsZero() {
		s.Start = now
	}
	end := now.Add(lifetime)
	if last := s.Start.Add(SessionLifetime); end.After(last) {
		end = last
	}
	c := claims{UID: s.UID, Epoch: s.Epoch, Start: s.Start.Unix(), RegisteredClaims: jwt.RegisteredClaims{ExpiresAt: jwt.NewNumericDate(end)}}
	text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, c).SignedString(t.key)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return text, nil
}

// CodeExpired is the code of the error for a token that was good once.
const CodeExpired = "token.expired"

// Parse reads a token. The words "token is expired" are part of the contract:
// the regional robot looks for them before it logs in again.
func (t *Tokens) Parse(token string, now time.Time) (s Session, err error) {
	var c claims
	// The method is fixed here: a token may not choose how it is checked.
	_, err = jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return t.key.Public(), nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}),
		jwt.WithTimeFunc(func() time.Time { return now }),
		jwt.WithExpirationRequired())
	switch {
	case err == nil && c.UID > 0:
		s = Session{UID: c.UID, Epoch: c.Epoch}
		if c.Start > 0 {
			s.Start = time.Unix(c.Start, 0)
		}
		return s, nil
	case errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return s, cloud.Errorf(cloud.Unauthorized, CodeExpired, "JWT token is expired.")
	}
	return s, cloud.Errorf(cloud.Unauthorized, "token", "The token is not valid.")
}
