package qemu

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// machine is what QEMU says about itself.
type machine struct {
	status  string // running, paused, shutdown, io-error, ...
	cpus    int
	ram     int                // MiB
	devices []string           // ids of what was plugged by us
	busy    map[string]bool    // root ports with something in them
	nodes   map[string]string  // block node to its file
	files   map[string]string  // file to the qcow2 node that has it open
	active  map[plan.ID]string // block node that the disk writes to
	iops    map[plan.ID]int64  // bound of the disk
	full    bool               // a disk stopped for want of room
	disc    string             // file in the drive
	jobs    map[string]string  // block jobs with their state
}

// look asks for everything that a step may need: seven questions, a
// millisecond each.
func (v *vm) look(q *qmp) (*machine, error) {
	m := &machine{
		busy: map[string]bool{}, nodes: map[string]string{}, files: map[string]string{},
		active: map[plan.ID]string{}, iops: map[plan.ID]int64{}, jobs: map[string]string{},
	}
	var status struct{ Status string }
	var cpus []struct{}
	var mem struct {
		Base    int64 `json:"base-memory"`
		Plugged int64 `json:"plugged-memory"`
	}
	var devices []struct{ Name, Type string }
	var nodes []struct {
		Name string `json:"node-name"`
		File string
		Drv  string
	}
	var jobs []struct{ ID, Status string }
	for _, ask := range []struct {
		command   string
		args, out any
	}{
		{"query-status", nil, &status},
		{"query-cpus-fast", nil, &cpus},
		{"query-memory-size-summary", nil, &mem},
		{"qom-list", map[string]any{"path": "/machine/peripheral"}, &devices},
		{"query-named-block-nodes", map[string]any{"flat": true}, &nodes},
		{"query-jobs", nil, &jobs},
	} {
		if err := q.do(ask.command, ask.args, ask.out); err != nil {
			return nil, err
		}
	}
	m.status, m.cpus, m.ram = status.Status, len(cpus), int((mem.Base+mem.Plugged)>>20)
	for _, d := range devices {
		if strings.HasPrefix(d.Type, "child<") {
			m.devices = append(m.devices, d.Name)
		}
	}
	for _, n := range nodes {
		m.nodes[n.Name] = n.File
		if n.Drv == "qcow2" {
			m.files[n.File] = n.Name
		}
	}
	for _, j := range jobs {
		m.jobs[j.ID] = j.Status
	}
	return m, errors.Join(m.ports(q), m.blocks(q))
}

// ports finds the occupied root ports.
func (m *machine) ports(q *qmp) error {
	type dev struct {
		QdevID string `json:"qdev_id"`
		Bridge *struct {
			Devices []struct{} `json:"devices"`
		} `json:"pci_bridge"`
	}
	var buses []struct{ Devices []dev }
	if err := q.do("query-pci", nil, &buses); err != nil {
		return err
	}
	for _, b := range buses {
		for _, d := range b.Devices {
			if d.Bridge != nil && len(d.Bridge.Devices) > 0 {
				m.busy[d.QdevID] = true
			}
		}
	}
	return nil
}

// blocks finds the active layer of each disk and the disc in the drive.
func (m *machine) blocks(q *qmp) error {
	var blocks []struct {
		Qdev     string
		IOStatus string `json:"io-status"`
		Inserted *struct {
			File string
			Node string `json:"node-name"`
			IOPS int64
		}
	}
	if err := q.do("query-block", nil, &blocks); err != nil {
		return err
	}
	for _, b := range blocks {
		m.full = m.full || b.IOStatus == "nospace"
		if b.Inserted == nil {
			continue
		}
		name := strings.TrimPrefix(b.Qdev, "/machine/peripheral/")
		if name == "dvd" {
			m.disc = b.Inserted.File
		}
		if id, ok := strings.CutPrefix(strings.TrimSuffix(name, "/virtio-backend"), "disk-"); ok {
			m.active[plan.ID(id)], m.iops[plan.ID(id)] = b.Inserted.Node, b.Inserted.IOPS
		}
	}
	return nil
}

