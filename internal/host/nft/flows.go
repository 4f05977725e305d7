package nft

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/filter"
	"github.com/virga-cloud/virga/internal/host/sys"
)

// forget ends the connections that the new rules would not have made: those
// translated by a pair of addresses that is no longer one, those of cards
// without a port, and those whose first packet the rules would drop now. Otherwise
// whoever gets an address next would receive the rest of its predecessor's
// conversation, and who was locked out would go on talking. All others go on.
func forget(ns sys.Netns, c *filter.Compiled) error {
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
	families := []netlink.InetFamily{unix.AF_INET}
	if c.V6 { // else none of its packets passes, whatever there was
		families = append(families, unix.AF_INET6)
	}
	for _, family := range families {
		if _, err := nl.ConntrackDeleteFilters(netlink.ConntrackTable, family, stale{c}); err != nil {
			return fmt.Errorf("forget connections in %s: %w", ns, err)
		}
	}
	return nil
}

// stale matches the flows that have to go.
type stale struct{ *filter.Compiled }

// MatchConntrackFlow says whether a flow must be forgotten.
func (s stale) MatchConntrackFlow(f *netlink.ConntrackFlow) bool {
	from, to := addr(f.Forward.SrcIP), addr(f.Forward.DstIP)
	// The answers' way: from whom they really come, and whom they are sent to.
	real, seen := addr(f.Reverse.SrcIP), addr(f.Reverse.DstIP)
	if to != real && s.Translate(to) != real {
		return true
	}
	if from != seen && seen != s.Outside && s.Translate(seen) != from {
		return true
	}
	if s.Own(from) || s.Own(real) { // the router itself, which no rule of these is about
		return false
	}
	return !s.Judge(filter.Packet{From: from, Written: to, Real: real, Protocol: f.Forward.Protocol, Port: f.Forward.DstPort}).Allow
}

func addr(ip net.IP) netip.Addr {
	a, _ := netip.AddrFromSlice(ip)
	return a.Unmap()
}
