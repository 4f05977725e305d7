package main

import (
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
)

// methods in the order in which people expect them.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

// operations writes one typed value per operation and the list of all, and what
// the error codes of them mean; nil for a contract without such codes.
func (d dialect) operations(raw []byte) (text, codes []byte, err error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(raw)
	if err != nil {
		return nil, nil, err
	}
	errors, err := readErrors(doc)
	if err != nil {
		return nil, nil, err
	}
	var out, list, typed bytes.Buffer
	fmt.Fprintf(&out, "// Code generated from %s by tools/gen. DO NOT EDIT.\n\n", d.contract)
	fmt.Fprintf(&out, "package %s\n\nimport %q\n\n", d.name, "github.com/virga-cloud/virga/client/op")
	seen := map[string]bool{}
	count := 0
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		item := doc.Paths.Value(path)
		for _, method := range methods {
			o := item.GetOperation(method)
			if o == nil {
				continue
			}
			name := codegen.SchemaNameToTypeName(d.varName(o.OperationID))
			if seen[name] {
				return nil, nil, fmt.Errorf("two operations are called %s", name)
			}
			seen[name] = true
			text, err := d.operation(doc, errors, path, method, name, item, o)
			if err != nil {
				return nil, nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			out.WriteString(text)
			fmt.Fprintf(&list, "\t%s.Spec,\n", name)
			fmt.Fprintf(&typed, "\t%s,\n", name)
			count++
		}
	}
	fmt.Fprintf(&out, "// Operations lists all %d operations of the %s, by path.\nvar Operations = []op.Spec{\n%s}\n",
		count, d.title, list.String())
	fmt.Fprintf(&out, "\n// Typed lists the same operations with their types.\nvar Typed = []op.Any{\n%s}\n", typed.String())
	codes, err = errors.write(d)
	return out.Bytes(), codes, err
}

// operation writes one value.
func (d dialect) operation(
	doc *openapi3.T, errors errorTable, path, method, name string, item *openapi3.PathItem, o *openapi3.Operation,
) (string, error) {
	in, optional := "op.None", false
	if o.RequestBody != nil {
		media := o.RequestBody.Value.GetMediaType("application/json")
		optional = !o.RequestBody.Value.Required
		if media != nil && media.Schema != nil {
			var err error
			if in, err = d.goType(media.Schema); err != nil {
				return "", fmt.Errorf("body: %w", err)
			}
		}
	}
	out, status, err := d.answer(o)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "// %s is %s %s: %s.\n", name, method, path, strings.TrimSuffix(o.Summary, "."))
	fmt.Fprintf(&b, "var %s = op.Op[%s, %s]{Spec: op.Spec{\n", name, in, out)
	fmt.Fprintf(&b, "ID: %q, ", o.OperationID)
	if d.name == "cloudcix" {
		app, err := application(item, doc)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "App: %q, ", app)
	}
	fmt.Fprintf(&b, "Method: %q, Path: %q, Status: %d,\n", method, path, status)
	if q := query(item, o); len(q) > 0 {
		fmt.Fprintf(&b, "Query: %#v,\n", q)
	}
	fmt.Fprintf(&b, "Group: %q, Summary: %q,\n", o.Tags[0], o.Summary)
	if o.Security != nil && len(*o.Security) == 0 {
		b.WriteString("Public: true,\n")
	}
	if in != "op.None" {
		fmt.Fprintf(&b, "Body: %q,\n", in)
		if optional {
			b.WriteString("Optional: true,\n")
		}
	}
	if err := lists(&b, o); err != nil {
		return "", err
	}
	if err := errors.of(&b, o); err != nil {
		return "", err
	}
	b.WriteString("}}\n\n")
	return b.String(), nil
}

// answer picks the Go type and status of success. Where the contract names two,
// the one with a typed body counts (a login that gives a token, measurements
// that exist); the other is the handler's business.
func (d dialect) answer(o *openapi3.Operation) (string, int, error) {
	best, bestStatus := "", 0
	for _, code := range slices.Sorted(maps.Keys(o.Responses.Map())) {
		if code[0] != '2' {
			continue
		}
		status, err := strconv.Atoi(code)
		if err != nil {
			return "", 0, err
		}
		t := "op.None"
		if media := o.Responses.Value(code).Value.Content.Get("application/json"); media != nil && media.Schema != nil {
			if max := media.Schema.Value.MaxProps; max == nil || *max != 0 {
				if t, err = d.goType(media.Schema); err != nil {
					return "", 0, fmt.Errorf("answer %s: %w", code, err)
				}
			}
		}
		if best == "" || best == "op.None" && t != "op.None" {
			best, bestStatus = t, status
		}
	}
	if best == "" {
		return "", 0, fmt.Errorf("no success status")
	}
	return best, bestStatus, nil
}

