package gen

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/virga-cloud/virga/internal/cloud"
)

// chapter is a part of the page.
type chapter struct {
	title  string
	tables []string
}

// chapters are the tables in the order in which somebody new meets them. A
// table that is in none is an error: it would be left out of the page.
var chapters = []chapter{
	{"Who", []string{"member", "site", "user", "role", "key"}},
	{"What runs", []string{"project", "router", "router_rule", "server", "nic", "volume", "snapshot", "image", "flavor", "policy"}},
	{"Addresses", []string{"asn", "allocation", "subnet", "subnet_run", "ip", "ip_address_group", "feed_range", "pool_ip"}},
	{"Hosts and work", []string{"host", "interface", "work", "orders", "link", "orphan", "join_token", "enrolment"}},
	{"The record", []string{"event", "policy_hit", "idempotency", "setting", "meta", "counter", "change"}},
}

// bare are the tables that no noun stands for: the machinery's own. Each
// column has a word here, and each word here a column.
var bare = map[string]struct {
	doc     string
	columns map[string]string
}{
	"work": {
		"The durable queue: one row for each thing that somebody has to look at. Times are microseconds of the database's clock.",
		map[string]string{
			"kind":        "which reconciler",
			"key":         "row that it looks at",
			"revision":    "moves with each call for the same key; a worker that ends removes the row only if it has not moved",
			"due_at":      "when it is to be looked at",
			"attempts":    "failed looks in a row; the wait grows with them",
			"lease":       "token of the worker that looks now; none = nobody",
			"lease_until": "when the lease ends by itself",
			"last_error":  "what the last failed look said",
		},
	},
	"orders": {"Documents for hosts: what each " +
		"is told, and what it said about it. The reconciler of the work key writes what is wanted, the hub what was reported. " +
		"A row goes when the host confirmed that the thing is gone.", map[string]string{
		"id":           "number of the row",
		"host":         "→ host",
		"kind":         "kind of document: plan.Kinds",
		"object":       "its id on the host: the uid of a row, in lower case",
		"work_kind":    "reconciler that owns it, and is woken by reports",
		"work_key":     "row that it belongs to",
		"generation":   "moves with every change of the body; a host refuses an older one",
		"first":        "reports about a generation before it are about a predecessor of the same name",
		"digest":       "of the body: the same again is no change",
		"absent":       "the thing is to go",
		"body":         "the document; empty when absent",
		"taken":        "newest generation that lies on the host's disk",
		"acknowledged": "newest generation that the host carried out",
		"status":       "what the host last said of it: plan.Status",
		"held":         "not sent before its reconciler has looked again after an adoption",
		"lost":         "made once, and not there any more",
		"created":      "microseconds since 1970",
		"updated":      "microseconds since 1970",
	}},
	"link": {"The connection of a host: one row for each that ever connected.", map[string]string{
		"host":        "→ host",
		"session":     "one life of the connection; reports of an older one are dropped",
		"seq":         "newest exchange of the session; an older one is a repeat",
		"incarnation": "life of the store in which the session was opened",
		"adopting":    "the host has to tell everything before orders flow",
		"lost":        "declared lost: no order but to stand down",
		"stood_down":  "a lost host said that it has no document any more, and may be taken back",
		"place":       "from where the host speaks; empty in older rows: the first who says so has it",
		"rival":       "who else spoke as this host; empty = nobody",
		"rival_at":    "when that one was last heard, to a minute; microseconds since 1970",
		"floor":       "no document whose row is gone had a greater generation; new rows go on above it",
		"seen":        "last exchange, microseconds since 1970",
		"facts":       "what the host says of itself: plan.Facts",
	}},
	"orphan": {"What exists on a host without an order of this store.", map[string]string{
		"id":         "number for `virga doctor`",
		"host":       "→ host",
		"kind":       "kind of document",
		"object":     "its id on the host",
		"generation": "of the document that the host has; 0 = none",
		"body":       "that document",
		"since":      "microseconds since 1970",
		"decided":    "adopt or remove, as the operator said; empty = nothing yet",
	}},
	"join_token": {"One-time tokens with which machines join as hosts.", map[string]string{
		"hash":      "of the token, which is not kept",
		"host":      "→ host that it makes",
		"expires":   "microseconds since 1970",
		"used":      "key that took it: the same key may ask again when the answer got lost",
		"enrolment": "number that a used token was given",
	}},
	"enrolment": {"The newest join of a host: only certificates with its number speak for the host.", map[string]string{
		"host":   "→ host",
		"number": "of the join; a host without a row joined before there were numbers",
	}},
	"subnet_run": {"Neighbours among the subnets of a large allocation, counted together, so that a page of `subnet_space` is found " +
		"without stepping over what is before it (ADR 20).", map[string]string{
		"id":            "number of the row",
		"allocation_id": "→ allocation",
		"first":         "prefix of its first subnet, as it is stored; empty for the first run",
		"subnets":       "how many live subnets it has, those in others too",
		"free":          "how many free blocks lie before them, each of the largest size that there is room for",
	}},
	"meta": {"What the installation knows of itself.", map[string]string{
		"key":   "name: incarnation and others",
		"value": "text",
	}},
	"counter": {"Numbers that never repeat (`store.Tx.Next`); on PostgreSQL each is a sequence beside its row.", map[string]string{
		"name":  "what is counted",
		"value": "last one that was given out",
	}},
	"change": {"What each transaction of the last hour touched, so that every node knows until when its remembered answers hold. " +
		"On PostgreSQL alone.", map[string]string{
		"xid":   "number of the transaction",
		"at":    "when it began",
		"marks": "tables and columns, as `store/recall.go` names them",
	}},
}

