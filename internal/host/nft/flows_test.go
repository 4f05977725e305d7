package nft

import (
	"net"
	"testing"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/plan"
)

func TestStaleFlows(t *testing.T) {
	rs, err := compile(golden, tables()["ports"]) // 100.64.0.10 is 198.18.0.10, .11, .12; 10.0.0.7 has no public address
	if err != nil {
		t.Fatal(err)
	}
	s := rs.stale()
	for name, c := range map[string]struct {
		from, to, real, seen string
		stale                bool
	}{
		"out, as its public":              {"100.64.0.10", "203.0.113.1", "203.0.113.1", "198.18.0.10", false},
		"out, as its second public":       {"100.64.0.10", "203.0.113.1", "203.0.113.1", "198.18.0.11", false},
		"out, as the router":              {"10.0.0.7", "203.0.113.1", "203.0.113.1", "198.18.0.5", false},
		"out, as the router before":       {"100.64.0.10", "203.0.113.1", "203.0.113.1", "198.18.0.5", false},
		"out, as somebody else":           {"10.0.0.7", "203.0.113.1", "203.0.113.1", "198.18.0.10", true},
		"out, as what it lost":            {"100.64.0.10", "203.0.113.1", "203.0.113.1", "198.18.0.99", true},
		"out, without a port":             {"100.64.0.20", "203.0.113.1", "203.0.113.1", "198.18.0.5", true},
		"in":                              {"203.0.113.1", "198.18.0.10", "100.64.0.10", "203.0.113.1", false},
		"in, to the owner before":         {"203.0.113.1", "198.18.0.10", "10.0.0.7", "203.0.113.1", true},
		"in, by what nobody has":          {"203.0.113.1", "198.18.0.99", "100.64.0.10", "203.0.113.1", true},
		"in, without a port":              {"203.0.113.1", "198.18.0.98", "100.64.0.20", "203.0.113.1", true},
		"between cards":                   {"10.0.0.7", "100.64.0.10", "100.64.0.10", "10.0.0.7", false},
		"between cards, one without port": {"10.0.0.7", "100.64.0.20", "100.64.0.20", "10.0.0.7", true},
		"hairpin":                         {"10.0.0.7", "198.18.0.10", "100.64.0.10", "198.18.0.5", false},
		"to the gateway":                  {"10.0.0.7", "10.0.0.1", "10.0.0.1", "10.0.0.7", false},
		"the router to a card":            {"10.0.0.1", "10.0.0.7", "10.0.0.7", "10.0.0.1", false},
		"the router itself":               {"198.18.0.5", "198.18.0.1", "198.18.0.1", "198.18.0.5", false},
	} {
		f := &netlink.ConntrackFlow{
			Forward: netlink.IPTuple{SrcIP: net.ParseIP(c.from), DstIP: net.ParseIP(c.to)},
			Reverse: netlink.IPTuple{SrcIP: net.ParseIP(c.real), DstIP: net.ParseIP(c.seen)},
		}
		if got := s.MatchConntrackFlow(f); got != c.stale {
			t.Errorf("%s: stale = %v", name, got)
		}
	}
	// A router without an outside keeps no translated flow.
	rs.outside, rs.ports = stale{}.outside, []port(nil)
	rs.Router = plan.Router{}
	f := &netlink.ConntrackFlow{
		Forward: netlink.IPTuple{SrcIP: net.ParseIP("10.0.0.7"), DstIP: net.ParseIP("203.0.113.1")},
		Reverse: netlink.IPTuple{SrcIP: net.ParseIP("203.0.113.1"), DstIP: net.ParseIP("198.18.0.5")},
	}
	if !rs.stale().MatchConntrackFlow(f) {
		t.Error("a translation outlived the way out")
	}
}
