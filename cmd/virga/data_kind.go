package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Kinds of an installation, as its file "kind" names them. One whose hosts are
// simulated has nothing outside its folder, and rows of machines that never were.
const (
	kindReal = "real"
	kindFake = "simulated"
)

// kindOf is what a folder was first started as, "" when nobody wrote it down and
// it cannot be told.
//
// path: the operator's own folder
func kindOf(dir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, "kind"))
	if err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the kind of the installation: %w", err)
	}
	// Folders are older than the file. Only real hosts have machines there, and
	// only `virga up --fake` has hosts beside each other.
	for at, kind := range map[string]string{"hosts": kindFake, "host/machine/vms": kindReal} {
		if _, err := os.Stat(filepath.Join(dir, at)); err == nil {
			return kind, nil
		}
	}
	return "", nil
}

// mayBe refuses a start of the other kind: the database tells of machines that it
// would not find, and would make anew, empty.
func (d *data) mayBe(fake bool) error {
	other, fix := kindFake, "start it with --fake"
	if fake {
		other, fix = kindReal, "start it without --fake"
	}
	is, err := kindOf(d.dir)
	if err == nil && is == other {
		return fail(exitConflict, "the hosts of the installation in %s are %s; %s, or name another folder with --data", d.dir, is, fix)
	}
	return err
}

// be writes down of which kind the folder is, once something was made in it.
func (d *data) be(fake bool) error {
	want := map[bool]string{false: kindReal, true: kindFake}[fake]
	if is, err := kindOf(d.dir); err != nil || is == want {
		return err
	}
	return writeFile(d.path("kind"), []byte(want+"\n"), 0o600)
}
