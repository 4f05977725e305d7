package netdev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

var (
	tapAdd      = sys.NewEffect("netdev.tap.add")
	tapDel      = sys.NewEffect("netdev.tap.del")
	portIsolate = sys.NewEffect("netdev.port.isolate")
)

// tunDevice is where the kernel hands out taps.
const tunDevice = "/dev/net/tun"

// Taps is the driver of cards: a persistent tap on the bridge of the card's
// network. It outlives the process that opened it, so a guest's end and its
// next start find the same card.
//
// Ensure nft.Guards for the same card first: a tap without a guard is open to
// any source address until the network has its first guard.
type Taps struct {
	In sys.Installation // required
}

var _ plan.Driver[plan.NIC] = (*Taps)(nil)

// Counters are a card's traffic as the guest sees it: received is what went
// into the guest.
type Counters struct {
	ReceivedBytes, ReceivedPackets uint64
	SentBytes, SentPackets         uint64
}

// List names the cards with a tap in any network here.
func (d *Taps) List(context.Context) ([]plan.ID, error) {
	var ids []plan.ID
	err := d.each(func(_ sys.Netns, _ *netlink.Handle, id plan.ID, _ netlink.Link) error {
		ids = append(ids, id)
		return nil
	})
	return ids, err
}

// each walks all taps of the installation.
func (d *Taps) each(visit func(sys.Netns, *netlink.Handle, plan.ID, netlink.Link) error) error {
	networks, err := d.In.ListNetns("n")
	if err != nil {
		return err
	}
	for _, n := range networks {
		ns := d.In.Netns("n", n)
		if err := d.inside(ns, visit); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (d *Taps) inside(ns sys.Netns, visit func(sys.Netns, *netlink.Handle, plan.ID, netlink.Link) error) error {
	nl, err := ns.Links()
	if err != nil {
		return err
	}
	defer nl.Close()
	links, err := nl.LinkList()
	if err != nil {
		return fmt.Errorf("list links of %s: %w", ns, err)
	}
	for _, l := range links {
		id, ok := d.In.Parse("t", l.Attrs().Alias)
		if !ok || !strings.HasPrefix(l.Attrs().Name, d.In.Link("t", "")) {
			continue
		}
		if err := visit(ns, nl, id, l); err != nil {
			return err
		}
	}
	return nil
}

// Ensure makes the tap a port of its network's bridge. It waits while the
// network is not there.
func (d *Taps) Ensure(_ context.Context, id plan.ID, spec plan.NIC) (plan.Status, error) {
	ns := d.In.Netns("n", spec.Network)
	nl, err := ns.Links()
	if errors.Is(err, fs.ErrNotExist) {
		return plan.Status{Reason: "waits for network " + string(spec.Network), Again: retry}, nil
	}
	if err != nil {
		return plan.Status{}, err
	}
	defer nl.Close()
	br, err := find(nl, sys.Bridge)
	if err != nil {
		return plan.Status{}, err
	}
	if br == nil {
		return plan.Status{Reason: "waits for the bridge of network " + string(spec.Network), Again: retry}, nil
	}
	if err := d.ensure(ns, nl, br, id, spec.Isolated); err != nil {
		return plan.Status{}, fmt.Errorf("tap of card %s: %w", id, err)
	}
	return plan.Status{Ready: true}, nil
}

func (d *Taps) ensure(ns sys.Netns, nl *netlink.Handle, br netlink.Link, id plan.ID, isolated bool) error {
	name := d.In.Link("t", id)
	l, err := find(nl, name)
	if err != nil {
		return err
	}
	if l == nil {
		// A card that changed its network has its old tap elsewhere.
		if err := d.remove(id); err != nil {
			return err
		}
		if err := tapAdd.Do(func() error { return d.add(ns, id) }); err != nil {
			return err
		}
		if l, err = nl.LinkByName(name); err != nil {
			return err
		}
	}
	if alias := l.Attrs().Alias; alias != d.In.Name("t", id) {
		return fmt.Errorf("the link %s is not this card's (alias %q)", name, alias)
	}
	if err := setMTU(nl, l, br.Attrs().MTU); err != nil {
		return err
	}
	if err := attach(nl, l, br); err != nil {
		return err
	}
	if err := isolate(nl, l, isolated); err != nil {
		return err
	}
	// Up comes last: no frame passes before the card is isolated.
	return up(nl, name)
}

// isolate says whether a port of a bridge may pass frames to other ports of which
// the same was said.
func isolate(nl *netlink.Handle, l netlink.Link, isolated bool) error {
	port, err := nl.LinkGetProtinfo(l)
	if err != nil {
		return fmt.Errorf("read bridge port %s: %w", l.Attrs().Name, err)
	}
	if port.Isolated == isolated {
		return nil
	}
	if err := portIsolate.Do(func() error { return nl.LinkSetIsolated(l, isolated) }); err != nil {
		return fmt.Errorf("isolate %s: %w", l.Attrs().Name, err)
	}
	return nil
}

// add makes the tap. It becomes persistent only when the alias is set: a
// process that dies before leaves no tap, one that dies after leaves one that
// List knows.
func (d *Taps) add(ns sys.Netns, id plan.ID) error {
	return ns.Do(func() error {
		name := d.In.Link("t", id)
		f, err := openTap(name)
		if err != nil {
			return err
		}
		defer f.Close()
		nl, err := netlink.NewHandle(unix.NETLINK_ROUTE)
		if err != nil {
			return err
		}
		defer nl.Close()
		l, err := nl.LinkByName(name)
		if err != nil {
			return err
		}
		if err := nl.LinkSetAlias(l, d.In.Name("t", id)); err != nil {
			return fmt.Errorf("set alias of %s: %w", name, err)
		}
		if err := unix.IoctlSetInt(int(f.Fd()), unix.TUNSETPERSIST, 1); err != nil {
			return fmt.Errorf("make %s persistent: %w", name, err)
		}
		return nil
	})
}

// openTap attaches to the tap of that name in the thread's namespace, making
// it when there is none.
func openTap(name string) (*os.File, error) {
	fd, err := unix.Open(tunDevice, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", tunDevice, err)
	}
	req, err := unix.NewIfreq(name)
	if err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	req.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI | unix.IFF_VNET_HDR)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, req); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("attach to tap %s: %w", name, err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// OpenTap attaches to the tap of a card, for handing the descriptor to QEMU
// (-netdev tap,fd=N,vnet_hdr=on). One process at a time can have it.
func (d *Taps) OpenTap(_ context.Context, id plan.ID) (f *os.File, err error) {
	found := fs.ErrNotExist
	err = d.each(func(ns sys.Netns, _ *netlink.Handle, at plan.ID, l netlink.Link) error {
		if at != id {
			return nil
		}
		found = ns.Do(func() error {
			f, err = openTap(l.Attrs().Name)
			return err
		})
		return nil
	})
	if err == nil {
		err = found
	}
	if err != nil {
		return nil, fmt.Errorf("open tap of card %s: %w", id, err)
	}
	return f, nil
}

// Loose tells that nobody has the tap of a card open: it has no carrier. The
// process of a machine whose tap was taken away holds on to the old one, which
// leads nowhere, and does not learn of the one that Ensure made after it.
func (d *Taps) Loose(_ context.Context, id plan.ID, spec plan.NIC) (bool, error) {
	nl, err := d.In.Netns("n", spec.Network).Links()
	if err != nil {
		return false, err
	}
	defer nl.Close()
	l, err := nl.LinkByName(d.In.Link("t", id))
	if err != nil {
		return false, fmt.Errorf("look at the tap of card %s: %w", id, err)
	}
	return l.Attrs().RawFlags&unix.IFF_LOWER_UP == 0, nil
}

// Counters reads the traffic of a card since its tap was made.
func (d *Taps) Counters(_ context.Context, id plan.ID) (c Counters, err error) {
	found := false
	err = d.each(func(_ sys.Netns, _ *netlink.Handle, at plan.ID, l netlink.Link) error {
		if s := l.Attrs().Statistics; at == id && s != nil {
			// What the tap transmits is what the guest receives.
			c = Counters{ReceivedBytes: s.TxBytes, ReceivedPackets: s.TxPackets, SentBytes: s.RxBytes, SentPackets: s.RxPackets}
			found = true
		}
		return nil
	})
	if err == nil && !found {
		err = fs.ErrNotExist
	}
	if err != nil {
		return c, fmt.Errorf("counters of card %s: %w", id, err)
	}
	return c, nil
}

// Remove takes the tap away, also from under a process that has it open.
func (d *Taps) Remove(_ context.Context, id plan.ID) (plan.Status, error) {
	if err := d.remove(id); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true}, nil
}

func (d *Taps) remove(id plan.ID) error {
	return d.each(func(ns sys.Netns, nl *netlink.Handle, at plan.ID, l netlink.Link) error {
		if at != id {
			return nil
		}
		if err := tapDel.Do(func() error { return nl.LinkDel(l) }); err != nil {
			return fmt.Errorf("remove tap %s from %s: %w", l.Attrs().Name, ns, err)
		}
		return nil
	})
}
