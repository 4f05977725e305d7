package image

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func random(n int) []byte {
	b := make([]byte, n)
	src := rand.NewChaCha8([32]byte{2})
	_, _ = src.Read(b)
	return b
}

// gpt gives a disk a GPT behind its protective table.
func gpt(b []byte) {
	partition(b)
	b[446+4] = 0xee
	copy(b[512:], "EFI PART")
	binary.LittleEndian.PutUint64(b[512+32:], uint64(len(b)/512-1))
}

// A disk whose end is missing is refused in every format, however little is
// missing; the control run is the whole one.
func TestImportCutShort(t *testing.T) {
	needQemuImg(t)
	dir := t.TempDir()
	dense := random(3 << 20)
	partition(dense)
	with := func(change func([]byte)) []byte {
		b := bytes.Clone(dense)
		change(b)
		return b
	}
	ext := filepath.Join(dir, "ext")
	if out, err := exec.Command("mke2fs", "-q", "-t", "ext4", ext, "3072k").CombinedOutput(); err != nil {
		t.Skipf("mke2fs: %v: %s", err, out)
	}
	file := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	raw := file("dense", dense)
	convert := func(name string, args ...string) string {
		path := filepath.Join(dir, name)
		args = append(append([]string{"convert", "-f", "raw"}, args...), raw, path)
		if out, err := exec.Command("qemu-img", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return path
	}
	iso := &guest{t: t, dir: t.TempDir()}
	iso.seed(map[string]string{"readme": strings.Repeat("hello", 100_000)})
	for name, path := range map[string]string{
		"qcow2":              convert("q", "-O", "qcow2"),
		"qcow2, old":         convert("q2", "-O", "qcow2", "-o", "compat=0.10"),
		"qcow2, packed":      convert("qc", "-c", "-O", "qcow2"),
		"VDI":                convert("vdi", "-O", "vdi"),
		"VDI, static":        convert("vdis", "-O", "vdi", "-o", "static=on"),
		"VHDX":               convert("vhdx", "-O", "vhdx", "-o", "block_size=1M"),
		"VHD":                convert("vhd", "-O", "vpc", "-o", "force_size=on"),
		"VHD, fixed":         convert("vhdf.vhd", "-O", "vpc", "-o", "force_size=on,subformat=fixed"),
		"raw, MBR":           raw,
		"raw, GPT":           file("gpt", with(gpt)),
		"raw, a file system": ext,
		"ISO":                filepath.Join(iso.dir, "seed.iso"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Import(t.Context(), path, "", importOptions(t)); err != nil {
				t.Fatalf("the whole: %v", err)
			}
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, lost := range []int{4096, 100_000, len(whole) / 2, len(whole) * 9 / 10} {
				cut := filepath.Join(t.TempDir(), "cut-"+filepath.Base(path))
				if err := os.WriteFile(cut, whole[:len(whole)-lost], 0o600); err != nil {
					t.Fatal(err)
				}
				opts := importOptions(t)
				if b, err := Import(t.Context(), cut, "", opts); !errors.Is(err, ErrInvalid) {
					t.Errorf("%d of %d bytes are missing: %v, %+v", lost, len(whole), err, b)
				}
				if made, _ := filepath.Glob(filepath.Join(opts.Dir, "*")); len(made) > 0 {
					t.Errorf("made %v", made)
				}
			}
		})
	}
}

// What is no disk by its marks can be taken as one all the same, if somebody says so.
func TestImportRaw(t *testing.T) {
	needQemuImg(t)
	data := random(1 << 20)
	path := filepath.Join(t.TempDir(), "noise")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	opts := importOptions(t)
	if _, err := Import(t.Context(), path, "", opts); !errors.Is(err, ErrInvalid) {
		t.Errorf("noise: %v", err)
	}
	opts.Raw = true
	b, err := Import(t.Context(), path, "", opts)
	if err != nil {
		t.Fatal(err)
	}
	sameDisk(t, b, data)
}

