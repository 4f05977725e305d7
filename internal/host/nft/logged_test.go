package nft

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/filter"
	"github.com/virga-cloud/virga/internal/plan"
)

// Rules with Log tell of each packet in both families; the newest lines are kept, and the
// others are counted; a router that was made anew is read again.
func TestLogs(t *testing.T) {
	c := newCrossing(t)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	l := &Logs{In: c.in, Now: func() time.Time { return at }}
	t.Cleanup(l.Close)
	if lines, lost := l.Take(c.id); lines != nil || lost != 0 {
		t.Errorf("of what is not read: %v, %d", lines, lost)
	}
	table := Table{Router: router()}
	table.Router.Legs = append(table.Router.Legs, plan.Leg{Network: netA, Address: "2001:db8:a::1/64"})
	table.Router.Rules = []plan.Rule{
		{Allow: true, Protocol: "tcp", Ports: []plan.Span{{From: 22, To: 22}}, Log: true},
		{Protocol: "udp", Log: true},
		{Allow: true, Protocol: "any"},
	}
	table.Ports = []plan.Port{
		{NIC: nic1, Network: netA, Address: "100.64.0.2", Public: []plan.PublicAddr{{Address: "198.18.0.10"}}},
		{NIC: nic1, Network: netA, Address: "2001:db8:a::9", Public: []plan.PublicAddr{{Address: "2001:db8:a::9"}}},
	}
	if st, err := c.d.Ensure(t.Context(), c.id, table); err != nil || !st.Ready {
		t.Fatalf("%+v, %v", st, err)
	}
	for range 2 {
		if err := l.Follow(c.id); err != nil {
			t.Fatal(err)
		}
	}
	packet := func(from, to string, protocol uint8, port uint16) filter.Packet {
		return filter.Packet{From: netip.MustParseAddr(from), Written: netip.MustParseAddr(to), Protocol: protocol, Port: port}
	}
	var lines []plan.Logged
	var lost uint64
	wait := func(what string, done func() bool) {
		t.Helper()
		limit, tick := time.After(10*time.Second), time.NewTicker(5*time.Millisecond)
		defer tick.Stop()
		for !done() {
			select {
			case <-tick.C:
			case <-limit:
				t.Fatalf("waited for %s", what)
			}
		}
	}
	upTo := func(n int) {
		t.Helper()
		lines, lost = nil, 0
		wait(fmt.Sprintf("%d lines", n), func() bool {
			more, less := l.Take(c.id)
			lines, lost = append(lines, more...), lost+less
			return len(lines)+int(lost) >= n
		})
	}
	c.passed(t, []filter.Packet{
		packet("203.0.113.9", "198.18.0.10", 6, 22), packet("203.0.113.9", "198.18.0.10", 6, 23), packet("203.0.113.9", "198.18.0.10", 17, 53),
		packet("2001:db8:f::1", "2001:db8:a::9", 6, 22), packet("2001:db8:f::1", "2001:db8:a::9", 17, 53),
	})
	upTo(4)
	want := []string{
		"true 6 203.0.113.9 20000 100.64.0.2 22", "false 17 203.0.113.9 20002 100.64.0.2 53",
		"true 6 2001:db8:f::1 20003 2001:db8:a::9 22", "false 17 2001:db8:f::1 20004 2001:db8:a::9 53",
	}
	for i, line := range lines {
		got := fmt.Sprintf("%v %d %s %d %s %d", line.Allow, line.Protocol, line.Source, line.SourcePort, line.Destination, line.DestinationPort)
		if got != want[i] || line.Router != c.id || !line.At.Equal(at) {
			t.Errorf("line %d: %s of %s at %v, want %s", i, got, line.Router, line.At, want[i])
		}
	}
	if lost != 0 {
		t.Errorf("%d lost", lost)
	}
	// A flood: the newest stay, and none is forgotten to be counted.
	var flood []filter.Packet
	for i := range 3 * plan.LoggedMax {
		flood = append(flood, packet("203.0.113.9", "198.18.0.10", 17, uint16(i+1)))
	}
	c.passed(t, flood)
	wait("the flood", func() bool {
		l.mu.Lock()
		r := l.readers[c.id]
		l.mu.Unlock()
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.lines)+int(r.lost) >= len(flood)
	})
	if upTo(len(flood)); len(lines) != plan.LoggedMax || lines[len(lines)-1].DestinationPort != uint16(len(flood)) {
		t.Errorf("%d lines, the last one %+v", len(lines), lines[len(lines)-1])
	}
	l.Forget(c.id)
	if err := l.Follow(c.id); err != nil {
		t.Fatal(err)
	}
	c.passed(t, flood[:1])
	if upTo(1); lost != 0 || len(lines) != 1 {
		t.Errorf("read again: %d lines, %d lost", len(lines), lost)
	}
}

// What the kernel says of a packet is read within its bounds.
func FuzzLogged(f *testing.F) {
	for _, p := range []filter.Packet{
		{From: netip.MustParseAddr("203.0.113.9"), Written: netip.MustParseAddr("198.18.0.10"), Protocol: 6, Port: 22},
		{From: netip.MustParseAddr("2001:db8::1"), Written: netip.MustParseAddr("2001:db8::2"), Protocol: 17, Port: 22},
	} {
		f.Add(packet(p, 1, 1))
	}
	f.Add([]byte{0x60, 0, 0, 0, 0, 8, 0, 64, 39: 0, 40: 17, 41: 0, 48: 0, 49: 1, 50: 0, 51: 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		var line plan.Logged
		if ok := packetIn(b, &line); ok && (!line.Source.IsValid() || !line.Destination.IsValid()) {
			t.Errorf("%+v of %x", line, b)
		}
		loggedIn(b)
		loggedIn(append([]byte{2, 0, 0, 86, byte(4 + len(b)), byte((4 + len(b)) >> 8), 9, 0}, b...))
	})
}
