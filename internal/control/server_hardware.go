package control

import (
	"context"
	"fmt"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/place"
	"github.com/virga-cloud/virga/internal/store"
)

// HardwareIn changes the shape; zero fields stay as they are.
type HardwareIn struct {
	Pick
	Limits       cloud.Limits
	Flavor       Pick
	VCPU, Cores  int
	RAM          int    // MiB
	RAMGB        int    // instead of RAM: whole GB; the rounded number that is shown is no change (R0a, R11)
	RAMSent      string // memory in GB as the caller wrote it, for the message; "" = as RAM says
	AllowRestart bool   // CloudCIX: may stop and start the machine (R12); 1&1: hot or refused
}

// ResizeServer changes processors and memory: hot growth, cold anything.
func (c *Control) ResizeServer(ctx context.Context, call *Call, in HardwareIn, ans Answer[*View]) (Reply, error) {
	return c.onServer(ctx, call, in.Pick, "servers.resize", ans, func(t *Txn, s *cloud.Server) error {
		changed, err := t.resize(s, in)
		if err != nil {
			return err
		}
		if changed {
			if err := t.ordered(s, cloud.Configure, "UPDATE", map[string]int{"cpu": s.VCPU, "ram": s.RAM}); err != nil {
				return err
			}
		}
		return nil
	})
}

// resize checks and applies a new shape; false when nothing differs (R0a).
func (t *Txn) resize(s *cloud.Server, in HardwareIn) (bool, error) {
	vcpu, cores, ram, flavor := s.VCPU, s.Cores, s.RAM, s.FlavorID
	if !in.Flavor.Empty() {
		f, err := t.flavor("fixed", in.Flavor)
		if err != nil {
			return false, err
		}
		vcpu, cores, ram, flavor = f.VCPU, f.Cores, f.RAM, f.ID
	} else {
		if in.VCPU > 0 {
			vcpu = in.VCPU
		}
		switch {
		case in.RAM > 0:
			ram = in.RAM
		case in.RAMGB > 0 && in.RAMGB != (s.RAM+1023)/1024:
			ram = in.RAMGB * 1024
		}
		switch {
		case in.Cores > 0:
			cores = in.Cores
		case vcpu%cores != 0 || cores > vcpu:
			cores = 1 // R11
		}
		if vcpu != s.VCPU || ram != s.RAM || cores != s.Cores {
			flavor = 0
		}
	}
	if vcpu == s.VCPU && cores == s.Cores && ram == s.RAM && flavor == s.FlavorID {
		return false, nil
	}
	if err := idle(s); err != nil {
		return false, err
	}
	if in.Flavor.Empty() {
		var p cloud.Problems
		in.Limits.CheckHardware(&p, vcpu, cores, ram, in.RAMSent)
		if err := p.Err(); err != nil {
			return false, err
		}
	}
	if s.On && !in.AllowRestart {
		switch {
		case vcpu < s.VCPU, ram < s.RAM:
			return false, cloud.Errorf(cloud.Conflict, "resize.hot", "a running server cannot lose processors or memory").
				WithFix("Power it off first.")
		case cores != s.Cores:
			return false, cloud.Errorf(cloud.Conflict, "resize.cores", "cores_per_processor cannot change while the server runs").
				WithFix("Power it off first.")
		}
	}
	if err := t.reserve(s, vcpu-s.VCPU, ram-s.RAM, 0); err != nil {
		return false, err
	}
	s.VCPU, s.Cores, s.RAM, s.FlavorID = vcpu, cores, ram, flavor
	s.Restart = in.AllowRestart
	return true, nil
}

// reserve takes more of the server's host (or gives back, with negative
// numbers). Growth must fit the wider limits.
func (t *Txn) reserve(s *cloud.Server, vcpu, ram, gb int) error {
	h, err := store.Get[cloud.Host](t.Tx, s.HostID)
	if err != nil {
		return err
	}
	need := place.Need{VCPU: max(vcpu, 0), RAM: max(ram, 0), GB: max(gb, 0), Grow: true}
	if need.VCPU+need.RAM+need.GB > 0 {
		if place.Fits(h, need) != "" {
			field := "ram"
			if need.RAM == 0 {
				field = "vcpu"
			}
			if gb > 0 {
				field = "disks"
			}
			return &cloud.Error{
				Kind: cloud.Exhausted, Code: "server.grow", Field: field, Reasons: t.refusals([]*cloud.Host{h}, need),
				Message: fmt.Sprintf("the host of %s cannot give that much more", s.Name), Fix: "Ask for less, or make a new server elsewhere.",
			}
		}
	}
	h.UsedVCPU += vcpu
	h.UsedRAM += ram
	h.UsedGB += gb
	return store.Update(t.Tx, h)
}
