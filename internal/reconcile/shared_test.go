package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// have counts the documents of a kind that are wanted on a host.
func (r *rig) have(h *machineHost, kind plan.Kind) (n int) {
	r.Helper()
	for _, o := range r.ordersOf(kind) {
		if o.Host == h.id && !o.Absent {
			n++
		}
	}
	return n
}

// made counts the artefacts of a kind on a host.
func (r *rig) made(h *machineHost, kind plan.Kind) int {
	r.Helper()
	ids, err := h.machine.List(r.Context(), kind)
	r.must(err)
	return len(ids)
}

// onEach makes a server on either of two hosts; the second is not the router's.
func (r *rig) onEach() (near, far *cloud.Server) {
	r.Helper()
	near = r.create(nil)
	for n := 0; far == nil; n++ {
		if n > 10 {
			r.Fatal("every server went to one host")
		}
		changeRow(r, near.HostID, func(h *cloud.Host) { h.Enabled = false })
		if s := r.create(nil); s.HostID != near.HostID {
			far = s
		}
		changeRow(r, near.HostID, func(h *cloud.Host) { h.Enabled = true })
	}
	return near, far
}

// A network is on the hosts with a card in it and on its router's; with the
// last card it goes from all but the router's.
func TestNetworkFollowsCards(t *testing.T) {
	r := newRig(t, 2)
	_, far := r.onEach()
	h := r.hostOf(far)
	if r.have(h, plan.KindNetwork) != 1 || r.made(h, plan.KindNetwork) != 1 || r.have(h, plan.KindRouter) != 0 {
		t.Fatalf("host of the second server: %s", r.orders())
	}
	r.remove(far)
	r.settle()
	if r.have(h, plan.KindNetwork) != 0 || r.made(h, plan.KindNetwork) != 0 {
		t.Errorf("the network stayed without a card: %s", r.orders())
	}
	r.whole()
}

// An image comes with the first machine, stays with the last, and goes when it
// was removed: at once, or with the last machine that stands on it.
func TestImageGoesWhenRemoved(t *testing.T) {
	r := newRig(t, 1)
	h := r.hosts[0]
	s := r.create(nil)
	r.remove(s)
	r.settle()
	if r.made(h, plan.KindImage) != 1 {
		t.Error("the bytes of a live image went with its last machine")
	}
	r.must(r.c.RemoveImage(t.Context(), "tiny"))
	r.play(time.Minute)
	if r.made(h, plan.KindImage) != 0 || r.have(h, plan.KindImage) != 0 {
		t.Errorf("an image that was removed and that nobody uses is still there: %s", r.orders())
	}
	in := func(in *control.CreateServerIn) { in.Image = pick(r.debian.Meta) }
	s = r.create(in)
	r.must(r.c.RemoveImage(t.Context(), "debian"))
	r.play(time.Minute)
	if r.made(h, plan.KindImage) != 1 {
		t.Error("an image that a machine stands on went")
	}
	r.power(s, control.Reboot, true)
	r.settle()
	r.remove(s)
	r.settle()
	if r.made(h, plan.KindImage) != 0 {
		t.Errorf("a removed image outlived its last machine: %s", r.orders())
	}
	r.whole()
}

// A removed image that a machine no longer stands on, or has no longer in its
// drive, goes too.
func TestImageGoesWhenLeft(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	dvd := func(image control.Pick) {
		r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
			return r.c.LoadDVD(t.Context(), r.call, control.DVDIn{Pick: pick(s.Meta), Image: image}, ans)
		})
		r.settle()
	}
	dvd(pick(r.iso.Meta))
	r.must(r.c.RemoveImage(t.Context(), "rescue"))
	r.play(time.Minute)
	if r.made(r.hosts[0], plan.KindImage) != 2 {
		t.Fatal("an image in a drive went")
	}
	dvd(control.Pick{})
	if r.made(r.hosts[0], plan.KindImage) != 1 {
		t.Errorf("a removed image outlived the drive: %s", r.orders())
	}
	r.must(r.c.RemoveImage(t.Context(), "tiny"))
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.ReinstallServer(t.Context(), r.call, control.ReinstallIn{Pick: pick(s.Meta), Image: pick(r.debian.Meta), Password: "Secret!23456"}, ans)
	})
	r.settle()
	if n := r.made(r.hosts[0], plan.KindImage); n != 1 {
		t.Errorf("%d images after a reinstallation from another one: %s", n, r.orders())
	}
	r.whole()
}

