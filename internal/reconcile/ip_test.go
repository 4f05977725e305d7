package reconcile_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
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

// Addresses that are held for what somebody still has to decide about do not keep the
// sweep from freeing those whose orphan is gone, however many they are.
func TestHeldAddressesAreFreedInPages(t *testing.T) {
	r := bareRig(t)
	const held, over = 250, 450
	r.write(func(tx *store.Tx) error {
		pool, err := store.First[cloud.Subnet](tx, cloud.Where(cloud.Eq("pool", true)))
		if err != nil {
			return err
		}
		o := &hub.Orphan{Host: 99, Kind: plan.KindPort, Object: plan.ID(strings.Repeat("a", 32)), Since: tx.Now(), Body: []byte{}}
		if err := store.Insert(tx, o); err != nil {
			return err
		}
		addr := pool.Gateway
		for i := range held + over {
			addr = addr.Next()
			name := fmt.Sprintf("orphan %d", o.ID)
			if i >= held {
				name = fmt.Sprintf("orphan %d", o.ID+1)
			}
			ip := &cloud.IP{Kind: cloud.NotedIP, Addr: addr, RegionID: pool.RegionID, Name: name}
			if err := store.ReserveIP(tx, pool, ip, netip.Addr{}); err != nil {
				return err
			}
		}
		return nil
	})
	noted := func() int { return len(find[cloud.IP](r, cloud.Eq("kind", cloud.NotedIP))) }
	last := noted()
	for range 6 { // a page each
		r.play(time.Minute)
		if now := noted(); last-now > 200 {
			t.Errorf("one sweep freed %d addresses", last-now)
		} else {
			last = now
		}
	}
	if last != held {
		t.Errorf("%d addresses are held, want %d", last, held)
	}
}
