package auth_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// A node whose keys are others than the database knows is refused and told which
// one; it makes none in the place of one that is missing.
func TestKeysOfAnotherInstallation(t *testing.T) {
	for name, opt := range map[string]store.Options{
		"sqlite": {Path: filepath.Join(t.TempDir(), "virga.db")}, "postgres": {DSN: pgtest.New(t)},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := store.Open(t.Context(), opt)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			prints := func(of string) []auth.KeyPrint {
				return []auth.KeyPrint{
					{Name: "master key", File: "master", Print: "m" + of},
					{Name: "token key", File: "token.pem", Print: "t" + of},
					{Name: "authority", File: "ca.pem", Print: "a" + of},
				}
			}
			check := func(keys []auth.KeyPrint, accept bool, refused string) {
				t.Helper()
				err := auth.SameKeys(t.Context(), db, keys, accept)
				if refused == "" && err != nil || refused != "" && (!cloud.IsKind(err, cloud.Conflict) || !strings.Contains(err.Error(), refused)) {
					t.Errorf("%v: %v", keys, err)
				}
			}
			empty := t.TempDir()
			if err := auth.KeysThere(t.Context(), db, empty); err != nil {
				t.Errorf("at the first start: %v", err)
			}
			for range 2 { // the first start, and later ones
				check(prints("1"), false, "")
			}
			for i, what := range []string{"master key", "token key", "authority"} {
				other := prints("1")
				other[i].Print = "x"
				check(other, false, "the "+what+" in DATA/keys/")
			}
			if err := auth.KeysThere(t.Context(), db, empty); !cloud.IsKind(err, cloud.Conflict) {
				t.Errorf("without any: %v", err)
			}
			next := prints("1")
			next[2] = auth.KeyPrint{Name: "authority", File: "ca.pem", Print: "a2", Also: []string{"a1"}}
			check(next, false, "") // one takes over from the other
			check(next, false, "")
			check(prints("1"), false, "the authority")
			check(prints("3"), true, "")
			check(prints("3"), false, "")
		})
	}
}

// Fingerprints are of the key and nothing else.
func TestPrints(t *testing.T) {
	dirs := []string{t.TempDir(), t.TempDir()}
	seen := map[string]bool{}
	for _, dir := range append(dirs, dirs...) {
		s, err := auth.OpenSealer(dir, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		k, err := auth.OpenTokens(dir, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		seen[s.Print().Print+k.Print().Print] = true
	}
	if len(seen) != 2 {
		t.Errorf("two folders have %d fingerprints", len(seen))
	}
}
