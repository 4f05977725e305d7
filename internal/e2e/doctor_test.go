package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/image"
	"github.com/virga-cloud/virga/internal/store"
)

// What waits for a first host, and a host that was not heard for three minutes, is
// told by everybody, and the doctor ends with 1; all is right again when there is one.
func TestHostAwayIsTold(t *testing.T) {
	t.Parallel()
	links := freePort(t)
	c, host := New(t, bin, quick, "away-control"), New(t, bin, quick, "away-host")
	serve := c.Start("serve", "--dev", "--listen", "127.0.0.1:0", "--links", links)
	var token struct{ Token string }
	c.Admin("POST", "/hosts", map[string]any{"name": "metal"}).Is(200).Into(&token)
	// A token alone makes no host: what waits for one says so.
	c.CIX("POST", "/iaas/v1/project/", map[string]any{"region_id": c.RegionID, "name": "early"}).Is(201)
	c.wrong(t, "router", "no host of the region has joined yet", "")
	agent := c.Spawn(host.Dir, nil, "agent", "--fake", "--join", token.Token, "--control", links)
	c.hostUp("metal")
	well := func() {
		t.Helper()
		c.Until("all is well", fakeLimit, func() (bool, string) {
			out, err := c.Run(time.Minute, "doctor", "--store")
			return err == nil, out
		})
	}
	well()

	agent.Kill()
	if err := serve.Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(c.Dir, "virga.db")})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(context.Background(), func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE host SET last_seen = last_seen - $1`, (3 * time.Minute).Microseconds())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	c.Restart()
	c.wrong(t, "host", "the host metal was not heard since", "")

	c.Spawn(host.Dir, nil, "agent", "--fake")
	well()
}

// smallDisk is a file system of that many bytes, for one installation.
func smallDisk(t *testing.T, size int64) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("virga-test", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", size)); err != nil {
		t.Skipf("no file system of a test's own can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes what is free in a file system, but for some bytes, into one file more.
func fill(t *testing.T, dir, name string, but int64) (file string) {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(dir, name)
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 64<<10)
	for left := int64(st.Bavail)*st.Bsize - but; left > 0; left -= int64(len(b)) {
		if _, err := f.Write(b[:min(left, int64(len(b)))]); err != nil {
			if but == 0 && errors.Is(err, syscall.ENOSPC) {
				return file // somebody else took the rest
			}
			t.Fatal(err)
		}
	}
	return file
}

// With the file system of the data folder full all say so who are asked, changes are
// refused with 503 and the reason in the words of either dialect, and it ends by itself
// when there is room.
func TestFullDataFolderIsTold(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, 96<<20)
	c := New(t, bin, disk, "data")
	p := c.Start("up", "--fake", "--dev", "--listen", "127.0.0.1:0")
	const said = "the disk with the database of the control plane is full"
	condition := func() (int, string) {
		url := strings.TrimSuffix(strings.TrimSuffix(c.OneAndOne, "/"), "/v1") + "/-/ready"
		a, err := c.send(-1, c.client(), "GET", url, nil, "", "")
		if err != nil {
			t.Fatal(err)
		}
		return a.Status, string(a.Body)
	}
	file := fill(t, disk, "filler", 0)
	c.wrong(t, "database", said, "")
	c.Until("it is not ready", fakeLimit, func() (bool, string) {
		status, body := condition()
		return status == 503 && strings.Contains(body, said), body
	})
	for name, send := range map[string]func(n int) (Answer, error){
		"1&1": func(n int) (Answer, error) {
			return c.TryOne("POST", "/public_ips", map[string]any{"reverse_dns": fmt.Sprintf("n%d.example", n)})
		},
		"CloudCIX": func(n int) (Answer, error) {
			return c.TryCIX("POST", "/iaas/v1/project/", map[string]any{"region_id": c.RegionID, "name": fmt.Sprint("p", n)})
		},
	} {
		n := 0 // what fits into the log of the database as it is, is taken
		c.Until(name+" refuses", fakeLimit, func() (bool, string) {
			n++
			a, err := send(n)
			if err != nil {
				t.Fatal(err)
			}
			if a.Status >= 500 && a.Status != 503 {
				t.Errorf("%s answers %d %s", name, a.Status, a.Body)
			}
			return a.Status == 503 && strings.Contains(string(a.Body), "is full"), string(a.Body)
		})
	}
	c.Until("the log says so", fakeLimit, func() (bool, string) {
		return strings.Contains(p.Output(), "the disk with the database is full"), p.Output()
	})
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	c.Until("it is ready again", fakeLimit, func() (bool, string) {
		status, body := condition()
		return status == 200, body
	})
	c.CIX("POST", "/iaas/v1/project/", map[string]any{"region_id": c.RegionID, "name": "again"}).Is(201)
	c.Until("all is well", fakeLimit, func() (bool, string) {
		out, err := c.Run(time.Minute, "doctor", "--store")
		return err == nil, out
	})
}

// The doctor says of a real host with a guest that its disk is nearly full, and ends with
// 1, until there is room again; the guest goes on.
func TestRealNearlyFullDisk(t *testing.T) {
	real(t)
	t.Parallel()
	disk := smallDisk(t, 2<<30)
	c := New(t, bin, disk, "data")
	c.Start("up", "--dev", "--listen", "127.0.0.1:0", "--disk-overcommit", "100")
	key := NewKey(t)
	web := c.Create(Body("web", c.Image("tiny"), key.Line()), machineLimit)
	g := c.Guest(key, c.address(web.ID), machineLimit)
	boot := g.BootID()
	well := func(when string) {
		t.Helper()
		c.Until("all is well "+when, machineLimit, func() (bool, string) {
			out, err := c.Run(time.Minute, "doctor", "--store")
			return err == nil, out
		})
	}
	well("at first") // a disk of 2 GB is nearly full below a tenth
	filler := fill(t, disk, "filler", 150<<20)
	c.wrong(t, "host", "is nearly full", "")
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	well("with room again")
	if got := g.BootID(); got != boot {
		t.Error("the guest was rebooted")
	}
	c.Down()
}

// A guest that waits for room on the disk of its host is told by all who are asked, and
// goes on when there is room. The control plane is elsewhere: on the same disk it could
// not write down either what the host says.
func TestRealFullDisk(t *testing.T) {
	real(t)
	t.Parallel()
	disk := smallDisk(t, 2<<30)
	s := &split{Cloud: New(t, bin, spread, "full-control"), host: New(t, bin, disk, "data"), links: freePort(t)}
	s.Start("serve", "--dev", "--listen", "127.0.0.1:0", "--links", s.links)
	built, err := image.Cached(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Admin("POST", "/images", map[string]any{"path": built.Path}).Is(200)
	var token struct{ Token string }
	s.Admin("POST", "/hosts", map[string]any{"name": "metal"}).Is(200).Into(&token)
	s.agent("--join", token.Token, "--control", s.links, "--disk-overcommit", "100")
	s.hostUp("metal")
	key := NewKey(t)
	web := s.Create(Body("web", s.Image("tiny"), key.Line()), machineLimit)
	g := s.Guest(key, s.address(web.ID))
	boot := g.BootID()

	filler := fill(t, disk, "filler", 48<<20)
	g.Sh("(dd if=/dev/urandom of=/root/big bs=1M count=96 && sync && touch /root/written) >/dev/null 2>&1 &")
	s.wrong(t, "server", "is full (", web.ID)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	g = s.Guest(key, s.address(web.ID)) // a connection does not outlive a long pause
	g.Until("ls /root/written", "/root/written", machineLimit)
	s.Until("all is well again", machineLimit, func() (bool, string) {
		out, err := s.Run(time.Minute, "doctor", "--store")
		return err == nil, out
	})
	if got := g.BootID(); got != boot {
		t.Error("the guest was rebooted")
	}
	s.host.Down()
}
