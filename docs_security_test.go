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
	there := map[string]bool{}
	for _, s := range tree(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.test() {
				there[f.Name.Name] = true
			}
		}
	}
	text, err := os.ReadFile("docs/explain/security.md")
	if err != nil {
		t.Fatal(err)
	}
	attacks, named := false, 0
	for i, line := range strings.Split(string(text), "\n") {
		switch {
		case strings.HasPrefix(line, "| tries "):
			attacks = true
		case !strings.HasPrefix(line, "|"):
			attacks = false
		case attacks && !strings.HasPrefix(line, "|---"):
			if !namedTest.MatchString(line) {
				t.Errorf("security.md:%d: names no test", i+1)
			}
		}
		for _, m := range namedTest.FindAllStringSubmatch(line, -1) {
			named++
			if !there[m[1]] {
				t.Errorf("security.md:%d: there is no test %s", i+1, m[1])
			}
		}
	}
	if named < 40 {
		t.Errorf("only %d tests are named: the page was not read right", named)
	}
}
