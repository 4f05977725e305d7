package qemu

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// qmpTimeout bounds one conversation with a machine. A healthy one answers in
// a millisecond; a stopped or hung one must not stop us.
const qmpTimeout = 1200 * time.Millisecond

// maxLine is the longest message we take, in bytes; the longest real one is
// the list of block nodes.
const maxLine = 8 << 20

// qmp is a conversation with one machine: JSON lines on a unix socket (QEMU,
// docs/interop/qmp-spec). It is opened for one step and closed after it, since
// a socket serves one client at a time and events are no record: what happened
// meanwhile is asked for.
type qmp struct {
	conn *net.UnixConn
	r    *bufio.Reader
	id   int
}

// qmpError is a refusal by QEMU.
type qmpError struct {
	Class string `json:"class"`
	Desc  string `json:"desc"`
}

func (e *qmpError) Error() string { return e.Desc }

type message struct {
	Greeting json.RawMessage `json:"QMP"`
	Event    string          `json:"event"`
	Return   json.RawMessage `json:"return"`
	Error    *qmpError       `json:"error"`
	ID       *int            `json:"id"`
}

// dialQMP connects and shakes hands.
func dialQMP(ctx context.Context, socket string) (*qmp, error) {
	ctx, cancel := context.WithTimeout(ctx, qmpTimeout)
	defer cancel()
	conn, err := dialUnix(ctx, socket)
	if err != nil {
		return nil, err
	}
	deadline, _ := ctx.Deadline()
	_ = conn.SetDeadline(deadline)
	q := &qmp{conn: conn, r: bufio.NewReader(conn)}
	m, err := readMessage(q.r)
	if err == nil && m.Greeting == nil {
		err = errors.New("no greeting")
	}
	if err == nil {
		err = q.do("qmp_capabilities", nil, nil)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("monitor: %w", err), conn.Close())
	}
	return q, nil
}

// dialUnix connects to a socket through a descriptor of it: its path may be
// longer than an address can hold (108 bytes), and it lies in a folder of the
// guest's process, which, if taken, could put a link to any socket of the
// machine there.
func dialUnix(ctx context.Context, socket string) (*net.UnixConn, error) {
	fd, err := unix.Open(socket, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: socket, Err: err}
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return nil, fmt.Errorf("%s is no socket", socket)
	}
	var d net.Dialer // dial: a socket of our own guest
	conn, err := d.DialContext(ctx, "unix", fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil {
		return nil, err
	}
	return conn.(*net.UnixConn), nil
}

func (q *qmp) close() { _ = q.conn.Close() }

// do runs a command; out may be nil.
func (q *qmp) do(command string, args, out any) error { return q.send(command, args, out, nil) }

// giveFD hands an open file to QEMU under a name.
func (q *qmp) giveFD(name string, f *os.File) error {
	return q.send("getfd", map[string]any{"fdname": name}, nil, unix.UnixRights(int(f.Fd())))
}

func (q *qmp) send(command string, args, out any, rights []byte) error {
	q.id++
	req := map[string]any{"execute": command, "id": q.id}
	if args != nil {
		req["arguments"] = args
	}
	b, err := json.Marshal(req)
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	if _, _, err := q.conn.WriteMsgUnix(append(b, '\n'), rights, nil); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	for {
		m, err := readMessage(q.r)
		if err != nil {
			return fmt.Errorf("%s: %w", command, err)
		}
		if m.ID == nil || *m.ID != q.id {
			continue // an event, or the late answer to a command that timed out
		}
		if m.Error != nil {
			return fmt.Errorf("%s: %w", command, m.Error)
		}
		if out == nil {
			return nil
		}
		if err := json.Unmarshal(m.Return, out); err != nil {
			return fmt.Errorf("%s: %w", command, err)
		}
		return nil
	}
}

// readMessage reads one line.
func readMessage(r *bufio.Reader) (message, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return message{}, errors.New("the message is too long")
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) && len(line) > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return message{}, err
		}
		break
	}
	var m message
	if err := json.Unmarshal(bytes.TrimSpace(line), &m); err != nil {
		return message{}, fmt.Errorf("message %.60q: %w", line, err)
	}
	if m.Greeting == nil && m.Event == "" && m.Return == nil && m.Error == nil {
		return message{}, fmt.Errorf("message %.60q is of no kind we know", line)
	}
	return m, nil
}
