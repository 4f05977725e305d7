package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// privateNet is what the test reads of a private network.
type privateNet struct {
	ID, State string
	Servers   []struct{ ID string }
}

// network makes a private network of that range.
func (c *Cloud) network(name, address string) (n privateNet) {
	c.T.Helper()
	body := map[string]any{"name": name, "network_address": address, "subnet_mask": "255.255.255.0"}
	c.One("POST", "/private_networks", body).Is(202).Into(&n)
	return n
}

// member lets a server join or leave a network, and waits until it has.
func (c *Cloud) member(method string, n privateNet, s Server) {
	c.T.Helper()
	path, body := "/private_networks/"+n.ID+"/servers/"+s.ID, any(nil)
	if method == "POST" {
		path, body = "/private_networks/"+n.ID+"/servers", map[string]any{"servers": []string{s.ID}}
	}
	c.One(method, path, body).Is(202)
	c.InState(s.ID, "POWERED_ON", machineLimit)
	c.Until("the network is active", machineLimit, func() (bool, string) {
		a := c.One("GET", "/private_networks/"+n.ID, nil).Is(200)
		a.Into(&n)
		return n.State == "ACTIVE", string(a.Body)
	})
}

// has waits until a guest has an address or, with "0", until it has it no more.
func (g *Guest) has(address, times string) {
	g.t.Helper()
	g.Until(fmt.Sprintf("ip -4 -o addr | grep -c ' %s/24 ' || true", address), times, machineLimit)
}

// reaches tells whether something answers at an address.
func (g *Guest) reaches(address string, tries int) bool {
	g.t.Helper()
	return g.Sh(fmt.Sprintf("n=0; while [ $n -lt %d ]; do ping -c 1 -W 1 %s >/dev/null && echo yes && exit; n=$((n+1)); done; echo no",
		tries, address)) == "yes"
}

// Machines in a private network meet there and nowhere else: not those of another
// customer with the same range, nor those in another network. Cards come and go while
// they run, with the address that they had; nothing of it is left on the host.
func TestRealPrivateNetworks(t *testing.T) {
	real(t)
	t.Parallel()
	begin := time.Now()
	step := func(what string) { t.Logf("%6.1f s  %s", time.Since(begin).Seconds(), what) }
	c, p := oneBox(t, "private")
	other := *c // another customer of the same cloud
	out, err := c.Run(time.Minute, "admin", "user", "create", "eve", "--member", "Other", "--new-member")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	token := regexp.MustCompile(`\b[0-9a-f]{32}\b`).FindString(out)
	if other.Token = token; token == "" {
		t.Fatalf("no token in %s", out)
	}
	key := NewKey(t)
	one, two, theirs := c.network("one", "10.5.0.0"), c.network("two", "10.6.0.0"), other.network("theirs", "10.5.0.0")
	first := Body("a", c.Image("tiny"), key.Line())
	first["private_network_id"] = one.ID
	a, b := c.post(first), c.post(Body("b", c.Image("tiny"), key.Line()))
	e := other.post(Body("e", c.Image("tiny"), key.Line()))
	ga, gb := c.Guest(key, c.address(a.ID), 2*machineLimit), c.Guest(key, c.address(b.ID), machineLimit)
	ge := c.Guest(key, other.address(e.ID), machineLimit)
	for _, s := range []Server{a, b} {
		c.InState(s.ID, "POWERED_ON", machineLimit)
	}
	other.InState(e.ID, "POWERED_ON", machineLimit)
	step("three guests")

	ga.has("10.5.0.1", "1")
	if got := ga.Sh("ip route | grep -c ^default; ip route | grep -c 'default.*dev eth0'"); got != "1\n1" {
		t.Errorf("default routes %q: %s", got, ga.Sh("ip route"))
	}
	boot := gb.BootID()
	c.member("POST", one, b)
	gb.has("10.5.0.2", "1")
	step("the second one joined while it ran")
	if !ga.reaches("10.5.0.2", 20) || !gb.reaches("10.5.0.1", 20) {
		t.Errorf("they do not meet: %s\n%s", ga.Sh("ip addr; ip neigh"), gb.Sh("ip addr; ip neigh"))
	}
	other.member("POST", theirs, e)
	ge.has("10.5.0.1", "1")
	if ge.reaches("10.5.0.2", 3) {
		t.Error("another customer reaches what has an address of his range")
	}
	if !ga.reaches("10.5.0.2", 20) {
		t.Error("they do not meet any more, since another customer has the address of one")
	}
	step("another customer with the same range is alone")

	c.member("POST", two, b)
	gb.has("10.6.0.1", "1")
	c.member("DELETE", one, b)
	gb.has("10.5.0.2", "0")
	if ga.reaches("10.5.0.2", 3) || ga.reaches("10.6.0.1", 2) {
		t.Error("it is reached after it left")
	}
	if got := gb.Sh("ls /sys/class/net | grep -c ^eth"); got != "2" {
		t.Errorf("%s cards after one left: %s", got, gb.Sh("ip addr"))
	}
	c.member("POST", one, b)
	gb.has("10.5.0.2", "1")
	if !gb.reaches("10.5.0.1", 20) || gb.BootID() != boot {
		t.Errorf("it came back to another place, or booted: %s", gb.Sh("ip addr"))
	}
	step("left and came back, with the address it had")

	p.Kill()
	c.Restart()
	other.OneAndOne = c.OneAndOne
	gb.Sh("for f in /run/net/*/pid; do pid=$(cat $f); (kill -USR2 $pid; usleep 300000; kill -USR1 $pid) >/dev/null 2>&1 & done")
	gb = c.Guest(key, c.address(b.ID), machineLimit)
	gb.has("10.5.0.2", "1")
	if !gb.reaches("10.5.0.1", 20) {
		t.Error("after a restart of the agent they do not meet")
	}
	step("the agent was killed, and leases are given as before")

	for n, s := range map[string]Server{one.ID: a, two.ID: b} {
		c.member("DELETE", privateNet{ID: n}, s)
	}
	c.member("DELETE", one, b)
	for _, n := range []privateNet{one, two} {
		c.One("DELETE", "/private_networks/"+n.ID, nil).Is(202)
		c.Until("the network is gone", machineLimit, func() (bool, string) {
			a := c.One("GET", "/private_networks/"+n.ID, nil)
			return a.Status == 404, string(a.Body)
		})
	}
	in := c.Installation()
	if ids, err := in.ListNetns("n"); err != nil || len(ids) != 3 { // public of two customers, and the other one's
		t.Errorf("networks on the host: %v, %v", ids, err)
	}
	c.One("DELETE", "/servers/"+a.ID, nil).Is(202)
	c.One("DELETE", "/servers/"+b.ID, nil).Is(202)
	other.One("DELETE", "/servers/"+e.ID, nil).Is(202) // with a card in its network
	other.Gone(e.ID, machineLimit)
	c.Gone(a.ID, machineLimit)
	c.Gone(b.ID, machineLimit)
	other.One("DELETE", "/private_networks/"+theirs.ID, nil).Is(202)
	hostIsEmpty(t, c)
	c.Until("no private network on the host", machineLimit, func() (bool, string) {
		ids, err := in.ListNetns("n")
		return err == nil && len(ids) == 2, fmt.Sprint(ids, err)
	})
	if log := string(c.One("GET", "/logs?q=DELETE&period=LAST_HOUR", nil).Is(200).Body); strings.Count(log, "PRIVATENETWORK") != 2 {
		t.Errorf("the log: %s", log)
	}
	c.Down()
	nothingRuns(t, c.Dir)
}
