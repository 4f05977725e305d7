package httpd

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// LetsEncrypt is the directory of the authority that is asked when no other is named.
const LetsEncrypt = certmagic.LetsEncryptProductionCA

const (
	acmeTry    = 3 * time.Minute  // for one try to get a certificate, all of it
	acmeAgain  = time.Minute      // before the second try; each pause is twice the one before
	acmeSeldom = time.Hour        // the longest pause: authorities count failures by the hour
	acmeCheck  = 10 * time.Minute // between two looks whether something is to be renewed
	maxCause   = 500              // bytes of what an authority says that are told
)

// ACMEOptions is how certificates are had by ACME (RFC 8555). All fields are
// required unless marked.
type ACMEOptions struct {
	Names []string // host names in small letters; each gets a certificate of its own
	Email string   // where the authority reaches the operator
	CA    string   // URL of its directory
	// Roots say who may be that authority (optional: those of the system).
	Roots *x509.CertPool
	Dir   string // folder for the account, the keys and the certificates
	At    string // address of the listener that has Config
	Log   *slog.Logger
	Now   func() time.Time
	// Again is the first pause after a failure, and Check how often is looked
	// whether something is to be renewed (optional: acmeAgain, acmeCheck).
	Again, Check time.Duration
}

// ACME has certificates from an authority, which it convinces over our own listener
// (TLS-ALPN-01, RFC 8737). Kept ones are there at once; nothing waits for the rest
// but the handshakes for their names. It is safe for concurrent use.
type ACME struct {
	o      ACMEOptions
	cache  *certmagic.Cache
	config *certmagic.Config

	mu    sync.Mutex
	lacks map[string]lack
}

// lack is why a certificate is not there, or not renewed.
type lack struct {
	since time.Time
	cause string
}

// OpenACME reads what is kept, and calls nobody.
//
// path: the operator's own folder
func OpenACME(ctx context.Context, o ACMEOptions) (*ACME, error) {
	host, text, err := net.SplitHostPort(o.At)
	if err != nil {
		return nil, fmt.Errorf("certificates for %s: %w", o.At, err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, fmt.Errorf("certificates for %s: %w", o.At, err)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	if o.Again == 0 {
		o.Again = acmeAgain
	}
	if o.Check == 0 {
		o.Check = acmeCheck
	}
	a := &ACME{o: o, lacks: map[string]lack{}}
	quiet := zap.NewNop() // what the library has to say comes as events and errors, which we log in our words
	a.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert:   func(certmagic.Certificate) (*certmagic.Config, error) { return a.config, nil },
		RenewCheckInterval: o.Check, Logger: quiet,
	})
	a.config = certmagic.New(a.cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: o.Dir}, OnEvent: a.event, DefaultServerName: o.Names[0], Logger: quiet,
		OCSP: certmagic.OCSPConfig{DisableStapling: true}, // authorities have given it up
	})
	a.config.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(a.config, certmagic.ACMEIssuer{
		CA: o.CA, Email: o.Email, Agreed: true, TrustedRoots: o.Roots, Logger: quiet,
		DisableHTTPChallenge: true, DisableDistributedSolvers: true,
		ListenHost: host, AltTLSALPNPort: port, // where it finds us listening already
	})}
	for _, name := range o.Names {
		_, err := a.config.CacheManagedCertificate(ctx, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			a.lacks[name] = lack{o.Now(), "it was asked for at " + o.CA}
		case err != nil:
			a.lacks[name] = lack{o.Now(), "the kept one cannot be read: " + err.Error()}
		}
	}
	return a, nil
}

// Config is for the listener of both APIs.
func (a *ACME) Config() *tls.Config { return tlsConfig(a.config.GetCertificate, "acme-tls/1") }

// Names are those that certificates are had for.
func (a *ACME) Names() []string { return a.o.Names }

