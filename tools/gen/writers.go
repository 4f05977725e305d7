package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
)

// writers makes a method WriteJSON for each model, from the Go text of the
// models: it writes what encoding/json would, without looking at types while it
// runs. Types that are written by hand bring a method of their own.
func (d dialect) writers(models []byte) ([]byte, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "models.gen.go", models, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	w := &writer{types: map[string]*ast.TypeSpec{}}
	var order []*ast.TypeSpec
	own := map[string]bool{} // types with a method MarshalJSON
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Name.Name == "MarshalJSON" {
			if of, ok := f.Recv.List[0].Type.(*ast.Ident); ok {
				own[of.Name] = true
			}
		}
		if g, ok := decl.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				t := s.(*ast.TypeSpec)
				w.types[t.Name.Name] = t
				order = append(order, t)
			}
		}
	}
	fmt.Fprintf(w, "// Code generated from %s by tools/gen. DO NOT EDIT.\n\n", d.contract)
	fmt.Fprintf(w, "package %s\n\nimport %q\n", d.name, "github.com/virga-cloud/virga/client/op")
	for _, t := range order {
		if !w.object(t.Name.Name) {
			continue // an alias or a plain value: whoever holds it writes it
		}
		fmt.Fprintf(w, "\n// WriteJSON writes a value as encoding/json would.\nfunc (v %s) WriteJSON(w *op.JSON) {\n", t.Name.Name)
		if own[t.Name.Name] {
			w.WriteString("w.Reflect(v)\n}\n")
			continue
		}
		if err := w.value("v", t.Type, 0); err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name.Name, err)
		}
		w.WriteString("}\n")
	}
	return w.Bytes(), nil
}

// writer holds the text so far.
type writer struct {
	bytes.Buffer
	types map[string]*ast.TypeSpec
}

// object tells types that have a method: defined structs, lists and maps. What
// is not among the models is written by hand and has one.
func (w *writer) object(name string) bool {
	t := w.types[name]
	if t == nil {
		return true
	}
	if t.Assign.IsValid() {
		return false
	}
	switch t.Type.(type) {
	case *ast.StructType, *ast.ArrayType, *ast.MapType:
		return true
	}
	return false
}

// value writes the statements that write the expression e of a type. depth names
// variables of nested lists apart.
func (w *writer) value(e string, t ast.Expr, depth int) error {
	switch t := t.(type) {
	case *ast.Ident:
		return w.named(e, t.Name, depth)
	case *ast.InterfaceType:
		fmt.Fprintf(w, "w.Any(%s)\n", e)
		return nil
	case *ast.StarExpr:
		fmt.Fprintf(w, "if %s == nil {\nw.Null()\n} else {\n", e)
		err := w.value(w.held(e, t.X), t.X, depth)
		w.WriteString("}\n")
		return err
	case *ast.ArrayType:
		if item, ok := t.Elt.(*ast.Ident); t.Len != nil || ok && item.Name == "byte" {
			return fmt.Errorf("an array of that kind is not known")
		}
		i := "i" + strings.Repeat("i", depth)
		fmt.Fprintf(w, "if %s == nil {\nw.Null()\n} else {\nw.Raw(`[`)\nfor %s := range %s {\nw.Next()\n", e, i, e)
		err := w.value(e+"["+i+"]", t.Elt, depth+1)
		w.WriteString("}\nw.Raw(`]`)\n}\n")
		return err
	case *ast.MapType:
		if key, ok := t.Key.(*ast.Ident); !ok || key.Name != "string" {
			return fmt.Errorf("a map of that kind is not known")
		}
		k := "k" + strings.Repeat("k", depth)
		fmt.Fprintf(w, "if %s == nil {\nw.Null()\n} else {\nw.Raw(`{`)\nfor _, %s := range op.Sorted(%s) {\nw.Name(%s)\n", e, k, e, k)
		err := w.value(e+"["+k+"]", t.Value, depth+1)
		w.WriteString("}\nw.Raw(`}`)\n}\n")
		return err
	case *ast.StructType:
		return w.fields(e, t, depth)
	}
	return fmt.Errorf("type %T is not known", t)
}

