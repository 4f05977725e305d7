package netdev

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/virga-cloud/virga/internal/host/sys"
)

var (
	uplinkClaim   = sys.NewEffect("netdev.uplink.claim")
	uplinkMove    = sys.NewEffect("netdev.uplink.move")
	uplinkReturn  = sys.NewEffect("netdev.uplink.return")
	uplinkDisown  = sys.NewEffect("netdev.uplink.disown")
	uplinkRoute   = sys.NewEffect("netdev.uplink.route")
	errUplinkUsed = errors.New("the interface carries addresses; give one that nothing else uses")
	errNoUplink   = errors.New("there is no such interface")
)

// An uplink is an interface of the host that is lent to the provider bridge:
// it moves into the provider's namespace and becomes a port there. That asks
// for an interface of its own, and is refused for one with addresses, so that
// nobody is cut off from the host by it. While it is lent its alias says to
// whom; with the namespace gone the kernel gives a physical one back itself.

// mark is the alias of a lent interface.
func (p *Provider) mark() string { return p.In.Prefix() + "-uplink" }

// home opens the namespace from which interfaces are lent.
func (p *Provider) home() (h netns.NsHandle, nl *netlink.Handle, err error) {
	if p.UplinkNetns != "" {
		h, err = p.UplinkNetns.Open()
	} else {
		h, err = netns.Get()
	}
	if err != nil {
		return h, nil, err
	}
	if nl, err = netlink.NewHandleAt(h, unix.NETLINK_ROUTE); err != nil {
		_ = h.Close()
	}
	return h, nl, err
}

// lend makes the interface called name a port of br, which ext reaches.
func (p *Provider) lend(ext *netlink.Handle, br netlink.Link, name string) error {
	l, err := find(ext, name)
	if err != nil {
		return err
	}
	if l == nil {
		if err := p.move(name); err != nil {
			return err
		}
		if l, err = ext.LinkByName(name); err != nil {
			return err
		}
	}
	if l.Attrs().Alias != p.mark() {
		return fmt.Errorf("%s in %s is not an uplink", name, p.In.External())
	}
	if err := attach(ext, l, br); err != nil {
		return err
	}
	return up(ext, name)
}

func (p *Provider) move(name string) error {
	h, home, err := p.home()
	if err != nil {
		return err
	}
	defer h.Close()
	defer home.Close()
	l, err := p.lendable(home, name)
	if err != nil {
		return err
	}
	// Claimed before it moves: whoever finds it moved knows whose it is.
	if l.Attrs().Alias != p.mark() {
		if err := uplinkClaim.Do(func() error { return home.LinkSetAlias(l, p.mark()) }); err != nil {
			return err
		}
	}
	return handleTo(p.In.External(), func(fd netlink.NsFd) error {
		return uplinkMove.Do(func() error { return home.LinkSetNsFd(l, int(fd)) })
	})
}

// lendable is the interface of that name, if it may be lent.
func (p *Provider) lendable(home *netlink.Handle, name string) (netlink.Link, error) {
	l, err := find(home, name)
	if err != nil {
		return nil, err
	}
	if l == nil {
		return nil, errNoUplink
	}
	addrs, err := home.AddrList(l, netlink.FAMILY_ALL)
	if err != nil {
		return nil, err
	}
	for _, a := range addrs {
		if !a.IP.IsLinkLocalUnicast() {
			return nil, errUplinkUsed
		}
	}
	if a := l.Attrs().Alias; a != p.mark() && strings.HasPrefix(a, "vg") {
		return nil, fmt.Errorf("the interface is lent already: %s", a)
	}
	return l, nil
}

// CheckUplink says why an interface cannot be the uplink; nil when it can, or is.
// It changes nothing.
func (p *Provider) CheckUplink(name string) error {
	ext, err := p.In.External().Links()
	if err == nil {
		defer ext.Close()
		if l, err := find(ext, name); err != nil || l != nil && l.Attrs().Alias == p.mark() {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	h, home, err := p.home()
	if err != nil {
		return err
	}
	defer h.Close()
	defer home.Close()
	_, err = p.lendable(home, name)
	return err
}

// giveBack returns all lent interfaces but keep, and takes our alias off those
// that are at home.
func (p *Provider) giveBack(keep string) error {
	h, home, err := p.home()
	if err != nil {
		return err
	}
	defer h.Close()
	defer home.Close()
	ext, err := p.In.External().Links()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil {
		defer ext.Close()
		err := p.marked(ext, keep, func(l netlink.Link) error {
			return uplinkReturn.Do(func() error { return ext.LinkSetNsFd(l, int(h)) })
		})
		if err != nil {
			return err
		}
	}
	return p.marked(home, keep, func(l netlink.Link) error {
		return uplinkDisown.Do(func() error { return home.LinkSetAlias(l, "") })
	})
}

func (p *Provider) marked(nl *netlink.Handle, keep string, visit func(netlink.Link) error) error {
	links, err := nl.LinkList()
	if err != nil {
		return err
	}
	for _, l := range links {
		if l.Attrs().Alias != p.mark() || l.Attrs().Name == keep {
			continue
		}
		if err := visit(l); err != nil {
			return fmt.Errorf("give back %s: %w", l.Attrs().Name, err)
		}
	}
	return nil
}
