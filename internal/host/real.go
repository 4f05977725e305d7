package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/virga-cloud/virga/internal/host/dhcp"
	"github.com/virga-cloud/virga/internal/host/disk"
	"github.com/virga-cloud/virga/internal/host/netdev"
	"github.com/virga-cloud/virga/internal/host/nft"
	"github.com/virga-cloud/virga/internal/host/qemu"
	"github.com/virga-cloud/virga/internal/host/seed"
	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// RealOptions is what a real machine is composed of.
type RealOptions struct {
	In     sys.Installation // required
	Uplink Uplink           // optional
	Accel  string           // optional: what qemu.Accel finds
	Now    func() time.Time // required
	// Fetch reads the packed bytes of an image from an offset on. Required.
	Fetch func(ctx context.Context, digest string, offset int64) (io.ReadCloser, error)
	// Unpack puts the members of a packed image into a folder. Required.
	Unpack func(r io.Reader, dir, digest string) error
	// Underlay is this host's address towards other hosts; optional.
	Underlay netip.Addr
	Software string // version of the binary, for Facts
	// Overcommit is how many times the room on disk is offered, 1 (or 0) to
	// MostOvercommit.
	Overcommit float64
	// IOPS bounds the operations per second of each disk of a guest; 0 = no bound.
	IOPS int64
}

// Uplink is how the public subnets reach beyond this host.
type Uplink struct {
	Interface string       // lent to the provider bridge; "" = guests stay inside
	Gateway   netip.Addr   // on its wire, optional: the way to everybody else
	Address   netip.Prefix // of the bridge there, where Gateway is in no public subnet
}

// provider is the provider bridge with these public subnets.
func (u Uplink) provider(subnets []string) plan.Provider {
	p := plan.Provider{Subnets: subnets, Uplink: u.Interface, Closed: u.Interface == ""}
	if u.Gateway.IsValid() {
		p.Gateway = u.Gateway.String()
	}
	if u.Address.IsValid() {
		p.Address = u.Address.String()
	}
	return p
}

// MostOvercommit is as far as thin disks of any use go.
const MostOvercommit = 100

// Real is this machine: the drivers, composed.
type Real struct {
	opt      RealOptions
	images   *disk.Images
	volumes  *disk.Volumes
	provider *netdev.Provider
	networks *netdev.Networks
	routers  *netdev.Routers
	taps     *netdev.Taps
	guards   *nft.Guards
	tables   *nft.Tables
	logs     *nft.Logs
	servers  *dhcp.Servers
	machines *qemu.Machines

	mu sync.Mutex
	// done is what each router was last made to, so that a port which is in
	// it costs no look at the machine. The router's own document looks. Networks
	// without a router are in it with their leases, for machines likewise.
	done map[plan.ID]string
	// watch hears of changes; nil before Watch.
	watch *nft.Watch
}

var _ Machine = (*Real)(nil)

// NewReal composes the drivers. It changes nothing on the machine.
func NewReal(opt RealOptions) *Real {
	if opt.Accel == "" {
		opt.Accel = qemu.Accel()
	}
	taps := &netdev.Taps{In: opt.In}
	return &Real{
		opt:      opt,
		images:   &disk.Images{In: opt.In, Fetch: opt.Fetch, Unpack: opt.Unpack, Go: background},
		volumes:  &disk.Volumes{In: opt.In},
		provider: &netdev.Provider{In: opt.In},
		networks: &netdev.Networks{In: opt.In, Underlay: opt.Underlay},
		routers:  &netdev.Routers{In: opt.In},
		taps:     taps,
		guards:   &nft.Guards{In: opt.In},
		tables:   &nft.Tables{In: opt.In},
		logs:     &nft.Logs{In: opt.In, Now: opt.Now},
		servers:  &dhcp.Servers{In: opt.In},
		machines: &qemu.Machines{In: opt.In, Accel: opt.Accel, Now: opt.Now, Seed: seed.Build, OpenTap: taps.OpenTap, IOPS: opt.IOPS},
		done:     map[plan.ID]string{},
	}
}

// Close ends what lives in this process: downloads, DHCP, and logs of rules. Guests go on.
func (m *Real) Close() error {
	m.logs.Close()
	return errors.Join(m.servers.Close(), m.images.Close())
}

// TakeLogged gives what a router's rules with Log said since the last time, oldest first,
// and how many lines were lost before these.
func (m *Real) TakeLogged(router plan.ID) (lines []plan.Logged, lost uint64) {
	return m.logs.Take(router)
}

// List names the artefacts of a kind. Ports and policies have none of their
// own: they are part of their router's.
func (m *Real) List(ctx context.Context, kind plan.Kind) ([]plan.ID, error) {
	switch kind {
	case plan.KindImage:
		return m.images.List(ctx)
	case plan.KindNetwork:
		return m.networks.List(ctx)
	case plan.KindRouter:
		return m.routers.List(ctx)
	case plan.KindVolume:
		return m.volumes.List(ctx)
	case plan.KindVM:
		return m.machines.List(ctx)
	}
	return nil, nil
}

