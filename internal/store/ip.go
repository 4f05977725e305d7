package store

import (
	"fmt"
	"net/netip"

	"github.com/virga-cloud/virga/internal/cloud"
)

// ReserveIP stores a new address of a subnet and counts it there. With low, everything
// below low is reserved: the next search begins there. The subnet's columns are
// changed in place, because the caller may have read it more than once. What a child
// of the subnet has is the child's: *Overlap.
func ReserveIP(tx *Tx, sub *cloud.Subnet, ip *cloud.IP, low netip.Addr) error {
	set, args := "", []any{sub.ID}
	if low.IsValid() {
		set, args = ", low = $2", append(args, low)
	}
	if err := notOfChild(tx, sub, ip.Addr); err != nil {
		return err
	}
	gone := notFound(tableOf[cloud.Subnet](), sub.ID)
	if err := tx.Later(gone, `UPDATE subnet SET in_use = in_use + 1`+set+` WHERE id = $1 AND closed IS NULL`, args...); err != nil {
		return err
	}
	ip.SubnetID, ip.Text = sub.ID, ip.Addr.String()
	if err := Insert(tx, ip); err != nil {
		return fmt.Errorf("reserve address %s: %w", ip.Addr, err)
	}
	return nil
}

func notOfChild(tx *Tx, sub *cloud.Subnet, addr netip.Addr) error {
	if sub.Children == 0 {
		return nil
	}
	child, err := ChildWith(tx, sub, addr)
	if err == nil && child != nil {
		err = &Overlap{ID: child.ID, Text: child.Text, Prefix: child.Prefix}
	}
	return err
}

// MoveIP stores a row that got another address of its subnet. Errors as those of
// ReserveIP.
func MoveIP(tx *Tx, sub *cloud.Subnet, from netip.Addr, ip *cloud.IP) error {
	if err := lower(tx, sub.ID, from); err != nil {
		return err
	}
	if err := notOfChild(tx, sub, ip.Addr); err != nil {
		return err
	}
	ip.Text = ip.Addr.String()
	return Update(tx, ip)
}

// ReleaseIP closes an address and lowers its subnet's low-water mark, so that
// the next search finds it. Control and reconcile both free addresses; mark and
// count must move in the same transaction, hence one place for both.
func ReleaseIP(tx *Tx, ip *cloud.IP) error {
	was := ip.Closed
	now := tx.Now()
	ip.Closed = &now
	ip.ServerID, ip.NICID, ip.PrivateID, ip.Leaving = 0, 0, 0, ""
	if err := Update(tx, ip); err != nil {
		return err
	}
	if was != nil {
		return nil
	}
	// An address is as many bytes long as the mark of its subnet, and no mark
	// is empty: it stays so.
	return tx.Later(notFound(tableOf[cloud.Subnet](), ip.SubnetID), `UPDATE subnet SET in_use = in_use - 1,
		low = CASE WHEN length(low) > 0 AND low > $2 THEN $2 ELSE low END WHERE id = $1`, ip.SubnetID, ip.Addr)
}

// Reserved lists the live addresses of a subnet from low on, in their order, at
// most so many. It reads nothing but the index.
func Reserved(tx *Tx, subnet int64, low netip.Addr, most int) ([]netip.Addr, error) {
	rows, err := tx.Query(`SELECT addr FROM ip WHERE closed IS NULL AND subnet_id = $1 AND addr >= $2
		ORDER BY addr LIMIT $3`, subnet, low, int64(most))
	if err != nil {
		return nil, fmt.Errorf("addresses of subnet %d: %w", subnet, err)
	}
	defer rows.Close()
	var list []netip.Addr
	for rows.Next() {
		var a netip.Addr
		if err := rows.Scan(Into(&a)); err != nil {
			return nil, fmt.Errorf("addresses of subnet %d: %w", subnet, err)
		}
		list = append(list, a)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("addresses of subnet %d: %w", subnet, tx.fail(err))
	}
	return list, nil
}

// IsRecorded tells whether an address stands in the address plan, for anything but the
// inside of a project: there everybody may have it.
func IsRecorded(tx *Tx, addr netip.Addr) (bool, error) {
	var n int64
	// The kind is no argument: the index is only for these rows.
	err := tx.QueryRow(`SELECT count(*) FROM ip WHERE closed IS NULL AND kind <> 'private' AND addr = $1`, addr).Scan(&n)
	return n > 0, err
}
