package virga_test

import (
	"go/ast"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/virga-cloud/virga/internal/cloud"
)

// machinery are first words of files that are about no noun, with what they are.
var machinery = map[string]string{
	"door": "the one way for writes", "find": "how objects are named and found", "kind": "what all resources have in common",
	"sealed": "where hidden values belong", "wait": "why something is not done yet",
	"setup": "the first start", "rig": "what tests stand on", "world": "what tests stand on", "verbs": "tests of all verbs",
	"writes": "tests of all writes", "parallel": "tests with several callers", "owner": "tests of permissions",
	"cloud": "the package itself", "column": "how fields are stored", "life": "what servers, routers and volumes share",
	"limits": "what may be asked for", "text": "texts that are shown as they are",
	"match": "conditions in Go", "query": "conditions", "state": "how a life is shown",
	"reconcile": "the package itself", "sweep": "all nouns in turn",
	"orphan": "what hosts have beside", "cloudcix": "the package itself", "oneandone": "the package itself", "auth": "who is asking",
	"error": "errors in the dialect's words", "form": "bodies, field by field", "list": "lists and their filters", "rate": "too many requests",
	"resource": "the shapes of operations", "value": "single values", "shape": "single values", "ping": "an operation without a noun",
	"client": "tests with a client", "transport": "tests of what lies below operations",
	"fuzz": "tests with fuzzed bodies", "unit": "tests of small parts",
	"run": "the one file that knows the world",
}

// other are nouns of the field that have no struct of their own yet.
var other = []string{"host_type", "region"}

// nounRule: `find . -name 'server*.go'` is the story of a server.
func nounRule(s *source) []string {
	if !slices.Contains([]string{"internal/cloud", "internal/control", "internal/reconcile", "internal/cloudcix", "internal/oneandone"},
		s.dir()) {
		return nil
	}
	name := strings.TrimSuffix(strings.TrimSuffix(path.Base(s.path), ".go"), "_test")
	for _, noun := range append(nouns(), other...) {
		if name == noun || strings.HasPrefix(name, noun+"_") {
			return nil
		}
	}
	if first, _, _ := strings.Cut(name, "_"); machinery[first] != "" {
		return nil
	}
	return []string{s.path + ": begins with no noun of internal/cloud: files are named after the resource, the same name in every package " +
		"(what belongs to none is listed in machinery, rules_noun_test.go, with what it is)"}
}

// rows are the nouns that are stored.
var rows = []any{
	cloud.Member{},
	cloud.Site{},
	cloud.User{},
	cloud.Role{},
	cloud.Project{},
	cloud.Router{},
	cloud.RouterRule{},
	cloud.Server{},
	cloud.Volume{},
	cloud.Snapshot{},
	cloud.Key{},
	cloud.Flavor{},
	cloud.ASN{},
	cloud.Allocation{},
	cloud.Subnet{},
	cloud.IP{},
	cloud.NIC{},
	cloud.Policy{},
	cloud.Host{},
	cloud.Image{},
	cloud.IPAddressGroup{},
	cloud.FeedRange{},
	cloud.PoolIP{},
	cloud.Interface{},
	cloud.PolicyHit{},
	cloud.Event{},
	cloud.Idempotency{},
	cloud.Setting{},
}

func nouns() (list []string) {
	for _, r := range rows {
		list = append(list, cloud.Snake(reflect.TypeOf(r).Name()))
	}
	return list
}

// columns are the names of a noun's columns; of all nouns for "".
func columns(noun string) map[string]bool {
	names := map[string]bool{}
	for _, r := range rows {
		if t := reflect.TypeOf(r); noun == "" || t.Name() == noun {
			for _, c := range cloud.Columns(t) {
				names[c.Name] = true
			}
		}
	}
	return names
}

