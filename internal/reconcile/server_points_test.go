package reconcile_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// twoDisks makes a machine that is off, with two disks that say who they are.
func (r *rig) twoDisks() *cloud.Server {
	r.Helper()
	s := r.create(func(in *control.CreateServerIn) {
		in.Off = true
		in.Disks = append(in.Disks, control.DiskIn{SizeGB: 20})
	})
	for i, v := range r.volumes(s) {
		r.must(r.hostOf(s).machine.WriteDisk(plan.ID(v.UID.Hex()), "disk", fmt.Sprint(i)))
	}
	return s
}

// stuck breaks one disk of a server.
func (r *rig) stuck(s *cloud.Server, disk int) {
	r.Helper()
	id := plan.ID(r.volumes(s)[disk].UID.Hex())
	r.hostOf(s).machine.Inject(fake.Fault{Op: fake.OpEnsure, Kind: plan.KindVolume, ID: id, Mode: fake.Hopeless, Reason: "by the test"})
}

func (r *rig) deleteSnapshot(s *cloud.Server, snap *cloud.Snapshot) {
	r.Helper()
	r.do(func(ans control.Answer[*control.View]) (control.Reply, error) {
		return r.c.DeleteSnapshot(r.Context(), r.call, control.SnapshotIn{Pick: pick(s.Meta), Snapshot: pick(snap.Meta)}, ans)
	})
}

// points checks that each disk has the points of the live rows, holds its own
// data, and is not asked for a point that it lacks.
func (r *rig) points(s *cloud.Server) {
	r.Helper()
	want := []string{}
	for _, sn := range find[cloud.Snapshot](r, cloud.Eq("server_id", s.ID)) {
		want = append(want, sn.UID.Hex())
	}
	slices.Sort(want)
	for i, v := range r.volumes(s) {
		for _, o := range r.ordersOf(plan.KindVolume) {
			if o.Object != plan.ID(v.UID.Hex()) {
				continue
			}
			if got := o.Status.Volume.Snapshots; !o.Done() || !slices.Equal(got, want) && len(got)+len(want) > 0 {
				r.Errorf("disk %d has the points %v, not %v: %+v", i, got, want, o.Status)
			}
		}
		data, err := r.hostOf(s).machine.ReadDisk(plan.ID(v.UID.Hex()))
		if err != nil || data["disk"] != fmt.Sprint(i) {
			r.Errorf("disk %d holds %v, %v", i, data, err)
		}
	}
}

// A snapshot that was taken of one disk only is none: the frozen disk is merged
// back, no disk is asked for a point that it lacks, and the machine works as before.
func TestHalfASnapshot(t *testing.T) {
	for disk := range 2 {
		t.Run(fmt.Sprintf("disk %d is stuck", disk), func(t *testing.T) {
			r := newRig(t, 1)
			s := r.twoDisks()
			r.stuck(s, disk)
			r.snapshot(s)
			r.settle()
			if e := r.ended(s, "CREATE_SNAPSHOT"); !e.Failed {
				t.Fatalf("it ended with %+v", e)
			}
			r.hosts[0].machine.ClearFaults()
			r.play(time.Minute)
			if n := len(find[cloud.Snapshot](r)); n != 0 {
				t.Errorf("%d snapshots are left", n)
			}
			r.points(s)
			r.whole()
			r.snapshot(s)
			r.settle()
			if e := r.ended(s, "CREATE_SNAPSHOT"); e.Failed {
				t.Errorf("the second try: %s", e.Reason)
			}
			r.points(s)
			r.power(s, control.PowerOn, false)
			r.settle()
			if e := r.ended(s, "START"); e.Failed {
				t.Errorf("after it: %s", e.Reason)
			}
			r.points(s)
			r.whole()
		})
	}
}

// A removal that one disk carried out cannot be taken back: it goes on, though
// its operation was given up, and ends when the other disk can follow.
func TestHalfASnapshotIsRemoved(t *testing.T) {
	for disk := range 2 {
		t.Run(fmt.Sprintf("disk %d is stuck", disk), func(t *testing.T) {
			r := newRig(t, 1)
			s := r.twoDisks()
			r.snapshot(s)
			r.settle()
			r.stuck(s, disk)
			r.deleteSnapshot(s, find[cloud.Snapshot](r)[0])
			r.settle()
			if e := r.ended(s, "DELETE_SNAPSHOT"); !e.Failed {
				t.Fatalf("it ended with %+v", e)
			}
			r.hosts[0].machine.ClearFaults()
			r.play(time.Minute)
			r.points(s)
			r.whole()
			r.power(s, control.PowerOn, false)
			r.settle()
			if e := r.ended(s, "START"); e.Failed {
				t.Errorf("after it: %s", e.Reason)
			}
			r.points(s)
			r.whole()
		})
	}
}

