package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/host"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/qemu"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/image"
)

// realFlags are about the machine under the agent.
type realFlags struct {
	uplink, accel, underlay string
	gateway, address        string // of the uplink
	overcommit              float64
	iops                    int64
}

// realNames are the flags that add declares.
var realNames = []string{"uplink", "uplink-gateway", "uplink-address", "accel", "disk-overcommit", "disk-iops", "underlay"}

// add declares the flags; overcommit is the default of --disk-overcommit.
func (r *realFlags) add(cmd *cobra.Command, overcommit float64) {
	cmd.Flags().StringVar(&r.uplink, "uplink", "",
		"network interface that the public subnets may use to leave this machine (default: guests stay inside)")
	cmd.Flags().StringVar(&r.gateway, "uplink-gateway", "",
		"router on the wire of --uplink that knows the way to everybody else (default: nothing leaves the public subnets)")
	cmd.Flags().StringVar(&r.address, "uplink-address", "",
		"address of this host on that wire, such as 192.0.2.2/30, where the router is in no public subnet")
	cmd.Flags().StringVar(&r.accel, "accel", "", "kvm or tcg (default: kvm where it works)")
	cmd.Flags().Float64Var(&r.overcommit, "disk-overcommit", overcommit,
		"how many times the room on disk may be promised: disks take only what was written, and a full file system stops their guests")
	cmd.Flags().Int64Var(&r.iops, "disk-iops", 0, "operations per second that each disk of a guest may do (0: as many as it can)")
	cmd.Flags().StringVar(&r.underlay, "underlay", "",
		"address of this host towards other hosts, for networks that span hosts, or none (default: where it reaches the control plane from)")
}

// check refuses what this machine cannot do, before anything is made.
func (r *realFlags) check(d *data) error {
	if err := r.checkWishes(); err != nil || r.uplink == "" {
		return err
	}
	in, err := d.machine()
	if err != nil {
		return err
	}
	if err := (&netdev.Provider{In: in}).CheckUplink(r.uplink); err != nil {
		return fail(exitUsage, "--uplink %s: %v", r.uplink, err)
	}
	return nil
}

// checkWishes looks at the flags that need no look at the installation.
func (r *realFlags) checkWishes() error {
	switch r.accel {
	case "", "tcg":
	case "kvm":
		if qemu.Accel() != qemu.KVM {
			return fail(exitFailed, "--accel kvm: KVM does not work on this machine; leave the flag away to have guests emulated")
		}
	default:
		return fail(exitUsage, "--accel is kvm or tcg, not %q", r.accel)
	}
	if r.overcommit < 1 || r.overcommit > host.MostOvercommit {
		return fail(exitUsage, "--disk-overcommit is a number from 1 to %d, not %v", host.MostOvercommit, r.overcommit)
	}
	if _, err := r.uplinkOption(); err != nil {
		return err
	}
	_, err := r.underlayAddr()
	return err
}

// uplinkOption reads what was said of the uplink.
func (r *realFlags) uplinkOption() (u host.Uplink, err error) {
	if u.Interface = r.uplink; u.Interface == "" && (r.gateway != "" || r.address != "") {
		return u, fail(exitUsage, "--uplink-gateway and --uplink-address say where --uplink leads, which is missing")
	}
	if r.gateway != "" {
		if u.Gateway, err = netip.ParseAddr(r.gateway); err != nil || !u.Gateway.Is4() {
			return u, fail(exitUsage, "--uplink-gateway is an IPv4 address, not %q", r.gateway)
		}
	}
	if r.address != "" {
		u.Address, err = netip.ParsePrefix(r.address)
		switch {
		case err != nil || !u.Address.Addr().Is4():
			return u, fail(exitUsage, "--uplink-address is an IPv4 address with its prefix length, such as 192.0.2.2/30, not %q", r.address)
		case !u.Gateway.IsValid():
			return u, fail(exitUsage, "--uplink-address is towards --uplink-gateway, which is missing")
		case !u.Address.Contains(u.Gateway) || u.Address.Addr() == u.Gateway:
			return u, fail(exitUsage, "--uplink-gateway %s is no neighbour of --uplink-address %s", u.Gateway, u.Address)
		}
	}
	return u, nil
}

// realAgent starts the host of this machine inside the control plane's
// process.
func (n *node) realAgent(ctx context.Context, all *sync.WaitGroup, out io.Writer, r *realFlags) error {
	if err := n.firstImage(ctx, out); err != nil {
		return err
	}
	if at, _, err := net.SplitHostPort(n.opt.links); err == nil {
		r.guessUnderlay(at)
	}
	folder := host.Dir{Path: n.opt.data.path("host", "agent")}
	open := func(c *host.Client) (host.Machine, error) {
		m, closeMachine, err := openMachine(ctx, n.opt.data, r, false, c)
		if err != nil {
			return nil, err
		}
		all.Go(func() { <-ctx.Done(); closeMachine() })
		f, err := m.Facts(ctx)
		if err == nil {
			say(out, "this host     %s, %d MiB of memory, %s, QEMU with %s",
				cloud.Count(f.CPUs, "CPU"), f.RAM, r.promised(f.Disk), f.Accelerator)
		}
		return m, err
	}
	row := cloud.Host{Name: hostName(), ServerType: 2, StorageType: 2}
	return n.startAgent(ctx, all, folder, row, open)
}

