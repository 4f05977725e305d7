package sim

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
)

// A snapshot or a copy that was under way when its host was declared lost is given
// up with it: what nobody asks for any more does not keep the machine from being
// taken back with its disks.
func TestLostInAChangeIsTakenBack(t *testing.T) {
	for name, path := range map[string]string{"snapshot": "/snapshots", "clone": "/clone"} {
		t.Run(name, func(t *testing.T) {
			r := newSettled(t, 1)
			s, _, h := r.only(t)
			r.Watch()
			must(t, r.addHost("host-2")) // for the routers
			must(t, r.Settle(time.Hour))
			h.Down = true
			if code, answer := r.call(r.tokens[1], "POST", "/servers/"+s.UID.String()+path, map[string]any{"name": "copy"}); code != 202 {
				t.Fatalf("%d %s", code, answer)
			}
			for range 5 {
				_, err := r.round()
				must(t, err)
			}
			h.away = true
			must(t, r.declare(h, cloud.HostLost))
			must(t, r.Settle(3*time.Hour))
			h.Down = false
			h.Agent.Disconnect()
			must(t, r.Settle(time.Hour))
			must(t, r.declare(h, cloud.HostUp))
			h.away = false
			must(t, r.Settle(3*time.Hour))
			if s, _, _ := r.only(t); s.Failed || s.Open() {
				t.Errorf("taken back: %+v", s.Life)
			}
			if bad := r.Leaks(); len(bad) > 0 && name == "snapshot" {
				t.Errorf("left: %q", bad)
			}
		})
	}
}
