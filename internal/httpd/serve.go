package httpd

import (
	"context"
	"net"
	"net/http"
	"time"
)

// times say how long peers may take. What they are sent has its own limit (recorder).
type times struct {
	head time.Duration // for the head of a request, and the TLS handshake before it
	read time.Duration // for a whole request with its body; 0: none
	idle time.Duration // between two requests of a connection
}

var (
	forStrangers = times{head: 10 * time.Second, read: time.Minute, idle: 2 * time.Minute}
	forOperator  = times{head: 10 * time.Second, idle: 2 * time.Minute} // backups take what they take
)

const (
	maxHead   = 64 << 10        // bytes
	lastWords = 3 * time.Second // for open requests when the node stops
)

// Serve serves strangers until ctx ends, and lets open requests finish for a moment.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	return serve(ctx, l, h, forStrangers)
}

// ServeOperator serves the operator's socket likewise.
func ServeOperator(ctx context.Context, l net.Listener, h http.Handler) error {
	return serve(ctx, l, h, forOperator)
}

func serve(ctx context.Context, l net.Listener, h http.Handler, t times) error {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: t.head, ReadTimeout: t.read, IdleTimeout: t.idle, MaxHeaderBytes: maxHead,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	if err := s.Shutdown(grace); err != nil {
		return s.Close()
	}
	return nil
}
