package reconcile

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// heldPrefix begins the name of an address that is held for an orphan.
const heldPrefix = "orphan "

// Adopted takes care of what a host has that this store may have forgotten, in the
// transaction that adopts the host: had are its documents.
func Adopted(tx *store.Tx, host int64, had []plan.Adopted) error {
	if err := skipNumbers(tx, had); err != nil {
		return err
	}
	if err := adoptInstances(tx, had); err != nil {
		return err
	}
	return holdAddresses(tx, host, had)
}

// maxSegment is the greatest number of a segment: a VXLAN header has 24 bits for it.
const maxSegment = 1<<24 - 1

// skipNumbers lets no network get the number of a segment that a host has, and no
// card the address of one there. Both follow from ids of rows, and a restored
// database would give those again that it gave after the backup.
func skipNumbers(tx *store.Tx, had []plan.Adopted) error {
	segment, record := int64(0), int64(0)
	card := func(mac string) {
		if n, ok := ipam.MACRecord(mac); ok {
			record = max(record, n)
		}
	}
	for _, d := range had {
		body, err := d.Decode()
		if err != nil {
			continue // the host says why, a person decides
		}
		switch b := body.(type) {
		case *plan.Network:
			if b.VNI <= maxSegment {
				segment = max(segment, int64(b.VNI))
			}
		case *plan.Port:
			card(b.MAC)
		case *plan.VM:
			for _, n := range b.NICs {
				card(n.MAC)
			}
		}
	}
	if err := tx.SkipIDs("subnet", segment); err != nil {
		return err
	}
	return tx.SkipIDs("ip", record)
}

// adoptInstances goes on from the installations that guests know: one that met a
// smaller number at its next boot would take itself for new, with other keys and
// the password of before.
func adoptInstances(tx *store.Tx, had []plan.Adopted) error {
	for _, d := range had {
		var vm plan.VM
		if d.Kind != plan.KindVM || d.Acknowledged < d.Generation || json.Unmarshal(d.Body, &vm) != nil {
			continue
		}
		text, n, _ := strings.Cut(vm.Seed.Instance, "-")
		number, err := strconv.ParseInt(n, 10, 64)
		uid, ok := cloud.ParseUID(string(d.ID))
		if err != nil || !ok || text != uid.Hex() {
			continue
		}
		s, err := store.ByUID[cloud.Server](tx, uid)
		if store.None(err) {
			continue
		}
		if err != nil {
			return err
		}
		if number <= s.Instance {
			continue
		}
		s.Instance = number
		if err := store.Update(tx, s); err != nil {
			return err
		}
	}
	return nil
}

// holdAddresses keeps the addresses of a host's orphans from being given to
// somebody else while the orphans still answer on them.
func holdAddresses(tx *store.Tx, host int64, had []plan.Adopted) error {
	for _, d := range had {
		if d.Kind != plan.KindPort {
			continue
		}
		o, err := hub.OrphanOf(tx, host, d.Ref())
		if err != nil {
			return err
		}
		if o == nil || len(o.Body) == 0 {
			continue
		}
		var port plan.Port
		if err := json.Unmarshal(o.Body, &port); err != nil {
			continue // unreadable: the host reports why, a person decides
		}
		uid, _ := cloud.ParseUID(string(port.Network))
		for _, each := range port.Each() {
			if err := hold(tx, o, cloud.Eq("uid", uid), each.Address); err != nil {
				return err
			}
			for _, p := range each.Public {
				if err := hold(tx, o, cloud.Eq("pool", true), p.Address); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// hold notes an address in the subnet that contains it, unless a row of the
// store claims it already.
func hold(tx *store.Tx, o *hub.Orphan, subnets cloud.Cond, text string) error {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return nil //nolint:nilerr // not an address of ours
	}
	list, err := store.Find[cloud.Subnet](tx, cloud.Where(subnets).By("id"))
	if err != nil {
		return err
	}
	for _, sub := range list {
		if !sub.Prefix.Contains(addr) {
			continue
		}
		used, err := store.Count[cloud.IP](tx, cloud.Where(cloud.Eq("subnet_id", sub.ID), cloud.Eq("addr", addr)))
		if err != nil || used > 0 {
			return err
		}
		return store.ReserveIP(tx, &cloud.IP{
			Kind: cloud.NotedIP, Addr: addr, SubnetID: sub.ID, RegionID: sub.RegionID, ProjectID: sub.ProjectID,
			Name: heldPrefix + fmt.Sprint(o.ID),
		}, netip.Addr{})
	}
	return nil
}

// heldOver frees addresses whose orphan is gone or was taken over. Each sweep looks at
// as many as fit into a page, and the next one goes on behind them.
func (r *Reconciler) heldOver(tx *store.Tx) error {
	rows, err := store.Find[cloud.IP](tx, cloud.Where(cloud.Eq("kind", cloud.NotedIP), cloud.Cmp(cloud.OpStartsWith, "name", heldPrefix),
		cloud.Cmp(cloud.OpGt, "id", r.held.Load())).By("id").Page(sweepPage, 0))
	if err != nil {
		return err
	}
	next := int64(0)
	if len(rows) == sweepPage {
		next = rows[sweepPage-1].ID
	}
	tx.AfterCommit(func() { r.held.Store(next) }) // a run may be repeated
	for _, ip := range rows {
		var id int64
		if _, err := fmt.Sscan(strings.TrimPrefix(ip.Name, heldPrefix), &id); err != nil {
			continue // a name that a person wrote
		}
		if _, err := store.Get[hub.Orphan](tx, id); store.None(err) {
			if err := store.ReleaseIP(tx, ip); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
	}
	return nil
}
