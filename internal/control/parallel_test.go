package control_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// Two hundred creations at once: nothing twice, totals that add up, no error.
func TestParallelCreations(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		const n = 200
		calls := []*control.Call{r.alice, r.bob, r.user("Acme", "carol"), r.user("Green", "dora")}
		errs := make(chan error, n)
		for i := range n {
			go func() {
				_, err := r.create(calls[i%len(calls)], func(in *control.CreateServerIn) { in.Name = fmt.Sprintf("s%d", i) })
				errs <- err
			}()
		}
		for range n {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if t.Failed() {
			return
		}
		servers := find[cloud.Server](r)
		if len(servers) != n {
			t.Errorf("%d servers", len(servers))
		}
		r.distinct(t)
		r.totals(t)
		// One default project a site, however many asked for the first.
		if p := find[cloud.Project](r); len(p) != 3 {
			t.Errorf("%d projects for three members", len(p))
		}
	})
}

// distinct checks that no address and no MAC was given out twice.
func (r *rig) distinct(t *testing.T) {
	t.Helper()
	type at struct {
		subnet int64
		addr   netip.Addr
	}
	seen := map[at]int64{}
	for _, ip := range find[cloud.IP](r) {
		k := at{ip.SubnetID, ip.Addr}
		if other, dup := seen[k]; dup {
			t.Errorf("address %s of subnet %d belongs to rows %d and %d", ip.Addr, ip.SubnetID, other, ip.ID)
		}
		seen[k] = ip.ID
	}
	macs := map[string]bool{}
	for _, n := range find[cloud.NIC](r) {
		if n.MAC == "" || macs[n.MAC] {
			t.Errorf("MAC %q is on two cards, or none", n.MAC)
		}
		macs[n.MAC] = true
	}
}

// totals checks what hosts are said to have given away against the rows.
func (r *rig) totals(t *testing.T) {
	t.Helper()
	want := map[int64][4]int{}
	for _, s := range find[cloud.Server](r) {
		u := want[s.HostID]
		want[s.HostID] = [4]int{u[0] + s.VCPU, u[1] + s.RAM, u[2], u[3] + 1}
	}
	for _, v := range find[cloud.Volume](r) {
		u := want[v.HostID]
		u[2] += v.SizeGB
		want[v.HostID] = u
	}
	for _, h := range find[cloud.Host](r) {
		if got := [4]int{h.UsedVCPU, h.UsedRAM, h.UsedGB, h.Servers}; got != want[h.ID] {
			t.Errorf("%s has given %v (vCPU, RAM, GB, servers), rows say %v", h.Name, got, want[h.ID])
		}
	}
}

// Verbs of all kinds against a few servers at once: some are refused, none
// fails inside, and the totals still hold.
func TestParallelVerbs(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		var on []subjectOf
		for range 6 {
			on = append(on, r.subject(r.alice, false))
		}
		const n = 90
		errs := make(chan error, n)
		plain := slices.DeleteFunc(slices.Clone(verbs), func(v verb) bool { return v.snap })
		for i := range n {
			v, s := plain[i%len(plain)], on[i%len(on)]
			go func() {
				_, err := v.do(r, r.alice, s)
				if err != nil && cloud.KindOf(err) != "" {
					err = nil // a refusal
				} else if err != nil {
					err = fmt.Errorf("%s: %w", v.name, err)
				}
				errs <- err
			}()
		}
		for range n {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		r.distinct(t)
		r.totals(t)
	})
}

