package store

import (
	"fmt"
	"net/netip"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
)

// The address plan: ASN, allocations, subnets. Its rows come and go here only. The
// first statement of each function changes the count in the row above, where that is
// alive; who writes below the same row waits for it, or runs again. What is looked at
// afterwards therefore holds until the commit (docs/adr/0020-one-address-plan.md).

// Overlap is the error of a range in whose way another one is.
type Overlap struct {
	ID     int64
	Text   string // the other range, as it was sent
	Prefix netip.Prefix
}

// Error makes it an error.
func (e *Overlap) Error() string { return "the range overlaps " + e.Text }

// Held is the error of a range that may not be because of an address.
type Held struct{ Addr netip.Addr }

// Error makes it an error.
func (e *Held) Error() string { return "the address " + e.Addr.String() + " is in use" }

// Used is the error of a row that cannot go, since something is below it.
type Used struct{ Below int64 }

// Error makes it an error.
func (e *Used) Error() string { return fmt.Sprintf("%d are below it", e.Below) }

// addUp changes the count in the row above. Where nothing changed it is gone, which is
// no matter to who leaves it.
func addUp[T any](tx *Tx, text string, id, by int64) error {
	var gone error
	if by >= 0 {
		gone = notFound(tableOf[T](), id)
	}
	return tx.Later(gone, text, id, by)
}

const (
	countAllocations = `UPDATE asn SET allocations = allocations + $2 WHERE id = $1 AND closed IS NULL`
	countSubnets     = `UPDATE allocation SET subnets = subnets + $2 WHERE id = $1 AND closed IS NULL`
	countChildren    = `UPDATE subnet SET children = children + $2 WHERE id = $1 AND closed IS NULL`
)

// beside are the live rows whose ranges begin last at or before a range, and first
// behind its beginning, among those that where says. Where these overlap each other
// nowhere, no other can overlap the range.
func beside[T any](tx *Tx, where string, args []any, p netip.Prefix) (before, after *T, err error) {
	t := tableOf[T]()
	at := len(args) + 1
	text := fmt.Sprintf("%s WHERE %s%s AND prefix %%s $%d ORDER BY prefix %%s LIMIT 1", t.sel, t.live, where, at)
	args = append(args, cloud.PrefixBytes(netip.PrefixFrom(p.Addr(), p.Addr().BitLen())))
	for _, side := range []struct {
		to         **T
		op, toward string
	}{{&before, "<=", "DESC"}, {&after, ">", "ASC"}} {
		rows, err := Select[T](tx, fmt.Sprintf(text, side.op, side.toward), append([]any{}, args...)...)
		if err != nil {
			return nil, nil, err
		}
		if len(rows) > 0 {
			*side.to = rows[0]
		}
	}
	return before, after, nil
}

// AllocationInTheWay is a live allocation of the same ASN that an allocation overlaps;
// nil for none.
func AllocationInTheWay(tx *Tx, a *cloud.Allocation) (*cloud.Allocation, error) {
	if a.Overlap {
		return nil, nil
	}
	before, after, err := beside[cloud.Allocation](tx, `asn_id = $1 AND id <> $2 AND "overlap" = 0`, []any{a.ASNID, a.ID}, a.Prefix)
	for _, o := range []*cloud.Allocation{before, after} {
		if err == nil && o != nil && o.Prefix.Overlaps(a.Prefix) {
			return o, nil
		}
	}
	return nil, err
}

func roomForAllocation(tx *Tx, a *cloud.Allocation) error {
	o, err := AllocationInTheWay(tx, a)
	if err == nil && o != nil {
		err = &Overlap{ID: o.ID, Text: o.Text, Prefix: o.Prefix}
	}
	return err
}

