package image

import (
	"fmt"
	"io"
	"io/fs"
)

// writeCpio writes a tree as the archive that the kernel unpacks as its initial RAM disk
// ("newc", Documentation/driver-api/early-userspace/buffer-format.rst). Times are zero and
// inode numbers count up, so equal trees are equal bytes.
func writeCpio(w io.Writer, t tree) error {
	ino := 0
	pos := 0
	put := func(name string, mode uint32, body []byte) error {
		ino++
		links := 1
		if mode&0o170000 == 0o040000 {
			links = 2
		}
		// magic, ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor,
		// rdevmajor, rdevminor, namesize with its zero byte, check
		head := fmt.Sprintf("070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s\x00",
			ino, mode, 0, 0, links, 0, len(body), 0, 0, 0, 0, len(name)+1, 0, name)
		for _, part := range [][]byte{[]byte(head), body} {
			n, err := w.Write(part)
			if err != nil {
				return err
			}
			pos += n
			pad := (4 - pos%4) % 4
			if _, err := w.Write(make([]byte, pad)); err != nil {
				return err
			}
			pos += pad
		}
		return nil
	}
	for _, p := range t.paths() {
		n := t[p]
		mode, body := uint32(n.mode.Perm()), []byte(nil)
		if n.mode&fs.ModeSticky != 0 {
			mode |= 0o1000
		}
		var err error
		switch n.mode.Type() {
		case fs.ModeDir:
			mode |= 0o040000
		case fs.ModeSymlink:
			mode, body = mode|0o120000, []byte(n.link)
		case 0:
			mode |= 0o100000
			if body, err = n.content(); err != nil {
				return fmt.Errorf("initial RAM disk: %w", err)
			}
		}
		if err := put(p[1:], mode, body); err != nil {
			return fmt.Errorf("initial RAM disk: %w", err)
		}
	}
	return put("TRAILER!!!", 0, nil)
}
