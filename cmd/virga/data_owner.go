package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// others are the rights of everybody but the owner to change something.
const others = 0o022

// checkFolder refuses a folder that somebody else could have prepared, or could
// change under us: keys that he planted would be ours. As ssh does with its
// files, it looks at the folder and at each one above it. What is not there yet
// is made by us.
func checkFolder(dir string) error {
	for at := dir; ; at = filepath.Dir(at) {
		st, err := os.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return fmt.Errorf("look at %s: %w", at, err)
		case !st.IsDir():
			return fail(exitConflict, "%s is no folder", at)
		case !ours(st) && (at == dir || owner(st) != 0):
			return fail(exitConflict, "%s belongs to user %d, who could have put other keys there; give it to the user that virga runs as",
				at, owner(st))
		case st.Mode()&others != 0 && (at == dir || st.Mode()&fs.ModeSticky == 0):
			return fail(exitConflict, "%s can be changed by others (mode %04o); take that away with `chmod go-w %s`", at, st.Mode().Perm(), at)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// checkFiles refuses links, and files of somebody else, where the installation
// has its own: what is opened by name would be another file. Keys are for nobody
// else to read.
func checkFiles(dir string) error {
	for _, name := range []string{"lock", "tag", "kind", "ready.json", "virga.db", "virga.db-wal", "virga.db-shm", "keys", "images", "host"} {
		if err := checkFile(filepath.Join(dir, name), others); err != nil {
			return err
		}
	}
	// Nobody else gets into it, so what lies in it need not be looked through.
	if err := checkFile(filepath.Join(dir, "acme"), 0o077); err != nil {
		return err
	}
	list, err := os.ReadDir(filepath.Join(dir, "keys"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at the keys: %w", err)
	}
	for _, e := range list {
		if err := checkFile(filepath.Join(dir, "keys", e.Name()), 0o077); err != nil {
			return err
		}
	}
	return nil
}

// checkFile refuses a file that is a link, somebody else's, or open to others.
func checkFile(path string, forbidden fs.FileMode) error {
	st, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look at %s: %w", path, err)
	case !st.Mode().IsRegular() && !st.IsDir():
		return fail(exitConflict, "%s is neither a file nor a folder, and nothing that virga made; move it away", path)
	case !ours(st):
		return fail(exitConflict, "%s belongs to user %d and not to the user that virga runs as; move it away, or give it to that user",
			path, owner(st))
	case st.Mode()&forbidden != 0:
		return fail(exitConflict, "%s is open to others (mode %04o); take that away with `chmod go-rwx %s`", path, st.Mode().Perm(), path)
	}
	return nil
}

func ours(st fs.FileInfo) bool { return owner(st) == os.Geteuid() }

func owner(st fs.FileInfo) int {
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return -1
	}
	return int(sys.Uid)
}
