package image_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/image"
)

// packed is a file to keep, with the digest it has.
func packed(t *testing.T, text string) image.Built {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	b := image.Built{Digest: hex.EncodeToString(sum[:]), Path: filepath.Join(t.TempDir(), "packed"), Bytes: int64(len(text))}
	if err := os.WriteFile(b.Path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestShelf(t *testing.T) {
	s := image.Shelf{Dir: filepath.Join(t.TempDir(), "images")}
	b := packed(t, "bytes")
	if err := s.Remove(b.Digest); err != nil {
		t.Errorf("nothing to remove, no folder: %v", err)
	}
	for range 2 {
		if err := s.Keep(b); err != nil {
			t.Fatal(err)
		}
	}
	f, err := s.Open(b.Digest)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil || string(got) != "bytes" {
		t.Errorf("%q, %v", got, err)
	}
	for range 2 {
		if err := s.Remove(b.Digest); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Open(b.Digest); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it was removed: %v", err)
	}
}

// What is received lies on the shelf when it is what the digest stands for; else
// nothing of it stays.
func TestShelfReceives(t *testing.T) {
	s := image.Shelf{Dir: filepath.Join(t.TempDir(), "images")}
	b := packed(t, "bytes")
	send := func(text string, end error) func(io.Writer) error {
		return func(w io.Writer) error {
			for _, c := range text {
				if _, err := io.WriteString(w, string(c)); err != nil {
					return err
				}
			}
			return end
		}
	}
	for what, fill := range map[string]func(io.Writer) error{
		"other bytes": send("bytec", nil), "less": send("byte", nil), "more": send("bytes!", nil),
		"broken off": send("bytes", errors.New("away")),
	} {
		if err := s.Receive(b.Digest, b.Bytes, fill); err == nil {
			t.Errorf("%s: taken", what)
		}
		if left, err := os.ReadDir(s.Dir); err != nil || len(left) > 0 {
			t.Errorf("%s: left %v, %v", what, left, err)
		}
	}
	if err := s.Receive("../"+b.Digest[3:], b.Bytes, send("bytes", nil)); err == nil {
		t.Error("a name that is no digest was taken")
	}
	for range 2 {
		if err := s.Receive(b.Digest, b.Bytes, send("bytes", nil)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := s.Open(b.Digest)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil || string(got) != "bytes" {
		t.Errorf("%q, %v", got, err)
	}
}

// Nothing but what lies on the shelf is reached by any name, nor through a
// link that somebody put there.
func TestShelfStaysInItsFolder(t *testing.T) {
	data := t.TempDir()
	secret := filepath.Join(data, "keys", "master")
	digest := strings.Repeat("ab", 32)
	s := image.Shelf{Dir: filepath.Join(data, "images")}
	for _, err := range []error{
		os.Mkdir(filepath.Dir(secret), 0o700), os.Mkdir(s.Dir, 0o700), os.WriteFile(secret, []byte("key"), 0o600),
		os.Symlink(secret, filepath.Join(s.Dir, digest)), os.WriteFile(filepath.Join(s.Dir, "other"), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{digest, digest[:32] + "/../../keys/master", "../keys/master", secret, "other", "", "."} {
		if f, err := s.Open(name); err == nil {
			_ = f.Close()
			t.Errorf("%q was opened", name)
		}
		if err := s.Keep(image.Built{Digest: name, Path: secret}); name != digest && err == nil {
			t.Errorf("%q was written", name)
		}
		if err := s.Remove(name); err != nil {
			t.Errorf("remove %q: %v", name, err)
		}
	}
	if got, err := os.ReadFile(secret); err != nil || string(got) != "key" {
		t.Errorf("the key: %q, %v", got, err)
	}
}

// A control plane that died while it copied an image leaves no copy for ever,
// and takes none from another node.
func TestStaleCopies(t *testing.T) {
	s := image.Shelf{Dir: t.TempDir()}
	for name, age := range map[string]time.Duration{"new-old": 25 * time.Hour, "new-young": time.Hour, "abc": 48 * time.Hour} {
		path := filepath.Join(s.Dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	b := packed(t, "bytes")
	if err := s.Keep(b); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	if want := []string{b.Digest, "abc", "new-young"}; !slices.Equal(names, want) {
		t.Errorf("there are %q, want %q", names, want)
	}
}
