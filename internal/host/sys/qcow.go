package sys

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
)

// Qcow is what the header of a qcow2 file says (QEMU, docs/interop/qcow2.txt).
// It is read here and not by a tool, because a driver looks at the headers of
// a whole chain in every call.
type Qcow struct {
	Size    int64  // bytes the guest sees
	Backing string // backing file as written, empty = none
	// DataFile says that the data lies in another file that the header names.
	// We never make such files; one that comes in an image could name any file
	// of this machine.
	DataFile bool
}

// ReadQcow reads the header of a file.
func ReadQcow(path string) (Qcow, error) {
	f, err := os.Open(path)
	if err != nil {
		return Qcow{}, err
	}
	defer f.Close()
	q, err := ParseQcow(f)
	if err != nil {
		return Qcow{}, fmt.Errorf("read %s: %w", path, err)
	}
	return q, nil
}

// ParseQcow reads a header.
func ParseQcow(r io.ReaderAt) (Qcow, error) {
	h := make([]byte, 104)
	n, err := r.ReadAt(h, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return Qcow{}, err
	}
	if n < 72 || !bytes.Equal(h[:4], []byte("QFI\xfb")) {
		return Qcow{}, errors.New("not a qcow2 file")
	}
	u32, u64 := binary.BigEndian.Uint32, binary.BigEndian.Uint64
	q := Qcow{Size: int64(u64(h[24:]))}
	switch v := u32(h[4:]); {
	case v == 3 && n >= 80:
		q.DataFile = u64(h[72:])&4 != 0
	case v != 2:
		return Qcow{}, fmt.Errorf("qcow2 version %d", v)
	}
	if q.Size < 0 {
		return Qcow{}, errors.New("size out of range")
	}
	off, length := u64(h[8:]), u32(h[16:])
	if off == 0 {
		return q, nil
	}
	if length == 0 || length > 1023 || off > 1<<30 {
		return Qcow{}, errors.New("backing file name out of range")
	}
	name := make([]byte, length)
	if _, err := r.ReadAt(name, int64(off)); err != nil {
		return Qcow{}, fmt.Errorf("backing file name: %w", err)
	}
	q.Backing = string(name)
	return q, nil
}

// MakeQcow makes an empty layer on backing (a name as seen from the layer's
// own folder; empty = none). The size is always given, and backing not opened:
// a running machine may have it open. The file belongs to the tools.
func (in Installation) MakeQcow(ctx context.Context, path, backing string, size int64) error {
	args := []string{"create", "-q", "-f", "qcow2"}
	if backing != "" {
		args = append(args, "-u", "-F", "qcow2", "-b", backing)
	}
	if err := in.MakeFile(path); err != nil {
		return err
	}
	return in.qemuImg(ctx, []Bind{{Path: path, Write: true}}, append(args, path, strconv.FormatInt(size, 10))...)
}

// MakeFile makes an empty file that a tool is to fill: it can make none in a
// folder of ours.
func (in Installation) MakeFile(path string) error {
	user, err := in.ToolUser()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return in.GiveLayer(path, user)
}

// GrowQcow makes a layer of a volume larger. Nobody may have it open.
func (in Installation) GrowQcow(ctx context.Context, volume plan.ID, layer string, size int64) error {
	user, err := in.ToolUser()
	if err == nil {
		err = in.GiveVolume(volume, user)
	}
	if err != nil {
		return err
	}
	binds, err := in.VolumeBinds(volume, true)
	if err != nil {
		return err
	}
	file := filepath.Join(in.VolumeDir(volume), Backing(layer))
	return in.qemuImg(ctx, binds, "resize", "-q", "-f", "qcow2", file, strconv.FormatInt(size, 10))
}

// qemuImg runs a short qemu-img command. Long ones are Jobs.
func (in Installation) qemuImg(ctx context.Context, binds []Bind, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, 1500*time.Millisecond)
	defer cancel()
	cage, err := in.ToolCage(binds...)
	if err != nil {
		return err
	}
	var out strings.Builder
	cmd := exec.CommandContext(ctx, "qemu-img", args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cage.Run(cmd); err != nil {
		return fmt.Errorf("qemu-img %s: %w: %s", args[0], err, strings.TrimSpace(out.String()))
	}
	return nil
}

// SyncFile makes a file's content durable.
func SyncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
