package store

import (
	"net/netip"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
)

// SpaceKind says what of an allocation is asked for.
type SpaceKind int

// Kinds of space.
const (
	AllSpace SpaceKind = iota
	UsedSpace
	FreeSpace
)

// Space is a piece of an allocation: a subnet, or a free block.
type Space struct {
	Subnet *cloud.Subnet
	Free   netip.Prefix // where there is no subnet
}

// SpaceOf is a page of an allocation in the order of addresses, a subnet before those
// in it, and how many pieces there are in all. It steps over runs and not over rows.
func SpaceOf(tx *Tx, a *cloud.Allocation, kind SpaceKind, limit, offset int) ([]Space, int64, error) {
	list := []run{{subnets: a.Subnets}}
	if a.Runs {
		var err error
		if list, err = runs(tx, a.ID); err != nil {
			return nil, 0, err
		}
	}
	p := spacePage{kind: kind, skip: offset, limit: limit, counted: a.Runs}
	if err := p.fill(tx, a, list); err != nil {
		return nil, 0, err
	}
	var ids []int64
	for _, s := range p.found {
		if s.id != 0 {
			ids = append(ids, s.id)
		}
	}
	rows, err := these[cloud.Subnet](tx, tableOf[cloud.Subnet](), ids)
	if err != nil {
		return nil, 0, err
	}
	page := make([]Space, len(p.found))
	for i, s := range p.found {
		if s.id == 0 {
			page[i].Free = s.prefix
		} else {
			page[i].Subnet, rows = rows[0], rows[1:]
		}
	}
	return page, int64(p.total), nil
}

// spacePage is a page that is being found.
type spacePage struct {
	kind        SpaceKind
	skip, limit int
	counted     bool
	total       int
	found       []spot // without an id: free
}

// full tells that nothing more belongs to the page.
func (p *spacePage) full() bool { return p.total >= p.skip+p.limit }

// of is what of a run counts.
func (p *spacePage) of(r run) int {
	n := 0
	if p.kind != FreeSpace {
		n += int(r.subnets)
	}
	if p.kind != UsedSpace {
		n += int(r.free)
	}
	return n
}

// fill goes through the runs. Those that lie before or behind the page are only added
// up; a run that nothing was counted of is always gone through.
func (p *spacePage) fill(tx *Tx, a *cloud.Allocation, list []run) error {
	for i, r := range list {
		n := p.of(r)
		if p.counted && (n == 0 || p.full() || p.total+n <= p.skip) {
			p.total += n
			continue
		}
		var next []byte
		if i+1 < len(list) {
			next = list[i+1].first
		}
		rows, err := spots(tx, a.ID, r.first, next)
		if err != nil {
			return err
		}
		cover, err := coverBefore(tx, a, r.first)
		if err != nil {
			return err
		}
		for _, s := range rows {
			p.free(cover.Add(s.prefix))
			if p.kind != FreeSpace {
				p.take(s)
			}
		}
	}
	return p.rest(tx, a)
}

// rest is what is free behind the last subnet.
func (p *spacePage) rest(tx *Tx, a *cloud.Allocation) error {
	if p.kind == UsedSpace {
		return nil
	}
	t := tableOf[cloud.Subnet]()
	cover := ipam.CoverFrom(a.Prefix.Masked().Addr())
	text, args := t.sel+" WHERE "+t.live+`parent_id = 0 AND allocation_id = $1 ORDER BY prefix DESC LIMIT 1`, []any{a.ID}
	if a.Overlap { // the last to begin need not be the last to end
		text = t.sel + " WHERE " + t.live + `allocation_id = $1 ORDER BY prefix`
	}
	rows, err := Select[cloud.Subnet](tx, text, args...)
	if err != nil {
		return err
	}
	for _, s := range rows {
		cover.Add(s.Prefix)
	}
	p.free(cover.Rest(a.Prefix))
	return nil
}

func (p *spacePage) free(blocks []netip.Prefix) {
	if p.kind == UsedSpace {
		return
	}
	for _, b := range blocks {
		p.take(spot{prefix: b})
	}
}

// take counts a piece, and keeps it if it is of the page.
func (p *spacePage) take(s spot) {
	if p.total >= p.skip && !p.full() {
		p.found = append(p.found, s)
	}
	p.total++
}
