package sim

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/filter"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	packets "github.com/virga-cloud/virga/internal/trace"
)

// asked are first packets that are followed to each machine.
var asked = []packets.Ask{
	{Protocol: "icmp"}, {Protocol: "tcp", Port: 22}, {Protocol: "tcp", Port: 8447}, {Protocol: "udp", Port: 53}, {Protocol: "gre"},
}

// checkTraces holds what is told of packets, which comes from rows, against what hosts
// were given: from the outside to each public address, and from each machine to its
// neighbours on the same router.
func (w *World) checkTraces(tx *store.Tx, say func(string, ...any)) error {
	routers, err := w.compiled()
	if err != nil {
		return err
	}
	given := cloud.Where(cloud.Eq("kind", string(cloud.PublicIP)), cloud.Ne("private_id", int64(0)), cloud.Eq("leaving", ""))
	ips, err := store.Find[cloud.IP](tx, given.By("id"))
	if err != nil {
		return err
	}
	var before *cloud.Server
	for _, ip := range ips {
		s, err := store.Get[cloud.Server](tx, ip.ServerID)
		if err != nil {
			return err
		}
		private, err := store.Get[cloud.IP](tx, ip.PrivateID)
		if err != nil {
			return err
		}
		rt, err := store.First[cloud.Router](tx, cloud.Where(cloud.Eq("project_id", s.ProjectID)))
		if err != nil {
			return err
		}
		if !w.speaks(s.HostID) || !w.speaks(rt.HostID) || s.Failed || !s.SeenOn || !rt.On || rt.Remove != cloud.Keep || s.Remove != cloud.Keep {
			continue
		}
		c := routers[plan.ID(rt.UID.Hex())]
		for _, ask := range asked {
			ask.From, ask.To = "192.0.2.77", ip.Addr.String()
			p := filter.Packet{From: netip.MustParseAddr(ask.From), Written: ip.Addr, Real: private.Addr}
			if err := w.checkTrace(tx, c, ask, p, say); err != nil {
				return err
			}
			if before == nil || before.ProjectID != s.ProjectID || before.ID == s.ID {
				continue
			}
			neighbour := cloud.Where(cloud.Eq("server_id", before.ID), cloud.Eq("kind", string(cloud.PrivateIP)),
				cloud.Eq("subnet_id", private.SubnetID))
			from, err := store.First[cloud.IP](tx, neighbour)
			if store.None(err) {
				continue
			}
			if err != nil {
				return err
			}
			ask.From, p.From = before.UID.String(), from.Addr
			if err := w.checkTrace(tx, c, ask, p, say); err != nil {
				return err
			}
		}
		before = s
	}
	return nil
}

func (w *World) checkTrace(tx *store.Tx, c *filter.Compiled, ask packets.Ask, p filter.Packet, say func(string, ...any)) error {
	told, err := packets.Trace(tx, ask)
	if err != nil {
		return fmt.Errorf("trace %v: %w", ask, err)
	}
	if c == nil {
		say("trace: no host has the router that %v goes through", ask)
		return nil
	}
	p.Protocol, p.Port = map[string]uint8{"icmp": filter.ICMP, "tcp": filter.TCP, "udp": filter.UDP, "gre": filter.GRE}[ask.Protocol], ask.Port
	if v := c.Judge(p); v.Allow != told.Arrives {
		say("trace: %v is said to arrive: %v (%s); by the documents of its host: %v (%s)", ask, told.Arrives, told.Why, v.Allow, v.By)
	}
	w.traced++
	return nil
}

// compiled are the routers by what their hosts were given.
func (w *World) compiled() (map[plan.ID]*filter.Compiled, error) {
	all := map[plan.ID]*filter.Compiled{}
	for _, h := range w.Hosts {
		policies := documents[plan.Policy](h, plan.KindPolicy)
		ports := documents[plan.Port](h, plan.KindPort)
		for id, doc := range documents[plan.Router](h, plan.KindRouter) {
			t := filter.Table{Router: doc, Policies: policies}
			for _, p := range ports {
				if p.Router == id {
					t.Ports = append(t.Ports, p.Each()...)
				}
			}
			c, err := filter.Compile(t)
			if err != nil {
				return nil, fmt.Errorf("router %s of %s: %w", id, h.Name, err)
			}
			all[id] = c
		}
	}
	return all, nil
}

// speaks tells whether a host is there and does as it is told.
func (w *World) speaks(id int64) bool {
	return slices.ContainsFunc(w.Hosts, func(h *Host) bool { return h.ID == id && !h.Down && !h.away })
}
