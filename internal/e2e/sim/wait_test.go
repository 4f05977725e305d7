package sim

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// told is what the operator is told, and the owner of the one server.
func (r *Run) told(t *testing.T) (operator []control.Wait, owner string) {
	t.Helper()
	must(t, r.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		operator, err = control.Waits(tx)
		return err
	}))
	code, answer := r.call(r.tokens[1], "GET", "/servers/"+r.list(r.tokens[1])[0].ID, nil)
	if code != 200 {
		t.Fatalf("%d %s", code, answer)
	}
	var shown struct {
		Alerts   any `json:"alerts"`
		Hardware struct{ Hdds []any }
	}
	unmarshal(answer, &shown)
	if len(shown.Hardware.Hdds) == 0 {
		t.Errorf("the disks are not shown: %s", answer)
	}
	lists, some := shown.Alerts.(map[string]any)
	if !some {
		return operator, ""
	}
	for _, level := range []string{"critical", "warning"} {
		alerts, _ := lists[level].([]any)
		for _, a := range alerts {
			owner += level + ": " + a.(map[string]any)["description"].(string) + "\n"
		}
	}
	return operator, owner
}

func (r *Run) after(t *testing.T, d time.Duration) {
	t.Helper()
	for end := r.Now.Add(d); r.Now.Before(end); r.Now = r.Now.Add(5 * time.Second) {
		_, err := r.round()
		must(t, err)
	}
}

// Whatever waits or is damaged is told to the operator and to the owner, with the
// reason and since when; nothing is told when all is well, or well again.
func TestWaiting(t *testing.T) {
	for name, c := range map[string]struct {
		harm            func(t *testing.T, r *Run, s *cloud.Server, v *cloud.Volume, h *Host)
		operator, owner string
		mend            func(h *Host)
	}{
		"a host that is away": {
			harm:     func(_ *testing.T, _ *Run, _ *cloud.Server, _ *cloud.Volume, h *Host) { h.Down = true },
			operator: "host 1 (host-1) needs a look since 2026", owner: "warning: server 1 (",
			mend: func(h *Host) { h.Down = false },
		},
		"a disk that was deleted": {
			harm: func(t *testing.T, _ *Run, _ *cloud.Server, v *cloud.Volume, h *Host) {
				must(t, h.Machine.LoseDisk(plan.ID(v.UID.Hex())))
			},
			operator: "the disk is missing, though it was made before", owner: "critical: server 1 (",
		},
		"an order that stalls": {
			harm: func(t *testing.T, r *Run, s *cloud.Server, _ *cloud.Volume, h *Host) {
				h.Machine.Inject(fake.Fault{Kind: plan.KindVM, Op: fake.OpEnsure, Mode: fake.Stall, Times: 1 << 30, Reason: "qemu is slow"})
				path := "/servers/" + s.UID.String() + "/status/action"
				if code, answer := r.call(r.tokens[1], "PUT", path, map[string]any{"action": "REBOOT"}); code != 202 {
					t.Fatalf("%d %s", code, answer)
				}
			},
			operator: "qemu is slow", owner: "qemu is slow",
			mend: func(h *Host) { h.Machine.ClearFaults() },
		},
		"a disk that is nearly full": {
			harm:     func(_ *testing.T, _ *Run, _ *cloud.Server, _ *cloud.Volume, h *Host) { h.Machine.SetFree(3 << 30) },
			operator: "nearly full: 3.0 GB of 20000.0 GB are free",
			mend:     func(h *Host) { h.Machine.SetFree(3000 << 30) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newSettled(t, 1)
			s, v, h := r.only(t)
			if !s.On {
				r.order(t, "PUT", "/servers/"+s.UID.String()+"/status/action", map[string]any{"action": "POWER_ON"})
			}
			r.after(t, 2*time.Minute)
			if operator, owner := r.told(t); len(operator) > 0 || owner != "" {
				t.Fatalf("all is well, and they are told %v %q", operator, owner)
			}
			c.harm(t, r, s, v, h)
			r.after(t, 3*time.Minute)
			operator, owner := r.told(t)
			all := ""
			for _, w := range operator {
				all += w.String() + "\n"
				if w.Since.IsZero() || w.Since.After(r.Now) {
					t.Errorf("it says since %v: %s", w.Since, w)
				}
			}
			if !strings.Contains(all, c.operator) {
				t.Errorf("the operator is told\n%swant %q", all, c.operator)
			}
			if !strings.Contains(owner, c.owner) || c.owner == "" && owner != "" || strings.Contains(owner, "host-1") {
				t.Errorf("the owner is told %q, want %q", owner, c.owner)
			}
			if c.mend == nil {
				return
			}
			c.mend(h)
			r.after(t, 5*time.Minute)
			if operator, owner := r.told(t); len(operator) > 0 || owner != "" {
				t.Errorf("all is well again, and they are told %v %q", operator, owner)
			}
		})
	}
}

// What a host repaired by itself is told to the operator and to the owner for an
// hour, and stands in the log for good.
func TestRepairIsTold(t *testing.T) {
	r := newSettled(t, 1)
	s, _, h := r.only(t)
	if !s.On {
		r.order(t, "PUT", "/servers/"+s.UID.String()+"/status/action", map[string]any{"action": "POWER_ON"})
	}
	r.after(t, 2*time.Minute)
	repairs := func() (n int) {
		must(t, r.DB.Read(context.Background(), func(tx *store.Tx) error {
			list, err := store.Find[cloud.Event](tx, cloud.Where(cloud.Eq("action", "REPAIR"), cloud.Eq("end", true)))
			for _, e := range list {
				if n++; e.Object != s.Name || e.MemberID != s.MemberID || !strings.Contains(e.Reason, "hypervisor died") || e.Failed {
					t.Errorf("event %+v", e)
				}
			}
			return err
		}))
		return n
	}
	if n := repairs(); n > 0 {
		t.Errorf("%d repairs before any damage", n)
	}
	for n := range 2 { // the second within a minute is counted, and no event of its own
		must(t, h.Machine.Kill(plan.ID(s.UID.Hex())))
		r.after(t, 10*time.Second)
		operator, owner := r.told(t)
		if len(operator) != 1 || !operator[0].Mended || !strings.Contains(operator[0].String(), "was damaged at 2026") ||
			!strings.Contains(owner, "hypervisor died and was started again") {
			t.Errorf("the operator is told %v, the owner %q", operator, owner)
		}
		if got := repairs(); got != 1 {
			t.Errorf("%d events after %d repairs", got, n+1)
		}
	}
	r.Now = r.Now.Add(plan.MendedFor)
	r.after(t, 2*time.Minute)
	if operator, owner := r.told(t); len(operator) > 0 || owner != "" {
		t.Errorf("an hour later they are told %v %q", operator, owner)
	}
	if n := repairs(); n != 1 {
		t.Errorf("%d events in the end", n)
	}
}
