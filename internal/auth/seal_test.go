package auth_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
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
	sealed := one.Seal("row", "s3cret")
	if strings.Contains(sealed, "s3cret") || sealed == one.Seal("row", "s3cret") {
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
	if plain, err := two.Open("row", sealed); err != nil || plain != "s3cret" {
		t.Errorf("%q, %v", plain, err)
	}
	other, err := auth.OpenSealer(t.TempDir(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open("row", sealed); err == nil {
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
		if plain, err := sealers[0].Open("row", s.Seal("row", "x")); err != nil || plain != "x" {
			t.Errorf("%q, %v", plain, err)
		}
	}
}

// A sealed value opens where it belongs and nowhere else; one that was sealed
// before values had places still opens.
func TestSealedForItsRow(t *testing.T) {
	key := make([]byte, 32)
	s, err := auth.NewSealer(key, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sealed := s.Seal("row 1", "s3cret")
	if plain, err := s.Open("row 1", sealed); err != nil || plain != "s3cret" {
		t.Errorf("%q %v", plain, err)
	}
	for _, place := range []string{"row 2", ""} {
		if plain, err := s.Open(place, sealed); err == nil {
			t.Errorf("moved to %q it opens as %q", place, plain)
		}
	}
	if _, err := s.Open("", "v1:"+strings.TrimPrefix(sealed, "v2:")); err == nil {
		t.Error("a new value passes for an old one")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := make([]byte, aead.NonceSize())
	old := "v1:" + base64.RawStdEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte("s3cret"), nil))
	if plain, err := s.Open("row 1", old); err != nil || plain != "s3cret" {
		t.Errorf("an old value: %q %v", plain, err)
	}
	if a, b := s.Derive("orders"), s.Derive("other"); bytes.Equal(a, b) || bytes.Equal(a, key) || !bytes.Equal(a, s.Derive("orders")) {
		t.Error("derived keys are not keys of their own")
	}
}

func TestSealerProperties(t *testing.T) {
	s, err := auth.NewSealer(make([]byte, 32), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.String().Draw(t, "plain")
		sealed := s.Seal("row", plain)
		if back, err := s.Open("row", sealed); err != nil || back != plain {
			t.Fatalf("%q came back as %q: %v", plain, back, err)
		}
		if (sealed == "") != (plain == "") {
			t.Fatalf("%q is sealed as %q", plain, sealed)
		}
		if sealed != "" { // any change is noticed
			at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
			b := []byte(sealed)
			b[at] ^= 1 << rapid.IntRange(0, 6).Draw(t, "bit")
			if back, err := s.Open("row", string(b)); err == nil && back != plain {
				t.Fatalf("a changed value opens as %q", back)
			}
		}
	})
	for _, bad := range []string{"x", "v1:", "v1:AAAA", "v2:AAAA", "v1:!!!!"} {
		if _, err := s.Open("row", bad); err == nil {
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
	bad.Seal("row", "x")
}
