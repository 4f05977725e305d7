package image

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Limits that hold for every packed image, whoever made it.
const (
	maxManifest = 64 << 10  // bytes
	maxBoot     = 512 << 20 // bytes of a kernel or an initial RAM disk
	maxDisk     = 4 << 40   // bytes of a disk file, and of what the guest sees
	maxCmdline  = 2048      // the kernel's own limit
)

// packTime is the modification time of every member, so that equal images are equal files.
var packTime = time.Unix(1_600_000_000, 0).UTC()

// ErrInvalid is matched by every error that says the image itself is bad, not the machine.
var ErrInvalid = errors.New("invalid image")

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}

// members lists the files beside the manifest in the order in which they are packed.
func (m *Manifest) members() []File {
	list := []File{m.Disk}
	if m.Kernel != nil {
		list = append(list, *m.Kernel)
	}
	if m.Initrd != nil {
		list = append(list, *m.Initrd)
	}
	return list
}

// Validate checks all that can be known without the other members.
func (m *Manifest) Validate() error {
	if m.Version != ManifestVersion {
		return invalid("manifest version %d, want %d", m.Version, ManifestVersion)
	}
	if !nameRE.MatchString(m.Name) {
		return invalid("name %q", m.Name)
	}
	switch m.Kind {
	case KindDisk:
		if m.Disk.Name != DiskName {
			return invalid("disk is called %q, want %s", m.Disk.Name, DiskName)
		}
	case KindISO:
		if m.Disk.Name != ISOName || m.Kernel != nil || m.Initrd != nil {
			return invalid("an ISO image holds %s and nothing else", ISOName)
		}
	default:
		return invalid("kind %q", m.Kind)
	}
	if m.VirtualSize <= 0 || m.VirtualSize > maxDisk {
		return invalid("virtual size %d", m.VirtualSize)
	}
	if m.Kernel != nil && m.Kernel.Name != KernelName {
		return invalid("kernel is called %q, want %s", m.Kernel.Name, KernelName)
	}
	if m.Initrd != nil && m.Initrd.Name != InitrdName {
		return invalid("initial RAM disk is called %q, want %s", m.Initrd.Name, InitrdName)
	}
	if m.Kernel == nil && (m.Initrd != nil || m.Cmdline != "") {
		return invalid("an initial RAM disk or a command line without a kernel")
	}
	if len(m.Cmdline) > maxCmdline || !printable(m.Cmdline) {
		return invalid("kernel command line")
	}
	for i, f := range m.members() {
		limit := int64(maxBoot)
		if i == 0 {
			limit = maxDisk
		}
		if f.Size <= 0 || f.Size > limit {
			return invalid("size of %s: %d", f.Name, f.Size)
		}
		if raw, err := hex.DecodeString(f.SHA256); err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != f.SHA256 {
			return invalid("digest of %s: %q", f.Name, f.SHA256)
		}
	}
	return nil
}

// printable keeps control bytes out of what later becomes an argument of QEMU.
func printable(s string) bool {
	for _, r := range s {
		if r < ' ' || r > '~' {
			return false
		}
	}
	return true
}

// Describe fills a File from what lies in dir.
func Describe(dir, name string) (File, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return File{}, fmt.Errorf("read %s: %w", name, err)
	}
	return File{Name: name, Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

// Pack writes the image that lies in dir as described by m to the file path. It appears there
// whole and durable or not at all. The same content always gives the same bytes.
func Pack(m Manifest, dir, path string) (Built, error) {
	if err := m.Validate(); err != nil {
		return Built{}, err
	}
	out, err := os.CreateTemp(filepath.Dir(path), ".pack-*")
	if err != nil {
		return Built{}, fmt.Errorf("pack image %s: %w", m.Name, err)
	}
	defer os.Remove(out.Name()) // fails, rightly, once it has its final name
	defer out.Close()

	sum := sha256.New()
	counted := &countWriter{w: io.MultiWriter(out, sum)}
	if err := writePack(counted, m, dir); err != nil {
		return Built{}, fmt.Errorf("pack image %s: %w", m.Name, err)
	}
	if err := publish(out, path); err != nil {
		return Built{}, fmt.Errorf("pack image %s: %w", m.Name, err)
	}
	return Built{Manifest: m, Path: path, Digest: hex.EncodeToString(sum.Sum(nil)), Bytes: counted.n}, nil
}

func writePack(w io.Writer, m Manifest, dir string) error {
	head, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	tw := tar.NewWriter(w)
	if err := tw.WriteHeader(packHeader(ManifestName, int64(len(head)))); err != nil {
		return err
	}
	if _, err := tw.Write(head); err != nil {
		return err
	}
	for _, f := range m.members() {
		if err := addMember(tw, f, dir); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return tw.Close()
}

func addMember(tw *tar.Writer, f File, dir string) error {
	in, err := os.Open(filepath.Join(dir, f.Name))
	if err != nil {
		return err
	}
	defer in.Close()
	if err := tw.WriteHeader(packHeader(f.Name, f.Size)); err != nil {
		return err
	}
	// The manifest was written first: what is packed now must be what it promises.
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(tw, sum), in); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		return errors.New("the file changed while it was packed")
	}
	return nil
}

