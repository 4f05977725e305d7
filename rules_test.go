// Package virga_test holds the house rules of the repository: what a reviewer
// would have to say twice is a test here. Each rule says why it exists, since
// whoever breaks it reads that line first.
package virga_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/virga-cloud/virga/"

// source is one Go file of the tree.
type source struct {
	path string // below the root, with slashes
	text []byte
	fset *token.FileSet
	file *ast.File
}

// dir is the file's folder, which is its package's path in the module.
func (s *source) dir() string { return path.Dir(s.path) }

func (s *source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

func (s *source) generated() bool { return strings.HasSuffix(s.path, ".gen.go") }

func (s *source) lines() int { return bytes.Count(s.text, []byte("\n")) }

// at names a place in the file for a message.
func (s *source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(n.Pos()).Line)
}

// imports are the paths of the packages that the file imports.
func (s *source) imports() []string {
	var paths []string
	for _, i := range s.file.Imports {
		p, _ := strconv.Unquote(i.Path.Value) // the parser has checked it
		paths = append(paths, p)
	}
	return paths
}

// known is the name by which the file calls a package, "" when it does not.
func (s *source) known(p string) string {
	for i, q := range s.imports() {
		if q == p && s.file.Imports[i].Name != nil {
			return s.file.Imports[i].Name.Name
		}
		if q == p {
			return path.Base(p)
		}
	}
	return ""
}

func parse(name string, text []byte) (*source, error) {
	s := &source{path: name, text: text, fset: token.NewFileSet()}
	f, err := parser.ParseFile(s.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	s.file = f
	return s, err
}

// tree is every Go file of the repository, also those that this machine's
// build leaves out.
func tree(t *testing.T) []*source {
	t.Helper()
	var all []*source
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); p != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		s, err := parse(filepath.ToSlash(p), text)
		all = append(all, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("found only %d Go files: the rules look in the wrong place", len(all))
	}
	return all
}

// rules are checks of one file. Each gives its complaints as "place: what, why".
var rules = []struct {
	name  string
	check func(*source) []string
}{
	{"imports", importRule},
	{"world", worldRule},
	{"sleep", sleepRule},
	{"size", sizeRule},
	{"lines", lineRule},
	{"cgo", cgoRule},
	{"init", initRule},
	{"names", nameRule},
	{"generated", generatedRule},
	{"files", fileRule},
	{"dial", dialRule},
	{"clock", clockRule},
	{"nouns", nounRule},
	{"columns", columnRule},
}

func TestHouseRules(t *testing.T) {
	all := tree(t)
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for _, s := range all {
				for _, complaint := range r.check(s) {
					t.Error(complaint)
				}
			}
		})
	}
}

// pure are the packages in which clock, randomness, goroutines and transport
// come from outside, so that a whole cloud runs in one goroutine under a seed
// and a failing seed replays exactly. Each may have one file, run.go, that
// connects it with the real world.
var pure = []string{
	"internal/cloud", "internal/plan", "internal/ipam", "internal/place", "internal/meter", "internal/store",
	"internal/work", "internal/auth", "internal/control", "internal/reconcile", "internal/hub", "internal/host",
	"internal/host/fake",
}

// clocks are the names of package time that read or wait for the real clock.
var clocks = []string{
	"Now", "After", "AfterFunc", "Sleep", "NewTimer", "NewTicker", "Tick", "Since", "Until",
}

