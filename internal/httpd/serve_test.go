package httpd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// served runs a server for a test and gives its address.
func served(t *testing.T, l net.Listener, h http.Handler, limit times) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, l, h, limit) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func connect(t *testing.T, at string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// Who says nothing, or says it slowly, is hung up on; without limits (the control
// run) the same peer is still there.
func TestSlowPeers(t *testing.T) {
	read := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			panic(http.ErrAbortHandler)
		}
	})
	const soon = 30 * time.Millisecond
	for name, c := range map[string]struct {
		limit times
		say   string
	}{
		"says nothing": {times{head: soon, read: time.Hour, idle: time.Hour}, ""},
		"half a head":  {times{head: soon, read: time.Hour, idle: time.Hour}, "GET / HTTP/1.1\r\nHos"},
		"half a body":  {times{head: time.Hour, read: soon, idle: time.Hour}, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"},
		"asks no more": {times{head: time.Hour, read: time.Hour, idle: soon}, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
		"a head of MBs": {
			times{head: time.Hour, read: time.Hour, idle: soon},
			"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c1 := connect(t, served(t, listen(t), read, c.limit))
			_, _ = io.WriteString(c1, c.say) // it may be hung up on before it said all
			if _, err := io.Copy(io.Discard, c1); err != nil && strings.Contains(err.Error(), "timeout") {
				t.Error("it is still connected")
			}
			c2 := connect(t, served(t, listen(t), read, times{head: time.Hour, idle: time.Hour}))
			if name == "a head of MBs" {
				return
			}
			if _, err := io.WriteString(c2, c.say); err != nil {
				t.Fatal(err)
			}
			if err := c2.SetReadDeadline(time.Now().Add(3 * soon)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, c2); err == nil || !strings.Contains(err.Error(), "timeout") {
				t.Errorf("the control run: %v", err)
			}
		})
	}
}

// The limits that strangers get leave none out.
func TestStrangersHaveLimits(t *testing.T) {
	if l := forStrangers; l.head == 0 || l.read == 0 || l.idle == 0 {
		t.Errorf("%+v", l)
	}
}

// A long answer, such as the stream of events, is not cut by the limit for a
// whole request.
func TestAnswersOutliveTheReadLimit(t *testing.T) {
	at := served(t, listen(t), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := range 5 {
			fmt.Fprintln(w, i)
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
				panic(http.ErrAbortHandler)
			case <-time.After(20 * time.Millisecond): // models an event now and then
			}
		}
	}), times{head: time.Hour, read: 30 * time.Millisecond, idle: time.Hour})
	c := connect(t, at)
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(resp.Body); err != nil || string(b) != "0\n1\n2\n3\n4\n" {
		t.Errorf("%q %v", b, err)
	}
}

// One address gets so many connections and no more, while others still get in;
// what is closed is free again.
func TestBounded(t *testing.T) {
	none := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	ask := func(t *testing.T, at string) (net.Conn, bool) {
		c := connect(t, at)
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		_, err := http.ReadResponse(bufio.NewReader(c), nil)
		return c, err == nil
	}
	limit := times{head: time.Hour, idle: time.Hour}
	for name, c := range map[string]struct {
		source, all int
		trusted     []netip.Prefix
		want        int // of six connections
	}{
		"of one source":   {3, 100, nil, 3},
		"at all":          {100, 2, nil, 2},
		"a trusted proxy": {3, 100, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			at := served(t, Bounded(listen(t), c.source, c.all, c.trusted), none, limit)
			var open []net.Conn
			for range 6 {
				if conn, ok := ask(t, at); ok {
					open = append(open, conn)
				}
			}
			if len(open) != c.want {
				t.Fatalf("%d connections, want %d", len(open), c.want)
			}
			_ = open[0].Close()
			for end := time.Now().Add(10 * time.Second); ; {
				if _, ok := ask(t, at); ok {
					return
				}
				if time.Now().After(end) {
					t.Fatal("what was closed is not free")
				}
			}
		})
	}
}
