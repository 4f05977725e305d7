package image

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// qcow2Header holds what decides whether a disk can be trusted (QEMU docs/interop/qcow2.txt).
// It is read here and not by qemu-img: qemu-img opens the files that a hostile header names.
type qcow2Header struct {
	version       uint32
	backingOffset uint64
	virtualSize   uint64 // bytes
	cryptMethod   uint32
	incompatible  uint64
	extensions    []uint32 // types of the header extensions
}

const (
	qcow2Magic = "QFI\xfb"

	qcow2ExternalData = 1 << 2 // incompatible feature: guest data is in another file
	qcow2Compression  = 1 << 3 // zstd
	qcow2ExtendedL2   = 1 << 4
	qcow2Corrupt      = 1 << 1
	qcow2Known        = qcow2Compression | qcow2ExtendedL2 | 1 // bit 0: dirty

	qcow2ExtBacking = 0xE2792ACA
	qcow2ExtData    = 0x44415441 // name of the external data file
	qcow2ExtCrypto  = 0x0537be77
)

func readQcow2Header(path string) (qcow2Header, error) {
	f, err := os.Open(path)
	if err != nil {
		return qcow2Header{}, err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return qcow2Header{}, fmt.Errorf("read disk: %w", err)
	}
	return parseQcow2Header(head[:n])
}

// parseQcow2Header reads the start of a disk file, of which 4096 bytes are enough.
func parseQcow2Header(b []byte) (qcow2Header, error) {
	var h qcow2Header
	if len(b) < 72 || string(b[:4]) != qcow2Magic {
		return h, invalid("disk is not qcow2")
	}
	be := binary.BigEndian
	h.version = be.Uint32(b[4:])
	h.backingOffset = be.Uint64(b[8:])
	h.virtualSize = be.Uint64(b[24:])
	h.cryptMethod = be.Uint32(b[32:])
	length := uint32(72)
	switch h.version {
	case 2:
	case 3:
		if len(b) < 104 {
			return h, invalid("disk header is cut short")
		}
		h.incompatible = be.Uint64(b[72:])
		length = be.Uint32(b[100:])
		if length < 104 || length > 2048 || length%8 != 0 {
			return h, invalid("disk header of %d bytes", length)
		}
	default:
		return h, invalid("qcow2 version %d", h.version)
	}
	for rest := tail(b, uint64(length)); len(rest) >= 8; {
		kind, size := be.Uint32(rest), be.Uint32(rest[4:])
		if kind == 0 {
			return h, nil
		}
		h.extensions = append(h.extensions, kind)
		rest = tail(rest, 8+(uint64(size)+7)/8*8)
	}
	// An end marker that we cannot see may hide an extension behind it.
	return h, invalid("disk header has no end")
}

func tail(b []byte, from uint64) []byte {
	if from >= uint64(len(b)) {
		return nil
	}
	return b[from:]
}

// standsAlone refuses a disk that would make QEMU open anything but the file itself.
func (h qcow2Header) standsAlone() error {
	switch {
	case h.backingOffset != 0:
		return invalid("disk has a backing file")
	case h.incompatible&qcow2ExternalData != 0:
		return invalid("disk keeps its data in another file")
	case h.incompatible&qcow2Corrupt != 0:
		return invalid("disk is marked corrupt")
	case h.incompatible&^qcow2Known != 0:
		return invalid("disk has unknown features %#x", h.incompatible)
	case h.cryptMethod != 0:
		return invalid("disk is encrypted")
	case h.virtualSize == 0 || h.virtualSize > maxDisk:
		return invalid("disk of %d bytes", h.virtualSize)
	}
	for _, kind := range h.extensions {
		switch kind {
		case qcow2ExtBacking, qcow2ExtData, qcow2ExtCrypto:
			return invalid("disk names another file or a key (extension %#x)", kind)
		}
	}
	return nil
}
