package control_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
)

// Each limit of the profile binds what is sent, and says which field it is
// about.
func TestLimitsOfACreation(t *testing.T) {
	r := newRig(t, store.SQLite)
	before := r.shot()
	for _, c := range []struct {
		name string
		edit func(*control.CreateServerIn)
		code string
		kind cloud.Kind
	}{
		{"no name", func(in *control.CreateServerIn) { in.Name = "  " }, "name.empty", cloud.Invalid},
		{"long name", func(in *control.CreateServerIn) { in.Name = strings.Repeat("ä", 65) }, "name.long", cloud.Invalid},
		{"no vCPU", func(in *control.CreateServerIn) { in.VCPU = 0 }, "vcpu.range", cloud.Invalid},
		{"vCPUs", func(in *control.CreateServerIn) { in.VCPU = 17 }, "vcpu.range", cloud.Invalid},
		{"cores", func(in *control.CreateServerIn) { in.VCPU, in.Cores = 4, 3 }, "cores.range", cloud.Invalid},
		{"RAM step", func(in *control.CreateServerIn) { in.RAM = 1000 }, "ram.range", cloud.Invalid},
		{"RAM", func(in *control.CreateServerIn) { in.RAM = 128 << 10 }, "ram.range", cloud.Invalid},
		{"disk step", func(in *control.CreateServerIn) { in.Disks[0].SizeGB = 25 }, "disk.range", cloud.Invalid},
		{"disk", func(in *control.CreateServerIn) { in.Disks[0].SizeGB = 510 }, "disk.range", cloud.Invalid},
		{"no disk", func(in *control.CreateServerIn) { in.Disks = nil }, "disks.main", cloud.Invalid},
		{"two main disks", func(in *control.CreateServerIn) { in.Disks = append(in.Disks, in.Disks[0]) }, "disks.main", cloud.Invalid},
		{"several", func(in *control.CreateServerIn) { in.VCPU, in.RAM = 17, 1 }, "many", cloud.Invalid},
		{"short password", func(in *control.CreateServerIn) { in.Password = "short" }, "password.length", cloud.Invalid},
		{"key", func(in *control.CreateServerIn) { in.KeyTexts = []string{"ssh-rsa nonsense"} }, "public_key.bad", cloud.Invalid},
		{"image", func(in *control.CreateServerIn) { in.Image = control.Pick{UID: cloud.UID{9}} }, "image.missing", cloud.NotFound},
		{"ISO as image", func(in *control.CreateServerIn) { in.Image = pick(r.iso.Meta) }, "image.missing", cloud.NotFound},
		{"region", func(in *control.CreateServerIn) { in.Region = control.Pick{ID: 99} }, "region.missing", cloud.NotFound},
		{
			"office as region", func(in *control.CreateServerIn) { in.Region = control.Pick{ID: r.alice.Actor.Site0()} },
			"region.missing", cloud.NotFound,
		},
		{"flavor", func(in *control.CreateServerIn) { in.Flavor = control.Pick{ID: 99} }, "flavor.missing", cloud.NotFound},
		{"stored key", func(in *control.CreateServerIn) { in.KeyIDs = []control.Pick{{ID: 99}} }, "key.missing", cloud.NotFound},
		{"address", func(in *control.CreateServerIn) { in.IP = control.Pick{ID: 99} }, "public_ip.missing", cloud.NotFound},
		{"policy", func(in *control.CreateServerIn) { in.Policy = control.Pick{ID: 99} }, "firewall_policy.missing", cloud.NotFound},
		{"project", func(in *control.CreateServerIn) { in.Project = control.Pick{ID: 99} }, "project.missing", cloud.NotFound},
	} {
		_, err := r.create(r.alice, c.edit)
		if code(err) != c.code || cloud.KindOf(err) != c.kind {
			t.Errorf("%s: %q %q (%v), want %q %q", c.name, cloud.KindOf(err), code(err), err, c.kind, c.code)
		}
	}
	if after := r.shot(); after != before {
		t.Errorf("refusals left:\n%s", differ(before, after))
	}
}

