package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is one cluster and at most one process that runs it.
type Server struct {
	bin, dir string
	settings []string // NAME=VALUE
	attr     *syscall.SysProcAttr
	owner    *os.File
	proc     *os.Process
	exited   chan struct{}
}

// Single makes a server of the test's own, which it may stop, kill and copy. It
// writes to no disk, but says so to nobody: what it committed is in its files.
func Single(t testing.TB) *Server {
	t.Helper()
	s, err := start(have(t), false)
	if s != nil {
		t.Cleanup(func() {
			if err := s.remove(); err != nil {
				t.Error(err)
			}
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Standby makes a replica of a server, which from now on waits at each commit until
// the replica has it.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	r, err := folder(s.bin)
	if r != nil {
		t.Cleanup(func() {
			if err := r.remove(); err != nil {
				t.Error(err)
			}
		})
	}
	if err == nil {
		r.settings = s.settings
		from := s.dsn("postgres") + " application_name=standby"
		err = r.tool("pg_basebackup", "-D", r.data(), "-d", from, "-R", "-X", "stream", "-c", "fast", "--no-sync")
	}
	if err == nil {
		err = r.Run()
	}
	for _, set := range []string{"synchronous_standby_names TO 'standby'", "synchronous_commit TO 'on'"} {
		if err == nil {
			err = s.admin("ALTER SYSTEM SET " + set)
		}
	}
	if err == nil {
		err = s.admin("SELECT pg_reload_conf()")
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Promote makes a standby the server.
func (s *Server) Promote() error {
	for _, statement := range []string{"SELECT pg_promote()", "ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()"} {
		if err := s.admin(statement); err != nil {
			return err
		}
	}
	return nil
}

// Create makes a database and gives the name that its DSN is made of.
func (s *Server) Create(database string) error { return s.admin("CREATE DATABASE " + database) }

// Socket is where it listens.
func (s *Server) Socket() string { return filepath.Join(s.dir, ".s.PGSQL.5432") }

// User is who may do everything.
const User = "virga"

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) dsn(database string) string {
	return fmt.Sprintf("host=%s user=%s dbname=%s", s.dir, User, database)
}

// admin runs a statement outside of the tests' databases.
func (s *Server) admin(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.dsn("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// folder makes a place for a cluster.
func folder(bin string) (*Server, error) {
	dir, err := os.MkdirTemp("", "vgpg")
	if err != nil {
		return nil, err
	}
	// The server must die with the test binary however that ends. Linux ties
	// this to the thread that started it, so that thread stays.
	s := &Server{bin: bin, dir: dir, attr: &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT, Setpgid: true}}
	if s.owner, err = own(dir); err != nil {
		return s, err
	}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		if s.attr.Credential, err = unprivileged(); err != nil {
			return s, err
		}
		err = os.Chown(dir, int(s.attr.Credential.Uid), int(s.attr.Credential.Gid))
	}
	return s, err
}

// tool runs one of PostgreSQL's programs to its end.
func (s *Server) tool(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: s.attr.Credential}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// Run starts it and waits until it answers.
func (s *Server) Run() error {
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{
		"-D", s.data(), "-k", s.dir, "-c", "listen_addresses=", "-c", "max_connections=200",
		"-c", "shared_buffers=64MB",
	}
	for _, set := range s.settings {
		args = append(args, "-c", set)
	}
	postgres := exec.Command(filepath.Join(s.bin, "postgres"), args...)
	postgres.Dir, postgres.SysProcAttr, postgres.Stdout, postgres.Stderr = s.dir, s.attr, log, log
	started := make(chan error)
	exited := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		err := postgres.Start()
		started <- err
		if err == nil {
			_ = postgres.Wait() // the log says why it ended
		}
		close(exited)
	}()
	if err := <-started; err != nil {
		return err
	}
	s.proc, s.exited = postgres.Process, exited
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if err = s.admin("SELECT 1"); err == nil {
			return nil
		}
		select {
		case <-exited:
			end = time.Time{}
		default:
		}
		if time.Now().After(end) {
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("no answer: %w; its log: %s", err, text)
		}
	}
}

// Stop ends it: SIGINT as for a restart, SIGQUIT like a crash.
func (s *Server) Stop(how syscall.Signal) error {
	err := s.proc.Signal(how)
	select {
	case <-s.exited:
	case <-time.After(30 * time.Second):
		err = errors.Join(err, s.proc.Kill())
	}
	s.proc = nil
	return err
}

// remove ends it and removes its folder.
func (s *Server) remove() error {
	var errs []error
	if s.proc != nil {
		errs = append(errs, s.Stop(syscall.SIGQUIT))
	}
	if s.owner != nil {
		errs = append(errs, s.owner.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}
