package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/ipam"
	"github.com/virga-cloud/virga/internal/store"
)

// plan makes an ASN with an allocation.
func plan(t testing.TB, db *store.DB, text string) *cloud.Allocation {
	t.Helper()
	a := &cloud.Allocation{Name: "lab", Text: text, Prefix: netip.MustParsePrefix(text)}
	write(t, db, func(tx *store.Tx) error {
		var n int64
		if err := tx.QueryRow(`SELECT count(*) FROM asn`).Scan(&n); err != nil {
			return err
		}
		asn := &cloud.ASN{MemberID: 7, Number: 64512 + n}
		if err := store.Insert(tx, asn); err != nil {
			return err
		}
		a.ASNID = asn.ID
		return store.PlaceAllocation(tx, a)
	})
	return a
}

// One after the other in whatever order and at whatever depth, of IPv4 and of IPv6,
// counted in runs or not: ranges below one row never overlap, counts are those of the
// rows, and each page of what is used and free is that of a plain evaluation.
func TestSubnetSpace(t *testing.T) {
	for _, c := range []struct {
		whole string
		runs  bool
		bits  [2]int
	}{
		{"10.0.0.0/22", false, [2]int{23, 32}},
		{"10.0.0.0/22", true, [2]int{23, 32}},
		{"2001:db8::/32", false, [2]int{33, 44}},
		{"0.0.0.0/0", true, [2]int{1, 9}},
	} {
		t.Run(fmt.Sprint(c.whole, c.runs), func(t *testing.T) {
			engines(t, func(t *testing.T, opt store.Options) {
				if opt.DSN != "" && !c.runs { // what is particular to runs is the statements
					t.Skip("on SQLite")
				}
				db := openDB(t, opt)
				steps := map[bool]int{true: 4, false: 25}[opt.DSN != ""]
				rapid.Check(t, func(rt *rapid.T) {
					a := plan(t, db, c.whole)
					if c.runs {
						write(t, db, func(tx *store.Tx) error { return store.MakeRuns(tx, a) })
					}
					for range rapid.IntRange(1, steps).Draw(rt, "steps") {
						spaceStep(t, rt, db, a.ID, c.bits)
					}
					read(t, db, func(tx *store.Tx) error { return spaceCheck(rt, tx, a.ID, rapid.IntRange(0, 60).Draw(rt, "offset")) })
				})
			})
		})
	}
}

// spaceStep makes, moves or removes a subnet; what the store refuses changes nothing.
func spaceStep(t *testing.T, rt *rapid.T, db *store.DB, allocation int64, bits [2]int) {
	t.Helper()
	how := rapid.SampledFrom([]string{"make", "make", "make", "move", "remove"}).Draw(rt, "how")
	n := rapid.Uint32().Draw(rt, "address")
	size := rapid.IntRange(bits[0], bits[1]).Draw(rt, "bits")
	which := rapid.IntRange(0, 1<<20).Draw(rt, "which")
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		a, err := store.Get[cloud.Allocation](tx, allocation)
		if err != nil {
			return err
		}
		live, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("allocation_id", allocation)).By("id"))
		if err != nil {
			return err
		}
		p := netip.PrefixFrom(spread(a.Prefix, n), size).Masked()
		switch {
		case how == "make":
			s := &cloud.Subnet{AllocationID: a.ID, Prefix: p, Text: p.String()}
			for _, up := range live { // the innermost one that has it
				if ipam.Within(up.Prefix, p) && up.Prefix != p && (s.ParentID == 0 || up.Prefix.Bits() > bitsOf(live, s.ParentID)) {
					s.ParentID = up.ID
				}
			}
			return store.PlaceSubnet(tx, s)
		case len(live) == 0:
			return nil
		case how == "move":
			s := live[which%len(live)]
			if s.ParentID != 0 && !ipam.Within(prefixOf(live, s.ParentID), p) {
				return nil // the verb looks after this
			}
			s.Prefix, s.Text = p, p.String()
			return store.MoveSubnet(tx, s)
		}
		return store.CloseSubnet(tx, live[which%len(live)])
	})
	var o *store.Overlap
	var used *store.Used
	if err != nil && !errors.As(err, &o) && !errors.As(err, &used) {
		t.Fatal(err)
	}
}