// Limits never bind what is shown: a server outside of them can be renamed, and
// its own numbers sent back are no change, even while it is busy (R0, R0a).
func TestEchoIsNoChange(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		s := r.subject(r.alice, false)
		change(r, s.ID, func(s *cloud.Server) { s.VCPU, s.RAM, s.Name = 32, 700, strings.Repeat("x", 100) })
		start("reboot")(r, r.alice, s)
		long := strings.Repeat("x", 100)
		for name, try := range map[string]func() (control.Reply, error){
			"shape": func() (control.Reply, error) {
				return r.c.ResizeServer(r.Context(), r.alice,
					control.HardwareIn{Pick: pick(s.Meta), Limits: small, VCPU: 32, Cores: 1, RAM: 700}, named)
			},
			"rounded memory": func() (control.Reply, error) {
				return r.c.ResizeServer(r.Context(), r.alice, control.HardwareIn{Pick: pick(s.Meta), Limits: small, VCPU: 32, RAMGB: 1}, named)
			},
			"name": func() (control.Reply, error) {
				return r.c.UpdateServer(r.Context(), r.alice,
					control.UpdateServerIn{Pick: pick(s.Meta), Limits: small, Name: &long, UniqueName: true}, named)
			},
			"disk": func() (control.Reply, error) {
				return r.c.ResizeDisk(r.Context(), r.alice, control.DisksIn{
					Pick: pick(s.Meta),
					Disk: pick(s.main.Meta), Limits: cloud.Limits{DiskMin: 100, DiskMax: 200, DiskStep: 7}, SizeGB: s.main.SizeGB,
				}, named)
			},
			"everything of CloudCIX": func() (control.Reply, error) {
				state := cloud.StateRestarting
				if !get[cloud.Server](r, s.ID).Taken {
					state = cloud.StateNumber(get[cloud.Server](r, s.ID))
				}
				in := control.ChangeServerIn{
					Pick: pick(s.Meta), Limits: small, Name: &long, State: &state,
					Hardware: &control.HardwareIn{Limits: small, VCPU: 32, RAMGB: 1},
					Disks:    []control.DiskIn{{ID: pick(s.main.Meta), SizeGB: s.main.SizeGB}},
				}
				in.NAT = nat(s, true)
				return r.c.ChangeServer(r.Context(), openly(r.alice), in, named)
			},
		} {
			before := get[cloud.Server](r, s.ID)
			if _, err := try(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			after := get[cloud.Server](r, s.ID)
			if after.EventID != before.EventID || after.VCPU != 32 || after.RAM != 700 || after.Name != long {
				t.Errorf("%s changed something: %+v", name, after)
			}
		}
	})
}

