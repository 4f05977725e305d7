package netdev_test

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"

	"github.com/virga-cloud/virga/internal/host/drivertest"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

func TestProvider(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	p := &netdev.Provider{In: in}
	ctx := context.Background()
	for _, subnets := range [][]string{{"198.18.0.1/16"}, {"198.18.0.1/16", "198.19.0.1/16"}, {"198.19.0.1/16"}} {
		provider(t, in, subnets...)
		before := show(t, in, true)
		for _, s := range subnets {
			if !strings.Contains(before, s) {
				t.Errorf("%s is not on the bridge:%s", s, before)
			}
		}
		provider(t, in, subnets...)
		if after := show(t, in, true); after != before {
			t.Errorf("a repeat changed\n%s\nto\n%s", before, after)
		}
	}
	if strings.Contains(show(t, in, false), "198.18.0.1") {
		t.Error("a subnet that is not wanted any more stayed")
	}
	for _, bad := range []plan.Provider{{Subnets: []string{"198.18.0.0"}}, {Uplink: "vg-none"}} {
		if st, err := p.Ensure(ctx, bad); err != nil || !st.Failed {
			t.Errorf("%+v: %+v, %v", bad, st, err)
		}
	}
	for range 2 {
		if st, err := p.Remove(ctx); err != nil || !st.Ready {
			t.Fatalf("Remove: %+v, %v", st, err)
		}
	}
	if left := leftovers(in); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// asDriver lets the suite walk the provider. There is one, without an id; the
// suite's stands in a file, where a killed process's successor finds it.
type asDriver struct{ netdev.Provider }

func (a *asDriver) file() string { return a.In.Path("id") }

func (a *asDriver) List(context.Context) ([]plan.ID, error) {
	id, err := os.ReadFile(a.file())
	if err != nil || len(namespaces(a.In)) == 0 {
		return nil, nil
	}
	return []plan.ID{plan.ID(id)}, nil
}

func (a *asDriver) Ensure(ctx context.Context, id plan.ID, spec plan.Provider) (plan.Status, error) {
	if err := os.WriteFile(a.file(), []byte(id), 0o600); err != nil {
		return plan.Status{}, err
	}
	return a.Provider.Ensure(ctx, spec)
}

func (a *asDriver) Remove(ctx context.Context, _ plan.ID) (plan.Status, error) {
	return a.Provider.Remove(ctx)
}

// uplinkHome plays the host, so that the real one is never touched.
func uplinkHome(in sys.Installation) sys.Netns { return sys.Netns("vgt" + in.Tag + "-home") }

// setUplinks gives the host two cables into a street: u0 free, u1 in use.
func setUplinks(t testing.TB, in sys.Installation) {
	t.Helper()
	home, street := uplinkHome(in), sys.Netns("vgt"+in.Tag+"-street")
	t.Cleanup(func() { _, _ = home.Delete(), street.Delete() })
	for _, ns := range []sys.Netns{home, street} {
		if err := ns.Create(); err != nil {
			t.Fatal(err)
		}
	}
	far, err := street.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	within(t, home, func(nl *netlink.Handle) error {
		for _, name := range []string{"u0", "u1", "u2"} {
			attrs := netlink.NewLinkAttrs()
			attrs.Name = name
			if err := nl.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: name, PeerNamespace: netlink.NsFd(int(far))}); err != nil {
				return err
			}
		}
		used, err := nl.LinkByName("u1")
		return errors.Join(err, nl.AddrAdd(used, &netlink.Addr{IPNet: &net.IPNet{IP: net.IPv4(192, 0, 2, 1), Mask: net.CIDRMask(24, 32)}}))
	})
}

