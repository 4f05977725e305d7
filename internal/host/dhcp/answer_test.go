package dhcp

import (
	"net"
	"net/netip"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"github.com/virga-cloud/virga/internal/plan"
)

var (
	known   = net.HardwareAddr{2, 0, 0, 0, 0, 1}
	unknown = net.HardwareAddr{2, 0, 0, 0, 0, 2}
)

func served(t testing.TB) leases {
	t.Helper()
	l, err := newLeases([]plan.Port{
		{Network: "a", MAC: known.String(), Address: "10.0.0.7", Hostname: "web", DNS: []string{"10.0.0.1", "2001:db8::1"}},
		{Network: "b", MAC: unknown.String(), Address: "10.0.0.8"}, // known, but on another network
	}, "a", netip.MustParsePrefix("10.0.0.1/24"), netip.MustParseAddr("10.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	l.mtu = 1450
	return l
}

func message(t testing.TB, mac net.HardwareAddr, kind dhcpv4.MessageType, with ...dhcpv4.Modifier) *dhcpv4.DHCPv4 {
	t.Helper()
	m, err := dhcpv4.New(append(with, dhcpv4.WithHwAddr(mac), dhcpv4.WithMessageType(kind))...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAnswer(t *testing.T) {
	l := served(t)
	ip := func(s string) net.IP { return net.ParseIP(s).To4() }
	requested := func(s string) dhcpv4.Modifier { return dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(ip(s))) }
	server := func(s string) dhcpv4.Modifier { return dhcpv4.WithOption(dhcpv4.OptServerIdentifier(ip(s))) }
	keeps := func(s string) dhcpv4.Modifier { return func(d *dhcpv4.DHCPv4) { d.ClientIPAddr = ip(s) } }
	for name, c := range map[string]struct {
		ask  *dhcpv4.DHCPv4
		want dhcpv4.MessageType // none: silence
		ip   string
	}{
		"discover": {message(t, known, dhcpv4.MessageTypeDiscover), dhcpv4.MessageTypeOffer, "10.0.0.7"},
		"request": {
			message(t, known, dhcpv4.MessageTypeRequest, requested("10.0.0.7"), server("10.0.0.1")),
			dhcpv4.MessageTypeAck, "10.0.0.7",
		},
		"renewal":           {message(t, known, dhcpv4.MessageTypeRequest, keeps("10.0.0.7")), dhcpv4.MessageTypeAck, "10.0.0.7"},
		"another's address": {message(t, known, dhcpv4.MessageTypeRequest, requested("10.0.0.8")), dhcpv4.MessageTypeNak, "0.0.0.0"},
		"a former address":  {message(t, known, dhcpv4.MessageTypeRequest, keeps("10.0.0.9")), dhcpv4.MessageTypeNak, "0.0.0.0"},
		"another server": {
			message(t, known, dhcpv4.MessageTypeRequest, requested("10.0.0.7"), server("10.0.0.2")),
			dhcpv4.MessageTypeNone, "",
		},
		"inform":           {message(t, known, dhcpv4.MessageTypeInform, keeps("10.0.0.7")), dhcpv4.MessageTypeAck, "0.0.0.0"},
		"release":          {message(t, known, dhcpv4.MessageTypeRelease), dhcpv4.MessageTypeNone, ""},
		"decline":          {message(t, known, dhcpv4.MessageTypeDecline), dhcpv4.MessageTypeNone, ""},
		"unknown discover": {message(t, unknown, dhcpv4.MessageTypeDiscover), dhcpv4.MessageTypeNone, ""},
		"unknown request":  {message(t, unknown, dhcpv4.MessageTypeRequest, requested("10.0.0.7")), dhcpv4.MessageTypeNone, ""},
		"an answer": {message(t, known, dhcpv4.MessageTypeOffer, func(d *dhcpv4.DHCPv4) {
			d.OpCode = dhcpv4.OpcodeBootReply
		}), dhcpv4.MessageTypeNone, ""},
	} {
		got := l.answer(c.ask)
		if c.want == dhcpv4.MessageTypeNone {
			if got != nil {
				t.Errorf("%s was answered: %s", name, got.Summary())
			}
			continue
		}
		if got == nil {
			t.Errorf("%s was not answered", name)
			continue
		}
		if got.MessageType() != c.want || got.YourIPAddr.String() != c.ip ||
			!got.ServerIdentifier().Equal(ip("10.0.0.1")) || got.TransactionID != c.ask.TransactionID {
			t.Errorf("%s: %s", name, got.Summary())
		}
		if lease := got.IPAddressLeaseTime(0); (c.ip == "10.0.0.7") != (lease == LeaseTime) {
			t.Errorf("%s: lease time %v", name, lease)
		}
		if c.want != dhcpv4.MessageTypeNak && (got.HostName() != "web" || len(got.DNS()) != 1 || len(got.Router()) != 1) {
			t.Errorf("%s: options %s", name, got.Summary())
		}
	}
}

// FuzzAnswer: whatever arrives, there is no panic, nobody unknown gets an
// answer, and nobody gets an address but his own.
func FuzzAnswer(f *testing.F) {
	f.Add(message(f, known, dhcpv4.MessageTypeDiscover).ToBytes())
	f.Add(message(f, known, dhcpv4.MessageTypeRequest, dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(net.IP{10, 0, 0, 9}))).ToBytes())
	f.Add(message(f, unknown, dhcpv4.MessageTypeDiscover).ToBytes())
	f.Add([]byte{})
	l := served(f)
	f.Fuzz(func(t *testing.T, datagram []byte) {
		request, err := dhcpv4.FromBytes(datagram)
		if err != nil {
			return
		}
		answer := l.answer(request)
		if answer == nil {
			return
		}
		if request.ClientHWAddr.String() != known.String() {
			t.Fatalf("%s was answered", request.ClientHWAddr)
		}
		if ip := answer.YourIPAddr; !ip.IsUnspecified() && ip.String() != "10.0.0.7" {
			t.Fatalf("got %s", ip)
		}
		if _, err := dhcpv4.FromBytes(answer.ToBytes()); err != nil {
			t.Fatalf("the answer cannot be read: %v", err)
		}
	})
}
