package hub_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

func TestOrderToReportAndBack(t *testing.T) { engines(t, testOrderToReportAndBack) }

func testOrderToReportAndBack(t *testing.T, r *rig) {
	if !r.put(plan.KindVolume, 2, volume()) || !r.put(plan.KindVM, 1, vm(1)) {
		t.Fatal("a new order is no change")
	}
	if r.put(plan.KindVM, 1, vm(1)) {
		t.Error("the same order again is a change")
	}
	r.settle()
	o := r.get(plan.KindVM, 1)
	if !o.Done() || o.Taken != 1 || o.Generation != 1 || o.Status.VM == nil || !o.Status.VM.Running {
		t.Fatalf("order = %+v", o)
	}
	if !r.woken() {
		t.Error("nobody was woken")
	}
	r.now = r.now.Add(10 * time.Second)
	r.settle()
	if r.woken() {
		t.Error("woken though nothing changed")
	}
	if !r.put(plan.KindVM, 1, vm(2)) {
		t.Error("another order is no change")
	}
	if o := r.get(plan.KindVM, 1); o.Generation != 2 || o.Done() || o.Acknowledged != 1 {
		t.Errorf("order = %+v", o)
	}
	r.settle()
	if g, _ := r.machine.Guest(id(1)); g.Boot != 2 {
		t.Errorf("guest = %+v", g)
	}
	if err := r.machine.ShutDown(id(1)); err != nil {
		t.Fatal(err)
	}
	r.woken()
	r.now = r.now.Add(3 * time.Second)
	r.settle()
	if o := r.get(plan.KindVM, 1); !o.Status.VM.GuestOff || !r.woken() {
		t.Errorf("a guest's power-off went unnoticed: %+v", o.Status.VM)
	}
}

func TestOwnerAndNames(t *testing.T) {
	r := newRig(t)
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	err := r.db.Write(context.Background(), func(tx *store.Tx) error {
		_, err := hub.Put(tx, theHost, plan.KindNetwork, id(3), &plan.Network{VNI: 2}, hub.Owner{Kind: "server", Key: 43})
		return err
	})
	if !cloud.IsKind(err, cloud.InUse) {
		t.Errorf("another owner: %v", err)
	}
	if err := r.db.Write(context.Background(), func(tx *store.Tx) error {
		_, err := hub.Put(tx, theHost, plan.KindNetwork, "../x", &plan.Network{}, server)
		return err
	}); err == nil {
		t.Error("took a bad name")
	}
	if r.put(plan.KindVM, 9, nil) || r.get(plan.KindVM, 9) != nil {
		t.Error("the absence of what never was became an order")
	}
	var list []*hub.Order
	r.read(func(tx *store.Tx) (err error) { list, err = hub.Of(tx, server); return err })
	if len(list) != 1 || list[0].Object != id(3) {
		t.Errorf("Of = %v", list)
	}
}

func TestRemoval(t *testing.T) { engines(t, testRemoval) }

func testRemoval(t *testing.T, r *rig) {
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.settle()
	err := r.db.Write(context.Background(), func(tx *store.Tx) error { return hub.Drop(tx, theHost, plan.KindNetwork, id(3)) })
	if !cloud.IsKind(err, cloud.Conflict) {
		t.Errorf("dropped what is there: %v", err)
	}
	r.put(plan.KindNetwork, 3, nil)
	if r.get(plan.KindNetwork, 3).Gone() {
		t.Fatal("gone at the order")
	}
	r.settle()
	if !r.get(plan.KindNetwork, 3).Gone() || r.machine.Dump() != "" {
		t.Fatalf("not gone: %+v %s", r.get(plan.KindNetwork, 3), r.machine.Dump())
	}
	if names, _ := r.folder.List(); len(names) != 1 { // the mark of the link
		t.Errorf("the host keeps %v", names)
	}
	for range 2 {
		r.write(func(tx *store.Tx) error { return hub.Drop(tx, theHost, plan.KindNetwork, id(3)) })
	}
	// The same name again goes on above the old generations.
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	if o := r.get(plan.KindNetwork, 3); o.Generation != 3 || o.Taken != 0 {
		t.Errorf("second life: %+v", o)
	}
	r.settle()
	if o := r.get(plan.KindNetwork, 3); !o.Done() {
		t.Errorf("second life: %+v", o)
	}
}

