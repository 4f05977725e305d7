package control

import (
	"context"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// PowerIn asks for power.
type PowerIn struct {
	Pick
	Action Action
	Hard   bool // do not ask the guest
}

// Action is a power action.
type Action string

// Power actions.
const (
	PowerOn  Action = "POWER_ON"
	PowerOff Action = "POWER_OFF"
	Reboot   Action = "REBOOT"
)

// PowerServer switches a server on or off or boots it again.
func (c *Control) PowerServer(ctx context.Context, call *Call, in PowerIn, ans Answer[*View]) (Reply, error) {
	flag := map[Action]string{PowerOn: "servers.start", PowerOff: "servers.shutdown", Reboot: "servers.restart"}[in.Action]
	if flag == "" {
		return Reply{}, cloud.Errorf(cloud.Invalid, "action.unknown", "the action %q is unknown", in.Action).On("action").
			WithFix("Use POWER_ON, POWER_OFF or REBOOT.")
	}
	return c.onServer(ctx, call, in.Pick, flag, ans, func(t *Txn, s *cloud.Server) error { return t.power(s, in) })
}

func (t *Txn) power(s *cloud.Server, in PowerIn) error {
	// What is being removed for good is not taken back, be it a creation that failed.
	revive := in.Action == PowerOn && s.Remove != cloud.Now && (s.Failed || s.Remove == cloud.AfterGrace)
	forced := in.Action == PowerOff && in.Hard && s.Remove == cloud.Keep && !s.Failed
	if !revive && !forced {
		if err := idle(s); err != nil {
			return err
		}
	}
	switch {
	case in.Action == PowerOn && revive:
		if s.Open() && s.Remove == cloud.AfterGrace {
			return cloud.Errorf(cloud.Busy, "server.busy", "the server %s is still stopping", s.Name).WithFix("Try again when it is stopped.")
		}
		return t.revive(s)
	case in.Action == PowerOn && s.On:
		return cloud.Errorf(cloud.Conflict, "power.on", "the server %s is already on", s.Name)
	case in.Action != PowerOn && !s.On && !forced:
		return cloud.Errorf(cloud.Conflict, "power.off", "the server %s is already off", s.Name)
	}
	if forced {
		if !s.On && !s.Open() {
			return cloud.Errorf(cloud.Conflict, "power.off", "the server %s is already off", s.Name)
		}
		if s.Change == cloud.Create && s.Open() && !s.Built {
			return cloud.Errorf(cloud.Busy, "server.busy", "the server %s is still being made", s.Name).WithFix("Wait, or delete it.")
		}
		if err := t.supersede(s, "a forced power-off"); err != nil {
			return err
		}
	}
	change, action := cloud.PowerOff, "STOP"
	s.Soft = !in.Hard
	switch in.Action {
	case PowerOn:
		change, action = cloud.PowerOn, "START"
		s.On = true
		s.Boot++
		s.FirstPassword = ""
	case Reboot:
		change, action = cloud.Reboot, "RESTART"
		s.Boot++
		s.FirstPassword = ""
	default:
		s.On = false
	}
	return t.ordered(s, change, action, nil)
}

// ordered opens the operation, writes the server and tells the reconciler.
func (t *Txn) ordered(s *cloud.Server, c cloud.Change, action string, quantity map[string]int) error {
	if err := t.begin(s, c, action, quantity); err != nil {
		return err
	}
	if err := store.Update(t.Tx, s); err != nil {
		return err
	}
	return work.Enqueue(t.Tx, "server", s.ID, 0)
}

// revive takes back a removal with grace, or tries a failed creation again.
func (t *Txn) revive(s *cloud.Server) error {
	s.On = true
	return t.again(s, "START")
}

// again is revive under the name that the log gives it. Wanted power is set by
// the caller.
func (t *Txn) again(s *cloud.Server, action string) error {
	if err := t.errLost(s); err != nil { // its data is not there: never a new blank one
		return err
	}
	if s.Failed && s.CloneOf != 0 {
		if err := t.cloneAgain(s); err != nil {
			return err
		}
	}
	s.Remove, s.RemoveAfter, s.RetryAt, s.Soft = cloud.Keep, nil, nil, false
	if s.On {
		s.Boot++
	}
	change := cloud.PowerOn
	if s.Failed || !s.Built {
		change = cloud.Create
	}
	s.Failed, s.Reason = false, ""
	return t.ordered(s, change, action, map[string]int{"cpu": s.VCPU, "ram": s.RAM})
}
