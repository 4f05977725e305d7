package sys_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/sys"
)

// newNetns is a namespace with its loopback up that the test removes.
func newNetns(t *testing.T) (sys.Installation, sys.Netns) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("skipped: making network namespaces needs root")
	}
	in := drivertest.NewInstallation(t)
	ns := in.Netns("n", drivertest.NewID())
	t.Cleanup(func() {
		if err := ns.Delete(); err != nil {
			t.Error(err)
		}
	})
	if err := ns.Create(); err != nil {
		t.Fatal(err)
	}
	nl, err := ns.Links()
	if err != nil {
		t.Fatal(err)
	}
	defer nl.Close()
	lo, err := nl.LinkByName("lo")
	if err == nil {
		err = nl.LinkSetUp(lo)
	}
	if err != nil {
		t.Fatal(err)
	}
	return in, ns
}

func TestNetnsLife(t *testing.T) {
	in, ns := newNetns(t)
	first := ns.Identity()
	if first == 0 {
		t.Fatal("no identity")
	}
	if err := ns.Create(); err != nil || ns.Identity() != first {
		t.Fatalf("a second Create made another namespace or failed: %v", err)
	}
	ids, err := in.ListNetns("n")
	if err != nil || len(ids) != 1 || in.Netns("n", ids[0]) != ns {
		t.Fatalf("ListNetns = %v, %v", ids, err)
	}
	if ids, _ := in.ListNetns("r"); len(ids) != 0 {
		t.Fatalf("listed under another letter: %v", ids)
	}
	for range 2 {
		if err := ns.Delete(); err != nil {
			t.Fatal(err)
		}
		if ns.Exists() || ns.Identity() != 0 {
			t.Fatal("still there after Delete")
		}
	}
	if err := ns.Do(func() error { return nil }); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("Do in a missing namespace: %v", err)
	}
}

// A file without a namespace is what a crash between the two leaves.
func TestNetnsHalfMade(t *testing.T) {
	in, ns := newNetns(t)
	half := in.Netns("n", drivertest.NewID())
	t.Cleanup(func() { _ = half.Delete() })
	for _, finish := range []func() error{half.Create, half.Delete} {
		if err := half.Delete(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(half.Path(), nil, 0o444); err != nil {
			t.Fatal(err)
		}
		if half.Exists() {
			t.Fatal("a plain file counts as a namespace")
		}
		if ids, _ := in.ListNetns("n"); len(ids) != 2 {
			t.Fatalf("the half made one is not listed: %v", ids)
		}
		if err := finish(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Lstat(half.Path()); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("Delete left the file: %v", err)
	}
	if !ns.Exists() {
		t.Fatal("the neighbour is gone")
	}
}

// Do must not leak its namespace into other goroutines, whatever fn does.
func TestNetnsDoComesBack(t *testing.T) {
	_, ns := newNetns(t)
	home, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	inside := func() (names []string) {
		links, err := netlink.LinkList()
		if err != nil {
			t.Error(err)
		}
		for _, l := range links {
			names = append(names, l.Attrs().Name)
		}
		return names
	}
	if err := ns.Do(func() error {
		for _, n := range inside() {
			if n == "eth0" || strings.HasPrefix(n, "vg") {
				t.Errorf("inside the new namespace is %s", n)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if _, ok := recover().(crash.Crashed); !ok {
				t.Error("the panic did not come out")
			}
		}()
		_ = ns.Do(func() error { panic(crash.Crashed{Point: "here"}) })
	}()
	for range 50 {
		_ = ns.Do(func() error { return io.EOF })
		now, err := netns.Get()
		if err != nil || !now.Equal(home) {
			t.Fatalf("this goroutine is somewhere else: %v", err)
		}
		_ = now.Close()
	}
}

func TestNetnsDialAndListen(t *testing.T) {
	_, ns := newNetns(t)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	l, err := ns.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, _ = io.WriteString(c, "inside")
			_ = c.Close()
		}
	}()
	c, err := ns.Dial(ctx, "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if b, err := io.ReadAll(c); err != nil || string(b) != "inside" {
		t.Fatalf("read %q, %v", b, err)
	}
	if out, err := net.DialTimeout("tcp", l.Addr().String(), time.Second); err == nil {
		_ = out.Close()
		t.Error("the listener can be reached from outside the namespace")
	}
	if _, err := ns.Dial(ctx, "tcp", "localhost:1"); err == nil {
		t.Error("a name was taken for an address")
	}
	if _, err := ns.Listen(ctx, "tcp", "localhost:0"); err == nil {
		t.Error("a name was taken for an address")
	}
}

// Every point of the namespace's life may fail; a repeat finishes the work.
func TestNetnsFaults(t *testing.T) {
	_, ns := newNetns(t)
	var points []string
	for _, p := range crash.Points() {
		if strings.HasPrefix(p, "sys.netns.") {
			points = append(points, p)
		}
	}
	if len(points) != 8 {
		t.Fatalf("points: %v", points)
	}
	slices.Sort(points)
	for _, p := range points {
		fired := false
		restore := crash.Set(func(name string) error {
			if name == p && !fired {
				fired = true
				return io.ErrUnexpectedEOF
			}
			return nil
		})
		failures := 0
		for _, step := range []func() error{ns.Delete, ns.Create} {
			if step() != nil {
				failures++
				if err := step(); err != nil {
					t.Errorf("%s: a repeat failed: %v", p, err)
				}
			}
		}
		restore()
		if !fired || failures != 1 || !ns.Exists() {
			t.Errorf("%s: fired %v, %d failures, exists %v", p, fired, failures, ns.Exists())
		}
	}
}