// TestLostReplies repeats a removal whose every answer is lost once.
func TestLostReplies(t *testing.T) { engines(t, testLostReplies) }

func testLostReplies(t *testing.T, r *rig) {
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	lossy := func() {
		for i := range 40 {
			r.agent.Step(context.Background())
			r.now = r.now.Add(100 * time.Millisecond)
			req := r.agent.Request(0)
			reply := r.exchange(req)
			switch i % 4 {
			case 0:
				continue // lost
			case 1:
				r.exchange(req) // delivered twice
			case 2:
				r.agent.Disconnect()
				continue
			}
			if _, err := r.agent.Apply(req, reply); err != nil {
				t.Fatal(err)
			}
		}
	}
	lossy()
	if !r.get(plan.KindNetwork, 3).Done() {
		t.Fatalf("order = %+v", r.get(plan.KindNetwork, 3))
	}
	r.put(plan.KindNetwork, 3, nil)
	lossy()
	if !r.get(plan.KindNetwork, 3).Gone() {
		t.Fatalf("order = %+v", r.get(plan.KindNetwork, 3))
	}
	r.write(func(tx *store.Tx) error { return hub.Drop(tx, theHost, plan.KindNetwork, id(3)) })
	lossy()
	if names, _ := r.folder.List(); len(names) != 1 {
		t.Errorf("the host keeps %v", names)
	}
}

func TestStaleSession(t *testing.T) {
	r := newRig(t)
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.settle()
	old := r.agent.Request(0)
	old.Reports = []plan.Report{{Kind: plan.KindNetwork, ID: id(3), Generation: 1, Acknowledged: 1, Status: plan.Status{Reason: "old news"}}}
	r.agent.Disconnect()
	first := r.get(plan.KindNetwork, 3)
	session := r.talk().Session
	if session <= old.Session {
		t.Fatalf("session %d after %d", session, old.Session)
	}
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 2})
	if reply := r.exchange(old); !reply.Stale || len(reply.Orders) > 0 {
		t.Errorf("an old session got %+v", reply)
	}
	if o := r.get(plan.KindNetwork, 3); o.Status.Reason != first.Status.Reason {
		t.Errorf("an old session's report was taken: %+v", o.Status)
	}
	if reply := r.exchange(plan.Request{}); !reply.Stale {
		t.Errorf("no session at all got %+v", reply)
	}
	if reply := r.exchange(plan.Request{Session: session + 1, Seq: 1}); !reply.Stale {
		t.Errorf("a session nobody opened got %+v", reply)
	}
}

func TestReorderedReports(t *testing.T) { engines(t, testReorderedReports) }

func testReorderedReports(t *testing.T, r *rig) {
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	session := r.talk().Session
	rep := func(ready bool, reason string) []plan.Report {
		st := plan.Status{Ready: ready, Reason: reason}
		ack := int64(0)
		if ready {
			ack = 1
		}
		return []plan.Report{{Kind: plan.KindNetwork, ID: id(3), Generation: 1, Acknowledged: ack, Status: st}}
	}
	r.exchange(plan.Request{Session: session, Seq: 5, Reports: rep(true, "newest")})
	r.exchange(plan.Request{Session: session, Seq: 4, Reports: rep(false, "older")})
	r.exchange(plan.Request{Session: session, Seq: 5, Reports: rep(true, "newest")})
	if o := r.get(plan.KindNetwork, 3); !o.Done() || o.Status.Reason != "newest" {
		t.Errorf("order = %+v", o)
	}
	// What was carried out once stays so, whatever the state is later.
	r.exchange(plan.Request{Session: session, Seq: 6, Reports: rep(false, "broke")})
	if o := r.get(plan.KindNetwork, 3); o.Done() || o.Acknowledged != 1 {
		t.Errorf("order = %+v", o)
	}
	if _, err := r.hub.Exchange(context.Background(), theHost,
		plan.Request{Session: session, Seq: 7, Reports: []plan.Report{{Kind: "cat", ID: "x"}}}); err == nil {
		t.Error("took a report about nothing")
	}
}

