package cloudcix

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	wirespec "github.com/virga-cloud/virga/client/cloudcix"
	"github.com/virga-cloud/virga/client/op"
	"github.com/virga-cloud/virga/internal/cloud"
)

// withoutNumber are codes that the core makes and the contract has no number for:
// they are answered by status and sentence alone.
var withoutNumber = map[string]string{
	"many": "the others under one roof",
	"form": "what a form refused knows its number",

	"token": "401", "token.expired": "401", "source": "403 to whoever comes from elsewhere", "disabled": "403 to users that are switched off",
	"expired": "403 to users that are switched off", "role": "stands under forbidden", "flag": "stands under forbidden",
	"login.busy": "429", "login.often": "429", "rate": "429", "idempotency.digest": "409, a header of ours",
	"list.value": "the one 400 of each list",
	"ip.untold":  "503: for a moment after a restored database",
	"host.away":  "503: a console is no operation of the contract", "events.before": "the operator's export asks",
	"not_found": "the object then says its own noun",

	// Rules of a router are written by the cloud document, which is not built.
	"rule.source": "103", "rule.destination": "105", "rule.family": "106", "rule.side": "107", "rule.subnet": "109", "rule.protocol": "110",
	"rule.port.missing": "111", "rule.port.ends": "112", "rule.port.end": "113", "rule.port.range": "114", "rule.port.number": "115",
	"rule.pci": "118", "rule.port.long": "119", "description.form": "a rule of ours",

	"disk.removing": "409: states of this project that the contract does not know", "server.clearing": "409, the same",
	"server.copied": "409, the same", "server.lost": "409, the same",

	"action.unknown": "1&1 only", "clone.disks": "1&1 only",
	"clone.region": "1&1 only", "clone.source": "1&1 only", "description.long": "1&1 only",
	"disks.empty": "1&1 only", "disk.main": "1&1 only", "dvd.empty": "1&1 only", "ip.region": "1&1 only", "ip.used": "1&1 only",
	"power.off": "1&1 only", "power.on": "1&1 only", "resize.cores": "1&1 only", "resize.hot": "1&1 only",
	"reverse_dns.long": "1&1 only", "reverse_dns.form": "1&1 only",
	"firewall_policy.missing": "1&1 only", "key.missing": "1&1 only", "log_entry.missing": "1&1 only", "public_ip.missing": "1&1 only",
	"ssh_key.missing": "1&1 only", "flavor.missing": "1&1 only", "snapshot.missing": "1&1 only", "ip.missing": "1&1 only",

	"network.edge": "1&1 only", "network.gateway": "1&1 only", "network.inside": "1&1 only", "network.many": "1&1 only",
	"network.member": "1&1 only", "network.private": "1&1 only", "network.project": "1&1 only", "network.ranges": "1&1 only",
	"network.region": "1&1 only", "network.removing": "1&1 only", "network.routed": "1&1 only", "network.servers": "1&1 only",
	"network.size": "1&1 only", "network.translated": "1&1 only", "network.used": "1&1 only", "network.version": "1&1 only",
	"private_network.missing": "1&1 only",

	"action.deny": "1&1 only", "bound_ip.missing": "1&1 only", "ip.free": "1&1 only", "policy.busy": "1&1 only",
	"policy.default": "1&1 only", "policy.many": "1&1 only", "policy.removing": "1&1 only", "policy.used": "1&1 only",
	"port.both": "1&1 only", "port.form": "1&1 only", "port.from": "1&1 only", "port.needed": "1&1 only", "port.none": "1&1 only",
	"port.order": "1&1 only", "protocol.unknown": "1&1 only", "rule.missing": "1&1 only", "rules.many": "1&1 only",
	"rules.sources": "1&1 only", "source.form": "1&1 only",

	"feed.empty": "a verb of the operator", "feed.line": "a verb of the operator", "feed.long": "a verb of the operator",
	"feed.missing": "a verb of the operator", "feed.name": "a verb of the operator", "feed.source": "a verb of the operator",

	"console.off": "a stream of ours", "server.retry": "a verb of the operator",
	"password.length": "a verb of the operator", "password.text": "a verb of the operator",
	"pool.inside": "a verb of the operator", "pool.overlap": "a verb of the operator", "pool.text": "a verb of the operator",
	"region.country": "a verb of the operator", "region.inside": "a verb of the operator", "region.name": "a verb of the operator",
	"region.taken": "a verb of the operator", "region.missing": "a verb of the operator", "user.ambiguous": "a verb of the operator",
	"quota": "403 in words of ours: no service knows quotas", "quota.negative": "a verb of the operator",
	"user.member": "a verb of the operator", "host.taken": "a verb of the operator",
	"user.email": "a verb of the operator", "user.name": "a verb of the operator",
	"user.empty": "a verb of the operator", "user.long": "a verb of the operator", "user.operator": "a verb of the operator",
	"member.empty": "a verb of the operator", "member.taken": "a verb of the operator",
	"image.empty": "a verb of the operator",
	"host.empty":  "a verb of the operator", "host.long": "a verb of the operator", "image.long": "a verb of the operator",
	"user.form": "a verb of the operator", "image.form": "a verb of the operator", "host.form": "a verb of the operator",
	"region.form":  "a verb of the operator",
	"keys.missing": "refuses a start", "keys.other": "refuses a start",
	"setup.hosts": "refuses a start", "setup.inside": "refuses a start", "setup.pool": "refuses a start",
	"user.robot": "a verb of the operator", "region.driver": "a verb of the operator", "host.robot": "a verb of the operator",
	"user.taken": "a verb of the operator", "region.robot": "501 until states that robots write are built",
}

