package sys

import (
	"io/fs"
	"path/filepath"
	"syscall"
)

// Used is how many bytes of the disk the volumes and images of this installation
// take. What goes away meanwhile, or cannot be read, is not counted.
func (in Installation) Used() (n int64) {
	for _, dir := range []string{in.Path("volumes"), in.Path("images")} {
		_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return nil //nolint:nilerr // gone, or not ours to count
			}
			if fi, err := e.Info(); err == nil {
				n += fi.Sys().(*syscall.Stat_t).Blocks * 512
			}
			return nil
		})
	}
	return n
}
