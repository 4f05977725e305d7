package control

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// ConsoleView says where a guest's port, serial line and screen are reached.
type ConsoleView struct {
	*cloud.Server
	// Network and Private are of the first card with an address; Router is
	// zero when that network has none. RouterHost reaches Private when there
	// is a router, HostID else.
	Network    cloud.UID
	Router     cloud.UID
	RouterHost int64
	Private    netip.Addr
}

// Console resolves a server for a stream to its inside: the actor needs the
// flag of the KVM console, and the guest has to run.
func (c *Control) Console(ctx context.Context, call *Call, p Pick) (v *ConsoleView, err error) {
	err = c.Read(ctx, call, func(t *Txn) error {
		v, err = t.console(p)
		return err
	})
	return v, err
}

// HostToReach is how a host is called towards the actor: its name is the operator's
// business. A host that was not heard for long is refused, with the time.
func (c *Control) HostToReach(ctx context.Context, call *Call, id int64) (name string, err error) {
	err = c.Read(ctx, call, func(t *Txn) error {
		h, err := store.GetAny[cloud.Host](t.Tx, id)
		if err != nil {
			return err
		}
		fix := "The operator was told."
		if name = "its host"; t.Call.Actor.Operates() {
			name, fix = "the host "+h.Name, awayFix(h)
		}
		switch {
		case h.State == cloud.HostLost:
			return cloud.Errorf(cloud.Unavailable, "host.away", "%s was declared lost", name)
		case silent(h, t.Now()):
			return cloud.Errorf(cloud.Unavailable, "host.away", "%s is not reachable: it was not heard since %s", name,
				h.LastSeen.UTC().Format(time.RFC3339)).WithFix("%s", fix)
		}
		return nil
	})
	return name, err
}

// RecordConsole writes down that the actor entered a guest, by ssh, serial line or
// screen: what happens inside is not ours to see, who went in is.
func (c *Control) RecordConsole(ctx context.Context, call *Call, p Pick, by string) error {
	return c.DB.Write(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: call}
		s, err := t.serverFor(p, "servers.access_kvm_console")
		if err != nil {
			return err
		}
		return t.record("CONSOLE_"+strings.ToUpper(by), aboutServer(s))
	})
}

func (t *Txn) console(p Pick) (*ConsoleView, error) {
	s, err := t.serverFor(p, "servers.access_kvm_console")
	if err != nil {
		return nil, err
	}
	if !s.SeenOn {
		e := cloud.Errorf(cloud.Conflict, "console.off", "the server %s does not run", s.Name)
		if s.Open() {
			return nil, e.WithFix("It is busy (%s); try again when that is done.", s.Change)
		}
		return nil, e.WithFix("Start it first.")
	}
	v := &ConsoleView{Server: s}
	nics, err := store.Find[cloud.NIC](t.Tx, cloud.Where(cloud.Eq("server_id", s.ID), cloud.Eq("removing", false)).By("rank").By("id"))
	if err != nil {
		return nil, err
	}
	for _, n := range nics {
		if found, err := t.consoleCard(v, n); found || err != nil {
			return v, err
		}
	}
	return v, nil // a guest without an address still has a serial line
}

// consoleCard takes the address of a card, if it has one.
func (t *Txn) consoleCard(v *ConsoleView, n *cloud.NIC) (bool, error) {
	ip, err := store.First[cloud.IP](t.Tx,
		cloud.Where(cloud.Eq("nic_id", n.ID), cloud.Eq("server_id", v.Server.ID), cloud.Eq("kind", string(cloud.PrivateIP))).By("id"))
	if store.None(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	net, err := store.Get[cloud.Subnet](t.Tx, n.NetworkID)
	if err != nil {
		return false, err
	}
	v.Private, v.Network, v.RouterHost = ip.Addr, net.UID, v.HostID
	if net.RouterID == 0 {
		return true, nil
	}
	r, err := store.Get[cloud.Router](t.Tx, net.RouterID)
	if err != nil {
		return false, err
	}
	v.Router, v.RouterHost = r.UID, r.HostID
	return true, nil
}
