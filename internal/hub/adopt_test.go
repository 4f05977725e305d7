package hub_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// backup copies the database; restore goes on with the copy, as an operator
// does after a loss.
func (r *rig) backup() (restore func()) {
	r.t.Helper()
	file := filepath.Join(r.t.TempDir(), "backup")
	if err := r.db.Backup(context.Background(), file); err != nil {
		r.t.Fatal(err)
	}
	return func() {
		r.t.Helper()
		path := filepath.Join(r.t.TempDir(), "virga.db")
		if err := store.Restore(context.Background(), file, store.Options{Path: path, Now: r.clock}); err != nil {
			r.t.Fatal(err)
		}
		r.open(store.Options{Path: path, NoSync: true})
	}
}

func (r *rig) orphans() map[plan.Ref]*hub.Orphan {
	r.t.Helper()
	m := map[plan.Ref]*hub.Orphan{}
	r.read(func(tx *store.Tx) error {
		list, err := hub.Orphans(tx, theHost)
		for _, o := range list {
			m[o.Ref()] = o
		}
		return err
	})
	return m
}

func (r *rig) documents() []string {
	names, err := r.folder.List()
	if err != nil {
		r.t.Fatal(err)
	}
	return names
}

func TestRestoredStore(t *testing.T) {
	r := newRig(t)
	r.put(plan.KindVolume, 2, volume())
	r.put(plan.KindVM, 1, vm(1))
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.put(plan.KindNetwork, 5, &plan.Network{VNI: 5})
	r.put(plan.KindNetwork, 6, &plan.Network{VNI: 6})
	r.settle()
	restore := r.backup()
	// What the backup does not know: two reboots, a port with an address, a
	// network that is gone, one that changed and changed back.
	r.put(plan.KindVM, 1, vm(2))
	r.settle()
	r.put(plan.KindVM, 1, vm(3))
	r.put(plan.KindNetwork, 3, nil)
	r.put(plan.KindPolicy, 4, &plan.Policy{})
	r.put(plan.KindNetwork, 6, &plan.Network{VNI: 66})
	r.settle()
	r.put(plan.KindNetwork, 6, &plan.Network{VNI: 6})
	r.settle()
	r.write(func(tx *store.Tx) error { return hub.Drop(tx, theHost, plan.KindNetwork, id(3)) })
	before := r.machine.Dump()

	restore()
	r.woken()
	r.settle()
	if g, _ := r.machine.Guest(id(1)); g.Boot != 3 || len(g.Starts) != 3 {
		t.Errorf("the guest was touched: %+v", g)
	}
	o := r.get(plan.KindVM, 1)
	if !o.Held || o.Generation != 4 || o.Taken != 3 || o.Status.VM.Boot != 3 {
		t.Errorf("vm = %+v", o)
	}
	if !r.woken() {
		t.Error("the owner was not woken")
	}
	if o := r.get(plan.KindNetwork, 6); o.Generation != 3 || o.Held || o.Taken != 3 {
		t.Errorf("the same document on both sides: %+v", o)
	}
	if o := r.get(plan.KindNetwork, 5); !o.Done() || o.Generation != 1 {
		t.Errorf("untouched: %+v", o)
	}
	if o := r.get(plan.KindNetwork, 3); !o.Done() {
		t.Errorf("what the restored store wants is made again: %+v", o)
	}
	orphan := r.orphans()[plan.Ref{Kind: plan.KindPolicy, ID: id(4)}]
	if len(r.orphans()) != 1 || orphan == nil || orphan.Generation != 1 || len(orphan.Body) == 0 {
		t.Errorf("orphans = %+v", r.orphans())
	}
	for _, line := range strings.Split(before, "\n") {
		if !strings.Contains(r.machine.Dump(), line) {
			t.Errorf("changed by the restore:\n%s\nnow\n%s", line, r.machine.Dump())
		}
	}

	// The reconciler has seen boot 3 and orders the next one.
	r.put(plan.KindVM, 1, vm(4))
	r.settle()
	if g, _ := r.machine.Guest(id(1)); g.Boot != 4 {
		t.Errorf("guest = %+v", g)
	}
	if o := r.get(plan.KindVM, 1); !o.Done() || o.Held {
		t.Errorf("vm = %+v", o)
	}
	// The same wish as before the backup clears the hold as well.
	r.start()
	r.settle()
	if o := r.get(plan.KindVM, 1); o.Held {
		t.Errorf("adopted twice: %+v", o)
	}
}

