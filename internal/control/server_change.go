package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// ChangeServerIn is the compound change of CloudCIX: every part that is not
// nil, in one transaction.
type ChangeServerIn struct {
	Pick
	Limits     cloud.Limits
	Name       *string
	UniqueName bool
	State      *int // 4 running (restore), 5 stop, 7 start, 8 remove after grace, 10, 15
	NAT        map[netip.Addr]bool
	Hardware   *HardwareIn
	Disks      []DiskIn // with ID: another size or name; without: a new one
	UserData   *string
}

// ChangeServer is the compound change of CloudCIX: all parts or none.
func (c *Control) ChangeServer(ctx context.Context, call *Call, in ChangeServerIn, ans Answer[*View]) (Reply, error) {
	return do(ctx, c, call, func(t *Txn) (*View, error) {
		s, err := t.serverSeen(in.Pick, auth.AnyRole, true)
		if err == nil {
			err = t.mayChange(s, in)
		}
		if err == nil {
			err = in.blame(alive("server", s.Name, s.Meta))
		}
		if err == nil {
			err = in.blame(t.change(s, in))
		}
		if err != nil {
			return nil, err
		}
		return t.view(s)
	}, ans)
}

// mayChange asks for the flag of every part (R41). What changes nothing is asked as
// the least.
func (t *Txn) mayChange(s *cloud.Server, in ChangeServerIn) error {
	var actions []string
	if in.Hardware != nil || len(in.Disks) > 0 {
		actions = append(actions, "vm.resize")
	}
	if len(in.NAT) > 0 {
		actions = append(actions, "vm.nat")
	}
	if in.UserData != nil && *in.UserData != s.UserData {
		actions = append(actions, "vm.userdata")
	}
	if in.State != nil {
		switch *in.State {
		case cloud.StateQuiesce, cloud.StateRestart, cloud.StateScrub:
			actions = append(actions, fmt.Sprintf("vm.state.%d", *in.State))
		case cloud.StateRunningUpdate, cloud.StateQuiescedUpdate:
			actions = append(actions, "vm.resize")
		}
	}
	if in.Name != nil && *in.Name != s.Name || len(actions) == 0 {
		actions = append(actions, "vm.name")
	}
	for _, a := range actions {
		if err := t.may(auth.For(a), true, ownedServer(s)); err != nil {
			return err
		}
	}
	return nil
}

// transitions are what users may ask of a machine (cloudcix.md section 7); a
// failed creation may be removed (R1a).
var transitions = map[int][]int{
	cloud.StateRunning:     {cloud.StateQuiesce, cloud.StateScrub, cloud.StateRunningUpdate},
	cloud.StateQuiesced:    {cloud.StateRestart, cloud.StateScrub, cloud.StateQuiescedUpdate},
	cloud.StateScrubQueue:  {cloud.StateRestart},
	cloud.StateUnresourced: {cloud.StateScrub},
}

// transition is the state that a machine is asked into; nil and the present one ask
// for none.
func transition(state int, asked *int) (int, error) {
	if asked == nil || *asked == state {
		return state, nil
	}
	allowed, some := transitions[state]
	switch {
	case !some:
		return 0, cloud.Errorf(cloud.Invalid, "state.stuck", "state %d cannot be changed now", state).On("state")
	case !slices.Contains(allowed, *asked):
		return 0, cloud.Errorf(cloud.Invalid, "state.transition", "state %d cannot follow %d", *asked, state).On("state")
	}
	return *asked, nil
}

func (t *Txn) change(s *cloud.Server, in ChangeServerIn) error {
	state := cloud.StateNumber(s)
	want, err := transition(state, in.State)
	if err != nil {
		return err
	}
	before, err := t.quantities(s)
	if err != nil {
		return err
	}
	shape, nat, err := t.changeParts(s, in)
	if err := t.Call.Refused.Join(err); err != nil {
		return err
	}
	after, err := t.quantities(s)
	if err != nil {
		return err
	}
	if want != state {
		if want == cloud.StateScrub {
			if err := t.noSnapshots(s); err != nil {
				return err
			}
		}
		if s.Open() && s.Change == cloud.Capture { // which no state tells of (R9)
			return cloud.Errorf(cloud.Busy, "snapshot.busy", "a snapshot of the server %s is being worked on", s.Name).On("state").
				WithFix("Try again when it is done.")
		}
		switch want {
		case cloud.StateScrub:
			if s.Failed { // nothing was made, so there is nothing to keep for a grace period
				return t.removeServer(s, false)
			}
			return t.scrub(s)
		case cloud.StateQuiesce:
			return t.power(s, PowerIn{Action: PowerOff})
		case cloud.StateRestart:
			return t.power(s, PowerIn{Action: PowerOn})
		}
	}
	// A machine in one of these states has such a change under way: what else is sent
	// with it is no second one.
	update := want != state && (want == cloud.StateRunningUpdate || want == cloud.StateQuiescedUpdate)
	if shape || update {
		return t.ordered(s, cloud.Configure, "UPDATE", moved(before, after))
	}
	if err := store.Update(t.Tx, s); err != nil {
		return err
	}
	if nat {
		if err := work.Enqueue(t.Tx, "server", s.ID, 0); err != nil {
			return err
		}
	}
	about := aboutServer(s)
	about.quantity = moved(before, after)
	return t.record("UPDATE", about)
}

