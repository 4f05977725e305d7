package sim

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	packets "github.com/virga-cloud/virga/internal/trace"
)

// What becomes of a packet is told with who decides and what to do, and is not what
// the hosts were given when that is something else.
func TestTrace(t *testing.T) {
	r := &Run{World: newWorld(t, 5, 2)}
	must(t, r.Start())
	servers := map[string]*cloud.Server{}
	for name, who := range map[string]int{"web": 1, "db": 1, "far": 2, "off": 1} {
		body := r.wanted()
		body["name"], body["power_on"] = name, name != "off"
		if code, answer := r.call(r.tokens[who], "POST", "/servers", body); code != 202 {
			t.Fatalf("%d %s", code, answer)
		}
	}
	must(t, r.Settle(time.Hour))
	address := map[string]string{}
	must(t, r.DB.Read(context.Background(), func(tx *store.Tx) error {
		rows, err := store.Find[cloud.Server](tx, cloud.Query{})
		for _, s := range rows {
			servers[s.Name] = s
			ip, err := store.First[cloud.IP](tx, cloud.Where(cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP))))
			if err != nil {
				return err
			}
			address[s.Name] = ip.Addr.String()
		}
		return err
	}))
	for _, c := range []struct {
		from, to, protocol string
		port               uint16
		arrives            bool
		says               string
	}{
		{"outside", "web", "tcp", 22, true, "rule 1 of the policy Linux: tcp 22 from 0.0.0.0"},
		{"outside", address["web"], "tcp", 22, true, "is translated to 100.64."},
		{"outside", "web", "tcp", 23, false, "bind that: virga firewall create NAME --allow tcp:23@240.0.0.1, "},
		{"203.0.113.9", "web", "udp", 22, false, "udp/22 from 203.0.113.9 to " + address["web"]},
		{"outside", "off", "tcp", 22, false, "the server off is off. Start it: virga server start off."},
		{"off", "web", "tcp", 22, false, "the server off is off"},
		{"web", "db", "tcp", 443, true, "tcp 443 from 0.0.0.0"},
		{"web", "db", "icmp", 0, false, "no rule of the policy Linux allows it"},
		{"web", address["db"], "tcp", 443, true, address["db"] + " is translated to 100.64."},
		{"web", "far", "tcp", 443, true, "its sender becomes " + address["web"] + ", its oldest public address"},
		{"web", "far", "tcp", 444, false, "--allow tcp:444@" + address["web"] + ", virga firewall bind NAME far."},
		{"web", "8.8.8.8", "udp", 53, true, "where it was started with --uplink-gateway"},
		{"web", "10.9.9.9", "tcp", 80, false, "10.9.9.9 is private and in no network of project"},
		{"web", "198.19.200.200", "tcp", 80, false, "nobody has 198.19.200.200 of the public subnet 198.18.0.1/15"},
		{"outside", "8.8.8.8", "tcp", 80, false, "8.8.8.8 is in no public subnet of this installation"},
	} {
		var a *packets.Answer
		ask := packets.Ask{From: c.from, To: c.to, Protocol: c.protocol, Port: c.port}
		must(t, r.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
			a, err = packets.Trace(tx, ask)
			return err
		}))
		all := a.Asked + "\n"
		for _, s := range a.Steps {
			all += s.Place + " " + s.What + "\n"
		}
		all += a.Why + ". " + a.Fix
		if a.Arrives != c.arrives || !strings.Contains(all, c.says) {
			t.Errorf("%+v: arrives %v, want %v with %q:\n%s", ask, a.Arrives, c.arrives, c.says, all)
		}
	}
	// Two that share a network of their own meet there; it lets everything pass.
	var net idOf
	code, answer := r.call(r.tokens[1], "POST", "/private_networks", map[string]any{"name": "back"})
	if must(t, json.Unmarshal(answer, &net)); code != 202 {
		t.Fatalf("%d %s", code, answer)
	}
	both := []string{servers["web"].UID.String(), servers["db"].UID.String()}
	r.order(t, "POST", "/private_networks/"+net.ID+"/servers", map[string]any{"servers": both})
	must(t, r.DB.Read(context.Background(), func(tx *store.Tx) error {
		a, err := packets.Trace(tx, packets.Ask{From: "web", To: "db", Protocol: "udp", Port: 7})
		if err == nil && (!a.Arrives || a.Why != "nothing is filtered between the cards of a network" || !strings.Contains(a.Asked, "192.168.")) {
			t.Errorf("in a network of their own: %+v", a)
		}
		return err
	}))
	for text, ask := range map[string]packets.Ask{
		`"x" is no server`:              {From: "x", To: "web"},
		"both ends are the server web":  {From: "web", To: address["web"]},
		"tcp and udp have a port":       {From: "web", To: "db", Protocol: "tcp"},
		`"foo" is no protocol`:          {From: "web", To: "db", Protocol: "foo"},
		"are addresses of two kinds":    {From: "192.0.2.1", To: "2001:db8::1"},
		`"outside" is no server and no`: {From: "web", To: "outside"},
	} {
		err := r.DB.Read(context.Background(), func(tx *store.Tx) error {
			_, err := packets.Trace(tx, ask)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%+v: %v, want %q", ask, err, text)
		}
	}

	// The law that the random runs are held to notices what hosts were given otherwise.
	if bad := r.Leaks(); len(bad) > 0 || r.traced == 0 {
		t.Fatalf("%d followed: %v", r.traced, bad)
	}
	must(t, r.DB.Write(context.Background(), func(tx *store.Tx) error {
		p, err := store.First[cloud.Policy](tx, cloud.Where(cloud.Eq("family", "Linux")))
		if err != nil {
			return err
		}
		p.Rules = p.Rules[1:] // without telling the hosts
		return store.Update(tx, p)
	}))
	if bad := r.Leaks(); len(bad) == 0 || !strings.Contains(bad[0], "is said to arrive: false") {
		t.Errorf("hosts that still let in what the rows forbid: %v", bad)
	}
}
