package work_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/pgtest"
	"github.com/virga-cloud/virga/internal/work"
)

// The proof of the queue. Processes do work on jobs and are killed, and paused
// beyond their leases and resumed, at random moments. A job has a wanted
// epoch, which grows; each epoch must be carried out exactly once and in
// order, and each job must get exactly one artefact. Workers look at a job
// outside of their transactions, as a reconciler looks at a host, so that only
// the lease stands between them and doing something twice: no unique index
// helps.

// job is what is wanted of one key, and how far it is.
type job struct {
	ID     int64
	Wanted int64
	Done   int64
}

// effect is an epoch that was carried out.
type effect struct {
	ID    int64
	Job   int64
	Epoch int64
	Pid   int64
}

// artefact is made once for each job.
type artefact struct {
	ID  int64
	Job int64
}

var killTables = fstest.MapFS{"9000_kill.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
CREATE TABLE job (id {{pk}}, wanted BIGINT NOT NULL, done BIGINT NOT NULL);
CREATE TABLE effect (id {{pk}}, job BIGINT NOT NULL, epoch BIGINT NOT NULL, pid BIGINT NOT NULL);
CREATE INDEX effect_job ON effect (job);
CREATE TABLE artefact (id {{pk}}, job BIGINT NOT NULL);
CREATE INDEX artefact_job ON artefact (job);
`)}}

const (
	childEnv = "VIRGA_WORK_CHILD" // options of the child as JSON
	seedEnv  = "VIRGA_SEED"       // repeats a run, as far as processes can be repeated

	killLease = 150 * time.Millisecond
	killJobs  = 40
	killProcs = 3
)

// place of the database, for a child.
type childPlace struct{ Path, DSN string }

func (c childPlace) open(ctx context.Context) (*store.DB, error) {
	return store.Open(ctx, store.Options{Path: c.Path, DSN: c.DSN, Migrations: killTables, NoSync: true, Writers: 6, Readers: 4})
}

// child is the main function of a worker process. It ends when its parent does.
func child() int {
	var at childPlace
	if err := json.Unmarshal([]byte(os.Getenv(childEnv)), &at); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); cancel() }()
	db, err := at.open(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		return 1
	}
	q := work.New(db, work.Options{LeaseFor: killLease, Poll: 20 * time.Millisecond})
	if err := q.Run(ctx, map[string]work.Handler{"job": carryOut}, 3); err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		return 1
	}
	return 0
}

// carryOut does what a reconciler does: it looks, and acts on what it saw in
// transactions of its own.
func carryOut(ctx context.Context, it *work.Item) (time.Duration, error) {
	var j *job
	var made int64
	err := it.Read(ctx, func(tx *store.Tx) (err error) {
		if j, err = store.Get[job](tx, it.Key); err != nil {
			return err
		}
		made, err = store.Count[artefact](tx, cloud.Where(cloud.Eq("job", it.Key)))
		return err
	})
	if err != nil {
		return 0, err
	}
	linger()
	if made == 0 {
		if err := it.Write(ctx, func(tx *store.Tx) error { return store.Insert(tx, &artefact{Job: it.Key}) }); err != nil {
			return 0, err
		}
		linger()
	}
	for epoch := j.Done + 1; epoch <= j.Wanted; epoch++ {
		err := it.Write(ctx, func(tx *store.Tx) error {
			if err := store.Insert(tx, &effect{Job: it.Key, Epoch: epoch, Pid: int64(os.Getpid())}); err != nil {
				return err
			}
			_, err := tx.Exec("UPDATE job SET done = $1 WHERE id = $2", epoch, it.Key)
			if err == nil && epoch == j.Wanted && it.Key%2 == 0 {
				err = it.DoneIn(tx)
			}
			return err
		})
		if err != nil {
			return 0, err
		}
		linger()
	}
	return 0, nil
}

// linger is the time that real work takes, and that others have to meddle.
func linger() { time.Sleep(time.Duration(rand.IntN(4)) * time.Millisecond) } // models the work

// worker is a process under torture.
type worker struct {
	cmd   *exec.Cmd
	stdin io.Closer
}

func startWorker(t *testing.T, at childPlace) *worker {
	t.Helper()
	env, err := json.Marshal(at)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(env))
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &worker{cmd, stdin}
}

func (w *worker) kill() {
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait() // says that it was killed
}

func TestKilledAndPaused(t *testing.T) {
	wishes, faults := 1500, 60
	if testing.Short() {
		wishes, faults = 300, 12
	}
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv(seedEnv), 10, 64); err == nil {
		seed = s
	}
	for _, engine := range []store.Engine{store.SQLite, store.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			t.Logf("%s=%d", seedEnv, seed)
			at := childPlace{Path: filepath.Join(t.TempDir(), "kill.db")}
			if engine == store.Postgres {
				at = childPlace{DSN: pgtest.New(t)}
			}
			torture(t, at, rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 2)), wishes, faults)
		})
	}
}

func torture(t *testing.T, at childPlace, forWishes, forChaos *rand.Rand, wishes, faults int) {
	ctx := context.Background()
	db, err := at.open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { must(t, db.Close()) }()
	must(t, db.Write(ctx, func(tx *store.Tx) error {
		var errs []error
		for range killJobs {
			errs = append(errs, store.Insert(tx, &job{}))
		}
		return errors.Join(errs...)
	}))
	procs := make([]*worker, killProcs)
	for i := range procs {
		procs[i] = startWorker(t, at)
	}
	defer func() {
		for _, p := range procs {
			p.kill()
		}
	}()
	calm := make(chan struct{})
	var all sync.WaitGroup
	var done atomic.Int64
	all.Go(func() { chaos(t, at, procs, forChaos, calm, &done) })
	n := 0
	for ; n < wishes || done.Load() < int64(faults); n++ {
		id := forWishes.Int64N(killJobs) + 1
		err := db.Write(ctx, func(tx *store.Tx) error {
			if _, err := tx.Exec("UPDATE job SET wanted = wanted + 1 WHERE id = $1", id); err != nil {
				return err
			}
			return work.Enqueue(tx, "job", id, time.Duration(forWishes.IntN(10))*time.Millisecond)
		})
		if err != nil {
			t.Errorf("wish: %v", err)
			break
		}
		time.Sleep(time.Duration(forWishes.IntN(5)) * time.Millisecond)
	}
	close(calm)
	all.Wait()
	q := work.New(db, work.Options{})
	until(t, "all work done after the last fault", func() bool {
		rows, _, err := q.Backlog(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return rows == 0
	})
	verify(t, db, n)
	t.Logf("%d wishes, %d kills and pauses", n, done.Load())
}

// chaos kills and pauses processes until it is told to be calm.
func chaos(t *testing.T, at childPlace, procs []*worker, rnd *rand.Rand, calm chan struct{}, done *atomic.Int64) {
	wait := func(d time.Duration) (more bool) {
		select {
		case <-calm:
			return false
		case <-time.After(d):
			return true
		}
	}
	for ; wait(time.Duration(10+rnd.IntN(40)) * time.Millisecond); done.Add(1) {
		i := rnd.IntN(len(procs))
		if rnd.IntN(2) == 0 {
			procs[i].kill()
			procs[i] = startWorker(t, at)
			continue
		}
		p := procs[i].cmd.Process
		_ = p.Signal(syscall.SIGSTOP)
		wait(killLease + time.Duration(rnd.IntN(250))*time.Millisecond)
		_ = p.Signal(syscall.SIGCONT)
	}
}

// verify finds whatever was lost, stale or doubled.
func verify(t *testing.T, db *store.DB, wishes int) {
	must(t, db.Read(context.Background(), func(tx *store.Tx) error {
		jobs, err := store.Find[job](tx, cloud.Query{})
		if err != nil {
			return err
		}
		var total int64
		for _, j := range jobs {
			total += j.Wanted
			if j.Done != j.Wanted {
				t.Errorf("job %d: lost: wanted %d, done %d", j.ID, j.Wanted, j.Done)
			}
			effects, err := store.Find[effect](tx, cloud.Where(cloud.Eq("job", j.ID)))
			if err != nil {
				return err
			}
			for i, e := range effects {
				if e.Epoch != int64(i)+1 {
					t.Errorf("job %d: carried out as no. %d: epoch %d (stale or doubled)", j.ID, i+1, e.Epoch)
					break
				}
			}
			if n := int64(len(effects)); n != j.Wanted {
				t.Errorf("job %d: %d effects for %d epochs", j.ID, n, j.Wanted)
			}
			made, err := store.Count[artefact](tx, cloud.Where(cloud.Eq("job", j.ID)))
			if err != nil {
				return err
			}
			if want := min(j.Wanted, 1); made != want {
				t.Errorf("job %d: %d artefacts", j.ID, made)
			}
		}
		if total != int64(wishes) {
			t.Errorf("%d wishes were stored of %d", total, wishes)
		}
		return nil
	}))
}