// R11: GB are rounded up where they are shown, cores stay while they divide.
func TestShapes(t *testing.T) {
	for _, c := range []struct {
		name             string
		vcpu, cores, ram int
		in               control.HardwareIn
		off              bool
		want             [3]int
		code             string
	}{
		{"half a GB shown as one", 1, 1, 512, control.HardwareIn{RAMGB: 1}, false, [3]int{1, 1, 512}, ""},
		{"one GB asked for", 1, 1, 1024, control.HardwareIn{RAMGB: 2}, false, [3]int{1, 1, 2048}, ""},
		{"cores still divide", 4, 2, 1024, control.HardwareIn{VCPU: 8}, false, [3]int{8, 2, 1024}, ""},
		{"cores do not divide", 4, 4, 1024, control.HardwareIn{VCPU: 6}, true, [3]int{6, 1, 1024}, ""},
		{"cores change while on", 4, 4, 1024, control.HardwareIn{VCPU: 6}, false, [3]int{4, 4, 1024}, "resize.cores"},
		{"less while on", 4, 1, 1024, control.HardwareIn{VCPU: 2}, false, [3]int{4, 1, 1024}, "resize.hot"},
		{"less memory while on", 4, 1, 1024, control.HardwareIn{RAM: 512}, false, [3]int{4, 1, 1024}, "resize.hot"},
		{"less with a restart", 4, 1, 1024, control.HardwareIn{VCPU: 2, RAM: 512, AllowRestart: true}, false, [3]int{2, 1, 512}, ""},
		{"less while off", 4, 1, 1024, control.HardwareIn{VCPU: 2, RAM: 512}, true, [3]int{2, 1, 512}, ""},
		{"too much", 4, 1, 1024, control.HardwareIn{VCPU: 17}, false, [3]int{4, 1, 1024}, "vcpu.range"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, store.SQLite)
			v := r.server(r.alice, func(in *control.CreateServerIn) { in.VCPU, in.Cores, in.RAM, in.Off = c.vcpu, c.cores, c.ram, c.off })
			c.in.Limits, c.in.Pick = small, pick(v.Meta)
			_, err := r.c.ResizeServer(t.Context(), r.alice, c.in, named)
			if code(err) != c.code {
				t.Errorf("%v, want %q", err, c.code)
			}
			s := get[cloud.Server](r, v.ID)
			if got := [3]int{s.VCPU, s.Cores, s.RAM}; got != c.want {
				t.Errorf("shape %v, want %v", got, c.want)
			}
			r.totals(t)
		})
	}
}

// R13: names are unique where the dialect asks for it, and only in the project.
func TestNames(t *testing.T) {
	r := newRig(t, store.SQLite)
	a, b := r.server(r.alice, nil), r.server(r.alice, func(in *control.CreateServerIn) { in.Name = "  db  " })
	if b.Name != "db" {
		t.Errorf("name %q is not trimmed", b.Name)
	}
	_, err := r.create(r.alice, nil) // 1&1 does not ask
	r.must(err)
	in := control.UpdateServerIn{Pick: pick(b.Meta), Limits: small, Name: text("web"), UniqueName: true}
	_, err = r.c.UpdateServer(t.Context(), openly(r.alice), in, named)
	refused(t, err, cloud.Invalid, "name.used")
	in.Pick = pick(a.Meta)
	_, err = r.c.UpdateServer(t.Context(), openly(r.alice), in, named) // a duplicate, but its own
	r.must(err)
	if s := r.server(r.alice, func(in *control.CreateServerIn) { in.Name = "Ünicode & Co." }); s.Hostname != "nicode-co" {
		t.Errorf("host name %q", s.Hostname)
	}
}

// Nobody fits: it says why, and what to do stands beside it. Which host says what
// and how much each has is for the operator; a tenant learns nothing of others.
func TestPlacementErrors(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		change(r, r.hosts[0].ID, func(h *cloud.Host) { h.Enabled = false })
		change(r, r.hosts[1].ID, func(h *cloud.Host) { h.UsedRAM = h.RAM })
		_, err := r.create(r.operator(), nil)
		e := refused(t, err, cloud.Exhausted, "server.place")
		all := strings.Join(e.Reasons, "\n")
		if !strings.Contains(all, "h1: ") || !strings.Contains(all, "h2: 0 MiB of memory free") ||
			!strings.Contains(e.Fix, "virga agent --join") {
			t.Errorf("%+v", e)
		}
		_, err = r.create(r.alice, nil)
		e = refused(t, err, cloud.Exhausted, "server.place")
		if want := []string{"1 host: disabled by the operator", "1 host: not enough memory free"}; !slices.Equal(e.Reasons, want) {
			t.Errorf("a tenant is told %q", e.Reasons)
		}
		if n := len(find[cloud.Server](r)) + len(find[cloud.Project](r)); n != 0 {
			t.Errorf("%d rows left", n)
		}
		change(r, r.hosts[1].ID, func(h *cloud.Host) { h.UsedRAM = 0 })
		s := r.server(r.alice, nil)
		change(r, r.hosts[1].ID, func(h *cloud.Host) { h.UsedVCPU = h.Cores * 8 })
		_, err = r.c.ResizeServer(t.Context(), r.alice, control.HardwareIn{Pick: pick(s.Meta), Limits: small, VCPU: 2}, named)
		if e = refused(t, err, cloud.Exhausted, "server.grow"); !slices.Equal(e.Reasons, []string{"1 host: not enough vCPUs free"}) {
			t.Errorf("%+v", e)
		}
	})
}

