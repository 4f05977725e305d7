package sys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// markEnv is the variable that every detached process and its children carry.
// It is what tells our process from a person's `grep` for its name, and, with
// the start time, from a stranger that got the same pid.
const markEnv = "VIRGA_PROCESS"

// Process is a detached process as its pid file describes it.
type Process struct {
	PID      int    `json:"pid"`
	Start    uint64 `json:"start"` // clock ticks after the machine's boot, field 22 of /proc/PID/stat
	Identity string `json:"identity"`
}

// Launch describes a process that shall outlive us.
type Launch struct {
	// Identity names it on this machine: Installation.Name of its object.
	// Required; one of Args should show it, for people who read ps.
	Identity string
	Path     string     // required; looked up in PATH
	Args     []string   // without the program's name
	Dir      string     // working folder; optional
	Log      string     // file that its output is appended to; required
	PIDFile  string     // optional
	Files    []*os.File // become its descriptors 3, 4, ...
	Cage     *Cage      // optional; then Dir must be in it
}

// Start starts a process in a session of its own, so that neither our death
// nor a signal to our terminal reaches it. Where systemd runs it gets a scope
// of its own as well, or systemd would end it together with our service.
func Start(l Launch) (Process, error) {
	path, args := l.Path, l.Args
	caged := l.Cage != nil && os.Geteuid() == 0
	if systemd() && !caged {
		path, args = "systemd-run", append([]string{
			"--scope", "--quiet", "--collect", "--unit=" + unit(l.Identity), "--", l.Path,
		}, l.Args...)
	}
	log, err := os.OpenFile(l.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return Process{}, err
	}
	defer log.Close()
	cmd := exec.Command(path, args...)
	cmd.Dir = l.Dir
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = l.Files
	env := os.Environ()
	if caged {
		env = cagedEnv()
	}
	cmd.Env = append(slices.DeleteFunc(env, func(s string) bool {
		return strings.HasPrefix(s, markEnv+"=") || strings.HasPrefix(s, "VIRGA_CRASH=")
	}), markEnv+"="+l.Identity)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := l.Cage.Start(cmd); err != nil {
		return Process{}, fmt.Errorf("start %s: %w", l.Identity, err)
	}
	if systemd() && caged {
		if err := scope(unit(l.Identity), cmd.Process.Pid); err != nil {
			return Process{}, errors.Join(fmt.Errorf("start %s: %w", l.Identity, err), cmd.Process.Kill(), cmd.Wait())
		}
	}
	p := Process{PID: cmd.Process.Pid, Identity: l.Identity}
	st, ok := readStat(p.PID) // before anybody collects it, however short it lived
	// While it is our child nobody else collects it, and its pid would never
	// become free.
	go func() { _ = cmd.Wait() }()
	if !ok {
		return Process{}, fmt.Errorf("start %s: it died at once", l.Identity)
	}
	p.Start = st.start
	p.await()
	if l.PIDFile != "" {
		b, err := json.Marshal(p)
		if err == nil {
			err = WriteFile(l.PIDFile, b, 0o600)
		}
		if err != nil {
			return p, fmt.Errorf("start %s: %w", l.Identity, err)
		}
	}
	return p, nil
}

// unit is the name of a process's unit for systemd.
func unit(identity string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, identity)
}

// maxTasks bounds the threads and processes of one unit.
const maxTasks = 4096

