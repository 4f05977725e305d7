package seed

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// An ISO 9660 file system (ECMA-119) with one folder, Rock Ridge names for
// Linux and Joliet names for everything else. Nothing in it depends on the
// time or the machine: equal files give equal bytes. The modules at hand write
// neither extension, and without one of them "user-data" would have no name.
const sector = 2048

// Sectors of the fixed parts; files follow.
const (
	atPrimary = 16 + iota
	atJoliet
	atEnd
	atPaths    // little endian, primary
	atPathsBE  // big endian, primary
	atJPaths   // little endian, Joliet
	atJPathsBE // big endian, Joliet
	atRoot
	atJRoot
	atFiles
)

// epoch is the time of every file: years since 1900, month, day, ...
var epoch = []byte{120, 1, 1, 0, 0, 0, 0}

// file is one file of the image.
type file struct {
	name string
	data []byte
}

type entry struct {
	file
	at uint32 // first sector
}

func iso(label string, files []file) ([]byte, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	entries := make([]entry, len(files))
	next := uint32(atFiles)
	for i, f := range files {
		entries[i] = entry{f, next}
		next += sectors(len(f.data))
	}
	root, err := folder(entries, atRoot, primaryRecord)
	if err != nil {
		return nil, err
	}
	jroot, err := folder(entries, atJRoot, jolietRecord)
	if err != nil {
		return nil, err
	}
	img := make([]byte, int(next)*sector)
	put := func(at int, b []byte) { copy(img[at*sector:], b) }
	put(atPrimary, descriptor(1, label, next, atPaths, atRoot))
	put(atJoliet, descriptor(2, label, next, atJPaths, atJRoot))
	put(atEnd, append([]byte{255}, "CD001\x01"...))
	put(atPaths, pathTable(binary.LittleEndian, atRoot))
	put(atPathsBE, pathTable(binary.BigEndian, atRoot))
	put(atJPaths, pathTable(binary.LittleEndian, atJRoot))
	put(atJPathsBE, pathTable(binary.BigEndian, atJRoot))
	put(atRoot, root)
	put(atJRoot, jroot)
	for _, e := range entries {
		put(int(e.at), e.data)
	}
	return img, nil
}

func sectors(n int) uint32 { return uint32((n + sector - 1) / sector) }

// both writes a number in both byte orders, as most fields want it.
func both32(n uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, n), n)
}

func both16(n uint16) []byte {
	return binary.BigEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, n), n)
}

// descriptor is a volume descriptor, primary (1) or Joliet (2).
func descriptor(kind byte, label string, total uint32, paths, root int) []byte {
	d := make([]byte, sector)
	d[0] = kind
	copy(d[1:], "CD001\x01")
	text := func(at, n int, s string) {
		field := []byte(s + strings.Repeat(" ", n))[:n]
		if kind == 2 {
			field = ucs2(s + strings.Repeat(" ", n))[:n]
			if n%2 == 1 {
				field[n-1] = 0
			}
		}
		copy(d[at:], field)
	}
	text(8, 32, "")
	text(40, 32, label)
	copy(d[80:], both32(total))
	if kind == 2 {
		copy(d[88:], "%/E") // UCS-2 level 3
	}
	copy(d[120:], both16(1)) // volumes in the set
	copy(d[124:], both16(1)) // this volume
	copy(d[128:], both16(sector))
	copy(d[132:], both32(10)) // length of a path table with the root only
	binary.LittleEndian.PutUint32(d[140:], uint32(paths))
	binary.BigEndian.PutUint32(d[148:], uint32(paths+1))
	copy(d[156:], record([]byte{0}, uint32(root), sector, true, nil))
	for _, f := range []struct{ at, n int }{{190, 128}, {318, 128}, {446, 128}, {574, 128}, {702, 37}, {739, 37}, {776, 37}} {
		text(f.at, f.n, "")
	}
	for _, at := range []int{813, 830, 847, 864} { // no time of creation, change, expiry, effect
		copy(d[at:], "0000000000000000")
	}
	d[881] = 1
	return d
}

func pathTable(o binary.AppendByteOrder, root uint32) []byte {
	t := []byte{1, 0}
	t = o.AppendUint32(t, root)
	t = o.AppendUint16(t, 1)
	return append(t, 0, 0)
}

// folder is the one sector of directory records.
func folder(entries []entry, self uint32, one func(entry) []byte) ([]byte, error) {
	var dot, dotdot []byte
	if self == atRoot {
		// SP says that Rock Ridge is used, ER which version.
		dot = slices.Concat([]byte("SP\x07\x01\xbe\xef\x00"), px(0o040755, 2), []byte("ER\x12\x01\x0a\x00\x00\x01RRIP_1991A"))
		dotdot = px(0o040755, 2)
	}
	b := slices.Concat(record([]byte{0}, self, sector, true, dot), record([]byte{1}, self, sector, true, dotdot))
	for _, e := range entries {
		b = append(b, one(e)...)
	}
	if len(b) > sector {
		return nil, errors.New("too many files for a seed")
	}
	return b, nil
}

func primaryRecord(e entry) []byte {
	nm := append([]byte{'N', 'M', byte(5 + len(e.name)), 1, 0}, e.name...)
	return record([]byte(shortName(e.name)), e.at, uint32(len(e.data)), false, append(nm, px(0o100444, 1)...))
}

func jolietRecord(e entry) []byte {
	return record(ucs2(e.name), e.at, uint32(len(e.data)), false, nil)
}

// shortName is the name for readers without any extension.
func shortName(name string) string {
	base, ext, _ := strings.Cut(strings.ToUpper(strings.ReplaceAll(name, "-", "")), ".")
	return fmt.Sprintf("%.8s.%.3s;1", base, ext)
}

// px is the Rock Ridge entry for mode and links; the owner is root.
func px(mode, links uint32) []byte {
	return slices.Concat([]byte("PX\x24\x01"), both32(mode), both32(links), both32(0), both32(0))
}

// record is a directory record with its system use area.
func record(name []byte, at, size uint32, dir bool, use []byte) []byte {
	r := slices.Concat([]byte{0, 0}, both32(at), both32(size), epoch, []byte{0, 0, 0}, both16(1), []byte{byte(len(name))}, name)
	if dir {
		r[25] = 2
	}
	if len(r)%2 == 1 {
		r = append(r, 0)
	}
	r = append(r, use...)
	if len(r)%2 == 1 {
		r = append(r, 0)
	}
	r[0] = byte(len(r))
	return r
}

func ucs2(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return b
}
