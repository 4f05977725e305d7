package storetest

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

// Copies have ids from firstCopy on, those of a table's second run from 2*firstCopy:
// far away from rows that verbs make, and still numbers that a segment can have.
const firstCopy = 1_000_000

// Copy makes copies of a row by SQL, numbered from first to last: over has what is
// another in each, by column, in terms of n.i, the number. "id" and "uid" are the
// copy's own; run tells rows apart that are copied into one table.
func Copy(tx *store.Tx, table string, id, run, first, last int64, over map[string]string) error {
	names, err := columnsOf(tx, table)
	if err != nil {
		return err
	}
	quoted, values := make([]string, len(names)), make([]string, len(names))
	for i, name := range names {
		quoted[i] = `"` + name + `"`
		values[i] = `"` + table + `".` + quoted[i]
		switch {
		case over[name] != "":
			values[i] = over[name]
		case name == "id":
			values[i] = CopyID(run)
		case name == "uid":
			values[i] = Random(tx)
		}
	}
	_, err = tx.Exec(`WITH RECURSIVE n(i) AS (SELECT CAST($2 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < $3)
		INSERT INTO "`+table+`" (`+strings.Join(quoted, ", ")+`)
		SELECT `+strings.Join(values, ", ")+` FROM "`+table+`", n WHERE "`+table+`".id = $1`, id, first, last)
	if err != nil {
		return fmt.Errorf("copy %s %d: %w", table, id, err)
	}
	return nil
}

// CopyID is the id of the copy with the number n.i.
func CopyID(run int64) string { return fmt.Sprintf("(%d + n.i)", (run+1)*firstCopy) }

// Random are 16 random bytes in SQL.
func Random(tx *store.Tx) string {
	if tx.Engine() == store.Postgres {
		return `decode(md5(random()::text || n.i), 'hex')`
	}
	return `randomblob(16)`
}

// AddressAfter counts up from an address, so many and the number of the copy, in SQL.
func AddressAfter(tx *store.Tx, a netip.Addr, many int64) string {
	v, _ := cloud.Plain(a)
	raw, _ := v.([]byte)
	head, tail := raw[:len(raw)-4], raw[len(raw)-4:]
	start := int64(tail[0])<<24 | int64(tail[1])<<16 | int64(tail[2])<<8 | int64(tail[3])
	if tx.Engine() == store.Postgres {
		return fmt.Sprintf(`decode('%x' || lpad(to_hex(%d + n.i), 8, '0'), 'hex')`, head, start+many)
	}
	return fmt.Sprintf(`unhex('%x' || printf('%%08x', %d + n.i))`, head, start+many)
}

