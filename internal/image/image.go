// Package image builds, imports, packs and unpacks the disk images that servers start from.
//
// An image is one qcow2 disk, and, when that disk has no boot loader, a kernel and an initial
// RAM disk beside it. It travels as one file, a plain tar whose first member is manifest.json;
// the SHA-256 of that file is the image's digest, and the only name that hosts know it by.
package image

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/netguard"
)

// ManifestVersion is the only version of the manifest that this code writes and reads.
const ManifestVersion = 1

// Names of the members of a packed image, in the order in which they are stored.
const (
	ManifestName = "manifest.json"
	DiskName     = "disk.qcow2" // a disk image
	ISOName      = "disk.iso"   // a CD or DVD
	KernelName   = "vmlinuz"
	InitrdName   = "initrd"
)

// Kind says what an image is put into.
type Kind string

// The kinds of image.
const (
	KindDisk Kind = "disk" // becomes a server's main disk
	KindISO  Kind = "iso"  // is loaded into a server's DVD drive
)

// File is one member of an image beside the manifest.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // lower-case hex
}

// Manifest describes an image and names every other byte of it.
type Manifest struct {
	Version int    `json:"version"`
	Name    string `json:"name"` // for people: tiny, debian-12, the name of an imported file
	Kind    Kind   `json:"kind"`

	OSFamily  string `json:"os_family,omitempty"`  // Linux
	OSName    string `json:"os_name,omitempty"`    // Virga tiny, Debian
	OSVersion string `json:"os_version,omitempty"` // 12
	Arch      string `json:"arch,omitempty"`       // amd64

	// CloudInit says that the guest reads a NoCloud seed; GuestAgent that it runs qemu-ga.
	CloudInit  bool `json:"cloud_init,omitempty"`
	GuestAgent bool `json:"guest_agent,omitempty"`
	// MinRAM is the least memory the guest was seen to boot with, in MiB; 0 is unknown.
	MinRAM int `json:"min_ram,omitempty"`

	Disk        File  `json:"disk"`
	VirtualSize int64 `json:"virtual_size"` // bytes the guest sees; a volume is at least this large

	// Kernel, Initrd and Cmdline are set when the disk cannot boot by itself.
	Kernel  *File  `json:"kernel,omitempty"`
	Initrd  *File  `json:"initrd,omitempty"`
	Cmdline string `json:"cmdline,omitempty"`
}

// Built is a finished image: one packed file.
type Built struct {
	Manifest
	Path   string // the packed file
	Digest string // SHA-256 of the packed file, lower-case hex
	Bytes  int64  // length of the packed file
}

// Options says where a build or an import works and whom it tells.
type Options struct {
	Dir   string // required: the packed image is put here, as NAME.image
	Cache string // optional: downloads and unfinished work; Dir/.cache when empty
	Name  string // optional: another name than the image's own

	// Raw lets Import take a file without any mark of a disk as one, byte for byte.
	Raw bool

	// Guard says what addresses Import may call; the zero value allows what is
	// reachable from everywhere.
	Guard netguard.Guard

	MaxBytes int64 // optional: the largest file that Import takes; 64 GiB when zero
	// RetryPause is waited before a broken-off download is continued, and longer each time;
	// one second when zero. Tests shorten it.
	RetryPause time.Duration

	// Progress is called often, from one goroutine at a time. Total is 0 when it is unknown.
	// Optional.
	Progress func(step string, done, total int64)
	Log      *slog.Logger // optional
}

// Extension of packed images.
const Extension = ".image"

var nameRE = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

func (o Options) prepare() (Options, error) {
	if o.Dir == "" {
		return o, errors.New("image: no folder for the result")
	}
	if o.Name != "" && !nameRE.MatchString(o.Name) {
		return o, fmt.Errorf("image name %q: want lower-case letters, digits, dot, dash, underscore, at most 63", o.Name)
	}
	// Tools get these paths as arguments: an absolute path is never taken for an option or,
	// by QEMU, for a protocol such as nbd: or json:.
	var err error
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return o, fmt.Errorf("image folder: %w", err)
	}
	if o.Cache == "" {
		o.Cache = filepath.Join(o.Dir, ".cache")
	}
	if o.Cache, err = filepath.Abs(o.Cache); err != nil {
		return o, fmt.Errorf("image cache: %w", err)
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	for _, dir := range []string{o.Dir, o.Cache} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return o, fmt.Errorf("image folder: %w", err)
		}
	}
	return o, nil
}

func (o Options) maxBytes() int64 {
	if o.MaxBytes > 0 {
		return o.MaxBytes
	}
	return 64 << 30
}

func (o Options) retryPause() time.Duration {
	if o.RetryPause > 0 {
		return o.RetryPause
	}
	return time.Second
}

// Packages lists the Debian packages that an image build needs on this machine.
// The kernel and the packages inside the Debian image are downloaded, never installed.
func Packages() []string {
	return append(tinyPackages(), debianPackages()...)
}

// tools maps a program to the Debian package that has it.
var tools = map[string]string{
	"qemu-img":    "qemu-utils",
	"busybox":     "busybox-static",
	"dropbear":    "dropbear-bin",
	"dropbearkey": "dropbear-bin",
	"mke2fs":      "e2fsprogs",
	"debugfs":     "e2fsprogs",
	"e2fsck":      "e2fsprogs",
	"ldd":         "libc-bin",
	"resize2fs":   "e2fsprogs",
	"depmod":      "kmod",
	"lz4":         "lz4",
	"apt-get":     "apt",
	"apt-cache":   "apt",
	"dpkg-deb":    "dpkg",
	"mmdebstrap":  "mmdebstrap",
	"tar":         "tar",
}

// MissingError says which Debian packages a build lacks.
type MissingError struct{ Packages []string }

func (e *MissingError) Error() string {
	return "missing Debian packages: apt-get install -y --no-install-recommends " + strings.Join(e.Packages, " ")
}

// MissingTiny returns a *MissingError when BuildTiny lacks a package here, else nil.
func MissingTiny() error {
	return missing("qemu-img", "busybox", "dropbear", "dropbearkey", "mke2fs", "debugfs", "e2fsck", "ldd",
		"resize2fs", "depmod", "lz4", "apt-get", "apt-cache", "dpkg-deb")
}

// MissingDebian returns a *MissingError when BuildDebian lacks a package here, else nil.
func MissingDebian() error {
	return missing("qemu-img", "mke2fs", "mmdebstrap", "tar")
}

func missing(programs ...string) error {
	var packages []string
	seen := map[string]bool{}
	for _, p := range programs {
		if _, err := lookTool(p); err != nil && !seen[tools[p]] {
			seen[tools[p]] = true
			packages = append(packages, tools[p])
		}
	}
	if packages == nil {
		return nil
	}
	return &MissingError{Packages: packages}
}

// lookTool finds a program also where PATH of a plain user does not look.
func lookTool(name string) (string, error) {
	if p, err := exec.LookPath(name); err == nil {
		return filepath.Abs(p)
	}
	for _, dir := range []string{"/usr/sbin", "/sbin", "/usr/bin", "/bin"} {
		p := filepath.Join(dir, name)
		if st, err := os.Stat(p); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return p, nil
		}
	}
	return "", fmt.Errorf("program %s not found (package %s)", name, tools[name])
}
