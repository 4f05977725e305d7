package sim

import (
	"context"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// What lies on a host that was taken back is no fault until the host told of it, however
// late that is, and an orphan from then on. A host that told of it before it was
// declared lost tells of it again.
func TestTakenBackTells(t *testing.T) {
	r := newSettled(t, 1)
	s, v, h := r.only(t)
	must(t, r.addHost("host-2")) // for the routers
	must(t, r.Settle(time.Hour))
	r.Watch()
	must(t, r.ask())
	lose := func() {
		t.Helper()
		h.Down = true
		must(t, r.declare(h, cloud.HostLost))
		h.away = true
		must(t, r.Settle(3*time.Hour))
	}
	takeBack := func() {
		t.Helper()
		h.Down = false
		h.Agent.Disconnect()
		must(t, r.Settle(time.Hour))
		must(t, r.declare(h, cloud.HostUp))
		h.away, h.standing, h.untold = false, false, &untold{}
		h.Agent.Disconnect()
		r.Now = r.Now.Add(time.Hour) // in which it was not heard
		must(t, r.ask())
		r.pass(t, 3*time.Minute)
		must(t, r.ask())
		if h.untold != nil {
			t.Errorf("it did not tell: %+v", h.untold)
		}
		must(t, r.DB.Read(context.Background(), func(tx *store.Tx) error {
			o, err := hub.OrphanOf(tx, h.ID, plan.Ref{Kind: plan.KindVolume, ID: plan.ID(v.UID.Hex())})
			if err == nil && o == nil {
				t.Error("the disk is no orphan")
			}
			return err
		}))
	}
	lose()
	if code, answer := r.call(r.tokens[1], "DELETE", "/servers/"+s.UID.String(), nil); code != 202 {
		t.Fatalf("%d %s", code, answer)
	}
	must(t, r.Settle(time.Hour))
	takeBack()
	lose() // with nothing new on it
	takeBack()
}
