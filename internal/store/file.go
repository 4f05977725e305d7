package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// place makes a finished temporary file the real one: its bytes first, then
// its name, then the folder that holds the name.
func place(tmp, name string) error {
	if err := syncFile(tmp); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Rename(tmp, name); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return syncFile(filepath.Dir(name))
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close() // the error of Sync says more
		return err
	}
	return f.Close()
}

// discard removes a temporary SQLite file and what lies beside it; none is
// fine.
func discard(name string) error {
	var errs []error
	for _, ext := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(name + ext); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// discardCopies removes what a migration kept of the file as it was before.
func discardCopies(name string) error {
	found, err := filepath.Glob(name + ".v*")
	for _, f := range found {
		err = errors.Join(err, os.Remove(f))
	}
	return err
}

// copyBytes copies a file to a new one that only its owner may read.
func copyBytes(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
