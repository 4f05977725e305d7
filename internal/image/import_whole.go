package image

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// whole refuses a disk of which the end is missing, as an interrupted copy leaves
// it: reading what is not there gives zeros, and a server would start from a disk
// with holes.
func whole(ctx context.Context, file, format string) error {
	if err := checkTables(ctx, file, format); err != nil {
		return err
	}
	st, err := os.Stat(file)
	if err != nil {
		return err
	}
	m := &extents{size: st.Size()}
	_, err = runIn(ctx, sys.ToolCage(sys.Bind{Path: file}), "/", nil, m, "qemu-img", "map", "--output=json", "-f", format, file)
	if err != nil {
		return invalid("%v", err)
	}
	if m.missing > 0 {
		return invalid("the disk is cut short: %d bytes are missing at the end of the file", m.missing)
	}
	return nil
}

// checkTables lets QEMU compare the tables of a format that has some.
func checkTables(ctx context.Context, file, format string) error {
	if format != formatQcow2 && format != formatVDI && format != formatVHDX {
		return nil
	}
	var out bytes.Buffer
	// The status also says that clusters are in use by nothing, which harms nobody.
	_, failed := runIn(ctx, sys.ToolCage(sys.Bind{Path: file}), "/", nil, &out, "qemu-img", "check", "--output=json", "-f", format, file)
	var found struct {
		Errors      int64 `json:"check-errors"`
		Corruptions int64 `json:"corruptions"`
	}
	if err := json.Unmarshal(out.Bytes(), &found); err != nil {
		return invalid("the disk cannot be checked: %v", failed)
	}
	if found.Errors+found.Corruptions > 0 {
		return invalid("the disk is damaged or cut short: qemu-img check finds errors: %d", found.Errors+found.Corruptions)
	}
	return nil
}

// extents reads what qemu-img map prints, one object a line, and finds how much of
// the data that the tables name lies behind the end of the file.
type extents struct {
	size    int64 // of the file
	missing int64
	rest    []byte
}

// mapLine bounds a line of qemu-img map.
const mapLine = 64 << 10

// Write takes what was printed.
func (m *extents) Write(p []byte) (int, error) {
	m.rest = append(m.rest, p...)
	for {
		i := bytes.IndexByte(m.rest, '\n')
		if i < 0 {
			break
		}
		m.line(m.rest[:i])
		m.rest = m.rest[i+1:]
	}
	if len(m.rest) > mapLine {
		return 0, invalid("qemu-img map prints lines without end")
	}
	return len(p), nil
}

func (m *extents) line(b []byte) {
	b = bytes.Trim(b, "[],\r ")
	var e struct {
		Length int64  `json:"length"`
		Data   bool   `json:"data"`
		Offset *int64 `json:"offset"` // in the file; none for what is packed
	}
	if len(b) == 0 || json.Unmarshal(b, &e) != nil || e.Offset == nil || !e.Data || *e.Offset < 0 || e.Length < 0 {
		return
	}
	end := *e.Offset + min(e.Length, math.MaxInt64-*e.Offset)
	m.missing = max(m.missing, end-m.size)
}

// promised are formats that the name of a file promises.
var promised = map[string]string{".qcow2": formatQcow2, ".vdi": formatVDI, ".vhd": formatVHD, ".vhdx": formatVHDX}

// keepsPromise refuses a file without the mark of a format, when its name says one:
// the mark was cut off, or was never there.
func keepsPromise(name string) error {
	if want, ok := promised[strings.ToLower(filepath.Ext(name))]; ok {
		return invalid("the name says %s, and the file is none: it is cut short, or something else; --raw takes it as it is", want)
	}
	return nil
}
