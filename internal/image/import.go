package image

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// Import takes an image from a URL (http, https) or a file of this machine: a qcow2, raw, VDI,
// VHD or VHDX disk, an ISO, or a packed Virga image. Sum is its SHA-256 in hex; it may be empty
// for a file only. A broken-off download is continued, also by a later Import of the same source.
// Errors about the image itself match ErrInvalid.
func Import(ctx context.Context, source, sum string, opts Options) (Built, error) {
	opts, err := opts.prepare()
	if err != nil {
		return Built{}, err
	}
	if err := missing("qemu-img"); err != nil {
		return Built{}, err
	}
	sum = strings.ToLower(sum)
	if sum != "" && !sha256RE.MatchString(sum) {
		return Built{}, fmt.Errorf("import: SHA-256 %q: want 64 hex digits", sum)
	}
	if opts.Name == "" {
		opts.Name = nameFrom(source)
	}
	file, downloaded, err := fetchSource(ctx, source, sum, opts)
	if err != nil {
		return Built{}, fmt.Errorf("import: %w", err)
	}
	b, err := importFile(ctx, file, baseOf(source), opts)
	if err != nil {
		return Built{}, fmt.Errorf("import %s: %w", redact(source), err)
	}
	if downloaded {
		// Kept until here, so that a conversion that failed for want of room starts from it.
		if err := os.Remove(file); err != nil {
			return Built{}, fmt.Errorf("import: %w", err)
		}
	}
	return b, nil
}

var (
	sha256RE  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	schemeRE  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://`)
	percentRE = regexp.MustCompile(`\(([0-9.]+)/100%\)`)
)

// fetchSource makes the source a checked file of this machine.
func fetchSource(ctx context.Context, source, sum string, opts Options) (file string, downloaded bool, err error) {
	if schemeRE.MatchString(source) {
		u, err := url.Parse(source)
		if err != nil {
			return "", false, errors.New("bad address")
		}
		if u.Scheme != "http" && u.Scheme != "https" {
			return "", false, fmt.Errorf("%s: only http, https and files can be imported", redact(source))
		}
		if sum == "" {
			return "", false, fmt.Errorf("%s: a download needs its SHA-256", redact(source))
		}
		file, err = download(ctx, opts, source, sum)
		return file, true, err
	}
	file, err = filepath.Abs(source)
	if err != nil {
		return "", false, err
	}
	st, err := os.Stat(file)
	if err != nil {
		return "", false, err
	}
	if !st.Mode().IsRegular() {
		return "", false, fmt.Errorf("%s is not a file", file)
	}
	if st.Size() > opts.maxBytes() {
		return "", false, fmt.Errorf("%s has %d bytes, at most %d are taken", file, st.Size(), opts.maxBytes())
	}
	if sum == "" {
		return file, false, nil
	}
	got, err := fileDigest(ctx, file, opts.Progress)
	if err != nil {
		return "", false, err
	}
	if got != sum {
		return "", false, fmt.Errorf("%s: %w", file, invalid("SHA-256 is %s, want %s", got, sum))
	}
	return file, false, nil
}

// baseOf is the last part of a path or an address.
func baseOf(source string) string {
	if u, err := url.Parse(source); err == nil && u.Scheme != "" {
		source = u.Path
	}
	return filepath.Base(source)
}

// nameFrom makes an image's name out of an address.
func nameFrom(source string) string {
	base := strings.ToLower(baseOf(source))
	for _, ext := range []string{".qcow2", ".img", ".raw", ".iso", ".vdi", ".vhd", ".vhdx", Extension} {
		base = strings.TrimSuffix(base, ext)
	}
	base = strings.Trim(regexp.MustCompile(`[^a-z0-9._-]+`).ReplaceAllString(base, "-"), "._-")
	if len(base) > 63 {
		base = base[:63]
	}
	if !nameRE.MatchString(base) {
		return "imported"
	}
	return base
}

