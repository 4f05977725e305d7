package qemu

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/plan"
)

// roomToGoOn is how much room a guest that was paused on a full disk must find
// before it goes on, in bytes: less would be full again at once.
const roomToGoOn = 64 << 20

// guestTime bounds what is said to a guest's agent in one step.
const guestTime = 500 * time.Millisecond

// paused is a machine that QEMU stopped because a disk could not be written. It
// waits until there is room, without losing anything, and then goes on; its clock
// stood still meanwhile.
func (v *vm) paused(ctx context.Context, q *qmp, m *machine, st plan.Status) (plan.Status, error) {
	st.Ready, st.Again = false, 5*soon
	var fs unix.Statfs_t
	dir := v.In.Path("volumes")
	if err := unix.Statfs(dir, &fs); err != nil {
		return st, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	free, size := int64(fs.Bavail)*fs.Bsize, int64(fs.Blocks)*fs.Bsize //nolint:gosec // no disk is larger
	st.Reason = "a disk of the machine cannot be written; the machine is paused and goes on by itself as soon as it can"
	if m.full {
		st.Reason = fmt.Sprintf("the file system of %s is full (%d of %d MiB are free): "+
			"the machine is paused and goes on by itself when there is room", dir, free>>20, size>>20)
		if free < roomToGoOn {
			return st, nil
		}
	}
	if err := hot(func() error { return q.do("cont", nil, nil) }); err != nil {
		return st, err
	}
	_ = v.setClock(ctx) // a guest without an agent has to find out itself
	return st, nil
}

// setClock tells the guest what time it is, through its agent. What is buffered for
// an agent that does not answer would be believed much later, so it is asked for an
// answer first.
func (v *vm) setClock(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, guestTime)
	defer cancel()
	conn, err := dialUnix(ctx, v.socket("qga.sock"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	mark := rand.Int64N(1 << 40) //nolint:gosec // tells one answer from an older one
	if err := json.NewEncoder(conn).Encode(map[string]any{"execute": "guest-sync", "arguments": map[string]any{"id": mark}}); err != nil {
		return err
	}
	if err := answered(conn, mark); err != nil {
		return err
	}
	return json.NewEncoder(conn).Encode(map[string]any{"execute": "guest-set-time", "arguments": map[string]any{"time": v.Now().UnixNano()}})
}

// answered reads until the agent gives back the mark. The guest says what it likes,
// so little of it is read.
func answered(r io.Reader, mark int64) error {
	lines := bufio.NewScanner(io.LimitReader(r, 64<<10))
	for lines.Scan() {
		var a struct {
			Return json.RawMessage `json:"return"`
		}
		if json.Unmarshal(lines.Bytes(), &a) == nil && string(a.Return) == fmt.Sprint(mark) {
			return nil
		}
	}
	return errors.Join(lines.Err(), errors.New("the guest's agent does not answer"))
}