func TestProgressDoesNotWakeEveryTime(t *testing.T) {
	r := newRig(t)
	r.put(plan.KindImage, 3, &plan.Image{})
	session := r.talk().Session
	woken := 0
	for p := range 100 {
		r.exchange(plan.Request{Session: session, Seq: int64(p + 1), Reports: []plan.Report{
			{Kind: plan.KindImage, ID: id(3), Generation: 1, Status: plan.Status{Percent: p, Reason: "fetching"}},
		}})
		if r.woken() {
			woken++
		}
		if got := r.get(plan.KindImage, 3).Status.Percent; got != p {
			t.Fatalf("percent = %d, want %d", got, p)
		}
	}
	if woken != 10 {
		t.Errorf("woken %d times", woken)
	}
}

func TestManyOrdersInPages(t *testing.T) { engines(t, testManyOrdersInPages) }

func testManyOrdersInPages(t *testing.T, r *rig) {
	for n := range 450 {
		r.put(plan.KindNetwork, n+10, &plan.Network{VNI: n + 1})
	}
	if reply := r.talk(); len(reply.Orders) == 0 || len(reply.Orders) > 300 {
		t.Errorf("%d orders in one reply", len(reply.Orders))
	}
	r.settle()
	for n := range 450 {
		if !r.get(plan.KindNetwork, n+10).Done() {
			t.Fatalf("network %d was left out", n)
		}
	}
}

func TestVersionRefused(t *testing.T) {
	r := newRig(t)
	_, err := r.hub.Exchange(context.Background(), theHost, plan.Request{Hello: &plan.Hello{Versions: []int{99}}})
	if err == nil || !strings.Contains(err.Error(), "version") {
		t.Errorf("err = %v", err)
	}
}

func TestFailedAndRecovered(t *testing.T) {
	r := newRig(t)
	r.machine.Inject(fake.Fault{Kind: plan.KindNetwork, Mode: fake.Hopeless, Reason: "no such device"})
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.settle()
	if o := r.get(plan.KindNetwork, 3); !o.Status.Failed || !strings.Contains(o.Status.Reason, "no such device") || !r.woken() {
		t.Errorf("order = %+v", o)
	}
	r.machine.ClearFaults()
	r.now = r.now.Add(2 * time.Minute)
	r.settle()
	if o := r.get(plan.KindNetwork, 3); !o.Done() || !r.woken() {
		t.Errorf("order = %+v", o)
	}
}

func TestSeen(t *testing.T) { engines(t, testSeen) }

func testSeen(t *testing.T, r *rig) {
	seen := func() (l *hub.Link) {
		r.read(func(tx *store.Tx) (err error) { l, err = hub.LinkOf(tx, theHost); return err })
		return l
	}
	if seen() != nil {
		t.Fatal("a link before the first connection")
	}
	r.talk()
	if l := seen(); !l.Seen.Equal(r.now) || l.Facts.Accelerator != "fake" || l.Facts.CPUs == 0 {
		t.Errorf("link = %+v", l)
	}
	r.settle()
	r.now = r.now.Add(time.Hour)
	r.talk()
	if l := seen(); !l.Seen.Equal(r.now) {
		t.Errorf("seen %v, now %v", l.Seen, r.now)
	}
}
