package sys_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wait polls until it is so.
func wait(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !so(); <-time.After(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain for: ", what)
		}
	}
}

// installation has a tag that no other test on this machine uses.
func installation(t testing.TB) sys.Installation {
	in := sys.Installation{Tag: fmt.Sprintf("t%d", os.Getpid()), Dir: t.TempDir()}
	t.Cleanup(func() {
		for _, l := range []string{"v", "j"} {
			for _, name := range in.FindAll(l) {
				wait(t, name+" to end", func() bool { gone, _ := sys.End(name, syscall.SIGKILL); return gone })
			}
		}
	})
	return in
}

const id1, id2 = "11111111111111111111111111111111", "22222222222222222222222222222222"

func start(t testing.TB, in sys.Installation, id string, args ...string) (sys.Process, string) {
	t.Helper()
	pid := filepath.Join(in.Dir, id+".pid")
	p, err := sys.Start(sys.Launch{
		Identity: in.Name("v", idOf(id)), Path: args[0], Args: args[1:], Dir: in.Dir,
		Log: filepath.Join(in.Dir, id+".log"), PIDFile: pid,
	})
	must(t, err)
	return p, pid
}

func TestProcessIsDetachedAndFound(t *testing.T) {
	in := installation(t)
	p, pid := start(t, in, id1, "sleep", "600")
	if sid, err := getsid(p.PID); err != nil || sid != p.PID {
		t.Errorf("session %d, %v, want its own", sid, err)
	}
	if q, ok := sys.Find(p.Identity, pid); !ok || q != p {
		t.Errorf("by pid file: %+v", q)
	}
	// We died before the pid file was written, or it is nonsense.
	for _, content := range []string{"", "{", `{"pid":1,"start":1,"identity":"` + p.Identity + `"}`} {
		must(t, os.WriteFile(pid, []byte(content), 0o600))
		if q, ok := sys.Find(p.Identity, pid); !ok || q != p {
			t.Errorf("with the pid file %q: %+v", content, q)
		}
	}
	if all := in.FindAll("v"); !slices.Equal(all, []string{p.Identity}) {
		t.Errorf("all: %v", all)
	}
	if _, ok := sys.Find(in.Name("v", idOf(id2)), pid); ok {
		t.Error("found another identity")
	}
	must(t, p.Signal(syscall.SIGTERM))
	wait(t, "its end", func() bool { return !p.Alive() })
	// Its parent is us: it must be collected.
	wait(t, "its burial", func() bool { _, err := os.Stat(fmt.Sprintf("/proc/%d", p.PID)); return err != nil })
	if _, ok := sys.Find(p.Identity, pid); ok {
		t.Error("found a dead process")
	}
	must(t, p.Signal(syscall.SIGKILL)) // of one that is gone
}

// Whoever started a process may look for it at once. Without care it is not
// there yet, about once in a hundred times.
func TestStartedIsFoundAtOnce(t *testing.T) {
	in := installation(t)
	for range 200 {
		p, pid := start(t, in, id1, "sleep", "600")
		if _, ok := sys.Find(p.Identity, pid); !ok || !p.Alive() {
			t.Fatal("just started, and not there")
		}
		must(t, p.Signal(syscall.SIGKILL))
	}
}

// A process with the same pid but another start, or with our name in its
// arguments only, is a stranger.
func TestStrangersAreLeftAlone(t *testing.T) {
	in := installation(t)
	name := in.Name("v", idOf(id1))
	grep := exec.Command("sh", "-c", "sleep 600; :", name)
	must(t, grep.Start())
	defer func() { _ = grep.Process.Kill(); _ = grep.Wait() }()
	if q, ok := sys.Find(name, ""); ok {
		t.Errorf("found a stranger: %+v", q)
	}
	if gone, err := sys.End(name, syscall.SIGKILL); err != nil || !gone {
		t.Errorf("end: %v, %v", gone, err)
	}
	p, pid := start(t, in, id1, "sleep", "600")
	old := p
	old.Start--
	if old.Alive() {
		t.Error("another start is the same process")
	}
	must(t, old.Signal(syscall.SIGKILL))
	must(t, os.WriteFile(pid, []byte(fmt.Sprintf(`{"pid":%d,"start":%d,"identity":%q}`, p.PID, old.Start, p.Identity)), 0o600))
	if q, ok := sys.Find(p.Identity, pid); !ok || q != p {
		t.Errorf("with a stale start: %+v", q)
	}
	if !p.Alive() || grep.ProcessState != nil {
		t.Error("a stranger was killed")
	}
}