// Waiting are numbers of built services that nothing is answered with until a noun
// is built. It may only shrink.
var Waiting = map[string]string{
	"iaas_project_update_109": "device", "iaas_vm_update_108": "device", "iaas_vm_update_138": "device", "iaas_vm_update_139": "device",
	"iaas_vm_update_140": "device",

	"iaas_virtual_router_create_103": "cloud", "iaas_virtual_router_create_104": "cloud", "iaas_virtual_router_create_107": "router",
	"iaas_policy_log_list_002": "router", "iaas_policy_log_list_003": "router", "iaas_policy_log_list_004": "router",
	"iaas_virtual_router_update_003": "router", "iaas_virtual_router_update_111": "vpn",

	"membership_token_create_004": "one-time password", "membership_token_create_005": "one-time password",
	"membership_token_create_007": "one-time password",

	"membership_cloud_bill_read_001": "link", "membership_member_read_201": "link", "membership_user_read_201": "link",
	"membership_user_read_202": "link", "membership_user_read_203": "link", "membership_user_read_204": "link",
}

// Reserved tells a number that the contract keeps for nothing.
func Reserved(code string) bool {
	e, _ := numberedError(code)
	return strings.HasPrefix(e.Meaning, "(reserved")
}

// A number that is given to an error has a place in the contract, in the operation
// that answers it, and no error has two.
func TestCodesHaveNumbers(t *testing.T) {
	for key, table := range codes {
		own, other, nested := strings.Cut(key, "/")
		if !nested {
			other = own
		}
		for name, n := range table {
			to, ok := at(own, other, n)
			answers := func(o op.Spec) bool { return group(o.ID) == own && slices.Contains(o.Errors, to.code) }
			if !ok || !slices.ContainsFunc(wirespec.Operations, answers) {
				t.Errorf("%s gives %s the number %d, which the contract does not have", key, name, n)
			}
			if _, twice := codes[own][name]; nested && twice {
				t.Errorf("%s and %s both have a number for %s", own, key, name)
			}
		}
	}
}

