package virga_test

import (
	"go/ast"
	"slices"
	"strings"
)

// dialers are what connects to addresses, by package.
var dialers = map[string][]string{
	"net":        {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "Dialer"},
	"crypto/tls": {"Dial", "DialWithDialer", "Dialer"},
	"net/http":   {"Get", "Head", "Post", "PostForm", "DefaultClient", "DefaultTransport", "Client", "Transport"},
}

// dialRule: an address that a tenant or a peer names may be one of this machine
// or its neighbours. So all calls go through netguard; who calls what no peer
// named says so.
func dialRule(s *source) []string {
	if s.test() || !strings.HasPrefix(s.path, "cmd/") && !strings.HasPrefix(s.path, "internal/") ||
		strings.HasPrefix(s.path, "internal/e2e/") {
		return nil
	}
	var bad []string
	check := func(x ast.Node, used ast.Expr) {
		if name := dialer(s, used); name != "" && !remarked(s, x, "dial:") {
			bad = append(bad, s.at(x)+": "+
				name+" calls whatever address it is given: use netguard, or say `// dial: whose address it is` if no peer has a say in it")
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StarExpr: // a pointer to a client calls nothing
			return dialer(s, n.X) == ""
		case *ast.SelectorExpr:
			check(n, n)
		}
		return true
	})
	return bad
}

// dialer is the name of a dialer that an expression names.
func dialer(s *source, e ast.Expr) string {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	for pkg, names := range dialers {
		if x.Name == s.known(pkg) && slices.Contains(names, sel.Sel.Name) {
			return x.Name + "." + sel.Sel.Name
		}
	}
	return ""
}