// Two images of the same bytes are one document.
func TestImagesOfTheSameBytes(t *testing.T) {
	r := newRig(t, 1)
	twin := *r.image
	twin.Name = "twin"
	img, err := r.c.AddImage(t.Context(), twin)
	r.must(err)
	a := r.create(nil)
	b := r.create(func(in *control.CreateServerIn) { in.Image = pick(img.Meta) })
	r.must(r.c.RemoveImage(t.Context(), "tiny"))
	r.remove(a)
	r.settle()
	r.whole()
	r.power(b, control.Reboot, true)
	r.settle()
	c := r.create(func(in *control.CreateServerIn) { in.Image = pick(img.Meta) })
	if !c.SeenOn {
		t.Errorf("no machine can be made from the second image: %s", c.Reason)
	}
	r.must(r.c.RemoveImage(t.Context(), "twin"))
	r.remove(b)
	r.remove(c)
	r.settle()
	r.play(time.Minute)
	if n := r.made(r.hosts[0], plan.KindImage); n != 0 {
		t.Errorf("%d images left: %s", n, r.orders())
	}
	r.whole()
}

// A policy is on the hosts of the routers that use it and goes with its last
// address.
func TestPolicyFollowsAddresses(t *testing.T) {
	r := newRig(t, 1)
	h := r.hosts[0]
	s := r.create(nil)
	if r.have(h, plan.KindPolicy) != 1 {
		t.Fatalf("%d policies", r.have(h, plan.KindPolicy))
	}
	policies := find[cloud.Policy](r, cloud.Eq("family", "Windows"))
	ip := find[cloud.IP](r, cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP)))[0]
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.SetIPPolicy(t.Context(), r.call, control.ServerIPIn{Pick: pick(s.Meta), IP: pick(ip.Meta), Policy: pick(policies[0].Meta)}, ans)
	})
	r.settle()
	if r.have(h, plan.KindPolicy) != 1 || r.made(h, plan.KindPolicy) != 1 {
		t.Errorf("after another policy was bound: %s", r.orders())
	}
	r.remove(s)
	r.settle()
	r.play(time.Minute)
	if r.have(h, plan.KindPolicy) != 0 || r.made(h, plan.KindPolicy) != 0 {
		t.Errorf("a policy without an address stayed: %s", r.orders())
	}
	// A machine with two addresses under one policy that loses one keeps it.
	s = r.create(nil)
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.AddServerIP(t.Context(), r.call, pick(s.Meta), ans)
	})
	r.settle()
	ip = find[cloud.IP](r, cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP)))[1]
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.RemoveServerIP(t.Context(), r.call, control.ServerIPIn{Pick: pick(s.Meta), IP: pick(ip.Meta)}, ans)
	})
	r.settle()
	if r.made(h, plan.KindPolicy) != 1 {
		t.Error("a policy that is used went")
	}
	r.whole()
}

// A router whose region has no host waits and is placed when one comes.
func TestRouterWaitsForAHost(t *testing.T) {
	r := bareRig(t)
	call := *r.call
	call.Confined = false
	var p *control.ProjectView
	_, err := r.c.CreateProject(t.Context(), &call, control.CreateProjectIn{Name: "p"}, keep(&p))
	r.must(err)
	r.play(10 * time.Minute)
	rt := get[cloud.Router](r, p.Router.ID)
	if rt.HostID != 0 || !rt.Open() || rt.Reason != "no host of the region has joined yet" {
		t.Fatalf("host %d, open %v: %q", rt.HostID, rt.Open(), rt.Reason)
	}
	r.addHost("late")
	r.play(2 * time.Minute)
	if rt = get[cloud.Router](r, rt.ID); rt.HostID == 0 || rt.Open() || !rt.SeenOn || cloud.RouterStateNumber(rt) != cloud.StateRunning {
		t.Errorf("%+v", rt)
	}
}

