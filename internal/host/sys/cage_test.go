package sys_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// probeEnv makes this test binary a process that tries things and says what
// it could: a list of orders, JSON.
const probeEnv = "VIRGA_CAGE_PROBE"

func TestMain(m *testing.M) {
	if text := os.Getenv(probeEnv); text != "" {
		probe(text)
		return
	}
	os.Exit(m.Run())
}

// attempt is one thing to try: a verb and its object.
type attempt struct{ Do, What string }

// probe tries everything and prints one answer a line, empty = it worked.
func probe(text string) {
	var all []attempt
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		panic(err)
	}
	says := map[string]string{}
	for _, a := range all {
		word := ""
		if err := try(a); err != nil {
			word = err.Error()
		}
		says[a.Do+" "+a.What] = word
	}
	b, err := json.Marshal(says)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(b))
}

func try(a attempt) error {
	switch a.Do {
	case "read":
		_, err := os.ReadFile(a.What)
		return err
	case "write":
		return os.WriteFile(a.What, []byte("x"), 0o600)
	case "dial tcp", "dial unix":
		conn, err := net.DialTimeout(strings.TrimPrefix(a.Do, "dial "), a.What, 2*time.Second)
		if err != nil {
			return err
		}
		return conn.Close()
	case "interfaces":
		all, err := net.Interfaces()
		if err != nil {
			return err
		}
		for _, i := range all {
			if i.Flags&net.FlagUp != 0 {
				return nil
			}
		}
		return errors.New("none is up")
	case "kill":
		pid, err := strconv.Atoi(a.What)
		if err != nil {
			return err
		}
		return syscall.Kill(pid, 0)
	case "descriptor":
		fd, err := strconv.Atoi(a.What)
		if err != nil {
			return err
		}
		var st unix.Stat_t
		return unix.Fstat(fd, &st)
	case "mount":
		return unix.Mount("none", a.What, "tmpfs", 0, "")
	case "root":
		return syscall.Setuid(0)
	}
	return fmt.Errorf("no such attempt: %s", a.Do)
}

// root skips where there is no cage to be had.
func root(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a cage needs root")
	}
}

// asProbe is this binary about to try things.
func asProbe(t testing.TB, all ...attempt) (cmd *exec.Cmd) {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	b, err := json.Marshal(all)
	must(t, err)
	cmd = exec.CommandContext(t.Context(), exe)
	cmd.Env = []string{probeEnv + "=" + string(b)}
	return cmd
}

// tried runs a probe, in a cage or (nil) in none, and says what it could.
func tried(t testing.TB, c *sys.Cage, all ...attempt) map[string]string {
	t.Helper()
	cmd := asProbe(t, all...)
	var out, complaint strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := c.Run(cmd); err != nil {
		t.Fatalf("the probe: %v\n%s", err, complaint.String())
	}
	says := map[string]string{}
	must(t, json.Unmarshal([]byte(out.String()), &says))
	return says
}

// testUser is a user of no installation: the last of all.
const testUser = 0x7ffdffff

