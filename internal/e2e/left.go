package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// Runs lists what runs or is configured on this machine for an installation:
// processes, namespaces, links, tables and mounts. A process counts that names
// the installation or its folder in its arguments.
func Runs(dir string) ([]string, error) {
	in, err := installation(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // it never started
	}
	if err != nil {
		return nil, err
	}
	procs, err := processes(dir, in.Prefix())
	if err != nil {
		return nil, err
	}
	var left []string
	for _, p := range procs {
		left = append(left, fmt.Sprintf("process %d %s", p.pid, p.args))
	}
	names, err := namespaces(in)
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		left = append(left, "namespace "+n)
	}
	links, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	for _, l := range links {
		if strings.HasPrefix(l.Name, in.Prefix()) {
			left = append(left, "link "+l.Name)
		}
	}
	if bin, err := exec.LookPath("nft"); err == nil && os.Geteuid() == 0 {
		out, err := exec.Command(bin, "list", "tables").CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("list tables: %w: %s", err, out)
		}
		left = append(left, having("table", out, in.Prefix())...)
	}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return nil, err
	}
	left = append(left, having("mount", mounts, in.Prefix())...)
	return append(left, having("mount", mounts, dir+"/")...), nil
}

func having(what string, text []byte, part string) (found []string) {
	for _, l := range lines(text) {
		if strings.Contains(l, part) {
			found = append(found, what+" "+l)
		}
	}
	return found
}

type process struct {
	pid  int
	args string
}

// processes finds those that have one of the marks in their arguments.
func processes(marks ...string) (found []process, err error) {
	all, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		b, err := os.ReadFile(filepath.Join("/proc", e.Name(), "cmdline"))
		if err != nil {
			continue // gone meanwhile
		}
		args := string(bytes.ReplaceAll(bytes.TrimRight(b, "\x00"), []byte{0}, []byte{' '}))
		if slices.ContainsFunc(marks, func(m string) bool { return strings.Contains(args, m) }) {
			found = append(found, process{pid, args})
		}
	}
	return found, nil
}

func namespaces(in sys.Installation) (names []string, err error) {
	all, err := os.ReadDir(sys.NetnsDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range all {
		if strings.HasPrefix(e.Name(), in.Prefix()) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// Files lists what is kept for servers in some folders of hosts and agents:
// disks, machines, and the documents that order them. Images, routers and
// networks may stay.
func Files(dirs ...string) (left []string, err error) {
	return filesOf([]string{"vm", "vms", "volume", "volumes", "port"}, dirs...)
}

func filesOf(kinds []string, dirs ...string) (left []string, err error) {
	for _, dir := range dirs {
		for _, kind := range kinds {
			err := filepath.WalkDir(filepath.Join(dir, kind), func(path string, d fs.DirEntry, err error) error {
				if errors.Is(err, fs.ErrNotExist) {
					return nil // or it went while we looked
				}
				if err == nil && !d.IsDir() {
					left = append(left, path)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return left, nil
}

// Taps lists the cards of guests in the namespaces of an installation.
func Taps(in sys.Installation) (left []string, err error) {
	names, err := namespaces(in)
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		err := sys.Netns(n).Do(func() error {
			links, err := net.Interfaces()
			for _, l := range links {
				if strings.HasPrefix(l.Name, in.Link("t", "")) {
					left = append(left, n+" "+l.Name)
				}
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return left, nil
}

// Erase ends everything of an installation, whatever state it is in, and
// deletes its folder. Only what names that folder is ended.
func Erase(dir string) error {
	in, err := installation(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return os.RemoveAll(dir)
	}
	if err != nil {
		return err
	}
	var errs []error
	// Again until none is found: one may just start another.
	for range 10 {
		procs, err := processes(dir + "/")
		if err != nil || len(procs) == 0 {
			errs = append(errs, err)
			break
		}
		for _, p := range procs {
			if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
				errs = append(errs, fmt.Errorf("end %s: %w", p.args, err))
			}
		}
	}
	names, err := namespaces(in)
	errs = append(errs, err)
	for _, n := range names {
		errs = append(errs, sys.Netns(n).Delete())
	}
	return errors.Join(append(errs, os.RemoveAll(dir))...)
}
