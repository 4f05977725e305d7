package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Folder is where an agent keeps what it must know after a restart. Names
// have the form "kind/id". The simulation hands in one in memory.
type Folder interface {
	// Write replaces a file; when it returns nil, the content survives a
	// power cut, and whenever it is interrupted, the old or the new content
	// is there.
	Write(name string, data []byte) error
	// Read returns fs.ErrNotExist for what is not there.
	Read(name string) ([]byte, error)
	// Remove is success for what is not there.
	Remove(name string) error
	// List names all files, sorted.
	List() ([]string, error)
}

// ErrDamaged is a file that is there and cannot be what it should be.
var ErrDamaged = errors.New("the file is damaged")

// ReadJSON reads a file of a folder into v.
func ReadJSON(f Folder, name string, v any) error {
	b, err := f.Read(name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: %d bytes, %w", ErrDamaged, len(b), err)
	}
	return nil
}

// damagedPrefix begins the names of what was put aside.
const damagedPrefix = "damaged/"

// SetAside moves a damaged file out of the way and says where it is: what it was
// may be of use to a person. The last one of a name is kept.
func SetAside(f Folder, name string) (to string, err error) {
	b, err := f.Read(name)
	if err != nil {
		return "", fmt.Errorf("put %s aside: %w", name, err)
	}
	to = damagedPrefix + strings.ReplaceAll(name, "/", "-")
	if err := f.Write(to, b); err != nil {
		return "", fmt.Errorf("put %s aside: %w", name, err)
	}
	if err := f.Remove(name); err != nil {
		return "", fmt.Errorf("put %s aside: %w", name, err)
	}
	return to, nil
}

// IsSetAside tells the names of files that were put aside.
func IsSetAside(name string) bool { return strings.HasPrefix(name, damagedPrefix) }

// Dir is a Folder on disk.
type Dir struct {
	Path string
	// Quick leaves out fsync, for content that need not survive a power cut
	// (a fake machine survives a killed process all the same).
	Quick bool
}

// Write is temp, fsync, rename, fsync of the folder.
//
// path: names are those of valid documents (plan.Ref.Valid) or our own words
func (d Dir) Write(name string, data []byte) error {
	path := d.file(name)
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp := path + ".tmp"
	if err := d.fill(tmp, data); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return d.sync(dir)
}

// fill writes a file that nobody reads yet.
//
// path: Write's
func (d Dir) fill(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil && !d.Quick {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// sync makes the names of a folder survive a power cut.
//
// path: Write's
func (d Dir) sync(dir string) error {
	if d.Quick {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Read returns the content of a file.
//
// path: Write's
func (d Dir) Read(name string) ([]byte, error) { return os.ReadFile(d.file(name)) }

// Remove deletes a file.
//
// path: Write's
func (d Dir) Remove(name string) error {
	path := d.file(name)
	if err := os.Remove(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	return d.sync(filepath.Dir(path))
}

// List walks the folder. Temporary files of a write that was interrupted are
// no files of it.
func (d Dir) List() ([]string, error) {
	var names []string
	err := filepath.WalkDir(d.Path, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case e.IsDir() || !strings.HasSuffix(path, ".json"):
			return nil
		}
		rel, err := filepath.Rel(d.Path, path)
		if err != nil {
			return err
		}
		kind, base := filepath.Split(rel)
		kind, _, _ = strings.Cut(filepath.ToSlash(kind), "/")
		names = append(names, kind+"/"+strings.TrimSuffix(base, ".json"))
		return nil
	})
	sort.Strings(names)
	return names, err
}

// file spreads ids over 256 folders: a host may hold some 100 000 documents.
func (d Dir) file(name string) string {
	kind, id, _ := strings.Cut(name, "/")
	fan := "_"
	if len(id) > 2 {
		fan = id[:2]
	}
	return filepath.Join(d.Path, kind, fan, id+".json")
}