// A number that belongs to an error which nobody makes is never answered, and an
// error of the core that has none is known to have none.
func TestCodesAreMade(t *testing.T) {
	made := madeCodes(t)
	mapped := map[string]bool{"forbidden": true}
	for key, table := range codes {
		for name := range table {
			code, _, _ := strings.Cut(name, "@")
			mapped[code] = true
			if !made[code] && code != "forbidden" {
				t.Errorf("%s: nobody makes %s", key, code)
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(made)) {
		if _, known := withoutNumber[code]; !known && !mapped[code] {
			t.Errorf("%s is made and has neither a number nor a place in withoutNumber", code)
		}
	}
	for code, why := range withoutNumber {
		if mapped[code] || !made[code] {
			t.Errorf("%s is in withoutNumber (%s) and has a number, or is made no more", code, why)
		}
	}
}

// Each number that the contract has for a built service belongs to an error of the
// core, is written where a form is read, or waits. Numbers of a service that is
// known to others only, such as storage_update, count as built; those of one that
// is not built itself wait for it.
func TestNumbersAreAnsweredOrWait(t *testing.T) {
	built := (&API{}).Handlers()
	forms := formNumbers(t)
	answered, later := map[string]bool{}, map[string]bool{}
	documented := map[string]bool{}
	for _, o := range wirespec.Operations {
		if built[o.ID] == nil {
			later[group(o.ID)] = true
			continue
		}
		if to, ok := listValue(o); ok && len(o.Orders) > 0 {
			answered[to.code] = true
		}
		for _, full := range o.Errors {
			documented[full] = true
			if n, err := strconv.Atoi(full[len(full)-3:]); err == nil && n > 100 && forms[o.ID][n] {
				answered[full] = true
			}
		}
	}
	for key, table := range codes {
		own, other, nested := strings.Cut(key, "/")
		for _, n := range table {
			answered[code(map[bool]string{true: other, false: own}[nested], n)] = true
		}
	}
	for _, full := range slices.Sorted(maps.Keys(documented)) {
		what, waits := Waiting[full]
		switch e, _ := numberedError(full); {
		case Reserved(full):
		case answered[full] && waits:
			t.Errorf("%s can be answered and need not wait for %s", full, what)
		case !answered[full] && !waits && !later[strings.TrimPrefix(full[:len(full)-4], "iaas_")]:
			t.Errorf("nothing is answered with %s (%s: %s)", full, e.Field, e.Meaning)
		}
	}
	for code, what := range Waiting {
		if !documented[code] {
			t.Errorf("%s waits for %s, and no built operation has it", code, what)
		}
	}
	if len(Waiting) > 22 { // three of them of the log of a router that nobody can log in to
		t.Errorf("%d numbers wait; there may only be fewer", len(Waiting))
	}
}

// formNumbers gives, by operation, the numbers that stand in the functions which
// read its body.
func formNumbers(t *testing.T) map[string]map[int]bool {
	t.Helper()
	text, err := os.ReadFile("../../client/cloudcix/operations.gen.go")
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^var (\w+) = op\.Op.*\n\tID: "(\w+)"`).FindAllSubmatch(text, -1) {
		ids[string(m[1])] = string(m[2])
	}
	files := parse(t, ".")
	decls := map[string]*ast.FuncDecl{}
	for _, f := range files {
		for _, d := range f.Decls {
			if decl, ok := d.(*ast.FuncDecl); ok {
				decls[decl.Name.Name] = decl
			}
		}
	}
	found := map[string]map[int]bool{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 3 {
				return true
			}
			if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "write" {
				return true
			}
			o, ok1 := call.Args[1].(*ast.SelectorExpr)
			from, ok2 := call.Args[2].(*ast.Ident)
			if ok1 && ok2 {
				found[ids[o.Sel.Name]] = numbersIn(decls, from.Name, map[string]bool{}, map[int]bool{})
			}
			return true
		})
	}
	if len(found) == 0 {
		t.Fatal("no operation reads a body")
	}
	return found
}

// numbersIn collects the numbers in a function and in those that it calls.
func numbersIn(decls map[string]*ast.FuncDecl, name string, seen map[string]bool, numbers map[int]bool) map[int]bool {
	if seen[name] || decls[name] == nil {
		return numbers
	}
	seen[name] = true
	ast.Inspect(decls[name].Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if i, err := strconv.Atoi(n.Value); err == nil {
				numbers[i] = true
			}
		case *ast.Ident:
			numbersIn(decls, n.Name, seen, numbers)
		}
		return true
	})
	return numbers
}

// makers are packages in which errors are made that a request of this dialect can
// meet.
var makers = []string{"../cloud", "../control", "../auth", "../ipam", "../place", "."}

// madeCodes reads out of the source which codes errors are made with.
func madeCodes(t *testing.T) map[string]bool {
	t.Helper()
	p := codeReader{
		consts: map[string]string{}, fields: map[string][]string{}, made: map[string]bool{}, makers: map[string][]maker{"Errorf": {{arg: 1}}},
	}
	for _, dir := range makers {
		p.files = append(p.files, parse(t, dir)...)
	}
	p.constants()
	for before := -1; before != p.known(); {
		before = p.known()
		p.each(p.call)
	}
	return p.made
}

func parse(t *testing.T, dir string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(dir + "/*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("no source in %s: %v", dir, err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// codeReader finds codes: literals, constants, fields that are
// set to a literal, and parameters that are handed on, perhaps between other words.
type codeReader struct {
	files  []*ast.File
	consts map[string]string
	fields map[string][]string // literals that a field is set to
	makers map[string][]maker
	made   map[string]bool
}

// maker is a function that makes an error whose code is prefix + an argument +
// suffix. A function inside another one is known by both names.
type maker struct {
	arg            int
	prefix, suffix string
}

func (p *codeReader) known() int {
	n := len(p.made)
	for _, m := range p.makers {
		n += len(m)
	}
	return n
}

func (p *codeReader) constants() {
	p.each(func(_ scope, n ast.Node) {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, v := range n.Values {
				if s, ok := literal(v); ok {
					p.consts[n.Names[i].Name] = s
				}
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "noun" {
				if s, ok := literal(n.Value); ok {
					p.fields[key.Name] = append(p.fields[key.Name], s)
				}
			}
		}
	})
}

// scope is the function a piece of source stands in.
type scope struct {
	pkg    string
	outer  *ast.FuncDecl
	name   string // as makers knows it
	params *ast.FieldList
}

func (p *codeReader) each(f func(in scope, n ast.Node)) {
	for _, file := range p.files {
		for _, d := range file.Decls {
			in := scope{pkg: file.Name.Name, params: &ast.FieldList{}}
			if decl, ok := d.(*ast.FuncDecl); ok {
				in.outer, in.name, in.params = decl, in.called(decl.Name.Name), decl.Type.Params
			}
			walk(d, in, f)
		}
	}
}

// walk visits what stands in n, functions inside functions under their own names.
func walk(n ast.Node, in scope, f func(in scope, n ast.Node)) {
	names := map[*ast.FuncLit]string{}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, v := range n.Rhs {
				if lit, ok := v.(*ast.FuncLit); ok && in.outer != nil {
					if name, ok := n.Lhs[i].(*ast.Ident); ok {
						names[lit] = in.name + "." + name.Name
					}
				}
			}
		case *ast.FuncLit:
			walk(n.Body, scope{in.pkg, in.outer, names[n], n.Type.Params}, f)
			return false
		}
		if n != nil {
			f(in, n)
		}
		return true
	})
}

// called is how makers knows a function of the package; exported ones are known
// everywhere.
func (in scope) called(name string) string {
	if ast.IsExported(name) {
		return name
	}
	return in.pkg + "." + name
}

func (p *codeReader) call(in scope, n ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpr:
		f := n.Fun
		if typed, ok := f.(*ast.IndexExpr); ok {
			f = typed.X
		}
		name := ""
		switch f := f.(type) {
		case *ast.Ident:
			if name = in.called(f.Name); in.outer != nil && p.makers[in.called(in.outer.Name.Name)+"."+f.Name] != nil {
				name = in.called(in.outer.Name.Name) + "." + f.Name
			}
			if f.Name == "catalogue" { // says that an object is missing by the name of its operation
				if read, ok := n.Args[3].(*ast.SelectorExpr); ok {
					p.note(maker{suffix: ".missing"}, cloud.Snake(strings.TrimPrefix(read.Sel.Name, "Read")))
				}
			}
		case *ast.SelectorExpr:
			name = in.called(f.Sel.Name)
		}
		for _, m := range p.makers[name] {
			if m.arg < len(n.Args) {
				p.code(in, n.Args[m.arg], m, 0)
			}
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Code" {
			p.code(in, n.Value, maker{}, 0)
		}
	case *ast.AssignStmt:
		if to, ok := n.Lhs[0].(*ast.SelectorExpr); ok && to.Sel.Name == "Code" {
			p.code(in, n.Rhs[0], maker{}, 0)
		}
	}
}

// code notes what an expression can be.
func (p *codeReader) code(in scope, e ast.Expr, m maker, depth int) {
	if s, ok := literal(e); ok {
		p.note(m, s)
		return
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if s, ok := literal(e.X); ok {
			p.code(in, e.Y, maker{prefix: m.prefix + s, suffix: m.suffix}, depth)
		} else if s, ok := literal(e.Y); ok {
			p.code(in, e.X, maker{prefix: m.prefix, suffix: s + m.suffix}, depth)
		}
	case *ast.CallExpr: // strings.ToLower and the like
		if len(e.Args) > 0 {
			p.code(in, e.Args[0], m, depth)
		}
	case *ast.SelectorExpr:
		for _, s := range p.fields[e.Sel.Name] {
			p.note(m, s)
		}
		if e.Sel.Name == "code" && in.outer != nil { // of the table it stands in
			ast.Inspect(in.outer, func(n ast.Node) bool {
				if kv, ok := n.(*ast.KeyValueExpr); ok {
					if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "code" {
						p.code(in, kv.Value, m, depth+1)
					}
				}
				return true
			})
		}
	case *ast.Ident:
		p.variable(in, e.Name, m, depth)
	}
}

func (p *codeReader) variable(in scope, name string, m maker, depth int) {
	i := 0
	for _, f := range in.params.List {
		for _, n := range f.Names {
			if add := (maker{arg: i, prefix: m.prefix, suffix: m.suffix}); n.Name == name &&
				in.name != "" && !slices.Contains(p.makers[in.name], add) {
				p.makers[in.name] = append(p.makers[in.name], add)
			}
			i++
		}
	}
	if s, ok := p.consts[name]; ok {
		p.note(m, s)
		return
	}
	if depth > 3 || in.outer == nil {
		return
	}
	ast.Inspect(in.outer, func(n ast.Node) bool { // whatever it is set to
		if set, ok := n.(*ast.AssignStmt); ok && len(set.Lhs) == len(set.Rhs) {
			for i, to := range set.Lhs {
				if id, ok := to.(*ast.Ident); ok && id.Name == name {
					p.code(in, set.Rhs[i], m, depth+1)
				}
			}
		}
		return true
	})
}

// note records a code. Codes have no blanks and no capitals, the nouns in them may.
func (p *codeReader) note(m maker, s string) {
	p.made[strings.ReplaceAll(strings.ToLower(m.prefix+s+m.suffix), " ", "_")] = true
}

func literal(e ast.Expr) (string, bool) {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(b.Value)
	return s, err == nil
}
