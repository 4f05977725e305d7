package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// mutant is one small fault: a text inside a declaration, and what stands there
// instead. It names no file and no line, so that it survives what moves around it.
type mutant struct {
	name string // once in the list
	pkg  string // whose own tests must notice it, below the root
	decl string // function, "Type.Method" or variable; or other files of the package, as "migrations/*.sql"
	old  string // once in the declaration; blanks count as one
	new  string
	// breaks is what goes wrong then, for people.
	breaks string
	// state: rows, documents or artefacts become wrong, which the simulation must see.
	state bool
	// test is who most likely notices it: a pattern of -run, tried before all others.
	test string
}

// change is a mutant in a tree.
type change struct {
	file string // as the tree has it
	text []byte // of the whole file
	in   *body  // nil: not in a function
}

// body is the function that a change is in.
type body struct{ pkg string }

// apply finds the place of a mutant below root. A text that is not there, or there
// twice, is an error: the mutant must follow the tree.
func (m mutant) apply(root string) (*change, error) {
	in, apply := "*.go", m.applyIn
	if strings.Contains(m.decl, "/") {
		in, apply = m.decl, m.applyTo
	}
	names, err := filepath.Glob(filepath.Join(root, m.pkg, in))
	if err != nil {
		return nil, err
	}
	var found *change
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		c, err := apply(name)
		switch {
		case err != nil:
			return nil, fmt.Errorf("mutant %s: %w", m.name, err)
		case c != nil && found != nil:
			return nil, fmt.Errorf("mutant %s: %s is declared in %s and in %s: name what only one of them has",
				m.name, m.decl, found.file, c.file)
		case c != nil:
			found = c
		}
	}
	if found == nil {
		return nil, fmt.Errorf("mutant %s: %s has no declaration %s any more: say where its code is now", m.name, m.pkg, m.decl)
	}
	return found, nil
}

// applyIn is apply for one file; nil when the declaration is not in it.
func (m mutant) applyIn(name string) (*change, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	node := declared(f, m.decl)
	if node == nil {
		return nil, nil
	}
	from, to := files.Position(node.Pos()).Offset, files.Position(node.End()).Offset
	at := pattern(m.old).FindAllIndex(text[from:to], -1)
	if len(at) != 1 {
		return nil, fmt.Errorf("%s has %q %d times, not once: write down what it says now", m.decl, m.old, len(at))
	}
	changed := bytes.Join([][]byte{text[:from+at[0][0]], []byte(m.new), text[from+at[0][1]:]}, nil)
	if _, err := parser.ParseFile(token.NewFileSet(), name, changed, 0); err != nil {
		return nil, fmt.Errorf("is no Go: %w", err)
	}
	if bytes.Equal(changed, text) {
		return nil, fmt.Errorf("changes nothing in %s", m.decl)
	}
	c := &change{file: name, text: changed}
	if _, ok := node.(*ast.FuncDecl); ok {
		c.in = &body{f.Name.Name}
	}
	return c, nil
}

// applyTo is apply for a file that is no Go; nil when the text is not in it.
func (m mutant) applyTo(name string) (*change, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	at := pattern(m.old).FindAllIndex(text, -1)
	switch {
	case len(at) == 0:
		return nil, nil
	case len(at) > 1:
		return nil, fmt.Errorf("%s has %q %d times, not once: write down what it says now", name, m.old, len(at))
	}
	return &change{file: name, text: slices.Concat(text[:at[0][0]], []byte(m.new), text[at[0][1]:])}, nil
}

// pattern finds a text whatever its blanks and line breaks are.
func pattern(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	return regexp.MustCompile(strings.Join(words, `\s+`))
}

// declared is the declaration of a name in a file.
func declared(f *ast.File, name string) ast.Node {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if funcName(d) == name {
				return d
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if v, ok := s.(*ast.ValueSpec); ok && len(v.Names) == 1 && v.Names[0].Name == name {
					return v
				}
			}
		}
	}
	return nil
}

// funcName is "Name", or "Type.Name" of a method.
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	switch x := t.(type) { // of type parameters only the number matters
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	if x, ok := t.(*ast.Ident); ok {
		return x.Name + "." + d.Name.Name
	}
	return d.Name.Name
}

// digest is of all that a verdict depends on, as far as it is cheap to say: the
// mutant, its package and the folders of the suite.
func (m mutant) digest(root string, dirs ...string) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %q %v\n", m.pkg, m.decl, m.old, m.new, dirs)
	for _, dir := range append([]string{m.pkg}, dirs...) {
		names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil {
			return "", err
		}
		if strings.Contains(m.decl, "/") && dir == m.pkg {
			more, err := filepath.Glob(filepath.Join(root, dir, m.decl))
			if err != nil {
				return "", err
			}
			names = append(names, more...)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(h, "%s %d\n", filepath.Base(name), len(text))
			h.Write(text)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}
