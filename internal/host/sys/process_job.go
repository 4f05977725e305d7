package sys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Job is one long command (a copy, a merge) that runs detached, is found again
// after our death, and whose end is known even when it ended while nobody
// looked. Its files lie beside the artefact it works on: Base.pid, Base.log
// (with its output) and Base.rc (its exit status, empty until it is over).
type Job struct {
	Identity string
	Base     string
}

// JobState is how far a job is.
type JobState int

// The states of a job.
const (
	JobNone    JobState = iota // never started, or cleared
	JobRunning                 // its process lives
	JobDone                    // it ended with status 0
	JobFailed                  // it ended otherwise, or was killed
)

// jobScript leaves the exit status behind. It is written by the process
// itself, since we may not live to see the end, to a file that we opened for
// it: it may write to no folder of ours. It begins when we say so, with the
// limits that it then has; without a word of ours it never began.
const jobScript = `read go <&4 || exit; "$@" 3>&- 4>&-; echo $? >&3`

// Start starts the command in a cage, unless it runs already.
func (j Job) Start(dir string, cage *Cage, path string, args ...string) error {
	if _, ok := Find(j.Identity, j.Base+".pid"); ok {
		return nil
	}
	if err := j.Clear(); err != nil {
		return err
	}
	program, err := exec.LookPath(path)
	if err != nil {
		return err
	}
	rc, err := os.OpenFile(j.Base+".rc", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer rc.Close()
	begin, say, err := os.Pipe()
	if err != nil {
		return err
	}
	defer begin.Close()
	defer say.Close()
	if cage != nil {
		inner := *cage
		inner.Programs = append(slices.Clip(inner.Programs), program)
		cage = &inner
	}
	_, err = Start(Launch{
		Identity: j.Identity, Path: "sh", Dir: dir, Log: j.Base + ".log", PIDFile: j.Base + ".pid", Cage: cage,
		Args: append([]string{"-c", jobScript, j.Identity, program}, args...), Files: []*os.File{rc, begin},
	})
	if err == nil {
		_, err = say.WriteString("go\n")
	}
	return err
}

// State says how far the job is.
func (j Job) State() JobState {
	// The process first: between its last breath and our look at the file it
	// cannot unwrite the status.
	if _, ok := Find(j.Identity, j.Base+".pid"); ok {
		return JobRunning
	}
	rc, err := os.ReadFile(j.Base + ".rc")
	if err == nil && strings.TrimSpace(string(rc)) == "0" {
		return JobDone
	}
	if err == nil {
		return JobFailed
	}
	for _, ext := range []string{".pid", ".log"} {
		if _, err := os.Lstat(j.Base + ext); err == nil {
			return JobFailed
		}
	}
	return JobNone
}

var percent = regexp.MustCompile(`\(([0-9]{1,3})\.[0-9]+/100%\)`)

// Percent reads the progress that qemu-img prints with -p, 0 to 99.
func (j Job) Percent() int {
	all := percent.FindAllStringSubmatch(j.tail(4096), -1)
	if len(all) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(all[len(all)-1][1])
	return min(n, 99)
}

// Complaint is the last line of the job's output that is no progress.
func (j Job) Complaint() string {
	lines := strings.FieldsFunc(j.tail(4096), func(r rune) bool { return r == '\n' || r == '\r' })
	for i := len(lines) - 1; i >= 0; i-- {
		if l := strings.TrimSpace(lines[i]); l != "" && !percent.MatchString(l) {
			return l
		}
	}
	return "it was interrupted"
}

func (j Job) tail(n int64) string { return Tail(j.Base+".log", n) }

// Tail is the end of a file, at most n bytes, empty when there is none.
func Tail(path string, n int64) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return ""
	}
	b := make([]byte, min(n, fi.Size()))
	m, _ := f.ReadAt(b, fi.Size()-int64(len(b)))
	return string(b[:m])
}

// Cancel kills the job; gone says that nothing of it runs any more.
func (j Job) Cancel() (gone bool, err error) {
	gone, err = End(j.Identity, syscall.SIGKILL)
	if err != nil || !gone {
		return false, err
	}
	return true, j.Clear()
}

// Clear removes the files of a job that is over.
func (j Job) Clear() error {
	var err error
	for _, ext := range []string{".rc", ".log", ".pid.tmp", ".pid"} {
		if e := os.Remove(j.Base + ext); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("clear job: %w", e))
		}
	}
	return err
}