func packHeader(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, ModTime: packTime}
}

// Unpack reads a packed image from r and puts its members into the folder dir, which must not
// exist: it appears whole and durable or not at all. Every size and digest is checked, and that a
// qcow2 disk names no other file, so that no byte of the host can come in through an image. The
// digest over all of r is compared with digest unless that is empty.
func Unpack(r io.Reader, dir, digest string) (Manifest, error) {
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".unpack-*")
	if err != nil {
		return Manifest{}, fmt.Errorf("unpack image: %w", err)
	}
	defer os.RemoveAll(tmp)
	sum := sha256.New()
	m, err := readPack(io.TeeReader(r, sum), tmp)
	if err != nil {
		return Manifest{}, fmt.Errorf("unpack image: %w", err)
	}
	if err := drained(r, sum); err != nil {
		return Manifest{}, fmt.Errorf("unpack image: %w", err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); digest != "" && got != digest {
		return Manifest{}, fmt.Errorf("unpack image: %w", invalid("digest is %s, want %s", got, digest))
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return Manifest{}, fmt.Errorf("unpack image: %w", err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		return Manifest{}, fmt.Errorf("unpack image: %w", err)
	}
	return m, syncDir(filepath.Dir(dir))
}

// drained takes the padding after the archive into the digest and refuses a long tail.
func drained(r io.Reader, sum hash.Hash) error {
	n, err := io.Copy(sum, io.LimitReader(r, 1<<20))
	if err != nil {
		return err
	}
	if n == 1<<20 {
		return invalid("bytes after the end of the archive")
	}
	return nil
}

// ReadManifest reads and checks the head of a packed image only.
func ReadManifest(r io.Reader) (Manifest, error) {
	m, _, err := readHead(tar.NewReader(r))
	return m, err
}

func readHead(tr *tar.Reader) (Manifest, []byte, error) {
	var m Manifest
	h, err := tr.Next()
	if err != nil {
		return m, nil, invalid("no archive: %v", err)
	}
	if h.Name != ManifestName || h.Typeflag != tar.TypeReg || h.Size > maxManifest {
		return m, nil, invalid("first member is %q, want a small %s", h.Name, ManifestName)
	}
	head, err := io.ReadAll(tr)
	if err != nil {
		return m, nil, invalid("manifest: %v", err)
	}
	dec := json.NewDecoder(bytes.NewReader(head))
	dec.DisallowUnknownFields() // a newer format must say so in its version, and then be refused
	if err := dec.Decode(&m); err != nil {
		return m, nil, invalid("manifest: %v", err)
	}
	return m, head, m.Validate()
}

func readPack(r io.Reader, dir string) (Manifest, error) {
	tr := tar.NewReader(r)
	m, head, err := readHead(tr)
	if err != nil {
		return m, err
	}
	if err := writeSynced(filepath.Join(dir, ManifestName), bytes.NewReader(head)); err != nil {
		return m, err
	}
	// Names come from our own constants (Validate), never from the archive.
	for _, want := range m.members() {
		h, err := tr.Next()
		if err != nil {
			return m, invalid("%s is missing: %v", want.Name, err)
		}
		if h.Name != want.Name || h.Typeflag != tar.TypeReg || h.Size != want.Size {
			return m, invalid("member %q with %d bytes, want %s with %d", h.Name, h.Size, want.Name, want.Size)
		}
		sum := sha256.New()
		err = writeSynced(filepath.Join(dir, want.Name), io.TeeReader(tr, sum))
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return m, invalid("%s is cut short", want.Name)
		}
		if err != nil {
			return m, fmt.Errorf("%s: %w", want.Name, err)
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != want.SHA256 {
			return m, invalid("digest of %s is %s, want %s", want.Name, got, want.SHA256)
		}
	}
	if _, err := tr.Next(); err != io.EOF {
		return m, invalid("more members than the manifest names")
	}
	if m.Kind != KindDisk {
		return m, nil
	}
	return m, checkDisk(filepath.Join(dir, DiskName), m.VirtualSize)
}

// checkDisk makes sure that a disk is a qcow2 of the promised size which stands alone.
func checkDisk(path string, size int64) error {
	head, err := readQcow2Header(path)
	if err != nil {
		return err
	}
	if err := head.standsAlone(); err != nil {
		return err
	}
	if head.virtualSize != uint64(size) {
		return invalid("disk has %d bytes, the manifest says %d", head.virtualSize, size)
	}
	return nil
}

// writeSynced writes r to a new file and makes it durable.
func writeSynced(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, r); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// publish gives a finished temporary file its final name, durably.
func publish(f *os.File, path string) error {
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

type countWriter struct {
	w io.Writer
	n int64
}

func (c *countWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
