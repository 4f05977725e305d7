package auth_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/auth"
)

func TestSealerKeepsItsKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	one, err := auth.OpenSealer(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sealed := one.Seal("s3cret")
	if strings.Contains(sealed, "s3cret") || sealed == one.Seal("s3cret") {
		t.Errorf("%q hides nothing, or hides it twice alike", sealed)
	}
	info, err := os.Stat(filepath.Join(dir, "master"))
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Fatalf("%v, %v", info, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("files left over: %v", entries)
	}
	two, err := auth.OpenSealer(dir, broken{}) // a second start makes nothing
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := two.Open(sealed); err != nil || plain != "s3cret" {
		t.Errorf("%q, %v", plain, err)
	}
	other, err := auth.OpenSealer(t.TempDir(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(sealed); err == nil {
		t.Error("another installation's key opens it")
	}
}

// Several processes or goroutines that start at once end up with one key.
func TestSealerRace(t *testing.T) {
	dir := t.TempDir()
	sealers := make([]*auth.Sealer, 8)
	var wg sync.WaitGroup
	for i := range sealers {
		wg.Go(func() {
			s, err := auth.OpenSealer(dir, rand.Reader)
			if err != nil {
				t.Error(err)
			}
			sealers[i] = s
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for _, s := range sealers {
		if plain, err := sealers[0].Open(s.Seal("x")); err != nil || plain != "x" {
			t.Errorf("%q, %v", plain, err)
		}
	}
}

func TestSealerProperties(t *testing.T) {
	s, err := auth.NewSealer(make([]byte, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.String().Draw(t, "plain")
		sealed := s.Seal(plain)
		if back, err := s.Open(sealed); err != nil || back != plain {
			t.Fatalf("%q came back as %q: %v", plain, back, err)
		}
		if (sealed == "") != (plain == "") {
			t.Fatalf("%q is sealed as %q", plain, sealed)
		}
		if sealed != "" { // any change is noticed
			at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
			b := []byte(sealed)
			b[at] ^= 1 << rapid.IntRange(0, 6).Draw(t, "bit")
			if back, err := s.Open(string(b)); err == nil && back != plain {
				t.Fatalf("a changed value opens as %q", back)
			}
		}
	})
	for _, bad := range []string{"x", "v1:", "v1:AAAA", "v2:AAAA", "v1:!!!!"} {
		if _, err := s.Open(bad); err == nil {
			t.Errorf("%q opens", bad)
		}
	}
	if _, err := auth.NewSealer(make([]byte, 16), rand.Reader); err == nil {
		t.Error("a short key is taken")
	}
	bad, _ := auth.NewSealer(make([]byte, 32), broken{})
	defer func() {
		if recover() == nil {
			t.Error("sealed without randomness")
		}
	}()
	bad.Seal("x")
}
