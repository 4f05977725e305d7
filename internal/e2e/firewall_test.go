package e2e

import (
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// firewallPolicy is what the test reads of a firewall policy.
type firewallPolicy struct {
	ID, State string
	Rules     []struct{ ID string }
}

// settled waits until a policy is carried out.
func (c *Cloud) settled(p firewallPolicy) firewallPolicy {
	c.T.Helper()
	c.Until("the policy is active", machineLimit, func() (bool, string) {
		a := c.One("GET", "/firewall_policies/"+p.ID, nil).Is(200)
		a.Into(&p)
		return p.State == "ACTIVE", string(a.Body)
	})
	return p
}

// policyOf makes a policy.
func (c *Cloud) policyOf(rules ...map[string]any) (p firewallPolicy) {
	c.T.Helper()
	c.One("POST", "/firewall_policies", map[string]any{"name": "own", "rules": rules}).Is(202).Into(&p)
	return c.settled(p)
}

// knocker asks from outside what of a stand-in is reached, which answers on all
// ports that are asked.
type knocker struct {
	*StandIn
	outside sys.Netns
	public  netip.Addr
}

// The ports that are asked.
var (
	tcpPorts = []string{"22", "80", "443", "8080"}
	udpPorts = []string{"53", "123"}
)

// answers listens on all ports until the test is over.
func (k *knocker) answers() {
	k.T.Helper()
	for _, port := range tcpPorts {
		l, err := k.Ns.Listen(k.T.Context(), "tcp", "0.0.0.0:"+port)
		k.must(err)
		k.T.Cleanup(func() { _ = l.Close() })
	}
	for _, port := range udpPorts {
		var c net.PacketConn
		k.must(k.Ns.Do(func() (err error) {
			c, err = (&net.ListenConfig{}).ListenPacket(k.T.Context(), "udp4", "0.0.0.0:"+port)
			return err
		}))
		k.T.Cleanup(func() { _ = c.Close() })
		go func() {
			b := make([]byte, 64)
			for {
				n, from, err := c.ReadFrom(b)
				if err != nil {
					return
				}
				_, _ = c.WriteTo(b[:n], from)
			}
		}()
	}
}

// knock says whether a port answers within a time.
func (k *knocker) knock(network, port string, within time.Duration) bool {
	var d net.Dialer
	d.Timeout = within
	var c net.Conn
	err := k.outside.Do(func() (err error) {
		c, err = d.DialContext(k.T.Context(), network, net.JoinHostPort(k.public.String(), port))
		return err
	})
	if err != nil {
		return false
	}
	defer c.Close()
	if network == "tcp4" {
		return true
	}
	_ = c.SetDeadline(time.Now().Add(within))
	_, err = c.Write([]byte("x"))
	if err == nil {
		_, err = c.Read(make([]byte, 1))
	}
	return err == nil
}

// reached is what answers from outside, of all that is asked: "22 udp:53 icmp".
// What should be open has time to answer, what should not is waited for shortly.
func (k *knocker) reached(open string) string {
	k.T.Helper()
	var got []string
	for _, what := range []struct {
		network, mark string
		ports         []string
	}{{"tcp4", "", tcpPorts}, {"udp4", "udp:", udpPorts}} {
		for _, port := range what.ports {
			within := patience
			if strings.Contains(" "+open+" ", " "+what.mark+port+" ") {
				within = 5 * time.Second
			}
			if k.knock(what.network, port, within) {
				got = append(got, what.mark+port)
			}
		}
	}
	echo := StandIn{Rack: k.Rack, Ns: k.outside, MTU: 1500}
	if echo.Pings(k.public, 84, 1, patience) {
		got = append(got, "icmp")
	}
	return strings.Join(got, " ")
}

// What is bound, changed and unbound through the API is what packets meet, at once
// when the policy is shown as active; and nothing of a removed policy is left.
func TestRealFirewallPolicies(t *testing.T) {
	real(t)
	t.Parallel()
	begin := time.Now()
	r := newRack(t, 1)
	body := Body("off", r.Image("tiny"), NewKey(t).Line())
	body["power_on"] = false
	s := r.post(body)
	in := r.StandIn(strings.ToLower(s.ID))
	defer func() { r.must(in.Ns.Delete()) }()
	s = r.InState(s.ID, "POWERED_OFF", machineLimit)
	ip := s.IPs[0].ID
	k := &knocker{in, r.Hosts[0].Installation().External(), netip.MustParseAddr(r.address(s.ID))}
	k.answers()
	meets := func(when, open string) {
		t.Helper()
		got := k.reached(open)
		t.Logf("%6.1f s  %-45s %s", time.Since(begin).Seconds(), when, got)
		if got != open {
			t.Errorf("%s: %q answer, want %q", when, got, open)
		}
	}
	meets("the default policy", "22 80 443")

	p := r.policyOf(
		map[string]any{"protocol": "TCP", "port": "8000-8100"}, map[string]any{"protocol": "UDP", "port": 53}, map[string]any{"protocol": "ICMP"})
	bind := func(p firewallPolicy) {
		t.Helper()
		r.One("POST", "/firewall_policies/"+p.ID+"/server_ips", map[string]any{"server_ips": []string{ip}}).Is(202)
		r.settled(p)
	}
	meets("a policy that is not bound", "22 80 443")
	bind(p)
	meets("bound: a range, UDP and ICMP", "8080 udp:53 icmp")

	add := func(rule map[string]any) {
		t.Helper()
		r.One("POST", "/firewall_policies/"+p.ID+"/rules", map[string]any{"rules": []any{rule}}).Is(202)
		p = r.settled(p)
	}
	add(map[string]any{"protocol": "TCP/UDP", "port": "443,22,123", "source": "198.18.0.0/16"})
	meets("a list of ports from where it is asked", "22 443 8080 udp:53 udp:123 icmp")
	add(map[string]any{"protocol": "TCP", "port": 80, "source": "203.0.113.1-203.0.113.9"})
	meets("a port for somebody else", "22 443 8080 udp:53 udp:123 icmp")
	r.One("DELETE", "/firewall_policies/"+p.ID+"/rules/"+p.Rules[0].ID, nil).Is(202)
	p = r.settled(p)
	meets("without the first rule", "22 443 udp:53 udp:123 icmp")

	closed := r.policyOf(
		map[string]any{"protocol": "ANY", "action": "deny", "source": "198.18.0.1"}, map[string]any{"protocol": "ANY", "action": "allow"})
	bind(closed)
	meets("denied by its address, before all are allowed", "")
	r.One("PUT", "/servers/"+s.ID+"/ips/"+ip+"/firewall_policy", map[string]any{"id": p.ID}).Is(202)
	r.settled(p)
	meets("bound at the server", "22 443 udp:53 udp:123 icmp")
	r.One("DELETE", "/firewall_policies/"+p.ID, nil).Is(409)
	r.One("DELETE", "/firewall_policies/"+p.ID+"/server_ips/"+ip, nil).Is(202)
	r.settled(p)
	meets("unbound: the default policy", "22 80 443")

	router := r.routerOf(in.Gateway).ns
	for _, p := range []firewallPolicy{p, closed} {
		r.One("DELETE", "/firewall_policies/"+p.ID, nil).Is(202)
		r.Until("the policy is gone", machineLimit, func() (bool, string) {
			a := r.One("GET", "/firewall_policies/"+p.ID, nil)
			return a.Status == 404, string(a.Body)
		})
		var rules []byte
		r.must(router.Do(func() (err error) {
			rules, err = exec.CommandContext(t.Context(), "nft", "list", "ruleset").Output()
			return err
		}))
		if !strings.Contains(string(rules), "chain") || strings.Contains(string(rules), strings.ToLower(p.ID)) {
			t.Errorf("after it is gone the router has\n%s", rules)
		}
	}
	r.One("DELETE", "/servers/"+s.ID, nil).Is(202)
	r.Gone(s.ID, machineLimit)
	hostIsEmpty(t, r.Hosts[0])
}
