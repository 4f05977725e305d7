package host

import (
	"net/netip"
	"slices"

	"github.com/virga-cloud/virga/internal/host/dhcp"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/nft"
	"github.com/virga-cloud/virga/internal/host/qemu"
	"github.com/virga-cloud/virga/internal/plan"
)

// What a driver is told often stands in several documents. The functions
// here put it together; they look at nothing but their arguments.

// routerParts are the documents that one router is made from.
type routerParts struct {
	router   *plan.Router
	ports    map[plan.ID]*plan.Port // of this router; those that wait for something are left out
	policies map[plan.ID]*plan.Policy
}

// eachPort is sortedPorts with a port for each address of a card.
func (p routerParts) eachPort() []plan.Port {
	all := []plan.Port{}
	for _, port := range p.sortedPorts() {
		all = append(all, port.Each()...)
	}
	return all
}

// sortedPorts gives the ports a fixed order, so that equal documents make
// equal specs.
func (p routerParts) sortedPorts() []plan.Port {
	ids := make([]plan.ID, 0, len(p.ports))
	for id := range p.ports {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	ports := make([]plan.Port, 0, len(ids))
	for _, id := range ids {
		ports = append(ports, *p.ports[id])
	}
	return ports
}

// netdevRouter is the namespace with its legs, the cards behind them, and the
// public addresses that it answers ARP for: those of its ports that are not its
// own outside already.
func netdevRouter(p routerParts) netdev.Router {
	r := netdev.Router{Router: *p.router}
	own := map[string]bool{}
	for _, o := range p.router.Outside {
		if prefix, err := netip.ParsePrefix(o.Address); err == nil {
			own[prefix.Addr().String()] = true
		}
	}
	for _, port := range p.eachPort() {
		r.Neighbors = append(r.Neighbors, netdev.Neighbor{Network: port.Network, Address: port.Address, MAC: port.MAC})
		for _, a := range port.Public {
			if !own[a.Address] {
				own[a.Address] = true
				r.Public = append(r.Public, a.Address)
			}
		}
	}
	slices.Sort(r.Public)
	return r
}

// nftTable is all that the router filters and translates by.
func nftTable(p routerParts) nft.Table {
	t := nft.Table{Router: *p.router, Ports: p.eachPort(), Policies: map[plan.ID]plan.Policy{}}
	for _, port := range t.Ports {
		for _, a := range port.Public {
			if policy := p.policies[a.Policy]; policy != nil {
				t.Policies[a.Policy] = *policy
			}
		}
	}
	return t
}

// dhcpServer is the leases on the legs.
func dhcpServer(p routerParts) dhcp.Server {
	return dhcp.Server{Legs: p.router.Legs, Ports: p.sortedPorts()}
}

// segmentServer is the leases in a network without a router: those of the cards that
// machines here have in it. Resolvers cannot be reached from there and are not named.
func segmentServer(id plan.ID, n *plan.Network, vms []*plan.VM) dhcp.Server {
	s := dhcp.Server{Segment: &dhcp.Segment{Network: id, Prefix: n.Prefix}, Ports: []plan.Port{}}
	for _, vm := range vms {
		for _, card := range vm.NICs {
			if card.Network != id {
				continue
			}
			for _, text := range card.Addresses {
				if a, err := netip.ParseAddr(text); err == nil && a.Is4() {
					s.Ports = append(s.Ports, plan.Port{Network: id, NIC: card.ID, MAC: card.MAC, Address: text, Hostname: vm.Name})
					break
				}
			}
		}
	}
	return s
}

// qemuMachine is a VM with the documents of its volumes. A volume without a
// document is left out, and complete says so: a process must not be started
// then, but may be ended.
func qemuMachine(vm *plan.VM, volumes map[plan.ID]*plan.Volume) (m qemu.Machine, complete bool) {
	m = qemu.Machine{VM: *vm, Disks: map[plan.ID]plan.Volume{}}
	m.Volumes = nil
	for _, a := range vm.Volumes {
		v := volumes[a.Volume]
		if v == nil {
			continue
		}
		m.Volumes = append(m.Volumes, a)
		m.Disks[a.Volume] = *v
	}
	return m, len(m.Volumes) == len(vm.Volumes)
}

// staleNICs are the cards that earlier generations of a VM had and the wanted
// one (nil = none) does not have any more.
func staleNICs(before []plan.Ref, vm *plan.VM) []plan.ID {
	var stale []plan.ID
	for _, r := range before {
		if r.Kind != kindNIC {
			continue
		}
		if vm == nil || !slices.ContainsFunc(vm.NICs, func(n plan.NIC) bool { return n.ID == r.ID }) {
			stale = append(stale, r.ID)
		}
	}
	return stale
}

// merge joins the states of several drivers that make one artefact together.
func merge(all ...plan.Status) plan.Status {
	sum := plan.Status{Ready: true}
	for _, s := range all {
		sum.Ready = sum.Ready && s.Ready
		sum.Failed = sum.Failed || s.Failed
		if s.Reason != "" {
			if sum.Reason != "" {
				sum.Reason += "; "
			}
			sum.Reason += s.Reason
		}
		if s.Repaired != "" {
			sum.Repaired = s.Repaired
		}
		if s.Again > 0 && (sum.Again == 0 || s.Again < sum.Again) {
			sum.Again = s.Again
		}
		if s.VM != nil {
			sum.VM = s.VM
		}
		if s.Volume != nil {
			sum.Volume = s.Volume
		}
	}
	return sum
}
