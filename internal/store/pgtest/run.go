// Package pgtest starts a throwaway PostgreSQL from Debian's packages for the
// tests of a package: on a unix socket in a temporary folder only, as an
// unprivileged user, without fsync. One server per test binary, one database
// per test.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is the one of this test binary. It lives here, because tests of one
// binary have nothing else in common.
var server struct {
	sync.Mutex
	dir    string
	owner  *os.File
	proc   *os.Process
	exited chan struct{}
	err    error
	count  int
	// durable keeps fsync, for benchmarks: without it a commit costs nothing.
	durable bool
}

// Durable lets the server of this test binary wait for the disk as in
// production. It must be called before the first New.
func Durable() {
	server.Lock()
	defer server.Unlock()
	server.durable = true
}

// Main runs the tests of a package and stops the server afterwards:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
func Main(m *testing.M) int {
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		return max(code, 1)
	}
	return code
}

// New makes an empty database for a test and gives its DSN. The test is
// skipped, with the reason, when PostgreSQL is not installed.
func New(t testing.TB) (dsn string) {
	t.Helper()
	server.Lock()
	defer server.Unlock()
	if server.proc == nil && server.err == nil {
		bin, err := binaries()
		if err != nil {
			t.Skipf("no PostgreSQL: %v (apt-get install postgresql)", err)
		}
		server.err = start(bin)
	}
	if server.err != nil {
		t.Fatalf("start PostgreSQL: %v", server.err)
	}
	server.count++
	name := fmt.Sprintf("t%d", server.count)
	if err := admin("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return dsnOf(name)
}

func dsnOf(database string) string {
	return fmt.Sprintf("host=%s user=virga dbname=%s", server.dir, database)
}

// admin runs a statement outside of the tests' databases.
func admin(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsnOf("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// binaries finds the newest server.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("there is no /usr/lib/postgresql/*/bin/initdb")
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // odd names sort first
	return n
}

// start makes a cluster and runs it.
func start(bin string) error {
	dir, err := os.MkdirTemp("", "vgpg")
	if err != nil {
		return err
	}
	server.dir = dir
	if err := own(dir); err != nil {
		return err
	}
	// The server must die with the test binary however that ends. Linux ties
	// this to the thread that started it, so that thread stays.
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT, Setpgid: true}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		if attr.Credential, err = unprivileged(); err != nil {
			return err
		}
		if err := os.Chown(dir, int(attr.Credential.Uid), int(attr.Credential.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "virga", "--auth=trust", "--no-sync",
		"--locale=C.UTF-8", "--encoding=UTF8", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr = dir, &syscall.SysProcAttr{Credential: attr.Credential}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{
		"-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "max_connections=200",
		"-c", "shared_buffers=64MB", "-c", "max_pred_locks_per_transaction=256",
	}
	if !server.durable {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	postgres := exec.Command(filepath.Join(bin, "postgres"), args...)
	postgres.Dir, postgres.SysProcAttr, postgres.Stdout, postgres.Stderr = dir, attr, log, log
	started := make(chan error)
	server.exited = make(chan struct{})
	go func() {
		runtime.LockOSThread()
		err := postgres.Start()
		started <- err
		if err == nil {
			_ = postgres.Wait() // the log says why it ended
		}
		close(server.exited)
	}()
	if err := <-started; err != nil {
		return err
	}
	server.proc = postgres.Process
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if err = admin("SELECT 1"); err == nil {
			return nil
		}
		select {
		case <-server.exited:
			end = time.Time{}
		default:
		}
		if time.Now().After(end) {
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("no answer: %w; its log: %s", err, text)
		}
	}
}

// own locks a file in our folder for as long as this process lives, and removes
// the folders of test binaries that died before they could (a panic).
func own(dir string) error {
	tmp := filepath.Join(dir, "owner.tmp")
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return errors.Join(err, f.Close())
	}
	server.owner = f // open until the end; the lock goes with it
	// Under its name it is locked already, so nobody takes us for dead.
	if err := os.Rename(tmp, filepath.Join(dir, "owner")); err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(filepath.Dir(dir), "vgpg*", "owner"))
	if err != nil {
		return err
	}
	for _, name := range found {
		f, err := os.Open(name)
		if err != nil {
			continue // gone meanwhile, or another user's
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(filepath.Dir(name)) // the next run tries again
		}
		_ = f.Close()
	}
	return nil
}

// unprivileged is the user that the server runs as when we are root.
func unprivileged() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(err1, err2)
	}
	return nil, errors.New("there is neither a user postgres nor nobody")
}

// stop ends the server and removes its folder.
func stop() error {
	server.Lock()
	defer server.Unlock()
	if server.dir == "" {
		return nil
	}
	var errs []error
	if server.proc != nil {
		errs = append(errs, server.proc.Signal(syscall.SIGQUIT))
		select {
		case <-server.exited:
		case <-time.After(10 * time.Second):
			errs = append(errs, server.proc.Kill())
		}
	}
	if server.owner != nil {
		errs = append(errs, server.owner.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(server.dir))...)
}
