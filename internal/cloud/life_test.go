package cloud_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
)

// A new operation says nothing of the one before, and touches nothing of what
// is wanted or was carried out.
func TestBegin(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		old := drawLife(t)
		old.Step, old.Steps, old.Percent, old.Reason = 3, 4, 50, "waits"
		l := old
		l.Begin(cloud.Reboot, 9, now)
		want := old
		want.Change, want.EventID, want.ChangeAt, want.MovedAt = cloud.Reboot, 9, now, now
		want.Taken, want.Step, want.Steps, want.Percent, want.Reason = false, 0, 0, 0, ""
		if l != want || !l.Open() {
			t.Fatalf("%+v\nwant %+v", l, want)
		}
	})
	if l := (cloud.Life{Change: cloud.Create}); l.Open() {
		t.Error("without an event nothing is under way")
	}
}

// A percentage never says 0, which clients read as finished, nor 100, and never
// goes back while documents are acknowledged.
func TestProgress(t *testing.T) {
	for _, c := range []struct{ step, steps, percent, want int }{
		{0, 0, 0, 1}, {0, 3, 0, 1}, {1, 3, 0, 33}, {1, 3, 99, 66}, {2, 3, 0, 66}, {3, 3, 0, 99}, {1, 200, 0, 1}, {0, 1, 50, 50},
	} {
		l := cloud.Life{Step: c.step, Steps: c.steps, Percent: c.percent}
		if got := l.Progress(); got != c.want {
			t.Errorf("step %d of %d, %d %%: %d, want %d", c.step, c.steps, c.percent, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.IntRange(0, 40).Draw(t, "steps")
		l := cloud.Life{Steps: steps, Step: rapid.IntRange(0, steps).Draw(t, "step"), Percent: rapid.IntRange(0, 99).Draw(t, "percent")}
		p := l.Progress()
		if p < 1 || p > 99 {
			t.Fatalf("%+v shows %d", l, p)
		}
		if l.Step < l.Steps {
			if l.Step++; l.Progress() < p {
				t.Fatalf("%+v goes back from %d to %d", l, p, l.Progress())
			}
		}
	})
}
