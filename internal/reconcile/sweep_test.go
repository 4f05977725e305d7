package reconcile_test

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

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

// Snapshots whose machines cannot be touched stand at the head of what is due, for as
// long as it takes; those behind them end all the same.
func TestDueBehindTheStuck(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	r.snapshot(s)
	r.settle()
	snap := r.shown(s)
	stuck := r.create(nil)
	r.write(func(tx *store.Tx) error {
		lost, err := store.Get[cloud.Server](tx, stuck.ID)
		if err != nil {
			return err
		}
		lost.Failed = true
		if err := store.Update(tx, lost); err != nil {
			return err
		}
		earlier := snap.Expires.Add(-time.Hour)
		for range 450 { // more than two pages
			if err := store.Insert(tx, &cloud.Snapshot{ServerID: stuck.ID, Name: "old", Made: true, Expires: &earlier}); err != nil {
				return err
			}
		}
		return nil
	})
	r.now = *snap.Expires
	for range 8 {
		r.skip(time.Minute)
	}
	if r.shown(s) != nil {
		t.Error("a snapshot behind others that wait does not end")
	}
}

// Taken back within the grace period it runs again and stays.
func TestGraceEndsEarly(t *testing.T) {
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
		for kind, key := range map[string]int64{
			"server": s.ID,
			"router": 1, "network": s.GatewayID, "image": s.ImageID, "policy": 1, "host": s.HostID,
		} {
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
