package netdev

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

var (
	neighSet = sys.NewEffect("netdev.neigh.set")
	neighDel = sys.NewEffect("netdev.neigh.del")
)

// Neighbor is a card that a router reaches through one of its legs.
type Neighbor struct {
	Network plan.ID
	Address string // IPv4
	MAC     string
}

// parseNeighbors sorts the cards by their network.
func (r *router) parseNeighbors() error {
	r.cards = map[plan.ID]map[netip.Addr]net.HardwareAddr{}
	for _, n := range r.spec.Neighbors {
		addr, err := netip.ParseAddr(n.Address)
		if err != nil || !addr.Is4() {
			return fmt.Errorf("the address %q of a card is not IPv4", n.Address)
		}
		mac, err := net.ParseMAC(n.MAC)
		if err != nil {
			return fmt.Errorf("card of %s: %w", addr, err)
		}
		if r.cards[n.Network] == nil {
			r.cards[n.Network] = map[netip.Addr]net.HardwareAddr{}
		}
		r.cards[n.Network][addr] = mac
	}
	return nil
}

// neighbors writes down on a leg which card has which address, for good. Were
// it left to ARP, a card that takes over the address of one just removed would
// not be reached for half a minute: the kernel goes on sending to the old one
// for as long as it believes it. It also spares every first packet a question,
// and no guest can answer for another. What the kernel learned by itself stays.
func (r *router) neighbors(leg netlink.Link, network plan.ID) error {
	want := maps.Clone(r.cards[network])
	have, err := r.nl.NeighList(leg.Attrs().Index, netlink.FAMILY_V4)
	if err != nil {
		return fmt.Errorf("list neighbors: %w", err)
	}
	for _, n := range have {
		addr, _ := netip.AddrFromSlice(n.IP)
		addr = addr.Unmap()
		fixed := n.State&netlink.NUD_PERMANENT != 0
		if mac, wanted := want[addr]; wanted && fixed && bytes.Equal(mac, n.HardwareAddr) {
			delete(want, addr)
		} else if !wanted && fixed {
			if err := neighDel.Do(func() error { return r.nl.NeighDel(&n) }); err != nil {
				return fmt.Errorf("forget neighbor %s: %w", addr, err)
			}
		}
	}
	for addr, mac := range want {
		err := neighSet.Do(func() error {
			return r.nl.NeighSet(&netlink.Neigh{
				LinkIndex: leg.Attrs().Index, Family: netlink.FAMILY_V4, State: netlink.NUD_PERMANENT,
				IP: addr.AsSlice(), HardwareAddr: mac,
			})
		})
		if err != nil {
			return fmt.Errorf("set neighbor %s: %w", addr, err)
		}
	}
	return nil
}
