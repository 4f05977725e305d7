package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/store/pgtest"
)

// fakeLimit bounds what takes a fake host a moment.
const fakeLimit = 30 * time.Second

// The same life of machines on both engines, through both dialects.
func TestScenario(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			args := []string{"up", "--fake", "--dev", "--listen", "127.0.0.1:0"}
			if engine == "postgres" {
				args = append(args, "--postgres", pgtest.New(t))
			}
			begin := time.Now()
			c := New(t, bin, quick, engine)
			p := c.Start(args...)
			t.Logf("ready after %s", time.Since(begin).Round(time.Millisecond))
			var status struct{ Engine string }
			c.Admin("GET", "/status", nil).Is(200).Into(&status)
			if status.Engine != engine {
				t.Fatalf("it runs on %s", status.Engine)
			}
			scenario(t, c)
			// What was committed outlives a kill.
			kept := c.Create(Body("kept", c.Image("tiny"), ""), fakeLimit)
			p.Kill()
			p = c.Restart()
			if s := c.InState(kept.ID, "POWERED_ON", fakeLimit); s.Name != "kept" || s.IPs[0].IP != kept.IPs[0].IP {
				t.Errorf("after the kill: %+v, before: %+v", s, kept)
			}
			c.One("DELETE", "/servers/"+kept.ID, nil).Is(202)
			c.Gone(kept.ID, fakeLimit)
			nothingLeft(t, c)
			if err := p.Stop(10 * time.Second); err != nil {
				t.Errorf("stop: %v", err)
			}
		})
	}
}

// scenario is the life of a machine and of its clone on a fake host.
func scenario(t *testing.T, c *Cloud) {
	t.Helper()
	web := c.Create(Body("web", c.Image("tiny"), NewKey(t).Line()), fakeLimit)
	path := "/servers/" + web.ID
	if len(web.IPs) != 1 || web.Hardware.RAM != 0.5 {
		t.Fatalf("created %+v", web)
	}
	at := func(state string) Server { t.Helper(); return c.InState(web.ID, state, fakeLimit) }

	c.One("PUT", path+"/status/action", map[string]any{"action": "REBOOT", "method": "HARDWARE"}).Is(202)
	at("POWERED_ON")
	c.One("POST", path+"/hardware/hdds", map[string]any{"hdds": []any{map[string]any{"size": 20, "is_main": false}}}).Is(202)
	if s := at("POWERED_ON"); len(s.Hardware.Hdds) != 2 {
		t.Fatalf("disks %+v", s.Hardware.Hdds)
	}
	c.One("PUT", path+"/status/action", map[string]any{"action": "POWER_OFF", "method": "HARDWARE"}).Is(202)
	at("POWERED_OFF")
	c.One("PUT", path+"/hardware", map[string]any{"vcore": 2, "cores_per_processor": 1, "ram": 1}).Is(202)
	if s := at("POWERED_OFF"); s.Hardware.VCore != 2 || s.Hardware.RAM != 1 {
		t.Fatalf("resized to %+v", s.Hardware)
	}
	c.One("PUT", path+"/status/action", map[string]any{"action": "POWER_ON"}).Is(202)
	at("POWERED_ON")

	c.One("POST", path+"/snapshots", nil).Is(202)
	s := at("POWERED_ON")
	if s.Snapshot == nil || s.Snapshot.ID == "" {
		t.Fatalf("no snapshot in %+v", s)
	}
	c.One("PUT", path+"/snapshots/"+s.Snapshot.ID, nil).Is(202)
	at("POWERED_ON")

	var copied Server
	c.One("POST", path+"/clone", map[string]any{"name": "copy"}).Is(202).Into(&copied)
	if list := c.Servers(); len(list) != 2 {
		t.Fatalf("%d servers after the clone", len(list))
	}
	for _, one := range c.Servers() {
		if one.ID != web.ID {
			copied = one
		}
	}
	at("POWERED_ON")
	c.InState(copied.ID, "POWERED_ON", fakeLimit)
	throughCloudCIX(t, c, "web", func(state string) { at(state) })
	bothKindsOfDisks(t, c)

	for _, one := range c.Servers() {
		c.One("DELETE", "/servers/"+one.ID, nil).Is(202)
	}
	c.Gone(web.ID, fakeLimit)
	c.Gone(copied.ID, fakeLimit)
	nothingLeft(t, c)
}

// bothKindsOfDisks wants hosts with SSDs and HDDs in every region, and what asked for
// neither on SSDs.
func bothKindsOfDisks(t *testing.T, c *Cloud) {
	t.Helper()
	var types struct {
		Content []struct {
			Name    string  `json:"name"`
			Regions []int64 `json:"regions"`
		} `json:"content"`
	}
	c.CIX("GET", "/iaas/v1/storage_type/", nil).Is(200).Into(&types)
	for _, s := range types.Content {
		if len(s.Regions) != 4 {
			t.Errorf("%s is in the regions %v", s.Name, s.Regions)
		}
	}
	var hosts []struct {
		Name    string
		Servers int
	}
	c.Admin("GET", "/hosts", nil).Is(200).Into(&hosts)
	if len(types.Content) != 2 || len(hosts) != 16 {
		t.Errorf("%d kinds of disks, %d hosts", len(types.Content), len(hosts))
	}
	for _, h := range hosts {
		if strings.HasSuffix(h.Name, "-hdd") && h.Servers > 0 {
			t.Errorf("%s has %d servers", h.Name, h.Servers)
		}
	}
}

// throughCloudCIX stops and starts a server of the 1&1 dialect in the other
// one, where it is a vm of the default project.
func throughCloudCIX(t *testing.T, c *Cloud, name string, is func(state string)) {
	t.Helper()
	var list struct {
		Content []struct {
			ID    int64 `json:"id"`
			State int   `json:"state"`
		} `json:"content"`
	}
	c.CIX("GET", "/iaas/v1/vm/?search[name]="+name, nil).Is(200).Into(&list)
	if len(list.Content) != 1 || list.Content[0].State != 4 {
		t.Fatalf("vm list: %+v", list)
	}
	path := fmt.Sprintf("/iaas/v1/vm/%d/", list.Content[0].ID)
	for _, to := range []struct {
		state, end int
		shown      string
	}{{5, 6, "POWERED_OFF"}, {7, 4, "POWERED_ON"}} {
		c.CIX("PATCH", path, map[string]any{"state": to.state}).Is(200)
		c.Until(fmt.Sprintf("vm in state %d", to.end), machineLimit, func() (bool, string) {
			var vm struct{ Content struct{ State int } }
			c.CIX("GET", path, nil).Is(200).Into(&vm)
			return vm.Content.State == to.end, fmt.Sprint("in ", vm.Content.State)
		})
		is(to.shown)
	}
}

// nothingLeft wants no live row of a server, and a doctor without findings.
func nothingLeft(t *testing.T, c *Cloud) {
	t.Helper()
	if list := c.Servers(); len(list) != 0 {
		t.Errorf("servers are left: %+v", list)
	}
	var ips []struct{ ID, IP string }
	c.One("GET", "/public_ips", nil).Is(200).Into(&ips)
	if len(ips) != 0 {
		t.Errorf("addresses are left: %+v", ips)
	}
	c.Until("the doctor finds nothing", fakeLimit, func() (bool, string) {
		found := c.Doctor()
		return len(found) == 0, fmt.Sprintf("%q", found)
	})
}
