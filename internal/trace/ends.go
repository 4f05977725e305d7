package trace

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// ends finds who writes and whom he reaches, and with which addresses.
func (t *tracer) ends() (err error) {
	from, err := t.cards("from", t.ask.From)
	if err != nil {
		return err
	}
	to, err := t.cards("to", t.ask.To)
	if err != nil {
		return err
	}
	if from.addr.IsValid() && to.addr.IsValid() && from.addr.Is4() != to.addr.Is4() {
		return cloud.Errorf(cloud.Invalid, "trace.family", "%s and %s are addresses of two kinds", from.addr, to.addr).On("to").
			WithFix("Ask about two of IPv4 or two of IPv6.")
	}
	t.from, t.to = choose(from.list, to.list)
	if t.from != nil && t.to != nil && t.from.server.ID == t.to.server.ID {
		return cloud.Errorf(cloud.Invalid, "trace.self", "both ends are the server %s: nothing leaves it", t.from.server.Name).On("to").
			WithFix("Name another server, or an address.")
	}
	switch {
	case t.from != nil:
		t.packet.From = t.from.private.Addr
	case from.addr.IsValid():
		t.packet.From = from.addr
	default:
		t.packet.From, err = t.elsewhere()
	}
	if err != nil {
		return err
	}
	t.packet.Written, err = t.written(to)
	if err != nil {
		return err
	}
	// A private address is that of a machine only for its own project.
	if t.to != nil && t.packet.Written == t.to.private.Addr && !t.packet.Written.Is6() &&
		(t.from == nil || t.from.server.ProjectID != t.to.server.ProjectID) {
		t.to = nil
	}
	return nil
}

// written is the address that the sender writes to.
func (t *tracer) written(to named) (netip.Addr, error) {
	if to.addr.IsValid() {
		return to.addr, nil
	}
	if t.from != nil && t.from.server.ProjectID == t.to.server.ProjectID && (t.from.net.ID == t.to.net.ID || t.to.net.RouterID != 0) {
		return t.to.private.Addr, nil
	}
	for _, c := range to.list {
		ips, err := t.translated(c)
		if err != nil {
			return netip.Addr{}, err
		}
		if len(ips) > 0 {
			t.to = c
			return ips[0].Addr, nil
		}
	}
	return netip.Addr{}, cloud.Errorf(cloud.Conflict, "trace.hidden", "the server %s has no public address, and %s is not in its project",
		t.to.server.Name, t.ask.From).On("to").WithFix("Give it one, or ask from a server of its project.")
}

// translated are the public addresses of a card's private one, oldest first.
func (t *tracer) translated(c *card) ([]*cloud.IP, error) {
	of := cloud.Where(cloud.Eq("private_id", c.private.ID), cloud.Eq("leaving", ""))
	return store.Find[cloud.IP](t.tx, of.By("assigned_at").By("id"))
}

// named is an end as it was asked for: cards that it may be, or an address.
type named struct {
	list []*card
	addr netip.Addr
}

// cards are those that a text names. An address of ours leads to the card that has it.
func (t *tracer) cards(field, text string) (n named, err error) {
	if text == Outside && field == "from" {
		return n, nil
	}
	if a, err := netip.ParseAddr(text); err == nil {
		n.addr = a.Unmap().WithZone("")
		n.list, err = t.having(field, n.addr)
		return n, err
	}
	s, err := t.server(field, text)
	if err != nil {
		return n, err
	}
	ips, err := store.Find[cloud.IP](t.tx, cloud.Where(cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PrivateIP))).By("id"))
	if err != nil {
		return n, err
	}
	for _, ip := range ips {
		c, err := t.card(ip)
		if err != nil {
			return n, err
		}
		if c != nil {
			n.list = append(n.list, c)
		}
	}
	if len(n.list) == 0 {
		return n, cloud.Errorf(cloud.Conflict, "trace.bare", "the server %s has no network card with an address", s.Name).On(field)
	}
	return n, nil
}

