package image

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// What reads a stranger's file sees that file and no other of the machine: the
// same commands succeed outside.
func TestImportIsCaged(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("a cage needs root")
	}
	dir := t.TempDir()
	theirs, ours, disk := filepath.Join(dir, "theirs"), filepath.Join(dir, "ours"), filepath.Join(dir, DiskName)
	for _, f := range []string{theirs, ours, disk} {
		if err := os.WriteFile(f, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cage := importCage(theirs, disk)
	for _, c := range []struct {
		what   string
		args   []string
		inside bool
	}{
		{"read the file", []string{"cat", theirs}, true},
		{"read another", []string{"cat", ours}, false},
		{"read the users", []string{"cat", "/etc/passwd"}, false},
		{"write the file", []string{"truncate", "-s", "2", theirs}, false},
	} {
		for where, in := range map[string]*sys.Cage{"inside": cage, "outside": nil} {
			_, err := runIn(t.Context(), in, "/", nil, nil, c.args[0], c.args[1:]...)
			if works := err == nil; works != (in == nil || c.inside) {
				t.Errorf("%s %s: %v", where, c.what, err)
			}
		}
	}
}

// A file that only its owner may read is imported too, and stays as it was.
func TestImportOfAPrivateFile(t *testing.T) {
	opts := importOptions(t)
	opts.Raw = true
	file := filepath.Join(t.TempDir(), "mine.raw")
	if err := os.WriteFile(file, []byte(strings.Repeat("disk", 128<<10)), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Import(t.Context(), file, "", opts)
	if err != nil {
		t.Fatal(err)
	}
	if b.VirtualSize != 512<<10 {
		t.Errorf("%d bytes", b.VirtualSize)
	}
	if fi, err := os.Stat(file); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("it has the mode %v, %v", fi.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(opts.Cache, "*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
