package fake

import (
	"context"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/virga-cloud/virga/internal/plan"
)

// Guest is what a test may know of a machine.
type Guest struct {
	Running  bool
	Boot     int64
	GuestOff bool
	VCPU     int
	RAM      int // MiB
	Volumes  []plan.ID
	NICs     []plan.ID
	DVD      plan.ID
	Seed     string // instance id of the seed it was started with
	Starts   []int64
}

// Guest shows a machine, false when there is none.
func (m *Machine) Guest(id plan.ID) (Guest, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := m.objects[plan.Ref{Kind: plan.KindVM, ID: id}]
	if o == nil || o.VM == nil {
		return Guest{}, false
	}
	g := o.VM
	return Guest{
		Running: g.Running, Boot: g.Boot, GuestOff: g.GuestOff, VCPU: g.VCPU, RAM: g.RAM,
		Volumes: slices.Clone(g.Volumes), NICs: slices.Clone(g.NICs), DVD: g.DVD, Seed: g.Seed,
		Starts: slices.Clone(g.Starts),
	}, true
}

// ShutDown plays a guest that powers itself off.
func (m *Machine) ShutDown(id plan.ID) error {
	return m.guest(id, func(g *guest) {
		if g.Running {
			g.Running, g.GuestOff, g.Volumes, g.NICs = false, true, nil, nil
		}
	})
}

// Kill plays the death of a hypervisor.
func (m *Machine) Kill(id plan.ID) error {
	return m.guest(id, func(g *guest) { g.Running, g.Volumes, g.NICs = false, nil, nil })
}

// Deafen lets a guest ignore the power button, or hear it again.
func (m *Machine) Deafen(id plan.ID, deaf bool) error {
	return m.guest(id, func(g *guest) { g.Deaf = deaf })
}

// PowerCut ends all guests at once, as a reboot of the host does.
func (m *Machine) PowerCut() error {
	m.mu.Lock()
	var ids []plan.ID
	for r, o := range m.objects {
		if o.VM != nil && o.VM.Running {
			ids = append(ids, r.ID)
		}
	}
	m.mu.Unlock()
	slices.Sort(ids)
	for _, id := range ids {
		if err := m.Kill(id); err != nil {
			return err
		}
	}
	return nil
}

func (m *Machine) guest(id plan.ID, change func(*guest)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := m.edit(plan.Ref{Kind: plan.KindVM, ID: id})
	if o.VM == nil {
		return fmt.Errorf("guest %s: %w", id, errNoSuch)
	}
	change(o.VM)
	return m.save(o)
}

// Watch hears nothing: nobody else changes what is in a fake.
func (m *Machine) Watch(ctx context.Context, _ func(plan.Ref)) error {
	<-ctx.Done()
	return nil
}

// Dial connects to a stub of a guest: at port 22 to an SSH server that runs
// nothing, elsewhere to an echo. Either says what it is.
func (m *Machine) Dial(_ context.Context, to plan.Target) (net.Conn, error) {
	if to.Kind != "tcp" && to.Kind != "serial" && to.Kind != "vnc" {
		return nil, fmt.Errorf("dial %q: no such kind of target", to.Kind)
	}
	if to.VM != "" {
		if g, ok := m.Guest(to.VM); !ok || !g.Running {
			return nil, fmt.Errorf("dial vm %s: it does not run", to.VM)
		}
	}
	here, there := net.Pipe()
	host, port, err := net.SplitHostPort(to.Address)
	if to.Kind == "tcp" && err == nil && port == "22" {
		play(func(c net.Conn) { logIn(c, host) }, there)
		return here, nil
	}
	greeting := fmt.Sprintf("fake %s %s: there is no guest behind this, it echoes\r\n", to.Kind, to.Address)
	play(func(c net.Conn) { serve(c, greeting) }, there)
	return here, nil
}

// serve is the far end of most calls of Dial.
func serve(c net.Conn, greeting string) {
	defer c.Close()
	if _, err := io.WriteString(c, greeting); err != nil {
		return
	}
	_, _ = io.Copy(c, c) // ends when the other side closes
}
