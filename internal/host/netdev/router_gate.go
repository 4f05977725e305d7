package netdev

import (
	"fmt"
	"net"
	"slices"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
)

var gateSet = sys.NewEffect("netdev.gate.set")

// Priorities of the rules that make the gate, before that of the main table.
const (
	gateFirst = 100
	gateARP   = gateFirst + 5
	gateLast  = gateFirst + 10
)

// gate keeps a router closed that has lost its rules: only what the router's
// table of package nft has marked finds a way through it. Whatever takes the table
// away takes the mark away with it, in the same moment. What the router itself
// says and hears is not concerned. On an isolated network ARP, which has no mark,
// must find the way back into the same leg, since the router answers for its cards.
func (r *router) gate() error {
	want := []*netlink.Rule{
		{Priority: gateFirst, IifName: "lo", Table: unix.RT_TABLE_MAIN},
		{Priority: gateFirst + 1, Mark: sys.PassMark, Mask: ptr(uint32(sys.PassMark)), Table: unix.RT_TABLE_MAIN},
		{Priority: gateFirst + 2, IPProto: unix.IPPROTO_TCP, Type: unix.RTN_BLACKHOLE},
		{Priority: gateFirst + 3, IPProto: unix.IPPROTO_UDP, Type: unix.RTN_BLACKHOLE},
		{Priority: gateFirst + 4, IPProto: unix.IPPROTO_ICMP, Type: unix.RTN_BLACKHOLE},
	}
	for i, l := range r.spec.Legs {
		if l.Isolated {
			net := network(r.inside[i])
			want = append(want, &netlink.Rule{Priority: gateARP, IifName: sys.InsideLeg(l.Network), Src: net, Dst: net, Table: unix.RT_TABLE_MAIN})
		}
	}
	want = append(want, &netlink.Rule{Priority: gateLast, Type: unix.RTN_BLACKHOLE})
	have, err := r.nl.RuleList(netlink.FAMILY_V4)
	if err != nil {
		return fmt.Errorf("list rules: %w", err)
	}
	there := map[string]bool{}
	for i := range have {
		if p := have[i].Priority; p < gateFirst || p > gateLast {
			continue
		}
		key := gateKey(&have[i])
		if slices.ContainsFunc(want, func(w *netlink.Rule) bool { return gateKey(w) == key }) && !there[key] {
			there[key] = true
			continue
		}
		if err := gateSet.Do(func() error { return r.nl.RuleDel(&have[i]) }); err != nil {
			return fmt.Errorf("remove rule %s: %w", key, err)
		}
	}
	for _, w := range want {
		if there[gateKey(w)] {
			continue
		}
		w.Family, w.SuppressIfgroup, w.SuppressPrefixlen, w.Goto, w.Flow = netlink.FAMILY_V4, -1, -1, -1, -1
		if err := gateSet.Do(func() error { return r.nl.RuleAdd(w) }); err != nil {
			return fmt.Errorf("add rule %s: %w", gateKey(w), err)
		}
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

func network(p interface{ String() string }) *net.IPNet {
	_, n, err := net.ParseCIDR(p.String())
	if err != nil {
		return nil // not possible for a prefix that was parsed
	}
	return n
}

// gateKey tells rules apart. What a rule does is not listed by name, but one that
// leads nowhere names no table.
func gateKey(r *netlink.Rule) string {
	return fmt.Sprint(r.Priority, r.IifName, r.Mark, r.IPProto, r.Src, r.Dst, max(r.Table, 0))
}
