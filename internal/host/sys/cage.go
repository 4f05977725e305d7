package sys

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Cage is what a process may be and see that touches a customer's bytes: a
// user of its own, no capability and no way to get one, its own network (an
// empty one), mount, pid, ipc and host name namespaces, and of the machine's
// files those that are named here. What else it needs it gets as a descriptor.
// docs/adr/0014-guests-in-a-cage.md has the reasons.
//
// Only root can make one. For everybody else a cage is no cage, so that tests
// and the fake run as any user; nothing real does.
type Cage struct {
	User     int      // uid and gid; required, see Installation.User
	Groups   []int    // more groups, for devices; optional
	Programs []string // what it runs beside the program that is started; optional
	Binds    []Bind   // what it sees beside programs and libraries
	Limits   []Limit  // optional
}

// Bind is a file or folder that a caged process sees, under the name that it
// has outside. Whose it is decides what the process can do with it.
type Bind struct {
	Path     string // absolute
	Write    bool   // not read-only
	Device   bool   // a device node that works
	Optional bool   // passed over when there is none

	runs bool // holds programs or their libraries
}

// Limit is a bound on what a process may take, soft and hard.
type Limit struct {
	What int // unix.RLIMIT_...
	Max  uint64
}

// everybody sees the libraries of the machine and the devices that are none.
var everybody = []Bind{
	{Path: "/usr/lib", Optional: true, runs: true},
	{Path: "/usr/lib64", Optional: true, runs: true},
	{Path: "/lib", Optional: true, runs: true},
	{Path: "/lib64", Optional: true, runs: true},
	{Path: "/etc/ld.so.cache", Optional: true},
	{Path: "/etc/alternatives", Optional: true},
	{Path: "/dev/null", Device: true},
	{Path: "/dev/zero", Device: true},
	{Path: "/dev/random", Device: true},
	{Path: "/dev/urandom", Device: true},
}

// cageNamespaces are all but the pid namespace, in which only a child can be.
const cageNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS

// stage is where the new root is put together. It is a folder that every
// machine has and that nobody in a cage sees; in our own mount namespace
// nobody else sees what happens to it.
const stage = "/sys"

// Start starts a command in the cage, in which it is process 1: nothing of it
// outlives it. Without a cage (nil) it only inherits nothing.
func (c *Cage) Start(cmd *exec.Cmd) error {
	return c.start(cmd, func() error { return nil })
}

// Run starts a command in the cage and waits for its end. The thread that
// started it stays that long, for a signal at the parent's death.
func (c *Cage) Run(cmd *exec.Cmd) error { return c.start(cmd, cmd.Wait) }