// basic are the methods for Go's own types.
var basic = map[string]string{
	"string": "w.String(%s)", "bool": "w.Bool(%s)",
	"int": "w.Int(int64(%s))", "int64": "w.Int(%s)", "float64": "w.Float(%s)", "any": "w.Any(%s)",
}

// named writes a value of a type that has a name.
func (w *writer) named(e, name string, depth int) error {
	if form := basic[name]; form != "" {
		fmt.Fprintf(w, form+"\n", e)
		return nil
	}
	if w.object(name) {
		fmt.Fprintf(w, "%s.WriteJSON(w)\n", e)
		return nil
	}
	t := w.types[name]
	under, plain := t.Type.(*ast.Ident)
	if plain && !t.Assign.IsValid() {
		e = under.Name + "(" + e + ")"
	}
	return w.value(e, t.Type, depth)
}

// fields writes an object.
func (w *writer) fields(e string, t *ast.StructType, depth int) error {
	start := w.Len()
	w.WriteString("w.Raw(`{`)\n")
	for _, f := range t.Fields.List {
		if len(f.Names) != 1 || f.Tag == nil {
			return fmt.Errorf("a field without name or tag")
		}
		if err := w.field(e+"."+f.Names[0].Name, f, depth); err != nil {
			return fmt.Errorf("field %s: %w", f.Names[0].Name, err)
		}
	}
	w.WriteString("w.Raw(`}`)\n")
	// The brace and a first name that is always there are one text.
	joined := bytes.Replace(w.Bytes()[start:], []byte("w.Raw(`{`)\nw.Key(`"), []byte("w.Raw(`{"), 1)
	w.Truncate(start)
	w.Write(joined)
	return nil
}

// field writes one member of an object, or nothing when it may be left out.
func (w *writer) field(e string, f *ast.Field, depth int) error {
	raw, err := strconv.Unquote(f.Tag.Value)
	if err != nil {
		return err
	}
	name, option, _ := strings.Cut(reflect.StructTag(raw).Get("json"), ",")
	if name == "" || name == "-" {
		return fmt.Errorf("no name in %s", raw)
	}
	present := ""
	switch option {
	case "":
	case "omitempty", "omitzero":
		present, err = w.present(e, f.Type, option)
	default:
		err = fmt.Errorf("option %q is not known", option)
	}
	if err != nil {
		return err
	}
	if present != "" {
		fmt.Fprintf(w, "if %s {\n", present)
	}
	fmt.Fprintf(w, "w.Key(%#q)\n", strconv.Quote(name)+":")
	if p, ok := f.Type.(*ast.StarExpr); ok && present != "" { // it is not null
		err = w.value(w.held(e, p.X), p.X, depth)
	} else {
		err = w.value(e, f.Type, depth)
	}
	if present != "" {
		w.WriteString("}\n")
	}
	return err
}

// held is what a pointer leads to; methods and fields need no star.
func (w *writer) held(e string, t ast.Expr) string {
	name, ok := t.(*ast.Ident)
	switch {
	case !ok:
		return "(*" + e + ")"
	case basic[name.Name] == "" && w.object(name.Name):
		return e
	}
	return "*" + e
}

// present is the condition under which a field is written; "" for always.
func (w *writer) present(e string, t ast.Expr, option string) (string, error) {
	switch t := t.(type) {
	case *ast.StarExpr, *ast.InterfaceType:
		return e + " != nil", nil
	case *ast.ArrayType, *ast.MapType:
		if option == "omitzero" {
			return e + " != nil", nil
		}
		return "len(" + e + ") > 0", nil
	case *ast.Ident:
		switch t.Name {
		case "string":
			return e + ` != ""`, nil
		case "bool":
			return e, nil
		case "int", "int64", "float64":
			return e + " != 0", nil
		case "any":
			return e + " != nil", nil
		}
		if known := w.types[t.Name]; known != nil {
			if _, object := known.Type.(*ast.StructType); !object {
				return w.present(e, known.Type, option)
			}
		}
		if option == "omitempty" {
			return "", nil // an object is never empty
		}
	}
	return "", fmt.Errorf("%s is not known for that type", option)
}
