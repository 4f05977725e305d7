package cloud_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
)

// Each line of the table in docs/explain/states.md.
func TestStateNumber(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		name   string
		life   cloud.Life
		closed bool
		want   int
	}{
		{"accepted", cloud.Life{On: true, Change: cloud.Create, EventID: 1}, false, 1},
		{"accepted, to be off", cloud.Life{Change: cloud.Create, EventID: 1}, false, 1},
		{"being made", cloud.Life{On: true, Change: cloud.Create, EventID: 1, Taken: true}, false, 2},
		{"on", cloud.Life{On: true, Built: true, SeenOn: true}, false, 4},
		{"off", cloud.Life{Built: true}, false, 6},
		{"on after a change", cloud.Life{On: true, Built: true, Change: cloud.Configure, Taken: true}, false, 4},
		{"off wanted", cloud.Life{Change: cloud.PowerOff, EventID: 1, SeenOn: true}, false, 5},
		{"off taken", cloud.Life{Change: cloud.PowerOff, EventID: 1, Taken: true, SeenOn: true}, false, 12},
		{"on wanted", cloud.Life{On: true, Change: cloud.PowerOn, EventID: 1}, false, 7},
		{"on taken", cloud.Life{On: true, Change: cloud.PowerOn, EventID: 1, Taken: true}, false, 13},
		{"reboot", cloud.Life{On: true, Change: cloud.Reboot, EventID: 1}, false, 13},
		{"reboot taken", cloud.Life{On: true, Change: cloud.Reboot, EventID: 1, Taken: true}, false, 13},
		{"change on", cloud.Life{On: true, Change: cloud.Configure, EventID: 1}, false, 10},
		{"change on taken", cloud.Life{On: true, Change: cloud.Configure, EventID: 1, Taken: true}, false, 11},
		{"change off", cloud.Life{Change: cloud.Configure, EventID: 1}, false, 15},
		{"change off taken", cloud.Life{Change: cloud.Configure, EventID: 1, Taken: true}, false, 16},
		{"snapshot on", cloud.Life{On: true, Change: cloud.Capture, EventID: 1, Taken: true}, false, 4},
		{"snapshot off", cloud.Life{Change: cloud.Capture, EventID: 1}, false, 6},
		{"grace asked", cloud.Life{Remove: cloud.AfterGrace, Change: cloud.PowerOff, EventID: 1}, false, 8},
		{"grace stopping", cloud.Life{Remove: cloud.AfterGrace, Change: cloud.PowerOff, EventID: 1, Taken: true}, false, 14},
		{"grace kept", cloud.Life{Remove: cloud.AfterGrace, RemoveAfter: &at}, false, 9},
		{"removal", cloud.Life{Remove: cloud.Now, Change: cloud.Removing, EventID: 1}, false, 17},
		{"removal taken", cloud.Life{Remove: cloud.Now, Change: cloud.Removing, EventID: 1, Taken: true}, false, 17},
		{"removal of a failed one", cloud.Life{Remove: cloud.Now, Failed: true}, false, 17},
		{"removed", cloud.Life{Remove: cloud.Now}, true, 99},
		{"creation gave up", cloud.Life{On: true, Failed: true, Change: cloud.Create, Reason: "no host"}, false, 3},
		{"change gave up, on", cloud.Life{On: true, Built: true, Change: cloud.Configure, Reason: "host lost"}, false, 4},
		{"change gave up, off", cloud.Life{Built: true, Change: cloud.PowerOn, Reason: "host lost"}, false, 6},
	} {
		s, r, v := &cloud.Server{Life: c.life}, &cloud.Router{Life: c.life}, &cloud.Volume{Life: c.life}
		if c.closed {
			s.Closed, r.Closed, v.Closed = &at, &at, &at
		}
		if got := cloud.StateNumber(s); got != c.want {
			t.Errorf("%s: server %d, want %d", c.name, got, c.want)
		}
		if got := cloud.RouterStateNumber(r); got != c.want {
			t.Errorf("%s: router %d, want %d", c.name, got, c.want)
		}
		if got := cloud.VolumeStateNumber(v); got != c.want {
			t.Errorf("%s: volume %d, want %d", c.name, got, c.want)
		}
	}
}

// Whatever the columns hold, the number is one of the contract's, never -1 or
// 0, and without work under way it is a stable one or 3, 17.
func TestStateNumberAlways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &cloud.Server{Life: drawLife(t)}
		n := cloud.StateNumber(s)
		switch {
		case n < 1 || (n > 17 && n != 99):
			t.Fatalf("%+v shows %d", s.Life, n)
		case !s.Open() && !cloud.Stable(n) && n != cloud.StateUnresourced && n != cloud.StateScrubbing:
			t.Fatalf("%+v shows %d with nothing under way", s.Life, n)
		}
	})
}

// drawLife makes any life, sensible or not.
func drawLife(t *rapid.T) cloud.Life {
	return cloud.Life{
		On:     rapid.Bool().Draw(t, "on"),
		Remove: rapid.SampledFrom([]cloud.Removal{cloud.Keep, cloud.AfterGrace, cloud.Now}).Draw(t, "remove"),
		Change: rapid.SampledFrom([]cloud.Change{
			cloud.NoChange,
			cloud.Create, cloud.PowerOn, cloud.PowerOff, cloud.Reboot, cloud.Configure, cloud.Capture, cloud.Removing,
		}).Draw(t, "change"),
		EventID: rapid.Int64Range(0, 2).Draw(t, "event"),
		Taken:   rapid.Bool().Draw(t, "taken"),
		Failed:  rapid.Bool().Draw(t, "failed"),
		Built:   rapid.Bool().Draw(t, "built"),
		SeenOn:  rapid.Bool().Draw(t, "seen on"),
	}
}
