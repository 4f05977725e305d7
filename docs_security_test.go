package virga_test

import (
	"go/ast"
	"os"
	"regexp"
	"strings"
	"testing"
)

var namedTest = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]+)`")

// The page that says what an attacker gets is worth as much as the tests that
// try it: each line of its tables names some, and they exist.
func TestSecurityPageNamesTests(t *testing.T) {
	pageNamesTests(t, "docs/explain/security.md", "| tries ", 40)
}

// pageNamesTests looks at the tables of a page that begin with head: each line names
// tests, and all tests that the page names exist. least is how many it names at least.
func pageNamesTests(t *testing.T, page, head string, least int) {
	t.Helper()
	there := map[string]bool{}
	for _, s := range tree(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.test() {
				there[f.Name.Name] = true
			}
		}
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	inTable, named := false, 0
	for i, line := range strings.Split(string(text), "\n") {
		switch {
		case strings.HasPrefix(line, head):
			inTable = true
		case !strings.HasPrefix(line, "|"):
			inTable = false
		case inTable && !strings.HasPrefix(line, "|---"):
			if !namedTest.MatchString(line) {
				t.Errorf("%s:%d: names no test", page, i+1)
			}
		}
		for _, m := range namedTest.FindAllStringSubmatch(line, -1) {
			named++
			if !there[m[1]] {
				t.Errorf("%s:%d: there is no test %s", page, i+1, m[1])
			}
		}
	}
	if named < least {
		t.Errorf("%s: only %d tests are named: the page was not read right", page, named)
	}
}
