package ipam

import (
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestEdges(t *testing.T) {
	for _, tt := range []struct{ prefix, first, last string }{
		{"192.168.1.0/24", "192.168.1.1", "192.168.1.254"},
		{"192.168.1.7/24", "192.168.1.1", "192.168.1.254"},
		{"10.0.0.4/31", "10.0.0.4", "10.0.0.5"},
		{"10.0.0.4/32", "10.0.0.4", "10.0.0.4"},
		{"198.18.0.0/15", "198.18.0.1", "198.19.255.254"},
		{"2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff"},
	} {
		p := netip.MustParsePrefix(tt.prefix)
		if got := First(p).String(); got != tt.first {
			t.Errorf("First(%s) = %s, want %s", tt.prefix, got, tt.first)
		}
		if got := Last(p).String(); got != tt.last {
			t.Errorf("Last(%s) = %s, want %s", tt.prefix, got, tt.last)
		}
	}
}

// Next gives every free address exactly once, smallest first, and nothing
// else: compared with the obvious way of looking at all of them.
func TestNextIsTheSmallestFree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := netip.PrefixFrom(netip.MustParseAddr("10.1.2.0"), rapid.IntRange(26, 32).Draw(t, "bits")).Masked()
		var taken []netip.Addr
		for a := p.Addr(); p.Contains(a); a = a.Next() {
			if rapid.Bool().Draw(t, "taken") {
				taken = append(taken, a)
			}
		}
		gw := First(p)
		low := p.Addr()
		for range rapid.IntRange(0, 10).Draw(t, "low") {
			if n := low.Next(); p.Contains(n) {
				low = n
			}
		}
		var want netip.Addr
		for a := First(p); p.Contains(a) && !Last(p).Less(a); a = a.Next() {
			if !a.Less(low) && a != gw && !slices.Contains(taken, a) {
				want = a
				break
			}
		}
		got, ok := Next(p, low, gw, taken)
		if ok != want.IsValid() || got != want {
			t.Fatalf("Next(%s, low %s, taken %v) = %s %v, want %s", p, low, taken, got, ok, want)
		}
	})
}

func TestMAC(t *testing.T) {
	if got, want := MAC(0x12345, 0xabcdef, 2), "12:23:45:ab:cd:ef"; got != want {
		t.Errorf("MAC = %s, want %s", got, want)
	}
	if got, want := MAC(1, 300, 2), "02:00:01:00:01:2c"; got != want {
		t.Errorf("MAC = %s, want %s", got, want)
	}
}

func TestMACRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		record := rapid.Int64Range(0, 1<<24-1).Draw(t, "record")
		mac := MAC(rapid.Int64Range(0, 1<<20).Draw(t, "region"), record, rapid.Int64Range(0, 20).Draw(t, "type"))
		if got, ok := MACRecord(mac); !ok || got != record {
			t.Errorf("%s is of record %d, %v, not %d", mac, got, ok, record)
		}
	})
	for _, mac := range []string{"", "12:23:45:ab:cd", "12:23:45:ab:cd:eg", "12:23:45:ab:cd:e:", "12-23-45-ab-cd-ef"} {
		if n, ok := MACRecord(mac); ok {
			t.Errorf("%q is of record %d", mac, n)
		}
	}
}

func TestPrivate(t *testing.T) {
	for addr, want := range map[string]bool{
		"10.1.1.1":   true,
		"172.31.0.1": true, "172.32.0.1": false, "100.64.0.1": true, "198.18.0.1": false, "fd00::1": true, "2001:db8::1": false,
	} {
		if got := Private(netip.MustParseAddr(addr)); got != want {
			t.Errorf("Private(%s) = %v", addr, got)
		}
	}
}
