package control_test

import (
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// A start that names its host without knowing what it has must not make it
// look empty to the servers on it.
func TestPutHostKeepsWhatItSaid(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		known := r.hosts[0]
		again, err := r.c.PutHost(t.Context(), cloud.Host{RegionID: known.RegionID, Name: known.Name, ServerType: 2, StorageType: 2})
		if err != nil {
			t.Fatal(err)
		}
		if again.ID != known.ID || again.Cores != known.Cores || again.RAM != known.RAM || again.DiskGB != known.DiskGB || known.Cores == 0 {
			t.Errorf("it was %+v, now it is %+v", known, again)
		}
		more, err := r.c.PutHost(t.Context(),
			cloud.Host{RegionID: known.RegionID, Name: known.Name, Cores: known.Cores + 1, RAM: known.RAM, DiskGB: known.DiskGB})
		if err != nil {
			t.Fatal(err)
		}
		if more.ID != known.ID || more.Cores != known.Cores+1 {
			t.Errorf("with another core: %+v", more)
		}
	})
}

// A token alone makes no host: nothing is placed on it until a machine spoke.
func TestNothingIsPlacedOnAHostThatNeverJoined(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		for _, h := range r.hosts {
			r.write(func(tx *store.Tx) error {
				row, err := store.Get[cloud.Host](tx, h.ID)
				if err != nil {
					return err
				}
				row.Servers = 9 // the new one would be the emptiest
				return store.Update(tx, row)
			})
		}
		fresh, err := r.c.PutHost(t.Context(), cloud.Host{RegionID: r.hosts[0].RegionID, Name: "rack-2", ServerType: 2, StorageType: 2})
		r.must(err)
		if fresh.State != cloud.HostNew {
			t.Fatalf("state %q", fresh.State)
		}
		if p := r.project(r.alice, "p"); p.Router.HostID == fresh.ID || p.Router.HostID == 0 {
			t.Errorf("the router is on host %d", p.Router.HostID)
		}
		if s, err := r.create(r.alice, nil); err != nil || s.HostID == fresh.ID {
			t.Errorf("the server: %v", err)
		}
		joined, err := r.c.PutHost(t.Context(), cloud.Host{RegionID: fresh.RegionID, Name: "rack-2", Cores: 64, RAM: 1 << 20, DiskGB: 10_000})
		r.must(err)
		r.write(func(tx *store.Tx) error { // as the others have
			_, err := tx.Exec(`UPDATE host SET underlay = '192.0.2.9', underlay_mtu = 1500 WHERE id = $1`, fresh.ID)
			return err
		})
		if joined.State != cloud.HostUp {
			t.Errorf("it spoke and is %q", joined.State)
		}
		if p := r.project(r.alice, "q"); p.Router.HostID != fresh.ID {
			t.Errorf("the emptiest host is not chosen: %d", p.Router.HostID)
		}
	})
}