func TestHeldUntilTheReconcilerLooked(t *testing.T) {
	r := newRig(t)
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.settle()
	restore := r.backup()
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 2})
	r.settle()
	restore()
	// Somebody orders before the host is back: the same generation number
	// stands for two things now.
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 3})
	r.settle()
	if d := r.machine.Dump(); !strings.Contains(d, `"vni":2`) {
		t.Fatalf("machine = %s", d)
	}
	if r.put(plan.KindNetwork, 3, &plan.Network{VNI: 3}) {
		t.Error("the same digest is a change")
	}
	r.settle()
	if d := r.machine.Dump(); !strings.Contains(d, `"vni":3`) || !r.get(plan.KindNetwork, 3).Done() {
		t.Errorf("machine = %s, order = %+v", d, r.get(plan.KindNetwork, 3))
	}
}

func TestReinstalledHost(t *testing.T) { engines(t, testReinstalledHost) }

func testReinstalledHost(t *testing.T, r *rig) {
	v := volume()
	r.put(plan.KindVolume, 2, v)
	r.put(plan.KindVM, 1, vm(1))
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.settle()
	v.Create = false
	r.put(plan.KindVolume, 2, v)
	r.settle()
	// A new machine in the old one's place.
	r.folder = fake.NewMemory()
	var err error
	if r.machine, err = fake.New(fake.Options{Folder: fake.NewMemory(), Now: r.clock}); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.settle()
	for _, o := range []*hub.Order{r.get(plan.KindVolume, 2), r.get(plan.KindVM, 1)} {
		if !o.Lost || o.Done() || o.Acknowledged != 0 {
			t.Errorf("not shown as lost: %+v", o)
		}
	}
	if o := r.get(plan.KindVolume, 2); !o.Status.Failed || !strings.Contains(o.Status.Reason, "missing") {
		t.Errorf("volume = %+v", o.Status)
	}
	if o := r.get(plan.KindNetwork, 3); !o.Done() || o.Lost {
		t.Errorf("network = %+v", o)
	}
	if _, err := r.machine.ReadDisk(id(2)); err == nil {
		t.Error("a new blank disk was made")
	}
}

func TestLostFolderFindsItsDisksAgain(t *testing.T) {
	r := newRig(t)
	v := volume()
	r.put(plan.KindVolume, 2, v)
	r.put(plan.KindVM, 1, vm(1))
	r.settle()
	v.Create = false
	r.put(plan.KindVolume, 2, v)
	r.settle()
	if err := r.machine.WriteDisk(id(2), "file", "content"); err != nil {
		t.Fatal(err)
	}
	r.folder = fake.NewMemory()
	r.start()
	r.settle()
	if len(r.orphans()) != 0 {
		t.Errorf("orphans = %v", r.orphans())
	}
	if o := r.get(plan.KindVM, 1); !o.Done() || o.Lost {
		t.Errorf("vm = %+v", o)
	}
	if g, _ := r.machine.Guest(id(1)); len(g.Starts) != 1 {
		t.Errorf("the running guest was started again: %+v", g)
	}
	if c, _ := r.machine.ReadDisk(id(2)); c["file"] != "content" {
		t.Errorf("disk = %v", c)
	}
}

func TestOrphanDecisions(t *testing.T) {
	r := newRig(t)
	restore := r.backup()
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.put(plan.KindNetwork, 4, &plan.Network{VNI: 2})
	r.settle()
	restore()
	r.settle()
	orphans := r.orphans()
	if len(orphans) != 2 {
		t.Fatalf("orphans = %v", orphans)
	}
	r.now = r.now.Add(time.Hour)
	r.settle()
	if !strings.Contains(r.machine.Dump(), `"vni":1`) {
		t.Fatal("an orphan was removed by guess")
	}
	remove, keep := orphans[plan.Ref{Kind: plan.KindNetwork, ID: id(3)}], orphans[plan.Ref{Kind: plan.KindNetwork, ID: id(4)}]
	for range 2 {
		r.write(func(tx *store.Tx) error { return hub.RemoveOrphan(tx, remove.ID) })
	}
	r.write(func(tx *store.Tx) error { return hub.AdoptOrphan(tx, keep.ID, server) })
	r.settle()
	if len(r.orphans()) != 0 || r.get(plan.KindNetwork, 3) != nil {
		t.Errorf("left: %v, %+v", r.orphans(), r.get(plan.KindNetwork, 3))
	}
	if d := r.machine.Dump(); strings.Contains(d, `"vni":1`) || !strings.Contains(d, `"vni":2`) {
		t.Errorf("machine = %s", d)
	}
	if r.put(plan.KindNetwork, 4, &plan.Network{VNI: 2}) {
		t.Error("adopting changed the document")
	}
	if !r.put(plan.KindNetwork, 4, nil) {
		t.Error("the new owner cannot order")
	}
	r.settle()
	if r.machine.Dump() != "" {
		t.Errorf("machine = %s", r.machine.Dump())
	}
}