// Snapshots of 1&1 (R10): one, kept for three days, in the way of disk changes;
// what a clone copies from is nobody's.
func TestSnapshotRules(t *testing.T) {
	r := newRig(t, store.SQLite)
	s := r.subject(r.alice, true)
	if d := s.snap.Expires.Sub(r.clock()); d != control.SnapshotDays*24*time.Hour || !strings.HasPrefix(s.snap.Name, "snapshot-2026") {
		t.Errorf("%s expires in %s", s.snap.Name, d)
	}
	for _, v := range verbs {
		switch v.name {
		case "snapshot", "add disk", "grow disk", "remove disk", "reinstall":
			_, err := v.do(r, r.alice, s)
			if e := refused(t, err, cloud.Conflict, "snapshot.exists"); e.Fix == "" {
				t.Errorf("%s: nothing is said to do", v.name)
			}
		}
	}
	_, err := r.c.ChangeServer(t.Context(), openly(r.alice),
		control.ChangeServerIn{Pick: pick(s.Meta), State: number(cloud.StateScrub)}, named)
	refused(t, err, cloud.Invalid, "state.snapshots")
	start("delete snapshot")(r, r.alice, s)
	_, err = r.c.RestoreSnapshot(t.Context(), r.alice, control.SnapshotIn{Pick: pick(s.Meta), Snapshot: pick(s.snap.Meta)}, named)
	refused(t, err, cloud.Busy, "snapshot.busy")
	r.land(s.ID)
	start("clone")(r, r.alice, s)
	r.land(s.ID)
	_, err = r.c.AddDisks(t.Context(), r.alice, control.DisksIn{Pick: pick(s.Meta), Limits: small, Add: []control.DiskIn{{SizeGB: 10}}}, named)
	refused(t, err, cloud.Busy, "server.copied")
	start("snapshot")(r, r.alice, s)
}

// A machine whose disks are lost is not made anew; one that was never made is.
func TestPowerOnAfterFailure(t *testing.T) {
	r := newRig(t, store.SQLite)
	s := r.subject(r.alice, false)
	fail := func(built bool) {
		change(r, s.ID, func(s *cloud.Server) {
			s.Failed, s.Built, s.On, s.SeenOn, s.Reason = true, built, false, false, "the disk is gone"
		})
	}
	fail(true)
	_, err := power(control.PowerOn, false)(r, r.alice, s)
	if e := refused(t, err, cloud.Conflict, "server.lost"); !strings.Contains(e.Message, "the disk is gone") {
		t.Error(e)
	}
	fail(false)
	_, err = power(control.PowerOn, false)(r, r.alice, s)
	r.must(err)
	if got := get[cloud.Server](r, s.ID); got.Change != cloud.Create || got.Failed || !got.On {
		t.Errorf("%+v", got.Life)
	}
}

// What takes the place of an operation that is under way ends that in the log, with the
// reason.
func TestReplacedOperationEnds(t *testing.T) {
	r := newRig(t, store.SQLite)
	v, err := r.create(r.alice, nil)
	r.must(err)
	_, err = r.c.DeleteServer(t.Context(), r.alice, control.DeleteServerIn{Pick: pick(v.Meta)}, named)
	r.must(err)
	ends := map[string]string{}
	r.read(func(tx *store.Tx) error {
		list, err := store.Find[cloud.Event](tx, cloud.Where(cloud.Eq("kind", "server"), cloud.Eq("object_id", v.ID), cloud.Eq("end", true)))
		for _, e := range list {
			ends[e.Action] = e.Reason
		}
		return err
	})
	if ends["CREATE"] != "replaced by removal" {
		t.Errorf("the creation ended with %q", ends["CREATE"])
	}
}

