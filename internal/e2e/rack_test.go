package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/image"
)

// newRack starts a control node and lets hosts join over an underlay.
func newRack(t *testing.T, hosts int) *Rack {
	t.Helper()
	folders := func(name string) *Cloud { return New(t, bin, spread, "rack-"+name) }
	r := NewRack(folders("control"), folders, hosts)
	r.Start("serve", "--listen", "127.0.0.1:8080", "--links", r.Links)
	built, err := image.Cached(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Admin("POST", "/images", map[string]any{"path": built.Path}).Is(200)
	for i := range hosts {
		r.Join(i)
	}
	return r
}

// Three hosts on one underlay carry the networks of two projects: what is on
// another host than its router has DHCP, the gateway, packets of full size, its
// neighbours, and the way in and out through NAT.
func TestRealRack(t *testing.T) {
	real(t)
	t.Parallel()
	begin := time.Now()
	step := func(what string) { t.Logf("%6.1f s  %s", time.Since(begin).Seconds(), what) }
	r := newRack(t, 3)
	step("three hosts joined")

	key := NewKey(t)
	guests := r.project(key, []string{"10.0.0.10"}, []string{"10.0.0.11"})
	var off []Server
	for i := range 6 {
		body := Body(fmt.Sprintf("off-%d", i), r.Image("tiny"), key.Line())
		body["power_on"] = false
		off = append(off, r.post(body))
	}
	r.standIns(off, step)
	r.privateCards(off, step)
	r.guests(key, guests, step)

	for _, s := range r.Servers() {
		r.One("DELETE", "/servers/"+s.ID, nil).Is(202)
	}
	for _, s := range off {
		r.Gone(s.ID, machineLimit)
	}
	for _, h := range r.Hosts {
		hostIsEmpty(t, h)
	}
	step("deleted")
	for i, h := range r.Hosts {
		h.Down()
		if err := r.Agents[i].Wait(20 * time.Second); err != nil {
			t.Errorf("the agent: %v", err)
		}
		nothingRuns(t, h.Dir)
	}
	step("down")
}

// vm is what the test reads of a CloudCIX machine.
type vm struct {
	ID, State int
	GUID      string `json:"guid"`
}

// content reads what a CloudCIX answer holds.
func content(a Answer, v any) {
	a.c.T.Helper()
	a.Into(&struct{ Content any }{v})
}

// project makes a CloudCIX project with a machine for each list of addresses in
// one network, and does not wait for them.
func (c *Cloud) project(key Key, addresses ...[]string) []vm {
	c.T.Helper()
	var images []struct {
		ID          int
		DisplayName string `json:"display_name"`
	}
	content(c.CIX("GET", "/iaas/v1/image/", nil).Is(200), &images)
	var p struct {
		ID     int
		Router int `json:"virtual_router_id"`
	}
	content(c.CIX("POST", "/iaas/v1/project/", map[string]any{"region_id": c.RegionID, "name": "spread"}).Is(201), &p)
	router := fmt.Sprintf("/iaas/v1/virtual_router/%d/", p.Router)
	c.Until("the router is there", machineLimit, func() (bool, string) {
		var v struct{ State int }
		a := c.CIX("GET", router, nil).Is(200)
		content(a, &v)
		return v.State == 4, string(a.Body)
	})
	c.CIX("PATCH", router, map[string]any{"subnets": []any{map[string]any{"address_range": "10.0.0.1/24", "name": "front"}}}).Is(200)
	made := make([]vm, len(addresses))
	for i, list := range addresses {
		var ips []any
		for _, a := range list {
			ips = append(ips, map[string]any{"address": a, "nat": true})
		}
		content(c.CIX("POST", "/iaas/v1/vm/", map[string]any{
			"project_id": p.ID, "image_id": images[0].ID, "storage_type_id": 2, "cpu": 1, "ram": 1, "dns": "192.0.2.53",
			"name": fmt.Sprintf("on-%d", i), "gateway_subnet": "10.0.0.1/24", "public_key": key.Line(),
			"ip_addresses": ips,
			"storages":     []any{map[string]any{"name": "root", "gb": 10, "primary": true}},
		}).Is(201), &made[i])
	}
	return made
}

// standIns tries the network of a default project, whose cards may not meet.
func (r *Rack) standIns(off []Server, step func(string)) {
	t := r.T
	t.Helper()
	var all []*StandIn
	defer func() {
		for _, s := range all {
			r.must(s.Ns.Delete()) // the card's other end goes with it
		}
	}()
	hosts := map[int]bool{}
	for _, s := range off {
		one := r.StandIn(strings.ToLower(s.ID))
		hosts[one.Host] = true
		all = append(all, one)
	}
	if len(hosts) != 3 {
		t.Fatalf("%d stand-ins went to %d hosts", len(all), len(hosts))
	}
	step("every stand-in has its address by DHCP")
	for _, s := range all {
		if s.MTU != 1450 {
			t.Errorf("%s was told an MTU of %d, want 1450", s.Address, s.MTU)
		}
		if !s.Pings(s.Gateway, 84, 5, time.Second) || !s.Pings(s.Gateway, 1450, 5, time.Second) {
			t.Errorf("%s on host %d does not reach its gateway, or not with full packets", s.Address, s.Host)
		}
		if s.Pings(s.Gateway, 1451, 1, patience) {
			t.Error("a packet of 1451 bytes passed")
		}
		for _, o := range all[:4] { // on all three hosts
			if o != s && r.neighbours(s, o) {
				t.Errorf("%s on host %d reaches the card of %s on host %d directly", s.Address, s.Host, o.Address, o.Host)
			}
		}
	}
	step("gateways reached with full packets, cards do not meet")
	outside := r.Hosts[r.routerOf(all[0].Gateway).host].Installation().External()
	l, err := outside.Listen(t.Context(), "tcp", "198.18.0.1:9000")
	r.must(err)
	defer l.Close()
	for i, s := range all {
		ip := r.address(off[i].ID)
		if from := r.through(s, l); from != ip {
			t.Errorf("%s on host %d is seen as %s outside, want %s", s.Address, s.Host, from, ip)
		}
		web, err := s.Ns.Listen(t.Context(), "tcp", "0.0.0.0:80")
		r.must(err)
		c, err := outside.Dial(t.Context(), "tcp", ip+":80")
		if err != nil {
			t.Errorf("%s on host %d is not reached at %s: %v", s.Address, s.Host, ip, err)
		} else {
			_ = c.Close()
		}
		_ = web.Close()
	}
	step("in and out through NAT, a megabyte from each")
}

// privateCards tries a private network across hosts, beside another one of the same range.
func (r *Rack) privateCards(off []Server, step func(string)) {
	t := r.T
	t.Helper()
	var all []*StandIn
	defer func() {
		for _, s := range all {
			r.must(s.Ns.Delete())
		}
	}()
	inner, other := r.network("inner", "10.5.0.0"), r.network("other", "10.5.0.0")
	var ids []string
	for _, s := range off[:4] { // on all three hosts
		ids = append(ids, s.ID)
	}
	r.One("POST", "/private_networks/"+inner.ID+"/servers", map[string]any{"servers": ids}).Is(202)
	r.One("POST", "/private_networks/"+other.ID+"/servers", map[string]any{"servers": []string{off[4].ID}}).Is(202)
	for _, s := range off[:5] {
		r.InState(s.ID, "POWERED_OFF", machineLimit)
		all = append(all, r.standIn(strings.ToLower(s.ID), 1))
	}
	step("every stand-in has its private address by DHCP, without a router")
	stranger := all[4]
	for _, s := range all {
		if s.Gateway.IsValid() || len(s.Lease.DNS()) > 0 {
			t.Errorf("%s was told a gateway or resolvers: %s", s.Address, s.Lease.Summary())
		}
	}
	for _, s := range all[:4] {
		for _, o := range all[:4] {
			if o != s && (!s.Pings(o.Address, 84, 5, time.Second) || !s.Pings(o.Address, 1450, 5, time.Second)) {
				t.Errorf("%s on host %d does not reach %s on host %d with full packets", s.Address, s.Host, o.Address, o.Host)
			}
		}
		if s.Address != stranger.Address && r.neighbours(s, stranger) {
			t.Errorf("%s reaches the card of %s in another network", s.Address, stranger.Address)
		}
	}
	if stranger.Pings(all[1].Address, 84, 1, patience) {
		t.Errorf("%s in another network reaches %s", stranger.Address, all[1].Address)
	}
	step("members meet across hosts, the same range next door stays out")
}

// patience is for what should not come.
const patience = 300 * time.Millisecond

// neighbours says whether one card's hardware address is seen by another: then
// frames pass between them without the router.
func (r *Rack) neighbours(s, o *StandIn) bool {
	s.Pings(o.Address, 84, 1, patience)
	mac := ""
	r.must(s.Ns.Do(func() error {
		mac = arp(o.Address)
		return nil
	}))
	return strings.EqualFold(mac, o.NIC.MAC)
}

// routerAt is where a gateway address is.
type routerAt struct {
	host int
	ns   sys.Netns
}

func (r *Rack) routerOf(gateway netip.Addr) routerAt {
	r.T.Helper()
	for i, h := range r.Hosts {
		in := h.Installation()
		ids, err := in.ListNetns("r")
		r.must(err)
		for _, id := range ids {
			found := false
			r.must(in.Netns("r", id).Do(func() error {
				addrs, err := net.InterfaceAddrs()
				for _, a := range addrs {
					found = found || strings.HasPrefix(a.String(), gateway.String()+"/")
				}
				return err
			}))
			if found {
				return routerAt{i, in.Netns("r", id)}
			}
		}
	}
	r.T.Fatalf("no host has the gateway %s", gateway)
	return routerAt{}
}

// through sends a megabyte from a stand-in to a listener and says whom that saw.
func (r *Rack) through(s *StandIn, l net.Listener) string {
	r.T.Helper()
	const size = 1 << 20
	sent := make(chan error, 1)
	go func() {
		c, err := s.Ns.Dial(r.T.Context(), "tcp", l.Addr().String())
		if err == nil {
			_ = c.SetDeadline(time.Now().Add(20 * time.Second))
			if _, err = c.Write(bytes.Repeat([]byte("x"), size)); err == nil {
				err = c.Close()
			}
		}
		sent <- err
	}()
	r.must(l.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Second)))
	c, err := l.Accept()
	r.must(err)
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	n, err := io.Copy(io.Discard, c)
	if err != nil || n != size {
		r.T.Errorf("%d bytes of %d came from %s: %v", n, size, s.Address, err)
	}
	r.must(<-sent)
	host, _, err := net.SplitHostPort(c.RemoteAddr().String())
	r.must(err)
	return host
}

