package gen

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/virga-cloud/virga/internal/cloud"
)

// model is what the source says of the tables.
type model struct {
	structs map[string]*noun             // Go name in internal/cloud -> its columns
	writers map[string]map[string]writer // Go name -> field -> who assigns it
	inSQL   map[string]map[string]writer // table -> column -> who names it in a statement
	methods map[string][]target          // method of a noun -> what it assigns
	words   map[string][]word            // type of a text -> its values
}

// word is one value of a text that has only some.
type word struct{ value, doc string }

// noun is a struct of internal/cloud.
type noun struct {
	name, table, doc string
	embeds           []string
	fields           []field
}

type field struct{ name, kind, doc string }

// target is a column as Go names it.
type target struct{ owner, field string }

// writer is a set of files, "control/server_power".
type writer map[string]bool

// Model writes the page about the tables from the source below a root.
func Model(root string) ([]byte, error) {
	m := newModel()
	if err := m.load(root, writes...); err != nil {
		return nil, err
	}
	return m.page(root)
}

const (
	cloudPath = "github.com/virga-cloud/virga/internal/cloud"
	module    = "github.com/virga-cloud/virga/"
)

func newModel() *model {
	return &model{
		structs: map[string]*noun{}, writers: map[string]map[string]writer{},
		inSQL: map[string]map[string]writer{}, methods: map[string][]target{}, words: map[string][]word{},
	}
}

// writes are the packages that make or change rows.
var writes = []string{
	"./internal/cloud", "./internal/auth", "./internal/control", "./internal/reconcile", "./internal/hub", "./internal/store",
	"./internal/work", "./internal/admin", "./cmd/virga",
}

// load reads the source of packages below a root, without their tests: what
// those write is nobody's rule.
func (m *model) load(root string, dirs ...string) error {
	cfg := &packages.Config{
		Dir:  root,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports,
	}
	list, err := packages.Load(cfg, dirs...)
	if err != nil {
		return fmt.Errorf("load the source: %w", err)
	}
	for _, p := range list {
		for _, e := range p.Errors {
			return fmt.Errorf("load %s: %w", p.PkgPath, e)
		}
	}
	slices.SortFunc(list, func(a, b *packages.Package) int { return strings.Compare(a.PkgPath, b.PkgPath) })
	at := slices.IndexFunc(list, func(p *packages.Package) bool { return p.PkgPath == cloudPath })
	if at < 0 {
		return fmt.Errorf("%s is not below %s", cloudPath, root)
	}
	m.nouns(list[at])
	m.methodsOf(list[at])
	for _, p := range list {
		if p.PkgPath != cloudPath {
			m.assigned(p)
		}
		m.statements(p)
	}
	return nil
}

// nouns reads the structs and their comments.
func (m *model) nouns(p *packages.Package) {
	for _, f := range p.Syntax {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range g.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if st, ok := s.Type.(*ast.StructType); ok {
						m.structs[s.Name.Name] = nounOf(s.Name.Name, st, text(g.Doc))
					}
				case *ast.ValueSpec:
					m.value(p, s)
				}
			}
		}
	}
}

// value notes a constant that is a value of a text type of its own.
func (m *model) value(p *packages.Package, s *ast.ValueSpec) {
	for _, id := range s.Names {
		c, ok := p.TypesInfo.Defs[id].(*types.Const)
		if !ok || c.Val().Kind() != constant.String {
			continue
		}
		if n, ok := c.Type().(*types.Named); ok {
			m.words[n.Obj().Name()] = append(m.words[n.Obj().Name()], word{constant.StringVal(c.Val()), text(s.Comment)})
		}
	}
}

func nounOf(name string, st *ast.StructType, doc string) *noun {
	n := &noun{name: name, table: cloud.Snake(name), doc: doc}
	for _, f := range st.Fields.List {
		if len(f.Names) == 0 {
			if id, ok := f.Type.(*ast.Ident); ok {
				n.embeds = append(n.embeds, id.Name)
			}
			continue
		}
		if f.Tag != nil && reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("db") == "-" {
			continue
		}
		for _, id := range f.Names {
			if id.IsExported() {
				n.fields = append(n.fields, field{name: id.Name, kind: typeText(f.Type), doc: docOf(id.Name, f)})
			}
		}
	}
	return n
}

// docOf is what the comments at a field say, without its name: the page has that
// beside it.
func docOf(name string, f *ast.Field) string {
	return strings.TrimPrefix(strings.TrimSpace(text(f.Doc)+" "+text(f.Comment)), name+" is ")
}

// text is a comment in one line.
func text(c *ast.CommentGroup) string {
	if c == nil {
		return ""
	}
	return strings.Join(strings.Fields(c.Text()), " ")
}

// typeText is a column's type in words.
func typeText(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeText(e.X) + " or none"
	case *ast.ArrayType:
		if id, ok := e.Elt.(*ast.Ident); ok && id.Name == "byte" {
			return "bytes"
		}
		return "list of " + typeText(e.Elt)
	case *ast.MapType:
		return typeText(e.Value) + " by " + typeText(e.Key)
	case *ast.SelectorExpr:
		return map[string]string{"Time": "time", "Addr": "address", "Prefix": "prefix"}[e.Sel.Name]
	case *ast.Ident:
		if plain := map[string]string{"string": "text", "int": "number", "int64": "number", "bool": "yes or no"}[e.Name]; plain != "" {
			return plain
		}
		return e.Name
	}
	return ""
}

