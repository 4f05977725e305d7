package hub_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// linked is a hub that serves real connections, with the real clock.
type linked struct {
	*rig
	ca     *hub.CA
	dial   host.Dial
	images map[string][]byte
	stop   func() // the control plane
}

type memFile struct{ *bytes.Reader }

func (memFile) Close() error { return nil }

// transports runs a test over TCP on loopback and inside the process.
func transports(t *testing.T, f func(t *testing.T, l *linked)) {
	t.Run("tcp", func(t *testing.T) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := ln.Addr().String()
		f(t, newLinked(t, ln, func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", addr)
		}))
	})
	t.Run("pipe", func(t *testing.T) {
		p := hub.NewPipe()
		f(t, newLinked(t, p, p.Dial))
	})
}

func newLinked(t *testing.T, ln net.Listener, dial host.Dial) *linked {
	t.Helper()
	return newLinkedWith(t, ln, dial, nil)
}

// newLinkedWith is newLinked with an authority; nil: one of its own, by the clock of its
// database.
func newLinkedWith(t *testing.T, ln net.Listener, dial host.Dial, ca *hub.CA) *linked {
	// Registered first, so that it looks when everything else has ended.
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
	r := &rig{t: t, folder: fake.NewMemory()}
	r.now = time.Now()
	l := &linked{rig: r, dial: dial, images: map[string][]byte{}}
	db, err := store.Open(context.Background(), store.Options{Path: filepath.Join(t.TempDir(), "virga.db"), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if ca == nil {
		if ca, err = hub.OpenCA(t.TempDir(), rand.Reader, db.Now, db.Ahead); err != nil {
			t.Fatal(err)
		}
	}
	l.ca = ca
	r.db = db
	r.hub = hub.New(hub.Options{DB: db, CA: l.ca, Images: func(digest string) (io.ReadSeekCloser, error) {
		b, ok := l.images[digest]
		if !ok {
			return nil, os.ErrNotExist
		}
		return memFile{bytes.NewReader(b)}, nil
	}})
	if r.machine, err = fake.New(fake.Options{Folder: fake.NewMemory(), Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	if r.agent, err = host.New(context.Background(),
		host.Options{Tag: "t35t", Folder: r.folder, Machine: r.machine, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	l.stop = serve(t, r.hub, ln)
	return l
}

// serve runs the hub until the test ends or the returned function is called.
func serve(t *testing.T, h *hub.Hub, ln net.Listener) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.ServeLinks(ctx, ln) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("serve: %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("the server does not stop")
		}
	})
	t.Cleanup(stop)
	return stop
}

func (l *linked) token() string {
	l.t.Helper()
	token, err := l.hub.IssueJoinToken(context.Background(), theHost, time.Hour)
	if err != nil {
		l.t.Fatal(err)
	}
	return token
}

func (l *linked) join(folder host.Folder, token string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return host.Join(ctx, host.JoinOptions{Folder: folder, Token: token, Address: "here", Dial: l.dial, Rand: rand.Reader, Now: time.Now})
}

func (l *linked) client(folder host.Folder) *host.Client {
	l.t.Helper()
	c, err := host.NewClient(host.ClientOptions{Folder: folder, Dial: l.dial, Rand: rand.Reader, Now: time.Now})
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { c.Close() })
	return c
}

// run joins and lets the agent work until the test ends or stop is called.
func (l *linked) run() (stop func()) {
	l.t.Helper()
	if err := l.join(l.folder, l.token()); err != nil {
		l.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	r := &host.Runner{Agent: l.agent, Client: l.client(l.folder), Log: slog.New(slog.DiscardHandler)}
	go func() { defer close(done); r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(time.Minute):
			l.t.Error("the agent does not stop")
		}
	})
	l.t.Cleanup(stop)
	return stop
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	end := time.Now().Add(time.Minute)
	for !cond() {
		if time.Now().After(end) {
			t.Fatalf("%s did not happen", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}

func TestLinkCarriesOrders(t *testing.T) {
	transports(t, func(t *testing.T, l *linked) {
		stop := l.run()
		l.put(plan.KindVolume, 2, volume())
		l.put(plan.KindVM, 1, vm(1))
		eventually(t, "the guest's start", func() bool { return l.get(plan.KindVM, 1).Done() })
		start := time.Now()
		for boot := range int64(20) {
			l.put(plan.KindVM, 1, vm(boot+2))
			eventually(t, "a reboot", func() bool { return l.get(plan.KindVM, 1).Done() })
		}
		// An order is pushed, not polled for.
		if took := time.Since(start) / 20; took > 500*time.Millisecond {
			t.Errorf("an order and its report take %v", took)
		}
		l.put(plan.KindVM, 1, nil)
		l.put(plan.KindVolume, 2, nil)
		eventually(t, "the removal", func() bool { return l.get(plan.KindVolume, 2).Gone() && l.machine.Dump() == "" })
		stop()
	})
}

func TestAgentOutlivesTheControlPlane(t *testing.T) {
	p := hub.NewPipe()
	l := newLinked(t, p, p.Dial)
	l.run()
	l.put(plan.KindVolume, 2, volume())
	l.put(plan.KindVM, 1, vm(1))
	eventually(t, "the guest's start", func() bool { return l.get(plan.KindVM, 1).Done() })
	l.stop()
	if err := l.machine.Kill(id(1)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the restart of a dead guest", func() bool { g, _ := l.machine.Guest(id(1)); return g.Running })
}

func TestJoinTokenSingleUse(t *testing.T) {
	transports(t, func(t *testing.T, l *linked) {
		token := l.token()
		first, second := fake.NewMemory(), fake.NewMemory()
		if err := l.join(first, token); err != nil {
			t.Fatal(err)
		}
		if err := l.join(first, "whatever"); err != nil {
			t.Errorf("joined already: %v", err)
		}
		if err := l.join(second, token); err == nil || !strings.Contains(err.Error(), "401") {
			t.Errorf("a used token: %v", err)
		}
		if _, ok, _ := host.Joined(second); ok {
			t.Error("joined with a used token")
		}
		if address, ok, err := host.Joined(first); !ok || err != nil || address != "here" {
			t.Errorf("joined: %q %v %v", address, ok, err)
		}
	})
}

func TestJoinAgainAfterALostAnswer(t *testing.T) {
	p := hub.NewPipe()
	l := newLinked(t, p, p.Dial)
	token := l.token()
	folder := fake.NewMemory()
	if err := l.join(folder, token); err != nil {
		t.Fatal(err)
	}
	// The certificate did not reach the disk, the key did.
	b, err := folder.Read("link/identity")
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(b, []byte(`,"chain"`))
	if err := folder.Write("link/identity", append(b[:i:i], '}')); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := host.Joined(folder); ok {
		t.Fatal("still joined")
	}
	if err := l.join(folder, token); err != nil {
		t.Errorf("the same key again: %v", err)
	}
}

func TestJoinRefuses(t *testing.T) {
	p := hub.NewPipe()
	l := newLinked(t, p, p.Dial)
	other, err := hub.OpenCA(t.TempDir(), rand.Reader, time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := l.token()
	var expired string
	l.write(func(tx *store.Tx) (err error) {
		expired, err = l.ca.IssueJoinToken(tx, theHost, []byte("0123456789abcdef"), -time.Hour)
		return err
	})
	for name, token := range map[string]string{
		"no token":          "hello",
		"another authority": good[:strings.LastIndexByte(good, '-')+1] + other.Pin(),
		"wrong secret":      "vgjoin-" + strings.Repeat("0", 40) + "-" + l.ca.Pin(),
		"expired":           expired,
	} {
		if err := l.join(fake.NewMemory(), token); err == nil {
			t.Errorf("%s: joined", name)
		}
	}
	if err := l.join(fake.NewMemory(), good); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

func TestCertificateDecidesWhoSpeaks(t *testing.T) {
	p := hub.NewPipe()
	l := newLinked(t, p, p.Dial)
	if err := l.join(l.folder, l.token()); err != nil {
		t.Fatal(err)
	}
	// A certificate of another installation's authority.
	q := hub.NewPipe()
	o := newLinked(t, q, q.Dial)
	foreign := fake.NewMemory()
	if err := o.join(foreign, o.token()); err != nil {
		t.Fatal(err)
	}
	o.dial = p.Dial
	if _, err := o.client(foreign).Exchange(context.Background(), plan.Request{}); err == nil {
		t.Error("a foreign certificate was let in")
	}
	// None at all may only join.
	if reply, err := l.client(l.folder).Exchange(context.Background(), plan.Request{}); err != nil || !reply.Stale {
		t.Errorf("own certificate: %+v, %v", reply, err)
	}
}

func TestCAIsKept(t *testing.T) {
	dir := t.TempDir()
	a, err := hub.OpenCA(dir, rand.Reader, time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := hub.OpenCA(dir, rand.Reader, time.Now, nil)
	if err != nil || a.Pin() != b.Pin() {
		t.Errorf("the authority changed: %s, %s, %v", a.Pin(), b.Pin(), err)
	}
	info, err := os.Stat(filepath.Join(dir, "ca.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := hub.OpenCA(dir, rand.Reader, time.Now, nil); err == nil {
		t.Error("a damaged authority was replaced silently")
	}
}

func TestRenew(t *testing.T) {
	p := hub.NewPipe()
	l := newLinked(t, p, p.Dial)
	if err := l.join(l.folder, l.token()); err != nil {
		t.Fatal(err)
	}
	later := time.Now()
	c, err := host.NewClient(host.ClientOptions{Folder: l.folder, Dial: l.dial, Rand: rand.Reader, Now: func() time.Time { return later }})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.RenewDue() {
		t.Error("due at once")
	}
	later = later.Add(70 * 24 * time.Hour)
	if !c.RenewDue() {
		t.Error("not due with a fifth of its life left")
	}
	later = time.Now()
	before, _ := l.folder.Read("link/identity")
	if err := c.Renew(context.Background()); err != nil {
		t.Fatal(err)
	}
	if after, _ := l.folder.Read("link/identity"); bytes.Equal(before, after) {
		t.Error("nothing was written")
	}
	for _, c := range []*host.Client{c, l.client(l.folder)} {
		if reply, err := c.Exchange(context.Background(), plan.Request{}); err != nil || !reply.Stale {
			t.Errorf("with the new certificate: %+v, %v", reply, err)
		}
	}
}

// A host judges certificates by the clock that the control plane goes by, hears of it at
// once when that is moved, and renews also when the end was passed by the same step. Its
// own clock stays as it is.
func TestRenewByAMovedClock(t *testing.T) {
	transports(t, func(t *testing.T, l *linked) {
		l.run()
		end := func() time.Time {
			t.Helper()
			b, err := l.folder.Read("link/identity")
			if err != nil {
				t.Fatal(err)
			}
			var id struct{ Chain []byte }
			if err := json.Unmarshal(b, &id); err != nil {
				t.Fatal(err)
			}
			block, _ := pem.Decode(id.Chain)
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			if cert.NotBefore.After(time.Now()) {
				t.Errorf("it begins at %v, when hosts with another clock would not take it", cert.NotBefore)
			}
			return cert.NotAfter
		}
		l.put(plan.KindVolume, 2, volume())
		eventually(t, "a first order", func() bool { return l.get(plan.KindVolume, 2).Done() }) // it is connected
		const day = 24 * time.Hour
		for _, by := range []time.Duration{61 * day, 61 * day, 400 * day} {
			ahead, err := l.db.MoveClock(t.Context(), by)
			if err != nil {
				t.Fatal(err)
			}
			eventually(t, "the renewal", func() bool { return time.Until(end()) > ahead+89*day })
		}
		c := l.client(l.folder) // as after a restart: it does not know yet how far the clock is ahead
		if reply, err := c.Exchange(t.Context(), plan.Request{}); err != nil || !reply.Stale {
			t.Errorf("with the newest certificate: %+v, %v", reply, err)
		}
		if c.RenewDue() {
			t.Error("it is due at once again")
		}
	})
}

func TestImagesInRanges(t *testing.T) {
	transports(t, func(t *testing.T, l *linked) {
		if err := l.join(l.folder, l.token()); err != nil {
			t.Fatal(err)
		}
		content := bytes.Repeat([]byte("0123456789"), 100_000)
		sum := sha256.Sum256(content)
		digest := hex.EncodeToString(sum[:])
		l.images[digest] = content
		c := l.client(l.folder)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := c.Image(ctx, digest, 0); err == nil {
			t.Error("got an image that this host was not ordered to have")
		}
		l.write(func(tx *store.Tx) error {
			_, err := hub.Put(tx, theHost, plan.KindImage, plan.ID(digest[:32]), &plan.Image{Digest: digest}, server)
			return err
		})
		for _, offset := range []int64{0, 1, 999_999, 1_000_000} {
			body, err := c.Image(ctx, digest, offset)
			if err != nil {
				t.Fatalf("from %d: %v", offset, err)
			}
			got, err := io.ReadAll(body)
			if err := errors.Join(err, body.Close()); err != nil || !bytes.Equal(got, content[offset:]) {
				t.Errorf("from %d: %d bytes, %v", offset, len(got), err)
			}
		}
	})
}

// A host that asks for an image in other words than it was ordered gets
// nothing, and what it said is the name of no file.
func TestImageIsAskedForByItsWholeDigest(t *testing.T) {
	p := hub.NewPipe()
	l := newLinked(t, p, p.Dial)
	if err := l.join(l.folder, l.token()); err != nil {
		t.Fatal(err)
	}
	digest := strings.Repeat("0123456789abcdef", 4)
	l.images[digest] = []byte("the image")
	l.write(func(tx *store.Tx) error {
		_, err := hub.Put(tx, theHost, plan.KindImage, plan.ID(digest[:32]), &plan.Image{Digest: digest}, server)
		return err
	})
	c := l.client(l.folder)
	ask := func(path string) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		body, err := c.Image(ctx, path, 0)
		if err == nil {
			_ = body.Close()
		}
		return err
	}
	for _, path := range []string{
		digest[:32] + "%2f..%2f..%2fkeys%2fmaster", digest[:32], digest[:63], digest + "0", digest + "%00", digest[:32] + strings.Repeat("0", 32),
		strings.ToUpper(digest), "%2fetc%2fpasswd" + digest[:49], "..%2f" + digest[:59],
	} {
		name, err := url.PathUnescape(path)
		if err != nil {
			t.Fatal(err)
		}
		l.images[name] = []byte("a secret") // as a folder would have it
		if err := ask(path); err == nil || !strings.Contains(err.Error(), "404") {
			t.Errorf("%s: %v, want 404", path, err)
		}
	}
	if err := ask(digest); err != nil {
		t.Errorf("the image itself: %v", err)
	}
	l.put(plan.KindImage, 7, nil) // of another: nothing changes
	l.write(func(tx *store.Tx) error {
		_, err := hub.Put(tx, theHost, plan.KindImage, plan.ID(digest[:32]), nil, server)
		return err
	})
	if err := ask(digest); err == nil {
		t.Error("got an image that it has to remove")
	}
}

func TestStreams(t *testing.T) {
	transports(t, func(t *testing.T, l *linked) {
		l.run()
		l.put(plan.KindVolume, 2, volume())
		l.put(plan.KindVM, 1, vm(1))
		eventually(t, "the guest's start", func() bool { return l.get(plan.KindVM, 1).Done() })
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				c, err := l.hub.OpenStream(ctx, theHost, plan.Target{Kind: "tcp", VM: id(1), Address: fmt.Sprintf("10.0.0.1:%d", n)})
				if err != nil {
					t.Error(err)
					return
				}
				defer c.Close()
				if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
					t.Errorf("deadline: %v", err)
				}
				want := fmt.Sprintf("fake tcp 10.0.0.1:%d: there is no guest behind this, it echoes\r\n", n)
				greeting := make([]byte, len(want))
				if _, err := io.ReadFull(c, greeting); err != nil || string(greeting) != want {
					t.Errorf("greeting = %q, %v", greeting, err)
				}
				for size := 1; size <= 1<<16; size <<= 4 { // echo of something larger than a window
					msg := bytes.Repeat([]byte{byte(n)}, size)
					back := make([]byte, size)
					if _, err := c.Write(msg); err != nil {
						t.Errorf("write: %v", err)
					}
					if _, err := io.ReadFull(c, back); err != nil || !bytes.Equal(msg, back) {
						t.Errorf("echo of %d bytes: %v", size, err)
					}
				}
			})
		}
		all.Wait()
		_, err := l.hub.OpenStream(ctx, theHost, plan.Target{Kind: "serial", VM: id(99)})
		if err == nil || !strings.Contains(err.Error(), "does not run") {
			t.Errorf("a target that is not there: %v", err)
		}
		short, cancelShort := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancelShort()
		if _, err := l.hub.OpenStream(short, theHost+1, plan.Target{Kind: "tcp"}); err == nil {
			t.Error("a stream to a host that is not connected")
		}
	})
}