// nodeOf is the node that has a layer open, empty when none has. What we
// opened carries our name; what QEMU opened below it, its plain file name.
func (m *machine) nodeOf(volume plan.ID, layer, file string) string {
	if name := node(volume, layer); m.nodes[name] != "" {
		return name
	}
	return m.files[file]
}

func (m *machine) has(device string) bool { return slices.Contains(m.devices, device) }

// port takes a free root port.
func (m *machine) port() (string, error) {
	for i := range rootPorts {
		if rp := fmt.Sprintf("rp%d", i); !m.busy[rp] {
			m.busy[rp] = true
			return rp, nil
		}
	}
	return "", errors.New("no free slot until the machine is restarted")
}

// hot makes one change to a running machine.
func hot(effect func() error) error { return hotEffect.Do(effect) }

// adapt makes a running machine like the spec, as far as that goes while it
// runs. Each part says why it is not done yet, empty when it is.
func (v *vm) adapt(ctx context.Context, q *qmp, m *machine, p sys.Process, st plan.Status) (plan.Status, error) {
	if err := os.Remove(v.file("grace")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return st, err
	}
	if err := v.trimSerial(); err != nil {
		return st, err
	}
	if err := wake(q, m); err != nil {
		return st, err
	}
	var waits []string
	var errs error
	for _, part := range []func() (string, error){
		func() (string, error) { return v.chains(ctx, q, m) },
		func() (string, error) { return v.unplug(q, m, p) },
		func() (string, error) { return v.plugDisks(q, m, p) },
		func() (string, error) { return "", v.throttle(q, m) },
		func() (string, error) { return v.plugNICs(ctx, q, m) },
		func() (string, error) { return v.dvd(q, m, p) },
		func() (string, error) { return "", v.memory(q, m) },
		func() (string, error) { return v.cpus(q, m) },
	} {
		why, err := part()
		errs = errors.Join(errs, err)
		if why != "" {
			waits = append(waits, why)
		}
	}
	st.VM.VCPU, st.VM.RAM, st.Repaired = m.cpus, m.ram, v.repaired
	if errs != nil || len(waits) > 0 {
		st.Reason = strings.Join(waits, "; ")
		return st, errs
	}
	st.Ready, st.Again = true, 0
	if m.status == "io-error" {
		return v.paused(ctx, q, m, st)
	}
	if why := v.cold(m); why != "" {
		st.Reason = why + " until the next boot"
	}
	if len(m.jobs) > 0 {
		st.Reason, st.Again = "old layers are being merged", 5*soon
	}
	return st, nil
}

// maxSerial is how long the log of the serial line may become, in bytes.
const maxSerial = 4 << 20

// trimSerial keeps the serial log short. QEMU appends, so it may be cut at any
// time; the last part is kept beside it.
func (v *vm) trimSerial() error {
	log := v.file("serial.log")
	fi, err := os.Stat(log)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || fi.Size() < maxSerial {
		return err
	}
	if err := os.WriteFile(log+".1", []byte(sys.Tail(log, maxSerial/4)), 0o600); err != nil {
		return err
	}
	return os.Truncate(log, 0)
}

// unplug takes away disks and cards that are not wanted. The guest must let
// go of them, so it takes several steps.
func (v *vm) unplug(q *qmp, m *machine, p sys.Process) (why string, err error) {
	wanted := map[string]bool{}
	var keep []plan.ID
	for _, a := range v.spec.Volumes {
		wanted[diskDevice(a.Volume)] = true
		keep = append(keep, a.Volume)
	}
	for _, n := range v.spec.NICs {
		wanted[nicDevice(n.ID)] = !slices.Contains(v.spec.Loose, n.ID)
	}
	for _, name := range m.devices {
		if (strings.HasPrefix(name, "disk-") || strings.HasPrefix(name, "nic-")) && !wanted[name] {
			what := "a network card"
			if strings.HasPrefix(name, "disk-") {
				what = "a disk"
			}
			why = what + " is being unplugged, which the guest must let happen; a power-off does it as well"
			if _, loose := wanted[name]; loose {
				why = what + " lost its network and is plugged anew, which the guest must let happen; a restart does it as well"
			}
			err = errors.Join(err, hot(func() error { return ignorePending(q.do("device_del", map[string]any{"id": name}, nil)) }))
		}
	}
	held, e := v.In.Holds(v.id)
	if err = errors.Join(err, e); err != nil {
		return why, err
	}
	for _, id := range held {
		if slices.Contains(keep, id) || m.has(diskDevice(id)) {
			continue
		}
		// Its device is gone; now its files, and then others may have it.
		if err := v.closeVolume(q, m, id); err != nil {
			return why, err
		}
		if err := p.Hide(v.In.VolumeDir(id)); err != nil {
			return why, err
		}
		if err := v.In.DropHold(id, v.id); err != nil {
			return why, err
		}
	}
	return why, v.closeNICs(q, m)
}

