// Package dhcp answers guests' DHCP requests, in the agent's own process. Its
// sockets lie in the routers' and networks' namespaces. There are only static
// leases: a card has the address its port says, and a card without a port gets
// no answer at all.
//
// What it makes lives and dies with the process. After a restart List is
// empty until every server was ensured again; guests do not notice, since a
// lease lasts a day and they ask again after half of it.
package dhcp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// LeaseTime is how long a guest may use its address without asking again.
const LeaseTime = 24 * time.Hour

const retry = 300 * time.Millisecond

var (
	socketOpen  = sys.NewEffect("dhcp.socket.open")
	socketClose = sys.NewEffect("dhcp.socket.close")
)

// Server is what is served under one id: a router's legs, or one network that
// no router has a foot in.
type Server struct {
	Legs  []plan.Leg  // of the router; those without DHCP are passed over
	Ports []plan.Port // the leases
	// Segment serves a network without a router, under the network's id.
	// Optional; then Legs is empty.
	Segment *Segment
}

// Segment is a network without a router.
type Segment struct {
	Network plan.ID
	Prefix  string // of the network; its length is the guests' netmask: 10.0.0.0/24
}

// Servers is the driver. Close it when the agent ends.
type Servers struct {
	In sys.Installation // required

	mu      sync.Mutex
	running map[plan.ID]map[string]*listener // by interface
}

var _ plan.Driver[Server] = (*Servers)(nil)

