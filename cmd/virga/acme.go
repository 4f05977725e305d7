package main

import (
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/httpd"
)

// maxNames is for how many names one node has certificates.
const maxNames = 20

// acmeFlags say from whom certificates of the APIs are had.
type acmeFlags struct {
	names           []string
	email, ca, root string
}

func (f *acmeFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.names, "acme", nil,
		"host names of this node for which certificates are had by ACME, which agrees to the terms of the authority (default: plain HTTP)")
	cmd.Flags().StringVar(&f.email, "acme-email", "", "where the authority reaches the operator; goes with --acme")
	cmd.Flags().StringVar(&f.ca, "acme-ca", httpd.LetsEncrypt, "URL of the directory of the authority")
	cmd.Flags().StringVar(&f.root, "acme-root", "", "file with the certificate of who signed that of a private authority's directory")
}

// options reads the flags; nil: no certificates are had.
func (f *acmeFlags) options(dir string, log *slog.Logger) (*httpd.ACMEOptions, error) {
	if len(f.names) == 0 {
		if f.email != "" || f.root != "" || f.ca != httpd.LetsEncrypt {
			return nil, fail(exitUsage, "--acme-email, --acme-ca and --acme-root go with --acme")
		}
		return nil, nil //nolint:nilnil // as said above
	}
	o := &httpd.ACMEOptions{Email: f.email, CA: f.ca, Dir: dir, Log: log}
	for _, text := range f.names {
		name, err := cloud.HostName("acme", strings.ToLower(text))
		if err != nil {
			return nil, fail(exitUsage, "--acme: %s; a name with a star cannot be had this way", err.Message)
		}
		if _, err := netip.ParseAddr(name); err == nil {
			return nil, fail(exitUsage, "--acme: %s is an address; certificates are had for host names", name)
		}
		if !slices.Contains(o.Names, name) {
			o.Names = append(o.Names, name)
		}
	}
	if len(o.Names) > maxNames {
		return nil, fail(exitUsage, "--acme: %d names, and at most %d are possible", len(o.Names), maxNames)
	}
	if !strings.Contains(f.email, "@") {
		return nil, fail(exitUsage, "--acme needs --acme-email, the address where the authority reaches you")
	}
	if u, err := url.Parse(f.ca); err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, fail(exitUsage, "--acme-ca is a URL that begins with https://, not %q", f.ca)
	}
	if f.root == "" {
		return o, nil
	}
	b, err := os.ReadFile(f.root)
	if err != nil {
		return nil, fmt.Errorf("--acme-root: %w", err)
	}
	o.Roots = x509.NewCertPool()
	if !o.Roots.AppendCertsFromPEM(b) {
		return nil, fail(exitUsage, "--acme-root: there is no certificate in %s", f.root)
	}
	return o, nil
}

// ownWaits are what this node waits for besides the cloud's own: its certificates.
func (n *node) ownWaits() []control.Wait {
	if n.acme == nil {
		return nil
	}
	return n.acme.Waits()
}
