package image

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// qcow2Bytes makes the smallest header that passes as a disk of the given size.
func qcow2Bytes(size uint64) []byte {
	b := make([]byte, 512)
	copy(b, qcow2Magic)
	binary.BigEndian.PutUint32(b[4:], 3)
	binary.BigEndian.PutUint32(b[20:], 16)
	binary.BigEndian.PutUint64(b[24:], size)
	binary.BigEndian.PutUint32(b[100:], 104)
	return b
}

// sample writes an image's members to a folder and describes them.
func sample(t testing.TB, kernel bool) (Manifest, string) {
	t.Helper()
	dir := t.TempDir()
	m := Manifest{Version: ManifestVersion, Name: "sample", Kind: KindDisk, VirtualSize: 1 << 20}
	put := func(name string, body []byte) File {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Describe(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	m.Disk = put(DiskName, qcow2Bytes(1<<20))
	if kernel {
		k, i := put(KernelName, []byte("kernel")), put(InitrdName, bytes.Repeat([]byte("initrd"), 200))
		m.Kernel, m.Initrd, m.Cmdline = &k, &i, "quiet"
	}
	return m, dir
}

func packed(t testing.TB, kernel bool) ([]byte, Built) {
	t.Helper()
	m, dir := sample(t, kernel)
	b, err := Pack(m, dir, filepath.Join(t.TempDir(), "x"+Extension))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	return data, b
}

func TestPackUnpack(t *testing.T) {
	for _, kernel := range []bool{false, true} {
		m, src := sample(t, kernel)
		out := t.TempDir()
		first, err := Pack(m, src, filepath.Join(out, "a"))
		if err != nil {
			t.Fatal(err)
		}
		// The members' own times must not show in the result.
		if err := os.Chtimes(filepath.Join(src, DiskName), packTime, packTime); err != nil {
			t.Fatal(err)
		}
		second, err := Pack(m, src, filepath.Join(out, "b"))
		if err != nil {
			t.Fatal(err)
		}
		if first.Digest != second.Digest {
			t.Error("equal images with different digests")
		}
		f, err := os.Open(first.Path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		dir := filepath.Join(t.TempDir(), "image")
		got, err := Unpack(f, dir, first.Digest)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := json.Marshal(m)
		if have, _ := json.Marshal(got); !bytes.Equal(have, want) {
			t.Errorf("manifest %s, want %s", have, want)
		}
		for _, member := range m.members() {
			have, err := Describe(dir, member.Name)
			if err != nil || have != member {
				t.Errorf("%s: %v, %v", member.Name, have, err)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(out, ".*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestPackNoticesChange(t *testing.T) {
	m, dir := sample(t, true)
	if err := os.WriteFile(filepath.Join(dir, KernelName), []byte("KERNEL"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	if _, err := Pack(m, dir, filepath.Join(out, "x")); err == nil {
		t.Error("packed a file that is not what the manifest says")
	}
	if left, _ := os.ReadDir(out); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestManifestValidate(t *testing.T) {
	good, _ := sample(t, true)
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Manifest){
		"version":           func(m *Manifest) { m.Version = 2 },
		"empty name":        func(m *Manifest) { m.Name = "" },
		"name with path":    func(m *Manifest) { m.Name = "../x" },
		"kind":              func(m *Manifest) { m.Kind = "tape" },
		"disk path":         func(m *Manifest) { m.Disk.Name = "../../etc/passwd" },
		"kernel path":       func(m *Manifest) { m.Kernel.Name = "/etc/passwd" },
		"initrd name":       func(m *Manifest) { m.Initrd.Name = DiskName },
		"no size":           func(m *Manifest) { m.Disk.Size = 0 },
		"negative size":     func(m *Manifest) { m.Kernel.Size = -1 },
		"huge kernel":       func(m *Manifest) { m.Kernel.Size = maxBoot + 1 },
		"huge disk":         func(m *Manifest) { m.VirtualSize = maxDisk + 1 },
		"no virtual size":   func(m *Manifest) { m.VirtualSize = 0 },
		"digest case":       func(m *Manifest) { m.Disk.SHA256 = strings.Repeat("A", 64) },
		"digest length":     func(m *Manifest) { m.Disk.SHA256 = "ab" },
		"initrd alone":      func(m *Manifest) { m.Kernel, m.Cmdline = nil, "" },
		"command line":      func(m *Manifest) { m.Cmdline = "a\nb" },
		"long command line": func(m *Manifest) { m.Cmdline = strings.Repeat("a", maxCmdline+1) },
		"iso with kernel":   func(m *Manifest) { m.Kind, m.Disk.Name = KindISO, ISOName },
	} {
		m, _ := sample(t, true)
		spoil(&m)
		if err := m.Validate(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// rewrite copies an archive, with its members changed by edit; a nil body drops a member.
func rewrite(t *testing.T, data []byte, edit func(*tar.Header, []byte) (*tar.Header, []byte)) []byte {
	t.Helper()
	var out bytes.Buffer
	r, w := tar.NewReader(bytes.NewReader(data)), tar.NewWriter(&out)
	for {
		h, err := r.Next()
		if err != nil {
			break
		}
		var body bytes.Buffer
		if _, err := body.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		nh, nb := edit(h, body.Bytes())
		if nb == nil {
			continue
		}
		nh.Size = int64(len(nb))
		if nh.Typeflag != tar.TypeReg {
			nh.Size, nb = 0, nil
		}
		if err := w.WriteHeader(nh); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(nb); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestUnpackRefuses(t *testing.T) {
	data, built := packed(t, true)
	on := func(member string, change func(*tar.Header, []byte) (*tar.Header, []byte)) []byte {
		return rewrite(t, data, func(h *tar.Header, b []byte) (*tar.Header, []byte) {
			if h.Name == member {
				return change(h, b)
			}
			return h, b
		})
	}
	for name, bad := range map[string][]byte{
		"empty":     nil,
		"no tar":    bytes.Repeat([]byte("x"), 2000),
		"truncated": data[:len(data)/2],
		"long tail": append(bytes.Clone(data), make([]byte, 1<<20)...),
		"no manifest": on(ManifestName, func(h *tar.Header, _ []byte) (*tar.Header, []byte) {
			return h, nil
		}),
		"large manifest": on(ManifestName, func(h *tar.Header, b []byte) (*tar.Header, []byte) {
			return h, append(b, make([]byte, maxManifest)...)
		}),
		"unknown field": on(ManifestName, func(h *tar.Header, b []byte) (*tar.Header, []byte) {
			return h, bytes.Replace(b, []byte("{"), []byte(`{"extra":1,`), 1)
		}),
		"member missing": on(InitrdName, func(h *tar.Header, _ []byte) (*tar.Header, []byte) {
			return h, nil
		}),
		"path": on(KernelName, func(h *tar.Header, b []byte) (*tar.Header, []byte) {
			h.Name = "../vmlinuz"
			return h, b
		}),
		"symbolic link": on(KernelName, func(h *tar.Header, b []byte) (*tar.Header, []byte) {
			h.Typeflag, h.Linkname = tar.TypeSymlink, "/etc/passwd"
			return h, b
		}),
		"other bytes": on(KernelName, func(h *tar.Header, b []byte) (*tar.Header, []byte) {
			return h, bytes.ToUpper(b)
		}),
		"more bytes": on(KernelName, func(h *tar.Header, b []byte) (*tar.Header, []byte) {
			return h, append(b, 'x')
		}),
	} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "image")
		if _, err := Unpack(bytes.NewReader(bad), dir, ""); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(parent); len(left) > 0 {
			t.Errorf("%s: left behind %v", name, left)
		}
	}
	_, err := Unpack(bytes.NewReader(data), filepath.Join(t.TempDir(), "i"), strings.Repeat("0", 64))
	if !errors.Is(err, ErrInvalid) {
		t.Errorf("digest: %v", err)
	}
	extra := data[:len(data)-1024]
	if _, err := Unpack(bytes.NewReader(append(bytes.Clone(extra), data...)),
		filepath.Join(t.TempDir(), "i"), ""); !errors.Is(err, ErrInvalid) {
		t.Errorf("more members: %v", err)
	}
	if _, err := Unpack(bytes.NewReader(data), filepath.Join(t.TempDir(), "i"), built.Digest); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

// TestUnpackRefusesForeignFiles: an image must not make a host read a file of its own.
func TestUnpackRefusesForeignFiles(t *testing.T) {
	for name, spoil := range map[string]func([]byte){
		"backing file":      func(b []byte) { binary.BigEndian.PutUint64(b[8:], 112) },
		"external data":     func(b []byte) { binary.BigEndian.PutUint64(b[72:], qcow2ExternalData) },
		"data file name":    func(b []byte) { binary.BigEndian.PutUint32(b[104:], qcow2ExtData) },
		"backing format":    func(b []byte) { binary.BigEndian.PutUint32(b[104:], qcow2ExtBacking) },
		"encrypted":         func(b []byte) { binary.BigEndian.PutUint32(b[32:], 2) },
		"corrupt":           func(b []byte) { binary.BigEndian.PutUint64(b[72:], qcow2Corrupt) },
		"unknown feature":   func(b []byte) { binary.BigEndian.PutUint64(b[72:], 1<<40) },
		"other size":        func(b []byte) { binary.BigEndian.PutUint64(b[24:], 2<<20) },
		"raw":               func(b []byte) { b[0] = 'X' },
		"version":           func(b []byte) { binary.BigEndian.PutUint32(b[4:], 9) },
		"header length":     func(b []byte) { binary.BigEndian.PutUint32(b[100:], 64) },
		"endless extension": func(b []byte) { copy(b[104:], []byte{0, 0, 0, 9, 0xff, 0xff, 0xff, 0xff}) },
	} {
		m, dir := sample(t, false)
		disk := qcow2Bytes(1 << 20)
		spoil(disk)
		if err := os.WriteFile(filepath.Join(dir, DiskName), disk, 0o600); err != nil {
			t.Fatal(err)
		}
		var err error
		if m.Disk, err = Describe(dir, DiskName); err != nil {
			t.Fatal(err)
		}
		b, err := Pack(m, dir, filepath.Join(t.TempDir(), "x"))
		if err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(b.Path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := Unpack(f, filepath.Join(t.TempDir(), "i"), b.Digest); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUnpackAnyDamage: one changed byte anywhere is noticed when the digest is known.
func TestUnpackAnyDamage(t *testing.T) {
	data, built := packed(t, true)
	parent := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		bad := bytes.Clone(data)
		i := rapid.IntRange(0, len(bad)-1).Draw(rt, "at")
		bad[i] ^= byte(rapid.IntRange(1, 255).Draw(rt, "bits"))
		if _, err := Unpack(bytes.NewReader(bad), filepath.Join(parent, "image"), built.Digest); err == nil {
			rt.Fatal("damage not noticed")
		}
	})
}

func FuzzUnpack(f *testing.F) {
	for _, kernel := range []bool{false, true} {
		data, _ := packed(f, kernel)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		parent := t.TempDir()
		dir := filepath.Join(parent, "in", "image")
		if err := os.Mkdir(filepath.Join(parent, "in"), 0o755); err != nil {
			t.Fatal(err)
		}
		m, err := Unpack(bytes.NewReader(data), dir, "")
		inside, _ := os.ReadDir(filepath.Join(parent, "in"))
		outside, _ := os.ReadDir(parent)
		if len(outside) != 1 || len(inside) > 1 || err != nil && len(inside) != 0 {
			t.Fatalf("files beside the image: %v, %v (%v)", outside, inside, err)
		}
		if err != nil {
			return
		}
		for _, member := range m.members() {
			if have, err := Describe(dir, member.Name); err != nil || have != member {
				t.Fatalf("%v, want %v (%v)", have, member, err)
			}
		}
	})
}

func FuzzQcow2Header(f *testing.F) {
	f.Add(qcow2Bytes(1 << 20))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := parseQcow2Header(data)
		if err != nil {
			return
		}
		if h.standsAlone() == nil && (binary.BigEndian.Uint64(data[8:]) != 0 || h.virtualSize == 0) {
			t.Fatal("trusted a disk that names another file")
		}
	})
}