func TestBareArtefacts(t *testing.T) { engines(t, testBareArtefacts) }

func testBareArtefacts(t *testing.T, r *rig) {
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.settle()
	r.put(plan.KindNetwork, 3, nil)
	r.machine.Inject(fake.Fault{Op: fake.OpRemove, Mode: fake.Lie, Times: 1})
	r.settle()
	r.write(func(tx *store.Tx) error { return hub.Drop(tx, theHost, plan.KindNetwork, id(3)) })
	r.now = r.now.Add(time.Hour)
	r.settle()
	o := r.orphans()[plan.Ref{Kind: plan.KindNetwork, ID: id(3)}]
	if o == nil || o.Generation != 0 {
		t.Fatalf("a lie about a removal went unnoticed: %v", r.orphans())
	}
	err := r.db.Write(context.Background(), func(tx *store.Tx) error { return hub.AdoptOrphan(tx, o.ID, server) })
	if !cloud.IsKind(err, cloud.Conflict) {
		t.Errorf("adopted without a document: %v", err)
	}
	r.write(func(tx *store.Tx) error { return hub.RemoveOrphan(tx, o.ID) })
	r.settle()
	r.now = r.now.Add(time.Hour)
	r.settle()
	if len(r.orphans()) != 0 || r.machine.Dump() != "" {
		t.Errorf("left: %v %s", r.orphans(), r.machine.Dump())
	}
}

func TestLostHost(t *testing.T) { engines(t, testLostHost) }

func testLostHost(t *testing.T, r *rig) {
	r.put(plan.KindVolume, 2, volume())
	r.put(plan.KindVM, 1, vm(1))
	r.put(plan.KindNetwork, 3, &plan.Network{VNI: 1})
	r.put(plan.KindNetwork, 4, &plan.Network{VNI: 2})
	r.settle()
	r.put(plan.KindNetwork, 4, nil)
	r.woken()
	r.write(func(tx *store.Tx) error { return hub.DeclareLost(tx, theHost) })
	if !r.woken() {
		t.Error("nobody was woken")
	}
	if o := r.get(plan.KindNetwork, 4); !o.Gone() {
		t.Errorf("a removal on a lost host waits: %+v", o)
	}
	if o := r.get(plan.KindVM, 1); !o.Lost || o.Gone() {
		t.Errorf("vm = %+v", o)
	}
	r.put(plan.KindVM, 1, nil)
	if !r.get(plan.KindVM, 1).Gone() || !r.woken() {
		t.Errorf("vm = %+v", r.get(plan.KindVM, 1))
	}
	r.write(func(tx *store.Tx) error { return hub.Drop(tx, theHost, plan.KindVM, id(1)) })
	r.put(plan.KindNetwork, 9, &plan.Network{VNI: 9})

	stands := func() {
		t.Helper()
		err := r.db.Write(context.Background(), func(tx *store.Tx) error { return hub.Readmit(tx, theHost) })
		if !cloud.IsKind(err, cloud.Conflict) {
			t.Errorf("taken back while it may still run something: %v", err)
		}
	}
	stands()

	// It comes back, and is told one thing only.
	reply := r.talk()
	if !reply.StandDown || len(reply.Orders) > 0 {
		t.Fatalf("reply = %+v", reply)
	}
	r.talk() // with what it has not ended yet
	stands()
	r.settleDown()
	if _, ok := r.machine.Guest(id(1)); ok || strings.Contains(r.machine.Dump(), `"kind":"network"`) {
		t.Errorf("something still runs:\n%s", r.machine.Dump())
	}
	if _, err := r.machine.ReadDisk(id(2)); err != nil {
		t.Errorf("a disk was removed: %v", err)
	}

	// Back into service: like a new host, its disk an orphan until the order
	// that is still there is taken.
	r.write(func(tx *store.Tx) error { return hub.Readmit(tx, theHost) })
	r.settle()
	if o := r.get(plan.KindNetwork, 9); !o.Done() {
		t.Errorf("network = %+v", o)
	}
	if o := r.get(plan.KindVolume, 2); !o.Done() || o.Lost {
		t.Errorf("volume = %+v", o)
	}
	if names := r.documents(); len(names) == 0 {
		t.Error("no documents")
	}
}

// settleDown lets a host that stands down come to its end.
func (r *rig) settleDown() {
	r.t.Helper()
	for range 1000 {
		worked, next := r.agent.Step(context.Background())
		if !worked {
			if next >= time.Second {
				break
			}
			r.now = r.now.Add(next)
		}
	}
	r.talk()
}
