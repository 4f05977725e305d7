package fake_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/virga-cloud/virga/internal/plan"
)

// buffered gives an end of a pipe to who writes before he reads, as both ends of
// SSH do; in between are always sockets in the product.
func buffered(t *testing.T, far net.Conn) net.Conn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	near, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	between, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() { _, _ = io.Copy(far, between); _ = far.Close() })
	all.Go(func() { _, _ = io.Copy(between, far); _ = between.Close() })
	t.Cleanup(func() { _ = near.Close(); all.Wait() })
	return near
}

// Behind port 22 of a simulated guest is a server that a real client can log in
// to. It says that it runs nothing, and ends.
func TestLogIn(t *testing.T) {
	r := newRig(t)
	r.want(plan.KindVolume, 2, disk())
	r.want(plan.KindVM, 1, vm(1))
	var keys []string
	login := func() *ssh.Session {
		t.Helper()
		c, err := r.machine.Dial(context.Background(), plan.Target{Kind: "tcp", VM: id(1), Address: "10.0.0.5:22"})
		if err != nil {
			t.Fatal(err)
		}
		c = buffered(t, c)
		conn, chans, reqs, err := ssh.NewClientConn(c, "web", &ssh.ClientConfig{User: "root", HostKeyCallback: ssh.HostKeyCallback(
			func(_ string, _ net.Addr, key ssh.PublicKey) error {
				keys = append(keys, string(key.Marshal()))
				return nil
			})})
		if err != nil {
			t.Fatal(err)
		}
		s, err := ssh.NewClient(conn, chans, reqs).NewSession()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	out, err := login().CombinedOutput("uname -a")
	if err != nil || !strings.HasSuffix(string(out), "nothing is run: uname -a\n") {
		t.Errorf("a command: %q, %v", out, err)
	}
	for input, want := range map[string]string{"ls\n": "ls\n", "": "", "abc\x04def": "abc"} {
		s := login()
		s.Stdin = strings.NewReader(input)
		pipe, err := s.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.RequestPty("xterm", 24, 80, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Shell(); err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(pipe)
		_, back, ok := strings.Cut(string(all), "leaves\r\n")
		if err != nil || !ok || back != want {
			t.Errorf("a shell that is told %q: %q, %v", input, all, err)
		}
		if err := s.Wait(); err != nil {
			t.Errorf("a shell that is told %q: %v", input, err)
		}
	}
	for _, k := range keys {
		if k != keys[0] {
			t.Error("the key of the guest changes")
		}
	}
}
