package store

import (
	"github.com/virga-cloud/virga/internal/cloud"
)

// ReleaseIP closes an address and lowers its subnet's low-water mark, so that
// the next search finds it. Control and reconcile both free addresses; the
// mark must move in the same transaction, hence one place for both.
func ReleaseIP(tx *Tx, ip *cloud.IP) error {
	now := tx.Now()
	ip.Closed = &now
	ip.ServerID, ip.NICID, ip.PrivateID, ip.Leaving = 0, 0, 0, ""
	if err := Update(tx, ip); err != nil {
		return err
	}
	sub, err := GetAny[cloud.Subnet](tx, ip.SubnetID)
	if err != nil {
		return err
	}
	if sub.Low.IsValid() && ip.Addr.Less(sub.Low) {
		sub.Low = ip.Addr
		return Update(tx, sub)
	}
	return nil
}
