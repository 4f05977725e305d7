package fake

import (
	"errors"
	"fmt"

	"github.com/virga-cloud/virga/internal/plan"
)

// Op is what was asked of the machine.
type Op string

// Operations.
const (
	OpList   Op = "list"
	OpEnsure Op = "ensure"
	OpRemove Op = "remove"
)

// Mode is how a step goes wrong.
type Mode string

// Modes.
const (
	Fail      Mode = "fail"       // an error before the effect
	FailAfter Mode = "fail after" // the effect happened, the answer is an error
	Stall     Mode = "stall"      // nothing happens, not ready, no error
	Lie       Mode = "lie"        // nothing happens, ready
	Hopeless  Mode = "hopeless"   // Status.Failed
)

// Call is one step that a fault may hit.
type Call struct {
	Op  Op
	Ref plan.Ref
}

// Fault lets matching steps go wrong. Empty fields match everything.
type Fault struct {
	Op     Op
	Kind   plan.Kind
	ID     plan.ID
	Mode   Mode
	Times  int // how often; 0 = until cleared
	Reason string

	used int
}

// ErrInjected is inside every error that a fault makes.
var ErrInjected = errors.New("injected fault")

func (f *Fault) err() error { return fmt.Errorf("%w %s", ErrInjected, f.Reason) }

// Inject adds a fault.
func (m *Machine) Inject(f Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = append(m.faults, &f)
}

// ClearFaults ends all faults that were injected.
func (m *Machine) ClearFaults() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = nil
}

func (m *Machine) fault(c Call) *Fault {
	for _, f := range m.faults {
		if f.Op != "" && f.Op != c.Op || f.Kind != "" && f.Kind != c.Ref.Kind || f.ID != "" && f.ID != c.Ref.ID {
			continue
		}
		if f.Times > 0 && f.used >= f.Times {
			continue
		}
		f.used++
		return f
	}
	if m.Hook != nil {
		return m.Hook(c)
	}
	return nil
}

// before answers in place of a step that a fault keeps from happening.
func (m *Machine) before(f *Fault, ref plan.Ref) (st plan.Status, err error, done bool) {
	if f == nil || f.Mode == FailAfter {
		return st, nil, false
	}
	if o := m.objects[ref]; o != nil {
		if o.VM != nil {
			st.VM = o.VM.seen()
		}
		if o.Disk != nil {
			st.Volume = m.seen(o)
		}
	}
	switch f.Mode {
	case Fail:
		return st, f.err(), true
	case Stall:
		st.Reason, st.Again = "stalled "+f.Reason, m.pause()
	case Lie:
		st.Ready = true
	case Hopeless:
		st.Failed, st.Reason = true, "broken "+f.Reason
	}
	return st, nil, true
}

func (m *Machine) after(f *Fault, st plan.Status, err error) (plan.Status, error) {
	if err == nil && f != nil && f.Mode == FailAfter {
		return st, f.err()
	}
	return st, err
}