// Before anything is made it can be said whether an interface can be the uplink.
func TestCheckUplink(t *testing.T) {
	needRoot(t)
	in, other := drivertest.NewInstallation(t), drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	setUplinks(t, in)
	p := &netdev.Provider{In: in, UplinkNetns: uplinkHome(in)}
	second := &netdev.Provider{In: other, UplinkNetns: uplinkHome(in)}
	check := func(when string, p *netdev.Provider, name, want string) {
		t.Helper()
		err := p.CheckUplink(name)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s, %s: %v, want %q", when, name, err, want)
		}
	}
	for name, want := range map[string]string{"u0": "", "u1": "carries addresses", "eth77": "no such interface"} {
		check("at first", p, name, want)
	}
	if st, err := p.Ensure(t.Context(), plan.Provider{Uplink: "u0"}); err != nil || !st.Ready {
		t.Fatalf("%+v, %v", st, err)
	}
	check("lent", p, "u0", "")
	check("lent to somebody else", second, "u0", "no such interface") // it is in a namespace of ours
}

func TestProviderUplink(t *testing.T) {
	needRoot(t)
	cfg := config[plan.Provider]("netdev.uplink.", "sys.netns.", "netdev.bridge.", "netdev.closed.")
	cfg.Foreign = nil // asDriver lists by what lies in the installation's name
	cfg.New = func(_ testing.TB, in sys.Installation) plan.Driver[plan.Provider] {
		return &asDriver{netdev.Provider{In: in, UplinkNetns: uplinkHome(in)}}
	}
	setup := cfg.Setup
	cfg.Setup = func(t testing.TB, in sys.Installation) {
		setup(t, in)
		setUplinks(t, in)
	}
	cfg.Spec = func(sys.Installation, plan.ID) plan.Provider {
		return plan.Provider{Subnets: []string{"198.18.0.1/16"}, Uplink: "u0", Gateway: "198.18.255.254", Closed: true}
	}
	cfg.Update = func(sys.Installation, plan.ID) plan.Provider {
		return plan.Provider{Subnets: []string{"198.18.0.1/16"}, Uplink: "u2"}
	}
	drivertest.Run(t, cfg)
}

// What was lent comes back, and what is in use is not taken.
func TestProviderUplinkReturns(t *testing.T) {
	needRoot(t)
	in := drivertest.NewInstallation(t)
	t.Cleanup(func() { sweep(t, in) })
	setUplinks(t, in)
	p, ctx := &netdev.Provider{In: in, UplinkNetns: uplinkHome(in)}, context.Background()
	athome := func() (names string) {
		within(t, uplinkHome(in), func(nl *netlink.Handle) error {
			links, err := nl.LinkList()
			for _, l := range links {
				names += l.Attrs().Name + l.Attrs().Alias + " "
			}
			return err
		})
		return names
	}
	before := athome()
	if !strings.Contains(before, "u0 ") {
		t.Fatalf("the host has %s", before)
	}
	for _, bad := range []string{"u1", "nowhere"} {
		if st, err := p.Ensure(ctx, plan.Provider{Uplink: bad}); err != nil || !st.Failed || !strings.Contains(st.Reason, bad) {
			t.Errorf("uplink %s: %+v, %v", bad, st, err)
		}
	}
	if st, err := p.Ensure(ctx, plan.Provider{Uplink: "u0"}); err != nil || !st.Ready {
		t.Fatalf("uplink: %+v, %v", st, err)
	}
	if strings.Contains(athome(), "u0") || !strings.Contains(show(t, in, false), "u0 veth up=true") {
		t.Errorf("not lent: the host has %s", athome())
	}
	if st, err := p.Ensure(ctx, plan.Provider{}); err != nil || !st.Ready || !strings.Contains(athome(), "u0 ") {
		t.Errorf("not wanted any more: %+v, %v, the host has %s", st, err, athome())
	}
	if st, err := p.Ensure(ctx, plan.Provider{Uplink: "u0"}); err != nil || !st.Ready {
		t.Fatalf("uplink: %+v, %v", st, err)
	}
	if st, err := p.Remove(ctx); err != nil || !st.Ready || !strings.Contains(athome(), "u0 ") {
		t.Errorf("Remove: %+v, %v, the host has %s", st, err, athome())
	}
}