// Run gets what is lacking and renews the rest until ctx ends.
func (a *ACME) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, w := range a.Waits() {
		all.Go(func() { a.get(ctx, w.Name) })
	}
	// What ended while nobody ran is renewed now, and not at the first look.
	if err := a.cache.RenewManagedCertificates(ctx); err != nil {
		a.o.Log.Error("certificates cannot be looked through", "error", err)
	}
	all.Wait()
	<-ctx.Done()
	ended := make(chan struct{})
	go func() { a.cache.Stop(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(lastWords): // it asks an authority that does not answer; the end of the process is its end
	}
	return nil
}

// get tries until there is a certificate of that name.
func (a *ACME) get(ctx context.Context, name string) {
	for pause := a.o.Again; ; pause = min(2*pause, acmeSeldom) {
		try, cancel := context.WithTimeout(ctx, acmeTry)
		err := a.config.ManageSync(try, []string{name})
		cancel()
		switch {
		case err == nil:
			a.has(name)
			return
		case ctx.Err() != nil:
			return
		}
		a.failed(name, err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// event is told what becomes of renewals, which the library makes by itself.
func (a *ACME) event(_ context.Context, what string, data map[string]any) error {
	name, _ := data["identifier"].(string)
	if renewal, _ := data["renewal"].(bool); !renewal {
		return nil
	}
	switch what {
	case "cert_obtained":
		a.has(name)
	case "cert_failed":
		err, _ := data["error"].(error)
		a.failed(name, err)
	}
	return nil
}

func (a *ACME) has(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.lacks, name)
	a.o.Log.Info("there is a certificate", "name", name)
}

func (a *ACME) failed(name string, err error) {
	cause := fmt.Sprintf("%s does not give one: %v", a.o.CA, err)
	if end := a.ends(name); !end.IsZero() {
		cause = fmt.Sprintf("the one that is used ends at %s, and %s does not renew it: %v", end.UTC().Format(time.RFC3339), a.o.CA, err)
	}
	cause = cloud.Shown(cause, "")
	if len(cause) > maxCause {
		cause = strings.ToValidUTF8(cause[:maxCause], "") + " ..."
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	l, known := a.lacks[name]
	if !known {
		l.since = a.o.Now()
	}
	l.cause = cause
	a.lacks[name] = l
	a.o.Log.Warn("no certificate could be had", "name", name, "cause", cause)
}

// ends is when the certificate that is used for a name ends; the zero time: there is none.
func (a *ACME) ends(name string) time.Time {
	for _, c := range a.cache.AllMatchingCertificates(name) {
		return c.Leaf.NotAfter
	}
	return time.Time{}
}

// Lacks tells whether there is no certificate yet for who calls a host.
func (a *ACME) Lacks(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host = strings.ToLower(host); !slices.Contains(a.o.Names, host) {
		host = a.o.Names[0] // what is shown to others
	}
	return a.ends(host).IsZero()
}

// Waits says which certificates are not there, or not renewed: since when, why, and
// what to do.
func (a *ACME) Waits() (list []control.Wait) {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, port, _ := net.SplitHostPort(a.o.At)
	for name, l := range a.lacks {
		list = append(list, control.Wait{
			Kind: "certificate", ID: int64(slices.Index(a.o.Names, name) + 1), Name: name, Since: l.since, For: l.cause,
			Fix: fmt.Sprintf("The name must lead to this node, and port 443 of that address to port %s here, for the authority to see. "+
				"It is tried again by itself, at the latest an hour after the last time.", port),
		})
	}
	slices.SortFunc(list, func(x, y control.Wait) int { return int(x.ID - y.ID) })
	return list
}

// State is a sentence for each name, for people who start the node.
func (a *ACME) State() []string {
	said := map[string]string{}
	for _, w := range a.Waits() {
		said[w.Name] = "waits: " + w.For + "; `virga doctor` says what is the matter"
	}
	list := make([]string, 0, len(a.o.Names))
	for _, name := range a.o.Names {
		text := said[name]
		if text == "" {
			text = "until " + a.ends(name).UTC().Format(time.DateOnly)
		}
		list = append(list, name+" "+text)
	}
	return list
}
