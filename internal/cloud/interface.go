package cloud

import (
	"net"
	"net/netip"
	"strings"
)

// Interface is a network card of a host, as the operator of its region notes it.
type Interface struct {
	Meta
	HostID   int64
	MAC      string     // upper case with colons
	Addr     netip.Addr // optional
	Text     string     // of Addr, as it is shown
	Hostname string     // at most 64 characters
	Details  string     // likewise
	Enabled  bool
}

// SetMAC takes a card's address in any of the usual forms. Code: "mac.form".
func (i *Interface) SetMAC(text string) *Error {
	m, err := net.ParseMAC(text)
	if err != nil || len(m) != 6 {
		return Errorf(Invalid, "mac.form", "%q is no address of a card such as 02:00:00:00:00:01", text).On("mac_address")
	}
	i.MAC = strings.ToUpper(m.String())
	return nil
}

// SetAddr takes an address; "" is none. Code: "ip.form".
func (i *Interface) SetAddr(text string) *Error {
	i.Addr, i.Text = netip.Addr{}, ""
	if text == "" {
		return nil
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return Errorf(Invalid, "ip.form", "%q is no address such as 192.0.2.7 or 2001:db8::7", text).On("ip_address")
	}
	i.Addr = a.Unmap()
	i.Text = i.Addr.String()
	return nil
}
