package fake

import (
	"fmt"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
)

// waiting is the pause of a step that another artefact's step will wake.
const waiting = 5 * time.Second

// guest is a machine: a process, or what is left of one.
type guest struct {
	Running  bool      `json:"running,omitempty"`
	Boot     int64     `json:"boot,omitempty"`
	GuestOff bool      `json:"guest_off,omitempty"`
	VCPU     int       `json:"vcpu,omitempty"`
	RAM      int       `json:"ram,omitempty"`
	Restarts int64     `json:"restarts,omitempty"`
	Volumes  []plan.ID `json:"volumes,omitempty"` // open in the process
	NICs     []plan.ID `json:"nics,omitempty"`
	DVD      plan.ID   `json:"dvd,omitempty"`
	Seed     string    `json:"seed,omitempty"` // instance the guest was made for
	// Deaf: the guest does not hear the power button; Asked is when it was
	// pressed.
	Deaf  bool      `json:"deaf,omitempty"`
	Asked time.Time `json:"asked,omitzero"`
	// Planned: the process was ended in order to start it anew.
	Planned bool `json:"planned,omitempty"`
	// Starts are the boot counters of all processes that were ever started,
	// so that a test can say that none was carried out twice.
	Starts []int64 `json:"starts,omitempty"`
}

func (g *guest) seen() *plan.VMSeen {
	s := &plan.VMSeen{Running: g.Running, Boot: g.Boot, GuestOff: g.GuestOff, Restarts: g.Restarts}
	if g.Running {
		s.VCPU, s.RAM = g.VCPU, g.RAM
	}
	return s
}

func (m *Machine) ensureVM(doc plan.Document, vm *plan.VM, hold string, back bool) (plan.Status, error) {
	o := m.edit(doc.Ref())
	if o.VM == nil {
		o.VM = &guest{}
	}
	o.Made = true
	g := o.VM
	if vm.Power == plan.Off {
		return m.powerOff(o, doc, vm)
	}
	if g.Running && (g.Boot < vm.Boot || back || mustRestart(g, vm)) {
		// The end of the old process first: it may hold the volumes that
		// have to change before the next one can start.
		if g.Boot >= vm.Boot {
			if hold != "" && !back {
				return plan.Status{Reason: hold, VM: g.seen(), Again: waiting}, nil
			}
			g.Planned = true
		}
		return m.end(o, vm)
	}
	if g.Running {
		return m.update(o, doc, vm)
	}
	if g.GuestOff && g.Boot >= vm.Boot {
		// The guest's own decision. It holds until somebody asks for a boot.
		return m.settled(o, doc, "the guest powered itself off")
	}
	if hold != "" {
		return plan.Status{Reason: hold, VM: g.seen(), Again: waiting}, nil
	}
	return m.start(o, doc, vm)
}

func (m *Machine) start(o *object, doc plan.Document, vm *plan.VM) (plan.Status, error) {
	if o.Digest == "" {
		if st, more, err := m.making(o); more || err != nil {
			st.VM = o.VM.seen()
			return st, err
		}
	}
	want := volumesOf(vm)
	for _, id := range want {
		d := m.objects[plan.Ref{Kind: plan.KindVolume, ID: id}]
		if d == nil || d.Disk == nil {
			return plan.Status{Failed: true, Reason: fmt.Sprintf("disk %s is missing", id.Short()), VM: o.VM.seen()}, nil
		}
		if by := m.holder[id]; by != "" && by != o.ID {
			return plan.Status{Reason: fmt.Sprintf("volume %s is open in vm %s", id.Short(), by.Short()), VM: o.VM.seen()}, nil
		}
	}
	g := o.VM
	repaired := ""
	if len(g.Starts) > 0 && g.Boot >= vm.Boot && !g.Planned {
		g.Restarts++ // nobody asked for this one: the process before it died
		repaired = "the hypervisor died and was started again"
	}
	g.Planned = false
	g.Running, g.GuestOff, g.Boot, g.Asked = true, false, max(vm.Boot, g.Boot), time.Time{}
	g.VCPU, g.RAM, g.DVD, g.Seed = vm.VCPU, vm.RAM, vm.DVD, vm.Seed.Instance
	g.Volumes, g.NICs = want, nicsOf(vm)
	g.Starts = append(g.Starts, g.Boot)
	o.Body, o.Digest = doc.Body, digestOf(doc.Body)
	if err := m.save(o); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: true, VM: g.seen(), Repaired: repaired}, nil
}

