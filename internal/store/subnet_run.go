package store

import (
	"fmt"
	"net/netip"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
)

// Runs of neighbours: in an allocation with many subnets some that follow each other
// are counted together, with the free blocks before each of them, so that a page in
// the middle of a million is found without stepping over what is before it. What is
// free behind the last subnet is in no run. A subnet belongs to the last run that
// begins at or before it; the first run begins before everything.

const (
	manySubnets = 1000 // up to which an allocation is read as it is
	longRun     = 256  // a run of more is cut in two
)

// run is one of them.
type run struct {
	id      int64
	first   []byte // prefix of its first subnet, as it is stored; empty: before everything
	subnets int64
	free    int64
}

// spot is a subnet as far as its place goes.
type spot struct {
	id     int64
	prefix netip.Prefix
}

// spots are the live subnets of an allocation from a prefix on and before another; nil
// for no bound.
func spots(tx *Tx, allocation int64, from, before []byte) ([]spot, error) {
	text, args := `SELECT id, prefix FROM subnet WHERE closed IS NULL AND allocation_id = $1 AND prefix >= $2`, []any{allocation, from}
	if from == nil {
		args[1] = []byte{}
	}
	if before != nil {
		text, args = text+` AND prefix < $3`, append(args, before)
	}
	rows, err := tx.Query(text+` ORDER BY prefix, id`, args...)
	if err != nil {
		return nil, fmt.Errorf("subnets of allocation %d: %w", allocation, err)
	}
	defer rows.Close()
	var list []spot
	for rows.Next() {
		var s spot
		if err := rows.Scan(&s.id, Into(&s.prefix)); err != nil {
			return nil, fmt.Errorf("subnets of allocation %d: %w", allocation, err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		return nil, tx.fail(err)
	}
	return list, nil
}

// coverBefore is what is covered before a place in an allocation.
func coverBefore(tx *Tx, a *cloud.Allocation, first []byte) (ipam.Cover, error) {
	whole := ipam.CoverFrom(a.Prefix.Masked().Addr())
	if len(first) == 0 {
		return whole, nil
	}
	t := tableOf[cloud.Subnet]()
	rows, err := Select[cloud.Subnet](tx, t.sel+" WHERE "+t.live+`parent_id = 0 AND allocation_id = $1 AND prefix < $2
		ORDER BY prefix DESC LIMIT 1`, a.ID, first)
	if err != nil || len(rows) == 0 {
		return whole, err
	}
	return ipam.CoverAfter(rows[0].Prefix), nil
}

// runOf is the run that a prefix belongs to.
func runOf(tx *Tx, allocation int64, prefix []byte) (r run, err error) {
	err = tx.QueryRow(`SELECT id, first, subnets, free FROM subnet_run WHERE allocation_id = $1 AND first <= $2 ORDER BY first DESC LIMIT 1`,
		allocation, prefix).Scan(&r.id, &r.first, &r.subnets, &r.free)
	if err != nil {
		err = fmt.Errorf("run of allocation %d: %w", allocation, err)
	}
	return r, err
}

// moveRun changes the counts of the run with a prefix.
func moveRun(tx *Tx, allocation int64, p netip.Prefix, subnets, free int64) (run, error) {
	r, err := runOf(tx, allocation, cloud.PrefixBytes(p))
	if err != nil || subnets == 0 && free == 0 {
		return r, err
	}
	r.subnets, r.free = r.subnets+subnets, r.free+free
	_, err = tx.Exec(`UPDATE subnet_run SET subnets = $2, free = $3 WHERE id = $1`, r.id, r.subnets, r.free)
	return r, err
}

// gaps are the numbers of free blocks around a place: before and behind a subnet that
// is there, and between its neighbours without it.
func gaps(tx *Tx, a *cloud.Allocation, s *cloud.Subnet) (before, behind, without int64, after *cloud.Subnet, err error) {
	prev, after, err := siblings(tx, s)
	if err != nil {
		return 0, 0, 0, nil, err
	}
	open := func() ipam.Cover {
		if prev == nil {
			return ipam.CoverFrom(a.Prefix.Masked().Addr())
		}
		return ipam.CoverAfter(prev.Prefix)
	}
	with := open()
	before = int64(len(with.Add(s.Prefix)))
	if after != nil {
		bare := open()
		behind, without = int64(len(with.Add(after.Prefix))), int64(len(bare.Add(after.Prefix)))
	}
	return before, behind, without, after, nil
}

// joinRun counts a subnet that was stored just now.
func joinRun(tx *Tx, a *cloud.Allocation, s *cloud.Subnet) error {
	switch {
	case a.Overlap:
		return nil
	case !a.Runs && a.Subnets <= manySubnets:
		return nil
	case !a.Runs:
		return MakeRuns(tx, a)
	}
	var free int64
	if s.ParentID == 0 {
		before, behind, without, after, err := gaps(tx, a, s)
		if err != nil {
			return err
		}
		free = before
		if after != nil {
			if _, err := moveRun(tx, a.ID, after.Prefix, 0, behind-without); err != nil {
				return err
			}
		}
	}
	r, err := moveRun(tx, a.ID, s.Prefix, 1, free)
	if err != nil || r.subnets <= longRun {
		return err
	}
	return cutRun(tx, a, r)
}

// leaveRun takes a subnet out of the counts: after its row was closed, and before it
// is changed.
func leaveRun(tx *Tx, a *cloud.Allocation, s *cloud.Subnet) error {
	if !a.Runs {
		return nil
	}
	var free int64
	if s.ParentID == 0 {
		before, behind, without, after, err := gaps(tx, a, s)
		if err != nil {
			return err
		}
		free = before
		if after != nil {
			if _, err := moveRun(tx, a.ID, after.Prefix, 0, without-behind); err != nil {
				return err
			}
		}
	}
	r, err := moveRun(tx, a.ID, s.Prefix, -1, -free)
	if err != nil || r.subnets > 0 || len(r.first) == 0 {
		return err
	}
	_, err = tx.Exec(`DELETE FROM subnet_run WHERE id = $1`, r.id)
	return err
}

// cutRun makes two of one that became too long.
func cutRun(tx *Tx, a *cloud.Allocation, r run) error {
	var next []byte
	err := tx.QueryRow(`SELECT first FROM subnet_run WHERE allocation_id = $1 AND first > $2 ORDER BY first LIMIT 1`,
		a.ID, r.first).Scan(&next)
	if err != nil && !None(err) {
		return err
	}
	list, err := spots(tx, a.ID, r.first, next)
	if err != nil {
		return err
	}
	upper := list[len(list)/2:]
	cut := run{first: cloud.PrefixBytes(upper[0].prefix)}
	cover, err := coverBefore(tx, a, cut.first)
	if err != nil {
		return err
	}
	for _, s := range upper {
		cut.subnets, cut.free = cut.subnets+1, cut.free+int64(len(cover.Add(s.prefix)))
	}
	_, err = tx.Exec(`UPDATE subnet_run SET subnets = subnets - $2, free = free - $3 WHERE id = $1`, r.id, cut.subnets, cut.free)
	if err != nil {
		return err
	}
	return insertRun(tx, a.ID, cut)
}

func insertRun(tx *Tx, allocation int64, r run) error {
	if r.first == nil {
		r.first = []byte{}
	}
	_, err := tx.Exec(`INSERT INTO subnet_run (allocation_id, first, subnets, free) VALUES ($1, $2, $3, $4)`,
		allocation, r.first, r.subnets, r.free)
	return err
}

// MakeRuns counts the subnets of an allocation in runs from now on, or once more.
func MakeRuns(tx *Tx, a *cloud.Allocation) error {
	if err := dropRuns(tx, a.ID); err != nil {
		return err
	}
	list, err := spots(tx, a.ID, nil, nil)
	if err != nil {
		return err
	}
	cover := ipam.CoverFrom(a.Prefix.Masked().Addr())
	for r := (run{}); ; r = (run{first: cloud.PrefixBytes(list[0].prefix)}) {
		n := min(longRun/2, len(list))
		for _, s := range list[:n] {
			r.subnets, r.free = r.subnets+1, r.free+int64(len(cover.Add(s.prefix)))
		}
		if err := insertRun(tx, a.ID, r); err != nil {
			return err
		}
		if list = list[n:]; len(list) == 0 {
			break
		}
	}
	_, err = tx.Exec(`UPDATE allocation SET runs = 1 WHERE id = $1`, a.ID)
	return err
}

// runsFrom counts anew what is free before the first subnet, for an allocation that
// gets another range.
func runsFrom(tx *Tx, a *cloud.Allocation, to netip.Prefix) error {
	if !a.Runs {
		return nil
	}
	t := tableOf[cloud.Subnet]()
	rows, err := Select[cloud.Subnet](tx, t.sel+" WHERE "+t.live+`parent_id = 0 AND allocation_id = $1 ORDER BY prefix LIMIT 1`, a.ID)
	if err != nil || len(rows) == 0 {
		return err
	}
	was, is := ipam.CoverFrom(a.Prefix.Masked().Addr()), ipam.CoverFrom(to.Masked().Addr())
	_, err = moveRun(tx, a.ID, rows[0].Prefix, 0, int64(len(is.Add(rows[0].Prefix))-len(was.Add(rows[0].Prefix))))
	return err
}

func dropRuns(tx *Tx, allocation int64) error {
	_, err := tx.Exec(`DELETE FROM subnet_run WHERE allocation_id = $1`, allocation)
	return err
}

// runs are those of an allocation, in their order.
func runs(tx *Tx, allocation int64) ([]run, error) {
	rows, err := tx.Query(`SELECT id, first, subnets, free FROM subnet_run WHERE allocation_id = $1 ORDER BY first`, allocation)
	if err != nil {
		return nil, fmt.Errorf("runs of allocation %d: %w", allocation, err)
	}
	defer rows.Close()
	var list []run
	for rows.Next() {
		var r run
		if err := rows.Scan(&r.id, &r.first, &r.subnets, &r.free); err != nil {
			return nil, fmt.Errorf("runs of allocation %d: %w", allocation, err)
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, tx.fail(err)
	}
	return list, nil
}
