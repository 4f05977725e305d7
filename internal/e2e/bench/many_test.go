package bench

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
	"github.com/virga-cloud/virga/internal/store/storetest"
)

// many makes copies of one server with its disk, card and both addresses until
// there are total of them, by SQL: the verbs are measured elsewhere.
func (n *node) many(b *testing.B, from string, total int) {
	b.Helper()
	uid, ok := cloud.ParseUID(from)
	if !ok {
		b.Fatalf("%q is no id", from)
	}
	fatal(b, n.db.Write(b.Context(), func(tx *store.Tx) error {
		s, err := store.ByUID[cloud.Server](tx, uid)
		if err != nil {
			return err
		}
		have, err := store.Count[cloud.Server](tx, cloud.Query{})
		if err != nil {
			return err
		}
		c := copier{tx: tx, first: have, n: int64(total)}
		mine := cloud.Eq("server_id", s.ID)
		vol, err := store.First[cloud.Volume](tx, cloud.Where(mine))
		if err != nil {
			return err
		}
		nic, err := store.First[cloud.NIC](tx, cloud.Where(mine))
		if err != nil {
			return err
		}
		ips, err := store.Find[cloud.IP](tx, cloud.Where(mine).By("assigned_at"))
		if err != nil {
			return err
		}
		// A prime spreads the names: neighbours by name are none by id.
		name := fmt.Sprintf(`'server-' || CAST(1000000 + n.i * 7919 %% %d AS text)`, total)
		region := spread(tx, "site", "cloud_region = 1", &c.err)
		copied[cloud.Server](&c, s.ID, map[string]string{
			"name": name, "hostname": name,
			// Values that a list is sorted by are spread, in another way each.
			"created": fmt.Sprintf("server.created - n.i * 104729 %% %d * 1000000", total),
			"updated": fmt.Sprintf("server.created - n.i * 15485863 %% %d * 1000", total),
			"ram":     "1024 * (1 + n.i % 16)", "seen_ram": "1024 * (1 + n.i % 16)",
			"vcpu": "1 + n.i * 7 % 8", "seen_vcpu": "1 + n.i * 7 % 8",
			"on": "CASE WHEN n.i % 5 = 0 THEN 0 ELSE 1 END", "seen_on": "CASE WHEN n.i % 5 = 0 THEN 0 ELSE 1 END",
			"region_id":  region,
			"country":    "(SELECT country FROM site WHERE id = " + region + ")",
			"project_id": spread(tx, "project", "closed IS NULL", &c.err),
		})
		copied[cloud.Volume](&c, vol.ID, map[string]string{"server_id": c.id()})
		copied[cloud.NIC](&c, nic.ID, map[string]string{"server_id": c.id(), "mac": `'mac-' || CAST(n.i AS text)`})
		// The first card's private address, and the public one behind it.
		for k, ip := range ips {
			over := map[string]string{"server_id": c.id(), "nic_id": c.id(), "addr": c.addr(ip.Addr), "mac": "''"}
			c.run = int64(k)
			if ip.PrivateID != 0 {
				over["private_id"] = c.id()
			}
			copied[cloud.IP](&c, ip.ID, over)
			c.run = 0
			if c.err != nil {
				return c.err
			}
			if err := n.above(tx, ip, c.n); err != nil {
				return err
			}
		}
		return c.err
	}))
	n.db.tidy(b)
}

// spread gives each copy one of a table's rows in turn.
func spread(tx *store.Tx, table, where string, failed *error) string {
	rows, err := tx.Query("SELECT id FROM " + table + " WHERE " + where + " ORDER BY id")
	if err != nil {
		*failed = err
		return "0"
	}
	defer rows.Close()
	var cases strings.Builder
	n := 0
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			*failed = err
		}
		fmt.Fprintf(&cases, " WHEN %d THEN %d", n, id)
		n++
	}
	if err := rows.Err(); err != nil {
		*failed = err
	}
	return fmt.Sprintf("CASE n.i %% %d%s END", n, cases.String())
}

// above puts the low-water mark of an address's subnet behind the copies.
func (n *node) above(tx *store.Tx, ip *cloud.IP, count int64) error {
	sub, err := store.Get[cloud.Subnet](tx, ip.SubnetID)
	if err != nil {
		return err
	}
	sub.Low = ip.Addr
	for range count + 100 {
		sub.Low = sub.Low.Next()
	}
	if sub.InUse, err = store.Count[cloud.IP](tx, cloud.Where(cloud.Eq("subnet_id", sub.ID))); err != nil {
		return err
	}
	return store.Update(tx, sub)
}

// copier makes copies of rows, numbered from first+1 to n.
type copier struct {
	tx    *store.Tx
	first int64
	n     int64
	run   int64 // tells rows of one table apart
	err   error
}

// id is the key of a copy, and of what belongs to it.
func (c *copier) id() string { return storetest.CopyID(0) }

// addr counts up from an address; the copies begin behind what is in use.
func (c *copier) addr(a netip.Addr) string { return storetest.AddressAfter(c.tx, a, 100) }

// copied copies one row of T with some columns of its own.
func copied[T any](c *copier, id int64, over map[string]string) {
	if c.err != nil {
		return
	}
	table, _, _ := strings.Cut(store.Columns[T](), ".")
	c.err = storetest.Copy(c.tx, strings.Trim(table, `"`), id, c.run, c.first+1, c.n, over)
}
