package hub

import (
	"context"
	"net"
	"os"
	"sync"
	"syscall"
)

// Pipe is a listener inside one process: with it the agent of a one-box
// installation speaks to the control plane by the same code as a remote one,
// TLS included. It uses socket pairs, because both ends of HTTP/2 may write
// at the same time, which a pipe without a buffer turns into a standstill.
type Pipe struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

// NewPipe makes a listener.
func NewPipe() *Pipe { return &Pipe{conns: make(chan net.Conn), done: make(chan struct{})} }

// Dial makes a connection to the listener.
func (p *Pipe) Dial(ctx context.Context) (net.Conn, error) {
	here, there, err := socketPair()
	if err != nil {
		return nil, err
	}
	select {
	case p.conns <- there:
		return here, nil
	case <-p.done:
		err = net.ErrClosed
	case <-ctx.Done():
		err = ctx.Err()
	}
	_, _ = here.Close(), there.Close()
	return nil, err
}

// Accept waits for a connection.
func (p *Pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Close ends the listener; connections live on.
func (p *Pipe) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

// Addr names the kind of listener.
func (p *Pipe) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

// Network is the name of the network.
func (pipeAddr) Network() string { return "virga" }

// String is the address.
func (pipeAddr) String() string { return "this process" }

func socketPair() (a, b net.Conn, err error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	fa, fb := os.NewFile(uintptr(fds[0]), "link"), os.NewFile(uintptr(fds[1]), "link")
	defer fa.Close()
	defer fb.Close()
	if a, err = net.FileConn(fa); err != nil {
		return nil, nil, err
	}
	if b, err = net.FileConn(fb); err != nil {
		_ = a.Close()
		return nil, nil, err
	}
	return a, b, nil
}
