package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
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
	Uplink string           // optional: interface lent to the provider bridge
	Accel  string           // optional: what qemu.Accel finds
	Now    func() time.Time // required
	// Fetch reads the packed bytes of an image from an offset on. Required.
	Fetch func(ctx context.Context, digest string, offset int64) (io.ReadCloser, error)
	// Unpack puts the members of a packed image into a folder. Required.
	Unpack func(r io.Reader, dir, digest string) error
	// Underlay is this host's address towards other hosts; optional.
	Underlay netip.Addr
	Software string // version of the binary, for Facts
}

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
	servers  *dhcp.Servers
	machines *qemu.Machines

	mu sync.Mutex
	// done is what each router was last made to, so that a port which is in
	// it costs no look at the machine. The router's own document looks.
	done map[plan.ID]string
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
		servers:  &dhcp.Servers{In: opt.In},
		machines: &qemu.Machines{In: opt.In, Accel: opt.Accel, Now: opt.Now, Seed: seed.Build, OpenTap: taps.OpenTap},
		done:     map[plan.ID]string{},
	}
}

// Close ends what lives in this process: downloads and DHCP. Guests go on.
func (m *Real) Close() error { return errors.Join(m.servers.Close(), m.images.Close()) }

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
		return m.networks.Ensure(ctx, doc.ID, *b)
	case *plan.Router:
		return m.ensureRouter(ctx, doc.ID, view)
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