// The node that a machine stands on stays marked when a later change is given
// up, also when the layer has the name of a snapshot that is gone.
func TestActiveSnapshotStays(t *testing.T) {
	r := newRig(t, 1)
	s := r.twoDisks()
	r.snapshot(s)
	r.settle()
	first := find[cloud.Snapshot](r)[0]
	// A second one beside it, as CloudCIX takes them.
	second := r.clone(s)
	r.settle()
	if !get[cloud.Snapshot](r, first.ID).Active {
		t.Fatal("not active after a clone")
	}
	r.hosts[0].machine.Inject(fake.Fault{
		Op: fake.OpEnsure, Kind: plan.KindVM, ID: plan.ID(s.UID.Hex()), Mode: fake.Hopeless, Reason: "by the test",
	})
	r.power(s, control.PowerOn, false)
	r.settle()
	if e := r.ended(s, "START"); !e.Failed {
		t.Fatalf("it ended with %+v", e)
	}
	r.hosts[0].machine.ClearFaults()
	r.play(time.Minute)
	if !get[cloud.Snapshot](r, first.ID).Active {
		t.Error("no snapshot is the active one after a change was given up")
	}
	r.points(s)
	r.remove(second)
	r.settle()
	r.whole()
}

// A host that was silent when the removal was given up had carried it out: the
// point is not asked for again.
func TestSnapshotRemovedInSilence(t *testing.T) {
	for _, half := range []bool{false, true} {
		t.Run(fmt.Sprintf("half=%v", half), func(t *testing.T) {
			r := newRig(t, 1)
			s := r.twoDisks()
			r.snapshot(s)
			r.settle()
			if half {
				r.stuck(s, 1)
			}
			r.deleteSnapshot(s, find[cloud.Snapshot](r)[0])
			r.work()
			r.talk(r.hosts[0])
			r.hosts[0].silent = true
			r.play(5 * time.Second)
			r.now = r.now.Add(31 * time.Minute)
			r.play(5 * time.Second)
			if e := r.ended(s, "DELETE_SNAPSHOT"); !e.Failed {
				t.Fatalf("it ended with %+v", e)
			}
			r.hosts[0].silent = false
			r.play(5 * time.Second)
			r.hosts[0].machine.ClearFaults()
			r.play(time.Minute)
			if n := len(find[cloud.Snapshot](r)); n != 0 {
				t.Errorf("%d snapshots are left", n)
			}
			r.points(s)
			r.whole()
		})
	}
}

// A point that a clone still copies from keeps its place in the tree when the one that it
// stands on is merged away.
func TestPointUnderAClone(t *testing.T) {
	r := newRig(t, 1)
	s := r.twoDisks()
	r.snapshot(s)
	r.settle()
	first := find[cloud.Snapshot](r, cloud.Eq("server_id", s.ID))[0]
	var copies []*cloud.Server
	for range 2 {
		c := r.clone(s)
		for _, v := range r.volumes(c) {
			r.hostOf(c).machine.Inject(fake.Fault{
				Op: fake.OpEnsure, Kind: plan.KindVolume, ID: plan.ID(v.UID.Hex()), Mode: fake.Fail, Reason: "by the test",
			})
		}
		r.play(time.Minute)
		copies = append(copies, c)
	}
	hidden := find[cloud.Snapshot](r, cloud.Eq("server_id", s.ID), cloud.Eq("hidden", true))
	if len(hidden) != 2 || hidden[0].ParentID != first.ID || hidden[1].ParentID != hidden[0].ID {
		t.Fatalf("the clones copy from %+v, which do not stand on %d", hidden, first.ID)
	}
	r.remove(copies[0])
	r.play(time.Minute)
	if get[cloud.Snapshot](r, hidden[0].ID).Alive() {
		t.Fatal("the point was not merged away")
	}
	if now := get[cloud.Snapshot](r, hidden[1].ID); now.ParentID != first.ID {
		t.Errorf("it stands on %d, not on %d", now.ParentID, first.ID)
	}
	r.hostOf(s).machine.ClearFaults()
	r.settle()
	r.points(s)
	r.whole()
}