// query lists the names of the query parameters, those of the path item first.
func query(item *openapi3.PathItem, o *openapi3.Operation) []string {
	var names []string
	for _, list := range []openapi3.Parameters{item.Parameters, o.Parameters} {
		for _, p := range list {
			if p.Value.In == "query" {
				names = append(names, p.Value.Name)
			}
		}
	}
	return names
}

// application reads the CloudCIX application out of the servers of a path:
// https://membership.{domain} is "membership".
func application(item *openapi3.PathItem, doc *openapi3.T) (string, error) {
	servers := item.Servers
	if len(servers) == 0 {
		servers = doc.Servers
	}
	u, err := url.Parse(strings.ReplaceAll(servers[0].URL, "{domain}", "domain"))
	if err != nil {
		return "", err
	}
	app, _, ok := strings.Cut(u.Host, ".")
	if !ok {
		return "", fmt.Errorf("no application in %s", servers[0].URL)
	}
	return app, nil
}

// reference gives the Go type of a named schema, or of a list of one.
func reference(s *openapi3.SchemaRef) (string, bool) {
	if s.Ref != "" {
		return codegen.SchemaNameToTypeName(s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]), true
	}
	if s.Value.Type.Is("array") && s.Value.Items != nil {
		if t, ok := reference(s.Value.Items); ok {
			return "[]" + t, true
		}
		if s.Value.Items.Value.Type.Is("string") {
			return "[]string", true
		}
	}
	return "", false
}

// oneandoneType names the Go type of a 1&1 body. "An object, or [] when there is
// none" is OrEmpty.
func oneandoneType(s *openapi3.SchemaRef) (string, error) {
	if t, ok := reference(s); ok {
		return t, nil
	}
	if one := s.Value.OneOf; len(one) == 2 && strings.HasSuffix(one[1].Ref, "/EmptyArray") {
		t, _ := reference(one[0])
		return "OrEmpty[" + t + "]", nil
	}
	if s.Value.Type.Includes("null") {
		return "op.None", nil // a body that says nothing
	}
	return "", fmt.Errorf("schema without a name: %v", s.Value.Type)
}

// cloudcixType names the Go type of a CloudCIX body with its envelope.
func cloudcixType(s *openapi3.SchemaRef) (string, error) {
	if t, ok := reference(s); ok {
		return t, nil
	}
	content := s.Value.Properties["content"]
	if content == nil {
		return "", fmt.Errorf("schema without a name or content")
	}
	meta := s.Value.Properties["_metadata"]
	if meta == nil {
		t, ok := reference(content)
		if !ok {
			return "", fmt.Errorf("content without a name")
		}
		return "Content[" + t + "]", nil
	}
	item := content.Value.Items
	t, ok := reference(item)
	if !ok {
		if len(item.Value.AnyOf) == 0 {
			return "", fmt.Errorf("list of nameless items")
		}
		// Long and short form of a record: the long one holds both.
		if t, ok = reference(item.Value.AnyOf[0]); !ok {
			return "", fmt.Errorf("list of nameless items")
		}
	}
	m, _ := reference(meta)
	return "Page[" + t + ", " + m + "]", nil
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// verbFirst turns vmPartialUpdate into PatchVM-like names: the contract's ids
// end in the verb, and some of them would collide with request models.
func verbFirst(id string) string {
	for _, v := range []struct{ suffix, verb string }{
		{"PartialUpdate", "Patch"},
		{"List", "List"},
		{"Create", "Create"},
		{"Read", "Read"},
		{"Head", "Head"},
		{"Update", "Update"},
		{"Delete", "Delete"},
	} {
		if noun, ok := strings.CutSuffix(id, v.suffix); ok {
			return v.verb + upperFirst(noun)
		}
	}
	return upperFirst(id)
}