// The clone's hidden snapshot goes when the copy is whole, or the copy or the
// source was removed on the way.
func TestClone(t *testing.T) {
	for _, gone := range []string{"nobody", "clone", "source", "both"} {
		for _, rounds := range []int{0, 1, 2, 3, 4, 6} {
			r := newRig(t, 1)
			s := r.create(nil)
			m := r.hosts[0].machine
			r.must(m.WriteDisk(plan.ID(r.volumes(s)[0].UID.Hex()), "hello", "world"))
			c := r.clone(s)
			for range rounds {
				r.round()
			}
			switch gone {
			case "clone":
				r.remove(c)
			case "source":
				r.remove(s)
			case "both":
				r.remove(s)
				r.remove(c)
			}
			r.settle()
			if n := len(find[cloud.Snapshot](r)); n != 0 {
				t.Errorf("%s gone after %d rounds: %d snapshots left", gone, rounds, n)
			}
			got := get[cloud.Server](r, c.ID)
			if gone == "source" && got.Failed && strings.Contains(got.Reason, "source was removed") {
				if waited := got.MovedAt.Sub(got.ChangeAt); waited > 2*time.Minute {
					t.Errorf("the copy waited %s for a source that was gone", waited)
				}
			} else if gone == "nobody" || gone == "source" {
				if !got.SeenOn || got.Failed {
					t.Errorf("%s gone after %d rounds: the copy %+v", gone, rounds, got.Life)
				} else if data, err := m.ReadDisk(plan.ID(r.volumes(got)[0].UID.Hex())); err != nil || data["hello"] != "world" {
					t.Errorf("the copy holds %v %v", data, err)
				}
			}
			if gone != "nobody" && gone != "clone" && get[cloud.Server](r, s.ID).Alive() {
				t.Errorf("%s gone after %d rounds: the source is still there", gone, rounds)
			}
			r.whole()
			if t.Failed() {
				t.Fatal(r.orders())
			}
		}
	}
}

// What time alone makes due: grace periods and snapshots of 1&1.
func TestSweep(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.DeleteServer(t.Context(), r.call, control.DeleteServerIn{Pick: pick(s.Meta), Grace: true}, ans)
	})
	r.settle()
	s = get[cloud.Server](r, s.ID)
	if n := cloud.StateNumber(s); n != cloud.StateScrubQueue || s.RemoveAfter == nil {
		t.Fatalf("state %d", n)
	}
	at := *s.RemoveAfter
	if d := at.Sub(r.now); d < 167*time.Hour || d > 168*time.Hour {
		t.Errorf("kept for %s, not 168 hours from the end of the stop", d)
	}
	kept := r.create(nil)
	r.snapshot(kept)
	r.settle()
	snap := r.shown(kept)
	r.now = at.Add(-2 * time.Minute)
	r.play(time.Minute)
	if get[cloud.Server](r, s.ID).Remove != cloud.AfterGrace {
		t.Error("removed before its time")
	}
	if r.shown(kept) != nil {
		t.Errorf("the snapshot outlived %s", snap.Expires)
	}
	if e := r.ended(kept, "CREATE_SNAPSHOT"); e.Failed { // the sweep writes no line of its own
		t.Error(e.Reason)
	}
	r.play(5 * time.Minute)
	if get[cloud.Server](r, s.ID).Alive() {
		t.Error("the grace period has no end")
	}
	if e := r.ended(s, "DELETE"); e.UserName != "system" {
		t.Errorf("by %q", e.UserName)
	}
	r.whole()
}

// Taken back within the grace period it runs again and stays.
func TestGraceTakenBack(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.DeleteServer(t.Context(), r.call, control.DeleteServerIn{Pick: pick(s.Meta), Grace: true}, ans)
	})
	r.settle()
	r.power(s, control.PowerOn, false)
	r.settle()
	r.now = r.now.Add(200 * time.Hour)
	r.play(3 * time.Minute)
	if s = get[cloud.Server](r, s.ID); !s.Alive() || !s.SeenOn || s.Remove != cloud.Keep {
		t.Errorf("%+v", s.Life)
	}
	r.whole()
}

// Doing it once too often changes nothing: no generation moves.
func TestReconcilingAgain(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	before := r.orders()
	r.write(func(tx *store.Tx) error {
		for kind, key := range map[string]int64{"server": s.ID, "router": 1, "network": s.GatewayID, "image": s.ImageID, "policy": 1, "host": s.HostID} {
			if err := work.Enqueue(tx, kind, key, 0); err != nil {
				return err
			}
		}
		return nil
	})
	r.play(5 * time.Second)
	if after := r.orders(); after != before {
		t.Errorf("orders were\n%s, are\n%s", before, after)
	}
}
