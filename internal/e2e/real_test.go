package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/image"
)

// real skips with the reason where no machine can run.
func real(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("boots machines")
	}
	if os.Geteuid() != 0 {
		t.Skip("machines and networks need root")
	}
	if err := image.MissingTiny(); err != nil {
		t.Skip(err)
	}
	// Once and outside of all measurements.
	_, err := image.Cached(t.Context())
	var missing *image.MissingError
	if errors.As(err, &missing) {
		t.Skip(missing)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// oneBox starts a real installation.
func oneBox(t *testing.T, name string) (*Cloud, *Process) {
	t.Helper()
	c := New(t, bin, spread, name)
	p := c.Start("up", "--dev", "--listen", "127.0.0.1:0", "--disk-overcommit", "5")
	return c, p
}

// The whole way on one box: two machines live through everything that is
// promised for them, while a second installation on the same machine has the
// same addresses and is not touched.
func TestRealMachine(t *testing.T) {
	real(t)
	t.Parallel()
	begin := time.Now()
	step := func(what string) {
		t.Logf("%6.1f s  %s", time.Since(begin).Seconds(), what)
	}
	c, p := oneBox(t, "one")
	step("ready")
	key := NewKey(t)
	posted := time.Now()
	web := c.post(Body("web", c.Image("tiny"), key.Line()))
	g := c.Guest(key, c.address(web.ID), machineLimit)
	t.Logf("POST to SSH in %.2f s", time.Since(posted).Seconds())
	path := "/servers/" + web.ID
	at := func(state string) Server { t.Helper(); return c.InState(web.ID, state, machineLimit) }
	at("POWERED_ON")
	if got := g.Sh("hostname"); got != "web" {
		t.Errorf("hostname %q", got)
	}
	g.Sh("echo written > /root/file && sync")
	identity, boot := g.HostKey, g.BootID()

	c.One("PUT", path+"/status/action", map[string]any{"action": "REBOOT", "method": "HARDWARE"}).Is(202)
	at("POWERED_ON")
	g = c.Guest(key, c.address(web.ID), machineLimit)
	if again := g.BootID(); again == boot {
		t.Error("it was not rebooted")
	}
	if g.HostKey != identity {
		t.Error("the reboot changed the host key")
	}
	if got := g.Sh("cat /root/file"); got != "written" {
		t.Errorf("after the reboot the file holds %q", got)
	}
	step("rebooted, the file is there")

	c.One("POST", path+"/hardware/hdds", map[string]any{"hdds": []any{map[string]any{"size": 20, "is_main": false}}}).Is(202)
	at("POWERED_ON")
	g.Until("cat /sys/block/vdb/size", fmt.Sprint(20<<30/512), machineLimit)
	step("the guest sees the hot-added disk")

	c.One("PUT", path+"/status/action", map[string]any{"action": "POWER_OFF", "method": "SOFTWARE"}).Is(202)
	at("POWERED_OFF")
	c.One("PUT", path+"/hardware", map[string]any{"vcore": 2, "cores_per_processor": 1, "ram": 1}).Is(202)
	at("POWERED_OFF")
	c.One("PUT", path+"/status/action", map[string]any{"action": "POWER_ON"}).Is(202)
	at("POWERED_ON")
	g = c.Guest(key, c.address(web.ID), machineLimit)
	if got := g.Sh("nproc"); got != "2" {
		t.Errorf("%s CPUs after the resize", got)
	}
	var kib int
	if _, err := fmt.Sscan(g.Sh("awk '/MemTotal/ {print $2}' /proc/meminfo"), &kib); err != nil || kib < 800<<10 || kib > 1<<20 {
		t.Errorf("%d KiB of memory after the resize to 1 GiB (%v)", kib, err)
	}
	step("resized while off")

	c.One("POST", path+"/snapshots", nil).Is(202)
	s := at("POWERED_ON")
	g.Sh("echo changed > /root/file && echo new > /root/other && sync")
	c.One("PUT", path+"/snapshots/"+s.Snapshot.ID, nil).Is(202)
	at("POWERED_ON")
	g = c.Guest(key, c.address(web.ID), machineLimit)
	if got := g.Sh("cat /root/file; ls /root/other 2>/dev/null || true"); got != "written" {
		t.Errorf("after the restore: %q", got)
	}
	step("snapshot, change, restore: the change is gone")

	copied, cg := cloneOf(t, c, key, web, g)
	step("the clone answers")
	inCages(t, c, 2)
	step("both are in cages")
	// A guest that powers itself off is off, and stays so.
	_, _ = cg.Try("poweroff") // the connection may break first
	c.InState(copied.ID, "POWERED_OFF", machineLimit)
	step("the clone powered itself off")

	throughCloudCIX(t, c, "web", func(state string) { at(state) })
	g = c.Guest(key, c.address(web.ID), machineLimit)
	step("stopped and started through CloudCIX")

	beside(t, c, key, web, g)
	step("a second installation came and went")
	killed(t, c, p, key, web, g)
	step("killed and adopted")

	for _, one := range c.Servers() {
		c.One("DELETE", "/servers/"+one.ID, nil).Is(202)
	}
	c.Gone(web.ID, machineLimit)
	c.Gone(copied.ID, machineLimit)
	nothingLeft(t, c)
	hostIsEmpty(t, c)
	step("deleted")
	c.Down()
	nothingRuns(t, c.Dir)
	step("down")
}

// post makes a server and does not wait.
func (c *Cloud) post(body map[string]any) (s Server) {
	c.T.Helper()
	c.One("POST", "/servers", body).Is(202).Into(&s)
	return s
}

// address is the public address of a server. The server itself shows it only
// when it is deployed.
func (c *Cloud) address(id string) (ip string) {
	c.T.Helper()
	c.Until("an address", machineLimit, func() (bool, string) {
		var list []struct {
			IP         string
			AssignedTo *struct{ ID string } `json:"assigned_to"`
		}
		a := c.One("GET", "/public_ips", nil).Is(200)
		a.Into(&list)
		for _, one := range list {
			if one.AssignedTo != nil && one.AssignedTo.ID == id {
				ip = one.IP
			}
		}
		return ip != "", string(a.Body)
	})
	return ip
}

// cloneOf makes a clone of a running machine and compares the two.
func cloneOf(t *testing.T, c *Cloud, key Key, from Server, g *Guest) (Server, *Guest) {
	t.Helper()
	c.One("POST", "/servers/"+from.ID+"/clone", map[string]any{"name": "copy"}).Is(202)
	i := slices.IndexFunc(c.Servers(), func(s Server) bool { return s.Name == "copy" })
	if i < 0 {
		t.Fatal("there is no clone")
	}
	copied := c.InState(c.Servers()[i].ID, "POWERED_ON", machineLimit)
	c.InState(from.ID, "POWERED_ON", machineLimit)
	if c.address(copied.ID) == c.address(from.ID) {
		t.Errorf("both have the address %s", c.address(from.ID))
	}
	cg := c.Guest(key, c.address(copied.ID), machineLimit)
	if got := cg.Sh("hostname; cat /root/file"); got != "copy\nwritten" {
		t.Errorf("the clone says %q", got)
	}
	if cg.HostKey == g.HostKey {
		t.Error("the clone has the host key of its source")
	}
	if cg.Sh("cat /sys/class/net/eth0/address") == g.Sh("cat /sys/class/net/eth0/address") {
		t.Error("the clone has the card of its source")
	}
	return copied, cg
}

// inCages wants that many guests, each a user of its own in a cage that shows
// nothing of the installation but what is its own.
func inCages(t *testing.T, c *Cloud, guests int) {
	t.Helper()
	in := c.Installation()
	all := in.Processes("v")
	if len(all) != guests {
		t.Errorf("%d processes of guests, want %d", len(all), guests)
	}
	for _, p := range all {
		if loose, err := p.Loose(); err != nil || len(loose) > 0 {
			t.Errorf("%s: %v, %v", p.Identity, loose, err)
		}
		root := fmt.Sprintf("/proc/%d/root", p.PID)
		for _, of := range []string{c.Dir, in.Path("vms"), in.Path("volumes")} {
			outside, err := os.ReadDir(of)
			if err != nil {
				t.Fatal(err)
			}
			inside, err := os.ReadDir(root + of)
			if err != nil || len(inside) == 0 || len(inside) >= len(outside) || of != in.Path("volumes") && len(inside) != 1 {
				t.Errorf("%s sees %v of %d things in %s (%v)", p.Identity, inside, len(outside), of, err)
			}
		}
		if _, err := os.Stat(filepath.Join(c.Dir, "keys")); err != nil {
			t.Error(err)
		}
		cards, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/dev", p.PID))
		if err != nil || strings.Count(string(cards), ":") != 1 {
			t.Errorf("%s has the cards\n%s (%v)", p.Identity, cards, err)
		}
	}
	out, _ := c.Run(time.Minute, "doctor")
	if want := fmt.Sprintf("%d, each in its cage", guests); !strings.Contains(out, want) {
		t.Errorf("the doctor does not say %q:\n%s", want, out)
	}
}

// beside runs a second installation, whose only machine has the address of one
// in the first, and takes it down. The first does not notice.
func beside(t *testing.T, c *Cloud, key Key, web Server, g *Guest) {
	t.Helper()
	boot := g.BootID()
	before := runsOf(t, c.Dir)
	other, _ := oneBox(t, "two")
	twin := other.post(Body("twin", other.Image("tiny"), key.Line()))
	tg := other.Guest(key, other.address(twin.ID), machineLimit)
	if other.address(twin.ID) != "198.18.0.3" {
		t.Logf("the twin has %s", other.address(twin.ID))
	}
	if got := tg.Sh("hostname"); got != "twin" {
		t.Errorf("at the same address there is %q", got)
	}
	if other.Installation().Tag == c.Installation().Tag {
		t.Fatal("both installations have one tag; 1 of 65536 runs may")
	}
	tg.Sh("echo kept > /root/file && sync")
	other.Down()
	nothingRuns(t, other.Dir)
	// Going down is no order to be off: the next start starts what was on.
	other.Restart()
	other.InState(twin.ID, "POWERED_ON", machineLimit)
	if got := other.Guest(key, other.address(twin.ID), machineLimit).Sh("cat /root/file"); got != "kept" {
		t.Errorf("after down and up the file holds %q", got)
	}
	other.Down()
	nothingRuns(t, other.Dir)
	if got := c.Guest(key, c.address(web.ID), machineLimit); got.BootID() != boot || got.Sh("hostname") != "web" {
		t.Error("the first installation's guest changed")
	}
	if after := runsOf(t, c.Dir); !slices.Equal(before, after) {
		t.Errorf("the first installation had\n%s\nand has\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}

// killed ends control plane and agent in the hardest way. The guest answers all
// the while, and the next start adopts it as it is.
func killed(t *testing.T, c *Cloud, p *Process, key Key, web Server, g *Guest) {
	t.Helper()
	boot := g.BootID()
	ip := c.address(web.ID)
	p.Kill()
	g.Sh("true") // over the connection that was there
	if got := c.Guest(key, ip, machineLimit).BootID(); got != boot {
		t.Error("the guest was rebooted by the kill")
	}
	c.Restart()
	s := c.InState(web.ID, "POWERED_ON", machineLimit)
	// It is ours again: it takes orders.
	if s.Snapshot != nil && s.Snapshot.ID != "" {
		c.One("DELETE", "/servers/"+web.ID+"/snapshots/"+s.Snapshot.ID, nil).Is(202)
		c.InState(web.ID, "POWERED_ON", machineLimit)
	}
	c.One("POST", "/servers/"+web.ID+"/hardware/hdds", map[string]any{"hdds": []any{map[string]any{"size": 30, "is_main": false}}}).Is(202)
	c.InState(web.ID, "POWERED_ON", machineLimit)
	g.Until("cat /sys/block/vd?/size | sort -n | tail -n 1", fmt.Sprint(30<<30/512), machineLimit)
	if got := g.BootID(); got != boot {
		t.Error("the guest was rebooted by the adoption")
	}
	if found := c.Doctor(); len(found) > 0 {
		t.Errorf("the doctor finds %q", found)
	}
}

// hostIsEmpty wants neither files nor processes nor cards of machines.
func hostIsEmpty(t *testing.T, c *Cloud) {
	t.Helper()
	c.Until("the host is empty", machineLimit, func() (bool, string) {
		left, err := Files(filepath.Join(c.Dir, "host", "machine"), filepath.Join(c.Dir, "host", "agent"))
		if err != nil {
			return false, err.Error()
		}
		procs, err := processes("guest=" + c.Installation().Prefix())
		if err != nil {
			return false, err.Error()
		}
		for _, p := range procs {
			left = append(left, p.args)
		}
		taps, err := Taps(c.Installation())
		left = append(left, taps...)
		return err == nil && len(left) == 0, fmt.Sprintf("%q (%v)", left, err)
	})
}

// nothingRuns wants nothing of an installation on this machine but its folder.
func nothingRuns(t *testing.T, dir string) {
	t.Helper()
	// The kernel takes a moment to take away what a namespace held.
	say, ok := until(10*time.Second, func() (bool, string) {
		left, err := Runs(dir)
		return err == nil && len(left) == 0, fmt.Sprintf("%s (%v)", strings.Join(left, "\n"), err)
	})
	if !ok {
		t.Errorf("after virga down there is\n%s", say)
	}
}

func runsOf(t *testing.T, dir string) []string {
	t.Helper()
	list, err := Runs(dir)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}
