package reconcile_test

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// change is one kind of work on a server that exists.
type change struct {
	name   string
	action string // of its event
	off    bool   // starts with the machine off
	snap   bool   // starts with a snapshot
	disks  int    // besides the main one
	do     func(r *rig, s *cloud.Server)
	state  int // the number that its end leads to
	look   func(r *rig, s *cloud.Server) string
}

func (r *rig) shown(s *cloud.Server) *cloud.Snapshot {
	r.Helper()
	list := find[cloud.Snapshot](r, cloud.Eq("server_id", s.ID), cloud.Eq("hidden", false))
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1]
}

func (r *rig) volumes(s *cloud.Server) []*cloud.Volume {
	r.Helper()
	return find[cloud.Volume](r, cloud.Eq("server_id", s.ID))
}

var changes = []change{
	{
		name: "on", action: "START", off: true, state: cloud.StateRunning,
		do: func(r *rig, s *cloud.Server) { r.power(s, control.PowerOn, false) },
	},
	{name: "off", action: "STOP", state: cloud.StateQuiesced, do: func(r *rig, s *cloud.Server) { r.power(s, control.PowerOff, false) }},
	{name: "off hard", action: "STOP", state: cloud.StateQuiesced, do: func(r *rig, s *cloud.Server) { r.power(s, control.PowerOff, true) }},
	{
		name: "reboot", action: "RESTART", state: cloud.StateRunning,
		do: func(r *rig, s *cloud.Server) { r.power(s, control.Reboot, false) }, look: func(_ *rig, s *cloud.Server) string {
			if s.SeenBoot != 2 {
				return "was not booted again"
			}
			return ""
		},
	},
	{
		name: "resize hot", action: "UPDATE", state: cloud.StateRunning,
		do: func(r *rig, s *cloud.Server) { r.resize(s, control.HardwareIn{VCPU: 2, RAM: 2048}) }, look: func(_ *rig, s *cloud.Server) string {
			if s.SeenVCPU != 2 || s.SeenRAM != 2048 {
				return "has not the new shape"
			}
			return ""
		},
	},
	{name: "resize with restart", action: "UPDATE", state: cloud.StateRunning, do: func(r *rig, s *cloud.Server) {
		r.resize(s, control.HardwareIn{RAM: 512, AllowRestart: true})
	}, look: func(_ *rig, s *cloud.Server) string {
		if s.SeenRAM != 512 || s.Restart {
			return "did not shrink, or may still be restarted"
		}
		return ""
	}},
	{
		name: "resize cold", action: "UPDATE", off: true, state: cloud.StateQuiesced,
		do: func(r *rig, s *cloud.Server) { r.resize(s, control.HardwareIn{VCPU: 4, Cores: 2}) }, look: func(_ *rig, s *cloud.Server) string {
			if s.SeenVCPU != 4 || s.SeenCores != 2 {
				return "has not the new shape"
			}
			return ""
		},
	},
	{
		name: "add disk", action: "UPDATE", state: cloud.StateRunning, do: func(r *rig, s *cloud.Server) { r.addDisk(s, 30) },
		look: func(r *rig, s *cloud.Server) string {
			if v := r.volumes(s); len(v) != 2 || !v[1].Built || v[1].SeenGB != 30 {
				return "has no second disk"
			}
			return ""
		},
	},
	{name: "grow disk", action: "UPDATE", state: cloud.StateRunning, do: func(r *rig, s *cloud.Server) {
		r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
			return r.c.ResizeDisk(r.Context(), r.call,
				control.DisksIn{Pick: pick(s.Meta), Disk: pick(r.volumes(s)[0].Meta), Limits: limits, SizeGB: 50}, ans)
		})
	}, look: func(r *rig, s *cloud.Server) string {
		if r.volumes(s)[0].SeenGB != 50 {
			return "did not grow"
		}
		return ""
	}},
	{name: "remove disk", action: "UPDATE", disks: 1, state: cloud.StateRunning, do: func(r *rig, s *cloud.Server) {
		r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
			return r.c.RemoveDisk(r.Context(), r.call, control.DisksIn{Pick: pick(s.Meta), Disk: pick(r.volumes(s)[1].Meta)}, ans)
		})
	}, look: func(r *rig, s *cloud.Server) string {
		if len(r.volumes(s)) != 1 {
			return "still has the disk"
		}
		return ""
	}},
	{
		name: "snapshot", action: "CREATE_SNAPSHOT",
		disks: 1, state: cloud.StateRunning, do: func(r *rig, s *cloud.Server) { r.snapshot(s) }, look: func(r *rig, s *cloud.Server) string {
			if sn := r.shown(s); sn == nil || !sn.Made || !sn.Active || r.volumes(s)[1].SeenLayer != sn.UID.Hex() {
				return "has no snapshot of all disks"
			}
			return ""
		},
	},
	{
		name: "snapshot off", action: "CREATE_SNAPSHOT", disks: 1,
		off: true, state: cloud.StateQuiesced, do: func(r *rig, s *cloud.Server) { r.snapshot(s) },
	},
	{name: "restore", action: "RESTORE_SNAPSHOT", snap: true, disks: 1, state: cloud.StateRunning, do: func(r *rig, s *cloud.Server) {
		r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
			return r.c.RestoreSnapshot(r.Context(), r.call, control.SnapshotIn{Pick: pick(s.Meta), Snapshot: pick(r.shown(s).Meta)}, ans)
		})
	}, look: func(r *rig, s *cloud.Server) string {
		for _, v := range r.volumes(s) {
			if _, restored := plan.PointOfLayer(v.SeenLayer); !restored {
				return "is not on the restored layer"
			}
		}
		return ""
	}},
	{name: "delete snapshot", action: "DELETE_SNAPSHOT", snap: true, disks: 1, state: cloud.StateRunning, do: func(r *rig, s *cloud.Server) {
		r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
			return r.c.DeleteSnapshot(r.Context(), r.call, control.SnapshotIn{Pick: pick(s.Meta), Snapshot: pick(r.shown(s).Meta)}, ans)
		})
	}, look: func(r *rig, s *cloud.Server) string {
		if r.shown(s) != nil {
			return "still has the snapshot"
		}
		return ""
	}},
	{name: "reinstall", action: "REINSTALL", state: cloud.StateRunning, do: func(r *rig, s *cloud.Server) {
		r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
			return r.c.ReinstallServer(r.Context(), r.call,
				control.ReinstallIn{Pick: pick(s.Meta), Image: pick(r.debian.Meta), Password: "Other!23456"}, ans)
		})
	}, look: func(r *rig, s *cloud.Server) string {
		if s.SeenImageID != r.debian.ID || !plan.FreshLayer(r.volumes(s)[0].SeenLayer) {
			return "does not run the other image"
		}
		return ""
	}},
	{name: "load dvd", action: "UPDATE", state: cloud.StateRunning, do: func(r *rig, s *cloud.Server) {
		r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
			return r.c.LoadDVD(r.Context(), r.call, control.DVDIn{Pick: pick(s.Meta), Image: pick(r.iso.Meta)}, ans)
		})
	}, look: func(r *rig, s *cloud.Server) string {
		if s.SeenDVDID != r.iso.ID {
			return "has no DVD"
		}
		return ""
	}},
}

