package httpd

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookAgain is how soon another certificate in the same files is noticed.
const lookAgain = 10 * time.Second

// Certificate is a certificate in files, which somebody renews now and then. It
// is safe for concurrent use.
type Certificate struct {
	cert, key string
	log       *slog.Logger
	now       func() time.Time

	mu     sync.Mutex
	pair   *tls.Certificate
	stamp  string    // of the files that pair is from
	looked time.Time // when the files were looked at last
	failed string    // stamp of files that could not be read
}

// OpenCertificate reads a certificate with its chain, and its key.
func OpenCertificate(cert, key string, log *slog.Logger, now func() time.Time) (*Certificate, error) {
	c := &Certificate{cert: cert, key: key, log: log, now: now}
	stamp, err := c.stampOf()
	if err == nil {
		err = c.load(stamp)
	}
	if err != nil {
		return nil, err
	}
	c.looked = now()
	return c, nil
}

// Config is for the listener of both APIs.
func (c *Certificate) Config() *tls.Config {
	return tlsConfig(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(), nil })
}

// tlsConfig is what both kinds of certificates are served with.
func tlsConfig(get func(*tls.ClientHelloInfo) (*tls.Certificate, error), more ...string) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: append([]string{"h2", "http/1.1"}, more...), GetCertificate: get}
}

// Names are those that the certificate is for.
func (c *Certificate) Names() []string { return c.current().Leaf.DNSNames }

// current is the newest certificate that could be read: a renewal that is half
// written leaves the one before.
func (c *Certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.looked) >= lookAgain || now.Before(c.looked) {
		c.looked = now
		stamp, err := c.stampOf()
		if err == nil && stamp != c.stamp && stamp != c.failed {
			err = c.load(stamp)
		}
		if err != nil && stamp != c.failed {
			c.failed = stamp
			c.log.Error("the certificate cannot be read again; the one before stays", "error", err)
		}
	}
	return c.pair
}

// stampOf changes when one of the files does.
//
// path: the operator's
func (c *Certificate) stampOf() (stamp string, err error) {
	for _, name := range []string{c.cert, c.key} {
		st, err := os.Stat(name)
		if err != nil {
			return "", fmt.Errorf("certificate: %w", err)
		}
		stamp += fmt.Sprintf("%d %d ", st.Size(), st.ModTime().UnixNano())
	}
	return stamp, nil
}

func (c *Certificate) load(stamp string) error {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", c.cert, c.key, err)
	}
	if pair.Leaf == nil {
		return errors.New("certificate: it was not parsed")
	}
	if end := pair.Leaf.NotAfter; end.Before(c.now()) {
		return fmt.Errorf("certificate %s: it ended at %s", c.cert, end.UTC().Format(time.DateTime))
	}
	c.pair, c.stamp = &pair, stamp
	return nil
}
