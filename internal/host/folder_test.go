package host_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
)

// TestFolders: the folder on disk and the one in memory agree, whatever is
// done to them.
func TestFolders(t *testing.T) {
	for _, quick := range []bool{true, false} {
		rapid.Check(t, func(rt *rapid.T) {
			dir, err := os.MkdirTemp(t.TempDir(), "")
			if err != nil {
				rt.Fatal(err)
			}
			disk, memory := host.Dir{Path: dir, Quick: quick}, fake.NewMemory()
			name := rapid.SampledFrom([]string{"vm/" + string(id(1)), "vm/" + string(id(0xab)), "volume/" + string(id(1)), "link/mark"})
			rt.Repeat(map[string]func(*rapid.T){
				"write": func(rt *rapid.T) {
					n, b := name.Draw(rt, "name"), rapid.SliceOf(rapid.Byte()).Draw(rt, "bytes")
					if err := errors.Join(disk.Write(n, b), memory.Write(n, b)); err != nil {
						rt.Fatal(err)
					}
				},
				"remove": func(rt *rapid.T) {
					n := name.Draw(rt, "name")
					if err := errors.Join(disk.Remove(n), memory.Remove(n)); err != nil {
						rt.Fatal(err)
					}
				},
				"": func(rt *rapid.T) {
					a, errA := disk.List()
					b, errB := memory.List()
					if err := errors.Join(errA, errB); err != nil || !slices.Equal(a, b) {
						rt.Fatalf("list: %v and %v, %v", a, b, err)
					}
					for _, n := range a {
						x, errX := disk.Read(n)
						y, errY := memory.Read(n)
						if err := errors.Join(errX, errY); err != nil || !slices.Equal(x, y) {
							rt.Fatalf("read %s: %q and %q, %v", n, x, y, err)
						}
					}
				},
			})
		})
	}
}

func TestDirIsPrivateAndIgnoresHalves(t *testing.T) {
	dir := host.Dir{Path: filepath.Join(t.TempDir(), "agent")}
	if names, err := dir.List(); err != nil || len(names) != 0 {
		t.Errorf("before the first file: %v, %v", names, err)
	}
	if _, err := dir.Read("vm/x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	name := "vm/" + string(id(1))
	if err := dir.Write(name, []byte("hash of a password")); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir.Path, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		if err == nil && !e.IsDir() {
			// What a write leaves that was cut short.
			err = os.WriteFile(path+".tmp", []byte("half"), 0o600)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if names, err := dir.List(); err != nil || !slices.Equal(names, []string{name}) {
		t.Errorf("list = %v, %v", names, err)
	}
}