const intro = `# Model

Generated by |make gen| from the structs of |internal/cloud|, their comments and the code that sets them; do not edit. To say more about
a column, say it in the comment at its field.

A table is a struct, a column a field in snake case. [Columns of every row](#columns-of-every-row) and
[columns of what lives](#columns-of-what-lives) stand once and not at each table. *Written by* names the files that set a column:
|control: server_power| is |internal/control/server_power.go|. As a rule verbs (control) write what is wanted, reconcilers what
hosts carried out, and the hub what hosts said. References are numbers without a constraint: 0 means none. Text that is called
sealed is encrypted with the installation's key. Words are explained in the [glossary](glossary.md), and how wanted and seen come
together in [state and work](state-and-work.md).
`

// page puts everything together.
func (m *model) page(root string) ([]byte, error) {
	tables, err := migrated(root)
	if err != nil {
		return nil, err
	}
	if err := m.complete(tables); err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(intro, "|", "`"))
	b.WriteString("\n| tables | |\n|---|---|\n")
	for _, c := range chapters {
		var links []string
		for _, t := range c.tables {
			links = append(links, fmt.Sprintf("[%s](#%s)", t, t))
		}
		fmt.Fprintf(&b, "| %s | %s |\n", c.title, strings.Join(links, ", "))
	}
	m.section(&b, "## Columns of every row", m.structs["Meta"])
	m.section(&b, "## Columns of what lives", m.structs["Life"])
	for _, c := range chapters {
		fmt.Fprintf(&b, "\n## %s\n", c.title)
		for _, t := range c.tables {
			if n := m.nounOf(t); n != nil {
				m.section(&b, "### "+t, n)
				continue
			}
			fmt.Fprintf(&b, "\n### %s\n\n%s\n\n| column | meaning | written by |\n|---|---|---|\n", t, bare[t].doc)
			for _, col := range tables[t] {
				who := m.inSQL[t][col]
				if col == "id" {
					who = byDatabase
				}
				line(&b, col, bare[t].columns[col], who)
			}
		}
	}
	m.parts(&b)
	return []byte(b.String()), nil
}

// complete holds chapters, nouns and migrations against each other.
func (m *model) complete(tables map[string][]string) error {
	var shown []string
	for _, c := range chapters {
		shown = append(shown, c.tables...)
	}
	for _, t := range slices.Sorted(maps.Keys(tables)) {
		if !slices.Contains(shown, t) {
			return fmt.Errorf("the table %s is in no chapter of docs/explain/model.md (internal/gen)", t)
		}
		if m.nounOf(t) != nil {
			continue
		}
		for _, c := range tables[t] {
			if bare[t].columns[c] == "" {
				return fmt.Errorf("nothing says what %s of the table %s is (internal/gen)", c, t)
			}
		}
		if len(bare[t].columns) != len(tables[t]) {
			return fmt.Errorf("the table %s has the columns %v, not all that internal/gen describes", t, tables[t])
		}
	}
	for _, t := range shown {
		if tables[t] == nil {
			return fmt.Errorf("there is no table %s (internal/gen)", t)
		}
	}
	return nil
}

// nounOf is the struct of a table, nil for the machinery's own.
func (m *model) nounOf(table string) *noun {
	for _, name := range slices.Sorted(maps.Keys(m.structs)) {
		if n := m.structs[name]; n.table == table && bare[table].doc == "" {
			return n
		}
	}
	return nil
}

// section is one table of nouns.
func (m *model) section(b *strings.Builder, title string, n *noun) {
	fmt.Fprintf(b, "\n%s\n\n%s", title, n.doc)
	if slices.Contains(n.embeds, "Life") {
		b.WriteString(" It [lives](#columns-of-what-lives).")
	}
	b.WriteString("\n\n| column | meaning | written by |\n|---|---|---|\n")
	for _, f := range n.fields {
		column := cloud.Snake(f.name)
		who := writer{}
		maps.Copy(who, m.writers[n.name][f.name])
		maps.Copy(who, m.inSQL[n.table][column])
		if column == "id" {
			who = byDatabase
		}
		meaning := f.kind
		if t := refers(n.table, column); t != "" {
			meaning = fmt.Sprintf("→ [%s](#%s)", t, t)
		}
		line(b, column, described(meaning, f.doc), who)
	}
}

