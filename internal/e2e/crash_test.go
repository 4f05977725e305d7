package e2e

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/crash"
	"github.com/virga-cloud/virga/internal/store"
)

// families are those of this walk. The points of the real drivers kill in each
// driver's own package, which package drivertest sees to.
var families = []string{"data.", "fake.", "host.", "hub.", "key.", "store."}

// points asks the binary at what points it can die.
func points(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command(bin)
	cmd.Env = append(os.Environ(), "VIRGA_CRASH=?")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// walkers are the calls by which a package promises that each of its points
// kills a process in its tests.
var walkers = regexp.MustCompile(`drivertest\.Main\(m, .*?((?:, "[a-z.]+")+)\)`)

// A point of the binary that no walk kills at, here or in a driver's package,
// is one at which nobody knows what a death does.
func TestEveryPointIsWalked(t *testing.T) {
	sources, err := filepath.Glob(filepath.Join("..", "host", "*", "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Clone(families)
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if call := walkers.FindSubmatch(text); call != nil {
			for f := range strings.SplitSeq(strings.TrimPrefix(string(call[1]), ", "), ", ") {
				all = append(all, strings.Trim(f, `"`))
			}
		}
	}
	used := map[string]int{}
	for _, p := range points(t) {
		i := slices.IndexFunc(all, func(f string) bool { return strings.HasPrefix(p, f) })
		if i < 0 {
			t.Errorf("%s belongs to no walk with SIGKILL", p)
			continue
		}
		used[all[i]]++
	}
	for _, f := range all {
		if used[f] == 0 {
			t.Errorf("no point is called %s", f)
		}
	}
	t.Logf("points of each family: %v", used)
}

// first are points that only an empty installation passes, whose hosts have
// never spoken with it, and where no other machine uses what is shared; restored
// those that follow a restored backup.
var (
	first = []string{
		"host.mark.before", "host.mark.after", "fake.router.ensure.before", "fake.router.ensure.after",
		"fake.policy.ensure.before", "fake.policy.ensure.after", "fake.policy.remove.before", "fake.policy.remove.after",
		"key.make.before", "key.make.after", "key.make.before#2", "key.ca.before", "key.ca.after",
		"data.write.before", "data.write.after", "data.write.before#2", "data.write.after#2", "data.write.before#3", "data.write.after#3",
		"store.commit.before", "store.commit.after",
	}
	restored = []string{"hub.adopt"}
	// ended are passed when a project closes and when the catalogue loses an
	// image that hosts have.
	ended = []string{
		"fake.router.remove.before", "fake.router.remove.after", "fake.network.remove.before", "fake.network.remove.after",
		"fake.image.remove.before", "fake.image.remove.after",
	}
)

// later are further passes of points that are passed often, so that deaths fall
// into all verbs and not only into the start and the first of them.
var later = []string{
	"key.make.before#2", "data.write.before#2", "data.write.after#2", "data.write.before#3", "data.write.after#3",
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
	t.Parallel()
	base := template(t)
	var todo []string
	for _, p := range points(t) {
		if slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(p, f) }) {
			todo = append(todo, p)
		}
	}
	todo = append(todo, later...)
	var mu sync.Mutex
	died := map[string]int{}
	work := make(chan int)
	var all sync.WaitGroup
	for range 4 { // most of their time is waiting
		all.Go(func() {
			for i := range work {
				t.Run(todo[i], func(t *testing.T) {
					where := crashAt(t, base, fmt.Sprint(i), todo[i])
					mu.Lock()
					defer mu.Unlock()
					name, _, _ := strings.Cut(todo[i], "#")
					died[name]++
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
	t.Log(crash.Tally("virga: %d of %d crash points ran with a real SIGKILL, %d deaths", len(died), len(todo)-len(later), len(todo)))
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
	run := c.live
	if slices.Contains(ended, point) {
		run = c.end
	}
	where = "the start"
	if err == nil {
		where = run(p)
	}
	if !p.Died(fakeLimit) {
		t.Fatalf("%s was not passed: %s", point, p.Output())
	}
	p = c.Start(args...)
	if slices.Contains(first, point) {
		c.logIn()
	}
	if slices.Contains(restored, point) {
		c.removeOrphans(t)
	}
	c.rest(t)
	if slices.Contains(ended, point) {
		c.end(p) // what was begun, and what was not
		c.allEnded(t)
	}
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

// allEnded waits until hosts have nothing of projects and images anymore.
func (c *Cloud) allEnded(t *testing.T) {
	t.Helper()
	hosts, _ := filepath.Glob(filepath.Join(c.Dir, "hosts", "*", "*")) // the pattern is ours
	c.Until("project and image are gone from the hosts", fakeLimit, func() (bool, string) {
		left, err := filesOf([]string{"router", "network", "image"}, hosts...)
		return err == nil && len(hosts) > 0 && len(left) == 0, fmt.Sprintf("%q (%v)", left, err)
	})
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
	if err := store.Restore(context.Background(),
		filepath.Join(dir, "backup.db"), store.Options{Path: filepath.Join(dir, "virga.db")}); err != nil {
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
