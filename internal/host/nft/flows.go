package nft

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
)

// forget ends the connections that the new rules would not have made: those
// translated by a pair of addresses that is no longer one, and those of cards
// without a port. Otherwise whoever gets the address next would receive the
// rest of its predecessor's conversation. All others go on.
func (rs *ruleset) forget(ns sys.Netns) error {
	h, err := ns.Open()
	if err != nil {
		return err
	}
	defer h.Close()
	nl, err := netlink.NewHandleAt(h, unix.NETLINK_NETFILTER)
	if err != nil {
		return fmt.Errorf("conntrack in %s: %w", ns, err)
	}
	defer nl.Close()
	if _, err := nl.ConntrackDeleteFilters(netlink.ConntrackTable, unix.AF_INET, rs.stale()); err != nil {
		return fmt.Errorf("forget connections in %s: %w", ns, err)
	}
	return nil
}

// stale matches the flows that have to go.
type stale struct {
	inside  []netip.Prefix
	private map[netip.Addr]bool
	in      map[netip.Addr]netip.Addr // public to private
	outside netip.Addr
}

func (rs *ruleset) stale() stale {
	s := stale{private: map[netip.Addr]bool{}, in: map[netip.Addr]netip.Addr{}, outside: rs.outside}
	for _, l := range rs.Router.Legs {
		if p, err := netip.ParsePrefix(l.Address); err == nil {
			s.inside = append(s.inside, p.Masked())
			s.private[p.Addr()] = true // the gateway: what the router says itself
		}
	}
	for _, p := range rs.ports {
		s.private[p.private] = true
		for _, pub := range p.public {
			s.in[pub.addr] = p.private
		}
	}
	return s
}

// MatchConntrackFlow says whether a flow must be forgotten.
func (s stale) MatchConntrackFlow(f *netlink.ConntrackFlow) bool {
	from, to := addr(f.Forward.SrcIP), addr(f.Forward.DstIP)
	// The answers' way: from whom they really come, and whom they are sent to.
	real, seen := addr(f.Reverse.SrcIP), addr(f.Reverse.DstIP)
	for _, a := range []netip.Addr{from, real} {
		if s.isInside(a) && !s.private[a] {
			return true
		}
	}
	if to != real && s.in[to] != real {
		return true
	}
	return from != seen && seen != s.outside && s.in[seen] != from
}

func (s stale) isInside(a netip.Addr) bool {
	for _, p := range s.inside {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func addr(ip net.IP) netip.Addr {
	a, _ := netip.AddrFromSlice(ip)
	return a.Unmap()
}