func columnsOf(tx *store.Tx, table string) ([]string, error) {
	text := `SELECT name FROM pragma_table_info($1) ORDER BY cid`
	if tx.Engine() == store.Postgres {
		text = `SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1
			ORDER BY ordinal_position`
	}
	rows, err := tx.Query(text, table)
	if err != nil {
		return nil, fmt.Errorf("columns of %s: %w", table, err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("there is no table %s", table)
	}
	return names, rows.Err()
}

// silentHosts are those on which the copies are: as many in a large world as in a
// small one, so that what each of them has grows and not their number.
const silentHosts = 20

// Fill makes a large cloud out of one server: copies of it, numbered from first to last,
// and of everything that it has, and with every tenth of them a project, a member and
// the rest. They are in all situations: running, kept for their grace period, given up
// and to be tried again, closed. Their hosts have no agents and take nothing new.
// Nothing of it is due.
func Fill(tx *store.Tx, server, first, last int64) error {
	s, err := store.Get[cloud.Server](tx, server)
	if err != nil {
		return err
	}
	f := &filler{tx: tx, s: s, first: first, last: last, later: fmt.Sprint(tx.Now().AddDate(1, 0, 0).UnixMicro())}
	f.closed = `CASE WHEN n.i % 10 > 7 THEN ` + fmt.Sprint(tx.Now().UnixMicro()) + ` END`
	for _, step := range []func() error{f.hosts, f.server, f.parts, f.addresses, f.orders, f.projects, f.tenants, f.rest} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// Grow is Fill with so many, after which PostgreSQL looks at how its rows are
// distributed. SQLite is never told to, and plans for tables of any length.
func Grow(tx *store.Tx, server, many int64) error {
	err := Fill(tx, server, 1, many)
	if err == nil && tx.Engine() == store.Postgres {
		_, err = tx.Exec("ANALYZE")
	}
	return err
}

type filler struct {
	tx            *store.Tx
	s             *cloud.Server
	first, last   int64
	later, closed string // SQL
}

// host is where a copy is, in SQL.
const host = "(1000000 + n.i % 20)"

func (f *filler) hosts() error {
	if f.first > 1 {
		return nil
	}
	return Copy(f.tx, "host", f.s.HostID, 0, 0, silentHosts-1, map[string]string{
		"name": `'silent-' || CAST(n.i AS text)`, "enabled": "0", "underlay": `'198.51.100.' || CAST(n.i + 1 AS text)`,
		"servers": "1000", "used_vcpu": "0", "used_ram": "0", "used_gb": "0",
	})
}

// situations of copies by the last digit of their number: 0 to 3 run, 4 waits for the
// end of its grace period, 5 to 7 gave up, 8 and 9 are closed.
func (f *filler) server() error {
	name := `'server-' || CAST(n.i AS text)`
	return Copy(f.tx, "server", f.s.ID, 0, f.first, f.last, map[string]string{
		"name": name, "hostname": name, "host_id": host, "event_id": "0", "closed": f.closed,
		"project_id":   fmt.Sprintf("CASE WHEN n.i %% 2 = 0 THEN %d ELSE %d + n.i / 10 END", f.s.ProjectID, firstCopy),
		"remove":       "CASE WHEN n.i % 10 = 4 THEN 'grace' ELSE '' END",
		"remove_after": "CASE WHEN n.i % 10 = 4 THEN " + f.later + " + n.i END",
		"failed":       "CASE WHEN n.i % 10 IN (5, 6, 7) THEN 1 ELSE 0 END",
		"built":        "CASE WHEN n.i % 10 IN (5, 6, 7) THEN 0 ELSE 1 END",
		"retry_at":     "CASE WHEN n.i % 10 IN (5, 6, 7) THEN " + f.later + " + n.i END",
	})
}

// below copies the rows of a table that belong to the server.
func (f *filler) below(table, where string, over map[string]string, args ...any) error {
	ids, err := store.Integers(f.tx, `SELECT id FROM "`+table+`" WHERE `+where+` ORDER BY id`, args...)
	if err != nil {
		return err
	}
	for run, id := range ids {
		if err := Copy(f.tx, table, id, int64(run), f.first, f.last, over); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) parts() error {
	server := CopyID(0)
	for table, over := range map[string]map[string]string{
		"volume":   {"server_id": server, "host_id": host, "closed": f.closed},
		"nic":      {"server_id": server, "host_id": host, "closed": f.closed, "mac": `'mac-' || CAST(n.i AS text)`},
		"snapshot": {"server_id": server, "closed": f.closed, "expires": f.later + " + n.i", "made": "1"},
	} {
		if err := f.below(table, "server_id = $1 AND closed IS NULL", over, f.s.ID); err != nil {
			return err
		}
	}
	return f.below("event", "kind = 'server' AND object_id = $1", map[string]string{"object_id": server, "operation": Random(f.tx)}, f.s.ID)
}

func (f *filler) addresses() error {
	ips, err := store.Find[cloud.IP](f.tx, cloud.Where(cloud.Eq("server_id", f.s.ID)).By("id"))
	if err != nil {
		return err
	}
	runs := map[int64]int64{}
	for run, ip := range ips {
		runs[ip.ID] = int64(run)
		over := map[string]string{
			"server_id": CopyID(0), "nic_id": CopyID(0), "addr": AddressAfter(f.tx, ip.Addr, 1000), "mac": "''", "closed": f.closed,
		}
		if ip.PrivateID != 0 {
			over["private_id"] = CopyID(runs[ip.PrivateID])
		}
		if err := Copy(f.tx, "ip", ip.ID, int64(run), f.first, f.last, over); err != nil {
			return err
		}
		if err := f.above(ip, 1000); err != nil {
			return err
		}
	}
	return nil
}

// above puts the low-water mark of an address's subnet behind the copies, as if all of
// them had been made one after the other.
func (f *filler) above(ip *cloud.IP, many int64) error {
	sub, err := store.Get[cloud.Subnet](f.tx, ip.SubnetID)
	if err != nil {
		return err
	}
	low := ip.Addr
	for range f.last + many + 1 {
		low = low.Next()
	}
	if sub.InUse, err = store.Count[cloud.IP](f.tx, cloud.Where(cloud.Eq("subnet_id", sub.ID))); err != nil {
		return err
	}
	if sub.Low.Less(low) {
		sub.Low = low
	}
	return store.Update(f.tx, sub)
}

// orders are as if the silent hosts had carried out everything.
func (f *filler) orders() error {
	return f.below("orders", "work_kind = 'server' AND work_key = $1", map[string]string{
		"host": host, "object": f.hex(), "work_key": CopyID(0), "taken": "generation", "acknowledged": "generation", "held": "0", "lost": "0",
	}, f.s.ID)
}

// hex is a random name of a document, in SQL.
func (f *filler) hex() string {
	if f.tx.Engine() == store.Postgres {
		return `md5(random()::text || n.i)`
	}
	return `lower(hex(randomblob(16)))`
}

// empty is no bytes, in SQL.
func (f *filler) empty() string {
	if f.tx.Engine() == store.Postgres {
		return `''::bytea`
	}
	return `x''`
}

// tenth copies a row once for ten servers.
func (f *filler) tenth(table string, id, run int64, over map[string]string) error {
	return Copy(f.tx, table, id, run, f.first/10, f.last/10, over)
}

func (f *filler) projects() error {
	p, err := store.Get[cloud.Project](f.tx, f.s.ProjectID)
	if err != nil {
		return err
	}
	r, err := store.Get[cloud.Router](f.tx, p.RouterID)
	if err != nil {
		return err
	}
	float, err := store.Get[cloud.IP](f.tx, r.FloatingID)
	if err != nil {
		return err
	}
	own := CopyID(0)
	over := map[string]string{"name": `'project-' || CAST(n.i AS text)`, "default": "0", "router_id": own, "asn_id": own}
	if err := f.tenth("project", p.ID, 0, over); err != nil {
		return err
	}
	over = map[string]string{
		"project_id": own, "host_id": host, "floating_id": CopyID(9), "event_id": "0", "remove": "CASE WHEN n.i % 3 = 0 THEN 'grace' ELSE '' END",
		"remove_after": "CASE WHEN n.i % 3 = 0 THEN " + f.later + " + n.i END",
	}
	if err := f.tenth("router", r.ID, 0, over); err != nil {
		return err
	}
	if err := f.tenth("ip", float.ID, 9, map[string]string{"project_id": own, "addr": AddressAfter(f.tx, float.Addr, 60_000)}); err != nil {
		return err
	}
	if err := f.tenth("asn", p.ASNID, 0, map[string]string{"number": own}); err != nil {
		return err
	}
	allocations, err := store.Find[cloud.Allocation](f.tx, cloud.Where(cloud.Eq("asn_id", p.ASNID)).By("id"))
	if err != nil {
		return err
	}
	for run, a := range allocations {
		if err := f.tenth("allocation", a.ID, int64(run), map[string]string{"asn_id": own}); err != nil {
			return err
		}
	}
	nets, err := store.Find[cloud.Subnet](f.tx, cloud.Where(cloud.Eq("project_id", p.ID)).By("id"))
	if err != nil {
		return err
	}
	for run, n := range nets {
		over := map[string]string{
			"project_id": own, "router_id": own, "allocation_id": own, "in_use": "0",
			// A region has a thousand of them; here it is as many in all worlds.
			"vlan": "CASE WHEN vlan > 0 AND n.i < 90 THEN vlan + n.i ELSE 0 END",
		}
		if err := f.tenth("subnet", n.ID, int64(run), over); err != nil {
			return err
		}
	}
	return nil
}

// tenants are members with a user, a site and a key each.
func (f *filler) tenants() error {
	users, err := store.Find[cloud.User](f.tx, cloud.Where(cloud.Eq("member_id", f.s.MemberID)).By("id").Page(1, 0))
	if err != nil || len(users) == 0 {
		return err
	}
	text, none := `'tenant-' || CAST(n.i AS text)`, f.empty()
	own := CopyID(0)
	for table, id := range map[string]int64{"member": f.s.MemberID, "site": f.s.SiteID, "user": users[0].ID} {
		over := map[string]string{"name": text, "default_for": "0"}
		if table == "site" {
			over["member_id"] = own
		}
		if table == "user" {
			over["member_id"], over["site_id"], over["email"] = own, own, text
		}
		over["api_key_hash"] = none
		if table == "user" || table == "member" {
			over["api_key"] = `''`
		}
		if err := f.tenth(table, id, 0, over); err != nil {
			return err
		}
	}
	return nil
}

// rest is what each server or tenth server has beside: kept answers, work that is not
// due, things that nobody ordered, with an address that is held for them.
func (f *filler) rest() error {
	for _, text := range []string{
		`INSERT INTO "idempotency" ("user_id", "key", "digest", "status", "created")
			SELECT 1, 'key-' || CAST(n.i AS text), ` + Random(f.tx) + `, 202, $3 + 86400000000 * 365 FROM n`,
		`INSERT INTO work (kind, key, revision, due_at) SELECT 'server', ` + CopyID(3) + `, n.i, $3 + 86400000000 * 365 FROM n`,
		`INSERT INTO orphan (host, kind, object, body, since)
			SELECT ` + host + `, 'volume', ` + f.hex() + `, ` + f.empty() + `, $3 FROM n WHERE n.i % 3 = 0`,
	} {
		_, err := f.tx.Exec(`WITH RECURSIVE n(i) AS (SELECT CAST($1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < $2) `+text,
			f.first, f.last, f.tx.Now().UnixMicro())
		if err != nil {
			return fmt.Errorf("fill: %w", err)
		}
	}
	// Of the project's router too: so many that none of the worlds has a page of fewer
	// behind the addresses that are in use.
	some := cloud.And(cloud.Eq("project_id", f.s.ProjectID), cloud.Cmp(cloud.OpLt, "id", int64(firstCopy)),
		cloud.Or(cloud.Eq("server_id", f.s.ID), cloud.Eq("kind", cloud.FloatingIP)))
	ips, err := store.Find[cloud.IP](f.tx, cloud.Where(some).By("id"))
	if err != nil {
		return err
	}
	orphan := `'orphan ' || CAST((SELECT MIN(id) FROM orphan) AS text)`
	for run, ip := range ips {
		over := map[string]string{
			"kind": "'noted'", "name": orphan, "server_id": "0", "nic_id": "0", "private_id": "0",
			"addr": AddressAfter(f.tx, ip.Addr, 40_000+5000*int64(run)),
		}
		if err := Copy(f.tx, "ip", ip.ID, 7-int64(run), f.first/3, f.last/3, over); err != nil {
			return err
		}
	}
	return nil
}
