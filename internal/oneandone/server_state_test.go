package oneandone

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

// life makes a server in one situation.
func life(change func(*cloud.Server)) *cloud.Server {
	s := &cloud.Server{}
	s.ChangeAt, s.Built, s.On, s.SeenOn = noon.Add(-time.Hour), true, true, true
	change(s)
	return s
}

func open(c cloud.Change, taken bool) func(*cloud.Server) {
	return func(s *cloud.Server) { s.Begin(c, 7, noon.Add(-time.Minute)); s.Taken = taken }
}

// One line of this test for each line of that table.
func TestStateTable(t *testing.T) {
	off := func(s *cloud.Server) { s.On, s.SeenOn = false, false }
	both := func(fs ...func(*cloud.Server)) func(*cloud.Server) {
		return func(s *cloud.Server) {
			for _, f := range fs {
				f(s)
			}
		}
	}
	fresh := func(s *cloud.Server) { s.Built, s.SeenOn = false, false }
	grace := func(s *cloud.Server) { s.Remove, s.On = cloud.AfterGrace, false }
	now := func(s *cloud.Server) { s.Remove, s.On = cloud.Now, false }
	failed := func(s *cloud.Server) { s.Failed, s.Reason = true, "no room" }
	closed := func(s *cloud.Server) { s.Closed = &noon }
	for _, c := range []struct {
		situation string
		server    func(*cloud.Server)
		want      string
	}{
		{"accepted, no host has it", both(fresh, open(cloud.Create, false)), deploying},
		{"host is making it", both(fresh, open(cloud.Create, true)), deploying},
		{"host is making it and the guest is on already", both(open(cloud.Create, true)), deploying},
		{"made off", both(off, open(cloud.Create, true)), deploying},
		{"on, as wanted", func(*cloud.Server) {}, poweredOn},
		{"off, as wanted", off, poweredOff},
		{"off wanted, order not taken", open(cloud.PowerOff, false), poweringOff},
		{"off wanted, order taken", open(cloud.PowerOff, true), poweringOff},
		{"on wanted, order not taken", both(off, open(cloud.PowerOn, false)), poweringOn},
		{"on wanted, order taken", both(off, open(cloud.PowerOn, true)), poweringOn},
		{"reboot counter ahead", open(cloud.Reboot, true), rebooting},
		{"hardware change when on, not taken", open(cloud.Configure, false), configuring},
		{"hardware change when on, taken", open(cloud.Configure, true), configuring},
		{"hardware change when off", both(off, open(cloud.Configure, true)), configuring},
		{"snapshot or backup work", open(cloud.Capture, true), configuring},
		{"snapshot work when off", both(off, open(cloud.Capture, false)), configuring},
		{"removal with grace: stopping", both(open(cloud.Removing, false), grace), poweringOff},
		{"removal with grace: stopping, taken", both(open(cloud.Removing, true), grace), poweringOff},
		{"removal with grace: stopped and kept", both(off, grace), poweredOff},
		{"removal: ordered", both(open(cloud.Removing, false), now), removing},
		{"removal: host is clearing", both(open(cloud.Removing, true), now), removing},
		{"removal: nothing open any more", both(off, now), removing},
		{"removed", both(off, now, closed), removing},
		{"a change gave up, on", func(s *cloud.Server) { s.Change, s.Reason = cloud.Configure, "no" }, poweredOn},
		{"a change gave up, off", both(off, func(s *cloud.Server) { s.Change, s.Reason = cloud.PowerOn, "no" }), poweredOff},
		{"a creation gave up", both(fresh, failed, func(s *cloud.Server) { s.Change = cloud.Create }), poweredOff},
		{"a creation gave up although the guest was on", both(failed), poweredOff},
		{"a failed creation is tried again", both(fresh, open(cloud.Create, false)), deploying},
		{"a failed creation is removed", both(fresh, failed, open(cloud.Removing, false), now), removing},
		{"a host that is not seen changes no shown state", func(s *cloud.Server) { s.HostID = 0 }, poweredOn},
	} {
		t.Run(c.situation, func(t *testing.T) {
			s := life(c.server)
			if got := serverState(noon, 0).Of(s); got != c.want {
				t.Errorf("state is %v, want %v", got, c.want)
			}
			// Two seconds after a write nothing is held any more.
			if got := serverState(noon, 2*time.Second).Of(s); got != c.want {
				t.Errorf("with a hold that is over: %v, want %v", got, c.want)
			}
		})
	}
}