// spread is an address of a prefix.
func spread(p netip.Prefix, n uint32) netip.Addr {
	b := p.Addr().AsSlice()
	for i := range 32 {
		if at := p.Bits() + i; at < len(b)*8 && n&(1<<(31-i)) != 0 {
			b[at/8] |= 0x80 >> (at % 8)
		}
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func prefixOf(list []*cloud.Subnet, id int64) netip.Prefix {
	for _, s := range list {
		if s.ID == id {
			return s.Prefix
		}
	}
	return netip.Prefix{}
}

func bitsOf(list []*cloud.Subnet, id int64) int { return prefixOf(list, id).Bits() }

// rapidly is what the check needs of a test.
type rapidly interface {
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// spaceCheck compares the store with the rows.
func spaceCheck(rt rapidly, tx *store.Tx, allocation int64, offset int) error {
	a, err := store.Get[cloud.Allocation](tx, allocation)
	if err != nil {
		return err
	}
	rows, err := store.Find[cloud.Subnet](tx, cloud.Where(cloud.Eq("allocation_id", allocation)))
	if err != nil {
		return err
	}
	if a.Subnets != int64(len(rows)) {
		rt.Errorf("%d subnets are counted, there are %d", a.Subnets, len(rows))
	}
	for i, s := range rows {
		children := int64(0)
		for j, o := range rows {
			if o.ParentID == s.ID {
				children++
			}
			if i < j && o.ParentID == s.ParentID && o.Prefix.Overlaps(s.Prefix) {
				rt.Errorf("%s and %s overlap", s.Prefix, o.Prefix)
			}
		}
		if s.Children != children {
			rt.Errorf("%s counts %d children, it has %d", s.Prefix, s.Children, children)
		}
	}
	for _, kind := range []store.SpaceKind{store.AllSpace, store.UsedSpace, store.FreeSpace} {
		want := plainSpace(a.Prefix, rows, kind)
		for _, limit := range []int{7, 100} {
			for _, offset := range []int{0, min(offset, len(want)), len(want) / 2, max(0, len(want)-limit)} {
				page, total, err := store.SpaceOf(tx, a, kind, limit, offset)
				if err != nil {
					return err
				}
				if int(total) != len(want) {
					rt.Fatalf("kind %d: %d pieces, want %d: %v", kind, total, len(want), want)
				}
				if got := shown(page); !slices.Equal(got, want[offset:min(len(want), offset+limit)]) {
					rt.Fatalf("kind %d from %d: %v, want %v", kind, offset, got, want)
				}
			}
		}
	}
	return nil
}

func shown(page []store.Space) []string {
	out := []string{}
	for _, v := range page {
		if v.Subnet == nil {
			out = append(out, "free "+v.Free.String())
		} else {
			out = append(out, v.Subnet.Prefix.String())
		}
	}
	return out
}

// plainSpace is what of a range is used and free, found by halving: a block that no
// subnet touches is free, one that a subnet fills is not looked into further.
func plainSpace(whole netip.Prefix, rows []*cloud.Subnet, kind store.SpaceKind) (out []string) {
	var halve func(p netip.Prefix)
	halve = func(p netip.Prefix) {
		touched, filled := false, false
		for _, s := range rows {
			touched = touched || s.Prefix.Overlaps(p)
			filled = filled || ipam.Within(s.Prefix, p)
		}
		switch {
		case !touched:
			out = append(out, "free "+p.String())
		case !filled:
			low := netip.PrefixFrom(p.Addr(), p.Bits()+1)
			halve(low)
			halve(netip.PrefixFrom(ipam.End(low).Next(), p.Bits()+1))
		}
	}
	halve(whole)
	if kind == store.UsedSpace {
		out = nil
	}
	if kind != store.FreeSpace {
		for _, s := range rows {
			out = append(out, s.Prefix.String())
		}
	}
	key := func(text string) netip.Prefix {
		if len(text) > 5 && text[:5] == "free " {
			text = text[5:]
		}
		return netip.MustParsePrefix(text)
	}
	slices.SortFunc(out, func(a, b string) int {
		x, y := key(a), key(b)
		if c := x.Addr().Compare(y.Addr()); c != 0 {
			return c
		}
		return x.Bits() - y.Bits()
	})
	return out
}

// So many that they are counted in runs, which are made, cut and left: pages are those
// of the plain evaluation.
func TestManySubnets(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		if opt.DSN != "" {
			t.Skip("takes long on PostgreSQL; TestSubnetSpace has its statements")
		}
		db := openDB(t, opt)
		a := plan(t, db, "10.0.0.0/16")
		rng := rand.New(rand.NewPCG(1, 20))
		order := rng.Perm(2048) // /28 in each second /28
		check := func() {
			t.Helper()
			read(t, db, func(tx *store.Tx) error {
				for range 3 {
					if err := spaceCheck(t, tx, a.ID, rng.IntN(3000)); err != nil {
						return err
					}
				}
				return nil
			})
		}
		var ids []int64
		write(t, db, func(tx *store.Tx) error {
			for _, n := range order[:1500] {
				p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 3), byte(n&7) << 5}), 28+n%3)
				s := &cloud.Subnet{AllocationID: a.ID, Prefix: p, Text: p.String()}
				if err := store.PlaceSubnet(tx, s); err != nil {
					return err
				}
				ids = append(ids, s.ID)
			}
			return nil
		})
		check()
		write(t, db, func(tx *store.Tx) error {
			for _, id := range ids[:1100] {
				s, err := store.Get[cloud.Subnet](tx, id)
				if err == nil {
					err = store.CloseSubnet(tx, s)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		check()
		read(t, db, func(tx *store.Tx) error {
			var n int64
			if err := tx.QueryRow(`SELECT count(*) FROM subnet_run WHERE allocation_id = $1`, a.ID).Scan(&n); err != nil {
				return err
			}
			if n < 5 {
				t.Errorf("%d runs", n)
			}
			return nil
		})
	})
}

// Of writers who want overlapping ranges at the same time one gets his, below an
// allocation, below a subnet and below an ASN; and nobody gets a piece of what
// somebody removes at the same time.
func TestRangesAtTheSameTime(t *testing.T) {
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		a := plan(t, db, "10.0.0.0/16")
		parent := &cloud.Subnet{AllocationID: a.ID, Prefix: netip.MustParsePrefix("10.0.0.0/20"), Text: "10.0.0.0/20"}
		write(t, db, func(tx *store.Tx) error { return store.PlaceSubnet(tx, parent) })
		sizes := []int{24, 25, 26, 27, 28, 29}
		race := func(what string, place func(tx *store.Tx, bits int) error) {
			t.Helper()
			var wg sync.WaitGroup
			errs := make(chan error, len(sizes))
			for _, bits := range sizes {
				wg.Go(func() { errs <- db.Write(t.Context(), func(tx *store.Tx) error { return place(tx, bits) }) })
			}
			wg.Wait()
			close(errs)
			placed := 0
			for err := range errs {
				var o *store.Overlap
				if err == nil {
					placed++
				} else if !errors.As(err, &o) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if placed != 1 {
				t.Errorf("%s: %d of %d overlapping ranges were placed", what, placed, len(sizes))
			}
		}
		race("below an allocation", func(tx *store.Tx, bits int) error {
			p := netip.PrefixFrom(netip.MustParseAddr("10.0.32.0"), bits)
			return store.PlaceSubnet(tx, &cloud.Subnet{AllocationID: a.ID, Prefix: p, Text: p.String()})
		})
		race("below a subnet", func(tx *store.Tx, bits int) error {
			p := netip.PrefixFrom(netip.MustParseAddr("10.0.8.0"), bits)
			return store.PlaceSubnet(tx, &cloud.Subnet{AllocationID: a.ID, ParentID: parent.ID, Prefix: p, Text: p.String()})
		})
		race("below an ASN", func(tx *store.Tx, bits int) error {
			p := netip.PrefixFrom(netip.MustParseAddr("10.9.0.0"), bits)
			return store.PlaceAllocation(tx, &cloud.Allocation{ASNID: a.ASNID, Prefix: p, Text: p.String()})
		})
		for i := range 8 { // a new subnet and the end of what it lies in
			b := plan(t, db, fmt.Sprintf("10.%d.0.0/16", 20+i))
			var wg sync.WaitGroup
			var made, gone error
			wg.Go(func() {
				made = db.Write(t.Context(), func(tx *store.Tx) error {
					return store.PlaceSubnet(tx, &cloud.Subnet{AllocationID: b.ID, Prefix: b.Prefix, Text: b.Text})
				})
			})
			wg.Go(func() {
				gone = db.Write(t.Context(), func(tx *store.Tx) error {
					row, err := store.Get[cloud.Allocation](tx, b.ID)
					if err != nil {
						return err
					}
					return store.CloseAllocation(tx, row)
				})
			})
			wg.Wait()
			if (made == nil) == (gone == nil) {
				t.Errorf("made %v, removed %v: exactly one may be", made, gone)
			}
		}
	})
}