// Ensure makes one step towards a document.
func (m *Real) Ensure(ctx context.Context, doc plan.Document, view View) (plan.Status, error) {
	body := view.Body(doc.Ref())
	switch b := body.(type) {
	case *plan.Image:
		return m.images.Ensure(ctx, doc.ID, *b)
	case *plan.Network:
		return m.again("n", doc, view, func() (plan.Status, error) { return m.ensureNetwork(ctx, doc.ID, b, view) })
	case *plan.Router:
		return m.again("r", doc, view, func() (plan.Status, error) { return m.ensureRouter(ctx, doc.ID, view) })
	case *plan.Policy:
		return m.ensurePolicy(ctx, doc.ID, view)
	case *plan.Port:
		return m.routerOf(ctx, b.Router, view)
	case *plan.Volume:
		return m.volumes.Ensure(ctx, doc.ID, *b)
	case *plan.VM:
		return m.ensureVM(ctx, doc.ID, b, view)
	}
	return plan.Status{}, fmt.Errorf("%s has no body", doc.Ref()) // it was replaced meanwhile
}

// again makes a step, and says so when the namespace of a document had been there
// and is made a second time.
func (m *Real) again(letter string, doc plan.Document, view View, step func() (plan.Status, error)) (plan.Status, error) {
	gone := view.Missing(doc.Ref()) == "" && !m.opt.In.Netns(letter, doc.ID).Exists()
	st, err := step()
	if gone && err == nil && st.Repaired == "" {
		st.Repaired = "somebody took away the network namespace; it was made anew"
	}
	return st, err
}

// Remove makes one step towards absence.
func (m *Real) Remove(ctx context.Context, ref plan.Ref, view View) (plan.Status, error) {
	switch ref.Kind {
	case plan.KindImage:
		return m.images.Remove(ctx, ref.ID)
	case plan.KindNetwork:
		return m.removeNetwork(ctx, ref.ID, view)
	case plan.KindRouter:
		return m.removeRouter(ctx, ref.ID)
	case plan.KindPort:
		// The routers it was part of are made without it.
		return m.routersAmong(ctx, view.Before(ref), view)
	case plan.KindPolicy:
		return plan.Status{Ready: true}, nil
	case plan.KindVolume:
		return m.volumes.Remove(ctx, ref.ID)
	case plan.KindVM:
		st, err := m.machines.Remove(ctx, ref.ID)
		if err != nil || !st.Ready {
			return st, err
		}
		return m.removeNICs(ctx, staleNICs(view.Before(ref), nil))
	}
	return plan.Status{}, fmt.Errorf("remove %s: unknown kind", ref)
}

// Facts says what this machine has.
func (m *Real) Facts(context.Context) (plan.Facts, error) {
	f := plan.Facts{CPUs: runtime.NumCPU(), Accelerator: m.opt.Accel, Software: m.opt.Software}
	if m.opt.Underlay.IsValid() {
		f.Address = m.opt.Underlay.String()
		mtu, err := netdev.UnderlayMTU(m.opt.Underlay)
		if err != nil {
			return f, fmt.Errorf("address towards other hosts: %w", err)
		}
		f.MTU = mtu
	}
	var err error
	if f.Name, err = os.Hostname(); err != nil {
		return f, err
	}
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return f, err
	}
	if f.RAM, err = memTotal(string(b)); err != nil {
		return f, err
	}
	if err := os.MkdirAll(m.opt.In.Dir, 0o700); err != nil { // path: this host's own folder
		return f, err
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(m.opt.In.Dir, &fs); err != nil {
		return f, fmt.Errorf("size of %s: %w", m.opt.In.Dir, err)
	}
	f.DiskFree = int64(fs.Bavail) * fs.Bsize
	f.DiskSize = int64(fs.Blocks) * fs.Bsize
	f.Disk = int64(float64(f.DiskFree+m.opt.In.Used()) * max(1, m.opt.Overcommit))
	return f, nil
}

// memTotal reads the size of the memory in MiB.
func memTotal(meminfo string) (int, error) {
	for line := range strings.Lines(meminfo) {
		var kib int
		if n, _ := fmt.Sscanf(line, "MemTotal: %d kB", &kib); n == 1 {
			return kib / 1024, nil
		}
	}
	return 0, errors.New("no MemTotal in /proc/meminfo")
}

// Dial reaches a guest: TCP from inside its router's or network's namespace,
// its serial line or its screen through QEMU's sockets.
func (m *Real) Dial(ctx context.Context, to plan.Target) (net.Conn, error) {
	for _, id := range []plan.ID{to.VM, to.Router, to.Network} {
		if id != "" && !sys.IsID(string(id)) {
			return nil, fmt.Errorf("dial: %q is no id", id)
		}
	}
	switch to.Kind {
	case "tcp":
		ns := m.opt.In.Netns("r", to.Router)
		if to.Router == "" {
			ns = m.opt.In.Netns("n", to.Network)
		}
		return ns.Dial(ctx, "tcp", to.Address)
	case "serial":
		return m.machines.Dial(ctx, m.machines.SerialPath(to.VM))
	case "vnc":
		return m.machines.Dial(ctx, m.machines.VNCPath(to.VM))
	}
	return nil, fmt.Errorf("dial %q: no such kind of target", to.Kind)
}