// prepare makes a server as a change wants to find it.
func (r *rig) prepare(c change) *cloud.Server {
	r.Helper()
	s := r.create(func(in *control.CreateServerIn) {
		for range c.disks {
			in.Disks = append(in.Disks, control.DiskIn{SizeGB: 10})
		}
	})
	if c.snap {
		r.snapshot(s)
		r.settle()
	}
	if c.off {
		r.power(s, control.PowerOff, false)
		r.settle()
	}
	return get[cloud.Server](r, s.ID)
}

// Every change is carried out, its event ends with the right number, and
// everything agrees.
func TestChanges(t *testing.T) {
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, 1)
			s := r.prepare(c)
			c.do(r, s)
			if open := get[cloud.Server](r, s.ID); !open.Open() || open.Taken || open.Progress() != 1 {
				t.Errorf("right after the write: open %v, taken %v, %d %%", open.Open(), open.Taken, open.Progress())
			}
			r.settle()
			s = get[cloud.Server](r, s.ID)
			if e := r.ended(s, c.action); e.Failed || e.State != c.state || e.Reason != "" {
				t.Errorf("ended with state %d, failed %v: %s; want %d", e.State, e.Failed, e.Reason, c.state)
			}
			if s.Step != s.Steps || s.Reason != "" {
				t.Errorf("%d of %d steps, %q", s.Step, s.Steps, s.Reason)
			}
			if c.look != nil {
				if bad := c.look(r, s); bad != "" {
					t.Errorf("the server %s", bad)
				}
			}
			r.whole()
		})
	}
}

