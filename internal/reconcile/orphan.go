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

// Names of addresses that are held for what uses them on a host begin so: with the id of
// an orphan behind it, or with that of an order that takes the address away.
const (
	heldPrefix   = "orphan "
	leftByPrefix = "order "
)

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

// holdAddresses keeps the addresses that a host uses from being given to somebody else
// while it does: orphans until they are gone, and what the database knows, but without
// that address, until the host did what it is ordered.
func holdAddresses(tx *store.Tx, host int64, had []plan.Adopted) error {
	for _, d := range had {
		if d.Kind != plan.KindPort {
			continue
		}
		o, err := hub.OrphanOf(tx, host, d.Ref())
		if err != nil {
			return err
		}
		var name string
		body := d.Body
		if o != nil {
			name, body = heldPrefix+fmt.Sprint(o.ID), o.Body
		} else {
			order, err := hub.Get(tx, host, d.Kind, d.ID)
			if err != nil {
				return err
			}
			if order == nil || settledOrder(order) {
				continue
			}
			name = leftByPrefix + fmt.Sprint(order.ID)
		}
		var port plan.Port
		if len(body) == 0 || json.Unmarshal(body, &port) != nil {
			continue // unreadable: the host reports why, a person decides
		}
		uid, _ := cloud.ParseUID(string(port.Network))
		for _, each := range port.Each() {
			if err := hold(tx, name, cloud.Eq("uid", uid), each.Address); err != nil {
				return err
			}
			for _, p := range each.Public {
				if err := hold(tx, name, cloud.Eq("pool", true), p.Address); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// hold notes an address in the subnet that contains it, unless a row of the
// store claims it already.
func hold(tx *store.Tx, name string, subnets cloud.Cond, text string) error {
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
		for child := sub; child != nil && child.Children > 0; { // an address belongs to the innermost
			if child, err = store.ChildWith(tx, sub, addr); err != nil {
				return err
			}
			if child != nil {
				sub = child
			}
		}
		used, err := store.Count[cloud.IP](tx, cloud.Where(cloud.Eq("subnet_id", sub.ID), cloud.Eq("addr", addr)))
		if err != nil || used > 0 {
			return err
		}
		return store.ReserveIP(tx, sub, &cloud.IP{
			Kind: cloud.NotedIP, Addr: addr, RegionID: sub.RegionID, ProjectID: sub.ProjectID,
			Name: name,
		}, netip.Addr{})
	}
	return nil
}

// settledOrder tells that a host has nothing any more but what an order says.
func settledOrder(o *hub.Order) bool { return !o.Held && o.Acknowledged >= o.Generation }

// stillHeld tells whether what an address is held for still uses it.
func stillHeld(tx *store.Tx, name string) (bool, error) {
	var id int64
	if text, ok := strings.CutPrefix(name, leftByPrefix); ok {
		if _, err := fmt.Sscan(text, &id); err != nil {
			return true, nil //nolint:nilerr // a name that a person wrote
		}
		o, err := hub.OrderOf(tx, id)
		return o != nil && !settledOrder(o), err
	}
	if _, err := fmt.Sscan(strings.TrimPrefix(name, heldPrefix), &id); err != nil {
		return true, nil //nolint:nilerr // the same
	}
	_, err := store.Get[hub.Orphan](tx, id)
	if store.None(err) {
		return false, nil
	}
	return true, err
}

// heldOver frees addresses whose orphan is gone or was taken over, and those that a
// host does not use any more. Each sweep looks at
// as many as fit into a page, and the next one goes on behind them.
func (r *Reconciler) heldOver(tx *store.Tx) error {
	rows, err := store.Find[cloud.IP](tx, cloud.Where(cloud.Eq("kind", cloud.NotedIP),
		cloud.Or(cloud.Cmp(cloud.OpStartsWith, "name", heldPrefix), cloud.Cmp(cloud.OpStartsWith, "name", leftByPrefix)),
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
		held, err := stillHeld(tx, ip.Name)
		if err != nil {
			return err
		}
		if held {
			continue
		}
		if err := store.ReleaseIP(tx, ip); err != nil {
			return err
		}
	}
	return nil
}
