package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Once a process runs for long enough to have heard all hosts, one that is silent gets no
// router; before that nobody is silent.
func TestRouterHostHasSpoken(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	db := openDB(t, store.Options{Path: filepath.Join(t.TempDir(), "db"), NoSync: true, Now: func() time.Time { return now }})
	const region = 5
	var silent, speaking *cloud.Host
	write(t, db, func(tx *store.Tx) error {
		old, lately := now.Add(-time.Hour), now.Add(cloud.HostSilent)
		silent = &cloud.Host{RegionID: region, Name: "silent", State: cloud.HostUp, Enabled: true, LastSeen: &old}
		speaking = &cloud.Host{RegionID: region, Name: "speaking", State: cloud.HostUp, Enabled: true, LastSeen: &lately, Servers: 9}
		if err := store.Insert(tx, silent); err != nil {
			return err
		}
		return store.Insert(tx, speaking)
	})
	chosen := func() (id int64) {
		write(t, db, func(tx *store.Tx) (err error) {
			id, err = store.RouterHost(tx, region)
			return err
		})
		return id
	}
	if id := chosen(); id != silent.ID {
		t.Errorf("just started: host %d, want the emptier one %d", id, silent.ID)
	}
	now = now.Add(cloud.HostSilent + time.Second)
	if id := chosen(); id != speaking.ID {
		t.Errorf("later: host %d, want the one that speaks, %d", id, speaking.ID)
	}
}