// changeParts applies all parts and says all that is wrong with them at once.
func (t *Txn) changeParts(s *cloud.Server, in ChangeServerIn) (shape, nat bool, err error) {
	var p cloud.Problems
	for _, part := range []func() error{
		func() error {
			return t.rename(s, UpdateServerIn{Limits: in.Limits, Name: in.Name, UniqueName: in.UniqueName})
		},
		func() error { return t.userData(s, in.UserData) },
		func() (err error) { shape, err = t.changeShape(s, in); return in.blame(err) },
		func() (err error) { nat, err = t.toggleNAT(s, in.NAT); return in.blame(err) },
	} {
		if err := part(); !p.Collect(err) {
			return false, false, cmp.Or(p.Err(), err)
		}
	}
	return shape, nat, p.Err()
}

// userData stores new user data for the next instance; only images with
// cloud-init read it.
func (t *Txn) userData(s *cloud.Server, data *string) error {
	if data == nil || *data == s.UserData {
		return nil
	}
	img, err := store.GetAny[cloud.Image](t.Tx, s.ImageID)
	if err != nil {
		return err
	}
	if *data != "" && !img.CloudInit {
		return cloud.Errorf(cloud.Invalid, "userdata.image", "the image %s has no cloud-init", img.Name).On("userdata")
	}
	s.UserData = *data
	return nil
}

// changeShape applies hardware and disks.
func (t *Txn) changeShape(s *cloud.Server, in ChangeServerIn) (changed bool, err error) {
	if in.Hardware != nil {
		if changed, err = t.resize(s, *in.Hardware); err != nil {
			return false, err
		}
	}
	var p cloud.Problems
	for i, d := range in.Disks {
		if d.ID.Empty() || t.Call.Refused.HasItem("disks", i, "") {
			continue
		}
		other, err := t.changeDisk(s, in.Limits, d)
		if !p.Collect(at(err, i)) {
			return false, err
		}
		changed = changed || other
	}
	if err := p.Err(); err != nil {
		return false, err
	}
	if slices.ContainsFunc(in.Disks, func(d DiskIn) bool { return d.ID.Empty() }) {
		if _, err := t.addDisks(s, in.Limits, in.Disks); err != nil {
			return false, err
		}
		changed = true
	}
	if changed {
		s.Restart = true
	}
	return changed, nil
}

// changeDisk gives a disk another name or more room.
func (t *Txn) changeDisk(s *cloud.Server, limits cloud.Limits, d DiskIn) (bool, error) {
	v, err := t.diskOf(s, d.ID)
	if err != nil {
		return false, err
	}
	if d.Name != "" && d.Name != v.Name {
		if e := cloud.CheckText("disk", d.Name); e != nil {
			return false, e.On("name")
		}
		v.Name = d.Name
		if err := store.Update(t.Tx, v); err != nil {
			return false, err
		}
	}
	if d.SizeGB == 0 {
		return false, nil
	}
	return t.growDisk(s, v, limits, d.SizeGB)
}

// at says which disk an error is about: its size, or that there is none.
func at(err error, i int) error {
	var e *cloud.Error
	if !errors.As(err, &e) || e.Field != "size" && e.Field != "name" && e.Kind != cloud.NotFound {
		return err
	}
	item := *e
	return item.OnItem("disks", i, item.Field)
}

// blame says which parts an error without a field is about: a machine that is
// busy refuses all that would change its shape.
func (in ChangeServerIn) blame(err error) error {
	var e *cloud.Error
	if !errors.As(err, &e) || e.Field != "" || len(e.Many) > 0 || e.Kind != cloud.Busy && e.Kind != cloud.Conflict {
		return err
	}
	var fields []string
	if h := in.Hardware; h != nil && h.VCPU != 0 {
		fields = append(fields, "vcpu")
	}
	if h := in.Hardware; h != nil && h.RAM+h.RAMGB != 0 {
		fields = append(fields, "ram")
	}
	if len(in.Disks) > 0 {
		fields = append(fields, "disks")
	}
	if len(fields) == 0 {
		fields = append(fields, "state")
	}
	all := *e
	for _, f := range fields {
		one := *e
		all.Many = append(all.Many, one.On(f))
	}
	return &all
}

func (t *Txn) noSnapshots(s *cloud.Server) error {
	n, err := store.Count[cloud.Snapshot](t.Tx, cloud.Where(cloud.Eq("server_id", s.ID), cloud.Eq("hidden", false)))
	if err != nil {
		return err
	}
	if n > 0 {
		return cloud.Errorf(cloud.Invalid, "state.snapshots", "the server %s still has snapshots", s.Name).On("state")
	}
	return nil
}
