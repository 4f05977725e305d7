package reconcile

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/hub"
	"github.com/virga-cloud/virga/internal/plan"
	"github.com/virga-cloud/virga/internal/store"
)

// heldPrefix begins the name of an address that is held for an orphan.
const heldPrefix = "orphan "

// HoldAddresses keeps the addresses of a host's orphans from being given to
// somebody else while the orphans still answer on them. It runs in the
// transaction that adopts the host.
func HoldAddresses(tx *store.Tx, host int64) error {
	orphans, err := hub.Orphans(tx, host)
	if err != nil {
		return err
	}
	for _, o := range orphans {
		if o.Kind != plan.KindPort || len(o.Body) == 0 {
			continue
		}
		var port plan.Port
		if err := json.Unmarshal(o.Body, &port); err != nil {
			continue // unreadable: the host reports why, a person decides
		}
		uid, _ := cloud.ParseUID(string(port.Network))
		if err := hold(tx, o, cloud.Eq("uid", uid), port.Address); err != nil {
			return err
		}
		for _, p := range port.Public {
			if err := hold(tx, o, cloud.Eq("pool", true), p.Address); err != nil {
				return err
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

// heldOver frees addresses whose orphan is gone or was taken over.
func heldOver(tx *store.Tx) error {
	rows, err := store.Find[cloud.IP](tx,
		cloud.Where(cloud.Eq("kind", string(cloud.NotedIP)), cloud.Cmp(cloud.OpStartsWith, "name", heldPrefix)).By("id"))
	if err != nil {
		return err
	}
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