// promised says how much disk servers may have together, and that there is less.
func (r *realFlags) promised(disk int64) string {
	text := fmt.Sprintf("%d GB of disk", disk>>30)
	if r.overcommit > 1 {
		text += fmt.Sprintf(" to promise (%v times the %d GB there are: --disk-overcommit)", r.overcommit, int64(float64(disk)/r.overcommit)>>30)
	}
	return text
}

// lookAtMachine says what was found, and refuses to start a host that could
// not run a single guest.
func lookAtMachine(out io.Writer, dir string) error {
	if os.Geteuid() != 0 {
		return fail(exitAuth, "machines and networks need root; run as root, or use --fake")
	}
	if err := sys.RaiseNeighborLimits("/proc"); err != nil { // in a container the kernel's are not ours to set
		say(out, "note          %v", err)
	}
	for _, c := range checkMachine(dir) {
		switch {
		case c.State == stateBad && (c.Name == neighborCheck || c.Name == diskCheck): // guests run all the same
			say(out, "%-13s %s. Do: %s", c.Name, c.Text, c.Fix)
		case c.State == stateBad:
			return fail(exitFailed, "this machine cannot be a host: %s: %s. Do: %s", c.Name, c.Text, c.Fix)
		case c.Name == "packages" || c.Name == "acceleration":
			say(out, "%-13s %s", c.Name, c.Text)
		}
	}
	return nil
}

// openMachine opens the machine under an agent.
func openMachine(_ context.Context, d *data, r *realFlags, fakeIt bool, c *host.Client) (host.Machine, func(), error) {
	if fakeIt {
		m, err := fakeMachine(d.path("host"), hostName())
		return m, func() {}, err
	}
	in, err := d.machine()
	if err != nil {
		return nil, nil, err
	}
	opt := host.RealOptions{
		In: in, Accel: r.accel, Overcommit: r.overcommit, IOPS: r.iops, Now: time.Now, Fetch: c.Image, Software: version,
		Unpack: func(rd io.Reader, dir, digest string) error {
			_, err := image.Unpack(rd, dir, digest)
			return err
		},
	}
	if r.iops < 0 {
		return nil, nil, fail(exitUsage, "--disk-iops is 0 or more, not %d", r.iops)
	}
	if opt.Uplink, err = r.uplinkOption(); err != nil {
		return nil, nil, err
	}
	if opt.Underlay, err = r.underlayAddr(); err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(opt.In.Dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("make %s: %w", opt.In.Dir, err)
	}
	m := host.NewReal(opt)
	return m, func() { _ = m.Close() }, nil
}

// underlayAddr is the address towards other hosts, the zero one for none.
func (r *realFlags) underlayAddr() (a netip.Addr, err error) {
	if r.underlay == "" || r.underlay == "none" {
		return a, nil
	}
	if a, err = netip.ParseAddr(r.underlay); err != nil || !a.Is4() {
		return a, fail(exitUsage, "--underlay is an IPv4 address of this machine, not %q", r.underlay)
	}
	if _, err := netdev.UnderlayMTU(a); err != nil {
		return a, fail(exitUsage, "--underlay: %v", err)
	}
	return a, nil
}

// guessUnderlay takes an address for the one towards other hosts when none was
// given and others can reach it.
func (r *realFlags) guessUnderlay(host string) {
	a, err := netip.ParseAddr(host)
	if r.underlay == "" && err == nil && a.Unmap().Is4() && !a.IsLoopback() && !a.IsUnspecified() {
		r.underlay = a.Unmap().String()
	}
}

// firstImage makes the tiny image when the installation has none at all, so
// that the first machine needs nothing else.
func (n *node) firstImage(ctx context.Context, out io.Writer) error {
	list, err := n.ctl.AllImages(ctx)
	if err != nil {
		return err
	}
	for _, i := range list {
		if i.Kind == cloud.Appliance {
			say(out, "image         %s", i.Name)
			return nil
		}
	}
	if err := image.MissingTiny(); err != nil {
		say(out, "no image yet, and the tiny one cannot be built: %v", err)
		return nil
	}
	say(out, "no image yet: building the tiny one")
	b, err := image.Cached(ctx)
	if err != nil {
		return fmt.Errorf("build the tiny image: %w", err)
	}
	_, err = n.admin.Register(ctx, b)
	return err
}