// A host that cannot carry a change out: it is given up, wishes go back to what
// is there, totals with them, and the machine can be changed again.
func TestGivingUp(t *testing.T) {
	for _, mode := range []fake.Mode{fake.Hopeless, fake.Stall, fake.Fail} {
		for _, c := range changes {
			t.Run(string(mode)+"/"+c.name, func(t *testing.T) {
				r := newRig(t, 1)
				s := r.prepare(c)
				before := get[cloud.Server](r, s.ID)
				c.do(r, s)
				h := r.hosts[0]
				h.machine.Inject(fake.Fault{Op: fake.OpEnsure, Mode: mode, Reason: "by the test"})
				if mode == fake.Hopeless { // at once
					r.play(time.Minute)
				} else {
					r.play(31 * time.Minute)
				}
				got := get[cloud.Server](r, s.ID)
				if got.Open() {
					t.Fatalf("was not given up: %s", got.Reason)
				}
				e := r.ended(s, c.action)
				if !e.Failed || e.Reason == "" {
					t.Errorf("ended with failed %v, reason %q", e.Failed, e.Reason)
				}
				if got.On != before.On || got.VCPU != before.VCPU || got.RAM != before.RAM || got.Cores != before.Cores ||
					!agrees(got, before) || got.DVDID != before.DVDID || got.FlavorID != before.FlavorID {
					t.Errorf("wanted is now %+v, was %+v", got, before)
				}
				h.machine.ClearFaults()
				r.play(10 * time.Minute)
				r.whole()
				// Whatever it was, it can be tried again.
				got = get[cloud.Server](r, s.ID)
				if cloud.StateNumber(got) != cloud.StateNumber(before) {
					t.Errorf("state %d, was %d", cloud.StateNumber(got), cloud.StateNumber(before))
				}
				if c.snap && r.shown(s) == nil || c.name == "remove disk" {
					return // what was ordered away goes, though the machine did not follow at once
				}
				c.do(r, got)
				r.settle()
				if e := r.ended(s, c.action); e.Failed {
					t.Errorf("the second try failed: %s", e.Reason)
				}
				if c.look != nil && c.name != "reboot" && c.name != "restore" && c.name != "reinstall" {
					if bad := c.look(r, get[cloud.Server](r, s.ID)); bad != "" {
						t.Errorf("the server %s", bad)
					}
				}
				r.whole()
				r.remove(got)
				r.settle()
				r.whole()
			})
		}
	}
}

// Only part of a change fails: the one disk is broken, the rest went through.
func TestGivingUpHalfway(t *testing.T) {
	for _, c := range changes {
		for _, kind := range []plan.Kind{plan.KindVolume, plan.KindVM} {
			t.Run(c.name+"/"+string(kind), func(t *testing.T) {
				r := newRig(t, 1)
				s := r.prepare(c)
				c.do(r, s)
				f := fake.Fault{Op: fake.OpEnsure, Kind: kind, Mode: fake.Hopeless}
				if vols := r.volumes(s); kind == plan.KindVolume {
					f.ID = plan.ID(vols[len(vols)-1].UID.Hex())
				}
				r.hosts[0].machine.Inject(f)
				r.play(time.Minute)
				if got := get[cloud.Server](r, s.ID); got.Open() {
					t.Fatalf("was not given up: %s", got.Reason)
				}
				r.hosts[0].machine.ClearFaults()
				r.play(10 * time.Minute)
				r.whole()
				r.remove(s)
				r.settle()
				r.whole()
			})
		}
	}
}

// A host that says done and shows something else is not believed.
func TestLyingHost(t *testing.T) {
	for _, c := range changes {
		kind := plan.KindVolume
		switch c.name {
		case "on", "off", "reboot":
			kind = plan.KindVM
		case "add disk", "grow disk", "snapshot", "snapshot off", "restore", "reinstall":
		default:
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, 1)
			s := r.prepare(c)
			c.do(r, s)
			r.hosts[0].machine.Inject(fake.Fault{Op: fake.OpEnsure, Kind: kind, Mode: fake.Lie})
			r.play(2 * time.Minute)
			if got := get[cloud.Server](r, s.ID); !got.Open() || got.Reason == "" {
				t.Fatalf("the host was believed: %+v", got.Life)
			}
			r.hosts[0].machine.ClearFaults()
			r.play(2 * time.Minute)
			r.settle()
			r.whole()
		})
	}
}
