package store_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/store"
)

// uniqueRules are what two writers at once must not both do, by the index that refuses
// the second. They stand here once more, so that one that is left out of a migration is
// missed, by name.
var uniqueRules = map[string]string{
	"member_key":            `member (api_key_hash)`,              // a key finds one member
	"user_key":              `user (api_key_hash)`,                // and a token one user
	"user_email":            `user (member_id, email)`,            // so does an address at login
	"project_name":          `project (site_id, name)`,            // iaas_project_create: the name is unique in the address
	"asn_number":            `asn (number)`,                       // iaas_asn_create: the number is unique
	"ip_addr":               `ip (subnet_id, addr)`,               // nobody has an address twice
	"subnet_run_first":      `subnet_run (allocation_id, first)`,  // a subnet is counted once
	"nic_mac":               `nic (mac)`,                          // nor a card's
	"ip_address_group_name": `ip_address_group (member_id, name)`, // iaas_ip_address_group_create: unique for the member
	"feed_range_place":      `feed_range (feed, prefix)`,          // iaas_cix_blacklist_create: a range is listed once
	"pool_ip_addr":          `pool_ip (addr)`,                     // iaas_pool_ip_create: an address is in the pool once
	"pool_ip_domain":        `pool_ip (domain)`,                   // and has a name of its own
	// A line of a log that is told twice is one.
	"policy_hit_line":  `policy_hit (router_id, at, source, source_port, destination, destination_port, protocol, allow)`,
	"router_rule_rank": `router_rule (router_id, rank)`, // the rules of a router have one order
	"idempotency_key":  `idempotency (user_id, key)`,    // a repeat is one
	"setting_name":     `setting (name)`,
}

// TestUniqueRules holds that each rule has its index on both engines, over these columns,
// and that each index of the kind is a rule. Identities are looked at as one kind.
func TestUniqueRules(t *testing.T) {
	shape := regexp.MustCompile(`(?i)ON "?(?:public\.)?"?(\w+)"?(?: USING btree)? \(([^()]*)\)`)
	engines(t, func(t *testing.T, opt store.Options) {
		db := openDB(t, opt)
		found := map[string]string{}
		tables, identified := []string{}, map[string]bool{}
		read(t, db, func(tx *store.Tx) error {
			query := `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE UNIQUE INDEX%'`
			columns := `SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'uid'`
			if tx.Engine() == store.Postgres {
				query = `SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexdef LIKE 'CREATE UNIQUE INDEX%'`
				columns = `SELECT table_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'uid'`
			}
			rows, err := tx.Query(query)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var name, text string
				if err := rows.Scan(&name, &text); err != nil {
					return err
				}
				m := shape.FindStringSubmatch(text)
				if m == nil {
					t.Errorf("the index %s reads %s", name, text)
					continue
				}
				found[name] = m[1] + " (" + strings.ReplaceAll(m[2], `"`, "") + ")"
				if fields := strings.Split(m[2], ", "); slices.Contains(fields, "uid") || slices.Contains(fields, `"uid"`) {
					identified[m[1]] = true
					delete(found, name)
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
			more, err := tx.Query(columns)
			if err != nil {
				return err
			}
			defer more.Close()
			for more.Next() {
				var name string
				if err := more.Scan(&name); err != nil {
					return err
				}
				tables = append(tables, name)
			}
			return more.Err()
		})
		for name, rule := range uniqueRules {
			if found[name] != rule {
				t.Errorf("the unique index %s of %s is %q: two writers at once may break the rule", name, rule, found[name])
			}
			delete(found, name)
		}
		for name, rule := range found {
			if !strings.HasSuffix(name, "_pkey") && !strings.HasSuffix(name, "_key") && !strings.HasPrefix(rule, "gadget") {
				t.Errorf("the unique index %s of %s stands in no rule: say here what it is for", name, rule)
			}
		}
		for _, name := range tables {
			if !identified[name] && name != "gadget" {
				t.Errorf("two rows of %s may have one uid", name)
			}
		}
	})
}