// PlaceAllocation stores a new allocation. Errors: cloud.NotFound when its ASN is gone,
// *Overlap.
func PlaceAllocation(tx *Tx, a *cloud.Allocation) error {
	if err := addUp[cloud.ASN](tx, countAllocations, a.ASNID, 1); err != nil {
		return err
	}
	if err := roomForAllocation(tx, a); err != nil {
		return err
	}
	if err := underASN(tx, a); err != nil {
		return err
	}
	return Insert(tx, a)
}

// underASN copies what an allocation shows of its ASN.
func underASN(tx *Tx, a *cloud.Allocation) error {
	n, err := Get[cloud.ASN](tx, a.ASNID)
	if err == nil {
		a.ASNNumber, a.MemberID = n.Number, n.MemberID
	}
	return err
}

// ChangeASN stores a changed ASN, with what its allocations show of it.
func ChangeASN(tx *Tx, a *cloud.ASN) error {
	_, err := tx.Exec(`UPDATE allocation SET asn_number = $2, member_id = $3
		WHERE closed IS NULL AND asn_id = $1 AND (asn_number <> $2 OR member_id <> $3)`, a.ID, a.Number, a.MemberID)
	if err != nil {
		return err
	}
	return Update(tx, a)
}

// MoveAllocation stores a changed allocation, perhaps with another range or another
// ASN. Its subnets must stay inside: *Overlap says which does not.
func MoveAllocation(tx *Tx, a *cloud.Allocation) error {
	was, err := Get[cloud.Allocation](tx, a.ID)
	if err != nil {
		return err
	}
	if was.ASNID == a.ASNID && was.Prefix == a.Prefix {
		return Update(tx, a)
	}
	if err := addUp[cloud.ASN](tx, countAllocations, was.ASNID, -1); err != nil {
		return err
	}
	if err := addUp[cloud.ASN](tx, countAllocations, a.ASNID, 1); err != nil {
		return err
	}
	if err := addUp[cloud.Allocation](tx, countSubnets, a.ID, 0); err != nil { // whoever places a subnet waits
		return err
	}
	if err := roomForAllocation(tx, a); err != nil {
		return err
	}
	if out, err := SubnetOutside(tx, a.ID, 0, a.Prefix); err != nil || out != nil {
		if err == nil {
			err = &Overlap{ID: out.ID, Text: out.Text, Prefix: out.Prefix}
		}
		return err
	}
	if err := runsFrom(tx, was, a.Prefix); err != nil {
		return err
	}
	if err := underASN(tx, a); err != nil {
		return err
	}
	return Update(tx, a)
}

// SubnetOutside is a live subnet right below a row that a range does not hold; nil for
// none. parent 0: right below the allocation.
func SubnetOutside(tx *Tx, allocation, parent int64, p netip.Prefix) (*cloud.Subnet, error) {
	first := `parent_id = $1 AND allocation_id = $2`
	for _, toward := range []string{"ASC", "DESC"} {
		t := tableOf[cloud.Subnet]()
		rows, err := Select[cloud.Subnet](tx, t.sel+" WHERE "+t.live+first+" ORDER BY prefix "+toward+" LIMIT 1", parent, allocation)
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 && !ipam.Within(p, rows[0].Prefix) {
			return rows[0], nil
		}
	}
	return nil, nil
}

