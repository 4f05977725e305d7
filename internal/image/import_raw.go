package image

import (
	"encoding/binary"
	"io"
	"os"
)

// rawHead is how much of a raw disk tells what is on it: the mark of btrfs is the
// farthest.
const rawHead = 68 << 10

// mark is a sign of a disk or a file system, and how large it says that it is.
type mark struct {
	name string
	size func(b []byte) uint64 // in bytes; 0 when it does not say
}

// checkRaw refuses a file that has no sign of a disk, such as a text, and one that
// is smaller than its own table or file system says.
func checkRaw(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	head := make([]byte, rawHead)
	if _, err := io.ReadFull(f, head); err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return err
	}
	return rawFits(head, st.Size())
}

// rawFits judges the first bytes of a raw disk, filled up with zeros.
func rawFits(head []byte, size int64) error {
	signs := signsOf(head)
	if len(signs) == 0 {
		return invalid("this is no disk: there is neither a partition table nor a file system in it; --raw takes it as it is")
	}
	for _, s := range signs {
		if want := s.size(head); want > uint64(size) {
			return invalid("the disk is cut short: its %s says %d bytes, and the file has %d", s.name, want, size)
		}
	}
	return nil
}

func signsOf(b []byte) (signs []mark) {
	at := func(offset int, text string) bool { return string(b[offset:offset+len(text)]) == text }
	switch {
	case at(510, "\x55\xaa") && (at(3, "NTFS") || at(54, "FAT") || at(82, "FAT")):
		signs = append(signs, mark{"file system", bootSectorSize})
	case at(510, "\x55\xaa"):
		signs = append(signs, mark{"partition table", partitionsEnd})
	}
	for _, sector := range []int{512, 4096} {
		if at(sector, "EFI PART") {
			signs = append(signs, mark{"partition table", func(b []byte) uint64 {
				// The copy of the table is in the last sector.
				return times(binary.LittleEndian.Uint64(b[sector+32:])+1, uint64(sector))
			}})
		}
	}
	for _, m := range []struct {
		at         int
		text, name string
		size       func([]byte) uint64
	}{
		{1080, "\x53\xef", "ext file system", extSize},
		{0, "XFSB", "XFS file system", func(b []byte) uint64 {
			return times(binary.BigEndian.Uint64(b[8:]), uint64(binary.BigEndian.Uint32(b[4:])))
		}},
		{65536 + 64, "_BHRfS_M", "btrfs file system", func(b []byte) uint64 { return binary.LittleEndian.Uint64(b[65536+0x70:]) }},
		{0, "hsqs", "squashfs file system", func(b []byte) uint64 { return binary.LittleEndian.Uint64(b[40:]) }},
		{512, "LABELONE", "LVM label", unsaid},
		{4086, "SWAPSPACE2", "swap space", unsaid},
	} {
		if at(m.at, m.text) {
			signs = append(signs, mark{m.name, m.size})
		}
	}
	return signs
}

func unsaid([]byte) uint64 { return 0 }

// times multiplies without going round: what is too large is larger than any file.
func times(a, b uint64) uint64 {
	if a != 0 && b > (1<<63)/a {
		return 1 << 63
	}
	return a * b
}

// partitionsEnd is the end of the last partition of an MBR. What is no table, but
// the code of a boot sector, says nothing.
func partitionsEnd(b []byte) (end uint64) {
	const first, entry = 446, 16
	for i := range 4 {
		e := b[first+i*entry:]
		if e[0]&0x7f != 0 {
			return 0
		}
		if kind := e[4]; kind != 0 && kind != 0xee { // 0xee: the table is a GPT
			start, count := binary.LittleEndian.Uint32(e[8:]), binary.LittleEndian.Uint32(e[12:])
			end = max(end, (uint64(start)+uint64(count))*512)
		}
	}
	return end
}

// bootSectorSize is that of a FAT or NTFS without partitions.
func bootSectorSize(b []byte) uint64 {
	sector := uint64(binary.LittleEndian.Uint16(b[11:]))
	count := uint64(binary.LittleEndian.Uint16(b[19:]))
	if count == 0 {
		count = uint64(binary.LittleEndian.Uint32(b[32:]))
	}
	if string(b[3:7]) == "NTFS" {
		count = binary.LittleEndian.Uint64(b[40:])
	}
	return times(count, sector)
}

// extSize is blocks times their size; the upper half of the number counts only
// where the file system is one of 64 bits.
func extSize(b []byte) uint64 {
	s := b[1024:]
	blocks := uint64(binary.LittleEndian.Uint32(s[4:]))
	if binary.LittleEndian.Uint32(s[96:])&0x80 != 0 {
		blocks |= uint64(binary.LittleEndian.Uint32(s[0x150:])) << 32
	}
	return times(blocks, 1024<<min(binary.LittleEndian.Uint32(s[24:]), 16))
}

// isoSize is what an ISO says of itself, in bytes.
func isoSize(head []byte) uint64 {
	const volume = 32768
	if len(head) < volume+132 {
		return 0
	}
	blocks, size := binary.LittleEndian.Uint32(head[volume+80:]), binary.LittleEndian.Uint16(head[volume+128:])
	return times(uint64(blocks), uint64(size))
}

// vhdFits refuses a disk of a VHD that is smaller than its footer says, or has
// another disk below it.
func vhdFits(foot []byte, size int64) error {
	const fixed, differencing = 2, 4
	switch binary.BigEndian.Uint32(foot[60:]) {
	case differencing:
		return invalid("disk has a backing file")
	case fixed:
		if want := binary.BigEndian.Uint64(foot[48:]); want > uint64(size)-512 {
			return invalid("the disk is cut short: its footer says %d bytes, and the file has %d", want, size-512)
		}
	}
	return nil
}
