package e2e

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	_ "github.com/virga-cloud/virga/internal/host/fake" // registers its points, host's and
	_ "github.com/virga-cloud/virga/internal/hub"       // the hub's and the store's
	"github.com/virga-cloud/virga/internal/store"
)

// walked says whether a point belongs to this walk. Those of the real drivers
// are walked with SIGKILL in each driver's own test, by package drivertest.
func walked(point string) bool {
	family, _, _ := strings.Cut(point, ".")
	return slices.Contains([]string{"store", "host", "fake", "hub"}, family)
}

// kept are points that no verb passes: networks and routers stay in place while
// their project is open, and projects close after a week of grace; images stay
// on a host while the catalogue has them. Package fake's tests and sim's cover
// them.
var kept = []string{
	"fake.image.remove.before", "fake.image.remove.after",
	"fake.network.remove.before", "fake.network.remove.after",
	"fake.router.remove.before", "fake.router.remove.after",
}

// first are points that only an empty installation passes, whose hosts have
// never spoken with it, and where no other machine uses what is shared; restored
// those that follow a restored backup.
var (
	first = []string{
		"host.mark.before", "host.mark.after", "fake.router.ensure.before", "fake.router.ensure.after",
		"fake.policy.ensure.before", "fake.policy.ensure.after", "fake.policy.remove.before", "fake.policy.remove.after",
	}
	restored = []string{"hub.adopt"}
)

// later are further passes of points that are passed often, so that deaths fall
// into all verbs and not only into the start and the first of them.
var later = []string{
	"store.commit.before#60", "store.commit.after#75", "store.commit.before#90", "store.commit.after#110", "store.commit.before#130",
	"hub.report#30", "hub.reply#45",
	"host.take.before#10", "host.take.after#14", "host.take.before#18",
	"fake.vm.ensure.after#3", "fake.vm.ensure.before#4", "fake.vm.ensure.after#5", "fake.volume.ensure.after#4",
}

// The process is killed at every point in turn while a machine lives its life,
// is started again, and must come to rest with nothing stuck and nothing left.
func TestSigkillWalk(t *testing.T) {
	if testing.Short() {
		t.Skip("the walk takes minutes")
	}
	base := template(t)
	var todo []string
	for _, p := range crash.Points() {
		if walked(p) && !slices.Contains(kept, p) {
			todo = append(todo, p)
		}
	}
	slices.Sort(todo)
	todo = append(todo, later...)
	var mu sync.Mutex
	died := 0
	work := make(chan int)
	var all sync.WaitGroup
	for range 4 { // most of their time is waiting
		all.Go(func() {
			for i := range work {
				t.Run(todo[i], func(t *testing.T) {
					where := crashAt(t, base, fmt.Sprint(i), todo[i])
					mu.Lock()
					defer mu.Unlock()
					died++
					t.Logf("died in %s", where)
				})
			}
		})
	}
	for i := range todo {
		work <- i
	}
	close(work)
	all.Wait()
	t.Logf("%d of %d crash points ran with a real SIGKILL; %d are passed by no verb: %s", died, len(todo), len(kept), strings.Join(kept, ", "))
}