// importFile takes a file, which its source calls name.
func importFile(ctx context.Context, file, name string, opts Options) (Built, error) {
	format, err := detect(file)
	if err != nil {
		return Built{}, err
	}
	if format == formatRaw && !opts.Raw {
		if err := keepsPromise(name); err != nil {
			return Built{}, err
		}
		if err := checkRaw(file); err != nil {
			return Built{}, err
		}
	}
	if format == formatPacked {
		return importPacked(ctx, file, opts)
	}
	work, err := os.MkdirTemp(opts.Cache, "import-*")
	if err != nil {
		return Built{}, err
	}
	defer os.RemoveAll(work)
	m := Manifest{Version: ManifestVersion, Name: opts.Name, Kind: KindDisk, CloudInit: true}
	if format == formatISO {
		m.Kind, m.CloudInit = KindISO, false
		if err := copyFile(filepath.Join(work, ISOName), file); err != nil {
			return Built{}, err
		}
		st, err := os.Stat(file)
		if err != nil {
			return Built{}, err
		}
		m.VirtualSize = st.Size()
		return finish(m, opts, work)
	}
	if file, err = lend(file, opts.Cache, work); err != nil {
		return Built{}, err
	}
	if m.VirtualSize, err = inspect(ctx, file, format); err != nil {
		return Built{}, err
	}
	if err := whole(ctx, file, format); err != nil {
		return Built{}, err
	}
	disk := filepath.Join(work, DiskName)
	if err := convert(ctx, file, format, disk, opts.Progress); err != nil {
		return Built{}, err
	}
	if err := checkDisk(disk, m.VirtualSize); err != nil {
		return Built{}, err
	}
	return finish(m, opts, work)
}

// importPacked checks a packed image by unpacking it once, and takes its bytes as they are, so
// that its digest stays what its maker published.
func importPacked(ctx context.Context, file string, opts Options) (Built, error) {
	work, err := os.MkdirTemp(opts.Cache, "import-*")
	if err != nil {
		return Built{}, err
	}
	defer os.RemoveAll(work)
	in, err := os.Open(file)
	if err != nil {
		return Built{}, err
	}
	defer in.Close()
	m, err := Unpack(in, filepath.Join(work, "image"), "")
	if err != nil {
		return Built{}, err
	}
	f, err := os.CreateTemp(opts.Dir, ".pack-*")
	if err != nil {
		return Built{}, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return Built{}, err
	}
	n, err := io.Copy(f, in)
	if err != nil {
		return Built{}, err
	}
	path := filepath.Join(opts.Dir, m.Name+Extension)
	if err := publish(f, path); err != nil {
		return Built{}, err
	}
	sum, err := fileDigest(ctx, path, opts.Progress)
	return Built{Manifest: m, Path: path, Digest: sum, Bytes: n}, err
}

// Formats of a file to import; the disk formats have QEMU's names.
const (
	formatPacked = "virga"
	formatISO    = "iso"
	formatQcow2  = "qcow2"
	formatRaw    = "raw"
	formatVDI    = "vdi"
	formatVHD    = "vpc"
	formatVHDX   = "vhdx"
)

// detect tells a file's format by its own marks. QEMU is never left to guess: a guest can write
// another format's mark into a raw disk, and QEMU would then open what that names.
func detect(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", err
	}
	head := make([]byte, 36<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", invalid("empty file")
	}
	head = head[:n]
	foot := make([]byte, 512)
	if _, err := f.ReadAt(foot, max(st.Size()-512, 0)); err != nil && err != io.EOF {
		return "", err
	}
	at := func(offset int, mark string) bool {
		return len(head) >= offset+len(mark) && string(head[offset:offset+len(mark)]) == mark
	}
	switch {
	case at(0, qcow2Magic):
		h, err := parseQcow2Header(head[:min(len(head), 4096)])
		if err != nil {
			return "", err
		}
		return formatQcow2, h.standsAlone()
	case at(0, "KDMV"), at(0, "# Disk DescriptorFile"), at(0, "COWD"):
		return "", invalid("VMDK disks are not taken, since they can name other files; convert with: qemu-img convert -O qcow2")
	case at(0, ManifestName+"\x00"):
		return formatPacked, nil
	case at(0, "vhdxfile"):
		return formatVHDX, nil
	case len(head) >= 0x44 && binary.LittleEndian.Uint32(head[0x40:]) == 0xbeda107f:
		return formatVDI, nil
	case bytes.HasPrefix(foot, []byte("conectix")):
		return formatVHD, vhdFits(foot, st.Size())
	case at(0, "conectix"): // a dynamic one has its footer at both ends
		return "", invalid("the disk is cut short: a VHD ends with its footer")
	case at(32769, "CD001"):
		if want := isoSize(head); want > uint64(st.Size()) {
			return "", invalid("the ISO is cut short: it says %d bytes, and the file has %d", want, st.Size())
		}
		return formatISO, nil
	case at(0, "\x1f\x8b"), at(0, "\xfd7zXZ\x00"), at(0, "\x28\xb5\x2f\xfd"), at(0, "BZh"), at(0, "PK\x03\x04"):
		return "", invalid("the file is compressed; unpack it first")
	case at(0, "QED\x00"), at(0, "LUKS\xba\xbe"), at(0, "<!DOCTYPE"), at(0, "<html"):
		return "", invalid("not a disk image")
	}
	return formatRaw, nil
}

