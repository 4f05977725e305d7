package store

import (
	"bytes"
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

// sameBytes compares two files.
func sameBytes(a, b string) (bool, error) {
	var files [2]*os.File
	for i, name := range []string{a, b} {
		f, err := os.Open(name)
		if err != nil {
			return false, err
		}
		defer f.Close()
		files[i] = f
	}
	x, y := make([]byte, 1<<16), make([]byte, 1<<16)
	for {
		n, errX := io.ReadFull(files[0], x)
		m, errY := io.ReadFull(files[1], y)
		switch {
		case !bytes.Equal(x[:n], y[:m]):
			return false, nil
		case errors.Is(errX, io.EOF) || errors.Is(errX, io.ErrUnexpectedEOF):
			return errors.Is(errY, io.EOF) || errors.Is(errY, io.ErrUnexpectedEOF), nil
		case errX != nil || errY != nil:
			return false, errors.Join(errX, errY)
		}
	}
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