// List names what this process serves.
func (d *Servers) List(context.Context) ([]plan.ID, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var ids []plan.ID
	for id, l := range d.running {
		if len(l) > 0 {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// site is one interface to serve on, and with what.
type site struct {
	ns     sys.Netns
	link   string
	leases leases
}

// Ensure opens a socket on each leg and gives it the leases. New leases reach
// an open socket without closing it. A socket whose namespace or leg was made
// anew is opened again.
func (d *Servers) Ensure(_ context.Context, id plan.ID, spec Server) (plan.Status, error) {
	sites, err := d.sites(id, spec)
	if err != nil {
		return plan.Status{Failed: true, Reason: fmt.Sprintf("DHCP: %v", err)}, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	wanted := map[string]bool{}
	var waits []string
	for _, s := range sites {
		wanted[s.link] = true
		there, err := d.serve(id, s)
		if err != nil {
			return plan.Status{}, fmt.Errorf("DHCP on %s in %s: %w", s.link, s.ns, err)
		}
		if !there {
			waits = append(waits, fmt.Sprintf("%s in %s", s.link, s.ns))
		}
	}
	for link, l := range d.running[id] {
		if wanted[link] {
			continue
		}
		if err := d.stop(id, link, l); err != nil {
			return plan.Status{}, fmt.Errorf("DHCP on %s: %w", link, err)
		}
	}
	if len(waits) > 0 {
		return plan.Status{Reason: "waits for " + strings.Join(waits, ", "), Again: retry}, nil
	}
	return plan.Status{Ready: true}, nil
}

// sites works out who is served where.
func (d *Servers) sites(id plan.ID, spec Server) ([]site, error) {
	var sites []site
	for _, leg := range spec.Legs {
		if !leg.DHCP {
			continue
		}
		p, err := netip.ParsePrefix(leg.Address)
		if err != nil || !p.Addr().Is4() {
			return nil, fmt.Errorf("leg %q is not an IPv4 address with its length", leg.Address)
		}
		l, err := newLeases(spec.Ports, leg.Network, p, p.Addr())
		if err != nil {
			return nil, err
		}
		sites = append(sites, site{d.In.Netns("r", id), sys.InsideLeg(leg.Network), l})
	}
	if s := spec.Segment; s != nil {
		p, err := netip.ParsePrefix(s.Prefix)
		if err != nil || !p.Addr().Is4() {
			return nil, fmt.Errorf("segment %q is not an IPv4 prefix", s.Prefix)
		}
		l, err := newLeases(spec.Ports, s.Network, p, netip.Addr{})
		if err != nil {
			return nil, err
		}
		sites = append(sites, site{d.In.Netns("n", s.Network), sys.Bridge, l})
	}
	return sites, nil
}

// serve makes one site be served; false means that its link is not there yet.
func (d *Servers) serve(id plan.ID, s site) (bool, error) {
	at, mtu, err := where(s.ns, s.link)
	if err != nil {
		return false, err
	}
	s.leases.mtu = mtu
	old := d.running[id][s.link]
	if old != nil && old.at == at {
		old.set(s.leases)
		return true, nil
	}
	if old != nil { // bound to a leg that is no more
		if err := d.stop(id, s.link, old); err != nil {
			return false, err
		}
	}
	if at == (place{}) {
		return false, nil
	}
	return true, socketOpen.Do(func() error {
		l, err := listen(s.ns, s.link, at, s.leases)
		if err != nil {
			return err
		}
		if d.running == nil {
			d.running = map[plan.ID]map[string]*listener{}
		}
		if d.running[id] == nil {
			d.running[id] = map[string]*listener{}
		}
		d.running[id][s.link] = l
		return nil
	})
}

func (d *Servers) stop(id plan.ID, link string, l *listener) error {
	return socketClose.Do(func() error {
		l.close()
		delete(d.running[id], link)
		if len(d.running[id]) == 0 {
			delete(d.running, id)
		}
		return nil
	})
}

// Remove closes the sockets of a router or network.
func (d *Servers) Remove(_ context.Context, id plan.ID) (plan.Status, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for link, l := range d.running[id] {
		if err := d.stop(id, link, l); err != nil {
			return plan.Status{}, fmt.Errorf("DHCP on %s: %w", link, err)
		}
	}
	return plan.Status{Ready: true}, nil
}

// Close ends all servers.
func (d *Servers) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, all := range d.running {
		for _, l := range all {
			l.close()
		}
		delete(d.running, id)
	}
	return nil
}

// place is what a socket is bound to. An interface that was made anew has
// another one, though its name is the same.
type place struct {
	netns uint64
	link  int
}

// where finds a link; a zero place means that it is not there.
func where(ns sys.Netns, link string) (at place, mtu int, err error) {
	nl, err := ns.Links()
	if errors.Is(err, fs.ErrNotExist) {
		return place{}, 0, nil
	}
	if err != nil {
		return place{}, 0, err
	}
	defer nl.Close()
	l, err := nl.LinkByName(link)
	if errors.As(err, &netlink.LinkNotFoundError{}) {
		return place{}, 0, nil
	}
	if err != nil {
		return place{}, 0, err
	}
	return place{ns.Identity(), l.Attrs().Index}, l.Attrs().MTU, nil
}

// leases are what one socket answers by.
type leases struct {
	server  netip.Addr // how the server calls itself
	gateway netip.Addr // invalid in a network without a router
	mask    net.IPMask
	mtu     int
	cards   map[string]plan.Port // by hardware address
}

// unrouted is how the server of a network without a router calls itself. It
// has no address there: a guest that writes to this one gets no answer and
// falls back to asking everybody, which is answered.
var unrouted = netip.MustParseAddr("169.254.169.254")

func newLeases(ports []plan.Port, network plan.ID, p netip.Prefix, gateway netip.Addr) (leases, error) {
	l := leases{server: unrouted, gateway: gateway, mask: net.CIDRMask(p.Bits(), 32), cards: map[string]plan.Port{}}
	if gateway.IsValid() {
		l.server = gateway
	}
	for _, port := range ports {
		if port.Network != network {
			continue
		}
		mac, err := net.ParseMAC(port.MAC)
		if err != nil {
			return l, fmt.Errorf("port %s: %w", port.NIC, err)
		}
		a, err := netip.ParseAddr(port.Address)
		if err != nil || !a.Is4() {
			return l, fmt.Errorf("port %s: address %q is not IPv4", port.NIC, port.Address)
		}
		for _, s := range port.DNS {
			if _, err := netip.ParseAddr(s); err != nil {
				return l, fmt.Errorf("port %s: resolver: %w", port.NIC, err)
			}
		}
		port.DNS = slices.Clone(port.DNS)
		l.cards[mac.String()] = port
	}
	return l, nil
}
