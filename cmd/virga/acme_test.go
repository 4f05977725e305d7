package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/httpd"
)

// What cannot work is refused before anything runs, with the flag's name.
func TestACMEFlags(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.pem")
	must(t, os.WriteFile(none, []byte("no certificate"), 0o600))
	good := func() upFlags {
		names := []string{"Cloud.example.", "iaas.cloud.example", "cloud.example"}
		return upFlags{acme: acmeFlags{names: names, email: "ops@cloud.example", ca: httpd.LetsEncrypt}}
	}
	d := &data{dir: t.TempDir()}
	f := good()
	o, err := f.options(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"cloud.example", "iaas.cloud.example"}; !slices.Equal(o.acme.Names, want) || o.acme.Dir != d.path("acme") {
		t.Errorf("%+v", o.acme)
	}
	if o.inClear("192.0.2.1:443") {
		t.Error("it is not in clear")
	}
	f = upFlags{acme: acmeFlags{ca: httpd.LetsEncrypt}}
	if o, err := f.options(d, nil); err != nil || o.acme != nil || !o.inClear("192.0.2.1:443") {
		t.Errorf("without: %+v %v", o.acme, err)
	}
	for want, change := range map[string]func(f *upFlags){
		"exclude each other":               func(f *upFlags) { f.tlsCert, f.tlsKey = "cert.pem", "key.pem" },
		"go with --acme":                   func(f *upFlags) { f.acme.names = nil },
		"a name with a star cannot be had": func(f *upFlags) { f.acme.names = []string{"*.cloud.example"} },
		"is an address":                    func(f *upFlags) { f.acme.names = []string{"192.0.2.1"} },
		"at most 20": func(f *upFlags) {
			for i := range maxNames + 1 {
				f.acme.names = append(f.acme.names, strings.Repeat("a", i+1))
			}
		},
		"needs --acme-email":         func(f *upFlags) { f.acme.email = "" },
		"--acme-ca is a URL":         func(f *upFlags) { f.acme.ca = "http://authority.example/" },
		"--acme-root: open":          func(f *upFlags) { f.acme.root = none + ".not" },
		"there is no certificate in": func(f *upFlags) { f.acme.root = none },
	} {
		f := good()
		change(&f)
		if _, err := f.options(d, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
