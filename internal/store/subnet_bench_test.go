package store_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// million fills an allocation 10.0.0.0/8 with a /28 in each place but every thousandth.
func million(tx *store.Tx, allocation int64) error {
	from, uid, prefix := `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1001000) SELECT `, `randomblob(16)`,
		`unhex(printf('00000000000000000000FFFF%08X7C', 167772160 + i * 16))`
	if tx.Engine() == store.Postgres {
		from, uid, prefix = `WITH n AS (SELECT generate_series(0, 1001000) AS i) SELECT `, `decode(md5(i::text), 'hex')`,
			`decode('00000000000000000000ffff' || lpad(to_hex(167772160 + i * 16), 8, '0') || '7c', 'hex')`
	}
	empty := `''`
	if tx.Engine() == store.SQLite {
		empty = `x''`
	}
	if _, err := tx.Exec(`INSERT INTO subnet (uid, allocation_id, prefix, gateway, low, text)
		`+from+uid+`, $1, `+prefix+`, `+empty+`, `+empty+`, 'x'
		FROM n WHERE i % 1000 <> 999`, allocation); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE allocation SET subnets = (SELECT count(*) FROM subnet WHERE allocation_id = $1) WHERE id = $1`, allocation)
	return err
}

// An allocation with a million subnets: the first free block, pages at the beginning,
// in the middle and at the end with the exact total, and one subnet more.
func BenchmarkSubnetSpace(b *testing.B) {
	const many = 1_000_000
	benchEngines(b, func(b *testing.B, db *store.DB) {
		a := plan(b, db, "10.0.0.0/8")
		write(b, db, func(tx *store.Tx) error { return million(tx, a.ID) })
		write(b, db, func(tx *store.Tx) error {
			row, err := store.Get[cloud.Allocation](tx, a.ID)
			if err == nil {
				err = store.MakeRuns(tx, row)
			}
			return err
		})
		ask := func(b *testing.B, kind store.SpaceKind, limit, offset int) (total int64) {
			read(b, db, func(tx *store.Tx) error {
				row, err := store.Get[cloud.Allocation](tx, a.ID)
				if err != nil {
					return err
				}
				var page []store.Space
				if page, total, err = store.SpaceOf(tx, row, kind, limit, offset); err == nil && len(page) != limit {
					b.Fatalf("%d of %d on a page of %d", len(page), limit, total)
				}
				return err
			})
			return total
		}
		free := int(ask(b, store.FreeSpace, 1, 0))
		if n := int(ask(b, store.AllSpace, 1, 0)); n != free+many {
			b.Fatalf("%d pieces, of which %d are free", n, free)
		}
		for _, c := range []struct {
			name          string
			kind          store.SpaceKind
			limit, offset int
		}{
			{"first-free", store.FreeSpace, 1, 0},
			{"free-middle", store.FreeSpace, 100, free / 2},
			{"free-end", store.FreeSpace, 100, free - 100},
			{"all-first", store.AllSpace, 100, 0},
			{"all-middle", store.AllSpace, 100, many / 2},
			{"all-end", store.AllSpace, 100, many + free - 100},
			{"used-middle", store.UsedSpace, 100, many / 2},
		} {
			b.Run(c.name, func(b *testing.B) {
				for b.Loop() {
					ask(b, c.kind, c.limit, c.offset)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms")
			})
		}
		n := 0
		b.Run("place", func(b *testing.B) {
			for b.Loop() {
				n++
				p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 250, byte(n >> 8), byte(n)}), 32)
				write(b, db, func(tx *store.Tx) error {
					return store.PlaceSubnet(tx, &cloud.Subnet{AllocationID: a.ID, Prefix: p, Text: fmt.Sprint(p)})
				})
			}
		})
	})
}
