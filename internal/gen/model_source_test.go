package gen

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// A small tree in which every way to set a column happens once.
var tree = map[string]string{
	"go.mod": "module github.com/virga-cloud/virga\n\ngo 1.24\n",
	"internal/cloud/cloud.go": `package cloud

// Meta is common.
type Meta struct {
	ID      int64
	Updated int64 // moves
}

// Touch moves.
func (m *Meta) Touch(n int64) { m.Updated = n }

// Life lives.
type Life struct{ On bool }

// State is a word.
type State string

// Words.
const (
	None State = ""
	Up   State = "up" // it runs
)

// Thing is a
// noun.
type Thing struct {
	Meta
	Life
	Name, Title string // as sent
	// State is what it does.
	State  State
	Size   *int
	Tags   []string
	Part   Part
	hidden int
	Out    int ` + "`db:\"-\"`" + `
}

// Part is inside.
type Part struct{ N int }
`,
	"internal/control/verbs.go": `package control

import "github.com/virga-cloud/virga/internal/cloud"

type view struct{ *cloud.Thing }

func made() *cloud.Thing { return &cloud.Thing{Name: "x"} }

func changed(v view, t *cloud.Thing, list []*cloud.Thing) {
	v.On = true
	t.Touch(1)
	fill(&t.Title)
	list[0].Part.N++
	for _, e := range list {
		e.State, e.Size = cloud.Up, nil
	}
}

func fill(s *string) { *s = "y" }

func read(t *cloud.Thing) bool { return t.Tags == nil }
`,
	"internal/hub/rows.go": `package hub

type Orphan struct{ Decided string }

func decide(o *Orphan) { o.Decided = "remove" }
`,
	"internal/store/sql.go": `package store

func run(string) {}

func all(q string) {
	run("UPDATE thing SET tags = $1, " + "size = CASE WHEN size > 1 THEN 1 ELSE size END WHERE name = $2")
	run("INSERT INTO \"bare\" (a, b) VALUES (" + q + ") ON CONFLICT (a) DO UPDATE SET b = excluded.b, c = 1 WHERE bare.d = 2")
	run("SELECT size FROM thing WHERE state = 'x'")
}
`,
}

func TestModelSeesEveryWrite(t *testing.T) {
	root := t.TempDir()
	for name, text := range tree {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m := newModel()
	if err := m.load(root, "./internal/cloud", "./internal/control", "./internal/hub", "./internal/store"); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, written := range []map[string]map[string]writer{m.writers, m.inSQL} {
		for owner, columns := range written {
			for c, who := range columns {
				got[owner+"."+c] = slices.Sorted(maps.Keys(who))
			}
		}
	}
	verbs, sql := []string{"control/verbs"}, []string{"store/sql"}
	want := map[string][]string{
		"Thing.Name": verbs, "Life.On": verbs, "Meta.Updated": verbs, "Thing.Title": verbs, "Part.N": verbs, "Thing.State": verbs,
		"Thing.Size": verbs, "thing.tags": sql, "thing.size": sql, "bare.a": sql, "bare.b": sql, "bare.c": sql,
		"orphan.decided": {"hub/rows"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	var fields []string
	for _, f := range m.structs["Thing"].fields {
		fields = append(fields, f.name+" "+described(f.kind, f.doc))
	}
	if all := strings.Join(fields, "; "); all != "Name text: as sent; Title text: as sent; State State: what it does.; "+
		"Size number or none; Tags list of text; Part Part" || m.structs["Thing"].doc != "Thing is a noun." {
		t.Errorf("%q, %q", all, m.structs["Thing"].doc)
	}
	if w := m.words["State"]; !slices.Equal(w, []word{{"", ""}, {"up", "it runs"}}) {
		t.Errorf("%v", w)
	}
	if err := m.load(t.TempDir(), "./internal/cloud"); err == nil {
		t.Error("a tree without source is read")
	}
}

// Nothing is left out of the page in silence.
func TestModelIsComplete(t *testing.T) {
	m := newModel()
	if err := m.load("../..", "./internal/cloud"); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(map[string][]string){
		"":                                     func(map[string][]string) {},
		"novel is in no chapter":               func(t map[string][]string) { t["novel"] = []string{"id"} },
		"nothing says what more of the table":  func(t map[string][]string) { t["work"] = append(t["work"], "more") },
		"not all that internal/gen describes":  func(t map[string][]string) { t["work"] = t["work"][1:] },
		"there is no table ip_address_group (": func(t map[string][]string) { delete(t, "ip_address_group") },
	} {
		tables, err := migrated("../..")
		if err != nil {
			t.Fatal(err)
		}
		change(tables)
		if err := m.complete(tables); (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