// Remove makes one step towards absence.
func (m *Real) Remove(ctx context.Context, ref plan.Ref, view View) (plan.Status, error) {
	switch ref.Kind {
	case plan.KindImage:
		return m.images.Remove(ctx, ref.ID)
	case plan.KindNetwork:
		if err := m.removeStaleTaps(ctx, view); err != nil {
			return plan.Status{}, err
		}
		return m.networks.Remove(ctx, ref.ID)
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

// parts collects the documents of a router.
func parts(id plan.ID, view View) (routerParts, bool) {
	p := routerParts{
		router: Body[plan.Router](view, plan.KindRouter, id),
		ports:  map[plan.ID]*plan.Port{}, policies: map[plan.ID]*plan.Policy{},
	}
	if p.router == nil {
		return p, false
	}
next:
	for _, ref := range view.Users(plan.Ref{Kind: plan.KindRouter, ID: id}) {
		port := Body[plan.Port](view, ref.Kind, ref.ID)
		if port == nil || port.Router != id {
			continue
		}
		// One port that waits for its policy must not keep the others waiting.
		for _, a := range port.Public {
			if a.Policy == "" {
				continue
			}
			policy := Body[plan.Policy](view, plan.KindPolicy, a.Policy)
			if policy == nil {
				continue next
			}
			p.policies[a.Policy] = policy
		}
		p.ports[ref.ID] = port
	}
	return p, true
}

// ensureRouter makes a router with all that its ports say.
func (m *Real) ensureRouter(ctx context.Context, id plan.ID, view View) (plan.Status, error) {
	p, ok := parts(id, view)
	if !ok {
		return plan.Status{Reason: fmt.Sprintf("router %s has no document", id.Short())}, nil
	}
	m.mu.Lock()
	delete(m.done, id)
	m.mu.Unlock()
	var all []plan.Status
	if len(p.router.Outside) > 0 {
		st, err := m.provider.Ensure(ctx, plan.Provider{Subnets: p.router.Pools, Uplink: m.opt.Uplink})
		if err != nil {
			return plan.Status{}, fmt.Errorf("provider bridge: %w", err)
		}
		all = append(all, st)
	}
	// The namespace first: it passes nothing until the table is in.
	st, err := m.routers.Ensure(ctx, id, netdevRouter(p))
	if err != nil {
		return st, err
	}
	all = append(all, st)
	if st, err = m.tables.Ensure(ctx, id, nftTable(p)); err != nil {
		return st, err
	}
	all = append(all, st)
	if st, err = m.servers.Ensure(ctx, id, dhcpServer(p)); err != nil {
		return st, err
	}
	sum := merge(append(all, st)...)
	if sum.Ready {
		m.mu.Lock()
		m.done[id] = digestOf(p)
		m.mu.Unlock()
	}
	return sum, nil
}

// routerOf is ensureRouter for a part of it, which costs nothing when the
// router was made of exactly these documents already.
func (m *Real) routerOf(ctx context.Context, id plan.ID, view View) (plan.Status, error) {
	if p, ok := parts(id, view); ok {
		digest := digestOf(p)
		m.mu.Lock()
		done := m.done[id] == digest
		m.mu.Unlock()
		if done {
			return plan.Status{Ready: true}, nil
		}
	}
	return m.ensureRouter(ctx, id, view)
}

func digestOf(p routerParts) string {
	b, err := json.Marshal([]any{p.router, p.sortedPorts(), p.policies})
	if err != nil {
		return "" // equals no digest: the router is looked at
	}
	return string(b)
}

// routersAmong makes the routers that are named and still wanted.
func (m *Real) routersAmong(ctx context.Context, refs []plan.Ref, view View) (plan.Status, error) {
	all := []plan.Status{}
	for _, r := range refs {
		if r.Kind != plan.KindRouter || view.Body(r) == nil {
			continue
		}
		st, err := m.routerOf(ctx, r.ID, view)
		if err != nil {
			return st, err
		}
		all = append(all, st)
	}
	return merge(all...), nil
}

// ensurePolicy makes the routers whose ports name the policy.
func (m *Real) ensurePolicy(ctx context.Context, id plan.ID, view View) (plan.Status, error) {
	var routers []plan.Ref
	for _, ref := range view.Users(plan.Ref{Kind: plan.KindPolicy, ID: id}) {
		port := Body[plan.Port](view, ref.Kind, ref.ID)
		if port == nil {
			continue
		}
		r := plan.Ref{Kind: plan.KindRouter, ID: port.Router}
		// A router that was never made takes the policy when it is.
		if view.Missing(r) == "" && !slices.Contains(routers, r) {
			routers = append(routers, r)
		}
	}
	return m.routersAmong(ctx, routers, view)
}

// removeRouter goes the other way round: nothing passes any more before the
// namespace goes.
func (m *Real) removeRouter(ctx context.Context, id plan.ID) (plan.Status, error) {
	m.mu.Lock()
	delete(m.done, id)
	m.mu.Unlock()
	for _, remove := range []func(context.Context, plan.ID) (plan.Status, error){m.servers.Remove, m.tables.Remove, m.routers.Remove} {
		if st, err := remove(ctx, id); err != nil || !st.Ready {
			return st, err
		}
	}
	return plan.Status{Ready: true}, nil
}

// ensureVM makes the cards, then the machine.
func (m *Real) ensureVM(ctx context.Context, id plan.ID, vm *plan.VM, view View) (plan.Status, error) {
	volumes := map[plan.ID]*plan.Volume{}
	for _, a := range vm.Volumes {
		if v := Body[plan.Volume](view, plan.KindVolume, a.Volume); v != nil {
			volumes[a.Volume] = v
		}
	}
	spec, complete := qemuMachine(vm, volumes)
	_, runs := m.opt.In.VMProcess(id)
	hold := ""
	if vm.Power == plan.On {
		hold = view.Hold(id, vm)
		if hold == "" || runs {
			why, err := m.ensureNICs(ctx, vm)
			if err != nil {
				return plan.Status{}, err
			}
			if hold == "" {
				hold = why
			}
		}
	}
	switch {
	case hold != "" && !runs:
		// Nothing may start now. Told to be off, the driver just looks.
		spec.Power = plan.Off
		st, err := m.machines.Ensure(ctx, id, spec)
		st.Ready, st.Reason, st.Again = false, hold, waiting
		return st, err
	case !complete && vm.Power == plan.On:
		// It runs, and a volume lacks its document: nothing is pulled from
		// under it, and nothing is changed before all is known.
		return plan.Status{Reason: hold, Again: waiting, VM: nil}, nil
	}
	st, err := m.machines.Ensure(ctx, id, spec)
	if err != nil || !st.Ready {
		return st, err
	}
	gone, err := m.removeNICs(ctx, staleNICs(view.Before(plan.Ref{Kind: plan.KindVM, ID: id}), vm))
	return merge(st, gone), err
}

// ensureNICs makes guards and taps. The guard first: a tap without one would
// let a guest claim any address.
func (m *Real) ensureNICs(ctx context.Context, vm *plan.VM) (why string, err error) {
	for _, n := range vm.NICs {
		guard, err := m.guards.Ensure(ctx, n.ID, n)
		if err != nil {
			return "", err
		}
		tap, err := m.taps.Ensure(ctx, n.ID, n)
		if err != nil {
			return "", err
		}
		if st := merge(guard, tap); !st.Ready {
			return fmt.Sprintf("card %s: %s", n.ID.Short(), st.Reason), nil
		}
	}
	return "", nil
}

// removeNICs takes cards away: the tap first, for the same reason.
func (m *Real) removeNICs(ctx context.Context, nics []plan.ID) (plan.Status, error) {
	all := []plan.Status{}
	for _, id := range nics {
		tap, err := m.taps.Remove(ctx, id)
		if err != nil {
			return plan.Status{}, err
		}
		all = append(all, tap)
		if !tap.Ready {
			continue
		}
		guard, err := m.guards.Remove(ctx, id)
		if err != nil {
			return plan.Status{}, err
		}
		all = append(all, guard)
	}
	return merge(all...), nil
}

// removeStaleTaps takes away the cards that no document names. They have no
// kind of their own, so nobody else would, and a network cannot go while one
// hangs on its bridge. They hold nothing that could be lost.
func (m *Real) removeStaleTaps(ctx context.Context, view View) error {
	taps, err := m.taps.List(ctx)
	if err != nil {
		return err
	}
	guards, err := m.guards.List(ctx)
	if err != nil {
		return err
	}
	var stale []plan.ID
	for _, id := range append(taps, guards...) {
		if len(view.Users(plan.Ref{Kind: kindNIC, ID: id})) == 0 && !slices.Contains(stale, id) {
			stale = append(stale, id)
		}
	}
	_, err = m.removeNICs(ctx, stale)
	return err
}

// Facts says what this machine has.
func (m *Real) Facts(context.Context) (plan.Facts, error) {
	f := plan.Facts{CPUs: runtime.NumCPU(), Accelerator: m.opt.Accel, Software: m.opt.Software}
	if m.opt.Underlay.IsValid() {
		f.Address = m.opt.Underlay.String()
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
	f.Disk = int64(fs.Blocks) * fs.Bsize
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