// roles are columns that name a row of another table by its part in this one.
var roles = map[string]string{
	"region_id": "site", "reseller_id": "site", "manager_id": "user", "modified_by": "user", "gateway_id": "subnet", "network_id": "subnet",
	"public_net_id": "subnet", "floating_id": "ip", "private_id": "ip", "dvd_id": "image", "seen_dvd_id": "image",
	"seen_image_id": "image", "seen_flavor_id": "flavor", "source_id": "volume", "clone_of": "server", "whole": "server",
}

// refers is the table that a column points at, "" for none.
func refers(table, column string) string {
	if roles[column] != "" {
		return roles[column]
	}
	name, isID := strings.CutSuffix(column, "_id")
	switch {
	case isID && name == "parent":
		return table
	case isID && slices.ContainsFunc(chapters, func(c chapter) bool { return slices.Contains(c.tables, name) }):
		return name
	}
	return ""
}

// parts shows what stands inside of columns: the words that a text can be, and
// the structs that are kept as JSON.
func (m *model) parts(b *strings.Builder) {
	kinds := map[string]bool{}
	var collect func(n *noun)
	collect = func(n *noun) {
		for _, f := range n.fields {
			for _, kind := range []string{f.kind, strings.TrimSuffix(f.kind, " or none"), strings.TrimPrefix(f.kind, "list of ")} {
				if (m.structs[kind] != nil || m.words[kind] != nil) && !kinds[kind] {
					kinds[kind] = true
					if m.structs[kind] != nil {
						collect(m.structs[kind])
					}
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.structs)) {
		if n := m.structs[name]; len(n.embeds) > 0 || name == "Life" {
			collect(n)
		}
	}
	b.WriteString("\n## Inside of columns\n\nWords that a text can be:\n\n| type | words |\n|---|---|\n")
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		var list []string
		for _, w := range m.words[kind] {
			text := "`" + w.value + "`"
			if w.value == "" {
				text = "empty"
			}
			if w.doc != "" {
				text += " (" + w.doc + ")"
			}
			list = append(list, text)
		}
		if len(list) > 0 {
			fmt.Fprintf(b, "| %s | %s |\n", kind, strings.Join(list, ", "))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		n := m.structs[kind]
		if n == nil {
			continue
		}
		fmt.Fprintf(b, "\n### %s\n\n%s Kept as JSON.\n\n| field | meaning |\n|---|---|\n", kind, n.doc)
		for _, f := range n.fields {
			fmt.Fprintf(b, "| %s | %s |\n", cloud.Snake(f.name), described(f.kind, f.doc))
		}
	}
}

// described is a type with what it means.
func described(kind, doc string) string {
	if doc == "" {
		return kind
	}
	return strings.ReplaceAll(kind+": "+doc, "|", `\|`)
}

// line is one column. Files of one package stand together; of many only the
// number is said.
func line(b *strings.Builder, column, meaning string, who writer) {
	var by []string
	files := map[string][]string{}
	for _, w := range slices.Sorted(maps.Keys(who)) {
		dir, file := path.Split(w)
		files[path.Clean(dir)] = append(files[path.Clean(dir)], file)
	}
	for _, dir := range slices.Sorted(maps.Keys(files)) {
		list := strings.Join(files[dir], ", ")
		if len(files[dir]) > manyFiles {
			list = fmt.Sprintf("%d files", len(files[dir]))
		}
		by = append(by, dir+": "+list)
	}
	if len(by) == 0 {
		by = []string{"nobody yet"}
	}
	fmt.Fprintf(b, "| %s | %s | %s |\n", column, meaning, strings.Join(by, "; "))
}

// byDatabase is said of numbers that an insert is given.
var byDatabase = writer{"store/rows": true}

// manyFiles are more than a reader wants to see in a line.
const manyFiles = 4

var (
	creates = regexp.MustCompile(`(?is)CREATE TABLE "?(\w+)"? \((.*?)\n\);`)
	adds    = regexp.MustCompile(`(?i)ALTER TABLE "?(\w+)"? ADD COLUMN "?(\w+)"?`)
	drops   = regexp.MustCompile(`(?i)(ALTER TABLE "?\w+"? (?:DROP|RENAME)|DROP TABLE)`)
	column  = regexp.MustCompile(`(?m)^\s*"?([a-z_]+)"?\s+(?:\{\{\w+\}\}|BIGINT|bigint|text|double|xid8|timestamptz)`)
)

// migrated are the tables with their columns, as the migrations make them.
func migrated(root string) (map[string][]string, error) {
	files, err := filepath.Glob(filepath.Join(root, "internal/store/migrations/*.sql"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no migrations below %s (%w)", root, err)
	}
	tables := map[string][]string{}
	for _, f := range files {
		sql, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if d := drops.FindString(string(sql)); d != "" {
			return nil, fmt.Errorf("%s says %q, which internal/gen cannot follow yet", f, d)
		}
		for _, c := range creates.FindAllStringSubmatch(string(sql), -1) {
			for _, col := range column.FindAllStringSubmatch(c[2], -1) {
				tables[c[1]] = append(tables[c[1]], col[1])
			}
		}
		for _, a := range adds.FindAllStringSubmatch(string(sql), -1) {
			tables[a[1]] = append(tables[a[1]], a[2])
		}
	}
	return tables, nil
}
