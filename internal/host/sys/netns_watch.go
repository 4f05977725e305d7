package sys

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// NetnsWatch hears of network namespaces whose names are taken away.
type NetnsWatch struct{ f *os.File }

// WatchNetns begins to listen. The folder is made where nothing has made it yet.
func WatchNetns() (*NetnsWatch, error) {
	if err := os.MkdirAll(NetnsDir, 0o755); err != nil {
		return nil, fmt.Errorf("watch network namespaces: %w", err)
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("watch network namespaces: %w", err)
	}
	if _, err := unix.InotifyAddWatch(fd, NetnsDir, unix.IN_DELETE|unix.IN_MOVED_FROM|unix.IN_ONLYDIR); err != nil {
		return nil, errors.Join(fmt.Errorf("watch network namespaces: %w", err), unix.Close(fd))
	}
	return &NetnsWatch{os.NewFile(uintptr(fd), "network namespaces")}, nil
}

// Next waits for names that were taken away; none: some were missed. It ends with Close.
func (w *NetnsWatch) Next() ([]Netns, error) {
	b := make([]byte, 64*(unix.SizeofInotifyEvent+unix.NAME_MAX+1))
	n, err := w.f.Read(b)
	if err != nil {
		return nil, err
	}
	var names []Netns
	for b = b[:n]; len(b) >= unix.SizeofInotifyEvent; {
		mask, size := binary.NativeEndian.Uint32(b[4:]), int(binary.NativeEndian.Uint32(b[12:]))
		end := unix.SizeofInotifyEvent + size
		if mask&unix.IN_Q_OVERFLOW != 0 || end > len(b) {
			return nil, nil
		}
		name, _, _ := bytes.Cut(b[unix.SizeofInotifyEvent:end], []byte{0})
		names, b = append(names, Netns(name)), b[end:]
	}
	return names, nil
}

// Close ends Next.
func (w *NetnsWatch) Close() error { return w.f.Close() }