// lend makes a file readable for qemu-img, which is a user without rights: what everybody may
// read is, what was downloaded is made so (nobody else reaches the cache), and of a file that is
// a person's own a copy is read.
func lend(file, cache, work string) (string, error) {
	st, err := os.Stat(file)
	if err != nil || st.Mode()&0o004 != 0 {
		return file, err
	}
	if filepath.Dir(file) != cache {
		copied := filepath.Join(work, "source")
		if err := copyFile(copied, file); err != nil {
			return "", err
		}
		file = copied
	}
	return file, os.Chmod(file, 0o644)
}

// inspect asks qemu-img about a file of a known format and returns the bytes a guest sees.
func inspect(ctx context.Context, file, format string) (int64, error) {
	var text bytes.Buffer
	_, err := runIn(ctx, sys.ToolCage(sys.Bind{Path: file}), "/", nil, &text, "qemu-img", "info", "--output=json", "-f", format, file)
	if err != nil {
		return 0, invalid("%v", err)
	}
	var info struct {
		Format         string          `json:"format"`
		VirtualSize    int64           `json:"virtual-size"`
		Backing        string          `json:"backing-filename"`
		FullBacking    string          `json:"full-backing-filename"`
		Encrypted      bool            `json:"encrypted"`
		FormatSpecific json.RawMessage `json:"format-specific"`
	}
	if err := json.Unmarshal(text.Bytes(), &info); err != nil {
		return 0, invalid("qemu-img: %v", err)
	}
	switch {
	case info.Format != format:
		return 0, invalid("format is %q, want %s", info.Format, format)
	case info.Backing != "" || info.FullBacking != "":
		return 0, invalid("disk has a backing file")
	case bytes.Contains(info.FormatSpecific, []byte(`"data-file"`)):
		return 0, invalid("disk keeps its data in another file")
	case info.Encrypted:
		return 0, invalid("disk is encrypted")
	case info.VirtualSize <= 0 || info.VirtualSize > maxDisk:
		return 0, invalid("disk of %d bytes", info.VirtualSize)
	}
	return info.VirtualSize, nil
}

// convert writes a disk as a fresh qcow2: nothing of the source's metadata survives.
func convert(ctx context.Context, file, format, disk string, progress func(string, int64, int64)) error {
	out := &progressWriter{progress: progress}
	if err := os.WriteFile(disk, nil, 0o600); err != nil {
		return err
	}
	if err := sys.Give(disk, sys.ToolUser, 0o600); err != nil {
		return err
	}
	_, err := runIn(ctx, importCage(file, disk), "/", nil, out, "qemu-img", "convert", "-p", "-f", format, "-O", "qcow2", file, disk)
	return err
}

// importCage is where a stranger's file is read: nothing else is there but what is made of it.
func importCage(file, disk string) *sys.Cage {
	return sys.ToolCage(sys.Bind{Path: file}, sys.Bind{Path: disk, Write: true})
}

// progressWriter reads "(12.34/100%)" from what qemu-img -p prints.
type progressWriter struct {
	progress func(string, int64, int64)
	rest     []byte
}

func (w *progressWriter) Write(p []byte) (int, error) {
	w.rest = append(w.rest, p...)
	for {
		i := bytes.IndexAny(w.rest, "\r\n")
		if i < 0 {
			break
		}
		token := w.rest[:i]
		w.rest = w.rest[i+1:]
		if m := percentRE.FindSubmatch(token); m != nil {
			if f, err := strconv.ParseFloat(string(m[1]), 64); err == nil {
				w.progress("convert", int64(f*100), 10_000)
			}
		}
	}
	return len(p), nil
}