// server finds a machine by its name or id.
func (t *tracer) server(field, text string) (*cloud.Server, error) {
	if uid, ok := cloud.ParseUID(text); ok {
		if s, err := store.ByUID[cloud.Server](t.tx, uid); err == nil {
			return s, nil
		}
	}
	list, err := store.Find[cloud.Server](t.tx, cloud.Where(cloud.Eq("name", text)).By("id").Page(maxNames, 0))
	switch {
	case err != nil:
		return nil, err
	case len(list) == 1:
		return list[0], nil
	case len(list) == 0:
		return nil, cloud.Errorf(cloud.NotFound, "trace.end", "%q is no server and no address", text).On(field).
			WithFix("Name a server as `virga server list` shows it, an address, or, to write from, \"outside\".")
	}
	var ids []string
	for _, s := range list {
		ids = append(ids, s.UID.String())
	}
	return nil, cloud.Errorf(cloud.Conflict, "trace.several", "several servers are named %q", text).On(field).
		WithFix("Name one by its id: %s.", strings.Join(ids, ", "))
}

// maxNames bounds how many servers of one name are told.
const maxNames = 10

// having are the cards with an address, private or public.
func (t *tracer) having(field string, a netip.Addr) ([]*card, error) {
	of := cloud.Where(cloud.Eq("addr", a), cloud.Ne("server_id", int64(0)), cloud.Eq("leaving", ""))
	rows, err := store.Find[cloud.IP](t.tx, of.By("id").Page(maxNames, 0))
	if err != nil {
		return nil, err
	}
	var list []*card
	for _, ip := range rows {
		if ip.PrivateID != 0 {
			if ip, err = store.Get[cloud.IP](t.tx, ip.PrivateID); err != nil {
				return nil, err
			}
		}
		c, err := t.card(ip)
		if err != nil {
			return nil, err
		}
		if c != nil {
			list = append(list, c)
		}
	}
	if field == "from" && len(list) > 1 {
		return nil, cloud.Errorf(cloud.Conflict, "trace.several", "%s is the address of several servers, in networks of their own", a).On(field).
			WithFix("Name the server.")
	}
	return list, nil
}

// card is what a private address belongs to, nil when that goes away.
func (t *tracer) card(ip *cloud.IP) (*card, error) {
	if ip.Kind != cloud.PrivateIP || ip.ServerID == 0 || ip.NICID == 0 {
		return nil, nil
	}
	s, err := store.GetAny[cloud.Server](t.tx, ip.ServerID)
	if err != nil {
		return nil, fmt.Errorf("server of address %d: %w", ip.ID, err)
	}
	nic, err := store.GetAny[cloud.NIC](t.tx, ip.NICID)
	if err != nil {
		return nil, fmt.Errorf("card of address %d: %w", ip.ID, err)
	}
	net, err := store.GetAny[cloud.Subnet](t.tx, nic.NetworkID)
	if err != nil {
		return nil, fmt.Errorf("network of address %d: %w", ip.ID, err)
	}
	if nic.Removing || !s.Alive() {
		return nil, nil
	}
	return &card{server: s, nic: nic, net: net, private: ip}, nil
}

// choose takes the cards that are nearest to each other: on one network, best one that
// they are side by side on, else of one project, else those that stand first; a sender's first is on its default network.
func choose(from, to []*card) (a, b *card) {
	best := -1
	for _, f := range from {
		for _, c := range to {
			near := 0
			switch {
			case f.net.ID == c.net.ID && !f.net.Public:
				near = 3
			case f.net.ID == c.net.ID:
				near = 2
			case f.server.ProjectID == c.server.ProjectID:
				near = 1
			}
			if near > best {
				a, b, best = f, c, near
			}
		}
	}
	if best < 0 {
		if len(from) > 0 {
			a = from[0]
		}
		if len(to) > 0 {
			b = to[0]
		}
	}
	return a, b
}

// public is the row of an address that lies in a public subnet, nil for none.
func (t *tracer) public(a netip.Addr) (*cloud.IP, error) {
	pool, err := t.pool(a)
	if pool == nil || err != nil {
		return nil, err
	}
	ip, err := store.First[cloud.IP](t.tx, cloud.Where(cloud.Eq("subnet_id", pool.ID), cloud.Eq("addr", a)))
	if store.None(err) {
		return nil, nil
	}
	return ip, err
}

// elsewhere is an address in no public subnet: of the documentation's, or one that nobody has.
func (t *tracer) elsewhere() (netip.Addr, error) {
	for _, text := range []string{"203.0.113.1", "198.51.100.1", "192.0.2.1", "240.0.0.1"} {
		a := netip.MustParseAddr(text)
		if pool, err := t.pool(a); pool == nil || err != nil {
			return a, err
		}
	}
	return netip.Addr{}, cloud.Errorf(cloud.Conflict, "trace.outside", "no address comes to mind that is outside").On("from").
		WithFix("Name one.")
}
