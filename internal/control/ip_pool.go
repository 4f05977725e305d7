package control

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/virga-cloud/virga/internal/auth"
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/work"
)

// window is how many reserved addresses are looked at in one go when searching
// a free one; from the low-water mark on a gap is nearly always the first.
const window = 256

// reserveNext reserves the next free address of a subnet. The caller fills in what
// it is for; the row's unique index is the last guard.
func (t *Txn) reserveNext(sub *cloud.Subnet, ip *cloud.IP) error {
	low := sub.Low
	if !low.IsValid() {
		low = ipam.First(sub.Prefix)
	}
	for {
		reserved, err := store.Reserved(t.Tx, sub.ID, low, window)
		if err != nil {
			return err
		}
		free, ok := ipam.Next(sub.Prefix, low, sub.Gateway, reserved)
		full := len(reserved) == window
		if ok && (!full || !reserved[len(reserved)-1].Less(free)) {
			child, err := t.childWith(sub, free)
			if err != nil {
				return err
			}
			if child == nil {
				return t.reserveAt(sub, ip, free, true)
			}
			if low = ipam.End(child.Prefix).Next(); !low.IsValid() {
				return t.exhausted(sub)
			}
			continue
		}
		if !full {
			return t.exhausted(sub)
		}
		low = reserved[len(reserved)-1].Next()
	}
}

// childWith is the subnet inside of another one that has an address; nil for none.
func (t *Txn) childWith(sub *cloud.Subnet, addr netip.Addr) (*cloud.Subnet, error) {
	if sub.Children == 0 {
		return nil, nil
	}
	return store.ChildWith(t.Tx, sub, addr)
}

// reserveAt records an address. next says that everything below it is reserved.
func (t *Txn) reserveAt(sub *cloud.Subnet, ip *cloud.IP, addr netip.Addr, next bool) error {
	if err := t.untold(sub.RegionID); err != nil {
		return err
	}
	ip.Addr = addr
	if !next {
		return store.ReserveIP(t.Tx, sub, ip, netip.Addr{})
	}
	sub.Low = addr.Next()
	return store.ReserveIP(t.Tx, sub, ip, sub.Low)
}

func (t *Txn) exhausted(sub *cloud.Subnet) error {
	e := cloud.Errorf(cloud.Exhausted, "pool.exhausted", "the address pool %s (%s) has no free address left", sub.Name, sub.Prefix)
	if sub.Pool {
		return e.WithFix("The operator adds a pool with `virga admin pool add --region %d CIDR`.", sub.RegionID)
	}
	return e
}

// publicAddress reserves a public address in a region: from its first pool with
// room.
func (t *Txn) publicAddress(region int64, ip *cloud.IP) error {
	pools, err := store.Find[cloud.Subnet](t.Tx, cloud.Where(cloud.Eq("region_id", region), cloud.Eq("pool", true)).By("id"))
	if err != nil {
		return err
	}
	var last error = cloud.Errorf(cloud.Exhausted, "pool.none", "the region has no pool of public addresses").
		WithFix("The operator adds one with `virga admin pool add --region %d CIDR`.", region)
	for _, p := range pools {
		if p.Prefix.Addr().Is6() {
			continue
		}
		if last = t.reserveNext(p, ip); last == nil || !cloud.IsKind(last, cloud.Exhausted) {
			return last
		}
	}
	return last
}

// addPool gives a region a range of public addresses.
func (t *Txn) addPool(asn int64, region *cloud.Site, text string) error {
	p, err := poolRange(text)
	if err != nil {
		return err
	}
	a := &cloud.Allocation{ASNID: asn, SiteID: region.ID, Name: "Public " + region.Name, Text: p.String(), Prefix: p}
	err = store.PlaceAllocation(t.Tx, a)
	if o := (*store.Overlap)(nil); errors.As(err, &o) {
		return cloud.Errorf(cloud.Conflict, "pool.overlap", "%s overlaps the allocation %s", p, o.Text).On("pool")
	}
	if err != nil {
		return err
	}
	gw := ipam.First(p)
	return store.PlaceSubnet(t.Tx, &cloud.Subnet{
		AllocationID: a.ID, MemberID: region.MemberID, SiteID: region.ID, RegionID: region.ID, Name: "Public " + region.Name,
		Text: fmt.Sprintf("%s/%d", gw, p.Bits()), Prefix: p, Gateway: gw, Pool: true, Low: gw.Next(),
	})
}

// AddPool is the operator's verb behind `virga admin pool add`.
func (c *Control) AddPool(ctx context.Context, region int64, text string) error {
	return c.DB.Write(ctx, func(tx *store.Tx) error {
		t := &Txn{Tx: tx, C: c, Call: &Call{Actor: &auth.Actor{System: true}}}
		r, err := t.region(Pick{ID: region})
		if err != nil {
			return err
		}
		asn, err := t.operatorASN(r)
		if err != nil {
			return err
		}
		if _, err := t.freePool(text, r.Inside); err != nil {
			return err
		}
		if err := t.addPool(asn.ID, r, text); err != nil {
			return err
		}
		// Every router of the region carries the gateways of its pools.
		routers, err := store.Find[cloud.Router](tx, cloud.Where(cloud.Eq("region_id", r.ID)))
		if err != nil {
			return err
		}
		for _, rt := range routers {
			if err := work.Enqueue(tx, "router", rt.ID, 0); err != nil {
				return err
			}
		}
		return nil
	})
}
