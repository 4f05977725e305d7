package control

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// states are the different state numbers of servers, sorted.
func states(list []*cloud.Server) []int {
	var n []int
	for _, s := range list {
		n = append(n, cloud.StateNumber(s))
	}
	slices.Sort(n)
	return slices.Compact(n)
}

// The few rows that stand for a project's servers have exactly their states.
func TestLivesHaveEveryState(t *testing.T) {
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "db"), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	project := int64(0)
	rapid.Check(t, func(t *rapid.T) {
		project++
		all := rapid.SliceOfN(rapid.Custom(anyServer), 0, 8).Draw(t, "servers")
		var lives map[int64][]*cloud.Server
		err := db.Write(t.Context(), func(tx *store.Tx) (err error) {
			for _, s := range all {
				s.ProjectID = project
				if err := store.Insert(tx, s); err != nil {
					return err
				}
			}
			if err := store.Insert(tx, &cloud.Server{ProjectID: -project}); err != nil { // of another project
				return err
			}
			lives, err = store.Lives(tx, project, -project)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(states(lives[-project])) != 1 {
			t.Fatalf("another project has %v", states(lives[-project]))
		}
		if got, want := states(lives[project]), states(all); !slices.Equal(got, want) {
			t.Fatalf("states %v, the servers have %v", got, want)
		}
	})
}

func anyServer(t *rapid.T) *cloud.Server {
	s := &cloud.Server{}
	s.On, s.Taken, s.Failed = rapid.Bool().Draw(t, "on"), rapid.Bool().Draw(t, "taken"), rapid.IntRange(0, 5).Draw(t, "failed") == 0
	s.EventID = rapid.Int64Range(0, 2).Draw(t, "event")
	s.Remove = rapid.SampledFrom([]cloud.Removal{cloud.Keep, cloud.Keep, cloud.AfterGrace, cloud.Now}).Draw(t, "remove")
	s.Change = rapid.SampledFrom([]cloud.Change{
		cloud.Create,
		cloud.PowerOn, cloud.PowerOff, cloud.Reboot, cloud.Configure, cloud.Capture,
	}).Draw(t, "change")
	if rapid.IntRange(0, 4).Draw(t, "closed") == 0 {
		s.Closed = &time.Time{}
	}
	return s
}
