package control_test

import (
	"net/netip"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// subjectOf is a server with everything that verbs can be aimed at.
type subjectOf struct {
	*control.View
	snap  *cloud.Snapshot
	extra *cloud.Volume // second disk
	main  *cloud.Volume
	ip    *cloud.IP
	priv  netip.Addr
}

// verb is one write of control on a server.
type verb struct {
	name string
	snap bool // needs a snapshot
	port bool // touches ports only
	do   func(r *rig, c *control.Call, s subjectOf) (control.Reply, error)
}

func text(s string) *string { return &s }
func number(n int) *int     { return &n }

func power(a control.Action, hard bool) func(*rig, *control.Call, subjectOf) (control.Reply, error) {
	return func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.PowerServer(r.Context(), c, control.PowerIn{Pick: pick(s.Meta), Action: a, Hard: hard}, named)
	}
}

// verbs are all writes on a server.
var verbs = []verb{
	{name: "rename", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.UpdateServer(r.Context(), c, control.UpdateServerIn{Pick: pick(s.Meta), Limits: small, Name: text("new")}, named)
	}},
	{name: "on", do: power(control.PowerOn, false)},
	{name: "off", do: power(control.PowerOff, false)},
	{name: "off hard", do: power(control.PowerOff, true)},
	{name: "reboot", do: power(control.Reboot, false)},
	{name: "reboot hard", do: power(control.Reboot, true)},
	{name: "resize", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.ResizeServer(r.Context(), c, control.HardwareIn{Pick: pick(s.Meta), Limits: small, VCPU: 4}, named)
	}},
	{name: "add disk", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.AddDisks(r.Context(), c, control.DisksIn{Pick: pick(s.Meta), Limits: small, Add: []control.DiskIn{{SizeGB: 10}}}, named)
	}},
	{name: "grow disk", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.ResizeDisk(r.Context(), c, control.DisksIn{Pick: pick(s.Meta), Disk: pick(s.main.Meta), Limits: small, SizeGB: 50}, named)
	}},
	{name: "remove disk", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.RemoveDisk(r.Context(), c, control.DisksIn{Pick: pick(s.Meta), Disk: pick(s.extra.Meta)}, named)
	}},
	{name: "snapshot", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.CreateSnapshot(r.Context(), c, control.CreateSnapshotIn{Pick: pick(s.Meta)}, named)
	}},
	{name: "restore", snap: true, do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.RestoreSnapshot(r.Context(), c, control.SnapshotIn{Pick: pick(s.Meta), Snapshot: pick(s.snap.Meta)}, named)
	}},
	{name: "delete snapshot", snap: true, do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.DeleteSnapshot(r.Context(), c, control.SnapshotIn{Pick: pick(s.Meta), Snapshot: pick(s.snap.Meta)}, named)
	}},
	{name: "reinstall", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.ReinstallServer(r.Context(), c,
			control.ReinstallIn{Pick: pick(s.Meta), Image: pick(r.other.Meta), KeyTexts: []string{line}}, named)
	}},
	{name: "clone", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.CloneServer(r.Context(), c, control.CloneIn{Pick: pick(s.Meta), Limits: small, Name: "copy"}, named)
	}},
	{name: "load dvd", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.LoadDVD(r.Context(), c, control.DVDIn{Pick: pick(s.Meta), Image: pick(r.iso.Meta)}, named)
	}},
	{name: "add ip", port: true, do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.AddServerIP(r.Context(), c, pick(s.Meta), named)
	}},
	{name: "remove ip", port: true, do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.RemoveServerIP(r.Context(), c, control.ServerIPIn{Pick: pick(s.Meta), IP: pick(s.ip.Meta)}, named)
	}},
	{name: "set policy", port: true, do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.SetIPPolicy(r.Context(), c, control.ServerIPIn{Pick: pick(s.Meta), IP: pick(s.ip.Meta)}, named)
	}},
	{name: "nat", port: true, do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.ChangeServer(r.Context(), c, control.ChangeServerIn{Pick: pick(s.Meta), NAT: map[netip.Addr]bool{s.priv: false}}, named)
	}},
	{name: "change cpu", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.ChangeServer(r.Context(), c,
			control.ChangeServerIn{Pick: pick(s.Meta), Hardware: &control.HardwareIn{Limits: small, VCPU: 4, AllowRestart: true}}, named)
	}},
	{name: "delete", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.DeleteServer(r.Context(), c, control.DeleteServerIn{Pick: pick(s.Meta)}, named)
	}},
	{name: "delete with grace", do: func(r *rig, c *control.Call, s subjectOf) (control.Reply, error) {
		return r.c.DeleteServer(r.Context(), c, control.DeleteServerIn{Pick: pick(s.Meta), Grace: true}, named)
	}},
}

// subject makes a server that is on, with two disks and a public address.
func (r *rig) subject(call *control.Call, snap bool) subjectOf {
	r.Helper()
	v := r.server(call, func(in *control.CreateServerIn) {
		in.Disks = append(in.Disks, control.DiskIn{SizeGB: 10})
	})
	if snap {
		_, err := r.c.CreateSnapshot(r.Context(), call, control.CreateSnapshotIn{Pick: pick(v.Meta)}, named)
		r.must(err)
		r.land(v.ID)
	}
	return r.aim(call, v.ID)
}

func (r *rig) aim(call *control.Call, id int64) subjectOf {
	v := r.view(call, id)
	s := subjectOf{View: v, snap: v.Snapshot, main: v.Volumes[0], extra: v.Volumes[1]}
	for _, ip := range v.IPs {
		if ip.Kind == cloud.PublicIP {
			s.ip = ip
		} else {
			s.priv = ip.Addr
		}
	}
	return s
}

