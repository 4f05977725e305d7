package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// chooses is the variable of the environment that names the mutant which a woven program plays.
const chooses = "VIRGA_MUTANT"

// weave is the texts of files in which mutants stand beside what they replace, each behind
// a question for its name: one program plays whichever it is told, and is built once. Mutants
// must be bodies of functions (change.in).
func weave(list []mutant, changes map[string]*change) (map[string][]byte, error) {
	type branch struct {
		at   int
		text string
	}
	branches := map[string][]branch{}
	files := map[string][]byte{}
	for _, m := range list {
		c := changes[m.name]
		at, text, err := c.branch(m)
		if err != nil {
			return nil, fmt.Errorf("mutant %s: %w", m.name, err)
		}
		branches[c.file] = append(branches[c.file], branch{at, text})
		files[filepath.Join(filepath.Dir(c.file), "mutant_chosen.go")] = fmt.Appendf(nil,
			"package %s\n\nimport \"os\"\n\nvar mutantChosen = os.Getenv(%q)\n", c.in.pkg, chooses)
	}
	for file, list := range branches {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(list, func(a, b branch) int { return b.at - a.at }) // from behind, so that places stay
		for _, b := range list {
			text = slices.Concat(text[:b.at], []byte(b.text), text[b.at:])
		}
		files[file] = text
	}
	return files, nil
}

// branch is what is put where the body of the function begins: the function as the mutant has
// it, called in its place. It is a function of its own, so that names in it mean what they
// meant and its defers run when they did.
func (c *change) branch(m mutant) (at int, text string, err error) {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, c.file, c.text, parser.SkipObjectResolution)
	if err != nil {
		return 0, "", err
	}
	d, ok := declared(f, m.decl).(*ast.FuncDecl)
	if !ok || d.Body == nil {
		return 0, "", fmt.Errorf("%s is no function", m.decl)
	}
	offset := func(p token.Pos) int { return files.Position(p).Offset }
	of := func(n ast.Node) string { return string(c.text[offset(n.Pos()):offset(n.End())]) }
	var params, args []string
	fields := d.Type.Params.List
	if d.Recv != nil {
		fields = slices.Concat(d.Recv.List, fields)
	}
	taken := map[string]bool{}
	for _, p := range fields {
		for _, n := range p.Names {
			taken[n.Name] = true
		}
	}
	for _, p := range fields {
		_, many := p.Type.(*ast.Ellipsis)
		for _, n := range p.Names {
			// What is called like a type means the parameter in here: it is seen from outside.
			if n.Name == "_" || mentions(p.Type, taken) {
				continue
			}
			params = append(params, n.Name+" "+of(p.Type))
			args = append(args, n.Name+map[bool]string{true: "...", false: ""}[many])
		}
	}
	head, result, end := "func("+strings.Join(params, ", ")+")", "", "; return"
	if r := d.Type.Results; r != nil {
		head, result, end = head+" "+of(r), "return ", ""
	}
	text = fmt.Sprintf("\nif mutantChosen == %q { %s%s %s(%s)%s }\n", m.name, result, head, of(d.Body), strings.Join(args, ", "), end)
	return offset(d.Body.Lbrace) + 1, text, nil
}

// mentions tells whether a type is made with one of some names.
func mentions(t ast.Expr, names map[string]bool) (found bool) {
	ast.Inspect(t, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && names[id.Name]
		return true
	})
	return found
}

// overlay writes files and the file that tells go to build with them.
func overlay(dir, name string, files map[string][]byte) (string, error) {
	replace := map[string]string{}
	for i, file := range slices.Sorted(maps.Keys(files)) {
		at := filepath.Join(dir, fmt.Sprintf("%s-%d%s", name, i, filepath.Ext(file)))
		if err := os.WriteFile(at, files[file], 0o600); err != nil {
			return "", err
		}
		replace[file] = at
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(map[string]any{"Replace": replace}); err != nil {
		return "", err
	}
	at := filepath.Join(dir, name+".json")
	return at, os.WriteFile(at, b.Bytes(), 0o600)
}