// Whatever a taken process might try works outside and not inside.
func TestCageHolds(t *testing.T) {
	root(t)
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755))
	mine, shared, keys := filepath.Join(dir, "mine"), filepath.Join(dir, "shared"), filepath.Join(dir, "keys")
	for _, f := range []string{mine, shared, keys} {
		must(t, os.Mkdir(f, 0o755))
		must(t, os.WriteFile(filepath.Join(f, "file"), []byte("x"), 0o644)) // to everybody, so that only the cage bars
	}
	must(t, os.Chown(mine, testUser, testUser))
	must(t, os.Chown(filepath.Join(mine, "file"), testUser, testUser))
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer tcp.Close()
	unixSocket, err := net.Listen("unix", filepath.Join(dir, "admin.sock"))
	must(t, err)
	defer unixSocket.Close()
	must(t, os.Chmod(filepath.Join(dir, "admin.sock"), 0o666))
	// A descriptor that our parent left open, as a shell's lock.
	stray, err := unix.Open(dir, unix.O_RDONLY, 0)
	must(t, err)
	defer unix.Close(stray)

	attacks := []attempt{
		{"read", filepath.Join(keys, "file")},
		{"read", "/etc/passwd"},
		{"read", "/proc/1/status"},
		{"write", filepath.Join(shared, "file")},
		{"dial tcp", tcp.Addr().String()},
		{"dial unix", filepath.Join(dir, "admin.sock")},
		{"interfaces", ""},
		{"kill", strconv.Itoa(os.Getpid())},
		{"mount", dir},
		{"root", ""},
	}
	works := []attempt{
		{"read", filepath.Join(mine, "file")},
		{"write", filepath.Join(mine, "new")},
		{"read", filepath.Join(shared, "file")},
		{"read", "/dev/null"},
	}
	free := tried(t, nil, slices.DeleteFunc(slices.Clone(attacks), func(a attempt) bool { return a.Do == "mount" })...)
	for what, why := range free {
		if why != "" {
			t.Errorf("control run: %s does not work outside: %s", what, why)
		}
	}
	c := &sys.Cage{User: testUser, Binds: []sys.Bind{
		{Path: mine, Write: true}, {Path: shared, Write: true}, {Path: filepath.Join(dir, "none"), Optional: true},
	}}
	must(t, os.Remove(filepath.Join(shared, "file"))) // written by the control run
	must(t, os.WriteFile(filepath.Join(shared, "file"), []byte("x"), 0o644))
	caged := tried(t, c, append(append(slices.Clone(attacks), works...), attempt{"descriptor", strconv.Itoa(stray)})...)
	for _, a := range append(attacks, attempt{"descriptor", strconv.Itoa(stray)}) {
		if caged[a.Do+" "+a.What] == "" {
			t.Errorf("%s %s works inside", a.Do, a.What)
		}
	}
	for _, a := range works {
		if why := caged[a.Do+" "+a.What]; why != "" {
			t.Errorf("%s %s does not work inside: %s", a.Do, a.What, why)
		}
	}
}

// The cage of one process is nobody else's: our own threads keep all.
func TestCageLeavesUsAlone(t *testing.T) {
	root(t)
	for range 20 {
		tried(t, &sys.Cage{User: testUser})
	}
	// Threads that are lost end a moment later.
	wait(t, "all our threads to be alike", func() bool { return len(ourselves(t)) == 1 })
}

// ourselves shows the privileges and namespaces of every thread of this
// process, once each.
func ourselves(t testing.TB) map[string]bool {
	t.Helper()
	tasks, err := filepath.Glob("/proc/self/task/*")
	must(t, err)
	seen := map[string]bool{}
	for _, task := range tasks {
		status, err := os.ReadFile(filepath.Join(task, "status"))
		if err != nil {
			continue // it ended
		}
		var s strings.Builder
		for line := range strings.Lines(string(status)) {
			if strings.HasPrefix(line, "Cap") || strings.HasPrefix(line, "Uid") || strings.HasPrefix(line, "NoNewPrivs") {
				s.WriteString(strings.TrimSpace(line) + " ")
			}
		}
		for _, kind := range []string{"mnt", "net", "ipc", "uts", "pid"} {
			ns, _ := os.Readlink(filepath.Join(task, "ns", kind))
			s.WriteString(ns + " ")
		}
		seen[s.String()] = true
	}
	return seen
}