// CloseAllocation ends an allocation; *Used while it has subnets.
func CloseAllocation(tx *Tx, a *cloud.Allocation) error {
	now := tx.Now()
	n, err := tx.Exec(`UPDATE allocation SET closed = $2 WHERE id = $1 AND closed IS NULL AND subnets = 0`, a.ID, now)
	if err == nil && n == 0 {
		err = &Used{Below: a.Subnets}
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE asn SET allocations = allocations - 1 WHERE id = $1`, a.ASNID); err != nil {
		return err
	}
	a.Closed = &now
	if err := Update(tx, a); err != nil {
		return err
	}
	return dropRuns(tx, a.ID)
}

// CloseASN ends an ASN; *Used while it has allocations.
func CloseASN(tx *Tx, a *cloud.ASN) error {
	now := tx.Now()
	n, err := tx.Exec(`UPDATE asn SET closed = $2 WHERE id = $1 AND closed IS NULL AND allocations = 0`, a.ID, now)
	if err == nil && n == 0 {
		err = &Used{Below: a.Allocations}
	}
	if err != nil {
		return err
	}
	a.Closed = &now
	return Update(tx, a)
}

// above locks what a subnet lies in, and gives its allocation.
func above(tx *Tx, s *cloud.Subnet, by int64) (*cloud.Allocation, error) {
	if err := addUp[cloud.Allocation](tx, countSubnets, s.AllocationID, by); err != nil {
		return nil, err
	}
	if s.ParentID != 0 {
		if err := addUp[cloud.Subnet](tx, countChildren, s.ParentID, by); err != nil {
			return nil, err
		}
	}
	a, err := GetAny[cloud.Allocation](tx, s.AllocationID)
	if None(err) { // of an installation without address management
		return &cloud.Allocation{Overlap: true}, nil
	}
	return a, err
}

// SubnetInTheWay is a live subnet below the same row that a subnet overlaps; nil for
// none, and where networks may overlap.
func SubnetInTheWay(tx *Tx, a *cloud.Allocation, s *cloud.Subnet) (*cloud.Subnet, error) {
	if a.Overlap {
		return nil, nil
	}
	before, after, err := siblings(tx, s)
	for _, o := range []*cloud.Subnet{before, after} {
		if err == nil && o != nil && o.Prefix.Overlaps(s.Prefix) {
			return o, nil
		}
	}
	return nil, err
}

func siblings(tx *Tx, s *cloud.Subnet) (before, after *cloud.Subnet, err error) {
	return beside[cloud.Subnet](tx, `parent_id = $1 AND allocation_id = $2 AND id <> $3`, []any{s.ParentID, s.AllocationID, s.ID}, s.Prefix)
}

// AddressIn is a live address of a subnet inside of a range, or outside of it; not
// valid for none.
func AddressIn(tx *Tx, subnet int64, p netip.Prefix, outside bool) (netip.Addr, error) {
	text := `SELECT addr FROM ip WHERE closed IS NULL AND subnet_id = $1 AND addr >= $2 AND addr <= $3 ORDER BY addr LIMIT 1`
	if outside {
		text = `SELECT addr FROM ip WHERE closed IS NULL AND subnet_id = $1 AND NOT (addr >= $2 AND addr <= $3) LIMIT 1`
	}
	var a netip.Addr
	err := tx.QueryRow(text, subnet, p.Masked().Addr(), ipam.End(p)).Scan(&a)
	if None(err) {
		err = nil
	}
	return a, err
}

// roomForSubnet says what is in the way of a subnet, if anything.
func roomForSubnet(tx *Tx, a *cloud.Allocation, s *cloud.Subnet) error {
	o, err := SubnetInTheWay(tx, a, s)
	if err != nil {
		return err
	}
	if o != nil {
		return &Overlap{ID: o.ID, Text: o.Text, Prefix: o.Prefix}
	}
	if s.ParentID == 0 {
		return nil
	}
	held, err := HeldAbove(tx, s)
	if err == nil && held.IsValid() {
		err = &Held{Addr: held}
	}
	return err
}

// HeldAbove is an address that the parent of a subnet has in its range, as its gateway
// or for something else; not valid for none.
func HeldAbove(tx *Tx, s *cloud.Subnet) (netip.Addr, error) {
	up, err := Get[cloud.Subnet](tx, s.ParentID)
	if err != nil {
		return netip.Addr{}, err
	}
	if up.Gateway.IsValid() && s.Prefix.Contains(up.Gateway) {
		return up.Gateway, nil
	}
	return AddressIn(tx, s.ParentID, s.Prefix, false)
}

// PlaceSubnet stores a new subnet. Errors: cloud.NotFound when what it lies in is gone,
// *Overlap, *Held for an address of the parent in its range.
func PlaceSubnet(tx *Tx, s *cloud.Subnet) error {
	a, err := above(tx, s, 1)
	if err != nil {
		return err
	}
	if err := roomForSubnet(tx, a, s); err != nil {
		return err
	}
	if err := Insert(tx, s); err != nil {
		return err
	}
	return joinRun(tx, a, s)
}

// MoveSubnet stores a changed subnet, perhaps with another range or parent of the same
// or another allocation. Errors as those of PlaceSubnet; *Held also for an address of
// its own that would lie outside, and *Overlap for a child that would.
func MoveSubnet(tx *Tx, s *cloud.Subnet) error {
	was, err := Get[cloud.Subnet](tx, s.ID)
	if err != nil {
		return err
	}
	if was.Prefix == s.Prefix && was.ParentID == s.ParentID && was.AllocationID == s.AllocationID {
		return Update(tx, s)
	}
	from, err := above(tx, was, -1)
	if err != nil {
		return err
	}
	to, err := above(tx, s, 1)
	if err != nil {
		return err
	}
	if err := addUp[cloud.Subnet](tx, countChildren, s.ID, 0); err != nil { // who places something in it waits
		return err
	}
	if err := roomForSubnet(tx, to, s); err != nil {
		return err
	}
	if out, err := SubnetOutside(tx, was.AllocationID, s.ID, s.Prefix); err != nil || out != nil {
		if err == nil {
			err = &Overlap{ID: out.ID, Text: out.Text, Prefix: out.Prefix}
		}
		return err
	}
	held, err := AddressIn(tx, s.ID, s.Prefix, true)
	if err == nil && held.IsValid() {
		err = &Held{Addr: held}
	}
	if err != nil {
		return err
	}
	if err := leaveRun(tx, from, was); err != nil {
		return err
	}
	if err := Update(tx, s); err != nil {
		return err
	}
	if was.ParentID != 0 {
		if err := lower(tx, was.ParentID, was.Prefix.Addr()); err != nil {
			return err
		}
	}
	return joinRun(tx, to, s)
}

// CloseSubnet ends a subnet; *Used while anything is in it.
func CloseSubnet(tx *Tx, s *cloud.Subnet) error {
	now := tx.Now()
	n, err := tx.Exec(`UPDATE subnet SET closed = $2 WHERE id = $1 AND closed IS NULL AND children = 0 AND in_use = 0`, s.ID, now)
	if err == nil && n == 0 {
		err = &Used{Below: s.Children + s.InUse}
	}
	if err != nil {
		return err
	}
	a, err := above(tx, s, -1)
	if err != nil {
		return err
	}
	s.Closed = &now
	if err := Update(tx, s); err != nil {
		return err
	}
	if s.ParentID != 0 {
		if err := lower(tx, s.ParentID, s.Prefix.Addr()); err != nil {
			return err
		}
	}
	return leaveRun(tx, a, s)
}

// lower brings the mark of a subnet down to an address that may be free again.
func lower(tx *Tx, subnet int64, to netip.Addr) error {
	_, err := tx.Exec(`UPDATE subnet SET low = CASE WHEN length(low) > 0 AND low > $2 THEN $2 ELSE low END WHERE id = $1`, subnet, to)
	return err
}

// ChildWith is the live subnet right below one that has an address; nil for none.
func ChildWith(tx *Tx, s *cloud.Subnet, addr netip.Addr) (*cloud.Subnet, error) {
	before, _, err := beside[cloud.Subnet](tx, `parent_id = $1 AND allocation_id = $2`, []any{s.ID, s.AllocationID},
		netip.PrefixFrom(addr, addr.BitLen()))
	if err != nil || before == nil || !before.Prefix.Contains(addr) {
		return nil, err
	}
	return before, nil
}
