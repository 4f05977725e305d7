package nft

import (
	"fmt"
	"net"
	"testing"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/filter"
	"github.com/virga-cloud/virga/internal/plan"
)

func TestStaleFlows(t *testing.T) {
	flow := func(from, to, real, seen, speech string) *netlink.ConntrackFlow {
		f := &netlink.ConntrackFlow{
			Forward: netlink.IPTuple{SrcIP: net.ParseIP(from), DstIP: net.ParseIP(to), Protocol: 6, DstPort: 22},
			Reverse: netlink.IPTuple{SrcIP: net.ParseIP(real), DstIP: net.ParseIP(seen)},
		}
		if speech != "" {
			if n, err := fmt.Sscanf(speech, "%d/%d", &f.Forward.Protocol, &f.Forward.DstPort); n != 2 {
				t.Fatal(err)
			}
		}
		return f
	}
	of := func(table Table) stale {
		c, err := filter.Compile(table)
		if err != nil {
			t.Fatal(err)
		}
		return stale{c}
	}
	s := of(tables()["ports"]) // 100.64.0.10 is 198.18.0.10, .11, .12; 10.0.0.7 has no public address
	for name, c := range map[string]struct {
		from, to, real, seen, speech string
		stale                        bool
	}{
		"out, as its public":              {"100.64.0.10", "203.0.113.1", "203.0.113.1", "198.18.0.10", "", false},
		"out, as its second public":       {"100.64.0.10", "203.0.113.1", "203.0.113.1", "198.18.0.11", "", false},
		"out, as the router":              {"10.0.0.7", "203.0.113.1", "203.0.113.1", "198.18.0.5", "", false},
		"out, as the router before":       {"100.64.0.10", "203.0.113.1", "203.0.113.1", "198.18.0.5", "", false},
		"out, as somebody else":           {"10.0.0.7", "203.0.113.1", "203.0.113.1", "198.18.0.10", "", true},
		"out, as what it lost":            {"100.64.0.10", "203.0.113.1", "203.0.113.1", "198.18.0.99", "", true},
		"out, without a port":             {"100.64.0.20", "203.0.113.1", "203.0.113.1", "198.18.0.5", "", true},
		"in":                              {"203.0.113.1", "198.18.0.10", "100.64.0.10", "203.0.113.1", "", false},
		"in, to the owner before":         {"203.0.113.1", "198.18.0.10", "10.0.0.7", "203.0.113.1", "", true},
		"in, by what nobody has":          {"203.0.113.1", "198.18.0.99", "100.64.0.10", "203.0.113.1", "", true},
		"in, without a port":              {"203.0.113.1", "198.18.0.98", "100.64.0.20", "203.0.113.1", "", true},
		"between cards":                   {"10.0.0.7", "100.64.0.10", "100.64.0.10", "10.0.0.7", "", false},
		"between cards, not allowed":      {"10.0.0.7", "100.64.0.10", "100.64.0.10", "10.0.0.7", "17/22", true},
		"between cards, no policy":        {"100.64.0.10", "10.0.0.7", "10.0.0.7", "100.64.0.10", "", true},
		"in, a port that is not allowed":  {"203.0.113.1", "198.18.0.10", "100.64.0.10", "203.0.113.1", "6/23", true},
		"in, by what has no policy":       {"203.0.113.1", "198.18.0.11", "100.64.0.10", "203.0.113.1", "", true},
		"in, by what is blocked":          {"203.0.113.1", "198.18.0.12", "100.64.0.10", "203.0.113.1", "", true},
		"between two strangers":           {"203.0.113.1", "203.0.113.2", "203.0.113.2", "203.0.113.1", "", true},
		"between cards, one without port": {"10.0.0.7", "100.64.0.20", "100.64.0.20", "10.0.0.7", "", true},
		"hairpin":                         {"10.0.0.7", "198.18.0.10", "100.64.0.10", "198.18.0.5", "", false},
		"to the gateway":                  {"10.0.0.7", "10.0.0.1", "10.0.0.1", "10.0.0.7", "", false},
		"the router to a card":            {"10.0.0.1", "10.0.0.7", "10.0.0.7", "10.0.0.1", "", false},
		"the router itself":               {"198.18.0.5", "198.18.0.1", "198.18.0.1", "198.18.0.5", "", false},
	} {
		if got := s.MatchConntrackFlow(flow(c.from, c.to, c.real, c.seen, c.speech)); got != c.stale {
			t.Errorf("%s: stale = %v", name, got)
		}
	}
	// A rule of the router ends what goes out, and only that.
	closed := tables()["ports"]
	closed.Router.Rules = []plan.Rule{{Protocol: "udp", Sources: []string{"198.18.0.10"}, Ports: []plan.Span{{From: 53, To: 53}}}}
	for speech, want := range map[string]bool{"17/53": true, "17/54": false, "6/53": false} {
		if got := of(closed).MatchConntrackFlow(flow("100.64.0.10", "203.0.113.1", "203.0.113.1", "198.18.0.10", speech)); got != want {
			t.Errorf("%s outwards: stale = %v", speech, got)
		}
	}
	// A router without an outside keeps no translated flow.
	if !of(Table{}).MatchConntrackFlow(flow("10.0.0.7", "203.0.113.1", "203.0.113.1", "198.18.0.5", "")) {
		t.Error("a translation outlived the way out")
	}
}
