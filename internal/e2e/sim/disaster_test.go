package sim

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// A database that is restored from an older backup knows less than the hosts:
// it takes over their counters and state, what only they have is reported as
// orphaned and removed when the operator says so, and what only the store has
// is shown as lost.
func TestRestoredDatabase(t *testing.T) {
	for seed := uint64(1); seed <= 6; seed++ {
		w := newWorld(t, seed, 2)
		r := &Run{World: w}
		must(t, r.Start())
		for range 3 {
			r.create(r.tokens[1])
		}
		must(t, r.Settle(time.Hour))
		backup := filepath.Join(t.TempDir(), "backup")
		must(t, w.DB.Backup(context.Background(), backup))

		// What the backup does not know: machines made, changed and removed.
		for range 30 {
			r.user()
			must(t, r.Settle(time.Hour))
		}
		must(t, w.Close())
		must(t, os.Remove(w.path()))
		_, _ = os.Remove(w.path()+"-wal"), os.Remove(w.path()+"-shm")
		must(t, store.Restore(context.Background(), backup, store.Options{Path: w.path(), Now: w.clock, Rand: w.bytes, NoSync: true}))
		must(t, w.Open())
		r.mount()
		for _, h := range w.Hosts {
			h.Agent.Disconnect()
		}
		if err := r.Settle(3 * time.Hour); err != nil {
			dump(t, w)
			t.Fatalf("seed %d: after the restore: %v", seed, err)
		}
		// New machines must not get addresses that orphans still answer on.
		r.create(r.tokens[1])
		r.create(r.tokens[2])
		if err := r.Settle(3 * time.Hour); err != nil {
			t.Fatalf("seed %d: with orphans: %v", seed, err)
		}
		noDoubles(t, w)
		must(t, r.RemoveOrphans())
		if err := r.Settle(3 * time.Hour); err != nil {
			t.Fatalf("seed %d: after the orphans: %v", seed, err)
		}
		if bad := w.Leaks(); len(bad) > 0 {
			dump(t, w)
			t.Fatalf("seed %d: %q", seed, bad)
		}
		if err := r.Empty(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// noDoubles looks for an address that two ports on the hosts claim.
func noDoubles(t *testing.T, w *World) {
	t.Helper()
	owner := map[string]plan.ID{}
	for _, h := range w.Hosts {
		for id, p := range h.Ports() {
			for _, a := range p.Public {
				if other, taken := owner[a.Address]; taken && other != id {
					t.Fatalf("%s is translated by the ports %s and %s", a.Address, other, id)
				}
				owner[a.Address] = id
			}
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A host that comes back after it was declared lost stands down: nothing of
// it runs, and what it had is lost or was made elsewhere.
func TestLostHostReturns(t *testing.T) {
	for seed := uint64(1); seed <= 6; seed++ {
		w := newWorld(t, seed, 3)
		r := &Run{World: w}
		must(t, r.Start())
		for range 6 {
			r.create(r.tokens[1])
		}
		must(t, r.Settle(time.Hour))
		h := w.Hosts[seed%3]
		h.Down = true
		must(t, w.DB.Write(context.Background(), func(tx *store.Tx) error {
			row, err := store.Get[cloud.Host](tx, h.ID)
			if err != nil {
				return err
			}
			row.State = cloud.HostLost
			if err := store.Update(tx, row); err != nil {
				return err
			}
			return hub.DeclareLost(tx, h.ID)
		}))
		for range 10 {
			r.user()
			if err := r.Settle(3 * time.Hour); err != nil {
				dump(t, w)
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		h.Down = false
		h.Agent.Disconnect()
		must(t, r.Settle(3*time.Hour))
		if bad := w.Leaks(); len(bad) > 0 {
			dump(t, w)
			t.Fatalf("seed %d: %q", seed, bad)
		}
		if err := r.Empty(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}