// scope puts a running process into a unit, and so a cgroup, of its own. Unlike
// systemd-run it can do that for one that is in a pid namespace already.
func scope(unit string, pid int) error {
	out, err := exec.Command("busctl", "--quiet", "call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
		"org.freedesktop.systemd1.Manager", "StartTransientUnit", "ssa(sv)a(sa(sv))", unit+".scope", "fail",
		"3", "PIDs", "au", "1", strconv.Itoa(pid), "CollectMode", "s", "inactive-or-failed",
		"TasksMax", "t", strconv.Itoa(maxTasks), "0").CombinedOutput()
	if err != nil {
		return fmt.Errorf("a scope of its own: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// await waits until the process carries its mark. The kernel says that a
// program was started a moment before its environment can be read, and for as
// long nobody would find it, or take it for alive.
func (p Process) await() {
	for range 1000 {
		if st, ok := readStat(p.PID); !ok || !st.alive() || mark(p.PID) == p.Identity {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Find looks for the process with this identity: first where the pid file
// says, then, since we may have died between its start and the file, through
// all of /proc. The pid file is a short cut and never trusted alone.
func Find(identity, pidFile string) (Process, bool) {
	var p Process
	if b, err := os.ReadFile(pidFile); err == nil && json.Unmarshal(b, &p) == nil {
		if p.Identity == identity && p.Alive() {
			return p, true
		}
	}
	all := marked(func(mark string) bool { return mark == identity })
	if len(all) == 0 {
		return Process{}, false
	}
	// The leader first: its children carry the mark too.
	for _, q := range all {
		if st, ok := readStat(q.PID); ok && st.session == q.PID {
			return q, true
		}
	}
	return all[0], true
}

// FindAll names the identities of this installation with this letter that
// have a living process.
func (in Installation) FindAll(letter string) []string {
	seen := map[string]bool{}
	for _, p := range in.Processes(letter) {
		seen[p.Identity] = true
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Processes are the living processes of this installation with this letter,
// children included.
func (in Installation) Processes(letter string) []Process {
	return marked(func(mark string) bool { return strings.HasPrefix(mark, in.Prefix()+"-"+letter+"-") })
}

// Alive says whether exactly this process still runs. A zombie does not.
func (p Process) Alive() bool {
	st, ok := readStat(p.PID)
	return ok && st.alive() && st.start == p.Start && mark(p.PID) == p.Identity
}

// Signal sends a signal to this process only, through a descriptor of it, so
// that a pid which changed hands meanwhile is never hit.
func (p Process) Signal(sig syscall.Signal) error {
	fd, err := unix.PidfdOpen(p.PID, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("signal %s: %w", p.Identity, err)
	}
	defer unix.Close(fd)
	if !p.Alive() {
		return nil
	}
	if err := unix.PidfdSendSignal(fd, sig, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("signal %s: %w", p.Identity, err)
	}
	return nil
}

// End sends a signal to every process with this identity, children included,
// and says whether none is left. It does not wait.
func End(identity string, sig syscall.Signal) (gone bool, err error) {
	all := marked(func(mark string) bool { return mark == identity })
	for _, p := range all {
		err = errors.Join(err, p.Signal(sig))
	}
	return len(all) == 0, err
}

// marked lists living processes by their mark.
func marked(want func(mark string) bool) []Process {
	dirs, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var all []Process
	for _, d := range dirs {
		pid, err := strconv.Atoi(d.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		m := mark(pid)
		if m == "" || !want(m) {
			continue
		}
		if st, ok := readStat(pid); ok && st.alive() {
			all = append(all, Process{PID: pid, Start: st.start, Identity: m})
		}
	}
	return all
}

// mark is the identity that a process carries, empty for a stranger.
func mark(pid int) string {
	env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil {
		return ""
	}
	for v := range bytes.SplitSeq(env, []byte{0}) {
		if m, ok := bytes.CutPrefix(v, []byte(markEnv+"=")); ok {
			return string(m)
		}
	}
	return ""
}

type stat struct {
	state   byte
	session int
	start   uint64
}

func (s stat) alive() bool { return s.state != 'Z' && s.state != 'X' }

// readStat reads what we need of /proc/PID/stat. The second field is the
// program's name and may hold blanks and brackets, so the rest is counted
// from the last bracket.
func readStat(pid int) (stat, bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, false
	}
	return parseStat(b)
}

func parseStat(b []byte) (stat, bool) {
	i := bytes.LastIndexByte(b, ')')
	if i < 0 {
		return stat{}, false
	}
	f := strings.Fields(string(b[i+1:]))
	if len(f) < 20 || len(f[0]) != 1 {
		return stat{}, false
	}
	session, err := strconv.Atoi(f[3])
	if err != nil {
		return stat{}, false
	}
	start, err := strconv.ParseUint(f[19], 10, 64)
	if err != nil {
		return stat{}, false
	}
	return stat{state: f[0][0], session: session, start: start}, true
}

// systemd says whether this machine was started by systemd (sd_booted(3)).
func systemd() bool {
	fi, err := os.Stat("/run/systemd/system")
	return err == nil && fi.IsDir()
}

// WriteFile replaces a file so that a crash leaves the old or the new one,
// and the new one is on the disk when it returns.
func WriteFile(path string, b []byte, mode fs.FileMode) error {
	tmp := path + ".tmp"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return Rename(tmp, path)
}

// Rename renames a file and makes that durable.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(to))
}

// Link points the symbolic link at path to target, atomically and durably.
func Link(target, path string) error {
	tmp := path + ".tmp"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink(target, tmp); err != nil {
		return err
	}
	return Rename(tmp, path)
}

// SyncDir makes what happened to the names in a folder durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
