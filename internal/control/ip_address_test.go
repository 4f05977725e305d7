package control_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// People note addresses of a pool while others take the next free ones, and cut pieces
// off it: no address is two things, and none lies in a piece of somebody else's.
func TestAddressesAtTheSameTime(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		pool := find[cloud.Subnet](r, cloud.Eq("pool", true))[0]
		var wg sync.WaitGroup
		problems := make(chan error, 100)
		tell := func(err error) {
			if e := (*cloud.Error)(nil); err != nil && (!errors.As(err, &e) || e.Kind != cloud.Invalid && e.Kind != cloud.Forbidden) {
				problems <- err
			}
		}
		addr := pool.Gateway
		for range 12 {
			addr = addr.Next()
			text, piece := addr.String(), addr.String()+"/31"
			for range 2 {
				wg.Go(func() {
					in := control.IPAddressIn{Subnet: &pool.ID, Address: &text}
					_, err := r.c.CreateIPAddress(t.Context(), openly(r.operator()), in, keep(new(*control.IPAddressView)))
					tell(err)
				})
			}
			wg.Go(func() {
				_, err := r.c.CreateIP(t.Context(), r.alice, control.IPIn{}, keep(new(*control.IPView)))
				tell(err)
			})
			wg.Go(func() {
				site := int64(1)
				in := control.PlanSubnetIn{Site: &site, Parent: &pool.ID, Text: &piece}
				_, err := r.c.CreatePlanSubnet(t.Context(), openly(r.operator()), in, keep(new(*control.SubnetDetail)))
				tell(err)
			})
		}
		wg.Wait()
		close(problems)
		for err := range problems {
			t.Error(err)
		}
		r.distinct(t)
		rows := find[cloud.Subnet](r, cloud.Eq("parent_id", pool.ID))
		for _, ip := range find[cloud.IP](r, cloud.Eq("subnet_id", pool.ID)) {
			for _, s := range rows {
				if s.Prefix.Contains(ip.Addr) {
					t.Errorf("%s of the pool lies in %s", ip.Addr, s.Prefix)
				}
			}
		}
		after := get[cloud.Subnet](r, pool.ID)
		if n := len(find[cloud.IP](r, cloud.Eq("subnet_id", pool.ID))); after.InUse != int64(n) || after.Children != int64(len(rows)) || n < 12 {
			t.Errorf("%d addresses and %d pieces are counted, there are %d and %d", after.InUse, after.Children, n, len(rows))
		}
	})
}
