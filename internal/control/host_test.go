package control_test

import (
	"testing"
	"time"

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

// Of several nodes with one database each has hosts of its own: one that another
// folder joined as is refused, until an operator says that it is gone.
func TestOwnHost(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		region := r.hosts[0].RegionID
		own := func(node string, joined bool) error {
			_, err := r.c.OwnHost(t.Context(), cloud.Host{RegionID: region, Name: "box", ServerType: 2, StorageType: 2, Node: node}, joined)
			return err
		}
		for _, c := range []struct {
			node   string
			joined bool
			want   bool
		}{{"one", false, true}, {"one", true, true}, {"two", false, false}, {"two", true, false}, {"one", true, true}} {
			err := own(c.node, c.joined)
			if (err == nil) != c.want || err != nil && !cloud.IsKind(err, cloud.Conflict) {
				t.Errorf("node %s, joined %v: %v", c.node, c.joined, err)
			}
		}
		name := func(node string) string {
			free, err := r.c.FreeHostName(t.Context(), region, "box", node)
			r.must(err)
			return free
		}
		if name("one") != "box" || name("two345") != "box-two3" {
			t.Errorf("names are %q and %q", name("one"), name("two345"))
		}
		// Rows that are older than nodes belong to whoever joined as them, or to
		// nobody when they have long been silent.
		heard := func(ago time.Duration) {
			r.write(func(tx *store.Tx) error {
				_, err := tx.Exec(`UPDATE host SET node = '', last_seen = $1 WHERE name = 'box'`, tx.Now().Add(-ago))
				return err
			})
		}
		heard(time.Second)
		if err := own("two", false); !cloud.IsKind(err, cloud.Conflict) {
			t.Errorf("a host that speaks was taken by a folder that never joined: %v", err)
		}
		if err := own("one", true); err != nil {
			t.Errorf("refused to the folder that joined: %v", err)
		}
		heard(time.Hour)
		if err := own("two", false); err != nil {
			t.Errorf("a host that is silent for an hour: %v", err)
		}
	})
}
