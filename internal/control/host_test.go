package control_test

import (
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
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
		more, err := r.c.PutHost(t.Context(), cloud.Host{RegionID: known.RegionID, Name: known.Name, Cores: known.Cores + 1, RAM: known.RAM, DiskGB: known.DiskGB})
		if err != nil {
			t.Fatal(err)
		}
		if more.ID != known.ID || more.Cores != known.Cores+1 {
			t.Errorf("with another core: %+v", more)
		}
	})
}
