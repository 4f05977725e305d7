package store

import (
	"fmt"
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
