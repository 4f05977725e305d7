package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// Whatever somebody does to a running machine from the host's side is noticed,
// repaired where it can be without its guest, and told: by the doctor, who ends with
// 1, in the alerts of the server, in its log, in what waits and in the measures.
func TestRealDamage(t *testing.T) {
	real(t)
	t.Parallel()
	begin := time.Now()
	step := func(what string) { t.Logf("%6.1f s  %s", time.Since(begin).Seconds(), what) }
	c, _ := oneBox(t, "damage")
	key := NewKey(t)
	web := c.Create(Body("web", c.Image("tiny"), key.Line()), machineLimit)
	in := c.Installation()
	g := c.Guest(key, c.address(web.ID), machineLimit)
	boot := g.BootID()
	same := func(when string) {
		t.Helper()
		g = c.Guest(key, c.address(web.ID), machineLimit)
		if got := g.BootID(); got != boot {
			t.Errorf("%s: the guest was rebooted", when)
		}
		step(when + ": the guest answers")
	}
	if out, err := c.Run(time.Minute, "doctor", "--store"); err != nil {
		t.Errorf("all is well, and the doctor says %v: %s", err, out)
	}

	router, network := only(t, in, "r"), withTap(t, in)
	flushed := time.Now()
	inside(t, router, "nft", "flush", "ruleset")
	c.Until("the rules are back", machineLimit, func() (bool, string) {
		out := inside(t, router, "nft", "list", "ruleset")
		return strings.Contains(out, "chain "), out
	})
	step(fmt.Sprintf("the rules were back after %.2f s", time.Since(flushed).Seconds()))
	c.wrong(t, "router", "somebody changed or took away the rules of the router", "")
	same("rules flushed")

	_, tap, _ := strings.Cut(network, " ")
	network, _, _ = strings.Cut(network, " ")
	inside(t, sys.Netns(network), "ip", "link", "del", tap)
	c.wrong(t, "server", "was taken away from the running machine", web.ID)
	same("tap removed")

	if out, err := exec.Command("ip", "netns", "del", network).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	c.wrong(t, "network", "somebody took away the network namespace", "")
	same("network namespace removed")

	layers, err := filepath.Glob(filepath.Join(in.Path("volumes"), "*", "0.qcow2"))
	if err != nil || len(layers) != 1 {
		t.Fatalf("layers %v, %v", layers, err)
	}
	if err := os.Rename(layers[0], layers[0]+".away"); err != nil {
		t.Fatal(err)
	}
	c.wrong(t, "server", "layer 0 of the disk is missing", web.ID)
	c.One("PUT", "/servers/"+web.ID+"/status/action", map[string]any{"action": "REBOOT", "method": "HARDWARE"}).Is(202)
	s := c.InState(web.ID, "POWERED_ON", machineLimit)
	if len(s.Hardware.Hdds) != 1 || s.Hardware.Hdds[0].Size != 20 {
		t.Errorf("disks %+v", s.Hardware.Hdds)
	}
	var vms struct {
		Content []struct{ Storages []struct{ GB int } }
	}
	c.CIX("GET", "/iaas/v1/vm/", nil).Is(200).Into(&vms)
	if len(vms.Content) != 1 || len(vms.Content[0].Storages) != 1 || vms.Content[0].Storages[0].GB != 20 {
		t.Errorf("disks in the other dialect: %+v", vms)
	}
	if log := string(c.One("GET", "/logs?period=LAST_24H", nil).Is(200).Body); !strings.Contains(log, "last copy") {
		t.Errorf("the log does not say why it was not rebooted: %s", log)
	}
	same("its disk deleted, and a reboot ordered")
	if err := os.Rename(layers[0]+".away", layers[0]); err != nil {
		t.Fatal(err)
	}
	c.One("PUT", "/servers/"+web.ID+"/status/action", map[string]any{"action": "REBOOT", "method": "HARDWARE"}).Is(202)
	c.InState(web.ID, "POWERED_ON", machineLimit)
	if got := c.Guest(key, c.address(web.ID), machineLimit).BootID(); got == boot {
		t.Error("with its disk back it was not rebooted")
	}
	step("with its disk back it was rebooted")
	c.Down()
}

