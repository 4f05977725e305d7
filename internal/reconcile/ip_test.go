package reconcile_test

import (
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// An address that was taken off a server and kept is shown as free, and so it can
// be given back at once, also while the host that translates it is away.
func TestKeptAddressIsReleased(t *testing.T) {
	r := newRig(t, 1)
	s := r.create(nil)
	ip := find[cloud.IP](r, cloud.Eq("server_id", s.ID), cloud.Eq("kind", string(cloud.PublicIP)))[0]
	r.hosts[0].silent = true
	_, err := r.c.RemoveServerIP(r.Context(), r.call, control.ServerIPIn{Pick: pick(s.Meta), IP: pick(ip.Meta), Keep: true},
		func(_ *control.Txn, _ *control.View) (int, any, error) { return 202, nil, nil })
	r.must(err)
	var v *control.IPView
	_, err = r.c.DeleteIP(r.Context(), r.call, pick(ip.Meta), keep(&v))
	r.must(err)
	r.play(time.Minute)
	if got := get[cloud.IP](r, ip.ID); !got.Alive() || got.Leaving != "free" {
		t.Errorf("its router still translates it, and it is %+v", got)
	}
	r.hosts[0].silent = false
	r.play(time.Minute)
	if get[cloud.IP](r, ip.ID).Alive() {
		t.Error("it was not released")
	}
	r.whole()
}