// template is an installation after its first start, at rest, with two machines
// and a backup that knows only the first and only how it was.
func template(t *testing.T) string {
	t.Helper()
	c := New(t, bin, quick, "template")
	p := c.Start("up", "--fake", "--listen", "127.0.0.1:0")
	old := c.Create(Body("old", c.Image("tiny"), ""), fakeLimit)
	c.Admin("POST", "/backup", map[string]any{"path": filepath.Join(c.Dir, "backup.db")}).Is(200)
	c.One("PUT", "/servers/"+old.ID+"/hardware", map[string]any{"vcore": 2, "cores_per_processor": 1, "ram": 1}).Is(202)
	c.InState(old.ID, "POWERED_ON", fakeLimit)
	c.Create(Body("forgotten", c.Image("tiny"), ""), fakeLimit)
	if err := p.Stop(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	return c.Dir
}

// crashAt lets an installation die at a point and brings it to rest; it tells
// which verb it died in.
func crashAt(t *testing.T, base, name, point string) (where string) {
	t.Helper()
	c := New(t, bin, quick, name)
	switch {
	case slices.Contains(first, point):
	case slices.Contains(restored, point):
		clone(t, base, c.Dir)
		restore(t, c.Dir)
	default:
		clone(t, base, c.Dir)
	}
	args := []string{"up", "--fake", "--dev", "--listen", "127.0.0.1:0"}
	p, err := c.TryStart([]string{"VIRGA_CRASH=" + point}, args...)
	where = "the start"
	if err == nil {
		where = c.live(p)
	}
	if !p.Died(fakeLimit) {
		t.Fatalf("%s was not passed: %s", point, p.Output())
	}
	p = c.Start(args...)
	if slices.Contains(restored, point) {
		c.removeOrphans(t)
	}
	c.rest(t)
	c.live(p) // it can still do all of it
	c.rest(t)
	for _, s := range c.Servers() {
		c.One("DELETE", "/servers/"+s.ID, nil).Is(202)
	}
	c.Until("all servers are gone", fakeLimit, func() (bool, string) {
		list := c.Servers()
		return len(list) == 0, fmt.Sprintf("%+v", list)
	})
	nothingLeft(t, c)
	hosts, _ := filepath.Glob(filepath.Join(c.Dir, "hosts", "*", "*")) // the pattern is ours
	c.Until("hosts are empty", fakeLimit, func() (bool, string) {
		left, err := Files(hosts...)
		return err == nil && len(left) == 0, fmt.Sprintf("%q (%v)", left, err)
	})
	if strings.Contains(p.Output(), "contract broken") {
		t.Error(p.Output())
	}
	if err := p.Stop(10 * time.Second); err != nil {
		t.Errorf("stop: %v", err)
	}
	return where
}

// live takes a machine through its life until that ends or the process does. A
// verb that is refused because the one before is still at work comes again.
func (c *Cloud) live(p *Process) (where string) {
	c.T.Helper()
	verb := func(name, method, path string, body any, into any) bool {
		where = name
		for end := time.Now().Add(fakeLimit); ; time.Sleep(10 * time.Millisecond) {
			a, err := c.TryOne(method, path, body)
			switch {
			case p.Ended():
				return false
			case err != nil:
				if !p.Died(fakeLimit) { // an answer that is cut off is a sign of death
					c.T.Fatalf("%s: %v", name, err)
				}
				return false
			case a.Status < 300:
				if into != nil {
					a.Into(into)
				}
				return true
			case a.Status != 409 && a.Status != 404 || time.Now().After(end):
				c.T.Fatalf("%s: %d %s", name, a.Status, a.Body)
			}
		}
	}
	var images []struct{ ID, Name string }
	if !verb("images", "GET", "/server_appliances", nil, &images) {
		return where
	}
	var s, shown Server
	if !verb("create", "POST", "/servers", Body("web", images[0].ID, ""), &s) {
		return where
	}
	path := "/servers/" + s.ID
	_ = verb("resize", "PUT", path+"/hardware", map[string]any{"vcore": 2, "cores_per_processor": 1, "ram": 1}, nil) &&
		verb("add a disk", "POST", path+"/hardware/hdds", map[string]any{"hdds": []any{map[string]any{"size": 20, "is_main": false}}}, nil) &&
		verb("snapshot", "POST", path+"/snapshots", nil, nil) &&
		verb("read", "GET", path, nil, &shown) &&
		verb("restore", "PUT", path+"/snapshots/"+shown.Snapshot.ID, nil, nil) &&
		verb("clone", "POST", path+"/clone", map[string]any{"name": "copy"}, nil) &&
		verb("drop", "DELETE", path+"/snapshots/"+shown.Snapshot.ID, nil, nil) &&
		verb("off", "PUT", path+"/status/action", map[string]any{"action": "POWER_OFF", "method": "HARDWARE"}, nil) &&
		verb("delete", "DELETE", path, nil, nil)
	// The last of them on their host, so that what they shared goes as well.
	var list []Server
	if p.Ended() || !verb("list", "GET", "/servers", nil, &list) {
		return where
	}
	for _, s := range list {
		if s.Name == "copy" && !verb("delete the clone", "DELETE", "/servers/"+s.ID, nil, nil) {
			break
		}
	}
	return where
}

// rest waits until nothing is in flight: every server is on or off, without a
// percentage, and the doctor is content.
func (c *Cloud) rest(t *testing.T) {
	t.Helper()
	c.Until("all is at rest", fakeLimit, func() (bool, string) {
		for _, s := range c.Servers() {
			if s.Status.Percent != nil || s.Status.State != "POWERED_ON" && s.Status.State != "POWERED_OFF" {
				return false, fmt.Sprintf("%s is %s", s.Name, s.Status.State)
			}
		}
		found := c.Doctor()
		return len(found) == 0, fmt.Sprintf("%q", found)
	})
}

// removeOrphans decides that what only hosts know shall go: the machine that
// the backup had not seen yet.
func (c *Cloud) removeOrphans(t *testing.T) {
	t.Helper()
	decided := map[int64]bool{}
	c.Until("orphans are found", fakeLimit, func() (bool, string) {
		var list []struct {
			What   string
			Orphan int64
		}
		c.Admin("GET", "/doctor", nil).Is(200).Into(&list)
		for _, f := range list {
			if f.Orphan != 0 && !decided[f.Orphan] {
				decided[f.Orphan] = true
				c.Admin("POST", fmt.Sprintf("/orphans/%d/remove", f.Orphan), nil).Is(200)
			}
		}
		// A machine, its disk and what its router knows of its card.
		return len(decided) >= 3, fmt.Sprintf("%d of 3", len(decided))
	})
}

// restore puts the backup of an installation in the place of its database.
func restore(t *testing.T, dir string) {
	t.Helper()
	for _, f := range []string{"virga.db", "virga.db-wal", "virga.db-shm"} {
		if err := os.RemoveAll(filepath.Join(dir, f)); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Restore(context.Background(), filepath.Join(dir, "backup.db"), store.Options{Path: filepath.Join(dir, "virga.db")}); err != nil {
		t.Fatal(err)
	}
}

// clone copies a folder.
func clone(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o700)
		case d.Type().IsRegular():
			return copyFile(path, target)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}
