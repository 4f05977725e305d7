package sim

import (
	"context"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// While a router has no host, nothing is ordered of nobody: its machines wait, get
// their ports when it has one, and can be removed.
func TestMachinesOfARouterWithoutHost(t *testing.T) {
	r := newSettled(t, 1)
	s, _, h := r.only(t)
	must(t, r.addHost("host-2"))
	must(t, r.Settle(time.Hour))
	second := r.Hosts[1]
	lose := func(h *Host) {
		h.Down, h.away = true, true
		must(t, r.declare(h, cloud.HostLost))
		must(t, r.Settle(3*time.Hour))
	}
	lose(h)
	h.Down = false
	h.Agent.Disconnect()
	must(t, r.Settle(time.Hour))
	must(t, r.declare(h, cloud.HostUp))
	h.away = false
	must(t, r.Settle(time.Hour))
	at := "/servers/" + s.UID.String()
	r.order(t, "PUT", at+"/status/action", map[string]any{"action": "POWER_ON"}) // on host-1, its router on host-2
	r.Watch()
	enabled := func(on bool) {
		must(t, r.DB.Write(context.Background(), func(tx *store.Tx) error {
			row, err := store.Get[cloud.Host](tx, h.ID)
			if err == nil {
				row.Enabled = on
				err = store.Update(tx, row)
			}
			return err
		}))
	}
	enabled(false)
	second.Down, second.away = true, true
	must(t, r.declare(second, cloud.HostLost))
	r.pass(t, time.Minute)
	if ports := h.Ports(); len(ports) > 0 {
		t.Errorf("the router has no host, and there are the ports %v", ports)
	}
	enabled(true)
	r.pass(t, 2*time.Minute)
	if ports, err := h.Machine.List(context.Background(), plan.KindPort); err != nil || len(ports) != 1 {
		t.Errorf("the router has a host, and there are the ports %v, %v", ports, err)
	}
	r.order(t, "DELETE", at, nil)
	if n := len(r.list(r.tokens[1])); n > 0 {
		t.Errorf("%d servers are left", n)
	}
}
