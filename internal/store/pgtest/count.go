package pgtest

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Count is what passes between clients and the server: Statements that it was asked to
// carry out, and Trips there and back.
type Count struct {
	Statements, Trips atomic.Int64

	mu  sync.Mutex
	of  map[string]int // how often each text was sent
	all []net.Conn
}

// Since is how much passed since the last call.
func (c *Count) Since() (statements, trips int64) { return c.Statements.Swap(0), c.Trips.Swap(0) }

// Texts are the statements since the last call and how often each came.
func (c *Count) Texts() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	of := c.of
	c.of = map[string]int{}
	return of
}

// Counted gives a DSN that leads to the database of another one and counts what passes.
// It reads the protocol itself, so that no client has to be believed.
func Counted(t testing.TB, dsn string) (string, *Count) {
	t.Helper()
	dir, err := os.MkdirTemp("", "vgpc")
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	c := &Count{of: map[string]int{}}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			// dial: the socket of our own server
			server, err := net.Dial("unix", filepath.Join(common.server.dir, ".s.PGSQL.5432"))
			if err != nil {
				_ = client.Close()
				continue
			}
			c.mu.Lock()
			c.all = append(c.all, client, server)
			c.mu.Unlock()
			running.Go(func() {
				_, _ = io.Copy(client, server)
				_ = client.Close()
			})
			running.Go(func() {
				_ = c.forward(server, client) // one of them is gone
				_ = server.Close()
			})
		}
	})
	t.Cleanup(func() {
		err := l.Close()
		c.mu.Lock()
		for _, conn := range c.all {
			_ = conn.Close() // most are closed already
		}
		c.mu.Unlock()
		running.Wait()
		if err := errors.Join(err, os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	return strings.Replace(dsn, "host="+common.server.dir, "host="+dir, 1), c
}

// forward passes on what a client says, message by message.
func (c *Count) forward(server, client net.Conn) error {
	in := bufio.NewReader(client)
	names := map[string]string{} // of prepared statements
	bound := ""
	for first := true; ; first = false {
		head := make([]byte, 5)
		if first {
			head = head[1:] // the first has no letter
		}
		if _, err := io.ReadFull(in, head); err != nil {
			return err
		}
		n := int(binary.BigEndian.Uint32(head[len(head)-4:])) - 4
		if n < 0 || n > 1<<30 {
			return fmt.Errorf("a message of %d bytes", n)
		}
		msg := make([]byte, len(head)+n)
		copy(msg, head)
		if _, err := io.ReadFull(in, msg[len(head):]); err != nil {
			return err
		}
		if !first {
			c.heard(msg[0], msg[5:], names, &bound)
		}
		if _, err := server.Write(msg); err != nil {
			return err
		}
	}
}

func (c *Count) heard(kind byte, body []byte, names map[string]string, bound *string) {
	word := func(i int) string {
		list := strings.SplitN(string(body), "\x00", i+2)
		if i >= len(list) {
			return ""
		}
		return list[i]
	}
	switch kind {
	case 'P': // parse: name, text
		names[word(0)] = word(1)
	case 'B': // bind: portal, name of the statement
		*bound = names[word(1)]
	case 'E': // execute
		c.add(*bound)
	case 'Q': // a simple query is there and back as well
		c.add(word(0))
		c.Trips.Add(1)
	case 'S': // sync: the client waits for the answer
		c.Trips.Add(1)
	}
}

func (c *Count) add(text string) {
	c.Statements.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of[text]++
}

// Burnt is the processor time of the server so far, of all of its processes.
func Burnt() (time.Duration, error) {
	common.Lock()
	defer common.Unlock()
	if common.server == nil {
		return 0, errors.New("no server runs")
	}
	pid := strconv.Itoa(common.server.proc.Pid)
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, err
	}
	var ticks int64
	for _, name := range stats {
		b, err := os.ReadFile(name)
		if err != nil {
			continue // it ended
		}
		// The name of the program, in brackets, may have blanks.
		_, rest, _ := strings.Cut(string(b), ") ")
		field := strings.Fields(rest) // from the state on, which is the third
		own := strings.HasPrefix(string(b), pid+" ")
		if len(field) < 15 || !own && field[1] != pid {
			continue
		}
		for i := 11; i < 15; i++ { // of itself, and of children that ended
			n, err := strconv.ParseInt(field[i], 10, 64)
			if err != nil {
				return 0, fmt.Errorf("%s: %w", name, err)
			}
			ticks += n
		}
	}
	const perSecond = 100 // of the kernel's interface
	return time.Duration(ticks) * time.Second / perSecond, nil
}