func TestCagedProcessIsFoundAndEnds(t *testing.T) {
	root(t)
	in := installation(t)
	c := &sys.Cage{User: testUser, Limits: []sys.Limit{{What: unix.RLIMIT_CORE}, {What: unix.RLIMIT_NOFILE, Max: 99}}}
	p, err := sys.Start(sys.Launch{
		Identity: in.Name("v", idOf(id1)), Path: "sleep", Args: []string{"600"}, Log: filepath.Join(in.Dir, "log"),
		PIDFile: filepath.Join(in.Dir, "pid"), Cage: c, Dir: "/",
	})
	must(t, err)
	for _, pidFile := range []string{filepath.Join(in.Dir, "pid"), ""} {
		if q, ok := sys.Find(p.Identity, pidFile); !ok || q != p || !p.Alive() {
			t.Errorf("by pid file %q: %+v, want %+v", pidFile, q, p)
		}
	}
	if loose, err := p.Loose(); err != nil || len(loose) > 0 {
		t.Errorf("loose: %v, %v", loose, err)
	}
	if !limited(t, p.PID, "Max open files 99 99") {
		t.Error("it has no limits")
	}
	c.Limits[1].Max = 98
	must(t, c.Limit(p)) // by another agent
	if !limited(t, p.PID, "Max open files 98 98") {
		t.Error("it was not limited when it was found again")
	}
	if sid, err := getsid(p.PID); err != nil || sid != p.PID {
		t.Errorf("session %d, %v, want its own", sid, err)
	}
	env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.PID))
	if err != nil || strings.Contains(string(env), "PWD=") || strings.Contains(string(env), "GOFLAGS") {
		t.Errorf("it was told more than it needs: %q, %v", env, err)
	}
	must(t, p.Signal(syscall.SIGKILL))
	wait(t, "its end", func() bool { return !p.Alive() })

	// One that is in none says so in every respect.
	free, _ := start(t, in, id2, "sleep", "600")
	must(t, c.Limit(free))
	if limited(t, free.PID, "Max open files 98 98") {
		t.Error("a free process was limited")
	}
	loose, err := free.Loose()
	if err != nil || len(loose) != 11 { // two ids, three sets of capabilities, privileges, five namespaces
		t.Errorf("a free process is loose in %q, %v", loose, err)
	}
}

// limited says whether a process has a limit, as /proc shows it.
func limited(t testing.TB, pid int, want string) bool {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	must(t, err)
	return strings.Contains(strings.Join(strings.Fields(string(b)), " "), want)
}

// What is shown to a running process it sees, and what is hidden from it not
// any more; nobody else sees anything of it.
func TestShowAndHide(t *testing.T) {
	root(t)
	in := installation(t)
	must(t, os.Chmod(in.Dir, 0o755))
	more := filepath.Join(in.Dir, "a", "more")
	must(t, os.MkdirAll(more, 0o755))
	must(t, os.WriteFile(filepath.Join(more, "file"), nil, 0o644))
	c := &sys.Cage{User: testUser}
	p, err := sys.Start(sys.Launch{
		Identity: in.Name("v", idOf(id1)), Path: "sleep", Args: []string{"600"}, Log: filepath.Join(in.Dir, "log"), Cage: c, Dir: "/",
	})
	must(t, err)
	sees := func() bool {
		_, err := os.Stat(fmt.Sprintf("/proc/%d/root%s/file", p.PID, more))
		return err == nil
	}
	mounts, err := os.ReadFile("/proc/thread-self/mountinfo")
	must(t, err)
	if sees() {
		t.Error("it sees what was not shown")
	}
	for range 2 {
		must(t, p.Show(sys.Bind{Path: more}))
		if !sees() {
			t.Error("it does not see what was shown")
		}
	}
	for range 2 { // however often it was shown
		must(t, p.Hide(more))
		if sees() {
			t.Error("it sees what was hidden")
		}
	}
	must(t, p.Show(sys.Bind{Path: filepath.Join(in.Dir, "none"), Optional: true}))
	if err := p.Show(sys.Bind{Path: filepath.Join(in.Dir, "none")}); err == nil {
		t.Error("showed what is not there")
	}
	if after, _ := os.ReadFile("/proc/thread-self/mountinfo"); string(after) != string(mounts) {
		t.Error("the machine's own mounts changed")
	}
	// To a free process everything is there already.
	free, _ := start(t, in, id2, "sleep", "600")
	must(t, free.Show(sys.Bind{Path: more}))
	must(t, free.Hide(more))
	if after, _ := os.ReadFile("/proc/thread-self/mountinfo"); string(after) != string(mounts) {
		t.Error("the machine's own mounts changed by a free process")
	}
	must(t, p.Signal(syscall.SIGKILL))
	wait(t, "its end", func() bool { return !p.Alive() })
	must(t, p.Show(sys.Bind{Path: more})) // of one that is gone
}

