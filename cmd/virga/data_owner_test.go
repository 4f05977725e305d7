package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// nobody is a user that tests give files to.
const nobody = 65534

// What somebody else could have prepared is not taken, and nothing in it is
// opened or changed. The first case is the control run.
func TestDataOfOthers(t *testing.T) {
	const link = "neither a file nor a folder"
	secret := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(secret, []byte("as it was"), 0o600))
	for name, c := range map[string]struct {
		prepare func(dir string) error
		want    string // part of the refusal; "" when it is taken
	}{
		"ours":               {func(dir string) error { return os.Mkdir(filepath.Join(dir, "keys"), 0o700) }, ""},
		"a new folder":       {os.Remove, ""},
		"world write":        {func(dir string) error { return os.Chmod(dir, 0o777) }, "can be changed by others"},
		"group write":        {func(dir string) error { return os.Chmod(dir, 0o770) }, "can be changed by others"},
		"sticky itself":      {func(dir string) error { return os.Chmod(dir, 0o777|os.ModeSticky) }, "can be changed by others"},
		"above":              {func(dir string) error { return os.Chmod(filepath.Dir(dir), 0o777) }, "can be changed by others"},
		"a sticky one above": {func(dir string) error { return os.Chmod(filepath.Dir(dir), 0o777|os.ModeSticky) }, ""},
		"lock is a link":     {func(dir string) error { return os.Symlink(secret, filepath.Join(dir, "lock")) }, link},
		"keys is a link":     {func(dir string) error { return os.Symlink(t.TempDir(), filepath.Join(dir, "keys")) }, link},
		"database is a link": {func(dir string) error { return os.Symlink(secret, filepath.Join(dir, "virga.db")) }, link},
		"a key for all to read": {func(dir string) error {
			must(t, os.Mkdir(filepath.Join(dir, "keys"), 0o700))
			return os.WriteFile(filepath.Join(dir, "keys", "master"), make([]byte, 32), 0o644)
		}, "is open to others"},
		"certificates for all to read": {func(dir string) error { return os.Mkdir(filepath.Join(dir, "acme"), 0o755) }, "is open to others"},
		"somebody's folder":            {func(dir string) error { return os.Chown(dir, nobody, nobody) }, "belongs to user 65534"},
		"somebody's above":             {func(dir string) error { return os.Chown(filepath.Dir(dir), nobody, nobody) }, "belongs to user 65534"},
		"somebody's key": {func(dir string) error {
			must(t, os.Mkdir(filepath.Join(dir, "keys"), 0o700))
			must(t, os.WriteFile(filepath.Join(dir, "keys", "master"), make([]byte, 32), 0o600))
			return os.Chown(filepath.Join(dir, "keys", "master"), nobody, nobody)
		}, "belongs to user 65534"},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.Contains(c.want, "belongs") && os.Geteuid() != 0 {
				t.Skip("only root can give files to somebody else")
			}
			dir := filepath.Join(t.TempDir(), "above", "data")
			must(t, os.MkdirAll(dir, 0o700))
			must(t, c.prepare(dir))
			d, err := openData(dir)
			if err == nil {
				d.close()
			}
			if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || exitCode(err) != exitConflict) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	if b, err := os.ReadFile(secret); err != nil || string(b) != "as it was" {
		t.Errorf("a file behind a link was changed: %q %v", b, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