// What a server is given and what it may be put back to is its own, and counted.
func TestWhatAServerTakes(t *testing.T) {
	r := newRig(t, store.SQLite)
	frozen, other, plain := r.subject(r.alice, true), r.subject(r.alice, true), r.subject(r.alice, false)
	foreign := control.SnapshotIn{Pick: pick(frozen.Meta), Snapshot: pick(other.snap.Meta)}
	_, err := r.c.RestoreSnapshot(t.Context(), r.alice, foreign, named)
	refused(t, err, cloud.NotFound, "snapshot.missing")
	_, err = r.c.DeleteSnapshot(t.Context(), r.alice, foreign, named)
	refused(t, err, cloud.NotFound, "snapshot.missing")

	before := get[cloud.Volume](r, frozen.main.ID).Layer
	start("restore")(r, r.alice, frozen)
	for _, id := range []int64{frozen.main.ID, frozen.extra.ID} {
		if now := get[cloud.Volume](r, id).Layer; now == before || !strings.HasPrefix(now, frozen.snap.UID.Hex()+".") {
			t.Errorf("a restore orders the layer %q, was %q", now, before)
		}
	}

	had, s := get[cloud.Host](r, plain.HostID), get[cloud.Server](r, plain.ID)
	in := control.HardwareIn{Pick: pick(plain.Meta), Limits: small, VCPU: s.VCPU + 2, RAM: s.RAM + 1024}
	_, err = r.c.ResizeServer(t.Context(), r.alice, in, named)
	r.must(err)
	if h := get[cloud.Host](r, plain.HostID); h.UsedVCPU != had.UsedVCPU+2 || h.UsedRAM != had.UsedRAM+1024 || h.UsedGB != had.UsedGB {
		t.Errorf("its host had given %d %d %d, now %d %d %d",
			had.UsedVCPU, had.UsedRAM, had.UsedGB, h.UsedVCPU, h.UsedRAM, h.UsedGB)
	}
	r.land(plain.ID)
	_, err = r.c.ResizeDisk(t.Context(), r.alice, control.DisksIn{
		Pick: pick(plain.Meta), Disk: pick(plain.main.Meta), Limits: small, SizeGB: 10,
	}, named)
	refused(t, err, cloud.Invalid, "disk.shrink")
}

// What is closed takes no change, though CloudCIX shows it.
func TestClosedTakesNoChange(t *testing.T) {
	r := newRig(t, store.SQLite)
	s := r.subject(openly(r.alice), false)
	p := r.project(r.alice, "over")
	now := r.clock()
	change(r, s.ID, func(s *cloud.Server) { s.Closed, s.Remove = &now, cloud.Now })
	change(r, p.Project.ID, func(p *cloud.Project) { p.Closed = &now })
	before := r.shot()
	server := control.ChangeServerIn{Pick: control.Pick{ID: s.ID}, Limits: small, Name: text("new")}
	_, err := r.c.ChangeServer(t.Context(), openly(r.alice), server, named)
	refused(t, err, cloud.Conflict, "closed")
	project := control.UpdateProjectIn{Pick: control.Pick{ID: p.Project.ID}, Name: text("new")}
	_, err = r.c.UpdateProject(t.Context(), openly(r.alice), project, keep(new(*control.ProjectView)))
	refused(t, err, cloud.Conflict, "closed")
	if after := r.shot(); after != before {
		t.Errorf("refusals changed something:\n%s", differ(before, after))
	}
}