// ignorePending passes over "already in the process of unplug".
func ignorePending(err error) error {
	var refused *qmpError
	if errors.As(err, &refused) && (strings.Contains(refused.Desc, "already in the process of unplug") || refused.Class == "DeviceNotFound") {
		return nil
	}
	return err
}

// closeVolume closes the nodes of a volume. Those that another one stands on
// go with it.
func (v *vm) closeVolume(q *qmp, m *machine, id plan.ID) error {
	c, err := sys.LoadChain(v.In.VolumeDir(id))
	if err != nil {
		return err
	}
	// From the top down: what lies below is in use until then.
	for _, layer := range c.Lineage() {
		name := node(id, layer)
		if m.nodes[name] == "" {
			continue
		}
		if err := q.do("blockdev-del", map[string]any{"node-name": name}, nil); err != nil {
			return err
		}
	}
	var nodes []struct{ File string }
	if err := q.do("query-named-block-nodes", map[string]any{"flat": true}, &nodes); err != nil {
		return err
	}
	dir := v.In.VolumeDir(id) + "/"
	if slices.ContainsFunc(nodes, func(n struct{ File string }) bool { return strings.Contains(n.File, dir) }) {
		return fmt.Errorf("volume %s is still open", id)
	}
	return nil
}

// closeNICs closes the taps of cards that are gone.
func (v *vm) closeNICs(q *qmp, m *machine) error {
	b, err := os.ReadFile(v.file("nics"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var left []string
	for _, id := range strings.Fields(string(b)) {
		if m.has(nicDevice(plan.ID(id))) || slices.ContainsFunc(v.spec.NICs, func(n plan.NIC) bool { return string(n.ID) == id }) {
			left = append(left, id)
			continue
		}
		err := q.do("netdev_del", map[string]any{"id": "net-" + id}, nil)
		var refused *qmpError
		if err != nil && !errors.As(err, &refused) {
			return err
		}
	}
	if text := strings.Join(left, "\n"); text != string(b) {
		return v.write(cardsEffect, "nics", []byte(text))
	}
	return nil
}

// plugDisks adds the disks that are wanted and not there.
func (v *vm) plugDisks(q *qmp, m *machine, p sys.Process) (why string, err error) {
	for _, a := range v.spec.Volumes {
		if m.has(diskDevice(a.Volume)) {
			continue
		}
		layer, wait, err := v.hold(a.Volume, p)
		if err != nil {
			return why, err
		}
		if wait != "" {
			why = wait
			continue
		}
		err = hot(func() error {
			bus, err := m.port()
			if err != nil {
				return err
			}
			name := node(a.Volume, layer)
			if _, open := m.nodes[name]; !open {
				if err := v.show(p, a.Volume); err != nil {
					return err
				}
				file := filepath.Join(v.In.VolumeDir(a.Volume), layer+".qcow2")
				if err := q.do("blockdev-add", layerNode(a.Volume, layer, file), nil); err != nil {
					return err
				}
			}
			return q.do("device_add", diskDev(a, name, bus), nil)
		})
		if err != nil {
			return why, err
		}
	}
	return why, nil
}

// throttle bounds what each disk may do, so that one guest leaves something to the
// others. A disk that was plugged in this step is bounded in the next.
func (v *vm) throttle(q *qmp, m *machine) error {
	for _, a := range v.spec.Volumes {
		if _, open := m.active[a.Volume]; !open || m.iops[a.Volume] == v.IOPS {
			continue
		}
		err := hot(func() error {
			return q.do("block_set_io_throttle", map[string]any{
				"id":  "/machine/peripheral/" + diskDevice(a.Volume) + "/virtio-backend",
				"bps": 0, "bps_rd": 0, "bps_wr": 0, "iops": v.IOPS, "iops_rd": 0, "iops_wr": 0,
			}, nil)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// plugNICs adds the cards that are wanted and not there.
func (v *vm) plugNICs(ctx context.Context, q *qmp, m *machine) (why string, err error) {
	for _, n := range v.spec.NICs {
		if m.has(nicDevice(n.ID)) {
			continue
		}
		tap, err := v.OpenTap(ctx, n.ID)
		if err != nil {
			why = fmt.Sprintf("card %s: %v", n.ID, err)
			continue
		}
		err = hot(func() error { return v.plugNIC(q, m, n, tap) })
		if err = errors.Join(err, tap.Close()); err != nil {
			return why, err
		}
	}
	return why, nil
}

func (v *vm) plugNIC(q *qmp, m *machine, n plan.NIC, tap *os.File) error {
	bus, err := m.port()
	if err != nil {
		return err
	}
	// The list is what closes taps later: QEMU does not say which it has.
	b, err := os.ReadFile(v.file("nics"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if all := strings.Fields(string(b)); slices.Contains(all, string(n.ID)) {
		v.repaired = fmt.Sprintf("the tap of card %s was taken away from the running machine; it was made and plugged anew", n.ID.Short())
	} else {
		if err := v.write(cardsEffect, "nics", []byte(strings.Join(append(all, string(n.ID)), "\n"))); err != nil {
			return err
		}
	}
	name := "net-" + string(n.ID)
	// One that is left of a cut short attempt, or of a card just unplugged.
	var refused *qmpError
	if err := q.do("netdev_del", map[string]any{"id": name}, nil); err != nil && !errors.As(err, &refused) {
		return err
	}
	if err := q.giveFD(name, tap); err != nil {
		return err
	}
	if err := q.do("netdev_add", map[string]any{"type": "tap", "id": name, "fd": name}, nil); err != nil {
		return err
	}
	return q.do("device_add", nicDev(n, bus), nil)
}

// dvd puts the right disc into the drive, or none.
func (v *vm) dvd(q *qmp, m *machine, p sys.Process) (why string, err error) {
	if v.spec.DVD == "" {
		if m.disc == "" {
			return "", nil
		}
		return "", hot(func() error { return q.do("eject", map[string]any{"id": "dvd", "force": true}, nil) })
	}
	if m.disc == v.disc() {
		return "", nil
	}
	if _, err := os.Stat(v.disc()); errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("image %s for the drive is not here yet", v.spec.DVD), nil
	} else if err != nil {
		return "", err
	}
	return "", hot(func() error {
		if err := v.showImage(p, v.spec.DVD); err != nil {
			return err
		}
		return q.do("blockdev-change-medium", map[string]any{
			"id": "dvd", "filename": v.disc(), "format": "raw", "read-only-mode": "read-only", "force": true,
		}, nil)
	})
}

// memory grows the machine by one module.
func (v *vm) memory(q *qmp, m *machine) error {
	more := v.spec.RAM - m.ram
	if more <= 0 || v.spec.RAM > v.run.MaxRAM || more%dimm != 0 {
		return nil
	}
	name := fmt.Sprintf("dimm-%d", v.spec.RAM)
	return hot(func() error {
		err := q.do("object-add", map[string]any{"qom-type": "memory-backend-ram", "id": "mem-" + name, "size": int64(more) << 20}, nil)
		if err != nil && !strings.Contains(err.Error(), "duplicate") {
			return err
		}
		if err := q.do("device_add", map[string]any{"driver": "pc-dimm", "id": name, "memdev": "mem-" + name}, nil); err != nil {
			return err
		}
		m.ram = v.spec.RAM
		return nil
	})
}