// resolve finds the column that a selector names: the last struct of nouns on
// the way to the field, so that s.On of a server is the On of Life.
func (m *model) resolve(info *types.Info, e ast.Expr) (target, bool) {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return target{}, false
	}
	s := info.Selections[sel]
	if s == nil || s.Kind() != types.FieldVal {
		return target{}, false
	}
	at, owner := s.Recv(), ""
	for _, i := range s.Index() {
		owner = m.nounName(at)
		st, ok := deref(at).Underlying().(*types.Struct)
		if !ok {
			return target{}, false
		}
		at = st.Field(i).Type()
	}
	return target{owner, sel.Sel.Name}, owner != ""
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// nounName is the name of a struct of internal/cloud. Of the hub, which keeps
// rows of its own, it is "hub." and the name; "" for other types.
func (m *model) nounName(t types.Type) string {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	switch n.Obj().Pkg().Path() {
	case cloudPath:
		if m.structs[n.Obj().Name()] != nil {
			return n.Obj().Name()
		}
	case module + "internal/hub":
		return ofHub + n.Obj().Name()
	}
	return ""
}

const ofHub = "hub."

// targets are the columns that a statement or a literal sets.
func (m *model) targets(info *types.Info, n ast.Node) (list []target) {
	add := func(e ast.Expr) {
		if t, ok := m.resolve(info, e); ok {
			list = append(list, t)
		}
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, e := range n.Lhs {
			add(e)
		}
	case *ast.IncDecStmt:
		add(n.X)
	case *ast.UnaryExpr: // whoever is given the address writes there
		if n.Op == token.AND {
			add(n.X)
		}
	case *ast.CompositeLit:
		owner := m.nounName(info.TypeOf(n))
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok && owner != "" {
				if id, ok := kv.Key.(*ast.Ident); ok {
					list = append(list, target{owner, id.Name})
				}
			}
		}
	case *ast.CallExpr: // s.Begin(...) sets what Begin sets
		if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok {
			if f, ok := info.Uses[sel.Sel].(*types.Func); ok && f.Pkg() != nil && f.Pkg().Path() == cloudPath {
				list = append(list, m.methods[f.FullName()]...)
			}
		}
	}
	return list
}

// methodsOf reads what the methods of nouns set, for those who call them.
func (m *model) methodsOf(p *packages.Package) {
	for _, f := range p.Syntax {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || fn.Body == nil {
				continue
			}
			name := p.TypesInfo.Defs[fn.Name].(*types.Func).FullName()
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if _, literal := n.(*ast.CompositeLit); !literal {
					m.methods[name] = append(m.methods[name], m.targets(p.TypesInfo, n)...)
				}
				return true
			})
		}
	}
}

// assigned notes who sets which column.
func (m *model) assigned(p *packages.Package) {
	for _, f := range p.Syntax {
		who := place(p, f)
		ast.Inspect(f, func(n ast.Node) bool {
			for _, t := range m.targets(p.TypesInfo, n) {
				if table, ok := strings.CutPrefix(t.owner, ofHub); ok {
					note(m.inSQL, cloud.Snake(table), cloud.Snake(t.field), who)
					continue
				}
				note(m.writers, t.owner, t.field, who)
			}
			return true
		})
	}
}

// place is a file of a package as the page names it.
func place(p *packages.Package, f *ast.File) string {
	return strings.TrimPrefix(strings.TrimPrefix(p.PkgPath, module), "internal/") +
		"/" + strings.TrimSuffix(filepath.Base(p.Fset.Position(f.Package).Filename), ".go")
}

func note(to map[string]map[string]writer, owner, column, who string) {
	if to[owner] == nil {
		to[owner] = map[string]writer{}
	}
	if to[owner][column] == nil {
		to[owner][column] = writer{}
	}
	to[owner][column][who] = true
}

var (
	updates = regexp.MustCompile(`(?is)\bUPDATE "?(\w+)"? SET\s(.*?)(?:\bWHERE\b|\bFROM\b|$)`)
	inserts = regexp.MustCompile(`(?is)\bINSERT INTO "?(\w+)"? \(([^)]*)\)(.*)`)
	upserts = regexp.MustCompile(`(?is)\bDO UPDATE SET\s(.*?)(?:\bWHERE\b|$)`)
	sets    = regexp.MustCompile(`(?i)(?:^|,)\s*"?(\w+)"?\s*=`)
	names   = regexp.MustCompile(`\w+`)
)

// statements notes the columns that SQL in texts sets.
func (m *model) statements(p *packages.Package) {
	for _, f := range p.Syntax {
		who := place(p, f)
		ast.Inspect(f, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			sql, ok := joined(e)
			for table, columns := range written(sql) {
				for _, c := range columns {
					note(m.inSQL, table, c, who)
				}
			}
			return !ok
		})
	}
}

// joined is a text that is put together of parts, with a mark for what is not
// in the source.
func joined(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, err := strconv.Unquote(e.Value)
			return text, err == nil
		}
	case *ast.BinaryExpr:
		x, isText := joined(e.X)
		y, isToo := joined(e.Y)
		if e.Op == token.ADD && (isText || isToo) {
			return x + y, true
		}
	}
	return "$", false
}

// written are the columns that a statement sets, by table.
func written(sql string) map[string][]string {
	out := map[string][]string{}
	add := func(table, list string, find *regexp.Regexp) {
		for _, c := range find.FindAllStringSubmatch(list, -1) {
			out[table] = append(out[table], strings.ToLower(c[len(c)-1]))
		}
	}
	for _, s := range updates.FindAllStringSubmatch(sql, -1) {
		add(s[1], s[2], sets)
	}
	for _, s := range inserts.FindAllStringSubmatch(sql, -1) {
		add(s[1], s[2], names)
		for _, u := range upserts.FindAllStringSubmatch(s[3], -1) {
			add(s[1], u[1], sets)
		}
	}
	return out
}
