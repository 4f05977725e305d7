package netdev_test

import (
	"strings"
	"testing"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// With a router on the wire of the uplink guests reach everybody beyond it and are
// reached, whether it is in the public subnet or in a network of its own that the subnet
// is routed by; without one nothing leaves the public subnets.
func TestUplinkLeads(t *testing.T) {
	for name, c := range map[string]struct {
		gateway, address string // as the host is told
		own              string // the router's address on the wire
		by               string // whom it sends the public subnet to; "" = it is on the wire
	}{
		"in the public subnet":      {gateway: "198.18.255.254", own: "198.18.255.254/16"},
		"in a network of their own": {gateway: "192.0.2.1", address: "192.0.2.2/30", own: "192.0.2.1/30", by: "192.0.2.2"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			setUplinks(t, l.in)
			street := &guest{lab: l, ns: sys.Netns("vgt" + l.in.Tag + "-street")}
			within(t, street.ns, func(nl *netlink.Handle) error {
				for link, address := range map[string]string{"lo": "203.0.113.7/32", "u0": c.own} {
					dev, err := nl.LinkByName(link)
					if err != nil {
						return err
					}
					a, err := netlink.ParseAddr(address)
					if err != nil {
						return err
					}
					if err := nl.AddrAdd(dev, a); err != nil {
						return err
					}
					if err := nl.LinkSetUp(dev); err != nil {
						return err
					}
				}
				return nil
			})
			if c.by != "" {
				street.configureRoute("198.18.0.0/16", c.by)
			}
			street.serve(80)
			named := l.guest(networkA, "100.64.0.10", public("198.18.0.10")).known()
			plain := l.guest(networkB, "10.0.0.7").known()
			named.serve(22)

			p := &netdev.Provider{In: l.in, UplinkNetns: uplinkHome(l.in)}
			spec := plan.Provider{Subnets: []string{"198.18.0.1/16"}, Uplink: "u0", Address: c.address}
			ensure := func() {
				t.Helper()
				if st, err := p.Ensure(t.Context(), spec); err != nil || !st.Ready {
					t.Fatalf("%+v, %v", st, err)
				}
			}
			ensure()
			if named.pings("203.0.113.7", "") {
				t.Error("without a gateway the way leads on")
			}
			spec.Gateway = c.gateway
			ensure()
			ensure() // and again changes nothing
			waitFor(t, "the way out", func() bool { return named.pings("203.0.113.7", "") })
			named.reaches("203.0.113.7:80", "198.18.0.10")
			plain.reaches("203.0.113.7:80", "198.18.0.5")
			from := strings.Split(c.own, "/")[0]
			street.reaches("198.18.0.10:22", from)
			street.blocked("198.18.0.10:25")
			spec.Gateway = ""
			ensure()
			if named.pings("203.0.113.7", "") {
				t.Error("without a gateway the way leads on")
			}
		})
	}
}

// A gateway that cannot be one is refused in words.
func TestUplinkGatewayRefused(t *testing.T) {
	l := newLab(t)
	p := &netdev.Provider{In: l.in}
	for gateway, want := range map[string]string{
		"198.18.0.1":  "which this host has itself for a public subnet",
		"2001:db8::1": "is no IPv4 address",
		"x":           "is no IPv4 address",
	} {
		st, err := p.Ensure(t.Context(), plan.Provider{Subnets: []string{"198.18.0.1/16"}, Gateway: gateway})
		if err != nil || !st.Failed || !strings.Contains(st.Reason, want) {
			t.Errorf("%s: %+v, %v, want %q", gateway, st, err, want)
		}
	}
	if st, err := p.Ensure(t.Context(), plan.Provider{Subnets: []string{"198.18.0.1/16"}, Address: "192.0.2.2"}); err != nil || !st.Failed {
		t.Errorf("an address without its length: %+v, %v", st, err)
	}
}