// situation brings a server that is on into another situation.
type situation struct {
	name string
	make func(r *rig, c *control.Call, s subjectOf)
	code string // of what every verb answers, save those of except
	kind cloud.Kind
	but  map[string]string
}

func start(name string) func(*rig, *control.Call, subjectOf) {
	return func(r *rig, c *control.Call, s subjectOf) {
		r.Helper()
		for _, v := range verbs {
			if v.name == name {
				_, err := v.do(r, c, s)
				r.must(err)
				return
			}
		}
		r.Fatalf("no verb %q", name)
	}
}

func landed(name string) func(*rig, *control.Call, subjectOf) {
	return func(r *rig, c *control.Call, s subjectOf) {
		start(name)(r, c, s)
		r.land(s.ID)
	}
}

// free are the verbs that are taken while something is under way.
func free(more ...string) map[string]string {
	m := map[string]string{"rename": "", "off hard": "", "delete": "", "delete with grace": ""}
	for _, v := range verbs {
		if v.port {
			m[v.name] = ""
		}
	}
	for i := 0; i < len(more); i += 2 {
		m[more[i]] = more[i+1]
	}
	return m
}

var situations = []situation{
	{name: "on", but: map[string]string{"on": "power.on"}},
	{
		name: "off", make: landed("off"),
		but: map[string]string{"off": "power.off", "off hard": "power.off", "reboot": "power.off", "reboot hard": "power.off"},
	},
	{
		name: "creating", kind: cloud.Busy, code: "server.busy",
		but: free("off hard", "server.busy"), make: func(r *rig, _ *control.Call, s subjectOf) {
			e := r.anyEvent(s.ID)
			change(r, s.ID, func(s *cloud.Server) { s.Change, s.EventID, s.Built = cloud.Create, e, false })
		},
	},
	{name: "powering off", make: start("off"), kind: cloud.Busy, code: "server.busy", but: free()},
	{name: "powering on", kind: cloud.Busy, code: "server.busy", but: free(), make: func(r *rig, c *control.Call, s subjectOf) {
		landed("off")(r, c, s)
		start("on")(r, c, s)
	}},
	{name: "rebooting", make: start("reboot"), kind: cloud.Busy, code: "server.busy", but: free()},
	// Resizing to the same numbers again is no change.
	{name: "resizing", make: start("resize"), kind: cloud.Busy, code: "server.busy", but: free("resize", "", "change cpu", "")},
	{name: "capturing", kind: cloud.Busy, code: "server.busy", but: free(), make: func(r *rig, _ *control.Call, s subjectOf) {
		e := r.anyEvent(s.ID)
		change(r, s.ID, func(s *cloud.Server) { s.Change, s.EventID = cloud.Capture, e })
	}},
	{name: "stopping for good", make: start("delete with grace"), kind: cloud.Conflict, code: "server.scrub", but: map[string]string{
		"rename": "", "delete": "", "delete with grace": "", "on": "server.busy",
	}},
	{name: "kept for the grace period", make: landed("delete with grace"), kind: cloud.Conflict, code: "server.scrub", but: map[string]string{
		"rename": "", "delete": "", "delete with grace": "", "on": "",
	}},
	{name: "being removed", make: start("delete"), kind: cloud.Conflict, code: "server.removing", but: map[string]string{
		"nat":    "", // its public address is leaving already: no change
		"rename": "", "delete": "", "delete with grace": "",
	}},
	{name: "failed", kind: cloud.Conflict, code: "server.failed", but: map[string]string{
		"rename": "",
		"delete": "", "delete with grace": "", "on": "",
	}, make: func(r *rig, _ *control.Call, s subjectOf) {
		change(r, s.ID, func(s *cloud.Server) {
			s.Failed, s.On, s.SeenOn, s.Built, s.Reason = true, false, false, false, "the disk is full"
		})
	}},
}

// anyEvent is the start of some operation of a server, as what is under way.
func (r *rig) anyEvent(server int64) (id int64) {
	for _, e := range find[cloud.Event](r, cloud.Eq("object_id", server), cloud.Eq("kind", "server")) {
		if !e.End {
			id = e.ID
		}
	}
	return id
}

// Every verb in every situation: accepted, or refused with a code that says why
// (docs/explain/state-and-work.md). What is refused changes nothing.
func TestVerbsInSituations(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		for _, sit := range situations {
			for _, v := range verbs {
				s := r.subject(r.alice, v.snap)
				if sit.make != nil {
					sit.make(r, r.alice, s)
				}
				want, known := sit.but[v.name]
				if !known {
					want = sit.code
				}
				call := r.alice
				if v.name == "nat" || v.name == "change cpu" {
					call = openly(r.alice)
				}
				before := get[cloud.Server](r, s.ID)
				_, err := v.do(r, call, s)
				if code(err) != want {
					t.Errorf("%s while %s: %q (%v), want %q", v.name, sit.name, code(err), err, want)
					continue
				}
				after := get[cloud.Server](r, s.ID)
				switch {
				case err != nil && (after.EventID != before.EventID ||
					after.On != before.On || after.Boot != before.Boot || after.Remove != before.Remove):
					t.Errorf("%s while %s was refused and changed the server", v.name, sit.name)
				case err != nil && want == sit.code && cloud.KindOf(err) != sit.kind:
					t.Errorf("%s while %s: kind %q, want %q", v.name, sit.name, cloud.KindOf(err), sit.kind)
				}
			}
		}
	})
}

// nat asks for the translation of a server's address.
func nat(s subjectOf, on bool) map[netip.Addr]bool { return map[netip.Addr]bool{s.priv: on} }
