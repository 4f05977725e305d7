package hub

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// tokenPrefix lets people and secret scanners recognise a join token.
const tokenPrefix = "vgjoin-"

// IssueJoinToken makes a token with which one machine may become a host, as
// part of a transaction. secret is randomness from outside, at least 16
// bytes: a transaction may run again and must come to the same token. The
// token holds the pin of the authority, so that the machine knows whom it
// talks to.
func (ca *CA) IssueJoinToken(tx *store.Tx, host int64, secret []byte, valid time.Duration) (string, error) {
	if len(secret) < 16 {
		return "", fmt.Errorf("join token for host %d: %d bytes of secret are too few", host, len(secret))
	}
	text := hex.EncodeToString(secret)
	err := tx.Later(nil, `INSERT INTO join_token (hash, host, expires) VALUES ($1, $2, $3)`,
		tokenHash(text), host, tx.Now().Add(valid))
	if err != nil {
		return "", fmt.Errorf("join token for host %d: %w", host, err)
	}
	// Old ones are of no use to anybody.
	if err := tx.Later(nil, `DELETE FROM join_token WHERE expires < $1`, tx.Now()); err != nil {
		return "", err
	}
	return tokenPrefix + text + "-" + ca.Pin(), nil
}

// IssueJoinToken is CA.IssueJoinToken in a transaction of its own.
func (h *Hub) IssueJoinToken(ctx context.Context, host int64, valid time.Duration) (token string, err error) {
	if h.opt.CA == nil {
		return "", errors.New("this hub has no certificate authority")
	}
	var secret [20]byte
	if _, err := io.ReadFull(h.opt.Rand, secret[:]); err != nil {
		return "", err
	}
	err = h.db.Write(ctx, func(tx *store.Tx) (err error) {
		token, err = h.opt.CA.IssueJoinToken(tx, host, secret[:], valid)
		return err
	})
	return token, err
}

// tokenHash is what is kept of a token's secret. It is random and long, so a
// plain hash is enough.
func tokenHash(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

// join gives a certificate to whoever has a token. A token works for one key
// only; the same key may ask again, because answers get lost. Certificates of
// earlier joins of the host are void from then on.
func (h *Hub) join(ctx context.Context, token string, csr []byte) ([]byte, error) {
	secret, ok := strings.CutPrefix(token, tokenPrefix)
	if !ok {
		return nil, errToken
	}
	secret, _, _ = strings.Cut(secret, "-")
	req, err := x509.ParseCertificateRequest(csr)
	if err != nil {
		return nil, cloud.Errorf(cloud.Invalid, "join.csr", "the certificate request cannot be read")
	}
	key := sha256.Sum256(req.RawSubjectPublicKeyInfo)
	var c caller
	err = h.db.Write(ctx, func(tx *store.Tx) error {
		var used []byte
		hash := tokenHash(secret)
		err := tx.QueryRow(`SELECT host, used, enrolment FROM join_token WHERE hash = $1 AND expires >= $2`, hash, tx.Now()).
			Scan(&c.host, &used, &c.number)
		if errors.Is(err, sql.ErrNoRows) {
			return errToken
		}
		if err != nil {
			return err
		}
		if used != nil {
			if subtle.ConstantTimeCompare(used, key[:]) != 1 {
				return errToken
			}
			// Another machine may have joined with another token since.
			if s, _, err := standingOf(tx, c); err != nil || s == overtaken {
				return errors.Join(err, errToken)
			}
			return nil
		}
		if c.number, err = enrol(tx, c.host); err != nil {
			return err
		}
		err = tx.Later(nil, `UPDATE join_token SET used = $2, enrolment = $3 WHERE hash = $1`, hash, key[:], c.number)
		return err
	})
	if err != nil {
		return nil, err
	}
	return h.opt.CA.host(csr, c)
}

// errToken does not say whether a token is wrong, used or too old.
var errToken = cloud.Errorf(cloud.Unauthorized, "join.token", "this join token is not valid").
	WithFix("Make another with `virga admin join-token HOST`; each is valid once.")

// ownCert is the certificate of this node. It is made anew in time, because
// a control plane may run for longer than a certificate lives.
type ownCert struct {
	ca   *CA
	mu   sync.Mutex
	cert *tls.Certificate
}

func (o *ownCert) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cert.Leaf.NotAfter.Sub(o.ca.now()) < certLifetime/3 {
		cert, err := o.ca.server()
		if err != nil {
			return nil, err
		}
		o.cert = cert
	}
	return o.cert, nil
}
