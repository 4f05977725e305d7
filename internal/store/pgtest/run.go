// Package pgtest starts a throwaway PostgreSQL from Debian's packages for the
// tests of a package: on a unix socket in a temporary folder only, as an
// unprivileged user, without fsync. One server per test binary, one database
// per test.
package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

// common is the server of this test binary. It lives here, because tests of one
// binary have nothing else in common.
var common struct {
	sync.Mutex
	server *Server
	err    error
	count  int
	// durable keeps fsync, for benchmarks: without it a commit costs nothing.
	durable bool
}

// Durable lets the server of this test binary wait for the disk as in
// production. It must be called before the first New.
func Durable() {
	common.Lock()
	defer common.Unlock()
	common.durable = true
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
	common.Lock()
	defer common.Unlock()
	if common.server == nil && common.err == nil {
		common.server, common.err = start(have(t), common.durable)
	}
	if common.err != nil {
		t.Fatalf("start PostgreSQL: %v", common.err)
	}
	common.count++
	name := fmt.Sprintf("t%d", common.count)
	if err := common.server.admin("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := common.server.admin("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return common.server.dsn(name)
}

// have is the folder of the newest server's programs.
func have(t testing.TB) string {
	t.Helper()
	bin, err := binaries()
	if err != nil {
		t.Skipf("no PostgreSQL: %v (apt-get install postgresql)", err)
	}
	return bin
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
func start(bin string, durable bool) (*Server, error) {
	s, err := folder(bin)
	if err != nil {
		return nil, err
	}
	if !durable {
		s.settings = []string{"fsync=off", "full_page_writes=off"}
	}
	err = s.tool("initdb", "-D", s.data(), "-U", "virga", "--auth=trust", "--no-sync",
		"--locale=C.UTF-8", "--encoding=UTF8", "--no-instructions")
	if err == nil {
		err = s.Run()
	}
	return s, err
}

// own locks a file in our folder for as long as this process lives, and removes
// the folders of test binaries that died before they could (a panic).
func own(dir string) (owner *os.File, err error) {
	tmp := filepath.Join(dir, "owner.tmp")
	f, err := os.Create(tmp)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	// Under its name it is locked already, so nobody takes us for dead.
	if err := os.Rename(tmp, filepath.Join(dir, "owner")); err != nil {
		return nil, err
	}
	found, err := filepath.Glob(filepath.Join(filepath.Dir(dir), "vgpg*", "owner"))
	if err != nil {
		return nil, err
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
	return f, nil // open until the end; the lock goes with it
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

// stop ends the common server and removes its folder.
func stop() error {
	common.Lock()
	defer common.Unlock()
	if common.server == nil {
		return nil
	}
	return common.server.remove()
}