// A helper process starts one and dies; it lives on.
func TestProcessOutlivesItsParent(t *testing.T) {
	if dir := os.Getenv("SYS_CHILD_DIR"); dir != "" {
		// Before anything that only a cleanup removes.
		start(t, sys.Installation{Tag: os.Getenv("SYS_CHILD_TAG"), Dir: dir}, id1, "sleep", "600")
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	in := installation(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestProcessOutlivesItsParent$")
	cmd.Env = append(os.Environ(), "SYS_CHILD_DIR="+in.Dir, "SYS_CHILD_TAG="+in.Tag)
	if err := cmd.Run(); err == nil {
		t.Fatal("the child was not killed")
	}
	p, ok := sys.Find(in.Name("v", idOf(id1)), filepath.Join(in.Dir, id1+".pid"))
	if !ok || !p.Alive() {
		t.Fatalf("it died with its parent: %+v", p)
	}
	wait(t, "its end", func() bool { gone, err := sys.End(p.Identity, syscall.SIGKILL); return gone && err == nil })
}

func TestStartFails(t *testing.T) {
	in := installation(t)
	_, err := sys.Start(sys.Launch{Identity: in.Name("v", idOf(id1)), Path: "no-such-program", Log: filepath.Join(in.Dir, "log")})
	if err == nil || !strings.Contains(err.Error(), "no-such-program") {
		t.Errorf("error: %v", err)
	}
}

func TestFilesReachTheProcess(t *testing.T) {
	in := installation(t)
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	_, err = sys.Start(sys.Launch{
		Identity: in.Name("v", idOf(id1)), Path: "sh", Args: []string{"-c", "echo hello >&3"},
		Log: filepath.Join(in.Dir, "log"), Files: []*os.File{w},
	})
	must(t, err)
	must(t, w.Close())
	b := make([]byte, 16)
	if n, _ := r.Read(b); string(b[:n]) != "hello\n" {
		t.Errorf("read %q", b[:n])
	}
}

func TestJob(t *testing.T) {
	in := installation(t)
	job := in.VolumeJob(idOf(id1))
	must(t, os.MkdirAll(filepath.Dir(job.Base), 0o755))
	end := func(want sys.JobState) {
		t.Helper()
		wait(t, "the job's end", func() bool { return job.State() != sys.JobRunning })
		if got := job.State(); got != want {
			t.Errorf("state %v, want %v", got, want)
		}
	}
	if job.State() != sys.JobNone {
		t.Error("a job out of nothing")
	}
	must(t, job.Start(in.Dir, nil, "sh", "-c", "echo '(12.34/100%)'; echo x > done"))
	end(sys.JobDone)
	if job.Percent() != 12 {
		t.Errorf("percent %d", job.Percent())
	}
	must(t, job.Clear())
	end(sys.JobNone)

	must(t, job.Start(in.Dir, nil, "sh", "-c", "echo '(99.99/100%)'; echo no room left >&2; exit 3"))
	end(sys.JobFailed)
	if job.Complaint() != "no room left" {
		t.Errorf("complaint %q", job.Complaint())
	}

	// A second start while it runs is none; the cancelled one leaves nothing.
	must(t, job.Start(in.Dir, nil, "sleep", "600"))
	p, _ := sys.Find(job.Identity, job.Base+".pid")
	must(t, job.Start(in.Dir, nil, "false"))
	if q, _ := sys.Find(job.Identity, job.Base+".pid"); q != p || job.State() != sys.JobRunning {
		t.Errorf("started twice: %+v, %+v", p, q)
	}
	wait(t, "the job to be cancelled", func() bool { gone, err := job.Cancel(); return gone && err == nil })
	end(sys.JobNone)

	// Its shell alone is killed: as long as the command itself runs, it runs.
	must(t, job.Start(in.Dir, nil, "sleep", "600"))
	p, _ = sys.Find(job.Identity, job.Base+".pid")
	wait(t, "its command", func() bool {
		b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", p.PID, p.PID))
		return len(b) > 0
	})
	must(t, p.Signal(syscall.SIGKILL))
	wait(t, "the shell's end", func() bool { return !p.Alive() })
	if job.State() != sys.JobRunning {
		t.Error("the command that is left is not seen")
	}
	_, err := sys.End(job.Identity, syscall.SIGKILL)
	must(t, err)
	end(sys.JobFailed)
	if job.Complaint() != "it was interrupted" {
		t.Errorf("complaint %q", job.Complaint())
	}
}
