package nft

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/google/nftables"

	"github.com/virga-cloud/virga/internal/filter"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

var (
	guardLoad = sys.NewEffect("nft.guard.load")
	guardDrop = sys.NewEffect("nft.guard.drop")
)

// Guards is the driver of what a card may claim to be: frames from its tap
// pass only with its hardware address and its addresses. The id is the card's.
//
// A network has one table with a map from tap to chain, so a frame meets one
// lookup and the few rules of its own card, however many cards there are. A
// card is added in one transaction that does not touch the others. A tap that
// is not in the map passes nothing, so a guard is best made before its tap;
// it needs only the network.
type Guards struct {
	In sys.Installation // required

	loads loads
}

var _ plan.Driver[plan.NIC] = (*Guards)(nil)

const cardChain = "card_"

func (d *Guards) table() *nftables.Table {
	return &nftables.Table{Name: d.In.Prefix(), Family: nftables.TableFamilyBridge}
}

// List names the cards with a guard in any network.
func (d *Guards) List(context.Context) ([]plan.ID, error) {
	var ids []plan.ID
	err := d.each(func(_ sys.Netns, id plan.ID) error {
		ids = append(ids, id)
		return nil
	})
	return ids, err
}

func (d *Guards) each(visit func(sys.Netns, plan.ID) error) error {
	networks, err := d.In.ListNetns("n")
	if err != nil {
		return err
	}
	for _, n := range networks {
		ns := d.In.Netns("n", n)
		names, err := chains(ns, d.table())
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for _, name := range names {
			if id, ok := strings.CutPrefix(name, cardChain); ok {
				if err := visit(ns, plan.ID(id)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Ensure makes the guard of a card. It waits while the network is not there.
func (d *Guards) Ensure(ctx context.Context, id plan.ID, spec plan.NIC) (plan.Status, error) {
	ns := d.In.Netns("n", spec.Network)
	if !ns.Exists() {
		return plan.Status{Reason: "waits for network " + string(spec.Network), Again: retry}, nil
	}
	script, err := d.script(id, spec)
	if err != nil {
		return broken("guard of the card: %v", err)
	}
	damaged, err := d.ensure(ctx, id, ns, script)
	if err != nil {
		return plan.Status{}, fmt.Errorf("guard of card %s: %w", id, err)
	}
	st := plan.Status{Ready: true}
	if damaged {
		st.Repaired = fmt.Sprintf("somebody changed or took away the guard of card %s; it was loaded again", id.Short())
	}
	return st, nil
}

// ensure loads a guard when it is another one, or may have been changed.
func (d *Guards) ensure(ctx context.Context, id plan.ID, ns sys.Netns, script string) (damaged bool, err error) {
	d.loads.mu.Lock()
	defer d.loads.mu.Unlock()
	part, want := cardChain+string(id), digest(script)
	have, err := comment(ns, d.table(), part)
	if err != nil {
		return false, err
	}
	if damaged, err = d.loads.damaged(ns, part); err != nil {
		return false, err
	}
	if have == want && !damaged {
		if d.loads.known(ns, part) {
			return false, nil
		}
		return false, d.loads.note(ns, part)
	}
	// A card that changed its network has its old guard elsewhere.
	if err := d.remove(ctx, id, ns); err != nil {
		return false, err
	}
	script = strings.ReplaceAll(script, digestMark, want)
	if err := guardLoad.Do(func() error { return load(ctx, ns, script) }); err != nil {
		return false, err
	}
	return damaged, d.loads.note(ns, part)
}

// digestMark stands in a guard's script where its own digest goes.
const digestMark = "DIGEST"

// script makes the table, where it is missing, and the card's chain. Apart
// from its addresses a card may ask whether an address is taken (RFC 5227) and
// speak DHCP without one. With an address of IPv6 it may do what a node has to for
// that (guard6). Everything else is dropped, and so is all that would
// make it its neighbours' router or DHCP server.
func (d *Guards) script(id plan.ID, nic plan.NIC) (string, error) {
	if !filter.Named(id) {
		return "", fmt.Errorf("%q is not an id", id)
	}
	mac, err := net.ParseMAC(nic.MAC)
	if err != nil || len(mac) != 6 {
		return "", fmt.Errorf("hardware address %q", nic.MAC)
	}
	var four, six []string
	for _, s := range nic.Addresses {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" || a.Is4In6() {
			return "", fmt.Errorf("address %q", s)
		}
		if a.Is4() {
			four = append(four, a.String())
		} else {
			six = append(six, a.String())
		}
	}

	var w strings.Builder
	table := "bridge " + d.In.Prefix()
	rule := func(chain, format string, args ...any) {
		fmt.Fprintf(&w, "add rule %s %s %s\n", table, chain, fmt.Sprintf(format, args...))
	}
	card := cardChain + string(id)
	fmt.Fprintf(&w, `table %s {
	map cards {
		type ifname : verdict
	}
	chain guard {
		type filter hook prerouting priority -300; policy accept;
	}
	chain %s {
	}
}
flush chain %[1]s guard
flush chain %[1]s %[2]s
`, table, card)
	rule("guard", "iifname vmap @cards")
	rule("guard", `iifname "%s*" drop`, d.In.Link("t", ""))
	rule(card, `ether saddr != %s drop comment "%s"`, mac, digestMark)
	rule(card, "arp saddr ether != %s drop", mac)
	rule(card, "arp operation request arp saddr ip 0.0.0.0 accept")
	rule(card, "ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept")
	rule(card, "udp dport { 68, 546 } drop") // what a DHCP server says to its clients
	if list := unique(four); list != "" {
		rule(card, "arp operation { request, reply } arp saddr ip { %s } accept", list)
		rule(card, "ip saddr { %s } accept", list)
	}
	if len(six) > 0 {
		for _, r := range guard6(append(six, linkLocal(mac).String())) {
			rule(card, "%s", r)
		}
	}
	rule(card, "drop")
	fmt.Fprintf(&w, "add element %s cards { %q : goto %s }\n", table, d.In.Link("t", id), card)
	return w.String(), nil
}

// guard6 lets a card speak IPv6 by its addresses, which it may also look for on the link
// before it takes them, and say to be at (the target is the last field of a fixed part of
// these messages). It is nobody's router: it neither advertises nor redirects.
func guard6(all []string) []string {
	var targets []string // nft has no name for the field, and bits are numbers
	for _, a := range all {
		targets = append(targets, fmt.Sprintf("0x%x", netip.MustParseAddr(a).As16()))
	}
	list, own := unique(all), unique(targets)
	return []string{
		"icmpv6 type { nd-router-advert, nd-redirect } drop",
		fmt.Sprintf("icmpv6 type nd-neighbor-advert @th,64,128 != { %s } drop", own),
		fmt.Sprintf("ip6 saddr :: icmpv6 type nd-neighbor-solicit @th,64,128 { %s } accept", own),
		"ip6 saddr :: icmpv6 type { mld-listener-report, mld2-listener-report } accept",
		fmt.Sprintf("ip6 saddr { %s } accept", list),
	}
}

// linkLocal is the address on its link that a card makes of its hardware address (RFC
// 4291, appendix A). A guest that makes one by another rule is not heard by it.
func linkLocal(mac net.HardwareAddr) netip.Addr {
	return netip.AddrFrom16([16]byte{0xfe, 0x80, 8: mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]})
}

// unique is a list for nft, each once and in order.
func unique(all []string) string {
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", ")
}

// Remove takes the guard away. The tap, if it is still there, passes nothing.
func (d *Guards) Remove(ctx context.Context, id plan.ID) (plan.Status, error) {
	d.loads.mu.Lock()
	defer d.loads.mu.Unlock()
	if err := d.remove(ctx, id, ""); err != nil {
		return plan.Status{}, fmt.Errorf("remove guard of card %s: %w", id, err)
	}
	return plan.Status{Ready: true}, nil
}

// remove takes the guard out of all networks but keep. Called with the lock of what
// is loaded.
func (d *Guards) remove(ctx context.Context, id plan.ID, keep sys.Netns) error {
	return d.each(func(ns sys.Netns, at plan.ID) error {
		if at != id || ns == keep {
			return nil
		}
		table, card := "bridge "+d.In.Prefix(), cardChain+string(id)
		element := fmt.Sprintf("element %s cards { %q : goto %s }", table, d.In.Link("t", id), card)
		// Added first, so that the removal succeeds whatever was left of it.
		script := fmt.Sprintf("add %s\ndelete %s\nflush chain %s %s\ndelete chain %s %s\n", element, element, table, card, table, card)
		// What others have changed until now is found out before this moves the count.
		if _, err := d.loads.damaged(ns, card); err != nil {
			return err
		}
		if err := guardDrop.Do(func() error { return load(ctx, ns, script) }); err != nil {
			return err
		}
		return d.loads.drop(ns, card)
	})
}
