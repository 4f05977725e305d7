package sim

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/host/fake"
	"github.com/virga-cloud/virga/internal/plan"
)

// A creation that failed and is being removed is not taken back by switching it on:
// a removal cannot be, and would never end in the log.
func TestFailedCreationIsRemoved(t *testing.T) {
	r := &Run{World: newWorld(t, 5, 1)}
	must(t, r.Start())
	r.Watch()
	h := r.Hosts[0]
	broken := fake.Fault{Op: fake.OpEnsure, Kind: plan.KindVolume, Mode: fake.Hopeless, Reason: "by the test"}
	h.troubles = []trouble{{Fault: broken, until: r.Now.Add(24 * time.Hour)}}
	r.create(r.tokens[1])
	r.pass(t, time.Minute)
	if s, _, _ := r.only(t); !s.Failed || s.Open() {
		t.Fatalf("the creation is %+v", s.Life)
	}
	at := "/servers/" + r.list(r.tokens[1])[0].ID
	if code, answer := r.call(r.tokens[1], "DELETE", at, nil); code != 202 {
		t.Fatalf("%d %s", code, answer)
	}
	if code, answer := r.call(r.tokens[1], "PUT", at+"/status/action", map[string]any{"action": "POWER_ON"}); code != 409 {
		t.Errorf("switched on while it is removed: %d %s", code, answer)
	}
	must(t, r.Rest(liveness))
	must(t, r.wrong)
	if n := len(r.list(r.tokens[1])); n > 0 {
		t.Errorf("%d servers are left", n)
	}
}
