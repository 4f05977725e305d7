package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/reconcile"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// A host that says it booted a machine more often than any boots is not believed: the
// next boot would be beyond what it can say.
func TestBootsBeyondReason(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	r.write(func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE orders SET status = '{"ready":true,"vm":{"running":true,"boot":1125899906842624}}' WHERE kind = 'vm'`)
		if err != nil {
			return err
		}
		return work.Enqueue(tx, reconcile.Server, s.ID, 0)
	})
	r.work()
	if now := get[cloud.Server](r, s.ID); now.Boot != s.Boot {
		t.Errorf("boot %d became %d", s.Boot, now.Boot)
	}
}

// One host whose underlay carries next to nothing does not make the networks of its
// region as small: no tunnel leads to it.
func TestUnderlayTooSmall(t *testing.T) {
	r := newRig(t, 1)
	h := r.addHost("tight")
	r.startAgent(h, plan.Facts{Name: "tight", CPUs: 64, RAM: 512 << 10, Disk: 20000 << 30, Address: "192.0.2.77", MTU: 51})
	r.play(5 * time.Second)
	if row := get[cloud.Host](r, h.id); row.Underlay != "" || row.UnderlayMTU != 0 {
		t.Errorf("tunnels lead to %s with %d bytes", row.Underlay, row.UnderlayMTU)
	}
	r.create(nil)
	for _, o := range r.ordersOf(plan.KindNetwork) {
		body, err := plan.Document{Kind: o.Kind, ID: o.Object, Body: o.Body}.Decode()
		r.must(err)
		if n := body.(*plan.Network); n.MTU != 1450 {
			t.Errorf("a network has an MTU of %d", n.MTU)
		}
	}
}

// Of two hosts that say one address towards others the first keeps it, the other is
// told, and has it when the first gives it up.
func TestUnderlayOfAnotherHost(t *testing.T) {
	r := newRig(t, 1)
	first := get[cloud.Host](r, r.hosts[0].id)
	second := r.addHostAt("twin", first.Underlay)
	told := func() (told bool) {
		r.read(func(tx *store.Tx) error {
			waits, err := control.Waits(tx)
			for _, w := range waits {
				says := "the host twin says the address " + first.Underlay
				told = told || strings.Contains(w.String(), says) && strings.Contains(w.String(), first.Name)
			}
			return err
		})
		return told
	}
	is := func(when, one, two string) {
		t.Helper()
		r.play(5 * time.Second)
		a, b := get[cloud.Host](r, first.ID), get[cloud.Host](r, second.id)
		if a.Underlay != one || b.Underlay != two || told() != (two == "") {
			t.Errorf("%s: %q and %q, told %v", when, a.Underlay, b.Underlay, told())
		}
	}
	is("both say it", first.Underlay, "")
	r.startAgent(r.hosts[0], plan.Facts{Name: "h1", CPUs: 64, RAM: 512 << 10, Disk: 20000 << 30, Address: "192.0.2.99", MTU: 1500})
	is("the first moved", "192.0.2.99", first.Underlay)
	r.startAgent(r.hosts[0], plan.Facts{Name: "h1", CPUs: 64, RAM: 512 << 10, Disk: 20000 << 30, Address: first.Underlay, MTU: 1500})
	r.play(5 * time.Second)
	if a := get[cloud.Host](r, first.ID); a.Underlay != "" {
		t.Errorf("it took it back: %q", a.Underlay)
	}
	changeRow(r, second.id, func(h *cloud.Host) { h.State = cloud.HostLost })
	r.write(func(tx *store.Tx) error { return work.Enqueue(tx, reconcile.Host, second.id, 0) })
	is("the second is lost", first.Underlay, first.Underlay)
}

// A disk is nearly full by what it has, however often its room is promised.
func TestPromisedDiskIsNotFull(t *testing.T) {
	r := bareRig(t)
	row, err := r.c.PutHost(r.Context(), cloud.Host{Name: "small", ServerType: 2, StorageType: 2})
	r.must(err)
	h := &machineHost{id: row.ID, folder: fake.NewMemory(), disks: fake.NewMemory()}
	r.hosts = append(r.hosts, h)
	says := func(free int64) (n int) {
		t.Helper()
		r.startAgent(h, plan.Facts{Name: "small", CPUs: 4, RAM: 8 << 10, Disk: 200 << 30, DiskSize: 2 << 30})
		h.machine.SetFree(free)
		r.play(90 * time.Second)
		r.read(func(tx *store.Tx) error {
			list, err := control.Waits(tx)
			n = 0
			for _, w := range list {
				if strings.Contains(w.For, "is nearly full") {
					n++
				}
			}
			return err
		})
		return n
	}
	if n := says(1 << 30); n != 0 {
		t.Error("half empty, it is said to be nearly full")
	}
	if n := says(100 << 20); n != 1 {
		t.Error("with 100 MB of 2 GB free it is not said to be nearly full")
	}
}