// columnRule: a column is named by text, so a slip of the pen would be found only
// when the query runs.
func columnRule(s *source) (found []string) {
	// The hub has rows of its own beside the nouns.
	if s.test() || !strings.HasPrefix(s.path, "internal/") ||
		s.dir() == "internal/cloud" || s.dir() == "internal/hub" || strings.HasPrefix(s.dir(), "internal/store") {
		return nil
	}
	name := s.known("github.com/virga-cloud/virga/internal/cloud")
	if name == "" {
		return nil
	}
	said := map[ast.Node]string{} // conditions inside a call that says which noun
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if noun := nounOf(call, name); noun != "" {
			ast.Inspect(call, func(in ast.Node) bool {
				if in != nil && said[in] == "" {
					said[in] = noun
				}
				return true
			})
		}
		if sub := subOf(call); sub != nil { // rows of another noun
			ast.Inspect(sub, func(in ast.Node) bool {
				if in != nil {
					said[in] = anyNoun
				}
				return true
			})
		}
		column, at := columnIn(call, name)
		noun := said[call]
		if column == "" || noun == ownNoun {
			return true
		}
		if noun == anyNoun {
			noun = ""
		}
		if !columns(noun)[column] {
			of := "any noun"
			if noun != "" {
				of = "cloud." + noun
			}
			found = append(found, s.at(at)+": "+strconv.Quote(column)+" is no column of "+of+": columns are the fields' names in snake_case")
		}
		return true
	})
	return found
}

// Nouns that are not one of internal/cloud: anything, and a type of the package.
const (
	anyNoun = "*"
	ownNoun = "-"
)

// nounOf is the noun of a call such as store.Find[cloud.Server](...).
func nounOf(call *ast.CallExpr, pkg string) string {
	index, ok := call.Fun.(*ast.IndexExpr)
	if !ok {
		return ""
	}
	if own, ok := index.Index.(*ast.Ident); ok && len(own.Name) > 1 {
		return ownNoun
	}
	sel, ok := index.Index.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if x, ok := sel.X.(*ast.Ident); !ok || x.Name != pkg || len(columns(sel.Sel.Name)) == 0 {
		return ""
	}
	return sel.Sel.Name
}

// columnIn is the column that a condition names by a literal.
func columnIn(call *ast.CallExpr, pkg string) (string, ast.Node) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", nil
	}
	x, ok := sel.X.(*ast.Ident)
	arg := map[string]int{"Eq": 0, "Ne": 0, "In": 0, "Cmp": 1}
	i, takes := arg[sel.Sel.Name]
	if !ok || x.Name != pkg || !takes || len(call.Args) <= i {
		return "", nil
	}
	lit, ok := call.Args[i].(*ast.BasicLit)
	if !ok {
		return "", nil
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return "", nil
	}
	return text, lit
}

// subOf is the composite value of a condition, if it has one: a cloud.Sub.
func subOf(call *ast.CallExpr) ast.Node {
	for _, a := range call.Args {
		if c, ok := a.(*ast.CompositeLit); ok {
			return c
		}
	}
	return nil
}

// The rules notice what they are for.
func TestNounRulesCatch(t *testing.T) {
	bad, err := parse("internal/control/thing.go", []byte(`package control

import (
	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/store"
)

func f(t *Txn) {
	store.Find[cloud.Server](t.Tx, cloud.Where(cloud.Eq("host", 1), cloud.Eq("host_id", 1)))
	store.Find[cloud.Key](t.Tx, cloud.Where(cloud.Eq("host_id", 1)))
	_ = cloud.Cmp(cloud.OpGt, "no_such", 1)
}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := nounRule(bad); len(got) != 1 {
		t.Errorf("a file of no noun: %v", got)
	}
	got := columnRule(bad)
	if len(got) != 3 || !strings.Contains(got[0], `"host"`) || !strings.Contains(got[1], "cloud.Key") || !strings.Contains(got[2], "no_such") {
		t.Errorf("columns: %v", got)
	}
}
