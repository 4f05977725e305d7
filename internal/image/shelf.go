package image

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
)

// Shelf is the folder from which hosts fetch packed images: each file is named
// by its digest. Whatever is asked for, nothing outside the folder is reached.
type Shelf struct {
	Dir string // required; made when the first image comes
}

// Open gives the bytes of an image. What is no digest is no file of it either
// (fs.ErrNotExist).
func (s Shelf) Open(digest string) (io.ReadSeekCloser, error) {
	root, err := s.root(digest)
	if err != nil {
		return nil, err
	}
	f, err := root.Open(digest)
	if err := errors.Join(err, root.Close()); err != nil {
		return nil, err
	}
	return f, nil
}

// Remove frees an image's bytes; what is not there is success.
func (s Shelf) Remove(digest string) error {
	root, err := s.root(digest)
	if err == nil {
		err = errors.Join(root.Remove(digest), root.Close())
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// root opens the folder if the name is one that may lie there.
func (s Shelf) root(digest string) (*os.Root, error) {
	if !plan.IsDigest(digest) {
		return nil, fmt.Errorf("%q is no digest: %w", digest, fs.ErrNotExist)
	}
	return os.OpenRoot(s.Dir)
}

// Old lists images that have lain on the shelf for so long that nobody is just making
// them known.
func (s Shelf) Old() (digests []string, err error) {
	list, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range list {
		if fi, lost := e.Info(); lost == nil && plan.IsDigest(e.Name()) && time.Since(fi.ModTime()) > stale {
			digests = append(digests, e.Name())
		}
	}
	return digests, err
}

// stale is the age at which nobody is writing a copy any more. Younger ones may
// be another control node's, with which the folder is shared.
const stale = 24 * time.Hour

// Keep copies a packed image onto the shelf; doing it again is harmless.
func (s Shelf) Keep(b Built) error {
	if !plan.IsDigest(b.Digest) {
		return fmt.Errorf("keep image %s: %q is no digest", b.Name, b.Digest)
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("keep image: %w", err)
	}
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		return fmt.Errorf("keep image: %w", err)
	}
	defer root.Close()
	if _, err := root.Stat(b.Digest); err == nil {
		return nil
	}
	if err := dropStale(root); err != nil {
		return fmt.Errorf("keep image: %w", err)
	}
	if err := copyIn(root, b); err != nil {
		return fmt.Errorf("keep image: %w", err)
	}
	return nil
}

// Receive puts an image of so many bytes onto the shelf that fill writes, when they
// are those that the digest stands for. Nothing else stays, and no more is written.
func (s Shelf) Receive(digest string, size int64, fill func(w io.Writer) error) error {
	if !plan.IsDigest(digest) {
		return fmt.Errorf("receive image: %q is no digest", digest)
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("receive image: %w", err)
	}
	root, err := os.OpenRoot(s.Dir)
	if err != nil {
		return fmt.Errorf("receive image: %w", err)
	}
	defer root.Close()
	if err := dropStale(root); err != nil {
		return fmt.Errorf("receive image: %w", err)
	}
	tmp, err := os.CreateTemp(root.Name(), newCopy)
	if err != nil {
		return fmt.Errorf("receive image: %w", err)
	}
	name := filepath.Base(tmp.Name())
	in := &intake{file: tmp, sum: sha256.New(), left: size}
	err = fill(in)
	if got := hex.EncodeToString(in.sum.Sum(nil)); err == nil && got != digest {
		err = fmt.Errorf("what came has the digest %s", got)
	}
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = root.Rename(name, digest)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("receive image %s: %w", digest, err), root.Remove(name))
	}
	return nil
}

// intake is a file that is being received.
type intake struct {
	file *os.File
	sum  hash.Hash
	left int64
}

// Write takes no more than the image has.
func (i *intake) Write(b []byte) (int, error) {
	if i.left -= int64(len(b)); i.left < 0 {
		return 0, errors.New("more comes than the image has")
	}
	n, err := i.file.Write(b)
	i.sum.Write(b[:n])
	return n, err
}

// copyIn gives the bytes their name when all of them are there.
func copyIn(root *os.Root, b Built) error {
	in, err := os.Open(b.Path)
	if err != nil {
		return err
	}
	defer in.Close()
	tmp, err := os.CreateTemp(root.Name(), newCopy)
	if err != nil {
		return err
	}
	name := filepath.Base(tmp.Name())
	_, err = io.Copy(tmp, in)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = root.Rename(name, b.Digest)
	}
	if err != nil {
		return errors.Join(err, root.Remove(name))
	}
	return nil
}

// newCopy begins the names of copies that are being written.
const newCopy = "new-"

// dropStale removes copies whose control plane died while it wrote them.
func dropStale(root *os.Root) error {
	list, err := fs.ReadDir(root.FS(), ".")
	for _, e := range list {
		if !strings.HasPrefix(e.Name(), newCopy) {
			continue
		}
		if fi, lost := e.Info(); lost == nil && time.Since(fi.ModTime()) > stale {
			err = errors.Join(err, root.Remove(e.Name()))
		}
	}
	return err
}