// cagedEnv is the environment inside: what the agent was told is not for
// others.
func cagedEnv() []string { return []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=/"} }

func (c *Cage) start(cmd *exec.Cmd, then func() error) error {
	if err := closeOnExec(); err != nil {
		return err
	}
	if c == nil || os.Geteuid() != 0 {
		if err := cmd.Start(); err != nil {
			return err
		}
		return then()
	}
	if c.User <= 0 {
		return fmt.Errorf("a cage for the user %d", c.User)
	}
	if cmd.Err != nil { // the program was not found
		return cmd.Err
	}
	if cmd.Env == nil {
		cmd.Env = cagedEnv()
	}
	var a syscall.SysProcAttr
	if cmd.SysProcAttr != nil {
		a = *cmd.SysProcAttr
	}
	a.Cloneflags |= unix.CLONE_NEWPID
	a.Credential = &syscall.Credential{Uid: uint32(c.User), Gid: uint32(c.User)}
	for _, g := range c.Groups {
		a.Credential.Groups = append(a.Credential.Groups, uint32(g))
	}
	cmd.SysProcAttr = &a
	return onLostThread(func() error {
		if err := c.enter(append(slices.Clone(c.Programs), cmd.Path)); err != nil {
			return fmt.Errorf("cage: %w", err)
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		return errors.Join(c.limit(cmd.Process.Pid), then())
	})
}

// limit bounds a process from outside: limits hold for a whole process, so no
// thread of ours can take them on for a child, and a program that does it
// (prlimit) would become the wanted one in a moment in which nobody can read
// its mark. It makes the thread the process's user, who may lower its limits
// also where root may not (without CAP_SYS_RESOURCE).
func (c *Cage) limit(pid int) error {
	user := uintptr(c.User)
	for _, call := range []uintptr{unix.SYS_SETRESGID, unix.SYS_SETRESUID} {
		if _, _, no := unix.RawSyscall(call, user, user, user); no != 0 { // of this thread alone
			return fmt.Errorf("become user %d: %w", c.User, no)
		}
	}
	for _, l := range c.Limits {
		err := unix.Prlimit(pid, l.What, &unix.Rlimit{Cur: l.Max, Max: l.Max}, nil)
		if err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("limit %d of process %d: %w", l.What, pid, err)
		}
	}
	return nil
}

// Limit bounds a process of the cage that is found again: whoever started it
// may have died before it did. One in no cage is left as it is.
func (c *Cage) Limit(p Process) error {
	if os.Geteuid() != 0 || len(sameNamespaces(p.PID, "mnt")) > 0 || !p.Alive() {
		return nil
	}
	return onLostThread(func() error { return c.limit(p.PID) })
}

// enter makes the thread's world the cage's: what it starts from here on is
// inside, and there is no way back.
func (c *Cage) enter(programs []string) error {
	if err := unix.Unshare(cageNamespaces); err != nil {
		return fmt.Errorf("namespaces: %w", err)
	}
	if err := unix.Sethostname([]byte("cage")); err != nil {
		return fmt.Errorf("host name: %w", err)
	}
	unix.Umask(0) // of this thread: its idea of folders is its own since then
	// Nothing of what follows may reach the machine's own mounts.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	err := unix.Mount("cage", stage, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "mode=0755,size=1m,nr_inodes=4k")
	if err != nil {
		return fmt.Errorf("root: %w", err)
	}
	binds := append([]Bind{}, everybody...)
	for _, p := range slices.Compact(programs) {
		binds = append(binds, Bind{Path: p, runs: true})
	}
	for _, b := range append(binds, c.Binds...) {
		if err := b.into(stage); err != nil {
			return err
		}
	}
	if err := pivot(stage); err != nil {
		return fmt.Errorf("root: %w", err)
	}
	unix.Umask(0o077) // the child's
	return surrender()
}

// into makes the path visible below a new root.
func (b Bind) into(root string) error {
	if fi, err := os.Lstat(b.Path); err == nil && fi.Mode().Type() == fs.ModeSymlink && filepath.Dir(b.Path) == "/" {
		// /lib is a link into /usr on most machines, and stays one.
		to, err := os.Readlink(b.Path)
		if err != nil {
			return err
		}
		return os.Symlink(to, filepath.Join(root, b.Path))
	}
	tree, err := b.open()
	if err != nil || tree < 0 {
		return err
	}
	defer unix.Close(tree)
	var st unix.Stat_t
	if err := unix.Fstat(tree, &st); err != nil {
		return fmt.Errorf("show %s: %w", b.Path, err)
	}
	return place(tree, filepath.Join(root, b.Path), st.Mode&unix.S_IFMT == unix.S_IFDIR)
}

// open clones the mount at the path, without a place yet; -1 when it may be
// missing and is.
func (b Bind) open() (tree int, err error) {
	if !filepath.IsAbs(b.Path) || filepath.Clean(b.Path) != b.Path {
		return -1, fmt.Errorf("show %q: not an absolute path", b.Path)
	}
	tree, err = unix.OpenTree(unix.AT_FDCWD, b.Path, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
	if errors.Is(err, unix.ENOENT) && b.Optional {
		return -1, nil
	}
	if err != nil {
		return -1, fmt.Errorf("show %s: %w", b.Path, err)
	}
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_NOSUID}
	if !b.Device {
		attr.Attr_set |= unix.MOUNT_ATTR_NODEV
	}
	if !b.runs {
		attr.Attr_set |= unix.MOUNT_ATTR_NOEXEC
	}
	if !b.Write {
		attr.Attr_set |= unix.MOUNT_ATTR_RDONLY
	}
	if err := unix.MountSetattr(tree, "", unix.AT_EMPTY_PATH, &attr); err != nil {
		return -1, errors.Join(fmt.Errorf("show %s: %w", b.Path, err), unix.Close(tree))
	}
	return tree, nil
}

// place gives a cloned mount its place.
func place(tree int, target string, dir bool) error {
	err := os.MkdirAll(filepath.Dir(target), 0o755)
	if err == nil && dir {
		err = os.MkdirAll(target, 0o755)
	} else if err == nil {
		var f *os.File
		if f, err = os.OpenFile(target, os.O_CREATE|os.O_RDONLY, 0o444); err == nil {
			err = f.Close()
		}
	}
	if err == nil {
		err = unix.MoveMount(tree, "", unix.AT_FDCWD, target, unix.MOVE_MOUNT_F_EMPTY_PATH)
	}
	if err != nil {
		return fmt.Errorf("show %s: %w", target, err)
	}
	return nil
}

// pivot makes dir the root and lets the old one go.
func pivot(dir string) error {
	if err := unix.Chdir(dir); err != nil {
		return err
	}
	// With both names the same the old root lies on top of the new one
	// (pivot_root(2)).
	if err := unix.PivotRoot(".", "."); err != nil {
		return err
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return err
	}
	return unix.Chdir("/")
}

// surrender gives up for good whatever privileges the thread's children could
// get back. Those that it has now end with the change of its child's user.
func surrender() error {
	for c := uintptr(0); c <= 63; c++ {
		err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0)
		if errors.Is(err, unix.EINVAL) {
			break // the kernel has no more
		}
		if err != nil {
			return fmt.Errorf("drop capability %d: %w", c, err)
		}
	}
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	err := unix.Capget(&hdr, &data[0])
	if err == nil {
		data[0].Inheritable, data[1].Inheritable = 0, 0
		err = unix.Capset(&hdr, &data[0])
	}
	if err != nil {
		return fmt.Errorf("drop capabilities: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no new privileges: %w", err)
	}
	return nil
}

