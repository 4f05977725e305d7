// Package qemu runs machines as detached QEMU processes and speaks QMP with
// them. They outlive the agent; a new one finds them by name and asks them
// what they are, since a process that lives knows best.
package qemu

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/virga-cloud/virga/internal/host/sys"
	"github.com/virga-cloud/virga/internal/plan"
)

// What the driver does to the machine.
var (
	dirEffect   = sys.NewEffect("qemu.folder")
	giveEffect  = sys.NewEffect("qemu.give")
	holdEffect  = sys.NewEffect("qemu.hold")
	startEffect = sys.NewEffect("qemu.start")
	hotEffect   = sys.NewEffect("qemu.hot")
	chainEffect = sys.NewEffect("qemu.chain")
	stopEffect  = sys.NewEffect("qemu.stop")
	goneEffect  = sys.NewEffect("qemu.gone")

	// Of files that say how the machine is.
	runEffect   = sys.NewEffect("qemu.run")
	seedEffect  = sys.NewEffect("qemu.seed")
	cardsEffect = sys.NewEffect("qemu.cards")
	graceEffect = sys.NewEffect("qemu.grace")
)

// Machine is a machine with the volumes that it has attached, as the agent
// puts the documents together.
type Machine struct {
	plan.VM
	Disks map[plan.ID]plan.Volume `json:"disks"`
	// Loose are cards of the running process whose taps were taken away and made
	// anew: it holds the old ones, and gets the new ones with new devices.
	Loose []plan.ID `json:"loose,omitempty"`
}

// Machines is the driver of machines.
type Machines struct {
	In    sys.Installation // required
	Accel string           // required: KVM or TCG, see Accel
	Now   func() time.Time // required
	// Seed makes the disk from which the guest learns who it is. Required.
	Seed func(plan.Seed) ([]byte, error)
	// OpenTap opens the tap of a NIC. Required for machines with NICs.
	OpenTap func(ctx context.Context, nic plan.ID) (*os.File, error)
	// IOPS bounds the operations per second of each disk; 0 = no bound.
	IOPS int64
	// Extra arguments for every machine; for tests. Optional.
	Extra []string
}

var _ plan.Driver[Machine] = (*Machines)(nil)

// Times within which a process must do as told before we do it ourselves.
const (
	soon         = 200 * time.Millisecond
	defaultGrace = 60 * time.Second
	quitTime     = 5 * time.Second  // from QMP quit to SIGKILL
	startTime    = 15 * time.Second // until the monitor must answer
	restartPause = 3 * time.Second  // at least between two starts of one that dies
)

