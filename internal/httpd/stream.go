package httpd

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/plan"
)

// Kinds of streams to a guest, as the path names them.
const (
	streamSSH    = "ssh"
	streamSerial = "serial"
	streamVNC    = "vnc"
)

// StreamProtocol is what a client asks to be switched to: after the answer
// 101 the connection is the guest's, byte by byte in both directions.
const StreamProtocol = "virga-stream"

const (
	sshPort = 22
	// connectTime bounds the wait for the host: it may be away, and the guest
	// may not listen yet.
	connectTime = 10 * time.Second
	// lingerTime is how long a guest may answer after the caller's last word.
	lingerTime = 2 * time.Second
)

// stream connects the caller with the inside of a guest.
func (f *front) stream(w http.ResponseWriter, r *http.Request, kind string) error {
	call, err := f.call(r)
	if err != nil {
		return err
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), StreamProtocol) {
		w.Header().Set("Upgrade", StreamProtocol)
		w.Header().Set("Connection", "Upgrade")
		WriteJSON(w, http.StatusUpgradeRequired,
			problem{Message: "this is a stream", Fix: "Send Connection: Upgrade and Upgrade: " + StreamProtocol + "."})
		return nil
	}
	p, err := pickServer(r.PathValue("server"))
	if err != nil {
		return err
	}
	v, err := f.Control.Console(r.Context(), call, p)
	if err != nil {
		return err
	}
	host, to, err := target(v, kind)
	if err != nil {
		return err
	}
	guest, err := f.connect(r.Context(), call, host, to)
	if err != nil {
		return err
	}
	if err := f.Control.RecordConsole(r.Context(), call, p, kind); err != nil {
		_ = guest.Close()
		return err
	}
	return f.splice(w, r, guest, func(ctx context.Context) error {
		a, err := f.again(r, call.Actor)
		if err != nil {
			return err
		}
		call.Actor = a
		_, err = f.Control.Console(ctx, call, p)
		return err
	})
}

// connect has a host connect a guest, unless the host was not heard for long.
func (f *front) connect(ctx context.Context, call *control.Call, host int64, to plan.Target) (net.Conn, error) {
	name, err := f.Control.HostToReach(ctx, call, host)
	if err != nil {
		return nil, err
	}
	short, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	guest, err := f.Hub.OpenStream(short, host, to)
	switch {
	case err == nil:
		return guest, nil
	case short.Err() != nil:
		return nil, cloud.Errorf(cloud.Unavailable, "host.stream", "%s did not connect to the guest within %v", name, connectTime).
			WithFix("Try again; when it stays so, its agent does not run or has no connection.")
	case cloud.KindOf(err) == "": // the host said why; it is no secret
		return nil, cloud.Errorf(cloud.Unavailable, "stream", "the guest cannot be reached: %s", err)
	}
	return nil, err
}

// target says which host connects what.
func target(v *control.ConsoleView, kind string) (host int64, to plan.Target, err error) {
	if kind != streamSSH {
		return v.HostID, plan.Target{Kind: kind, VM: plan.ID(v.UID.Hex())}, nil
	}
	if !v.Private.IsValid() {
		return 0, to, cloud.Errorf(cloud.Conflict, "stream.address", "the server %s has no address", v.Name).
			WithFix("Use its serial line: `virga console %s`.", v.Name)
	}
	to = plan.Target{Kind: "tcp", Address: netip.AddrPortFrom(v.Private, sshPort).String()}
	if v.Router.IsZero() {
		to.Network = plan.ID(v.Network.Hex())
	} else {
		to.Router = plan.ID(v.Router.Hex())
	}
	return v.RouterHost, to, nil
}

// errOld ends streams that are.
var errOld = cloud.Errorf(cloud.Unauthorized, "stream.old", "the stream is too old: open another")

// watch ends a stream whose caller may have it no more. A guest that is off, or
// a store that cannot be asked right now, says nothing about that.
func (f *front) watch(ctx context.Context, end func(), may func(context.Context) error) {
	tick := time.NewTicker(f.Recheck)
	defer tick.Stop()
	old := time.NewTimer(f.StreamAge)
	defer old.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-old.C:
			end()
			return
		case <-tick.C:
		}
		switch cloud.KindOf(may(ctx)) {
		case cloud.Unauthorized, cloud.Forbidden, cloud.NotFound:
			end()
			return
		}
	}
}

// splice answers 101 and copies both ways until one end closes, or until may
// refuses the caller.
func (f *front) splice(w http.ResponseWriter, r *http.Request, guest net.Conn, may func(context.Context) error) error {
	rc := http.NewResponseController(w)
	caller, buf, err := rc.Hijack()
	if err != nil {
		_ = guest.Close()
		return cloud.Errorf(cloud.Invalid, "stream.version", "a stream needs HTTP/1.1")
	}
	_ = caller.SetDeadline(time.Time{}) // the server's own limits are for requests
	head := "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + StreamProtocol + "\r\n\r\n"
	if _, err := io.WriteString(caller, head); err != nil {
		_, _ = guest.Close(), caller.Close()
		return nil // the caller is gone, and its connection is no longer the server's to answer on
	}
	// What the caller sent in a hurry lies in the reader. The rest is read from
	// the connection itself: the reader would end the context with its input.
	hurry, _ := buf.Reader.Peek(buf.Reader.Buffered()) // what is buffered can be peeked
	ctx, end := context.WithCancel(r.Context())
	defer end()
	go f.watch(ctx, end, may)
	both(ctx, guest, caller, io.MultiReader(bytes.NewReader(hurry), caller))
	return nil
}

// both copies in both directions. An end of one direction is passed on where
// the other side knows half-closed connections, so that `ssh host < file` and
// its likes lose nothing.
func both(ctx context.Context, guest, caller net.Conn, from io.Reader) {
	end := sync.OnceFunc(func() { _, _ = guest.Close(), caller.Close() })
	stop := context.AfterFunc(ctx, end)
	defer stop()
	over, done := context.WithCancel(context.WithoutCancel(ctx))
	defer done()
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = io.Copy(guest, from) // the end of a connection is no error
		if !closeWrite(guest) {
			// A link to a host closes as a whole. What the guest still has to
			// say to the last input gets a moment.
			linger := time.AfterFunc(lingerTime, end)
			context.AfterFunc(over, func() { linger.Stop() })
		}
	})
	wg.Go(func() {
		_, _ = io.Copy(caller, guest)
		end() // nothing more comes from the guest
	})
	wg.Wait()
	end()
}

func closeWrite(c net.Conn) bool {
	h, ok := c.(interface{ CloseWrite() error })
	return ok && h.CloseWrite() == nil
}
