package sim

import (
	"context"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// A clock that was a year ahead is set right in the middle of an operation, while
// the control plane runs or between two starts: the operation is given up after
// its deadline, and snapshots end as if nothing had been.
func TestClockSetBack(t *testing.T) {
	for name, notice := range map[string]func(r *Run) error{
		"while it runs": func(r *Run) error { return r.Queue.Pull(context.Background()) },
		"at a start": func(r *Run) error {
			if err := r.Close(); err != nil {
				return err
			}
			if err := r.Open(); err != nil {
				return err
			}
			r.mount()
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newSettled(t, 1)
			right := r.Now
			r.Now = r.Now.Add(365 * 24 * time.Hour)
			must(t, r.Settle(time.Hour))
			s, _, h := r.only(t)
			at := "/servers/" + s.UID.String()
			r.order(t, "POST", at+"/snapshots", nil)
			if !s.On {
				r.order(t, "PUT", at+"/status/action", map[string]any{"action": "POWER_ON"})
			}
			h.Machine.Inject(fake.Fault{Kind: plan.KindVM, Op: fake.OpEnsure, Mode: fake.Stall, Times: 1 << 30, Reason: "by the test"})
			if code, answer := r.call(r.tokens[1], "PUT", at+"/status/action", map[string]any{"action": "POWER_OFF"}); code != 202 {
				t.Fatalf("%d %s", code, answer)
			}
			for range 20 {
				_, err := r.round()
				must(t, err)
				r.Now = r.Now.Add(time.Second)
			}
			r.Now = right.Add(time.Minute)
			must(t, notice(r))
			for end := r.Now.Add(10 * time.Minute); r.Now.Before(end); r.Now = r.Now.Add(10 * time.Second) {
				_, err := r.round()
				must(t, err)
			}
			if s, _, _ := r.only(t); s.Open() {
				t.Errorf("10 minutes after the clock was set right it still waits: %+v", s.Life)
			}
			must(t, r.DB.Read(context.Background(), func(tx *store.Tx) error {
				snap, err := store.First[cloud.Snapshot](tx, cloud.Query{}.By("id"))
				if err == nil && (snap.Expires == nil || snap.Expires.After(right.Add(4*24*time.Hour))) {
					t.Errorf("the snapshot is kept until %v", snap.Expires)
				}
				return err
			}))
		})
	}
}