// update changes a running machine as far as hot changes go.
func (m *Machine) update(o *object, doc plan.Document, vm *plan.VM) (plan.Status, error) {
	g := o.VM
	want := volumesOf(vm)
	for _, id := range want {
		d := m.objects[plan.Ref{Kind: plan.KindVolume, ID: id}]
		if d == nil || d.Disk == nil || m.holder[id] != "" && m.holder[id] != o.ID {
			return plan.Status{Reason: fmt.Sprintf("waits for volume %s", id.Short()), VM: g.seen()}, nil
		}
	}
	for _, n := range vm.NICs { // a card is plugged when there is something to plug it into
		if net := m.objects[plan.Ref{Kind: plan.KindNetwork, ID: n.Network}]; !slices.Contains(g.NICs, n.ID) && (net == nil || !net.Made) {
			return plan.Status{Reason: fmt.Sprintf("waits for network %s", n.Network.Short()), VM: g.seen(), Again: waiting}, nil
		}
	}
	g.Volumes, g.NICs, g.DVD = want, nicsOf(vm), vm.DVD
	reason := ""
	if vm.VCPU < g.VCPU || vm.RAM < g.RAM {
		reason = "less CPUs or memory from the next boot on"
	}
	g.VCPU, g.RAM = max(g.VCPU, vm.VCPU), max(g.RAM, vm.RAM)
	return m.settled(o, doc, reason)
}

// settled records that a document holds; nothing is written when it did.
func (m *Machine) settled(o *object, doc plan.Document, reason string) (plan.Status, error) {
	digest := digestOf(doc.Body)
	st := plan.Status{Ready: true, Reason: reason, VM: o.VM.seen()}
	if o.Digest == digest {
		return st, nil
	}
	o.Body, o.Digest = doc.Body, digest
	return st, m.save(o)
}

func (m *Machine) powerOff(o *object, doc plan.Document, vm *plan.VM) (plan.Status, error) {
	if o.VM.Running {
		if st, err := m.end(o, vm); err != nil || !st.Ready {
			return st, err
		}
		o = m.edit(o.ref())
	}
	if o.VM.GuestOff {
		// Off is wanted now, so that it went off by itself means nothing more.
		o.VM.GuestOff = false
		o.Digest = ""
	}
	return m.settled(o, doc, "")
}

// end stops a process: softly it presses the button first and waits for the
// guest, at most its grace.
func (m *Machine) end(o *object, vm *plan.VM) (plan.Status, error) {
	g := o.VM
	now := m.opt.Now()
	grace := time.Minute
	if vm.Grace > 0 {
		grace = time.Duration(vm.Grace) * time.Second
	}
	if vm.Soft && g.Deaf {
		if g.Asked.IsZero() {
			g.Asked = now
			if err := m.save(o); err != nil {
				return plan.Status{}, err
			}
		}
		if left := g.Asked.Add(grace).Sub(now); left > 0 {
			return plan.Status{Reason: "the guest was asked to shut down", VM: g.seen(), Again: min(left, time.Second)}, nil
		}
	}
	g.Running, g.GuestOff, g.Asked, g.Volumes, g.NICs = false, false, time.Time{}, nil, nil
	if err := m.save(o); err != nil {
		return plan.Status{}, err
	}
	return plan.Status{Ready: vm.Power == plan.Off, Reason: "stopped, starts again", VM: g.seen(), Again: m.pause()}, nil
}

// mustRestart: a decrease that the document allows a restart for.
func mustRestart(g *guest, vm *plan.VM) bool {
	return vm.Restart && (vm.VCPU < g.VCPU || vm.RAM < g.RAM)
}

func volumesOf(vm *plan.VM) []plan.ID {
	ids := make([]plan.ID, 0, len(vm.Volumes))
	for _, a := range vm.Volumes {
		ids = append(ids, a.Volume)
	}
	return ids
}

func nicsOf(vm *plan.VM) []plan.ID {
	ids := make([]plan.ID, 0, len(vm.NICs))
	for _, n := range vm.NICs {
		ids = append(ids, n.ID)
	}
	return ids
}