// List names the machines by their folders and by their processes, so that a
// process whose folder somebody deleted is owned up to as well.
func (d *Machines) List(context.Context) ([]plan.ID, error) {
	dirs, err := os.ReadDir(d.In.Path("vms"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list machines: %w", err)
	}
	var ids []plan.ID
	known := map[plan.ID]bool{}
	add := func(id plan.ID) {
		if sys.IsID(string(id)) && !known[id] {
			known[id] = true
			ids = append(ids, id)
		}
	}
	for _, e := range dirs {
		add(plan.ID(strings.TrimSuffix(e.Name(), trash)))
	}
	for _, name := range d.In.FindAll("v") {
		if id, ok := d.In.Parse("v", name); ok {
			add(id)
		}
	}
	return ids, nil
}

// Ensure makes one step towards spec.
func (d *Machines) Ensure(ctx context.Context, id plan.ID, spec Machine) (plan.Status, error) {
	if why := invalid(id, spec); why != "" {
		return plan.Status{Failed: true, Reason: why}, nil
	}
	v := &vm{Machines: d, id: id, dir: d.In.VMDir(id), spec: spec}
	st, err := v.ensure(ctx)
	if errors.Is(err, sys.ErrBusy) {
		return plan.Status{Reason: err.Error(), Again: soon, VM: st.VM}, nil
	}
	if err != nil {
		return st, fmt.Errorf("machine %s: %w", id, err)
	}
	return st, nil
}

// invalid is why a spec can never be carried out, empty when it can.
func invalid(id plan.ID, m Machine) string {
	switch {
	case !sys.IsID(string(id)):
		return fmt.Sprintf("%q is no id of a machine", id)
	case m.VCPU < 1 || m.VCPU > 255 || m.RAM < 16:
		return fmt.Sprintf("%d CPUs and %d MiB cannot be a machine", m.VCPU, m.RAM)
	case len(m.Volumes)+len(m.NICs) > rootPorts:
		return fmt.Sprintf("%d disks and %d cards, at most %d together", len(m.Volumes), len(m.NICs), rootPorts)
	}
	for _, a := range m.Volumes {
		if _, ok := m.Disks[a.Volume]; !ok {
			return fmt.Sprintf("volume %s is attached and not described", a.Volume)
		}
	}
	return ""
}

// vm is one machine during one step.
type vm struct {
	*Machines
	id   plan.ID
	dir  string
	spec Machine
	run  run

	repaired string // what was found damaged and made good in this step
}

// run is what must be known about the last process when it is gone. What a
// living one can be asked is never read from here.
type run struct {
	Boot     int64     `json:"boot"`
	Restarts int64     `json:"restarts"`
	Started  bool      `json:"started"`   // it was seen alive
	StartAt  time.Time `json:"start_at"`  // when it was started
	Ending   time.Time `json:"ending"`    // when we told it to end; zero = never
	GuestOff bool      `json:"guest_off"` // the guest powered itself off
	MaxCPUs  int       `json:"max_cpus"`
	MaxRAM   int       `json:"max_ram"` // MiB, 0 = cannot grow
}

func (v *vm) file(name string) string { return filepath.Join(v.dir, name) }

func (v *vm) load() error {
	b, err := os.ReadFile(v.file("run"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(b, &v.run)
}

func (v *vm) save() error {
	b, err := json.Marshal(v.run)
	if err != nil {
		return err
	}
	return v.write(runEffect, "run", b)
}

// write replaces a file of the machine.
func (v *vm) write(e sys.Effect, name string, b []byte) error {
	return e.Do(func() error { return sys.WriteFile(v.file(name), b, 0o600) })
}

func (v *vm) ensure(ctx context.Context) (plan.Status, error) {
	if _, err := os.Stat(v.dir); errors.Is(err, fs.ErrNotExist) {
		err := dirEffect.Do(func() error {
			if err := os.MkdirAll(v.dir, 0o700); err != nil {
				return err
			}
			return sys.SyncDir(filepath.Dir(v.dir))
		})
		if err != nil {
			return plan.Status{}, err
		}
	}
	for as, image := range map[string]plan.ID{"image": v.spec.Image, "dvd": v.spec.DVD} {
		if err := v.In.UseImage(v.id, as, image); err != nil {
			return plan.Status{}, err
		}
	}
	if err := v.load(); err != nil {
		return plan.Status{}, err
	}
	if p, ok := v.In.VMProcess(v.id); ok {
		return v.running(ctx, p)
	}
	return v.stopped(ctx)
}

// Remove ends the process and removes what belongs to the machine; its
// volumes stay.
func (d *Machines) Remove(ctx context.Context, id plan.ID) (plan.Status, error) {
	if !sys.IsID(string(id)) {
		return plan.Status{Ready: true}, nil
	}
	v := &vm{Machines: d, id: id, dir: d.In.VMDir(id)}
	st, err := v.remove(ctx)
	if err != nil {
		return st, fmt.Errorf("remove machine %s: %w", id, err)
	}
	return st, nil
}

func (v *vm) remove(ctx context.Context) (plan.Status, error) {
	if p, ok := v.In.VMProcess(v.id); ok {
		_, err := os.Stat(v.dir)
		if err == nil {
			err = v.load()
		}
		if err != nil { // nothing to talk through
			return plan.Status{Reason: "the machine is being ended", Again: soon / 4}, v.kill()
		}
		q, err := dialQMP(ctx, v.socket("qmp.sock"))
		if err == nil {
			defer q.close()
		}
		if gone, err := v.end(ctx, p, q); err != nil || !gone {
			return plan.Status{Reason: "the machine is being ended", Again: soon / 4}, err
		}
	}
	if err := v.release(nil); err != nil {
		return plan.Status{}, err
	}
	if err := v.In.FreeUser("v", v.id); err != nil {
		return plan.Status{}, err
	}
	if err := removeDir(v.dir); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true}, nil
}

// SerialPath is the socket of a machine's serial line.
func (d *Machines) SerialPath(id plan.ID) string { return socketIn(d.In.VMDir(id), "serial.sock") }

// VNCPath is the socket of a machine's screen.
func (d *Machines) VNCPath(id plan.ID) string { return socketIn(d.In.VMDir(id), "vnc.sock") }

// AgentPath is the socket of the guest agent's channel.
func (d *Machines) AgentPath(id plan.ID) string { return socketIn(d.In.VMDir(id), "qga.sock") }

// SerialLog is the file with what the serial line said lately.
func (d *Machines) SerialLog(id plan.ID) string { return filepath.Join(d.In.VMDir(id), "serial.log") }

// Dial connects to one of the sockets above, however long its path is.
func (d *Machines) Dial(ctx context.Context, path string) (net.Conn, error) {
	return dialUnix(ctx, path)
}

const trash = ".trash"

// removeDir deletes a folder under another name first, so that half a machine
// is never taken for a whole one.
func removeDir(dir string) error {
	_, errDir := os.Lstat(dir)
	_, errTrash := os.Lstat(dir + trash)
	switch gone := errors.Is(errDir, fs.ErrNotExist); {
	case errDir != nil && !gone:
		return errDir // it may be there
	case gone && errors.Is(errTrash, fs.ErrNotExist):
		return nil
	}
	return goneEffect.Do(func() error {
		if err := os.RemoveAll(dir + trash); err != nil {
			return err
		}
		if errDir == nil {
			if err := sys.Rename(dir, dir+trash); err != nil {
				return err
			}
		}
		return os.RemoveAll(dir + trash)
	})
}