// R3: what was ordered is shown as under way for a while after it is done.
func TestStateHold(t *testing.T) {
	for change, want := range map[cloud.Change]string{
		cloud.Create: deploying, cloud.PowerOff: poweringOff, cloud.Reboot: rebooting,
		cloud.Configure: configuring, cloud.Capture: configuring, cloud.PowerOn: poweringOn,
	} {
		s := life(func(s *cloud.Server) { s.Begin(change, 9, noon); s.EventID = 0 })
		for _, c := range []struct {
			after time.Duration
			hold  time.Duration
			want  string
		}{
			{0, 2 * time.Second, want},
			{1999 * time.Millisecond, 2 * time.Second, want},
			{2 * time.Second, 2 * time.Second, poweredOn},
			{time.Hour, 2 * time.Second, poweredOn},
			{0, 0, poweredOn},
			{-time.Hour, 2 * time.Second, poweredOn}, // the clock went back
		} {
			if got := serverState(noon.Add(c.after), c.hold).Of(s); got != c.want {
				t.Errorf("%s, %s after the write with a hold of %s: %v, want %s", change, c.after, c.hold, got, c.want)
			}
		}
	}
}

// R4: 0 only in the answer of the write, 1 to 99 later, null when nothing runs;
// and a state is transitional exactly when there is a percentage.
func TestPercent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := &cloud.Server{}
		s.Change = rapid.SampledFrom([]cloud.Change{
			cloud.NoChange,
			cloud.Create, cloud.PowerOn, cloud.PowerOff, cloud.Reboot, cloud.Configure, cloud.Capture, cloud.Removing,
		}).Draw(rt, "change")
		s.EventID = rapid.Int64Range(0, 1).Draw(rt, "event")
		s.ChangeAt = noon.Add(-time.Duration(rapid.IntRange(0, 5000).Draw(rt, "age")) * time.Millisecond)
		s.Remove = rapid.SampledFrom([]cloud.Removal{cloud.Keep, cloud.AfterGrace, cloud.Now}).Draw(rt, "remove")
		s.Failed, s.SeenOn, s.On = rapid.Bool().Draw(rt, "failed"), rapid.Bool().Draw(rt, "seen"), rapid.Bool().Draw(rt, "on")
		s.Steps = rapid.IntRange(0, 9).Draw(rt, "steps")
		s.Step = rapid.IntRange(0, s.Steps).Draw(rt, "step")
		s.Percent = rapid.IntRange(0, 100).Draw(rt, "percent")
		states := serverState(noon, 2*time.Second)
		later, first := statusOf(states, s, false), statusOf(states, s, true)
		if !later.State.Valid() || later.State == "ON_RECOVERY" {
			rt.Fatalf("state %q is not to be shown", later.State)
		}
		resting := later.State == "POWERED_ON" || later.State == "POWERED_OFF"
		if resting != (later.Percent == nil) || resting != (first.Percent == nil) {
			rt.Fatalf("%s with percent %v", later.State, later.Percent)
		}
		if !resting && (*later.Percent < 1 || *later.Percent > 99 || *first.Percent != 0) {
			rt.Fatalf("percent %d, in the answer %d", *later.Percent, *first.Percent)
		}
		if s.EventID != 0 && s.Change == cloud.Create && s.Remove == cloud.Keep && later.State != "DEPLOYING" {
			rt.Fatalf("a creation shows %s", later.State)
		}
	})
}