// guests tries two real machines on two hosts, in a network where all may meet.
func (r *Rack) guests(key Key, made []vm, step func(string)) {
	t := r.T
	t.Helper()
	var on [2]int
	for i := range made {
		path := fmt.Sprintf("/iaas/v1/vm/%d/", made[i].ID)
		r.Until("a machine runs", machineLimit, func() (bool, string) {
			a := r.CIX("GET", path, nil).Is(200)
			content(a, &made[i])
			return made[i].State == 4, string(a.Body)
		})
		on[i], _ = r.ordered(strings.ReplaceAll(strings.ToLower(made[i].GUID), "-", ""))
	}
	if on[0] == on[1] || on[0] < 0 || on[1] < 0 {
		t.Fatalf("the machines are on the hosts %v", on)
	}
	router := r.routerOf(netip.MustParseAddr("10.0.0.1"))
	for i := range made {
		address := fmt.Sprintf("10.0.0.%d", 10+i)
		g := Login(t, key, address, machineLimit, func(ctx context.Context) (net.Conn, error) {
			return router.ns.Dial(ctx, "tcp", address+":22")
		})
		if got := g.Sh("cat /sys/class/net/eth0/mtu"); got != "1450" {
			t.Errorf("the guest at %s has an MTU of %s", address, got)
		}
		// An emulated machine on a busy one may be slow to answer the first of them.
		const ping = "for i in 1 2 3 4 5 6; do ping -c 1 -W 10 %s && exit 0; done; exit 1"
		g.Sh(fmt.Sprintf(ping, "10.0.0.1"))
		g.Sh(fmt.Sprintf(ping, fmt.Sprintf("-s 1422 10.0.0.%d", 11-i)))
		if n := len(g.Sh("head -c 300000 /dev/zero | tr '\\0' x")); n != 300000 {
			t.Errorf("%d bytes came from the guest", n)
		}
		g.Close()
	}
	step("two guests on two hosts reach each other and are reached")
}

// arp is the hardware address that the current namespace knows for a neighbour.
func arp(a netip.Addr) string {
	list, err := netlink.NeighList(0, netlink.FAMILY_V4)
	if err != nil {
		return err.Error()
	}
	for _, n := range list {
		if n.IP.String() == a.String() && n.HardwareAddr != nil {
			return n.HardwareAddr.String()
		}
	}
	return ""
}