func TestCageRefuses(t *testing.T) {
	root(t)
	for what, c := range map[string]*sys.Cage{
		"root":                    {},
		"a path that is relative": {User: testUser, Binds: []sys.Bind{{Path: "keys"}}},
		"a path with dots":        {User: testUser, Binds: []sys.Bind{{Path: "/usr/../etc"}}},
		"what is not there":       {User: testUser, Binds: []sys.Bind{{Path: "/no/such/file"}}},
	} {
		if err := c.Start(exec.Command("true")); err == nil {
			t.Errorf("started with %s", what)
		}
	}
	if err := (&sys.Cage{User: testUser}).Start(exec.Command("no-such-program")); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("without a program: %v", err)
	}
}

// The jobs' shell and its command are both inside, and the end is known.
func TestCagedJob(t *testing.T) {
	root(t)
	in := installation(t)
	job := in.VolumeJob(idOf(id1))
	must(t, os.MkdirAll(filepath.Dir(job.Base), 0o700))
	c := &sys.Cage{
		User: testUser, Binds: []sys.Bind{{Path: filepath.Dir(job.Base)}}, Limits: []sys.Limit{{What: unix.RLIMIT_NOFILE, Max: 99}},
	}
	for _, one := range []struct {
		script string
		want   sys.JobState
	}{
		{"exit 0", sys.JobDone},
		{"exit 3", sys.JobFailed},
		{"cat " + job.Base + ".log", sys.JobFailed},
		{"test $(ulimit -n) = 99", sys.JobDone},
		{"echo 0 >&3", sys.JobFailed},
		{"echo 0 >&4", sys.JobFailed},
	} {
		must(t, job.Start("/", c, "sh", "-c", one.script))
		wait(t, "the job's end", func() bool { return job.State() != sys.JobRunning })
		if got := job.State(); got != one.want {
			t.Errorf("%s: state %v, want %v: %s", one.script, got, one.want, job.Complaint())
		}
	}
	must(t, job.Start("/", c, "sleep", "600"))
	p, _ := sys.Find(job.Identity, job.Base+".pid")
	if loose, err := p.Loose(); err != nil || len(loose) > 0 {
		t.Errorf("loose: %v, %v", loose, err)
	}
	wait(t, "the job to be cancelled", func() bool { gone, err := job.Cancel(); return gone && err == nil })
}

// A header that names a file of the machine: outside, qemu-img copies that
// file into the disk; in its cage it finds none.
func TestForeignBackingFile(t *testing.T) {
	root(t)
	in := sys.Installation{Tag: "00a1", Dir: t.TempDir()}
	secret, dir := filepath.Join(in.Dir, "master.key"), in.VolumeDir(idOf(id1))
	must(t, os.WriteFile(secret, []byte(strings.Repeat("the master key ", 100)), 0o644))
	must(t, os.MkdirAll(dir, 0o700))
	layer, out := filepath.Join(dir, "0.qcow2"), filepath.Join(dir, "copy")
	made, err := exec.Command("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", secret, layer).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, made)
	}
	user, err := in.ToolUser()
	must(t, err)
	must(t, os.Chown(layer, user, user))
	cage, err := in.ToolCage(sys.Bind{Path: layer}, sys.Bind{Path: out, Write: true})
	must(t, err)
	for _, one := range []struct {
		cage  *sys.Cage
		leaks bool
	}{{nil, true}, {cage, false}} {
		must(t, in.MakeFile(out))
		err := one.cage.Run(exec.Command("qemu-img", "convert", "-f", "qcow2", "-O", "raw", layer, out))
		b, readErr := os.ReadFile(out)
		must(t, readErr)
		if leaks := strings.Contains(string(b), "the master key"); leaks != one.leaks || leaks == (err != nil) {
			t.Errorf("caged %v: it leaks %v, %v", one.cage != nil, leaks, err)
		}
	}
}
