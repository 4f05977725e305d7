package store_test

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// Whatever is taken and released, in whichever order and from however many
// readings of the subnet: the count is that of the rows, nothing below the mark
// is free, and Taken lists what the rows say.
func TestReserveAndRelease(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		rapid.Check(t, func(rt *rapid.T) {
			var sub *cloud.Subnet
			write(t, db, func(tx *store.Tx) error {
				sub = &cloud.Subnet{Name: "net", Prefix: netip.MustParsePrefix("10.0.0.0/27")}
				return store.Insert(tx, sub)
			})
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				seed := rapid.IntRange(0, 1<<20).Draw(rt, "which")
				how := rapid.SampledFrom([]string{"next", "named", "release", "again"}).Draw(rt, "how")
				write(t, db, func(tx *store.Tx) error { return addressStep(tx, sub.ID, how, seed) })
			}
			read(t, db, func(tx *store.Tx) error { return addressCheck(rt, tx, sub.ID) })
		})
	})
}

// addressStep does one thing to a subnet, as control and reconcile do.
func addressStep(tx *store.Tx, id int64, how string, seed int) error {
	sub, err := store.Get[cloud.Subnet](tx, id)
	if err != nil {
		return err
	}
	live, err := store.Find[cloud.IP](tx, cloud.Where(cloud.Eq("subnet_id", id)))
	if err != nil {
		return err
	}
	taken, err := store.Reserved(tx, id, netip.MustParseAddr("10.0.0.0"), 100)
	if err != nil {
		return err
	}
	row := &cloud.IP{Kind: cloud.NotedIP}
	switch how {
	case "next":
		free, ok := ipam.Next(sub.Prefix, sub.Low, sub.Gateway, taken)
		if !ok {
			return nil
		}
		row.Addr = free
		return store.ReserveIP(tx, sub, row, free.Next())
	case "named":
		row.Addr = netip.AddrFrom4([4]byte{10, 0, 0, byte(1 + seed%30)})
		for _, a := range taken {
			if a == row.Addr {
				return nil
			}
		}
		if err := store.ReserveIP(tx, sub, row, netip.Addr{}); err != nil {
			return err
		}
		// Whoever read the subnet before does not undo the count.
		sub.Name = "renamed"
		return store.Update(tx, sub)
	}
	if len(live) == 0 {
		return nil
	}
	ip := live[seed%len(live)]
	if err := store.ReleaseIP(tx, ip); err != nil || how == "release" {
		return err
	}
	return store.ReleaseIP(tx, ip) // asked again: it counts once
}

func addressCheck(rt *rapid.T, tx *store.Tx, id int64) error {
	sub, err := store.Get[cloud.Subnet](tx, id)
	if err != nil {
		return err
	}
	rows, err := store.Find[cloud.IP](tx, cloud.Where(cloud.Eq("subnet_id", id)).By("addr"))
	if err != nil {
		return err
	}
	if sub.InUse != int64(len(rows)) {
		rt.Errorf("%d in use, %d rows", sub.InUse, len(rows))
	}
	taken, err := store.Reserved(tx, id, netip.MustParseAddr("10.0.0.0"), len(rows)+1)
	if err != nil {
		return err
	}
	if len(taken) != len(rows) {
		rt.Errorf("%d taken, %d rows", len(taken), len(rows))
	}
	free, _ := ipam.Next(sub.Prefix, netip.Addr{}, sub.Gateway, taken)
	if sub.Low.IsValid() && free.Less(sub.Low) {
		rt.Errorf("%s is free, the search begins at %s", free, sub.Low)
	}
	for i, r := range rows {
		if i < len(taken) && r.Addr != taken[i] {
			rt.Errorf("taken %v, row %s", taken, r.Addr)
		}
	}
	return nil
}