// Marks of all kinds are known, and say how large the disk is.
func TestRawFits(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	for name, c := range map[string]struct {
		size int64 // of the disk, by its own words; 0: they say none
		mark func(b []byte)
	}{
		"MBR": {4096 * 512, func(b []byte) {
			b[510], b[511], b[446+4] = 0x55, 0xaa, 0x83
			le.PutUint32(b[446+8:], 2048)
			le.PutUint32(b[446+12:], 2048)
		}},
		"boot code": {0, func(b []byte) { copy(b[446:], bytes.Repeat([]byte{0x77}, 64)); b[510], b[511] = 0x55, 0xaa }},
		"FAT": {2880 * 512, func(b []byte) {
			copy(b[54:], "FAT12")
			le.PutUint16(b[11:], 512)
			le.PutUint16(b[19:], 2880)
			b[510], b[511] = 0x55, 0xaa
		}},
		"FAT32": {100_000 * 512, func(b []byte) {
			copy(b[82:], "FAT32")
			le.PutUint16(b[11:], 512)
			le.PutUint32(b[32:], 100_000)
			b[510], b[511] = 0x55, 0xaa
		}},
		"NTFS": {100_000 * 512, func(b []byte) {
			copy(b[3:], "NTFS")
			le.PutUint16(b[11:], 512)
			le.PutUint64(b[40:], 100_000)
			b[510], b[511] = 0x55, 0xaa
		}},
		"GPT of large sectors": {1000 * 4096, func(b []byte) { copy(b[4096:], "EFI PART"); le.PutUint64(b[4096+32:], 999) }},
		"XFS":                  {1000 * 4096, func(b []byte) { copy(b, "XFSB"); be.PutUint32(b[4:], 4096); be.PutUint64(b[8:], 1000) }},
		"btrfs":                {1 << 30, func(b []byte) { copy(b[65536+64:], "_BHRfS_M"); le.PutUint64(b[65536+0x70:], 1<<30) }},
		"squashfs":             {123_456, func(b []byte) { copy(b, "hsqs"); le.PutUint64(b[40:], 123_456) }},
		"LVM":                  {0, func(b []byte) { copy(b[512:], "LABELONE") }},
		"swap":                 {0, func(b []byte) { copy(b[4086:], "SWAPSPACE2") }},
		"ext": {5000 * 1024, func(b []byte) {
			copy(b[1080:], "\x53\xef")
			le.PutUint32(b[1024+4:], 5000)
		}},
		"ext of 64 bits": {(1<<32 + 1) * 4096, func(b []byte) {
			copy(b[1080:], "\x53\xef")
			le.PutUint32(b[1024+4:], 1)
			le.PutUint32(b[1024+24:], 2)
			le.PutUint32(b[1024+96:], 0x80)
			le.PutUint32(b[1024+0x150:], 1)
		}},
	} {
		head := make([]byte, rawHead)
		c.mark(head)
		if err := rawFits(head, max(c.size, 1)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := rawFits(head, c.size-1); (err == nil) != (c.size == 0) {
			t.Errorf("%s, a byte less: %v", name, err)
		}
	}
	if err := rawFits(make([]byte, rawHead), 1<<30); !errors.Is(err, ErrInvalid) {
		t.Errorf("nothing: %v", err)
	}
}

// Whatever is in a file, judging it neither crashes nor goes round.
func FuzzRawFits(f *testing.F) {
	disk := rawDisk()
	f.Add(disk[:4096], int64(len(disk)))
	f.Add([]byte("XFSB\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), int64(1))
	f.Fuzz(func(t *testing.T, b []byte, size int64) {
		head := make([]byte, rawHead)
		copy(head, b)
		if size < 0 {
			return
		}
		err := rawFits(head, size)
		if again := rawFits(head, 1<<62); err == nil && again != nil {
			t.Errorf("it fits %d bytes, and not more: %v", size, again)
		}
		isoSize(b)
		if len(b) >= 512 && size >= 512 {
			_ = vhdFits(b[:512], size)
		}
	})
}

// What qemu-img prints is read in whatever pieces it comes, and never makes the
// file longer than it is.
func FuzzExtents(f *testing.F) {
	f.Add([]byte(`[{ "start": 0, "length": 65536, "depth": 0, "present": true, "zero": false, "data": true, "offset": 327680},`+"\n"), 7)
	f.Fuzz(func(t *testing.T, b []byte, at int) {
		var one, two extents
		_, err := one.Write(b)
		at = max(0, min(at, len(b)))
		_, err1 := two.Write(b[:at])
		_, err2 := two.Write(b[at:])
		if err == nil && err1 == nil && err2 == nil && one.missing != two.missing {
			t.Errorf("%d in one piece, %d in two", one.missing, two.missing)
		}
		if one.missing < 0 {
			t.Errorf("%d bytes are missing", one.missing)
		}
	})
}

func TestExtents(t *testing.T) {
	m := &extents{size: 1000}
	for _, line := range []string{
		`[{ "start": 0, "length": 500, "data": true, "offset": 500},`,
		`{ "start": 500, "length": 9000, "data": false, "zero": true, "offset": 9000},`,
		`{ "start": 9500, "length": 700, "data": true, "compressed": true},`, `{ "start": 10200, "length": 10, "data": true, "offset": 1005}]`,
	} {
		if _, err := m.Write([]byte(line + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	if m.missing != 15 {
		t.Errorf("%d bytes are missing, want 15", m.missing)
	}
	if _, err := m.Write(make([]byte, 2*mapLine)); err == nil {
		t.Error("a line without end is read")
	}
}
