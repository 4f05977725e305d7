package host

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/virga-cloud/virga/internal/plan"
)

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
	hold, cards := "", plan.Status{Ready: true}
	if vm.Power == plan.On {
		hold = view.Hold(id, vm)
		if hold == "" || runs {
			var err error
			if cards, err = m.ensureNICs(ctx, vm, view); err != nil {
				return plan.Status{}, err
			}
			hold = cmp.Or(hold, cards.Reason)
		}
		if runs && cards.Ready {
			var err error
			if spec.Loose, err = m.looseNICs(ctx, vm); err != nil {
				return plan.Status{}, err
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
	st.Repaired = cmp.Or(st.Repaired, cards.Repaired)
	if err != nil || !st.Ready {
		return st, err
	}
	if !cards.Ready { // it runs, and is cut off
		st.Ready, st.Reason, st.Again = false, cards.Reason, time.Second
		return st, nil
	}
	before := view.Before(plan.Ref{Kind: plan.KindVM, ID: id})
	gone, err := m.removeNICs(ctx, staleNICs(before, vm))
	for _, r := range before {
		if err == nil && r.Kind == plan.KindNetwork {
			_, err = m.ensureLeases(ctx, r.ID, view) // of those that it left; who comes next may have its address
		}
	}
	return merge(st, gone), err
}

// ensureNICs makes guards and taps. The guard first: a tap without one would
// let a guest claim any address. A network that was there and is not any more is
// looked at now, and so is who has a leg in it. Who answers DHCP there knows the card
// before the guest has it.
func (m *Real) ensureNICs(ctx context.Context, vm *plan.VM, view View) (plan.Status, error) {
	all := plan.Status{Ready: true}
	for _, n := range vm.NICs {
		guard, err := m.guards.Ensure(ctx, n.ID, n)
		if err != nil {
			return guard, err
		}
		tap, err := m.taps.Ensure(ctx, n.ID, n)
		if err != nil {
			return tap, err
		}
		all.Repaired = cmp.Or(guard.Repaired, all.Repaired)
		leases, err := m.ensureLeases(ctx, n.Network, view)
		if err != nil {
			return leases, err
		}
		if st := merge(guard, tap, leases); !st.Ready {
			network := plan.Ref{Kind: plan.KindNetwork, ID: n.Network}
			view.Look(network)
			for _, r := range view.Users(network) {
				if r.Kind == plan.KindRouter {
					view.Look(r)
				}
			}
			return plan.Status{Reason: fmt.Sprintf("card %s: %s", n.ID.Short(), st.Reason), Repaired: all.Repaired}, nil
		}
	}
	return all, nil
}

// looseNICs are the cards of a machine whose taps its process does not have open.
func (m *Real) looseNICs(ctx context.Context, vm *plan.VM) (loose []plan.ID, err error) {
	for _, n := range vm.NICs {
		is, err := m.taps.Loose(ctx, n.ID, n)
		if err != nil {
			return nil, err
		}
		if is {
			loose = append(loose, n.ID)
		}
	}
	return loose, nil
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

// Press asks every guest of this host to shut down and tells how many are
// still up. Pressing again does no harm.
func (m *Real) Press(ctx context.Context) (up int, err error) {
	ids, err := m.machines.List(ctx)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if m.machines.Press(ctx, id) {
			up++
		}
	}
	return up, nil
}