func worldRule(s *source) []string {
	if !slices.Contains(pure, s.dir()) || s.test() || path.Base(s.path) == "run.go" {
		return nil
	}
	const why = "this package gets clock, randomness and goroutines from outside (only run.go may take them), so that simulations replay"
	var bad []string
	for _, p := range s.imports() {
		if p == "math/rand" || p == "math/rand/v2" || p == "crypto/rand" {
			bad = append(bad, fmt.Sprintf("%s imports %s: %s", s.path, p, why))
		}
	}
	clock := s.known("time")
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			bad = append(bad, fmt.Sprintf("%s: go statement: %s", s.at(n), why))
		case *ast.CallExpr: // errgroup.Group.Go, sync.WaitGroup.Go
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Go" && len(n.Args) == 1 {
				bad = append(bad, fmt.Sprintf("%s: starts a goroutine: %s", s.at(n), why))
			}
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == clock && slices.Contains(clocks, n.Sel.Name) {
				bad = append(bad, fmt.Sprintf("%s: time.%s: %s", s.at(n), n.Sel.Name, why))
			}
		}
		return true
	})
	return bad
}

// sleepRule wants tests to wait for a condition: a sleep is either too short on
// a slow machine or too long on every other. Inside a loop it is the pause of
// such a wait. A guest's or a fault's own slowness is no test's wait; the
// places that model one are listed.
func sleepRule(s *source) []string {
	if !s.test() {
		return nil
	}
	clock := s.known("time")
	var bad []string
	var loops []ast.Node
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt:
			loops = append(loops, n)
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Sleep" {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); !ok || x.Name != clock {
				return true
			}
			inside := func(l ast.Node) bool { return l.Pos() <= n.Pos() && n.End() <= l.End() }
			if !slices.ContainsFunc(loops, inside) && !remarked(s, n, "models") {
				bad = append(bad, fmt.Sprintf("%s: a test sleeps: wait for a condition with a deadline, or use synctest "+
					"(a sleep that plays a slow part says so: `// models ...`)", s.at(n)))
			}
		}
		return true
	})
	return bad
}

// remarked says whether a comment beginning with word stands in the line of n
// or in the one above.
func remarked(s *source, n ast.Node, word string) bool {
	line := s.fset.Position(n.Pos()).Line
	for _, g := range s.file.Comments {
		for _, c := range g.List {
			at := s.fset.Position(c.Pos()).Line
			if (at == line || at == line-1) && strings.HasPrefix(strings.TrimSpace(strings.TrimLeft(c.Text, "/* ")), word) {
				return true
			}
		}
	}
	return false
}

// maxLines is the one number that tells where a code base hurts.
const maxLines = 800

func sizeRule(s *source) []string {
	if n := s.lines(); !s.generated() && n > maxLines {
		return []string{
			fmt.Sprintf("%s has %d lines: nothing written by hand is longer than %d; split it by resource or duty", s.path, n, maxLines),
		}
	}
	return nil
}

func cgoRule(s *source) []string {
	for _, p := range s.imports() {
		if p == "C" {
			return []string{s.path + ` imports "C": the binary is static and builds everywhere, without cgo`}
		}
	}
	return nil
}

// initRule: what happens before main cannot be tested, ordered or left out.
func initRule(s *source) []string {
	var bad []string
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			bad = append(bad, fmt.Sprintf("%s: func init: everything is wired by hand from main; use a variable or a constructor", s.at(f)))
		}
	}
	return bad
}

// empties are names that say nothing about what is inside.
var empties = []string{"util", "utils", "types", "helpers", "helper", "common", "misc", "base", "lib"}

func nameRule(s *source) []string {
	if name := strings.TrimSuffix(s.file.Name.Name, "_test"); slices.Contains(empties, name) {
		return []string{fmt.Sprintf("%s: package %s: a package is named by what it does", s.path, name)}
	}
	return nil
}

const generatedHeader = "// Code generated "

// generatedRule keeps both directions: tools know a generated file by its
// header, people and our other rules by its name.
func generatedRule(s *source) []string {
	headed := ast.IsGenerated(s.file)
	switch {
	case s.generated() && !headed:
		return []string{s.path + ": a generated file begins with `" + generatedHeader + "... DO NOT EDIT.`"}
	case headed && !s.generated():
		return []string{s.path + ": a generated file is named *.gen.go"}
	}
	return nil
}