// The pool against a model: addresses are taken and released in any order, and
// the next is always the smallest free one, never one twice, never "used up"
// while one is free.
func TestPoolAgainstAModel(t *testing.T) {
	r := newRigWith(t, store.SQLite, "198.51.100.0/27")
	pool := netip.MustParsePrefix("198.51.100.0/27")
	gateway := ipam.First(pool)
	held := map[netip.Addr]control.Pick{}
	var order []netip.Addr
	rapid.Check(t, func(rt *rapid.T) {
		for a, p := range held { // the last run left some
			if _, err := r.c.DeleteIP(r.Context(), r.alice, p, keep(new(*control.IPView))); err != nil {
				rt.Fatal(err)
			}
			delete(held, a)
		}
		order = order[:0]
		for range rapid.IntRange(1, 70).Draw(rt, "steps") {
			if len(order) > 0 && rapid.IntRange(0, 9).Draw(rt, "release") < 4 {
				i := rapid.IntRange(0, len(order)-1).Draw(rt, "which")
				if _, err := r.c.DeleteIP(r.Context(), r.alice, held[order[i]], keep(new(*control.IPView))); err != nil {
					rt.Fatal(err)
				}
				delete(held, order[i])
				order = slices.Delete(order, i, i+1)
				continue
			}
			want := netip.Addr{}
			for a := gateway.Next(); a.Compare(ipam.Last(pool)) <= 0; a = a.Next() {
				if _, taken := held[a]; !taken {
					want = a
					break
				}
			}
			var v *control.IPView
			_, err := r.c.CreateIP(r.Context(), r.alice, control.IPIn{}, keep(&v))
			var e *cloud.Error
			switch {
			case !want.IsValid() && (!errors.As(err, &e) || e.Kind != cloud.Exhausted):
				rt.Fatalf("a full pool answers %v", err)
			case !want.IsValid():
				continue
			case err != nil:
				rt.Fatalf("%d of 29 are taken, and there is %v", len(held), err)
			case v.Addr != want:
				rt.Fatalf("took %s, the smallest free one is %s", v.Addr, want)
			}
			held[v.Addr] = pick(v.Meta)
			order = append(order, v.Addr)
		}
	})
}

// More addresses than one look at the table holds.
func TestLongRunsOfReservedAddresses(t *testing.T) {
	r := newRigWith(t, store.SQLite, "198.51.96.0/22")
	r.write(func(tx *store.Tx) error {
		pools, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("pool", true)))
		if err != nil {
			return err
		}
		a := pools[0].Gateway.Next()
		for range 900 {
			if err := store.Insert(tx,
				&cloud.IP{Kind: cloud.PublicIP, Addr: a, SubnetID: pools[0].ID, MemberID: 2, SiteID: 2, RegionID: 1}); err != nil {
				return err
			}
			a = a.Next()
		}
		return nil
	})
	var v *control.IPView
	_, err := r.c.CreateIP(r.Context(), r.alice, control.IPIn{}, keep(&v))
	r.must(err)
	if want := netip.MustParseAddr("198.51.99.134"); v.Addr != want {
		t.Errorf("took %s, want %s", v.Addr, want)
	}
}

// A pool that is used up says which it is and what to do; another pool helps.
func TestExhaustedPool(t *testing.T) {
	onBoth(t, func(t *testing.T, _ *rig) {
		r := newRigWith(t, engineOf(t), "198.51.100.0/30") // gateway and one address
		var v *control.IPView
		_, err := r.c.CreateIP(r.Context(), r.alice, control.IPIn{}, keep(&v))
		r.must(err)
		_, err = r.c.CreateIP(r.Context(), r.alice, control.IPIn{}, keep(&v))
		e := refused(t, err, cloud.Exhausted, "pool.exhausted")
		if !contains(e.Message, "198.51.100.0/30") || !contains(e.Fix, "virga admin pool add --region 1") {
			t.Errorf("%+v", e)
		}
		// A server that gets no address leaves nothing behind.
		before := r.shot()
		_, err = r.create(r.alice, nil)
		refused(t, err, cloud.Exhausted, "pool.exhausted")
		if after := r.shot(); after != before {
			t.Errorf("left behind:\n%s", differ(before, after))
		}
		r.must(r.c.AddPool(r.Context(), 1, "203.0.113.0/29"))
		_, err = r.create(r.alice, nil)
		r.must(err)
		refused(t, r.c.AddPool(r.Context(), 1, "203.0.113.4/30"), cloud.Conflict, "pool.overlap")
		refused(t, r.c.AddPool(r.Context(), 1, "nonsense"), cloud.Invalid, "pool.text")
	})
}