// wrong waits until everybody who is to say so says that something is wrong; server
// is the one whose owner is told, "" for none.
func (c *Cloud) wrong(t *testing.T, kind, what, server string) {
	t.Helper()
	for name, ask := range map[string]func() (string, bool){
		"the doctor": func() (string, bool) {
			out, err := c.Run(time.Minute, "doctor", "--store")
			return out, err != nil && strings.Contains(err.Error(), "exit status 1")
		},
		"what waits": func() (string, bool) {
			return string(c.own("/-/waiting")), true
		},
		"alerts": func() (string, bool) {
			if server == "" {
				return what, true
			}
			var s struct{ Alerts any }
			c.One("GET", "/servers/"+server, nil).Is(200).Into(&s)
			return fmt.Sprint(s.Alerts), true
		},
		"the measures": func() (string, bool) {
			out := string(c.Admin("GET", "/metrics", nil).Is(200).Body)
			return what, !strings.Contains(out, fmt.Sprintf("virga_waiting{kind=%q} 0\n", kind)) &&
				strings.Contains(out, fmt.Sprintf("virga_waiting{kind=%q}", kind))
		},
	} {
		c.Until(name+" says "+what, machineLimit, func() (bool, string) {
			out, right := ask()
			return right && strings.Contains(out, what), out
		})
	}
}

// own reads one of the node's own paths as the operator.
func (c *Cloud) own(path string) []byte {
	c.T.Helper()
	url := strings.TrimSuffix(strings.TrimSuffix(c.OneAndOne, "/"), "/v1") + path
	a, err := c.send(-1, c.client(), "GET", url, nil, "X-TOKEN", c.Token)
	return c.must(a, err).Is(200).Body
}

// only is the one namespace with a letter.
func only(t *testing.T, in sys.Installation, letter string) sys.Netns {
	t.Helper()
	ids, err := in.ListNetns(letter)
	if err != nil || len(ids) != 1 {
		t.Fatalf("namespaces %v, %v", ids, err)
	}
	return in.Netns(letter, ids[0])
}

// withTap is the namespace of a network with the one tap in it, and that.
func withTap(t *testing.T, in sys.Installation) string {
	t.Helper()
	taps, err := Taps(in)
	if err != nil || len(taps) != 1 {
		t.Fatalf("taps %v, %v", taps, err)
	}
	return taps[0]
}

// inside runs a command in a namespace.
func inside(t *testing.T, ns sys.Netns, command ...string) string {
	t.Helper()
	out, err := exec.Command("nsenter", append([]string{"--net=" + ns.Path()}, command...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v in %s: %v: %s", command, ns, err, out)
	}
	return string(out)
}

// A machine with two addresses on one card has both: it is reached at either from
// its network, also after it has asked for its lease anew, and either is translated to
// its own public address.
func TestRealTwoAddresses(t *testing.T) {
	real(t)
	t.Parallel()
	c, _ := oneBox(t, "addresses")
	key := NewKey(t)
	private := []string{"10.0.0.10", "10.0.0.11"}
	made := c.project(key, private)[0]
	var now struct {
		State     int
		Addresses []struct {
			Address string
			Public  struct{ Address string } `json:"public_ip"`
		} `json:"ip_addresses"`
	}
	c.Until("the machine runs", machineLimit, func() (bool, string) {
		a := c.CIX("GET", fmt.Sprintf("/iaas/v1/vm/%d/", made.ID), nil).Is(200)
		content(a, &now)
		return now.State == 4, string(a.Body)
	})
	if len(now.Addresses) != 2 {
		t.Fatalf("addresses %+v", now)
	}
	router := only(t, c.Installation(), "r")
	rules, boot := inside(t, router, "nft", "list", "ruleset"), ""
	for i, a := range now.Addresses {
		if a.Address != private[i] || !strings.Contains(rules, fmt.Sprintf("%s : %s", a.Public.Address, a.Address)) {
			t.Errorf("%+v is not translated:\n%s", a, rules)
		}
		g := Login(t, key, a.Address, machineLimit, func(ctx context.Context) (net.Conn, error) {
			return router.Dial(ctx, "tcp", a.Address+":22")
		})
		if got := g.BootID(); boot != "" && got != boot {
			t.Errorf("at %s there is another machine", a.Address)
		} else {
			boot = got
		}
		g.Until("ip -4 addr show eth0 | grep -c '10.0.0.1[01]/24'", "2", machineLimit)
		if i == 0 { // it gives its lease back and asks for another
			g.Sh("pid=$(cat /run/net/eth0/pid); (kill -USR2 $pid; usleep 300000; kill -USR1 $pid) >/dev/null 2>&1 &")
		}
	}
	c.Down()
}
