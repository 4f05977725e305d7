package sys

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/plan"
)

// NetnsDir is where named network namespaces are kept; ip-netns(8) reads the
// same folder, so an operator can look inside with its usual tools.
const NetnsDir = "/run/netns"

var (
	netnsAdd    = NewEffect("sys.netns.add")
	netnsMount  = NewEffect("sys.netns.mount")
	netnsUmount = NewEffect("sys.netns.umount")
	netnsUnlink = NewEffect("sys.netns.unlink")
)

// Netns is a network namespace by its name in NetnsDir. It need not exist.
//
// A name is a file on which the namespace is mounted. A process that dies
// between the two leaves a file without a namespace: it counts for ListNetns
// (somebody must remove it), not for Exists, and Create completes it.
type Netns string

// Netns is the namespace of an object: "n" a network's, "r" a router's.
func (in Installation) Netns(letter string, id plan.ID) Netns { return Netns(in.Name(letter, id)) }

// External is the namespace of the provider bridge. There is one for each
// installation, so its name has no id.
func (in Installation) External() Netns { return Netns(in.Prefix() + "-ext") }

// ListNetns names the objects of this installation that have a namespace with
// this letter, half made ones included.
func (in Installation) ListNetns(letter string) ([]plan.ID, error) {
	entries, err := os.ReadDir(NetnsDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list network namespaces: %w", err)
	}
	var ids []plan.ID
	for _, e := range entries {
		if id, ok := in.Parse(letter, e.Name()); ok {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Path is the file that stands for the namespace.
func (ns Netns) Path() string { return filepath.Join(NetnsDir, string(ns)) }

// Exists says whether there is a namespace behind the name.
func (ns Netns) Exists() bool {
	var st unix.Statfs_t
	return unix.Statfs(ns.Path(), &st) == nil && st.Type == unix.NSFS_MAGIC
}

// Identity tells this namespace from a later one with the same name; it is
// zero when there is none.
func (ns Netns) Identity() uint64 {
	var st unix.Stat_t
	if !ns.Exists() || unix.Stat(ns.Path(), &st) != nil {
		return 0
	}
	return st.Ino
}

// Create makes the namespace, with its loopback down as the kernel makes it.
// It does nothing when the namespace exists.
func (ns Netns) Create() error {
	if ns.Exists() {
		return nil
	}
	if err := os.MkdirAll(NetnsDir, 0o755); err != nil {
		return fmt.Errorf("create network namespace %s: %w", ns, err)
	}
	// The file is opened without O_EXCL on purpose: what an earlier process
	// left half made is finished here.
	err := netnsAdd.Do(func() error {
		f, err := os.OpenFile(ns.Path(), os.O_RDONLY|os.O_CREATE, 0o444)
		if err != nil {
			return err
		}
		return f.Close()
	})
	if err != nil {
		return fmt.Errorf("create network namespace %s: %w", ns, err)
	}
	err = onThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		return netnsMount.Do(func() error {
			return unix.Mount("/proc/thread-self/ns/net", ns.Path(), "none", unix.MS_BIND, "")
		})
	})
	if err != nil {
		return fmt.Errorf("create network namespace %s: %w", ns, err)
	}
	return nil
}

// Delete takes the name away. The kernel removes the namespace and the links
// in it when the last process and socket in it are gone as well. Deleting what
// does not exist is success.
func (ns Netns) Delete() error {
	// A loop, since a race of two creators can have mounted twice.
	for ns.Exists() {
		err := netnsUmount.Do(func() error { return unix.Unmount(ns.Path(), unix.MNT_DETACH) })
		if err != nil {
			return fmt.Errorf("delete network namespace %s: %w", ns, err)
		}
	}
	if _, err := os.Lstat(ns.Path()); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := netnsUnlink.Do(func() error { return os.Remove(ns.Path()) })
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete network namespace %s: %w", ns, err)
	}
	return nil
}

// Open returns a handle that keeps the namespace alive until it is closed.
func (ns Netns) Open() (netns.NsHandle, error) {
	if !ns.Exists() {
		return netns.None(), fmt.Errorf("network namespace %s: %w", ns, fs.ErrNotExist)
	}
	h, err := netns.GetFromPath(ns.Path())
	if err != nil {
		return netns.None(), fmt.Errorf("open network namespace %s: %w", ns, err)
	}
	return h, nil
}

// Links opens a route netlink socket in the namespace. Whatever is done
// through it happens there, without the calling thread moving.
func (ns Netns) Links() (*netlink.Handle, error) {
	h, err := ns.Open()
	if err != nil {
		return nil, err
	}
	defer h.Close()
	nl, err := netlink.NewHandleAt(h, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("netlink in %s: %w", ns, err)
	}
	return nl, nil
}

// Do runs fn with its thread inside the namespace: sockets opened, files of
// /proc/sys/net touched and processes started there belong to it. Goroutines
// that fn starts do not.
func (ns Netns) Do(fn func() error) error {
	h, err := ns.Open()
	if err != nil {
		return err
	}
	defer h.Close()
	return onThread(func() error {
		if err := netns.Set(h); err != nil {
			return fmt.Errorf("enter network namespace %s: %w", ns, err)
		}
		return fn()
	})
}

// Dial connects from inside the namespace. The address must be numeric: a
// resolver would run on other threads, outside.
func (ns Netns) Dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	if _, err := netip.ParseAddrPort(address); err != nil {
		return nil, fmt.Errorf("dial %s in %s: %w", address, ns, err)
	}
	err = ns.Do(func() error {
		conn, err = new(net.Dialer).DialContext(ctx, network, address) // dial: inside a guest's own network, as the control plane ordered
		return err
	})
	return conn, err
}

// Listen listens inside the namespace; the address must be numeric.
func (ns Netns) Listen(ctx context.Context, network, address string) (l net.Listener, err error) {
	if _, err := netip.ParseAddrPort(address); err != nil {
		return nil, fmt.Errorf("listen on %s in %s: %w", address, ns, err)
	}
	err = ns.Do(func() error {
		l, err = new(net.ListenConfig).Listen(ctx, network, address)
		return err
	})
	return l, err
}

// PassMark is on what a router's rules have seen. The rules set it, and routing
// asks for it.
const PassMark = 0x1

// Sysctl reads a value below /proc/sys of the namespace.
func (ns Netns) Sysctl(name string) (value string, err error) {
	err = ns.Do(func() error {
		b, err := os.ReadFile(filepath.Join("/proc/sys", name))
		value = strings.TrimSpace(string(b))
		return err
	})
	return value, err
}

// onThread runs fn on an operating system thread of its own and brings the
// thread back to the namespace it came from. Where that fails the goroutine
// ends without unlocking, and the runtime never uses the thread again. A panic
// (a crash point in a test) comes out at the caller.
func onThread(fn func() error) error {
	type result struct {
		err      error
		panicked any
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() { done <- r }()
		runtime.LockOSThread()
		home, err := netns.Get()
		if err != nil {
			r.err = err
			return
		}
		defer func() {
			r.panicked = recover()
			if netns.Set(home) == nil {
				runtime.UnlockOSThread()
			}
			_ = home.Close()
		}()
		r.err = fn()
	}()
	r := <-done
	if r.panicked != nil {
		panic(r.panicked)
	}
	return r.err
}
