package virga_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// facing are the packages that are handed values by peers: clients, hosts,
// guests, the control plane. cmd/virga is one where it serves (methods of
// node); a person who types a path means that path.
var facing = []string{
	"internal/hub", "internal/httpd", "internal/oneandone", "internal/cloudcix", "internal/wire", "internal/control",
	"internal/reconcile", "internal/host",
}

// namers are the functions of package os that take names and go wherever a
// name leads. os.OpenRoot and what a Root does is not among them.
var namers = []string{
	"Open", "OpenFile", "Create", "CreateTemp", "ReadFile", "WriteFile", "ReadDir", "DirFS", "Stat", "Lstat", "Readlink", "Truncate",
	"Remove", "RemoveAll", "Rename", "Link", "Symlink", "Mkdir", "MkdirAll", "MkdirTemp", "Chmod", "Chown", "Chtimes", "CopyFS",
}

// fileRule: a host asked for an image by a digest with "%2f.." behind it and
// got the master key. So a name that is not written down in the source needs
// a word about where it comes from, or goes through an os.Root.
func fileRule(s *source) []string {
	if s.test() {
		return nil
	}
	var bad []string
	for _, d := range s.file.Decls {
		f, _ := d.(*ast.FuncDecl)
		switch {
		case slices.Contains(drivers, s.dir()):
			ast.Inspect(d, func(n ast.Node) bool {
				if joinsID(s, n) {
					bad = append(bad, s.at(n)+": an id as a file's name: use In.Path, which leaves the installation's folder for no id")
				}
				return true
			})
		case slices.Contains(facing, s.dir()), s.dir() == "cmd/virga" && f != nil && serves(f):
			if f != nil && explained(f) {
				continue
			}
			ast.Inspect(d, func(n ast.Node) bool {
				if opens(s, n) && !remarked(s, n, "path:") {
					bad = append(bad, s.at(n)+": opens a file by a name that may be a peer's: check its form and use os.OpenRoot or image.Shelf, "+
						"or say `// path: whose name it is` (there, or of the whole function) if no peer has a say in it")
				}
				return true
			})
		}
	}
	return bad
}

// explained says whether the comment of a function says whose names it opens.
func explained(f *ast.FuncDecl) bool {
	return f.Doc != nil && slices.ContainsFunc(f.Doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "// path: ") })
}

// opens says whether a node calls one of the namers with a name from elsewhere.
func opens(s *source, n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && s.known("os") != "" && x.Name == s.known("os") && slices.Contains(namers, sel.Sel.Name) &&
		slices.ContainsFunc(call.Args, foreignName)
}

// serves says whether a function is a method of the control node.
func serves(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return false
	}
	star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	x, ok := star.X.(*ast.Ident)
	return ok && x.Name == "node"
}

// foreignName says whether a text is not in the source: constants are, and what
// d.path("keys", "ca.pem") makes of them. Numbers (flags, modes) and os.Args are no names.
func foreignName(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return false
	case *ast.BinaryExpr:
		return foreignName(e.X) || foreignName(e.Y)
	case *ast.SelectorExpr: // os.O_RDWR, os.ModePerm
		x, ok := e.X.(*ast.Ident)
		return !ok || x.Name != "os"
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "path" && sel.Sel.Name != "Path" {
			return true
		}
		return slices.ContainsFunc(e.Args, func(a ast.Expr) bool { l, ok := a.(*ast.BasicLit); return !ok || l.Kind != token.STRING })
	}
	return true
}

// joinsID says whether a node is a filepath.Join with a conversion to string
// behind its folder, which is how an id becomes a name.
func joinsID(s *source, n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Join" {
		return false
	}
	if x, ok := sel.X.(*ast.Ident); !ok || x.Name != s.known("path/filepath") {
		return false
	}
	return slices.ContainsFunc(call.Args[1:], func(a ast.Expr) bool {
		c, ok := a.(*ast.CallExpr)
		if !ok {
			return false
		}
		f, ok := c.Fun.(*ast.Ident)
		return ok && f.Name == "string"
	})
}
