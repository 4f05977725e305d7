package sim

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/virga-cloud/virga/internal/crash"
)

var (
	seeds  = flag.Int("seeds", 20, "how many seeds the simulation plays")
	first  = flag.Uint64("first", 1, "the first of them")
	stride = flag.Uint64("stride", 1, "the distance between them")
	procs  = flag.Int("processes", runtime.NumCPU(), "how many processes share the seeds where they are many")
	tell   = flag.String("triples", "", "the file that the triples of state, step and fault are written to")
	only   = flag.Uint64("seed", 0, "the one seed to play, with its story")
)

// share is how many seeds make it worth while to start processes for them.
const share = 30

// A failing seed is printed with the command that plays it again.
func TestSimulation(t *testing.T) {
	if *only != 0 {
		play(t, *only)
		return
	}
	if n := *procs; n > 1 && *seeds >= share && *stride == 1 {
		processes(t, n)
		return
	}
	faults := 0
	for i := range uint64(*seeds) {
		seed := *first + i**stride
		faults += play(t, seed)
		if t.Failed() {
			t.Fatalf("seed %d failed; again with: go test ./internal/e2e/sim -run TestSimulation -seed %d -v", seed, seed)
		}
	}
	t.Logf("%d seeds, %d faults, %d distinct triples of state, step and fault", *seeds, faults, len(met))
	if *tell != "" {
		if err := os.WriteFile(*tell, []byte(strings.Join(slices.Sorted(maps.Keys(met)), "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// met are the triples of all seeds that this process played.
var met = map[string]bool{}

// processes plays the seeds in one process per processor. Goroutines cannot
// share a process: a played crash is the death of a whole one.
func processes(t *testing.T, n int) {
	var all sync.WaitGroup
	var faults atomic.Int64
	files := make([]string, n)
	for i := range n {
		files[i] = filepath.Join(t.TempDir(), "triples")
		count := (*seeds - i + n - 1) / n
		all.Go(func() {
			runtime.LockOSThread() // the signal below comes when the thread ends
			defer runtime.UnlockOSThread()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSimulation$", "-test.v", "-test.timeout=40m",
				fmt.Sprintf("-seeds=%d", count), fmt.Sprintf("-first=%d", *first+uint64(i)), fmt.Sprintf("-stride=%d", n), "-triples="+files[i])
			cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
			cmd.Env = append(os.Environ(), "GOGC=400") // worlds are small
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%v: %v\n%s", cmd.Args[4:], err, out)
				return
			}
			m := told.FindSubmatch(out)
			if m == nil {
				t.Errorf("%v does not tell of its faults:\n%s", cmd.Args[4:], out)
				return
			}
			here, _ := strconv.ParseInt(string(m[1]), 10, 64)
			faults.Add(here)
		})
	}
	all.Wait()
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			continue // its failure was told
		}
		for triple := range strings.Lines(string(b)) {
			met[strings.TrimSuffix(triple, "\n")] = true
		}
	}
	t.Log(crash.Tally("simulation: %d seeds, %d faults, %d distinct triples of state, step and fault", *seeds, faults.Load(), len(met)))
}

// told is how a process tells how many faults its seeds met.
var told = regexp.MustCompile(`seeds, (\d+) faults`)

// play runs one seed; it tells how many faults there were in it.
func play(t *testing.T, seed uint64) (faults int) {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	w, err := New(dir, seed, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	var story []string
	r := &Run{World: w, Steps: 400, Story: func(f string, a ...any) { story = append(story, fmt.Sprintf(f, a...)) }}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	w.Watch()
	err = r.Play()
	if err == nil {
		err = r.Empty()
	}
	for triple := range r.triples {
		met[triple] = true
	}
	if *only != 0 {
		t.Log(strings.Join(story, "\n"))
	}
	if err != nil {
		dump(t, w)
		t.Errorf("seed %d: %v", seed, err)
	}
	return r.faults
}
