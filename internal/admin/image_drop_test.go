package admin_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// A node frees the bytes of images that were removed through another one, and none
// that somebody may still ask for, that came a short while ago or that it does not know.
func TestDropImages(t *testing.T) {
	r := newRig(t)
	old := time.Now().Add(-48 * time.Hour)
	if err := os.MkdirAll(r.admin.Images.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	lay := func(digit string, age time.Time) string {
		t.Helper()
		digest := strings.Repeat(digit, 64)
		path := filepath.Join(r.admin.Images.Dir, digest)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, age, age); err != nil {
			t.Fatal(err)
		}
		return digest
	}
	know := func(name, digest string, removed bool) {
		t.Helper()
		_, err := r.ctl.AddImage(t.Context(), cloud.Image{Kind: cloud.Appliance, Name: name, Family: "Linux", Digest: digest, SizeBytes: 1})
		if err == nil && removed {
			err = r.ctl.RemoveImage(t.Context(), name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	live, gone, fresh, unknown := lay("a", old), lay("b", old), lay("c", time.Now()), lay("d", old)
	know("live", live, false)
	know("gone", gone, true)
	know("fresh", fresh, true)
	for range 2 {
		if err := r.admin.DropImages(t.Context()); err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(r.admin.Images.Dir)
		var left []string
		for _, f := range files {
			left = append(left, f.Name())
		}
		if err != nil || !slices.Equal(left, []string{live, fresh, unknown}) {
			t.Errorf("left %v, %v", left, err)
		}
	}
}