// closeOnExec lets no descriptor pass on but those that are meant to: what we
// open ourselves is closed on exec, and what our own parent left open is not.
func closeOnExec() error {
	if err := unix.CloseRange(3, math.MaxInt32, unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("close stray descriptors: %w", err)
	}
	return nil
}

// onLostThread runs fn on a thread of its own that ends with it, since nobody
// else could use it afterwards. A panic (a crash point in a test) comes out at
// the caller.
func onLostThread(fn func() error) error {
	var err error
	var panicked any
	done := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer close(done)
		defer func() { panicked = recover() }()
		if unix.Gettid() == unix.Getpid() {
			// The first thread of a process cannot end before it, and what it
			// is in shows as the process's own. While we keep it, fn gets
			// another one.
			defer runtime.UnlockOSThread()
			err = onLostThread(fn)
			return
		}
		err = fn()
	}()
	<-done
	if panicked != nil {
		panic(panicked)
	}
	return err
}

// Show makes a path visible to a running process in its cage. To one that is
// in none it is visible already.
func (p Process) Show(b Bind) error {
	return p.inside(func(enter func() error) error {
		tree, err := b.open()
		if err != nil || tree < 0 {
			return err
		}
		defer unix.Close(tree)
		want, err := os.Stat(b.Path)
		if err != nil {
			return err
		}
		if err := enter(); err != nil {
			return err
		}
		if is, err := os.Stat(b.Path); err == nil && os.SameFile(is, want) {
			return nil
		}
		return place(tree, b.Path, want.IsDir())
	})
}

// Hide takes a path from a running process that does not use it any more.
func (p Process) Hide(path string) error {
	return p.inside(func(enter func() error) error {
		if err := enter(); err != nil {
			return err
		}
		for {
			err := unix.Unmount(path, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
			if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOENT) {
				return nil // not there, or not any more
			}
			if err != nil {
				return fmt.Errorf("hide %s: %w", path, err)
			}
		}
	})
}

// inside calls fn on a thread of its own with a function that takes the thread
// into the mount namespace of the process. It does nothing for one without a
// cage, and for one that is gone.
func (p Process) inside(fn func(enter func() error) error) error {
	ns, err := os.Open(fmt.Sprintf("/proc/%d/ns/mnt", p.PID))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cage of %s: %w", p.Identity, err)
	}
	defer ns.Close()
	if !p.Alive() || len(sameNamespaces(p.PID, "mnt")) > 0 { // asked after the file is open: now it is this process's
		return nil
	}
	return onLostThread(func() error {
		return fn(func() error {
			err := unix.Unshare(unix.CLONE_FS)
			if err == nil {
				err = unix.Setns(int(ns.Fd()), unix.CLONE_NEWNS)
			}
			if err != nil {
				return fmt.Errorf("cage of %s: %w", p.Identity, err)
			}
			unix.Umask(0)
			return nil
		})
	})
}

// sameNamespaces are those of the kinds that a process shares with us.
func sameNamespaces(pid int, kinds ...string) []string {
	var same []string
	for _, kind := range kinds {
		is, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/%s", pid, kind))
		if err != nil {
			continue
		}
		if ours, err := os.Readlink("/proc/thread-self/ns/" + kind); err == nil && ours == is {
			same = append(same, kind)
		}
	}
	return same
}

// Loose says what of a cage a process is not in, empty when it is in one.
func (p Process) Loose() ([]string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID))
	if err != nil {
		return nil, err
	}
	var bad []string
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch name {
		case "Uid", "Gid", "Groups":
			if slices.Contains(strings.Fields(value), "0") {
				bad = append(bad, "has root's "+name)
			}
		case "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb":
			if strings.Trim(value, "0") != "" {
				bad = append(bad, "has "+name+" "+value)
			}
		case "NoNewPrivs":
			if value != "1" {
				bad = append(bad, "may gain privileges")
			}
		}
	}
	for _, kind := range sameNamespaces(p.PID, "mnt", "net", "pid", "ipc", "uts") {
		bad = append(bad, "shares the machine's "+kind+" namespace")
	}
	return bad, nil
}
